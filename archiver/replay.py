"""The whole archive as a collection for replay: an index that pywb and other Wayback tools look addresses up in, and how to start them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import NothingToDo
from archiver.export import cdxj
from archiver.locks import lock, unusable
from archiver.store import Archive, open_reader

FOLDER = "replay"
COLLECTION = "news"
CONFIG = f"""# Written by `archiver replay`. The pages themselves stay in ../captures.
collections:
  {COLLECTION}:
    index_paths: ./{COLLECTION}.cdxj
    archive_paths: ../captures/
"""


Watch = Callable[[int], None]  # captures that are done


@dataclass(frozen=True, slots=True)
class Replay:
    """A collection that is ready."""

    folder: Path
    captures: int
    example: str | None  # an address to look at first


def prepare(data_dir: Path, watch: Watch = lambda done: None) -> Replay:
    """Writes index and settings anew, whole or not at all. Raises NothingToDo, DataDirectoryError."""
    folder = data_dir / FOLDER
    with open_reader(data_dir) as archive:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with lock(data_dir / "replay.lock"):
                number = _write_index(archive, folder / f"{COLLECTION}.cdxj", watch)
                scratch = folder / "config.yaml.new"
                scratch.write_text(CONFIG, encoding="utf-8")
                scratch.replace(folder / "config.yaml")
        except OSError as error:
            raise unusable(folder, error) from error
        if not number:
            raise NothingToDo("There is no capture to replay yet.\nCrawl or import something first: archiver crawl, archiver import FILE")
        return Replay(folder, number, archive.newest_capture_url())


def renew(data_dir: Path) -> None:
    """Writes the index anew where there is one: capture files were rewritten, and what it says of them is no longer true.

    Raises DataDirectoryError.
    """
    index = data_dir / FOLDER / f"{COLLECTION}.cdxj"
    if index.exists():
        try:
            prepare(data_dir)
        except NothingToDo:
            index.unlink(missing_ok=True)


def _write_index(archive: Archive, path: Path, watch: Watch) -> int:
    scratch = path.with_suffix(".new")

    def lines() -> Iterator[bytes]:
        for done, row in enumerate(archive.captures_with_records(), 1):
            if row.warc_filename:
                yield cdxj.line(row, row.warc_filename, row.warc_offset or 0, row.warc_length or 0)
            watch(done)

    with scratch.open("wb") as file:
        number = cdxj.write_sorted(lines(), file)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    return number
