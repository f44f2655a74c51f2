"""A backfill that is stopped, one whose site is down, what nothing dates, lists that are asked again; and the picture of what is there."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import subprocess
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from datasette.app import Datasette

from archiver.backfill import picture
from archiver.browse.charts import coverage_per_month
from archiver.records import Link, Site
from archiver.store import LookedThrough, open_archive
from tests.conftest import Cli, NewsServer
from tests.test_backfill import FACTS, HOUR_LATER, MORNING, NOON, Paper, wordpress
from tests.test_crawl import wait_until

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MORNING_DAY = date(2026, 11, 1)
WORDS = ("backfill", "gazette", "--from", "2023-11", "--to", "2024-04")


@pytest.mark.parametrize(
    ("expected", "kept", "drawn"),
    [
        (100, 100, "█" * 24),
        (50, 25, "█" * 6 + "░" * 6),
        (100, 0, "░" * 24),
        (100, 99, "█" * 23 + "░"),  # one that is missing is seen
        (100, 1, "█" + "░" * 23),  # and so is one that is kept
        (1, 1, "█"),
        (1, 0, "░"),
        (0, 0, ""),
    ],
)
def test_a_month_is_drawn_as_a_bar_of_what_is_there_and_what_is_kept(expected: int, kept: int, drawn: str):
    assert picture({"expected": expected, "kept": kept, "missing": expected - kept}, 100) == drawn


def test_the_chart_has_a_bar_for_every_month_between_and_says_its_numbers():
    months = [{"month": "2024-02", "expected": 40, "kept": 10}, {"month": "2023-11", "expected": 80, "kept": 80}]
    chart = str(coverage_per_month(months, "/-/search?from={first}&to={last}"))
    assert chart.count("<title>") == 4 and "2024-02: 10 of 40 kept" in chart and "2023-12: 0 of 0 kept" in chart
    assert "/-/search?from=2024-02-01&amp;to=2024-02-29" in chart
    assert coverage_per_month([], "x") is None and coverage_per_month([{"month": "2024-02", "expected": 0, "kept": 0}], "x") is None


def test_the_coverage_of_a_site_is_a_page_with_chart_table_and_reasons(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(Site("gazette", "https://gazette.example/"), NEW_YEAR)
        days = LookedThrough("sitemap", date(2024, 2, 1), date(2024, 2, 29), 3, 0, None, NEW_YEAR)
        archive.save_looked_through("gazette", [days])
        listed = {"site": "gazette", "source": "sitemap", "source_url": "https://gazette.example/s.xml", "listed_on": "2024-02"}
        archive.save_links([Link(f"https://gazette.example/a-{number}", **listed) for number in range(3)], NEW_YEAR)

    async def ask(path: str) -> tuple[int, str]:
        datasette = Datasette([str(tmp_path / "archive.db")])
        await datasette.invoke_startup()
        answer = await datasette.client.get(path)
        return answer.status_code, answer.text

    status, text = asyncio.run(ask("/-/sites/gazette/coverage"))
    assert status == 200 and "3 not fetched yet" in text and "<svg" in text and "2024-02: 0 of 3 kept" in text
    assert "/-/sites/gazette/coverage" in asyncio.run(ask("/-/sites"))[1]
    assert asyncio.run(ask("/-/sites/nobody/coverage"))[0] == 404


@pytest.fixture
def paper(server: NewsServer) -> Paper:
    return Paper(server)


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_backfill_that_is_stopped_ends_in_order_says_how_to_go_on_and_the_next_goes_on(cli: Cli, paper: Paper, how: signal.Signals):
    wordpress(cli, paper)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen(cli.command(*WORDS), cwd=cli.folder, env=cli.env | NOON, **pipes)
    wait_until(lambda: len(paper.asked_stories()) >= 5)
    process.send_signal(how)
    said = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 1, said
    assert "To go on from here: archiver backfill gazette --from 2023-11-01 --to 2024-04-30" in said
    assert "Traceback" not in said
    fetched = len(paper.asked_stories())
    assert fetched < len(paper.stories)
    assert cli.rows("select count(*) from articles") == [(fetched,)]  # what was fetched was read, too
    assert cli.rows("select finish_reason from runs where command = 'backfill'") == [("shutdown",)]
    assert cli(*WORDS, **NOON).returncode == 0
    assert cli.rows("select count(*) from articles") == [(len(paper.stories),)]
    assert max(Counter(paper.asked_stories()).values()) == 1
    lists = [path for path in paper.asked_lists() if "/wp/v2/posts" in path]
    assert len(lists) == len(set(lists))


@pytest.mark.long
def test_a_site_that_is_down_is_told_in_a_line_and_ends_with_3(cli: Cli):
    with socket.socket() as taken:  # nobody listens there
        taken.bind(("127.0.0.1", 0))
        cli.site("gazette", f"http://127.0.0.1:{taken.getsockname()[1]}/", FACTS)
        done = cli(*WORDS, **NOON)
    assert done.returncode == 3, (done.stdout, done.stderr)
    assert "gazette could not be looked through: " in done.stderr and "Later: archiver backfill gazette --from 2023-11-01" in done.stderr


@pytest.mark.long
def test_undated_fetches_what_nothing_dates_and_relist_asks_lists_again_and_no_story_twice(cli: Cli, paper: Paper):
    paper.api = False
    for number in range(2):
        paper.publish(paper.stories[next(iter(paper.stories))], f"no-day-{number}", dated=False)
    cli.site("gazette", paper.server.address, FACTS + f'sitemaps = ["{paper.server.address}maps/all.xml"]\n')
    first = cli(*WORDS, **NOON)
    assert "2 addresses in sitemaps tell no date" in first.stdout and "--undated" in first.stdout
    assert cli.rows("select count(*) from articles") == [(18,)]
    before = len(paper.server.log)
    later = paper.publish(paper.stories[next(iter(paper.stories))], "found-later")
    told = json.loads(cli(*WORDS, "--undated", "--relist", "--json", **NOON).stdout)
    assert sorted(paper.asked_stories(before)) == sorted([later, *(path for path in paper.stories if "no-day" in path)])
    assert "/maps/all.xml" in paper.asked_lists(before)
    assert sum(month["kept"] for month in told["months"]) == 21


@pytest.mark.long
def test_a_news_sitemap_that_rolled_over_is_told_as_a_feed_is(cli: Cli, server: NewsServer):
    paper = Paper(server, first=MORNING_DAY, last=MORNING_DAY.replace(month=10, day=1), size=100)
    cli.site(
        "gazette", server.address, FACTS + f'sitemaps = ["{server.address}news-sitemap.xml"]\nwordpress_api = "{server.address}wp-json/"\n'
    )
    roll(paper, 12, 11)
    assert "overflow" not in cli("crawl", **MORNING).stdout
    roll(paper, 25, 12)
    later = cli("crawl", **HOUR_LATER)
    assert "overflow" in later.stdout and "the rest was found in other lists" in later.stdout, later.stdout
    assert cli.rows("select count(*) from articles where url like '%hour-12%'") == [(25,)]


def roll(paper: Paper, number: int, hour: int) -> None:
    """The newest ten stories, as a news sitemap."""
    for minute in range(number):
        paper.publish(datetime(2026, 11, 3, hour, 2 * minute, tzinfo=UTC), f"hour-{hour}")
    newest = sorted(((when, path) for path, when in paper.stories.items()), reverse=True)[:10]
    items = "".join(
        f"<url><loc>{paper.server.address}{path.lstrip('/')}</loc><n:news><n:publication_date>{when.isoformat()}</n:publication_date>"
        f"<n:title>Story</n:title></n:news></url>"
        for when, path in newest
    )
    space = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    paper.server.page("/news-sitemap.xml", f"<urlset {space}>{items}</urlset>", content_type="text/xml")
