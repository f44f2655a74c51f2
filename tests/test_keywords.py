"""Topics of a story. All sites and stories are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archiver.extract.keywords import read_keywords
from archiver.extract.page import parse_page
from archiver.records import Capture
from tests.patience import comes_to_an_end

TEXT = "<p>Traders at the wheat market said on Monday that prices had risen by a tenth since the harbour was closed in spring.</p>" * 3


def read(after: str = "", head: str = "", keywords: object = None, **more: object) -> list[str]:
    data = {"@type": "NewsArticle", "headline": "Wheat is dear", "keywords": keywords, "publisher": {"name": "Daily Paper"}} | more
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    html = f"<html><head>{head}{script}</head><body><article><h1>Wheat is dear</h1>{TEXT}{after}</article></body></html>".encode()
    page = parse_page(Capture("https://paper.example/trade/wheat", datetime(2025, 11, 20, tzinfo=UTC), 200, (), html), html, None)
    assert page is not None
    return list(read_keywords(page)[0])


def meta(name: str, *contents: str) -> str:
    return "".join(f'<meta name="{name}" content="{content}">' for content in contents)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("wheat, harbour, Lagos", ["wheat", "harbour", "Lagos"]),
        ("wheat; harbour", ["wheat", "harbour"]),
        (["wheat", "harbour"], ["wheat", "harbour"]),
        (["wheat, harbour"], ["wheat", "harbour"]),
        ([{"@type": "DefinedTerm", "name": "wheat"}], ["wheat"]),
        (["wheat", "Wheat", "WHEAT "], ["wheat"]),
        ("小麦 港湾 貿易", ["小麦", "港湾", "貿易"]),
        ("Smith &amp; Sons", ["Smith & Sons"]),
        (["Doe, mayor of Oldtown", "wheat"], ["Doe, mayor of Oldtown", "wheat"]),
        (None, []),
        ({"x": [1, None]}, []),
        ([[[["deep"]]]], []),
    ],
)
def test_declared_keywords_are_a_list_as_printed(declared, expected):
    assert read(keywords=declared) == expected


def test_machine_words_and_the_sites_own_name_are_left_out():
    machine = ["26157981-b4f7-4929-adc1-e860c6f03636", "Category: Trade", "id:77", "1234567", "@lead"]
    assert read(keywords=["wheat", *machine, "NLP Entity Tokens: harbour", "paper.example", "Daily Paper"]) == ["wheat", "harbour"]


def test_codes_of_a_wire_service_are_no_topics():
    assert read(head=meta("keywords", "AER,AERO,INDG08,RSBI:HUMAN-RIGHTS,GEN,POL")) == []


def test_a_list_that_lost_its_separators_gives_way_to_one_that_has_them():
    assert read(keywords="Tyson wheat Lagos harbour", head=meta("keywords", "wheat,Lagos,Tyson,harbour")) == [
        "wheat",
        "Lagos",
        "Tyson",
        "harbour",
    ]


def test_the_list_that_the_visible_links_bear_out_wins():
    links = '<ul class="tags"><li><a href="/tag/wheat">wheat</a></li><li><a href="/tag/trade">trade</a></li></ul>'
    assert read(links, head=meta("article:tag", "wheat", "trade"), keywords="prices, spring, traders") == ["wheat", "trade"]


def test_a_list_that_names_the_site_is_heard_last():
    boilerplate = meta("keywords", "Daily Paper,news,politics,sports,culture")
    assert read('<ul class="tag-list"><li><a href="/tags/7">wheat</a></li></ul>', head=boilerplate) == ["wheat"]


@pytest.mark.parametrize(
    "after",
    [
        '<h4>Related topics</h4><ul><li><a href="/trade/wheat">Wheat</a></li><li><a href="/lagos">Lagos</a></li></ul>',
        '<p>Schlagworte: <a href="/aktuell/wheat">Wheat</a><a href="/aktuell/lagos">Lagos</a><a href="/themen/">Alle Themen</a></p>',
        '<div class="article-tags"><a href="/x/1">Wheat</a> <a href="/x/2">Lagos</a></div>',
        '<ul><li><a href="/tag/wheat">Wheat</a></li><li><a href="/tag/lagos">Lagos</a></li></ul>',
        '<footer><ul class="entry-tags"><li><a href="/tag/wheat">#Wheat</a></li><li><a href="/tag/lagos">#Lagos</a></li></ul></footer>',
    ],
)
def test_links_to_topics_below_the_text_are_its_topics(after):
    assert read(after) == ["Wheat", "Lagos"]


@pytest.mark.parametrize(
    "after",
    [
        '<h4>Related topics</h4><ul><li><a href="/2025/11/03/harbour-reopens-after-long-winter">Harbour reopens</a></li></ul>',
        '</article><nav><ul><li><a href="/tag/wheat">Wheat</a></li><li><a href="/tag/lagos">Lagos</a></li></ul></nav>',
        '<div class="related"><ul class="tags"><li><a href="/tag/wheat">Wheat</a></li><li><a href="/tag/x">Xylo</a></li></ul></div>',
        '<ol class="breadcrumb"><li><a href="/topics/trade">Trade</a></li><li><a href="/topics/wheat">Wheat</a></li></ol>',
        '<p>The <a href="/tag/wheat">wheat</a> of <a href="/tag/lagos">Lagos</a> is dear, say traders on Monday.</p>',
    ],
)
def test_other_links_are_no_topics(after):
    assert read(after) == []


def test_sections_stand_in_where_nothing_else_is_told():
    assert read(articleSection=["Trade", "Harbours"]) == ["Trade", "Harbours"]
    assert read(articleSection=["Trade"], keywords="wheat") == ["wheat"]


@pytest.mark.parametrize(
    "text", [",".join("abcdefgh"[i % 8] * 9 + str(i) for i in range(9_000)), "#" * 50_000, "a" * 500_000, ";" * 100_000]
)
@comes_to_an_end()
def test_hostile_lists_end_in_time(text):
    assert len(read(keywords=text, head=meta("keywords", text[:5_000]))) <= 60


def test_links_to_share_behind_the_labels_are_no_keywords() -> None:
    labels = '<div>Tags: <a href="/tag/Bridge">Bridge</a>, <a href="/tag/River">River</a></div>'
    share = '<div class="share-buttons"><a href="/mail">Email this</a><a href="/fb">Facebook</a></div>'
    assert read(f"<div>{labels}{share}</div>") == ["Bridge", "River"]


@pytest.mark.parametrize("more", ["See all topics", "Alle Themen", "Ver todos los temas", "Toutes les thématiques"])
def test_a_link_to_all_topics_is_none(more: str) -> None:
    links = "".join(f'<li><a href="/tag/{word}">{word}</a></li>' for word in ("wheat", "harbour"))
    assert read(f'<ul class="tags">{links}<li><a href="/tag/x">{more}</a></li></ul>') == ["wheat", "harbour"]


def test_the_headline_is_no_topic_of_its_story() -> None:
    title = "Wheat is dearer than ever before"
    assert read(keywords=f"{title}, wheat, harbour", headline=title) == ["wheat", "harbour"]


def test_buttons_among_the_links_to_topics_are_none() -> None:
    tags = "".join(f'<li><a href="/tag/{word}" rel="tag">{word}</a></li>' for word in ("Share", "82 Comments", "wheat", "harbour"))
    assert read(f'<ul class="tags">{tags}</ul>') == ["wheat", "harbour"]


def test_how_many_stories_have_a_topic_is_no_part_of_it() -> None:
    tags = "".join(f'<a href="/tags/{word}">{word} <b>{count}</b></a> ' for word, count in (("wheat", 168), ("harbour", 12)))
    assert read(f'<div class="tags">{tags}</div>') == ["wheat", "harbour"]
    assert read(keywords="Olympics 2028, wheat") == ["Olympics 2028", "wheat"]


def test_the_headline_word_by_word_is_no_list_of_topics() -> None:
    assert read(keywords="mayor, calls, it, a, scandal, wheat", headline="Mayor calls it a scandal") == []


@pytest.mark.parametrize("content", ["الري، الزراعة، السدود", "[&quot;الري&quot;,&quot;الزراعة&quot;,&quot;السدود&quot;]"])
def test_a_list_in_one_string_may_have_arabic_commas_or_be_one_of_json(content):
    assert read(meta("keywords", content)) == ["الري", "الزراعة", "السدود"]


@pytest.mark.parametrize(
    "label",
    [
        "Argomenti correlati:",
        "Související témata:",
        "Stikkord:",
        "Asiasanat:",
        "ETİKETLER:",
        "ΕΤΙΚΕΤΕΣ:",
        "Метки:",
        "Címkék:",
        "Kata Kunci:",
    ],
)
def test_the_label_of_a_row_of_links_makes_topics_of_them_in_any_language(label: str) -> None:
    assert read(f'<p>{label} <a href="/p/71/">Wheat</a> | <a href="/p/72/">Old harbour</a></p>') == ["Wheat", "Old harbour"]
