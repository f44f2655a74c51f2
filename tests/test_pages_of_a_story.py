"""A story that goes on over several pages is one story."""

from __future__ import annotations

import pytest

from archiver.extract.joining import join_pages
from archiver.records import Article
from tests.conftest import PARAGRAPHS, Cli, NewsServer

FIRST = "/2026/03/02/the-long-story-of-the-bridge/"
TEXTS = [[f"{text} That is told in part {part} of the story." for text in PARAGRAPHS] for part in (1, 2, 3)]


def serve(server: NewsServer, parts: list[list[str]]) -> None:
    for number, texts in enumerate(parts, 1):
        following = f"<a rel='next' href='{FIRST}{number + 1}/'>Next page</a>" if number < len(parts) else ""
        server.story(FIRST if number == 1 else f"{FIRST}{number}/", "The long story of the bridge", *texts[:-1], texts[-1], following)


def body(cli: Cli) -> list[str]:
    [(text,)] = cli.rows("select article_body from stories")
    return str(text).split("\n\n")


def test_the_pages_of_a_story_are_fetched_and_joined(server: NewsServer, cli: Cli) -> None:
    serve(server, TEXTS)
    server.front(FIRST)
    cli.site("gazette", server.address)
    assert cli("crawl").returncode == 0
    assert body(cli) == [text for texts in TEXTS for text in texts]
    assert cli.rows("select revision_count, pubstatus, url from articles") == [(1, "live", server.address + FIRST.lstrip("/"))]
    assert cli.rows("select count(*) from revisions where stealth = 1") == [(0,)]
    [(revision,)] = cli.rows("select article_body from revisions")
    assert str(revision).count("part 3") == len(PARAGRAPHS)

    before = body(cli)
    changed = [TEXTS[0], [*TEXTS[1][:-1], "The ferry sank on Tuesday, and now nobody can cross at all, said the mayor."], TEXTS[2]]
    serve(server, changed)
    assert cli("crawl", "--recheck").returncode == 0
    assert body(cli) == [text for texts in changed for text in texts] != before
    assert cli.rows("select revision_count from articles") == [(2,)]


@pytest.mark.long
def test_a_next_page_that_is_missing_leaves_the_story_as_it_is(server: NewsServer, cli: Cli) -> None:
    serve(server, TEXTS[:2])
    server.page(f"{FIRST}2/", "gone", status=404)
    server.front(FIRST)
    cli.site("gazette", server.address)
    cli("crawl")
    assert body(cli) == TEXTS[0]
    assert cli.rows("select count(*), max(pubstatus) from articles") == [(1, "live")]


@pytest.mark.long
def test_of_a_story_that_is_asked_for_by_its_address_all_pages_are_fetched_and_nothing_else(server: NewsServer, cli: Cli) -> None:
    serve(server, TEXTS[:2])
    server.story("/2026/03/02/another-story-of-the-day/", "Another story", *PARAGRAPHS)
    server.front(FIRST, "/2026/03/02/another-story-of-the-day/")
    cli.site("gazette", server.address)
    assert cli("crawl", server.address + FIRST.lstrip("/")).returncode == 0
    assert body(cli) == [text for texts in TEXTS[:2] for text in texts]


@pytest.mark.parametrize(("reason", "is_joined"), [("its address is not a story's", True), ("its text is links to other pages", False)])
def test_a_further_page_is_joined_whatever_its_address_and_not_when_it_is_a_list(reason: str, is_joined: bool) -> None:
    first = Article(url="https://daily.example/story.html", headline="The bridge", article_body="One.")
    second = Article(url="https://daily.example/story.html?page=2", article_body="Two.", outcome="not_an_article", outcome_reason=reason)
    assert (join_pages(first, [second]).article_body == "One.\n\nTwo.") is is_joined
