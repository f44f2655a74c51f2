"""What front pages showed: which story where, under which words, from when to when."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.browse.serving import make_datasette
from archiver.cli import main
from archiver.records import Article, Link, Placing, Site
from archiver.store import Archive, CaptureRow, Reading, open_archive
from archiver.takedown import take_down
from tests.conftest import PARAGRAPHS, Answer, Cli, NewsServer
from tests.test_browse import Browser
from tests.test_crawl import wait_until
from tests.test_queries import answer
from tests.test_store import older_archive

SITE = Site("lodi", "https://lodi.example/", publisher="Lodi Valley News", in_language="en")
HOME = SITE.url
MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUAY, FERRY, WIND = (f"{HOME}2026/11/16/{name}/" for name in ("quay-gives-way", "ferry-sails", "wind-all-week"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, MONDAY)
        yield archive


def look(archive: Archive, hour: float, *stories: tuple[str, str]) -> None:
    """At this hour these (address, words) stand on the front page, one below the other."""
    placings = [Placing(url, position, text) for position, (url, text) in enumerate(stories, 1)]
    archive.save_links([Link(one.url, "lodi", "front_page", HOME) for one in placings], MONDAY)
    archive.save_look("lodi", HOME, MONDAY + hour * HOUR, placings)


def read(archive: Archive, url: str, headline: str, hour: float = 0, **more: object) -> int:
    """The story's page was read. Returns the story's number."""
    row = CaptureRow(url, "lodi", MONDAY + hour * HOUR, 200, "kept", warc_filename=url, warc_offset=int(hour * 100), warc_length=1)
    (capture_id,) = archive.save_captures([row])
    body = f"What was seen of it. {headline}."
    article = Article(url, headline=headline, article_body=body, word_count=9, text_hash=sha256(body.encode()).hexdigest(),
                      date_precision="second", **{"date_published_utc": "2026-11-16T08:30:00Z"} | more)  # type: ignore[arg-type]  # fmt: skip
    return archive.save_articles([Reading(replace(row, id=capture_id), article, "reader/1")], MONDAY + hour * HOUR)[0].article_id


def stretches(archive: Archive) -> list[tuple]:
    """(last part of the address, words, hour it came, first and last hour under these words, looks, best place, last place)"""

    def hour(text: str) -> float:
        return (datetime.fromisoformat(text) - MONDAY) / HOUR

    query = (
        "select url, text, came_at, first_seen_at, last_seen_at, looks, best_position, last_position"
        " from placings order by first_seen_at, last_position"
    )
    return [
        (url.split("/")[-2], text, *map(hour, times), *rest)
        for url, text, *times, a, b, c in archive.db.execute(query)
        for rest in [(a, b, c)]
    ]


def test_a_story_that_stays_is_one_row_however_often_the_page_is_looked_at(archive: Archive):
    for hour in range(50):
        look(archive, hour, (QUAY, "Quay gives way"), (FERRY, "Ferry sails"))
    assert stretches(archive) == [
        ("quay-gives-way", "Quay gives way", 0, 0, 49, 50, 1, 1),
        ("ferry-sails", "Ferry sails", 0, 0, 49, 50, 2, 2),
    ]
    assert archive.db.execute("select looks, json_array_length(placings) from front_pages").fetchall() == [(50, 2)]


def test_other_words_or_another_time_are_another_row_and_places_are_none(archive: Archive):
    look(archive, 0, (QUAY, "Quay gives way"))
    look(archive, 1, (FERRY, "Ferry sails"), (QUAY, "Quay gives way"))
    look(archive, 2, (QUAY, "Eleven hurt at the quay"), (FERRY, "Ferry sails"))
    look(archive, 3, (FERRY, "Ferry sails"))
    look(archive, 4, (FERRY, "Ferry sails"), (WIND, ""), (QUAY, "Eleven hurt at the quay"))
    assert stretches(archive) == [
        ("quay-gives-way", "Quay gives way", 0, 0, 1, 2, 1, 2),
        ("ferry-sails", "Ferry sails", 1, 1, 4, 4, 1, 1),
        ("quay-gives-way", "Eleven hurt at the quay", 0, 2, 2, 1, 1, 1),
        ("wind-all-week", "", 4, 4, 4, 1, 2, 2),
        ("quay-gives-way", "Eleven hurt at the quay", 4, 4, 4, 1, 3, 3),
    ]


def test_a_look_without_stories_ends_nothing(archive: Archive):
    look(archive, 0, (QUAY, "Quay gives way"))
    look(archive, 1)
    look(archive, 2, (QUAY, "Quay gives way"))
    assert stretches(archive) == [("quay-gives-way", "Quay gives way", 0, 0, 2, 2, 1, 1)]


def test_a_look_with_a_few_known_stories_in_the_place_of_many_ends_nothing_and_one_with_a_new_story_does(archive: Archive):
    many = [(f"{HOME}2026/11/16/story-number-{number}/", f"Story {number}") for number in range(10)]
    look(archive, 0, *many)
    look(archive, 1, *many[:3])  # an error page with the newest stories, sent under 200
    look(archive, 2, *many)
    assert {row[2:6] for row in stretches(archive)} == {(0, 0, 2, 2)}
    archive.save_links([Link(QUAY, "lodi", "front_page", HOME)], MONDAY + 3 * HOUR)
    look(archive, 3, (QUAY, "Quay gives way"), *many[:2])  # the page of a new day
    look(archive, 4, *many[:4])  # no small part of it
    assert {row[4] for row in stretches(archive)} == {2, 3, 4}


def test_a_kept_look_of_before_with_a_few_of_the_stories_of_the_next_one_is_none_either(archive: Archive):
    many = [Placing(f"{HOME}2026/11/16/story-number-{number}/", number, f"Story {number}") for number in range(1, 11)]
    for hour, shown in ((2, many), (1, many[:3]), (0, many)):
        archive.save_earlier_look("lodi", HOME, MONDAY + hour * HOUR, shown)
    assert {row[2:6] for row in stretches(archive)} == {(0, 0, 2, 2)}


def test_the_same_look_told_twice_is_one(archive: Archive):
    for hour in (0, 0, 1, 1, 0):
        look(archive, hour, (QUAY, "Quay gives way"))
    assert stretches(archive) == [("quay-gives-way", "Quay gives way", 0, 0, 1, 2, 1, 1)]


def test_each_front_page_of_a_site_is_one_for_itself(archive: Archive):
    look(archive, 0, (QUAY, "Quay gives way"))
    archive.save_look("lodi", f"{HOME}en/", MONDAY + HOUR, [Placing(FERRY, 1, "Ferry sails")])
    look(archive, 2, (QUAY, "Quay gives way"))
    assert [row[:1] + row[3:6] for row in stretches(archive)] == [("quay-gives-way", 0, 2, 2), ("ferry-sails", 1, 1, 1)]


def test_a_known_story_whose_address_leads_elsewhere_goes_on_standing_there(archive: Archive):
    look(archive, 0, (QUAY, "Quay gives way"))
    archive.settle_links([(QUAY, read(archive, QUAY, "Quay gives way"), None)])
    other = QUAY.replace("//", "//www.")
    archive.save_links([Link(other, "lodi", "front_page", QUAY)], MONDAY)
    archive.finish_link(QUAY, "skipped", f"leads to {other}", None)
    archive.lead_to(QUAY, other)
    look(archive, 1, (QUAY, "Quay gives way"))
    look(archive, 2, (QUAY, "Quay gives way"))
    assert stretches(archive) == [("quay-gives-way", "Quay gives way", 0, 0, 2, 3, 1, 1)]


def test_a_placing_knows_its_story_whether_that_was_read_before_or_after_the_look(archive: Archive):
    before = read(archive, FERRY, "Ferry sails")
    look(archive, 0, (QUAY, "Quay gives way"), (FERRY, "Ferry sails"))
    archive.save_links([Link(FERRY, "lodi", "front_page", HOME)], MONDAY)
    after = read(archive, QUAY, "Quay gives way")
    archive.settle_links([(FERRY, before, None)])
    assert archive.db.execute("select article_id from placings order by last_position").fetchall() == [(after,), (before,)]


def test_a_link_that_leads_elsewhere_is_a_link_to_the_story_there(archive: Archive):
    look(archive, 0, (f"{HOME}go/71-quay", "Quay gives way"))
    archive.save_links([Link(QUAY, "lodi", "front_page", HOME)], MONDAY)
    archive.finish_link(f"{HOME}go/71-quay", "skipped", f"leads to {QUAY}", None)
    archive.lead_to(f"{HOME}go/71-quay", QUAY)
    number = read(archive, QUAY, "Quay gives way")
    look(archive, 1, (f"{HOME}go/71-quay", "Quay gives way"))
    look(archive, 2, (f"{QUAY}amp/", "Quay gives way"), (QUAY, "The same"))
    assert stretches(archive) == [("quay-gives-way", "Quay gives way", 0, 0, 2, 3, 1, 1)]
    assert archive.db.execute("select distinct article_id from placings").fetchall() == [(number,)]


def everything(archive: Archive) -> tuple[list, list]:
    """What is noted, under no numbers."""
    lists = archive.db.execute("select first_seen_at, last_seen_at, looks, placings from front_pages order by 1").fetchall()
    named = dict(archive.db.execute("select id, url || ' ' || text from placings").fetchall())
    return sorted(stretches(archive)), [(*times, [named.get(number) for number in json.loads(listed)]) for *times, listed in lists]


@pytest.mark.parametrize("seed", range(20))
def test_looks_told_from_the_last_to_the_first_give_what_they_give_in_their_order(tmp_path: Path, seed: int):
    chosen = random.Random(seed)
    looks = []
    for hour in range(12):
        stories = chosen.sample([QUAY, FERRY, WIND, f"{HOME}2026/11/16/choir/"], chosen.choice([0, 1, 2, 2, 3, 3, 4]))
        same = looks and chosen.random() < 0.3
        looks.append((hour, looks[-1][1] if same else [(url, chosen.choice(["", "One", "Two"])) for url in stories]))
    told = []
    for name, order in (("forth", looks), ("back", looks[8:] + looks[:8][::-1])):
        with open_archive(tmp_path / name) as archive:
            archive.save_site(SITE, MONDAY)
            for hour, stories in order:
                placings = [Placing(url, position, text) for position, (url, text) in enumerate(stories, 1)]
                save = archive.save_earlier_look if name == "back" and hour < 8 else archive.save_look
                save("lodi", HOME, MONDAY + hour * HOUR, placings)
            told.append(everything(archive))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("shown", "differs"),
    [
        ("Eleven hurt as stalls fall into the harbour", True),
        ("Quay gives way", True),  # shorter is other words
        ("The quay “gives way” – under stalls", False),
        ('Harbour | The quay "gives way" - under stalls', False),
        ("The quay “gives way” …", False),
        ("the quay “gives way”...", False),
        ("", False),
        ("Quay of Brenn gives way", False),  # an earlier headline of the story
    ],
)
def test_a_headline_that_no_version_of_the_story_had_is_told_apart(archive: Archive, shown: str, differs: bool):
    look(archive, 0, (QUAY, shown))
    read(archive, QUAY, "Quay of Brenn gives way")
    number = read(archive, QUAY, "The quay “gives way” – under stalls", 1)
    found = [(text, headline) for text, headline in archive.db.execute("select text, headline from front_page_headlines")]
    assert found == ([(shown, "The quay “gives way” – under stalls")] if differs else [])
    story = archive.story(archive.db.execute("select key from articles where id = ?", (number,)).fetchone()[0])
    assert story is not None
    assert [(row["text"], bool(row["differs"])) for row in story.placings] == [(shown, differs)]


def test_an_older_archive_begins_to_know_its_front_pages_with_the_next_look(tmp_path: Path):
    older_archive(tmp_path, "m022_front_pages", "The quay gave way.")
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, MONDAY)
        look(archive, 0, (QUAY, "Quay gives way"))
        assert len(stretches(archive)) == 1


# --- asked


@pytest.fixture
def monday(archive: Archive, tmp_path: Path) -> Path:
    """A day of the front page: of three stories one is tested under another headline, one is never there, one is read by nobody yet."""
    look(archive, 0, (QUAY, "Quay gives way"), (f"{HOME}2026/11/16/imprint-and-contact/", "Imprint and contact"), (FERRY, "Ferry sails"))
    archive.no_story(f"{HOME}2026/11/16/imprint-and-contact/", "not_an_article a list of links")
    read(archive, QUAY, "Quay gives way")
    read(archive, WIND, "Wind for all week", 1)
    look(archive, 2, (FERRY, "Ferry sails"), (QUAY, "Eleven hurt, and nobody warned them"))
    look(archive, 4, (FERRY, "Ferry sails"), (QUAY, "Quay gives way"))
    look(archive, 6, (FERRY, "Ferry sails"))
    look(archive, 9, (QUAY, "Eleven hurt, and nobody warned them"))
    return tmp_path


def asked(folder: Path, name: str, *columns: str, **given: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in answer(folder, name, given)]


def test_how_long_and_how_high_a_story_stood_on_the_front_page_is_told_over_all_its_headlines(monday: Path):
    columns = ("headline", "hours", "looks", "best_position", "times")
    assert asked(monday, "longest_on_front_page", *columns) == [("Quay gives way", 4.0, 4, 1, 2)]
    assert asked(monday, "longest_on_front_page", "headline", to="2026-11-15") == []


def test_stories_that_no_look_saw_are_told_for_the_time_in_which_there_were_looks(archive: Archive, monday: Path):
    before = read(archive, f"{HOME}2026/11/09/old/", "An old story", date_published_utc="2026-11-09T07:00:00Z")
    later = read(archive, f"{HOME}2026/11/17/new/", "Of tomorrow", date_published_utc="2026-11-17T07:00:00Z")
    assert {before, later}
    assert asked(monday, "never_on_front_page", "headline", "looks") == [("Wind for all week", 5)]


def test_headlines_that_only_the_front_page_showed_are_listed_with_the_storys_own(monday: Path):
    columns = ("on_the_front_page", "headline", "looks", "best_position")
    assert asked(monday, "tested_headlines", *columns) == [("Eleven hurt, and nobody warned them", "Quay gives way", 2, 1)]


@pytest.mark.parametrize(
    ("at", "standing"),
    [
        ("2026-11-15", []),
        ("2026-11-16T08:00:00Z", [(1, "Quay gives way"), (3, "Ferry sails")]),  # between them, what is no story
        ("2026-11-16T11:59", [(1, "Ferry sails"), (2, "Eleven hurt, and nobody warned them")]),
        ("2026-11-16T12", [(1, "Ferry sails"), (2, "Quay gives way")]),
        ("2026-11-16", [(1, "Eleven hurt, and nobody warned them")]),
        ("", [(1, "Eleven hurt, and nobody warned them")]),
    ],
)
def test_what_stood_on_the_front_page_at_a_moment_is_told_in_its_order(monday: Path, at: str, standing: list):
    assert asked(monday, "front_page_at", "position", "shown", at=at) == standing


def test_show_tells_a_storys_time_on_the_front_page_and_the_headlines_there(archive: Archive, monday: Path):
    done = CliRunner().invoke(main, ["--data", str(monday), "show", QUAY])
    assert done.exit_code == 0
    lines = [line.rstrip() for line in done.output.splitlines() if "front page" in line or "there as" in line]
    printed = " ".join(" ".join(done.output.split()).split())
    assert (
        f"On the front page {HOME} from 2026-11-16T08:00:00Z to 2026-11-16T17:00:00Z, 2 times: 4 hours, 4 looks, highest place 1" in printed
    )
    assert "there as “Eleven hurt, and nobody warned them” from 2026-11-16T10:00:00Z to 2026-11-16T17:00:00Z" in printed
    assert len(lines) == 2
    told = json.loads(CliRunner().invoke(main, ["--data", str(monday), "show", QUAY, "--json"]).output)
    assert [(row["text"], row["differs"], row["looks"]) for row in told["placings"]] == [
        ("Quay gives way", 0, 1),
        ("Eleven hurt, and nobody warned them", 1, 1),
        ("Quay gives way", 0, 1),
        ("Eleven hurt, and nobody warned them", 1, 1),
    ]
    assert "front page" not in CliRunner().invoke(main, ["--data", str(monday), "show", WIND]).output


# --- browsed


def test_a_front_page_can_be_read_as_it_was_at_each_look_with_steps_in_time(monday: Path):
    browser = Browser(make_datasette(monday))
    path = "/-/sites/lodi/front-page"
    assert path in [link.get("href") for link in browser.page("/-/sites").cssselect(".card a")]
    page = browser.page(f"{path}?at=2026-11-16T10:00:00Z")
    assert [(each.get("value"), each.find("h2").text_content()) for each in page.cssselect("ol.ranked li")] == [
        ("1", "Ferry sails"),
        ("2", "Eleven hurt, and nobody warned them"),
    ]
    second = " ".join(page.cssselect("ol.ranked li")[1].find("p").text_content().split())
    assert second == (
        "There since 16 November 2026, 08:00 UTC, under these words since 16 November 2026, 10:00 UTC. The story itself: “Quay gives way”."
    )
    steps = []
    while page is not None:
        steps.append(page.cssselect("p.lead time")[2].get("datetime")[11:13])
        (following,) = page.cssselect(".paging a[rel=next]") or (None,)
        page = browser.page(following.get("href")) if following is not None else None
    assert steps == ["10", "12", "14", "17"]
    first = browser.page(f"{path}?at=2026-11-16T08:00:00Z")
    assert not first.cssselect(".paging a[rel=prev]")
    assert [each.get("value") for each in first.cssselect("ol.ranked li")] == ["1", "3"]
    assert "It was not looked at before" in browser.text(f"{path}?at=2026-11-15")
    assert "No look at this front page" in browser.text(f"{path}?page=https://other.example/", 404)
    assert "No look at a front page" in browser.text("/-/sites/nobody/front-page", 404)


def test_the_page_of_a_story_tells_its_time_on_the_front_page_and_leads_there(monday: Path):
    browser = Browser(make_datasette(monday))
    page = browser.page(browser.get(f"/-/story?url={QUAY}", 302).headers["location"])
    (section,) = page.cssselect("section[aria-labelledby=on-front]")
    told = " ".join(section.text_content().split())
    assert "2 times, 4 hours in all, 4 looks, highest place 1" in told
    assert "Under headlines that are none of its own: Eleven hurt, and nobody warned them" in told
    assert "Quay gives way" in browser.text(section.find(".//a").get("href"))
    other = browser.page(browser.get(f"/-/story?url={WIND}", 302).headers["location"])
    assert not other.cssselect("section[aria-labelledby=on-front]")


def test_what_was_taken_down_leaves_its_place_empty(archive: Archive, monday: Path):
    archive.close()
    take_down(monday, [QUAY], "a request", "gdpr", "a test")
    page = Browser(make_datasette(monday)).page("/-/sites/lodi/front-page?at=2026-11-16T08:00:00Z")
    assert [(each.get("value"), each.find("h2").text_content()) for each in page.cssselect("ol.ranked li")] == [("3", "Ferry sails")]
    assert asked(monday, "tested_headlines", "key") == []


# --- crawled


def newest(cli: Cli) -> list[tuple]:
    return cli.rows("select substr(url, instr(url, '/2026')), text, looks, best_position, last_position from placings order by id")


OWN = {f"/2026/03/02/{words.lower().replace(' ', '-')}-in-the-valley/": words for words in ("Bridge shut", "Ferry sails", "Mill burns")}


def outlet(server: NewsServer, *shown: tuple[str, str], etag: bool = True) -> None:
    """A front page with these (path, words), and behind each a story under its own headline."""
    for path, _ in shown:
        server.story(path, OWN[path], *(f"{text} Of {path}." for text in PARAGRAPHS))
    stories = "".join(f"<h2><a href='{path}'>{text}</a></h2>" for path, text in shown)
    server.page("/", f"<!DOCTYPE html><html lang=en><title>Gazette</title>{stories}</html>")
    server.answers["/"].etag = server.answers["/"].etag if etag else None


def crawl(cli: Cli, hour: int) -> int:
    return cli("crawl", ARCHIVER_NOW=f"2026-03-02T{hour:02}:00:00Z").returncode


@pytest.mark.long
def test_a_crawl_notes_at_each_look_what_stands_where_on_the_front_page(server: NewsServer, cli: Cli):
    bridge, ferry, mill = OWN
    outlet(server, (bridge, "Bridge shut"), (ferry, "Ferry sails"))
    cli.site("gazette", server.address)
    assert crawl(cli, 8) == 0
    assert crawl(cli, 9) == 0  # 304: as it was
    assert [one.status for one in server.log if one.path == "/"] == [200, 304]
    server.first["/"] = [Answer(b"out of order", 503)] * 9
    assert crawl(cli, 10) == 3
    server.first = {}
    outlet(server, (mill, "Mill burns"), (bridge, "Who shut the bridge?"), (ferry, "Ferry sails"), etag=False)
    assert crawl(cli, 11) == 0
    server.page("/", "<html><title>Gazette</title><p>Our site is being mended. Come back soon.</p></html>")
    crawl(cli, 12)
    outlet(server, (mill, "Mill burns"), (bridge, "Who shut the bridge?"), (ferry, "Ferry sails"))
    assert crawl(cli, 13) == 0
    assert newest(cli) == [
        (bridge, "Bridge shut", 2, 1, 1),
        (ferry, "Ferry sails", 4, 2, 3),
        (mill, "Mill burns", 2, 1, 1),
        (bridge, "Who shut the bridge?", 2, 2, 2),
    ]
    lists = cli.rows(
        "select substr(first_seen_at, 12, 2), substr(last_seen_at, 12, 2), looks, json_array_length(placings) from front_pages"
    )
    assert lists == [("08", "09", 2, 2), ("11", "13", 2, 3)]
    assert cli.rows("select count(*) from placings p join articles a on a.id = p.article_id where p.url = a.url") == [(4,)]
    assert cli.rows("select headline, text from front_page_headlines") == [("Bridge shut", "Who shut the bridge?")]


@pytest.mark.long
def test_what_front_pages_showed_before_it_was_noted_is_read_off_the_kept_pages(server: NewsServer, cli: Cli):
    bridge, ferry, mill = OWN
    cli.site("gazette", server.address)
    days = [[(bridge, "Bridge shut"), (ferry, "Ferry sails")], [], [], [(mill, "Mill burns"), (bridge, "Who shut the bridge?")]]
    for hour, shown in enumerate(days, 8):
        if shown:
            outlet(server, *shown)
        crawl(cli, hour)
    with cli.archive() as archive:
        noted = everything(archive)
        with archive.writing():
            for table in ("placings", "front_pages"):
                archive.db.execute(f"delete from {table} where last_seen_at < '2026-03-02T11'")
            archive.db.execute("update placings set first_seen_at = last_seen_at, came_at = last_seen_at, looks = 1")
    assert "3 earlier looks at front pages noted" in cli("ingest").stdout
    assert "front pages" not in cli("ingest").stdout
    with cli.archive() as archive:
        assert everything(archive) == noted
        with archive.writing():
            archive.db.execute("delete from placings")
            archive.db.execute("delete from front_pages")
    assert "4 earlier looks at front pages noted" in cli("ingest").stdout
    with cli.archive() as archive:
        assert everything(archive) == noted


@pytest.mark.long
def test_a_crawl_that_is_killed_and_begun_again_counts_no_look_twice(server: NewsServer, cli: Cli):
    bridge, ferry, _ = OWN
    outlet(server, (bridge, "Bridge shut"), (ferry, "Ferry sails"))
    server.answers[ferry].drip_s = 60
    cli.site("gazette", server.address)
    process = cli.start("crawl", ARCHIVER_NOW="2026-03-02T08:00:00Z")
    wait_until(lambda: ferry in server.asked())
    process.kill()
    process.wait(20)
    server.answers[ferry].drip_s = 0
    for _ in range(2):
        assert crawl(cli, 8) == 0
    assert newest(cli) == [(bridge, "Bridge shut", 1, 1, 1), (ferry, "Ferry sails", 1, 2, 2)]
    assert crawl(cli, 9) == 0
    assert newest(cli) == [(bridge, "Bridge shut", 2, 1, 1), (ferry, "Ferry sails", 2, 2, 2)]
    assert cli.rows("select looks from front_pages") == [(2,)]
