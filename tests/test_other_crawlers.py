"""Pages as other people's crawlers keep them, with the habits of each: they come in, are read, and go out again as they came."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from archiver.export import export
from archiver.importing import Wanted, bring_in
from archiver.ingest import ingest_all
from archiver.records import Site
from archiver.store import open_archive, open_reader
from archiver.store.selection import Selection
from tests.foreign_archives import DAY, FLOOD, digest, raw_record, story

HOST = "https://gazette.example/2019/05/04/"
KNOWN = {"gazette": Site("gazette", "https://gazette.example/")}
HTML = "Content-Type: text/html; charset=utf-8\r\n"
LATER = "2019-05-06T10:00:00Z"
SAME = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"


def page(habit: str) -> bytes:
    return story(f"The river rose, as {habit} has it", *FLOOD, f"A gauge of the kind that {habit} reads stood at nine feet at noon.")


def url(habit: str) -> str:
    return f"{HOST}the-river-rose-as-{habit.replace(' ', '-')}-has-it"


def chunked(body: bytes) -> bytes:
    return b"".join(b"%X;x=y\r\n%s\r\n" % (len(part), part) for part in (body[:400], body[400:])) + b"0\r\nX-Trailer: 1\r\n\r\n"


def answer(habit: str, body: bytes | None = None, **more: str) -> bytes:
    """What each crawler writes for a page, word for word of the fields that differ."""
    return raw_record(url(habit), more.pop("date", DAY), page(habit) if body is None else body, **more)  # type: ignore[arg-type]


def with_lines(record: bytes, *lines: str) -> bytes:
    """More fields, also such as are there already."""
    head, end, rest = record.partition(b"\r\n\r\n")
    return head + b"".join(b"\r\n" + line.encode() for line in lines) + end + rest


HABITS: dict[str, Callable[[str], bytes]] = {
    # CC-NEWS until May 2019: bodies are stored without their encodings, the headers still name them (news-crawl issue 30).
    "news crawl 2018": lambda habit: answer(
        habit, headers=HTML + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\nContent-Length: 311\r\n"
    ),
    "news crawl 2018 br": lambda habit: answer(habit, headers=HTML + "Content-Encoding: br\r\n"),
    "news crawl 2018 deflate": lambda habit: answer(habit, headers=HTML + "content-encoding: deflate\r\n"),
    "news crawl 2018 none": lambda habit: answer(habit, headers=HTML + "Content-Encoding: none\r\n"),
    # September 2020: the protocol in the status line, no phrase behind it (issue 42).
    "news crawl 2020": lambda habit: answer(habit, http="HTTP/2 200 ", headers=HTML.lower()),
    "news crawl 2022": lambda habit: answer(
        habit,
        http="HTTP/1.1 200 ",
        headers=HTML + "X-Crawl-Content-Encoding: gzip\r\nX-Crawl-Transfer-Encoding: chunked\r\nX-Crawl-Content-Length: 311\r\n",
        WARC_IP_Address="2001:db8::1",
        WARC_Payload_Digest=digest(page(habit)),
    ),
    # July 2026, and what follows it: protocols in fields of the record, one with commas, or several.
    "news crawl 2026": lambda habit: answer(habit, http="HTTP/1.1 200 ", WARC_Protocol="h2,TLS_1_3,TLS_AES_128_GCM_SHA256"),
    "nutch 2024": lambda habit: with_lines(answer(habit), "WARC-Protocol: h2", "WARC-Protocol: tls/1.3", "WARC-Cipher-Suite: x"),
    "curl": lambda habit: answer(habit, http="h2 200"),
    "wget": lambda habit: with_lines(
        answer(habit, WARC_Concurrent_To="<urn:uuid:1>").replace(b"application/http; msg", b"application/http;msg"),
        "WARC-Warcinfo-ID: <urn:uuid:2>",
    ).replace(f"URI: {url(habit)}".encode(), f"URI: <{url(habit)}>".encode()),
    "wget chunks": lambda habit: answer(habit, chunked(page(habit)), headers=HTML + "Transfer-Encoding: chunked\r\n"),
    "heritrix 1": lambda habit: answer(habit).replace(b"WARC/1.0", b"WARC/0.18", 1),
    "heritrix 3": lambda habit: answer(habit, gzip.compress(page(habit)), headers=HTML + "Content-Encoding: gzip\r\n"),
    "warcprox": lambda habit: answer(habit, WARC_Payload_Digest="sha256:" + "0" * 0, WARC_IP_Address="203.0.113.9"),
    "wpull": lambda habit: answer(habit, http="HTTP/1.0 200 OK", WARC_Concurrent_To="<urn:uuid:1>"),
    "browsertrix": lambda habit: answer(
        habit, date="2019-05-04T10:00:00.123456Z", WARC_Page_ID="0b1", WARC_JSON_Metadata='{"ipType": "Public"}'
    ).replace(b"WARC/1.0", b"WARC/1.1", 1),
    # A page without an HTTP message: rendered by a browser, or given by somebody.
    "a browser": lambda habit: raw_record(url(habit), DAY, b"", kind="resource")
    .partition(b"Content-Type")[0]
    + b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n" % (len(page(habit)), page(habit)),
}  # fmt: skip
NO_PAGES = (
    raw_record("https://gazette.example/", DAY, b"", kind="metadata"),
    raw_record("metadata://gnu.org/software/wget/warc/MANIFEST.txt", DAY, b"", kind="resource"),
    raw_record("urn:pageinfo:https://gazette.example/", DAY, b"{}", kind="resource"),
    raw_record(HOST + "a-page-as-plain-text-of-it", DAY, b"words", kind="conversion"),
    answer("a-limit", WARC_Truncated="length"),
    raw_record("dns:gazette.example", DAY, b"20190504 gazette.example. A 203.0.113.9"),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("others")
    unchanged = "HTTP/1.1 304 Not Modified"
    revisits = (
        # Heritrix, warcprox: the digest alone tells what is repeated. HTTrack: nothing does but the ETag.
        raw_record(url("warcprox"), LATER, b"", kind="revisit", WARC_Profile=SAME, WARC_Payload_Digest=digest(page("warcprox"))),
        raw_record(url("httrack"), LATER, b"", kind="revisit", WARC_Profile=NOT_MODIFIED, http=unchanged, headers='ETag: "7"\r\n'),
        raw_record(url("httrack"), "2019-05-07T10:00:00Z", b"", kind="revisit", WARC_Profile=NOT_MODIFIED, http=unchanged,
                   headers='ETag: "8"\r\n'),
    )  # fmt: skip
    first = answer("httrack", headers=HTML + 'ETag: "7"\r\n')
    records = [make(habit) for habit, make in HABITS.items()] + [first, *NO_PAGES, *revisits]
    (folder / "in.warc.gz").write_bytes(b"".join(gzip.compress(record, 1) for record in records))
    report = bring_in(folder, [folder / "in.warc.gz"], Wanted(), KNOWN)
    assert report.faults == []
    assert dict(report.counts) == {
        "imported": len(HABITS) + 1 + 2, "no_answer": 2, "not_http": 3, "cut_short": 1, "revisit_of_unknown": 1,
    }  # fmt: skip
    ingest_all(folder, KNOWN, workers=1)
    return folder


def test_a_page_is_read_whole_from_the_file_of_every_crawler(data: Path):
    with open_archive(data) as archive:
        query = "select a.url, a.headline, t.article_body from articles a join article_texts t on t.article_id = a.id"
        read = {address: (headline, text) for address, headline, text in archive.db.execute(query)}
    for habit in (*HABITS, "httrack"):
        headline, text = read[url(habit)]
        assert headline == f"The river rose, as {habit} has it"
        assert all(paragraph in text for paragraph in (*FLOOD, f"that {habit} reads")), habit
    assert len(read) == len(HABITS) + 1


def test_a_revisit_has_the_body_of_what_it_repeats_also_where_a_digest_or_an_etag_alone_tells(data: Path):
    with open_archive(data) as archive:
        query = "select c.target_uri, o.warc_date from captures c join captures o on o.id = c.refers_to order by 1"
        assert archive.db.execute(query).fetchall() == [(url("httrack"), DAY), (url("warcprox"), DAY)]
        assert archive.db.execute("select count(*), max(last_seen_at) from articles where last_seen_at > ?", (DAY,)).fetchone() == (
            2,
            LATER,
        )


def test_the_pages_of_every_crawler_go_out_as_a_warc_file_that_others_read(data: Path, tmp_path: Path):
    with open_reader(data) as archive:
        export(archive, Selection(), tmp_path / "a.warc.gz")
    with (tmp_path / "a.warc.gz").open("rb") as file:
        out = {
            record.rec_headers["WARC-Target-URI"].strip("<>"): (record.http_headers.get_statuscode(), _body(record))
            for record in ArchiveIterator(file)
            if record.rec_type == "response"
        }
    for habit in (*HABITS, "httrack"):
        assert out[url(habit)] == ("200", page(habit)), habit


def _body(record: ArcWarcRecord) -> bytes:
    body = record.raw_stream.read()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body  # warcio believes the header


@pytest.mark.parametrize("order", ["request first", "answer first", "answer names request", "heritrix"])
@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_requests_are_kept_beside_their_answers_without_cookies_and_go_out_with_them(tmp_path: Path, order: str, packed: bool):
    ask = "GET /x HTTP/1.1\r\nUser-Agent: theirs\r\nCookie: session=secret\r\nAuthorization: Basic c2VjcmV0\r\nAccept: */*\r\n\r\n"
    records = []
    for number in range(3):
        address, asked, told = f"{HOST}story-number-{number}-of-the-river", uuid.UUID(int=number), uuid.UUID(int=99 + number)
        named = [] if order == "answer names request" else [f"WARC-Concurrent-To: <urn:uuid:{told}>"]
        request = raw_record(address, DAY, b"", kind="request").partition(b"\r\nContent-Type")[0] + b"\r\n\r\n"
        request = with_lines(request, *named, "Content-Type: application/http; msgtype=request", f"Content-Length: {len(ask)}")
        request = _named(request + ask.encode() + b"\r\n\r\n", asked)
        link = {"WARC_Concurrent_To": f"<urn:uuid:{asked}>"} if order == "answer names request" else {}
        response = _named(raw_record(address, DAY, page(f"number {number}"), **link), told)
        metadata = raw_record(address, DAY, b"", kind="metadata")
        records += {"answer first": [response, request], "heritrix": [response, metadata, request]}.get(order, [request, response])
    lonely = raw_record(HOST + "nobody-answered-this-one-here", DAY, b"", kind="request")
    (tmp_path / "in.warc").write_bytes(b"".join((gzip.compress if packed else bytes)(record) for record in [*records, lonely]))
    report = bring_in(tmp_path / "data", [tmp_path / "in.warc"], Wanted(), KNOWN)
    more = 3 if order == "heritrix" else 0
    assert dict(report.counts) == {"imported": 3, "requests": 3, "no_answer": 1 + more}
    ingest_all(tmp_path / "data", KNOWN, workers=1)
    with open_reader(tmp_path / "data") as archive:
        export(archive, Selection(), tmp_path / "a.warc.gz")
    with (tmp_path / "a.warc.gz").open("rb") as file:
        out = [(one.rec_type, one.rec_headers, one.raw_stream.read()) for one in ArchiveIterator(file, no_record_parse=True)][1:]
    assert [kind for kind, *_ in out] == ["request", "response"] * 3
    for (_, asked_fields, asked_block), (_, told_fields, _) in zip(out[::2], out[1::2], strict=True):
        assert asked_fields["WARC-Concurrent-To"] == told_fields["WARC-Record-ID"]
        assert asked_block == b"GET /x HTTP/1.1\r\nUser-Agent: theirs\r\nAccept: */*\r\n\r\n"
    assert b"secret" not in b"".join(gzip.decompress(path.read_bytes()) for path in (tmp_path / "data/captures").glob("*.warc.gz"))


def _named(record: bytes, number: uuid.UUID) -> bytes:
    head, name, rest = record.partition(b"WARC-Record-ID: ")
    return head + name + f"<urn:uuid:{number}>".encode() + rest[rest.index(b"\r\n") :]


def test_arc_files_are_refused_with_what_to_do(tmp_path: Path, typed: Callable[..., Result]):
    old = b"filedesc://old.arc 0.0.0.0 20050101000000 text/plain 76\n1 0 InternetArchive\nURL IP-address Archive-date\n\n"
    (tmp_path / "a.arc.gz").write_bytes(gzip.compress(old))
    (tmp_path / "b").write_bytes(old)
    done = typed("import", "a.arc.gz", "b", "--no-read")
    assert (done.exit_code, done.stdout.count("warcio recompress")) == (3, 2), done.stdout
