"""What publishers say about the use of their pages is recorded; noarchive is honoured where text is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archiver import health
from archiver.discover.optouts import TDMREP, read_robots, read_tdmrep
from archiver.errors import BadSitesFile
from archiver.extract import read_article
from archiver.queries import load_queries
from archiver.records import Capture, RightsSignal, Site
from archiver.sites import site_from_facts
from archiver.store import Archive, CaptureRow, Reading, open_archive, rights
from archiver.store.rights import matching_rule
from archiver.store.values import utc_text
from tests.conftest import Cli, NewsServer
from tests.pages import FETCHED, URL, jsonld, meta, page, paragraphs

SITE = Site("vale", "https://vale-courier.example/")
PICTURE = '<figure><img src="/tug.jpg" width="900" height="600"><figcaption>The tug Perseverance beside the pier.</figcaption></figure>'
BODY = page(f"<article><h1>Ferry strikes a pier and sinks near the old harbour</h1>{PICTURE}{paragraphs()}</article>", "{head}")


def signals(head: str = "", *headers: tuple[str, str]) -> set[tuple[str, str]]:
    """(signal, told by) of a page."""
    return {(said.signal, said.told_by) for said in read(head, *headers)}


def read(head: str = "", *headers: tuple[str, str]) -> tuple[RightsSignal, ...]:
    html = BODY.replace("{head}", meta() + head).encode()
    return read_article(Capture(URL, FETCHED, 200, (("Content-Type", "text/html"), *headers), html)).rights_signals


@pytest.mark.parametrize(
    ("head", "headers", "found"),
    [
        ('<meta name="robots" content="noai, NoImageAI, max-image-preview:large">', (), {("noai", "meta"), ("noimageai", "meta")}),
        ('<meta name="googlebot" content="noarchive">', (), {("noarchive", "meta googlebot")}),
        ("", (("X-Robots-Tag", "noarchive, nosnippet"),), {("noarchive", "header"), ("nosnippet", "header")}),
        (
            "",
            (("X-Robots-Tag", "otherbot: noindex, noarchive"), ("X-Robots-Tag", "unavailable_after: 25 Jun 2030 15:00:00 PST")),
            {("noindex", "header otherbot"), ("noarchive", "header otherbot")},
        ),
        (
            '<meta name="tdm-reservation" content="0">',
            (("tdm-reservation", "1"), ("tdm-policy", "https://vale-courier.example/tdm.json")),
            {("tdm-reservation", "header"), ("tdm-policy", "header"), ("tdm-reservation", "meta")},
        ),
        ('<meta name="tdm-reservation" content="perhaps">', (), set()),
        ('<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">', (), {("license", "link")}),
        (
            jsonld(license={"@id": "https://vale-courier.example/licence"}, copyrightNotice="© Vale Courier", usageInfo="/use"),
            (),
            {("license", "json-ld"), ("copyright_notice", "json-ld"), ("usage_info", "json-ld")},
        ),
        ("", (), set()),
    ],
)
def test_what_a_page_says_is_read_with_its_place(head: str, headers: tuple[tuple[str, str], ...], found: set[tuple[str, str]]):
    assert signals(head, *headers) == found


def test_robots_txt_is_kept_with_its_rules_for_crawlers_that_feed_language_models():
    text = "User-agent: *\nDisallow: /private/\nContent-Signal: search=yes, ai-train=no\n\n"
    text += "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"
    found = {(said.signal, said.value, said.told_by) for said in read_robots(text)}
    assert found == {
        ("robots.txt", text, "robots.txt"),
        ("content-signal", "search=yes, ai-train=no", "robots.txt *"),
        ("robots_ai", "Disallow: /", "robots.txt GPTBot"),
        ("robots_ai", "Disallow: /", "robots.txt CCBot"),
    }


def test_a_hostile_tdmrep_is_read_in_bounds():
    assert read_tdmrep(b"[" * 100_000) == read_tdmrep(b"<html>") == read_tdmrep(b'[{"location": 1}]') == ()
    assert len(read_tdmrep(json.dumps([{"location": f"/{n}*", "tdm-reservation": 1} for n in range(5_000)]).encode())) == 100
    assert matching_rule([{"location": "*a" * 2_000 + "$"}], "https://a.example/" + "a" * 1_999 + "b") is None
    assert matching_rule([{"location": "/news/*.html$"}, {"location": "/"}], "https://a.example/news/x.html") == {
        "location": "/news/*.html$"
    }


# --- in the archive


@pytest.fixture
def archive(tmp_path):
    with open_archive(tmp_path) as opened:
        opened.save_site(SITE, FETCHED)
        yield opened


def save(archive: Archive, head: str = "", *headers: tuple[str, str], at: datetime = FETCHED, url: str = URL) -> str:
    """Stores a reading of the page; returns its key."""
    html = BODY.replace("{head}", meta().replace(URL, url) + head).encode()
    article = read_article(Capture(url, at, 200, (("Content-Type", "text/html"), *headers), html))
    row = CaptureRow(url, SITE.name, at, 200, "kept", warc_filename="x", warc_offset=archive.db["captures"].count, warc_length=1)
    (number,) = archive.save_captures([row])
    return archive.save_articles([Reading(replace(row, id=number), article, "reader/1")], at)[0].key


NOARCHIVE = '<meta name="robots" content="noarchive">'
LATER = datetime(2026, 3, 9, tzinfo=UTC)


def test_the_text_of_a_noarchive_page_is_kept_and_not_given(archive: Archive):
    key = save(archive, NOARCHIVE)
    story = archive.story(key)
    assert story and story.withheld == "noarchive" and story.article["headline"]
    assert story.article_body == story.article_body_html == archive.text_of(story.revisions[0]) == ""
    assert archive.revision(story.article["id"], 1)["article_body"] == ""
    (hit,) = archive.search("passengers").hits
    assert (hit.withheld, hit.snippet) == ("noarchive", "")
    assert archive.db.execute("select length(article_body) > 100 from article_texts").fetchall() == [(1,)]


def test_captions_of_a_noarchive_page_are_not_found(archive: Archive):
    (question,) = [query for query in load_queries() if query.name == "search_captions"]
    save(archive, url=f"{URL}-2")
    save(archive, NOARCHIVE)
    assert [row["url"] for row in archive.db.query(question.sql, {"q": "perseverance"})] == [f"{URL}-2"]


def test_a_page_that_does_not_ask_for_it_any_more_is_shown_again_and_the_record_stays(archive: Archive):
    key = save(archive, NOARCHIVE)
    save(archive, at=LATER)
    story = archive.story(key)
    assert story and story.withheld is None and story.article_body
    assert [(said["signal"], said["last_seen_at"]) for said in story.rights] == [("noarchive", "2026-03-06T20:00:00Z")]


def test_the_line_in_sites_toml_decides_and_needs_a_reason(archive: Archive, tmp_path):
    key = save(archive, NOARCHIVE)
    ignoring = site_from_facts("vale", {"url": SITE.url, "noarchive": "ignore", "noarchive_reason": "agreed"}, tmp_path / "sites.toml")
    archive.follow_policies([ignoring])
    assert archive.story(key).article_body  # type: ignore[union-attr]
    archive.save_site(SITE, LATER)
    assert archive.story(key).article_body == ""  # type: ignore[union-attr]
    (tmp_path / "sites.toml").write_text("")
    with pytest.raises(BadSitesFile, match="without a reason"):
        site_from_facts("vale", {"url": SITE.url, "noarchive": "ignore"}, tmp_path / "sites.toml")


def test_what_is_meant_for_another_crawler_hides_nothing(archive: Archive):
    assert archive.story(save(archive, '<meta name="googlebot" content="noarchive">')).withheld is None  # type: ignore[union-attr]


def test_text_and_data_mining_goes_by_site_file_then_header_then_meta(archive: Archive):
    def reserved(head: str = "", *headers: tuple[str, str]) -> object:
        url = f"{URL}{archive.db['captures'].count}/"
        story = archive.story(save(archive, head, *headers, url=url))
        assert story
        return (archive.tdm_reservation(SITE.name, story.article["url"]) or {}).get("tdm-reservation")

    assert reserved() is None
    archive.save_site_signals(SITE.name, read_tdmrep(b'[{"location": "/2026/*", "tdm-reservation": 1}]'), FETCHED)
    assert reserved() == 1
    assert reserved("", ("tdm-reservation", "0")) == 0
    assert reserved('<meta name="tdm-reservation" content="1">', ("tdm-reservation", "0")) == 1
    assert reserved('<meta name="tdm-policy" content="https://a.example/p">', ("tdm-reservation", "0")) == 0  # silence takes nothing back


def test_a_robots_txt_that_is_another_at_every_look_does_not_fill_the_archive(archive: Archive, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rights, "MOST_OF_A_SITE", 5)
    rule = "User-agent: GPTBot\nDisallow: /\n"
    for look in range(20):
        archive.save_site_signals(SITE.name, read_robots(f"# look {look}\n{rule}"), FETCHED + timedelta(hours=look))
    query = "select signal, count(*), max(last_seen_at) from rights_signals group by 1"
    told = {row[0]: row[1:] for row in archive.db.execute(query).fetchall()}
    assert told["robots.txt"][0] == 5
    assert told["robots_ai"] == (1, utc_text(FETCHED + timedelta(hours=19)))  # what it says counts on


def test_status_says_in_a_line_what_a_site_and_its_stories_say_and_since_when(archive: Archive):
    def row(site: Site = SITE) -> health.Health:
        return health.site_health(archive, site, LATER)

    save(archive, url=f"{URL}-0")
    archive.save_site_signals(SITE.name, read_robots("User-agent: *\nDisallow: /x/\n"), FETCHED)
    assert row().opt_outs == () and health.opt_outs_in_words(row()) == ""
    licence = '<link rel="license" href="https://creativecommons.org/licenses/by/4.0/">'
    save(archive, NOARCHIVE + licence)
    save(archive, '<meta name="robots" content="noai"><meta name="googlebot" content="noarchive">', at=LATER, url=f"{URL}-2")
    save(archive, "", ("tdm-reservation", "0"), url=f"{URL}-3")
    archive.save_site_signals(SITE.name, read_tdmrep(b'[{"location": "/", "tdm-reservation": 1}]'), FETCHED)
    archive.save_site_signals(SITE.name, read_robots("User-agent: CCBot\nUser-agent: GPTBot\nDisallow: /\n"), FETCHED)
    assert health.opt_outs_in_words(row()) == (
        "licence https://creativecommons.org/licenses/by/4.0/ on 1 story since 2026-03-06; noai on 1 story since 2026-03-09; "
        "noarchive on 1 story, not shown, since 2026-03-06; rules for CCBot, GPTBot in robots.txt since 2026-03-06; "
        "text and data mining reserved by tdmrep.json since 2026-03-06"
    )
    assert "shown, as sites.toml says" in health.opt_outs_in_words(row(replace(SITE, noarchive="ignore")))
    archive.save_site_signals(SITE.name, read_robots("User-agent: *\nDisallow: /y/\n"), LATER)
    assert "robots.txt" not in health.opt_outs_in_words(row())  # they may come again


def test_a_robots_txt_that_is_gone_is_told_at_once_and_frees_what_it_forbade_when_it_stays_away_for_a_day(archive: Archive):
    def told() -> str:
        return health.opt_outs_in_words(health.site_health(archive, SITE, LATER))

    def gone(hour: float) -> bool:
        return archive.save_end_of_rules(SITE.name, FETCHED + timedelta(hours=hour))

    rules = read_robots("User-agent: GPTBot\nDisallow: /\n")
    assert (gone(0), told()) == (False, "")  # it never had one
    archive.save_site_signals(SITE.name, rules, FETCHED + timedelta(hours=1))
    assert (gone(2), told()) == (False, "no robots.txt any more since 2026-03-06")
    assert archive.save_site_signals(SITE.name, rules, FETCHED + timedelta(hours=3))  # a mishap
    assert told() == "rules for GPTBot in robots.txt since 2026-03-06"
    assert [gone(hour) for hour in (40, 63, 64, 65, 90)] == [False, False, True, False, False]
    assert told() == "no robots.txt any more since 2026-03-08"


@pytest.mark.long
def test_a_crawl_records_robots_txt_and_asks_for_tdmrep_once_a_day(server: NewsServer, cli: Cli):
    server.story("/2026/03/02/a-story-of-the-bridge/", "Bridge", X_Robots_Tag="noarchive")
    server.front("/2026/03/02/a-story-of-the-bridge/")
    server.page(TDMREP, '[{"location": "/", "tdm-reservation": 1}]', content_type="application/json")
    cli.site("gazette", server.address)
    cli("crawl")
    robots = "User-agent: *\nDisallow: /private/\n\nUser-agent: GPTBot\nDisallow: /\n"
    server.page("/robots.txt", robots, content_type="text/plain")
    cli("crawl")
    assert server.asked().count(TDMREP) == 1
    assert cli.rows("select count(*) from rights_signals where signal = 'robots.txt'") == [(2,)]  # each with its days
    said = cli.rows("select signal, told_by, url is null from rights_signals where signal <> 'robots.txt' order by signal")
    assert said == [("noarchive", "header", 0), ("robots_ai", "robots.txt GPTBot", 1), ("tdmrep.json", "tdmrep.json", 1)]
    for command in ("status", "sites"):
        assert "noarchive on 1 story, not shown, since 20" in cli(command).stdout
    (row,) = map(json.loads, cli("status", "--json").stdout.splitlines())
    assert {said["signal"] for said in row["opt_outs"]} == {"noarchive", "robots_ai", "tdmrep.json"}
    shown = cli("show", server.address + "2026/03/02/a-story-of-the-bridge/")
    assert shown.returncode == 0 and "noarchive" in shown.stdout and "council of the valley" not in shown.stdout
