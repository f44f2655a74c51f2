"""Finding stories and captions: what a reader may type, what is found, and how Datasette alone finds it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from datasette.app import Datasette
from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.browse.serving import make_datasette
from archiver.errors import WrongUse
from archiver.queries import load_queries
from archiver.records import Article, Image
from archiver.store import Archive, CaptureRow, Reading, open_archive, open_reader, stretches
from archiver.store.search import MARKS
from archiver.store.words import advice, complaint, match_of
from tests.conftest import Cli
from tests.patience import comes_to_an_end

DAY_1 = datetime(2026, 11, 1, 8, tzinfo=UTC)
SEARCH_STORIES = next(query.sql for query in load_queries() if query.name == "search_stories")

# name, headline, body, site, section, language
STORIES = [
    ("flood", "Flood warning for the valley", "The river rose overnight. A flood of the old town is expected.", "lodi_post", "World", "en"),
    ("mayor", "Mayor opens bridge", "The mayor cut the ribbon. City council members watched the river.", "lodi_post", "Local", "en-GB"),
    ("council", "City council votes", "The council voted on the budget of the city.", "bay_times", "Local", "en"),
    ("fluten", "Hochwasser in Köln", "Der Rhein steigt. Die Fluten erreichen die Altstadt; ein Café schließt.", "rhein_bote", "Welt", "de"),
    ("sport", "Cup final", "The harbour team won. @lodi_desk reports.", "bay_times", "Sport & Games", "en"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with open_archive(folder) as archive:
        for number, story in enumerate(STORIES):
            add(archive, *story, at=DAY_1 + timedelta(days=number))
        add(archive, "undated", "An undated river story", "Nobody knows when the river did this.", "bay_times", None, None, at=None)
    return folder


@pytest.fixture
def archive(folder):
    with open_reader(folder) as opened:
        yield opened


def add(archive: Archive, name: str, headline: str, body: str, site: str, section, language, at: datetime | None) -> None:
    url = f"https://{site.replace('_', '-')}.example/{name}"
    published = at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
    article = Article(
        url=url,
        headline=headline,
        article_body=body,
        word_count=len(body.split()),
        text_hash=sha256(body.encode()).hexdigest(),
        date_published=published,
        date_published_utc=published,
        date_precision="second" if at else "none",
        article_section=section,
        in_language=language,
        images=(Image(f"{url}.jpg", caption=f"A picture of the {name}", creditline=f"Photo: {name.title()} Press/AFP"),),
    )
    row = CaptureRow(url, site, DAY_1, 200, "kept", warc_filename=site, warc_offset=archive.db["captures"].count, warc_length=1)
    (capture_id,) = archive.save_captures([row])
    archive.save_articles([Reading(replace(row, id=capture_id), article, "reader/1")], DAY_1)


def found(archive: Archive, query: str, **how) -> set[str]:
    return {hit.url.rpartition("/")[2] for hit in archive.search(query, **how).hits}


# --- what may be typed

QUERIES = [
    ("river", {"flood", "mayor", "undated"}),
    ("RIVER", {"flood", "mayor", "undated"}),
    ('"city council"', {"mayor", "council"}),
    ('"council city"', set()),
    ("river mayor", {"mayor"}),
    ("river AND mayor", {"mayor"}),
    ("flood OR mayor", {"flood", "mayor"}),
    ("river NOT mayor", {"flood", "undated"}),
    ("river -mayor", {"flood", "undated"}),
    ("(flood OR mayor) river NOT bridge", {"flood"}),
    ("flut*", {"fluten"}),
    ('"city coun"*', {"mayor", "council"}),
    ("koln", {"fluten"}),
    ("Köln", {"fluten"}),
    ("cafe", {"fluten"}),
    ("headline:river", {"undated"}),
    ('headline:"city council"', {"council"}),
    ("lodi_desk", {"sport"}),
    ("or", set()),
    ("not and", set()),
]


@pytest.mark.parametrize(("query", "stories"), QUERIES)
def test_a_query_finds_its_stories(archive, query, stories):
    assert found(archive, query) == stories
    assert found(archive, query, sort="newest") == stories


# Chinese, Japanese and Thai write no spaces; the index has their sentences in pieces from one sign to the next.
UNSPACED = [
    ("todai", "古い灯台が開く", "市は火曜日、冬の嵐が来る前に古い灯台を修理すると決めた。2026年の工事はNHKの取材による。", "ja"),
    ("gangkou", "新港口开放", "市长周一说，新港口比去年的更大。", "zh"),
    ("krasuang", "ท่าเรือใหม่", "เมืองเปิดท่าเรือใหม่วันนี้", "th"),
]


@pytest.fixture(scope="module")
def unspaced(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unspaced")
    with open_archive(folder) as archive:
        for number, (name, headline, body, language) in enumerate(UNSPACED):
            add(archive, name, headline, body, "far_east", None, language, at=DAY_1 + timedelta(days=number))
    with open_reader(folder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "stories"),
    [
        ("灯台", {"todai"}),
        ("古い灯台", {"todai"}),
        ("headline:灯台", {"todai"}),
        ("headline:修理", set()),
        ("年の工事", {"todai"}),
        ("nhkの", {"todai"}),
        ('"火曜日、冬の嵐"', {"todai"}),
        ("灯台 修理", {"todai"}),
        ("灯台 港口", set()),
        ("灯台 OR 港口", {"todai", "gangkou"}),
        ("市 -灯台", {"gangkou"}),
        ("開く*", {"todai"}),
        ("ท่าเรือ", {"krasuang"}),
        ("鉄道", set()),
    ],
)
def test_a_word_is_found_in_text_without_spaces(unspaced, query, stories):
    assert found(unspaced, query) == stories
    assert found(unspaced, query, sort="newest") == stories


def test_the_browser_and_its_questions_find_it_too(unspaced):
    datasette = make_datasette(unspaced.data_dir)
    asked = asyncio.run(datasette.client.get("/archive/search_stories.json?_shape=array&q=灯台"))
    assert [row["headline"] for row in asked.json()] == ["古い灯台が開く"]
    assert "1 story" in asyncio.run(datasette.client.get("/-/search?q=灯台")).text


def test_a_piece_that_stands_everywhere_asks_for_a_longer_one(unspaced, monkeypatch):
    monkeypatch.setattr(stretches, "MOST", 1)
    with pytest.raises(WrongUse, match="longer piece"):
        unspaced.search("灯台")
    assert found(unspaced, "冬の嵐が来る") == {"todai"}


BROKEN = [
    '"river',
    "river AND",
    "AND river",
    "OR OR river",
    "(river",
    "river)",
    "((((((((((((((((((((((((river))))))))))))))))))))))))",
    "river)) OR ((",
    "{headline} river",
    "^river",
    "river*** **",
    "NOT river",
    "-river",
    "river ; --",
    "'river'",
    "river\x00",
    "!!! river ???",
    "*river",
]


@pytest.mark.parametrize("query", BROKEN)
def test_a_query_whose_signs_do_not_fit_is_taken_for_words(archive, query):
    words = {"headline"} & set(query.replace("{", " ").replace("}", " ").split())
    assert found(archive, query) == (set() if words else {"flood", "mayor", "undated"})


ESCAPES = [
    "s_lodi_post",
    'x") OR keys : ("s_lodi_post',
    "keys:s_lodi_post",
    "x) OR keys:s_lodi_post OR (y",
    "sec_576F726C64",
    "l_en",
    "m_202611",
    "{keys}:l_en",
]


@pytest.mark.parametrize("query", ESCAPES)
def test_a_query_does_not_reach_the_filter_words(archive, query):
    assert archive.search(query).total == 0


@pytest.mark.parametrize("query", ["", "   ", "!!!", '""', "()", "AND", "NOT OR", "-"])
def test_a_query_without_a_word_is_refused_with_an_example(archive, query):
    with pytest.raises(WrongUse, match="Examples"):
        archive.search(query)


def test_a_query_that_is_far_too_long_is_refused(archive):
    with pytest.raises(WrongUse, match="at most"):
        archive.search("word " * 1_000)
    with pytest.raises(WrongUse, match="Split"):
        archive.search("w " * 100)


SIGNS = ["a", "b", "AND", "OR", "NOT", "NEAR", "headline:", " ", "字", "\u0301", "é", *"\"()*:^{}+-,\\'; \x00"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(SIGNS), max_size=25).map("".join))
def test_whatever_is_typed_is_a_valid_query_or_refused(query):
    try:
        expression = match_of(query)
    except WrongUse:
        return
    checked().execute("select rowid from f where f match ?", (f'{expression} AND keys : "s_x"',)).fetchall()


def checked():
    """An index in memory to try expressions on."""
    if not hasattr(checked, "conn"):
        import sqlite3

        checked.conn = sqlite3.connect(":memory:")
        checked.conn.execute("create virtual table f using fts5(headline, abstract, article_body, keys)")
        checked.conn.execute("insert into f values ('a', 'b', 'a b', 's_y')")
    return checked.conn


# --- filters, order, totals


def test_filters_by_site_section_language_and_days(archive):
    assert found(archive, "city OR river OR cup OR rhein", site="bay_times") == {"council", "sport", "undated"}
    assert found(archive, "city OR river OR cup", section="local") == {"mayor", "council"}
    assert found(archive, "cup", section="Sport & Games") == {"sport"}
    assert found(archive, "city OR rhein", language="en") == {"mayor", "council"}
    assert found(archive, "river", from_=date(2026, 11, 2)) == {"mayor"}
    assert found(archive, "river", to=date(2026, 11, 1)) == {"flood"}
    assert found(archive, "river", from_=date(2026, 11, 1), to=date(2026, 11, 2)) == {"flood", "mayor"}
    assert found(archive, "river", site='x" OR keys:"s_lodi_post') == set()


def test_newest_first_puts_undated_stories_last(archive):
    urls = [hit.url.rpartition("/")[2] for hit in archive.search("river", sort="newest").hits]
    assert urls == ["mayor", "flood", "undated"]


def test_oldest_first_tells_who_was_first_and_puts_undated_stories_last_too(archive):
    urls = [hit.url.rpartition("/")[2] for hit in archive.search("river", sort="oldest").hits]
    assert urls == ["flood", "mayor", "undated"]
    pages = [archive.search("river", sort="oldest", limit=1, offset=start).hits for start in range(4)]
    assert [hit.url.rpartition("/")[2] for page in pages for hit in page] == urls
    assert not archive.search("river", sort="oldest", limit=0).hits


def test_the_best_comes_first_and_a_word_in_the_headline_counts_more(archive):
    assert archive.search("flood OR river").hits[0].url.endswith("/flood")
    assert archive.search("council OR budget").hits[0].url.endswith("/council")


def test_pages_of_results_do_not_overlap(archive):
    pages = [archive.search("river", sort="newest", limit=1, offset=start) for start in range(4)]
    assert [len(page.hits) for page in pages] == [1, 1, 1, 0]
    assert len({page.hits[0].key for page in pages[:3]}) == 3
    assert {page.total for page in pages} == {3}


def test_a_snippet_marks_the_matches_and_a_hit_tells_what_a_list_needs(archive):
    (hit,) = archive.search("flood -mayor", site="lodi_post").hits
    assert f"A {MARKS[0]}flood{MARKS[1]} of the old town" in hit.snippet
    assert hit.headline_marked == f"{MARKS[0]}Flood{MARKS[1]} warning for the valley"
    assert (hit.headline, hit.site, hit.article_section) == ("Flood warning for the valley", "lodi_post", "World")
    assert hit.date_published == "2026-11-01T08:00:00Z"


@pytest.fixture(scope="module")
def monotonous(tmp_path_factory):
    """A page that says one word a hundred thousand times, and something else at its end."""
    folder = tmp_path_factory.mktemp("monotonous")
    with open_archive(folder) as archive:
        body = "sand gull " * 90_000 + "the lighthouse keeper waits for the ferry"
        add(archive, "dunes", "Sand", body, "lodi_post", "World", "en", datetime(2026, 11, 1, 8, tzinfo=UTC))
    return folder


@pytest.mark.parametrize("query", ["sand", " ".join(["s*", "sa*", "g*", "gu*"] * 15), "sand OR gull"])
def test_a_page_of_one_word_holds_up_no_search(monotonous, query):
    with open_archive(monotonous) as archive, comes_to_an_end():
        (hit,) = archive.search(query).hits
        (row,) = archive.db.execute(SEARCH_STORIES, {"q": query, "site": ""}).fetchall()
        assert sum(1 for _ in archive.concordance("gull", width=10)) == 90_000
    assert f"{MARKS[0]}sand{MARKS[1]}" in hit.snippet
    assert "[sand]" in row[4]


def test_the_snippet_of_a_long_text_is_the_passage_with_most_of_the_words(monotonous):
    with open_archive(monotonous) as archive:
        (hit,) = archive.search('"lighthouse keeper" OR ferry').hits
        (occurrence,) = archive.concordance('"lighthouse keeper"', width=10)
    assert f"the {MARKS[0]}lighthouse keeper{MARKS[1]} waits for the {MARKS[0]}ferry{MARKS[1]}" in hit.snippet
    assert (occurrence.left, occurrence.match, occurrence.right) == ("gull the ", "lighthouse keeper", " waits for")


def test_a_total_is_exact_up_to_a_bound_and_says_so(archive, monkeypatch):
    monkeypatch.setattr("archiver.store.search.COUNTED", 2)
    result = archive.search("river")
    assert (result.total, result.total_is_exact) == (2, False)


def test_an_unknown_order_is_refused(archive):
    with pytest.raises(WrongUse, match="newest"):
        archive.search("river", sort="size")


def test_captions_are_found_by_their_words_and_by_agency(archive):
    (hit,) = archive.search_captions("picture flood")
    assert hit.caption == f"A {MARKS[0]}picture{MARKS[1]} of the {MARKS[0]}flood{MARKS[1]}"
    assert len(archive.search_captions("AFP")) == 6
    assert {hit.site for hit in archive.search_captions("AFP", site="bay_times")} == {"bay_times"}


# --- Datasette alone, without our metadata or plugin


def ask(folder: Path, path: str):
    async def get():
        datasette = Datasette([str(folder / "archive.db")])
        await datasette.invoke_startup()
        return await datasette.client.get(path)

    return asyncio.run(get())


@pytest.mark.parametrize("page", ["stories", "headlines", "captions", "images"])
def test_datasette_alone_has_a_search_box_that_works(folder, page):
    assert 'type="search"' in ask(folder, f"/archive/{page}").text
    rows = ask(folder, f"/archive/{page}.json?_search=flood&_shape=objects").json()["rows"]
    assert len(rows) == 1
    assert "lood" in str(rows[0])


def test_datasette_alone_shows_a_headline_where_a_row_points_to_a_story(folder):
    assert "Flood warning for the valley</a>" in ask(folder, "/archive/images").text


@pytest.mark.parametrize("page", ["headlines", "captions", "changes"])
def test_the_short_views_hold_short_columns_only(folder, page):
    rows = ask(folder, f"/archive/{page}.json?_shape=objects").json()["rows"]
    assert all(len(str(value)) < 300 for row in rows for value in row.values())


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ('"river', "quotation mark"),
        ("(river OR lake", "parenthesis"),
        ("river) lake", "parenthesis"),
        ("river AND", "between words"),
        ("NOT river", "one before it"),
        ("-river", "one before it"),
        ("*river", "at the end of a word"),
        ("ri*er", "at the end of a word"),
    ],
)
def test_a_query_whose_signs_do_not_fit_together_is_refused_with_the_reason(cli: Cli, query: str, wrong: str):
    cli.archive().close()
    done = cli("search", "--", query)
    assert done.returncode == 2
    assert wrong in done.stderr
    assert "Examples:" in done.stderr


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("river and lake", "in capitals"),
        ("river NEAR lake", '"phrase"'),
        ("NEAR(river lake, 5)", '"phrase"'),
        ("headline: river", "headline:word without a blank"),
    ],
)
def test_a_query_that_finds_nothing_is_told_how_it_may_have_been_meant(cli: Cli, query: str, told: str):
    cli.archive().close()
    done = cli("search", query)
    assert (done.returncode, told in done.stderr) == (4, True), done.stderr
    assert advice("river AND lake OR headline:ferry") is None


@pytest.mark.parametrize(
    "query", ["river", "river NOT lake", "river -lake", "12:30", "state-of-the-art", '"iron bridge" (river OR lake*)', '"iron bri"* "f**k"']
)
def test_a_query_that_fits_together_has_nothing_to_complain_about(query: str):
    assert complaint(query) is None
