"""Taking out: one file per format. A file in this folder with a FORMAT is a format; nothing else needs to know of it."""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from glob import escape
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile
from typing import BinaryIO

from archiver.counted import counted
from archiver.errors import ArchiverError, DataDirectoryError, NothingToDo, WrongUse
from archiver.sites import SITES_FILE
from archiver.store import Archive
from archiver.store.rights import WHY
from archiver.store.selection import Selection
from archiver.store.sqlite import DATABASE

STANDARD_OUTPUT = Path("-")
LEFT_SECONDS = 24 * 3600


@dataclass(slots=True)
class Exported:
    """What was written."""

    stories: int = 0
    unit: str = "capture"  # what the format holds: capture, line, row
    items: int = 0  # how many
    withheld: int = 0  # stories left out, as their pages ask not to be shown from an archive
    faults: list[tuple[str, str]] = field(default_factory=list)  # address, what is wrong with it


Tell = Callable[[Exported], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A form to take stories out in."""

    name: str
    endings: tuple[str, ...]  # of file names that mean it
    says: str  # what it is, in a line
    write: Callable[[Archive, Selection, BinaryIO, Tell], Exported]


def formats() -> dict[str, Format]:
    """Every format by name."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {module.FORMAT.name: module.FORMAT for module in modules if hasattr(module, "FORMAT")}


def find_format(name: str | None, output: Path) -> Format:
    """By name, else by the file's ending. Raises WrongUse."""
    known = formats()
    if name in known:
        return known[name]
    by_ending = [one for one in known.values() if output.name.lower().endswith(one.endings)]
    if name is None and by_ending:
        return by_ending[0]
    lines = "\n".join(f"  {one.name:8} {one.says}" for one in known.values())
    raise WrongUse(f"{name or output.name!r} names no format.\nChoose one with --format:\n{lines}")


def export(archive: Archive, selection: Selection, output: Path, name: str | None = None, force: bool = False,
           tell: Tell = lambda done: None) -> Exported:  # fmt: skip
    """Writes the selection to `output`: whole, or not at all. Raises WrongUse, NothingToDo, DataDirectoryError."""
    form = find_format(name, output)
    with whole_file(output, force, archive.data_dir) as file:
        done = form.write(archive, selection, file, tell)
        if not done.items:
            if done.faults:
                raise ArchiverError(f"Nothing could be written: {': '.join(done.faults[0])}\nSee what is wrong: archiver check")
            if done.withheld:
                raise NothingToDo(
                    f"What matches ({counted(done.withheld, 'story', 'stories')}) says noarchive, so nothing was written.\n{WHY}"
                )
            raise NothingToDo("No story matches, so nothing was written.\nTry fewer words or wider filters: archiver search WORDS")
    return done


@contextmanager
def whole_file(output: Path, force: bool, data_dir: Path) -> Iterator[BinaryIO]:
    """A file that is at `output` once all of it is written; where anything is raised, not at all. Raises WrongUse, DataDirectoryError.

    Never one of those that the archive in `data_dir` is made of.
    """
    if output == STANDARD_OUTPUT:
        with TemporaryFile() as file:
            yield file
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        return
    scratch = None
    try:
        if output.exists() and not force:
            raise WrongUse(f"{output} is there already.\nName another file, or add --force to write over it.")
        if output.exists() and is_of_archive(output, data_dir):
            raise WrongUse(f"{output} is a part of the archive itself, and not written over.\nName another file.")
        if output.exists() and not output.is_file():
            raise WrongUse(f"{output} is no file that can be replaced.\nName another one.")
        _clear_up(output)
        with (made := output.with_name(f".{output.name}.{token_hex(4)}.part")).open("xb") as written:
            scratch = made
            yield written
            written.flush()
            os.fsync(written.fileno())
        scratch.replace(output)
    except OSError as error:
        raise DataDirectoryError(f"{output} cannot be written: {error.strerror or error}.\nName another file, or free space.") from error
    finally:
        if scratch:
            scratch.unlink(missing_ok=True)


def is_of_archive(path: Path, data_dir: Path) -> bool:
    """Whether a file is the database, the sites' facts or a WARC file of an archive."""
    place, folder = path.resolve(), data_dir.resolve()
    return place in (folder / DATABASE, folder / SITES_FILE) or place.is_relative_to(folder / "captures")


def _clear_up(output: Path) -> None:
    """What a process that was killed has left of the same file, where nobody has written to it for a day."""
    for left in output.parent.glob(f".{escape(output.name)}.*.part"):
        if left.stat().st_mtime < time.time() - LEFT_SECONDS:
            left.unlink()
