"""`archiver browse`: Datasette on the archive of a data directory, for one reader on this machine."""

from __future__ import annotations

import asyncio
import importlib
import socket
import webbrowser
from contextlib import suppress
from pathlib import Path

import click
import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from archiver.browse import guards
from archiver.errors import ArchiverError
from archiver.store import open_reader

HOST = "127.0.0.1"  # nobody else reads the archive unless its operator puts a server in front
SETTINGS = {
    "suggest_facets": False,  # at a million stories looking for them takes a second a page
    "sql_time_limit_ms": 2_500,
    "facet_time_limit_ms": 400,
    "default_page_size": 50,
    "max_returned_rows": 2_000,  # as the longest question gives; a page of stories with their texts takes a tenth of a MiB for each
    "truncate_cells_html": 400,
    "default_cache_ttl": 0,  # the archive changes while it is read
}


def serve(data_dir: Path, port: int, open_browser: bool) -> None:
    """Serve until interrupted. Port 0 takes a free one. Raises NothingToDo when there is no archive."""
    datasette = make_datasette(data_dir)
    with listen(port) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}/"
        click.echo(f"The archive is at {address}\nPress Ctrl+C to stop.")
        if open_browser:
            webbrowser.open(address)  # it waits in the listener's queue until the server is ready
        config = uvicorn.Config(guards.for_this_machine(datasette.app()), log_level="warning", lifespan="on", workers=1)
        with suppress(KeyboardInterrupt):  # uvicorn has stopped in order, and passes it on
            uvicorn.Server(config).run(sockets=[listener])


def make_datasette(data_dir: Path) -> Datasette:
    """Datasette on the archive, set up and started."""
    open_reader(data_dir).close()  # says in words what is wrong with it
    plugin = importlib.import_module("archiver.browse")
    if not pm.is_registered(plugin):  # run from a source tree that is not installed
        pm.register(plugin, name="news_archiver")
    datasette = Datasette([str(data_dir / "archive.db")], settings=SETTINGS)
    asyncio.run(datasette.invoke_startup())
    return datasette


def listen(port: int) -> socket.socket:
    """A socket that takes connections on this machine."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else error
        raise ArchiverError(
            f"Port {port} on this machine cannot be used: {reason}.\n"
            "Another program may have it, perhaps another `archiver browse`. Choose another with --port, or --port 0 for any that is free."
        ) from error
    listener.listen(128)
    return listener
