"""The bundled outlet as a real HTTP server on loopback."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from archiver.demo import feeds, script, theme
from archiver.demo.pictures import picture
from archiver.demo.script import DAYS, PER_PAGE, Standing, Story, Truth, crawl_time, standings, truth
from archiver.records import Site
from archiver.settings import DAY_S

PORT = 8765  # the first choice, so that the demo's stories have the same addresses each time
ROBOTS = "User-agent: *\nDisallow: /wp-admin/\nDisallow: /members/\nCrawl-delay: 0.02\n\nSitemap: {address}sitemap_index.xml\n"
HTML = "text/html; charset=UTF-8"
ABOUT = "<main id='content'><h1>About us</h1><p>We print the news of the valley since 1889. Write to the desk at 12 Elm Street.</p></main>"


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the outlet got."""

    at: datetime
    path: str
    status: int
    user_agent: str


@dataclass(frozen=True, slots=True)
class Page:
    body: bytes
    content_type: str = HTML
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Outlet:
    """Serves from `with Outlet(day=1) as outlet:`; `outlet.day` may be set while it runs."""

    def __init__(self, day: int = 1, port: int | None = None) -> None:
        self.day = day
        self.log: list[Request] = []
        self.http = _listen(port, self)
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}/"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.http.shutdown()
        self.http.server_close()

    @staticmethod
    def crawl_time(day: int) -> datetime:
        return crawl_time(day)

    @staticmethod
    def truth(day: int) -> Truth:
        return truth(day)

    @staticmethod
    def standings(day: int) -> tuple[Standing, ...]:
        return standings(day)

    def page(self, target: str) -> Page:
        """What is at a path (with query) on the day that is played."""
        parts = urlsplit(target)
        live = [story for story in script.stories_on(self.day) if not story.gone]
        query = dict(parse_qsl(parts.query))
        if found := self._machine_page(parts.path, query, live):
            return found
        if parts.path.startswith("/wp-content/uploads/") and parts.path.endswith(".png"):
            return Page(picture(parts.path), "image/png")
        if parts.path == "/about/":
            return _html(theme.page(f"About us - {theme.TITLE}", "", ABOUT))
        return (
            self._story(parts.path, live)
            or self._list(parts.path, live)
            or _html(theme.page("Page not found", "", "<main id='content'><h1>Nothing here</h1></main>"), 404)
        )

    def _machine_page(self, path: str, query: dict[str, str], live: list[Story]) -> Page | None:
        address = self.address
        section = path.removeprefix("/category/").removesuffix("/feed/")
        makers: dict[str, Callable[[], Page]] = {
            "/robots.txt": lambda: Page(ROBOTS.format(address=address).encode(), "text/plain; charset=UTF-8"),
            "/feed/": lambda: _xml(feeds.rss(live, address, path), "application/rss+xml; charset=UTF-8"),
            "/feed/atom/": lambda: _xml(feeds.atom(live, address), "application/atom+xml; charset=UTF-8"),
            "/sitemap_index.xml": lambda: _xml(feeds.sitemap_index(live, address)),
            "/post-sitemap.xml.gz": lambda: Page(feeds.post_sitemap(live, address), "application/gzip"),
            "/news-sitemap.xml": lambda: _xml(feeds.news_sitemap(live, address)),
            "/page-sitemap.xml": lambda: _xml(feeds.page_sitemap(address)),
            "/wp-json/": lambda: Page(feeds.api_root(address).encode(), "application/json; charset=UTF-8"),
        }
        if path == "/wp-json/wp/v2/posts":
            status, text, headers = feeds.api_posts(live, query, address)
            return Page(text.encode(), "application/json; charset=UTF-8", status, headers)
        if path.endswith("/feed/") and section in theme.SECTIONS:
            return _xml(
                feeds.rss([s for s in live if s.section == theme.SECTIONS[section]], address, path), "application/rss+xml; charset=UTF-8"
            )
        return makers[path]() if path in makers else None

    def _story(self, path: str, live: list[Story]) -> Page | None:
        plain = path.removesuffix("amp/")
        story = next((story for story in script.stories_on(self.day) if story.path == plain), None)
        if story is None:
            return None
        if story.gone == "gone":
            return _html(theme.page("Gone", "", "<main id='content'><h1>This page has been removed</h1></main>"), 410)
        if story.gone == "home":
            return Page(b"", HTML, 302, {"Location": self.address})
        others = [other for other in live if other is not story and other.section == story.section] or live
        return _html(theme.story_page(story, [other for other in others if other is not story], self.address))

    def _list(self, path: str, live: list[Story]) -> Page | None:
        base, _, number = path.partition("page/")
        page_number = int(number.strip("/")) if number.strip("/").isdigit() else 1
        kind, _, name = base.strip("/").partition("/")
        choices: dict[str, Callable[[Story], bool]] = {
            "": lambda story: True,
            "category": lambda story: theme.slug_of(story.section) == name,
            "tag": lambda story: name in [word.replace(" ", "-").lower() for word in story.keywords],
            "author": lambda story: bool(story.byline) and theme._author_slug(story.byline or "") == name,
        }
        chosen = [story for story in live if choices[kind](story)] if kind in choices else []
        if (kind and not name) or not (chosen or (kind == "category" and name in theme.SECTIONS)):
            return None
        pages = max(1, -(-len(chosen) // PER_PAGE))
        shown = chosen[(page_number - 1) * PER_PAGE : page_number * PER_PAGE]
        extra = self._variants(live) if base == "/" else ""
        heading = "" if base == "/" else theme.SECTIONS.get(name, name.replace("-", " ").title())
        return _html(theme.list_page(heading, shown, base, page_number, pages, extra)) if shown or page_number == 1 else None

    def _variants(self, live: list[Story]) -> str:
        """Links on the home page that lead to stories by other addresses, and one that must not be followed."""
        links = [
            f"{live[0].path}?utm_source=home&utm_medium=teaser",
            f"{live[1].path}amp/",
            f"{live[2].path}#comments",
            "/members/a-story-for-subscribers-of-the-paper/",
        ]
        return (
            "<div class='widget'>"
            + "".join(f'<p><a href="{link}">Most read today, number {number}</a></p>' for number, link in enumerate(links, 1))
            + "</div>"
        )

    def changed_at(self, target: str) -> datetime:
        """Last-Modified: the newest declared change of what the page shows."""
        stories = script.stories_on(self.day)
        story = next((story for story in stories if urlsplit(target).path.startswith(story.path)), None)
        return story.modified if story else max(story.modified for story in stories)


def site_facts(address: str) -> Site:
    """The outlet as a site of sites.toml."""
    return Site(
        name="lodivalley_demo",
        url=address,
        publisher=theme.TITLE,
        in_language="en",
        country="US",
        timezone="America/Los_Angeles",
        feeds=(f"{address}feed/",),
        sitemaps=(f"{address}sitemap_index.xml",),
        wordpress_api=f"{address}wp-json/",
        delay_s=0.02,
        recheck_s=((30 * DAY_S, 12 * 3_600),),
        keep_images="all",
        allow_loopback=True,
        paused=True,  # nobody is there once the demo has ended
    )


def _html(text: str, status: int = 200) -> Page:
    return Page(text.encode(), HTML, status, {"Link": '</wp-json/>; rel="https://api.w.org/"'})


def _xml(text: str, content_type: str = "text/xml; charset=UTF-8") -> Page:
    return Page(text.encode(), content_type)


def _listen(port: int | None, outlet: Outlet) -> ThreadingHTTPServer:
    """On `port`; without one on PORT, or any free one where that is taken."""

    class Handler(_Handler):
        served = outlet

    for choice in (port,) if port is not None else (PORT, 0):
        try:
            return ThreadingHTTPServer(("127.0.0.1", choice), Handler)
        except OSError:
            if choice == (port or 0):
                raise
    raise AssertionError("unreachable")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Outlet

    def do_GET(self) -> None:
        page = self.served.page(self.path)
        changed = format_datetime(self.served.changed_at(self.path).astimezone(UTC), usegmt=True)
        etag = f'"{hashlib.sha256(page.body).hexdigest()[:16]}"'
        wanted = self.headers.get("If-None-Match")
        same = page.status == 200 and (wanted == etag if wanted else self.headers.get("If-Modified-Since") == changed)
        status = 304 if same else page.status
        self.served.log.append(Request(datetime.now(UTC), self.path, status, self.headers.get("User-Agent", "")))
        headers = (
            {"Content-Type": page.content_type} | page.headers | ({"ETag": etag, "Last-Modified": changed} if page.status == 200 else {})
        )
        body = b"" if same else page.body
        if body and "gzip" in self.headers.get("Accept-Encoding", "") and not page.content_type.startswith(("image/", "application/gzip")):
            body, headers["Content-Encoding"] = gzip.compress(body, mtime=0), "gzip"
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silent; the outlet keeps its own log."""


__all__ = ["DAYS", "Outlet", "Page", "Request", "site_facts"]
