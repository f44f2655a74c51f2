"""A story that gets another address, headline and text is known by what its publisher's own system calls it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from archiver.captures import payload_digest
from archiver.discover.feeds import read_feed
from archiver.discover.wordpress import read_wordpress
from archiver.extract import read_article
from archiver.records import Capture, Site, StoryId
from archiver.story_ids import in_text, mark, of_guid, of_post
from archiver.withheld import Passages, Removed, Withheld
from tests.conftest import Cli, NewsServer
from tests.foreign_archives import FLOOD
from tests.test_backfill import FACTS, MORNING

SITE = Site("gazette", "https://gazette.example/")
URL = "https://gazette.example/2019/05/04/the-river-rose"
POST = StoryId("wordpress", "gazette.example/?p=123")
SPRING = (
    "A late frost has taken half of the cherries in the orchards above the town, growers told a meeting in the hall on Thursday evening.",
    "The cooperative will ask the county for seed money, and the school will open its kitchen for the pickers until the harvest ends.",
    "Older growers remember a colder May, in the year that the bridge fell, when ice stood on the buckets for eleven mornings in a row.",
)


@pytest.mark.parametrize(
    ("guid", "link", "read"),
    [
        ("https://gazette.example/?p=123", URL, POST),
        ("http://www.gazette.example/?p=123", URL, POST),  # http and www. are the same site
        ("https://gazette.example/?post_type=story&#038;p=123", URL, POST),
        ("https://gazette.example/es/?p=123", URL, StoryId("wordpress", "gazette.example/es/?p=123")),  # another WordPress
        (URL, URL, None),  # its address, and no more
        (URL.replace("https", "http") + "/", URL, None),
        ("tag:gazette.example,2019:flood", URL, StoryId("guid", "tag:gazette.example,2019:flood")),
        (8812, URL, StoryId("guid", "8812")),
        ("", URL, None),
        (None, URL, None),
        (True, URL, None),
        ("x" * 501, URL, None),
        ("a\x1bb", URL, None),
        ("http://[::1/?p=3", URL, StoryId("guid", "http://[::1/?p=3")),
    ],
)
def test_the_guid_of_a_feed_is_read(guid, link, read):
    assert of_guid(guid, link) == read


@pytest.mark.parametrize("number", [0, -1, True, None, "12a", "١٢", 10**13, 1.5, [1]])
def test_what_is_no_number_of_a_post_is_none(number):
    assert of_post("https://gazette.example/wp-json/wp/v2/posts?page=2", number) is None


@pytest.mark.parametrize(
    ("head", "body_class", "read"),
    [
        ("<link rel='shortlink' href='/?p=123'>", "", [POST]),
        ("<link rel=alternate type='application/json' href='https://gazette.example/wp-json/wp/v2/posts/123'>", "", [POST]),
        ("<link rel=alternate type='application/json' href='https://gazette.example/wp-json/wp/v2/categories/123'>", "", []),
        ("<link rel='https://api.w.org/' href='https://gazette.example/wp-json/'>", "single postid-123 wide", [POST]),
        ("<link rel='https://api.w.org/' href='https://gazette.example/es/wp-json/'>", "postid-123",
         [StoryId("wordpress", "gazette.example/es/?p=123")]),
        ("", "single postid-123", [POST]),
        ("", "page-id-123 notpostid-123 postid-123x", []),
        ("<link rel=shortlink href='https://wp.me/p1-8'><link rel=shortlink href='http://[/?p=1'>", "", []),
    ],
)  # fmt: skip
def test_the_number_of_a_post_is_read_off_its_page_and_off_one_that_is_not_parsed(head: str, body_class: str, read: list[StoryId]):
    page = f"<html><head>{head}</head><body class='{body_class}'><h1>The river</h1><p>{FLOOD[0]}</p></body></html>"
    capture = Capture(URL, datetime(2019, 5, 4, tzinfo=UTC), 200, (("Content-Type", "text/html"),), page.encode())
    assert list(read_article(capture, SITE).story_ids) == list(in_text(page, URL)) == read


def test_a_page_of_near_misses_is_looked_through_at_once():
    for piece in ("<link " + "a" * 3_900 + ">", "<link " + "a" * 30 + " " * 3_900 + ">", "<link " + 'a="' * 1_300 + ">"):
        assert in_text(piece * 60, URL) == ()


def test_feeds_and_the_api_tell_ids_and_a_guid_that_all_entries_share_is_none():
    items = "".join(
        f"<item><link>{URL}-{n}</link><guid isPermaLink='false'>{guid}</guid></item>" for n, guid in ((1, "a"), (2, "b"), (3, "b"))
    )
    found = read_feed(f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), "https://gazette.example/feed", SITE)
    assert [link.story_ids for link in found.links] == [(StoryId("guid", "a"),), (), ()]
    api = "https://gazette.example/wp-json/wp/v2/posts?per_page=100&page=1"
    (link,) = read_wordpress(f'[{{"id": 123, "link": "{URL}"}}]'.encode(), {}, api, SITE).links
    assert link.story_ids == (POST,)
    (link,) = read_feed(f'{{"items": [{{"id": "x-1", "url": "{URL}"}}]}}'.encode(), "https://gazette.example/feed.json", SITE).links
    assert link.story_ids == (StoryId("guid", "x-1"),)


def put(server: NewsServer, path: str, number: int, headline: str, paragraphs: tuple[str, ...], day: str = "2026-11-02") -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    server.page(path, f"<html lang=en><head><title>{headline}</title><link rel=shortlink href='/?p={number}'><meta property='og:type' "
                f"content='article'><meta property='article:published_time' content='{day}T09:00:00Z'></head><body class='postid-{number}'>"
                f"<article><h1>{headline}</h1>{text}</article></body></html>")  # fmt: skip


def feed(server: NewsServer, **stories: int) -> None:
    items = "".join(
        f"<item><link>{server.address}{path}</link><guid>{server.address}?p={number}</guid></item>" for path, number in stories.items()
    )
    server.page("/feed/", f"<rss version='2.0'><channel><title>Gazette</title>{items}</channel></rss>", content_type="application/rss+xml")


FATES = """
    select a.url, a.pubstatus, w.kind, m.url from articles a left join absences w on w.article_id = a.id
    left join articles m on m.id = w.moved_to order by 1
"""


@pytest.mark.long
def test_a_story_with_another_address_headline_and_text_has_moved_and_a_takedown_takes_all_of_it(
    cli: Cli, server: NewsServer, typed: Callable[..., Result]
):
    cli.site("gazette", server.address, FACTS + f'feeds = ["{server.address}feed/"]\n')
    server.page("/", "<html><body><a href='/about'>About us</a></body></html>")
    put(server, "/river-rose-in-the-night", 7, "The river rose in the night", FLOOD)
    put(server, "/an-old-story-of-the-mill", 8, "The mill turns once more", FLOOD[::-1], day="2026-10-01")
    feed(server, **{"river-rose-in-the-night": 7, "an-old-story-of-the-mill": 8})
    assert cli("crawl", **MORNING).returncode == 0
    # The editors give it all a new shape; the number of the mill's story is given out again, for a story of another day.
    for gone in ("/river-rose-in-the-night", "/an-old-story-of-the-mill"):
        server.page(gone, "gone", status=404)
    put(server, "/frost-takes-half-of-the-cherries", 7, "Frost takes half of the cherries", SPRING)
    put(server, "/hall-of-the-town-is-painted-green", 8, "Hall of the town is painted", SPRING[::-1])
    feed(server, **{"frost-takes-half-of-the-cherries": 7, "hall-of-the-town-is-painted-green": 8})
    later = {"ARCHIVER_NOW": "2026-11-03T13:00:00Z"}
    cli("crawl", **later)  # the old addresses are looked at again, as their numbers are at others now
    told = {row[0]: row[1:] for row in rows(cli, server)}
    assert told["river-rose-in-the-night"] == ("moved", "moved", "frost-takes-half-of-the-cherries")
    assert told["an-old-story-of-the-mill"] == ("live", "not_found", None)
    assert "river-rose-in-the-night" in cli("history", f"{server.address}frost-takes-half-of-the-cherries", **later).stdout
    # Taken down is the story, wherever it was and wherever it turns up.
    done = typed(
        "takedown", f"{server.address}frost-takes-half-of-the-cherries", "--reason", "asked for", "--basis", "other", "--yes", env=later
    )
    assert done.exit_code == 0, done.output
    put(
        server,
        "/the-third-name-of-one-story",
        7,
        "Meeting of growers",
        (FLOOD[0], *SPRING[:0], "Nobody spoke of it afterwards in town. " * 9),
    )
    feed(server, **{"the-third-name-of-one-story": 7})
    cli("crawl", ARCHIVER_NOW="2026-11-03T15:00:00Z")
    assert [row[0] for row in rows(cli, server)] == ["an-old-story-of-the-mill", "hall-of-the-town-is-painted-green"]
    kept = b"".join(gzip.decompress(path.read_bytes()) for path in (cli.data / "captures").glob("*.warc.gz"))
    assert b"Frost" not in kept and b"Nobody spoke of it" not in kept


def rows(cli: Cli, server: NewsServer) -> list[tuple[object, ...]]:
    return [(str(url).removeprefix(server.address), status, kind, home and str(home).removeprefix(server.address))
            for url, status, kind, home in cli.rows(FATES)]  # fmt: skip


def test_a_page_with_the_id_of_a_story_that_was_taken_down_is_not_kept_whatever_it_says(tmp_path: Path):
    page = b"<html><head><link rel='shortlink' href='https://gazette.example/?p=123'></head><body><p>New words.</p></body></html>"
    withheld = Withheld((Removed(frozenset({"k"}), frozenset({payload_digest(b"x")}), Passages(), frozenset({mark(POST)})),))
    capture = Capture(URL + "-new", datetime(2019, 5, 4, tzinfo=UTC) + timedelta(days=1), 200, (("Content-Type", "text/html"),), page)
    assert withheld.strip(capture, is_page=True) is None
    assert withheld.strip(capture, is_page=False) is capture
    assert withheld.has_id([StoryId("guid", "x"), POST]) and not withheld.has_id([])
