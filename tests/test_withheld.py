"""Of a page that says noarchive no text is shown, in whatever way the archive is asked. The list of ways stands in docs/rights.md."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from datasette.utils import tilde_encode

from archiver.browse.serving import make_datasette
from archiver.cli import main
from archiver.export import export
from archiver.queries import load_queries
from archiver.records import Article, Correction, Embed, Evidence, Image, LiveUpdate, RightsSignal
from archiver.store import open_archive, open_reader
from archiver.store.rights import TEXT
from archiver.store.selection import Selection
from tests.test_browse import HOUR, MONDAY, Browser, Shelf

NOARCHIVE = RightsSignal("noarchive", "noarchive", "meta")
HIDDEN, OPEN = "quombleroot", "plinterveil"  # a word in every text of the one story, and of the other


def full(word: str, number: int, rights: tuple[RightsSignal, ...] = ()) -> Article:
    """A story with the word in all of its texts, and in nothing else."""
    said = f"The {word} of the harbour is number {number}."
    body = "\n\n".join([said, *(f"Line {line} of the report on ships and their {word} cargo of the day." for line in range(12))])
    return Article(
        url=f"https://lodi.example/2026/11/{len(word)}-{word[0]}",
        headline=f"Harbour report {word[0]}",
        abstract=f"Standfirst with {word} {number}.",
        description=f"Summary with {word} {number}.",
        date_published="2026-11-16T08:30:00+01:00",
        date_published_utc="2026-11-16T07:30:00Z",
        infosource="LNA",
        word_count=150,
        article_body=body,
        article_body_html=f"<p>{body}</p>",
        images=(
            Image("https://lodi.example/a.jpg", f"Caption {word}.", f"Caption {word}. Photo: LNA", "Photo: LNA", credit_agency="LNA"),
            Image("https://lodi.example/b.jpg", f"Uncredited caption {word}.", alt=f"Alt {word}"),
            Image("https://lodi.example/c.jpg", alt=f"Only alt {word}"),
        ),
        corrections=(Correction("correction", f"Correction {word}."),),
        embeds=(Embed("video", "https://video.example/1", f"Video {word}", "video.example"),),
        live_updates=(LiveUpdate(f"Update {word}", f"Update text {word}", None),),
        evidence=(
            Evidence("abstract", f"Raw {word}", "jsonld", "description", 0.9),
            Evidence("abstract", f"Other {word}", "meta", "description", 0.4, chosen=False, note=f"Note {word}"),
        ),
        rights_signals=rights,
    )


@dataclass(frozen=True)
class Two:
    """An archive of a story that may be shown and one that may not, each with two revisions, and with a copy elsewhere."""

    folder: Path
    hidden: str
    open: str
    copies: dict[str, str]  # of each of them


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    shelf = Shelf(tmp_path_factory.mktemp("two"))
    keys, copies = {}, {}
    shelf.look("lodi", {full(word, 1).url: f"Shown as the {word} of the day." for word in (HIDDEN, OPEN)}, MONDAY)
    for word, rights in ((HIDDEN, (NOARCHIVE,)), (OPEN, ())):
        for number in (1, 2):
            keys[word] = shelf.save(full(word, number, rights), MONDAY + number * HOUR).key
        copy = replace(full(word, 3, rights), url=f"https://orla.example/{word[0]}-copy")
        copies[keys[word]] = shelf.save(copy, MONDAY + timedelta(days=1), "orla").key
    while shelf.archive.compare_stories(100):
        pass
    shelf.close()
    return Two(shelf.folder, keys[HIDDEN], keys[OPEN], copies)


@pytest.fixture(scope="module")
def browser(two: Two) -> Browser:
    return Browser(make_datasette(two.folder))


WAYS = [  # with a text of the story that may be shown in the answer; without
    (True, "search cargo"),
    (True, "search cargo --json"),
    (True, "show {key} --evidence"),
    (True, "show {key} --json"),
    (False, "history {key}"),
    (True, "history {key} --json"),
    (True, "diff {key}"),
    (True, "diff {key} --json"),
    (True, "diff {key} {copy}"),
    (True, "diff {copy} {key} --json"),
    (False, "cite {key}"),
    (False, "duplicates"),
    (False, "duplicates --json"),
]


@pytest.mark.parametrize(("shows_text", "words"), WAYS, ids=[words for _, words in WAYS])
def test_no_command_prints_it(two: Two, shows_text: bool, words: str):
    answers = {
        key: CliRunner().invoke(main, ["--data", str(two.folder), *words.format(key=key, copy=two.copies[key]).split()])
        for key in (two.hidden, two.open)
    }
    assert {answer.exit_code for answer in answers.values()} == {0}
    assert HIDDEN not in answers[two.hidden].output
    assert (OPEN in answers[two.open].output) == shows_text


def test_the_search_over_captions_leaves_it_out(two: Two):
    with open_reader(two.folder) as archive:
        assert archive.search_captions(HIDDEN) == []
        assert archive.search_captions(OPEN)


def test_a_list_of_citations_has_every_story_and_no_text(two: Two, tmp_path: Path):
    with open_reader(two.folder) as archive:
        for ending in ("bib", "ris", "csl.json"):
            done = export(archive, Selection(all_revisions=True), tmp_path / f"all.{ending}")
            text = (tmp_path / f"all.{ending}").read_text(encoding="utf-8")
            assert done.withheld == 0 and all(key in text for key in (two.hidden, two.open))
            assert HIDDEN not in text and OPEN not in text


PAGES = ["/", "/-/story/{key}.json", "/-/search?q=cargo", "/-/search?site=lodi&sort=newest", "/-/story/{key}", "/-/story/{key}?revision=1",
         "/-/story/{key}/diff/1..2", "/-/story/{key}/beside/{copy}", "/-/story/{copy}/beside/{key}"]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        *PAGES,
        "/-/story/{key}/copies",
        "/-/story/{key}/cite.json",
        "/-/changes",
        "/-/changes.atom",
        "/-/search.csv?q=cargo",
        "/-/search.json?q=cargo",
        "/-/search.bib?q=cargo",
        "/-/sites",
        "/-/sites/lodi/front-page",
    ],
)
def test_no_page_of_the_browser_shows_it(two: Two, browser: Browser, path: str):
    shown = {key: browser.get(path.format(key=key, copy=two.copies[key])).text for key in (two.hidden, two.open)}
    assert HIDDEN not in shown[two.hidden]
    assert path not in PAGES or OPEN in shown[two.open]


def test_no_question_shows_it(browser: Browser):
    shown = set()
    for query in load_queries():
        given = {param.name: "cargo OR caption" if param.name == "q" else "" for param in query.params}
        text = browser.get(f"/archive/{query.name}.json?{urlencode(given)}").text
        assert HIDDEN not in text, query.name
        if OPEN in text:
            shown.add(query.name)
    assert {"search_stories", "search_captions", "captions_by_agency", "corrections_and_notes", "unexplained_changes"} <= shown


def tables(two: Two) -> list[str]:
    with open_reader(two.folder) as archive:
        return [*archive.db.table_names(), *archive.db.view_names()]


def test_no_table_or_view_of_datasette_shows_it_and_what_has_text_is_known(two: Two, browser: Browser):
    shown = set()
    for table in tables(two):
        if "_fts_" in table:  # what a search index is made of
            browser.get(f"/archive/{table}.json", 403)
            continue
        for form in ("", ".json", ".csv") if table in TEXT else (".json",):
            text = browser.get(f"/archive/{table}{form}?_size=max" + ("&_labels=on" if form else "")).text
            assert HIDDEN not in text, table
            if OPEN in text:
                shown.add(table)
    assert shown == set(TEXT)
    assert "its page does not say noarchive" in browser.text("/archive/articles")
    found = browser.get("/archive/stories.json?_search=cargo").text
    assert OPEN in found and HIDDEN not in found


def test_no_row_of_datasette_shows_it_but_leads_to_what_may_be_shown(two: Two, browser: Browser):
    with open_reader(two.folder) as archive:
        pages = {"hidden": 0, "open": 0}
        for table in archive.db.table_names():
            if table not in TEXT:
                continue
            names = [column.name for column in archive.db[table].columns if column.is_pk] or ["rowid"]
            of = TEXT[table].story
            for *pks, article_id in archive.db.execute(f"select {', '.join(names)}, {of} from {table}").fetchall():
                (key,) = archive.db.execute("select key from articles where id = ?", (article_id,)).fetchone()
                path = f"/archive/{table}/" + ",".join(tilde_encode(str(pk)) for pk in pks)
                hidden = archive.story(key).withheld is not None  # type: ignore[union-attr]
                answer = browser.get(path, 302 if hidden else 200)
                assert not hidden or answer.headers["location"] == f"/-/story/{key}"
                assert HIDDEN not in browser.get(f"{path}.json", 403 if hidden else 200).text
                pages["hidden" if hidden else "open"] += 1
    assert min(pages.values()) > 20
    for odd in ("%31", "01", "+1", "1%20", "1.blob?_blob_column=abstract", "1/", "1%2F"):
        answer = asyncio.run(browser.datasette.client.get(f"/archive/articles/{odd}", follow_redirects=True))
        assert HIDDEN not in answer.text, odd


def test_where_nothing_is_withheld_nothing_is_left_out(two: Two, tmp_path: Path):
    with open_archive(tmp_path):
        pass
    assert "noarchive" not in Browser(make_datasette(tmp_path)).text("/archive/articles")


def test_every_column_with_text_is_a_column(two: Two):
    with open_reader(two.folder) as archive:
        for table, text in TEXT.items():
            assert text.columns <= set(archive.db[table].columns_dict), table
