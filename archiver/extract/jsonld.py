"""A page's JSON-LD: broken blocks mended, `@id` references resolved, the node that is the story found (schema.org, JSON-LD 1.1)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archiver.urls import identity, normalise

Node = dict[str, Any]

MAX_CHARACTERS = 2 << 20  # of all blocks together; a live blog of 841 kB is the largest seen on 439 pages
MAX_NODES = 5_000
MAX_DEPTH = 40

# A story's type, best first: a page may describe itself as a NewsArticle and hold a plain Article of a related story.
ARTICLE_TYPES = (
    "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle", "OpinionNewsArticle", "ReviewNewsArticle",
    "AskPublicNewsArticle", "LiveBlogPosting", "SatiricalArticle", "AdvertiserContentArticle", "Article", "Report", "BlogPosting",
    "TechArticle", "ScholarlyArticle", "MedicalScholarlyArticle", "SocialMediaPosting", "DiscussionForumPosting", "Review",
)  # fmt: skip
RANK = {name.lower(): rank for rank, name in enumerate(ARTICLE_TYPES)}
COMMENT_MARKS = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/)|(?:-->|//\s*\]\]>|\]\]>|/\*\s*\]\]>\s*\*/)\s*;?\s*$"
)
TRAILING_COMMA = re.compile(r",(\s*[}\]])")
LONE_BACKSLASH = re.compile(r'\\(?!["\\/bfnrtu])')


@dataclass(frozen=True, slots=True)
class Graph:
    """All nodes of a page, flat, in their order."""

    nodes: tuple[Node, ...] = ()
    kinds: tuple[set[str], ...] = ()  # types of each node, in small letters
    by_id: dict[str, Node] = field(default_factory=dict)

    def resolved(self, value: Any) -> Any:
        """The node that a `{"@id": …}` stands for; any other value as it is."""
        if isinstance(value, dict) and "@id" in value and len(value) <= 2:
            return self.by_id.get(str(value["@id"]), value)
        return value

    def many(self, value: Any) -> list[Any]:
        """A value as a list, each member resolved."""
        values = value if isinstance(value, list) else [] if value is None or value == "" else [value]
        return [self.resolved(member) for member in values[:500]]

    def typed(self, *names: str) -> list[Node]:
        wanted = {name.lower() for name in names}
        return [node for node, kinds in zip(self.nodes, self.kinds, strict=True) if wanted & kinds]


def types_of(node: Node) -> set[str]:
    """Types in small letters, without the vocabulary's address."""
    value = node.get("@type") or node.get("type") or ()
    return {str(name).rsplit("/", 1)[-1].rsplit(":", 1)[-1].lower() for name in (value if isinstance(value, list) else [value])}


def read_graph(blocks: list[str]) -> Graph:
    """Of the texts of a page's `application/ld+json` scripts. What cannot be read even when mended is left out."""
    nodes: list[Node] = []
    left = MAX_CHARACTERS
    for block in blocks:
        left -= len(block)
        if left < 0:
            break
        for node in walk(read_block(block), 0):
            if len(nodes) >= MAX_NODES:
                break
            nodes.append(node)
    by_id: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(by_id.get(name, ())):
            by_id[name] = node
    return Graph(tuple(nodes), tuple(types_of(node) for node in nodes), by_id)


def read_block(text: str) -> Any:
    """A block's value; None where it is no JSON, not even after the mending that pages need most."""
    text = text.strip()
    if text[:1] not in ("{", "[") or text[-1:] not in ("}", "]"):
        text = COMMENT_MARKS.sub("", COMMENT_MARKS.sub("", text)).strip().rstrip(";")
    for mended in (
        text,
        TRAILING_COMMA.sub(r"\1", text),
        LONE_BACKSLASH.sub(r"\\\\", TRAILING_COMMA.sub(r"\1", text)),
        html.unescape(text),
    ):
        try:
            return json.loads(mended, strict=False)
        except (ValueError, RecursionError):
            continue
    return first_values(text)


def first_values(text: str) -> Any:
    """Whole values at the start of a text that goes wrong later: two objects in one block, a cut end."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    position = 0
    while position < len(text) and len(values) < 50:
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        values.append(value)
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1
    return values or None


def walk(value: Any, depth: int) -> Iterator[Node]:
    """Every node with a type, outer ones first."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        for member in value:
            yield from walk(member, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value or ("type" in value and "headline" in value):
            yield value
        for name, member in value.items():
            if isinstance(member, dict | list) and name != "liveBlogUpdate":
                yield from walk(member, depth + 1)


def find_article(graph: Graph, url: str) -> Node | None:
    """The node that describes the page's story, or None."""
    here = identity(url)
    nested = {
        id(member)
        for node in graph.nodes
        for name, value in node.items()
        if name not in PAGE_LINKS
        for member in graph.many(value)
        if isinstance(member, dict)
    }
    best: tuple[Any, ...] | None = None
    found = None
    for index, node in enumerate(graph.nodes):
        ranks = [RANK[name] for name in types_of(node) if name in RANK]
        if not ranks or not (node.get("headline") or node.get("name") or node.get("datePublished")):
            continue
        owns = is_about(node, here, url)
        order = (owns is False, id(node) in nested and not owns, min(ranks) > 10, -len(node), index)
        if best is None or order < best:
            best, found = order, node
    if best and best[0] and best[1]:
        return None  # only a related story, told with its own address
    return found


PAGE_LINKS = frozenset({"@graph", "mainEntity", "mainEntityOfPage"})


def is_about(node: Node, here: str, url: str) -> bool | None:
    """Whether the node names this page's address as its own; None where it names none."""
    names = []
    for name in ("mainEntityOfPage", "url", "@id"):
        value = node.get(name)
        value = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(value, str) and "/" in value:
            names.append(value)
    known = [identity(address) for name in names if (address := normalise(name, url))]
    return here in known if known else None
