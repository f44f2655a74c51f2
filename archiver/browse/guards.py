"""What keeps archived text from running, from loading anything, and from being indexed as a copy of the outlet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from datasette.app import Datasette

from archiver.browse import archives, withholding

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
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cross-origin-opener-policy": "same-origin",
}
FRONT_PAGE = "/-/archive"


def page_headers() -> dict[str, str]:
    """For every page of ours, told with the page itself."""
    return {"content-security-policy": OUR_PAGES, **HEADERS}


def guarded(app: Any, datasette: Datasette) -> Any:
    """The application with these headers on all that shows the archive, and with the archive's front page for "/"."""

    async def asgi(scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start" and shows_archive(datasette, scope["path"]):
                message = {**message, "headers": with_headers(message.get("headers", []))}
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
