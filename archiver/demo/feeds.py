"""The outlet's feeds, sitemaps and WordPress API."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

from archiver.demo.script import Story
from archiver.demo.theme import SECTIONS, TAGLINE, TITLE, excerpt, slug_of

FEED_ITEMS = 10


def rss(stories: Sequence[Story], address: str, path: str) -> str:
    items = "".join(
        f"<item><title>{escape(story.printed_headline)}</title><link>{address}{story.path[1:]}</link><guid isPermaLink='false'>{address}?p={story.id}</guid>"
        f"<pubDate>{format_datetime(story.published.astimezone(UTC))}</pubDate><category>{story.section}</category>"
        f"<description><![CDATA[{excerpt(story, 180)}]]></description></item>"
        for story in stories[:FEED_ITEMS]
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>{TITLE}</title>'
        f'<atom:link href="{address}{path[1:]}" rel="self" type="application/rss+xml"/><link>{address}</link><description>{TAGLINE}</description>{items}</channel></rss>'
    )


def atom(stories: Sequence[Story], address: str) -> str:
    entries = "".join(
        f'<entry><title>{escape(story.printed_headline)}</title><link href="{address}{story.path[1:]}"/><id>{address}?p={story.id}</id>'
        f"<published>{story.published.isoformat()}</published><updated>{story.modified.isoformat()}</updated></entry>"
        for story in stories[:FEED_ITEMS]
    )
    newest = max(story.modified for story in stories).isoformat()
    return f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{TITLE}</title><id>{address}</id><updated>{newest}</updated>{entries}</feed>'  # fmt: skip


def sitemap_index(stories: Sequence[Story], address: str) -> str:
    newest = max(story.modified for story in stories).isoformat()
    children = "".join(
        f"<sitemap><loc>{address}{name}</loc><lastmod>{newest}</lastmod></sitemap>"
        for name in ("post-sitemap.xml.gz", "news-sitemap.xml", "page-sitemap.xml")
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{children}</sitemapindex>'
    )


def post_sitemap(stories: Sequence[Story], address: str) -> bytes:
    """Gzipped, as a file."""
    rows = "".join(f"<url><loc>{address}{story.path[1:]}</loc><lastmod>{story.modified.isoformat()}</lastmod></url>" for story in stories)
    return gzip.compress(
        f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode(),
        mtime=0,
    )


def news_sitemap(stories: Sequence[Story], address: str) -> str:
    rows = "".join(
        f"<url><loc>{address}{story.path[1:]}</loc><news:news><news:publication><news:name>{TITLE}</news:name><news:language>{story.language}</news:language></news:publication>"
        f"<news:publication_date>{story.published.isoformat()}</news:publication_date><news:title>{escape(story.printed_headline)}</news:title></news:news></url>"
        for story in stories[:FEED_ITEMS]
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">{rows}</urlset>'
    )


def page_sitemap(address: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{address}about/</loc></url></urlset>'


def api_root(address: str) -> str:
    return json.dumps({"name": TITLE, "description": TAGLINE, "url": address, "home": address, "gmt_offset": -8, "timezone_string": "America/Los_Angeles", "namespaces": ["oembed/1.0", "wp/v2"]})  # fmt: skip


def api_posts(stories: Sequence[Story], query: Mapping[str, str], address: str) -> tuple[int, str, dict[str, str]]:
    """Status, JSON and headers of /wp/v2/posts, with the parameters that WordPress knows."""
    moments = {name: _moment(query[name]) for name in ("after", "before", "modified_after") if name in query}
    chosen = [
        story
        for story in stories
        if ("after" not in moments or story.published > moments["after"])
        and ("before" not in moments or story.published < moments["before"])
        and ("modified_after" not in moments or story.modified > moments["modified_after"])
    ]
    chosen.sort(
        key=lambda story: story.modified if query.get("orderby") == "modified" else story.published,
        reverse=query.get("order", "desc") == "desc",
    )
    size, number = min(100, int(query.get("per_page", "10"))), int(query.get("page", "1"))
    pages = max(1, -(-len(chosen) // size))
    if number > pages:
        return (
            400,
            json.dumps(
                {
                    "code": "rest_post_invalid_page_number",
                    "message": "The page number requested is larger than the number of pages available.",
                }
            ),
            {},
        )
    fields = query.get("_fields", "").split(",") if query.get("_fields") else None
    posts = [_post(story, address, fields) for story in chosen[(number - 1) * size : number * size]]
    return 200, json.dumps(posts), {"X-WP-Total": str(len(chosen)), "X-WP-TotalPages": str(pages)}


def _post(story: Story, address: str, fields: list[str] | None) -> dict:
    post = {
        "id": story.id, "date": _naive(story.published), "date_gmt": _naive(story.published.astimezone(UTC)), "modified": _naive(story.modified),
        "modified_gmt": _naive(story.modified.astimezone(UTC)), "slug": story.slug, "status": "publish", "type": "post", "link": address + story.path[1:],
        "guid": {"rendered": f"{address}?p={story.id}"}, "title": {"rendered": escape(story.printed_headline)},
        "content": {"rendered": "".join(f"<p>{escape(text)}</p>" for text in story.body)}, "categories": [list(SECTIONS).index(slug_of(story.section)) + 1],
    }  # fmt: skip
    return {name: post[name] for name in fields if name in post} if fields else post


def _naive(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
