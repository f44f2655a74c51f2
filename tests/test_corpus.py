"""A corpus that is frozen stays as it is, proves it, and says what became of its members in the archive."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from archiver.corpus import FACTS, STORIES, freeze, read_corpus
from archiver.store import open_archive, open_reader
from archiver.store.selection import Selection
from archiver.takedown import take_down
from tests import whole_archive

LATER = datetime(2026, 12, 1, 9, tzinfo=UTC)
Typed = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    whole_archive.build(tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def frozen(data: Path, tmp_path: Path, typed: Typed) -> Path:
    output = tmp_path / "river.zip"
    misnamed = typed("--data", str(data), "freeze", "-o", str(output.with_suffix(".csv")))
    assert (misnamed.exit_code, "would be a ZIP file by another name" in misnamed.stderr) == (2, True)
    done = typed("--data", str(data), "freeze", "ferry OR harvest", "-o", str(output), "--title", "River {stories} & boats")
    assert done.exit_code == 0, done.output
    return output


def lines_of(path: Path) -> list[dict[str, object]]:
    with zipfile.ZipFile(path) as pack:
        return [json.loads(line) for line in pack.read(STORIES).splitlines()]


def rewritten(path: Path, name: str, contents: bytes) -> Path:
    """The same pack with other contents in one file."""
    other = path.with_name("other.zip")
    with zipfile.ZipFile(path) as pack, zipfile.ZipFile(other, "w") as copy:
        for member in pack.namelist():
            copy.writestr(member, contents if member == name else pack.read(member))
    return other


def test_a_corpus_holds_the_texts_their_sources_and_how_they_are_cited(frozen: Path) -> None:
    lines = lines_of(frozen)
    assert [line["headline"] for line in lines] == ["Story of the ferry", "Story of the harvest"]
    assert str(lines[0]["article_body"]).startswith("A story about the ferry") and lines[0]["payload_digest"]
    with zipfile.ZipFile(frozen) as pack:
        citations, told = pack.read("citations.bib").decode(), pack.read("README.md").decode()
    assert citations.count("@misc{") == 3 and r"River \textbraceleft{}stories\textbraceright{} \& boats" in citations
    assert "- query: ferry OR harvest" in told and "2 stories from 1 outlet" in told


def test_the_name_of_a_corpus_is_the_digest_of_its_texts(frozen: Path, data: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(frozen) as pack:
        texts = pack.read(STORIES)
    assert read_corpus(frozen).name == hashlib.sha256(texts).hexdigest()
    with open_reader(data) as archive:
        again = freeze(archive, Selection("ferry OR harvest"), tmp_path / "again.zip", "Another title", LATER)
    assert again.name == read_corpus(frozen).name, "equal texts have one name"


def test_a_frozen_file_does_not_change_while_the_archive_does(frozen: Path, data: Path, typed: Typed) -> None:
    before = frozen.read_bytes()
    with open_archive(data) as archive, archive.writing():
        key = str(lines_of(frozen)[0]["key"])
        archive.db.execute("update articles set headline = 'Another headline' where key = ?", (key,))
    done = typed("--data", str(data), "freeze", "--verify", str(frozen))
    assert (done.exit_code, frozen.read_bytes()) == (0, before)
    assert "is whole" in done.output and "2  there" in done.output


@pytest.mark.parametrize("name", [STORIES, "citations.bib", "README.md"])
def test_a_changed_letter_is_found(frozen: Path, data: Path, typed: Typed, name: str) -> None:
    with zipfile.ZipFile(frozen) as pack:
        contents = pack.read(name)
    done = typed("--data", str(data), "freeze", "--verify", str(rewritten(frozen, name, contents.replace(b"e", b"a", 1))))
    assert (done.exit_code, f"{name} is not as it was frozen" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("contents", "code"),
    [(b"no zip", 1), (b"", 1), ({"x": b"y"}, 2), ({FACTS: b"{"}, 1), ({FACTS: b"[1]"}, 1), ({FACTS: b'{"format": "another 7"}'}, 2)],
    ids=["no pack", "empty", "another pack", "broken", "no facts", "a newer form"],
)
def test_what_is_no_corpus_is_told_so(contents: bytes | dict[str, bytes], code: int, tmp_path: Path, typed: Typed) -> None:
    path = tmp_path / "some.zip"
    if isinstance(contents, bytes):
        path.write_bytes(contents)
    else:
        with zipfile.ZipFile(path, "w") as pack:
            for name, text in contents.items():
                pack.writestr(name, text)
    done = typed("--data", str(tmp_path), "freeze", "--verify", str(path))
    assert done.exit_code == code and str(path) in done.output and "Traceback" not in done.output


def test_a_half_copied_file_is_damaged(frozen: Path, data: Path, typed: Typed) -> None:
    frozen.write_bytes(frozen.read_bytes()[:-100])
    assert typed("--data", str(data), "freeze", "--verify", str(frozen)).exit_code == 1


def test_members_that_are_not_there_any_more_are_named(frozen: Path, data: Path, typed: Typed, tmp_path: Path) -> None:
    keys = [str(line["key"]) for line in lines_of(frozen)]
    take_down(data, keys[:1], "a request", "other")
    with open_archive(data) as archive, archive.writing():
        other = "update revisions set text_hash = 'x' where article_id = (select id from articles where key = ?)"
        archive.db.execute(other, (keys[1],))
    done = typed("--data", str(data), "freeze", "--verify", str(frozen), "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["whole"]) == (3, True)
    assert {row["key"]: row["fate"] for row in told["changed"]} == {keys[0]: "taken down", keys[1]: "read otherwise since"}
    whole_archive.build(tmp_path / "empty")
    shutil.rmtree(tmp_path / "empty")
    with open_archive(tmp_path / "empty"):
        pass
    done = typed("--data", str(tmp_path / "empty"), "freeze", "--verify", str(frozen))
    assert (done.exit_code, "2  not in this archive" in done.output) == (3, True)


def test_a_corpus_proves_itself_without_an_archive(frozen: Path, tmp_path: Path, typed: Typed) -> None:
    done = typed("--data", str(tmp_path / "nothing"), "freeze", "--verify", str(frozen))
    assert done.exit_code == 0 and "There is no archive in" in done.output


def test_hashes_in_the_place_of_texts_still_tell_what_became_of_them(data: Path, tmp_path: Path, typed: Typed) -> None:
    output = tmp_path / "bare.zip"
    assert typed("--data", str(data), "freeze", "-o", str(output), "--no-text", "--all-revisions").exit_code == 0
    with zipfile.ZipFile(output) as pack:
        everything = b"".join(pack.read(name) for name in pack.namelist())
    assert b"A story about" not in everything and b"at noon" not in everything
    assert (len(lines_of(output)), read_corpus(output).stories) == (5, 4)
    assert typed("--data", str(data), "freeze", "--verify", str(output)).exit_code == 0


def test_every_version_has_a_citation_of_its_own(data: Path, tmp_path: Path, typed: Typed) -> None:
    assert typed("--data", str(data), "freeze", "-o", str(tmp_path / "all.zip"), "--all-revisions").exit_code == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as pack:
        entries = [line for line in pack.read("citations.bib").decode().splitlines() if line.startswith("@misc{")]
    assert len(set(entries)) == len(entries) == 6


def test_what_asks_not_to_be_shown_is_left_out_and_said(frozen: Path, data: Path, tmp_path: Path, typed: Typed) -> None:
    with open_archive(data) as archive, archive.writing():
        query = "insert into withheld (article_id, because) select id, 'noarchive' from articles where key = ?"
        archive.db.execute(query, (lines_of(frozen)[0]["key"],))
    verified = typed("--data", str(data), "freeze", "--verify", str(frozen))
    assert verified.exit_code == 0 and "1  not shown" in verified.output
    done = typed("--data", str(data), "freeze", "-o", str(tmp_path / "all.zip"))
    assert done.exit_code == 0 and "1 story was left out" in done.output
    assert (len(lines_of(tmp_path / "all.zip")), read_corpus(tmp_path / "all.zip").withheld) == (3, 1)


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["ferry"], 2, "with -o"),
        (["nothing-of-it", "-o", "x.zip"], 4, "No story matches"),
        (["ferry", "-o", "river.zip"], 2, "there already"),
        (["ferry", "--site", "other", "-o", "x.zip"], 2, "no site named"),
        (['"ferry', "-o", "x.zip"], 2, "cannot be read"),
        (["ferry", "--verify", "river.zip"], 2, "alone"),
        (["ferry", "-o", "no/such/folder/x.zip"], 1, "cannot be written"),
    ],
)
def test_wrong_use_is_told_and_leaves_nothing(frozen: Path, data: Path, typed: Typed, words: list[str], code: int, told: str) -> None:
    before = sorted(path.name for path in frozen.parent.iterdir())
    done = typed("--data", str(data), "freeze", *words)
    assert (done.exit_code, told in done.output) == (code, True), done.output
    assert sorted(path.name for path in frozen.parent.iterdir()) == before


def test_equal_contents_make_equal_files(data: Path, tmp_path: Path) -> None:
    with open_reader(data) as archive:
        for name in ("one.zip", "two.zip"):
            freeze(archive, Selection(), tmp_path / name, "All", LATER + timedelta(0))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def with_facts(frozen: Path, **changed: object) -> Path:
    with zipfile.ZipFile(frozen) as pack:
        facts = json.loads(pack.read(FACTS))
    return rewritten(frozen, FACTS, json.dumps(facts | changed).encode())


def with_lines(frozen: Path, lines: bytes) -> Path:
    """A corpus with other lines whose digest is right: what somebody would make to deceive."""
    with zipfile.ZipFile(frozen) as pack:
        digests = json.loads(pack.read(FACTS))["sha256"]
    other = rewritten(frozen, STORIES, lines).rename(frozen.with_name("lines.zip"))
    return with_facts(other, sha256=digests | {STORIES: hashlib.sha256(lines).hexdigest()})


@pytest.mark.parametrize(
    "changed",
    [
        {"title": 7}, {"title": ["a"]}, {"title": "\ud800"}, {"title": "a" * 10_000_000}, {"frozen_at": None}, {"versions": "many"},
        {"sha256": {}}, {"sha256": [1]}, {"sha256": {STORIES: "0"}}, {"readers": 1}, {"unheard": "of"},
    ],
    ids=lambda changed: str(changed)[:30],
)  # fmt: skip
def test_facts_that_no_archiver_wrote_are_damage(frozen: Path, data: Path, typed: Typed, changed: dict[str, object]) -> None:
    done = typed("--data", str(data), "freeze", "--verify", str(with_facts(frozen, **changed)))
    assert (done.exit_code, "is damaged" in done.output) == (1, True), done.output


def test_a_pack_with_more_in_it_than_its_digests_prove_is_damaged(frozen: Path, data: Path, typed: Typed) -> None:
    for name in ("../../more.txt", STORIES):
        other = shutil.copy(frozen, frozen.with_name("more.zip"))
        with zipfile.ZipFile(other, "a") as pack, pytest.warns(UserWarning) if name == STORIES else nullcontext():
            pack.writestr(name, zipfile.ZipFile(frozen).read(STORIES))
        done = typed("--data", str(data), "freeze", "--verify", str(other))
        assert (done.exit_code, "other files" in done.output) == (1, True), done.output


def test_a_pack_that_may_take_any_memory_to_unpack_is_not_unpacked(frozen: Path, data: Path, typed: Typed) -> None:
    with zipfile.ZipFile(frozen) as pack, zipfile.ZipFile(frozen.with_name("lzma.zip"), "w", zipfile.ZIP_LZMA) as other:
        for name in pack.namelist():
            other.writestr(name, pack.read(name))
    done = typed("--data", str(data), "freeze", "--verify", str(frozen.with_name("lzma.zip")))
    assert (done.exit_code, "packed" in done.output) == (1, True)


def test_a_name_that_is_no_utf8_is_damage(frozen: Path, data: Path, typed: Typed) -> None:
    raw = bytearray(frozen.read_bytes())
    at = raw.find(b"PK\1\2")
    raw[at + 9], raw[at + 46] = 8, 255
    frozen.write_bytes(raw)
    done = typed("--data", str(data), "freeze", "--verify", str(frozen))
    assert (done.exit_code, "is damaged" in done.output) == (1, True), done.output


@pytest.mark.parametrize(
    "changed",
    [{"key": [1]}, {"key": None}, {"key": "\ud800"}, {"site": "\udfff"}, {"url": "http://a.example/" + "a" * 9_000}, {"version": "1"},
     {"text_hash": {}}, {"article_body": 1}],
    ids=lambda changed: str(changed)[:30],
)  # fmt: skip
def test_a_line_that_is_no_storys_is_told(frozen: Path, data: Path, typed: Typed, changed: dict[str, object]) -> None:
    line = json.dumps(lines_of(frozen)[0] | changed).encode() + b"\n"
    done = typed("--data", str(data), "freeze", "--verify", str(with_lines(frozen, line)))
    assert (done.exit_code, "is no story's" in done.output) == (1, True), done.output


@pytest.mark.parametrize("line", [b"[" * 100_000, b"\n", b"\xff\xfe{}", b'{"key": ' + b"9" * 5_000 + b"}", bytes(1000)])
def test_a_line_that_is_no_json_is_told(frozen: Path, data: Path, typed: Typed, line: bytes) -> None:
    done = typed("--data", str(data), "freeze", "--verify", str(with_lines(frozen, line)))
    assert (done.exit_code, "is no story's" in done.output) == (1, True), done.output


def test_other_words_beside_a_right_hash_are_not_there(frozen: Path, data: Path, typed: Typed) -> None:
    first, *rest = lines_of(frozen)
    for changed, fates in (
        ({"article_body": "The mayor confessed."}, {"another text": 1, "there": 1}),
        ({"headline": "The mayor confessed"}, {"another text": 1, "there": 1}),
        ({"article_body": f"  {first['article_body']}\n"}, {"there": 2}),
    ):
        lines = b"".join(json.dumps(line).encode() + b"\n" for line in (first | changed, *rest))
        done = typed("--data", str(data), "freeze", "--verify", str(with_lines(frozen, lines)), "--json")
        assert json.loads(done.stdout)["fates"] == fates
        assert done.exit_code == (3 if "another text" in fates else 0)


def test_a_title_is_one_line_of_text_whatever_is_typed(data: Path, tmp_path: Path, typed: Typed) -> None:
    output = tmp_path / "odd.zip"
    done = typed("--data", str(data), "freeze", "-o", str(output), "--title", "A\x1b[31m\n# B \udcff" + "c" * 9_000)
    assert done.exit_code == 0 and "\x1b" not in done.output
    corpus = read_corpus(output)
    assert corpus.title.startswith("A [31m # B ccc")
    with zipfile.ZipFile(output) as pack:
        assert pack.read("README.md").decode().startswith(f"# {corpus.title}\n")


def test_only_files_are_written_over(data: Path, tmp_path: Path, typed: Typed) -> None:
    fifo = tmp_path / "fifo.zip"
    os.mkfifo(fifo)
    for name, code in ((str(fifo), 2), ("", 2), (str(tmp_path / ("a" * 250 + ".zip")), 1)):
        done = typed("--data", str(data), "freeze", "--force", "-o", name)
        assert done.exit_code == code and "has a fault" not in done.output, done.output
    assert fifo.is_fifo()


def test_what_a_killed_process_left_of_a_file_goes_and_what_another_one_writes_stays(data: Path, tmp_path: Path, typed: Typed) -> None:
    left, busy = tmp_path / ".a.zip.0123.part", tmp_path / ".a.zip.4567.part"
    for path in (left, busy):
        path.write_bytes(b"PK")
    os.utime(left, (0, 0))
    assert typed("--data", str(data), "freeze", "-o", str(tmp_path / "a.zip")).exit_code == 0
    assert (left.exists(), busy.exists()) == (False, True)
