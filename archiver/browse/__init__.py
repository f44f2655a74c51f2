"""The archive in a browser: a Datasette plugin.

It is an installed entry point, so it also works in `datasette data/archive.db`. On a database that is no archive it does
nothing. Pages of the archive read by SQL through Datasette's own connections.

Datasette loads its plugins while it is imported. Were it imported up here, it would find this module half made and without
hooks; so each hook imports what it needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

if TYPE_CHECKING:
    from datasette.app import Datasette
    from datasette.utils.asgi import Request

hookimpl = HookimplMarker("datasette")


def serve(data_dir: Path, port: int, open_browser: bool) -> None:
    """`archiver browse`, see serving.serve."""
    from archiver.browse import serving

    serving.serve(data_dir, port, open_browser)


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    from datasette import handle_exception

    from archiver.browse import archives

    # Where rich is installed, and with us it is, Datasette prints each wrong address and mistyped query as a traceback with all that it
    # holds; and for an address that no page has, there is none, which makes an error 500 of it (0.65).
    handle_exception.rich = None

    async def find() -> None:
        await archives.find(datasette)

    return find


@hookimpl
def prepare_connection(conn: sqlite3.Connection) -> None:
    from archiver.store import words

    words.teach(conn)


@hookimpl
def get_metadata(datasette: Datasette) -> dict[str, Any]:
    from archiver.browse import archives, metadata

    return metadata.of(archives.names(datasette))


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    from archiver.browse import pages

    return pages.ROUTES


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    from archiver.browse import guards

    return lambda app: guards.guarded(app, datasette)


@hookimpl
def handle_exception(datasette: Datasette, request: Request, exception: Exception) -> Any:
    from datasette import handle_exception

    from archiver.browse import guards

    wrong = guards.wrongly_asked(exception)
    return handle_exception.handle_exception(datasette, request, wrong) if wrong else None


@hookimpl
def filters_from_request(database: str, table: str, datasette: Datasette) -> Callable[[], Awaitable[Any]]:
    from archiver.browse import withholding

    return lambda: withholding.filters(datasette, database, table)


@hookimpl
def render_cell(row: Any, value: Any, column: str, database: str, datasette: Datasette) -> Any:
    from archiver.browse import archives, cells

    return cells.render(row, value, column, datasette) if database in archives.names(datasette) else None


@hookimpl
def extra_css_urls(database: str | None, datasette: Datasette) -> list[str]:
    from archiver.browse import archives, metadata

    return [datasette.urls.path(metadata.TABLES_CSS)] if database in archives.names(datasette) else []


@hookimpl
def menu_links(datasette: Datasette) -> list[dict[str, str]]:
    from archiver.browse import archives, pages

    menu = pages.MENU if archives.names(datasette) else ()
    return [{"href": datasette.urls.path(path), "label": label} for path, label in menu]
