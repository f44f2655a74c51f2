"""`archiver backfill` against a server on loopback with years of stories; and feeds that hold less than was published."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import Result

from archiver.discover.ranges import Days, archive_pages, days_in_address, falls_into, listed_on, may_hold, parts, read_days, without
from archiver.polling import has_overflowed, next_interval
from archiver.records import Link, Site
from archiver.store import Poll
from tests.conftest import PARAGRAPHS, Answer, Cli, NewsServer
from tests.test_crawl import wait_until

pytestmark = pytest.mark.long

NOON = {"ARCHIVER_NOW": "2026-11-03T12:00:00Z"}
FACTS = 'delay_s = 0.01\ntimezone = "America/Chicago"\n'


@dataclass
class Paper:
    """A WordPress outlet with `per_month` stories in each month, on the server of a test."""

    server: NewsServer
    per_month: int = 3
    first: date = date(2023, 11, 1)
    last: date = date(2024, 4, 30)
    stories: dict[str, datetime] = field(default_factory=dict)  # path ▶ publication, UTC
    api: bool = True
    size: int = 2  # stories on a page of the API, whatever is asked

    def __post_init__(self) -> None:
        day = self.first
        while day <= self.last:
            for number in range(self.per_month):
                self.publish(datetime(day.year, day.month, 1 + 9 * number, 18, tzinfo=UTC), f"month-{day:%Y-%m}")
            day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        self.server.front()
        self.server.answer = self.answer  # type: ignore[method-assign]
        self.plain = type(self.server).answer

    def publish(self, when: datetime, word: str, dated: bool = True) -> str:
        number = len(self.stories)
        path = f"/{when:%Y/%m/%d}/story-{number}-of-{word}/" if dated else f"/story-number-{number}-of-{word}/"
        self.stories[path] = when
        text = "".join(f"<p>{paragraph} This is report {number}.</p>" for paragraph in PARAGRAPHS)
        self.server.page(
            path,
            f"<html lang=en><head><title>Story {number} - Gazette</title><meta property='og:type' content='article'>"
            f"<meta property='article:published_time' content='{when.isoformat()}'></head>"
            f"<body><article><h1>Story {number} of {word}</h1>{text}</article></body></html>",
        )
        return path

    def answer(self, handler) -> None:
        """The API and the sitemaps are made as they are asked for; the rest stands there."""
        parts_of = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts_of.query).items()}
        if self.api and parts_of.path == "/wp-json/wp/v2/posts" and handler.path not in self.server.answers:
            self.server.first[handler.path] = [self.posts(query)]
        elif parts_of.path.startswith("/maps/"):
            self.server.first[handler.path] = [self.sitemap(parts_of.path.removeprefix("/maps/"))]
        self.plain(self.server, handler)

    def posts(self, query: dict[str, str]) -> Answer:
        after, before = (
            datetime.fromisoformat(query.get(name, day))
            for name, day in (("after", "1990-01-01T00:00:00Z"), ("before", "2999-01-01T00:00:00Z"))
        )
        chosen = sorted(((when, path) for path, when in self.stories.items() if after < when < before), reverse=True)
        page, size = int(query["page"]), self.size
        pages = max(1, -(-len(chosen) // size))
        if page > pages:
            return Answer(b'{"code": "rest_post_invalid_page_number"}', 400, {"Content-Type": "application/json"})
        listed = [
            {"link": self.server.address + path.lstrip("/"), "date_gmt": when.isoformat()[:19], "modified_gmt": when.isoformat()[:19]}
            for when, path in chosen[(page - 1) * size : page * size]
        ]
        headers = {"Content-Type": "application/json", "X-WP-Total": str(len(chosen)), "X-WP-TotalPages": str(pages)}
        return Answer(json.dumps(listed).encode(), 200, headers)

    def sitemap(self, name: str) -> Answer:
        months = sorted({f"{when:%Y-%m}" for when in self.stories.values()})
        if name == "index.xml":
            inside = "".join(f"<sitemap><loc>{self.server.address}maps/posts-{month}.xml</loc></sitemap>" for month in months)
            return Answer(f"<sitemapindex>{inside}</sitemapindex>".encode(), 200, {"Content-Type": "text/xml"})
        month = name.removeprefix("posts-").removesuffix(".xml")
        there = sorted(path for path, when in self.stories.items() if f"{when:%Y-%m}" == month or name == "all.xml")
        inside = "".join(f"<url><loc>{self.server.address}{path.lstrip('/')}</loc></url>" for path in there)
        return Answer(f"<urlset>{inside}</urlset>".encode(), 200, {"Content-Type": "text/xml"})

    def asked_stories(self, since: int = 0) -> list[str]:
        return [path for path in self.server.asked(since) if path in self.stories]

    def asked_lists(self, since: int = 0) -> list[str]:
        return [path for path in self.server.asked(since) if path not in self.stories and path != "/robots.txt"]


@pytest.fixture
def paper(server: NewsServer) -> Paper:
    return Paper(server)


def wordpress(cli: Cli, paper: Paper, more: str = "") -> None:
    facts = f'wordpress_api = "{paper.server.address}wp-json/"\n' if paper.api else ""
    cli.site("gazette", paper.server.address, FACTS + facts + more)


def test_a_range_is_fetched_month_by_month_the_newest_first_and_no_other_day(cli: Cli, paper: Paper):
    wordpress(cli, paper)
    done = cli("backfill", "gazette", "--from", "2023-12", "--to", "2024-02-15", "--json", **NOON)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    wanted = [path for path, when in paper.stories.items() if datetime(2023, 12, 1, tzinfo=UTC) < when < datetime(2024, 2, 16, tzinfo=UTC)]
    assert paper.asked_stories() == sorted(wanted, key=lambda path: paper.stories[path], reverse=True)
    months = [(month["month"], month["expected"], month["kept"], month["missing"]) for month in told["months"]]
    assert months == [("2024-02", 2, 2, 0), ("2024-01", 3, 3, 0), ("2023-12", 3, 3, 0)]
    assert {month["expected_by"] for month in told["months"]} == {"X-WP-Total"}


def test_the_same_range_again_asks_for_nothing_and_a_wider_one_only_for_what_is_new(cli: Cli, paper: Paper):
    wordpress(cli, paper)
    cli("backfill", "gazette", "--from", "2024-02-05", "--to", "2024-03", **NOON)
    before = len(paper.server.log)
    assert cli("backfill", "gazette", "--from", "2024-02-05", "--to", "2024-03", **NOON).returncode == 0
    assert paper.asked_stories(before) == []
    assert [path for path in paper.asked_lists(before) if "posts" in path] == []
    done = cli("backfill", "gazette", "--from", "2024-01-20", "--to", "2024-04-05", "--json", **NOON)
    fetched = paper.asked_stories()
    assert (
        len(fetched)
        == len(set(fetched))
        == sum(datetime(2024, 1, 20, tzinfo=UTC) < when < datetime(2024, 4, 6, tzinfo=UTC) for when in paper.stories.values())
    )
    months = {month["month"]: (month["expected"], month["kept"]) for month in json.loads(done.stdout)["months"]}
    assert months == {"2024-04": (1, 1), "2024-03": (3, 3), "2024-02": (3, 3), "2024-01": (0, 0)}
    lists = [path for path in paper.server.asked() if "/wp/v2/posts" in path]
    assert len(lists) == len(set(lists))
    none = cli("backfill", "gazette", "--from", "2019", "--to", "2019", **NOON)
    assert (none.returncode, "No story of gazette is listed for 2019-01-01 to 2019-12-31" in none.stderr) == (4, True)


def test_kill_9_in_the_middle_asks_for_no_list_and_no_story_twice(cli: Cli, paper: Paper):
    wordpress(cli, paper)
    (cli.data / "sites.toml").write_text((cli.data / "sites.toml").read_text() + f'sitemaps = ["{paper.server.address}maps/index.xml"]\n')
    process = cli.start("backfill", "gazette", "--from", "2023", "--to", "2024", **NOON)
    wait_until(lambda: len(paper.asked_stories()) >= 9)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = cli("backfill", "gazette", "--from", "2023", "--to", "2024", **NOON)
    assert done.returncode == 0, done.stdout
    assert cli.rows("select count(*), count(distinct url) from articles") == [(len(paper.stories),) * 2]
    for asked in (paper.asked_stories(), [path for path in paper.asked_lists() if path != "/"]):
        assert len(asked) - len(set(asked)) <= 3  # what was on the wire, or less than a second old, when it was killed
    assert cli.rows("select distinct fate from listed_stories") == [("kept",)]


def test_a_budget_ends_a_run_and_the_next_goes_on(cli: Cli, paper: Paper):
    wordpress(cli, paper)
    words = ("backfill", "gazette", "--from", "2024-02", "--to", "2024-03", "--max-requests")
    first = cli(*words, "8", **NOON)
    assert (first.returncode, "budget of requests is used up" in first.stdout) == (0, True)
    assert len(paper.server.log) <= 9  # robots.txt is no part of it
    assert "2024-03" in first.stdout
    cli(*words, "50", **NOON)
    assert cli.rows("select count(*) from articles") == [(6,)]
    assert max(Counter(paper.asked_stories()).values()) == 1


def test_what_is_missing_is_named_with_its_reason(cli: Cli, paper: Paper, typed: Callable[..., Result]):
    wordpress(cli, paper)
    paths = list(paper.stories)
    gone, forbidden, empty, down, short = paths[0], paths[4], paths[5], paths[8], paths[9]
    paper.server.page(gone, "gone", status=410)
    paper.server.page("/robots.txt", f"User-agent: *\nDisallow: {forbidden}\n", content_type="text/plain")
    paper.server.page(empty, "<html><body><h1>Gazette</h1></body></html>")
    paper.server.page(down, "no", status=500)
    done = cli("backfill", "gazette", "--from", "2023-11", "--to", "2024-04", "--json", **NOON)
    assert done.returncode == 3
    told = {story["url"]: story["fate"] for month in json.loads(done.stdout)["months"] for story in month["missing_stories"]}
    assert told == {
        paper.server.address + path.lstrip("/"): fate
        for path, fate in ((gone, "gone"), (forbidden, "robots.txt"), (empty, "no text"), (down, "to be tried again"))
    }
    shown = typed("backfill", "gazette", "--from", "2023-11", "--to", "2024-04", "--coverage", env=NOON)
    assert shown.exit_code == 0
    assert "robots.txt forbids" in shown.stdout and gone in shown.stdout
    assert short not in shown.stdout


def test_sitemaps_of_other_months_are_not_asked(cli: Cli, paper: Paper):
    paper.api = False
    cli.site("gazette", paper.server.address, FACTS + f'sitemaps = ["{paper.server.address}maps/index.xml"]\n')
    done = cli("backfill", "gazette", "--from", "2024-01-10", "--to", "2024-02-01", "--json", **NOON)
    assert done.returncode == 0, done.stdout
    assert [path for path in paper.server.asked() if path.startswith("/maps/")] == [
        "/maps/index.xml",
        "/maps/posts-2024-02.xml",
        "/maps/posts-2024-01.xml",
    ]
    months = [(month["month"], month["expected"], month["expected_by"], month["kept"]) for month in json.loads(done.stdout)["months"]]
    assert months == [("2024-02", 1, "sitemap", 1), ("2024-01", 2, "sitemap", 2)]


def test_dated_archive_pages_stand_in_where_the_api_refuses(cli: Cli, paper: Paper):
    paper.api = False
    paper.server.page("/wp-json/", "no", status=401)
    cli.site("gazette", paper.server.address, FACTS + f'wordpress_api = "{paper.server.address}wp-json/"\n')
    for month in ("2024/02", "2024/01"):
        there = sorted((path for path in paper.stories if path.startswith(f"/{month}")), reverse=True)
        link = "".join(f"<h2><a href='{path}'>A story of the valley, number {path[-9:]}</a></h2>" for path in there[:2])
        paper.server.page(f"/{month}/", f"<html><body>{link}<a class=next href='/{month}/page/2/'>Older</a></body></html>")
        paper.server.page(f"/{month}/page/2/", f"<html><body><h2><a href='{there[2]}'>The oldest of the stories</a></h2></body></html>")
    done = cli("backfill", "gazette", "--from", "2023-12-31", "--to", "2024-02", **NOON)
    assert done.returncode == 3  # the API is named as what failed
    assert "list not read" in done.stdout and "/wp-json/wp/v2/posts" in done.stdout
    assert cli.rows("select substr(date_published, 1, 7), count(*) from articles group by 1 order by 1") == [("2024-01", 3), ("2024-02", 3)]
    assert sum("/wp/v2/posts" in path for path in paper.server.asked()) == 1  # a door that is shut is knocked at once


def test_a_site_without_lists_of_older_stories_is_told_what_was_looked_for(cli: Cli, server: NewsServer):
    server.front("/2024/01/02/a-story-of-the-bridge-over-the-river/")
    cli.site("gazette", server.address)
    done = cli("backfill", "gazette", "--from", "2024-01", "--to", "2024-02", **NOON)
    assert done.returncode == 4
    for word in ("WordPress API", "sitemaps", "archive_page = "):
        assert word in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2024-03-02", "--to", "2024-03-01"), "--from 2024-03-01 --to 2024-03-02"),
        (("--from", "2031-01-01"), "in the future"),
        (("--from", "2024-01-01", "--to", "2031-01-01"), "leave --to out"),
        (("--from", "last week"), "Write it as 2024-03-14"),
        (("--from", "2024-02-31"), "Write it as 2024-03-14"),
        (("--from", "1066"), "before the web"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused_with_what_to_write(words, said, typed: Callable[..., Result], monkeypatch):
    monkeypatch.setenv("ARCHIVER_NOW", NOON["ARCHIVER_NOW"])
    done = typed("backfill", "lodivalleynews", *words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_an_unknown_site_is_named(typed: Callable[..., Result]):
    done = typed("backfill", "nowhere", "--from", "2024")
    assert (done.exit_code, "lodivalleynews" in done.stderr) == (2, True)


def test_a_long_backfill_gives_way_to_the_regular_run_of_the_site_and_goes_on(cli: Cli, paper: Paper):
    wordpress(cli, paper, f'feeds = ["{paper.server.address}news"]\nevery = "2s"\nsitemaps = ["{paper.server.address}maps/index.xml"]\n')
    feed(paper, "/news", size=1)
    cli("crawl", "gazette", "--limit", "1")
    (cli.data / "sites.toml").write_text((cli.data / "sites.toml").read_text().replace("delay_s = 0.01", "delay_s = 0.1"))
    before = len(paper.server.log)
    assert cli("backfill", "gazette", "--from", "2023", "--to", "2024").returncode == 0
    asked = paper.server.asked(before)
    assert "/news" in asked and asked[-1] != "/news"
    assert len(asked) - asked.index("/news") > 3
    assert cli.rows("select count(*) from articles") == [(len(paper.stories),)]
    assert {command for (command,) in cli.rows("select distinct command from runs")} == {"crawl", "backfill"}


# --- feeds that hold less than was published


MORNING, HOUR_LATER, TWO_LATER = ({"ARCHIVER_NOW": f"2026-11-03T{hour}:00:00Z"} for hour in (12, 13, 14))


def feed(paper: Paper, path: str = "/feed/", size: int = 10) -> None:
    """The newest ten stories, as RSS."""
    newest = sorted(((when, path) for path, when in paper.stories.items()), reverse=True)[:size]
    items = "".join(
        f"<item><link>{paper.server.address}{path.lstrip('/')}</link><pubDate>{format_datetime(when)}</pubDate></item>"
        for when, path in newest
    )
    paper.server.page(
        path, f"<rss version='2.0'><channel><title>Gazette</title>{items}</channel></rss>", content_type="application/rss+xml"
    )


def publish(paper: Paper, number: int, hour: int) -> None:
    for minute in range(number):
        paper.publish(datetime(2026, 11, 3, hour, 2 * minute, tzinfo=UTC), f"hour-{hour}")
    feed(paper)


@pytest.fixture
def busy(server: NewsServer) -> Paper:
    paper = Paper(server, first=date(2026, 11, 1), last=date(2026, 10, 1), size=100)
    publish(paper, 12, 11)
    return paper


def test_what_a_feed_has_lost_is_found_in_the_same_run_told_and_the_site_is_asked_sooner(
    cli: Cli, busy: Paper, typed: Callable[..., Result]
):
    cli.site("gazette", busy.server.address, FACTS + f'feeds = ["{busy.server.address}feed/"]\n')
    api = '<html><head><link rel="https://api.w.org/" href="/wp-json/"></head><body><a href="/about">About us</a></body></html>'
    busy.server.page("/", api)
    first = cli("crawl", **MORNING)
    assert "overflow" not in first.stdout
    publish(busy, 25, 12)
    second = cli("crawl", **HOUR_LATER)
    assert second.returncode == 0, second.stdout
    assert cli.rows("select count(*) from articles where url like '%hour-12%'") == [(25,)]
    assert "feed overflow" in second.stdout and "the rest was found in other lists" in second.stdout
    assert cli.rows("select learned_every_s from sites where name = 'gazette'") == [(1800.0,)]
    status = typed("status", env=HOUR_LATER)
    assert (status.exit_code, "every 30 min" in status.stdout) == (0, True)
    publish(busy, 2, 13)  # eight of ten are known: the pace may slow down again
    assert "overflow" not in cli("run", ARCHIVER_NOW="2026-11-03T13:31:00Z").stdout
    assert cli.rows("select learned_every_s from sites where name = 'gazette'") == [(None,)]


def test_a_feed_that_lost_stories_nobody_else_lists_is_trouble_with_a_next_command(cli: Cli, busy: Paper, typed: Callable[..., Result]):
    busy.api = False
    cli.site("gazette", busy.server.address, FACTS + f'feeds = ["{busy.server.address}feed/"]\n')
    cli("crawl", **MORNING)
    publish(busy, 25, 12)
    assert "some stories were probably missed" in cli("crawl", **HOUR_LATER).stdout
    status = typed("status", env=HOUR_LATER)
    assert status.exit_code == 3
    assert "archiver backfill gazette --from 2026-11-03 --to 2026-11-03" in status.stdout


@pytest.mark.parametrize(
    ("items", "known", "last_look", "oldest", "alarm"),
    [
        (10, 0, 12, 13, True),
        (10, 1, 12, 13, False),  # overlap
        (10, 0, None, 13, False),  # never read before
        (10, 0, 12, 11, False),  # reaches back behind the last look: filled anew
        (10, 0, 12, None, True),  # without dates
        (0, 0, 12, None, False),
    ],
)
def test_a_feed_has_rolled_over_when_nothing_in_it_was_known_and_all_of_it_is_newer_than_the_last_look(
    items, known, last_look, oldest, alarm
):
    moments = [datetime(2026, 11, 3, hour, tzinfo=UTC) if hour else None for hour in (last_look, oldest)]
    assert has_overflowed(items, known, *moments) is alarm


def test_the_pace_doubles_at_an_overflow_down_to_a_floor_and_relaxes_with_overlap():
    rolled, full, thin = Poll("f", "feed", 10, 0, overflowed=True), Poll("f", "feed", 10, 5), Poll("f", "feed", 10, 1)
    assert next_interval(None, 3_600, [rolled, full]) == 1_800
    assert next_interval(1_000, 3_600, [rolled]) == 900
    assert next_interval(None, 600, [rolled]) == 600  # the site's own is shorter than the floor
    assert next_interval(900, 3_600, [full]) == 1_800
    assert next_interval(1_800, 3_600, [full]) is None
    assert next_interval(900, 3_600, [full, thin]) == 900


# --- days and addresses


SITE = Site("gazette", "https://gazette.example/", timezone="America/Chicago", wordpress_api="https://gazette.example/news/wp-json/")


def days(text: str) -> Days:
    first, _, last = text.partition("..")
    return read_days(first, last or first, date(2026, 11, 3))


def test_a_range_is_cut_into_months_the_newest_first_and_today_stands_alone():
    assert parts(days("2024-01-20..2024-03-05"), date(2026, 11, 3)) == [
        days("2024-03-01..2024-03-05"),
        days("2024-02"),
        days("2024-01-20..2024-01-31"),
    ]
    assert parts(days("2026-10-30..2026-11-03"), date(2026, 11, 3)) == [
        days("2026-11-03"),
        days("2026-11-01..2026-11-02"),
        days("2026-10-30..2026-10-31"),
    ]
    assert without(days("2024-03"), [days("2024-03-10..2024-03-12"), days("2024-02-20..2024-03-01")]) == [
        days("2024-03-13..2024-03-31"),
        days("2024-03-02..2024-03-09"),
    ]


@pytest.mark.parametrize(
    ("address", "about"),
    [
        ("post-sitemap-2024-03.xml", "2024-03"),
        ("sitemap/2024/03.xml", "2024-03"),
        ("sitemap.xml?yyyy=2024&mm=03", "2024-03"),
        ("sitemap.xml?yyyy=2024&mm=03&dd=14", "2024-03-14"),
        ("sitemap-20240314.xml", "2024-03-14"),
        ("sitemap-2024-03-1.xml", "2024-03"),  # the first list of March
        ("sitemap-2024.xml", "2024"),
        ("2024/march.xml", "2024-03"),
        ("map.xml?from=2024-01-01&to=2024-06-30", "2024-01-01..2024-06-30"),
        ("sitemap-2024-part-03.xml", "2024"),
        ("post-sitemap17.xml", None),
    ],
)
def test_the_address_of_a_sitemap_tells_its_days(address, about):
    assert days_in_address(f"https://gazette.example/{address}") == (days(about) if about else None)


def test_a_sitemap_is_passed_over_only_where_it_cannot_hold_the_days():
    march = days("2024-03")
    assert not may_hold("https://gazette.example/a.xml", datetime(2024, 2, 20, tzinfo=UTC), march)  # changed last before them
    assert may_hold("https://gazette.example/a.xml", datetime(2026, 2, 20, tzinfo=UTC), march)  # changed later: says nothing
    assert may_hold("https://gazette.example/a-2024-03.xml", datetime(2026, 2, 20, tzinfo=UTC), march)
    assert not may_hold("https://gazette.example/a-2024-05.xml", datetime(2026, 2, 20, tzinfo=UTC), march)
    assert may_hold("https://gazette.example/a-2024.xml", None, march)


@pytest.mark.parametrize(
    ("path", "published", "changed", "listed", "inside"),
    [
        ("a-story", "2024-04-01T04:59:00", None, "2024-03-31", True),  # by the clock of the site
        ("2024/03/14/a-story", None, "2026-01-01T00:00:00", "2024-03-14", True),
        ("2024/03/a-story", None, "2026-01-01T00:00:00", "2024-03", True),
        ("2024/02/a-story", None, "2024-03-02T00:00:00", "2024-02", False),
        ("a-story", None, "2024-03-20T00:00:00", "2024-03", True),
        ("a-story", None, "2024-05-20T00:00:00", None, None),  # changed behind the range: says nothing
        ("a-story", None, None, None, None),
    ],
)
def test_a_link_counts_under_the_day_that_is_told_and_a_later_change_tells_none(path, published, changed, listed, inside):
    moments = [datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None for text in (changed or published, published)]
    link = Link(f"https://gazette.example/{path}", "gazette", "sitemap", "https://gazette.example/all.xml", *moments)
    assert listed_on(link, SITE, days("2024-03")) == listed
    assert inside is None or falls_into(listed, days("2024-03")) is inside


def test_archive_pages_are_wordpress_s_or_those_of_the_sites_own_pattern():
    assert archive_pages(SITE, days("2024-03")) == ["https://gazette.example/news/2024/03/"]
    own = Site("gazette", "https://gazette.example/", archive_page="https://gazette.example/archive/{yyyy}-{mm}-{dd}")
    assert archive_pages(own, days("2024-03-30..2024-03-31")) == [f"https://gazette.example/archive/2024-03-{day}" for day in (31, 30)]
    assert archive_pages(Site("gazette", "https://gazette.example/"), days("2024-03")) == []
