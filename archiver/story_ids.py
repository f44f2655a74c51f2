"""The number or name that a publisher's own system gives a story: it stays when address, headline and text change. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Protocol
from urllib.parse import parse_qs, urljoin, urlsplit

from archiver.records import StoryId

# Posts, pages and types of a site's own share one row of numbers (wp_posts); authors, sections and tags have others.
SHORT = "p"  # https://example.org/?p=123, as <link rel=shortlink> and as guid of a feed
REST = re.compile(r"/wp/v2/posts/(\d{1,12})(?!\d)")
BODY_CLASS = re.compile(r"(?:^|\s)postid-(\d{1,12})(?!\S)")
API = "https://api.w.org/"  # rel of the link to the API's root
ROOT = re.compile(r"wp-json|index\.php|\?")
MAX_LENGTH = 500
TAG = re.compile(r"<(?:link|body)\b[^>]{1,4000}>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""(?<![a-zA-Z:-])([a-zA-Z:-]{1,40})\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s>]+))""")
SEARCHED = 256 << 10  # characters of a page


class Tag(Protocol):
    """An element, or its attributes in a dict."""

    def get(self, name: str, /) -> str | None: ...


def of_post(api_or_home: str, number: object) -> StoryId | None:
    """A WordPress post, by its number and any address of its WordPress: one domain may have several, which number their posts alone."""
    text = str(number) if isinstance(number, int) and not isinstance(number, bool) else number
    home = _home(api_or_home)
    if home is None or not isinstance(text, str) or not re.fullmatch(r"[1-9]\d{0,11}", text, re.ASCII):
        return None
    return StoryId("wordpress", f"{home}?p={text}"[:MAX_LENGTH])


def of_address(address: str) -> StoryId | None:
    """https://example.org/?p=123, with or without more in its query."""
    try:
        numbers = parse_qs(urlsplit(html.unescape(address)).query, max_num_fields=20).get(SHORT, [])
    except ValueError:
        return None
    return of_post(address, numbers[0]) if numbers else None


def of_guid(guid: object, link: str | None) -> StoryId | None:
    """The guid of an entry in a feed; None where it is but the story's address."""
    text = " ".join(guid.split()) if isinstance(guid, str) else str(guid) if isinstance(guid, int) and not isinstance(guid, bool) else ""
    if not text or len(text) > MAX_LENGTH or not text.isprintable():
        return None
    if post := of_address(text) if "://" in text else None:
        return post
    return None if link and _plain(text) == _plain(link) else StoryId("guid", text)


def of_page(tags: Iterable[Tag], url: str) -> tuple[StoryId, ...]:
    """What the <link> and <body> tags of a page say, each id once."""
    found: list[StoryId | None] = []
    api, number = url, None
    is_root = False
    for tag in tags:
        rel = (tag.get("rel") or "").lower()
        if "shortlink" in rel or API in rel or ("alternate" in rel and "json" in (tag.get("type") or "")):
            try:
                address = urljoin(url, html.unescape((tag.get("href") or "")[:4_096]))
            except ValueError:
                continue
            if "shortlink" in rel.split():
                found.append(of_address(address))
            elif API not in rel.split() and (post := REST.search(address)):
                found.append(of_post(address, post[1]))
            elif API in rel.split() and tag.get("href"):
                api, is_root = address, True
        if post := BODY_CLASS.search((tag.get("class") or "")[:4_096]):
            number = post[1]
    if number:
        found.append(of_post(api if is_root else urljoin(url, "/"), number))
    return tuple(dict.fromkeys(one for one in found if one))


def in_text(page: str, url: str) -> tuple[StoryId, ...]:
    """The same of a page that is not parsed."""
    return of_page(_tags(page[:SEARCHED]), url)


def mark(story_id: StoryId) -> str:
    """By which an id is known again, and which tells nothing else: a guid may be made of the headline."""
    return sha256(f"{story_id.kind} {story_id.value}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _tags(page: str) -> Iterator[dict[str, str | None]]:
    for tag in TAG.finditer(page):
        yield {match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "") for match in ATTRIBUTE.finditer(tag[0])}


def _home(address: str) -> str | None:
    """Where a WordPress is: host without www, and the folder; the same by http and https."""
    try:
        parts = urlsplit(html.unescape(address))
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return None
    folder = ROOT.split(parts.path)[0]
    return f"{host}{port}{folder.rpartition('/')[0]}/" if host else None


def _plain(address: str) -> str:
    return address.partition("://")[2].removeprefix("www.").rstrip("/") or address
