"""Section, genre and declared type. All sites and stories are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archiver.extract.page import Page, parse_page
from archiver.extract.sections import is_section_name, read_article_type, read_genre, read_section
from archiver.records import Capture


def page_of(
    body: str = "",
    head: str = "",
    kind: object = "NewsArticle",
    url: str = "https://paper.example/wheat",
    extra: object = None,
    body_class: str = "",
    **more: object,
) -> Page:
    data = [{"@type": kind, "headline": "Wheat is dear", "publisher": {"name": "Daily Paper"}} | more, extra or {}]
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    nav = '<nav><ul><li><a href="/w">The World</a></li></ul></nav>'
    html = f'<html><head>{head}{script}</head><body class="{body_class}">{nav}{body}<h1>Wheat is dear</h1></body></html>'.encode()
    page = parse_page(Capture(url, datetime(2025, 11, 20, tzinfo=UTC), 200, (), html), html, None)
    assert page is not None
    return page


CRUMBS = {
    "@type": "BreadcrumbList",
    "itemListElement": [{"name": "Home"}, {"item": {"name": "Daily Paper"}}, {"name": "Trade &amp; Ports"}, {"name": "Wheat is dear"}],
}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"articleSection": "Trade"}, "Trade"),
        ({"articleSection": ["News", "Trade"]}, "Trade"),
        ({"articleSection": "Uncategorized", "head": '<meta property="article:section" content="Trade">'}, "Trade"),
        ({"articleSection": "Trade", "head": '<meta property="article:section" content="Ports">'}, "Trade"),
        ({"extra": CRUMBS}, "Trade & Ports"),
        ({"articleSection": "trade-ports", "head": '<meta name="section" content="Trade Ports">'}, "Trade Ports"),
        ({"body": '<a rel="category tag" href="/c/trade">Trade</a>'}, "Trade"),
        ({"url": "https://paper.example/foreign-trade/2025/wheat"}, "foreign trade"),
        ({"url": "https://paper.example/2025/11/wheat"}, None),
        ({"url": "https://paper.example/en/article/wheat"}, None),
        ({"url": "https://paper.example/en-us/trade/wheat"}, "trade"),
        ({"url": "https://paper.example/pt_BR/2025/wheat"}, None),
        ({}, None),
    ],
)
def test_the_section_is_the_best_declared_one(more, expected):
    assert read_section(page_of(**more), None)[0] == expected


def test_a_label_behind_the_headline_wins_where_the_site_has_such_a_section():
    page = page_of(articleSection="Trade")
    assert read_section(page, "the world")[0] == "the world"
    assert read_section(page, "as told by sailors")[0] == "Trade"


@pytest.mark.parametrize(
    ("label", "known"),
    [
        ("Trade", True),
        ("TRADE", True),
        ("the world", True),
        ("Opinion", True),
        ("Ports", True),
        ("Wheat", False),
        ("a story of the sea and of its many ships", False),
        ("", False),
    ],
)
def test_a_section_name_is_one_that_page_or_site_uses(label, known):
    page = page_of(articleSection="Trade", url="https://paper.example/opinion/wheat", body_class="single section-ports")
    assert is_section_name(page, label) is known


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("NewsArticle", "NewsArticle"),
        ("http://schema.org/OpinionNewsArticle", "OpinionNewsArticle"),
        (["Product", "NewsArticle"], "NewsArticle"),
        ("BlogPosting", "BlogPosting"),
    ],
)
def test_the_type_is_the_declared_one(kind, expected):
    assert read_article_type(page_of(kind=kind)) == expected


@pytest.mark.parametrize(
    ("more", "section", "headline", "genre"),
    [
        ({}, None, "Wheat is dear", "news"),
        ({"kind": "OpinionNewsArticle"}, None, "Wheat is dear", "opinion"),
        ({"kind": "LiveBlogPosting"}, None, "Wheat is dear", "live"),
        ({"kind": "ReviewNewsArticle"}, None, "", "review"),
        ({"kind": "AdvertiserContentArticle"}, None, "", "sponsored"),
        ({"genre": "Interview"}, None, "", "interview"),
        ({}, "Kommentar", "", "opinion"),
        ({}, "Obituaries", "", "obituary"),
        ({}, "Leserbriefe", "", "letter"),
        ({}, "オピニオン", "", "opinion"),
        ({"url": "https://paper.example/opinion/wheat"}, None, "", "opinion"),
        ({"url": "https://paper.example/news-analysis/wheat"}, None, "", "analysis"),
        ({}, None, "Opinion | Wheat is dear", "opinion"),
        ({}, None, "Kommentar: Weizen ist teuer", "opinion"),
        ({}, None, "Liveblog: Weizen wird teuer", "live"),
        ({"body": "<p>Sponsored content</p>"}, None, "", "sponsored"),
        ({"kind": "Article"}, None, "Wheat: a story", None),
        ({}, "Reviewed roads", "", "news"),
    ],
)
def test_the_genre_is_told_by_type_section_address_or_label(more, section, headline, genre):
    assert read_genre(page_of(**more), section, headline)[0] == genre


@pytest.mark.parametrize("home", ["Página inicial", "Acasă", "Početna", "Főoldal", "หน้าแรก"])
def test_the_front_page_at_the_head_of_a_breadcrumb_is_no_section(home: str) -> None:
    crumbs = f'<ol class="breadcrumb"><li><a href="/">{home}</a></li><li><a href="/trade">Trade</a></li></ol>'
    assert read_section(page_of(crumbs), None)[0] == "Trade"


def test_the_author_is_no_section_though_the_box_of_the_story_is_named_after_one() -> None:
    box = '<div class="post category-trade"><div>By <a href="/author/jane-doe/">Jane Doe</a> on 3 March</div><h1>Wheat is dear</h1></div>'
    assert read_section(page_of(box), None)[0] != "Jane Doe"


def test_the_sites_own_name_is_no_section() -> None:
    names = '<meta property="og:site_name" content="Paper"><meta property="article:section" content="Paper">'
    assert read_section(page_of('<ol class="breadcrumb"><li><a href="/trade">Trade</a></li></ol>', names), None)[0] == "Trade"
    assert read_section(page_of(articleSection="Daily Paper"), None)[0] is None


@pytest.mark.parametrize(
    "crumbs",
    [
        '<a href="/">Back to home</a><a href="/trade">Trade</a><span>Wheat is dear</span>',
        '<span>You are here:</span><a href="/trade">› Trade</a><a href="/trade/wheat">Wheat is dear</a>',
    ],
    ids=["the way home", "a label and the headline"],
)
def test_what_stands_around_the_section_in_a_trail_is_none(crumbs: str) -> None:
    assert read_section(page_of(f'<nav class="breadcrumb"><p>{crumbs}</p></nav>'), None)[0] == "Trade"


@pytest.mark.parametrize("label", ["by Jane Doe", "Von Jan Kurz", "Por Ana Prado"])
def test_a_byline_behind_the_headline_is_no_section(label: str) -> None:
    assert read_section(page_of(), label)[0] is None
    assert read_section(page_of(), "Harvest")[0] == "Harvest"


def test_the_headline_in_the_address_is_no_section() -> None:
    assert read_section(page_of(url="https://paper.example/en/wheat-is-dear/a-52060881"), None)[0] is None


@pytest.mark.parametrize("url", ["https://elvale.example/elvale/wheat", "https://www.elvalé.example/elvale/2025/wheat"])
def test_the_sites_own_name_in_the_address_is_no_section(url: str) -> None:
    assert read_section(page_of(url=url), None)[0] is None


def test_the_number_of_comments_is_no_section() -> None:
    label = '<p class="category"><a href="/category/x/">Comments (0)</a></p><h1>Wheat is dear</h1>'
    assert read_section(page_of(label), None)[0] is None
