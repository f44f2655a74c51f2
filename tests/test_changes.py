"""A scripted newspaper, crawled over four days: every edit is told for what it is, and so is every way in which a story can go away."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from datasette.app import Datasette

from tests.changing_outlet import DAYS, FATES, OTHER_PAGES, ROBOTS, STORIES, TONGUES, own_text, page
from tests.conftest import Cli, NewsServer

pytestmark = pytest.mark.long

REVISIONS = """
    select a.url, r.number, r.change, r.declared, r.stealth, (select number from revisions o where o.id = r.returns_to) as returns_to
    from revisions r join articles a on a.id = r.article_id where r.number > 1 order by a.url, r.number
"""
# Another reader: it reads every text of every page in another way. Python imports this module at its start.
READER_2 = """
from dataclasses import replace
import archiver.extract as extract
from archiver.extract.article import text_hash

def read_article(capture, site=None, first=extract.read_article):
    article = first(capture, site)
    body = "\\n\\n".join(f"{paragraph} Share this." for paragraph in article.article_body.split("\\n\\n"))
    return replace(article, article_body=body, text_hash=text_hash(article.headline, body)) if article.outcome == "article" else article

extract.read_article, extract.EXTRACTOR = read_article, "reader-2"
"""


ABSENCES = """
    select a.url, a.pubstatus, w.kind, w.confirmed_at, w.ended_at, w.looks, w.http_status, w.capture_id, m.url, a.word_count, w.leads_to
    from articles a left join absences w on w.article_id = a.id left join articles m on m.id = w.moved_to order by a.url, w.id
"""


@dataclass
class Told:
    """What the archive says of each story, by path."""

    cli: Cli
    address: str
    revisions: dict[str, list[tuple[str, bool, int | None]]]

    def path(self, url: object) -> str:
        return "/" + str(url).removeprefix(self.address)


def write(server: NewsServer, day: int) -> None:
    """The newspaper as it is on a day."""
    server.page("/robots.txt", ROBOTS[min(day, 2)], content_type="text/plain")
    for path, text in OTHER_PAGES.items():
        server.page(path, text)
    for story in STORIES:
        server.page(story.path, page(story.on(day), day))
    for fate in FATES:
        answer = fate.on(day)
        if answer is None:
            server.page(fate.path, page(own_text(fate.path), day))
        else:
            server.page(fate.path, answer.page, answer.status, **({"Location": answer.leads_to} if answer.leads_to else {}))
        if fate.new_home and day > 1:
            server.page(fate.new_home, page(fate.new_text(own_text(fate.path)), day))
    homes = [fate.new_home for fate in FATES if fate.new_home and day > 1]
    server.front(*(story.path for story in [*STORIES, *FATES]), *homes)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    cli, server = Cli(tmp_path_factory.mktemp("changes")), NewsServer()
    threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    cli.site("gazette", server.address, "delay_s = 0.01")
    reader = other_reader(tmp_path_factory.mktemp("reader"))
    for day, now in DAYS.items():
        write(server, day)
        done = cli("crawl", *(["--recheck"] if day == 4 else []), ARCHIVER_NOW=now, **(reader if day == 4 else {}))
        assert done.returncode in (0, 3), done.stdout + done.stderr
    told = Told(cli, server.address, {story.path: [] for story in STORIES})
    for url, _, change, _, stealth, returns_to in cli.rows(REVISIONS):
        told.revisions.setdefault(told.path(url), []).append((str(change), bool(stealth), returns_to))  # type: ignore[arg-type]
    yield told
    server.http.shutdown()
    server.http.server_close()


def other_reader(folder: Path) -> dict[str, str]:
    (folder / "sitecustomize.py").write_text(READER_2)
    return {"PYTHONPATH": str(folder)}


def test_every_edit_is_told_for_what_it_is_and_nothing_else_is_one(told: Told):
    expected = {story.path: [(each.change, each.stealth, each.returns_to) for each in story.expected] for story in STORIES}
    assert {path: found for path, found in told.revisions.items() if found != expected.get(path)} == {}


def test_precision_and_recall_are_one_for_changed_for_stealth_and_for_each_class(told: Told):
    confusion: Counter[tuple[str, str]] = Counter()
    for story in STORIES:
        said = [(change, stealth) for change, stealth, _ in told.revisions[story.path]]
        true = [(each.change, each.stealth) for each in story.expected]
        for (is_class, is_stealth), (says_class, says_stealth) in zip(true, said, strict=True):
            confusion[(is_class, says_class)] += 1
            confusion[(f"stealth {is_stealth}", f"stealth {says_stealth}")] += 1
    assert all(true == said for true, said in confusion)
    assert {true for true, _ in confusion} >= {"headline", "standfirst", "substantive", "cosmetic", "update", "correction"}
    assert len(STORIES) > 60


def test_all_was_read_by_another_reader_on_the_last_day(told: Told):
    rows = told.cli.rows("select url from articles where read_with = 'reader-2'")
    assert {story.path for story in STORIES} <= {told.path(url) for (url,) in rows}


def test_every_way_to_go_away_is_told_for_what_it_is_with_its_days(told: Told):
    days = {now.replace("+00:00", "Z"): day for day, now in DAYS.items()}
    said = {
        told.path(url): (pubstatus, kind, days.get(str(confirmed)), days.get(str(ended)), told.path(home) if home else None)
        for url, pubstatus, kind, confirmed, ended, _, _, _, home, _, _ in told.cli.rows(ABSENCES)
    }
    told_early = {each.path for each in FATES if each.may_be_told_on and said[each.path][2] == each.may_be_told_on}
    on = {each.path: each.may_be_told_on if each.path in told_early else each.confirmed_on for each in FATES}
    true = {each.path: (each.pubstatus, each.kind, on[each.path], each.ended_on, each.new_home) for each in FATES}
    assert {path: (said[path], fate) for path, fate in true.items() if said[path] != fate} == {}
    assert {path for path, fate in said.items() if path not in true and fate[1]} == set()


def test_each_absence_has_its_evidence_and_the_last_reading_stays(told: Told):
    rows = [row for row in told.cli.rows(ABSENCES) if row[2]]
    assert len(rows) == sum(fate.kind is not None for fate in FATES)
    for url, _, kind, _, _, looks, status, capture_id, _, word_count, leads_to in rows:
        assert (looks, capture_id, status) > (0, 0, 0), url  # type: ignore[operator]
        assert word_count > 90, url  # type: ignore[operator]
        assert bool(leads_to) == (str(kind).startswith("redirect") or kind == "moved" or "leads-to-a-page-that-says" in url), url
    codes = {told.path(row[0]): row[6] for row in rows}
    assert (codes["/answered-with-404"], codes["/answered-with-410"], codes["/leads-to-a-section"]) == (404, 410, 301)


def test_a_newsrooms_note_is_tied_to_the_sentence_that_it_speaks_of_in_every_language(told: Told):
    query = """
        select a.url, n.text from articles a join revisions r on r.article_id = a.id join revision_changes c on c.revision_id = r.id
        left join corrections n on n.id = c.correction_id where c.kind = 'changed' and r.change in ('correction', 'update')
    """
    explained = {told.path(url): note for url, note in told.cli.rows(query)}
    for tongue in TONGUES:
        name = tongue.text.language
        assert str(explained[f"/{name}-swapped-with-a-correction"]).startswith(tongue.correction[:5])
        assert str(explained[f"/{name}-swapped-with-an-update"]).startswith(tongue.update[:5])
    assert explained["/corrected-beside-the-text"]


def test_history_shows_a_moved_story_as_one_and_how_it_went_away(told: Told):
    said = told.cli("history", f"{told.address}politics/now-called-otherwise").stdout
    assert f"{told.address}moved-without-a-word" in said
    assert "Away since 2026-03-03T20:00:00Z: moved" in said


def test_the_pages_of_a_story_show_its_absence_and_what_no_note_explains(told: Told):
    keys = {told.path(url): key for url, key in told.cli.rows("select url, key from articles")}

    async def page_of(address: str) -> str:
        datasette = Datasette([str(told.cli.data / "archive.db")])
        await datasette.invoke_startup()
        return (await datasette.client.get(f"/-/story/{address}")).text

    away = asyncio.run(page_of(str(keys["/leads-to-a-section"])))
    assert "its address leads to a section page" in away
    assert "2 looks" in away or "3 looks" in away
    diff = asyncio.run(page_of(f"{keys['/corrected-late']}/diff/1..3"))
    assert "What this note speaks of" in diff
    assert "What no note explains" in asyncio.run(page_of(f"{keys['/a-weekday']}/diff/1..2"))


def test_a_server_that_hangs_up_is_told_in_words(told: Told):
    rows = told.cli.rows("select distinct reason from outcomes where url like '%/without-an-answer' and outcome = 'connection_lost'")
    assert rows and not [reason for (reason,) in rows if "twisted" in str(reason).casefold()], rows
