"""What a story shows from elsewhere: videos, audio, social posts, documents. A line that announces a video, and the video's
title below it, belong to the embed, not to the story's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from archiver.extract.blocks import HEADS, Block, Element, Frame, Picture
from archiver.extract.body import Body
from archiver.extract.captions import FOREIGN_ZONES, Region, flat, story_region
from archiver.extract.evidence import clean
from archiver.extract.jsonld import Node, types_of
from archiver.extract.page import Page
from archiver.extract.words import any_pattern, read_words
from archiver.records import Embed

MAX_EMBEDS = 100
TITLE_LENGTH = 300
LINE_LENGTH = 160  # characters of a line that announces a video; a longer one is a paragraph
TITLE_WORDS = 25  # of the line below it
ADDRESSES = (
    "src",
    "data-src",
    "data-lazy-src",
    "data-litespeed-src",
    "data-cookieblock-src",
    "data-url",
    "data-embed-url",
    "data-src-url",
    "data",
)
POST_ADDRESSES = ("data-instgrm-permalink", "data-href", "data-url", "data-bluesky-uri", "cite")
PLAYER_TITLES = re.compile(
    r"(?:youtube|vimeo|dailymotion|embedded?|video|media|twitter|spotify|iframe|external|content|player|frame|widget|post|tweet|\W|\d)*$",
    re.IGNORECASE,
)
MARKS = "▶►⏵-–—•* \u200b"  # signs before a line that announces a video
POINTS = ":：|–—]】)"
ADDRESS = re.compile(r"https?://\S{4,300}")
NOT_CONTENT = re.compile(
    r"^https?://(?:ads?|adserver|banner|track(?:ing|er)?|pixel|analytics)\d*\.|newsletter|subscri|/ads?/|beyondwords|text-?to-?speech",
    re.IGNORECASE,
)
PDF = re.compile(r"\.pdf(?:[?#]|$)", re.IGNORECASE)
ENDS_SENTENCE = re.compile(r"[^\W\d_]{3,}[.!?。！？][\"”’»)]*$")


@dataclass(frozen=True, slots=True)
class Embeds:
    """The story's embeds in the order of the page. `claimed` are the blocks (Block.index) whose text announces or titles one."""

    embeds: tuple[Embed, ...] = ()
    claimed: frozenset[int] = frozenset()


def read_embeds(page: Page, body: Body) -> Embeds:
    """Embeds of the story that `body` was read of."""
    region = story_region(page.outline, body)
    end = body.blocks[-1].index if body.blocks else -1
    found: list[tuple[int, Embed]] = []
    claimed: set[int] = set()
    for frame in page.outline.frames:
        embed = embed_of(page, frame) if is_of_story(frame, region) else None
        if embed:
            lines = lines_of(frame, page.outline.items, end)
            claimed.update(block.index for block in lines)
            title = title_of(lines) or embed.title
            found.append((frame.index, replace(embed, title=title)))
    for block in lone_addresses(page, body):
        claimed.add(block.index)
        found.append((block.index, address_embed(page, block)))
    told = list(told_videos(page))
    found = with_told(found, told)
    found += announced_at_end(last_lines(page, body), body, claimed, found)
    claimed |= titles_in_body(body, [embed.title for _, embed in found])
    embeds = without_doubles(embed for _, embed in sorted(found, key=lambda pair: pair[0]) if embed.url or embed.title)
    return Embeds(tuple(embeds[:MAX_EMBEDS]), frozenset(claimed))


# --- frames


def is_of_story(frame: Frame, region: Region) -> bool:
    if not region.first - 25 <= frame.index <= region.last + 6:
        return False
    if region.articles and frame.setting.article not in region.articles:
        return False
    zone = frame.setting.zone
    while zone is not None:
        if zone.name in FOREIGN_ZONES and zone.name != "audio" and zone.root not in region.around:
            return False
        zone = zone.outer
    return True


def embed_of(page: Page, frame: Frame) -> Embed | None:
    element = frame.element
    if frame.kind == "social":
        url = page.absolute(post_address(element))
        return Embed("social", url, provider=host_of(url)) if url else None
    if is_invisible(element):
        return None
    url = page.absolute(frame_address(element))
    if element.tag == "object" and not (url and PDF.search(url)):
        return None  # players of old, which no browser shows
    host = host_of(url)
    kind = kind_of(host)
    if kind == "none" or (url and NOT_CONTENT.search(url)) or (frame.kind == "iframe" and (not url or url == page.url)):
        return None
    if frame.kind != "iframe":
        kind = kind or "video"
    elif url and PDF.search(url):
        kind = "document"
    title = clean(unescape(element.get("title") or element.get("aria-label") or ""), TITLE_LENGTH)
    return Embed(kind or "iframe", url, None if PLAYER_TITLES.fullmatch(title) else title, host)


def is_invisible(element: Element) -> bool:
    """Frames of one pixel measure visits."""
    sizes = [element.get(name) or "" for name in ("width", "height")]
    return any(size.strip() in ("0", "1", "0px", "1px") for size in sizes)


def frame_address(element: Element) -> str | None:
    for name in ADDRESSES:
        value = element.get(name)
        if value and not value.startswith(("about:", "javascript:", "data:", "blob:")):
            return str(value)
    if element.tag == "amp-youtube" and element.get("data-videoid"):
        return f"https://www.youtube.com/watch?v={element.get('data-videoid')}"
    for source in element.iter("source"):
        if source.get("src") and not source.get("src").startswith("blob:"):
            return str(source.get("src"))
    return None


def post_address(element: Element) -> str | None:
    """The post's own address: an attribute, else the last link of the quotation to a known host."""
    for name in POST_ADDRESSES:
        value = element.get(name)
        if value and value.startswith("http"):
            return str(value)
    links = [link.get("href") or "" for link in element.iter("a")][:50]
    return next((link for link in reversed(links) if link.startswith("http") and kind_of(host_of(link)) == "social"), None)


def host_of(url: str | None) -> str | None:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None if url else None
    except ValueError:  # "http://[": no address
        return None


@cache
def hosts() -> dict[str, str]:
    """Host ▶ kind of embed."""
    lines = (line.partition(":") for line in read_words("embed_hosts"))
    return {host: kind.strip() for kind, _, names in lines for host in names.split()}


def kind_of(host: str | None) -> str | None:
    """By the host or the domains above it; None where it is not known."""
    while host and "." in host:
        if host in hosts():
            return hosts()[host]
        host = host.partition(".")[2]
    return None


# --- lines beside a frame


@cache
def announcement() -> re.Pattern[str]:
    return re.compile(any_pattern("video_lines"), re.IGNORECASE)


def announces(block: Block) -> bool:
    return len(block.text) <= LINE_LENGTH and announcement().match(block.text.lstrip(MARKS)) is not None


def lines_of(frame: Frame, items: Sequence[Any], end: int) -> list[Block]:
    """The caption of the frame's figure, or the lines right before and behind the frame that announce and title it.

    `end` is the index of the story's last block: a line there, behind a video that was announced, is the video's title.
    """
    if frame.kind == "social":
        return []
    captions = [item for item in beside(frame, items, 4) if in_figure(item, frame)]
    if captions:
        return (
            captions
            if not any(type(item) is Picture and in_figure(item, frame) for item in items[max(0, frame.index - 4) : frame.index + 5])
            else []
        )
    at = frame.index
    before, above, behind, below = (block_at(items, at + step) for step in (-1, -2, 1, 2))
    if before and announces(before):
        return [before, behind] if behind and behind.index >= end and behind.tag not in HEADS and is_title(behind) else [before]
    if above and before and announces(above) and is_title(before):
        return [above, before]
    if behind and announces(behind):
        return [behind, below] if below and is_title(below) else [behind]
    return []


def block_at(items: Sequence[Any], index: int) -> Block | None:
    item = items[index] if 0 <= index < len(items) else None
    return item if type(item) is Block else None


def beside(frame: Frame, items: Sequence[Any], reach: int) -> Iterator[Block]:
    for item in items[max(0, frame.index - reach) : frame.index + reach + 1]:
        if type(item) is Block:
            yield item


def in_figure(item: Any, frame: Frame) -> bool:
    figure = frame.setting.figure
    return figure is not None and figure.tag == "figure" and item.setting.figure is figure


def is_title(block: Any) -> bool:
    """A line that could be a video's title: short and no sentence."""
    return (
        type(block) is Block
        and block.text.count(" ") < TITLE_WORDS
        and len(block.text) <= LINE_LENGTH
        and not ENDS_SENTENCE.search(block.text)
    )


def title_of(lines: Sequence[Block]) -> str | None:
    """What the lines say beyond "Watch the video"."""
    for block in reversed(lines):
        text = block.text.strip(MARKS)
        found = announcement().match(text)
        behind = text[found.end() :] if found else ""
        if found and (found[0][-1:] in POINTS or behind[:1] in POINTS) and behind.strip(MARKS + POINTS):
            return clean(behind.strip(MARKS + POINTS), TITLE_LENGTH)
        if not found and text:
            return clean(text, TITLE_LENGTH)
    return clean(lines[0].text.rstrip(" :"), TITLE_LENGTH) if lines else None


# --- addresses that stand alone (WordPress makes embeds of them; a reader without script sees the address)


def lone_addresses(page: Page, body: Body) -> list[Block]:
    taken = {block.index for block in body.blocks}
    if not taken:
        return []
    first, last = min(taken), max(taken)
    found = []
    for block in page.outline.blocks:
        if (
            first <= block.index <= last + 2
            and len(block.text) <= 310
            and ADDRESS.fullmatch(block.text)
            and kind_of(host_of(block.text)) not in (None, "none")
        ):
            found.append(block)
    return found


def address_embed(page: Page, block: Block) -> Embed:
    url = page.absolute(block.text)
    host = host_of(url)
    return Embed(kind_of(host) or "iframe", url, provider=host)


# --- JSON-LD


def told_videos(page: Page) -> Iterator[Embed]:
    """VideoObjects of the story (schema.org `video`, `associatedMedia`), or the page's only one."""
    nodes = [node for name in ("video", "associatedMedia") for node in page.graph.many(page.article.get(name))]
    lone = page.graph.typed("VideoObject")
    nodes += lone if len(lone) == 1 else []
    for node in nodes[:20]:
        if isinstance(node, dict) and "videoobject" in types_of(node):
            url = page.absolute(first_text(node, "embedUrl", "contentUrl", "url"))
            title = clean(unescape(first_text(node, "name", "headline") or ""), TITLE_LENGTH)
            if url or title:
                yield Embed("video", url, title or None, host_of(url))


def first_text(node: Node, *names: str) -> str | None:
    return next((value for name in names if isinstance(value := node.get(name), str) and value.strip()), None)


def with_told(found: list[tuple[int, Embed]], told: Iterable[Embed]) -> list[tuple[int, Embed]]:
    """Titles for the frames that JSON-LD names too; videos that only JSON-LD names stand at the end."""
    result = list(found)
    for video in told:
        keys = {video_key(video.url)}
        place = next((index for index, (_, embed) in enumerate(result) if embed.kind == "video" and video_key(embed.url) in keys), None)
        if place is None:
            result.append((1 << 30, video))
        elif not result[place][1].title:
            result[place] = (result[place][0], replace(result[place][1], title=video.title))
    return result


def video_key(url: str | None) -> str:
    """The video's id, where the address has one, so that "/embed/ID" and "/watch?v=ID" are one."""
    if not url:
        return ""
    parts = urlsplit(url)
    named = re.search(r"(?:^|&)(?:v|videoId|video_id|id)=([\w-]{5,})", parts.query)
    return named[1] if named else parts.path.rstrip("/").rpartition("/")[2] or url


def without_doubles(embeds: Iterable[Embed]) -> list[Embed]:
    kept: dict[tuple[str, str], Embed] = {}
    for embed in embeds:
        key = (embed.kind, video_key(embed.url) if embed.url else flat(embed.title or ""))
        if key not in kept or (embed.title and not kept[key].title):
            kept[key] = embed
    return list(kept.values())


# --- lines at the end of the story


def last_lines(page: Page, body: Body) -> list[Block]:
    """The last three of the story, and what announces the last of them though it is no text itself: "Video"."""
    last = list(body.blocks[-3:])
    before = block_at(page.outline.items, last[-1].index - 1) if last else None
    if before is not None and before not in last and announces(before):
        last.insert(-1, before)
    return last


def announced_at_end(
    lines_at_end: Sequence[Block], body: Body, claimed: set[int], found: list[tuple[int, Embed]]
) -> list[tuple[int, Embed]]:
    """A line that announces a video as one of the last two of the story, with the title below it. Claims them.

    Where the page has a video without a title there, the title is that video's.
    """
    last = [block for block in lines_at_end if block.index not in claimed]
    place = next((index for index, block in enumerate(last) if announces(block)), None)
    if place is None or len(body.blocks) <= len(last):
        return []
    lines = last[place:]
    if len(lines) > 2 or any(not is_title(block) and not announces(block) for block in lines[1:]):
        return []
    if ENDS_SENTENCE.search(lines[0].text) and lines[0].text.count(" ") > 12:
        return []
    claimed.update(block.index for block in lines)
    title = title_of(lines)
    open_videos = [index for index, (_, embed) in enumerate(found) if embed.kind == "video" and not embed.title]
    if open_videos:
        index = open_videos[-1]
        found[index] = (found[index][0], replace(found[index][1], title=title))
        return []
    return (
        []
        if any(embed.kind == "video" and flat(embed.title or "") == flat(title or "") for _, embed in found)
        else [(lines[0].index, Embed("video", None, title))]
    )


def titles_in_body(body: Body, titles: Iterable[str | None]) -> set[int]:
    """Short lines of the story that are nothing but a video's title."""
    known = {flat(title) for title in titles if title and len(title) > 12}
    return (
        {block.index for block in body.blocks[1:] if block.tag not in HEADS and is_title(block) and flat(block.text) in known}
        if known
        else set()
    )
