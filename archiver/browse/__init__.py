"""The archive in a browser: a Datasette plugin.

It is an installed entry point, so it also works in `datasette data/archive.db`. On a database that is no archive it does
nothing. Pages of the archive read by SQL through Datasette's own connections.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from datasette import hookimpl
from datasette.app import Datasette
from datasette.utils.asgi import Request

from archiver.browse import archives, cells, guards, metadata, pages
from archiver.browse.serving import serve

__all__ = ["serve"]


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    async def find() -> None:
        await archives.find(datasette)

    return find


@hookimpl
def get_metadata(datasette: Datasette) -> dict[str, Any]:
    return metadata.of(archives.names(datasette))


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    return pages.ROUTES


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    return lambda app: guards.guarded(app, datasette)


@hookimpl
def render_cell(row: Any, value: Any, column: str, table: str | None, database: str, datasette: Datasette) -> Any:
    return cells.render(row, value, column, datasette) if database in archives.names(datasette) else None


@hookimpl
def extra_css_urls(database: str | None, datasette: Datasette) -> list[str]:
    return [datasette.urls.path(metadata.TABLES_CSS)] if database in archives.names(datasette) else []


@hookimpl
def menu_links(datasette: Datasette, request: Request | None) -> list[dict[str, str]]:
    if not archives.names(datasette):
        return []
    return [{"href": datasette.urls.path(path), "label": label} for path, label in pages.MENU]
