"""Several at once on one archive: two crawls, an import, a re-reading, five readers. Nobody fails or is lost, and readers do not wait."""

from __future__ import annotations

import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.captures import Captures
from archiver.checking import check
from archiver.records import Capture
from archiver.store import open_reader
from tests.conftest import PARAGRAPHS, Cli, NewsServer

pytestmark = pytest.mark.long

READERS = 5
WAIT_S = 0.1  # what a reader may wait at the 95th percentile


def publish(server: NewsServer, stories: int, word: str) -> None:
    paths = [f"/2026/03/02/story-number-{number}-of-the-{word}/" for number in range(stories)]
    for number, path in enumerate(paths):
        server.story(path, f"The {word} story {number}", *(f"{text} Told of the {word} in report {number}." for text in PARAGRAPHS))
    server.front(*paths)


def keep(server: NewsServer, folder: Path) -> None:
    """The server's stories as somebody else archived them: WARC files."""
    captures = Captures(folder)
    for path, answer in server.answers.items():
        headers = tuple(answer.headers.items())
        if path.startswith("/2026/"):
            captures.add(Capture(server.address + path.lstrip("/"), datetime(2026, 3, 3, tzinfo=UTC), 200, headers, answer.body, "third"))
    captures.close()


@dataclass
class Readers:
    """Ask what a person at a screen asks, again and again, each with a connection of its own."""

    data: Path
    waits: list[float] = field(default_factory=list)
    wrong: list[Exception] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def reading(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.read) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        yield
        self.ended.set()
        for thread in threads:
            thread.join()

    def read(self) -> None:
        seen = 0
        while not self.ended.wait(0.01):
            try:
                begun = time.monotonic()
                with open_reader(self.data) as archive:
                    archive.search("bridge", sort="newest")
                    stories = archive.stats()["stories"]
                self.waits.append(time.monotonic() - begun)
                assert stories >= seen, "a story that was there is gone"
                seen = stories
            except (sqlite3.Error, AssertionError) as error:
                self.wrong.append(error)
                return


@pytest.fixture
def together(servers: Callable[[], NewsServer], tmp_path: Path) -> Callable[[int], Readers]:
    def play(stories: int) -> Readers:
        """Four writers at once on an archive that holds a site already; what the readers met."""
        cli = Cli(tmp_path)
        for name in ("first", "second"):
            server = servers()
            publish(server, stories, name)
            cli.site(name, server.address)
        third = servers()
        publish(third, stories, "third")
        cli.site("third", third.address)
        keep(third, tmp_path / "given")
        assert cli("crawl", "first", "--limit", str(stories // 2)).returncode == 0
        readers = Readers(cli.data)
        with readers.reading():
            commands = (("crawl", "first"), ("crawl", "second"), ("import", str(tmp_path / "given")), ("ingest", "--again", "--force"))
            processes = [cli.start(*words) for words in commands]
            codes = [process.wait(300) for process in processes]
        assert codes == [0, 0, 0, 0]
        assert readers.wrong == []
        assert cli.rows("select count(*), count(distinct url) from articles") == [(3 * stories, 3 * stories)]
        assert cli.rows("select count(*) from captures where outcome = 'kept'") == [(0,)]
        assert cli.rows("select count(*) from articles where revision_count > 1") == [(0,)]
        assert [str(fault) for fault in check(cli.data, deep=True)] == []
        return readers

    return play


def test_two_crawls_an_import_a_rereading_and_five_readers_do_not_disturb_one_another(together: Callable[[int], Readers]) -> None:
    assert len(together(6).waits) > READERS


@pytest.mark.nightly
def test_a_reader_waits_no_longer_than_a_blink_while_four_write(together: Callable[[int], Readers]) -> None:
    waits = together(150).waits
    assert len(waits) > 100
    assert statistics.quantiles(waits, n=20)[-1] < WAIT_S
