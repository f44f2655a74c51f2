"""Who supplied a story's text: the agency or the outlet that the page names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from archiver.extract.authors import near_headline
from archiver.extract.blocks import lies_in
from archiver.extract.dateline import Filed
from archiver.extract.dateline_parts import HEAD_LENGTH, Story, agency_of, is_agency
from archiver.extract.evidence import Candidate, choose
from archiver.extract.labelled import is_colophon, is_outlet, sources_in
from archiver.extract.moments import find_moments
from archiver.extract.names import LABEL, nobodies
from archiver.extract.noise import is_agency_line
from archiver.extract.page import Page
from archiver.extract.words import any_pattern
from archiver.records import Evidence
from archiver.unspaced import UNSPACED

SOURCE_LINE = re.compile(
    r"(?:Quellen?|Sources?|Fuentes?|Fontes?|Fonti|Bron|Källa|Kilde|Lähde|Źródło|Zdroj|Forrás|Sursa|Izvor|Извор|Источник|Джерело|Kaynak|Πηγή|المصدر|Sumber|来源|來源)"
    r"\s*[:：]\s*(?P<name>.{2,40}?)\.?$",
    re.IGNORECASE,
)
CLOSING = re.compile(r"[(\[/](?P<name>[^()\[\]/]{2,40}|[\w .-]{2,20}/[\w .-]{2,20})[)\]/]\s*\.?$")
COPYRIGHT = re.compile(
    r"(?:©|\(c\)|Copyright)\s*(?:\d{4}\s*)?(?:by\s)?(?P<name>[\w .'-]{2,40}?)\s*(?:[,:;.]|$|\b(?:All|Alle|Tous|Todos)\b)", re.IGNORECASE
)
ENDINGS = (("closing", CLOSING), ("source line", SOURCE_LINE), ("copyright", COPYRIGHT))
CLOSING_LINES = 3
CLOSING_LENGTH = 60  # characters of such a line
AGENCY_LENGTH = 20
BYLINE_PARTS = re.compile(r"[()（）\[\],;|·–—]|\s[/-]\s|\s(?:avec|with|mit|con|com|via|z|met)\s")
SOURCE_LENGTH = 40  # characters of a source in a meta tag
DATE_LINE = 60  # characters of a line with a date and an outlet
NO_SOURCES = frozenset({"comments", "related", "nav"})


def find_infosource(
    page: Page, filed: Filed | None, authors: Sequence[str], paragraphs: Sequence[str], byline: str | None = None
) -> tuple[str | None, tuple[Evidence, ...]]:
    """The agency that supplied the text, as printed, with evidence; None where the site wrote it itself or nothing is told."""
    heard = hear_infosource(page, filed, authors, paragraphs, byline)
    return choose("infosource", (replace(candidate, value=agency_of(candidate.value)) for candidate in heard))


def hear_infosource(
    page: Page, filed: Filed | None, authors: Sequence[str], paragraphs: Sequence[str], byline: str | None
) -> Iterator[Candidate[str]]:
    """What names an agency, in the order of trust: the dateline, an author, the byline, the closing lines, a line "来源：…", JSON-LD.

    Chinese sites say so of every text that they have from somebody else, agency or outlet.
    """
    own = Story(page, (), (), "")
    if filed and filed.dateline.agency and not own.names_itself(filed.dateline.agency):
        yield Candidate(filed.dateline.agency, filed.dateline.printed, "dateline", filed.position, 0.95)
    for author in authors:
        if is_agency(author) and not own.names_itself(author):
            yield Candidate(author, author, "author", "author", 0.9)
    for part in BYLINE_PARTS.split(byline or ""):
        if is_agency(part) and not own.names_itself(part):
            yield Candidate(part.strip(), str(byline), "byline", "near the headline", 0.85)
    for text in reversed(paragraphs[-CLOSING_LINES:]):
        yield from named_at_end(text, own)
    for text in lines_below(page, paragraphs):
        yield from named_at_end(text, own)
    for name, raw in printed_sources(page):
        if not own.names_itself(name):
            yield Candidate(name, raw, "source line", "in print", 0.85)
    for author in authors:
        if is_outlet(author) and not own.names_itself(author):
            yield Candidate(author, author, "author", "author", 0.7)
    for name in declared_sources(page):
        if is_agency(name) and not own.names_itself(name):
            yield Candidate(name, name, "jsonld", "sourceOrganization", 0.8)


def lines_below(page: Page, paragraphs: Sequence[str]) -> Iterator[str]:
    """Short lines right below the text that are none of its paragraphs: "Kaynak: AA" points elsewhere, "(AFP)" names an agency."""
    blocks = page.outline.blocks
    last = paragraphs[-1] if paragraphs else None
    at = next((place for place in range(len(blocks) - 1, -1, -1) if blocks[place].text == last), len(blocks))
    for block in blocks[at + 1 : at + 1 + CLOSING_LINES]:
        told = ":" in block.text or "：" in block.text or is_agency_line(without_byline_label(block.text), bare=True)
        if told and len(block.text) <= CLOSING_LENGTH and not lies_in(block, NO_SOURCES):
            yield block.text


def named_at_end(text: str, own: Story) -> Iterator[Candidate[str]]:
    end = text[-HEAD_LENGTH:]
    for method, pattern in ENDINGS:
        match = pattern.search(end)
        if match and is_agency(match["name"]) and not own.names_itself(match["name"]):
            yield Candidate(match["name"].strip(), match[0], method, "closing lines", 0.85)
    opened = with_agency().fullmatch(text) if len(text) <= CLOSING_LENGTH else None
    name = opened["name"].strip() if opened else without_byline_label(text)
    if len(name) <= AGENCY_LENGTH and is_agency(name) and not own.names_itself(name):
        yield Candidate(name, text, "closing", "closing lines", 0.8)


def without_byline_label(text: str) -> str:
    """ "(Por Lusa)", "-- By AFP": the name alone; other text as it is."""
    line = text.strip(" -–—")
    line = line[1:-1] if f"{line[:1]}{line[-1:]}" == "()" else line
    opened = LABEL().match(line) if len(line) <= CLOSING_LENGTH else None
    return line[opened.end() :].strip() if opened else text.strip()


@cache
def with_agency() -> re.Pattern[str]:
    """ "With files from Reuters", "(Avec AFP)", "Con información de EFE": a short line of its own."""
    return re.compile(rf"[(\[]?(?:{any_pattern('source_openings')})\s+(?P<name>[^.,;:()\[\]]{{2,30}})[)\]]?\.?", re.IGNORECASE)


def printed_sources(page: Page) -> Iterator[tuple[str, str]]:
    """(name, line) of each "来源：新华社" from the headline on, and of the tag that China's authorities put on their pages."""
    if not UNSPACED.search(page.title):
        return
    for name in (page.meta("contentsource") or "", *sources_in(page.meta("source") or "")):
        if name and len(name) <= SOURCE_LENGTH and name.casefold() not in nobodies():
            yield name, name
    near = near_headline(page)
    lines = [*near, *(block for block in page.outline.blocks if near and block.index > near[0].index and is_colophon(block.text))]
    for block in lines:
        for name in sources_in(block.text) if not lies_in(block, NO_SOURCES) else ():
            if name.casefold() not in nobodies():
                yield name, block.text
    for block in near:
        if outlet := behind_date(block.text):
            yield outlet, block.text


def behind_date(text: str) -> str | None:
    """The outlet that stands beside the date and nothing else: "2025-03-09 21:05 河湾日报"."""
    dates = find_moments(text) if len(text) <= DATE_LINE and UNSPACED.search(text) else []
    rest = f"{text[: dates[0].start]} {text[dates[-1].end :]}".strip(" |·:：") if dates else ""
    return rest if is_outlet(rest) and rest not in nobodies() and " " not in rest else None


def declared_sources(page: Page) -> Iterator[str]:
    for field in ("sourceOrganization", "provider"):
        for node in page.graph.many(page.article.get(field)):
            name = node.get("name") if isinstance(node, dict) else node
            if isinstance(name, str):
                yield name
