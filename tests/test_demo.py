"""`archiver demo`, played once, leaves in the archive what the outlet's script says."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import astuple, dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archiver.captures import Captures
from archiver.demo import Outlet, Story
from archiver.demo.pictures import picture
from archiver.schedule import active_sites
from archiver.sites import load_sites
from archiver.store import Story as Kept
from archiver.store import open_reader
from tests.conftest import Cli

pytestmark = pytest.mark.long

TRUTH = Outlet.truth(4)
EVERY = {story.slug: story for story in (*TRUTH.live, *TRUTH.vanished)}
EVERY_DAY = [story for day in (1, 2, 3, 4) for story in Outlet.truth(day).live]
CHANGED = {story.slug: kind for day in (2, 3, 4) for story, kind in Outlet.truth(day).changed}


@dataclass(frozen=True)
class Demo:
    cli: Cli
    printed: str
    stories: dict[str, Kept]  # by slug

    def kept(self, story: Story) -> Kept:
        return self.stories[story.slug]

    def number_of(self, words: str) -> int:
        """The number printed before these words."""
        [found] = re.findall(rf"^ *(\d+) +[^\n]*{words}", self.printed, re.MULTILINE)
        return int(found)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    cli = Cli(tmp_path_factory.mktemp("demo"))
    done = subprocess.run(cli.command("-q", "demo"), cwd=cli.folder, env=cli.env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    with open_reader(cli.data) as archive:
        keys = [key for (key,) in archive.db.execute("select key from articles").fetchall()]
        found = [story for key in keys if (story := archive.story(key))]
    return Demo(cli, done.stdout, {story.article["url"].strip("/").rsplit("/", 1)[1]: story for story in found})


def each(stories: dict[str, Story]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("story", [pytest.param(story, id=slug) for slug, story in stories.items()])


def test_every_story_is_there_once_whatever_addresses_lead_to_it(demo: Demo):
    urls = [story.article["url"] for story in demo.stories.values()]
    assert sorted(re.sub(r"^https?://[^/]+", "", url) for url in urls) == sorted(story.path for story in EVERY.values())
    assert demo.cli.rows("select count(*) from articles") == [(len(EVERY),)]


@each(EVERY)
def test_headline_section_and_dates_are_the_storys_own(demo: Demo, story: Story):
    article = demo.kept(story).article
    assert article["headline"] == story.headline  # without the section's label behind it
    assert article["article_section"].casefold() == (story.label or story.section).casefold()
    assert article["date_published"] == story.published.isoformat()
    assert article["date_precision"] == "second"
    assert article["in_language"] == story.language


@each(EVERY)
def test_text_is_whole_and_nothing_but_the_storys(demo: Demo, story: Story):
    kept = demo.kept(story)
    note = [story.note] if story.note else []
    assert kept.article_body.split("\n\n") == [*story.body, *note]
    assert kept.article["abstract"] == story.standfirst


@each(EVERY)
def test_dateline_byline_and_agency_are_told_apart(demo: Demo, story: Story):
    article = demo.kept(story).article
    assert article["dateline"] == (f"{story.dateline} ({story.agency})" if story.agency else story.dateline)
    assert article["infosource"] == story.agency
    assert (article["byline"] or "").removeprefix("By ") == (story.byline or "")


@each(EVERY)
def test_captions_and_credits_are_told_apart_in_each_markup(demo: Demo, story: Story):
    images = [(image["caption"], image["creditline"]) for image in demo.kept(story).images]
    assert images == [(picture.caption, picture.credit) for picture in story.pictures]


def test_every_picture_is_kept_as_the_outlet_sent_it(demo: Demo):
    names = {picture.name for story in EVERY.values() for picture in story.pictures}
    query = "select distinct c.target_uri, warc_filename, warc_offset from pictures p join captures c on c.id = p.capture_id"
    captures = Captures(demo.cli.data / "captures")
    kept = {str(url): captures.read(str(name), int(str(at))).body for url, name, at in demo.cli.rows(query)}
    assert {url.rpartition("/")[2] for url in kept} == names
    assert all(body == picture(urlsplit(url).path) for url, body in kept.items())


@each(EVERY)
def test_a_story_has_a_revision_for_each_change_and_for_nothing_else(demo: Demo, story: Story):
    later = [(row["change"], bool(row["stealth"])) for row in demo.kept(story).revisions[1:]]
    kind = CHANGED.get(story.slug)
    assert later == ([] if kind is None else [("substantive", True)] if kind == "stealth" else [(kind, False)])


def test_notes_of_changes_are_kept_as_such(demo: Demo):
    notes = {(slug, note["kind"], note["text"]) for slug, kept in demo.stories.items() for note in kept.corrections}
    assert notes == {(story.slug, CHANGED[story.slug], story.note) for story in EVERY.values() if story.note}


def test_vanished_stories_are_kept_and_marked(demo: Demo):
    vanished = {story.slug for story in TRUTH.vanished}
    assert {slug for slug, kept in demo.stories.items() if kept.article["pubstatus"] != "live"} == vanished
    assert all(demo.stories[slug].article_body for slug in vanished)


def test_the_front_page_of_each_day_is_known_with_the_headlines_that_it_alone_showed(demo: Demo):
    days = {f"{Outlet.crawl_time(day):%Y-%m-%dT%H:%M:%SZ}": day for day in (1, 2, 3, 4)}
    query = """select a.url, text, p.first_seen_at, p.last_seen_at, best_position, last_position, looks
        from placings p join articles a on a.id = p.article_id"""
    found = {
        (re.sub(r"^https?://[^/]+", "", str(url)), text, days[first], days[last], *places)
        for url, text, first, last, *places in demo.cli.rows(query)
    }
    assert found == {(*astuple(each), each.last_day - each.first_day + 1) for each in Outlet.standings(4)}
    tested = {(story.headline, story.front_headline) for story in EVERY_DAY if story.front_headline}
    assert tested and set(demo.cli.rows("select headline, text from front_page_headlines")) == tested


def test_what_robots_txt_forbids_was_never_asked_for(demo: Demo):
    assert demo.cli.rows("select target_uri from captures where target_uri like '%/members/%' or target_uri like '%/wp-admin/%'") == []
    assert demo.cli.rows("select count(*) > 0 from outcomes where outcome = 'robots' and url like '%/members/%'") == [(1,)]


def test_nothing_failed(demo: Demo):
    expected = {"new", "changed", "unchanged", "not_modified", "duplicate_address", "index", "robots", "gone", "redirected_away", "kept",
                "image"}  # fmt: skip
    assert {outcome for (outcome,) in demo.cli.rows("select distinct outcome from outcomes")} <= expected


def test_it_prints_what_the_script_says(demo: Demo):
    pictures = [picture for story in EVERY.values() for picture in story.pictures]
    printed = {
        "stories, each once": len(EVERY),
        "captions": len(pictures),
        "pictures, kept": len(pictures),
        "credit lines": len([picture for picture in pictures if picture.credit]),
        "datelines": len([story for story in EVERY.values() if story.dateline]),
        "revisions": len(CHANGED),
        "stealth edit": list(CHANGED.values()).count("stealth"),
        "corrections and update notes": len([story for story in EVERY.values() if story.note]),
        "headline that only the front page showed": len({story.front_headline for story in EVERY_DAY if story.front_headline}),
        "vanished stories": len(TRUTH.vanished),
        "duplicate": len([story for story in EVERY.values() if story.wire_copy_of]),
    }
    assert {words: demo.number_of(words) for words in printed} == printed
    assert re.search(r"It took \d+ s", demo.printed)


def test_the_commands_that_it_prints_work_as_printed(demo: Demo):
    commands = [shlex.split(line) for line in demo.printed.split("Try next:\n")[1].splitlines()]
    verbs = [words[words.index("archiver") + 1] for words in commands]
    assert verbs == ["search", "show", "diff", "browse", "add"]
    for words in commands[:3]:
        done = subprocess.run(words, cwd=demo.cli.folder, env=demo.cli.env, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout


def test_a_researcher_can_paste_what_the_readme_says(demo: Demo):
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    part = readme.split("### … of a researcher")[1].split("### … of a reader")[0]
    printed = "crpi76eoqt6y"  # of the stealth edit; keys are made of addresses, and here the outlet may have had another port
    key = next(demo.stories[slug].article["key"] for slug, kind in CHANGED.items() if kind == "stealth")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", part, re.DOTALL) for line in block.splitlines()]
    assert len(lines) == 17
    assert sum(printed in line for line in lines) == 4
    path = f"{Path(sys.executable).parent}:{demo.cli.env['PATH']}"
    for line in lines if shutil.which("sqlite3") else lines[:-1]:
        command = ["bash", "-c", line.replace(printed, key)]
        done = subprocess.run(command, cwd=demo.cli.folder, env=demo.cli.env | {"PATH": path}, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), line
        assert done.stdout, line


def test_a_researcher_can_paste_what_the_page_for_researchers_says(demo: Demo):
    page = (Path(__file__).parent.parent / "docs" / "research.md").read_text(encoding="utf-8")
    here = {story.article["url"].strip("/").rsplit("/", 1)[1]: story.article["key"] for story in demo.stories.values()}
    for printed, slug in (
        ("qku4bmcar2vz", "wire-rail-link-to-the-coast"),
        ("qhvtgnanqw2i", next(slug for slug in here if slug.startswith("assembly"))),
        ("crpi76eoqt6y", next(slug for slug, kind in CHANGED.items() if kind == "stealth")),
    ):
        assert printed in page
        page = page.replace(printed, here[slug])
    env = demo.cli.env | {"PATH": f"{Path(sys.executable).parent}:{demo.cli.env['PATH']}"}

    def blocks(language: str) -> list[str]:
        return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)

    for line in (line for block in blocks("sh") for line in block.splitlines()):
        done = subprocess.run(["bash", "-c", line], cwd=demo.cli.folder, env=env, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), line
        assert done.stdout or ">" in line or "create table" in line, line
    with open_reader(demo.cli.data) as archive:
        for query in (query for block in blocks("sql") for query in block.split(";\n") if query.strip()):
            assert archive.db.execute(query).fetchall(), query
    (own,) = (block for block in blocks("python") if "open_reader" in block)
    done = subprocess.run([sys.executable, "-c", own], cwd=demo.cli.folder, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "") and "State approves money" in done.stdout


def test_the_outlets_site_is_paused_once_the_outlet_is_gone(demo: Demo):
    with demo.cli.archive() as archive:
        assert "lodivalley_demo" not in active_sites(archive, load_sites(demo.cli.data), demo.cli.data)
    done = demo.cli("status")
    assert done.returncode == 0
    assert re.search(r"lodivalley_demo .* paused", done.stdout)
