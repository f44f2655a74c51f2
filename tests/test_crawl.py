"""`archiver crawl` against a server on loopback: what is fetched, what is kept, what becomes of it."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from scrapy.crawler import Crawler

from archiver import middlewares, settings
from archiver.captures import Captures
from archiver.discover import Found, wordpress_posts_url
from archiver.errors import WrongUse
from archiver.pipelines import Ledger, fate_of
from archiver.reader import ReaderChild
from archiver.records import Capture, Link, Site
from archiver.spider import EPOCH, NewsSpider, Visit, conditional_headers
from archiver.store import Archive, DueLink, LastCapture
from tests.conftest import PARAGRAPHS, Cli, NewsServer

STORIES = tuple(f"/2026/03/02/story-number-{number}-about-the-bridge/" for number in range(1, 7))


def fill(server: NewsServer, paths: tuple[str, ...] = STORIES) -> None:
    for number, path in enumerate(paths):
        server.story(path, f"Bridge story {number}", *(f"{text} This is report {number}." for text in PARAGRAPHS))
    server.front(*paths)


def test_a_crawl_keeps_reads_and_stores_every_story(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    done = cli("crawl", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["gazette"]["outcomes"]["new"] == len(STORIES)
    assert cli.rows("select count(*) from stories") == [(len(STORIES),)]
    assert cli.rows("select distinct outcome from outcomes where url like '%story-number%'") == [("new",)]


@pytest.mark.long
def test_beside_another_crawl_each_tells_the_stories_of_its_own_sites_and_does_not_wait_for_the_other(
    servers: Callable[[], NewsServer], cli: Cli
):
    slow, quick = servers(), servers()
    for server, name in ((slow, "slow"), (quick, "quick")):
        fill(server, STORIES[:2])
        cli.site(name, server.address)
    slow.answers[STORIES[1]].drip_s = 0.1  # its reading process has begun, and goes on until it has this one
    with subprocess.Popen(cli.command("crawl", "slow", "--json"), cwd=cli.folder, env=cli.env, stdout=subprocess.PIPE) as other:
        wait_until(lambda: STORIES[1] in slow.asked() and (cli.data / "ingest.lock").exists() and (cli.data / "ingest.lock").read_text())
        done = cli("crawl", "quick", "--json")
        assert other.poll() is None
        assert {name: site["outcomes"] for name, site in json.loads(done.stdout).items()} == {"quick": {"new": 2}}
        slow.answers[STORIES[1]].drip_s = 0
        told, _ = other.communicate(timeout=60)
    assert {name: site["outcomes"] for name, site in json.loads(told).items()} == {"slow": {"new": 2}}


def test_a_second_crawl_asks_for_nothing_but_index_pages_and_only_conditionally(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    cli("crawl")
    before = len(server.log)
    assert cli("crawl").returncode == 0
    again = server.log[before:]
    assert [one.path for one in again if one.path in STORIES] == []
    assert all(one.conditional for one in again if one.path != "/robots.txt")


def test_a_story_that_a_list_links_at_several_addresses_is_asked_for_once(server: NewsServer, cli: Cli):
    addresses = [f"/index.php?option=com_content&view=article&id=45:the-bridge&Itemid={menu}" for menu in (101, 105, 110)]
    for address in addresses:
        server.story(address, "The bridge", *PARAGRAPHS)
    server.front(*addresses[:2])
    server.page("/town/", f'<ul><li><a href="{addresses[2]}">The bridge over the river is open again</a></ul>')
    cli.site("gazette", server.address, f'sections = ["{server.address}town/"]')
    cli("crawl")
    assert len([path for path in server.asked() if "id=45" in path]) == 1
    assert cli.rows("select count(*) from stories") == [(1,)]


@pytest.mark.parametrize(
    ("own", "asked"),
    [
        ("https://daily.example/story-{}", []),  # the parameter tells where a reader came from
        ("https://daily.example/story-{}?box=1", ["https://daily.example/new?box=9"]),  # it names stories
    ],
)
def test_a_parameter_that_never_named_a_story_makes_no_further_address_of_one(own: str, asked: list[str]):
    ways = [(f"https://daily.example/story-{number}?box=1", own.format(number)) for number in range(5)]
    ledger = object.__new__(Ledger)
    ledger.site, ledger.parameters = Site("daily", "https://daily.example/"), {}
    ledger.archive = cast(
        Archive,
        SimpleNamespace(
            ways_to_stories=lambda site, parameter: ways,
            kept_stories=lambda urls: {"https://daily.example/new"} & set(urls),
            known_urls=lambda urls: {"https://daily.example/new?box=2"} & set(urls),
        ),
    )
    found = [f"https://daily.example/{address}" for address in ("new?box=9", "new?box=2", "unknown?box=9", "new")]
    assert [url for url in found[:1] if url not in ledger._other_ways(found)] == asked
    assert set(ledger._other_ways(found)) <= {found[0]}


def test_an_address_that_a_relative_link_has_made_longer_is_no_second_story(server: NewsServer, cli: Cli):
    """On a server that answers whatever stands behind a page's address."""
    for folder in ("/town/", "/town/town/"):
        server.story(f"{folder}the-bridge-over-the-river", "The bridge", *PARAGRAPHS)
        server.page(folder, '<ul><li><a href="town/the-bridge-over-the-river">The bridge over the river is open again</a></ul>')
    server.front("/town/the-bridge-over-the-river")
    cli.site("gazette", server.address, f'sections = ["{server.address}town/"]')
    cli("crawl")
    assert [path for path in server.asked() if "bridge" in path] == ["/town/the-bridge-over-the-river"]
    assert ("duplicate_address", "/town/town/the-bridge-over-the-river") in [
        (outcome, url.removeprefix(server.address.rstrip("/"))) for outcome, url in cli.rows("select outcome, url from outcomes")
    ]


def test_robots_txt_is_obeyed_and_the_address_has_an_outcome(server: NewsServer, cli: Cli):
    fill(server)
    secret = [f"/private/2026/03/02/secret-story-number-{number}-of-the-bridge/" for number in range(12)]
    for path in secret:
        server.story(path, "Secret")
    server.front(*secret, *STORIES)
    cli.site("gazette", server.address)
    assert cli("crawl").returncode == 0
    assert not [path for path in server.asked() if path.startswith("/private/")]
    assert cli.rows("select outcome, count(*) from outcomes where url like '%/private/%' group by 1") == [("robots", 12)]
    assert cli.rows("select count(*) from articles") == [(len(STORIES),)]


def test_what_robots_txt_forbade_for_a_while_is_fetched_when_it_is_allowed_again(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    for hour, rule in ((12, "/2026/"), (13, "/2026/"), (14, "/admin/"), (15, "/admin/")):
        server.page("/robots.txt", f"User-agent: *\nDisallow: {rule}\n", content_type="text/plain")
        cli("crawl", ARCHIVER_NOW=f"2026-03-02T{hour}:00:00Z")
        if rule == "/2026/":
            assert not [path for path in server.asked() if path.startswith("/2026/")]
    assert cli.rows("select count(*) from articles") == [(len(STORIES),)]


@pytest.mark.long
def test_a_robots_txt_that_is_gone_is_told_and_one_that_cannot_be_read_changes_no_rule(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    for hour, status, told in ((12, 200, "rules for GPTBot"), (13, 500, "rules for GPTBot"), (14, 404, "no robots.txt any more")):
        text = "User-agent: *\nDisallow: /2026/\n\nUser-agent: GPTBot\nDisallow: /\n"
        server.page("/robots.txt", text if status == 200 else "not here", status, content_type="text/plain")
        cli("crawl", ARCHIVER_NOW=f"2026-03-02T{hour}:00:00Z")
        shown = cli("status", ARCHIVER_NOW=f"2026-03-02T{hour}:00:00Z").stdout
        assert f"gazette: {told}" in shown and shown.count("robots.txt any more") == (status == 404)
        assert ("robots.txt cannot be read, so the site counts as closed" in shown) == (status == 500)


def test_an_answer_300_leads_where_its_location_says_and_is_no_failure_without_one(server: NewsServer, cli: Cli):
    fill(server, STORIES[:3])
    server.page(STORIES[0], "", 300, Location=STORIES[2])
    server.page(STORIES[1], "<li>one<li>another", 300)
    server.front(*STORIES[:2])
    cli.site("gazette", server.address)
    assert cli("crawl").returncode == 0
    ended = dict(cli.rows("select substr(url, length(?)), outcome from outcomes where url like '%story-number%'", server.address))
    assert ended == {STORIES[0]: "redirect", STORIES[1]: "redirected_away", STORIES[2]: "new"}


def test_the_crawl_delay_of_robots_txt_is_kept_over_all_hosts_of_a_site(server: NewsServer, cli: Cli):
    fill(server)
    server.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.3\n", content_type="text/plain")
    other_name = server.address.replace("127.0.0.1", "localhost")
    cli.site("gazette", server.address, f'delay_s = 0.02\nfeeds = ["{other_name}feed/", "{other_name}rss/"]')
    cli("crawl")
    times = [one.at for one in server.log[1:]]
    asked = len(times) + 1  # and once for /.well-known/tdmrep.json
    assert times[-1] - times[0] >= 0.3 * (asked - 1) - 0.15  # one by one they jitter with the machine's load


def test_a_crawl_that_is_stopped_ends_at_once_however_long_the_crawl_delay_is(server: NewsServer, cli: Cli):
    fill(server)
    server.page("/robots.txt", "User-agent: *\nCrawl-delay: 100\n", content_type="text/plain")
    cli.site("gazette", server.address)
    process = cli.start("crawl")
    while not server.log and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.3)  # the front page is ready to leave by now
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 1
    assert server.asked() == ["/robots.txt"]
    assert cli.rows("select finish_reason, (select count(*) from outcomes) from runs") == [("shutdown", 0)]


def test_a_crawl_that_is_stopped_twice_does_not_say_that_it_is_done(server: NewsServer, cli: Cli):
    fill(server)
    server.answers[STORIES[0]].drip_s = 0.1
    cli.site("gazette", server.address)
    process = cli.start("crawl")
    while STORIES[0] not in server.asked() and process.poll() is None:
        time.sleep(0.02)
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
    assert process.wait(20) == 1


def test_a_robots_txt_that_cannot_be_read_closes_the_site_for_now(server: NewsServer, cli: Cli):
    fill(server)
    server.page("/robots.txt", "broken", status=500)
    cli.site("gazette", server.address)
    done = cli("crawl")
    assert done.returncode == 3
    assert set(server.asked()) == {"/robots.txt"}
    assert "robots.txt cannot be read" in done.stdout


def test_a_robots_txt_that_leads_where_nothing_is_fetched_closes_the_site_and_one_in_utf_16_is_heeded(
    servers: Callable[[], NewsServer], cli: Cli
):
    targets = {"private": "http://10.1.2.3/robots.txt", "metadata": "http://169.254.169.254/", "file": "file:///etc/hosts"}
    sites = {name: servers() for name in (*targets, "circles", "wide", "proxied")}
    for name, target in targets.items():
        sites[name].page("/robots.txt", "", status=302, Location=target)
    sites["circles"].page("/robots.txt", "", status=302, Location="/robots.txt")
    sites["wide"].page("/robots.txt", "User-agent: *\nDisallow: /2026/\n".encode("utf-16"), content_type="text/plain")
    sites["proxied"].page("/robots.txt", "User-agent: *\nDisallow: /2026/\n", status=203, content_type="text/plain")
    for name, server in sites.items():
        fill(server, STORIES[:1])
        cli.site(name, server.address)
    assert cli("crawl").returncode == 3
    assert {name for name, server in sites.items() if "/" in server.asked()} == {"circles", "wide", "proxied"}
    assert {name for name, server in sites.items() if STORIES[0] in server.asked()} == {"circles"}
    closed = cli.rows("select r.site, o.outcome from outcomes o join runs r on r.id = o.run_id where o.outcome = 'robots_unreachable'")
    assert {str(site) for site, _ in closed} == set(targets)


@pytest.mark.long
def test_a_server_that_hangs_up_on_everything_is_left_alone_and_costs_no_link(server: NewsServer, cli: Cli):
    fill(server)
    server.front(*(f"/2026/03/02/story-number-{number}-about-the-bridge/" for number in range(1, 31)))
    for number in range(1, 31):
        server.page(f"/2026/03/02/story-number-{number}-about-the-bridge/", "", status=0)
    cli.site("gazette", server.address)
    done = cli("crawl", ARCHIVER_NOW="2026-03-02T20:00:00Z")
    assert done.returncode == 3
    assert "its server failed again and again, so the run was ended; what waits stays due" in done.stdout
    assert len([path for path in server.asked() if "story-number" in path]) <= 10
    assert cli.rows("select count(*) from links where state = 'due'") == [(30,)]
    assert "(the server cut the connection)" in cli("status").stdout


@pytest.mark.long
def test_feeds_on_another_host_that_is_dead_do_not_end_the_run_of_the_site(server: NewsServer, cli: Cli):
    fill(server, STORIES[:2])
    feeds = [f"http://127.0.0.1:9/feed/{number}" for number in range(6)]
    cli.site("gazette", server.address, f"delay_s = 0.02\nfeeds = {json.dumps(feeds)}")
    assert cli("crawl").returncode == 3
    assert cli.rows("select count(*) from articles") == [(2,)]


@pytest.mark.long
def test_a_section_in_which_nothing_is_due_is_told(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    done = cli("crawl", "--section", "sprot")
    assert (done.returncode, [path for path in server.asked() if path in STORIES]) == (0, [])
    assert "No story that is due has /sprot/ in its address" in done.stderr


PAGED = [f"/2026/03/02/bridge-story-{number}/" for number in range(1, 5)]


def fill_paged(server: NewsServer) -> None:
    """A front page with three further ones, a story on each. A menu of sections stands on all; without an ETag each is read again."""
    menu = "<nav><a href='/news/'>News</a><a href='/sport/'>Sport</a></nav>"
    for number, path in enumerate(PAGED, 1):
        server.story(path, f"Bridge story {number}", *(f"{text} Part {number}." for text in PARAGRAPHS))
        following = f"<a rel=next href='/page/{number + 1}/'>Older</a>" if number < len(PAGED) else ""
        listing = "/" if number == 1 else f"/page/{number}/"
        server.page(listing, f"<html lang=en><title>Gazette</title>{menu}<h2><a href='{path}'>Bridge story {number}</a></h2>{following}")
        server.answers[listing].etag = None


def pages_asked(server: NewsServer, since: int = 0) -> list[str]:
    return [path for path in server.asked(since) if path.startswith("/page/")]


@pytest.mark.long
def test_further_pages_of_a_list_are_asked_for_only_while_they_bring_something_new(server: NewsServer, cli: Cli):
    fill_paged(server)
    cli.site("gazette", server.address)
    cli("crawl")
    assert pages_asked(server) == ["/page/2/", "/page/3/", "/page/4/"]
    before = len(server.log)
    cli("crawl")
    assert pages_asked(server, before) == []


def test_a_first_crawl_looks_behind_pages_of_which_a_feed_has_named_all_stories(server: NewsServer, cli: Cli):
    fill_paged(server)
    items = "".join(f"<item><link>{server.address}{path[1:]}</link></item>" for path in PAGED[:2])
    server.page("/feed/", f"<rss version='2.0'><channel><title>Gazette</title>{items}</channel></rss>", content_type="application/rss+xml")
    cli.site("gazette", server.address, f'delay_s = 0.02\nfeeds = ["{server.address}feed/"]')
    cli("crawl")
    assert pages_asked(server) == ["/page/2/", "/page/3/", "/page/4/"]


@pytest.mark.long
def test_further_pages_of_a_list_are_asked_for_after_a_run_that_was_killed_on_its_way_through_them(server: NewsServer, cli: Cli):
    fill_paged(server)
    cli.site("gazette", server.address)
    cli("crawl", ARCHIVER_NOW="2026-03-03T10:00:00Z")
    with cli.archive() as archive, archive.writing():  # as if it had come no further than to the second page
        archive.db.execute("update runs set finished_at = null, finish_reason = null")
        archive.db.execute("delete from links where url like '%story-3/' or url like '%story-4/'")
    before = len(server.log)
    cli("crawl", ARCHIVER_NOW="2026-03-03T10:05:00Z")
    assert pages_asked(server, before) == ["/page/2/", "/page/3/", "/page/4/"]
    assert cli.rows("select count(*) from links where url like '%bridge-story-%'") == [(len(PAGED),)]


def test_what_a_list_says_has_changed_is_asked_for_whole_where_only_a_date_would_tell_whether_it_has():
    day = datetime(2026, 3, 2, 20, tzinfo=UTC)
    dated = LastCapture(1, None, "Mon, 02 Mar 2026 08:00:00 GMT", None, "https://gazette.example/a", day)
    since = {"If-Modified-Since": "Mon, 02 Mar 2026 08:00:00 GMT"}
    assert conditional_headers(dated) == conditional_headers(dated, day - timedelta(hours=1)) == since
    assert conditional_headers(dated, day + timedelta(hours=1)) == {}
    assert conditional_headers(replace(dated, etag='"7"'), day + timedelta(hours=1)) == {"If-None-Match": '"7"', **since}


def test_a_link_is_given_up_only_by_a_run_in_which_the_server_gave_a_page():
    now, url = datetime(2026, 3, 2, 20, tzinfo=UTC), "https://gazette.example/2026/03/02/the-ferry-is-late/"
    link = DueLink(url, "feed", settings.ATTEMPTS - 1, None, None, None)
    visit = Visit(url, "timeout", "60 s", link=link)
    given_up = fate_of(visit, now, settings.RECHECK, has_served=True)
    assert (given_up.state, given_up.due_at) == ("skipped", None)
    waits = fate_of(visit, now, settings.RECHECK, has_served=False)
    assert (waits.state, waits.due_at, waits.attempts) == ("due", now + timedelta(hours=1), link.attempts)


@pytest.mark.parametrize("listed", [timedelta(days=400), timedelta(days=-90), None])
def test_a_known_story_is_looked_at_again_by_its_own_age_whatever_a_list_says_of_its_date(listed: timedelta | None):
    now, url = datetime(2026, 3, 2, 20, tzinfo=UTC), "https://gazette.example/2026/03/02/the-ferry-is-late/"
    link = DueLink(url, "feed", 0, None, now - listed if listed else None, None, article_id=7, first_seen_at=now)
    for age, wait in ((timedelta(hours=2), timedelta(hours=1)), (timedelta(days=5), timedelta(days=1)), (timedelta(days=200), None)):
        fate = fate_of(Visit(url, "not_modified", link=link), now, settings.RECHECK, published=now - age)
        assert fate.due_at == (now + wait if wait else None)


def test_an_answer_in_whose_reading_something_was_raised_is_asked_for_again_and_in_the_end_given_up():
    now, url = datetime(2026, 3, 2, 20, tzinfo=UTC), "https://gazette.example/2026/03/02/the-ferry-is-late/"
    fates = [
        fate_of(Visit(url, "reader_failed", "a fault", link=DueLink(url, "feed", attempts, None, None, None)), now, settings.RECHECK)
        for attempts in (0, settings.ATTEMPTS - 1)
    ]
    assert [(fate.state, fate.due_at, fate.attempts) for fate in fates] == [
        ("due", now + timedelta(hours=1), 1), ("skipped", None, settings.ATTEMPTS),
    ]  # fmt: skip


def test_a_page_of_which_a_cache_sends_all_bytes_as_a_part_is_a_story(server: NewsServer, cli: Cli):
    fill(server, STORIES[:3])
    for path, missing in ((STORIES[0], 0), (STORIES[1], 1)):
        answer = server.answers[path]
        answer.status, size = 206, len(answer.body) + missing
        answer.headers |= {"Content-Range": f"bytes 0-{len(answer.body) - 1}/{size}", "Content-Encoding": "identity"}
    cli.site("gazette", server.address)
    for now in ("2026-03-02T12:00:00Z", "2026-03-02T14:00:00Z"):
        cli("crawl", ARCHIVER_NOW=now)
    stories = cli.rows("select url, revision_count from articles order by url")
    assert stories == [(server.address + path[1:], 1) for path in (STORIES[0], STORIES[2])]
    assert cli.rows("select distinct outcome from outcomes where url like ?", f"%{STORIES[1]}") == [("truncated",)]


@pytest.mark.long
def test_a_page_that_a_proxy_touched_is_a_story_and_an_empty_answer_is_asked_again(server: NewsServer, cli: Cli):
    fill(server, STORIES[:2])
    whole, touched = server.answers[STORIES[0]], server.answers[STORIES[1]]
    server.page(STORIES[0], "")
    server.page(STORIES[1], touched.body, status=203)
    cli.site("gazette", server.address)
    assert cli("crawl", ARCHIVER_NOW="2026-03-02T20:00:00Z").returncode == 3
    assert cli.rows("select url from articles") == [(server.address.rstrip("/") + STORIES[1],)]
    server.answers[STORIES[0]] = whole
    assert cli("crawl", ARCHIVER_NOW="2026-03-02T23:00:00Z").returncode == 0
    assert cli.rows("select count(*) from articles") == [(2,)]
    assert cli.rows("select outcome from outcomes where run_id = 2 and url like '%number-2%'") == [("unchanged",)]


def test_a_changed_story_becomes_a_revision_and_an_unchanged_one_does_not(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    cli("crawl")
    server.story(
        STORIES[0], "Bridge story 0", "The bridge fell on Tuesday, and nobody was hurt, said the sheriff of the valley.", *PARAGRAPHS
    )
    done = cli("crawl", "--recheck", "--json")
    outcomes = json.loads(done.stdout)["gazette"]["outcomes"]
    assert (outcomes["changed"], outcomes["unchanged"]) == (1, len(STORIES) - 1)
    assert cli.rows("select revision_count, count(*) from articles group by 1 order by 1") == [(1, len(STORIES) - 1), (2, 1)]


@pytest.mark.long
def test_a_deleted_story_keeps_its_text_and_counts_as_gone(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    cli("crawl", ARCHIVER_NOW="2026-03-03T10:00:00Z")
    server.page(STORIES[1], "gone", status=410)
    server.page(STORIES[2], "", status=302, Location="/")
    for now in ("2026-03-04T10:00:00Z", "2026-03-04T10:05:00Z"):
        cli("crawl", "--recheck", ARCHIVER_NOW=now)
    assert cli.rows("select count(*) from articles where pubstatus <> 'live'") == [
        (1,)
    ]  # 410 says it for good; two looks in an hour are one
    cli("crawl", "--recheck", ARCHIVER_NOW="2026-03-05T10:00:00Z")
    rows = cli.rows("select url, pubstatus, word_count > 20 from articles where pubstatus <> 'live' order by url")
    assert rows == [(server.address + path.lstrip("/"), "gone", 1) for path in STORIES[1:3]]


@pytest.mark.long
def test_a_story_that_came_back_is_seen_though_the_front_page_never_changed(server: NewsServer, cli: Cli):
    fill(server, STORIES[:2])
    story = server.answers[STORIES[0]]
    cli.site("gazette", server.address)
    status = "select pubstatus from articles where url like '%number-1%'"
    cli("crawl", ARCHIVER_NOW="2026-03-02T19:00:00Z")
    server.page(STORIES[0], "", status=410)
    cli("crawl", ARCHIVER_NOW="2026-03-02T22:00:00Z")
    assert cli.rows(status) == [("gone",)]
    server.answers[STORIES[0]] = story
    cli("crawl", ARCHIVER_NOW="2026-03-03T22:00:00Z")
    assert [one.status for one in server.log if one.path == "/"] == [200, 304, 304]
    assert cli.rows(status) == [("live",)]


@pytest.mark.long
def test_sitemaps_on_another_host_are_read_where_the_sites_robots_txt_names_them(servers: Callable[[], NewsServer], cli: Cli):
    server, other = servers(), servers()
    fill(server, STORIES[:2])
    server.front(STORIES[0])
    rules = f"User-agent: *\nDisallow: /private/\nSitemap: {other.address}index.xml\n"
    server.page("/robots.txt", rules, content_type="text/plain")
    other.page("/robots.txt", f"User-agent: *\nDisallow: /no/\nSitemap: {other.address}foreign.xml\n", content_type="text/plain")
    children = "".join(f"<sitemap><loc>{other.address}{path}</loc></sitemap>" for path in ("child.xml", "no/child.xml"))
    other.page("/index.xml", f"<sitemapindex>{children}</sitemapindex>", content_type="text/xml")
    own, foreign = server.address + STORIES[1][1:], other.story(STORIES[2], "A story of another site")
    other.page("/child.xml", f"<urlset><url><loc>{own}</loc></url><url><loc>{foreign}</loc></url></urlset>", content_type="text/xml")
    cli.site("gazette", server.address)
    assert cli("crawl").returncode == 0
    assert cli.rows("select count(*) from articles") == [(2,)]
    assert other.asked() == ["/robots.txt", "/index.xml", "/child.xml"]
    assert not [value for (value,) in cli.rows("select value from rights_signals") if "foreign.xml" in str(value)]


def test_kill_9_in_the_middle_loses_nothing_and_fetches_nothing_twice(server: NewsServer, cli: Cli):
    paths = tuple(f"/2026/03/02/story-number-{number}-about-the-river/" for number in range(40))
    fill(server, paths)
    cli.site("gazette", server.address)
    process = cli.start("crawl")
    wait_until(lambda: sum(path in paths for path in server.asked()) >= 15)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert cli("crawl").returncode == 0
    assert cli.rows("select count(*), count(distinct url) from articles") == [(40, 40)]
    fetched = [path for path in server.asked() if path in paths]
    assert len(fetched) - len(set(fetched)) <= 2  # the ones on the wire when it was killed
    assert cli.rows("select count(*) from captures where outcome = 'kept'") == [(0,)]


def test_a_server_that_is_down_is_told_under_plain_scrapy_without_a_traceback(caplog: pytest.LogCaptureFixture):
    down = ConnectionRefusedError("refused")
    log = logging.getLogger(middlewares.RobotsTxtMiddleware.__module__)
    log.error("Error downloading: %s", down, exc_info=(type(down), down, None))
    assert ("Error downloading: refused" in caplog.text, "ConnectionRefusedError" in caplog.text) == (True, False)


def test_scrapy_crawl_alone_stores_the_same_and_picks_up_what_a_crash_left(server: NewsServer, cli: Cli):
    fill(server)
    crashed = Captures(cli.data / "captures")
    crashed.add(Capture("https://gazette.example/left", datetime(2026, 3, 1, tzinfo=UTC), 200, (), b"left behind", "gazette"))
    crashed.close(indexed=False)
    cli.site("gazette", server.address)
    (cli.folder / "scrapy.cfg").write_text("[settings]\ndefault = archiver.settings\n")
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=gazette"]

    def scrapy_crawl() -> str:
        """Which process read last."""
        done = subprocess.run(command, cwd=cli.folder, env=cli.env, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return (cli.data / "ingest.lock").read_text()

    read_by = scrapy_crawl()
    assert cli.rows("select count(*) from stories") == [(len(STORIES),)]
    assert cli.rows("select target_uri from captures where reason = 'recovered'") == [("https://gazette.example/left",)]
    assert list((cli.data / "captures").glob("*.open")) == []
    assert scrapy_crawl() == read_by  # a run that brings nothing starts no reading process


@pytest.mark.long
@pytest.mark.parametrize("counter", ["", "<p class='counter'>Read {} times</p>"], ids=["as it was", "another page each time"])
def test_a_story_without_a_date_is_looked_at_ever_less_often_as_it_grows_old(server: NewsServer, cli: Cli, counter: str):
    path, began = "/the-old-bridge-is-mended-at-last/", datetime(2026, 3, 2, 12, tzinfo=UTC)
    server.front(path)
    cli.site("gazette", server.address)
    waits = []
    for hours in (0, 1, 7, 72):
        text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
        story = f"<meta property='og:type' content='article'><article><h1>The old bridge is mended</h1>{text}</article>"
        server.page(path, f"<html lang=en>{story}<footer>{counter.format(hours)}</footer></html>")
        now = began + timedelta(hours=hours)
        cli("crawl", ARCHIVER_NOW=now.isoformat())
        ((due_at, date),) = cli.rows("select l.due_at, a.date_published from links l join articles a on a.id = l.article_id")
        waits.append((datetime.fromisoformat(str(due_at)) - now) / timedelta(hours=1))
    assert date is None
    assert waits == [1, 1, 6, 24]


def test_the_facts_of_sites_toml_hold_for_a_site_as_code_under_plain_scrapy_too(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("lodivalleynews", server.address, "delay_s = 0.02\nmax_requests = 3")
    (cli.folder / "scrapy.cfg").write_text("[settings]\ndefault = archiver.settings\n")
    env = cli.env | {"https_proxy": "http://127.0.0.1:9/"}  # whatever it asks, it is nobody else's server
    command = [sys.executable, "-m", "scrapy", "crawl", "lodivalleynews"]
    done = subprocess.run(command, cwd=cli.folder, env=env, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    assert server.asked()[:2] == ["/robots.txt", "/"] and len(server.asked()) == 3  # and /.well-known/tdmrep.json


def test_the_pace_of_a_site_as_code_is_kept_under_plain_scrapy_too():
    class Slow(NewsSpider):
        name = "slow"
        url = "https://slow.example/"
        delay_s = 9.5

    crawler = Crawler(Slow, {"DOWNLOAD_DELAY": 2})
    Slow.from_crawler(crawler)
    assert crawler.settings.getfloat("DOWNLOAD_DELAY") == 9.5


@pytest.mark.long
def test_a_story_of_a_feed_that_came_without_text_is_there_after_the_outage_and_an_empty_page_is_given_up(server: NewsServer, cli: Cli):
    late, empty = "/2026/03/02/a-story-whose-text-comes-late/", "/2026/03/02/a-page-that-stays-empty/"
    shell = "<html><body><div id=app></div><script src=/app.js></script></body></html>"
    items = "".join(f"<item><title>News of the day</title><link>{server.address[:-1]}{path}</link></item>" for path in (late, empty))
    server.page("/feed", f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>', content_type="application/rss+xml")
    server.page(late, shell)
    server.page(empty, shell)
    cli.site("gazette", server.address, f'delay_s = 0.02\nfeeds = ["{server.address}feed"]')
    cli("crawl", ARCHIVER_NOW="2026-03-02T12:00:00Z")
    cli("crawl", ARCHIVER_NOW="2026-03-02T13:00:00Z")
    assert [server.asked().count(path) for path in (late, empty)] == [1, 1]
    server.story(late, "The lock keeper's house is sold")
    cli("crawl", ARCHIVER_NOW="2026-03-03T12:30:00Z")
    assert cli.rows("select headline from articles") == [("The lock keeper's house is sold",)]
    for day in ("2026-03-04", "2026-03-11", "2026-04-11", "2026-06-11"):
        cli("crawl", ARCHIVER_NOW=f"{day}T13:00:00Z")
    assert server.asked().count(empty) == 3
    assert cli.rows("select state, due_at from links where url like '%stays-empty%'") == [("skipped", None)]


def test_a_wordpress_api_that_is_closed_is_no_trouble_and_asked_for_once_a_day_where_only_the_front_page_names_it(
    server: NewsServer, cli: Cli
):
    fill(server, STORIES[:1])
    server.page("/", f'<link rel="https://api.w.org/" href="/wp-json/"><h2><a href="{STORIES[0]}">Bridge story of the day</a></h2>')
    api = wordpress_posts_url(f"{server.address}wp-json/", modified_after=EPOCH).removeprefix(server.address[:-1])
    server.page(api, '{"code":"rest_login_required"}', status=401, content_type="application/json")
    cli.site("gazette", server.address)
    codes = [cli("crawl", ARCHIVER_NOW=f"2026-03-02T{hour}:00:00Z").returncode for hour in (12, 14)]
    assert (codes, server.asked().count(api)) == ([0, 0], 1)
    assert cli.rows("select outcome, reason from outcomes where url like '%wp-json%'") == [("no_list", "HTTP 401")]


@pytest.mark.parametrize(
    ("minutes_ago", "outcomes", "is_believed"),
    [
        ((5, 6, 7, 8, 9, 10), ("unchanged",) * 5 + ("changed",), False),  # "updated 5 minutes ago", all of them, as ever
        ((5, 6, 7, 8, 9, 90), ("unchanged",) * 6, True),  # one is as old as it was
        ((5, 6, 7, 8, 9, 10), ("changed",) * 4 + ("unchanged",) * 2, True),  # a list of what was changed last
        ((5, 6, 7, 8), ("unchanged",) * 4, True),  # too few to tell
    ],
)
def test_a_feed_that_dates_all_its_stories_by_the_clock_says_nothing_of_changes(
    minutes_ago: tuple[int, ...], outcomes: tuple[str, ...], is_believed: bool
):
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    links = [
        Link(f"https://daily.example/story-{number}", "daily", "feed", "https://daily.example/feed", lastmod=now - timedelta(minutes=ago))
        for number, ago in enumerate(minutes_ago)
    ]
    looks = {link.url: (now - timedelta(hours=1), outcome) for link, outcome in zip(links, outcomes, strict=True)}
    fresh = Link("https://daily.example/fresh", "daily", "feed", "https://daily.example/feed", lastmod=now)
    ledger = cast(Ledger, SimpleNamespace(archive=SimpleNamespace(last_looks=lambda urls: looks)))
    heard = Ledger.without_clock_dates(ledger, Found(links=(fresh, *links)))
    assert [link.lastmod is not None for link in heard.links] == [True, *[is_believed] * len(links)]


def test_a_page_that_is_no_story_is_named_and_not_asked_again(server: NewsServer, cli: Cli):
    fill(server)
    server.page("/2026/03/02/an-empty-page-of-the-gazette/", "<html><body><h1>Gazette</h1></body></html>")
    server.front(*STORIES, "/2026/03/02/an-empty-page-of-the-gazette/")
    cli.site("gazette", server.address)
    cli("crawl")
    [(outcome,)] = cli.rows("select outcome from outcomes where url like '%empty-page%'")
    assert outcome in ("no_body", "not_an_article")
    before = len(server.log)
    cli("crawl")
    assert "/2026/03/02/an-empty-page-of-the-gazette/" not in server.asked(before)


def test_the_user_agent_names_the_project_and_the_operators_contact(server: NewsServer, cli: Cli):
    fill(server, STORIES[:1])
    cli.site("gazette", server.address)
    cli("crawl", ARCHIVER_CONTACT="mailto:desk@example.org")
    assert {one.user_agent for one in server.log} == {"news-archiver/0.1.0 (+mailto:desk@example.org)"}


def test_limit_and_single_addresses_are_respected(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    cli("crawl", "gazette", "--limit", "2")
    assert cli.rows("select count(*) from articles") == [(2,)]
    cli("crawl", server.address + STORIES[0].lstrip("/"))
    assert cli.rows("select count(*) from articles where url like '%number-1-%'") == [(1,)]


def test_an_address_asked_for_by_itself_is_no_run_of_its_site(server: NewsServer, cli: Cli):
    """It looked through no list: the site is due as before, and what it gave before is not judged by this."""
    fill(server)
    cli.site("gazette", server.address)
    cli("crawl", ARCHIVER_NOW="2026-03-03T12:00:00Z")
    with cli.archive() as archive:
        before = archive.last_runs("gazette", 9)
    cli("crawl", server.address + "2026/03/02/story-that-nobody-wrote/", ARCHIVER_NOW="2026-03-03T12:30:00Z")
    with cli.archive() as archive:
        assert archive.last_runs("gazette", 9) == before
    assert cli.rows("select command from runs order by id") == [("crawl",), ("crawl URL",)]


@pytest.mark.long
def test_an_address_asked_for_by_itself_that_gives_no_story_is_told_and_ends_with_3(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    known, missing = server.address + STORIES[0].lstrip("/"), server.address + "2026/03/02/story-that-nobody-wrote/"
    done = cli("crawl", known, missing)
    assert done.returncode == 3
    assert "1 × gone" in done.stdout
    assert missing in done.stdout
    assert cli.rows("select url from articles") == [(known,)]


def wait_until(true, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


def test_a_fault_in_reading_one_list_is_told_and_holds_up_nothing_else(server: NewsServer, cli: Cli):
    fill(server)
    server.answers["/news/"] = server.answers["/"]
    cli.site("gazette", server.address, f'delay_s = 0.02\nsections = ["{server.address}news/"]')
    (cli.folder / "odd.py").write_text(ODD)
    done = subprocess.run([sys.executable, "odd.py", "crawl"], cwd=cli.folder, env=cli.env, capture_output=True, timeout=60, text=True)
    assert done.returncode == 3, done.stdout
    assert "ZeroDivisionError: a fault" in done.stdout and f"archiver extract FILE --url {server.address}" in done.stdout
    assert cli.rows("select count(*) from stories") == [(len(STORIES),)]
    assert cli.rows("select outcome from captures where target_uri = ?", server.address) == [("reader_failed",)]


@pytest.mark.long
def test_a_fault_in_writing_down_what_was_fetched_ends_the_run_at_once_and_the_next_one_loses_nothing(server: NewsServer, cli: Cli):
    many = tuple(f"/2026/03/02/story-number-{number}-about-the-bridge/" for number in range(1, 30))
    fill(server, many)
    cli.site("gazette", server.address, "delay_s = 0.02")
    (cli.folder / "broken.py").write_text(BROKEN_LEDGER)
    done = subprocess.run([sys.executable, "broken.py", "crawl"], cwd=cli.folder, env=cli.env, capture_output=True, timeout=60, text=True)
    assert (done.returncode, "KeyError: 'odd'" in done.stdout, "Traceback" in done.stdout + done.stderr) == (1, True, False)
    assert "Traceback" in (cli.data / "archiver.log").read_text()
    assert len(server.asked()) < len(many)
    assert cli("crawl").returncode == 0
    assert cli.rows("select count(*) from stories") == [(len(many),)]
    assert len([path for path in server.asked() if path in many]) == len(many)  # none was asked for twice


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_reading_goes_on_though_nobody_can_be_told_of_it_any_more(tmp_path: Path):
    def closed(event: object) -> None:
        raise BrokenPipeError

    reader = ReaderChild(tmp_path, closed)
    many = "import sys; print('{}\\n' * 100_000, flush=True); sys.stdin.read(); sys.exit(3)"
    reader.command = [sys.executable, "-c", many]
    reader.wake()
    assert reader.finish() == 3


def test_an_index_page_among_the_stories_that_are_due_is_counted_once():
    spider = NewsSpider(Site("gazette", "https://gazette.example/"))
    url, told = "https://gazette.example/2026/03/02/all-about-the-bridge/", []
    due = [DueLink(url, "front_page", 0, None, None, None)]
    spider.ledger = SimpleNamespace(not_before=None, fatal=None, visits=told, visited=told.append, due=lambda spider, limit: due)
    spider.asked.add(url)
    for _ in range(3):  # before its outcome is written, and it is no longer due
        spider.ask_for_stories()
    assert [(visit.url, visit.outcome) for visit in told] == [(url, "not_an_article")]


@pytest.mark.parametrize("words", [{"limit": "many"}, {"limit": "0"}, {"limit": "-3"}, {"since": "yesterday"}, {"since": "2026-13-01"}])
def test_what_scrapys_options_do_not_mean_is_told_with_an_example(words: dict[str, str]):
    with pytest.raises(WrongUse, match="scrapy crawl news -a site=NAME -a"):
        NewsSpider(facts=Site("gazette", "https://gazette.example/"), **words)
    spider = NewsSpider(facts=Site("gazette", "https://gazette.example/"), limit="20", since="2026-01-31")
    assert (spider.limit, spider.since) == (20, date(2026, 1, 31))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("news", "Which site?"),
        ("news -a site=nowhere", "No site is named 'nowhere'"),
        ("news -a site=gazette -a limit=x", "limit='x' is no number of stories."),
        ("gazete", "No spider is named 'gazete'"),
        ("news news", "more than one spider"),
    ],
)
def test_scrapy_crawl_says_in_words_what_is_wrong_with_its_words(cli: Cli, words: str, told: str):
    cli.site("gazette", "http://127.0.0.1:9/")
    (cli.folder / "scrapy.cfg").write_text("[settings]\ndefault = archiver.settings\n")
    command = [sys.executable, "-m", "scrapy", "crawl", *words.split()]
    done = subprocess.run(command, cwd=cli.folder, env=cli.env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr


def test_scrapy_crawl_ends_as_the_reading_process_beside_it_does(server: NewsServer, cli: Cli):
    fill(server, STORIES[:1])
    cli.site("gazette", server.address)
    (cli.data / "ingest.lock").mkdir()  # so that nothing can be read
    (cli.folder / "scrapy.cfg").write_text("[settings]\ndefault = archiver.settings\n")
    command = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=gazette"]
    done = subprocess.run(command, cwd=cli.folder, env=cli.env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "Is a directory" in done.stderr, "What was kept is kept and waits: archiver ingest" in done.stderr) == (
        1,
        True,
        True,
    )


@pytest.mark.long
def test_an_address_asked_for_by_itself_makes_no_other_story_due_and_waits_behind_none(server: NewsServer, cli: Cli):
    fill(server)
    cli.site("gazette", server.address)
    cli("crawl", ARCHIVER_NOW="2026-03-03T12:00:00Z")
    waiting = [(f"{server.address}2026/03/03/waits-{number}/",) for number in range(1_200)]
    with cli.archive() as archive, archive.writing():
        archive.db.conn.executemany(
            "insert into links (url, site, source, source_url, date_published, first_seen_at, last_seen_at, state, due_at) values"
            " (?, 'gazette', 'sitemap', '', '2026-03-03T10:00:00Z', '2026-03-03T12:00:00Z', '2026-03-03T12:00:00Z', 'due',"
            " '2026-03-03T12:00:00Z')",
            waiting,
        )
    others = "select due_at, count(*) from links where url not like '%number-1-%' group by 1 order by 1"
    before, asked = cli.rows(others), len(server.log)
    done = cli("crawl", server.address + STORIES[0].lstrip("/"), ARCHIVER_NOW="2026-03-03T12:30:00Z")
    assert done.returncode == 0, done.stderr
    assert server.asked(asked) == ["/robots.txt", STORIES[0]]
    assert cli.rows(others) == before


ODD = """
from archiver import discover

def fault(*_):
    raise ZeroDivisionError("a fault")

plainly = discover.read_page_links
discover.read_page_links = lambda body, url, site, role: (fault if role == "front_page" else plainly)(body, url, site, role)
if __name__ == "__main__":
    from archiver.cli import main
    main()
"""
BROKEN_LEDGER = """
from archiver.store import runs

def fail(db, run_id, rows):
    rows = list(rows)
    if any(outcome == "kept" for _, outcome, _ in rows):
        raise KeyError("odd")

runs.save_outcomes = fail
if __name__ == "__main__":
    from archiver.cli import main
    main()
"""
BROKEN = """
import sys
from {room} import {module}
from archiver.errors import DataDirectoryError

def fail(*_):
    raise DataDirectoryError("No space is left.\\nFree some.")

{module}.{step} = fail
if __name__ == "__main__":  # and in each process that it starts
    from archiver.cli import main
    main()
"""


@pytest.mark.long
@pytest.mark.parametrize(("room", "module", "step"), [("archiver", "crawling", "pick_up"), ("archiver.store", "runs", "start_run")])
def test_a_crawl_that_cannot_begin_asks_for_nothing_and_says_why(server: NewsServer, cli: Cli, room: str, module: str, step: str):
    fill(server)
    cli.site("gazette", server.address)
    (cli.folder / "broken.py").write_text(BROKEN.format(room=room, module=module, step=step))
    for words in (["crawl"], ["-q", "run"], ["add", server.address, "--name", "other", "--allow-loopback"]):
        done = subprocess.run(
            [sys.executable, "broken.py", *words], cwd=cli.folder, env=cli.env, capture_output=True, timeout=60, text=True
        )
        assert done.returncode == 1, done.stdout
        assert "No space is left.\nFree some." in done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
    assert server.asked() == []
