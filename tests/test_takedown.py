"""`archiver takedown`: the text is in no byte of the archive any more, stays out, and the rest is as it was."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import re
import shutil
import signal
import threading
import zlib
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from datasette.app import Datasette

from archiver import captures, importing, replay, takedown
from archiver.captures import Captures
from archiver.checking import check
from archiver.errors import NothingToDo
from archiver.sites import Facts
from archiver.store import Archive, takedowns
from archiver.store.sqlite import DATABASE
from archiver.withheld import BLOT, Passages, Removed, Withheld, holds, passages_of
from tests.conftest import PARAGRAPHS, Cli, NewsServer
from tests.test_crawl import wait_until

STORIES = tuple(f"/2026/03/02/story-number-{number}-of-the-valley/" for number in range(1, 4))
GONE = STORIES[0]
HEADLINE = "Teacher’s café of Wolverley shut after an inspection"
SECRET = (
    "Inspectors closed the café of the teacher Osvalda Brimstead on Friday, and the town of Wolverley has talked of little else.",
    "“I have never seen a kitchen like it,” said the inspector, who found nineteen faults and a parrot in the pantry of the house.",
    "Mrs Brimstead, who taught at the school for twenty years, says that the parrot is not hers and that she will go to court.",
    "The café is to open again in May if the faults are mended, the parrot is housed, and the fee of ninety dollars is paid.",
)
ON_FRONT = "Nineteen faults found where a Wolverley teacher cooks for half the town"
TRACES = ("Brimstead", "cooks for half the town", "parrot in the pantry", "nineteen faults", "will go to court", "shut after an inspection")


def others(number: int) -> tuple[str, ...]:
    return tuple(f"{text} This is report {number}." for text in PARAGRAPHS)


def story(server: NewsServer, path: str, headline: str, paragraphs: tuple[str, ...]) -> str:
    """With a list of newest stories beside it, as themes print one."""
    aside = f"<aside><h2>Newest</h2><a href='{GONE}' title='{escape(HEADLINE)}'>{HEADLINE}</a><p>{SECRET[0]}</p></aside>"
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return server.page(
        path,
        f"<!DOCTYPE html><html lang=en><head><title>{headline} - Test Gazette</title><meta property='og:type' content='article'>"
        f"<meta name='description' content='{escape(paragraphs[0], quote=True)}'>"
        "<meta property='article:published_time' content='2026-03-02T10:00:00-08:00'></head>"
        f"<body><article><h1>{headline}</h1>{text}<figure><img src='/a.jpg'><figcaption>The café of Mrs Brimstead on the day after the "
        f"inspection of its kitchen</figcaption></figure></article>{aside}<footer>Imprint</footer></body></html>"
        if path == GONE
        else f"<!DOCTYPE html><html lang=en><head><title>{headline} - Test Gazette</title><meta property='og:type' content='article'>"
        "<meta property='article:published_time' content='2026-03-02T10:00:00-08:00'></head>"
        f"<body><article><h1>{headline}</h1>{text}</article>{aside}<footer>Imprint</footer></body></html>",
    )


def outlet(server: NewsServer) -> None:
    """A small outlet whose feed and API carry whole texts."""
    story(server, GONE, HEADLINE, SECRET)
    for number, path in enumerate(STORIES[1:], 2):
        story(server, path, f"Bridge over the river, part {number}", others(number))
    links = "".join(
        f"<li><a href='{path}'>{ON_FRONT if path == GONE else 'Read about the bridge ' + path[-4]}</a></li>" for path in STORIES
    )
    server.page("/", f"<!DOCTYPE html><html lang=en><head><title>Test Gazette</title></head><body><ul>{links}</ul></body></html>")
    whole = "".join(f"<p>{text}</p>" for text in SECRET)
    items = "".join(
        f"<item><title>{HEADLINE}</title><link>{server.address[:-1]}{path}</link><description>{escape(whole)}</description>"
        f"<content:encoded><![CDATA[{whole}]]></content:encoded></item>"
        if path == GONE
        else f"<item><title>Bridge {path[-20]}</title><link>{server.address[:-1]}{path}</link></item>"
        for path in STORIES
    )
    server.page(
        "/feed/",
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Gazette</title>'
        f"<link>{server.address}</link><description>News</description>{items}</channel></rss>",
        content_type="application/rss+xml; charset=utf-8",
    )
    posts = [
        {"link": server.address[:-1] + GONE, "title": {"rendered": escape(HEADLINE)}, "content": {"rendered": whole}, "status": "publish"}
    ]
    answer = json.dumps(posts).replace("</", "<\\/")
    for path in ("/wp-json/wp/v2/posts?per_page=100&page=1&order=desc&_fields=id,date,date_gmt,modified,modified_gmt,link,status,title"
                 "&orderby=modified&modified_after=1970-01-01T00:00:00Z",):  # fmt: skip
        server.page(path, answer, content_type="application/json; charset=utf-8")


def site(cli: Cli, server: NewsServer) -> None:
    cli.site("gazette", server.address, f'delay_s = 0.01\nfeeds = ["{server.address}feed/"]\nwordpress_api = "{server.address}wp-json/"')


@pytest.fixture(scope="module")
def running() -> Iterator[NewsServer]:
    news = NewsServer()
    threading.Thread(target=news.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield news
    news.http.shutdown()
    news.http.server_close()


@pytest.fixture(scope="module")
def crawled_once(running: NewsServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data directory after a crawl."""
    cli = Cli(tmp_path_factory.mktemp("crawled"))
    outlet(running)
    site(cli, running)
    done = cli("crawl")
    assert done.returncode == 0, done.stderr + done.stdout
    assert cli.rows("select count(*) from articles") == [(3,)]
    return cli.data


@pytest.fixture
def server(running: NewsServer) -> NewsServer:
    """The outlet as it was when it was crawled."""
    running.answers = {path: answer for path, answer in running.answers.items() if path == "/robots.txt"}
    outlet(running)
    return running


@pytest.fixture
def archived(crawled_once: Path, cli: Cli) -> Cli:
    shutil.copytree(crawled_once, cli.data)
    return cli


def members(data: bytes) -> bytes:
    """A WARC file's records unzipped, and the bodies in them, too."""
    plain = gzip.decompress(data)
    bodies = [gzip.decompress(part) for part in _gzipped(plain)]
    return plain + b"".join(bodies)


def _gzipped(plain: bytes) -> list[bytes]:
    found, at = [], plain.find(b"\x1f\x8b\x08")
    while at >= 0:
        stream = zlib.decompressobj(31)
        try:
            stream.decompress(plain[at:])
            found.append(plain[at:])
        except zlib.error:
            pass
        at = plain.find(b"\x1f\x8b\x08", at + 3)
    return [part[: len(part) - len(_rest(part))] for part in found]


def _rest(part: bytes) -> bytes:
    stream = zlib.decompressobj(31)
    stream.decompress(part)
    return stream.unused_data


def traces(data: Path) -> list[str]:
    """Files of a data directory that hold any of the removed story's words, compressed or not."""
    found = []
    for path in sorted(path for path in data.rglob("*") if path.is_file()):
        content = path.read_bytes()
        content += members(content) if path.name.endswith(".warc.gz") else b""
        text = content.decode("utf-8", "replace").lower()
        found += [f"{path.name}: {trace}" for trace in TRACES if trace.lower() in text]
    return found


def take_down(cli: Cli, word: str = "", by: str | None = None) -> takedown.Done:
    return takedown.take_down(cli.data, [word or key(cli)], "request of the person named", "gdpr", by)


def key(cli: Cli) -> str:
    ((found,),) = cli.rows("select key from articles where url like ?", f"%{GONE[:-1]}%")
    return str(found)


def test_no_byte_of_the_data_directory_holds_a_story_that_was_taken_down(archived: Cli):
    assert traces(archived.data)
    (archived.data / "archiver.log").write_text(f"WARNING odd page: {SECRET[1]}\nWARNING another line\n")
    replay.prepare(archived.data)
    done = archived("takedown", key(archived), "--reason", "request of the person named", "--basis", "gdpr", "--yes")
    assert done.returncode == 0, done.stderr + done.stdout
    assert traces(archived.data) == []
    assert "another line" in (archived.data / "archiver.log").read_text()
    index = (archived.data / "replay" / "news.cdxj").read_text()
    assert set(re.findall(r'"filename": ?"([^"]+)"', index)) == {path.name for path in (archived.data / "captures").glob("*.warc.gz")}
    assert GONE not in index
    assert archived.rows("select count(*) from articles") == [(2,)]
    assert archived.rows("select best_position from placings order by 1") == [(2,), (3,)]  # the others stand where they stood
    assert archived.rows("pragma integrity_check") == [("ok",)]
    assert [str(fault) for fault in check(archived.data, deep=True)] == []
    with archived.archive() as archive:
        archive.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
        kept = Captures(archived.data / "captures")
        for row in archive.db.query("select * from captures where warc_filename is not null"):
            capture = kept.read(row["warc_filename"], row["warc_offset"], row["warc_length"])  # raises where the digest does not agree
            assert capture.target_uri == row["target_uri"]
            assert row["refers_to"] or captures.payload_digest(capture.body) == row["payload_digest"]


def test_a_broken_gzip_file_beside_the_archive_does_not_stop_a_takedown(archived: Cli):
    packed = gzip.compress("\n".join(SECRET).encode() * 50)
    (archived.data / "export.jsonl.gz").write_bytes(packed[:20] + b"\xff" * 40 + packed[60:])
    done = archived("takedown", key(archived), "--reason", "court order", "--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert archived.rows("select count(*) from takedowns where finished_at is not null") == [(1,)]


def test_a_passage_is_found_in_files_of_any_size_beside_the_archive_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(takedown, "PIECE_BYTES", 1 << 10)
    monkeypatch.setattr(takedown, "OVERLAP_BYTES", 256)
    monkeypatch.setattr(takedown, "MAX_FILE_BYTES", 64 << 10)
    words = " ".join(f"word{number}" for number in range(12))
    for before in range(0, 2_000, 200):
        (tmp_path / f"{before:04}.txt").write_text("a " * (before // 2) + words + " z" * 500)
    (tmp_path / "packed.json.gz").write_bytes(gzip.compress(b"a " * 3_000 + words.encode()))
    (tmp_path / "bomb.json.gz").write_bytes(gzip.compress(b"a " * 300_000 + words.encode()))
    (tmp_path / "other.txt").write_text("something else " * 500)
    found = {path.name for path in takedown._beside(tmp_path, [passages_of([words])])}
    assert found == {*(f"{before:04}.txt" for before in range(0, 2_000, 200)), "packed.json.gz"}


@pytest.mark.long
def test_what_was_taken_down_does_not_come_back_by_a_crawl_or_a_reading(archived: Cli, server: NewsServer):
    taken = key(archived)
    take_down(archived)
    before = len(server.log)
    server.page("/another-address-of-the-cafe-story/", server.answers[GONE].body)  # the same page, at an address nobody knew
    server.front(*STORIES, "/another-address-of-the-cafe-story/")
    server.answers["/feed/"].etag = '"other"'
    server.answers["/feed/"].body += b"<!-- later -->"
    done = archived("crawl", "--recheck")
    assert done.returncode == 0, done.stderr + done.stdout
    assert GONE not in server.asked(before)
    assert "/another-address-of-the-cafe-story/" in server.asked(before)
    assert archived("crawl", server.address[:-1] + GONE).returncode == 3  # asked for by itself, and told why not
    assert GONE not in server.asked(before)
    assert archived.rows("select outcome from outcomes where url like '%story-number-1%' order by run_id desc limit 1") == [("taken_down",)]
    assert traces(archived.data) == []
    assert archived.rows("select count(*) from articles") == [(2,)]
    assert archived.rows("select count(*) from revisions where number > 1") == [(0,)]  # what was blotted out beside a story changes none
    shown = archived("show", taken)
    assert shown.returncode == 4
    assert "taken down" in shown.stderr and "request of the person named" in shown.stderr


def test_a_dry_run_lists_all_and_writes_nothing(archived: Cli):
    def state() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in archived.data.rglob("*") if path.is_file() and "archive.db-" not in path.name}

    before = state()
    taken = key(archived)
    done = archived("takedown", taken, "--dry-run")
    assert done.returncode == 0, done.stderr
    for word in ("article_texts", "revisions", "images", ".warc.gz", "records removed", "Nothing was written"):
        assert word in done.stdout
    (change,) = takedown.look(archived.data, [taken]).files
    assert (change.removed, change.blotted) == (1, 5)  # the story; front page, feed, API, two other stories
    assert state() == before


POINTS = [
    (takedown, "_write_log"),
    (captures.os, "fsync"),
    (Captures, "rewrite_without"),
    (takedowns, "switch_file"),
    (Captures, "delete"),
    (takedowns, "file_removed"),
    (Archive, "scrub"),
    (takedowns, "finish"),
]


@pytest.mark.parametrize(("owner", "name"), POINTS, ids=[name for _, name in POINTS])
def test_a_takedown_that_was_killed_is_finished_by_the_next_command_that_writes(archived: Cli, owner: object, name: str):
    word = key(archived)
    child = os.fork()
    if not child:
        setattr(owner, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        take_down(archived, word)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    done = takedown.finish_pending(archived.data)  # what crawl, run, ingest and takedown do first
    assert done and done.is_whole
    assert traces(archived.data) == []
    assert not list((archived.data / "captures").glob("*.part"))
    assert archived.rows("select count(*) from takedowns where finished_at is not null") == [(1,)]
    named = {name for (name,) in archived.rows("select distinct warc_filename from captures where warc_filename is not null")}
    assert {path.name for path in (archived.data / "captures").glob("*.warc.gz")} == named
    assert takedown.finish_pending(archived.data) is None


def test_an_archive_restored_from_an_older_backup_is_told_again(archived: Cli, crawled_once: Path):
    take_down(archived)
    log = (archived.data / "takedowns.jsonl").read_text()
    shutil.rmtree(archived.data)
    shutil.copytree(crawled_once, archived.data)
    (archived.data / "takedowns.jsonl").write_text(log)
    done = archived("takedown", "--again")
    assert done.returncode == 0, done.stderr
    assert traces(archived.data) == []
    assert takedown.finish_pending(archived.data) is None


@pytest.mark.long
def test_a_near_copy_is_listed_and_stays_until_it_is_named(archived: Cli, server: NewsServer):
    copy = "/2026/03/05/what-else-is-known-of-the-cafe/"
    story(server, copy, "What else is known of the café", (*SECRET[1:], "The school board will meet on Monday to talk of it all again."))
    server.front(*STORIES, copy)
    cli = archived
    cli("crawl", "--recheck")
    (other,) = [str(row[0]) for row in cli.rows("select key from articles where url like '%what-else%'")]
    assert other in [copy.key for copy in takedown.look(cli.data, [key(cli)]).plans[0].near_copies]
    take_down(cli)
    ((body,),) = cli.rows("select article_body from stories where url like '%what-else%'")
    assert "nineteen faults" in str(body)
    cli("crawl", "--recheck")
    assert cli.rows("select count(*) from revisions r join articles a on a.id = r.article_id where a.url like '%what-else%'") == [(1,)]
    take_down(cli, other)
    assert traces(cli.data) == []


@pytest.mark.long
def test_a_takedown_waits_for_no_crawl_and_the_crawl_cleans_its_files_at_its_end(archived: Cli, server: NewsServer):
    more = tuple(f"/2026/03/03/slow-story-{number}-of-the-valley/" for number in range(6))
    for number, path in enumerate(more):
        server.story(path, f"Slow story {number}", *others(10 + number))
        server.answers[path].drip_s = 0.0003
    server.front(*STORIES, *more)
    taken = key(archived)
    crawl = archived.start("crawl", "--recheck")
    wait_until(lambda: any(path in more for path in server.asked()))
    done = archived("takedown", taken, "--reason", "x", "--yes")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "is being crawled" in done.stdout
    assert archived.rows("select count(*) from stories where url like '%story-number-1%'") == [(0,)]
    assert crawl.wait(60) == 0
    assert archived.rows("select count(*) from takedowns where finished_at is not null") == [(1,)]
    assert traces(archived.data) == []


def test_the_list_of_takedowns_says_why_and_when(archived: Cli):
    taken = key(archived)
    take_down(archived, by="the editor")
    (row,) = [json.loads(line) for line in archived("takedown", "--list", "--json").stdout.splitlines()]
    assert (row["basis"], row["reason"], row["requested_by"]) == ("gdpr", "request of the person named", "the editor")
    assert row["finished_at"] and row["counts"]["revisions"] == 1
    with pytest.raises(NothingToDo, match="taken down already"):
        take_down(archived, taken)


@pytest.mark.parametrize("form", ["html", "attribute", "entities", "json", "escaped twice"])
def test_a_passage_is_recognised_and_blotted_out_in_every_form(form: str):
    known = passages_of(SECRET, [HEADLINE])
    text = SECRET[0]
    written = {
        "html": f"<p>{text.replace('teacher', '<b class=x>teacher</b>')}</p>",
        "attribute": f'<meta name="description" content="{escape(text)}">',
        "entities": "<p>" + text.encode("ascii", "xmlcharrefreplace").decode() + "</p>",
        "json": json.dumps({"content": f"<p>{text}</p>\n"}),
        "escaped twice": escape(escape(f"<p>{text} <a href='/x'>more</a></p>")),
    }[form]
    assert holds(written, known)
    withheld = Withheld((Removed(frozenset(), frozenset(), known),))
    cleared = withheld.clear(f"<div>Other words stay.</div>{written}")
    assert cleared is not None and BLOT in cleared and "Other words stay." in cleared
    assert "Brimstead" not in cleared
    assert withheld.clear("<p>Nothing of the kind.</p>") == "<p>Nothing of the kind.</p>"
    assert Passages.from_json(json.loads(json.dumps(known.as_json()))) == known


def test_the_page_of_a_story_that_was_taken_down_says_so(archived: Cli):
    taken = key(archived)
    take_down(archived)

    async def ask(path: str) -> tuple[int, str]:
        answer = await Datasette([str(archived.data / DATABASE)]).client.get(path)
        return answer.status_code, answer.text

    status, page = asyncio.run(ask(f"/-/story/{taken}"))
    assert status == 410
    assert "request of the person named" in page and "right to erasure" in page


def test_an_import_does_not_bring_it_back(archived: Cli, tmp_path: Path):
    (crawled,) = (archived.data / "captures").glob("*.warc.gz")
    shutil.copy(crawled, tmp_path / "foreign.warc.gz")
    take_down(archived)
    report = importing.bring_in(archived.data, [tmp_path / "foreign.warc.gz"], importing.Wanted(), Facts(archived.data))
    assert report.counts["taken_down"] == 1
    assert traces(archived.data) == []
