"""Killed anywhere, or let down by the disk anywhere, and run again: the archive is as if nothing had happened."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archiver.store import index
from tests.conftest import PARAGRAPHS, Cli, NewsServer
from tests.crash.harness import DEADLY, FAILING, Nursery, Scenario, contents, copied, difference, disturbed, library, run, undisturbed

pytestmark = pytest.mark.long

PATHS = tuple(f"/2026/03/02/story-number-{number}-about-the-weir/" for number in range(1, 9))
FACTS = "delay_s = 0.01"
# As an earlier reader might have read: another headline, half of the text.
EARLIER = """delay_s = 0.01
selectors = [{ field = "headline", selector = ".label" }, { field = "drop", selector = ".second-half" }]"""
CHAINS = 12  # a night: this many, of each scenario, with FAULTS ends in the middle each
FAULTS = 3
SEED = os.environ.get("CRASH_SEED") or date.today().isoformat()
SCENARIOS = ["crawl", "crawl again", "ingest", "ingest --again", "import", "takedown", "check --repair"]
needs_compiler = pytest.mark.skipif(library() is None, reason="needs Linux and a C compiler (cc)")


def publish(server: NewsServer, path: str, number: int, word: str, note: str = "") -> None:
    first, second = ("".join(f"<p>{text} {word} {number}.</p>" for text in part) for part in (PARAGRAPHS[:2], PARAGRAPHS[2:]))
    server.page(
        path,
        f"<!DOCTYPE html><html lang=en><head><title>Weir {number}</title><meta property='og:type' content='article'>"
        f"<meta property='article:published_time' content='2026-03-02T10:{number:02}:00-08:00'></head><body><article>"
        f"<p class='label'>News of the valley</p><h1>Weir story {number} of the valley</h1>{first}<div class='second-half'>{second}"
        f"<figure><img src='/weir.jpg' alt=''><figcaption>The weir on Monday. Photo: Ana Lind</figcaption></figure>{note}</div>"
        "</article><footer>Imprint</footer></body></html>",
    )


def first_day(server: NewsServer) -> None:
    server.answers = {"/robots.txt": server.answers["/robots.txt"]}
    for number, path in enumerate(PATHS[:6]):
        publish(server, path, number, "This is report")
    server.page("/2026/03/02/an-empty-page-of-the-gazette/", "<html><body><h1>Gazette</h1></body></html>")
    server.front(*PATHS[:6], "/2026/03/02/an-empty-page-of-the-gazette/")


def second_day(server: NewsServer) -> None:
    """Two stories changed, one is gone, two are new."""
    first_day(server)
    note = "<p><em>Correction: An earlier version of this story gave a wrong number of weirs. There are two.</em></p>"
    publish(server, PATHS[0], 0, "The weir broke, says report", note)
    publish(server, PATHS[1], 1, "All is well, says report")
    server.page(PATHS[2], "gone", status=410)
    for number, path in enumerate(PATHS[6:], 6):
        publish(server, path, number, "This is report")
    server.front(*PATHS)


class Prepared:
    """Scenarios by name, and what comes of them undisturbed; each is made once."""

    def __init__(self, server: NewsServer, folders: pytest.TempPathFactory) -> None:
        self.server, self.folders = server, folders

    @cache  # noqa: B019 (one object a file of tests)
    def __call__(self, name: str, days: int = 2, nursery: Nursery | None = None) -> tuple[Scenario, dict[str, Any], list[int]]:
        scenario = self.make(name, days)
        return scenario, *undisturbed(scenario, nursery)

    def make(self, name: str, days: int) -> Scenario:
        if name == "crawl":
            return Scenario(name, self.data(), (("crawl",),), before=lambda: first_day(self.server))
        if name == "crawl again":
            return Scenario(name, self.copy(1), (("crawl", "--recheck"),), before=lambda: second_day(self.server))
        if name == "ingest":
            return Scenario(name, unread(self.copy(days)), (("ingest", "--workers", "1"),))
        if name == "import":
            given = self.folders.mktemp("given") / "captures"
            shutil.copytree(self.crawled(2) / "captures", given)
            return Scenario(name, self.copy(1), (("import", str(given), "--workers", "1"),))
        if name == "takedown":
            url = self.server.address + PATHS[0].lstrip("/")
            words = ("takedown", url, "--reason", "a test", "--by", "a test", "--yes")
            return Scenario(name, self.copy(2), (words,), exit_codes=(0, 4))
        if name == "check --repair":
            commands = (("check", "--repair"), ("ingest", "--workers", "1"))
            return Scenario(name, damaged(self.copy(2)), commands)
        return Scenario(name, self.read_earlier(self.copy(days)), (("ingest", "--again", "--workers", "1"),))

    def data(self) -> Path:
        cli = Cli(self.folders.mktemp("prepared"))
        cli.site("gazette", self.server.address, FACTS)
        return cli.data

    @cache  # noqa: B019
    def crawled(self, days: int) -> Path:
        data = self.data() if days == 1 else self.copy(days - 1)
        (first_day, second_day)[days - 1](self.server)
        assert run(data, ("crawl", "--recheck")).code in (0, 3)
        return data

    def copy(self, days: int) -> Path:
        return Path(shutil.copytree(self.crawled(days), self.folders.mktemp("prepared") / "data"))

    def read_earlier(self, data: Path) -> Path:
        """The same archive, as an earlier version of the reader left it."""
        cli = Cli(data.parent)
        for facts in (EARLIER, FACTS):
            (data / "sites.toml").unlink()
            cli.site("gazette", self.server.address, facts)
            if facts is EARLIER:
                assert run(data, ("ingest", "--again", "--force")).code == 0
        with cli.archive() as archive, archive.writing():
            archive.db.execute("delete from rereadings")
            for table in ("captures", "articles", "revisions", "field_evidence"):
                archive.db.execute(f"update {table} set read_with = '0' where read_with is not null")
        return data


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, module_server: NewsServer) -> Prepared:
    return Prepared(module_server, tmp_path_factory)


def unread(data: Path) -> Path:
    """The same pages, as if none had been read."""
    with Cli(data.parent).archive() as archive:
        db = archive.db
        db.execute("pragma foreign_keys = off")
        with archive.writing():
            for index in ("articles_fts", "images_fts"):
                db.execute(f"insert into {index} ({index}) values ('delete-all')")
            for table in db.table_names():
                if table != "links" and "_fts" not in table and "article_id" in db.table(table).columns_dict:
                    db.execute(f"delete from {table}")
            db.execute("delete from articles")
            db.execute("update links set article_id = null")
            db.execute("update captures set outcome = 'kept', reason = null, read_with = null where read_with is not null")
    return data


def damaged(data: Path) -> Path:
    """The same archive without a text, without the revisions of one story and the first of another, with an index that lies."""
    with Cli(data.parent).archive() as archive:
        db = archive.db
        db.execute("pragma foreign_keys = off")
        with archive.writing():
            db.execute("delete from article_texts where article_id = 5")
            db.execute("delete from revisions where article_id = 4")
            changed = "(select article_id from revisions where number = 2 order by article_id limit 1)"
            db.execute(f"delete from revisions where article_id = {changed} and number = 1")
            index.drop_stories(db, [6])
            db.execute("insert into images_fts (rowid, caption) values (777, 'nothing')")
    return data


def disturb(
    prepared: tuple[Scenario, dict[str, Any], list[int]],
    folder: Path,
    seed: str,
    faults: int,
    kinds: tuple[str, ...],
    nursery: Nursery | None = None,
) -> None:
    scenario, undamaged, steps = prepared
    held, told = disturbed(scenario, folder, random.Random(seed), faults, steps, kinds, nursery)
    assert held == undamaged, "\n".join([f"seed {seed}", *told, difference(undamaged, held)])


@needs_compiler
def test_a_crawl_that_is_cut_off_at_any_step_and_run_again_loses_and_doubles_nothing(prepared: Prepared, tmp_path: Path) -> None:
    disturb(prepared("crawl again"), tmp_path, "quick crawl", 2, DEADLY + FAILING)


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


@needs_compiler
@pytest.mark.parametrize(("name", "faults"), [("ingest", 4), ("ingest --again", 5), ("import", 5), ("takedown", 4), ("check --repair", 3)])
def test_what_is_cut_off_at_any_step_and_run_again_loses_and_doubles_nothing(
    name: str, faults: int, prepared: Prepared, nursery: Nursery, tmp_path: Path
) -> None:
    disturb(prepared(name, 1, nursery), tmp_path, f"quick {name}", faults, DEADLY + FAILING, nursery)


@needs_compiler
@pytest.mark.nightly
@pytest.mark.parametrize("chain", range(CHAINS))
@pytest.mark.parametrize("name", SCENARIOS)
def test_hundreds_of_ends_in_the_middle_leave_no_trace(name: str, chain: int, prepared: Prepared, tmp_path: Path) -> None:
    disturb(prepared(name), tmp_path, f"{SEED} {name} {chain}", FAULTS, DEADLY)


@needs_compiler
@pytest.mark.nightly
@pytest.mark.parametrize("chain", range(4))
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_disk_that_fails_loses_nothing_that_was_stored(name: str, chain: int, prepared: Prepared, tmp_path: Path) -> None:
    disturb(prepared(name), tmp_path, f"{SEED} disk {name} {chain}", FAULTS, FAILING)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A file system of its own, in memory."""
    mounted = Disk(tmp_path / "disk")
    if not mounted.mount("tmpfs", "size=64m"):
        pytest.skip("a file system cannot be mounted here (needs root)")
    yield mounted
    mounted.unmount()


@dataclass
class Disk:
    path: Path

    def mount(self, kind: str, options: str) -> bool:
        self.path.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", kind, "-o", options, kind, self.path], capture_output=True)
        return done.returncode == 0

    def remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", self.path], check=True, capture_output=True)

    def unmount(self) -> None:
        subprocess.run(["umount", "-l", self.path], check=True, capture_output=True)

    def used_kib(self) -> int:
        return shutil.disk_usage(self.path).used // 1024


@pytest.mark.nightly
@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("free_kib", [8, 64, 300])
def test_a_full_disk_is_told_and_when_there_is_room_again_the_work_goes_on(
    name: str, free_kib: int, prepared: Prepared, disk: Disk
) -> None:
    scenario, undamaged, _ = prepared(name)
    data = copied(scenario, disk.path / "data")
    disk.remount(f"size={disk.used_kib() + free_kib}k")
    for words in scenario.commands:
        end = run(data, words)
        assert end.code in (0, 1, 3), end.said
        assert "has a fault" not in end.said
        if end.code == 1:
            assert "space" in end.said
        disk.remount("size=64m")
        assert run(data, words).code in scenario.exit_codes
    assert contents(data) == undamaged, difference(undamaged, contents(data))


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["crawl again", "ingest", "ingest --again"])
def test_a_disk_that_may_only_be_read_is_told_and_nothing_is_changed(name: str, prepared: Prepared, disk: Disk) -> None:
    scenario, undamaged, _ = prepared(name)
    data = copied(scenario, disk.path / "data")
    disk.remount("ro")
    for words in scenario.commands:
        end = run(data, words)
        assert end.code == 1, end.said
        assert "ermission" in end.said or "cannot be" in end.said
        assert "has a fault" not in end.said
    disk.remount("rw")
    for words in scenario.commands:
        assert run(data, words).code in scenario.exit_codes
    assert contents(data) == undamaged, difference(undamaged, contents(data))
