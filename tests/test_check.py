"""`archiver check`: each kind of damage is named, and mended where nothing can be lost by it."""

from __future__ import annotations

import fcntl
import gzip
import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from archiver.captures import Captures
from archiver.checking import KINDS, check, repair
from archiver.importing import Wanted, bring_in
from archiver.ingest import ingest_all
from archiver.records import Site
from archiver.recovery import capture_row
from archiver.store import index, integrity, open_archive
from archiver.takedown import take_down
from tests import whole_archive
from tests.crash.harness import contents, difference
from tests.foreign_archives import FLOOD, raw_record, story

Run = Callable[..., Result]


def codes(data: Path, deep: bool = True) -> list[str]:
    return [fault.code for fault in check(data, deep)]


def sql(data: Path, *statements: str) -> None:
    """By hand, without foreign keys: what a bug or a person with SQL does."""
    db = sqlite3.connect(data / "archive.db")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def files(data: Path) -> list[Path]:
    return sorted((data / "captures").glob("*.warc.gz"))


def rows(data: Path, query: str) -> list[tuple]:
    with open_archive(data) as archive:
        return archive.db.execute(query).fetchall()


def place(data: Path, number: int) -> tuple[Path, int, int]:
    """File, offset and length of the n-th capture."""
    [(name, offset, length)] = rows(data, f"select warc_filename, warc_offset, warc_length from captures where id = {number}")
    return data / "captures" / name, offset, length


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


# --- whole


@pytest.mark.parametrize("deep", [False, True])
def test_a_whole_archive_has_no_faults(data: Path, deep: bool):
    assert codes(data, deep) == []


def test_looking_changes_nothing(data: Path):
    before = {path: path.read_bytes() for path in files(data)}, rows(data, "select * from captures"), rows(data, "select * from articles")
    codes(data)
    assert before == (
        {path: path.read_bytes() for path in files(data)},
        *(rows(data, f"select * from {t}") for t in ("captures", "articles")),
    )


# --- damage: what is done to the archive, what check calls it, is it found without --deep


def lose_file(data: Path) -> None:
    files(data)[0].unlink()


def shorten_file(data: Path) -> None:
    path, offset, _ = place(data, 5)
    with path.open("r+b") as file:
        file.truncate(offset + 10)


def damage_record(data: Path) -> None:
    path, offset, length = place(data, 2)
    overwrite(path, offset + length // 2, b"\0\0\0\0\0\0")


def damage_request(data: Path) -> None:
    path, offset, _ = place(data, 2)
    overwrite(path, offset - 60, b"\0\0\0\0\0\0")


def lose_record(data: Path) -> None:
    sql(data, "update captures set warc_offset = warc_offset + 3 where id = 2")


def swap_records(data: Path) -> None:
    sql(data, "update captures set target_uri = 'https://gazette.example/other' where id = 2")


def redate_row(data: Path) -> None:
    sql(data, "update captures set warc_date = '2020-01-01T00:00:00Z' where id = 2")


def change_digest(data: Path) -> None:
    sql(data, "update captures set payload_digest = 'sha1:AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH' where id = 2")


def forget_a_capture(data: Path) -> None:
    sql(data, "delete from captures where role = 'front_page'")


def forget_the_last_capture(data: Path) -> None:
    sql(data, "delete from captures where id = (select max(id) from captures)")


def forget_a_file(data: Path) -> None:
    writer = Captures(data / "captures")
    writer.add(whole_archive.page(5))
    writer.close()


def tear_tail(data: Path) -> None:
    append(files(data)[1], b"\x1f\x8b\x08\0 torn by a power cut")


def leave_zeros(data: Path) -> None:
    append(files(data)[1], bytes(100_000))


def leave_empty_file(data: Path) -> None:
    (data / "captures" / "gazette-20261103120000-1-00001-00000000.warc.gz").touch()


def put_a_copy_beside(data: Path) -> None:
    shutil.copy(files(data)[0], data / "captures" / "copy-of-it.warc.gz")


def rename_file(data: Path) -> None:
    files(data)[0].rename(data / "captures" / "another-name.warc.gz")


def leave_another_file(data: Path) -> None:
    (data / "captures" / "page.warc.gz").write_bytes(b"<html>no WARC file</html>")


def leave_a_foreign_file(data: Path) -> None:
    (data / "captures" / "crawl.wacz").write_bytes(b"PK")


def put_a_foreign_warc_there(data: Path) -> None:
    page = gzip.compress(raw_record("https://other.example/2019/05/04/the-river-rose", "2019-05-04T10:00:00Z", story("River", *FLOOD)))
    (data / "captures" / "wget.warc.gz").write_bytes(page)


def lose_captures_of_stories(data: Path) -> None:
    sql(data, "delete from captures where id in (2, 3, 6)")


def put_a_copy_of_the_other_beside(data: Path) -> None:  # with a revisit in it
    shutil.copy(files(data)[1], data / "captures" / "copy-of-it.warc.gz")


def lose_database(data: Path) -> None:
    for path in data.glob("archive.db*"):
        path.unlink()


def link_to_nothing(data: Path) -> None:
    (data / "captures" / "link.warc.gz").symlink_to("/nonexistent")


def put_a_folder_there(data: Path) -> None:
    (data / "captures" / "gazette-20261103120000-1-00001-00000000.warc.gz").mkdir()


def crash(data: Path) -> None:
    writer = Captures(data / "captures")
    writer.add(whole_archive.page(5))
    assert writer._file is not None
    append(Path(writer._file.name), b"\x1f\x8b torn")
    fcntl.flock(writer._file, fcntl.LOCK_UN)


def crash_before_the_file(data: Path) -> None:
    (data / "captures" / "gazette-20261103120000-1-00001-00000000.warc.gz.open").touch()


def crash_before_the_first_byte(data: Path) -> None:
    crash_before_the_file(data)
    leave_empty_file(data)


def leave_stories_out(data: Path) -> None:
    with open_archive(data) as archive, archive.writing():
        index.drop_stories(archive.db, [1, 3])
        index.drop_images(archive.db, [2])


def lose_row_of_original(data: Path) -> None:
    sql(data, "update captures set warc_filename = null, warc_offset = null, payload_digest = null where id = 2")


DAMAGE: list[tuple[Callable[[Path], None] | tuple[str, ...], set[str], bool]] = [
    (lose_file, {"file_missing"}, True),
    (shorten_file, {"file_short", "record_damaged"}, False),
    (damage_record, {"record_damaged"}, False),
    (damage_request, {"bytes_damaged"}, False),
    (lose_record, {"record_missing", "record_not_indexed"}, False),
    (swap_records, {"record_differs"}, False),
    (redate_row, {"record_differs"}, False),
    (change_digest, {"record_differs"}, False),
    (forget_a_capture, {"record_not_indexed"}, True),
    (forget_the_last_capture, {"record_not_indexed"}, True),
    (forget_a_file, {"record_not_indexed"}, True),
    (tear_tail, {"torn_tail"}, True),
    (leave_zeros, {"torn_tail"}, True),
    (leave_empty_file, {"empty_file"}, True),
    (put_a_folder_there, {"file_unreadable"}, True),
    (lose_database, {"database_lost"}, True),
    (link_to_nothing, {"file_unreadable"}, True),
    (put_a_copy_beside, {"double_file"}, True),
    (put_a_copy_of_the_other_beside, {"double_file"}, True),
    (rename_file, {"file_missing", "record_not_indexed"}, True),
    (leave_another_file, {"no_warc"}, True),
    (leave_a_foreign_file, {"foreign_file"}, True),
    (put_a_foreign_warc_there, {"foreign_file"}, True),
    (lose_captures_of_stories, {"lost_reference", "record_not_indexed"}, False),
    (crash, {"unfinished_file"}, True),
    (crash_before_the_file, {"stale_marker"}, True),
    (crash_before_the_first_byte, {"unfinished_file"}, True),
    (("update captures set warc_filename = null where id = 6",), {"capture_without_file", "record_not_indexed"}, False),
    (("update captures set warc_filename = '../../etc/passwd' where id = 6",), {"bad_place", "record_not_indexed"}, False),
    (("update captures set warc_offset = 'x' where id = 6",), {"bad_place", "record_not_indexed"}, False),
    (("update captures set refers_to = 8 where id = 6",), {"bad_refers_to"}, True),
    ((lose_row_of_original), {"bad_refers_to", "record_not_indexed"}, False),
    (("delete from article_texts where article_id = 1",), {"no_text", "index_differs"}, False),
    (("delete from revisions where article_id = 1 and number = 1",), {"revision_gap"}, True),
    (("update articles set capture_id = null where id = 1",), {"no_capture"}, True),
    (("update revisions set capture_id = null where id = 1",), {"no_capture"}, True),
    (("delete from revisions where article_id = 2",), {"no_revision"}, True),
    (("update articles set revision_count = 7 where id = 1",), {"revision_count"}, True),
    (("update revisions set number = 3 where article_id = 1 and number = 2",), {"revision_gap"}, True),
    (("insert into article_authors (article_id, position, name, kind) values (99, 0, 'Nobody', 'person')",), {"orphan_rows"}, True),
    (("insert into images (article_id, position, is_lead) values (99, 0, 1)",), {"orphan_rows", "not_indexed"}, True),
    (("update links set article_id = 99 where rowid = 1",), {"orphan_rows"}, True),
    (("update captures set run_id = 99 where id = 6",), {"lost_reference"}, True),
    (leave_stories_out, {"not_indexed"}, True),
    (("insert into articles_fts_docsize (id, sz) values (5, x'00')",), {"left_in_index"}, True),
    (("insert into images_fts (rowid, caption) values (77, 'a harbour')",), {"left_in_index"}, True),
    (("update article_texts set article_body = 'Something else.' where article_id = 3",), {"index_differs"}, False),
    (("update images set caption = 'Something else.' where id = 3",), {"index_differs"}, False),
    (("drop index captures_refers_to",), {"index_missing"}, True),
    (("drop view headlines",), {"index_missing"}, True),
    (("drop view stories",), {"index_missing"}, False),
    (("drop trigger sketches_due_changed_facts",), {"index_missing"}, True),
    (("drop table articles_fts",), {"index_missing"}, True),
    (("drop table images_fts_docsize",), {"index_missing"}, True),
    (("drop table captures",), {"schema_incomplete", "lost_reference"}, True),
    (("drop table corrections",), {"schema_incomplete"}, True),
    (("delete from articles where id = 1",), {"no_story", "orphan_rows", "left_in_index"}, True),
    (("alter table captures drop column etag",), {"schema_incomplete"}, True),
]  # fmt: skip


def name_of(damage: object) -> str:
    return damage.__name__ if callable(damage) else damage[0] if isinstance(damage, tuple) else ""


@pytest.mark.parametrize(("damage", "named", "at_once"), DAMAGE, ids=[name_of(row[0]) for row in DAMAGE])
def test_each_damage_is_named_and_mended_where_that_is_safe(data: Path, damage: Callable | tuple, named: set[str], at_once: bool):
    captures = "select id, target_uri, warc_date, warc_offset from captures order by id"
    before = rows(data, captures)
    if callable(damage):
        damage(data)
    else:
        sql(data, *damage)
    found = list(check(data, deep=True))
    assert {fault.code for fault in found} == named
    if at_once:
        assert named <= set(codes(data, deep=False))
    for fault in found:
        assert "\n" not in str(fault) and fault.where in str(fault) and fault.why and fault.repair
    done = list(repair(data, [(fault.code, fault.subject) for fault in found]))
    left = list(check(data, deep=True))
    if "index_missing" in named:  # an index of the search that was made anew is empty
        repair_again = repair(data, [(fault.code, fault.subject) for fault in left])
        done, left = done + list(repair_again), list(check(data, deep=True))
    assert [fault for fault in left if fault.by_us] == []
    found_again = {"capture_without_file", "bad_place", "record_missing", "file_missing", "lost_reference"}  # with their records
    stays = named - (found_again if "record_not_indexed" in named else set())
    assert {fault.code for fault in left} == {code for code in stays if not KINDS[code].by_us}
    assert bool(done) == any(fault.by_us for fault in found)
    if named & found_again and "record_not_indexed" in named:  # nothing is there twice, and all is what it was
        assert rows(data, captures) == before


def test_what_is_lost_of_a_story_is_read_off_its_pages_again(tmp_path: Path, typed: Run):
    """Everything is as it was: texts, revisions with their classes, notes and the sentences that they explain."""
    note = "Correction: An earlier version of this story gave a wrong number of families. Eleven had to leave their houses."
    versions = [[*FLOOD[:2]], [*FLOOD], [*FLOOD, note]]
    records = [
        raw_record(f"https://gazette.example/2019/05/04/the-river-rose-{name}", f"2019-05-0{day}T10:00:00Z", story(f"River {name}", *text))
        for name in ("once", "twice", "thrice", "four-times", "five-times")
        for day, text in enumerate(versions, 4)
    ]
    (tmp_path / "in.warc").write_bytes(b"".join(records))
    archive, known = tmp_path / "archive", {"gazette": Site("gazette", "https://gazette.example/")}
    bring_in(archive, [tmp_path / "in.warc"], Wanted(), known)
    ingest_all(archive, known, workers=1)
    whole = contents(archive)
    sql(
        archive,
        "delete from article_texts where article_id = 1",
        "delete from revisions where article_id = 2",
        "delete from revisions where article_id = 3 and number = 1",
        "delete from articles where id = 4",
        "delete from articles where id = 5",
        "delete from revisions where article_id = 5",
    )
    assert {"no_story", "no_text", "no_revision", "revision_gap", "orphan_rows"} <= set(codes(archive, deep=False))
    done = typed("--data", str(archive), "check", "--repair")
    assert (done.exit_code, "Next: archiver ingest" in done.output) == (0, True), done.output
    assert codes(archive) == []
    ingest_all(archive, known, workers=1)
    assert contents(archive) == whole, difference(whole, contents(archive))


def test_pages_that_a_restored_database_does_not_know_are_read(tmp_path: Path, typed: Run):
    """The database is from a backup, the WARC files are newer."""
    data, known = tmp_path / "data", {"gazette": Site("gazette", "https://gazette.example/")}
    first, second = (f"https://gazette.example/2019/05/04/the-river-rose-{name}" for name in ("once", "twice"))
    for name, url in (("a", first), ("b", second)):
        shutil.copytree(data, tmp_path / "backup", dirs_exist_ok=True) if data.exists() else None
        (tmp_path / f"{name}.warc").write_bytes(raw_record(url, "2019-05-04T10:00:00Z", story(f"River {name}", *FLOOD)))
        bring_in(data, [tmp_path / f"{name}.warc"], Wanted(), known)
        ingest_all(data, known, workers=1)
    whole = contents(data)
    for path in data.glob("archive.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup" / "archive.db", data)
    done = typed("--data", str(data), "check", "--repair")
    assert (done.exit_code, "1 capture indexed" in done.output) == (0, True), done.output
    ingest_all(data, known, workers=1)
    with open_archive(data) as archive:
        assert archive.db.execute("select url from articles order by url").fetchall() == [(first,), (second,)]
    assert contents(data)["revisions"] == whole["revisions"]


def test_every_kind_of_fault_has_its_test():
    tested = set().union(*(named for _, named, _ in DAMAGE))
    assert set(KINDS) - tested == {"database_damaged", "not_compared", "takedown_unfinished"}


# --- what is no fault, and what is told of


def test_a_file_that_is_being_written_is_judged_as_far_as_its_rows_go(data: Path):
    writer = Captures(data / "captures")
    writer.add(whole_archive.page(5))
    assert codes(data) == []
    writer.close(indexed=False)
    assert codes(data) == ["unfinished_file"]


def test_check_while_a_crawl_writes_finds_nothing(data: Path):
    stop = threading.Event()

    def crawl() -> None:
        begin = 100
        while not stop.is_set():
            writer = Captures(data / "captures", max_bytes=2_000)
            with open_archive(data) as archive:
                for number in range(begin, begin + 10):
                    kept = writer.add(replace(whole_archive.page(number), run_id=1))
                    archive.save_captures([capture_row(kept, "story", "not_an_article", None, None)])
                writer.close()
            begin += 10

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        for _ in range(4):
            assert [str(fault) for fault in check(data, deep=True)] == []
    finally:
        stop.set()
        thread.join()
    assert codes(data) == []


def test_what_was_taken_down_is_no_fault(data: Path):
    target = rows(data, "select key from articles where revision_count > 1")[0][0]
    take_down(data, [target], "a request", "gdpr")
    assert codes(data) == []


def test_files_of_a_takedown_that_was_killed_are_left_to_it(data: Path):
    first = files(data)[0]
    half = first.with_name(first.name.replace("-00001-", "-00009-"))
    shutil.copy(first, half)
    take_down(data, [rows(data, "select key from articles where revision_count > 1")[0][0]], "a request", "gdpr")
    sql(data, "update takedowns set finished_at = null")
    found = list(check(data, deep=True))
    assert [(fault.code, fault.subject) for fault in found] == [("takedown_unfinished", half.name)]
    assert list(repair(data, [("record_not_indexed", half.name)])) == []


def damage_page(data: Path, table: str) -> None:
    """The table's root page is overwritten, as a broken disk would."""
    sql(data, "pragma wal_checkpoint(truncate)")
    with closing(sqlite3.connect(data / "archive.db")) as db:
        (number,) = db.execute("select rootpage from sqlite_master where name = ?", (table,)).fetchone()
        (size,) = db.execute("pragma page_size").fetchone()
    overwrite(data / "archive.db", (number - 1) * size, b"\xa5" * size)


@pytest.mark.parametrize("table", ["captures", "articles", "revisions", "articles_fts_data", "_sqlite_migrations", "captures_run_id"])
@pytest.mark.parametrize("words", [(), ("--deep",), ("--repair",), ("--deep", "--json")])
def test_a_damaged_database_is_told_in_words(data: Path, typed: Run, table: str, words: tuple[str, ...]):
    if not rows(data, f"select 1 from sqlite_master where name = '{table}'"):
        table = rows(data, "select name from sqlite_master where type = 'index' and tbl_name = 'captures' and sql is not null limit 1")[0][
            0
        ]
    damage_page(data, table)
    done = typed("check", *words)
    assert done.exit_code == 5, done.output
    assert "database_damaged" in done.output
    assert "Traceback" not in done.output and "has a fault" not in done.output


@pytest.mark.parametrize("table", ["articles", "revisions", "captures"])
@pytest.mark.parametrize("words", ["freeze -o out.zip", "export -o out.csv", "export -o out.jsonl", "history", "show", "diff", "cite"])
def test_a_page_of_the_database_that_is_damaged_is_told_wherever_it_is_met(data: Path, typed: Run, tmp_path: Path, words: str, table: str):
    ((key,),) = rows(data, "select key from articles order by id limit 1")
    damage_page(data, table)
    command, *options = words.split()
    named = [str(tmp_path / word) if word.startswith("out.") else word for word in options] or [key]
    done = typed(command, *named)
    assert "Traceback" not in done.output and "has a fault" not in done.output
    assert done.exit_code in (0, 5), done.output  # a table that the answer does not need may be damaged
    assert done.exit_code == 0 or "is damaged" in done.output
    assert table != "articles" or done.exit_code == 5


def test_a_file_that_is_no_database_is_told_in_words_and_the_captures_are_proven_all_the_same(data: Path, typed: Run):
    for beside in data.glob("archive.db*"):
        beside.unlink()
    (data / "archive.db").write_bytes(b"this is not a database, but long enough to be one" * 100)
    overwrite(files(data)[0], 900, b"\0" * 9)
    done = typed("check", "--deep")
    assert done.exit_code == 5
    assert "database_damaged" in done.output and "bytes_damaged" in done.output


def test_no_archive_is_no_damage(typed: Run):
    assert typed("check").exit_code == 4


@pytest.mark.parametrize(("words", "code"), [((), 5), (("--repair",), 0), (("--repair", "--json"), 0)])
def test_the_exit_code_says_whether_faults_are_left(data: Path, typed: Run, words: tuple[str, ...], code: int):
    tear_tail(data)
    done = typed("check", *words)
    assert done.exit_code == code
    assert "torn_tail" in done.output
    if "--json" in words:
        events = [json.loads(line) for line in done.stdout.splitlines()]
        assert [event["event"] for event in events] == ["fault", "repaired", "summary"]
        assert events[0]["where"] == f"captures/{files(data)[1].name}" and events[0]["mended_by_repair"]
        assert events[-1]["whole"] and events[-1]["captures"] == 8
    elif code == 0:
        assert "Whole (after repair)" in done.output
    else:
        assert "archiver check --repair" in done.output


def test_a_crashs_leftovers_are_told_and_are_no_damage(data: Path, typed: Run):
    crash(data)
    done = typed("check")
    assert done.exit_code == 0
    assert "unfinished_file" in done.output
    assert typed("check", "--repair").exit_code == 0
    assert typed("check", "--deep").output.startswith("Whole (every record in its place)")
    assert rows(data, "select count(*) from captures where reason = 'recovered'") == [(1,)]


def test_hostile_names_and_addresses_do_nothing_to_a_terminal(data: Path, typed: Run):
    sql(data, "update captures set target_uri = 'https://x.example/\x1b[2Jred', warc_offset = 'x' where id = 6")
    done = typed("check")
    assert "bad_place" in done.output and "\x1b" not in done.output


def test_many_faults_of_one_kind_are_counted_on_a_terminal_and_all_there_as_data(data: Path, typed: Run):
    sql(data, "update captures set warc_offset = 'x' where id = 6")
    row = "insert into captures (target_uri, site, role, warc_date, outcome, payload_digest)"
    sql(
        data,
        *[f"{row} values ('https://gazette.example/{n}', 'gazette', 'other', '2026-11-03T12:00:00Z', 'index', 'x')" for n in range(50)],
    )
    done = typed("check")
    assert done.output.count("capture_without_file") == 21 and "30 more" in done.output
    assert typed("check", "--json").stdout.count('"capture_without_file"') == 50


def test_the_document_of_faults_names_every_one():
    text = (Path(__file__).parent.parent / "docs" / "faults.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)`", text, re.MULTILINE)) == set(KINDS)


def test_a_story_that_changes_while_the_index_is_filled_anew_does_not_break_it(data: Path):
    with open_archive(data) as archive:
        with archive.writing():
            for name in ("articles_fts", "images_fts"):
                integrity.empty_index(archive.db, name)
        with archive.writing():  # as a crawl does that finds another text
            index.drop_stories(archive.db, [1])
            index.drop_images(archive.db, [1])
            archive.db.execute("update article_texts set article_body = 'Other words about the weir.' where article_id = 1")
            archive.db.execute("update images set caption = 'Other words' where article_id = 1")
            index.add_stories(archive.db, [1])
            index.add_images(archive.db, [1])
    assert list(repair(data, {("not_indexed", "articles_fts"), ("not_indexed", "images_fts")}))
    assert codes(data) == []
