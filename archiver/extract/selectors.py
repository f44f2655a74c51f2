"""What a site's own selectors say (data/sites.toml), where the general rules misread its markup.

A selector is CSS, or XPath when it begins with "/", "./" or "(". It holds for captures from its first day on; the newest
valid ones of a field count, in their order, so that a redesign adds a second set and older captures keep the older one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

from archiver.extract.blocks import Element, squeeze
from archiver.extract.body import Body
from archiver.extract.evidence import RAW_LENGTH, clean
from archiver.extract.moments import Moment, read_moment
from archiver.extract.page import Page
from archiver.records import Article, Author, Evidence, Selector, Site

TEXT_FIELDS = ("headline", "alternative_headline", "kicker", "abstract", "byline", "article_section", "genre")
DATE_FIELDS = ("date_published", "date_modified")
LIST_FIELDS = ("authors", "keywords")
PART_FIELDS = ("body", "drop")  # the elements that hold the text; elements that are no part of any story
FIELDS = (*TEXT_FIELDS, *DATE_FIELDS, *LIST_FIELDS, *PART_FIELDS)
ATTRIBUTES = {"meta": "content", "time": "datetime"}  # where an element of this tag keeps its value
MAX_FOUND = 200  # elements of one selector


@lru_cache(maxsize=1_000)
def compile_selector(text: str) -> Callable[[Element], Any]:
    """A function from an element to a list of elements or texts. Raises ValueError that says what is wrong with the selector."""
    try:
        return etree.XPath(text) if text.startswith(("/", "./", "(")) else CSSSelector(text, translator="html")
    except (etree.XPathSyntaxError, SelectorError) as error:
        raise ValueError(f"{text!r} is neither CSS nor XPath: {error}") from error


def valid(site: Site | None, field: str, on: date) -> list[Selector]:
    """The site's selectors of a field that hold on that day: those with the newest first day."""
    own = [selector for selector in (site.selectors if site else ()) if selector.field == field]
    begun = [selector for selector in own if selector.valid_from is None or selector.valid_from <= on]
    newest = max((selector.valid_from or date.min for selector in begun), default=None)
    return [selector for selector in begun if (selector.valid_from or date.min) == newest]


def find(page: Page, field: str) -> Iterator[tuple[Selector, Element | str]]:
    """What the field's selectors find on the page, by the first of them that finds anything."""
    for selector in valid(page.site, field, page.fetched_at.date()):
        try:
            found = compile_selector(selector.selector)(page.tree)
        except (ValueError, etree.XPathError):
            continue  # sites.toml is checked when it is read; a class's selector may still be wrong
        found = found if isinstance(found, list) else [str(found)]
        if found:
            yield from ((selector, item) for item in found[:MAX_FOUND])
            return


def prune(page: Page) -> None:
    """Takes what the site's `drop` selectors name out of the tree; done before anything is read."""
    for _, element in list(find(page, "drop")):
        if not isinstance(element, str) and element.getparent() is not None:
            drop(element, element.getparent())


def choose_body(page: Page, body: Body) -> Body:
    """The body as the site's facts have it: the elements that `body` selectors name, without the lines of `drop_text`."""
    roots = {element for _, element in find(page, "body") if not isinstance(element, str)}
    if roots:
        blocks = tuple(block for block in page.outline.blocks if block.owner in roots or roots & set(block.owner.iterancestors()))
        blocks = tuple(block for block in blocks if block.setting.caption is None and block.tag != "h1")
        body = replace(body, blocks=blocks, text="\n\n".join(block.text for block in blocks)) if blocks else body
    unwanted = {squeeze(line) for line in (page.site.drop_text if page.site else ())}
    if unwanted:
        blocks = tuple(block for block in body.blocks if squeeze(block.text) not in unwanted)
        body = replace(body, blocks=blocks, text="\n\n".join(block.text for block in blocks))
    return body


def correct(article: Article, page: Page) -> Article:
    """The article with what the site's selectors found in the place of what the general rules read; both stay in the evidence."""
    if page.site is None or not page.site.selectors:
        return article
    changes: dict[str, Any] = {}
    evidence = []
    for field in (*TEXT_FIELDS, *LIST_FIELDS, *DATE_FIELDS):
        told = [(selector, text) for selector, item in find(page, field) if (text := text_of(item))]
        values = as_values(field, [text for _, text in told], page)
        if values:
            changes |= values
            selector, raw = told[0]
            evidence.append(Evidence(field, raw[:RAW_LENGTH], "site_selector", selector.selector, 1.0))
    if not changes:
        return article
    named = {item.field for item in evidence}
    others = tuple(replace(item, chosen=False) if item.field in named else item for item in article.evidence)
    return replace(article, **changes, evidence=(*evidence, *others))


def text_of(item: Element | str) -> str:
    if isinstance(item, str):
        return clean(item)
    kept = item.get(ATTRIBUTES.get(item.tag, "")) if item.tag in ATTRIBUTES else None
    return clean(kept or " ".join(item.itertext()))


def as_values(field: str, texts: Sequence[str], page: Page) -> dict[str, Any]:
    if not texts:
        return {}
    if field in TEXT_FIELDS:
        return {field: texts[0]}
    if field == "authors":
        return {field: tuple(Author(name) for name in dict.fromkeys(texts))}
    if field == "keywords":
        return {field: tuple(dict.fromkeys(texts))}
    moment = next((moment for text in texts if (moment := read_moment(text, page.site.in_language if page.site else None))), None)
    return date_values(field, moment, page.site) if moment else {}


def date_values(field: str, moment: Moment, site: Site | None) -> dict[str, Any]:
    moment = in_zone_of(site, moment)
    values: dict[str, Any] = {field: moment.iso, f"{field}_utc": moment.utc}
    return values | ({"date_precision": moment.precision, "date_source": "site_selector"} if field == "date_published" else {})


def in_zone_of(site: Site | None, moment: Moment) -> Moment:
    """A time without zone in the site's."""
    if site is None or not site.timezone or not moment.has_time or moment.when.tzinfo is not None:
        return moment
    try:
        return moment.in_zone(ZoneInfo(site.timezone))
    except (ZoneInfoNotFoundError, ValueError):
        return moment


def drop(element: Element, parent: Element) -> None:
    """Remove `element`, keep the text behind it."""
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)
