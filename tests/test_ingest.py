"""Kept pages are read many at a time; what is wrong with one page is told of that page, and costs no other."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from lxml import etree
from pebble import ProcessPool

from archiver import extract, ingest, reading, settings, worker
from archiver.importing import Wanted, bring_in
from archiver.ingest import Event, ingest_all
from archiver.records import Article, Capture, Site
from tests.foreign_archives import raw_record, story
from tests.pages import story as article

KNOWN = {"gazette": Site("gazette", "https://gazette.example/")}
STORIES = 40  # several bundles for one worker


def keep(folder: Path) -> None:
    records = []
    for number in range(STORIES):
        text = f"A ferry sank at the pier on Monday, and nobody was on board of number {number}. " * 5
        url = f"https://gazette.example/2019/05/04/ferry-{number:02}-sank-at-the-pier"
        records.append(raw_record(url, "2019-05-04T10:00:00Z", story(f"Ferry {number} sank", text)))
    (folder / "in.warc").write_bytes(b"".join(records))
    bring_in(folder, [folder / "in.warc"], Wanted(), KNOWN)


def read(folder: Path, monkeypatch: pytest.MonkeyPatch, **traps: object) -> dict[str, Event]:
    """What becomes of each story, by its number, where the reader does with some pages what `traps` says."""
    read_article = extract.read_article

    def trapped(capture: Capture, site: Site | None) -> Article:
        article = read_article(capture, site)
        for number, trap in traps.items():
            if f"ferry-{number[1:]}" in article.url:
                trap()  # type: ignore[operator]
        return article

    def pool(data_dir: Path, workers: int) -> ProcessPool:
        """Forked from this process, so that the trap is set there, too; and so that its memory is not what a worker may have."""
        fork = multiprocessing.get_context("fork")
        return ProcessPool(max_workers=workers, context=fork, initializer=worker.prepare, initargs=(str(data_dir / "captures"),))

    monkeypatch.setattr(worker, "limit_memory", lambda: None)
    monkeypatch.setattr(extract, "read_article", trapped)
    monkeypatch.setattr(ingest, "reading_pool", pool)
    events: list[Event] = []
    ingest_all(folder, KNOWN, on_event=events.append, workers=1)
    assert len(events) == STORIES
    return {event.url.split("ferry-")[1][:2]: event for event in events}


def others(events: dict[str, Event], *but: str) -> set[str]:
    return {event.outcome for number, event in events.items() if number not in but}


def hang() -> None:
    while True:
        time.sleep(0.01)


def test_a_page_that_hangs_is_named_and_every_other_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    keep(tmp_path)
    article("Whatever a reader loads at its first page is there before the process is forked.")
    monkeypatch.setattr(settings, "READ_TIMEOUT_S", 2)
    events = read(tmp_path, monkeypatch, n03=hang)
    assert (events["03"].outcome, others(events, "03")) == ("reader_timeout", {"new"})
    assert "2 s" in (events["03"].reason or "")


def test_a_page_that_ends_its_process_is_named_and_every_other_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    keep(tmp_path)
    events = read(tmp_path, monkeypatch, n03=lambda: os._exit(7), n20=lambda: os.kill(os.getpid(), 9))
    assert {number for number, event in events.items() if event.outcome == "reader_crashed"} == {"03", "20"}
    assert others(events, "03", "20") == {"new"}


def test_a_page_in_which_the_reader_raises_is_named_with_the_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def divide() -> float:
        return 1 / 0

    def eat() -> Sequence[int]:
        raise MemoryError

    keep(tmp_path)
    events = read(tmp_path, monkeypatch, n03=divide, n04=eat)
    assert (events["03"].outcome, events["03"].reason) == ("reader_failed", "ZeroDivisionError: division by zero")
    assert (events["04"].outcome, others(events, "03", "04")) == ("reader_crashed", {"new"})


class TwoParts(Exception):
    """As many libraries have them: made of two things, which pickle cannot know of."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(f"{what} in line {line}")


def test_an_exception_that_no_other_process_can_take_is_named_and_costs_no_other_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fail() -> None:
        raise TwoParts("odd", 7)

    keep(tmp_path)
    events = read(tmp_path, monkeypatch, n03=fail, n04=lambda: etree.fromstring("<a>"), n39=fail)
    assert {events[number].reason for number in ("03", "39")} == {"TwoParts: odd in line 7"}
    assert (events["04"].reason or "").startswith("XMLSyntaxError: Premature end")
    assert (events["03"].outcome, others(events, "03", "04", "39")) == ("reader_failed", {"new"})


def test_a_page_of_a_list_that_ends_its_process_is_named_as_such_and_a_file_that_is_none_as_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "fork_server", lambda *_: multiprocessing.get_context("fork"))
    monkeypatch.setattr(reading, "limit_memory", lambda: None)
    monkeypatch.setattr(reading, "read_article", lambda *_: os._exit(7))
    (tmp_path / "page.html").write_text("<h1>Ferry</h1>")
    (tmp_path / "pages.tsv").write_text("1\tpage.html\thttps://gazette.example/ferry\n2\tnone.html\thttps://gazette.example/none\n")
    assert reading.read_batch(tmp_path / "pages.tsv", tmp_path / "out.jsonl", 1, None, quiet=True) == 2
    told = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["outcome"] for line in told] == ["reader_crashed", "file_unreadable"]
