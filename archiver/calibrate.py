"""What a site's own pages teach about reading them: lines that recur on its stories, elements that hold what its JSON-LD says.

Proposed for sites.toml by `archiver add`, never applied unseen: everything found here stands in the file for the operator to judge.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from archiver.extract.article import read_page
from archiver.extract.blocks import Element, letters
from archiver.extract.evidence import clean
from archiver.extract.headline import tidy
from archiver.extract.moments import ANY_LANGUAGE, find_moments
from archiver.extract.page import Page
from archiver.records import Article, Selector

LEAST_STORIES = 3  # that must agree before anything is proposed
SHARE = 0.6  # of the stories
LINE = range(8, 400)  # characters of a recurring line
LEAST_BODY = 400  # characters of a declared body that is compared
ALIKE = 0.85  # word overlap (F1) below which our body and the declared one disagree
HOLDS = 0.95  # word overlap that the element of a proposed selector must have with the declared body
PLAIN_CLASS = re.compile(r"[a-zA-Z][\w-]{2,60}")
PER_STORY = re.compile(r"\d{3,}")  # post-48151: the class of one story


@dataclass(frozen=True, slots=True)
class Proposal:
    drop_text: tuple[str, ...] = ()
    selectors: tuple[Selector, ...] = ()


def calibrate(pages: Sequence[Page]) -> Proposal:
    """From several stories of one site; empty where they teach nothing."""
    readings = [(page, article) for page in pages if (article := read_page(page)).outcome == "article"]
    if len(readings) < LEAST_STORIES:
        return Proposal()
    found = [find_selector(field, readings, declared, ours) for field, declared, ours in FIELDS]
    return Proposal(recurring_lines([article.article_body for _, article in readings]), tuple(one for one in found if one))


def recurring_lines(bodies: Sequence[str]) -> tuple[str, ...]:
    """Lines that stand on several stories, in the order in which they are most frequent. The day of the visit is another one tomorrow."""
    counts = Counter(line for body in bodies for line in dict.fromkeys(re.split(r"\n+", body)) if len(line) in LINE)
    recurring = (line for line, number in counts.most_common(20) if number >= enough(len(bodies)))
    return tuple(line for line in recurring if not find_moments(line, ANY_LANGUAGE))


def enough(total: int) -> int:
    return max(LEAST_STORIES, round(SHARE * total))


# --- selectors

Values = Callable[[Page, Article], str]


def declared_headline(page: Page, article: Article) -> str:
    return tidy(page.article.get("headline"))


def declared_body(page: Page, article: Article) -> str:
    value = page.article.get("articleBody")
    text = clean(re.sub(r"<[^<>]{1,300}>", " ", value), 200_000) if isinstance(value, str) else ""
    return text if len(text) >= LEAST_BODY else ""


FIELDS: tuple[tuple[str, Values, Values], ...] = (
    ("headline", declared_headline, lambda page, article: article.headline or ""),
    ("body", declared_body, lambda page, article: f"{article.abstract or ''} {article.article_body}"),
)


def find_selector(field: str, readings: Sequence[tuple[Page, Article]], declared: Values, ours: Values) -> Selector | None:
    """A selector of the elements that hold the declared value, where the general rules read another one on several stories."""
    same = is_same_body if field == "body" else is_same_line
    odd = [(page, told) for page, article in readings if (told := declared(page, article)) and not same(told, ours(page, article), ALIKE)]
    if len(odd) < enough(len(readings)):
        return None
    votes = Counter(name for page, told in odd for name in set(holders(page, told, same)))
    best = [(number, name) for name, number in votes.items() if number >= enough(len(readings))]
    return Selector(field, max(best)[1]) if best else None


def is_same_line(one: str, other: str, _: float) -> bool:
    return letters(one) == letters(other)


def is_same_body(one: str, other: str, least: float) -> bool:
    words, others = Counter(re.findall(r"\w+", one.casefold())), Counter(re.findall(r"\w+", other.casefold()))
    shared = (words & others).total()
    return 2 * shared >= least * (words.total() + others.total())


def holders(page: Page, told: str, same: Callable[[str, str, float], bool]) -> Iterator[str]:
    """Selectors of elements whose text is the declared value."""
    length = len(letters(told))
    for element in page.tree.iter("div", "section", "article", "main", "h1", "h2", "h3", "p", "span"):
        names = list(selectors_of(element))
        if not names:
            continue
        text = " ".join(element.itertext())
        if len(text) <= 4 * len(told) + 2_000 and 0.7 * length <= len(letters(text)) <= 1.4 * length and same(text, told, HOLDS):
            yield from names


def selectors_of(element: Element) -> Iterable[str]:
    """tag#id and tag.class, without names that belong to one story."""
    identifier = element.get("id") or ""
    if PLAIN_CLASS.fullmatch(identifier) and not PER_STORY.search(identifier):
        yield f"{element.tag}#{identifier}"
    for name in (element.get("class") or "").split()[:8]:
        if PLAIN_CLASS.fullmatch(name) and not PER_STORY.search(name):
            yield f"{element.tag}.{name}"
