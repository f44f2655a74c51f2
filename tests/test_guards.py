"""What the archiver refuses to fetch, how long it waits, and how politely: seen from the servers that it asks."""

from __future__ import annotations

import asyncio
import gzip
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from urllib.parse import urlsplit

import pytest
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from twisted.internet.address import IPv6Address
from twisted.internet.error import DNSLookupError

from archiver import settings
from archiver.discover.robots import read_crawl_delay
from archiver.middlewares import HonourRetryAfter, OperatorsProxy, PublicAddressResolver, read_retry_after
from archiver.records import Site
from archiver.spider import NewsSpider, name_of_error
from tests.conftest import Answer, Cli, NewsServer
from tests.test_crawl import STORIES, fill

Servers = Callable[[], NewsServer]
STORY = STORIES[0]
TRAPS = {
    "script": "javascript:alert(1)",
    "private-address": "http://10.0.0.1/2026/03/02/a-story-of-the-bridge/",
    "cloud-metadata": "http://169.254.169.254/latest/meta-data/",
    "number-for-address": "http://2130706433/2026/03/02/a-story-of-the-bridge/",
    "ipv6-loopback-port": "http://[::1]:6379/2026/03/02/a-story-of-the-bridge/",
    "mail-port": "http://example.org:25/2026/03/02/a-story-of-the-bridge/",
    "another-site": "http://example.org/2026/03/02/a-story-of-the-bridge/",
    "file-scheme": "file:///2026/03/02/a-story-of-the-bridge/",
    "ftp-scheme": "ftp://example.org/2026/03/02/a-story-of-the-bridge/",
    "password": "http://user:secret@example.org/2026/03/02/a-story-of-the-bridge/",
}


def path_of(trap: str) -> str:
    return f"/2026/03/02/a-story-that-leads-to-{trap}/"


def outcomes(cli: Cli, site: str) -> dict[str, tuple[object, ...]]:
    """By the last segment of the address: how the visit ended, and why."""
    query = "select url, outcome, reason from outcomes join runs on runs.id = run_id where runs.site = ?"
    return {str(url).rstrip("/").rpartition("/")[2]: (outcome, reason) for url, outcome, reason in cli.rows(query, site)}


# --- one crawl over sites with every kind of trap


def test_traps_are_refused_by_name_and_waits_are_kept(servers: Servers, cli: Cli):
    """Several sites in one crawl, as starting one takes seconds."""
    traps, loop, large, busy, away, forbidden, named, elsewhere = (servers() for _ in range(8))
    for trap, target in TRAPS.items():
        traps.page(path_of(trap), "", status=302, Location=target)
    traps.page(path_of("other-port"), "", status=302, Location=loop.address + STORY[1:])
    traps.front(STORY, *map(path_of, (*TRAPS, "other-port")))
    traps.story(STORY, "The only story")
    loop.page(STORY, "", status=301, Location=STORIES[1])
    loop.page(STORIES[1], "", status=301, Location=STORY)
    loop.front(STORY)
    large.answers["/feed/"] = Answer(
        gzip.compress(b"<rss>" + b" " * (40 << 20)), 200, {"Content-Type": "text/xml", "Content-Encoding": "gzip"}
    )
    large.page(STORY, b"x" * (settings.MAX_BODY_BYTES + 1), Content_Encoding="identity")
    large.front(STORY, STORIES[1])
    fill(busy, STORIES[:3])
    busy.first[STORIES[1]] = [Answer(b"slow down", 429, {"Retry-After": "2"}), Answer(b"slow down", 503, {"Retry-After": "1"})]
    fill(away)
    away.first[STORIES[1]] = [Answer(b"come back", 503, {"Retry-After": "7200"})] * 9
    large.page(STORIES[1], "", **{f"X-Noise-{number}": "y" * 6_000 for number in range(9)})
    rules = "User-agent: *\nAllow: /\n\nUser-agent: News-Archiver/9.1 (+mailto:me@example.org)\nDisallow: /2026/\n"
    forbidden.page("/robots.txt", rules, content_type="text/plain")
    fill(forbidden, STORIES[:2])
    fill(named, STORIES[:1])
    elsewhere.page("/robots.txt", "", status=301, Location=forbidden.address + "shared-robots.txt")
    forbidden.page("/shared-robots.txt", f"User-agent: *\nDisallow: {STORIES[1]}\nSitemap: /map.xml\n", content_type="text/plain")
    elsewhere.page("/map.xml", f"<urlset><url><loc>{elsewhere.address}{STORIES[2][1:]}</loc></url></urlset>", content_type="text/xml")
    fill(elsewhere, STORIES[:3])
    elsewhere.front(*STORIES[:2])
    for name in ("traps", "loop", "busy", "away", "forbidden"):
        cli.site(name, locals()[name].address)
    elsewhere.page("/rss", "", status=301, Location=loop.address + "rss")
    cli.site("elsewhere", elsewhere.address, f'delay_s = 0.02\nfeeds = ["{elsewhere.address}rss"]')
    cli.site("large", large.address, f'delay_s = 0.02\nfeeds = ["{large.address}feed/"]')
    cli.site("named", named.address.replace("127.0.0.1", "localhost"))
    done = cli("crawl", ARCHIVER_NOW="2026-11-03T12:00:00Z")
    assert done.returncode == 3, done.stderr

    ended = outcomes(cli, "traps")
    assert {ended[path_of(trap).strip("/").rpartition("/")[2]][0] for trap in TRAPS} <= {"refused_address", "other_site", "redirected_away"}
    for trap, why in {
        "private-address": "no public address",
        "mail-port": "port 25",
        "password": "user name",
        "cloud-metadata": "leads to",
    }.items():
        assert why in str(ended[f"a-story-that-leads-to-{trap}"][1]), trap
    assert ended["a-story-that-leads-to-other-port"][0] == "other_site"
    assert STORY in traps.asked()
    assert len([path for path in loop.asked() if path in STORIES]) <= settings.MAX_REDIRECTS + 2

    assert outcomes(cli, "loop")[STORY.strip("/").rpartition("/")[2]][0] == "redirect_loop"
    assert outcomes(cli, "large")["feed"][0] == "too_large"
    assert outcomes(cli, "large")[STORY.strip("/").rpartition("/")[2]][0] == "too_large"
    assert "headers alone" in str(outcomes(cli, "large")[STORIES[1].strip("/").rpartition("/")[2]][1])

    refused = [number for number, one in enumerate(busy.log) if one.status in (429, 503)]
    waits = [busy.log[number + 1].at - busy.log[number].at for number in refused]
    assert (len(waits), waits[0] >= 1.99, waits[1] >= 0.99) == (2, True, True)  # the whole site waits, not only the one address
    assert {one.path for one in busy.log if one.status == 200} >= set(STORIES[:3])

    assert away.asked()[-1] == STORIES[1]  # nothing after it
    assert away.asked().count(STORIES[1]) == 1
    assert cli.rows("select count(*) from links where site = 'away' and state = 'due'") == [(len(STORIES) - len(away.asked()) + 3,)]
    assert cli.rows("select finish_reason, not_before from runs where site = 'away'") == [("asked_to_wait", "2026-11-03T14:00:00Z")]
    status = cli("status", ARCHIVER_NOW="2026-11-03T13:50:00Z").stdout
    assert "come back after 2026-11-03 14:00 UTC" in status
    assert "come back after 2026-11-03 14:00 UTC" in str(outcomes(cli, "away")[STORIES[1].strip("/").rpartition("/")[2]][1])

    assert set(forbidden.asked()) == {"/robots.txt", "/", "/shared-robots.txt"}
    assert "forbidden: no story was ever found there. Next: nothing to do; robots.txt forbids what it lists" in status
    named_feed = outcomes(cli, "elsewhere")["rss"]
    assert named_feed == ("index_broken", f"{loop.address}rss is not part of {elsewhere.address}")
    assert STORIES[1] not in elsewhere.asked()  # so say the rules that its robots.txt leads to
    assert {STORIES[0], STORIES[2]} <= set(elsewhere.asked())
    assert {outcome for outcome, _ in outcomes(cli, "forbidden").values()} == {"index", "robots"}
    assert STORY in named.asked()  # a name that leads to this machine, for a site that may


@pytest.mark.long
def test_an_answer_that_drips_is_cut_off_at_the_deadline_for_the_whole_of_it(server: NewsServer, cli: Cli):
    fill(server, STORIES[:2])
    server.answers[STORY].drip_s = 0.1
    cli.site("gazette", server.address)
    (cli.folder / "scrapy.cfg").write_text("[settings]\ndefault = archiver.settings\n")
    words = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=gazette", "-s", "DOWNLOAD_TIMEOUT=1", "-s", "RETRY_TIMES=0"]
    done = subprocess.run(words, cwd=cli.folder, env=cli.env, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    ended = outcomes(cli, "gazette")
    assert ended[STORY.strip("/").rpartition("/")[2]][0] == "timeout"
    assert ended[STORIES[1].strip("/").rpartition("/")[2]][0] not in ("timeout", "interrupted")


# --- names


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "no address"]
)
def test_a_public_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str):
    monkeypatch.setattr(PublicAddressResolver, "may_be_loopback", {"test.example.org"})
    resolver = PublicAddressResolver.__new__(PublicAddressResolver)
    with pytest.raises(DNSLookupError, match=r"news\.example\.org leads to .* not a public address"):
        resolver._check(address, "news.example.org")
    assert resolver._check("127.0.0.1", "test.example.org") == "127.0.0.1"
    with pytest.raises(DNSLookupError):
        resolver._check("10.0.0.1", "test.example.org")
    assert resolver._check("93.184.216.34", "news.example.org") == "93.184.216.34"


def test_addresses_of_ipv6_are_met_as_such(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(PublicAddressResolver, "may_be_loopback", {"::1"})
    resolver = PublicAddressResolver.__new__(PublicAddressResolver)
    met: list[object] = []
    receiver = SimpleNamespace(resolutionBegan=lambda _: None, addressResolved=met.append, resolutionComplete=lambda: met.append("all"))
    for name in ("2600:1406::17", "::1", "fe80::1", "fd00::5", "::ffff:10.1.2.3"):
        resolver.resolveHostName(receiver, name, 8080)
    assert met == [IPv6Address("TCP", "2600:1406::17", 8080), "all", IPv6Address("TCP", "::1", 8080), "all", "all", "all", "all"]


# --- behind a proxy


def test_a_proxy_in_a_private_network_is_asked_for_public_sites(server: NewsServer, cli: Cli):
    fill(server, STORIES[:1])
    for path in list(server.answers):  # a proxy is asked for whole addresses
        server.answers[f"http://gazette.example{path}"] = server.answers.pop(path)
    cli.site("gazette", "http://gazette.example/")
    proxy = server.address.replace("//", "//operator:secret@")
    done = cli("crawl", http_proxy=proxy, no_proxy="")
    assert done.returncode == 0, done.stderr
    assert cli.rows("select url from articles") == [(f"http://gazette.example{STORIES[0]}",)]
    kept = [gzip.decompress(path.read_bytes()) for path in (cli.data / "captures").glob("*.warc.gz")]
    assert kept and not any(b"proxy-authorization" in records.lower() for records in kept)  # the operator's password is nobody's business


def test_the_robots_txt_that_a_bare_host_leads_to_is_asked_for_once(server: NewsServer, cli: Cli):
    fill(server, STORIES[:2])
    server.page("/robots.txt", f"User-agent: *\nDisallow: {STORIES[1]}\n", content_type="text/plain")
    for path in list(server.answers):
        server.answers[f"http://www.gazette.example{path}"] = server.answers.pop(path)
        server.page(f"http://gazette.example{path}", "", status=301, Location=f"http://www.gazette.example{path}")
    cli.site("gazette", "http://gazette.example/")
    cli("crawl", http_proxy=server.address, no_proxy="")
    asked = [path for path in server.asked() if path.endswith("/robots.txt")]
    assert asked == ["http://gazette.example/robots.txt", "http://www.gazette.example/robots.txt"]
    assert f"http://www.gazette.example{STORIES[0]}" in server.asked()
    assert f"http://www.gazette.example{STORIES[1]}" not in server.asked()


def ask(monkeypatch: pytest.MonkeyPatch, url: str, leads_to: str | None, proxy: str = "http://10.1.1.1:3128", no_proxy: str = "") -> str:
    """Asks the operator's proxy for an address; returns why that is refused, or an empty text."""

    def look_up(*_: object, **__: object) -> list[tuple[object, ...]]:
        if leads_to is None:
            raise OSError("no name server")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (leads_to, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(PublicAddressResolver, "proxies", set())
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.setenv("no_proxy", no_proxy)
    try:
        asyncio.run(OperatorsProxy().process_request(Request(url)))
    except IgnoreRequest as refusal:
        return str(refusal)
    return ""


def test_what_a_page_leads_to_is_no_private_address_through_the_proxy_either(monkeypatch: pytest.MonkeyPatch):
    private = "refused_address: news.example.org leads to 10.2.2.2, which is not a public address"
    assert ask(monkeypatch, "http://news.example.org/", "10.2.2.2") == private
    assert ask(monkeypatch, "http://news.example.org/", "93.184.216.34") == ""
    assert ask(monkeypatch, "http://news.example.org/", None) == ""  # only the proxy can look it up


def test_a_page_that_leads_to_the_proxy_itself_is_refused(monkeypatch: pytest.MonkeyPatch):
    proxy, refused = "http://proxy.example.org:3128", "refused_address: proxy.example.org leads to 10.1.1.1"
    assert ask(monkeypatch, "http://proxy.example.org:8080/", "10.1.1.1", proxy).startswith(refused)
    assert ask(monkeypatch, "http://proxy.example.org:8080/", "10.1.1.1", proxy, "example.org").startswith(refused)
    resolver = PublicAddressResolver.__new__(PublicAddressResolver)
    assert resolver._check("10.1.1.1", "proxy.example.org") == "10.1.1.1"
    for other in ("news.example.org", "example.org"):
        with pytest.raises(DNSLookupError):
            resolver._check("10.1.1.1", other)


# --- Retry-After


@pytest.mark.parametrize("address", ["http://[::1", "http://a\u2100b/", "http://[x]/", "http://host:99999/", "http://host:x/"])
def test_a_redirect_to_an_address_that_is_none_is_no_trouble_of_the_network(address: str):
    with pytest.raises(ValueError) as raised:
        assert urlsplit(address).port
    assert name_of_error(raised.value)[0] == "refused_address"


def test_retry_after_is_read_as_seconds_or_as_a_date(monkeypatch: pytest.MonkeyPatch):
    now = datetime(2026, 11, 3, 12, tzinfo=UTC)
    monkeypatch.setenv("ARCHIVER_NOW", now.isoformat())
    assert read_retry_after("120") == 120
    assert read_retry_after(" 5 ") == 5
    assert read_retry_after((now + timedelta(minutes=3)).strftime("%a, %d %b %Y %H:%M:%S GMT")) == 180
    assert read_retry_after("Tue, 03 Nov 2020 12:00:00 GMT") == 0


@pytest.mark.parametrize(
    "value", ["", "soon", "-5", "1.5", "²", "٣", "Tue, 99 Nov 2026 12:00:00 GMT", "\x00", "Mon, 01 Jan 99999999999 00:00:00 GMT"]
)
def test_a_retry_after_that_says_nothing_is_none(value: str):
    assert read_retry_after(value) is None


def test_a_wait_of_centuries_is_as_long_as_the_longest():
    assert read_retry_after("9" * 400) == float("inf")


# --- pace


@pytest.mark.parametrize(
    ("lines", "delay_s"),
    [
        ("Crawl-delay: 1.5", 1.5),
        ("Crawl-delay: 1,5", 1.5),
        ("Crawl-delay: 3 # seconds", 3),
        ("Request-rate: 1/10", 10),
        ("Request-rate: 30/1m", 2),
        ("Crawl-delay: 5\nRequest-rate: 1/2s", 5),
        ("Crawl-delay: soon\nRequest-rate: 0/0", None),
        (f"Crawl-delay: 3\nRequest-rate: 1/1{'0' * 400}", 1 << 32),
        (f"Crawl-delay: 3\nRequest-rate: 1{'0' * 400}/60", 3),
        ("Crawl-delay: -1", None),
        ("Crawl-delay: 0", None),
        ("Disallow: /x/\n\nUser-agent: other\nCrawl-delay: 9", None),
    ],
)
def test_the_pace_that_a_robots_txt_asks_of_us(lines: str, delay_s: float | None):
    assert read_crawl_delay(f"User-agent: *\n{lines}\n") == delay_s


# --- bulk


def test_a_site_that_sends_ever_more_does_not_fill_the_disk(caplog: pytest.LogCaptureFixture):
    """Each answer below its own bound, all of them together beyond the run's."""
    spider = NewsSpider(Site("daily", "https://daily.example/", max_requests=1_000))
    answers = 0
    while spider.spend():
        spider.received(settings.MAX_BODY_BYTES, 200)
        answers += 1
    assert answers == 63  # of 1,000: 63 × 16 MiB are more than 1,000 MiB
    assert [record.getMessage() for record in caplog.records] == [
        "daily has sent more than 1000 MiB in one run, which ends with that; what waits is left to the next"
    ]


@pytest.mark.parametrize(("status", "tries"), [(503, 1), (429, 3)])
def test_of_several_addresses_that_a_server_refuses_without_saying_for_how_long_only_the_first_is_asked_again(status: int, tries: int):
    spider = SimpleNamespace(refusals=0)
    waiting = HonourRetryAfter(cast(Crawler, SimpleNamespace(signals=SimpleNamespace(connect=lambda *_, **__: None), spider=spider)))

    def times_again(path: str, **headers: str) -> int:
        request, times = Request(f"https://daily.example{path}"), 0
        while isinstance(answer := waiting.process_response(request, Response(request.url, status, headers)), Request):
            request, times = answer, times + 1
        return times

    assert times_again("/one/") == tries
    spider.refusals = 1
    assert (times_again("/two/"), times_again("/three/", **{"Retry-After": "30"})) == (0, 3)
    spider.refusals = 0  # a page was given meanwhile
    assert times_again("/four/") == tries
