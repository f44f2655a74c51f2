"""A site's own selectors in sites.toml."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from archiver.errors import BadSitesFile
from archiver.extract.selectors import compile_selector
from archiver.records import Selector, Site
from archiver.sites import read_sites_file
from tests.pages import HEADLINE, PARAGRAPHS, meta, page, paragraphs, read

MAIN = (
    f"<article><h1>{HEADLINE}</h1><div class='writer-name'>Ida Holm</div><span class='stamp'>2026-03-06 11:45</span>"
    f"<div class='promo-text'><p>{PARAGRAPHS[3]}</p></div>{paragraphs(*PARAGRAPHS[:3])}<p>Support the paper that you read.</p></article>"
)


def site(*selectors: Selector, **facts: object) -> Site:
    return Site(name="vale", url="https://vale-courier.example/", selectors=selectors, **facts)  # type: ignore[arg-type]


def test_a_selector_wins_over_the_general_rules_and_says_so_in_the_evidence() -> None:
    article = read(
        page(MAIN, meta()), site=site(Selector("byline", ".writer-name"), Selector("authors", "//div[@class='writer-name']/text()"))
    )
    assert article.byline == "Ida Holm"
    assert [author.name for author in article.authors] == ["Ida Holm"]
    [evidence] = [item for item in article.evidence if item.field == "byline" and item.chosen]
    assert (evidence.method, evidence.locator) == ("site_selector", ".writer-name")


def test_a_date_selector_is_read_in_the_sites_time_zone() -> None:
    article = read(page(MAIN, meta()), site=site(Selector("date_published", ".stamp"), timezone="America/Los_Angeles"))
    assert (article.date_published, article.date_published_utc) == ("2026-03-06T11:45-08:00", "2026-03-06T19:45:00Z")
    assert (article.date_precision, article.date_source) == ("minute", "site_selector")


def test_what_a_site_drops_is_not_read() -> None:
    facts = site(Selector("drop", ".promo-text"), drop_text=("Support the paper that you read.",))
    assert read(page(MAIN, meta()), site=facts).article_body.split("\n\n") == list(PARAGRAPHS[:3])


def test_a_redesign_is_a_second_set_of_selectors_and_older_captures_keep_the_older_one() -> None:
    facts = site(Selector("byline", ".stamp"), Selector("byline", ".writer-name", date(2026, 3, 1)))
    assert read(page(MAIN, meta()), site=facts).byline == "Ida Holm"
    assert read(page(MAIN, meta()), site=facts, fetched_at=datetime(2026, 2, 1, tzinfo=UTC)).byline == "2026-03-06 11:45"


def test_a_selector_that_finds_nothing_leaves_the_general_rules_their_value() -> None:
    assert read(page(MAIN, meta()), site=site(Selector("headline", ".no-such-class"))).headline == HEADLINE


def test_a_body_selector_names_the_text() -> None:
    article = read(page(MAIN, meta()), site=site(Selector("body", ".promo-text")))
    assert article.article_body == PARAGRAPHS[3]


@pytest.mark.parametrize("text", ["div[", "//div[", ":nonsense("])
def test_a_selector_that_is_none_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(ValueError, match="neither CSS nor XPath"):
        compile_selector(text)


@pytest.mark.parametrize("row", ['field = "byline"\nselector = "div["', 'field = "bylin"\nselector = "div"'])
def test_a_wrong_selector_in_sites_toml_is_named_when_the_file_is_read(row: str, tmp_path: Path) -> None:
    path = tmp_path / "sites.toml"
    path.write_text(f'[vale]\nurl = "https://vale-courier.example/"\n[[vale.selectors]]\n{row}\n', encoding="utf-8")
    with pytest.raises(BadSitesFile, match="vale"):
        read_sites_file(path)
