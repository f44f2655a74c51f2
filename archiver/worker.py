"""A reading process from inside: one kept page in, its article out, in bounded memory.

The reader (trafilatura, word lists) is imported where it is used: the process that hands out pages does without it, and the fork
server imports it before it forks (see ready.py), so that the workers share it and start at once.
"""

from __future__ import annotations

import multiprocessing
import resource
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

from archiver import settings
from archiver.captures import Captures
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
