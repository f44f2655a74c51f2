"""`archiver add`: what it finds, samples and writes, and that a crawl afterwards has all of it."""

from __future__ import annotations

import pytest

from archiver.adding import _nothing_found, has_exact_time
from archiver.sites import read_sites_file
from archiver.spider import Visit
from tests.conftest import PARAGRAPHS, Cli, NewsServer

NOW = "2026-03-02T20:00:00Z"
QUICK = {"ARCHIVER_NOW": NOW, "ARCHIVER_DELAY_S": "0.02"}
NEWEST = tuple(f"/news/2026/03/02/a-new-story-of-the-bridge-{number}/" for number in range(1, 4))
OLDER = tuple(f"/news/2026/01/{number:02}/an-older-story-of-the-bridge-{number}/" for number in range(10, 14))


def sitemap(server: NewsServer, paths: tuple[str, ...], lastmod: str, kind: str = "url") -> str:
    root = {"url": "urlset", "sitemap": "sitemapindex"}[kind]
    entries = "".join(f"<{kind}><loc>{server.address}{path[1:]}</loc><lastmod>{lastmod}</lastmod></{kind}>" for path in paths)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{root}>'


def outlet_in_a_folder(server: NewsServer) -> None:
    """WordPress under /news/, as a part of another site: nothing but its sitemap tells of the older stories."""
    for number, path in enumerate((*NEWEST, *OLDER)):
        server.story(path, f"Bridge story {number}", *(f"{text} This is report {number}." for text in PARAGRAPHS))
    links = "".join(f"<li><a href='{path}'>Read about the bridge, part {path[-2]}</a></li>" for path in NEWEST)
    menu = "<nav><a href='/news/category/town/'>Town</a></nav>"  # which leads nowhere
    server.page("/news/", f"<!DOCTYPE html><html lang=en><head><title>Home - Test Gazette</title></head><body>{menu}{links}</body></html>")
    children = ("/news/posts-2026-03.xml", "/news/posts-2026-02.xml", "/news/posts-2026-01.xml")
    server.page("/news/wp-sitemap.xml", sitemap(server, children, "2026-01-31", "sitemap"), content_type="application/xml")
    server.page(children[0], sitemap(server, NEWEST, "2026-03-02"), content_type="application/xml")
    server.page(children[1], sitemap(server, (), "2026-02-01"), content_type="application/xml")
    server.page(children[2], sitemap(server, OLDER, "2026-01-20"), content_type="application/xml")


def test_a_site_is_added_with_what_it_offers_and_crawled_whole_afterwards(server: NewsServer, cli: Cli):
    outlet_in_a_folder(server)
    server.page("/", '<html><head><meta http-equiv="refresh" content="0; url=/news/"></head><body></body></html>')
    added = cli("add", server.address, "--allow-loopback", "--samples", "2", **QUICK)
    assert added.returncode == 0, added.stdout + added.stderr
    assert "export ARCHIVER_CONTACT=mailto:you@example.org" in added.stdout
    [site] = read_sites_file(cli.data / "sites.toml").values()
    assert (site.url, site.sections) == (f"{server.address}news/", ())
    assert (site.publisher, site.sitemaps) == ("Test Gazette", (f"{server.address}news/wp-sitemap.xml",))
    sampled = "select count(*), count(l.due_at) from articles a join links l on l.article_id = a.id"
    assert cli.rows(sampled) == [(2, 2)]  # what was sampled is looked at again as all else
    before = len(server.log)
    assert cli("crawl", **QUICK).returncode == 0
    assert cli.rows("select count(*) from stories") == [(len(NEWEST) + len(OLDER),)]
    assert len([path for path in server.asked(before) if path.startswith("/news/2026/")]) == len(NEWEST) + len(OLDER) - 2
    log = (cli.data / "archiver.log").read_text(encoding="utf-8")
    assert "Referer" not in log and "Disabled" not in log
    twice = cli("add", f"{server.address}news/", "--allow-loopback", "--name", "twice", "--samples", "2", **QUICK)
    assert (twice.returncode, f"known already as stories of {site.name}" in twice.stderr) == (4, True), twice.stderr


@pytest.mark.long
def test_what_a_crawl_of_single_addresses_did_not_look_for_is_found_later(server: NewsServer, cli: Cli):
    outlet_in_a_folder(server)
    cli.site("gazette", f"{server.address}news/", f'delay_s = 0.02\nsitemaps = ["{server.address}news/wp-sitemap.xml"]')
    cli("crawl", f"{server.address}{NEWEST[0][1:]}", **QUICK)
    assert cli.rows("select count(*) from stories") == [(1,)]
    cli("crawl", **QUICK)
    assert cli.rows("select count(*) from stories") == [(len(NEWEST) + len(OLDER),)]


@pytest.mark.parametrize(
    ("outcome", "advice"),
    [
        ("index_broken", "Next: open https://daily.example/ in a browser; archiver add wants the address that the front page has there"),
        ("dns", "Next: check the network, and the address"),
        ("connection_refused", "Next: check the address"),
        ("timeout", "Next: archiver add https://daily.example/   (later)"),
    ],
)
def test_a_site_that_cannot_be_added_is_not_looked_for_in_sites_toml(outcome: str, advice: str):
    visits = [Visit("https://daily.example/", outcome, "why", "front_page")]
    assert str(_nothing_found("https://daily.example/", {"visits": visits})).splitlines()[-1] == advice


@pytest.mark.parametrize(
    ("printed", "precision", "exact"),
    [
        ("2026-03-02T10:00:00-08:00", "second", True),
        ("2026-03-02T10:00Z", "minute", True),
        ("2026-03-02T10:00", "minute", False),
        ("2026-03-02", "day", False),
        (None, "none", False),
    ],
)
def test_the_score_card_counts_a_time_whose_zone_is_known(printed: str | None, precision: str, exact: bool):
    assert has_exact_time({"date_published": printed, "date_precision": precision}) is exact
