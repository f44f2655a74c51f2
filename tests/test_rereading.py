"""`archiver ingest --again`: what an earlier reader read badly is read well, and nothing else happens to the archive."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
from click.testing import Result

from archiver.extract import EXTRACTOR
from archiver.store import Mark, Scope, open_archive
from archiver.store.migrations import migrations
from archiver.store.rereading import excerpts
from tests.conftest import PARAGRAPHS, Cli, NewsServer
from tests.crash.harness import Nursery, run

PATHS = tuple(f"/2026/03/02/the-story-number-{number}-of-the-mill/" for number in range(1, 5))
NO_STORY = "/2026/03/02/a-story-that-nobody-could-read-at-first/"
LOST = "The text of this page was lost on the earlier reader, who saw nothing in it but a headline and a footer."
# As an earlier reader might have read: the label as headline, half of the text, one story not at all.
EARLIER = f"""delay_s = 0.02
drop_text = ["{LOST}", "{PARAGRAPHS[3]} Lost."]
selectors = [{{ field = "headline", selector = ".label" }}, {{ field = "drop", selector = ".second-half" }}]"""
LATER = "delay_s = 0.02"
TABLES = ("articles", "article_texts", "images", "article_authors", "article_keywords", "corrections", "revisions", "captures", "links")


def publish(server: NewsServer, path: str, headline: str, *texts: str, note: str = "") -> None:
    half = len(texts) // 2
    first, second = ("".join(f"<p>{text}</p>" for text in part) for part in (texts[:half], texts[half:]))
    server.page(
        path,
        f"<!DOCTYPE html><html lang=en><head><title>{headline}</title><meta property='og:type' content='article'>"
        "<meta property='article:published_time' content='2026-03-02T10:00:00-08:00'></head><body><article>"
        f"<p class='label'>News of the valley</p><h1>{headline}</h1>{first}<div class='second-half'>{second}"
        f"<figure><img src='/mill.jpg' alt=''><figcaption>The mill on Monday. Photo: Ana Lind</figcaption></figure>{note}</div>"
        "</article><footer>Imprint</footer></body></html>",
    )


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory, module_server: NewsServer) -> Path:
    """An archive that an earlier reader has read; one story with a later revision, one page that it took for no story."""
    cli = Cli(tmp_path_factory.mktemp("earlier"))
    for number, path in enumerate(PATHS):
        publish(module_server, path, f"Mill story {number}", *(f"{text} This is report {number}." for text in PARAGRAPHS))
    publish(module_server, NO_STORY, "The lost story", LOST, f"{PARAGRAPHS[3]} Lost.")
    module_server.front(*PATHS, NO_STORY)
    cli.site("gazette", module_server.address, EARLIER)
    assert cli("crawl").returncode in (0, 3)
    note = "<p><em>Correction: An earlier version of this story gave a wrong number of mills. There are two.</em></p>"
    texts = [f"{text} The mill burned on Tuesday, report 0." for text in PARAGRAPHS]
    publish(module_server, PATHS[0], "Mill story 0", *texts, note=note)
    assert cli("crawl", "--recheck").returncode in (0, 3)
    with cli.archive() as archive, archive.writing():
        for table in ("captures", "articles", "revisions", "field_evidence"):
            archive.db.execute(f"update {table} set read_with = '0' where read_with is not null")
    (cli.data / "sites.toml").write_text("", encoding="utf-8")
    cli.site("gazette", module_server.address, LATER)
    return cli.folder


@pytest.fixture
def old(earlier: Path, tmp_path: Path) -> Cli:
    return Cli(Path(shutil.copytree(earlier, tmp_path / "copy")))


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery"))
    yield made
    made.close()


def report_of(cli: Cli, nursery: Nursery, *words: str) -> dict[str, Any]:
    ended = run(cli.data, ("ingest", "--again", "--json", *words), None, nursery)
    assert ended.code == 0, ended.said
    report: dict[str, Any] = json.loads(ended.said.splitlines()[-1])
    return report


def contents(cli: Cli) -> dict[str, list[dict[str, object]]]:
    with cli.archive() as archive:
        return {table: list(archive.db.query(f"select * from {table} order by rowid")) for table in TABLES}


def stories(cli: Cli) -> list[tuple[object, ...]]:
    return cli.rows("select url, headline, article_body, first_seen_at, last_seen_at, revision_count from stories order by url")


def test_stories_and_revisions_take_the_newer_reading_of_their_own_page(old: Cli, nursery: Nursery) -> None:
    before = contents(old)
    assert {row["headline"] for row in before["articles"]} == {"News of the valley"}
    dry = report_of(old, nursery, "--dry-run")
    assert contents(old) == before
    done = old("ingest", "--again", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {**dry, "dry_run": False} == report  # a dry run says the same
    after = contents(old)

    assert sorted(str(row["headline"]) for row in after["articles"]) == [
        "Mill story 0",
        *(f"Mill story {n}" for n in (1, 2, 3)),
        "The lost story",
    ]
    revisions = old.rows(
        "select r.number, r.headline, r.article_body, r.read_with from revisions r join articles a on a.id = r.article_id"
        " where a.revision_count = 2 order by r.number"
    )
    assert [row[:2] for row in revisions] == [(1, "Mill story 0"), (2, "Mill story 0")]
    assert [str(row[2]).count("The mill burned") for row in revisions] == [0, 4]
    assert "This is report 0." in str(revisions[0][2]).split("\n\n")[3]  # the first revision's own second half
    assert {row[3] for row in revisions} == {EXTRACTOR}
    assert len(after["revisions"]) == len(before["revisions"]) + 1  # the newly found story's first
    for table in ("articles", "revisions"):  # nobody saw anything at another time
        for was, now in zip(before[table], after[table], strict=False):
            for name in ("id", "first_seen_at", "last_seen_at", "memento_datetime", "number", "capture_id", "revision_count"):
                assert was.get(name) == now.get(name)
    assert old.rows("select c.kind, r.number from corrections c join revisions r on r.id = c.revision_id") == [("correction", 2)]
    assert old.rows("select count(*) from images where caption = 'The mill on Monday.'") == [(5,)]

    assert report["fields"]["headline"]["stories"] == 4
    assert report["fields"]["headline"]["revisions"] == 5
    assert report["fields"]["captions"]["stories"] == 4
    assert {sample["before"] for sample in report["fields"]["headline"]["samples"]} == {"News of the valley"}
    assert report["named"]["stored"]["count"] == 1
    assert old.rows("select state from links where url like '%nobody-could-read%'") == [("done",)]
    evidence = old.rows("select value_raw, read_with from field_evidence where field = 'headline' and method = 'earlier_reading'")
    assert evidence == [("News of the valley", "0")] * 4
    assert old.rows("select count(*) from field_evidence where chosen = 1 and read_with <> ?", EXTRACTOR) == [(0,)]
    with old.archive() as archive:
        archive.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
        assert archive.search('"mill burned"').total == 1


def test_read_again_there_is_nothing_to_do_unless_it_is_forced(old: Cli, nursery: Nursery) -> None:
    report_of(old, nursery)
    before = contents(old)
    said = run(old.data, ("ingest", "--again"), None, nursery)
    assert said.code == 0
    assert "Nothing to read again" in said.said
    forced = report_of(old, nursery, "--force")
    assert (forced["fields"], forced["read"]) == ({}, 6)
    assert contents(old) == before


def test_a_page_that_the_newer_reader_cannot_read_keeps_its_earlier_reading_and_is_named(
    old: Cli, module_server: NewsServer, nursery: Nursery
) -> None:
    (old.data / "sites.toml").unlink()
    words = json.dumps([f"{text} This is report 2." for text in PARAGRAPHS])
    old.site("gazette", module_server.address, f"delay_s = 0.02\ndrop_text = {words}")
    report = report_of(old, nursery)
    assert [url for url, _ in report["named"]["kept"]["examples"]] == [module_server.address + PATHS[2].lstrip("/")]
    assert old.rows("select headline, read_with, word_count > 0 from articles where url like '%number-3%'") == [
        ("News of the valley", "0", 1)
    ]
    assert old.rows("select count(*) from field_evidence where method = 'refused_reading'") == [(1,)]


def test_a_site_and_a_first_day_bound_what_is_read(old: Cli, typed: Callable[..., Result]) -> None:
    data = ("--data", str(old.data))
    assert typed(*data, "ingest", "--again", "--site", "nosuch").exit_code == 2
    assert typed(*data, "ingest", "--site", "gazette").exit_code == 2
    with old.archive() as archive:
        scope = Scope("1", archive.last_capture_id())
        assert [len(list(archive.captures_of_stories(part, Mark()))) for part in bounded(scope)] == [5, 5, 0, 0]
        assert [len(list(archive.captures_refused(part, Mark()))) for part in bounded(scope)] == [1, 1, 0, 0]
        _, second, third, *_ = archive.captures_of_stories(scope, Mark())
        after = Mark("stories", second[0], second[2].id)
        assert next(archive.captures_of_stories(scope, after))[2].id == third[2].id


def bounded(scope: Scope) -> list[Scope]:
    return [scope, replace(scope, site="gazette"), replace(scope, site="other"), replace(scope, since=date(2999, 1, 1))]


def test_an_archive_of_an_older_version_learns_to_be_read_again(tmp_path: Path) -> None:
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m016_rereadings")
    db["sites"].insert({"name": "gazette", "url": "https://gazette.example/", "added_at": "2026-11-03T08:00:00Z"})
    db.close()
    with open_archive(tmp_path) as archive:
        assert archive.db["sites"].count == 1
        assert archive.last_rereading("1", None, None) is None


def test_long_values_are_shown_from_shortly_before_the_difference() -> None:
    before, after = excerpts("a" * 500 + "one" + "b" * 500, "a" * 500 + "two" + "b" * 500)
    assert before is not None and after is not None
    assert before.startswith("…" + "a" * 40 + "one") and after.startswith("…" + "a" * 40 + "two")
    assert len(before) <= 401
    assert excerpts(None, "new") == (None, "new")
