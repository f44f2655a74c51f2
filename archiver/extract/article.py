"""One capture ▶ one article: every field of the page, a line each."""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from archiver import settings
from archiver.captures import body_of
from archiver.extract.access import read_access
from archiver.extract.authors import beside_day, read_authors
from archiver.extract.blocks import Block, lies_in, links_of, squeeze
from archiver.extract.body import Body, read_body
from archiver.extract.candidates import TOLD
from archiver.extract.captions import is_slanted
from archiver.extract.date_lines import lines_near_headline
from archiver.extract.dateline import Filed, read_dateline
from archiver.extract.dates import Dates, read_dates
from archiver.extract.day_references import find_day_reference
from archiver.extract.embeds import read_embeds
from archiver.extract.evidence import RAW_LENGTH
from archiver.extract.headline import read_headline
from archiver.extract.images import read_images
from archiver.extract.infosource import find_infosource
from archiver.extract.keywords import read_keywords
from archiver.extract.language import read_language
from archiver.extract.live import read_live_updates
from archiver.extract.moments import find_moments
from archiver.extract.names import CASELESS
from archiver.extract.notes import read_notes
from archiver.extract.page import Page, parse_page
from archiver.extract.render import outlinks, render
from archiver.extract.rights import read_rights
from archiver.extract.scripted import with_script_text
from archiver.extract.sections import is_section_name, read_article_type, read_genre, read_section
from archiver.extract.selectors import choose_body, correct, prune
from archiver.extract.standfirst import read_description, read_standfirst
from archiver.extract.story_ids import read_story_ids
from archiver.extract.time_zones import site_zone
from archiver.records import Article, Capture, Correction, Evidence, Site
from archiver.unspaced import count_words
from archiver.urls import PAGE_PARAMETERS, identity, is_home_or_section, same_site, story_address

EXTRACTOR = "14"  # raised whenever a rule changes what is read; named in every reading
SURE_DAY = 0.7  # confidence of a day reference that may date the story
OPENING_LINES = 3  # blocks of a text that may be its byline
NOTE_OPENING = 60  # characters by which a note is found in the text
LABEL_BESIDE = 12  # letters beside byline and date: "Updated", "Uhr", a weekday
SIGNATURE = 60  # characters of a last line that is the authors' names
BESIDE_NAMES = 3  # letters beside them: "und", "記者"
BIOGRAPHY = 2  # last blocks of a text that may tell of its author
LABEL_OF_NAME = 6  # characters before a name that stands alone: "Von "
MAX_OUTLINKS = 500
# "/2", "/page/2", "?page=2": what a further page of a story has behind the story's own address
PAGE_NUMBER = re.compile(rf"(?:/(?:page/|seite-?/?|pagina/)?\d{{1,3}}|/?[?&](?:p|{PAGE_PARAMETERS})=\d{{1,3}})$")
# "story-2.html", "story_1.shtml": where the address ends in a file's name
NUMBER_BEFORE_ENDING = re.compile(r"[-_]\d{1,2}$")
FILE_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
DIGITS = re.compile(r"\d+")
PAGER = 15  # blocks behind the text in which its pages are listed
PAGER_TEXT = 300  # characters of such a line
PAGER_LINK = 30  # characters of one of its links
FACTS = frozenset({"meta"})  # a line of section, author, date and comments
UTC_MARKS = ("+00:00", "Z")
DATE_LINE = 120  # characters of a line above the text that has the day in it
NO_PAGER = frozenset({"comments", "related"})
LISTS = ("authors", "keywords", "images", "corrections", "embeds", "outlinks", "live_updates", "evidence")


@dataclass(frozen=True, slots=True)
class Text:
    """The story's words after everything that has a field of its own was taken out."""

    abstract: str | None = None
    paragraphs: tuple[str, ...] = ()
    html: str = ""
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    filed: Filed | None = None


def read_article(capture: Capture, site: Site | None = None) -> Article:
    """What stands on a capture; `outcome` tells why where it is no article. Raises TooLarge and Truncated (see captures)."""
    with no_collector():
        return read_capture(capture, site)


@contextmanager
def no_collector() -> Iterator[None]:
    """A page makes half a million objects and hardly a cycle: looking for cycles meanwhile takes a twenty-fifth of a reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def read_capture(capture: Capture, site: Site | None) -> Article:
    page = open_page(capture, site)
    if page is None:
        url = identity(capture.target_uri)
        if not capture_body(capture).strip():  # a server that fails without a word; asked again
            return Article(url=url, outcome="truncated", outcome_reason="the answer is empty")
        return Article(url=url, outcome="no_body", outcome_reason="there is no HTML in the answer")
    prune(page)
    article = read_page(page)
    if article.outcome == "no_body" and (fuller := with_script_text(page)):
        page, article = fuller, read_page(fuller)
        shown = Evidence("article_body", article.article_body[:RAW_LENGTH], "script", "script", 0.6)
        article = replace(article, evidence=(*article.evidence, shown))
    return replace(correct(article, page), rights_signals=read_rights(page, capture.headers), story_ids=read_story_ids(page))


def open_page(capture: Capture, site: Site | None = None) -> Page | None:
    """The page of a capture, parsed; None where there is no HTML in it. Raises TooLarge and Truncated."""
    return parse_page(capture, capture_body(capture), site)


def capture_body(capture: Capture) -> bytes:
    """Freed of its Content-Encoding. Raises TooLarge and Truncated."""
    return body_of(capture, settings.MAX_DECODED_BYTES)


def read_page(page: Page) -> Article:
    """Every field, in the order in which one needs another."""
    headline = read_headline(page, is_section_name)
    dates = read_dates(page)
    body = choose_body(page, read_body(page.outline, page.tree, headline.printed))
    access = read_access(page, body, headline.text, dates.date_published is not None)
    authors = read_authors(page)
    pictures = read_images(page, body, headline.printed)
    embeds = read_embeds(page, body)
    names = [author.name for author in authors.authors]
    biographies = lines_about(body, names, page)
    standfirst = read_standfirst(page, headline.printed, without(body, pictures.claimed), pictures.claimed)
    byline = lines_of_byline(body, authors.byline) | lines_of_signature(body, names)
    body = without(body, pictures.claimed | embeds.claimed | standfirst.claimed | biographies | byline)
    language, language_evidence = read_language(page, body.text)
    text = file_story(page, body, standfirst.text, headline.printed, language, dates)
    dateline = text.filed.dateline if text.filed else None
    infosource, infosource_evidence = find_infosource(page, text.filed, names, text.paragraphs, authors.byline)
    dateline_on, day_evidence = date_event(page, text, dates, language)
    section, section_evidence = read_section(page, headline.label)
    keywords, keyword_evidence = read_keywords(page)
    genre, genre_evidence = read_genre(page, section, headline.text or "")
    description, description_evidence = read_description(page)
    article_type, following, corrections = read_article_type(page), next_page(page, body), read_notes(text.paragraphs, page)
    article_body = "\n\n".join(text.paragraphs)
    return Article(
        url=own_address(page),
        canonical_url=page.canonical,
        headline=headline.text,
        alternative_headline=headline.alternative,
        kicker=headline.kicker,
        abstract=text.abstract,
        description=description,
        byline=authors.byline,
        dateline=dateline.printed if dateline else None,
        located=dateline.located if dateline else None,
        located_lat=dateline.lat if dateline else None,
        located_lon=dateline.lon if dateline else None,
        located_country=dateline.country if dateline else None,
        dateline_on=dateline_on,
        infosource=infosource,
        date_published=dates.date_published,
        date_published_utc=dates.date_published_utc,
        date_modified=dates.date_modified,
        date_modified_utc=dates.date_modified_utc,
        date_precision=dates.date_precision,
        date_source=dates.date_source,
        article_section=section,
        genre=genre,
        article_type=article_type,
        in_language=language,
        is_accessible_for_free=access.is_accessible_for_free,
        access_observed=access.access_observed,
        word_count=count_words(article_body),
        text_hash=text_hash(headline.text, article_body),
        article_body=article_body,
        article_body_html=text.html,
        next_page=following,
        outcome=access.outcome,
        outcome_reason=access.reason,
        authors=authors.authors,
        keywords=keywords,
        images=pictures.images,
        corrections=corrections,
        embeds=embeds.embeds,
        outlinks=outlinks(text.blocks, page)[:MAX_OUTLINKS],
        live_updates=read_live_updates(page),
        evidence=(
            *headline.evidence, *standfirst.evidence, *dates.evidence, *authors.evidence, *(text.filed.evidence if text.filed else ()),
            *infosource_evidence, *day_evidence, *section_evidence, *keyword_evidence, *genre_evidence, *language_evidence,
            *pictures.evidence, *access.evidence, *description_evidence, *told_by_type(page, article_type),
            *told_by_notes(corrections, article_body), *told_by_pager(following),
        ),
    )  # fmt: skip


def told_by_type(page: Page, article_type: str | None) -> Iterator[Evidence]:
    if article_type:
        yield Evidence("article_type", str(page.article.get("@type"))[:RAW_LENGTH], "jsonld", "@type", 0.95)


def told_by_notes(corrections: Sequence[Correction], article_body: str) -> Iterator[Evidence]:
    for note in corrections:
        where = "in the text" if note.text[:NOTE_OPENING] in article_body else "beside the text or declared"
        yield Evidence("corrections", note.text[:RAW_LENGTH], f"note:{note.kind}", where, 0.8)


def told_by_pager(following: str | None) -> Iterator[Evidence]:
    if following:
        yield Evidence("next_page", following[:RAW_LENGTH], "link", "a[rel=next] or the numbers below the text", 0.8)


def without(body: Body, claimed: Iterable[int]) -> Body:
    """`body` without the blocks that have a field of their own."""
    taken = set(claimed)
    if not taken:
        return body
    kept = tuple(block for block in body.blocks if block.index not in taken)
    return replace(body, blocks=kept, text="\n\n".join(block.text for block in kept))


def lines_about(body: Body, names: Sequence[str], page: Page) -> frozenset[int]:
    """Block.index of lines below the text that tell of an author: "Jane Doe is a farmer in Example."

    They begin with the name, or stand below it, in italics or in a box of their own.
    """
    last = body.blocks[-BIOGRAPHY:] if len(body.blocks) > 2 * BIOGRAPHY else ()
    names = [name for name in names if " " in name or CASELESS.search(name)]
    found: set[int] = set()
    for block in last if names else ():
        before = page.outline.items[block.index - 1] if block.index else None
        named = type(before) is Block and is_name_alone(before.text, names)
        if (named or block.text.startswith(tuple(names))) and (is_slanted(block) or is_in_own_box(block, body)):
            found |= {block.index, block.index - 1} if named else {block.index}
    return frozenset(found)


def is_name_alone(text: str, names: Sequence[str]) -> bool:
    """Whether a line is an author's name, with a label ("By") or without."""
    return any(text.endswith(name) and len(text) <= len(name) + LABEL_OF_NAME for name in names)


def is_in_own_box(block: Block, body: Body) -> bool:
    """Whether a box within the text's column holds this one of its paragraphs and no other."""
    box = block.owner.getparent()
    others = [other.owner for other in body.blocks if other is not block and len(other.text) >= TOLD]
    if box is None or any(box in other.iterancestors() for other in others):
        return False
    return not any(other.getparent() is not None and is_alike(other.getparent(), box) for other in others)


def is_alike(box: Any, other: Any) -> bool:
    """Whether two boxes are of one kind: each paragraph may have one."""
    return box.tag == other.tag and box.get("class") == other.get("class") and len(box) == len(other)


def lines_of_byline(body: Body, byline: str | None) -> frozenset[int]:
    """Block.index of the lines before the text that are the byline, with dates or without: in hand-made tables it stands in the text."""
    lines = [block for block in body.blocks[:OPENING_LINES] if byline and byline in " ".join(block.text.split())]
    return frozenset(
        block.index
        for block in lines
        if lies_in(block, FACTS) or is_nothing_but(block.text, str(byline)) or byline in beside_day(block.text)
    )


def lines_of_signature(body: Body, names: Sequence[str]) -> frozenset[int]:
    """Block.index of a last line that is the authors' names and nothing else: "【山田花子】", "Jane Doe"."""
    last = body.blocks[-BIOGRAPHY:] if len(body.blocks) > BIOGRAPHY else ()
    return frozenset(block.index for block in last if len(block.text) <= SIGNATURE and is_only_names(block.text, names))


def is_only_names(text: str, names: Sequence[str]) -> bool:
    rest = " ".join(text.split())
    for name in names:
        rest = rest.replace(name, " ")
    return rest != " ".join(text.split()) and sum(map(str.isalnum, rest)) <= BESIDE_NAMES


def is_nothing_but(text: str, byline: str) -> bool:
    """Whether all of a text but dates is the byline."""
    rest = " ".join(text.split()).replace(byline, " ", 1)
    dates = find_moments(rest)
    rest = f"{rest[: dates[0].start]} {rest[dates[-1].end :]}" if dates else rest
    return sum(map(str.isalnum, rest)) <= LABEL_BESIDE


def file_story(page: Page, body: Body, abstract: str | None, headlines: Sequence[str], language: str | None, dates: Dates) -> Text:
    """Takes the dateline off the first words of the text; a standfirst stays as printed."""
    paragraphs = [block.text for block in body.blocks]
    filed = read_dateline(page, abstract, paragraphs, headlines, language, published_on(dates))
    if filed is None or filed.line is None:
        html = render(body.blocks, page)
    else:
        blocks = list(body.blocks)
        html = render(blocks[: filed.line], page) + render_rest(filed, blocks[filed.line], page) + render(blocks[filed.line + 1 :], page)
        paragraphs[filed.line : filed.line + 1] = [filed.rest] if filed.rest else []
    return Text(abstract, tuple(paragraphs), html, body.blocks, filed)


def render_rest(filed: Filed, block: Block, page: Page) -> str:
    """The opening paragraph in HTML without its dateline."""
    if not filed.rest:
        return ""
    pieces = without_start(block.pieces, len(squeeze(block.text)) - len(squeeze(filed.rest)))
    return render([replace(block, pieces=pieces, text=filed.rest)], page) + "\n"


def without_start(pieces: Sequence[Any], letters: int) -> list[Any]:
    """A block's pieces without their first `letters` characters, spaces not counted. Elements that end before that go, too."""
    kept: list[Any] = []
    opened: list[Any] = []
    for piece in pieces:
        if letters <= 0:
            kept.append(piece)
        elif type(piece) is str:
            letters, rest = cut_off(piece, letters)
            kept += [*opened, rest] if letters <= 0 else []
        elif piece[0].startswith("/"):
            opened = opened[:-1]
        else:
            opened.append(piece)
    return kept


def cut_off(text: str, letters: int) -> tuple[int, str]:
    """(characters that are still to be cut, what is left of the text)."""
    for place, char in enumerate(text):
        if not char.isspace():
            letters -= 1
            if letters == 0:
                return 0, text[place + 1 :].lstrip()
    return letters, ""


def date_event(page: Page, text: Text, dates: Dates, language: str | None) -> tuple[str | None, tuple[Evidence, ...]]:
    """The day that the dateline names, else the first that the text speaks of with confidence."""
    if text.filed and text.filed.dateline.on:
        return text.filed.dateline.on.isoformat(), ()
    published = published_on(dates)
    if published is None:
        return None, ()
    found = find_day_reference(text.paragraphs, published, language)
    if found is not None and (day := local_day(page, dates, published)) != published:
        found = find_day_reference(text.paragraphs, day, language)
    if found is None or found.confidence < SURE_DAY:
        return None, ()
    return found.on.isoformat(), (Evidence("dateline_on", found.printed, f"day_reference:{found.rule}", "article_body", found.confidence),)


def local_day(page: Page, dates: Dates, published: date) -> date:
    """The day of publication where the outlet is: that of its zone, else, of a time in UTC, the day beside it that the page prints."""
    declared = dates.date_published or ""
    if not declared.endswith(UTC_MARKS) or "T" not in declared:
        return published
    if page.site and (zone := site_zone(page.site.timezone)) is not None:
        return datetime.fromisoformat(declared).astimezone(zone).date()
    lines = (block.text for _, block, _ in lines_near_headline(page) if DIGITS.search(block.text) and len(block.text) <= DATE_LINE)
    printed = [found.moment.day for line in lines for found in find_moments(line, around=published)]
    return next((day for day in printed if abs((day - published).days) == 1), published) if published not in printed else published


def published_on(dates: Dates) -> date | None:
    try:
        return date.fromisoformat((dates.date_published or "")[:10])
    except ValueError:
        return None


def own_address(page: Page) -> str:
    """The story's address: the declared canonical where it can be believed, else the one that was fetched; variants folded."""
    declared = page.canonical
    believed = declared and same_site(declared, page.url) and not is_home_or_section(declared)
    return story_address(declared if believed and declared else page.url)


def next_page(page: Page, body: Body) -> str | None:
    """The address of the story's next page: the story's own with a number behind it, one more than this page's."""
    here = identity(page.url).rstrip("/")
    name, ending = without_ending(here)
    own, own_name = PAGE_NUMBER.sub("", here), NUMBER_BEFORE_ENDING.sub("", name)

    def number_behind(address: str) -> str | None:
        """What makes `address` a page of this story; None where it is another's."""
        rest = address[len(own) :].rstrip("/")
        if address.startswith(own) and PAGE_NUMBER.fullmatch(rest):
            return rest
        written, other = without_ending(address)
        rest = written[len(own_name) :]
        return rest if ending and other == ending and written.startswith(own_name) and NUMBER_BEFORE_ENDING.fullmatch(rest) else None

    for element in page.related.get("next", ()):
        address = page.absolute(element.get("href"))
        if address and address != page.url and number_behind(address):
            return address
    number = DIGITS.search(here[len(own) :]) or DIGITS.search(name[len(own_name) :] if ending else "")
    following = str(int(number[0]) + 1 if number else 2)
    return next((address for address in pager(page, body, following) if DIGITS.findall(number_behind(address) or "") == [following]), None)


def without_ending(address: str) -> tuple[str, str]:
    """("https://example.org/story", ".html"); the ending is empty where the address does not end in a file's name."""
    found = FILE_ENDING.search(address)
    return (address[: found.start()], found[0]) if found else (address, "")


def pager(page: Page, body: Body, number: str) -> Iterator[str]:
    """Addresses with this number of the short links right behind the text: "Pages: 1 2 3"."""
    end = body.blocks[-1].index if body.blocks else 1 << 30
    blocks = page.outline.blocks
    for block in blocks[bisect_right(blocks, end, key=lambda block: block.index) :][:PAGER]:
        if (block.links or block.setting.link is not None) and len(block.text) <= PAGER_TEXT and not lies_in(block, NO_PAGER):
            outer = block.setting.link
            for text, href in links_of(block) if outer is None else [(block.text, outer.get("href") or "")]:
                address = page.absolute(href) if len(text) <= PAGER_LINK and number in href else None
                if address:
                    yield address


def text_hash(headline: str | None, article_body: str) -> str:
    """sha256 of headline and body with one space between words: what decides whether a story changed."""
    return sha256(" ".join(f"{headline or ''}\n{article_body}".split()).encode("utf-8", "surrogatepass")).hexdigest()


def as_json(article: Article) -> dict[str, Any]:
    """An article as JSON takes it, under the names of the archive's columns."""
    return asdict(article)
