"""The story's text where a page has it in a script only, and a browser would put it on the screen (Next, Nuxt and the like).

Asked only for pages that say they are a story and show no text of one, and never for what the publisher declares as not free.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import pairwise

from lxml import etree, html

from archiver.extract.access import declared_free
from archiver.extract.page import Page, html_parser

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
        added = html.document_fromstring(f"<body><article>{story}</article></body>", parser=html_parser()).find("body/article")
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
    scripts = [script.text for script in page.tree.iter("script") if script.text and "ld+json" not in (script.get("type") or "").lower()]
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


def decode(literal: str) -> str | None:
    try:
        value = json.loads(literal, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def letters(story: str) -> int:
    return sum(map(len, TAG.sub(" ", story).split()))
