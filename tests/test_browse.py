"""The archive in a browser: pages that a reader can use, and that nothing archived can misuse."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import unicodedata
import urllib.request
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import feedparser
import httpx
import pytest
from datasette.app import Datasette
from lxml import html

from archiver.browse import charts, dates, guards, serve
from archiver.browse.clean import clean_html
from archiver.browse.serving import make_datasette
from archiver.browse.telling import counts_of, state_of_run
from archiver.errors import ArchiverError, NothingToDo
from archiver.export import export
from archiver.queries import grouped_queries
from archiver.records import Article, Author, Correction, Embed, Evidence, Image, Link, LiveUpdate, Placing, Site
from archiver.store import Archive, CaptureRow, Reading, Saved, open_archive, open_reader
from archiver.store.selection import Selection
from tests.test_store import older_archive

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
LODI = Site("lodi", "https://lodi.example/", publisher="Lodi Valley News", in_language="en", timezone="Europe/Rome")
ORLA = Site("orla", "https://orla.example/", publisher="Orla Kurier", in_language="de")
BODY = "Nine people were hurt when the quay gave way.\n\nThe ferry stays in port until Monday.\n\nNobody was in the water."
BRIDGE = Article(
    url="https://lodi.example/2026/11/quay-gives-way",
    headline="Quay gives way under market stalls",
    kicker="Harbour",
    abstract="The market was in full swing. The ferry stays in port.",
    byline="By Marta Lindqvist",
    dateline="BRENN, Nov 16 (LNA)",
    located="Brenn",
    located_lat=59.25,
    located_lon=10.5,
    located_country="NO",
    infosource="LNA",
    date_published="2026-11-16T08:30:00+01:00",
    date_published_utc="2026-11-16T07:30:00Z",
    date_modified="2026-11-16T08:30:00+01:00",
    date_modified_utc="2026-11-16T07:30:00Z",
    date_precision="second",
    article_section="the valley",
    in_language="en",
    word_count=22,
    article_body=BODY,
    article_body_html="".join(f"<p>{paragraph}</p>" for paragraph in BODY.split("\n\n")),
    authors=(Author("Marta Lindqvist"),),
    keywords=("harbour", "Brenn"),
    images=(
        Image("https://lodi.example/img/quay.jpg", "Stalls in the water.", creditline="Photo: Jon Orsag/LNA", is_lead=True),
        Image("https://lodi.example/img/ferry.jpg", "The ferry at noon."),
    ),
    embeds=(Embed("video", "https://video.example/1", "The quay from the air", "video.example"),),
    evidence=(Evidence("headline", "Quay gives way under market stalls | the valley", "jsonld", "NewsArticle.headline", 0.9),),
)


class Shelf:
    """An archive that is filled as a crawl fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive: Archive = open_archive(folder)
        self.offset = 0
        for site in (LODI, ORLA):
            self.archive.save_site(site, MONDAY)

    def save(self, article: Article, at: datetime = MONDAY, site: str = "lodi") -> Saved:
        self.offset += 900
        where = {"warc_filename": f"{site}-1.warc.gz", "warc_offset": self.offset, "warc_length": 900}
        row = CaptureRow(article.url, site, at, 200, "kept", content_type="text/html", **where)
        (number,) = self.archive.save_captures([row])
        hashed = replace(article, text_hash=sha256(f"{article.headline}{article.article_body}".encode()).hexdigest())
        (saved,) = self.archive.save_articles([Reading(replace(row, id=number), hashed, "reader/1")], at)
        return saved

    def look(self, site: str, shown: dict[str, str], at: datetime) -> None:
        """At its front page, where these stories stand, by address, under these words."""
        page = {"lodi": LODI, "orla": ORLA}[site].url
        self.archive.save_links([Link(url, site, "front_page", page) for url in shown], at)
        self.archive.save_look(site, page, at, [Placing(url, place, text) for place, (url, text) in enumerate(shown.items(), 1)])

    def close(self) -> None:
        self.archive.close()


class Browser:
    """Asks Datasette as a browser would."""

    def __init__(self, datasette: Datasette) -> None:
        self.datasette = datasette

    def get(self, path: str, status: int = 200):
        answer = asyncio.run(self.datasette.client.get(path))
        assert answer.status_code == status, answer.text[:2_000]
        return answer

    def page(self, path: str, status: int = 200) -> html.HtmlElement:
        return html.fromstring(self.get(path, status).text)

    def text(self, path: str, status: int = 200) -> str:
        return " ".join(self.page(path, status).find("body").text_content().split())


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory):
    shelf = Shelf(tmp_path_factory.mktemp("shelf"))
    shelf.look("lodi", {BRIDGE.url: "Stalls fall into the harbour", f"{LODI.url}2026/11/ferry": "Ferry stays in port"}, MONDAY)
    shelf.look("lodi", {BRIDGE.url: "Stalls fall into the harbour"}, MONDAY + HOUR)
    quay = shelf.save(BRIDGE, MONDAY)
    edited = BODY.replace("Nine people", "Eleven people").replace("Nobody was", "One man was")
    shelf.save(replace(BRIDGE, article_body=edited, article_body_html=f"<p>{edited}</p>"), MONDAY + HOUR)
    corrected = edited.replace("until Monday", "until Friday")
    note = Correction("correction", "An earlier version named the wrong day.", "2026-11-16T12:00:00+01:00")
    newest = replace(BRIDGE, article_body=corrected, article_body_html="", corrections=(note,), headline="Quay gives way; eleven hurt")
    shelf.save(newest, MONDAY + 2 * HOUR)
    for day in range(1, 46):
        published = MONDAY - timedelta(days=day)
        text = f"Report {day} of the council.\n\nThe harbour was {'not ' if day % 2 else ''}discussed."
        shelf.save(
            Article(
                url=f"https://orla.example/2026/report-{day}",
                headline=f"Council report number {day}",
                date_published=published.isoformat(),
                date_published_utc=published.strftime("%Y-%m-%dT%H:%M:%SZ"),
                date_precision="second",
                article_section="politics",
                in_language="de",
                article_body=text,
                word_count=9,
            ),
            published,
            "orla",
        )
    undated = Article(url="https://orla.example/about-the-mill", headline="The mill that never was", article_body="An essay.", word_count=2)
    gone = shelf.save(undated, MONDAY, "orla")
    shelf.archive.mark_status(gone.article_id, "gone", MONDAY + timedelta(days=1), "HTTP 410")
    shelf.keys = {"quay": quay.key, "gone": gone.key}
    yield shelf
    shelf.close()


@pytest.fixture(scope="module")
def browser(shelf: Shelf) -> Browser:
    return Browser(make_datasette(shelf.folder))


@pytest.fixture(scope="module")
def quay(shelf: Shelf) -> str:
    return f"/-/story/{shelf.keys['quay']}"


# --- reading


def test_the_front_page_lists_the_newest_stories_and_how_the_archive_is_doing(browser: Browser) -> None:
    page = browser.page("/")
    assert [link.text_content() for link in page.cssselect(".newest .entry h3 a")][:2] == [
        "Quay gives way; eleven hurt",
        "Council report number 1",
    ]
    text = browser.text("/")
    for told in ("47 stories", "2 sites", "Monday, 16 November 2026", "Correction", "Vanished from their site", "The mill that never was"):
        assert told in text
    assert len(page.cssselect("svg.chart rect.bar")) == 42


def test_the_front_page_leads_to_older_stories_only_where_there_are_some(browser: Browser, tmp_path: Path) -> None:
    assert "Older stories" in browser.text("/")
    shelf = Shelf(tmp_path)
    shelf.save(BRIDGE)
    shelf.close()
    assert "Older stories" not in Browser(make_datasette(tmp_path)).text("/")


def test_an_empty_archive_says_what_to_do_next(tmp_path: Path) -> None:
    open_archive(tmp_path).close()
    assert "archiver demo" in Browser(make_datasette(tmp_path)).text("/")


def test_a_story_is_shown_with_all_that_a_newsroom_means_by_it(browser: Browser, quay: str) -> None:
    text = browser.text(quay)
    for told in (
        "Lodi Valley News",
        "the valley",
        "Harbour",
        "Quay gives way; eleven hurt",
        "The market was in full swing.",
        "Marta Lindqvist",
        "with LNA",
        "BRENN, Nov 16 (LNA)",
        "Published 16 November 2026, 08:30 UTC+01:00 (07:30 UTC)",
        "Correction, 16 November 2026, 12:00 UTC+01:00. An earlier version named the wrong day.",
        "Stalls in the water.",
        "Photo: Jon Orsag/LNA",
        "The ferry at noon.",
        "The quay from the air",
        "Eleven people were hurt",
        "until Friday",
        "First seen 16 November 2026, 08:00 UTC",
        "Last seen 16 November 2026, 10:00 UTC",
        "NewsArticle.headline",
    ):
        assert told in text, told


def test_the_text_of_a_story_is_marked_with_its_language(browser: Browser, quay: str) -> None:
    assert [part.get("lang") for part in browser.page(quay).cssselect("h1, .body")] == ["en", "en"]


def test_a_story_leads_to_its_original_the_wayback_machine_and_its_captures(browser: Browser, quay: str) -> None:
    links = {link.text_content(): link for link in browser.page(quay).cssselect(".about a")}
    assert links["Original at lodi.example"].get("href") == BRIDGE.url
    assert links["In the Wayback Machine"].get("href") == f"https://web.archive.org/web/20261116080000/{BRIDGE.url}"
    assert {"noopener", "noreferrer", "nofollow"} <= set(links["Original at lodi.example"].get("rel").split())
    browser.get(links["Raw captures of this address"].get("href"))
    browser.get(links["All fields as a row"].get("href"))


def test_pictures_are_named_not_loaded(browser: Browser, quay: str) -> None:
    page = browser.page(quay)
    assert not page.cssselect("img, video, audio, iframe, object, embed, script")
    assert "https://lodi.example/img/quay.jpg" in [link.get("href") for link in page.cssselect(".picture a")]


def test_a_note_stands_above_the_text_and_not_in_it_again(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    note = Correction("correction", "Correction: the ferry left on Friday.")
    body = f"{BODY}\n\n{note.text}"
    markup = "".join(f"<p><em>{paragraph}</em></p>" for paragraph in body.split("\n\n"))
    saved = shelf.save(replace(BRIDGE, article_body=body, article_body_html=markup, corrections=(note,)))
    shelf.close()
    page = Browser(make_datasette(tmp_path)).page(f"/-/story/{saved.key}")
    assert " ".join(page.cssselect(".correction")[0].text_content().split()) == note.text  # and its kind is not said twice
    assert note.text not in page.cssselect(".body")[0].text_content()
    assert "The ferry stays in port" in page.cssselect(".body")[0].text_content()


def test_versions_are_a_timeline_that_names_the_stealth_edit(browser: Browser, quay: str) -> None:
    steps = [" ".join(step.text_content().split()) for step in browser.page(quay).cssselect(".timeline li")]
    assert [step.split(" ")[1] for step in steps] == ["3", "2", "1"]
    assert "Correction" in steps[0]
    assert "Stealth edit" in steps[1]
    assert "1 hour after the first" in steps[1]


def test_an_earlier_version_can_be_read_and_says_that_it_is_one(browser: Browser, quay: str) -> None:
    text = browser.text(f"{quay}?revision=1")
    assert "version 1 of 3" in text
    assert "Nine people were hurt" in text
    assert "Quay gives way under market stalls" in text


def test_two_versions_are_compared_in_words(browser: Browser, quay: str) -> None:
    page = browser.page(f"{quay}/diff/1..2")
    marked = [(mark.tag, re.sub(r"\[.*?: |\]", "", mark.text_content())) for mark in page.cssselect(".body ins, .body del")]
    assert marked == [("del", "Nine"), ("ins", "Eleven"), ("del", "Nobody"), ("ins", "One man")]
    assert "Stealth edit. The text changed" in browser.text(f"{quay}/diff/1..2")
    assert "Quay gives way" in page.cssselect(".headline")[0].text_content() if page.cssselect(".headline") else True


def test_a_changed_headline_is_part_of_the_comparison(browser: Browser, quay: str) -> None:
    headline = browser.page(f"{quay}/diff/2..3").cssselect("dd.headline")[0]
    assert [mark.tag for mark in headline.cssselect("ins, del")] == ["del", "ins"]


def test_a_vanished_story_says_so_and_is_still_there(browser: Browser, shelf: Shelf) -> None:
    text = browser.text(f"/-/story/{shelf.keys['gone']}")
    assert "Gone since 17 November 2026." in text
    assert "HTTP 410" in text
    assert "An essay." in text
    assert "No publication date was found" in text


def direction(element: html.HtmlElement) -> str | None:
    """Of an element with dir="auto", as HTML tells it: by the first letter that has one, outside of what has a direction of its own."""
    for part in element.xpath(".//text()[not(ancestor::bdi)]"):
        holder = part.getparent() if part.is_text else part.getparent().getparent()
        if not any(each.get("dir") for each in [holder, *holder.iterancestors()] if element in each.iterancestors()):
            for letter in part:
                if (kind := unicodedata.bidirectional(letter)) in ("L", "R", "AL"):
                    return "ltr" if kind == "L" else "rtl"
    return None


def test_arabic_runs_from_right_to_left_also_where_words_of_ours_stand_in_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    told = ["افتتح الميناء الجديد يوم الاثنين.", "حضر العمدة الحفل مع الصيادين.", "غنت فرقة المدرسة.", "كلف البناء مليونين."]
    story = Article("https://lodi.example/ar", headline="الميناء", article_body="\n\n".join(told))
    story = replace(story, in_language="ar", article_section="أخبار")
    shelf.save(story)
    edited = "\n\n".join([*told[:3], "كلف البناء ثلاثة ملايين."])
    key = shelf.save(replace(story, article_body=edited), MONDAY + HOUR).key
    shelf.close()
    browser = Browser(make_datasette(tmp_path))
    page = browser.page(f"/-/story/{key}/diff/1..2")
    assert page.cssselect(".body summary") and page.cssselect(".body del") and page.cssselect("section li ins")
    assert {direction(each) for each in page.cssselect("main [dir=auto]")} == {"rtl"}
    assert [(each.text, each.get("lang")) for each in browser.page("/").cssselect(".over bdi")][1:] == [("أخبار", "ar")]  # turns no time


def test_what_changed_can_be_narrowed_to_stealth_edits(browser: Browser) -> None:
    assert len(browser.page("/-/changes").cssselect(".entry")) == 2
    (entry,) = browser.page("/-/changes?only=stealth").cssselect(".entry")
    assert "Stealth edit" in entry.text_content()
    assert "No such change" in browser.text("/-/changes?only=update")


def test_changes_can_be_followed_in_a_feed_reader(browser: Browser, hostile: Shelf) -> None:
    feed = feedparser.parse(browser.get("/-/changes.atom").content)
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == [
        "Correction: Quay gives way; eleven hurt",
        "Stealth edit: Quay gives way; eleven hurt",
    ]
    browser.get(urlsplit(feed.entries[0].link).path)
    planted_feed = feedparser.parse(Browser(make_datasette(hostile.folder)).get("/-/changes.atom").content)
    assert (planted_feed.bozo, len(planted_feed.entries)) == (False, 1)


def test_a_search_can_be_followed_in_a_feed_reader(browser: Browser, hostile: Shelf) -> None:
    address = browser.page("/-/search?q=quay&sort=rank&page=2").xpath("//link[@rel='alternate']/@href")[0]
    feed = feedparser.parse(browser.get(address).content)
    assert not feed.bozo
    assert {entry.title for entry in feed.entries} == {"Quay gives way; eleven hurt"}
    assert feed.entries[0].published == "2026-11-16T07:30:00Z"
    browser.get(urlsplit(feed.entries[0].link).path)
    sites = {entry.author for entry in feedparser.parse(browser.get("/-/search.atom?site=orla").content).entries}
    assert sites == {"Orla Kurier"}
    assert feedparser.parse(browser.get("/-/search.atom?q=nothinglikethis").content).feed.title == "News archive: nothinglikethis"
    assert not feedparser.parse(browser.get("/-/search.atom?q=%01quay%EF%BF%BF").content).bozo  # no characters of XML
    planted = feedparser.parse(Browser(make_datasette(hostile.folder)).get("/-/search.atom").content)
    assert (planted.bozo, len(planted.entries) > 0) == (False, True)


def test_a_feed_of_a_search_that_cannot_be_answered_is_refused_with_the_reason(browser: Browser) -> None:
    assert "is later than the last one" in browser.get("/-/search.atom?q=quay&from=2026-11-17&to=2026-11-16", 400).text


def test_an_archive_that_an_older_version_made_says_so_until_a_command_has_opened_it(tmp_path: Path) -> None:
    older_archive(tmp_path, "m022_front_pages", "The weir was opened.")
    browser = Browser(Datasette([str(tmp_path / "archive.db")]))
    for path in ("/-/story/k1", "/-/sites", "/-/picture/1"):
        assert "made by an older version" in browser.get(path, 503).text
    open_archive(tmp_path).close()
    assert "The weir was opened." in browser.text("/-/story/k1")


def test_the_sites_page_passes_over_what_was_asked_for_by_its_address(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive, archive.writing():
        for command, hour in (("crawl", 8), ("crawl URL", 9)):
            run = archive.start_run("gazette", command, datetime(2026, 3, 1, hour, tzinfo=UTC))
            archive.finish_run(run, datetime(2026, 3, 1, hour, 1, tzinfo=UTC), "finished", {"index": 2} if hour == 8 else {"gone": 1})
    text = Browser(Datasette([str(tmp_path / "archive.db")])).text("/-/sites")
    assert "08:00" in text and "09:00" not in text


def test_the_sites_page_tells_how_each_site_is_doing(browser: Browser) -> None:
    text = browser.text("/-/sites")
    assert "Lodi Valley News" in text
    assert "never crawled" in text


@pytest.mark.parametrize("path", ["/-/story?url=", "/-/search?q="])
@pytest.mark.parametrize("url", [BRIDGE.url, BRIDGE.url + "/?utm_source=feed#comments", BRIDGE.url.replace("https://", "https://m.")])
def test_a_story_is_found_by_any_of_its_addresses(browser: Browser, quay: str, path: str, url: str) -> None:
    assert browser.get(path + quote(url, safe=""), 302).headers["location"] == quay


@pytest.mark.parametrize(
    "path",
    [
        "/-/story/nosuchstory1",
        "/-/story?url=https://lodi.example/other",
        "/-/story/{key}?revision=9",
        "/-/story/{key}?revision=x",
        "/-/story/{key}/diff/1..7",
    ],
)
def test_what_is_not_there_gets_a_page_that_helps(browser: Browser, shelf: Shelf, path: str) -> None:
    assert "Not in the archive" in browser.text(path.format(key=shelf.keys["quay"]), 404)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/-/sites/nosuch", "no such page"),
        ("/-/story/{key}/99", "no such page"),
        ("/archive/nosuch", "no such table"),
        ("/archive/articles/0", "no such row"),
    ],
)
def test_what_is_not_there_is_said_in_words_on_a_page_that_leads_on(browser: Browser, shelf: Shelf, path: str, told: str) -> None:
    page = browser.page(path.format(key=shelf.keys["quay"]), 404)
    assert told in page.text_content()
    assert "/-/search" in [link.get("href") for link in page.cssselect("main a")]


# --- searching


def hits(page: html.HtmlElement) -> list[str]:
    return [link.text_content() for link in page.cssselect(".hits h3 a")]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/no/such/page", 404),
        ("/-/nothing", 404),
        ("/archive/articles/0", 404),
        ("/archive/articles?_where=(", 400),
        ("/archive/articles?_sort=nothing", 400),
        ("/archive/articles.csv?_sort_desc=nothing", 400),
        ("/archive/articles?_sort=id&_sort_desc=id", 400),
        ("/archive/articles?id__gt=99999999999999999999", 400),
        ("/archive/articles.json?_where=%00", 400),
        ("/archive/articles.json?_facet={x}", 400),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine")  # Datasette drops what it began
def test_a_wrong_address_or_query_is_told_in_the_page_and_fills_no_terminal(
    browser: Browser, capfd: pytest.CaptureFixture[str], path: str, status: int
) -> None:
    browser.page(path, status)
    assert "Traceback" not in "".join(capfd.readouterr())


def test_hits_are_counted_ranked_and_show_why(browser: Browser) -> None:
    page = browser.page("/-/search?q=quay")
    assert hits(page) == ["Quay gives way; eleven hurt"]
    assert [mark.text for mark in page.cssselect("mark")] == ["Quay", "quay"]
    assert "1 story" in page.cssselect(".total")[0].text_content()


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        ("q=harbour", "45 stories"),
        ("q=harbour&site=orla", "45 stories"),
        ("q=harbour&site=lodi", "No stories."),
        ('q="not+discussed"', "23 stories"),
        ("q=harbour&from=2026-11-10&to=2026-11-12", "3 stories"),
        ("q=harbour&section=politics&to=2026-11-01", "31 stories"),
        ("site=lodi", "1 story"),
        ("section=politics", "45 stories"),
        ("language=de", "45 stories"),
        ("language=de&site=lodi", "No stories."),
        ("language=en&section=politics", "No stories."),
        ("q=harbour&language=de", "45 stories"),
        ("q=harbour&language=en", "No stories."),
        ("language=no-such&site=lodi", "1 story"),
        ("section=politics&site=lodi", "No stories."),
        ("keyword=Brenn", "1 story"),
        ("author=Marta+Lindqvist", "1 story"),
        ("from=2026-11-15", "2 stories"),
        ("", "47 stories"),
        ("q=harbour&from=2026-13-99&page=-3&sort=up", "45 stories"),
    ],
)
def test_filters_narrow_what_is_found(browser: Browser, asked: str, total: str) -> None:
    assert total in browser.page(f"/-/search?{asked}").cssselect(".total")[0].text_content()


def test_what_was_found_is_drawn_month_by_month_and_each_month_leads_to_its_stories(browser: Browser) -> None:
    page = browser.page("/-/search?q=harbour&sort=newest")
    months = {row[0].text_content(): int(row[1].text_content()) for row in page.cssselect(".months tbody tr")}
    assert list(months) == sorted(months, reverse=True) and sum(months.values()) == 45
    assert [title.text for title in page.cssselect(".months svg title")] == [f"{month}: {months[month]}" for month in sorted(months)]
    month, count = min(months.items())
    for link in (page.cssselect(".months svg a")[0], page.cssselect(".months tbody a")[-1]):
        assert f"from={month}-01" in link.get("href")
        assert f"{count} stor" in browser.page(link.get("href")).cssselect(".total")[0].text_content()


def test_what_was_found_at_several_sites_is_counted_site_by_site(browser: Browser) -> None:
    page = browser.page("/-/search?q=harbour+OR+quay")
    shown = {link.text_content().rpartition(" ")[0].strip(): link for link in page.cssselect(".by-site a")}
    counts = {name: int(link.text_content().rpartition(" ")[2]) for name, link in shown.items()}
    assert counts == {"Orla Kurier": 45, "Lodi Valley News": 1}
    for name, link in shown.items():
        assert f"{counts[name]} stor" in browser.page(link.get("href")).cssselect(".total")[0].text_content()
    for asked in ("q=quay", "q=harbour+OR+quay&site=orla", "site=orla"):
        assert not browser.page(f"/-/search?{asked}").cssselect(".by-site")


def test_the_form_of_a_search_offers_the_languages_that_there_are(browser: Browser) -> None:
    assert browser.page("/-/search?language=en").xpath("//select[@id='language']/option/text()") == ["all", "de", "en"]
    assert browser.page("/-/search?language=en").xpath("//select[@id='language']/option[@selected]/text()") == ["en"]


def test_the_table_of_months_counts_stories_without_a_date_too(browser: Browser) -> None:
    page = browser.page("/-/search?q=harbour+OR+mill")
    months = {row[0].text_content(): int(row[1].text_content()) for row in page.cssselect(".months tbody tr")}
    assert months["no date"] == 1
    assert f"{sum(months.values())} stories" in page.cssselect(".total")[0].text_content()


@pytest.mark.parametrize("asked", ["q=council", "section=politics", "from=2026-01-01"])
def test_the_oldest_first_is_the_newest_first_backwards(browser: Browser, asked: str) -> None:
    def found(order: str) -> list[str]:
        first = browser.page(f"/-/search?{asked}&sort={order}")
        rest = (browser.page(f"/-/search?{asked}&sort={order}&page={page}") for page in (2, 3))
        return [headline for page in (first, *rest) for headline in hits(page)]

    assert len(found("oldest")) > 1 and found("oldest") == found("newest")[::-1]


def test_a_question_without_an_answer_is_told_why(browser: Browser) -> None:
    assert "in capitals" in browser.text("/-/search?q=quay+and+nowhere")
    assert "later than the last one" in browser.text("/-/search?q=quay&from=2026-03-05&to=2026-03-01")


@pytest.mark.parametrize("asked", ["q=quay", "q=harbour&page=2", "site=orla", "q=nowhere"])
def test_one_month_a_further_page_and_a_list_without_words_have_no_picture(browser: Browser, asked: str) -> None:
    assert not browser.page(f"/-/search?{asked}").cssselect(".months")


def test_pages_of_hits_hold_every_story_once(browser: Browser) -> None:
    found: list[str] = []
    path = "/-/search?q=council&sort=newest"
    while path:
        page = browser.page(path)
        found += hits(page)
        path = next((link.get("href") for link in page.cssselect(".paging a[rel=next]")), "")
    assert found == [f"Council report number {day}" for day in range(1, 46)]


@pytest.mark.parametrize(
    "words", ['"', "*", "(((", "NEAR(", "headline:", "a" * 3_000, "\x00", "' or 1=1 --", "<script>alert(1)</script>", "%"]
)
def test_no_words_break_the_search(browser: Browser, words: str) -> None:
    answer = browser.get(f"/-/search?q={quote(words)}")
    assert "<script" not in answer.text


# --- Datasette's own pages


def test_a_question_that_was_taken_otherwise_than_it_stands_says_so(browser: Browser) -> None:
    assert "a quotation mark has no partner" in browser.text('/-/search?q="ferry')
    assert "All the words were looked for" not in browser.text("/-/search?q=ferry")


def test_rows_of_tables_lead_to_the_story(browser: Browser, quay: str) -> None:
    for path in ("/archive/articles?site=lodi", "/archive/headlines?site=lodi", "/archive/changes?change=correction"):
        assert quay in [link.get("href") for link in browser.page(path).cssselect("td a")], path
    link = browser.page("/archive/captions?_search=stalls").cssselect("td.col-headline a")[0]
    assert browser.get(link.get("href"), 302).headers["location"] == quay


def test_a_long_text_makes_no_row_of_a_table_tall(browser: Browser) -> None:
    boxes = browser.page("/archive/stories?_search=ferry").cssselect("td.col-article_body")
    assert boxes
    assert all(box.cssselect("div.long") for box in boxes if len(box.text_content()) >= 160)


def test_tables_are_explained_sorted_and_faceted(browser: Browser) -> None:
    articles = browser.text("/archive/articles")
    assert "sorted by search_id descending" in articles
    assert "Headline, once, without the name of the site or the section behind it." in articles
    assert [name.text_content().split()[0] for name in browser.page("/archive/articles").cssselect(".facet-info-name")] == ["site"]
    first = browser.get("/archive/headlines.json?_shape=array&_size=1").json()[0]
    assert first["headline"] == "Quay gives way; eleven hurt"
    assert "article_texts" not in browser.text("/archive").split("hidden tables")[0]


def test_no_two_pages_have_the_same_title(browser: Browser, quay: str) -> None:
    paths = ["/", "/-/search", "/-/search?q=harbour", "/-/search?q=harbour&page=2", "/-/changes", "/-/changes?only=stealth", "/-/sites"]
    paths += [
        "/-/sites/lodi/front-page",
        "/-/sites/lodi/front-page?at=2026-11-16T08:00:00Z",
        "/-/map",
        quay,
        f"{quay}?revision=1",
        f"{quay}/diff/1..2",
        "/archive/stealth_edits",
        "/archive/search_stories?q=harbour",
        "/-/questions",
    ]
    titles = [" ".join(browser.page(path).findtext(".//title").split()) for path in paths]
    assert len(set(titles)) == len(paths)
    assert titles[3] == "harbour · Search the archive, page 2" and titles[5] == "What changed: Stealth edits · News archive"
    assert titles[11].startswith("Version 1: ") and titles[13] == "Stealth edits · archive"


def test_what_a_search_found_is_taken_out_as_a_table_as_json_and_as_citations(browser: Browser, quay: str) -> None:
    page = browser.page("/-/search?q=quay&site=lodi&sort=oldest")
    links = {link.text: link.get("href") for link in page.cssselect(".take-out a")}
    assert list(links) == ["CSV", "JSON", "BibTeX", "RIS", "CSL-JSON"]
    assert page.cssselect(".take-out code")[0].text == "archiver export quay --site lodi -o stories.csv"
    (row,) = csv.DictReader(io.StringIO(browser.get(links["CSV"]).text, newline=""))
    assert quay.endswith(row["key"]) and row["headline"] == "Quay gives way; eleven hurt" and "Eleven people" not in str(row)
    told = browser.get(links["JSON"]).json()
    assert (told["total"], told["total_is_exact"], [story["key"] for story in told["stories"]]) == (1, True, [row["key"]])
    for label, ending in (("BibTeX", "bib"), ("RIS", "ris")):
        assert browser.get(links[label]).text == browser.get(f"{quay}/cite.{ending}").text
    assert browser.get(links["CSL-JSON"]).json() == browser.get(f"{quay}/cite.json").json()


def test_a_story_is_there_for_programs_as_an_export_has_it(browser: Browser, quay: str, shelf: Shelf, tmp_path: Path) -> None:
    assert f"{quay}.json" in browser.page(quay).xpath("//aside//a/@href")
    told = browser.get(f"{quay}.json").json()
    with open_reader(shelf.folder) as archive:
        export(archive, Selection(query="quay", site="lodi"), tmp_path / "quay.jsonl")
    assert told == json.loads((tmp_path / "quay.jsonl").read_text(encoding="utf-8"))
    assert browser.get("/-/story/nosuchkey.json", 404)


def test_a_file_of_a_search_has_all_its_pages_and_is_refused_with_the_reason(browser: Browser) -> None:
    told = browser.get("/-/search.json?q=council&sort=newest&page=2").json()["stories"]
    assert [story["headline"] for story in told] == [f"Council report number {day}" for day in range(1, 46)]
    assert "later than the last one" in browser.get("/-/search.json?q=quay&from=2026-03-05&to=2026-03-01", 400).json()["error"]
    assert "later than the last one" in browser.get("/-/search.csv?q=quay&from=2026-03-05&to=2026-03-01", 400).text
    assert browser.get("/-/search.csv?q=nothinglikethis").text.startswith("key,site,")
    assert not browser.page("/-/search?author=Ines+Falk").cssselect(".take-out code")


def test_a_site_whose_publisher_is_unknown_is_called_by_its_name(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.archive.save_site(Site("quiet", "https://quiet.example/"), MONDAY)
    shelf.save(replace(BRIDGE, url="https://quiet.example/quay"), site="quiet")
    shelf.close()
    page = Browser(make_datasette(tmp_path)).page("/archive/articles")
    assert page.cssselect("td.col-site")[0].text_content().split() == ["quiet"]
    assert [link.text for link in page.cssselect(".facet-results li > a:first-child")] == ["quiet"]


def test_every_ready_question_has_a_title_and_an_answer(browser: Browser) -> None:
    links = browser.page("/archive").xpath("//h2[@id='queries']/following-sibling::ul[1]//a")
    assert len(links) >= 10
    for link in links:
        assert link.text_content() != link.get("href").rsplit("/", 1)[1]
        browser.get(link.get("href"))


def test_the_menu_leads_to_every_ready_question_and_each_takes_words_where_it_needs_some(browser: Browser) -> None:
    assert "/-/questions" in browser.page("/").xpath("//nav//a/@href")
    page = browser.page("/-/questions")
    assert page.xpath("//section//li/a/@href") == [f"/archive/{query.name}" for _, queries in grouped_queries() for query in queries]
    (form,) = page.xpath("//form[@action='/archive/search_captions']")
    assert form.xpath(".//input/@name") == ["q"]


def test_the_plugin_works_in_datasette_alone(shelf: Shelf, quay: str) -> None:
    alone = Browser(Datasette([str(shelf.folder / "archive.db")]))
    assert "Quay gives way; eleven hurt" in alone.text("/")
    assert "Eleven people" in alone.text(quay)


def test_an_archive_is_usable_in_datasette_without_the_plugin(shelf: Shelf) -> None:
    command = [
        sys.executable,
        "-m",
        "datasette",
        str(shelf.folder / "archive.db"),
        "--get",
        "/archive/headlines.json?_search=quay&_shape=array",
    ]
    done = subprocess.run(command, env={**os.environ, "DATASETTE_LOAD_PLUGINS": ""}, capture_output=True, text=True, timeout=60, check=True)
    assert '"Quay gives way; eleven hurt"' in done.stdout
    assert "Council" not in done.stdout


def test_other_databases_are_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "birds.db") as db:
        db.execute("create table birds (key text, headline text)")
        db.execute("insert into birds values ('abc', 'Wren')")
    browser = Browser(Datasette([str(tmp_path / "birds.db")]))
    answer = browser.get("/birds/birds")
    assert "content-security-policy" not in answer.headers
    assert "x-robots-tag" not in answer.headers
    assert "/-/story" not in answer.text
    assert "News desk" not in browser.text("/")
    assert browser.get("/-/metadata.json").json() == {}
    browser.get("/-/archive", 404)


def test_beside_another_database_the_index_stays_datasettes(shelf: Shelf, tmp_path: Path, quay: str) -> None:
    with sqlite3.connect(tmp_path / "birds.db") as db:
        db.execute("create table birds (name text)")
    browser = Browser(Datasette([str(tmp_path / "birds.db"), str(shelf.folder / "archive.db")]))
    assert "birds" in browser.text("/")
    assert "Eleven people" in browser.text(quay)
    assert "x-robots-tag" not in browser.get("/birds/birds").headers
    assert "x-robots-tag" in browser.get("/archive/articles").headers


def test_a_base_url_is_kept_in_every_link(shelf: Shelf) -> None:
    browser = Browser(Datasette([str(shelf.folder / "archive.db")], settings={"base_url": "/press/"}))
    page = html.fromstring(asyncio.run(browser.datasette.client.get("/-/archive")).text)
    ours = [each.get("href") for each in page.cssselect("[href]") if each.get("href").startswith("/")]
    assert len(ours) > 20
    assert all(href.startswith("/press/") for href in ours)


def test_who_may_not_see_the_database_sees_no_page_of_it(shelf: Shelf, quay: str) -> None:
    browser = Browser(Datasette([str(shelf.folder / "archive.db")], metadata={"databases": {"archive": {"allow": {"id": "root"}}}}))
    for path in ("/", quay, "/-/search?q=quay", "/-/changes", "/-/map", "/-/sites", "/-/sites/lodi/front-page", f"{quay}/diff/1..2"):
        assert "Quay" not in browser.get(path, 403).text


# --- guarding

OURS = (
    "/",
    "/-/search?q=quay",
    "/-/changes",
    "/-/map",
    "/-/questions",
    "/-/sites",
    "/-/sites/lodi/front-page",
    "{quay}",
    "{quay}/diff/1..2",
    "{quay}/beside/{quay}",
    "/-/story/none",
)


@pytest.mark.parametrize("path", OURS)
def test_our_pages_let_nothing_run_load_or_be_indexed(browser: Browser, quay: str, path: str) -> None:
    path = path.format(quay=quay).replace("beside//-/story/", "beside/")
    answer = asyncio.run(browser.datasette.client.get(path))
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    page = html.fromstring(answer.text)
    assert not page.xpath("//script | //style | //*[@style] | //@*[starts-with(name(), 'on')]")
    assert all(not link.startswith("http") for link in page.xpath("//link/@href | //*/@src"))


def test_datasettes_pages_load_nothing_from_outside(browser: Browser) -> None:
    answer = browser.get("/archive/articles")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "noindex" in answer.headers["x-robots-tag"]


def planted(name: str) -> str:
    return f"<script>alert('{name}')</script><img src=https://evil.example/{name} onerror=alert(1)>\"'><svg onload=alert(2)>{{{{7*7}}}}"


def hostile_article() -> Article:
    texts = {each.name: planted(each.name) for each in fields(Article) if each.type in ("str", "str | None")}
    bad = "javascript:alert(3)"
    return Article(
        **texts
        | {
            "url": "https://lodi.example/2026/hostile",
            "canonical_url": bad,
            "date_published_utc": "2026-11-18T10:00:00Z",
            "date_precision": "second",
            "in_language": 'en" onmouseover="alert(4)',
            "access_observed": "teaser",
            "located_lat": 45.5,
            "located_lon": -9.25,
            "article_body_html": "<p onclick=alert(5)>ok</p><script>alert(6)</script><a href=' javascript:alert(7)'>x</a>"
            "<style>@import 'https://evil.example/style'</style><img src=https://evil.example/body onerror=alert(8)>"
            "<math><mi//xlink:href='data:x,<script>alert(9)</script>'></math><iframe srcdoc='<script>alert(10)</script>'></iframe>",
        },
        authors=(Author(planted("author"), planted("role"), bad),),
        keywords=(planted("keyword"),),
        images=(
            Image(bad, planted("caption"), planted("printed"), planted("credit"), planted("creator"), planted("agency"), planted("alt")),
        ),
        corrections=(Correction(planted("kind"), planted("correction"), planted("date")),),
        embeds=(Embed(planted("embed"), bad, planted("title"), planted("provider")),),
        live_updates=(LiveUpdate(planted("update"), planted("updatetext"), planted("updatedate")),),
        evidence=(Evidence(planted("field"), planted("value"), planted("method"), planted("locator"), 0.5, True, planted("note")),),
    )


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory):
    """An archive whose every text is an attack."""
    shelf = Shelf(tmp_path_factory.mktemp("hostile"))
    shelf.archive.save_site(Site("lodi", "javascript:alert(11)", publisher=planted("publisher"), timezone=planted("zone")), MONDAY)
    shelf.look("lodi", {hostile_article().url: planted("shown"), "javascript:alert(12)": planted("nowhere")}, MONDAY)
    saved = shelf.save(hostile_article())
    shelf.save(
        replace(hostile_article(), article_body=planted("body") + " and more words than before", headline=planted("headline2")),
        MONDAY + HOUR,
    )
    shelf.archive.mark_status(saved.article_id, "gone", MONDAY, planted("reason"))
    shelf.key = saved.key
    shelf.close()
    return shelf


def paths_of(key: str) -> list[str]:
    story = f"/-/story/{key}"
    ours = ["/", "/-/search?q=alert", "/-/search?section=x", "/-/changes", "/-/sites", story, f"{story}?revision=1", f"{story}/diff/1..2"]
    ours += [f"{story}/beside/{key}", "/-/sites/lodi/front-page", "/archive/placings", "/-/map", "/-/questions", "/-/search?at=45.5,-9.25"]
    return [*ours, "/archive/articles", "/archive/headlines", "/archive/captions", "/archive/field_evidence", "/archive/articles/1"]


def test_no_text_of_a_page_becomes_markup(hostile: Shelf) -> None:
    browser = Browser(make_datasette(hostile.folder))
    for path in paths_of(hostile.key):
        page = browser.page(path)
        assert not page.xpath("//img | //iframe | //math | //svg[@onload] | //@onerror | //@onclick | //@onmouseover | //@onload"), path
        assert not [href for href in page.xpath("//@href") if not re.match(r"https?://|/|#|\?", href)], path
        assert "49" not in [text.strip() for text in page.xpath("//text()")], path
        if not path.startswith("/archive"):
            assert not page.xpath("//script"), path


def test_a_csv_file_holds_no_formula_and_every_number(shelf: Shelf) -> None:
    words = ["=1+1", "+1 of a kind", "-5 degrees", "@home", '=HYPERLINK("https://evil.example","x"),y', "plain", "-5", "2.5", 'say "=1"']
    sql = " union all ".join(f"select {number} as n, '{word}' as word" for number, word in enumerate(words)) + " order by n"
    text = Browser(make_datasette(shelf.folder)).get("/archive.csv?" + urlencode({"sql": sql})).text
    read = [row[1] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert read == [*(f"'{word}" for word in words[:5]), *words[5:]]


@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1:8001", 200), ("localhost:8001", 200), ("[::1]:8001", 200), ("evil.example:8001", 403), ("[", 403)]
)
def test_a_strangers_page_cannot_read_the_archive_under_a_name_of_its_own(shelf: Shelf, host: str, status: int) -> None:
    app = guards.for_this_machine(make_datasette(shelf.folder).app())

    async def ask() -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return (await client.get("/-/sites", headers={"Host": host})).status_code

    assert asyncio.run(ask()) == status


def start_server(folder: Path) -> subprocess.Popen[str]:
    code = "import sys; from pathlib import Path; from archiver.browse import serve; serve(Path(sys.argv[1]), 0, False)"
    return subprocess.Popen(
        [sys.executable, "-u", "-c", code, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )


def test_in_a_real_browser_nothing_planted_runs_or_loads(hostile: Shelf) -> None:
    """Chromium finds no script to run, no address to load and nothing to complain about."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    if chromium is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    server = start_server(hostile.folder)
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1].rstrip("/")
        troubles: list[str] = []
        asked: list[str] = []
        with playwright.sync_playwright() as started:
            window = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"]).new_page()
            window.on("console", lambda message: troubles.append(message.text))
            window.on("pageerror", lambda error: troubles.append(str(error)))
            window.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
            window.on("request", lambda request: asked.append(request.url))
            for path in paths_of(hostile.key):
                assert window.goto(address + path).status == 200
            window.goto(f"{address}/-/map")
            outlines = window.locator(".map .land").first
            outlines.wait_for()  # wait_for_function would evaluate its words in the page, which lets none be evaluated
            assert outlines.evaluate("element => element.getBBox().width") > 100
            window.goto(f"{address}/-/story/{hostile.key}")
            assert window.locator("h1").inner_text() == planted("headline2")
            assert window.locator(".body").evaluate("element => getComputedStyle(element).maxWidth") != "none"
            window.set_viewport_size({"width": 360, "height": 640})  # a telephone's
            for path in (path for path in paths_of(hostile.key) if path.startswith("/-/")):  # the others are Datasette's
                window.goto(address + path)
                assert window.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert troubles == []
        assert [url for url in asked if not url.startswith(address)] == []
    finally:
        server.terminate()
        server.wait(10)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<p>One <b>bold</b> word</p>", "<p>One <strong>bold</strong> word</p>"),
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<div><p>inside</p> after</div>", "<p>inside</p> after"),
        (
            '<a href="https://e.example/?a=1&b=2" onclick=x>go</a>',
            '<a href="https://e.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow">go</a>',
        ),
        ('<a href="java\nscript:alert(1)">go</a>', "<a>go</a>"),
        ("<h1>Head</h1>text<!-- note --> more<br>", "<h2>Head</h2>text more<br>"),
        ("<p>1 &lt; 2 &amp; 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<svg><p>no</p></svg>", None),
        ("", None),
    ],
)
def test_a_body_keeps_a_short_list_of_elements(given: str, shown: str | None) -> None:
    assert clean_html(given) == shown


def test_a_body_nested_beyond_reason_is_shown_or_not_but_does_no_harm() -> None:
    clean_html("<div>" * 50_000 + "deep")
    clean_html("<blockquote>" * 5_000 + "deep")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//e.example",
        "http://",
        "https://e.example/a b",
        "https://e.example/\n",
        "http://[",
        None,
        7,
    ],
)
def test_only_web_addresses_are_followed(url: object) -> None:
    assert guards.outside(url) is None


# --- dates and charts


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ("2026-11-16T08:30:00+01:00", "16 November 2026, 08:30 UTC+01:00"),
        ("2026-11-16T08:30:00-03:30", "16 November 2026, 08:30 UTC-03:30"),
        ("2026-11-16T08:30:00Z", "16 November 2026, 08:30 UTC"),
        ("2026-11-16T08:30:00", "16 November 2026, 08:30"),
        ("2026-11-16", "16 November 2026"),
        ("soon", "soon"),
        (None, ""),
    ],
)
def test_a_date_is_told_as_exactly_as_it_was_declared(declared: str | None, words: str) -> None:
    assert dates.in_words(declared) == words


def test_a_time_in_another_zone_is_told_in_utc_with_its_day_when_that_differs() -> None:
    assert dates.utc_in_words("2026-11-16T00:30:00+01:00", "2026-11-15T23:30:00Z") == "15 November 2026, 23:30 UTC"
    assert dates.utc_in_words("2026-11-16T10:00:00Z", "2026-11-16T10:00:00Z") is None


def test_a_chart_has_a_bar_for_every_day_also_for_those_without_a_story() -> None:
    drawn = charts.bars_per_day({"2026-11-16": 3, "2026-11-14": 1}, 5, "/-/search?from={day}")
    assert drawn is not None
    assert drawn.count('class="bar"') == 5
    assert "Sunday, 15 November 2026: 0 stories" in drawn
    assert charts.bars_per_day({}, 5, "") is None


# --- serving


def test_without_an_archive_there_is_a_word_about_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo):
        serve(tmp_path, 0, False)


def test_a_port_in_use_is_named_with_what_to_do(shelf: Shelf) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ArchiverError, match="--port"):
        serve(shelf.folder, taken.getsockname()[1], False)


def test_ctrl_c_ends_the_server_without_a_traceback(shelf: Shelf) -> None:
    server = start_server(shelf.folder)
    assert server.stdout is not None
    address = server.stdout.readline().split()[-1]
    with urllib.request.urlopen(address) as answer:
        assert b"Quay gives way" in answer.read()
    server.send_signal(signal.SIGINT)
    _, errors = server.communicate(timeout=10)
    assert (server.returncode, errors) == (0, "")


def test_a_story_names_those_that_print_the_same_text(tmp_path: Path):
    shelf = Shelf(tmp_path)
    text = "\n\n".join(
        f"Sentence {number} says that the harbour has a quay of {number} stones, and no more than that." for number in range(9)
    )
    first = Article(
        "https://lodi.example/a", headline="The quay <b>", article_body=text, word_count=150, date_published_utc="2026-11-16T08:00:00Z"
    )
    other = replace(
        first, url="https://orla.example/b", headline="A quay of stones", article_body=text[200:], date_published_utc="2026-11-17"
    )
    saved = [shelf.save(first), shelf.save(other, site="orla")]
    shelf.archive.compare_stories(10)
    browser = Browser(make_datasette(tmp_path))
    assert "Same text elsewhere This is the earliest copy in the archive. A quay of stones" in browser.text(f"/-/story/{saved[0].key}")
    page = browser.page(f"/-/story/{saved[1].key}")
    assert page.xpath("//section[@aria-labelledby='copies']//li/a[1]/text()") == ["The quay <b>"]
    assert "The earliest copy." in page.xpath("string(//section[@aria-labelledby='copies']//li)")
    shelf.close()


def test_a_copy_is_compared_with_the_earliest_word_by_word(tmp_path: Path):
    shelf = Shelf(tmp_path)
    paragraphs = [f"Paragraph {number} says that the harbour has a quay of {number} stones, and no more than that." for number in range(9)]
    other = [*paragraphs[:3], "The mayor of Orla was there, too.", paragraphs[3].replace("harbour", "port"), *paragraphs[4:8]]
    keys = []
    for number, (site, text) in enumerate((("lodi", paragraphs), ("orla", other))):
        at = MONDAY + number * HOUR
        article = Article(f"https://{site}.example/a", headline=f"Quay {number}", article_body="\n\n".join(text), word_count=150)
        keys.append(shelf.save(replace(article, date_published_utc=at.strftime("%Y-%m-%dT%H:%M:%SZ"), infosource="A.P."), at, site).key)
    shelf.archive.compare_stories(10)
    shelf.close()
    browser = Browser(make_datasette(tmp_path))
    beside = f"/-/story/{keys[0]}/beside/{keys[1]}"
    for path, words in ((f"/-/story/{keys[0]}", "What it changed"), (f"/-/story/{keys[1]}", "What was changed here")):
        assert any(words in link.text_content() for link in browser.page(path).cssselect(f'a[href="{beside}"]'))
        assert browser.page(path).cssselect(f'a[href="{path}/copies"]')
    page = browser.page(beside)
    marked = [(mark.tag, re.sub(r"\[.*?: |\]", "", mark.text_content())) for mark in page.cssselect(".body ins, .body del")]
    assert marked == [("ins", "The mayor of Orla was there, too."), ("del", "harbour"), ("ins", "port"), ("del", paragraphs[8])]
    assert page.cssselect("dd.headline")
    copies = browser.page(f"/-/story/{keys[1]}/copies")
    assert [link.text_content() for link in copies.cssselect("h2 a")] == ["Quay 0", "Quay 1"]
    assert copies.cssselect(f'a[href="{beside}"]') and "Agency named: AP (AP: page 2)" in browser.text(f"/-/story/{keys[1]}/copies")
    assert browser.page("/archive/copied_texts").cssselect(f'a[href="/-/story/{keys[0]}/copies"]')
    assert "known to print this text" in browser.text("/-/story/nosuchkey/copies", 404)
    assert "no such two stories" in browser.text(f"/-/story/{keys[0]}/beside/nosuchkey", 404)


def test_a_site_that_gave_nothing_is_not_shown_as_well_and_one_story_is_one_story():
    run = {"started_at": "2026-03-01T08:00:00Z", "finished_at": "2026-03-01T08:00:09Z", "finish_reason": "finished"}
    down = run | {"counts": '{"connection_refused": 1}'}
    assert (state_of_run(down), counts_of(down)) == (("bad", "finished, and got nothing"), ["1 × nothing listens at that address"])
    up = run | {"counts": '{"index": 2, "kept": 1, "gone": 1}'}
    assert state_of_run(up) == ("good", "finished")
    assert counts_of(up) == ["2 index pages", "1 story fetched", "1 × the page is gone (404, 410)"]


def test_a_site_that_was_asked_in_vain_is_in_no_list(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(ORLA, MONDAY)
        archive.start_run(ORLA.name, "probe", MONDAY)
    browser = Browser(make_datasette(tmp_path))
    assert "No site has been added" in browser.text("/-/sites")
    assert not browser.page("/-/search").cssselect(f"option[value={ORLA.name}]")
