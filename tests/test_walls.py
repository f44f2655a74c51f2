"""What stands in a story's place (missing pages, failing servers, checks for robots, logins), and stories that tell of such things."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archiver.store.saving import saw_less
from tests.pages import HEADLINE, content, jsonld, meta, page, read

NOTICE = (
    "<p>The town council spoke of the matter on Monday evening for two hours, and will speak of it again in April, said the mayor.</p>"
    "<p>Many people had come to the hall, and some of them stood outside in the rain.</p>"
)


@pytest.mark.parametrize(
    "headline",
    [
        "500 march for the old mill",
        "404 people came to the fair",
        "Wartungsarbeiten an der Brücke dauern bis Freitag",
        "Puente de la estación en mantenimiento hasta el viernes",
        "Bridge under maintenance until Friday",
        "Bus service unavailable on Sunday",
        "Mayor's account suspended after a joke",
        "“We will be back soon”, says the coach",
        "Access denied: town keeps the files closed",
        "Security check at the fair takes an hour",
        "Just a moment of silence for old Tom",
        "Sorry, I found a snake in my kitchen",
        "Page not found in the old parish register",
        "Internal server error stops the town's offices",
    ],
)
def test_a_short_story_about_such_a_thing_is_a_story(headline: str) -> None:
    article = read(page(f"<main><h1>{headline}</h1>{NOTICE}</main>", title=f"{headline} - Vale Courier"))
    assert (article.outcome, article.headline) == ("article", headline)


def test_a_quantity_at_the_start_of_a_line_is_no_failing_server() -> None:
    listed = "<ul><li>500 g white fish</li><li>503 g of potatoes</li></ul>"
    article = read(page(f"<main><h1>Fish soup of the harbour</h1><p>A soup for cold days.</p>{listed}{NOTICE}</main>"))
    assert article.outcome == "article"


@pytest.mark.parametrize(
    ("outcome", "title", "inner"),
    [
        ("soft_404", "Page not found - Vale Courier", "<h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found.</p>"),
        ("soft_404", "404 | Vale Courier", "<h1>404</h1><p>Sorry, the page you are looking for could not be found.</p>"),
        ("soft_404", "Error 404 (Not Found)!!1", "<p>404. That’s an error.</p><p>The requested URL was not found on this server.</p>"),
        ("soft_404", "Vale Courier", "<h1>Oops!</h1><p>This article is no longer available. It may have been removed by its author.</p>"),
        ("soft_404", "File Not Found", "<h1>404 File Not Found</h1>"),
        ("maintenance", "502 Bad Gateway", "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>"),
        ("maintenance", "503 Service Temporarily Unavailable", "<h1>503 Service Temporarily Unavailable</h1>"),
        ("maintenance", "vale.example | 522: Connection timed out", "<h1>Connection timed out Error code 522</h1><p>What happened?</p>"),
        ("maintenance", "Vale Courier", "<h1>We’ll be back soon!</h1><p>We are working on something.</p>"),
        ("maintenance", "Vale Courier", "<p>We are currently undergoing scheduled maintenance. Please try again later.</p>"),
        ("bot_wall", "Just a moment...", "<h1>vale.example</h1><p>Checking if the site connection is secure</p>"),
        ("bot_wall", "Access Denied", "<h1>Access Denied</h1><p>You don't have permission to access this server.</p>"),
        ("consent_wall", "Vale Courier", "<h2>We value your privacy</h2><p>We and our 842 partners store and access information.</p>"),
        ("login_wall", "Vale Courier", "<h1>The ferry is back</h1><p>Please sign in to continue reading this story.</p>"),
    ],
)
def test_what_stands_in_a_storys_place_is_named(outcome: str, title: str, inner: str) -> None:
    assert read(f"<html><head><title>{title}</title></head><body>{inner}</body></html>").outcome == outcome


def test_one_sentence_is_a_story_where_the_page_says_so_and_it_tells_of_the_headline() -> None:
    told = f"<main><h1>{HEADLINE}</h1><p>The ferry struck a pier and sank on Friday.</p></main>"
    assert read(page(told, meta())).outcome == "article"
    assert read(page(told.replace("The ferry struck a pier and sank", "We shall write more about this"), meta())).outcome == "no_body"
    assert read(page(told.replace(" on Friday.", ""), jsonld())).outcome == "no_body"


def test_the_beginning_of_a_story_above_a_line_to_subscribe_is_a_teaser_where_the_page_calls_itself_an_article() -> None:
    beginning = "<p>The ferry struck a pier on Friday and sank in the old harbour. All who were aboard reached the quay in boats.</p>"
    wall = "<div class='box'><p>Subscribe to continue reading.</p></div>"
    declared = '<meta property="og:type" content="article">'
    article = read(page(f"<article><h1>{HEADLINE}</h1>{beginning}{wall}</article>", declared))
    assert (article.outcome, article.access_observed, article.article_body.endswith("in boats.")) == ("article", "teaser", True)
    assert read(page(f"<article><h1>{HEADLINE}</h1>{beginning}{wall}</article>")).outcome == "login_wall"
    assert read(page(f"<article><h1>{HEADLINE}</h1>{wall}</article>", declared)).outcome == "login_wall"


@pytest.mark.parametrize("declared", ['<meta property="article:published_time" content="2026-03-06T09:30:00-08:00">', jsonld()])
def test_the_beginning_of_a_story_above_a_heading_to_subscribe_is_a_teaser_where_the_page_tells_its_date(declared: str) -> None:
    beginning = "<p>The ferry struck a pier on Friday and sank in the old harbour. All who were aboard reached the quay in boats.</p>"
    wall = "<div class='box'><h2>Subscribe to continue reading</h2><p>Already a subscriber? <a href='/login'>Log in</a></p></div>"
    article = read(page(f"<article><h1>{HEADLINE}</h1>{beginning}{wall}</article>", declared))
    assert (article.outcome, article.access_observed, article.article_body.endswith("in boats.")) == ("article", "teaser", True)
    assert read(page(f"<article><h1>{HEADLINE}</h1>{wall}</article>", declared)).outcome == "login_wall"
    assert read(page(f"<article><h1>Subscribe to continue reading</h1>{beginning}</article>", declared)).outcome == "login_wall"


def test_the_pages_of_a_blogger_site_are_no_stories_and_its_posts_are() -> None:
    post = page(
        f"<div class='post hentry'><h3 class='post-title'>{HEADLINE}</h3>{content()}</div>", "<meta name='generator' content='blogger'>"
    )
    assert read(post, url="https://vale-courier.example/p/about-the-ferry.html").outcome == "not_an_article"
    assert read(post, url="https://vale-courier.example/2026/03/about-the-ferry.html").outcome == "article"
    assert read(post.replace("'blogger'", "'Press 3'"), url="https://vale-courier.example/p/about-the-ferry.html").outcome == "article"


def test_an_edit_that_makes_a_story_for_subscribers_a_little_shorter_is_no_wall() -> None:
    kept = {"word_count": 225, "access_observed": "full"}
    text = " ".join(f"The ferry number {number} left the harbour at noon." for number in range(23))
    article = read(page(f"<article><h1>{HEADLINE}</h1><p>{text}</p></article>", jsonld(isAccessibleForFree=False)))
    assert article.access_observed == "teaser" and 200 < article.word_count < 220
    assert not saw_less(article, kept)
    assert saw_less(replace(article, word_count=120), kept)
