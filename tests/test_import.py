"""What others archived comes in with its dates, once, whatever the file is like and whenever we die; what lies is named."""

from __future__ import annotations

import copy
import gzip
import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from click.testing import Result
from fastwarc.warc import ArchiveIterator, WarcRecordType
from pebble import ProcessFuture, ProcessPool
from warcio.warcwriter import WARCWriter

from archiver import foreign
from archiver.captures import Captures
from archiver.foreign import Message
from archiver.importing import FAULTS, QUIET, PageFile, Report, Wanted, bring_in, in_words, language_of, own_address
from archiver.ingest import Line, ingest_all
from archiver.records import Site
from archiver.rereading import Wanted as Reread
from archiver.rereading import read_again
from archiver.store import open_archive
from archiver.store.migrations import migrations
from archiver.worker import KeptStory, read_kept
from tests.conftest import Cli
from tests.foreign_archives import DAY, FLOOD, raw_record, story, write_page, write_wacz, write_warc, write_zst
from tests.patience import comes_to_an_end
from tests.test_crawl import wait_until

GAZETTE = Site("gazette", "https://gazette.example/")
STORY = "https://gazette.example/2019/05/04/the-river-rose-in-the-night"
LATER = "2019-05-06T10:00:00Z"


def take(data: Path, *files: Path | PageFile, known: tuple[Site, ...] = (GAZETTE,), **wanted: object) -> Report:
    return bring_in(data, files, Wanted(**wanted), {site.name: site for site in known})  # type: ignore[arg-type]


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with open_archive(data) as archive:
        return archive.db.execute(query).fetchall()


def kept(data: Path) -> list[tuple[object, ...]]:
    return rows(data, "select target_uri, warc_date, http_status, site, outcome from captures order by warc_date, target_uri")


def records_on_disk(data: Path, kinds: WarcRecordType = WarcRecordType.response | WarcRecordType.revisit) -> list[tuple[str, str]]:
    """Address and date of every answer in our own WARC files."""
    found = []
    for path in sorted((data / "captures").glob("*.warc.gz")):
        with path.open("rb") as file:
            found += [
                (one.headers["WARC-Target-URI"], one.headers["WARC-Date"])
                for one in ArchiveIterator(file, record_types=kinds)
                if "WARC-Target-URI" in one.headers
            ]
    return sorted(found)


def pages(count: int, host: str = "gazette.example") -> list[tuple[str, str, bytes]]:
    return [
        (f"https://{host}/2019/05/04/the-river-rose-for-the-{n}th-time", f"2019-05-04T10:{n // 60:02}:{n % 60:02}Z", story(f"River {n}"))
        for n in range(count)
    ]


# --- every form


@pytest.mark.parametrize("form", ["warc", "warc.gz", "warc.gz in one member", "warc.zst", "wacz", "deflated wacz", "folder"])
def test_a_page_keeps_its_date_and_bytes_from_every_form_of_archive(tmp_path: Path, form: str):
    plain = write_warc(tmp_path / "a.warc", pages(3), gzip=False)
    file = tmp_path / "in" / f"b.{form.replace(' ', '.')}"
    file.parent.mkdir()
    if form == "warc":
        plain.rename(file)
    elif form == "warc.gz":
        write_warc(file, pages(3))
    elif form == "warc.gz in one member":
        file.write_bytes(gzip.compress(plain.read_bytes()))
    elif form == "warc.zst":
        write_zst(file, [raw_record(*page) for page in pages(3)])
    elif form == "folder":
        write_warc(file.parent / "c.warc.gz", pages(3))
        file = file.parent
    else:
        inner = write_warc(tmp_path / "inner.warc.gz", pages(3))
        write_wacz(file, inner, compression=zipfile.ZIP_DEFLATED if "deflated" in form else zipfile.ZIP_STORED)
    report = take(tmp_path / "data", file)
    assert not report.faults
    assert kept(tmp_path / "data") == [(url, day, 200, "gazette", "kept") for url, day, _ in pages(3)]
    with open_archive(tmp_path / "data") as archive:
        for row, (_, _, body) in zip(archive.unread_captures(9), pages(3), strict=True):
            capture = Captures(tmp_path / "data" / "captures").read(row.warc_filename, row.warc_offset, row.warc_length)
            assert (capture.body, capture.warc_date) == (body, row.warc_date)


def test_a_record_is_copied_byte_for_byte_where_it_can_be(tmp_path: Path):
    source = write_warc(tmp_path / "a.warc.gz", pages(2))
    take(tmp_path / "data", source)
    with open_archive(tmp_path / "data") as archive:
        for row in archive.unread_captures(9):
            data = (tmp_path / "data/captures" / row.warc_filename).read_bytes()[row.warc_offset :][: row.warc_length]
            assert data in source.read_bytes()


# --- once


def test_what_was_wrong_with_a_file_is_told_at_each_import_of_it(tmp_path: Path):
    whole = write_warc(tmp_path / "whole.warc.gz", pages(3)).read_bytes()
    torn = tmp_path / "torn.warc.gz"
    torn.write_bytes(whole[: len(whole) // 2])
    first, second = take(tmp_path / "data", torn), take(tmp_path / "data", torn)
    assert first.failed == second.failed == 1 and second.before == ["torn.warc.gz"]
    assert "whole copy" in second.faults[0][2]
    torn.write_bytes(whole)
    mended = take(tmp_path / "data", torn)
    assert mended.failed == 0 and mended.counts["imported"] and len(kept(tmp_path / "data")) == 3


def test_importing_twice_changes_nothing_nor_does_the_same_page_in_another_file(tmp_path: Path):
    first = write_warc(tmp_path / "a.warc.gz", pages(4))
    other = write_wacz(tmp_path / "b.wacz", write_warc(tmp_path / "c.warc", [*pages(5), *pages(5)], gzip=False))
    take(tmp_path / "data", first)
    before = kept(tmp_path / "data")
    again = take(tmp_path / "data", first)
    assert again.before == ["a.warc.gz"] and kept(tmp_path / "data") == before
    assert take(tmp_path / "data", first, again=True).counts["already_there"] == 4
    report = take(tmp_path / "data", other)
    assert (report.counts["imported"], report.counts["already_there"]) == (1, 9)
    assert kept(tmp_path / "data") == [*before, (pages(5)[4][0], pages(5)[4][1], 200, "gazette", "kept")]
    assert len(records_on_disk(tmp_path / "data")) == 5


KILLER = """
import os, signal, sys
from pathlib import Path
from archiver import importing
from archiver.records import Site
from archiver import foreign
from archiver.captures import Captures
from archiver.store import Archive
importing.BATCH = 4
where, turn = sys.argv[1], int(sys.argv[2])
owner = Captures if where.startswith(("add", "sync")) else Archive
act, seen = getattr(owner, where.split("-")[0]), []

def dies(*args, **named):
    seen.append(1)
    if len(seen) == turn and where.endswith("before"):
        os.kill(os.getpid(), signal.SIGKILL)
    answer = act(*args, **named)
    if len(seen) == turn:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer

setattr(owner, where.split("-")[0], dies)
importing.bring_in(Path("data"), [Path("in")], importing.Wanted(), {"gazette": Site("gazette", "https://gazette.example/")})
"""


@pytest.mark.parametrize(
    ("where", "turn"),
    [("save_imported-after", 2), ("add_record-after", 6), ("add_alone-before", 7), ("sync-after", 3), ("save_import-after", 2)],
)
def test_killed_anywhere_the_next_import_goes_on_and_nothing_is_lost_or_doubled(tmp_path: Path, where: str, turn: int):
    folder = tmp_path / "in"
    folder.mkdir()
    write_warc(folder / "a.warc.gz", [*pages(9), *pages(2)])
    (folder / "b.warc.gz").write_bytes(gzip.compress(b"".join(raw_record(*page) for page in pages(14))))
    write_wacz(folder / "c.wacz", write_warc(tmp_path / "d.warc", pages(18), gzip=False))
    take(tmp_path / "calm", folder)
    dead = subprocess.run([sys.executable, "-c", KILLER, where, str(turn)], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(Path.cwd())})
    assert dead.returncode == -9
    report = take(tmp_path / "data", folder)
    assert not report.faults
    assert kept(tmp_path / "data") == kept(tmp_path / "calm")
    for kinds in (WarcRecordType.response | WarcRecordType.revisit, WarcRecordType.request):
        assert records_on_disk(tmp_path / "data", kinds) == records_on_disk(tmp_path / "calm", kinds)
    links = "select url, site, source, state from links order by url"
    assert rows(tmp_path / "data", links) == rows(tmp_path / "calm", links)
    read = take(tmp_path / "data", folder)
    assert len(read.before) == 3


def test_an_import_goes_on_where_it_was_and_does_not_begin_anew(tmp_path: Path):
    source = write_warc(tmp_path / "in", pages(30))
    subprocess.run([sys.executable, "-c", KILLER, "save_import-after", "4"], cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(Path.cwd())})
    before = rows(tmp_path / "data", "select count(*) from captures")[0][0]
    report = take(tmp_path / "data", source)
    assert 0 < before < 30
    assert report.counts["imported"] + report.counts["already_there"] == 30 - before  # what the crash left in the WARC file is there
    assert report.counts["already_there"] <= 4
    assert rows(tmp_path / "data", "select finished_at is not null, json_extract(counts, '$.no_answer') from imports") == [(1, 1)]


def test_an_archive_from_before_imports_takes_one(tmp_path: Path):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m013_imports")
    db["sites"].insert({"name": "gazette", "url": GAZETTE.url, "added_at": DAY})
    db.close()
    assert take(tmp_path, write_warc(tmp_path / "a.warc.gz", pages(1)), known=()).new_sites == {}
    assert rows(tmp_path, "select file, member, position > 0, finished_at is not null from imports") == [("a.warc.gz", "", 1, 1)]
    assert kept(tmp_path)[0][3] == "gazette"


# --- whose, when, which


def test_pages_of_unknown_sites_get_a_site_of_their_host_that_no_crawl_will_visit(tmp_path: Path, typed: Callable[..., Result]):
    data = tmp_path / "data"
    data.mkdir()
    (data / "sites.toml").write_text('[gazette]\nurl = "https://www.gazette.example/"\n')
    source = write_warc(
        tmp_path / "a.warc.gz",
        [
            *pages(1),
            *pages(1, "m.gazette.example"),
            *pages(1, "courier.example"),
            *pages(1, "www.courier.co.uk"),
            *pages(1, "10.0.0.7:8080"),
        ],
    )
    done = typed("import", str(source), "--no-read")
    assert done.exit_code == 0 and "3 sites are new to the archive" in done.stdout, done.stderr
    assert rows(data, "select site, count(*) from captures group by 1 order by 1") == [
        ("courier", 1), ("courier_2", 1), ("gazette", 2), ("site_10_0_0_7", 1),
    ]  # fmt: skip
    assert ("courier_2", "https://www.courier.co.uk/") in rows(data, "select name, url from sites")
    assert rows(data, "select distinct source, state, due_at from links") == [("import", "done", None)]
    assert "courier" not in (data / "sites.toml").read_text()
    assert typed("import", str(source), "--no-read", "--site", "courier").exit_code == 2  # not a known site


def test_a_site_that_came_by_import_is_called_what_its_pages_call_it(tmp_path: Path, typed: Callable[..., Result]):
    text = "".join(f"<p>The miller of Vale told the council for the {number}th time that the weir leaks.</p>" for number in range(4))
    (tmp_path / "a.html").write_text(
        "<html lang=en><title>Weir leaks - page 2</title><meta property='og:type' content='article'><meta property='og:site_name'"
        f" content='The Vale Courier'><article><h1>Weir leaks</h1>{text}</article>"
    )
    assert typed("import", "a.html", "--url", "https://courier.example/2026/03/weir", "--date", "2026-03-05").exit_code == 0
    assert rows(tmp_path / "data", "select name, publisher from sites") == [("courier", "The Vale Courier")]
    assert "“Weir leaks.” The Vale Courier, " in typed("cite", "https://courier.example/2026/03/weir").output


def test_sites_that_came_by_import_are_listed_with_their_stories(tmp_path: Path, typed: Callable[..., Result]):
    source = write_warc(tmp_path / "a.warc.gz", [*pages(2), *pages(1, "courier.example")])
    assert typed("import", str(source)).exit_code == 0
    for command in ("sites", "status"):
        assert "Imported and not crawled: 3 stories (gazette 2, courier 1)" in typed(command).stdout
    assert typed("status").stdout.startswith("No site is crawled here. To add one: archiver add")


def test_a_folder_without_files_is_told_as_such(tmp_path: Path, typed: Callable[..., Result]):
    (tmp_path / "empty").mkdir()
    done = typed("import", "empty")
    assert (done.exit_code, "no file is there" in done.stderr) == (4, True), done.stderr


def test_filters_by_site_day_and_language_pass_the_others_over_by_name(tmp_path: Path):
    spanish = story(
        "El río", *["El río creció durante la noche y llegó a las puertas del mercado cuando la campana de la iglesia dio las seis."] * 3
    )
    source = write_warc(
        tmp_path / "a.warc.gz",
        [
            *pages(2),
            (STORY, LATER, story("Later")),
            (STORY + "-es", DAY, spanish),
            ("https://courier.example/2019/05/04/a-long-story-here", DAY, story("C")),
        ],
    )
    report = take(tmp_path / "a", source, sites=("gazette",), from_=date(2019, 5, 4), to=date(2019, 5, 5), language="en")
    assert dict(report.counts) == {"imported": 2, "other_dates": 1, "other_language": 1, "other_site": 1, "no_answer": 4, "requests": 2}
    report = take(tmp_path / "a", source, sites=("gazette",), language="es")  # other filters: another look at the same file
    assert dict(report.counts) == {"imported": 1, "other_language": 3, "other_site": 1, "no_answer": 5, "requests": 1}
    assert take(tmp_path / "b", source, known_only=True).counts["other_site"] == 1


@pytest.mark.parametrize("piece", ["<p>", "<p ", "<p>a<", "<link a=", "<html lang"])
def test_the_language_of_a_page_of_near_misses_is_told_at_once(piece: str):
    body = (piece * (1_000_000 // len(piece))).encode()
    assert language_of(Message("HTTP/1.1", 200, "OK", (("Content-Language", "es"),), body, False)) == "es"
    assert own_address(body) is None  # with a pattern that looks at each near miss from each of its places, this would take minutes


def test_what_is_no_page_is_passed_over_by_name_and_is_no_fault(tmp_path: Path):
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        write_page(writer, "https://gazette.example/logo.png", DAY, b"\x89PNG", kind="image/png")
        write_page(writer, "https://gazette.example/style", DAY, b"p {}", kind="text/css")
        write_page(writer, STORY + "-2", DAY, b"gone", status="404 Not Found")
        write_page(writer, STORY + "-4", DAY, b"broken", status="500 Internal Server Error")
        write_page(writer, "https://gazette.example/", DAY, story("Front page"))
        write_page(writer, "urn:pageinfo:1", DAY, story("No address"))
        write_page(writer, STORY + "-3", DAY, story("Cut"), warc={"WARC-Truncated": "length"})
        for kind in ("resource", "metadata", "conversion"):
            writer.write_record(writer.create_warc_record(STORY, kind, payload=io.BytesIO(b"x")))
        write_page(writer, STORY, DAY, story("The river"))
    report = take(tmp_path / "data", path)
    assert not report.failed
    assert dict(report.counts) == {
        "imported": 1, "no_answer": 9, "requests": 1, "not_html": 3, "not_200": 1, "gone_of_unknown": 1,
        "no_story_address": 1, "not_http": 1, "cut_short": 1,
    }  # fmt: skip


def test_a_file_whose_name_promises_an_archive_that_it_is_not_is_named(tmp_path: Path, typed: Callable[..., Result]):
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "cut.wacz").write_bytes(b"no zip file")
    (folder / "empty.warc.gz").touch()
    write_warc(folder / "good.warc.gz", pages(1))
    done = typed("import", str(folder), "--no-read")
    assert done.exit_code == 3 and "1 page imported" in done.stdout
    assert "no_archive cut.wacz" in done.stdout and "no_archive empty.warc.gz" in done.stdout and "not a byte" in done.stdout


# --- in time, and read


def test_an_import_reads_what_it_took_and_what_one_that_was_cut_off_left_unread(tmp_path: Path, typed: Callable[..., Result]):
    source = write_warc(tmp_path / "a.warc.gz", pages(2))
    done = typed("import", str(source), "--workers", "1")
    assert done.exit_code == 0 and "2 new" in done.stdout, done.stderr
    assert typed("import", str(write_warc(tmp_path / "b.warc.gz", pages(3))), "--no-read").exit_code == 0
    assert "1 new" in typed("import", str(source), "--workers", "1").stdout
    again = typed("import", str(source), "--again", "--no-read").stdout
    assert "2 were there already" in again and "requests, kept" not in again


def test_an_import_tells_what_became_of_its_pages_though_the_process_of_a_crawl_reads_them(tmp_path: Path, cli: Cli):
    write_warc(tmp_path / "old.warc.gz", pages(3))
    with subprocess.Popen(cli.command("ingest", "--follow"), cwd=cli.folder, env=cli.env, stdin=subprocess.PIPE) as other:
        wait_until(lambda: (cli.data / "ingest.lock").exists() and (cli.data / "ingest.lock").read_text())
        done = cli("import", "old.warc.gz", "--json")
        assert (done.returncode, json.loads(done.stdout)["read"], other.poll()) == (0, {"new": 3}, None)
        assert other.stdin is not None
        other.stdin.close()


def test_an_older_capture_becomes_an_earlier_revision_and_a_revisit_stretches_one(tmp_path: Path):
    def archived(name: str, *records: bytes) -> Path:
        (tmp_path / name).write_bytes(b"".join(gzip.compress(record) for record in records))
        return tmp_path / name

    data, sites = tmp_path / "data", {"gazette": GAZETTE}
    old, new = story("The river rose", *FLOOD[:2]), story("The river rose", *FLOOD)
    again = raw_record(STORY, "2019-05-09T10:00:00Z", b"", kind="revisit", WARC_Refers_To_Target_URI=STORY, WARC_Refers_To_Date=LATER,
                       WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")  # fmt: skip
    orphan = raw_record(STORY, "2019-05-10T10:00:00Z", b"", kind="revisit", WARC_Refers_To_Target_URI=STORY + "-9",
                        WARC_Refers_To_Date=LATER)  # fmt: skip
    report = take(data, archived("new.warc.gz", raw_record(STORY, LATER, new), again, orphan))
    assert dict(report.counts) == {"imported": 2, "revisit_of_unknown": 1}
    assert ingest_all(data, sites, workers=1) == {"new": 1, "unchanged": 1}
    take(data, archived("old.warc.gz", raw_record(STORY, DAY, old)))
    assert ingest_all(data, sites, workers=1) == {"changed": 1}
    assert rows(data, "select number, memento_datetime, last_seen_at, change from revisions order by 1") == [
        (1, DAY, DAY, "first"), (2, LATER, "2019-05-09T10:00:00Z", "substantive"),
    ]  # fmt: skip
    assert rows(data, "select headline, first_seen_at, word_count > 50 from articles") == [("The river rose", DAY, 1)]
    # An old story of a site that is crawled follows the recheck ladder, which ends after half a year.
    assert rows(data, "select source, state, due_at, article_id from links") == [("import", "done", None, 1)]
    # A capture from before a story vanished does not bring it back.
    with open_archive(data) as archive:
        archive.mark_status(1, "gone", datetime(2019, 6, 1, tzinfo=UTC), "HTTP 404")
    take(data, archived("between.warc.gz", raw_record(STORY, "2019-05-20T10:00:00Z", new)))
    assert ingest_all(data, sites, workers=1) == {"unchanged": 1}
    assert rows(data, "select pubstatus, last_seen_at from articles") == [("gone", "2019-05-20T10:00:00Z")]


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each capture that is read: do other writers wait for that?"""
    told: list[bool] = []

    def read(line: Line, story: KeptStory) -> ProcessFuture:
        told.append(line.archive.db.conn.in_transaction)
        return plainly(line, story)

    plainly = Line.read
    monkeypatch.setattr(Line, "read", read)
    return told


def take_flood(tmp_path: Path, moment: str, texts: Sequence[str]) -> None:
    source = tmp_path / f"{moment[:10]}.warc.gz"
    source.write_bytes(gzip.compress(raw_record(STORY, moment, story("The river rose", *texts))))
    take(tmp_path / "data", source)


def test_a_page_that_repeats_one_whose_file_is_written_anew_meanwhile_is_read_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As a takedown of another story in that file does."""
    data = tmp_path / "data"
    take_flood(tmp_path, DAY, FLOOD)
    again = raw_record(STORY, LATER, b"", kind="revisit", WARC_Refers_To_Target_URI=STORY, WARC_Refers_To_Date=DAY,
                       WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")  # fmt: skip
    (tmp_path / "again.warc").write_bytes(again)
    take(data, tmp_path / "again.warc")
    ingest_all(data, {"gazette": GAZETTE}, workers=1)
    with open_archive(data) as archive, archive.writing():
        archive.db.execute("update captures set read_with = null, outcome = 'kept' where refers_to is not null")
    schedule = ProcessPool.schedule

    def schedule_late(pool: ProcessPool, function: Callable[..., object], **how: Any) -> ProcessFuture:
        if function is read_kept:
            monkeypatch.setattr(ProcessPool, "schedule", schedule)
            with open_archive(data) as archive, archive.writing():
                ((name,),) = archive.db.execute("select warc_filename from captures where refers_to is null").fetchall()
                (data / "captures" / name).rename(data / "captures" / f"new-{name}")
                archive.db.execute("update captures set warc_filename = 'new-' || warc_filename where refers_to is null")
        return schedule(pool, function, **how)

    monkeypatch.setattr(ProcessPool, "schedule", schedule_late)
    assert ingest_all(data, {"gazette": GAZETTE}, workers=1) == {"unchanged": 1}


def test_no_writer_waits_while_an_earlier_capture_is_read_again(tmp_path: Path, held: list[bool]):
    data, sites = tmp_path / "data", {"gazette": GAZETTE}
    for moment, texts in ((DAY, FLOOD[:2]), (LATER, FLOOD)):
        take_flood(tmp_path, moment, texts)
        ingest_all(data, sites, workers=1)
    assert rows(data, "select change from revisions order by number") == [("first",), ("substantive",)]
    assert held == [False, False, False]  # each capture, and the first once more beside the second


def test_no_writer_waits_while_a_capture_that_was_refused_turns_out_to_be_a_revision(tmp_path: Path, held: list[bool]):
    data, sites = tmp_path / "data", {"gazette": GAZETTE}
    take_flood(tmp_path, DAY, FLOOD[:2])
    ingest_all(data, sites, workers=1)
    take_flood(tmp_path, LATER, FLOOD)
    assert ingest_all(data, {"gazette": replace(GAZETTE, drop_text=tuple(FLOOD))}, workers=1) == {"no_body": 1}
    report = read_again(data, sites, Reread(force=True), workers=1)
    assert report.named["revision"]["count"] == 1
    assert rows(data, "select change from revisions order by number") == [("first",), ("substantive",)]
    assert len(held) == 5
    assert not any(held)


def test_a_young_imported_story_is_looked_at_again_only_where_its_site_is_crawled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARCHIVER_NOW", "2019-05-04T12:00:00Z")
    take(tmp_path, write_warc(tmp_path / "a.warc.gz", [*pages(1), *pages(1, "courier.example")]))
    ingest_all(tmp_path, {"gazette": GAZETTE}, workers=1)
    assert rows(tmp_path, "select site, due_at is not null from links order by 1") == [("courier", 0), ("gazette", 1)]


CROWN = "https://courier.example/2019/05/04/the-crown-of-the-dam-is-mended"  # of a site that nobody crawls


@pytest.mark.parametrize(
    ("address", "answers", "status", "away"),
    [
        (CROWN, "6:404", "gone", [("not_found", "2019-05-06", 404)]),
        (CROWN, "6:404 4:200", "gone", [("not_found", "2019-05-06", 404)]),  # in whatever order they stand in the file
        (CROWN, "6:404 8:200", "live", []),  # it was there later
        (CROWN, "6:404 | 8:404 | 5:404", "gone", [("not_found", "2019-05-05", 404)]),  # | several imports
        (STORY, "6:404", "live", [("not_found", "2019-05-06", 404)]),  # a crawl looks again: one look is none
        (STORY, "6:404 7:404", "gone", [("not_found", "2019-05-06", 404)]),
        (STORY, "6:410", "gone", [("gone", "2019-05-06", 410)]),
        (STORY, "6:410 | 8:200", "live", [("gone", "2019-05-06", 410)]),  # over by then
        (STORY, "6:500", "live", []),
    ],
)
def test_an_imported_answer_that_a_story_is_gone_says_so_with_its_date(
    tmp_path: Path, address: str, answers: str, status: str, away: list[tuple[str, str, int]]
):
    for number, one in enumerate(["4:200", *answers.split(" | ")]):
        with (tmp_path / f"{number}.warc").open("wb") as file:
            for day, code in (answer.split(":") for answer in one.split()):
                body = story("The dam", *FLOOD) if code == "200" else b"<title>Not found</title>"
                file.write(raw_record(address, f"2019-05-0{day}T10:00:00Z", body, http=f"HTTP/1.1 {code} So"))
        take(tmp_path, tmp_path / f"{number}.warc")
        ingest_all(tmp_path, {"gazette": GAZETTE}, workers=1)
    assert rows(tmp_path, "select pubstatus from articles") == [(status,)]
    if address == CROWN and status == "gone":
        assert rows(tmp_path, "select substr(pubstatus_at, 1, 10) from articles") == [(away[0][1],)]
    assert rows(tmp_path, "select kind, substr(first_seen_at, 1, 10), http_status from absences") == away
    assert rows(tmp_path, "select count(*) from links where due_at is not null and site = 'courier'") == [(0,)]


def test_an_answer_404_of_no_known_story_is_told_and_comes_in_again_behind_its_story(tmp_path: Path):
    home = raw_record(GAZETTE.url, LATER, b"nothing here", http="HTTP/1.1 404 Not Found")
    (tmp_path / "gone.warc").write_bytes(home + raw_record(STORY, LATER, b"nothing here", http="HTTP/1.1 404 Not Found"))
    counts = take(tmp_path, tmp_path / "gone.warc").counts
    assert dict(counts) == {"gone_of_unknown": 1, "no_story_address": 1}
    assert in_words("gone_of_unknown", 1).endswith("(import its file, then this one with --again)")
    (tmp_path / "story.warc").write_bytes(raw_record(STORY, DAY, story("The river rose", *FLOOD)))
    assert take(tmp_path, tmp_path / "story.warc").counts["imported"] == 1
    assert take(tmp_path, tmp_path / "gone.warc", again=True).counts["imported"] == 1


def test_one_page_that_gives_no_story_is_told_with_the_reason(tmp_path: Path, cli: Cli):
    page = tmp_path / "page.html"
    words = "<p>The bridge opened on Friday after four years of work, and three hundred people walked across it in the rain.</p>"
    page.write_text(f"<!DOCTYPE html><html lang=en><body><h1>Bridge opens</h1>{words}</body></html>", encoding="utf-8")
    done = cli("import", str(page), "--url", "https://gazette.example/story", "--date", "2019-05-04")
    assert done.returncode == 3
    assert "not_an_article: https://gazette.example/story  its address is a home or section page's" in done.stdout
    done = cli("import", str(page), "--url", STORY, "--date", "2019-05-04")
    assert (done.returncode, "1 new" in done.stdout) == (0, True), done.stdout + done.stderr


def test_the_archives_own_files_are_passed_over(tmp_path: Path):
    warc = write_warc(tmp_path / "in.warc.gz", [(STORY, DAY, story("The river rose"))])
    assert take(tmp_path / "data", warc).counts["imported"] == 1
    report = take(tmp_path / "data", tmp_path)
    assert (report.counts["own_file"], report.before, report.counts["already_there"]) == (1, ["in.warc.gz"], 0)


def test_html_files_tell_their_address_or_are_told_it(tmp_path: Path, typed: Callable[..., Result]):
    data = tmp_path / "data"
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "a.html").write_bytes(story("By canonical", url=STORY))
    (folder / "b.htm").write_bytes(story("No address"))
    (folder / "notes.txt").write_text("no page")
    (folder / "c.html").symlink_to("/etc/passwd")
    os.utime(folder / "a.html", (4_000_000_000, 4_000_000_000))
    assert take(data, folder / "a.html").counts["bad_date"] == 1  # a clock that was wrong: 2096
    os.utime(folder / "a.html", (1_556_000_000, 1_556_000_000))
    (tmp_path / "list.tsv").write_text(f"id\tpath\turl\tfetched_at\n1\tpages/b.htm\t{STORY}-2\t2019-05-04\n")
    report = take(data, folder)
    assert (report.counts["imported"], report.counts["no_address"], report.counts["other_file"]) == (1, 1, 2)
    assert typed("import", "--list", str(tmp_path / "list.tsv"), "--no-read").exit_code == 0
    assert typed("import", str(folder / "b.htm"), "--url", STORY + "-3", "--date", "2019-05-07", "--no-read").exit_code == 0
    assert [(row[0], row[1]) for row in kept(data)] == [
        (STORY, "2019-04-23T06:13:20Z"), (STORY + "-2", "2019-05-04T00:00:00Z"), (STORY + "-3", "2019-05-07T00:00:00Z"),
    ]  # fmt: skip
    assert take(data, folder).counts["already_there"] == 1


def test_pipes_and_links_in_a_folder_are_passed_over_and_a_link_that_is_named_is_followed(tmp_path: Path):
    (tmp_path / "pages").mkdir()
    os.mkfifo(tmp_path / "pages" / "a.html")
    (tmp_path / "pages" / "b.warc.gz").symlink_to("/dev/zero")
    warc = write_warc(tmp_path / "whole.warc.gz", [(STORY, DAY, story("Linked"))])
    (tmp_path / "pages" / "c.warc.gz").symlink_to(warc)
    assert take(tmp_path / "data", tmp_path / "pages").counts == {"other_file": 3}
    assert take(tmp_path / "data", tmp_path / "pages" / "c.warc.gz").counts["imported"] == 1


# --- hostile

GOOD = [raw_record(f"{STORY}-good-{n}", DAY, story(f"Good {n}")) for n in range(2)]
PAGE = story("Trap")
TRAP = STORY + "-trap"
TRAPS = {
    "wrong_length short": raw_record(TRAP, DAY, PAGE, length=60),
    "wrong_length long": raw_record(TRAP, DAY, PAGE, length=1_500),
    "wrong_length giant": raw_record(TRAP, DAY, PAGE, length=10**17),
    "wrong_length negative": raw_record(TRAP, DAY, PAGE, length=-1),
    "wrong_digest payload": raw_record(TRAP, DAY, PAGE, WARC_Payload_Digest="sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    "wrong_digest block": raw_record(TRAP, DAY, PAGE, WARC_Block_Digest="sha256:" + "0" * 64),
    "wrong_digest senseless": raw_record(TRAP, DAY, PAGE, WARC_Payload_Digest="sha1:é"),
    "header_too_long warc": raw_record(TRAP, DAY, PAGE, X_Long="a" * (1 << 20)),
    "header_too_long http": raw_record(TRAP, DAY, PAGE, headers="X-Long: " + "a" * (1 << 20) + "\r\n"),
    "bad_header": raw_record(TRAP, DAY, PAGE).replace(b"\r\n", b"\r\nwarc-target-uri: https://other.example/\r\n", 1),
    "bad_date": raw_record(TRAP, "yesterday", PAGE),
    "bad_date first": raw_record(TRAP, "0001-01-01T00:00:00Z", PAGE),
    "bad_date last": raw_record(TRAP, "9999-12-31T23:59:59Z", PAGE),
    "bad_date to come": raw_record(TRAP, f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}", PAGE),
    "no_http": raw_record(TRAP, DAY, PAGE, http="ICY 200 OK"),
    "no_record": b"WURC/1.0\r\nWARC-Type: response\r\n\r\nhello\r\n\r\n",
    "too_large": raw_record(TRAP, DAY, b"\0" * (20 << 20)),
}


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
@pytest.mark.parametrize("trap", TRAPS)
def test_a_record_that_lies_is_named_and_those_around_it_come_in(tmp_path: Path, trap: str, packed: bool):
    pack = gzip.compress if packed else bytes
    (tmp_path / "a.warc").write_bytes(pack(GOOD[0]) + pack(TRAPS[trap]) + pack(GOOD[1]))
    report = take(tmp_path / "data", tmp_path / "a.warc")
    assert [row[0] for row in kept(tmp_path / "data")] == [f"{STORY}-good-{n}" for n in range(2)]
    assert {name for _, name, _ in report.faults} == {trap.split()[0]}


def test_torn_members_and_bombs_cost_only_themselves(tmp_path: Path):
    whole = gzip.compress(raw_record(TRAP, DAY, PAGE))
    flipped = bytearray(whole)
    flipped[80] ^= 0xFF
    bomb = gzip.compress(
        raw_record(TRAP, DAY, b"")[:-4].replace(b"Content-Length: 44", b"Content-Length: 99999999999") + b"\0" * (64 << 20)
    )
    (tmp_path / "a.warc.gz").write_bytes(
        gzip.compress(GOOD[0]) + bytes(flipped) + whole[:100] + b"noise" * 50 + bomb + gzip.compress(GOOD[1]) + whole[:-30]
    )
    report = take(tmp_path / "data", tmp_path / "a.warc.gz")
    assert [row[0] for row in kept(tmp_path / "data")] == [f"{STORY}-good-{n}" for n in range(2)]
    assert {name for _, name, _ in report.faults} <= {"damaged", "truncated", "wrong_length", "too_large"} and len(report.faults) >= 3


def test_members_that_lie_in_one_another_and_unpack_without_end_are_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each goes on, behind its first line, with what the next one goes on with: one bomb, at the price of some bytes for each once more."""
    monkeypatch.setattr(foreign, "MAX_SKIPPED_BYTES", 1 << 20)
    monkeypatch.setattr(foreign, "MAX_LOST_BYTES", 8 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = packer.compress(bytes(2 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH)
    first = gzip.compress(b"")[:10] + stored(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999999999\r\n\r\n")
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(GOOD[0]) + (first + stored(first)[: -len(first)]) * 2_000 + first + bomb)
    report = take(tmp_path / "data", tmp_path / "a.warc.gz")
    assert [row[0] for row in kept(tmp_path / "data")] == [f"{STORY}-good-0"]
    assert report.counts["too_large"] < 20 and "unpacked in vain" in report.faults[-1][2]


def stored(data: bytes) -> bytes:
    """A block of a gzip stream that is not packed."""
    return struct.pack("<BHH", 0, len(data), len(data) ^ 0xFFFF) + data


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_records_that_all_claim_the_rest_of_a_file_are_told_at_once(tmp_path: Path, packed: bool):
    lies = b"".join(
        b"WARC/1.0\r\nWARC-Type: response\r\n" * (number % 2 + 1) + b"Content-Length: 12000000\r\n\r\n" for number in range(20_000)
    )
    (tmp_path / "a.warc").write_bytes((gzip.compress if packed else bytes)(lies + bytes(13_000_000)))
    with comes_to_an_end(), (tmp_path / "a.warc").open("rb") as file:
        assert {item.name for item in foreign.read_warc(file) if isinstance(item, foreign.Fault)} == {"wrong_length", "truncated"}


def test_a_transfer_encoding_that_was_left_in_is_taken_off(tmp_path: Path):
    half = len(PAGE) // 2
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (PAGE[:half], PAGE[half:])) + b"0\r\n\r\n"
    header = "Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n"
    lie = raw_record(STORY + "-2", DAY, PAGE, headers=header)  # taken off already, but for the header
    (tmp_path / "a.warc").write_bytes(raw_record(STORY, DAY, chunked, headers=header) + lie)
    take(tmp_path / "data", tmp_path / "a.warc")
    with open_archive(tmp_path / "data") as archive:
        for row in archive.unread_captures(9):
            capture = Captures(tmp_path / "data" / "captures").read(row.warc_filename, row.warc_offset, row.warc_length)
            assert capture.body == PAGE and "transfer-encoding" not in {name.lower() for name, _ in capture.headers}


def test_a_hostile_wacz_writes_nowhere_and_its_good_members_come_in(tmp_path: Path):
    good = write_warc(tmp_path / "good.warc.gz", [(STORY, DAY, PAGE)])
    wacz = write_wacz(tmp_path / "a.wacz", good)
    with zipfile.ZipFile(wacz, "a") as archive:
        archive.write(good, "../../escaped.warc.gz")
        archive.writestr(zipfile.ZipInfo("/tmp/escaped.warc.gz"), good.read_bytes())
        archive.writestr("archive/bomb.warc", b"\0" * (8 << 20), zipfile.ZIP_DEFLATED)
        archive.writestr("archive/inner.wacz", b"PK")
    (tmp_path / "no.wacz").write_bytes(b"PK\x03\x04 and nothing else")
    report = take(tmp_path / "data", wacz, tmp_path / "no.wacz")
    assert sorted(name for _, name, _ in report.faults) == ["bad_member_name", "bad_member_name", "damaged", "nested", "zip_bomb"]
    assert len(kept(tmp_path / "data")) == 1
    assert {path.name for path in tmp_path.iterdir()} == {"a.wacz", "data", "good.warc.gz", "no.wacz"}


def test_a_member_of_a_wacz_that_is_not_what_its_package_says_is_named_and_nothing_of_it_is_taken(tmp_path: Path):
    good = write_warc(tmp_path / "good.warc.gz", pages(2))
    other = write_warc(tmp_path / "other.warc.gz", [(STORY, DAY, PAGE)])
    for name, digests, taken, wrong in (
        ("true", {good: good, other: other}, 3, []),
        ("swapped", {good: other, other: other}, 1, ["wrong_digest"]),
        ("senseless", {good: None, other: other}, 1, ["wrong_digest"]),
    ):
        listed = [
            {"path": f"archive/{path.name}", "hash": "sha256:" + (hashlib.sha256(of.read_bytes()).hexdigest() if of else "é")}
            for path, of in digests.items()
        ]
        wacz = write_wacz(tmp_path / f"{name}.wacz", good, other, resources=listed, compression=zipfile.ZIP_DEFLATED)
        report = take(tmp_path / name, wacz)
        assert (report.counts["imported"], [fault for _, fault, _ in report.faults]) == (taken, wrong), name


@pytest.mark.parametrize(
    ("member", "content", "fault"),
    [
        ("datapackage.json", b"[" * 100_000, "bad_package"),
        ("datapackage.json", b"[]", "bad_package"),
        ("datapackage.json", b'{"resources": {"archive": [1, null]}}', None),
        ("datapackage.json", b'{"resources": [null, {"path": 3}, {"path": "archive/good.warc.gz", "hash": "crc:00"}]}', None),
        ("datapackage.json", b" " * (17 << 20), "too_large"),
        ("datapackage-digest.json", b'{"path": "datapackage.json", "hash": "sha256:00"}', "wrong_digest"),
        ("archive/good.warc.gz", b"twice", "bad_member_name"),
        ("archive/old.arc.gz", b"filedesc://old.arc", "arc"),
    ],
)
def test_a_wacz_with_a_senseless_package_is_named_and_its_pages_come_in(tmp_path: Path, member: str, content: bytes, fault: str | None):
    wacz = tmp_path / "a.wacz"
    with zipfile.ZipFile(wacz, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(write_warc(tmp_path / "good.warc.gz", [(STORY, DAY, PAGE)]), "archive/good.warc.gz")
        if member.startswith("datapackage-"):
            archive.writestr("datapackage.json", "{}")
        with warnings.catch_warnings(action="ignore"):  # zipfile warns of the second member of one name
            archive.writestr(member, content)
    report = take(tmp_path / "data", wacz)
    assert ([name for _, name, _ in report.faults], len(kept(tmp_path / "data"))) == ([fault] if fault else [], 1)


def test_members_of_a_zip_file_that_lie_over_one_another_are_a_bomb(tmp_path: Path):
    path = write_wacz(tmp_path / "a.wacz", write_warc(tmp_path / "b.warc.gz", pages(20)), write_warc(tmp_path / "c.warc.gz", pages(20)))
    with zipfile.ZipFile(path, "a") as archive:  # its table of contents is written anew when it is closed
        first, second = archive.getinfo("archive/b.warc.gz"), archive.getinfo("archive/c.warc.gz")
        second.header_offset, second.compress_size, second.file_size = first.header_offset, first.compress_size, first.file_size
        for number in range(9):
            more = copy.copy(first)
            more.filename = f"archive/{number}.warc.gz"
            archive.filelist.append(more)
        archive.writestr("z", b"")
    report = take(tmp_path / "data", path)
    assert [name for _, name, _ in report.faults] == ["zip_bomb", "no_warc"]


def test_faults_end_with_3_and_are_shown_without_their_escape_sequences(tmp_path: Path, typed: Callable[..., Result]):
    (tmp_path / "a.warc").write_bytes(raw_record(TRAP, DAY, PAGE, WARC_Payload_Digest="sha1:\x1b[31m") + GOOD[0])
    done = typed("import", "a.warc", "--no-read")
    assert done.exit_code == 3 and "wrong_digest" in done.stdout and "\x1b" not in done.stdout
    (tmp_path / "b.txt").write_text("nothing")
    assert typed("import", "b.txt", "--no-read").exit_code == 4
    assert typed("import").exit_code == 2


def test_one_file_is_told_as_one_and_several_as_several():
    assert in_words("other_file", 1) == "file that is neither WARC, WACZ nor HTML"
    assert in_words("other_file", 2) == "files that are neither WARC, WACZ nor HTML"
    assert all("{" not in in_words(outcome, number) for outcome in QUIET | FAULTS for number in (1, 2))
