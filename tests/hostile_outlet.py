"""Servers that misbehave in every way that was met or thought of, on loopback: the traps of tests/test_hostile.py.

Each trap is a page that looks like a story from outside; TRAPS names the outcomes that fit it. Standard library and codecs only.
"""

from __future__ import annotations

import gzip
import itertools
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import zstandard

Handler = BaseHTTPRequestHandler
HTML = "text/html; charset=utf-8"
PARAGRAPHS = (
    "The harbour master counted forty boats on Monday, more than in any autumn since the ferry to the islands was given up.",
    "Most had come for the herring, which runs close to the shore this year, and for the price that is paid for it in town.",
    "The council wants to lengthen the pier by thirty metres before spring, but has not said where the money is to come from.",
    "Until then boats must lie three abreast, said the harbour master, and whoever comes last has the longest way to bed.",
)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
ZEROS = b"<p>" + bytes(40 << 20)  # more than is taken


def story(headline: str, text: str = TEXT, head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html lang=en><head><title>{headline} - Pier Post</title><meta property='og:type' content='article'>"
        f"<meta property='article:published_time' content='2026-11-02T08:00:00Z'>{head}</head>"
        f"<body><article><h1>{headline}</h1>{text}</article><footer>Pier Post</footer></body></html>"
    )


def sheet(title: str, text: str) -> str:
    return f"<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body>{text}</body></html>"


# --- answers


def send(handler: Handler, body: bytes | str, status: int = 200, content_type: str = HTML, **headers: str) -> None:
    data = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    for name, value in {"Content-Type": content_type, "Content-Length": str(len(data)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(data)


def packed(pack: Callable[[bytes], bytes], encoding: str) -> Callable[[Handler], None]:
    """A body that grows; packed once, when it is first asked for."""
    body = pack(ZEROS)
    return lambda handler: send(handler, body, Content_Encoding=encoding)


def plain(body: bytes | str, status: int = 200, content_type: str = HTML, **headers: str) -> Callable[[Handler], None]:
    return lambda handler: send(handler, body, status, content_type, **headers)


def lead(location: str) -> Callable[[Handler], None]:
    return lambda handler: send(handler, b"", 302, Location=location)


def raw(*pieces: bytes, pause_s: float = 0) -> Callable[[Handler], None]:
    """These bytes on the wire, and the connection closed."""

    def answer(handler: Handler) -> None:
        handler.close_connection = True
        write(handler, iter(pieces), pause_s)

    return answer


def endless(head: bytes, piece: bytes, pause_s: float = 0) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        handler.close_connection = True
        write(handler, itertools.chain([head], itertools.repeat(piece)), pause_s)

    return answer


def write(handler: Handler, pieces: Iterator[bytes], pause_s: float) -> None:
    ends_at = time.monotonic() + 20  # should the crawler never hang up, the test fails for its time, not for ever
    for piece in pieces:
        handler.wfile.write(piece)
        time.sleep(pause_s)
        if time.monotonic() > ends_at:
            return


OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CUT = gzip.compress(story("Cut in the middle").encode() + b" " * 9_000, 0)[:-40]

# --- traps: what answers, and the outcomes that fit

Trap = tuple[Callable[[Handler], None], frozenset[str]]
READ = frozenset({"new"})


def one_of(*outcomes: str) -> frozenset[str]:
    return frozenset(outcomes)


def page_traps() -> dict[str, Trap]:
    """Pages that swell, lie, or are no stories. Nothing here takes time on the wire."""
    too_large, cut = one_of("too_large"), one_of("truncated", "connection_lost")
    walls = {
        "login-wall": ("login_wall", sheet("Log in", "<h1>Log in</h1><form><input type=password></form><p>Log in to continue reading</p>")),
        "bot-wall": ("bot_wall", sheet("Just a moment...", "<p>Checking your browser before accessing. Enable JavaScript and cookies</p>")),
        "consent-wall": ("consent_wall", sheet("Before you continue", "<p>We and our partners use cookies</p><button>Accept all</button>")),
        "soft-404": ("soft_404", sheet("Page not found", "<h1>Page not found</h1><p>Sorry, that page does not exist any more.</p>")),
        "maintenance": ("maintenance", sheet("Down for maintenance", "<p>We will be back shortly. The site is under maintenance.</p>")),
        "empty-shell": ("no_body", sheet("Pier Post", "<div id=app></div><script src=/app.js></script>")),
    }
    charsets = ("rot13", "zlib", "idna", "undefined", "no-such-charset", "unicode_escape", "utf-7", "utf-32")
    dates = ("2026-11-02T08:00:00+99:99", "99999-13-45", "0000-00-00T00:00:00Z", "9" * 4_000)
    return {
        "gzip-bomb": (packed(lambda body: gzip.compress(body, 1), "gzip"), too_large),
        "deflate-bomb": (packed(lambda body: zlib.compress(body, 1), "deflate"), too_large),
        "brotli-bomb": (packed(lambda body: brotli.compress(body, quality=1), "br"), too_large),
        "zstd-bomb": (packed(zstandard.ZstdCompressor(level=1).compress, "zstd"), too_large),
        "bomb-in-a-bomb": (packed(lambda body: gzip.compress(gzip.compress(body, 1), 1), "gzip, gzip"), too_large),
        "many-layers": (plain(story("Layers"), Content_Encoding=", ".join(["gzip"] * 50)), one_of("too_large", "truncated")),
        "endless-body": (endless(OK + b"\r\n", b"<p>more</p>" * 6_000), too_large | one_of("timeout")),  # whichever comes first
        "endless-chunks": (
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"2710\r\n" + b"x" * 10_000 + b"\r\n"),
            too_large | one_of("timeout"),
        ),
        "endless-headers": (endless(OK, b"X-More: header\r\n" * 500), one_of("connection_lost", "network", "too_large", "timeout")),
        "huge-length": (raw(OK + b"Content-Length: 99999999999\r\n\r\n<p>"), too_large | cut),
        "no-http": (raw(b"\x00\xff\x00 no protocol at all\r\n\r\n"), one_of("connection_lost", "network")),
        "cut-gzip": (plain(CUT, Content_Encoding="gzip"), one_of("truncated")),
        "cut-body": (raw(OK + b"Content-Length: 5000\r\n\r\n" + story("Half of it").encode()[:300]), cut),
        "partial-206": (plain(story("A part"), 206, Content_Range="bytes 0-99/9000"), one_of("truncated")),
        "control-characters": (plain(story("A\x00 tale \x1b[31mof\x07 it", TEXT + "<p>Tail\x00\x1b]0;x\x07 &#xD800;&#0; end.</p>")), READ),
        "broken-utf-8": (plain(story("Broken letters").encode() + b"<p>\xff\xfe\xed\xa0\x80</p>"), READ),
        "long-headline": (plain(story("Word " * 200_000)), READ),
        "many-attributes": (plain(story("Attributes", f"<p {' '.join(f'a{n}=1' for n in range(10_000))}>{TEXT}")), READ),
        "deep-nesting": (plain(story("Deep", "<div>" * 50_000 + TEXT)), READ | {"no_body"}),
        "html-without-end": (plain("<html><body><article><h1>No end</h1>" + TEXT * 4 + "<p><!-- " + "<" * 200_000), READ),
    } | {
        f"wall-{name}": (plain(page), one_of(outcome)) for name, (outcome, page) in walls.items()
    } | {
        f"charset-{name}": (plain(story(f"Charset {name}"), content_type=f"text/html; charset={name}"), READ) for name in charsets
    } | {
        f"date-{number}": (plain(story(f"Date {number}").replace("2026-11-02T08:00:00Z", date)), READ) for number, date in enumerate(dates)
    }  # fmt: skip


def slow_traps() -> dict[str, Trap]:
    """Servers that take for ever; each is asked twice."""
    late = one_of("timeout")
    return {
        "drip-body": (endless(OK + b"\r\n", b"<p>", 0.05), late),
        "drip-headers": (endless(b"HTTP/1.1 200 OK\r\nX-A: ", b"a", 0.05), late),
        "silence": (endless(b"", b"", 0.05), late),
    }


def leading_traps(port: int, behind: int) -> dict[str, Trap]:
    """Redirects to where nobody outside may go."""
    away = one_of("refused_address", "other_site", "redirected_away")
    places = {
        "other-port": f"http://127.0.0.1:{behind}/an-inner-page-of-the-house-nobody-may-see",
        "file": "file:///etc/passwd",
        "private": "http://10.0.0.1/a-router-page-that-is-not-for-us",
        "metadata": "http://169.254.169.254/latest/meta-data-of-the-machine",
        "ftp": "ftp://127.0.0.1/a-file-on-another-server-of-the-house",
        "password": f"http://user:pass@127.0.0.1:{port}/a-page-behind-a-password-prompt",
    }
    return {f"leads-to-{name}": (lead(place), away) for name, place in places.items()} | {
        "leads-round": (lead("/2026/11/02/leads-round-a-story-of-the-pier/"), one_of("redirect_loop"))
    }


# --- indexes


def item(url: str, number: int, month: str = "Nov") -> str:
    when = f"<pubDate>02 {month} 2026 08:00:00 GMT</pubDate>"
    return f"<item><title>Story number {number} of the harbour</title><link>{url}</link>{when}</item>"


def long_feed(urls: list[str], address: str, length: int = 50_000) -> bytes:
    items = "".join(item(url, number) for number, url in enumerate(urls))
    filler = "".join(item(f"{address}2026/11/01/filler-{number}-of-the-long-feed/", number, "Oct") for number in range(length))
    return f'<rss version="2.0"><channel><title>Pier Post</title>{items}{filler}</channel></rss>'.encode()


def sitemap(inside: str, root: str = "urlset") -> bytes:
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</{root}>'.encode()


def sitemap_bomb() -> bytes:
    return gzip.compress(sitemap("<url><loc>" + "a" * (60 << 20) + "</loc></url>"), 1)


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;">'
    b'<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&e;&x;</loc></url></urlset>'
)
ENDLESS_SITEMAP = endless(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\n\r\n" + sitemap("")[: -len("</urlset>")],
    b"<url><loc>http://127.0.0.1/2026/11/02/one-more-story-without-end/</loc></url>" * 2_000,
)


class Misbehaving:
    """One site: answers by path, all requests logged. Use as a context manager."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Handler], None]] = {}
        self.else_answer: Callable[[Handler], None] = plain("<h1>Not found</h1>", 404)
        self.asked: list[str] = []
        outer = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                with suppress(OSError):  # the crawler hung up, as it should
                    outer.answers.get(self.path, outer.else_answer)(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]  # a crawler that hangs up is what is wanted
        self.port = self.http.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        self.answers["/robots.txt"] = plain("User-agent: *\nDisallow: /none/\n", content_type="text/plain")

    def __enter__(self) -> Misbehaving:
        threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()

    def url(self, path: str) -> str:
        return self.address + path.lstrip("/")

    def put_good(self, name: str, number: int = 6) -> list[str]:
        """Honest stories beside the traps. Returns their addresses."""
        paths = [f"/2026/11/02/good-story-{letter}-of-{name}-at-the-pier/" for letter in range(number)]
        for place, path in enumerate(paths):
            self.answers[path] = plain(story(f"Good story {place} of {name}", f"{TEXT}<p>It was tide number {place} of {name}.</p>"))
        return [self.url(path) for path in paths]

    def put_traps(self, traps: dict[str, Trap]) -> dict[str, frozenset[str]]:
        """Returns fitting outcomes by address."""
        fitting = {}
        for name, (answer, outcomes) in traps.items():
            path = f"/2026/11/02/{name}-a-story-of-the-pier/"
            self.answers[path] = answer
            fitting[self.url(path)] = outcomes
        return fitting

    def put_front(self, urls: list[str], more: str = "") -> None:
        links = "".join(f"<li><a href='{url}'>A story that is told at the pier</a></li>" for url in urls)
        self.answers["/"] = plain(sheet("Pier Post", f"<ul>{links}</ul>{more}"))
