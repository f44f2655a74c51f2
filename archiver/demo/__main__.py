"""`python -m archiver.demo [--day N] [--port P]`: the bundled outlet for a browser."""

from __future__ import annotations

import click

from archiver.demo.outlet import PORT, Outlet
from archiver.demo.script import DAYS


@click.command()
@click.option("--day", type=click.IntRange(1, DAYS), default=1, show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True)
def serve(day: int, port: int) -> None:
    """Serve the bundled outlet until Ctrl-C"""
    with Outlet(day, port) as outlet:
        click.echo(f"Day {day} of the bundled outlet: {outlet.address}   (Ctrl-C ends it)")
        outlet.thread.join()


serve()
