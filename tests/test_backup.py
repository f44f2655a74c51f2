"""`archiver backup`: a copy that is an archive itself, whatever is written, killed or broken meanwhile."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import Result

from archiver import backup as room
from archiver.backup import Backup, backup
from archiver.captures import Captures
from archiver.checking import check, unheard
from archiver.errors import ArchiveBusy, ArchiveDamaged, ArchiverError, DataDirectoryError, NothingToDo, WrongUse
from archiver.recovery import capture_row
from archiver.store import open_archive
from tests import whole_archive
from tests.conftest import Cli, NewsServer


@pytest.fixture
def dest(tmp_path: Path) -> Path:
    return tmp_path / "backup"


def copy(data: Path, dest: Path) -> Backup:
    return backup(data, dest, unheard)


def contents(data: Path) -> dict[str, list[tuple]]:
    with open_archive(data) as archive:
        names = [name for name in archive.db.table_names() if "_fts" not in name]
        return {name: archive.db.execute(f"select * from {name}").fetchall() for name in names}


def files(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "captures").glob("*.warc.gz")}


def add_capture(data: Path, writer: Captures, number: int) -> None:
    kept = writer.add(replace(whole_archive.page(number), run_id=1))
    with open_archive(data) as archive:
        archive.save_captures([capture_row(kept, "story", "not_an_article", None, None)])


def assert_whole(dest: Path) -> None:
    assert [str(fault) for fault in check(dest, deep=True)] == []
    assert not [path.name for path in dest.rglob("*.part*")]


def test_a_backup_is_an_archive_with_all_that_is_in_the_first(data: Path, dest: Path):
    (data / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example/"\n')
    done = copy(data, dest)
    assert contents(dest) == contents(data)
    assert files(dest) == files(data)
    assert (dest / "sites.toml").read_text() == (data / "sites.toml").read_text()
    assert (done.captures, done.files, done.linked, done.copied, done.missing) == (8, 2, 2, 0, [])
    assert_whole(dest)


def test_on_another_disk_files_are_copied(data: Path):
    shm = Path("/dev/shm")
    if not shm.is_dir() or shm.stat().st_dev == data.stat().st_dev:
        pytest.skip("there is no second file system here")
    with TemporaryDirectory(dir=shm) as folder:
        done = copy(data, Path(folder) / "backup")
        assert (done.linked, done.copied, done.copied_bytes) == (0, 2, sum(map(len, files(data).values())))
        assert copy(data, Path(folder) / "backup").there == 2
        assert_whole(Path(folder) / "backup")


def test_a_second_backup_takes_only_what_is_new(data: Path, dest: Path):
    copy(data, dest)
    writer = Captures(data / "captures")
    add_capture(data, writer, 20)
    writer.close()
    done = copy(data, dest)
    assert (done.linked, done.there, done.captures) == (1, 2, 9)
    assert contents(dest) == contents(data)
    assert_whole(dest)


def test_what_the_archive_does_not_have_any_more_leaves_the_backup_too(data: Path, dest: Path):
    copy(data, dest)
    gone = min((data / "captures").glob("*.warc.gz"))
    with open_archive(data) as archive:
        taken = "update captures set outcome = 'taken_down', warc_filename = null, warc_offset = null, warc_length = null"
        archive.db.execute(f"{taken} where warc_filename = ?", (gone.name,))
    gone.unlink()
    assert copy(data, dest).removed == 1
    assert files(dest) == files(data)
    assert_whole(dest)


def test_a_file_that_is_being_written_is_copied_up_to_what_the_index_knows(data: Path, dest: Path):
    writer = Captures(data / "captures")
    add_capture(data, writer, 20)
    writer.add(whole_archive.page(21))  # its row is not there yet
    done = copy(data, dest)
    assert (done.linked, done.copied) == (2, 1)
    assert_whole(dest)
    writer.add(whole_archive.page(22))
    assert_whole(dest)  # it did not grow in the backup
    writer.close(indexed=False)
    assert copy(data, dest).captures == 11  # what was left without a row is indexed first
    assert files(dest) == files(data)
    assert_whole(dest)


def test_a_backup_while_a_crawl_writes_is_whole(data: Path, dest: Path):
    stop = threading.Event()

    def crawl() -> None:
        begin = 100
        while not stop.is_set():
            writer = Captures(data / "captures", max_bytes=3_000)
            for number in range(begin, begin + 10):
                add_capture(data, writer, number)
            writer.close()
            begin += 10

    thread = threading.Thread(target=crawl)
    thread.start()
    try:
        for _ in range(4):
            assert copy(data, dest).missing == []
            assert_whole(dest)
    finally:
        stop.set()
        thread.join()
    assert [fault.code for fault in check(data, deep=True)] == []


def test_a_killed_backup_is_run_again_and_whole(data: Path, dest: Path, cli: Cli):
    process = cli.start("backup", str(dest))
    while not (dest / "captures").exists() and process.poll() is None:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert copy(data, dest).missing == []
    assert contents(dest) == contents(data)
    assert_whole(dest)


def test_halves_that_a_killed_backup_left_are_done_again(data: Path, dest: Path):
    dest.mkdir()
    (dest / "backup-of.part").touch()
    copy(data, dest)
    (dest / "archive.db").unlink()
    (dest / "archive.db.part").write_bytes(b"half")
    (dest / "archive.db.part-journal").write_bytes(b"half")
    last = max((dest / "captures").glob("*.warc.gz"))
    last.unlink()
    last.with_name(last.name + ".part").write_bytes(b"half")
    done = copy(data, dest)
    assert (done.there, done.linked) == (1, 1)
    assert contents(dest) == contents(data)
    assert_whole(dest)


@pytest.mark.parametrize("where", ["data", "data/inside", ".", "a file", "full", "of another"])
def test_places_that_are_no_backup_of_this_archive_are_refused(data: Path, tmp_path: Path, where: str):
    (tmp_path / "a file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("dear")
    open_archive(tmp_path / "other").close()
    copy(tmp_path / "other", tmp_path / "of another")
    before = sorted(path for path in tmp_path.rglob("*") if not path.name.endswith(("-shm", "-wal")))
    with pytest.raises(WrongUse, match="Name "):
        copy(data, tmp_path / where)
    assert sorted(path for path in tmp_path.rglob("*") if not path.name.endswith(("-shm", "-wal"))) == before


def test_a_backup_that_was_crawled_into_is_not_overwritten(data: Path, dest: Path):
    copy(data, dest)
    writer = Captures(dest / "captures")
    add_capture(dest, writer, 50)
    writer.close()
    held = contents(dest)
    with pytest.raises(WrongUse, match="crawled into"):
        copy(data, dest)
    assert contents(dest) == held
    assert_whole(dest)


def test_without_an_archive_there_is_nothing_to_copy(tmp_path: Path, dest: Path):
    with pytest.raises(NothingToDo):
        copy(tmp_path / "data", dest)
    assert not dest.exists()


def test_a_damaged_database_leaves_the_earlier_backup_as_it_is(data: Path, dest: Path):
    copy(data, dest)
    held = contents(dest)
    with closing(sqlite3.connect(data / "archive.db")) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        (page,) = db.execute("select rootpage from sqlite_master where name = 'revisions'").fetchone()
        (size,) = db.execute("pragma page_size").fetchone()
    with (data / "archive.db").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(os.urandom(size))
    with pytest.raises(ArchiveDamaged, match="damaged"):
        copy(data, dest)
    assert contents(dest) == held
    assert_whole(dest)


def test_files_that_the_archive_lacks_are_named_and_the_rest_is_copied(data: Path, dest: Path, typed: Callable[..., Result]):
    lost, left = sorted((data / "captures").glob("*.warc.gz"))
    lost.unlink()
    done = typed("backup", str(dest))
    assert done.exit_code == 5
    assert lost.name in done.stderr
    assert list(files(dest)) == [left.name]


def test_a_backup_that_is_being_read_stays_as_it_is(data: Path, dest: Path):
    copy(data, dest)
    with closing(sqlite3.connect(dest / "archive.db")) as reader:
        reader.execute("begin")
        reader.execute("select * from captures").fetchone()
        with pytest.raises(ArchiveBusy, match="End that program"):
            copy(data, dest)
    copy(data, dest)
    assert_whole(dest)


def test_too_little_space_is_told_before_anything_is_copied(data: Path, dest: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(room, "RESERVE_BYTES", 1 << 60)
    with pytest.raises(DataDirectoryError, match="not enough space"):
        copy(data, dest)
    assert not (dest / "archive.db").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_cannot_be_written_is_named(data: Path, tmp_path: Path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(ArchiverError, match="cannot be written"):
        copy(data, tmp_path / "locked" / "backup")


@pytest.mark.long
def test_a_crawl_goes_on_in_the_restored_copy_and_leaves_the_first_archive_alone(data: Path, dest: Path, cli: Cli, server: NewsServer):
    cli.site("test", server.address)
    server.front("/2026/11/bridge-mended")
    server.story("/2026/11/bridge-mended", "The bridge is mended")
    copy(data, dest)
    before = contents(data), files(data)
    done = subprocess.run(
        cli.command("--data", str(dest), "crawl", "test"), cwd=cli.folder, env=cli.env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    with open_archive(dest) as archive:
        assert archive.db.execute("select headline from articles where site = 'test'").fetchall() == [("The bridge is mended",)]
        assert archive.db.execute("select count(*) from articles").fetchone() == (5,)
    assert_whole(dest)
    assert (contents(data), files(data)) == before


def test_what_was_done_is_told_as_data(data: Path, dest: Path):
    assert {"dest", "database_bytes", "captures", "files", "linked", "copied", "there", "removed", "missing"} <= set(
        asdict(copy(data, dest))
    )
