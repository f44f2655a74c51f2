"""How a version of a story is cited: what a reader copies, and what other programs read."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from archiver.browse.serving import make_datasette
from archiver.citing import as_bibtex, as_csl_json, as_ris, as_text, cite
from archiver.cli import main
from archiver.records import Article, Author, Site
from archiver.store import CaptureRow, Reading, open_archive

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
DIGEST = "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
ARTICLE = {"key": "abcdefghijkl", "url": "https://gazette.example/ferry?a={b}", "byline": "By Ines Falk", "in_language": "en"}
VERSION = {
    "headline": "Ferry fares rise 5% & more",
    "byline": "By Ines Falk",
    "date_published": "2026-11-03T00:30:00+01:00",
    "date_published_utc": "2026-11-02T23:30:00Z",
    "number": 2,
    "memento_datetime": "2026-11-03T12:00:00Z",
}
AUTHORS = [{"name": "Ines Falk", "kind": "person"}, {"name": "Harbour and Sea Desk", "kind": "organisation"}]
CITED = cite(ARTICLE, VERSION, AUTHORS, "The {Lodi} Gazette", 3, DIGEST)


def test_a_citation_names_the_story_and_which_text_of_it_with_the_day_where_it_was_printed():
    assert as_text(CITED) == (
        "Ines Falk, Harbour and Sea Desk. “Ferry fares rise 5% & more.” The {Lodi} Gazette, 2026-11-03. "
        f"https://gazette.example/ferry?a={{b}}. Version 2 of 3, archived 2026-11-03T12:00:00Z (key abcdefghijkl, {DIGEST})."
    )


def test_what_is_not_known_is_left_out():
    bare = dict.fromkeys(VERSION) | {"number": 1, "memento_datetime": "2026-11-03T12:00:00Z"}
    cited = cite(ARTICLE | {"byline": None, "in_language": None}, bare, [], "gazette", 1, None)
    assert as_text(cited).startswith(f"“{ARTICLE['url']}.” gazette, no date. ")
    assert "None" not in as_text(cited) + as_bibtex(cited) + as_ris(cited) + as_csl_json(cited)


def test_a_byline_that_was_another_one_then_is_cited_as_it_was_printed():
    assert cite(ARTICLE, VERSION | {"byline": "By Jon Orsag"}, AUTHORS, "Gazette", 3, None).authors == (("By Jon Orsag", False),)


def test_an_entry_for_bibtex_holds_no_command_of_the_storys():
    entry = as_bibtex(CITED)
    assert entry.startswith("@misc{abcdefghijkl,\n  author = {Falk, Ines and {Harbour and Sea Desk}},\n")
    assert (
        r"title = {{Ferry fares rise 5\% \& more}}" in entry
        and r"howpublished = {The \textbraceleft{}Lodi\textbraceright{} Gazette}" in entry
    )
    assert "url = {https://gazette.example/ferry?a=%7Bb%7D}" in entry
    hostile = as_bibtex(replace(CITED, headline=r"\input{/etc/passwd}}} @misc{x,"))
    assert hostile.count("{") == hostile.count("}") and r"\input" not in hostile


def test_an_entry_for_ris_keeps_to_its_lines():
    planted = cite(ARTICLE, VERSION | {"headline": "Ferry\r\nER  - \r\nTY  - BOOK\u202e"}, AUTHORS, "Gazette", 3, DIGEST)
    lines = as_ris(planted).split("\r\n")
    assert [line[:6] for line in lines].count("TY  - ") == 1 and lines[-2:] == ["ER  - ", ""]
    assert "TI  - Ferry ER - TY - BOOK" in lines and "DA  - 2026/11/03" in lines


def test_an_entry_in_csl_json_has_days_and_names_as_the_schema_wants_them():
    (entry,) = json.loads(as_csl_json(CITED))
    assert (entry["type"], entry["issued"]) == ("article-newspaper", {"date-parts": [[2026, 11, 3]]})
    assert entry["author"] == [{"family": "Falk", "given": "Ines"}, {"literal": "Harbour and Sea Desk"}]


@pytest.mark.parametrize(
    ("name", "language", "family"),
    [
        ("Ines Falk", "en", "Falk"),
        ("Ana Lucía de la Cruz", "es", "de la Cruz"),
        ("Jan van der Berg", "nl-NL", "van der Berg"),
        ("William Oak Jr.", "en", "Oak"),
        ("William Oak, III", "en", "Oak"),
        ("Анна Берёзова", "ru", "Берёзова"),
    ],
)
def test_an_author_is_sorted_by_the_family_name_in_every_format(name, language, family):
    cited = cite(ARTICLE | {"in_language": language}, VERSION, [{"name": name, "kind": "person"}], "Gazette", 1, None)
    (author,) = json.loads(as_csl_json(cited))[0]["author"]
    assert author["family"] == family and author["given"] in name
    assert f"AU  - {family}, " in as_ris(cited) and f"author = {{{family}, " in as_bibtex(cited)


@pytest.mark.parametrize(
    ("name", "language"),
    [("Nguyen Van An", "vi"), ("山田花子", "ja"), ("أحمد سالم", "ar"), ("Cher", "en"), ("bell hooks", "en")],
)
def test_a_name_whose_order_is_not_known_stays_whole(name, language):
    cited = cite(ARTICLE | {"in_language": language}, VERSION, [{"name": name, "kind": "person"}], "Gazette", 1, None)
    assert json.loads(as_csl_json(cited))[0]["author"] == [{"literal": name}]
    assert f"AU  - {name}\r\n" in as_ris(cited) and f"author = {{{{{name}}}}}" in as_bibtex(cited)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A story of two versions."""
    with open_archive(tmp_path) as archive:
        archive.save_site(Site("gazette", "https://gazette.example/", publisher="The Gazette"), NOON)
        for number, headline in enumerate(("Ferry stops", "Ferry stops, then sails")):
            at = NOON + timedelta(days=number)
            article = Article(
                "https://gazette.example/ferry", headline=headline, article_body="Text.", text_hash=headline, authors=(Author("Ada Lund"),)
            )
            row = CaptureRow(article.url, "gazette", at, 200, "kept", warc_filename="a", warc_offset=number, warc_length=1)
            row = replace(row, payload_digest=f"{DIGEST[:-1]}{number}")
            (capture,) = archive.save_captures([row])
            archive.save_articles([Reading(replace(row, id=capture), article, "reader/1")], at)
    return tmp_path


def test_every_version_is_cited_with_the_page_that_it_was_read_off(folder: Path):
    def cited(*options: str) -> str:
        return CliRunner().invoke(main, ["--data", str(folder), "cite", "https://gazette.example/ferry", *options]).output

    assert cited().startswith("Ada Lund. “Ferry stops, then sails.” The Gazette, no date. https://gazette.example/ferry. Version 2 of 2")
    first = cited("--revision", "1")
    assert "“Ferry stops.”" in first and "Version 1 of 2, archived 2026-11-03T12:00:00Z" in first and f"{DIGEST[:-1]}0" in first
    assert "it has 1 to 2" in cited("--revision", "3")


def test_a_storys_page_offers_the_citation_of_the_version_that_is_shown(folder: Path):
    datasette = make_datasette(folder)

    def get(path: str):
        return asyncio.run(datasette.client.get(path))

    with open_archive(folder) as archive:
        key = archive.newest_keys("gazette", 1)[0]
    assert "Version 2 of 2, archived 2026-11-04" in get(f"/-/story/{key}").text
    page = get(f"/-/story/{key}?revision=1").text
    assert "Version 1 of 2, archived 2026-11-03" in page and f"/-/story/{key}/cite.bib?revision=1" in page
    answer = get(f"/-/story/{key}/cite.bib?revision=1")
    assert answer.text.startswith(f"@misc{{{key},") and "{{Ferry stops}}" in answer.text
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("application/x-bibtex; charset=utf-8", "nosniff")
    assert get(f"/-/story/{key}/cite.ris").text.startswith("TY  - NEWS") and get(f"/-/story/{key}/cite.json").json()[0]["id"] == key
    assert [get(f"/-/story/{path}").status_code for path in (f"{key}/cite.bib?revision=9", "nosuchkey/cite.ris")] == [404, 404]
