"""The archive in SQLite: opening it, its queue, stories and their revisions, and many writers."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import time
import zlib
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import sqlite_utils

from archiver import errors
from archiver.records import Article, Author, Correction, Embed, Evidence, Image, Link, LiveUpdate, Site
from archiver.store import Archive, CaptureRow, Look, Reading, Saved, links, open_archive, open_reader, sqlite
from archiver.store.index import SLOTS
from archiver.store.migrations import migrations
from tests.patience import comes_to_an_end

DAY_1 = datetime(2026, 11, 3, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SITE = Site("lodi_post", "https://lodi.example/")
URL = "https://lodi.example/2026/11/harbour-reopens"
BODY = "The harbour opened again on Tuesday.\n\nFishermen had waited for two weeks."
READER = "reader/1"


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        opened.save_site(SITE, DAY_1)
        yield opened


def article(body: str = BODY, headline: str = "Harbour reopens", url: str = URL, **more) -> Article:
    given = {
        "article_body": body,
        "headline": headline,
        "word_count": len(body.split()),
        "text_hash": sha256(f"{headline}\n{body}".encode("utf-8", "replace")).hexdigest(),
        "date_published": "2026-11-03T09:00:00+01:00",
        "date_published_utc": "2026-11-03T08:00:00Z",
        "date_precision": "second",
        "in_language": "en",
        "article_section": "World",
    }
    return Article(url=url, **given | more)


def read(archive: Archive, of: Article, at: datetime = DAY_1, target: str | None = None, reader: str = READER, **more) -> Saved:
    """Keeps a capture of an article, and stores what was read off it."""
    row = capture(target or of.url, at)
    (capture_id,) = archive.save_captures([row])
    (saved,) = archive.save_articles([Reading(replace(row, id=capture_id), of, reader, **more)], at)
    return saved


def capture(url: str = URL, at: datetime = DAY_1, **more) -> CaptureRow:
    given = {
        "http_status": 200,
        "outcome": "kept",
        "warc_filename": "lodi_post-1.warc.gz",
        "warc_offset": int(at.timestamp()) * 1_000_000 + zlib.crc32(url.encode()) % 1_000_000,
        "warc_length": 500,
        "payload_digest": "sha1:X",
    }
    return CaptureRow(target_uri=url, site="lodi_post", warc_date=at, **given | more)


def how_many_due(archive: Archive, at: datetime) -> int:
    """How many addresses are to be fetched now."""
    return len(archive.due_links("lodi_post", at, 99))


def contents(archive: Archive) -> dict[str, list[tuple]]:
    """Every row of every table, and what the search index holds."""
    names = [name for name in archive.db.table_names() if "_fts" not in name and not name.startswith("_sqlite")]
    return {name: archive.db.execute(f"select * from {name}").fetchall() for name in names} | {"fts": indexed(archive)}


def indexed(archive: Archive) -> list[tuple]:
    archive.db.execute("create virtual table if not exists temp.words using fts5vocab(main, articles_fts, instance)")
    return sorted(archive.db.execute("select term, doc, col, offset from temp.words").fetchall())


def assert_index_is_in_step(archive: Archive) -> None:
    """What is in the index is what a new one would hold."""
    held = indexed(archive)
    archive.db.execute("insert into articles_fts (articles_fts) values ('integrity-check')")
    archive.db.execute("insert into images_fts (images_fts) values ('integrity-check')")
    archive.db.execute("insert into articles_fts (articles_fts) values ('rebuild')")
    assert indexed(archive) == held


# --- opening


def test_opening_makes_the_directory_and_opening_again_keeps_what_is_there(tmp_path):
    folder = tmp_path / "new" / "data"
    with open_archive(folder) as archive:
        archive.save_site(SITE, DAY_1)
    with open_archive(folder) as archive:
        assert [row["name"] for row in archive.db["sites"].rows] == ["lodi_post"]
        assert archive.db.execute("pragma journal_mode").fetchone() == ("wal",)


def test_an_archive_of_a_newer_version_is_refused_and_left_alone(tmp_path):
    open_archive(tmp_path).close()
    db = sqlite_utils.Database(tmp_path / "archive.db")
    db["_sqlite_migrations"].insert({"migration_set": "news_archiver", "name": "m999_later", "applied_at": "2030"})
    db.close()
    for opening in (open_archive, open_reader):
        with pytest.raises(errors.ArchiveTooNew, match="newer version"):
            opening(tmp_path)


def test_an_archive_of_an_older_version_is_upgraded_with_its_rows(tmp_path):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m002_captures")
    db["sites"].insert({"name": "lodi_post", "url": "https://lodi.example/", "added_at": "2026-11-03T08:00:00Z"})
    db.close()
    with open_reader(tmp_path) as archive:
        assert archive.db["sites"].count == 1
        assert archive.stats()["stories"] == 0


def test_the_upgrade_of_a_large_archive_says_that_it_takes_a_while(tmp_path, monkeypatch, caplog):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m019_what_is_listed_now_is_new")
    db.close()
    monkeypatch.setattr("archiver.store.sqlite.LARGE_BYTES", 1)
    open_reader(tmp_path).close()
    assert "can take some minutes" in caplog.text
    caplog.clear()
    open_reader(tmp_path).close()
    assert caplog.text == ""


def test_images_without_words_come_into_the_index_of_an_older_archive(tmp_path):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m015_every_image_in_the_index")
    db.execute("pragma foreign_keys = off")
    for position, caption in enumerate(("A harbour", None)):
        db["images"].insert({"article_id": 1, "position": position, "is_lead": 0, "caption": caption})
    db.execute("insert into images_fts (rowid, caption) values (1, 'A harbour')")
    db.conn.commit()
    db.close()
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("select id from images_fts_docsize").fetchall() == [(1,), (2,)]
        archive.db.execute("insert into images_fts (images_fts, rank) values ('integrity-check', 1)")


def older_archive(folder: Path, stop_before: str, *texts: str) -> None:
    """With stories of these texts: k1, k2 …, the newest first."""
    db = sqlite_utils.Database(folder / "archive.db")
    migrations.apply(db, stop_before=stop_before)
    db["sites"].insert({"name": "lodi_post", "url": "https://lodi.example/", "added_at": "2026-11-03T08:00:00Z"})
    fixed = {"site": "lodi_post", "text_hash": "x", "date_precision": "none", "access_observed": "full", "pubstatus": "live"}
    fixed |= {"first_seen_at": "2026-11-03T08:00:00Z", "last_seen_at": "2026-11-03T08:00:00Z", "revision_count": 1, "word_count": 2}
    for number, text in enumerate(texts, 1):
        address = {"id": number, "key": f"k{number}", "search_id": 100 - number, "url": f"https://lodi.example/{number}"}
        db["articles"].insert(fixed | address)
        db["article_texts"].insert({"article_id": number, "article_body": text})
    db.execute("insert into articles_fts (rowid, article_body, keys) select rowid, article_body, keys from stories order by rowid")
    db.conn.commit()
    db.close()


def test_the_stories_of_an_older_archive_are_found_by_the_first_letters_of_a_word(tmp_path):
    older_archive(tmp_path, "m018_prefixes_in_the_index", "Harbours close.", "The harbour opens.", "A hardware shop.")
    with open_archive(tmp_path) as archive:
        archive.db.execute("insert into articles_fts (articles_fts, rank) values ('integrity-check', 1)")
        (made_by,) = archive.db.execute("select sql from sqlite_master where name = 'articles_fts'").fetchone()
        assert 'prefix="4"' in made_by
        for query, keys in (("harb*", ["k1", "k2"]), ("har*", ["k1", "k2", "k3"]), ("harbours*", ["k1"])):
            assert [hit.key for hit in archive.search(query, sort="newest").hits] == keys


def test_text_without_spaces_of_an_older_archive_is_searched_by_any_piece_of_it(tmp_path):
    older_archive(tmp_path, "m020_words_of_the_index", "港が開く。", "古い灯台が開く。", "The harbour opens.")
    with open_reader(tmp_path) as archive:
        assert [hit.key for hit in archive.search("開く", sort="newest").hits] == ["k1", "k2"]
        assert [hit.key for hit in archive.search("灯台").hits] == ["k2"]


def test_links_found_before_older_stories_were_listed_stay_in_the_queue(tmp_path):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m014_older_stories")
    db["sites"].insert({"name": "lodi_post", "url": "https://lodi.example/", "added_at": "2026-11-03T08:00:00Z"})
    found = {"url": "https://lodi.example/a", "site": "lodi_post", "source": "feed", "source_url": "", "state": "due"}
    db["links"].insert(found | dict.fromkeys(("first_seen_at", "last_seen_at", "due_at"), "2026-11-03T08:00:00Z"))
    db.close()
    with open_archive(tmp_path) as archive:
        assert [link.url for link in archive.due_links("lodi_post", DAY_1 + DAY, 10)] == ["https://lodi.example/a"]
        assert archive.db.execute("select count(*) from listed_stories").fetchone() == (0,)
        assert archive.learned_every("lodi_post") is None


def test_stories_of_an_older_archive_get_their_pictures_when_they_are_stored_again(tmp_path):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m023_pictures")
    db["sites"].insert({"name": SITE.name, "url": SITE.url, "added_at": "2026-11-03T08:00:00Z"})
    db.close()
    with open_archive(tmp_path) as archive:
        saved = read(archive, article(images=(Image("https://lodi.example/a.jpg", is_lead=True), Image("https://lodi.example/b.jpg"))))
        assert archive.want_pictures(saved.article_id, SITE.name, URL, "lead", DAY_1) == 1
        assert archive.want_pictures(saved.article_id, SITE.name, URL, "all", DAY_1) == 1  # the facts want more by now
        assert archive.want_pictures(saved.article_id, SITE.name, URL, "all", DAY_1) == 0
        assert [link.url[-5:] for link in archive.due_pictures(SITE.name, DAY_1, 9)] == ["a.jpg", "b.jpg"]
        assert archive.due_links(SITE.name, DAY_1, 9) == []
        assert archive.count_waiting(SITE.name, DAY_1) == 0


def test_an_address_that_was_taken_for_a_pictures_and_is_listed_as_a_story_is_fetched_as_one(archive: Archive):
    saved = read(archive, article(images=(Image("https://lodi.example/2026/11/other", is_lead=True),)))
    archive.want_pictures(saved.article_id, SITE.name, URL, "all", DAY_1)
    archive.finish_link("https://lodi.example/2026/11/other", "skipped", "not_an_image", None, attempts=1)
    archive.save_links([Link("https://lodi.example/2026/11/other", SITE.name, "feed", "https://lodi.example/feed")], DAY_1)
    assert [link.url for link in archive.due_links(SITE.name, DAY_1, 9)] == ["https://lodi.example/2026/11/other"]
    assert archive.due_pictures(SITE.name, DAY_1, 9) == []


def test_a_file_that_is_no_database_is_called_damaged(tmp_path):
    (tmp_path / "archive.db").write_bytes(b"this is not a database, but long enough to be one" * 100)
    with pytest.raises(errors.ArchiveDamaged, match="restore a backup"):
        open_archive(tmp_path)


def test_a_database_with_torn_pages_is_called_damaged(tmp_path):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, DAY_1)
        for number in range(40):
            read(archive, article(url=f"{URL}-{number}"), DAY_1 + number * HOUR)
        archive.db.execute("pragma wal_checkpoint(truncate)")
    path = tmp_path / "archive.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    with pytest.raises(errors.ArchiveDamaged), open_archive(tmp_path) as archive:
        archive.stats()
        archive.story(URL)


def test_a_database_of_something_else_is_not_taken_over(tmp_path):
    sqlite_utils.Database(tmp_path / "archive.db")["recipes"].insert({"name": "soup"})
    with pytest.raises(errors.DataDirectoryError, match="recipes"):
        open_archive(tmp_path)


def test_a_data_directory_that_is_a_file_is_explained(tmp_path):
    (tmp_path / "data").write_text("a file")
    with pytest.raises(errors.DataDirectoryError, match="--data"):
        open_archive(tmp_path / "data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_write_permission_is_explained(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(errors.DataDirectoryError, match="permissions"):
        open_archive(tmp_path)


def test_a_full_disk_loses_the_batch_and_nothing_else(archive):
    read(archive, article())
    before = contents(archive)
    pages = archive.db.execute("pragma page_count").fetchone()[0]
    archive.db.execute(f"pragma max_page_count = {pages}")  # the same answer from SQLite as a full disk gives
    with pytest.raises(errors.DataDirectoryError, match="Free space"):
        read(archive, article(body="word " * 100_000, url=f"{URL}-long"), DAY_1 + HOUR)
    archive.db.execute("pragma max_page_count = 1000000")
    after = contents(archive)
    assert {name: rows for name, rows in after.items() if name != "captures"} == {n: r for n, r in before.items() if n != "captures"}


def test_reading_where_there_is_no_archive_says_what_to_do(tmp_path):
    with pytest.raises(errors.NothingToDo, match="archiver demo"):
        open_reader(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_reader_cannot_write(archive, tmp_path):
    with open_reader(tmp_path) as reader, pytest.raises(errors.DataDirectoryError):
        reader.save_site(replace(SITE, publisher="Somebody"), DAY_1)


# --- the queue


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Datasette, once imported, has it told
def test_who_presses_ctrl_c_does_not_wait_for_the_end_of_a_query(archive, tmp_path):
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with open_reader(tmp_path) as reader, pytest.raises(KeyboardInterrupt), sqlite.telling_of_sqlite(tmp_path):
            reader.db.execute("with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n").fetchall()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def link(number: int = 1, **more) -> Link:
    given = {"url": f"https://lodi.example/story-{number}", "source": "sitemap", "source_url": "https://lodi.example/sitemap.xml"}
    return Link(**{"site": "lodi_post"} | given | more)


def test_new_links_are_due_at_once_and_known_ones_are_counted_as_known(archive):
    assert archive.save_links([link(1), link(2), link(1)], DAY_1) == (2, 0)
    assert archive.save_links([link(2), link(3)], DAY_1 + HOUR) == (1, 1)
    assert how_many_due(archive, DAY_1 + HOUR) == 3
    assert archive.known_urls([link(1).url, link(9).url]) == {link(1).url}


def test_a_link_keeps_the_source_of_most_trust(archive):
    archive.save_links([link(1, source="front_page", source_url="https://lodi.example/")], DAY_1)
    archive.save_links([link(1, source="feed", source_url="https://lodi.example/feed"), link(1, source="section")], DAY_1)
    assert archive.due_links("lodi_post", DAY_1, 9)[0].source == "feed"


def test_due_links_come_newest_story_first(archive):
    archive.save_links([link(1, date_published=DAY_1 - 2 * DAY), link(2, lastmod=DAY_1 - DAY), link(3)], DAY_1)
    archive.save_links([link(4)], DAY_1 + HOUR)
    due = archive.due_links("lodi_post", DAY_1 + HOUR, 9)
    assert [item.url[-1] for item in due] == ["2", "1", "4", "3"]
    assert [item.url[-1] for item in archive.due_links("lodi_post", DAY_1 + HOUR, 1)] == ["2"]


def test_what_a_front_page_lists_without_a_date_comes_before_all_older_stories(archive):
    archive.save_links([link(number, lastmod=DAY_1 - number * DAY, source="sitemap") for number in range(1, 5)], DAY_1)
    archive.save_links([link(5, source="front_page"), link(6, source="sitemap")], DAY_1)
    archive.save_links([link(7, source="front_page"), link(8, date_published=DAY_1 + HOUR)], DAY_1 + 2 * HOUR)
    assert [item.url[-1] for item in archive.due_links("lodi_post", DAY_1 + 2 * HOUR, 9)] == list("78512346")


def test_stories_that_come_due_again_in_a_long_run_keep_no_other_from_its_turn(archive):
    archive.save_links([link(number, date_published=DAY_1 - number * HOUR) for number in range(1, 9)], DAY_1)
    looked_at = {link(number).url for number in range(1, 7)}
    assert [item.url[-1] for item in archive.due_links("lodi_post", DAY_1 + HOUR, 3, without=looked_at)] == list("78")


def test_the_next_links_are_taken_without_sorting_all_that_wait(archive):
    plan = archive.db.execute(f"explain query plan {links.DUE}", dict.fromkeys(("site", "now", "since", "first", "last", "section")))
    told = str(plan.fetchall())
    assert "links_queue" in told
    assert "B-TREE" not in told


def test_the_links_of_some_days_are_found_without_going_through_all_that_wait_and_come_in_the_same_order(archive, monkeypatch):
    places = ("2026-01-31", "2026-02", "2026-02-01", "2026-02-10", "2026-02-28", "2026-03-01", "2026-03", None)
    archive.save_links([link(number, listed_on=place, source="sitemap") for number, place in enumerate(places)], DAY_1)
    asked: list[str] = []
    archive.db.conn.set_trace_callback(asked.append)
    days = date(2026, 2, 1), date(2026, 2, 10)
    few = [item.url[-1] for item in archive.due_links("lodi_post", DAY_1, 9, listed=days)]
    assert sorted(few) == ["1", "2", "3"] and "indexed by links_listed_on" in asked[1]
    monkeypatch.setattr(links, "MOST_SORTED", 0)
    assert [item.url[-1] for item in archive.due_links("lodi_post", DAY_1, 9, listed=days)] == few


def test_a_link_that_waits_for_another_try_comes_behind_its_like(archive):
    archive.save_links([link(number) for number in range(1, 4)], DAY_1)
    archive.finish_link(link(1).url, "due", "HTTP 500", DAY_1 + HOUR, attempts=1)
    assert [item.url[-1] for item in archive.due_links("lodi_post", DAY_1 + 2 * HOUR, 9)] == list("231")


def test_to_delete_a_revision_looks_up_who_returns_to_it(archive):
    """Or a takedown goes through all revisions of the archive for each one of its own."""
    plan = archive.db.execute("explain query plan select 1 from revisions where returns_to = ?", (1,))
    assert "revisions_returns_to" in str(plan.fetchall())


def test_due_links_can_be_limited_to_new_stories_and_to_a_section(archive):
    archive.save_links(
        [
            link(1, date_published=DAY_1 - 9 * DAY),
            link(2, date_published=DAY_1, url="https://lodi.example/sport/cup-final"),
            link(3, source_url="https://lodi.example/sport/"),
        ],
        DAY_1,
    )
    assert len(archive.due_links("lodi_post", DAY_1, 9, since=date(2026, 11, 1))) == 2
    assert {item.url for item in archive.due_links("lodi_post", DAY_1, 9, section="sport")} == {
        "https://lodi.example/sport/cup-final",
        link(3).url,
    }


def test_a_finished_link_is_due_again_when_its_time_comes(archive):
    archive.save_links([link(1), link(2)], DAY_1)
    archive.finish_link(link(1).url, "done", None, DAY_1 + DAY)
    archive.finish_link(link(2).url, "skipped", "not_an_article", None)
    assert archive.due_links("lodi_post", DAY_1 + HOUR, 9) == []
    assert [item.url for item in archive.due_links("lodi_post", DAY_1 + DAY, 9)] == [link(1).url]


def test_a_change_declared_after_the_last_look_makes_a_link_due_now(archive):
    archive.save_links([link(1, lastmod=DAY_1)], DAY_1)
    archive.save_captures([capture(link(1).url, DAY_1 + HOUR)])
    archive.finish_link(link(1).url, "done", None, DAY_1 + 9 * DAY)
    archive.save_links([link(1, lastmod=DAY_1 + HOUR)], DAY_1 + 2 * HOUR)
    assert how_many_due(archive, DAY_1 + 2 * HOUR) == 0
    archive.save_links([link(1, lastmod=DAY_1 + 2 * HOUR)], DAY_1 + 3 * HOUR)
    assert how_many_due(archive, DAY_1 + 3 * HOUR) == 1


def test_a_change_that_is_declared_for_the_future_waits_for_its_day(archive):
    archive.save_links([link(1)], DAY_1)
    archive.save_captures([capture(link(1).url, DAY_1)])
    archive.finish_link(link(1).url, "done", None, DAY_1 + 9 * DAY)
    for hours, due in ((1, 0), (2, 0), (3, 1)):
        archive.save_links([link(1, lastmod=DAY_1 + 3 * HOUR)], DAY_1 + hours * HOUR)
        assert how_many_due(archive, DAY_1 + hours * HOUR) == due


def test_the_newest_look_at_each_of_several_addresses_is_told_with_its_outcome(archive):
    first, second, never = (link(number).url for number in (1, 2, 3))
    archive.save_captures([capture(first, DAY_1), capture(first, DAY_1 + HOUR, outcome="unchanged"), capture(second, DAY_1)])
    looks = archive.last_looks([first, second, never])
    assert (looks[first], set(looks)) == ((DAY_1 + HOUR, "unchanged"), {first, second})


def test_a_due_link_brings_the_validators_of_its_last_good_answer(archive):
    archive.save_links([link(1)], DAY_1)
    archive.save_captures([capture(link(1).url, DAY_1, etag='"a1"'), capture(link(1).url, DAY_1 + HOUR, http_status=304, etag='"zz"')])
    (due,) = archive.due_links("lodi_post", DAY_1 + HOUR, 9)
    assert due.capture.etag == '"a1"'
    assert due.capture.warc_date == DAY_1


# --- runs and captures


def test_a_warc_record_is_indexed_once_however_often_it_is_saved(archive):
    rows = [capture(at=DAY_1), capture(at=DAY_1 + HOUR)]
    assert archive.save_captures(rows) == archive.save_captures(rows)
    assert archive.db["captures"].count == 2
    assert archive.known_offset("lodi_post-1.warc.gz") == rows[1].warc_offset + 500
    assert archive.known_offset("other.warc.gz") == 0
    assert archive.known_offset("lodi_post-1.warc.gz", before=rows[1].warc_offset) == rows[0].warc_offset + 500
    assert archive.known_offset("lodi_post-1.warc.gz", before=rows[0].warc_offset) == 0


def test_only_story_candidates_wait_to_be_read(archive):
    run = archive.start_run("lodi_post", "crawl", DAY_1)
    ids = archive.save_captures([capture(f"{URL}-1", run_id=run), capture(f"{URL}-2"), capture(f"{URL}-3", outcome="index")])
    assert [row.id for row in archive.unread_captures(9)] == ids[:2]
    assert [row.id for row in archive.unread_captures(9, run_id=run)] == ids[:1]
    archive.refused(ids[0], "not_an_article", "a list of links", READER)
    assert [row.id for row in archive.unread_captures(9)] == ids[1:2]


def test_each_address_of_a_run_has_one_outcome(archive):
    run = archive.start_run("lodi_post", "crawl", DAY_1)
    archive.save_outcomes(run, [(URL, "http_error", "503"), (URL, "new", None)])
    assert archive.last_look_through("lodi_post") is None
    archive.save_outcomes(run, [(f"{URL}/feed/", "index", "9 links")])  # a run that looked through the lists of the site
    archive.finish_run(run, DAY_1 + HOUR, "finished", {"new": 1, "index": 1})
    (last,) = archive.last_runs("lodi_post", 5)
    assert last.outcomes == {"new": 1, "index": 1}
    assert (last.finish_reason, archive.last_look_through("lodi_post")) == ("finished", (DAY_1, DAY_1 + HOUR))


def test_a_capture_of_a_run_and_site_that_nobody_knows_is_kept(archive):
    archive.save_captures([replace(capture(), site="elsewhere", run_id=77)])
    assert archive.db["captures"].get(1)["run_id"] is None


# --- stories


def whole_article() -> Article:
    return article(
        abstract="After two weeks, boats leave again.",
        byline="By Jane Doe and staff",
        dateline="LODI, Nov 3 (AP)",
        located="LODI",
        infosource="AP",
        authors=(Author("Jane Doe", url="https://lodi.example/jane"), Author("Staff", kind="organisation")),
        keywords=("harbour", "fishing", "harbour"),
        images=(
            Image(
                "https://lodi.example/a.jpg",
                caption="Boats at the pier",
                creditline="Photo: Ann Lee/AFP",
                credit_agency="AFP",
                width=10,
                is_lead=True,
            ),
        ),
        corrections=(Correction("correction", "An earlier version gave a wrong day.", "2026-11-03"),),
        embeds=(Embed("video", "https://video.example/1", "Watch: boats leave"),),
        outlinks=("https://port.example/",),
        live_updates=(LiveUpdate("First boat", "It left.", "2026-11-03T08:00:00Z"),),
        evidence=(Evidence("headline", "Harbour reopens", "jsonld", "NewsArticle.headline", 0.9),),
    )


def test_a_first_reading_makes_a_story_with_all_its_parts(archive):
    saved = read(archive, whole_article())
    assert (saved.outcome, saved.revision, saved.change) == ("new", 1, "first")
    story = archive.story(URL)
    assert story.article["key"] == saved.key
    assert story.article_body == BODY
    assert [author["name"] for author in story.authors] == ["Jane Doe", "Staff"]
    assert story.keywords == ["harbour", "fishing"]
    assert story.images[0]["creditline"] == "Photo: Ann Lee/AFP"
    assert story.corrections[0]["kind"] == "correction"
    assert (story.embeds[0]["title"], story.outlinks, story.live_updates[0]["text"]) == (
        "Watch: boats leave",
        ["https://port.example/"],
        "It left.",
    )
    assert story.evidence[0]["locator"] == "NewsArticle.headline"
    assert [revision["change"] for revision in story.revisions] == ["first"]
    assert archive.stats()["captions"] == 1
    assert_index_is_in_step(archive)


def test_every_field_of_an_article_has_a_column_or_a_table(archive):
    elsewhere = {"outcome", "outcome_reason", "next_page", "evidence", "authors", "keywords", "article_body", "article_body_html"}
    columns = set(archive.db["articles"].columns_dict) | set(archive.db.table_names()) | elsewhere
    assert {field.name for field in fields(Article)} <= columns
    assert {field.name for field in fields(Site)} >= set(archive.db["sites"].columns_dict) - {"added_at", "learned_every_s"}
    stored = set(archive.db["images"].columns_dict) - {"id", "article_id", "position"}
    assert stored == {field.name for field in fields(Image)}


def test_a_story_is_found_by_key_by_any_spelling_of_its_address_and_by_addresses_that_led_to_it(archive):
    archive.save_links([link(1, url="https://lodi.example/?p=77")], DAY_1)
    saved = read(archive, article(), target="https://lodi.example/?p=77")
    for name in (
        saved.key,
        URL,
        URL + "/",
        URL + "?utm_source=x",
        URL + "/amp/",
        "lodi.example/2026/11/harbour-reopens",
        "https://lodi.example/?p=77",
    ):
        assert archive.story(name).article["id"] == saved.article_id, name
    assert archive.story("https://lodi.example/other") is None
    assert archive.story("") is None


TALES = (
    "The miller of Tern Lane has sold his last two geese and will leave for the coast in spring, where his sister keeps an inn. He had"
    " ground the flour of four villages for thirty years, until the new bakery began to buy its own from the city by rail.",
    "A crack in the dome of the observatory let rain onto the great mirror on Sunday night, said its director, who found water standing"
    " in the tube at dawn. Nobody can tell yet whether the silver coat must be taken off and laid on anew, which would cost a year.",
    "Nine children from the upper valley walked to school through the tunnel this week because the bridge is shut, and came late with"
    " wet boots. The teacher counted their steps with them: four thousand and eleven, of which three hundred in the dark.",
)
ADDRESSES = tuple(f"https://lodi.example/2026/11/{name}/" for name in ("miller-sells-geese", "rain-on-the-mirror", "nine-in-the-tunnel"))


@pytest.mark.parametrize("declared", [*ADDRESSES, "https://lodi.example/all-of-our-tales-in-one/"])
def test_stories_whose_theme_declares_one_canonical_address_on_all_pages_stay_apart(archive, declared):
    archive.save_links([Link(address, "lodi_post", "feed", "https://lodi.example/feed/") for address in ADDRESSES], DAY_1)
    for day in (DAY_1, DAY_1 + timedelta(days=1)):
        for number, (body, fetched) in enumerate(zip(TALES, ADDRESSES, strict=True)):
            saved = read(archive, article(body, f"Tale {number}", declared), day, target=fetched)
            assert saved.outcome == ("new" if day == DAY_1 else "unchanged")
    rows = archive.db.execute("select a.headline, article_body, revision_count, url from articles a join article_texts on article_id = id")
    stories = {headline: (body, revisions, url) for headline, body, revisions, url in rows.fetchall()}
    assert {headline: told[:2] for headline, told in stories.items()} == {f"Tale {number}": (body, 1) for number, body in enumerate(TALES)}
    assert all(stories[f"Tale {number}"][2] in (address, declared) for number, address in enumerate(ADDRESSES))
    assert [archive.story(address).article["headline"] for address in ADDRESSES] == [f"Tale {number}" for number in range(3)]
    assert_index_is_in_step(archive)


def test_an_edit_seen_first_under_another_address_of_a_story_makes_no_second_story(archive):
    read(archive, article(TALES[0], "Miller sells his geese", ADDRESSES[0]))
    edited = TALES[0] + " He takes the dog along, and leaves the cat to whoever opens the door."
    variant = ADDRESSES[0].replace("/2026/", "/farming/2026/")
    saved = read(archive, article(edited, "Miller leaves for the coast", ADDRESSES[0]), DAY_1 + timedelta(hours=1), target=variant)
    assert saved.outcome == "duplicate_address"
    assert archive.db.execute("select count(*) from articles").fetchone() == (1,)


def test_storing_the_same_capture_twice_changes_nothing(archive):
    first = read(archive, whole_article())
    before = contents(archive)
    second = read(archive, whole_article())
    assert contents(archive) == before
    assert second == first


def test_the_same_text_seen_later_only_moves_last_seen(archive):
    read(archive, article())
    saved = read(archive, article(byline="By Jane Doe"), DAY_1 + DAY)
    assert (saved.outcome, saved.revision) == ("unchanged", 1)
    story = archive.story(URL)
    assert story.article["last_seen_at"] == story.revisions[0]["last_seen_at"] == "2026-11-04T08:00:00Z"
    assert story.article["first_seen_at"] == "2026-11-03T08:00:00Z"
    assert story.article["byline"] == "By Jane Doe"
    assert_index_is_in_step(archive)


OTHER = BODY + "\n\nThe mayor resigned."
CHANGES = [
    # what the second reading has, class, declared, stealth
    ({"body": OTHER}, "substantive", 0, 1),
    ({"body": OTHER, "date_modified_utc": "2026-11-03T09:00:00Z"}, "substantive", 1, 0),
    ({"headline": "Harbour opens at last"}, "headline", 0, 0),
    ({"body": BODY.upper().replace(".", " !")}, "cosmetic", 0, 0),
    ({"body": OTHER, "corrections": (Correction("correction", "Corrected: the day."),)}, "correction", 1, 0),
    ({"body": OTHER, "corrections": (Correction("update", "Updated with the mayor's words."),)}, "update", 1, 0),
]


@pytest.mark.parametrize(("second", "change", "declared", "stealth"), CHANGES)
def test_a_changed_text_makes_a_revision_of_its_class(archive, second, change, declared, stealth):
    read(archive, article())
    saved = read(archive, article(**second), DAY_1 + DAY)
    assert (saved.outcome, saved.change, saved.revision) == ("changed", change, 2)
    first, newer = archive.history(URL)
    assert (newer["change"], newer["declared"], newer["stealth"]) == (change, declared, stealth)
    assert archive.text_of(first) == BODY
    assert archive.text_of(newer) == second.get("body", BODY)
    assert archive.revision(saved.article_id, 1)["article_body"] == BODY
    assert archive.story(URL).article["revision_count"] == 2
    assert_index_is_in_step(archive)


def stories_of_a_week(number: int = 9) -> list[tuple[str, str]]:
    """(address, text) of stories that share no sentence."""
    names = ("mill", "bridge", "school", "ferry", "market", "library", "levee", "station", "orchard", "quarry", "chapel", "dairy")
    return [
        (
            f"https://example.org/2026/03/0{n % 9 + 1}/{name}/",
            f"The {name} opens again on day {n}.\n\nPeople of the {name} street are glad.",
        )
        for n, name in enumerate(names[:number])
    ]


@pytest.mark.parametrize("line", ["Our newsroom lives from its readers: join the circle of friends.", None])
def test_a_line_that_the_site_puts_into_or_takes_out_of_all_stories_is_no_edit_of_any(archive, line):
    old = "Valley people read the Valley paper."
    for url, text in stories_of_a_week():
        read(archive, article(f"{text}\n\n{old}", url, url, date_published_utc=f"{url[20:30].replace('/', '-')}T08:00:00Z"))
    for url, text in stories_of_a_week():  # one after the other, as a crawl reads them
        body = f"{text}\n\n{old}\n\n{line}" if line else text
        read(archive, article(body, url, url, date_published_utc=f"{url[20:30].replace('/', '-')}T08:00:00Z"), DAY_1 + 2 * DAY)
    told = archive.db.execute("select change, stealth, count(*) from revisions where number = 2 group by 1, 2").fetchall()
    assert told == [("cosmetic", 0, 9)]


@pytest.mark.parametrize(("line", "change"), [("Gazette hits {}", "cosmetic"), ("The mayor counted {} boats.", "substantive")])
def test_a_counter_that_all_stories_of_the_site_have_is_no_edit_and_a_sentence_with_a_figure_is(archive, line, change):
    for look in (0, 2):
        for number, (url, text) in enumerate(stories_of_a_week()):
            body = f"{text}\n\n{line.format(17 * number + 100 * look)}"
            at = DAY_1 + look * DAY
            read(archive, article(body, url, url, date_published_utc=f"{url[20:30].replace('/', '-')}T08:00:00Z"), at)
    told = archive.db.execute("select change, count(*) from revisions where number = 2 group by 1").fetchall()
    assert told == [(change, 9)]


def test_a_line_of_the_site_is_told_though_each_story_is_read_before_those_around_it_and_own_edits_count_for_what_they_are(archive):
    """Read in the order of publication, a story has at most half of its neighbours beside it that show the line already."""
    rng = random.Random(4)
    words = ["".join(rng.choices("abcdefghiklmnoprstu", k=7)) for _ in range(400)]
    texts = {f"https://example.org/story-{number}": f"{' '.join(rng.choices(words, k=9))}." for number in range(40)}

    def read_all(at, line="", **edits):
        for number, (url, text) in enumerate(texts.items()):
            headline = edits.get("headline", url) if number == 20 else url
            text = text.replace(".", f" {edits['words']}.") if number == 22 and edits else text
            moment = f"2026-03-02T{8 + number // 6:02}:{number % 6}0:00Z"
            read(archive, article(f"{text}\n\n{line}" if line else text, headline, url, date_published_utc=moment), at)

    read_all(DAY_1)
    read_all(DAY_1 + DAY, "Join the circle of friends of our newsroom.", headline="Another headline", words="not")
    read_all(DAY_1 + 2 * DAY, "Read us on paper.", words="not")  # another line, and the first headline again
    told = dict(archive.db.execute("select change || ' ' || stealth, count(*) from revisions where number = 2 group by 1").fetchall())
    back = archive.db.execute("select change, note from revisions where number = 3 and change <> 'cosmetic'").fetchall()
    assert back == [("headline", "returned to revision 1")]
    assert told == {"cosmetic 0": 38, "headline 0": 1, "substantive 1": 1}
    query = "select c.after from revision_changes c join revisions r on r.id = c.revision_id where r.change = 'substantive'"
    assert [after.endswith(" not.") for (after,) in archive.db.execute(query)] == [True]  # the site's line is none of its sentences


def test_one_sentence_that_a_story_alone_gains_is_an_edit_though_others_were_read_that_day(archive):
    for url, text in stories_of_a_week():
        read(archive, article(text, url, url, date_published_utc=f"{url[20:30].replace('/', '-')}T08:00:00Z"))
    for url, text in stories_of_a_week():
        more = "\n\nTwo people were hurt, the police say now." if "ferry" in url or "levee" in url else ""
        read(archive, article(text + more, url, url, date_published_utc=f"{url[20:30].replace('/', '-')}T08:00:00Z"), DAY_1 + 2 * DAY)
    told = archive.db.execute("select change, stealth, count(*) from revisions where number = 2 group by 1, 2").fetchall()
    assert told == [("substantive", 1, 2)]


def test_an_edit_in_one_of_many_endless_stories_of_a_site_holds_up_nobody(archive):
    texts = {f"https://lodi.example/list-{story}": "\n".join(f"Number {story}-{line}." for line in range(60_000)) for story in range(8)}
    for url, body in texts.items():
        read(archive, article(body, url=url))
    url, body = list(texts.items())[3]
    with comes_to_an_end():
        assert read(archive, article(f"{body} One more.", url=url), DAY_1 + HOUR).change == "substantive"


def test_a_modified_date_that_advanced_before_the_text_changed_declares_nothing(archive):
    read(archive, article())
    read(archive, article(date_modified_utc="2026-11-03T10:00:00Z"), DAY_1 + 3 * HOUR)
    read(archive, article(body=OTHER, date_modified_utc="2026-11-03T10:00:00Z"), DAY_1 + DAY)
    assert archive.history(URL)[1]["stealth"] == 1


def test_a_note_stays_and_remembers_the_revision_that_brought_it(archive):
    note = Correction("correction", "Corrected: the day.")
    read(archive, article())
    read(archive, article(body=OTHER, corrections=(note,)), DAY_1 + DAY)
    read(archive, article(body=OTHER + " More."), DAY_1 + 2 * DAY)
    (stored,) = archive.story(URL).corrections
    assert stored["revision_id"] == archive.history(URL)[1]["id"]
    assert stored["last_seen_at"] == "2026-11-04T08:00:00Z"


def test_a_text_that_returns_is_marked_as_returned(archive):
    for number, body in enumerate((BODY, OTHER, BODY)):
        read(archive, article(body=body), DAY_1 + number * DAY)
    assert [revision["note"] for revision in archive.history(URL)] == [None, None, "returned to revision 1"]


def test_a_better_reader_makes_no_revision(archive):
    read(archive, article(body=BODY + "\n\nRead more: sports"))
    (first,) = archive.history(URL)
    saved = read(archive, article(), DAY_1 + DAY, reader="reader/2", again={first["capture_id"]: article()})
    assert saved.outcome == "unchanged"
    (revision,) = archive.history(URL)
    assert (revision["read_with"], archive.text_of(revision)) == ("reader/2", BODY)
    assert archive.previous_reading(article()).text_hash == article().text_hash


def test_reading_an_old_capture_again_makes_no_revision(archive):
    read(archive, article(body=BODY + "\n\nRead more: sports"))
    saved = read(archive, article(), reader="reader/2")
    assert (saved.outcome, archive.db["captures"].count) == ("unchanged", 1)
    assert archive.story(URL).article_body == BODY
    assert len(archive.history(URL)) == 1
    assert_index_is_in_step(archive)


def test_a_story_of_which_a_wall_had_shown_the_beginning_was_edited_by_nobody_when_it_is_there_as_a_whole(archive):
    beginning = "The harbour opened again on Tuesday. Sign up to read on."
    read(archive, article(beginning, access_observed="teaser"))
    read(archive, article(), DAY_1 + HOUR)
    read(archive, article(BODY.replace("two", "nine")), DAY_1 + 2 * HOUR)
    told = [(row["stealth"], row["note"]) for row in archive.history(URL)]
    assert told == [(0, None), (0, "more of the text is shown"), (1, None)]


def test_a_wall_that_comes_up_does_not_replace_the_text(archive):
    read(archive, article())
    teaser = article(body="The harbour opened …", access_observed="teaser")
    saved = read(archive, teaser, DAY_1 + DAY)
    read(archive, teaser, DAY_1 + 2 * DAY)
    story = archive.story(URL)
    assert (saved.outcome, story.article_body, story.article["access_observed"]) == ("unchanged", BODY, "full")
    assert [row["value_raw"] for row in story.evidence if row["method"] == "later_reading"] == ["teaser"]
    assert story.article["last_seen_at"] == "2026-11-05T08:00:00Z"


def test_a_wall_that_falls_gives_the_text(archive):
    read(archive, article(body="The harbour opened …", access_observed="teaser"))
    read(archive, article(), DAY_1 + DAY)
    assert archive.story(URL).article_body == BODY


def test_an_amp_address_makes_neither_a_second_story_nor_a_revision(archive):
    read(archive, article())
    saved = read(archive, article(body=BODY + " Tap to unmute."), DAY_1 + HOUR, target=URL + "?amp=1")
    assert (saved.outcome, saved.revision) == ("duplicate_address", 1)
    assert archive.stats()["stories"] == 1
    assert archive.stats()["duplicate_addresses"] == 1
    assert archive.story(URL).article_body == BODY


def test_an_older_capture_that_comes_late_takes_its_place_in_time(archive):
    read(archive, article(body=OTHER), DAY_1 + 2 * DAY)
    read(archive, article(), DAY_1)
    read(archive, article(body=OTHER), DAY_1 + DAY)
    first, second = archive.history(URL)
    assert (first["number"], first["change"], archive.text_of(first)) == (1, "first", BODY)
    assert (second["change"], second["stealth"]) == ("substantive", 1)
    assert (second["number"], second["memento_datetime"]) == (2, "2026-11-04T08:00:00Z")
    story = archive.story(URL)
    assert (story.article_body, story.article["first_seen_at"]) == (OTHER, "2026-11-03T08:00:00Z")


def test_two_captures_of_a_new_story_in_one_batch_are_one_story(archive):
    rows = [capture(), capture(at=DAY_1 + HOUR)]
    rows = [replace(row, id=number) for row, number in zip(rows, archive.save_captures(rows), strict=True)]
    readings = [Reading(rows[0], article(), READER), Reading(rows[1], article(body=OTHER), READER)]
    assert [saved.outcome for saved in archive.save_articles(readings, DAY_1)] == ["new", "changed"]
    assert_index_is_in_step(archive)


def test_a_corrected_date_moves_the_story_in_time(archive):
    read(archive, article(date_published_utc=None, date_published=None, date_precision="none"))
    assert archive.search("harbour", from_=date(2026, 1, 1)).total == 0
    read(archive, article(), DAY_1 + DAY)
    assert archive.search("harbour", from_=date(2026, 11, 3), to=date(2026, 11, 3)).total == 1
    read(archive, article(date_published_utc=None), DAY_1 + 2 * DAY)
    assert archive.story(URL).article["date_published_utc"] == "2026-11-03T08:00:00Z"
    assert_index_is_in_step(archive)


def test_more_stories_in_a_minute_than_slots_are_all_kept_and_found(archive):
    number = 2 * SLOTS + 40
    rows = [capture(f"{URL}-{i}", warc_offset=i * 1000) for i in range(number)]
    rows = [replace(row, id=found) for row, found in zip(rows, archive.save_captures(rows), strict=True)]
    archive.save_articles([Reading(row, article(url=row.target_uri), READER) for row in rows], DAY_1)
    assert archive.search("harbour", from_=date(2026, 11, 3), to=date(2026, 11, 3)).total == number
    assert_index_is_in_step(archive)


def test_hostile_values_are_stored_in_bounds(archive):
    hostile = article(
        body="x\x00y\ud800z\x02 " + "word " * 10,
        headline="h" * 100_000,
        date_published_utc="9999-99-99T99:99:99Z",
        date_modified_utc="'; drop table articles; --",
        article_section='world" s_other',
        in_language="e s_other",
        located_lat=float("nan"),
        images=tuple(Image(f"https://lodi.example/{n}.jpg", width=10**30) for n in range(2_000)),
        outlinks=tuple("https://lodi.example/" + "a" * 9_000 for _ in range(5_000)),
        keywords=tuple(f"word {n}" for n in range(5_000)),
    )
    read(archive, hostile)
    story = archive.story(URL)
    assert len(story.article["headline"]) == 2_000
    assert story.article_body.startswith("xyz word")
    assert story.article["date_published_utc"] is story.article["date_modified_utc"] is None
    assert (len(story.images), len(story.outlinks), len(story.keywords)) == (500, 1_000, 200)
    assert archive.search("word", site="other").total == 0
    assert archive.search("word", site="lodi_post").total == 1
    assert_index_is_in_step(archive)


# --- what changed, and what notes say of it

VOTE = (
    "The council voted 4-1 on Monday.\n\n"
    "The bridge is 400 metres long, says Ada Quill. It was built in 1901. Nobody in the valley knows who paid for it."
)
SAID = VOTE.replace("400", "40").replace("1901", "1911")


def changes(archive: Archive, number: int) -> list[tuple[str, str | None]]:
    """(kind, note) of each sentence that a revision changed."""
    return [(change["kind"], change["note"]) for change in archive.changes_of(archive.history(URL)[number - 1])]


NOTES = [
    "Correction: The bridge is 40 metres long, not 400.",
    "An earlier version of this article gave the length of the bridge as 400 metres.",
    "Clarification: 40 metres is the right length.",
    "Korrektur: Die Brücke ist 40 Meter lang, nicht 400.",
    "In einer früheren Version dieses Artikels stand, die Brücke sei 400 Meter lang.",
    "Rectificatif : le pont mesure 40 mètres et non 400.",
    "Fe de errores: el puente mide 40 metros y no 400.",
    "Errata: a ponte tem 40 metros, e não 400.",
    "Errata corrige: il ponte è lungo 40 metri e non 400.",
    "Rectificatie: de brug is 40 meter lang en niet 400.",
    "Rättelse: Bron är 40 meter lång, inte 400.",
    "訂正：橋の長さは400メートルではなく40メートルでした。",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_is_tied_to_the_sentence_that_it_speaks_of_and_the_others_stay_unexplained(archive, note):
    read(archive, article(body=VOTE))
    read(archive, article(body=f"{SAID}\n\n{note}", corrections=(Correction("correction", note),)), DAY_1 + DAY)
    assert archive.history(URL)[1]["change"] == "correction"
    assert changes(archive, 2) == [("changed", note), ("changed", None), ("added", note)]


def test_a_note_that_names_nothing_explains_nothing(archive):
    note = Correction("update", "This story has been updated.")
    read(archive, article(body=VOTE))
    read(archive, article(body=SAID, corrections=(note,)), DAY_1 + DAY)
    assert changes(archive, 2) == [("changed", None), ("changed", None)]


def test_a_note_that_comes_late_explains_the_earlier_change_which_stays_a_stealth_edit(archive):
    note = Correction("correction", "Correction: The bridge is 40 metres long, not 400.")
    read(archive, article(body=VOTE))
    read(archive, article(body=SAID), DAY_1 + DAY)
    assert changes(archive, 2) == [("changed", None), ("changed", None)]
    read(archive, article(body=SAID, corrections=(note,)), DAY_1 + 2 * DAY)
    assert changes(archive, 2) == [("changed", note.text), ("changed", None)]
    assert archive.history(URL)[1]["stealth"] == 1


def test_a_late_note_in_the_text_explains_what_was_changed_before_it(archive):
    note = "Correction: The bridge is 40 metres long, not 400."
    read(archive, article(body=VOTE))
    read(archive, article(body=SAID), DAY_1 + DAY)
    read(archive, article(body=f"{SAID}\n\n{note}", corrections=(Correction("correction", note),)), DAY_1 + 2 * DAY)
    assert (changes(archive, 2), changes(archive, 3)) == ([("changed", note), ("changed", None)], [("added", note)])


def test_the_sentences_of_a_revision_are_stored_with_what_became_of_each(archive):
    first, second = VOTE.split("\n\n")
    shorter = second.replace(" Nobody in the valley knows who paid for it.", "")
    read(archive, article(body=VOTE))
    read(archive, article(headline="Bridge", body=f"{shorter}\n\n{first} Two of its members stayed away that day."), DAY_1 + DAY)
    kinds = [(change["part"], change["kind"]) for change in archive.changes_of(archive.history(URL)[1])]
    assert kinds[0] == ("headline", "changed")
    assert sorted(kind for _, kind in kinds[1:]) == ["added", "moved", "removed"]


def test_a_standfirst_is_text_that_a_reader_sees(archive):
    read(archive, article(abstract="A year of work."))
    saved = read(archive, article(abstract="Two years of work."), DAY_1 + DAY)
    assert (saved.outcome, saved.change) == ("changed", "standfirst")
    assert read(archive, article(abstract="“Two years” of work"), DAY_1 + 2 * DAY).outcome == "unchanged"
    assert [revision["abstract"] for revision in archive.history(URL)] == ["A year of work.", "Two years of work."]


def test_a_line_that_other_stories_of_the_site_have_too_is_no_change_of_the_story(archive):
    for number in range(6):
        read(archive, article(f"Story {number} has words of its own. And more.\n\nSubscribe for 5 dollars.", url=f"{URL}-{number}"))
    read(archive, article(f"{BODY}\n\nSubscribe for 5 dollars."))
    saved = read(archive, article(f"{BODY}\n\nSubscribe for 7 dollars."), DAY_1 + DAY)
    assert (saved.change, archive.history(URL)[1]["stealth"]) == ("cosmetic", 0)
    saved = read(archive, article(f"{OTHER}\n\nSubscribe for 7 dollars."), DAY_1 + 2 * DAY)
    assert (saved.change, archive.history(URL)[2]["stealth"]) == ("substantive", 1)


def test_a_text_that_swings_between_two_forms_is_one_edit_and_then_returns(archive):
    for number in range(6):
        read(archive, article(body=(BODY, OTHER)[number % 2]), DAY_1 + number * DAY)
    history = archive.history(URL)
    ids = [revision["id"] for revision in history]
    assert [revision["returns_to"] for revision in history] == [None, None, ids[0], ids[1], ids[0], ids[1]]
    assert [revision["stealth"] for revision in history] == [0, 1, 1, 0, 0, 0]


def test_returns_name_the_right_revision_after_an_older_capture_came_late(archive):
    for number, body in enumerate((BODY, OTHER, BODY)):
        read(archive, article(body=body), DAY_1 + (number + 1) * DAY)
    read(archive, article(body="Before all that, there was this."), DAY_1)
    assert [revision["note"] for revision in archive.history(URL)] == [None, None, None, "returned to revision 2"]


def test_a_text_is_recognised_though_another_reader_read_it_when_it_was_first_there(archive):
    read(archive, article(body=BODY + " Share."))
    read(archive, article(body=OTHER + " Share."), DAY_1 + DAY)
    first, second = (revision["capture_id"] for revision in archive.history(URL))
    again = {first: article(body=BODY), second: article(body=OTHER)}
    saved = read(archive, article(body=BODY), DAY_1 + 2 * DAY, reader="reader/2", again=again)
    assert (saved.outcome, saved.revision, archive.history(URL)[2]["note"]) == ("changed", 3, "returned to revision 1")
    assert archive.text_of(archive.history(URL)[0]) == BODY


def test_an_upgraded_archive_keeps_its_revisions_and_knows_what_returned_and_what_was_gone(tmp_path):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m010_sentences_and_absences")
    db["sites"].insert({"name": "lodi_post", "url": "https://lodi.example/", "added_at": "2026-11-03T08:00:00Z"})
    seen = {"first_seen_at": "2026-11-03T08:00:00Z", "last_seen_at": "2026-11-03T08:00:00Z", "revision_count": 1, "word_count": 2}
    for number, (status, reason) in enumerate((("live", None), ("gone", "HTTP 404"), ("moved", "leads to https://lodi.example/x")), 1):
        url = f"https://lodi.example/{number}"
        more = {"id": number, "key": f"k{number}", "search_id": number, "site": "lodi_post", "url": url, "text_hash": "x"}
        more |= {"date_precision": "none", "access_observed": "full", "pubstatus": status, "pubstatus_reason": reason}
        db["articles"].insert(more | seen | {"pubstatus_at": "2026-11-05T08:00:00Z" if reason else None})
        db["article_texts"].insert({"article_id": number, "article_body": "A text."})
    for number, note in enumerate((None, None, "returned to revision 1"), 1):
        row = {"article_id": 1, "number": number, "change": "first", "declared": 1, "stealth": 0, "text_hash": "x", "note": note}
        db["revisions"].insert(row | {"memento_datetime": f"2026-11-0{number}T08:00:00Z", "last_seen_at": f"2026-11-0{number}T08:00:00Z"})
    db.close()
    with open_archive(tmp_path) as archive:
        assert [revision["returns_to"] for revision in archive.history("k1")] == [None, None, 1]
        kinds = [[away["kind"] for away in archive.story(key).absences] for key in ("k1", "k2", "k3")]
        assert kinds == [[], ["not_found"], ["moved"]]


# --- lost and found again


def lose(archive: Archive, at: datetime, definite: bool = False) -> bool:
    return archive.lost(URL, at, Look("not_found", "404"), 3, definite=definite)


def test_a_story_is_gone_only_after_looks_that_agree(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    assert [lose(archive, DAY_1 + number * DAY) for number in (1, 2)] == [False, False]
    assert how_many_due(archive, DAY_1 + 3 * DAY) == 1
    assert lose(archive, DAY_1 + 3 * DAY)
    story = archive.story(URL)
    assert (story.article["pubstatus"], story.article["pubstatus_reason"], story.article_body) == ("gone", "404", BODY)
    assert how_many_due(archive, DAY_1 + 9 * DAY) == 0
    assert how_many_due(archive, DAY_1 + 11 * DAY) == 1  # some come back


@pytest.mark.parametrize(("source", "due"), [("front_page", 1), ("feed", 1), ("sitemap", 0)])
def test_a_gone_story_that_the_newsroom_lists_again_is_looked_at_once_a_day(archive, source, due):
    archive.save_links([link(url=URL, source=source)], DAY_1)
    read(archive, article())
    lose(archive, DAY_1 + DAY, definite=True)
    archive.save_links([link(url=URL, source=source)], DAY_1 + DAY + HOUR)
    assert how_many_due(archive, DAY_1 + DAY + HOUR) == 0  # it was looked at an hour ago
    archive.save_links([link(url=URL, source=source)], DAY_1 + 2 * DAY)
    assert how_many_due(archive, DAY_1 + 2 * DAY) == due


def test_a_story_that_is_gone_is_not_asked_again_and_again_because_its_last_change_was_never_seen(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    archive.save_captures([capture(at=DAY_1 + DAY, http_status=404, outcome="gone")])
    lose(archive, DAY_1 + DAY)
    archive.save_links([link(url=URL, source="sitemap", lastmod=DAY_1 + DAY - HOUR)], DAY_1 + DAY + HOUR)
    assert how_many_due(archive, DAY_1 + DAY + HOUR) == 0


def test_a_day_to_come_puts_no_story_first(archive):
    far = DAY_1 + 200 * DAY
    archive.save_links([link(url=URL, source="sitemap", lastmod=far, date_published=far)], DAY_1)
    today = "https://lodi.example/2026/11/03/todays-harbour-news"
    archive.save_links([link(url=today, source="sitemap", lastmod=DAY_1)], DAY_1)
    due = archive.due_links("lodi_post", DAY_1, 9)
    assert [(one.url, one.lastmod, one.date_published) for one in due] == [(today, DAY_1, None), (URL, None, None)]


def test_looks_within_a_day_are_one_look(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    assert not any(lose(archive, DAY_1 + DAY + number * HOUR) for number in range(19))
    (away,) = archive.story(URL).absences
    assert (away["looks"], away["confirmed_at"], archive.story(URL).article["pubstatus"]) == (1, None, "live")
    assert [lose(archive, DAY_1 + 2 * DAY), lose(archive, DAY_1 + 3 * DAY)] == [False, True]


def test_a_story_that_comes_back_is_live_and_its_absence_is_told_with_its_days(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    lose(archive, DAY_1 + DAY, definite=True)
    assert how_many_due(archive, DAY_1 + 9 * DAY) == 1  # also one that was said to be gone for good
    archive.seen_again(URL, DAY_1 + 9 * DAY)
    story = archive.story(URL)
    assert (story.article["pubstatus"], story.article["pubstatus_reason"]) == ("live", None)
    (away,) = story.absences
    assert (away["first_seen_at"], away["ended_at"]) == ("2026-11-04T08:00:00Z", "2026-11-12T08:00:00Z")


def test_a_story_whose_text_is_at_a_new_address_has_moved_and_the_two_are_one_history(archive):
    new = "https://lodi.example/archive/harbour-reopens-at-last"
    body = " ".join(f"Boat {number} left the harbour of Lodi." for number in range(9))
    archive.save_links([link(url=URL), link(url=new)], DAY_1)
    read(archive, article(body=body))
    lose(archive, DAY_1 + DAY)
    read(archive, article(body=body, url=new), DAY_1 + DAY)
    (away,) = archive.story(URL).absences
    assert (archive.story(URL).article["pubstatus"], away["kind"], away["moved_to_url"]) == ("moved", "moved", new)
    assert [home["url"] for home in archive.story(new).moved_from] == [URL]


def test_an_older_archive_gets_the_ids_of_stories_and_counts_a_story_that_moved_once(tmp_path):
    db = sqlite_utils.Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m017_story_ids")
    db.execute("insert into sites (name, url, added_at) values ('lodi_post', ?, '2026-11-03T08:00:00Z')", (SITE.url,))
    db.conn.commit()
    db.close()
    new = "https://lodi.example/2026/11/harbour-opens-once-more"
    body = " ".join(f"Boat {number} left the harbour of Lodi." for number in range(9))
    with open_archive(tmp_path) as archive:
        archive.save_links([link(url=URL, listed_on="2026-11-03"), link(url=new, listed_on="2026-11-03")], DAY_1)
        read(archive, article(body=body))
        lose(archive, DAY_1 + DAY)
        read(archive, article(body=body, url=new), DAY_1 + DAY)
        assert archive.db.execute("select url, fate from listed_stories").fetchall() == [(new, "kept")]
        assert archive.db.execute("select count(*) from story_ids").fetchone() == (0,)


def test_a_copy_that_was_always_there_does_not_make_a_story_moved_at_its_first_404(archive):
    body = " ".join(f"Boat {number} left the harbour of Lodi." for number in range(9))
    archive.save_links([link(url=URL), link(url=URL + "-copy")], DAY_1)
    read(archive, article(body=body))
    read(archive, article(body=body, url=URL + "-copy"))
    archive.seen_again(URL, DAY_1 + HOUR)
    assert [lose(archive, DAY_1 + number * DAY) for number in (1, 2, 3)] == [False, False, True]
    assert archive.story(URL).article["pubstatus"] == "moved"


def test_a_look_that_finds_the_story_starts_the_count_anew(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    lose(archive, DAY_1 + DAY)
    lose(archive, DAY_1 + 2 * DAY)
    archive.seen_again(URL, DAY_1 + 3 * DAY)
    assert not lose(archive, DAY_1 + 4 * DAY)
    assert archive.story(URL).article["last_seen_at"] == "2026-11-06T08:00:00Z"


def test_a_story_read_again_is_live_again(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    assert lose(archive, DAY_1 + DAY, definite=True)
    read(archive, article(), DAY_1 + 2 * DAY)
    assert archive.story(URL).article["pubstatus"] == "live"


def test_a_second_address_that_goes_does_not_take_the_story_with_it(archive):
    archive.save_links([link(url=URL), link(url="https://lodi.example/old-name")], DAY_1)
    read(archive, article())
    read(archive, article(), DAY_1 + HOUR, target="https://lodi.example/old-name")
    archive.lost("https://lodi.example/old-name", DAY_1 + DAY, Look("gone", "410"), 3, definite=True)
    assert archive.story(URL).article["pubstatus"] == "live"


SHELVES = [f"{URL}?shelf=a{number}" for number in range(1, 4)]  # addresses at which lists link one story


def asked_for(archive):
    return [url for (url,) in archive.db.execute("select url from links where due_at is not null and article_id is not null order by url")]


def test_a_story_that_lists_link_at_several_addresses_is_looked_at_again_at_one_and_at_its_own_where_that_is_known(archive):
    saved = read(archive, article(), target=SHELVES[0])

    def crawl(url):
        archive.save_links([link(url=url)], DAY_1)
        archive.finish_link(url, "done", None, DAY_1 + HOUR)
        archive.settle_links([(url, saved.article_id, DAY_1 + HOUR)])
        return asked_for(archive)

    assert [crawl(url) for url in (*SHELVES[:2], URL, SHELVES[2])] == [SHELVES[:1], SHELVES[:1], [URL], [URL]]
    assert archive.ways_to_stories("lodi_post", "shelf") == [(SHELVES[0], URL)]
    assert archive.ways_to_stories("lodi_post", "elf") == archive.ways_to_stories("other", "shelf") == []


def test_a_story_that_is_gone_at_the_only_address_that_is_asked_for_is_gone_unless_lists_show_another(archive):
    archive.save_links([link(url=url) for url in SHELVES[:2]], DAY_1)
    saved = read(archive, article(), target=SHELVES[0])
    for url in SHELVES[:2]:
        archive.finish_link(url, "done", None, DAY_1 + HOUR)
        archive.settle_links([(url, saved.article_id, DAY_1 + HOUR)])
    archive.save_links([link(url=SHELVES[1])], DAY_1 + DAY)
    archive.lost(SHELVES[0], DAY_1 + DAY, Look("not_found", "HTTP 404"), 2)
    assert SHELVES[1] in asked_for(archive)
    for url, day in ((SHELVES[1], 1), (SHELVES[0], 2), (SHELVES[1], 2)):
        assert archive.story(URL).article["pubstatus"] == "live"
        archive.lost(url, DAY_1 + day * DAY, Look("not_found", "HTTP 404"), 2)
    assert archive.story(URL).article["pubstatus"] == "gone"


def test_a_story_whose_address_leads_to_where_it_says_itself_that_it_is_was_never_away(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    moved = "https://news.lodi.example/a-name"
    archive.redirected(URL, DAY_1 + HOUR, moved)
    read(archive, article(), DAY_1 + HOUR + timedelta(seconds=2), target=moved)  # its canonical address is the old one
    assert archive.story(URL).absences == []


def test_another_page_that_a_server_sends_in_the_place_of_a_deleted_story_is_no_revision_of_it(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article("\n\n".join(f"The boat number {number} came home." for number in range(9))))
    at = capture(URL, DAY_1 + DAY)
    gone = article("Perhaps one of these is of interest to you.", "Kahvi maistuu parhaalta aamulla", date_published_utc=None)
    told = archive.stands_in_place(Reading(at, gone, "test"))
    assert told == "another page stands there: Kahvi maistuu parhaalta aamulla"
    own = archive.story(URL).article
    for same in (
        replace(gone, headline=own["headline"]),
        replace(gone, date_published_utc=own["date_published_utc"]),
        replace(gone, article_body=archive.story(URL).article_body),
        replace(gone, word_count=own["word_count"]),
        replace(gone, url="https://lodi.example/unknown"),
    ):
        assert archive.stands_in_place(Reading(at, same, "test")) is None
    front = article("\n\n".join(f"News of town {n}." for n in range(99)), "Lodi Post", date_published_utc=None)
    archive.save_site(replace(SITE, publisher="Lodi Post"), DAY_1)
    assert "another page" in archive.stands_in_place(Reading(at, front, "test"))
    assert archive.stands_in_place(Reading(at, replace(front, headline="Kahvi maistuu"), "test")) is None


def test_a_known_story_that_is_itself_costs_no_question_about_its_site(archive):
    read(archive, article())
    asked: list[str] = []
    archive.db.conn.set_trace_callback(asked.append)
    assert archive.stands_in_place(Reading(capture(URL, DAY_1 + DAY), article(), "test")) is None
    assert len(asked) == 1  # for the story


def test_a_story_whose_page_is_emptied_is_withdrawn_unless_all_pages_of_the_site_are_and_live_when_its_text_is_back(archive):
    archive.save_links([link(url=URL)], DAY_1)
    read(archive, article())
    for number in (1, 2, 3):
        archive.emptied(URL, DAY_1 + number * DAY, "no text")
        assert archive.story(URL).article["pubstatus"] == "live"  # nothing else of the site is seen
    other = "https://lodi.example/2026/11/another-story"
    read(archive, article(url=other), DAY_1 + 3 * DAY, target=other)
    archive.emptied(URL, DAY_1 + 4 * DAY, "no text")
    story = archive.story(URL)
    assert (story.article["pubstatus"], story.absences[0]["kind"], bool(story.article_body)) == ("withdrawn", "withdrawn", True)
    read(archive, article(), DAY_1 + 5 * DAY)
    story = archive.story(URL)
    assert (story.article["pubstatus"], story.absences[0]["ended_at"]) == ("live", "2026-11-08T08:00:00Z")


def test_an_unknown_status_is_refused(archive):
    saved = read(archive, article())
    with pytest.raises(ValueError, match="known: live"):
        archive.mark_status(saved.article_id, "dead", DAY_1, None)


# --- many at once


def write_much(folder: Path, name: str, number: int) -> None:
    with open_archive(folder) as archive:
        for start in range(0, number, 10):
            archive.save_links([link(n, url=f"https://{name}.example/{n}", site=name) for n in range(start, start + 10)], DAY_1)
            with archive.writing():
                time.sleep(0.005)  # a writer that holds the archive for a while
                read(archive, article(url=f"https://{name}.example/{start}"), DAY_1, target=f"https://{name}.example/{start}")


def start(target, *args) -> multiprocessing.Process:
    process = multiprocessing.get_context("spawn").Process(target=target, args=args)
    process.start()
    return process


def test_two_processes_that_open_a_new_archive_and_write_at_once_both_succeed(tmp_path):
    processes = [start(write_much, tmp_path / "data", name, 200) for name in ("alpha", "beta")]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    with open_archive(tmp_path / "data") as archive:
        assert (archive.db["links"].count, archive.stats()["stories"]) == (400, 40)
        assert_index_is_in_step(archive)


def test_a_writer_that_dies_in_the_middle_leaves_nothing_and_blocks_nobody(archive, tmp_path):
    process = start(die_while_writing, tmp_path)
    process.join(30)
    assert process.exitcode == -9
    archive.save_links([link(2)], DAY_1)
    assert archive.known_urls([link(1).url, link(2).url]) == {link(2).url}


def die_while_writing(folder: Path) -> None:
    with open_archive(folder) as archive, archive.writing():
        archive.save_links([link(1)], DAY_1)
        os.kill(os.getpid(), 9)


def test_readers_do_not_wait_for_a_writer(archive, tmp_path):
    read(archive, article())
    with open_reader(tmp_path) as reader, archive.writing():
        read(archive, article(url=f"{URL}-2"), DAY_1 + HOUR)
        assert reader.search("harbour").total == 1  # what was there before the writer began; to wait for it would be to wait for ever
    with open_reader(tmp_path) as reader:
        assert reader.search("harbour").total == 2


def test_a_transaction_that_fails_leaves_nothing_of_itself(archive):
    with pytest.raises(ZeroDivisionError), archive.writing():
        archive.save_links([link(1)], DAY_1)
        read(archive, article())
        raise ZeroDivisionError
    assert (archive.db["links"].count, archive.stats()["stories"], indexed(archive)) == (0, 0, [])


def test_a_lock_held_by_another_program_is_named(archive, tmp_path, monkeypatch):
    other = sqlite3.connect(tmp_path / "archive.db", isolation_level=None)
    other.execute("begin immediate")
    archive.db.execute("pragma busy_timeout = 10")
    with pytest.raises(errors.ArchiveBusy, match="Another program"):
        archive.save_links([link(1)], DAY_1)
    other.close()
