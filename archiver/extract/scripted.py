"""The story's text where a page has it in a script only, and a browser would put it on the screen (Next, Nuxt and the like).

Asked only for pages that say they are a story and show no text of one, and never for what the publisher declares as not free.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import islice, pairwise
from typing import Any

from lxml import etree, html

from archiver.extract.access import declared_free
from archiver.extract.evidence import weight
from archiver.extract.page import Page, html_parser, without_controls

MAX_SCRIPTS = 3_000_000  # characters of all scripts together
MAX_STRINGS = 200  # strings that are looked at
MAX_LEVELS = 3  # of strings within strings
SHORTEST = 300  # letters of a story
PARAGRAPHS = 2  # at least
LITERAL = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
STRING = re.compile(r"\\.|" + LITERAL, re.DOTALL)  # what is escaped begins no string: each character is looked at once
PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
ESCAPED_PARAGRAPH = re.compile(r"\\u003cp|<\\?/p>|&lt;p[\s&]", re.IGNORECASE)
WORD = re.compile(r"[^\W_]+")
TAG = re.compile(r"<[^<>]*>")
PUSHED = re.compile(r"__next_f\.push\(\[1,\s*(" + LITERAL + r")\]\)", re.DOTALL)  # React's stream, cut anywhere
NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")  # what JSON may write, and no text holds
STORY_TYPES = ("article", "news", "news.article")


def with_script_text(page: Page) -> Page | None:
    """The page with the story of its scripts at the end of its body; None where there is none, or it is not free to read."""
    if not (page.article or (page.meta("og:type") or "").lower() in STORY_TYPES):
        return None
    if any(candidate.value is False for candidate in declared_free(page)):
        return None
    told = [story for story in dict.fromkeys(stories(page)) if letters(story) >= SHORTEST]
    story = told[0] if len(told) == 1 else of_this_page(told, page)
    if not story:
        return None
    try:
        markup = without_controls(f"<body><article>{NO_CHARACTER.sub('', story)}</article></body>".encode())
        added = html.document_fromstring(markup, parser=html_parser("utf-8")).find("body/article")
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    body = page.tree.find("body")
    if added is None or body is None:
        return None
    body.append(added)
    return replace(page)  # nothing that was computed from the page before


def of_this_page(told: Sequence[str], page: Page) -> str:
    """Of several stories the one with most words of the page's title and summary; empty where none has a third of them."""
    words = {word for text in (page.title, page.meta("og:title"), page.meta("og:description")) for word in marks(text or "")}
    best = max(told, key=lambda story: (sum(word in story for word in words), letters(story)), default="")
    return best if best and 3 * sum(word in best for word in words) >= len(words) else ""


def marks(text: str) -> list[str]:
    """Words of four letters and more; where no spaces stand, each pair of letters."""
    return [word for word in WORD.findall(text) if len(word) >= 4] or [one + two for one, two in pairwise(text)]


def stories(page: Page) -> Iterator[str]:
    """HTML that may be the story's, of the page's scripts and of its JSON-LD."""
    scripts = [script.text for script in page.gathered["script"] if script.text and "ld+json" not in (script.get("type") or "").lower()]
    left, texts = MAX_SCRIPTS, []
    for text in scripts:
        left -= len(text)
        if left >= 0:
            texts.append(text)
    pushed = [decoded for text in texts for part in PUSHED.findall(text) if (decoded := decode(part)) is not None]
    found = 0
    for text in [*texts, "".join(pushed)]:
        for story in strings(text, MAX_LEVELS):
            yield story
            found += 1
            if found >= MAX_STRINGS:
                return
    for text in texts:
        yield from islice(told_in_data(text), MAX_STRINGS)
    told = page.article.get("articleBody")
    if isinstance(told, str):
        yield told if PARAGRAPH.search(told) else "".join(f"<p>{escape(line)}</p>" for line in told.splitlines() if line.strip())


def strings(text: str, levels: int) -> Iterator[str]:
    """String literals in `text` that hold paragraphs, also inside of other literals."""
    for match in STRING.finditer(text):
        raw = match[0]
        if len(raw) < SHORTEST or not ESCAPED_PARAGRAPH.search(raw):
            continue
        value = decode(raw)
        if value is None:
            continue
        if len(PARAGRAPH.findall(value)) >= PARAGRAPHS and not value.lstrip().startswith(("{", "[")):
            yield value[value.index("<") :]
        elif levels > 1:
            yield from strings(value, levels - 1)


# --- a text as a list of its parts: [{"type": "paragraph", "html": "…"}, {"type": "image", …}, …]


def told_in_data(text: str) -> Iterator[str]:
    """Lists of paragraphs in a script that is JSON, or gives a variable JSON as its value."""
    opened = DATA.match(text)
    if not opened:
        return
    try:
        stack: list[Any] = [DECODER.raw_decode(text, opened.end() - 1)[0]]
    except (ValueError, RecursionError):
        return
    for _ in range(MAX_NODES):
        if not stack:
            return
        node = stack.pop()
        if isinstance(node, dict):
            stack.extend(node.values())
        elif isinstance(node, list):
            parts = [item for item in node[:MAX_PARTS] if isinstance(item, dict)]
            told = [told for item in parts if (told := paragraph_of(item))]
            if len(told) >= PARAGRAPHS and 2 * len(told) >= len(parts):
                yield "".join(told)
            else:
                stack.extend(node)


def paragraph_of(item: dict[str, Any]) -> str:
    """One part of a text as HTML; empty for pictures and the like, and for what links to another story."""
    kind = next((value.lower() for name in KINDS if isinstance(value := item.get(name), str)), "")
    if OTHER_KINDS.search(kind) or (item.keys() & TITLES and item.keys() & ADDRESSES):
        return ""
    text = text_of(item, MAX_DEPTH).strip()
    if letters(text) < SHORTEST_PART:
        return ""
    tag = "h2" if HEADING.match(kind) else "p"
    return text if PARAGRAPH.match(text) else f"<{tag}>{text if TAG.search(text) else escape(text)}</{tag}>"


def text_of(node: Any, depth: int) -> str:
    """The words in a part: a string under one of a few names, or the strings of rich text within it."""
    if isinstance(node, str):
        return node
    if isinstance(node, list):
        return "".join(text_of(child, depth - 1) for child in node[:MAX_PARTS] if isinstance(child, dict)) if depth else ""
    return next((text for name in TEXTS if name in node and (text := text_of(node[name], depth - 1))), "") if depth and node else ""


DATA = re.compile(r"\s*+(?:(?:(?:var|let|const)\s++)?[A-Za-z_$][\w.\[\]\"'$]{0,60}+\s*+=\s*+)?[{\[]")
DECODER = json.JSONDecoder(strict=False)
MAX_NODES = 200_000
MAX_PARTS = 1_000
MAX_DEPTH = 6
SHORTEST_PART = 15  # letters
KINDS = ("type", "_type", "nodeType", "__typename", "kind", "component", "blockType")
TEXTS = ("html", "text", "content", "value", "children", "paragraph", "body", "data")
TITLES = frozenset({"title", "headline"})
ADDRESSES = frozenset({"url", "href", "slug", "path", "link", "permalink"})
OTHER_KINDS = re.compile(
    r"image|photo|picture|video|audio|embed|gallery|\bad|promo|related|teaser|link|newsletter|caption|author|tag|comment|quiz|poll"
)
HEADING = re.compile(r"h[1-6]$|head|sub-?title")


def decode(literal: str) -> str | None:
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def letters(story: str) -> int:
    """Letters of a text; a sign that stands for a syllable or a word counts twice."""
    return sum(map(weight, TAG.sub(" ", story).split()))
