"""A site that answers well and does not give what it used to: what `archiver status` and `archiver run` say of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest
from click.testing import Result
from lxml import html

from archiver import health
from archiver.browse.serving import make_datasette
from archiver.records import Article, Author, Image, Link, Site
from archiver.store import Archive, CaptureRow, Reading, open_archive
from tests.conftest import Cli, NewsServer

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SITE = Site("gazette", "https://gazette.example.org/")
FULL = Article("", headline="The weir", article_body="word " * 200, word_count=200, date_precision="second", access_observed="full",
               authors=(Author(name="Ana Weir"),), images=(Image(content_url="https://gazette.example.org/weir.jpg"),))  # fmt: skip
numbers = count(1)


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path / "data") as opened:
        opened.save_site(SITE, NOON - 100 * DAY)
        yield opened


def give(archive: Archive, times: Iterable[datetime], like: Article = FULL) -> None:
    """Stories that came at these times."""
    readings = []
    for time in times:
        number, told = next(numbers), f"{time:%Y-%m-%dT%H:%M:%SZ}"
        url = f"{SITE.url}2026/story-{number}/"
        (capture_id,) = archive.save_captures(
            [CaptureRow(url, "gazette", time, 200, "kept", warc_filename="g.warc.gz", warc_offset=number)]
        )
        dated = (
            replace(like, url=url, date_published=told, date_published_utc=told)
            if like.date_precision != "none"
            else replace(like, url=url)
        )
        capture = archive.capture_row(capture_id)
        assert capture is not None
        readings.append(Reading(capture, replace(dated, text_hash=sha256(url.encode()).hexdigest()), "reader/1"))
    archive.save_articles(readings, NOON)


def look(archive: Archive, at: datetime, command: str = "run", **outcomes: int) -> None:
    """A run that looked through the site's lists without any failure."""
    run = archive.start_run("gazette", command, at)
    told = {"index": 2, **outcomes}
    archive.save_outcomes(run, [(f"{SITE.url}{what}/{at:%Y%m%d%H%M}/{n}", what, None) for what, many in told.items() for n in range(many)])
    archive.finish_run(run, at, "finished", told)


def trouble(archive: Archive, at: datetime = NOON) -> str:
    row = health.site_health(archive, SITE, at)
    return f"{row.trouble}. Next: {row.next_command}" if row.trouble else ""


def daily(days: int, until: datetime = NOON, a_day: int = 1) -> list[datetime]:
    """Times of stories over a number of days, the last of which is `until`."""
    return [until - number * DAY / a_day for number in range(days * a_day)]


def test_a_site_that_gives_a_story_a_day_is_quiet_after_three_days_without_one(archive: Archive):
    give(archive, daily(30))
    for days, told in ((1, ""), (3, ""), (4, "no new story since 2026-11-03, and no pause in the 8 weeks before was longer than 1.0 days")):
        look(archive, NOON + days * DAY)
        assert told in trouble(archive, NOON + days * DAY)
        assert bool(told) == bool(trouble(archive, NOON + days * DAY))
    assert "archiver -v crawl gazette" in trouble(archive, NOON + 4 * DAY)
    look(archive, NOON + 400 * DAY)
    assert "no new story since 2026-11-03" in trouble(archive, NOON + 400 * DAY)


def test_a_site_that_gives_a_story_a_week_may_pause_for_two(archive: Archive):
    give(archive, [NOON - number * 6 * DAY for number in range(12)])
    look(archive, NOON + 11 * DAY)
    assert trouble(archive, NOON + 11 * DAY) == ""
    look(archive, NOON + 13 * DAY)
    assert "no new story since 2026-11-03" in trouble(archive, NOON + 13 * DAY)


def test_a_site_that_is_hardly_known_is_never_called_quiet(archive: Archive):
    give(archive, daily(9))
    look(archive, NOON + 30 * DAY)
    assert trouble(archive, NOON + 30 * DAY) == ""


def test_pages_that_are_all_no_stories_any_more_are_told_before_the_site_counts_as_quiet(archive: Archive):
    give(archive, daily(30))
    look(archive, NOON + 2 * DAY, not_an_article=12)
    told = trouble(archive, NOON + 2 * DAY)
    assert "12 pages were read since 2026-11-03, and none is a story any more" in told
    assert f"archiver crawl {SITE.url}not_an_article/" in told


def test_a_robots_txt_that_forbids_what_is_new_is_told_on_the_next_day(archive: Archive):
    give(archive, daily(10, a_day=5))
    look(archive, NOON + DAY / 10, robots=15)
    assert trouble(archive, NOON + DAY / 10) == ""
    look(archive, NOON + DAY, robots=5)
    told = "no new story since 2026-11-03: robots.txt forbids 20 addresses that were due since then. Next: nothing to do"
    assert told in trouble(archive, NOON + DAY)
    give(archive, [NOON + DAY / 2])
    assert trouble(archive, NOON + DAY) == ""


def test_lists_that_are_gone_are_told_though_all_known_stories_are_there(archive: Archive):
    give(archive, daily(10, a_day=5))
    look(archive, NOON, not_modified=50, index=1, index_broken=3)
    assert "3 × a feed, sitemap or index page cannot be read. Next: open https://gazette" in trouble(archive, NOON)
    look(archive, NOON + DAY, not_modified=50, index=60, index_broken=1)
    assert trouble(archive, NOON + DAY) == ""


def test_a_week_with_far_fewer_stories_than_usual_is_told_where_the_site_was_watched_for_weeks(archive: Archive):
    give(archive, [*daily(50, NOON - 7 * DAY, a_day=3), NOON - 3 * DAY, NOON - DAY, NOON - DAY / 2])
    look(archive, NOON)
    assert trouble(archive) == ""  # nobody knows how much it gave before the first run
    look(archive, NOON - 50 * DAY)
    assert "only 3 of its stories came in the last 7 days; 21 are usual" in trouble(archive)


@pytest.mark.parametrize(
    ("like", "told"),
    [
        (replace(FULL, authors=()), "its newest 12 stories have no author; 38 of 38 before had one"),
        (replace(FULL, images=()), "have no picture"),
        (replace(FULL, access_observed="teaser"), "show a teaser only; 38 of 38 before were whole"),
        (replace(FULL, date_precision="none"), "have no date"),
        (replace(FULL, article_body="word " * 20, word_count=20), "its newest 12 stories have 20 words in the median; 200 are usual"),
    ],
)
def test_stories_that_lack_what_those_before_them_had_are_told(archive: Archive, like: Article, told: str):
    give(archive, daily(50, NOON - 2 * DAY))
    give(archive, [NOON - DAY - timedelta(minutes=number) for number in range(5)], like)
    look(archive, NOON)
    assert trouble(archive) == ""
    give(archive, [NOON - timedelta(minutes=number) for number in range(30)], like)
    assert told in trouble(archive)
    assert "--evidence" in trouble(archive)


def test_a_timer_that_stopped_is_told_but_not_a_crawl_by_hand_that_nobody_repeats(archive: Archive):
    give(archive, daily(5))
    look(archive, NOON, "crawl")
    assert trouble(archive, NOON + 9 * DAY) == ""
    look(archive, NOON, "run")
    assert trouble(archive, NOON + DAY) == ""
    assert "not crawled since 2026-11-03 12:00 UTC, though due every 60 min. Next: archiver schedule show" in trouble(
        archive, NOON + 3 * DAY
    )


def test_a_site_that_is_crawled_once_a_week_is_not_called_late_before_four_weeks(archive: Archive):
    give(archive, daily(5))
    look(archive, NOON, "run")
    weekly = replace(SITE, every_s=7 * DAY.total_seconds())
    assert health.site_health(archive, weekly, NOON + 6 * DAY).trouble is None
    assert "though due every 10080 min" in (health.site_health(archive, weekly, NOON + 29 * DAY).trouble or "")


def test_what_waits_is_what_was_never_fetched_and_no_story_that_is_due_for_another_look(archive: Archive):
    archive.save_links([Link(f"{SITE.url}2026/story-{number}/", "gazette", "feed", f"{SITE.url}feed") for number in range(3)], NOON - DAY)
    archive.finish_link(f"{SITE.url}2026/story-1/", "done", None, NOON)
    look(archive, NOON)
    assert health.site_health(archive, SITE, NOON + DAY).waiting == 2


def test_hourly_runs_tell_a_trouble_when_it_is_new_and_once_a_day(archive: Archive):
    give(archive, daily(30))
    told = []
    for hour in range(0, 7 * 24, 6):
        look(archive, NOON + timedelta(hours=hour))
        if health.is_news(archive, health.site_health(archive, SITE, NOON + timedelta(hours=hour))):
            told.append(hour)
    assert told == [78, 84, 108, 132, 156]  # when three days are over, then the first run of each day
    at = NOON + timedelta(hours=163)
    run = archive.start_run("gazette", "run", at)
    archive.save_outcomes(run, [(SITE.url, "timeout", None)])
    archive.finish_run(run, at, "finished", {"timeout": 1})
    assert health.is_news(archive, health.site_health(archive, SITE, at))  # another one


def test_the_sites_page_of_the_browser_tells_what_is_not_as_usual(archive: Archive):
    give(archive, daily(30))
    look(archive, NOON + 9 * DAY)
    datasette = make_datasette(archive.data_dir)
    page = asyncio.run(datasette.client.get("/-/sites"))
    assert "no new story since 2026-11-03" in page.text and "finished, with trouble" not in page.text
    assert "archiver -v crawl gazette" in page.text
    look(archive, NOON + 10 * DAY, not_modified=50, index=1, index_broken=3)
    assert "finished, with trouble" in asyncio.run(datasette.client.get("/-/sites")).text


def test_the_sites_page_of_the_browser_has_the_line_and_the_next_command_of_status(archive: Archive, typed: Callable[..., Result]):
    (archive.data_dir / "sites.toml").write_text(f'[gazette]\nurl = "{SITE.url}"\n')
    give(archive, daily(30))
    look(archive, datetime.now(UTC), "crawl", not_modified=50, index=1, index_broken=3)
    page = html.fromstring(asyncio.run(make_datasette(archive.data_dir).client.get("/-/sites")).text)
    (card,) = (each for each in page.cssselect(".card") if "gazette" in each.text_content())
    told = dict(zip([each.text for each in card.cssselect("dt")], [each.text_content() for each in card.cssselect("dd")], strict=True))
    assert f"gazette: {told['Trouble']}. Next: {told['Next']}\n" in typed("status").output
    (archive.data_dir / "sites.toml").write_text("[gazette")  # a page for readers does not fail over it
    assert asyncio.run(make_datasette(archive.data_dir).client.get("/-/sites")).status_code == 200


def test_status_is_silent_with_q_while_all_is_well(archive: Archive, typed: Callable[..., Result], tmp_path: Path):
    (tmp_path / "data" / "sites.toml").write_text(f'[gazette]\nurl = "{SITE.url}"\n')
    now = datetime.now(UTC)
    give(archive, daily(30, now - 9 * DAY))
    look(archive, now - 8 * DAY, "crawl")
    assert typed("-q", "status").output == ""
    assert "gazette" in typed("status").output
    look(archive, now - DAY / 24, "crawl")
    done = typed("-q", "status")
    assert done.exit_code == 3
    assert done.output.startswith("gazette: no new story since") and done.output.count("\n") == 1


def test_a_run_tells_the_command_of_the_operator_what_is_wrong_and_ends_with_3(server: NewsServer, cli: Cli):
    server.front("/about/")
    cli.site("gazette", server.address)
    with open_archive(cli.data) as archive:
        give(archive, daily(30))
    asked = {"ARCHIVER_NOW": "2026-11-09T13:00:00Z", "ARCHIVER_TELL": f"tee '{cli.folder}/the mail'"}
    done = cli("-q", "run", **asked)
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
    assert (cli.folder / "the mail").read_text().startswith("gazette: no new story since 2026-11-03")
    done = cli("-q", "run", **asked | {"ARCHIVER_NOW": "2026-11-10T13:00:00Z", "ARCHIVER_TELL": "/nowhere/mail"})
    assert done.returncode == 1
    assert done.stderr.startswith("gazette: no new story since") and "ARCHIVER_TELL failed" in done.stderr
