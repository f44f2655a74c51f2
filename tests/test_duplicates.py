"""Copies of one text are found, however they were edited, and nothing else is; in whatever order the stories come."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from archiver.agencies import agency_name
from archiver.duplicates import are_copies, compare, marks, own_paragraphs, runs, runs_of, shingles, sketch
from archiver.ingest import compare_waiting
from archiver.store import Archive, duplicates, open_archive
from archiver.store.migrations import migrations
from tests.patience import comes_to_an_end
from tests.planted_copies import (
    DAY_1,
    Desk,
    Planted,
    as_body,
    copies,
    found_clusters,
    found_pairs,
    look_alikes,
    save,
    true_pairs,
)


@pytest.fixture
def archive(tmp_path: Path):
    with open_archive(tmp_path) as opened:
        yield opened


@pytest.fixture
def desk() -> Desk:
    return Desk(11)


def compared(archive: Archive, stories: list[Planted]) -> set[frozenset[str]]:
    """The clusters once these are stored."""
    with archive.writing():
        save(archive, stories)
    compare_waiting(archive)
    return found_clusters(archive)


def urls(*stories: Planted) -> frozenset[str]:
    return frozenset(story.article().url for story in stories)


def in_order(*bodies: str, name: str = "a", days: float = 1) -> list[Planted]:
    """Stories of as many sites, one a day."""
    return [Planted(f"{name}-{nr}", f"site_{nr}", DAY_1 + timedelta(days=days * nr), body, name) for nr, body in enumerate(bodies)]


# --- found, and nothing else


def test_planted_copies_are_found_and_look_alikes_are_not(archive):
    desk = Desk(1)
    stories = copies(desk, 160) + look_alikes(desk)
    random.Random(1).shuffle(stories)
    compared(archive, stories)
    true, found = true_pairs(stories), found_pairs(archive)
    precision, recall = len(true & found) / len(found), len(true & found) / len(true)
    assert len(true) > 500
    assert 2 * precision * recall / (precision + recall) >= 0.97
    assert precision >= 0.995


def test_neither_shared_quotations_nor_boilerplate_nor_forms_make_a_cluster(archive, desk):
    assert compared(archive, look_alikes(desk)) == set()


@pytest.mark.parametrize("marks", [('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("»", "«"), ("‘", "’"), ("「", "」"), ("”", "”")])
def test_what_is_quoted_does_not_count(marks, desk):
    before, after = marks
    said = " ".join(desk.sentence(1) for _ in range(9)).replace("the", "don’t")
    one, other = (shingles(runs_of(f"{desk.sentence(2)} {before}{said}{after} {as_body(desk.text(2))}")) for _ in range(2))
    assert compare(one, other).common == 0


def test_a_quotation_goes_on_over_paragraphs_and_ends_with_its_last_one():
    body = "The mayor spoke.\n\n“We shall build.\n\n“We shall pay” he said.\n\nNobody clapped."
    assert own_paragraphs(body) == ["the mayor spoke", "he said", "nobody clapped"]


def test_a_quotation_that_is_set_off_without_marks_does_not_count():
    body = "The mayor spoke.\n\nWe shall build & pay.\n\nNobody clapped."
    html = "<p>The mayor spoke.</p><blockquote><p>We shall <b>build</b> &amp; pay.</p></blockquote><p>Nobody clapped.</p>"
    assert own_paragraphs(body, html) == ["the mayor spoke", "nobody clapped"]


def test_the_short_way_to_the_runs_of_a_text_leads_to_the_same_as_the_long_one(desk):
    signs = [*"ab cdE.,'’–…\n\n “”\"«»‘_1 \t", "Straße", "ﬁ", "\u00a0", "漢字", "İ"]
    mixed = ["".join(desk.random.choices(signs, k=desk.random.randrange(200))) for _ in range(400)]
    for text in mixed + [as_body(desk.text(3, language)) for language in ("en", "de", "zh")]:
        for html in ("", f"<blockquote><p>{text[10:60]}</p></blockquote>"):
            assert runs_of(text, html) == runs(own_paragraphs(text, html))


def test_a_sketch_is_the_same_tomorrow_and_what_it_holds_can_be_found_in_a_part_of_the_text(desk):
    found = runs_of("Nobody knew why the ferry had left the harbour at night without a light. " * 3 + as_body(Desk(2).text(1)))
    assert sketch(found)[:3] == (
        62683374,
        4312545992,
        8683096398,
    )  # another value: sketches that are kept are worthless; duplicates.SKETCHED_BY must tell so
    assert sketch(found) == sketch(found[::-1]) == sketch(found * 2)
    halves = found[:100], found[100:]
    assert all((mark in marks(halves[0])) or (mark in marks(halves[1])) for mark in sketch(found))
    assert sketch(found[:23]) == ()


def test_sketches_that_another_version_of_rensa_made_are_made_anew_and_the_clusters_stay(archive, desk):
    stories = copies(desk, 20)
    before = compared(archive, stories)
    sketches = archive.db.execute("select * from sketches order by 1").fetchall()
    archive.db.execute("update sketches set hashes = cast(x'01' || substr(hashes, 2) as blob)")
    archive.db.execute("update sketch_hashes set hash = hash + 1")
    assert archive.count_uncompared() == len(stories)
    with archive.writing():
        save(archive, [Planted("one-more", "site_0", DAY_1, as_body(desk.text(1)), "one")])
    compare_waiting(archive)
    assert found_clusters(archive) == before and archive.count_uncompared() == 0
    assert archive.db.execute("select * from sketches order by 1 limit ?", (len(sketches),)).fetchall() == sketches


@pytest.mark.parametrize("language", ["en", "de", "es", "zh"])
def test_wire_copy_with_another_lead_a_cut_tail_and_a_local_insert_is_a_copy(archive, desk, language):
    text = desk.text(3, language, (10, 10))
    lead = [[desk.sentence(3, language)], *text[1:]]
    tail = text[:6]
    insert = [*text[:4], [desk.sentence(3, language), desk.sentence(3, language)], *text[4:]]
    stories = in_order(*(as_body(each) for each in (text, lead, tail, insert)))
    assert compared(archive, stories) == {urls(*stories)}


def test_the_same_text_at_several_addresses_is_found_even_when_all_of_it_is_quoted_and_years_apart(archive, desk):
    text = f"“{as_body(desk.text(1, paragraphs=(1, 1)) * 3)}”".replace("\n\n", " ")
    first, second = in_order(text, text, days=400)
    same = [replace(first, of="x"), replace(second, name="a-0")]  # the headline is made of the name
    assert compared(archive, same) == {urls(*same)}
    assert archive.db.execute("select same_text, contained, first_contained from copies").fetchall() == [(1, 1.0, 1.0)] * 2


def test_a_text_that_is_printed_again_next_year_is_another_story(archive, desk):
    text = desk.text(4)
    assert compared(archive, in_order(as_body(text), as_body(desk.edited(text, 0.1, 4)), days=365)) == set()


def test_a_very_short_text_is_no_copy_of_anything(archive):
    assert compared(archive, in_order("This video is not available.", "This video is not available.")) == set()


# --- what is told of a copy


def test_a_brief_inside_a_longer_story_is_told_by_both_numbers(archive, desk):
    text = desk.text(5, paragraphs=(12, 12))
    long, brief = in_order(as_body(text), as_body(text[:3]))
    compared(archive, [long, brief])
    cluster = archive.clusters()[0]
    assert [copy.url for copy in cluster.copies] == [long.article().url, brief.article().url]
    assert cluster.copies[1].contained > 0.97
    assert 0.1 < cluster.copies[1].first_contained < 0.4


def test_the_earliest_copy_stands_first_even_when_it_comes_last(archive, desk):
    text = desk.text(6)
    early, middle, late = in_order(as_body(text), as_body(text[1:]), as_body(text[:-1]))
    compared(archive, [late, middle])
    assert archive.clusters()[0].copies[0].url == middle.article().url
    compared(archive, [early])
    assert [copy.is_first for copy in archive.clusters()[0].copies] == [1, 0, 0]
    assert archive.clusters()[0].copies[0].url == early.article().url


def test_a_cluster_names_the_agency_that_most_copies_name_and_says_where(archive, desk):
    stories = in_order(*[as_body(desk.text(7))] * 3)
    compared(archive, stories)
    named = [("Reuters", "dateline"), ("A.P.", "dateline"), ("The Associated Press", "author")]  # the last two are one
    for number, (agency, method) in enumerate(named, 1):
        archive.db.execute("update articles set infosource = ? where id = ?", (agency, number))
        row = (number, 0, "infosource", agency, method, "x", 0.9, 1)
        columns = "article_id, position, field, value_raw, method, locator, confidence, chosen"
        archive.db.execute(f"insert into field_evidence ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", row)
    compare_waiting(archive)
    cluster = archive.clusters()[0]
    assert (cluster.agency, cluster.agency_evidence) == ("AP", "AP: dateline 1, author 1; Reuters: dateline 1")
    assert [copy.infosource for copy in cluster.copies] == [agency for agency, _ in named]  # as printed


@pytest.mark.parametrize(
    ("printed", "name"),
    [("Deutsche Presse-Agentur", "dpa"), ("dpa/lno", "dpa"), ("AGENCE FRANCE-PRESSE", "AFP"), ("Örtlicher Dienst", "Örtlicher Dienst")],
)
def test_an_agency_has_one_name_and_what_is_none_keeps_its_own(printed, name):
    assert agency_name(printed) == name


# --- clusters


@pytest.mark.parametrize("seed", range(2))
def test_the_clusters_do_not_depend_on_the_order_in_which_stories_come(tmp_path, seed):
    desk = Desk(2)
    stories = copies(desk, 30) + look_alikes(desk)[:100]
    orders = [sorted(stories, key=lambda story: story.published), stories[:]]
    random.Random(seed).shuffle(orders[1])
    found = []
    for number, order in enumerate(orders):
        with open_archive(tmp_path / str(number)) as archive:
            for at in range(0, len(order), 40):
                compared(archive, order[at : at + 40])
            found.append((found_clusters(archive), archive.db.execute("select count(*) from copy_pairs").fetchone()))
    assert found[0] == found[1]


def test_a_bridge_makes_one_cluster_of_two_and_the_older_number_stays(archive, desk):
    text = desk.text(8, paragraphs=(9, 9))
    left, right, bridge = in_order(as_body(text[:4]), as_body([*text[:2], *text[5:]]), as_body(text))
    other_left, other_right = replace(left, name="b", site="site_5"), replace(right, name="c", site="site_6")
    two = compared(archive, [left, other_left, right, other_right])
    assert two == {urls(left, other_left), urls(right, other_right)}
    oldest = min(cluster.id for cluster in archive.clusters())
    assert compared(archive, [bridge]) == {urls(left, right, bridge, other_left, other_right)}
    assert [cluster.id for cluster in archive.clusters()] == [oldest]


def test_a_chain_of_copies_does_not_tie_stories_together_that_share_nothing(archive, desk):
    text = desk.text(9, paragraphs=(60, 60))
    chain = in_order(*(as_body(text[at : at + 12]) for at in range(0, 48, 4)), days=0.5)
    clusters = compared(archive, chain)
    first = chain[0].article().url
    assert len(clusters) > 1
    assert chain[1].article().url in next(cluster for cluster in clusters if first in cluster)
    assert chain[6].article().url not in next(cluster for cluster in clusters if first in cluster)


def test_a_roundup_does_not_tie_its_parts_together(archive, desk):
    parts = [desk.text(topic, paragraphs=(4, 4)) for topic in range(3)]
    roundup = as_body(paragraph for part in parts for paragraph in part)
    *briefs, day = in_order(*map(as_body, parts), roundup)
    assert compared(archive, [*briefs, day]) == {urls(briefs[0], day)}
    pairs = archive.db.execute("select count(*) from copy_pairs").fetchone()
    assert pairs == (6,)  # it is told that each is in it


# --- what changes later


def test_a_revision_changes_who_belongs_together(archive, desk):
    text = desk.text(10)
    stories = in_order(as_body(text), as_body(text), as_body(text))
    assert compared(archive, stories) == {urls(*stories)}
    rewritten = replace(stories[1], text=as_body(desk.text(1)), published=DAY_1 + timedelta(days=5))
    assert compared(archive, [rewritten]) == {urls(stories[0], stories[2])}
    assert archive.db.execute("select count(*) from articles").fetchone() == (3,)
    back = replace(stories[1], published=DAY_1 + timedelta(days=6))
    assert compared(archive, [back]) == {urls(*stories)}


def test_a_cluster_that_splits_while_a_new_one_forms_before_it_keeps_its_number(archive, desk):
    text, other = as_body(desk.text(10)), as_body(desk.text(1))
    stories = in_order(text, text, text, text, text)
    assert compared(archive, stories) == {urls(*stories)}
    (number,) = archive.db.execute("select id from copy_clusters").fetchone()
    moved = [replace(story, text=other, published=DAY_1 + timedelta(days=10 + nr)) for nr, story in enumerate(stories[2:])]
    assert compared(archive, moved) == {urls(*stories[:2]), urls(*stories[2:])}
    assert number in {row[0] for row in archive.db.execute("select id from copy_clusters")}


def test_a_story_that_was_revised_at_its_address_is_no_copy_of_itself(archive, desk):
    (story,) = in_order(as_body(desk.text(1)))
    assert compared(archive, [story, replace(story, text=story.text + " More.", published=DAY_1 + timedelta(days=1))]) == set()


def test_what_is_forgotten_leaves_no_trace_and_the_others_close_up(archive, desk):
    text = as_body(desk.text(2))
    stories = in_order(text, text, text)
    compared(archive, stories)
    with archive.writing():
        duplicates.forget(archive.db, 1)
    assert found_clusters(archive) == {urls(*stories[1:])}
    assert [copy.is_first for copy in archive.clusters()[0].copies] == [1, 0]
    for table in ("sketches", "sketch_hashes", "sketches_due", "copies", "copy_pairs"):
        assert archive.db.execute(f"select count(*) from {table} where article_id = 1").fetchone() == (0,), table
    with archive.writing():
        duplicates.forget(archive.db, 2)
    assert archive.clusters() == []


def test_comparing_again_changes_nothing(archive, desk):
    compared(archive, copies(desk, 12))
    tables = ("sketches", "sketch_hashes", "copies", "copy_pairs", "copy_clusters")
    before = [archive.db.execute(f"select * from {table}").fetchall() for table in tables]
    archive.db.execute("insert into sketches_due select id from articles")
    compare_waiting(archive)
    assert [archive.db.execute(f"select * from {table}").fetchall() for table in tables] == before


def test_a_site_that_prints_one_text_too_often_does_not_hold_up_the_others(archive, desk):
    junk = as_body(desk.text(3, paragraphs=(4, 4)))
    stories = [Planted(f"junk-{n}", "site_1", DAY_1 + timedelta(hours=n), junk + f" {n}", "junk") for n in range(60)]
    compared(archive, stories)
    rows = archive.db.execute("select max(n) from (select count(*) as n from sketch_hashes group by hash)").fetchone()
    assert rows[0] <= duplicates.BOILERPLATE_STORIES


# --- from an older archive, and after a crash


def test_stories_of_an_older_archive_wait_to_be_compared(tmp_path, desk):
    db = Database(tmp_path / "archive.db")
    migrations.apply(db, stop_before="m011_copies")
    stories = in_order(*[as_body(desk.text(4))] * 2)
    for number, story in enumerate(stories, 1):
        article, seen_at = story.article(), f"{story.published:%Y-%m-%dT%H:%M:%SZ}"
        db["sites"].insert({"name": story.site, "url": "https://x.example/", "added_at": seen_at})
        told = {"id": number, "key": f"k{number}", "search_id": number, "site": story.site, "url": article.url, "date_precision": "second"}
        kept = {"access_observed": "full", "word_count": article.word_count, "text_hash": article.text_hash, "first_seen_at": seen_at}
        db["articles"].insert(told | kept | {"last_seen_at": seen_at, "revision_count": 1, "pubstatus": "live"})
        db["article_texts"].insert({"article_id": number, "article_body": story.text})
    db.close()
    with open_archive(tmp_path) as archive:
        assert archive.count_uncompared() == 2
        assert compare_waiting(archive, at_most=1) == 2
        assert archive.count_uncompared() == 0
        assert found_clusters(archive) == {urls(*stories)}


def test_a_process_that_is_killed_while_comparing_leaves_its_stories_waiting(tmp_path, desk):
    stories = copies(desk, 20)
    with open_archive(tmp_path) as archive, archive.writing():
        save(archive, stories)
    code = f"""
from pathlib import Path
from archiver.store import open_archive
archive = open_archive(Path({str(tmp_path)!r}))
for step in range(10**6):
    archive.compare_stories(7)
    print(step, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    with open_archive(tmp_path) as archive:
        compare_waiting(archive)
        killed = found_clusters(archive)
    with open_archive(tmp_path / "undisturbed") as archive:
        assert killed == compared(archive, stories)


@comes_to_an_end()
def test_a_hostile_text_is_compared_in_bounded_time():
    for text in ("“" * 200_000, "‘ ’a" * 100_000, "«»" * 200_000, "\n\n" * 200_000, "漢" * 300_000):
        sketch(runs_of(text, "<blockquote>" * 50_000))


def test_the_verdict_is_stricter_within_one_site():
    half = compare(frozenset(range(100)), frozenset(range(40, 140)))  # 60 of 140
    assert are_copies(half, same_site=False)
    assert not are_copies(half, same_site=True)


# --- what a user sees


def test_the_command_names_who_has_a_text_and_how_much_of_it(tmp_path, typed, desk):
    text = desk.text(5, paragraphs=(10, 10))
    first, second, other = in_order(as_body(text), as_body(text[:6]), as_body(desk.text(6)))
    with open_archive(tmp_path / "data") as archive:
        save(archive, [first, second, other])
        keys = [key for (key,) in archive.db.execute("select key from articles order by id").fetchall()]
    done = typed("duplicates")  # compares what waits
    assert (done.exit_code, "Story a-0" in done.output, "site_0" in done.output) == (0, True, True)
    assert re.search(r"site_1 .* has \d\d% of it, 0% its own", done.output)
    assert "site_2" not in done.output
    assert f"archiver diff {keys[0]} {keys[1]}" in done.output
    assert "[-" in typed("diff", keys[0], keys[1]).output
    assert "The same text in 1 other story:" in typed("show", keys[1]).output
    assert "same text" not in typed("show", keys[2]).output
    cluster = json.loads(typed("duplicates", "--json", "--site", "site_1").output)
    assert [copy["key"] for copy in cluster["copies"]] == keys[:2]
    assert [copy["key"] for copy in json.loads(typed("show", keys[1], "--json").output)["copies"]] == keys[:2]


def test_the_command_says_when_there_is_nothing(tmp_path, typed, desk):
    with open_archive(tmp_path / "data") as archive:
        save(archive, in_order(as_body(desk.text(1))))
    assert typed("duplicates").exit_code == 4
    assert typed("diff", "a", "b", "--from", "1").exit_code == 2
