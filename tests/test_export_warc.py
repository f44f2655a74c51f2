"""What is taken out as WARC or WACZ is whole, is what was kept, and other people's tools read it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import Result
from fastwarc.warc import ArchiveIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from archiver.export import cdxj, export
from archiver.importing import Wanted, bring_in
from archiver.ingest import ingest_all
from archiver.records import Site
from archiver.replay import prepare
from archiver.store import open_archive, open_reader
from archiver.store.selection import Selection
from tests.foreign_archives import FLOOD, raw_record, story
from tests.whole_archive import build

GAZETTE = Site("gazette", "https://gazette.example/")
STORY = "https://gazette.example/2019/05/04/the-river-rose-in-the-night"
DAYS = tuple(f"2019-05-0{day}T10:00:00Z" for day in (4, 5, 6))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stories; one of them changed, and then seen again as it was, which is kept as a revisit."""
    folder = tmp_path_factory.mktemp("archive")
    revisit = raw_record(STORY, DAYS[2], b"", kind="revisit", WARC_Refers_To_Target_URI=STORY, WARC_Refers_To_Date=DAYS[0],
                         WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")  # fmt: skip
    records = (
        raw_record(STORY, DAYS[0], story("The river rose")),
        raw_record(STORY, DAYS[1], story("The river rose", *FLOOD[:2])),
        revisit,
        raw_record(STORY + "-ferry", DAYS[1], story("The ferry sank", "A ferry sank at the pier on Monday, and nobody was on it. " * 5)),
    )
    (folder / "in.warc.gz").write_bytes(b"".join(gzip.compress(record) for record in records))
    bring_in(folder, [folder / "in.warc.gz"], Wanted(), {"gazette": GAZETTE})
    ingest_all(folder, {"gazette": GAZETTE}, workers=1)
    return folder


def take_out(data: Path, output: Path, **wanted: object) -> list[tuple[str, str, str]]:
    """Kind, address and date of each record of the WARC file that comes out."""
    with open_reader(data) as archive:
        done = export(archive, Selection(**wanted), output)  # type: ignore[arg-type]
    assert not done.faults
    content = output.read_bytes() if output.suffix != ".wacz" else zipfile.ZipFile(output).read("archive/data.warc.gz")
    return [
        (one.rec_type, one.rec_headers["WARC-Target-URI"], one.rec_headers["WARC-Date"])
        for one in WarcioIterator(io.BytesIO(content), check_digests="raise")
        if one.rec_type != "warcinfo"
    ]


def test_the_newest_capture_of_each_story_that_matches_comes_out(data: Path, tmp_path: Path):
    assert take_out(data, tmp_path / "a.warc.gz", query="ferry") == [("response", STORY + "-ferry", DAYS[1])]
    assert len(take_out(data, tmp_path / "b.warc.gz", site="gazette", language="en")) == 3


def test_a_revisit_comes_with_the_capture_that_it_repeats(data: Path, tmp_path: Path):
    kinds = [row for row in take_out(data, tmp_path / "a.warc.gz", query="river") if row[1] == STORY]
    assert kinds == [("response", STORY, DAYS[0]), ("revisit", STORY, DAYS[2])]


def test_all_revisions_come_out_each_record_once_and_come_in_again_as_they_were(data: Path, tmp_path: Path):
    taken = take_out(data, tmp_path / "a.warc.gz", all_revisions=True)
    assert sorted(taken) == sorted([("response", STORY, DAYS[0]), ("response", STORY, DAYS[1]), ("response", STORY + "-ferry", DAYS[1]),
                                    ("revisit", STORY, DAYS[2])])  # fmt: skip
    report = bring_in(data, [tmp_path / "a.warc.gz"], Wanted(), {"gazette": GAZETTE})
    assert dict(report.counts) == {"already_there": 4, "no_answer": 1}
    report = bring_in(tmp_path / "elsewhere", [tmp_path / "a.warc.gz"], Wanted(), {"gazette": GAZETTE})
    assert dict(report.counts) == {"imported": 4, "no_answer": 1}
    assert report.recovered == []


def test_requests_come_out_before_their_answers_and_all_bytes_are_as_they_were_kept(tmp_path: Path):
    build(tmp_path / "data")
    taken = take_out(tmp_path / "data", tmp_path / "a.warc.gz", query='weir OR "barrels"')
    assert [kind for kind, *_ in taken] == ["request", "response"] * 2
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data/captures").glob("*.warc.gz"))
    content = (tmp_path / "a.warc.gz").read_bytes()
    positions = [one.stream_pos for one in ArchiveIterator(io.BytesIO(content), parse_http=False)] + [len(content)]
    assert all(content[begin:end] in kept for begin, end in pairwise(positions[1:]))


def test_a_wacz_holds_what_its_standard_asks_for_with_true_digests(data: Path, tmp_path: Path):
    taken = take_out(data, tmp_path / "a.wacz", all_revisions=True)
    with zipfile.ZipFile(tmp_path / "a.wacz") as wacz:
        package = json.loads(wacz.read("datapackage.json"))
        digest = json.loads(wacz.read("datapackage-digest.json"))
        assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
        assert digest["hash"] == "sha256:" + hashlib.sha256(wacz.read("datapackage.json")).hexdigest()
        for resource in package["resources"]:
            content = wacz.read(resource["path"])
            assert (resource["hash"], resource["bytes"]) == ("sha256:" + hashlib.sha256(content).hexdigest(), len(content))
        assert wacz.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED
        head, *pages = [json.loads(line) for line in wacz.read("pages/pages.jsonl").splitlines()]
        assert head["format"] == "json-pages-1.0" and len(pages) == 4
        assert {"url": STORY, "ts": DAYS[1], "title": "The river rose"}.items() <= pages[1].items()
        index = wacz.read("indexes/index.cdxj").splitlines()
        warc = wacz.read("archive/data.warc.gz")
    assert index == sorted(index) and len(index) == len(taken)
    for line in index:
        key, moment, facts = line.decode().split(" ", 2)
        at = json.loads(facts)
        record = next(iter(ArchiveIterator(io.BytesIO(warc[int(at["offset"]) :][: int(at["length"])]), parse_http=False)))
        assert (key, record.headers["WARC-Target-URI"]) == (cdxj.surt(at["url"]), at["url"])
        assert record.headers["WARC-Date"].translate(str.maketrans("", "", "-:TZ")) == moment


def test_members_of_a_wacz_begin_where_replayweb_page_looks_for_them(data: Path, tmp_path: Path):
    # It reads no local header where the entry in the table of contents has no extra field (wabac.js): name and data must follow.
    take_out(data, tmp_path / "a.wacz", all_revisions=True)
    content = (tmp_path / "a.wacz").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.wacz") as wacz:
        for info in wacz.infolist():
            begin = info.header_offset + 30 + len(info.filename.encode())
            packed = content[begin : begin + info.compress_size]
            plain = zlib.decompress(packed, wbits=-15) if info.compress_type == zipfile.ZIP_DEFLATED else packed
            assert not info.extra and plain == wacz.read(info)


def test_nothing_is_written_over_or_left_half(data: Path, tmp_path: Path, typed: Callable[..., Result]):
    output = tmp_path / "a.wacz"
    output.write_text("mine")
    say = ("--data", str(data), "export", "river", "-o", str(output))
    assert typed(*say).exit_code == 2 and output.read_text() == "mine"
    assert typed("--data", str(data), "export", "nosuchword", "-o", str(tmp_path / "b.wacz")).exit_code == 4
    assert typed("--data", str(data), "export", "river", "-o", str(tmp_path / "b.odt")).exit_code == 2
    assert typed(*say, "--force").exit_code == 0 and zipfile.is_zipfile(output)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wacz"]


def test_no_export_is_written_over_the_archive_itself(tmp_path: Path, typed: Callable[..., Result]):
    build(tmp_path / "data")
    own = [tmp_path / "data/archive.db", next((tmp_path / "data/captures").rglob("*.warc.gz"))]
    before = [path.read_bytes() for path in own]
    for path in own:
        done = typed("export", "--force", "--format", "warc", "-o", str(path))
        assert (done.exit_code, "a part of the archive itself" in done.output) == (2, True)
    assert [path.read_bytes() for path in own] == before


def test_stories_whose_pages_say_noarchive_stay_out_of_exports_and_replay_and_are_counted(tmp_path: Path, typed: Callable[..., Result]):
    build(tmp_path / "data")
    before = prepare(tmp_path / "data").captures
    with open_archive(tmp_path / "data") as archive, archive.writing():
        archive.db.execute("insert into withheld (article_id, because) select id, 'noarchive' from articles where url like '%story-0'")
    done = typed("export", "-o", "a.warc.gz", "--json")
    assert done.exit_code == 0 and (json.loads(done.stdout)["stories"], json.loads(done.stdout)["withheld"]) == (3, 1)
    assert b"story-0" not in gzip.decompress((tmp_path / "a.warc.gz").read_bytes())
    assert typed("export", "weir", "-o", "b.wacz").exit_code == 4
    assert prepare(tmp_path / "data").captures == before - 2
    assert b"story-0" not in (tmp_path / "data/replay/news.cdxj").read_bytes()


def test_a_damaged_record_is_named_and_the_others_come_out(tmp_path: Path, typed: Callable[..., Result]):
    build(tmp_path / "data")
    with open_archive(tmp_path / "data") as archive:
        row = archive.capture_row(3)
    path = tmp_path / "data/captures" / row.warc_filename
    content = bytearray(path.read_bytes())
    content[row.warc_offset + 30] ^= 0xFF
    path.write_bytes(content)
    done = typed("export", "-o", "a.warc.gz", "--json")
    assert done.exit_code == 3 and json.loads(done.stdout)["stories"] == 3
    assert row.target_uri in done.stderr


def test_replay_writes_a_sorted_index_of_every_record_and_the_settings_beside_it(tmp_path: Path, typed: Callable[..., Result]):
    build(tmp_path / "data")
    said = typed("replay")
    assert said.exit_code == 0 and "wayback -d data/replay" in said.stdout
    ready = prepare(tmp_path / "data")
    lines = (ready.folder / "news.cdxj").read_bytes().splitlines()
    assert lines == sorted(lines) and len(lines) == ready.captures == 8
    with open_archive(tmp_path / "data") as archive:
        assert ready.captures == archive.stats()["captures"]
    for line in lines:
        facts = json.loads(line.split(b" ", 2)[2])
        data = (tmp_path / "data/captures" / facts["filename"]).read_bytes()[int(facts["offset"]) :][: int(facts["length"])]
        assert next(iter(ArchiveIterator(io.BytesIO(data)))).headers["WARC-Target-URI"] == facts["url"]
    assert [line for line in lines if b"warc/revisit" in line and b'"status": "304"' in line]
    assert {path.name for path in ready.folder.iterdir()} == {"config.yaml", "news.cdxj"}


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Example.org/News/Story.html?b=2&A=1#x", "org,example)/news/story.html?a=1&b=2"),
        ("http://example.org", "org,example)/"),
        ("http://example.org:8080/a/", "org,example:8080)/a"),
        ("https://example.org:443/a//b/../c?", "org,example)/a/c"),
        ("http://127.0.0.1:8765/2026/", "1,0,0,127:8765)/2026"),
        ("https://news.example.co.uk/caf%c3%a9", "uk,co,example,news)/caf%c3%a9"),
        ("https://www2.example.org/?jsessionid=0123456789abcdef0123456789abcdef&p=1", "org,example)/?p=1"),
    ],
)
def test_addresses_are_keyed_as_replay_tools_look_them_up(url: str, key: str):
    assert cdxj.surt(url) == key


def test_an_index_larger_than_memory_is_sorted_through_files(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cdxj, "IN_MEMORY", 7)
    lines = [b"%05d\n" % (number * 7919 % 1000) for number in range(1000)]
    out = io.BytesIO()
    assert cdxj.write_sorted([*lines, *lines[:50]], out) == 1000
    assert out.getvalue().splitlines(keepends=True) == sorted(lines)
