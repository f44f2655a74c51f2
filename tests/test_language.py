"""The language of a story. All texts are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archiver.extract.language import read_code, read_language
from archiver.extract.page import Page, parse_page
from archiver.records import Capture

ENGLISH = (
    "The traders of the town said on Monday that the price of wheat had risen, and that it would not fall before the harbour is open. " * 3
)
GERMAN = (
    "Die Händler der Stadt sagten am Montag, dass der Preis für Weizen gestiegen ist und nicht fallen wird, bevor der Hafen offen ist. " * 3
)
SWAHILI = (
    "Wafanyabiashara wa mji huo walisema kuwa bei ya ngano imepanda na kwamba haitashuka kabla "
    "ya bandari kufunguliwa katika mwezi huu kwa watu wa pwani. " * 3
)
ZULU = (
    "Abahwebi bakuleli dolobha bathi intengo kakolweni inyukile futhi abacabangi ukuthi izokwehla ngoba itheku "
    "livaliwe kodwa uma livulwa kuzoba ngcono kakhulu. " * 4
)
JAPANESE = "商人たちは月曜日、港が開くまで小麦の値段は下がらないだろうと話した。" * 3


def page_of(lang: str = "", head: str = "", data: object = None) -> Page:
    script = f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "W"} | (data or {}))}</script>'
    html = f"<html{f' lang={lang}' if lang else ''}><head>{head}{script}</head><body><h1>W</h1></body></html>".encode()
    page = parse_page(Capture("https://paper.example/w", datetime(2025, 11, 20, tzinfo=UTC), 200, (), html), html, None)
    assert page is not None
    return page


@pytest.mark.parametrize(
    ("page", "text", "expected"),
    [
        (page_of("de-AT"), GERMAN, "de-AT"),
        (page_of("en"), ENGLISH, "en"),
        (page_of("", '<meta property="og:locale" content="pt_BR">'), "", "pt-BR"),
        (page_of("", "", {"inLanguage": {"@type": "Language", "name": "German"}}), GERMAN, "de"),
        (page_of("", '<meta http-equiv="content-language" content="tr">'), "", "tr"),
        (page_of("fr", '<meta property="og:locale" content="en_US">'), "", "fr"),
        (page_of("", '<meta http-equiv="content-language" content="utf-8">'), GERMAN, "de"),
        (page_of(), SWAHILI, "sw"),
        (page_of(), JAPANESE, "ja"),
        (page_of(), "", None),
    ],
)
def test_the_language_is_the_declared_one_or_the_texts_own(page, text, expected):
    assert read_language(page, text)[0] == expected


@pytest.mark.parametrize(("text", "language"), [(SWAHILI, "sw"), (ZULU, "zu"), (GERMAN, "de"), (JAPANESE, "ja")])
def test_a_template_that_calls_every_text_english_is_not_believed(text, language):
    value, evidence = read_language(page_of("en-US", '<meta property="og:locale" content="en_US">'), text)
    assert value == language
    assert [item.chosen for item in evidence] == [True, False, False]


def test_a_short_text_proves_nothing_against_the_page():
    assert read_language(page_of("en"), "Habari Leo")[0] == "en"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("Deutsch", "de"),
        ("jp", "ja"),
        ("de_DE.UTF-8", "de-DE"),
        ("und", None),
        ("", None),
        ("a b", None),
        ("utf-8", None),
        (7, None),
    ],
)
def test_codes_are_bcp_47(written, code):
    assert read_code(written) == code


def test_an_english_text_on_a_page_in_another_language_is_english():
    value, evidence = read_language(page_of("de"), ENGLISH)
    assert value == "en"
    assert ("de", False) in [(item.value_raw, item.chosen) for item in evidence]
    assert read_language(page_of("de"), GERMAN)[0] == "de"
    assert read_language(page_of("de"), GERMAN + ENGLISH)[0] == "de"
