"""A reading process from inside: one kept page in, its article out, in bounded memory.

The reader (trafilatura, word lists) is imported where it is used: the process that hands out pages does without it, and the fork
server imports it before it forks (see ready.py), so that the workers share it and start at once.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

from pebble import ProcessExpired

from archiver import settings
from archiver.captures import Captures, TooLarge, Truncated
from archiver.errors import ArchiveDamaged
from archiver.records import Article, Capture, Site

_captures: Captures  # one a process, see prepare


def fork_server(*modules: str) -> ForkServerContext:
    """For a process pool: each worker is forked from a process that has imported `modules` and is ready to read."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*modules, "archiver.ready"])
    return context


def prepare(folder: str) -> None:
    """The worker reads captures kept in `folder`."""
    global _captures
    _captures = Captures(Path(folder))
    limit_memory()


def limit_memory() -> None:
    """A page that wants more memory than this gets a MemoryError, not the machine's."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    resource.setrlimit(resource.RLIMIT_AS, (settings.READ_MEMORY_BYTES, settings.READ_MEMORY_BYTES))


class ReaderFault(Exception):
    """Something in the reader raised what nobody expected: its name and its words."""


@contextmanager
def faults_in_words() -> Iterator[None]:
    """Raises what every process can take. A library's exception may be one that cannot be rebuilt where it arrives, and the pool of
    processes ends with that.
    """
    try:
        yield
    except (ArchiveDamaged, TooLarge, Truncated, OSError, MemoryError):
        raise
    except Exception as error:
        raise ReaderFault(_in_words(error)) from None


def why_unread(error: Exception) -> tuple[str, str]:
    """Outcome and reason of a page whose reading ended with an error."""
    match error:
        case TimeoutError():
            return "reader_timeout", f"reading took longer than {settings.READ_TIMEOUT_S} s"
        case ProcessExpired() | MemoryError():
            return "reader_crashed", f"the reading process ended: {error}"
        case TooLarge():
            return "too_large", str(error)
        case Truncated():
            return "truncated", str(error)
        case ArchiveDamaged():
            return "capture_damaged", str(error)
        case ReaderFault():
            return "reader_failed", str(error)
        case _:
            return "reader_failed", _in_words(error)


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


Place = tuple[str, int, int]  # file, offset and length of a kept page


@dataclass(frozen=True, slots=True)
class KeptStory:
    """What to read: a story's pages, in their order, and what is known of them beside their bytes."""

    places: Sequence[Place]
    site_name: str
    run_id: int | None
    site: Site | None


def read_kept(story: KeptStory) -> Article:
    """The article on one kept page, or on the several pages of one story."""
    from archiver.extract import join_pages, read_article

    with faults_in_words():
        captures: Iterator[Capture] = (_captures.read(*place) for place in story.places)
        first, *others = [read_article(replace(capture, site=story.site_name, run_id=story.run_id), story.site) for capture in captures]
        return join_pages(first, others)


def read_several(stories: Sequence[KeptStory]) -> list[Article | Exception]:
    """Each one's article, or what was raised. One that hangs ends this process after its own time: the others are to be read again."""
    read: list[Article | Exception] = []
    for story in stories:
        signal.setitimer(signal.ITIMER_REAL, settings.READ_TIMEOUT_S * len(story.places))  # SIGALRM ends it in the midst of C code, too
        try:
            read.append(read_kept(story))
        except Exception as error:
            read.append(error)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return read


def extractor() -> str:
    """The version of the reader."""
    from archiver.extract import EXTRACTOR

    return EXTRACTOR
