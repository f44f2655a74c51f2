"""Is the page a story, and how much of it is there: full text, teaser, or a wall in its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from archiver.extract.authors import site_keys
from archiver.extract.body import LONG_WORDS, Body
from archiver.extract.evidence import Candidate, choose
from archiver.extract.jsonld import Node, types_of
from archiver.extract.names import key_of
from archiver.extract.noise import ENDS_SENTENCE
from archiver.extract.page import Page
from archiver.extract.words import any_pattern, read_words
from archiver.records import Evidence
from archiver.unspaced import UNSPACED, count_words
from archiver.urls import is_home, is_home_or_section, looks_like_story, same_site

WALL_WORDS = 150  # a page with more text of its own is no wall, whatever its title says
DECLARED_WORDS = 60  # of a page that declares itself a story
WALLS = ("bot_wall", "soft_404", "maintenance", "consent_wall", "login_wall")
WALL_TITLE = 0.65  # of a title, or of one of its parts, that is a wall's; headlines tell of such things, too
WALL_LINE = 0.35  # of a line of the page
ADDRESS_OF_LIST, ADDRESS_OF_NONE = "its address is a home or section page's", "its address is not a story's"
IN_ITS_TITLE, ON_THE_PAGE = "its title says: ", "the page says: "
BETWEEN_PARTS = re.compile(r"\s+[|·•»–—-]+\s+|\s*[|｜]\s*")
LEAST_WORDS = 12  # of a story's text
NOTICE_WORDS = 6  # of one on a page that says that it is a story
FEW_WORDS = 40  # of a text on a page that does not say that it is a story
PARAGRAPH = 60  # characters
PARAGRAPHS = 3  # of a text
TITLES = frozenset({"h1", "h2"})
HEADINGS = frozenset({"h2", "h3", "h4"})
TEASERS = 3  # links with a few words under them that make a list
TEASER_WORDS = 220  # a locked story with more words may be whole
NO_STORY_TYPES = frozenset(
    (
        *("collectionpage", "searchresultspage", "profilepage", "aboutpage", "contactpage", "checkoutpage", "itemlist", "product", "event"),
        *("recipe", "jobposting", "faqpage", "person", "localbusiness", "videogame", "softwareapplication"),
    )
)
NO_STORY_OG = frozenset({"website", "profile", "product", "object", "business.business", "place", "video.other", "product.group"})
PAGE_CLASSES = re.compile(
    r"(?:^|\s)(?:page-template\S*|page-id-\d+|(?:post-type-)?archive|category|tag|author|search(?:-results|-no-results)?|error404|home|blog)(?:\s|$)"
)
BLOGGER_PAGE = re.compile(r"://[^/]+/p/[^/?]+\.html(?:\?|$)")  # its posts are /2026/11/name.html
FRONT_CLASS = re.compile(r"(?:^|\s)home(?:\s|$)")  # of WordPress
STORY_CLASSES = re.compile(r"(?:^|\s)(?:single|single-post|postid-\d+|single-format-\w+|article-page|article)(?:\s|$)")
# Walls of publishers' own, and of the membership plugins of WordPress: MemberPress, Paid Memberships Pro, Restrict Content Pro,
# WooCommerce Memberships, Members, Simple Membership, Leaky Paywall, Newspack; Ghost
LOCKED_CLASSES = re.compile(
    r"paywall|regwall|piano-?(?:inline|container|offer)|subscriber-only|premium-content|is-locked|metered-content"
    r"|mepr-unauthorized|pmpro_(?:content_message|no_access)|rcp[_-]restricted|wc-memberships-restrict|members-access-error"
    r"|swpm-post-not-logged|leaky_message|(?:newspack|memberships?|content)[\w-]*__?(?:inline-)?gate|gh-post-upgrade-cta",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Access:
    outcome: str = "article"  # or why it is none
    reason: str | None = None
    is_accessible_for_free: bool | None = None
    access_observed: str = "full"
    evidence: tuple[Evidence, ...] = ()


def read_access(page: Page, body: Body, headline: str | None, has_date: bool) -> Access:
    free, evidence = choose("is_accessible_for_free", declared_free(page))
    words = count_words(body.text) if UNSPACED.search(body.text) else len(body.text.split())
    wall = find_wall(page, words, headline)
    if wall:
        if is_teaser_behind(wall, page, words):
            return Access("article", None, free, "teaser", evidence)
        return Access(wall[0], wall[1], free, "blocked", evidence)
    observed = observe(page, body, words, free)
    outcome, reason = judge(page, body, words, headline, has_date, observed)
    return Access(outcome, reason, free, observed, evidence)


# --- what the publisher says


def declared_free(page: Page) -> Iterator[Candidate[bool]]:
    for node in [page.article, *page.graph.typed("WebPage", "CreativeWork")]:
        value = read_truth(node.get("isAccessibleForFree"))
        if value is not None:
            yield Candidate(value, str(node["isAccessibleForFree"]), "jsonld", "isAccessibleForFree", 0.95)
    for name, content in page.told("article:content_tier", "isaccessibleforfree"):
        if content.lower() in ("free", "locked", "metered"):
            yield Candidate(content.lower() == "free", content, "meta", f"meta[{name}]", 0.9)
        elif name == "isaccessibleforfree" and (value := read_truth(content)) is not None:
            yield Candidate(value, content, "meta", f"meta[{name}]", 0.9)


def read_truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).strip().rsplit("/", 1)[-1].lower()
    return {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}.get(word)


# --- what is there


def find_wall(page: Page, words: int, headline: str | None) -> tuple[str, str] | None:
    """(outcome, reason) where something else stands in the story's place. Long texts and declared stories are never walls."""
    if words > WALL_WORDS or (words > DECLARED_WORDS and (page.article or page.meta("article:published_time"))):
        return None
    blocks = page.outline.blocks
    if sum(len(block.text) for block in blocks) > 12_000:
        return None  # a whole page around it
    lines = [block for block in blocks if len(block.text) < 600 and not (block.is_link or block.tag in TITLES)]  # "Sign in" is a link
    head = next((block.index for block in blocks if block.tag == "h1"), -1)
    below = [block.text for block in blocks if block.tag in TITLES and block.index > head >= 0]
    heads = [page.title, headline or "", *(block.text for block in blocks if block.tag in TITLES)][:8]
    texts, behind = [line.text for line in lines][:60], [line.text for line in lines if line.index > head][:60]
    titles = [(text, (text[:200], *BETWEEN_PARTS.split(text[:200]))) for text in heads]
    is_declared = bool(page.article or page.meta("article:published_time") or STORY_CLASSES.search(page_classes(page)))
    for outcome in WALLS:
        for text, parts in titles:
            if any(share_of_wall(outcome, part) >= WALL_TITLE for part in parts):
                return outcome, f"{ON_THE_PAGE if text in below else IN_ITS_TITLE}{text[:120]}"
        if not is_declared:
            for text in behind if outcome == "login_wall" else texts:  # a line "Sign in" above the headline is the site's
                if share_of_wall(outcome, text[:400]) >= WALL_LINE:
                    return outcome, f"{ON_THE_PAGE}{text[:120]}"
    if not page.article and words < LEAST_WORDS and page.tree.find(".//input[@type='password']") is not None:
        return "login_wall", "a form that asks for a password, and no text"
    return None


def is_teaser_behind(wall: tuple[str, str], page: Page, words: int) -> bool:
    """Whether a line or heading "Subscribe to continue reading" stands below the beginning of what the page calls an article."""
    outcome, reason = wall
    return (
        outcome == "login_wall"
        and reason.startswith(ON_THE_PAGE)
        and bool(page.meta("og:type") == "article" or page.article or page.meta("article:published_time"))
        and words >= LEAST_WORDS + count_words(reason.removeprefix(ON_THE_PAGE))
    )


def share_of_wall(outcome: str, text: str) -> float:
    """How much of a text is what such a page says: all of "404 Not Found", little of "404 people came to the fair"."""
    any_of_them, each = wall_patterns(outcome)
    if not any_of_them.search(text):
        return 0.0
    return max(len(found[0]) for pattern in each if (found := pattern.search(text))) / len(text.strip())


@cache
def wall_patterns(outcome: str) -> tuple[re.Pattern[str], tuple[re.Pattern[str], ...]]:
    """What such pages say: one pattern for all, and each."""
    return re.compile(any_pattern(outcome), re.I), tuple(re.compile(entry, re.I) for entry in read_words(outcome))


def observe(page: Page, body: Body, words: int, free: bool | None) -> str:
    """full, teaser or blocked."""
    if free is not False:
        if words >= TEASER_WORDS:
            return "full"
        more = (declared_words(page.article) or 0) > 2.5 * words + 150
        return "teaser" if more or (free is None and has_locks(page)) else "full"
    if words < LEAST_WORDS:
        return "blocked"
    total = declared_words(page.article)
    if total:
        return "teaser" if words < 0.6 * total else "full"
    return "teaser" if words < TEASER_WORDS else "full"


def declared_words(node: Node) -> int | None:
    value = node.get("wordCount")
    try:
        return int(str(value)) if value is not None and len(str(value)) < 8 else None
    except ValueError:
        return None


def has_locks(page: Page) -> bool:
    """Whether some element says by its name that the rest is locked; an empty one may be filled by a script, or not."""
    for element in page.tree.iter("div", "section", "aside"):
        if LOCKED_CLASSES.search(f"{element.get('class') or ''} {element.get('id') or ''}"[:300]) and "".join(element.itertext()).strip():
            return True
    return False


# --- is it a story


def judge(page: Page, body: Body, words: int, headline: str | None, has_date: bool, observed: str) -> tuple[str, str | None]:
    for_it, against = list(signs_for(page, body, has_date)), list(signs_against(page, body, has_date))
    is_declared = any(strong for _, strong in for_it)
    if against and (is_front_page(page) or not is_declared):
        return "not_an_article", against[0]
    if words < LEAST_WORDS and not (is_declared and words >= NOTICE_WORDS and tells_of(headline or "", body.text)):
        if observed in ("teaser", "blocked"):
            return "article", None
        empty = "the page is empty until its scripts fill it" if is_empty_shell(page) else "the page has no text that could be a story's"
        return "no_body", empty
    if not is_declared and looks_like_story(page.url) is not True and lists_stories(page, body):
        return "not_an_article", "its text is links to other pages, each with a few words"
    if headline is None and not is_declared and looks_like_story(page.url) is not True:
        return "not_an_article", "it has no headline, nor does anything else on the page say that it is a story"
    if headline and words < FEW_WORDS and key_of(headline) in site_keys(page) and not is_declared:
        return "not_an_article", "its only headline is the site's own name"
    if not for_it and words < FEW_WORDS:
        return "not_an_article", f"nothing on the page says that it is a story, and it has {words} words"
    return "article", None


def tells_of(headline: str, text: str) -> bool:
    """Whether a text is a sentence with a word of its headline: a notice, "The gate is closed on Sunday"."""
    named, told = (set(LONG_WORDS.findall(words.casefold())) for words in (headline, text))
    return ENDS_SENTENCE.search(text) is not None and not named.isdisjoint(told)


def is_empty_shell(page: Page) -> bool:
    """Whether a browser would see next to nothing without running the page's scripts, which are not run here."""
    has_scripts = any(script.get("src") for script in page.gathered["script"])
    return has_scripts and sum(len(block.text.split()) for block in page.outline.blocks) < LEAST_WORDS


def is_front_page(page: Page) -> bool:
    """Also where an address of a story leads to it, as of stories that are gone. Plugins declare it an article, with a date."""
    if is_home(page.url):
        return True
    home = FRONT_CLASS.search(page_classes(page)) is not None and page.canonical is not None and is_home(page.canonical)
    return home and same_site(page.canonical or "", page.url)


def signs_for(page: Page, body: Body, has_date: bool) -> Iterator[tuple[str, bool]]:
    """(sign, is it strong)."""
    if page.article and page.article.get("datePublished"):
        yield "JSON-LD article", True
    elif page.article:
        yield "JSON-LD article", False
    if page.meta("article:published_time"):
        yield "article:published_time", True
    classes = page_classes(page)
    if STORY_CLASSES.search(classes):
        yield "class of a single post", True
    if (page.meta("og:type") or "").lower() in ("article", "news", "newsarticle"):
        yield "og:type", has_date and is_running_text(body)  # archives may be declared so, but are no text of paragraphs
    if looks_like_story(page.url):
        yield "address", False
    if has_date:
        yield "date", False


def lists_stories(page: Page, body: Body) -> bool:
    """Whether most of the text are teasers: each paragraph stands under a heading that is a link."""
    own = {block.index for block in body.blocks if block.tag not in HEADINGS}
    blocks = page.outline.blocks
    teasers = sum(head.tag in HEADINGS and head.is_link and text.index in own for head, text in pairwise(blocks))
    return teasers >= TEASERS and 2 * teasers >= len(own)


def is_running_text(body: Body) -> bool:
    """Several whole paragraphs, one behind the other, hardly a link among them."""
    told = [block for block in body.blocks if block.tag == "p" and len(block.text) >= PARAGRAPH and 2 * block.linked < len(block.text)]
    parents = Counter(block.owner.getparent() for block in told)
    return bool(parents) and max(parents.values()) >= PARAGRAPHS


def reads_like_one(page: Page, body: Body, has_date: bool) -> bool:
    """Whether a page reads like one story: a date, whole paragraphs, and hardly a headline that leads elsewhere."""
    if not has_date or not is_running_text(body):
        return False
    return sum(block.is_link and block.tag in HEADINGS and block.setting.zone is None for block in page.outline.blocks) < TEASERS


def signs_against(page: Page, body: Body, has_date: bool) -> Iterator[str]:
    """What a site declares of all its pages, and a short name in the address, tell nothing of a page that reads like one story."""
    classes = page_classes(page)
    if (found := PAGE_CLASSES.search(classes)) and not STORY_CLASSES.search(classes):
        yield f"the page's class says {found[0].strip()}"
    told = set().union(*(types_of(node) for node in page.graph.nodes)) if page.graph.nodes and not page.article else set()
    if kind := sorted(told & NO_STORY_TYPES):
        yield f"its JSON-LD says {kind[0]}"
    kind_of_page = (page.meta("og:type") or "").lower()
    told_of_it = kind_of_page in NO_STORY_OG and looks_like_story(page.url) is not True
    if told_of_it and not (kind_of_page == "website" and reads_like_one(page, body, has_date)):
        yield f"og:type is {kind_of_page}"
    if BLOGGER_PAGE.search(page.url) and (page.meta("generator") or "").lower() == "blogger":
        yield "Blogger keeps pages about the house under /p/"
    if is_home_or_section(page.url) and (is_home_or_section(page.url, in_doubt=False) or not reads_like_one(page, body, has_date)):
        yield ADDRESS_OF_LIST
    elif looks_like_story(page.url) is False:
        yield ADDRESS_OF_NONE


def page_classes(page: Page) -> str:
    body = page.tree.find("body")
    return " ".join((body.get("class") or "").lower().split())[:2_000] if body is not None else ""
