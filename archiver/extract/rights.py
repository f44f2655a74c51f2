"""What a page and its answer say about the use of them: robots tags, text and data mining, licence. Recorded, never inferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archiver.extract.evidence import clean
from archiver.extract.page import Page, flat
from archiver.records import RightsSignal

# https://www.rfc-editor.org/rfc/rfc9309 leaves these to search engines; noai and noimageai come from DeviantArt (2022).
ROBOTS_WORDS = ("noarchive", "noai", "noimageai", "nosnippet", "noindex")
SHORTHAND = {"none": ("noindex",), "nocache": ("noarchive",)}  # what search engines read in them
EVERYBODY = ("robots", "news-archiver")  # names of <meta> that speak to us; others speak to the crawler they name
OTHERS = ("googlebot", "googlebot-news", "bingbot", "gptbot", "google-extended", "ccbot", "claudebot")
TDM = ("tdm-reservation", "tdm-policy")  # https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
STATED = {"license": "license", "usageInfo": "usage_info", "copyrightNotice": "copyright_notice"}  # schema.org ▶ ours
RIGHTS_METAS = ("copyright", "dc.rights", "dcterms.rights")
LENGTH = 1_000
MAX_SIGNALS = 40

Headers = Iterable[tuple[str, str]]


def read_rights(page: Page, headers: Headers) -> tuple[RightsSignal, ...]:
    """Each signal once, in the order: headers, <meta>, links, JSON-LD."""
    found = (*header_signals(headers), *meta_signals(page), *licence_links(page), *jsonld_signals(page))
    return tuple(dict.fromkeys(found))[:MAX_SIGNALS]


def header_signals(headers: Headers) -> Iterator[RightsSignal]:
    for name, value in headers:
        name = name.lower()
        if name == "x-robots-tag":
            yield from robots_header(clean(value, LENGTH))
        elif name in TDM and (said := tdm_value(name, value)):
            yield RightsSignal(name, said, "header")
        elif name == "link" and 'rel="license"' in value.replace("'", '"').lower() and "<" in value:
            yield RightsSignal("license", clean(value.partition("<")[2].partition(">")[0], LENGTH), "header")


def robots_header(value: str) -> Iterator[RightsSignal]:
    """`noarchive, nosnippet`; or `googlebot: noindex, otherbot: noarchive`: a name holds until the next one."""
    agent = ""
    for part in value.lower().split(","):
        named, colon, rest = part.partition(":")
        if colon and named.strip() not in ("unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"):
            agent, part = named.strip(), rest
        yield from robots_signals([part.strip()], value, "header", agent if agent not in EVERYBODY else "")


def meta_signals(page: Page) -> Iterator[RightsSignal]:
    for name in (*EVERYBODY, *OTHERS):
        for _, content in page.told(name):
            yield from robots_signals(content.lower().replace(";", ",").split(","), content, "meta", "" if name in EVERYBODY else name)
    for name in TDM:
        for _, content in page.told(name):
            if said := tdm_value(name, content):
                yield RightsSignal(name, said, "meta")
    for _, content in page.told(*RIGHTS_METAS):
        yield RightsSignal("copyright_notice", content[:LENGTH], "meta")


def robots_signals(words: Iterable[str], printed: str, where: str, agent: str) -> Iterator[RightsSignal]:
    """A word that is meant for one crawler names it behind the place: "meta googlebot"."""
    for word in (word.strip() for word in words):
        for signal in SHORTHAND.get(word, (word,)):
            if signal in ROBOTS_WORDS:
                yield RightsSignal(signal, clean(printed, LENGTH), f"{where} {agent}".strip()[:100])


def tdm_value(name: str, value: str) -> str | None:
    """0 or 1 for the reservation, an address for the policy; None for what is neither."""
    value = clean(value, LENGTH)
    if name == "tdm-reservation":
        return value if value in ("0", "1") else None
    return value if value.startswith(("https://", "http://", "/")) else None


def licence_links(page: Page) -> Iterator[RightsSignal]:
    for element in page.related.get("license", ()):
        if address := page.absolute(element.get("href")):
            yield RightsSignal("license", address[:LENGTH], "link")


def jsonld_signals(page: Page) -> Iterator[RightsSignal]:
    for node in [page.article, *page.graph.typed("WebPage")]:
        for name, signal in STATED.items():
            for value in flat([node.get(name)]):
                said = (value.get("@id") or value.get("url") or value.get("name")) if isinstance(value, dict) else value
                if isinstance(said, str) and (text := clean(said, LENGTH)):
                    yield RightsSignal(signal, text, "json-ld")
