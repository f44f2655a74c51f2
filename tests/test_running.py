"""What `archiver crawl`, `run` and their like end with, and what they say where the reading beside them has failed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from archiver import adding, backfill, crawling, display, importing, settings
from archiver.display import SiteTally
from archiver.errors import ArchiveDamaged, ArchiverError, NothingToDo, worst
from archiver.importing import Report
from archiver.reader import reading_failure
from archiver.running import exit_code
from archiver.store import open_archive

Typed = Callable[..., Result]
WELL, STOPPED = SiteTally(), SiteTally(fatal="The disk is full", fatal_code=1)
WRONG_FACTS, DAMAGED = SiteTally(fatal="A pattern is slow", fatal_code=2), SiteTally(fatal="The archive is damaged", fatal_code=5)
FAILED = SiteTally()
FAILED.count("timeout", "https://gazette.example/story", "")


@pytest.mark.parametrize(
    ("tallies", "code"),
    [
        ([WELL], 0),
        ([WELL, FAILED], 3),
        ([WELL, STOPPED], 3),
        ([STOPPED], 1),
        ([STOPPED, STOPPED], 1),
        ([WRONG_FACTS], 2),
        ([WELL, WRONG_FACTS], 3),
        ([WELL, DAMAGED], 5),
    ],
)
def test_a_crawl_that_a_fault_has_ended_for_some_site_ends_with_3_and_for_all_with_the_faults_own_code(tallies: list[SiteTally], code: int):
    assert exit_code(tallies, display.failures) == code


def test_the_worst_of_several_exit_codes_is_told():
    assert [worst(), worst(0, 0), worst(3, 0), worst(3, 1), worst(1, 5), worst(2, 3), worst(0, -9)] == [0, 0, 3, 1, 5, 2, 1]


@pytest.mark.parametrize(
    ("ended", "told", "code"),
    [
        (5, "The reading process failed; its reason stands above.", 5),
        (1, "The reading process failed; its reason stands above.", 1),
        (-9, "The reading process was ended (SIGKILL).", 1),
    ],
)
@pytest.mark.parametrize("words", ["crawl gazette", "-q run", "backfill gazette --from 2026-03", "add https://courier.example.net/"])
def test_a_command_whose_reading_process_fails_says_so_and_ends_with_its_code(
    words: str, ended: int, told: str, code: int, tmp_path: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
):
    data = tmp_path / "data"
    open_archive(data).close()
    (data / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example.org/"\n')
    offer = {"hints": None, "wordpress_hints": None, "links": [("", "feed", 9, "")], "sitemap": [], "wordpress": [], "crawl_delay": None}
    monkeypatch.setattr(adding, "probe", lambda *_: offer)
    monkeypatch.setattr(adding, "_print_findings", lambda *_: None)
    for room in (crawling, backfill, adding):
        monkeypatch.setattr(room, "crawl", lambda *_: reading_failure(ended))
    done = typed(*words.split())
    assert f"{told} What was kept is kept and waits: archiver ingest" in done.stderr
    assert done.exit_code == code


def test_an_import_ends_with_what_its_reading_process_ended_with():
    taken, nothing = Report(), Report()
    taken.counts["imported"] = 1
    assert importing.exit_code(taken, {"new": 1}, None, one_page=False) == 0
    assert importing.exit_code(taken, {"reader_failed": 1}, None, one_page=False) == 3
    assert importing.exit_code(taken, {"no_body": 1}, None, one_page=True) == 3
    assert importing.exit_code(taken, {}, ArchiveDamaged(""), one_page=False) == 5
    assert importing.exit_code(taken, {"reader_failed": 1}, ArchiverError(""), one_page=False) == 1
    with pytest.raises(NothingToDo):
        importing.exit_code(nothing, {}, None, one_page=False)


def test_a_run_that_the_clock_starts_tells_once_a_day_what_keeps_it_from_its_work(
    tmp_path: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch
):
    facts, told = tmp_path / "data" / "sites.toml", tmp_path / "told"
    facts.parent.mkdir()
    facts.write_text('[gazette]\nurl = "https://gazette.example/"\nevry = "1h"\n')
    first = typed("-q", "run")
    assert first.exit_code == 2 and "line 1, site [gazette]: unknown fact 'evry'" in first.stderr
    again = typed("-q", "run")
    assert (again.exit_code, again.stderr) == (2, "")
    assert "unknown fact" in typed("run").stderr  # whoever runs it by hand is told
    a_day_ago = time.time() - settings.DAY_S - 1
    os.utime(facts.with_name("run.failed"), (a_day_ago, a_day_ago))
    monkeypatch.setattr(settings, "TELL", f"tee {told}")
    next_day = typed("-q", "run")
    assert (next_day.exit_code, next_day.stderr) == (2, "") and "unknown fact" in told.read_text()
    facts.write_text('[gazette]\nurl = "https://gazette.example/"\nevery = "1 moon"\n')
    assert typed("-q", "run").exit_code == 2 and "1 moon" in told.read_text()  # another failure


def test_a_run_that_does_its_work_forgets_what_kept_the_one_before(tmp_path: Path, typed: Typed):
    data = tmp_path / "data"
    data.mkdir()
    (data / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example/"\npaused = true\n')
    (data / "run.failed").write_text("The disk is full")
    assert typed("-q", "run").exit_code == 0 and not (data / "run.failed").exists()
