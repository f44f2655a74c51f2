"""A news site that the crawler was not made for, crawled from its front page alone over four days: all is kept, nobody is annoyed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.conftest import Cli
from tests.foreign_outlet import Asked, ForeignOutlet, Version

pytestmark = pytest.mark.long

DELAY_S = 0.05  # asked for in robots.txt
FACTS = 'delay_s = 0.02\ntimezone = "America/Santiago"'
STORIES = """
    select a.url, a.headline, t.article_body, a.pubstatus, a.revision_count, a.date_published from articles a
    join article_texts t on t.article_id = a.id
"""


@dataclass(frozen=True)
class Kept:
    """A story as the archive has it."""

    url: str
    headline: str
    body: str
    pubstatus: str
    revisions: int
    published: str


@dataclass
class Day:
    """What a run left, and what it asked."""

    exit_code: int
    said: str
    stories: dict[str, Kept]
    truth: dict[str, Version]
    asked: list[Asked]


@dataclass
class Play:
    """Four days; `again` is a second run on the evening of the first."""

    outlet: ForeignOutlet
    cli: Cli
    days: dict[int, Day] = field(default_factory=dict)
    again: Day | None = None


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    cli = Cli(tmp_path_factory.mktemp("foreign"))
    with ForeignOutlet(DELAY_S, slow_s=0.3) as outlet:
        cli.site("faro", outlet.address, FACTS)
        play = Play(outlet, cli)
        for number in (1, 2, 3, 4):
            play.days[number] = crawl(outlet, cli, number)
            play.again = play.again or crawl(outlet, cli, number)
        yield play


def crawl(outlet: ForeignOutlet, cli: Cli, number: int) -> Day:
    before = len(outlet.log)
    done = cli("crawl", ARCHIVER_NOW=outlet.day(number))
    return Day(done.returncode, done.stdout + done.stderr, kept(cli), outlet.truth.stories(number), outlet.asked(before))


def kept(cli: Cli) -> dict[str, Kept]:
    return {str(row[0]): Kept(*row) for row in cli.rows(STORIES)}  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_story_is_kept_with_its_headline_text_and_moment(play: Play, number: int):
    day = play.days[number]
    assert set(day.truth) - set(day.stories) == set()
    for url, version in day.truth.items():
        story = play.outlet.truth.by_path(url.removeprefix(f"http://{play.outlet.host}"))
        assert story is not None
        assert day.stories[url].headline == version.headline
        assert all(paragraph in day.stories[url].body for paragraph in version.paragraphs), url
        assert day.stories[url].published == story.published.isoformat()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_nothing_is_stored_that_is_no_story(play: Play, number: int):
    renamed = {play.outlet.url(story.new_path) for story in play.outlet.stories if story.new_path}
    assert set(play.days[number].stories) - set(play.days[number].truth) <= renamed


def test_nothing_forbidden_foreign_or_endless_is_asked_for(play: Play):
    assert play.outlet.truth.offences() == []


def test_the_pace_that_robots_txt_asks_for_is_kept_one_request_at_a_time(play: Play):
    assert min(play.outlet.truth.paces()) >= DELAY_S
    assert play.outlet.most_open == 1


def test_a_run_right_after_another_asks_for_indexes_only_and_only_on_condition(play: Play):
    assert play.again is not None
    known = {url.removeprefix(f"http://{play.outlet.host}") for url in play.again.truth}
    assert [asked.path for asked in play.again.asked if asked.path in known] == []
    tagged = {asked.path for asked in play.again.asked} & {"/rss/portada.xml", "/mapas/indice.xml", "/mapas/noticias.xml.gz"}
    assert len(tagged) == 3
    assert all(asked.conditional for asked in play.again.asked if asked.path in tagged)


def test_no_story_is_asked_for_twice_in_a_run(play: Play):
    for day in (*play.days.values(), play.again):
        assert day is not None
        paths = [asked.path for asked in day.asked if asked.status not in (429, 302, 301) and "/nota/" in asked.path]
        assert len(paths) == len(set(paths))


def test_edits_become_revisions_and_nothing_else_does(play: Play):
    edited = dict.fromkeys(play.outlet.truth.changes(4), 2)
    assert {url: story.revisions for url, story in play.days[4].stories.items() if story.revisions > 1} == edited
    for url, version in play.outlet.truth.changes(4).items():
        assert version.paragraphs[0] in play.days[4].stories[url].body


def test_an_edit_that_nobody_declared_is_called_stealth(play: Play):
    rows = play.cli.rows("select a.url, r.declared, r.stealth from revisions r join articles a on a.id = r.article_id where r.number = 2")
    kinds = {url: version.kind for url, version in play.outlet.truth.changes(4).items()}
    assert {kinds[str(url)]: (declared, stealth) for url, declared, stealth in rows if kinds[str(url)] in ("update", "stealth")} == {
        "update": (1, 0),
        "stealth": (0, 1),
    }


def test_what_the_outlet_took_down_is_kept_and_named(play: Play):
    expected = {"gone": "gone", "home": "gone", "soft404": "gone", "renamed": "moved"}
    ended = {url: expected[how] for url, how in play.outlet.truth.ended(4).items()}
    assert {url: story.pubstatus for url, story in play.days[4].stories.items() if story.pubstatus != "live"} == ended
    assert all(len(play.days[4].stories[url].body) > 300 for url in ended)


def test_a_renamed_story_is_there_under_its_new_name_at_once(play: Play):
    [story] = [story for story in play.outlet.stories if story.new_path]
    assert play.days[3].stories[play.outlet.url(story.new_path or "")].pubstatus == "live"


def test_every_address_of_a_run_has_one_fitting_outcome(play: Play):
    first = dict(play.cli.rows("select url, outcome from outcomes where run_id = 1"))
    fitting = {"bomb": "too_large", "huge": "too_large", "loop": "redirect_loop", "to_private": "redirected_away", "slow": "new"}
    for story in play.outlet.stories:
        if story.trick in fitting:
            assert first[play.outlet.url(story.path)] == fitting[story.trick], story.trick
    assert "kept" not in first.values()


def test_a_crawl_killed_in_the_middle_and_run_again_ends_like_an_undisturbed_one(tmp_path_factory: pytest.TempPathFactory):
    with ForeignOutlet(DELAY_S, slow_s=0.1) as outlet:
        now = outlet.day(1)
        calm, killed = (Cli(tmp_path_factory.mktemp(name)) for name in ("calm", "killed"))
        for cli in (calm, killed):
            cli.site("faro", outlet.address, FACTS)
        calm("crawl", ARCHIVER_NOW=now)
        before = len(outlet.log)
        process = killed.start("crawl", ARCHIVER_NOW=now)
        while len(outlet.log) < before + 28 and process.poll() is None:
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        killed("crawl", ARCHIVER_NOW=now)
        assert kept(killed) == kept(calm)
        stories = {story.path for story in outlet.stories}
        asked = [one.path for one in outlet.asked(before) if one.path in stories and one.status == 200]
        assert len(asked) - len(set(asked)) <= 2  # those on the wire when it was killed
