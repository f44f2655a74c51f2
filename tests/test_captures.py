"""WARC files: what is written can be read by other people's tools, at any offset, whatever came over the wire and whenever we died."""

from __future__ import annotations

import base64
import fcntl
import gzip
import hashlib
import io
import random
import resource
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

import brotli
import pytest
import zstandard
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.checker import Checker

from archiver import captures
from archiver.captures import Captures, Kept, Original, TooLarge, Truncated, decode_body, payload_digest
from archiver.errors import ArchiveDamaged
from archiver.records import Capture
from tests.patience import comes_to_an_end

NOON = datetime(2026, 11, 3, 12, 0, 5, tzinfo=UTC)
PAGE = "<!DOCTYPE html><title>Zürich — the weir</title><p>Eleven barrels of paint were found below the weir.</p>".encode() * 20
LIMIT = 1 << 20
zipped = partial(gzip.compress, mtime=0)  # the same bytes each time: tests are named by them
BOMB = b"\0" * (40 << 20)


def a_capture(number: int = 1, body: bytes = PAGE, status: int = 200, **headers: str) -> Capture:
    named = {"Content-Type": "text/html; charset=utf-8"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Capture(
        target_uri=f"https://gazette.example/2026/11/story-{number}?a=b",
        warc_date=NOON + timedelta(seconds=number),
        http_status=status,
        headers=tuple(named.items()),
        body=body,
        site="gazette",
        run_id=7,
        request_headers=(("User-Agent", "news-archiver/0 (+mailto:desk@example.org)"),),
    )


def keep(folder: Path, *captures: Capture, close: bool = True) -> list[Kept]:
    writer = Captures(folder)
    kept = [writer.add(capture) for capture in captures]
    if close:
        writer.close()
    return kept


def die(writer: Captures) -> None:
    """What a killed process leaves behind: its files stay, its locks go."""
    for file in (*writer._full, writer._file):
        if file is not None:
            fcntl.flock(file, fcntl.LOCK_UN)


def only_file(folder: Path) -> Path:
    (path,) = folder.glob("*.warc.gz")
    return path


# --- what others can read


def test_warcio_finds_an_info_a_request_and_a_response_record_with_true_digests(tmp_path: Path):
    keep(tmp_path, a_capture())
    path = only_file(tmp_path)
    with path.open("rb") as file:
        records = [(one.rec_type, one.rec_headers, one.content_stream().read()) for one in WarcioIterator(file, check_digests="raise")]
    assert [kind for kind, *_ in records] == ["warcinfo", "request", "response"]
    info, request, response = (headers for _, headers, _ in records)
    assert {headers.protocol for headers in (info, request, response)} == {"WARC/1.1"}
    assert response.get_header("WARC-Target-URI") == "https://gazette.example/2026/11/story-1?a=b"
    assert response.get_header("WARC-Date") == "2026-11-03T12:00:06Z"
    assert response.get_header("WARC-Payload-Digest") == "sha1:" + base64.b32encode(hashlib.sha1(PAGE).digest()).decode()
    assert request.get_header("WARC-Concurrent-To") == response.get_header("WARC-Record-ID")
    assert info.get_header("WARC-Filename") == path.name
    assert records[2][2] == PAGE


def test_warcios_own_check_finds_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    keep(tmp_path, a_capture(1), a_capture(2, zipped(PAGE), Content_Encoding="gzip"), a_capture(3, b"", 404))

    class Asked:
        inputs = (str(only_file(tmp_path)),)
        verbose = True

    assert Checker(Asked()).process_all() == 0
    assert "fail" not in capsys.readouterr().out


def test_each_record_is_a_gzip_member_that_both_readers_open_at_its_offset_alone(tmp_path: Path):
    kept = keep(tmp_path, *(a_capture(number, PAGE + bytes([number])) for number in range(5)))
    data = only_file(tmp_path).read_bytes()
    for number in random.Random(4).sample(range(5), 5):
        at = kept[number]
        member = data[at.warc_offset : at.warc_offset + at.warc_length]
        opened = zlib.decompressobj(31)
        opened.decompress(member)
        assert opened.eof and not opened.unused_data
        warcio = next(iter(WarcioIterator(io.BytesIO(member))))
        assert warcio.content_stream().read() == PAGE + bytes([number])
        fast = next(iter(FastIterator(io.BytesIO(data[at.warc_offset :]))))
        assert (fast.record_type, fast.headers["WARC-Target-URI"]) == (WarcRecordType.response, at.target_uri)
        assert fast.reader.read() == PAGE + bytes([number])


@pytest.mark.parametrize(("coding", "encode"), [("gzip", zipped), ("br", brotli.compress), ("zstd", zstandard.compress)])
def test_a_body_stays_in_the_content_encoding_it_came_in_and_readers_decode_it(tmp_path: Path, coding: str, encode):
    sent = encode(PAGE)
    (kept,) = keep(tmp_path, a_capture(1, sent, Content_Encoding=coding, Transfer_Encoding="chunked", Content_Length="99999"))
    read = Captures(tmp_path).read(kept.warc_filename, kept.warc_offset, kept.warc_length)
    assert read.body == sent
    assert kept.payload_digest == payload_digest(sent)
    headers = dict(read.headers)
    assert (headers["Content-Encoding"], headers["Content-Length"]) == (coding, str(len(sent)))
    assert "Transfer-Encoding" not in headers  # it was undone on receipt; with it, readers would look for chunks
    assert decode_body(read.body, coding, LIMIT) == PAGE
    if coding == "gzip":  # warcio 1.8 knows no zstd, and its brotli needs a library that is gone
        with only_file(tmp_path).open("rb") as file:
            (response,) = [one.content_stream().read() for one in WarcioIterator(file) if one.rec_type == "response"]
        assert response == PAGE


def test_what_was_kept_is_read_back_as_it_was_sent(tmp_path: Path):
    odd = (
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X-Name", "Zürich"),
        ("ETag", 'W/"x"'),
        ("Last-Modified", "Tue, 03 Nov 2026 11:00:00 GMT"),
    )
    sent = replace(a_capture(), headers=odd)
    (kept,) = keep(tmp_path, sent)
    read = Captures(tmp_path).read(kept.warc_filename, kept.warc_offset)
    assert (read.target_uri, read.warc_date, read.http_status, read.body) == (sent.target_uri, sent.warc_date, 200, sent.body)
    assert read.headers[: len(odd)] == odd
    assert (read.site, read.run_id) == ("gazette", 7)
    assert (kept.etag, kept.last_modified) == ('W/"x"', "Tue, 03 Nov 2026 11:00:00 GMT")


def test_headers_of_a_hostile_server_stay_on_their_line(tmp_path: Path):
    hostile = (("X-Bad", "a\r\nWARC-Type: revisit\r\n\r\nHTTP/1.1 500"), ("X-Long", "y" * 1_000_000), ("X-Zero", "\0\x1b[2J"))
    (kept,) = keep(tmp_path, replace(a_capture(), headers=hostile, target_uri="https://gazette.example/ü\r\nWARC-Type: x"))
    read = Captures(tmp_path).read(kept.warc_filename, kept.warc_offset)
    assert (read.http_status, read.body) == (200, PAGE)
    assert [name for name, _ in read.headers] == ["X-Bad", "X-Long", "X-Zero", "Content-Length"]
    assert len(only_file(tmp_path).read_bytes()) < 20_000


# --- unchanged content


@pytest.mark.parametrize(("status", "profile"), [(304, "server-not-modified"), (200, "identical-payload-digest")])
def test_unchanged_content_is_a_revisit_that_names_the_capture_it_repeats(tmp_path: Path, status: int, profile: str):
    writer = Captures(tmp_path)
    first = writer.add(a_capture(1))
    again = replace(a_capture(9, PAGE if status == 200 else b"", status), target_uri=first.target_uri)
    second = writer.add(again, same_as=Original(first.target_uri, first.warc_date, first.payload_digest))
    writer.close()
    assert second.warc_length < first.warc_length
    with only_file(tmp_path).open("rb") as file:
        revisit = next(one for one in WarcioIterator(file) if one.rec_type == "revisit")
        assert revisit.rec_headers.get_header("WARC-Profile").endswith(profile)
        assert revisit.rec_headers.get_header("WARC-Refers-To-Target-URI") == first.target_uri
        assert revisit.rec_headers.get_header("WARC-Refers-To-Date") == "2026-11-03T12:00:06Z"
        assert revisit.rec_headers.get_header("WARC-Payload-Digest") == first.payload_digest
        assert revisit.http_headers.get_statuscode() == str(status)
        assert revisit.content_stream().read() == b""


def test_changed_content_is_kept_whole_whatever_was_there_before(tmp_path: Path):
    writer = Captures(tmp_path)
    first = writer.add(a_capture(1))
    second = writer.add(a_capture(2, PAGE + b"new"), same_as=Original(first.target_uri, first.warc_date, first.payload_digest))
    writer.close()
    assert Captures(tmp_path).read(second.warc_filename, second.warc_offset).body == PAGE + b"new"


# --- files


def test_a_file_at_its_limit_is_followed_by_another_and_their_names_sort(tmp_path: Path):
    writer = Captures(tmp_path, max_bytes=5_000)
    kept = [writer.add(a_capture(number, random.Random(number).randbytes(3_000))) for number in range(6)]
    writer.close()
    names = [one.warc_filename for one in kept]
    assert len(set(names)) == 3
    assert names == sorted(names)
    assert all(path.stat().st_size < 5_000 + 4_500 for path in tmp_path.glob("*.warc.gz"))
    assert [Captures(tmp_path).read(one.warc_filename, one.warc_offset).target_uri for one in kept] == [one.target_uri for one in kept]
    assert not list(tmp_path.glob("*.open"))


def test_a_full_disk_leaves_no_half_record_behind(tmp_path: Path):
    writer = Captures(tmp_path)
    first = writer.add(a_capture(1))
    path = only_file(tmp_path)
    size = path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 700, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            writer.add(a_capture(2, random.Random(2).randbytes(5_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.stat().st_size == size
    third = writer.add(a_capture(3))
    writer.close()
    reader = Captures(tmp_path)
    assert [reader.read(one.warc_filename, one.warc_offset).target_uri for one in (first, third)] == [first.target_uri, third.target_uri]


# --- after a crash


def test_a_torn_tail_is_cut_off_with_a_word_and_the_records_before_it_are_found(tmp_path: Path):
    writer = Captures(tmp_path)
    kept = [writer.add(a_capture(number)) for number in range(3)]
    die(writer)
    path = only_file(tmp_path)
    for torn in (1, 10, kept[2].warc_length - 1):
        whole = path.read_bytes()
        path.write_bytes(whole[: kept[2].warc_offset + kept[2].warc_length - torn])
        reader = Captures(tmp_path)
        (mended,) = reader.mend(lambda name: 0)
        assert path.name in str(mended) and f"{kept[2].warc_length - torn} bytes were cut off" in str(mended)
        assert list(reader.recover(lambda name: 0)) == kept[:2]
        assert list(reader.recover(lambda name: kept[0].warc_offset + kept[0].warc_length)) == [kept[1]]
        path.write_bytes(whole)
    assert Captures(tmp_path).mend(lambda name: 0) == []
    reader.settled([path.name])
    assert reader.unfinished() == []


def test_what_the_index_knows_is_never_cut_even_where_the_file_is_damaged(tmp_path: Path):
    writer = Captures(tmp_path)
    kept = [writer.add(a_capture(number)) for number in range(3)]
    die(writer)
    path = only_file(tmp_path)
    data = bytearray(path.read_bytes())
    data[kept[0].warc_offset + 40] ^= 0xFF
    path.write_bytes(data + b"\x1f\x8b torn")
    known = kept[1].warc_offset + kept[1].warc_length
    reader = Captures(tmp_path)
    assert [one.cut_bytes for one in reader.mend(lambda name: known)] == [7]
    assert list(reader.recover(lambda name: known)) == [kept[2]]
    with pytest.raises(ArchiveDamaged):
        reader.read(kept[0].warc_filename, kept[0].warc_offset, kept[0].warc_length)


def test_files_that_are_being_written_are_left_alone_also_when_full(tmp_path: Path):
    writer = Captures(tmp_path, max_bytes=1)
    for number in range(3):
        writer.add(a_capture(number))
    assert Captures(tmp_path).unfinished() == []
    die(writer)  # before the index knew: every file is looked at again
    assert len(Captures(tmp_path).unfinished()) == 3


def test_a_file_has_its_marker_before_it_is_there_and_nothing_of_a_dead_writer_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Killed(BaseException):
        pass

    def die_here(*_: object) -> None:
        raise Killed

    for step, left in ((1, {".open"}), (2, {".open", ".gz"})):  # killed at the first and at the second moment that names go to disk
        moments = iter([*[lambda path: None] * (step - 1), die_here])
        monkeypatch.setattr(captures, "_sync_folder", lambda path, moments=moments: next(moments)(path))
        with pytest.raises(Killed):
            Captures(tmp_path).add(a_capture())
        assert {path.suffix for path in tmp_path.iterdir()} == left
        reader = Captures(tmp_path)
        names = [path.name for path in reader.unfinished()]
        assert [reader.remove_marker(marker) for marker in reader.stale_markers()] == ([True] if step == 1 else [])
        assert reader.settled(names) == names
        assert list(tmp_path.iterdir()) == []


def test_the_marker_of_a_living_writer_never_seems_a_dead_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    reader, lock = Captures(tmp_path), fcntl.flock
    seen: list[list[Path]] = []

    def look(*_: object) -> None:
        seen.append(reader.stale_markers() + reader.unfinished())

    def look_and_lock(file: BinaryIO, how: int) -> None:
        if how == fcntl.LOCK_EX:
            if not seen:
                reader.is_left_behind()  # another run begins just before the lock, and tidies up
            look()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", look_and_lock)
    monkeypatch.setattr(captures, "_sync_folder", look)
    writer = Captures(tmp_path)
    writer.add(a_capture())
    assert len(seen) == 5 and not any(seen)
    assert {path.name for path in tmp_path.iterdir()} == {writer.filename, f"{writer.filename}.open"}


def test_a_writer_that_died_before_its_marker_had_a_name_leaves_nothing_that_stays(tmp_path: Path):
    claim = tmp_path / "times-20240501000000-1-00001-0a1b2c3d.warc.gz.claim"
    claim.touch()
    reader = Captures(tmp_path)
    assert reader.stale_markers() == reader.unfinished() == []
    assert not reader.is_left_behind()
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_could_not_write_its_rows_leaves_its_files_to_the_next_one(tmp_path: Path):
    writer = Captures(tmp_path)
    kept = writer.add(a_capture())
    writer.close(indexed=False)
    assert list(Captures(tmp_path).recover(lambda name: 0)) == [kept]


def test_a_revisit_left_by_a_crash_is_found_with_the_digest_of_what_it_repeats(tmp_path: Path):
    writer = Captures(tmp_path)
    first = writer.add(a_capture(1))
    writer.add(a_capture(2, b"", 304), same_as=Original(first.target_uri, first.warc_date, first.payload_digest))
    die(writer)
    found = list(Captures(tmp_path).recover(lambda name: first.warc_offset + first.warc_length))
    assert [(one.http_status, one.payload_digest) for one in found] == [(304, first.payload_digest)]


# --- damage


def test_a_damaged_record_says_which_file_and_what_to_do(tmp_path: Path):
    (kept,) = keep(tmp_path, a_capture())
    reader, path = Captures(tmp_path), only_file(tmp_path)
    whole, rng = path.read_bytes(), random.Random(3)
    damaged = [whole[: kept.warc_offset + cut] for cut in (0, 5, 100, kept.warc_length - 1)]
    for _ in range(150):
        data = bytearray(whole)
        data[rng.randrange(kept.warc_offset, len(data))] ^= 1 << rng.randrange(8)
        damaged.append(bytes(data))
    told = 0
    for data in damaged:
        path.write_bytes(data)
        try:
            assert reader.read(kept.warc_filename, kept.warc_offset, kept.warc_length).body == PAGE
        except ArchiveDamaged as error:
            told += 1
            assert str(path) in str(error) and "backup" in str(error)
    assert told > 100
    with pytest.raises(ArchiveDamaged):
        reader.read("../../etc/passwd", 0)


# --- Content-Encoding


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", zipped(PAGE)),
        ("x-gzip", zipped(PAGE[:99]) + zipped(PAGE[99:]) + b"\0" * 20),
        ("deflate", zlib.compress(PAGE)),
        ("deflate", zlib.compress(PAGE, wbits=-15)),
        ("br", brotli.compress(PAGE)),
        ("zstd", zstandard.compress(PAGE)),
        ("gzip, br", brotli.compress(zipped(PAGE))),
        ("identity", PAGE),
        (None, PAGE),
        ("gzip", PAGE),  # servers that lie
        ("gzip", zlib.compress(PAGE)),
        ("deflate", zipped(PAGE)),
        ("gzip", zipped(zipped(PAGE))),
        (None, zipped(PAGE)),
    ],
)
def test_each_content_encoding_is_decoded(coding: str | None, body: bytes):
    assert decode_body(body, coding, LIMIT) == PAGE


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", zipped(BOMB)),
        ("deflate", zlib.compress(BOMB)),
        ("br", brotli.compress(BOMB, quality=5)),
        ("zstd", zstandard.compress(BOMB)),
        ("gzip, gzip", zipped(zipped(BOMB))),
        ("gzip", zipped(b"") * 800_000),
        ("gzip, gzip, gzip, gzip", zipped(PAGE)),
        ("identity", BOMB),
    ],
    ids=["gzip", "deflate", "br", "zstd", "twice", "a million members", "many layers", "plain"],
)
def test_a_body_that_grows_past_the_limit_is_refused_in_bounded_time_and_memory(coding: str, body: bytes):
    with comes_to_an_end(), pytest.raises(TooLarge):
        decode_body(body, coding, LIMIT)


@pytest.mark.parametrize(
    ("coding", "encode"), [("gzip", zipped), ("deflate", zlib.compress), ("br", brotli.compress), ("zstd", zstandard.compress)]
)
def test_a_compressed_body_that_ends_in_the_middle_is_named(coding: str, encode):
    whole = encode(PAGE)
    for length in (len(whole) // 2, len(whole) - 3, 3):
        with pytest.raises(Truncated):
            decode_body(whole[:length], coding, LIMIT)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "compress", "gzip;q=1", "☃"])
def test_any_bytes_under_any_content_encoding_give_a_body_or_a_named_refusal(coding: str):
    rng = random.Random(5)
    for size in (0, 1, 2, 3, 10, 1_000):
        for start in (b"", b"\x1f\x8b\x08\x00", b"\x78\x9c", b"\x28\xb5\x2f\xfd"):
            try:
                assert len(decode_body(start + rng.randbytes(size), coding, LIMIT)) <= LIMIT
            except (TooLarge, Truncated) as error:
                assert str(error)
