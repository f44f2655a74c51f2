"""When a story was published and last changed, as exactly as the page tells.

Sources are heard in the order of RULES; the first that gives a time of day wins. A day without time gives way to a time on the same
day or a day beside it (print editions carry the next day's date). Nothing is filled up: a day stays a day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from archiver.extract.blocks import HEADS, WHOLE_PAGE_TAGS, Block, Element
from archiver.extract.date_lines import LINE, change_label, headline_at, is_far, label_before, lines_near_headline, opened_by, speaks_of
from archiver.extract.evidence import Candidate, clean
from archiver.extract.jsonld import Node, is_about, types_of
from archiver.extract.language import language_of_lines
from archiver.extract.moments import DIGIT, Moment, clock_behind, find_moments, named_days, of_epoch, read_moment, read_relative
from archiver.extract.page import Page
from archiver.extract.time_zones import (
    NO_COUNTRY,
    any_offset,
    country_zone,
    fitting_offset,
    fixed,
    language_zone,
    site_zone,
    zone_of_registration,
)
from archiver.extract.words import read_words
from archiver.records import Evidence
from archiver.urls import date_in_url, identity

__all__ = ["Dates", "read_dates", "read_printed_date"]

LEEWAY = timedelta(days=1)  # after the fetch: clocks that go wrong, naive times of zones ahead
EARLIEST = date(1900, 1, 1)  # newspapers put their printed archives on the web
MAX_EVIDENCE = 8  # sources told per field
NEIGHBOURS = timedelta(days=1)

Told = Iterator[Candidate[Moment]]


@dataclass(frozen=True, slots=True)
class Dates:
    """Values as in records.Article; None where the page tells nothing."""

    date_published: str | None = None  # ISO 8601 as declared, with its offset when it has one
    date_published_utc: str | None = None  # YYYY-MM-DDTHH:MM:SSZ, or YYYY-MM-DD when only the day is known
    date_modified: str | None = None
    date_modified_utc: str | None = None
    date_precision: str = "none"  # of the publication: second, minute, day, none
    date_source: str | None = None  # the rule that gave the publication
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What is known before a date is read."""

    latest: date  # a later day is impossible
    language: str | None
    month_first: bool  # "3/4/2024" is March 4
    url_day: date | None
    zone: tzinfo | None  # of the site, as its facts say
    country_zone: tzinfo | None  # of the host's country, or the one in which the site is registered
    now: datetime  # of the fetch, in the site's zone


def read_dates(page: Page) -> Dates:
    """Publication and last change of the page's story."""
    setting = setting_of(page)
    heard, refused = hear(page, setting, PUBLISHED_RULES)
    changes, refused_changes = hear(page, setting, MODIFIED_RULES)
    heard = [in_a_zone(candidate, setting, heard, lambda: stamps(page, [*changes, *heard])) for candidate in heard]
    changes = [in_a_zone(candidate, setting, changes, lambda: stamps(page, [*heard, *changes])) for candidate in changes]
    heard, changes = [in_local_time(told, changes) for told in heard], [in_local_time(told, heard) for told in changes]
    published = pick(heard)
    by_clock = changed_by_clock(page, setting, published, changes)
    changes += [in_a_zone(told, setting, changes, lambda: stamps(page, heard)) for told in by_clock]
    modified = pick_change(changes, published)
    if modified is not None:
        checked = check_change(modified, published)
        changes = [checked if candidate is modified else candidate for candidate in changes]
        modified = checked
    evidence = [
        *as_evidence("date_published", published, heard, refused),
        *as_evidence("date_modified", modified, changes, refused_changes),
    ]
    return Dates(
        published.value.iso if published else None,
        published.value.utc if published else None,
        modified.value.iso if modified else None,
        modified.value.utc if modified else None,
        published.value.precision if published else "none",
        published.method if published else None,
        tuple(evidence),
    )


def read_printed_date(text: str, around: date, language: str | None) -> date | None:
    """The day that a dateline prints: "March 7", "27.6.2025", "4月24日". A missing year is the one that brings it nearest to `around`."""
    return next((found.moment.day for found in find_moments(clean(text, 100), language, is_month_first(language, ""), around)), None)


# --- what is known before


def setting_of(page: Page) -> Setting:
    language = page.tree.get("lang") or page.tree.get("xml:lang") or page.meta("og:locale", "content-language", "language")
    language = language_of_lines(page, clean(language or (page.site.in_language if page.site else None), 20) or None)
    zone = site_zone(page.site.timezone if page.site else None)
    country = country_zone(host := urlsplit(page.url).hostname or "") or zone_of_registration(page)
    fetched = page.fetched_at if page.fetched_at.tzinfo else page.fetched_at.replace(tzinfo=UTC)
    return Setting(
        (fetched + LEEWAY).date(),
        language,
        is_month_first(language, host),
        date_in_url(page.url),
        zone,
        country,
        fetched.astimezone(zone or country or UTC),
    )


MONTH_FIRST = frozenset({"en-us", "en-ph", "fil", "fil-ph", "tl"})


def is_month_first(language: str | None, host: str) -> bool:
    """Whether "3/4/2024" is March 4: American English, and English on a host of no country."""
    name = (language or "").replace("_", "-").lower()
    ending = host.rpartition(".")[2].lower()
    in_america = ending in NO_COUNTRY or ending in ("us", "ph")
    if name in MONTH_FIRST:
        return in_america or len(ending) != 2
    return name == "en" and bool(host) and (in_america or len(ending) != 2)


# --- hearing the sources


Rule = Callable[[Page, Setting], Told]


def hear(page: Page, setting: Setting, rules: Sequence[tuple[Rule, bool]]) -> tuple[list[Candidate[Moment]], list[Candidate[Moment]]]:
    """(possible, refused) candidates in the order of trust. A rule that costs is asked only while no time of day is known."""
    heard: list[Candidate[Moment]] = []
    refused: list[Candidate[Moment]] = []
    for rule, costs in rules:
        best = pick(heard)
        if costs and best is not None and (is_exact(best.value) or rule in GUESSES):
            continue
        for candidate in rule(page, setting):
            mended = judge(candidate, setting)
            if isinstance(mended, Candidate):
                heard.append(mended)
            else:
                refused.append(replace(candidate, confidence=0.0, note=mended))
    return heard, refused


def judge(candidate: Candidate[Moment], setting: Setting) -> Candidate[Moment] | str:
    """The candidate, its day and month exchanged where only that is possible; or why it is refused."""
    moment = candidate.value
    wrong = impossible(moment, setting)
    other = moment.swapped
    if other is not None and (wrong or (setting.url_day is not None and setting.url_day == other != moment.day)):
        swapped: Moment | None = replace(moment, when=datetime.combine(other, moment.when.timetz()), swapped=None)
    elif wrong:
        swapped = moment.swap()
    else:
        return candidate
    if swapped is not None and not impossible(swapped, setting):
        return replace(candidate, value=swapped, confidence=candidate.confidence * 0.8, note="day and month exchanged")
    return wrong or candidate


def impossible(moment: Moment, setting: Setting) -> str | None:
    """Why the moment cannot be: a day after the fetch, before the newspapers on the web, the zero of a computer's clock."""
    if moment.in_utc.date() > setting.latest:
        return "after the fetch"
    if moment.day < EARLIEST or moment.day in (date(1970, 1, 1), date(1969, 12, 31)):
        return "no date of a web page"
    return None


def is_exact(moment: Moment) -> bool:
    return moment.has_time and not moment.is_midnight


def pick(heard: Sequence[Candidate[Moment]]) -> Candidate[Moment] | None:
    """The first; where that has no time of day, the next one that has, on the same day or a day beside it."""
    if not heard:
        return None
    first = heard[0]
    if is_exact(first.value):
        return first
    day = first.value.day
    exact = (other for other in heard[1:] if is_exact(other.value) and abs(other.value.day - day) <= NEIGHBOURS)
    return next(exact, first)


def pick_change(changes: Sequence[Candidate[Moment]], published: Candidate[Moment] | None) -> Candidate[Moment] | None:
    """As `pick`; a source that puts the change before the publication gives way to one that does not."""
    first = pick(changes)
    if first is None or published is None or not precedes(first.value, published.value):
        return first
    later = (other for other in changes if is_exact(other.value) and not precedes(other.value, published.value))
    return next(later, first)


def precedes(change: Moment, published: Moment) -> bool:
    if not (change.has_time and published.has_time):
        return change.day < published.day
    return change.in_utc < published.in_utc - timedelta(minutes=1)


def check_change(change: Candidate[Moment], published: Candidate[Moment] | None) -> Candidate[Moment]:
    if published is not None and precedes(change.value, published.value):
        note = "before the publication"
        return replace(change, confidence=min(change.confidence, 0.6), note=f"{change.note}; {note}" if change.note else note)
    return change


def as_evidence(
    field: str, chosen: Candidate[Moment] | None, heard: Sequence[Candidate[Moment]], refused: Sequence[Candidate[Moment]]
) -> Iterator[Evidence]:
    """The winner, one source for each other moment that was told, and what was refused."""
    if chosen is not None:
        yield chosen.as_evidence(field, True)
    told = {chosen.value.utc[:16]} if chosen else set()
    others = [candidate for candidate in heard if candidate is not chosen]
    for candidate in [*others, *refused][: 4 * MAX_EVIDENCE]:
        key = candidate.value.utc[:16]
        if key not in told and len(told) < MAX_EVIDENCE:
            told.add(key)
            yield candidate.as_evidence(field, False)


# --- times without zone


def in_a_zone(
    candidate: Candidate[Moment], setting: Setting, same: Sequence[Candidate[Moment]], others: Callable[[], Sequence[Moment]]
) -> Candidate[Moment]:
    """A time without zone, read in the site's zone; else with the offset of a stamp of the page that fits it; else in the zone of the
    country that the host's name ends with; else with the offset of any stamp of the page; else in the zone of the page's language, where it
    has one; else as it is, with a note.

    `same`: the other sources for the same value.
    """
    moment = candidate.value
    if not moment.has_time or moment.when.tzinfo is not None:
        return candidate
    choices: tuple[tuple[str, Callable[[], tzinfo | None]], ...] = (
        ("the site's own", lambda: setting.zone),
        ("that of the same time on the page", lambda: fitting_offset(moment, [other.value for other in same])),
        ("that of the country", lambda: setting.country_zone),
        ("that of another time on the page", lambda: any_offset(others())),
        ("that of the language", lambda: language_zone(setting.language)),
    )
    for name, choice in choices:
        if (zone := choice()) is not None:
            return replace(candidate, value=moment.in_zone(fixed(zone, moment.when)), note=noted(candidate, f"no zone: {name}"))
    return replace(candidate, confidence=candidate.confidence * 0.8, note=noted(candidate, "no zone: counted as UTC"))


def in_local_time(candidate: Candidate[Moment], others: Sequence[Candidate[Moment]]) -> Candidate[Moment]:
    """A time in UTC with the wall clock, to the second, of another time of the story with an offset is local time, wrongly labelled.

    Themes of WordPress print an unchanged story so: published at 16:43:20+00:00, modified at 16:43:20+02:00.
    """
    moment = candidate.value
    if moment.when.utcoffset() != timedelta(0) or not is_exact(moment):
        return candidate
    clock = moment.when.replace(tzinfo=None)
    zones = (other.value.when.tzinfo for other in others if other.value.when.utcoffset() and other.value.when.replace(tzinfo=None) == clock)
    zone = next(zones, None)
    return candidate if zone is None else replace(candidate, value=moment.in_zone(zone), note=noted(candidate, "local time, not UTC"))


def noted(candidate: Candidate[Moment], note: str) -> str:
    return f"{candidate.note}; {note}" if candidate.note else note


def stamps(page: Page, heard: Sequence[Candidate[Moment]]) -> list[Moment]:
    """Every time on the page that a program wrote."""
    values = [candidate.value for candidate in heard if candidate.value.has_time]
    if not any(value.when.tzinfo for value in values):
        for element in page.gathered["time"][:MAX_STAMPS]:
            if moment := read_moment(element.get("datetime") or ""):
                values.append(moment)
    return values


# --- JSON-LD


PAGE_TYPES = frozenset(
    {"webpage", "itempage", "newsarticle", "article", "blogposting", "reportagenewsarticle", "socialmediaposting", "videoobject"}
)


def of_graph(page: Page, setting: Setting) -> Told:
    """What the story's node declares; else what another node of this page does."""
    yield from of_node(page.article, ("datePublished",), 0.98, setting)
    if page.article.get("datePublished"):
        return
    here = identity(page.url)
    for node in page.graph.nodes[:200]:
        if node is not page.article and types_of(node) & PAGE_TYPES and is_about(node, here, page.url) is not False:
            yield from of_node(node, ("datePublished",), 0.9, setting)
    yield from of_node(page.article, ("uploadDate", "dateCreated"), 0.8, setting)


def changed_in_graph(page: Page, setting: Setting) -> Told:
    yield from of_node(page.article, ("dateModified",), 0.95, setting)
    if not page.article.get("dateModified"):
        here = identity(page.url)
        for node in page.graph.typed("WebPage")[:20]:
            if is_about(node, here, page.url):
                yield from of_node(node, ("dateModified",), 0.8, setting)


def of_node(node: Node, names: Iterable[str], confidence: float, setting: Setting) -> Told:
    for name in names:
        raw = node.get(name)
        while isinstance(raw, list | dict) and raw:
            raw = raw[0] if isinstance(raw, list) else raw.get("@value")
        moment = (
            of_epoch(raw)
            if isinstance(raw, int | float)
            else read_moment(raw, setting.language, setting.month_first)
            if isinstance(raw, str)
            else None
        )
        if moment is not None:
            yield Candidate(moment, str(raw), "jsonld", f"{first_type(node)}.{name}", confidence)


def first_type(node: Node) -> str:
    value = node.get("@type") or node.get("type") or ""
    return clean(value[0] if isinstance(value, list) and value else value, 60)


# --- meta tags


def of_metas(page: Page, setting: Setting) -> Told:
    yield from metas_named("published_metas", 0.93, page, setting)


def of_late_metas(page: Page, setting: Setting) -> Told:
    yield from metas_named("late_published_metas", 0.8, page, setting)


def changed_in_metas(page: Page, setting: Setting) -> Told:
    yield from metas_named("modified_metas", 0.9, page, setting)


def metas_named(words: str, confidence: float, page: Page, setting: Setting) -> Told:
    for name, content in page.told(*read_words(words)):
        if moment := read_moment(content, setting.language, setting.month_first):
            yield Candidate(moment, content, "meta", f"meta[{name}]", confidence)


# --- elements that hold a time


MARKED_PUBLISHED = re.compile(r"publi[sc]|pubdate|entry-date|post-?date|posted|date-?created|created", re.IGNORECASE)
MARKED_MODIFIED = re.compile(r"modif|updat|aktualis|revis|edited", re.IGNORECASE)
ELSEWHERE = frozenset({"aside", "nav", "footer", "a", "blockquote"})  # a quotation may be a network's post
NOT_THE_STORY = re.compile(
    r"comment|related|teaser|sidebar|widget|latest|recent|most-?read|recommend|promo|card__|live-?blog", re.IGNORECASE
)
MOST_GUESSED = 500_000  # characters of a page that htmldate is asked about: full of dates, a megabyte takes it seconds
AROUND = 4  # elements around a headline that may be its own box
MAX_TIMES = 200
MAX_STAMPS = 30
LABEL_LENGTH = 40  # characters of a label before a date
LINK_REST = 6  # characters that a link around dates may hold beside them
# A class of the element around a time: "updated-on", "wp-block-post-date__modified-date". "updated" alone is on publications, too.
AROUND_CHANGE = re.compile(r"modif|updated?[-_](?:on|at|date|time)|(?:date|last)[-_]?updat|aktualisier", re.IGNORECASE)
MOST_ANNOTATED = 3  # elements of one kind that are asked for a date


def of_times(page: Page, setting: Setting) -> Told:
    """<time> near the headline, then microdata and RDFa elsewhere."""
    for element, marked in publications(page):
        for moment, raw in moments_of(element, setting):
            if marked or setting.url_day is None or abs(moment.day - setting.url_day) <= NEIGHBOURS:
                yield Candidate(moment, raw, "time", locate(element), 0.9 if marked else 0.85)
    for element in islice(filter(is_published, page.annotated), MOST_ANNOTATED):
        for moment, raw in moments_of(element, setting):
            yield Candidate(moment, raw, "time", locate(element), 0.8)


def changed_in_times(page: Page, setting: Setting) -> Told:
    """<time class="updated"> near the headline, then microdata elsewhere."""
    after, before = times_near_headline(page)
    times = [element for element in [*after, *before[::-1]] if is_change(element)][:2]
    elsewhere = (element for element in page.annotated if element.get("itemprop") == "dateModified" and element.tag != "time")
    for element in [*times, *islice(elsewhere, MOST_ANNOTATED)]:
        for moment, raw in moments_of(element, setting):
            yield Candidate(moment, raw, "time", locate(element), 0.85)


def is_published(element: Element) -> bool:
    """Whether an element beside <time> holds the publication: microdata, hAtom, RDFa as Drupal writes it."""
    get = element.get
    if get("itemprop") == "datePublished" and element.tag not in ("meta", "time"):
        return True
    if element.tag == "abbr" and get("title") is not None and "publish" in (get("class") or ""):
        return True
    named = get("property") or ""
    return ("dc:created" in named or named == "schema:dateCreated") and get("content") is not None


def publications(page: Page) -> Iterator[tuple[Element, bool]]:
    """(element, whether it is marked as the publication), best first."""
    after, before = ([element for element in times if not is_change(element)] for times in times_near_headline(page))
    ordered = [*after[:3], *before[::-1][:2]]
    away = {element: distance_to_headline(element, page) for element in ordered}
    marked = {element for element in ordered if is_marked(element) and (element in after or away[element] < AROUND)}
    ordered.sort(key=lambda element: (away[element], element not in marked))
    yield from ((element, element in marked) for element in ordered)


def distance_to_headline(element: Element, page: Page) -> int:
    """Levels above the headline of the box that also holds a time, at most AROUND; what is farther may be another story's."""
    place = headline_at(page)
    boxes = list(islice(page.outline.blocks[place].owner.iterancestors(), AROUND)) if place is not None else []
    outer = set(element.iterancestors())
    return next((level for level, box in enumerate(boxes) if box in outer and box.tag not in WHOLE_PAGE_TAGS), AROUND)


def times_near_headline(page: Page) -> tuple[list[Element], list[Element]]:
    """The story's <time> elements behind and before its headline; where there is none, all of them."""
    if not page.gathered["time"]:
        return [], []
    blocks = page.outline.blocks
    place = headline_at(page)
    headline = blocks[place].owner if place is not None else None
    before: list[Element] = []
    after: list[Element] = []
    times = after if headline is None else before
    for number, element in enumerate(page.gathered["time"] if headline is None else page.tree.iter("time", headline.tag)):
        if number > MAX_TIMES:
            break
        if element is headline:
            times = after
        elif element.tag == "time" and not is_elsewhere(element, headline):
            times.append(element)
    return after, before


def is_marked(element: Element) -> bool:
    if element.get("itemprop") == "datePublished" or element.get("pubdate") is not None:
        return True
    return MARKED_PUBLISHED.search(element.get("class") or "") is not None or MARKED_PUBLISHED.search(own_text(element)) is not None


def is_change(element: Element) -> bool:
    """The time of an update; a class that says both ("entry-date published updated", of WordPress) is a publication's."""
    marks = f"{element.get('itemprop') or ''} {element.get('class') or ''}"
    if MARKED_MODIFIED.search(marks) and not MARKED_PUBLISHED.search(marks) and "entry-date" not in marks:
        return True
    if label_before(own_text(element), 60) == "modified" or label_before(beside := before_element(element), len(beside)) == "modified":
        return True
    around = element.getparent()
    return around is not None and AROUND_CHANGE.search(around.get("class") or "") is not None and own_text(around) == own_text(element)


def before_element(element: Element) -> str:
    """What stands right before an element on its line: text, or a short label in an element of its own."""
    sibling = element.getprevious()
    if sibling is None:
        around = element.getparent()
        return clean(around.text, LABEL_LENGTH) if around is not None else ""
    return clean(sibling.tail, LABEL_LENGTH) or ("" if sibling.tag == "time" else own_text(sibling)[:LABEL_LENGTH])


def is_elsewhere(element: Element, headline: Element | None) -> bool:
    """In a teaser, a comment, a list at the side."""
    own: Element | None = None
    for depth, around in enumerate(element.iterancestors()):
        if depth > 12 or around.tag in ("body", "main"):
            return False
        if around is own:
            continue
        if around.tag == "a" and len(own_text(around)) < sum(len(own_text(time)) for time in around.iter("time")) + LINK_REST:
            continue  # a link to the stories of the day, or the story's own
        outside = headline is None or around not in headline.iterancestors()
        if around.tag == "footer" and headline is not None and closes_story(around, headline):
            continue
        if around.tag == "footer" and headline is not None and (own := opened_by(around)) is not None:
            continue
        if outside and (around.tag in ELSEWHERE or NOT_THE_STORY.search(f"{around.get('class') or ''} {around.get('id') or ''}")):
            return True
        if outside and headline is not None and around.tag == "article" and has_headline(around):
            return True
    return False


def closes_story(footer: Element, headline: Element) -> bool:
    """Whether a <footer> is that of the headline's own <article>, where older themes print date, author and topics."""
    article = next(footer.iterancestors("article"), None)
    return article is not None and article in headline.iterancestors()


def has_headline(article: Element) -> bool:
    return any(article.find(f".//{name}") is not None for name in ("h2", "h3", "h4"))


def moments_of(element: Element, setting: Setting) -> Iterator[tuple[Moment, str]]:
    """By its attributes and by what it shows; a time of day first."""
    told = []
    for raw in (element.get("datetime"), element.get("content"), element.get("title"), own_text(element)):
        if raw and (moment := read_moment(raw, setting.language, setting.month_first)):
            told.append((moment, clean(raw, 200)))
    shown = next((pair for pair in told if label_before(pair[1], LABEL_LENGTH) == "published"), None)
    if shown and told[0] != shown and abs(told[0][0].day - shown[0].day) > NEIGHBOURS:
        yield shown  # the attribute has the time of a change
    yield from sorted(told[:3], key=lambda pair: not is_exact(pair[0]))


def own_text(element: Element) -> str:
    return clean("".join(element.itertext())[:400], 200)


def locate(element: Element) -> str:
    classes = clean(element.get("class"), 60).replace(" ", ".")
    return f"{element.tag}.{classes}" if classes else f"{element.tag}"


# --- lines that readers see


RELATIVE_LINE, PARTED_LINE = 80, 120  # characters of a line that says "3 hours ago"; of one with bars between its parts
SHORT_SENTENCE = 40  # characters of a line that may be "Posted yesterday."
BARS = re.compile(r" [|·•] ")


@dataclass(frozen=True, slots=True)
class Line:
    """A moment that the page shows."""

    moment: Moment
    raw: str
    kind: str  # published, modified, plain
    order: tuple[int, int]
    block: Block


def of_text(page: Page, setting: Setting) -> Told:
    """Dates around the headline: those that say "published" first, then those below it, then those above."""
    lines = [line for line in shown(page, setting) if line.kind != "modified"]
    if setting.url_day is not None:
        lines = [line for line in lines if abs(line.moment.day - setting.url_day) <= NEIGHBOURS]
    for line in sorted(lines, key=lambda line: (line.kind != "published", line.order))[:4]:
        yield Candidate(line.moment, line.raw, "text", locate(line.block.owner), 0.75 if line.kind == "published" else 0.65)


def changed_in_text(page: Page, setting: Setting) -> Told:
    for line in sorted((line for line in shown(page, setting) if line.kind == "modified"), key=lambda line: line.order)[:2]:
        yield Candidate(line.moment, line.raw, "text", locate(line.block.owner), 0.7)


def changed_by_clock(page: Page, setting: Setting, published: Candidate[Moment] | None, changes: Sequence[Candidate[Moment]]) -> Told:
    """ "Updated at 19:10" near the headline, where nothing else tells the time: on the day of the line, or on that of the publication.

    Not where that is before the publication, or after the fetch: it is a time of another day.
    """
    if published is None or any(is_exact(told.value) for told in changes):
        return
    zone = setting.zone or setting.country_zone
    when = published.value.when
    day = when.astimezone(zone).date() if zone and published.value.has_time and when.tzinfo else published.value.day
    for _, block, _ in lines_near_headline(page):
        end = change_label(block.text) if DIGIT.search(block.text) and block.tag not in HEADS else None
        if end is None or any(pattern.search(block.text) for _, pattern in named_days(setting.language)):
            continue
        printed = [found.moment.day for found in find_moments(block.text, setting.language, setting.month_first) if found.start < end]
        moment = clock_behind(block.text, end, printed[-1] if printed else day)
        if moment is None:
            continue
        local = moment if moment.when.tzinfo or zone is None else moment.in_zone(zone)
        possible = not precedes(local, published.value) and (local.when.tzinfo is None or local.when <= setting.now + CLOCKS_DIFFER)
        if possible:
            yield Candidate(moment, block.text[:LINE], "text", locate(block.owner), 0.5, "a time alone, on the day of the publication")
        return


CLOCKS_DIFFER = timedelta(hours=1)


def shown(page: Page, setting: Setting) -> list[Line]:
    """Moments on short lines around the headline, else on lines anywhere that say "published"."""
    near = list(lines_near_headline(page))
    found = [line for order, block, before in near for line in of_line(block, before, order, setting)]
    if not any(line.kind != "modified" for line in found):
        blocks = page.outline.blocks
        rest = ((block, blocks[index - 1].text if index else "") for index, block in enumerate(blocks) if len(block.text) <= LINE)
        marked = (line for block, before in rest if not is_far(block) for line in of_line(block, before, (2, block.index), setting))
        found += [line for line in marked if line.kind == "published"]
    return found


def of_relative(page: Page, setting: Setting) -> Told:
    """ "3 hours ago", "yesterday, 14:30" on the lines around the headline, counted from the fetch."""
    for _, block, _ in lines_near_headline(page):
        is_short = len(block.text) <= (PARTED_LINE if BARS.search(block.text) else RELATIVE_LINE)
        is_prose = len(block.text) > SHORT_SENTENCE and block.text[-1] in ".!?。"  # "… the council said yesterday."
        if is_short and not is_prose and block.tag not in HEADS and label_before(block.text, len(block.text)) != "modified":
            moment = read_relative(block.text, setting.now, setting.language)
            if moment is not None:
                yield Candidate(
                    moment, block.text, "relative", locate(block.owner), 0.5, f"seen at {setting.now.isoformat(timespec='minutes')}"
                )
                return


def of_line(block: Block, before: str, order: tuple[int, int], setting: Setting) -> Iterator[Line]:
    """Moments of one line, each with the label that stands before it, on this line or alone on the one above."""
    for found in find_moments(block.text, setting.language, setting.month_first)[:3]:
        kind = label_before(block.text, found.start)
        if kind is None and found.start < 3 and len(before) <= LABEL_LENGTH:
            kind = label_before(before, len(before))
        if kind is None and speaks_of(block.text, found.start):
            continue
        moment = found.moment
        end = change_label(block.text[: found.end], found.start) if moment.has_time else None
        if end is not None and clock_behind(block.text, end, moment.day):
            moment = day_moment(moment.day)  # "5 March 2026, upd. 19:10": the time is that of the change
        yield Line(moment, block.text[:LINE], kind or "plain", order, block)


# --- what programs on the page were given


IN_SCRIPT = re.compile(
    r"\"(?:date_?published|published_?(?:at|date|time|on)?|publish_?(?:date|time|ed_?at)|publication_?date|first_?published?_?(?:at|date)?|pub_?date|deploy_?d(?:ate|t))"
    r"\\?\"\s{0,3}:\s{0,3}\\?\"(?P<value>[^\"\\]{8,40})\\?\"",
    re.IGNORECASE,
)
MAX_SCRIPT = 1 << 20  # characters
ATTRIBUTES = etree.XPath(
    "(//@*[starts-with(name(), 'data-') and (contains(name(), 'publi') or contains(name(), 'pubdate'))])[position() < 20]"
)


def of_scripts(page: Page, setting: Setting) -> Told:
    """A time in data attributes or in the data of the page's scripts, where the address does not contradict."""
    attributes = {str(value): f"@{value.attrname}" for value in ATTRIBUTES(page.tree)}
    told = list(attributes.items()) if len(attributes) == 1 else []  # several are those of a list of stories
    for raw, place in [*told, *script_values(page)]:
        moment = read_moment(raw, setting.language, setting.month_first)
        if moment and (setting.url_day is None or abs(moment.day - setting.url_day) <= NEIGHBOURS):
            yield Candidate(moment, raw, "script", place, 0.6)


def script_values(page: Page) -> Iterator[tuple[str, str]]:
    left = MAX_SCRIPT
    for script in page.gathered["script"]:
        text = script.text or ""
        if left < len(text):
            return
        left -= len(text)
        if match := IN_SCRIPT.search(text):
            yield unescape(match["value"]), "script"
            return


# --- the address, and guessing


def of_url(page: Page, setting: Setting) -> Told:
    if setting.url_day is not None:
        yield Candidate(day_moment(setting.url_day), page.url, "url", "url", 0.8)


def day_moment(day: date) -> Moment:
    return Moment(datetime(day.year, day.month, day.day), "day")  # noqa: DTZ001 - a day, in no zone


def of_htmldate(page: Page, setting: Setting) -> Told:
    """htmldate's guess (htmldate.readthedocs.io). January 1 is what it makes of a bare year, and is left out."""
    from htmldate import find_date  # imports dateparser: slow, and seldom needed

    if sum(len(block.text) for block in page.outline.blocks) > MOST_GUESSED:
        return
    try:
        tree: Any = deepcopy(page.tree)
        text = find_date(tree, url=page.url, original_date=True, extensive_search=True, max_date=setting.latest.isoformat())
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, etree.LxmlError):
        return
    moment = read_moment(text or "")
    if moment is not None and (moment.day.month, moment.day.day) != (1, 1) and not is_only_spoken_of(moment.day, page, setting):
        yield Candidate(moment, str(text), "htmldate", "page", 0.4)


def is_only_spoken_of(day: date, page: Page, setting: Setting) -> bool:
    """Whether the page's text has the day in sentences alone."""
    found = [
        speaks_of(block.text, hit.start)
        for block in page.outline.blocks
        for hit in find_moments(block.text, setting.language, setting.month_first)
        if hit.moment.day == day
    ]
    return bool(found) and all(found)


# (rule, whether it costs enough to be asked only when no time of day is known yet), in the order of trust
PUBLISHED_RULES: tuple[tuple[Rule, bool], ...] = (
    (of_graph, False),
    (of_metas, False),
    (of_times, True),
    (of_late_metas, False),
    (of_text, True),
    (of_scripts, True),
    (of_url, False),
    (of_relative, True),
    (of_htmldate, True),
)
MODIFIED_RULES: tuple[tuple[Rule, bool], ...] = (
    (changed_in_graph, False),
    (changed_in_metas, False),
    (changed_in_times, True),
    (changed_in_text, True),
)
GUESSES: frozenset[Rule] = frozenset({of_relative, of_htmldate})  # asked only where nothing else tells so much as a day
