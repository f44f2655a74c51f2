"""The WordPress REST API: posts with exact dates, and how many there are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo

from archiver import settings
from archiver.discover.found import Collector, Found, clean_title, read_date
from archiver.discover.hints import Hints
from archiver.records import Site
from archiver.story_ids import of_post
from archiver.urls import normalise

FIELDS = "id,date,date_gmt,modified,modified_gmt,link,status,title"  # without them, an answer holds every body
PAGE = re.compile(r"([?&]page=)(\d+)")
PER_PAGE = re.compile(r"[?&]per_page=(\d{1,3})(?!\d)")
MOST_SIZE = 100  # posts on a page
DEFAULT_SIZE = 10  # posts on a page where nothing is asked for; every WordPress allows it
NO_DATE = "0000-00-00"


def wordpress_posts_url(
    api: str,
    modified_after: datetime | None = None,
    after: datetime | None = None,
    before: datetime | None = None,
    page: int = 1,
    per_page: int = MOST_SIZE,
) -> str:
    """Address of one page of posts, newest first (last changed first with `modified_after`). `api` is the root: https://example.org/wp-json/.

    https://developer.wordpress.org/rest-api/reference/posts/#arguments (modified_after since WordPress 5.7; older ones ignore it)
    """
    route = "wp/v2/posts"
    parameters: dict[str, str | int] = {"per_page": per_page, "page": page, "order": "desc", "_fields": FIELDS}
    parameters["orderby"] = "modified" if modified_after else "date"
    for name, when in (("modified_after", modified_after), ("after", after), ("before", before)):
        if when is not None:
            parameters[name] = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if "rest_route=" in api:  # sites without pretty permalinks: https://example.org/?rest_route=/
        head, _, root = api.partition("rest_route=")
        return f"{head}rest_route={unquote(root).rstrip('/')}/{route}&{urlencode(parameters, safe=',:')}"
    return f"{api.rstrip('/')}/{route}?{urlencode(parameters, safe=',:')}"


def read_wordpress(body: bytes, headers: Mapping[str, str], url: str, site: Site) -> Found:
    """Links of one page of posts; `total` as X-WP-Total says, `more` the next page when there is one. Never raises."""
    try:
        posts = json.loads(body[: settings.MAX_DECODED_BYTES])
    except (ValueError, RecursionError):
        return Found(problem="the answer is no JSON")
    if isinstance(posts, dict) and "code" in posts:
        return Found(problem=f"WordPress refuses: {clean_title(str(posts.get('message') or posts['code']))}")
    if not isinstance(posts, list):
        return Found(problem="JSON, but no list of posts")
    known = {name.lower(): value for name, value in headers.items()}
    collector = Collector(site, "wordpress", url)
    for post in posts[:1_000]:
        if isinstance(post, dict) and post.get("status", "publish") == "publish" and isinstance(post.get("link"), str):
            title = post.get("title")
            collector.add(
                post["link"],
                story_id=of_post(url, post.get("id")),
                lastmod=_date_of(post, "modified", site),
                date_published=_date_of(post, "date", site),
                title=clean_title(title.get("rendered") if isinstance(title, dict) else title),
            )
    more = _next_page(url, _number(known.get("x-wp-totalpages")), len(posts))
    return collector.found(more=more, total=_number(known.get("x-wp-total")))


def fewer_posts_url(url: str, body: bytes) -> str | None:
    """The same page of posts in a size that the site allows: the largest that its refusal (HTTP 400) names, else WordPress's own, 10.

    A site that refuses what it named is asked for 10, and no more then.
    """
    asked = PER_PAGE.search(url)
    try:
        refusal = json.loads(body[: settings.MAX_PAGE_BYTES])
        told = refusal["data"]["params"]["per_page"]  # "per_page must be between 1 (inclusive) and 20 (inclusive)", in any language
        sizes = [int(number) for number in re.findall(r"(?<!\d)\d{1,3}(?!\d)", str(told))]
    except (ValueError, KeyError, TypeError, RecursionError):
        sizes = []
    size = max(sizes, default=DEFAULT_SIZE)
    size = size if asked and int(asked[1]) == MOST_SIZE and 1 < size < MOST_SIZE else DEFAULT_SIZE
    if asked is None or int(asked[1]) <= size or _page_of(url) > 1:
        return None
    return f"{url[: asked.start(1)]}{size}{url[asked.end(1) :]}"


def _date_of(post: Mapping[str, Any], name: str, site: Site) -> datetime | None:
    """`date_gmt` is UTC without saying so; drafts that were never dated have zeros there, and `date` is the site's wall clock."""
    gmt = post.get(f"{name}_gmt")
    if isinstance(gmt, str) and gmt and not gmt.startswith(NO_DATE):
        return read_date(gmt if gmt.endswith("Z") else f"{gmt}Z", site)
    return read_date(post.get(name), site)


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _next_page(url: str, pages: int | None, posts: int) -> tuple[str, ...]:
    match, page = PAGE.search(url), _page_of(url)
    size = PER_PAGE.search(url)
    full = size is not None and posts >= int(size[1])  # where a cache took the headers away, a full page may have one behind it
    if not posts or not (full if pages is None else page < pages):
        return ()
    return (PAGE.sub(rf"\g<1>{page + 1}", url) if match else f"{url}{'&' if urlsplit(url).query else '?'}page={page + 1}",)


def _page_of(url: str) -> int:
    match = PAGE.search(url)
    return int(match[2]) if match and len(match[2]) < 7 else 1


def read_wordpress_root(body: bytes, url: str) -> Hints:
    """What the API's root says of the site: publisher and time zone."""
    try:
        root = json.loads(body[: settings.MAX_PAGE_BYTES])
    except (ValueError, RecursionError):
        return Hints()
    if not isinstance(root, dict) or "wp/v2" not in str(root.get("namespaces", "")):
        return Hints()
    home = root.get("home")
    return Hints(
        wordpress_api=url,
        publisher=clean_title(root.get("name")),
        timezone=read_timezone(root.get("timezone_string")),
        canonical=normalise(home) if isinstance(home, str) else None,
    )


def read_timezone(name: object) -> str | None:
    """An IANA name that exists. WordPress also has plain offsets, which know no summer time: None."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_]+(/[A-Za-z0-9_+-]+){1,2}", name):
        return None
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return None
    except KeyError:
        return None
