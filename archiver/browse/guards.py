"""What keeps archived text from running, from loading anything, and from being indexed as a copy of the outlet."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from json import JSONDecodeError
from typing import Any
from urllib.parse import urlsplit

from datasette import Response
from datasette.app import Datasette
from datasette.utils.asgi import BadRequest

from archiver.browse import archives, withholding
from archiver.spreadsheets import is_formula

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]

# Our pages have no script, no style of their own and nothing from outside.
OUR_PAGES = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Datasette's own pages have scripts and styles inside the page.
DATASETTE_PAGES = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A kept picture alone in a window: a picture, and nothing that could run.
PICTURES = "default-src 'none'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cross-origin-opener-policy": "same-origin",
}
FRONT_PAGE = "/-/archive"
CELL = re.compile(r'"[^"]*(?:""[^"]*)*"|[^,"\r\n]+')  # of a CSV file, as it is written
# An unknown column to sort by, and what SQLite has no room for: a number beyond 64 bits, a NUL.
NO_FAILURE = re.compile(r"Cannot (?:sort table by|use _sort) |Python int too large |the query contains a null character|embedded null")
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
ELSEWHERE = (
    "archiver browse answers on this machine only: http://127.0.0.1:8001/ or http://localhost:8001/\n"
    "To let others read the archive under another name, put a server in front of: datasette data/archive.db\n"
)


def page_headers() -> dict[str, str]:
    """For every page of ours, told with the page itself."""
    return {"content-security-policy": OUR_PAGES, **HEADERS}


def picture_headers() -> dict[str, str]:
    """For a kept picture, which no other site may show. Browsers keep it for a day: it may be taken down."""
    return {
        "content-security-policy": PICTURES,
        "cache-control": "private, max-age=86400",
        "cross-origin-resource-policy": "same-origin",
        **HEADERS,
    }


def guarded(app: Any, datasette: Datasette) -> Any:
    """The application with these headers on all that shows the archive, and with the archive's front page for "/"."""

    async def asgi(scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        is_csv = scope.get("path", "").endswith(".csv")  # which Datasette sends row by row, each in a message of its own

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start" and shows_archive(datasette, scope["path"]):
                message = {**message, "headers": with_headers(message.get("headers", []))}
            elif is_csv and message.get("body") and shows_archive(datasette, scope["path"]):
                message = {**message, "body": without_formulas(message["body"].decode("utf-8", "replace")).encode("utf-8")}
            await send(message)

        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if not archives.names(datasette):  # the first request comes before Datasette has started
            await datasette.invoke_startup()
        if is_front(datasette, scope["path"]):
            path = datasette.urls.path(FRONT_PAGE)
            scope = {**scope, "path": str(path), "raw_path": str(path).encode("ascii")}
        if answer := await withholding.instead(datasette, scope):
            await answer.asgi_send(send_guarded)
            return
        await app(scope, receive, send_guarded)

    return asgi


def for_this_machine(app: Any) -> Any:
    """The application, for who asks this machine by its own name alone.

    A page of a stranger, open in the reader's browser, may have its host's name lead here (DNS rebinding), and would read the archive.
    """

    async def asgi(scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] == "http" and not is_this_machine(scope["headers"]):
            await Response.text(ELSEWHERE, status=403).asgi_send(send)
            return
        await app(scope, receive, send)

    return asgi


def is_this_machine(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """By the Host header; one that is missing was not sent by a browser."""
    try:
        return all((urlsplit(f"//{value.decode('ascii')}").hostname or "") in HERE for name, value in headers if name == b"host")
    except ValueError:
        return False


def without_formulas(line: str) -> str:
    """A line of CSV whose cells a spreadsheet takes for text: those that it would calculate begin with an apostrophe."""
    return CELL.sub(_as_text, line)


def _as_text(cell: re.Match[str]) -> str:
    written = cell[0]
    if not is_formula(written.strip('"')):
        return written
    return f"\"'{written[1:]}" if written.startswith('"') else f"'{written}"


def wrongly_asked(exception: Exception) -> BadRequest | None:
    """What Datasette (0.65) takes for a failure of its own, a 500 with a traceback, though it is one of the address; else None."""
    said = str(getattr(exception, "message", exception))
    if not NO_FAILURE.match(said) and not isinstance(exception, JSONDecodeError):  # which the address holds: ?_facet={…}
        return None
    exception.__traceback__ = None  # Datasette prints it, whoever answers
    return BadRequest(said)


def is_front(datasette: Datasette, path: str) -> bool:
    return path == datasette.setting("base_url") and archives.is_alone(datasette)


def shows_archive(datasette: Datasette, path: str) -> bool:
    if archives.is_alone(datasette):
        return True
    rest = path.removeprefix(datasette.setting("base_url")).lstrip("/")
    return rest.split("/")[0].split(".")[0] in archives.names(datasette)


def with_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Those that the answer does not have yet."""
    there = {name.lower() for name, _ in headers}
    ours = {"content-security-policy": DATASETTE_PAGES, **HEADERS}
    return [*headers, *((name.encode(), value.encode()) for name, value in ours.items() if name.encode() not in there)]


def outside(url: object) -> str | None:
    """`url` when a reader may follow it: http or https, with a host, no spaces or control characters; else None."""
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def host(url: object) -> str:
    """The host of an outside address, without "www.", to name where a link goes."""
    return (urlsplit(outside(url) or "").hostname or "").removeprefix("www.")
