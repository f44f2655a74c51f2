"""`archiver ingest`: kept captures that nobody has read yet are read, looks at front pages that nobody has noted are noted.

Beside a crawl or an import it goes on until that ends (`follow`); see reader.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

import click

from archiver import display, health, reader
from archiver.counted import counted
from archiver.display import safe
from archiver.errors import SOME_FAILED
from archiver.ingest import Event, ingest_all, ingest_beside
from archiver.looking_back import look_back
from archiver.recovery import pick_up
from archiver.sites import Facts
from archiver.store import open_archive
from archiver.takedown import finish_pending


def catch_up(data_dir: Path, workers: int, quiet: bool) -> int:
    """Picks up what a crash left behind, then reads and notes with progress; returns the exit code. Raises NothingToDo."""
    known = Facts(data_dir)
    with open_archive(data_dir, create=False) as archive:
        archive.follow_policies(known.in_file.values())
    for line in pick_up(data_dir):
        click.echo(safe(line), err=True)
    finish_pending(data_dir)
    failed: list[Event] = []
    read, looked = count(1), count(1)
    with display.Counting(quiet) as bar:

        def heard(event: Event) -> None:
            bar.show(next(read), f"read: {event.headline or event.outcome}"[:60])
            if health.is_failure(event.outcome):
                failed.append(event)

        counts = ingest_all(data_dir, known, on_event=heard, workers=workers)
        with open_archive(data_dir) as archive:
            looks = look_back(archive, known, lambda: bar.show(next(looked), "looks at front pages"))
    click.echo(", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items())) or "Nothing was waiting to be read.")
    if looks:
        click.echo(f"{counted(looks, 'earlier look')} at front pages noted.")
    for event in failed[: display.SHOWN_FAILURES]:
        click.echo(safe(f"{event.url}: {health.in_words(event.outcome)}" + (f" ({event.reason})" if event.reason else "")), err=True)
    return SOME_FAILED if failed else 0


def follow(data_dir: Path, workers: int) -> None:
    """Reads beside a crawl, which tells its runs on standard input and hears of each capture on standard output."""
    known = Facts(data_dir)
    reader.follow(lambda runs, more, tell: ingest_beside(data_dir, known, runs, more_to_come=more, on_event=tell, workers=workers))
