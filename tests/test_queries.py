"""The questions in archiver/queries, and the description of the schema."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from datasette.app import Datasette

from archiver.browse.serving import SETTINGS
from archiver.queries import Query, load_queries, read_query
from archiver.records import Article, Author, Correction, Evidence, Image, Link
from archiver.store import Archive, CaptureRow, Reading, dictionary, open_archive, open_reader
from tests.patience import comes_to_an_end

DAY_1 = datetime(2026, 11, 3, 8, tzinfo=UTC)
QUERIES = {query.name: query for query in load_queries()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Four stories: one of agency copy that two sites have, one edited in stealth, one that vanished."""
    folder = tmp_path_factory.mktemp("data")
    with open_archive(folder) as archive:
        run = archive.start_run("lodi_post", "archiver crawl", DAY_1)
        rates = Article(
            "https://lodi.example/rates",
            headline="Rates rise",
            article_body="The bank raised rates. " * 10,
            infosource="AP",
            located="LAGOS",
            outlinks=("https://bank.example/a",),
        )
        save(archive, "lodi_post", rates, DAY_1)
        save(archive, "bay_times", replace(rates, url="https://bay.example/rates", infosource="The Associated Press"), DAY_1)
        bridge = Article(
            "https://lodi.example/bridge",
            headline="Bridge opens",
            article_body="The bridge opened.",
            images=(
                Image("https://lodi.example/b.jpg", caption="The bridge", creditline="Ann Lee/AFP", creator="Ann Lee", credit_agency="AFP"),
            ),
            authors=(Author("Jane Doe"),),
            keywords=("bridges",),
            evidence=(Evidence("byline", "Staff", "meta", "meta[author]", 0.2, chosen=False),),
        )
        save(archive, "lodi_post", bridge, DAY_1)
        later = replace(bridge, headline="Bridge closes", article_body="The bridge closed again, for years.")
        save(archive, "lodi_post", later, DAY_1 + timedelta(days=1))
        note = Correction("correction", "Corrected: the name.")
        gone = Article("https://lodi.example/gone", headline="Gone", article_body="Soon gone.", corrections=(note,))
        saved = save(archive, "lodi_post", gone, DAY_1)
        archive.mark_status(saved.article_id, "gone", DAY_1 + timedelta(days=1), "410")
        archive.save_links([Link("https://lodi.example/new", "lodi_post", "feed", "https://lodi.example/feed")], DAY_1)
        archive.save_outcomes(run, [("https://lodi.example/x", "timeout", "60 s"), ("https://lodi.example/rates", "new", None)])
        archive.finish_run(run, DAY_1, "finished", {"new": 3})
        archive.compare_stories(10)
    return folder


def save(archive: Archive, site: str, article: Article, at: datetime):
    words = article.article_body.split()
    article = replace(
        article,
        word_count=len(words),
        text_hash=sha256(article.article_body.encode()).hexdigest(),
        date_published_utc="2026-11-03T08:00:00Z",
        date_precision="second",
    )
    row = CaptureRow(article.url, site, at, 200, "kept", warc_filename=site, warc_offset=archive.db["captures"].count, warc_length=1)
    (capture_id,) = archive.save_captures([row])
    return archive.save_articles([Reading(replace(row, id=capture_id), article, "reader/1")], at)[0]


def answer(folder: Path, query: str, given: dict[str, str]) -> list[dict]:
    with open_reader(folder) as archive:
        return list(archive.db.query(QUERIES[query].sql, {param.name: "" for param in QUERIES[query].params} | given))


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_question_has_a_title_and_describes_the_parameters_that_it_uses(query: Query):
    assert query.name not in dictionary.names()  # a table of that name would hide its page in Datasette
    assert query.title and query.description.endswith((".", "!", "?"))
    assert {param.name for param in query.params} == set(re.findall(r"(?<![:\w]):([a-z]\w*)", query.sql))
    assert all(param.description for param in query.params)


@pytest.mark.parametrize(
    "words", ["toll-bridge", "O'Neill bridge", "C++", "bridge AND", '"bridge', "(", "AND", "*", "section:x", "caption:bridge"]
)
@pytest.mark.parametrize("name", ["search_stories", "search_captions", "word_in_headlines"])
def test_a_question_takes_the_words_that_a_search_takes(folder, name, words):
    answer(folder, name, {"q": words})


def test_a_question_finds_what_a_search_finds(folder):
    with open_reader(folder) as archive:
        for words in ("closed-again", "bridge -opened", "headline:closes", "again AND", "bank*"):
            found = [row["key"] for row in answer(folder, "search_stories", {"q": words})]
            assert sorted(found) == sorted(hit.key for hit in archive.search(words).hits) and found


def test_a_question_with_far_too_many_words_keeps_nobody_waiting(folder):
    assert answer(folder, "search_stories", {"q": "the " * 3_000}) == []


@pytest.mark.parametrize("name", QUERIES)
def test_a_question_runs_with_nothing_given_and_with_something_given(folder, name):
    answer(folder, name, {})
    answer(folder, name, {param.name: GIVEN[param.name] for param in QUERIES[name].params})


GIVEN = {
    "site": "lodi_post",
    "q": "bridge",
    "day": "2026-11-04",
    "month": "2026-11",
    "from": "2026-11-01",
    "to": "2026-11-30",
    "name": "Lee",
    "kind": "correction",
    "change": "headline",
    "field": "byline",
    "returned": "0",
    "key": "abcdefghijkl",
    "at": "2026-11-03T12:00",
}
ANSWERS = [
    ("search_stories", {"q": "bridge"}, "headline", ["Bridge closes"]),
    ("search_captions", {"q": "bridge AFP"}, "caption", ["The bridge"]),
    ("word_in_headlines", {"q": "bridge"}, "with_the_word", [1]),
    ("first_to_report", {"q": "bank OR bridge"}, "site", ["lodi_post", "bay_times"]),
    ("first_to_report", {"q": "bank", "from": "2026-11-03", "to": "2026-11-03"}, "headline", ["Rates rise"] * 2),
    ("first_to_report", {"q": "bank", "from": "2026-11-04"}, "site", []),
    ("first_to_report", {"q": "bank", "to": "2026-11-02"}, "site", []),
    ("first_to_report", {"q": "the " * 65}, "site", []),
    ("places_of_stories", {"q": "bank"}, "place", ["LAGOS"]),
    ("places_of_stories", {"q": "bridge"}, "place", []),
    ("words_by_site", {"q": "bank OR bridge"}, "stories", [2, 1]),
    ("words_by_site", {"q": "bank", "to": "2026-11-03"}, "per_1000", [1000.0, 333.3]),
    ("words_by_site", {"q": "bank", "from": "2026-11-04"}, "site", []),
    ("pictures_of_stories", {"q": "bridge"}, "photographer", ["Ann Lee"]),
    ("pictures_of_stories", {"q": "bridge", "site": "bay_times"}, "photographer", []),
    ("stories_per_month", {}, "stories", [4]),
    ("stories_per_site", {}, "stories", [3, 1]),
    ("stories_per_author", {"name": "doe"}, "name", ["Jane Doe"]),
    ("stories_of_author", {"name": "jane"}, "headline", ["Bridge closes"]),
    ("stories_of_author", {}, "headline", []),
    ("keywords", {"site": "bay_times"}, "keyword", []),
    ("changed_stories", {}, "change", ["substantive"]),
    ("stealth_edits", {}, "headline", ["Bridge closes"]),
    ("changed_headlines", {}, "before", ["Bridge opens"]),
    ("unexplained_changes", {}, "part", ["headline", "article_body"]),
    ("unexplained_changes", {"site": "bay_times"}, "part", []),
    ("vanished_stories", {}, "reason", ["410"]),
    ("corrections_and_notes", {"kind": "update"}, "text", []),
    ("corrections_and_notes", {}, "text", ["Corrected: the name."]),
    ("what_changed_today", {}, "what", ["substantive", "gone"]),
    ("what_changed_today", {"day": "2026-11-03"}, "what", ["new"] * 4),
    ("captions_by_agency", {}, "agency", ["AFP"]),
    ("captions_by_photographer", {"name": "lee"}, "photographer", ["Ann Lee"]),
    ("datelines_by_place", {}, "place", ["LAGOS"]),
    ("wire_copy_by_source", {"site": "bay_times"}, "agency", ["AP"]),
    ("same_text_elsewhere", {}, "copies", [2]),
    ("copied_texts", {"site": "bay_times"}, "copies", [2]),
    ("copied_texts", {"to": "2026-11-02"}, "copies", []),
    ("what_each_outlet_changed", {}, "percent_kept", [100]),
    ("who_copies_from_whom", {}, "word_for_word", [1]),
    ("agency_copy_share", {}, "percent_agency_copy", [100.0, 33.3]),
    ("failures_by_reason", {}, "outcome", ["timeout"]),
    ("outlinks_by_host", {}, "host", ["bank.example"]),
    ("last_runs", {}, "new", [1]),
    ("queue", {}, "state", ["due"]),
    ("disagreements", {}, "not_taken", ["Staff"]),
]


@pytest.mark.parametrize(("name", "given", "column", "values"), ANSWERS)
def test_a_question_gets_its_answer(folder, name, given, column, values):
    rows = answer(folder, name, given)
    assert [row[column] for row in rows] == values


def test_stories_that_share_paragraphs_are_found_whatever_other_texts_hold(tmp_path: Path):
    shared = [f"Paragraph {number} of the agency's report, which both of the papers printed just as it came in." for number in range(3)]
    with open_archive(tmp_path) as archive:
        for site, texts in (
            ("lodi_post", shared),
            ("bay_times", ["A sentence of its own.", *shared]),
            ("odd", ["A backslash \\n\n of its own"]),
        ):
            save(archive, site, Article(f"https://{site}.example/a", headline=site, article_body="\n\n".join(texts)), DAY_1)
    assert [(row["paragraphs_shared"], {row["site"], row["other_site"]}) for row in answer(tmp_path, "shared_paragraphs", {})] == [
        (3, {"lodi_post", "bay_times"})
    ]


def test_a_paragraph_that_is_repeated_without_end_holds_up_no_question(tmp_path: Path):
    shared = [f"Paragraph {number} of the agency's report, which both of the papers printed just as it came in." for number in range(3)]
    with open_archive(tmp_path) as archive:
        for site in ("lodi_post", "bay_times"):
            save(archive, site, Article(f"https://{site}.example/a", headline=site, article_body="\n\n".join(shared * 5_000)), DAY_1)
    with comes_to_an_end():
        assert [row["paragraphs_shared"] for row in answer(tmp_path, "shared_paragraphs", {})] == [3]


def test_every_question_works_as_a_page_of_datasette(folder):
    canned = {
        query.name: {"sql": query.sql, "title": query.title, "params": [param.name for param in query.params]} for query in QUERIES.values()
    }

    async def statuses() -> dict[str, int]:
        datasette = Datasette([str(folder / "archive.db")], metadata={"databases": {"archive": {"queries": canned}}})
        await datasette.invoke_startup()
        return {name: (await datasette.client.get(f"/archive/{name}?q=bridge")).status_code for name in canned}

    assert set(asyncio.run(statuses()).values()) == {200}


def test_a_file_without_a_title_is_named():
    with pytest.raises(ValueError, match=r"odd\.sql has no title"):
        read_query("odd", "select 1")


# --- the dictionary


def test_every_table_and_column_is_described_and_nothing_else(folder):
    with open_reader(folder) as archive:
        tables = [*archive.db.table_names(), *archive.db.view_names()]
    own = [name for name in tables if not name.startswith(("_", "sqlite_")) and not re.search(r"_fts_", name)]
    assert sorted(dictionary.names()) == sorted(own) == sorted(dictionary.TABLES)
    for table in dictionary.names():
        described = dictionary.columns(table)  # KeyError names a column that nobody described
        assert set(dictionary.TABLES[table][1]) <= {column.name for column in described}, table
        assert dictionary.describe(table)


def test_the_printed_dictionary_is_not_stale():
    page = Path(__file__).parent.parent / "docs" / "data-dictionary.md"
    assert page.read_text(encoding="utf-8") == dictionary.as_markdown(), "run: make docs"


def test_the_browser_shows_the_answer_of_each_question_whole_and_holds_no_more_rows_in_memory_than_that_takes() -> None:
    limits = [int(number) for query in QUERIES.values() for number in re.findall(r"limit (\d+)", query.sql)]
    assert SETTINGS["max_returned_rows"] == max(limits)
