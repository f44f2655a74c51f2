"""A site's facts: data/sites.toml and spider classes, one lookup."""

from __future__ import annotations

import json
import os
import re
import shutil
import tomllib
import unicodedata
from collections.abc import Container, Iterator, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import regex

from archiver import settings
from archiver.errors import BadSitesFile, RefusedAddress, UnknownSite
from archiver.locks import lock, unusable
from archiver.records import KEEPS_IMAGES, Selector, Site
from archiver.urls import CONTROL, check_fetchable, normalise, read_punycode, registrable_domain

SITES_FILE = "sites.toml"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)")
PLACEHOLDER = re.compile(r"\{(?:yyyy|mm|dd)\}")
DATED = ("{yyyy}", "{mm}")  # what the pattern of an archive page must hold
SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": settings.DAY_S}
TEXTS = (
    "url",
    "publisher",
    "in_language",
    "country",
    "timezone",
    "wordpress_api",
    "archive_page",
    "article_url",
    "skip_url",
    "noarchive",
    "noarchive_reason",
    "keep_images",
    "render_note",
)
ADDRESSES = ("feeds", "sitemaps", "front_pages", "sections")
LISTS = (*ADDRESSES, "drop_text")
NUMBERS = ("delay_s", "max_requests")
SWITCHES = ("allow_loopback", "accept_bad_certificate", "paused")
LONGEST_S = 100 * 365 * settings.DAY_S
MOST = {"delay_s": settings.DAY_S, "max_requests": 1_000_000_000}  # beyond it, a slip of the finger
EVERY = 'Write every = "1h"; there are s, m, h and d'
RECHECK = 'Write recheck = [["6h", "1h"], ["2d", "6h"]]: stories younger than 6 h again after 1 h, younger than 2 days after 6 h'
# What a site may have in sites.toml: an example, and what it means. `archiver sites --facts` and docs/sites.md are made of it.
FACTS = {
    "url": ('"https://daily.example/"', "the front page; the only fact that must be there"),
    "publisher": ('"The Daily Example"', "its name as it is printed"),
    "in_language": ('"en"', "main language of its pages (BCP 47), where they do not say it themselves"),
    "country": ('"GB"', "ISO 3166"),
    "timezone": ('"Europe/London"', "times without a zone on its pages are read in it"),
    "feeds": ('["https://daily.example/feed/"]', "RSS, Atom, JSON Feed; of any section, as many as you like"),
    "sitemaps": ('["https://daily.example/sitemap_index.xml"]', "sitemaps, their indexes, news sitemaps; plain or gzipped"),
    "wordpress_api": ('"https://daily.example/wp-json/"', "lists of new and of changed stories, and the number of all of them"),
    "front_pages": ('["https://daily.example/"]', "pages whose links are looked at and whose order is noted; without it: url"),
    "sections": ('["https://daily.example/news/"]', "pages whose links are looked at, with their further pages"),
    "archive_page": (
        '"https://daily.example/archive/{yyyy}-{mm}/"',
        "dated lists of older stories, for archiver backfill; also {dd}",
    ),
    "article_url": ("'/20\\d\\d/\\d\\d/'", "regular expression; when it is there, it alone decides which addresses are stories"),
    "skip_url": ("'/(live-tv|horoscope)/'", "regular expression; what it finds is never fetched"),
    "delay_s": ("2", "seconds between two requests to a host; a longer Crawl-delay of robots.txt wins"),
    "max_requests": ("5000", "at most this many requests in a run"),
    "every": ('"1h"', "how often archiver run takes the site; s, m, h, d"),
    "recheck": (
        '[["6h", "1h"], ["2d", "6h"], ["30d", "7d"]]',
        "stories younger than 6 h again after 1 h, …; older ones never",
    ),
    "keep_images": ('"lead"', '"lead" keeps the main picture of each story, "all" every one, "none" none (default)'),
    "noarchive": ('"ignore"', 'pages that ask not to be shown from an archive: "honour" (default) or "ignore", with its reason'),
    "noarchive_reason": ('"agreement of 2026-03-02"', "why noarchive is ignored"),
    "drop_text": ('["Support local journalism."]', "lines, whole and as printed, that are never part of a story"),
    "selectors": ('[{field = "byline", selector = ".writer-name"}]', "where the general rules misread the site; see below"),
    "render_note": ('"new design since 2026-03-01"', "a word of yours about the site"),
    "paused": ("true", "crawled only when it is named: archiver crawl daily_example"),
    "accept_bad_certificate": ("true", "fetched over https though nobody vouches that the server is the site's"),
    "allow_loopback": ("true", "the site is a server on this machine, for rehearsals"),
}
KNOWN = frozenset(FACTS)


def load_sites(data_dir: Path) -> dict[str, Site]:
    """Every site by name: spider classes first, data/sites.toml over them. Raises BadSitesFile."""
    from archiver.spider import spider_sites  # Scrapy takes half a second to import; `search` does without

    return {site.name: site for site in spider_sites()} | read_sites_file(data_dir / SITES_FILE)


class Facts(Mapping[str, Site]):
    """The same, for who reads captures: spider classes (with them Scrapy, half a second) are only imported for a site that needs it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.in_file = read_sites_file(data_dir / SITES_FILE)
        self.all: dict[str, Site] | None = None

    def __getitem__(self, name: str) -> Site:
        return self.in_file[name] if name in self.in_file else self._everything()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._everything())

    def __len__(self) -> int:
        return len(self._everything())

    def _everything(self) -> dict[str, Site]:
        if self.all is None:
            self.all = load_sites(self.data_dir)
        return self.all


def find_site(name: str, data_dir: Path) -> Site:
    """The facts of the site `name`. Raises UnknownSite, BadSitesFile."""
    in_file = read_sites_file(data_dir / SITES_FILE)
    if name in in_file:
        return in_file[name]
    known = load_sites(data_dir)
    if name in known:
        return known[name]
    raise UnknownSite(
        f"No site is named {name!r}. Known sites: {', '.join(sorted(known)) or 'none yet'}.\n"
        f"To add one: archiver add https://…  (it writes {data_dir / SITES_FILE})"
    )


def read_sites_file(path: Path) -> dict[str, Site]:
    """Sites of a sites.toml by name; empty where there is no file. Raises BadSitesFile with line and column."""
    if not path.exists():
        return {}
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors put a mark of their own at its beginning
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadSitesFile(f"{path} is not valid TOML: {error}.\nMend that line, or move the file away and add sites anew.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadSitesFile(f"{path} cannot be read: {error}.\nIt must be a UTF-8 text file that this user may read.") from error
    return {name: site_from_facts(name, facts, path) for name, facts in tables.items()}


class _Wrong(Exception):
    """A fact that makes no sense: (what is wrong with it, what it should be)."""


def site_from_facts(name: str, facts: Any, path: Path) -> Site:
    """A checked Site. Raises BadSitesFile that names the site, the fact and what it should be."""
    try:
        _check_forms(name, facts)
        _check_words(facts)
        _check_addresses(facts)
        values = _read_values(name, facts)
        check_fetchable(facts["url"], values["allow_loopback"] or settings.ALLOW_LOOPBACK)
    except _Wrong as wrong:
        what, should = wrong.args
    except RefusedAddress as error:
        what, should = str(error).rstrip("."), "url is the site's front page, as a browser shows it"
    else:
        return Site(**values)
    raise BadSitesFile(f"{path}{_line_of(path, name)}, site [{name}]: {what}.\n{should}")


def _check_forms(name: str, facts: Any) -> None:
    """Is each fact known, and of its type? Raises _Wrong."""
    if not NAME.fullmatch(name):
        raise _Wrong(
            f"the name {name!r} cannot be used", "A name has small letters, digits and _ and begins with a letter: [daily_example]"
        )
    if not isinstance(facts, Mapping):
        raise _Wrong("facts must stand in a table", f'[{name}]\nurl = "https://example.org/"')
    if unknown := sorted(set(facts) - KNOWN):
        raise _Wrong(f"unknown fact {unknown[0]!r}", f"Known facts: {', '.join(sorted(KNOWN))}\nWhat each means: archiver sites --facts")
    if "url" not in facts:
        raise _Wrong("url is missing", 'Add the front page: url = "https://example.org/"')
    for keys, is_right, what, how in (
        (SWITCHES, _is_switch, "{key} = {value!r} is neither true nor false", "true"),
        (TEXTS, _is_text, "{key} = {value!r} is not a text", '"…"'),
        (LISTS, _is_text_list, "{key} is not a list of texts", '["…", "…"]'),
        (NUMBERS, _is_number, "{key} = {value!r} is not a number above 0", "2"),
    ):
        for key in keys:
            if key in facts and not is_right(facts[key]):
                raise _Wrong(what.format(key=key, value=facts[key]), f"Write {key} = {how}")
    for key, most in MOST.items():
        if facts.get(key, 0) > most:
            raise _Wrong(f"{key} = {facts[key]} is more than {most}", f"Write {FACTS[key][0]}, say: {FACTS[key][1]}")


def _check_words(facts: Mapping[str, Any]) -> None:
    """Facts of which only some values are known. Raises _Wrong."""
    if facts.get("noarchive", "honour") not in ("honour", "ignore"):
        raise _Wrong(f"noarchive = {facts['noarchive']!r} is not known", 'Write noarchive = "honour" or noarchive = "ignore"')
    if facts.get("noarchive") == "ignore" and not facts.get("noarchive_reason", "").strip():
        raise _Wrong("noarchive is ignored without a reason", 'Say why: noarchive_reason = "agreement with the publisher of 2026-03-02"')
    if facts.get("keep_images", "none") not in ("none", *KEEPS_IMAGES):
        raise _Wrong(f"keep_images = {facts['keep_images']!r} is not known", 'Write keep_images = "lead" (or "all", or "none")')
    if not isinstance(facts.get("max_requests", 1), int):
        raise _Wrong(f"max_requests = {facts['max_requests']!r} is no whole number", "Write max_requests = 5000")


def _check_addresses(facts: Mapping[str, Any]) -> None:
    """Raises _Wrong."""
    front = facts["url"].rstrip("/")
    if CONTROL.search(facts["url"]):
        raise _Wrong(f"url = {facts['url']!r} holds a control character", "url is the site's front page, as a browser shows it")
    for key in ADDRESSES:
        if wrong := [url for url in facts.get(key, ()) if not _is_address(url)]:
            raise _Wrong(f"{key}: {wrong[0]!r} is no web address", f'Write {key} = ["{front}/…"]')
    if "wordpress_api" in facts and not _is_address(facts["wordpress_api"]):
        raise _Wrong(f"wordpress_api = {facts['wordpress_api']!r} is no web address", f'Write wordpress_api = "{front}/wp-json/"')
    if "archive_page" in facts and (why := _why_no_archive_page(facts["archive_page"])):
        raise _Wrong(
            f"archive_page = {facts['archive_page']!r} {why}",
            "It is the address of a list of older stories, with {yyyy}, {mm} and {dd} where the date stands:\n"
            'archive_page = "https://example.org/archive/{yyyy}-{mm}/"',
        )


def _why_no_archive_page(pattern: str) -> str | None:
    if not all(word in pattern for word in DATED):
        return "names no month"
    filled = PLACEHOLDER.sub("01", pattern)
    return None if _is_address(filled) and not re.search("[{}]", filled) else "is no web address with a date in it"


def _is_address(url: str) -> bool:
    return normalise(url) is not None and not CONTROL.search(url)


def _read_values(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a Site. Raises _Wrong."""
    values: dict[str, Any] = {"name": name} | {key: facts.get(key, False) for key in SWITCHES}
    values |= {key: facts[key] for key in (*TEXTS, *NUMBERS) if key in facts}
    values |= {key: tuple(facts[key]) for key in LISTS if key in facts}
    try:
        if "every" in facts:
            values["every_s"] = _read_interval(facts["every"])
    except ValueError as error:
        raise _Wrong(f"every: {error}", EVERY) from None
    try:
        if "recheck" in facts:
            values["recheck_s"] = _read_rungs(facts["recheck"])
    except ValueError as error:
        raise _Wrong(f"recheck: {error}", RECHECK) from None
    try:
        values["selectors"] = tuple(_selector(row) for row in facts.get("selectors", ()))
    except (TypeError, ValueError) as error:
        how = f'Write\n[[{name}.selectors]]\nfield = "byline"\nselector = ".writer-name"'
        raise _Wrong(f"selectors: {error}", how) from None
    try:
        for key in ("article_url", "skip_url"):
            regex.compile(facts.get(key, ""))
    except (regex.error, ValueError, RecursionError, OverflowError) as error:
        raise _Wrong(f"article_url or skip_url is no regular expression: {error}", r'Example: article_url = "/20\\d\\d/\\d\\d/"') from None
    try:
        if "timezone" in facts:
            ZoneInfo(facts["timezone"])
    except (ZoneInfoNotFoundError, OSError, ValueError):  # OSError: the name of a directory of zones, "America"; ValueError: a path
        raise _Wrong(f"timezone = {facts['timezone']!r} is not known", 'Use an IANA name: timezone = "America/Los_Angeles"') from None
    return values


def read_duration(value: object) -> float:
    """Seconds of "90s", "5m", "1h", "7d" or a plain number. Raises ValueError."""
    match = DURATION.fullmatch(str(value).strip())
    if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
        seconds = float(value)
    elif match:
        seconds = float(match[1]) * SECONDS[match[2]]
    else:
        raise ValueError(f"{value!r} is no duration")
    if seconds > LONGEST_S:
        raise ValueError(f"{value!r} is longer than a hundred years")
    return seconds


def write_duration(seconds: float) -> str:
    """3600 gives "1h"."""
    for unit in ("d", "h", "m"):
        if seconds and seconds % SECONDS[unit] == 0:
            return f"{int(seconds // SECONDS[unit])}{unit}"
    return f"{seconds:g}s"


def append_site(site: Site, path: Path, comment: str = "") -> None:
    """Writes `site` behind what the file holds; nothing there is touched, nor lost that another `archiver add` writes meanwhile.

    Raises BadSitesFile where the name is taken, DataDirectoryError.
    """
    with lock(path.parent / "locks" / "sites.toml"):
        if site.name in read_sites_file(path):
            raise BadSitesFile(f"{path} has a site [{site.name}] already.\nEdit it there, or remove it and add the site again.")
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        gap = "" if not before or before.endswith("\n\n") else ("\n" if before.endswith("\n") else "\n\n")
        place = path.resolve()  # a link stays one: the file may lie in a folder of versions
        scratch = place.with_suffix(".toml.new")
        try:
            with scratch.open("w", encoding="utf-8") as file:
                if path.exists():
                    shutil.copymode(place, scratch)
                file.write(before + gap + to_toml(site, comment))
                file.flush()
                os.fsync(file.fileno())  # or a power failure leaves an empty file in the place of what the operator wrote
            scratch.replace(place)
        except OSError as error:
            raise unusable(path.parent, error) from error


def to_toml(site: Site, comment: str = "") -> str:
    """The site as a table of sites.toml; facts that are not set are left out."""
    lines = [f"# {line}" for line in comment.splitlines()] + [f"[{site.name}]"]
    for key in (*TEXTS, *LISTS, *NUMBERS):
        if value := getattr(site, key):
            lines.append(f"{key} = {_toml_value(value)}")
    if site.every_s:
        lines.append(f'every = "{write_duration(site.every_s)}"')
    if site.recheck_s:
        rungs = ", ".join(f'["{write_duration(age)}", "{write_duration(interval)}"]' for age, interval in site.recheck_s)
        lines.append(f"recheck = [{rungs}]")
    lines += [f"{key} = true" for key in SWITCHES if getattr(site, key)]
    for selector in site.selectors:
        lines += [f"[[{site.name}.selectors]]", f"field = {_toml_value(selector.field)}", f"selector = {_toml_value(selector.selector)}"]
        if selector.valid_from:
            lines.append(f"valid_from = {selector.valid_from.isoformat()}")
    return "\n".join(lines) + "\n"


def name_for(url: str, taken: Container[str]) -> str:
    """A free name for a new site: the host without www and ending, in plain letters where it has any.

    "https://www.daily-example.co.uk/" gives "daily_example", "https://münchen.example/" "munchen".
    """
    label = registrable_domain(url).split(":")[0]
    label = label if label.replace(".", "").isdigit() else label.split(".")[0]
    plain = unicodedata.normalize("NFKD", read_punycode(label).casefold()).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", plain or label.lower()).strip("_") or "site"
    stem = stem if stem[0].isalpha() else f"site_{stem}"
    return next(name for number in range(1, 10_000) if (name := stem if number == 1 else f"{stem}_{number}") not in taken)


def _read_rungs(pairs: object) -> tuple[tuple[float, float], ...]:
    """Age and interval in seconds, pair by pair. Raises ValueError."""
    if not isinstance(pairs, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in pairs):
        raise ValueError(f"{pairs!r} is no list of pairs")
    rungs = tuple((read_duration(age), _read_interval(interval)) for age, interval in pairs)
    if any(age >= older for (age, _), (older, _) in pairwise(rungs)):  # the later one would never count
        raise ValueError("the ages of the stories do not rise")
    return rungs


def _read_interval(value: object) -> float:
    if not (seconds := read_duration(value)):
        raise ValueError(f"{value!r} is no time at all")
    return seconds


def _selector(row: object) -> Selector:
    if not isinstance(row, Mapping):
        raise ValueError(f"{row!r} is no table")
    if missing := [key for key in ("field", "selector") if key not in row]:
        raise ValueError(f"{missing[0]} is missing")
    if unknown := sorted(set(row) - {"field", "selector", "valid_from"}):
        raise ValueError(f"{unknown[0]!r} is nothing that a selector has")
    valid_from = row.get("valid_from")
    if valid_from is not None and type(valid_from) is not date:  # a datetime is one, too, but cannot be compared with one
        raise ValueError(f"valid_from = {valid_from!r} is no date")
    from archiver.extract.selectors import FIELDS, compile_selector  # only where a site has selectors: the reader is slow to import

    if row["field"] not in FIELDS:
        raise ValueError(f"field = {row['field']!r} is no field that a selector can fill; known: {', '.join(FIELDS)}")
    compile_selector(str(row["selector"]))
    return Selector(field=str(row["field"]), selector=str(row["selector"]), valid_from=valid_from)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")


def _is_text_list(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _toml_value(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # the one sign that JSON takes and TOML does not


def _line_of(path: Path, name: str) -> str:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip().startswith((f"[{name}]", f'["{name}"]', f"[[{name}.")):
            return f", line {number}"
    return ""
