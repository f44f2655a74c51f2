"""The ready questions in the shell: `archiver ask`."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from archiver import display
from archiver.cli import main
from archiver.queries import GROUPS, grouped_queries, load_queries
from archiver.records import Article, Image
from archiver.store import open_archive
from tests.test_queries import save

DAY = datetime(2026, 11, 3, 8, tzinfo=UTC)
WEIR = Article(
    "https://lodi.example/weir",
    headline="=Weir gives way",
    article_body="The weir gave way.",
    images=(Image("https://lodi.example/w.jpg", caption="The weir", creditline="Photo: Ann Lee", creator="Ann Lee"),),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with open_archive(folder) as archive:
        save(archive, "lodi_post", WEIR, DAY)
        later = Article("https://bay.example/weir", headline="What the weir cost", article_body="The weir was dear.")
        save(archive, "bay_times", later, DAY + timedelta(hours=2))
    return folder


def ask(folder: Path, *words: str, code: int = 0) -> Result:
    done = CliRunner().invoke(main, ["--data", str(folder), "ask", *words])
    assert done.exit_code == code, done.output
    return done


def test_all_questions_are_listed_by_what_they_are_about_with_what_they_take(folder: Path) -> None:
    text = ask(folder).output
    assert all(query.name in text and query.title in text for query in load_queries())
    assert all(title in text for title in GROUPS.values())
    assert "q=… from=… to=…" in text
    assert len(ask(folder, "--json").output.splitlines()) == sum(len(queries) for _, queries in grouped_queries()) == len(load_queries())


def test_words_without_a_name_are_what_is_looked_for(folder: Path) -> None:
    told = [json.loads(line) for line in ask(folder, "first_to_report", "weir", "--json").output.splitlines()]
    assert [row["site"] for row in told] == ["lodi_post", "bay_times"]
    assert told == [
        json.loads(line) for line in ask(folder, "Who wrote of it first", "q=weir", "from=2026-11", "--json").output.splitlines()
    ]


def test_an_answer_as_csv_has_every_column_and_no_formula(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(ask(folder, "pictures_of_stories", "weir", "--csv").output)))
    assert [(row["credit"], row["photographer"], row["image"]) for row in rows] == [
        ("Photo: Ann Lee", "Ann Lee", "https://lodi.example/w.jpg")
    ]
    assert rows[0]["headline"].startswith("'=Weir")


def test_addresses_are_left_to_csv_on_a_terminal(folder: Path) -> None:
    text = ask(folder, "pictures_of_stories", "weir").output
    assert "https://" not in text and "--csv and --json also give: image, url" in text


@pytest.mark.parametrize(("width", "lines"), [(60, ["key       abc", "headline  Weir gives way"]), (100, ["key", "abc"])])
def test_an_answer_that_is_too_wide_for_a_table_stands_in_lines(width: int, lines: list[str]) -> None:
    out = Console(file=io.StringIO(), width=width)
    row = ("abc", "Weir gives way", "x" * 40, None)
    display.rows([row, row], ["key", "headline", "image", "note"], out)
    text = out.file.getvalue()  # type: ignore[attr-defined]
    assert all(any(line.strip().startswith(start) for line in text.splitlines()) for start in lines)
    assert "note" not in text if width == 60 else "note" in text


def test_a_site_that_was_asked_in_vain_is_in_no_list_of_sites(tmp_path: Path) -> None:
    with open_archive(tmp_path) as archive, archive.writing():
        for site, command in (("gazette", "crawl"), ("nowhere", "probe")):
            archive.start_run(site, command, datetime(2026, 3, 1, tzinfo=UTC))
    assert [json.loads(line)["site"] for line in ask(tmp_path, "stories_per_site", "--json").output.splitlines()] == ["gazette"]
    assert "It has: gazette." in ask(tmp_path, "stealth_edits", "site=other", code=2).output


def test_a_question_of_ones_own_begins_with_the_sql_of_a_ready_one(folder: Path) -> None:
    text = ask(folder, "datelines_by_place", "--sql").output
    assert text.startswith("-- site: Name of a site\nselect ") and ":site" in text


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["stelth_edits"], 2, "Near to it: stealth_edits"),
        (["stealth_edits", "day=2026-11-03"], 2, "It takes: site=… (Name of a site)"),
        (["stealth_edits", "site=nowhere"], 2, "no site named 'nowhere'"),
        (["first_to_report"], 2, "needs words to look for"),
        (["first_to_report", "weir", "from=yesterday"], 2, "from=yesterday is no day"),
        (["first_to_report", "weir AND"], 2, "cannot be read"),
        (["first_to_report", "(("], 2, "holds no word"),
        (["stealth_edits"], 4, "the answer has no rows"),
    ],
)
def test_what_cannot_be_answered_is_told_with_what_can(folder: Path, words: list[str], code: int, told: str) -> None:
    assert told in ask(folder, *words, code=code).output
