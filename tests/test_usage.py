"""Words in their context, and over time: `archiver kwic` and `archiver trend`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from click.testing import Result
from rich.console import Console

from archiver.errors import WrongUse
from archiver.store import Archive, Period, open_archive, open_reader
from archiver.usage import _draw
from tests.test_search import add

FIRST = datetime(2026, 1, 30, 8, tzinfo=UTC)

# name, headline, body, site, days after FIRST
STORIES = [
    (
        "levee",
        "Levee repairs begin",
        "The city council paid for it.\n\nThe levee, older than the bridge, was wet. One more levee waits.",
        "lodi_post",
        0,
    ),
    ("bridge", "Old bridge closes", "The bridge will be painted.", "lodi_post", 1),
    ("rain", "Rain on the levees", "It rained on each levee of the river.", "bay_times", 3),
    ("lamp", "港の話", "港の灯台が再び灯った。古い灯台は三年間暗かった。", "bay_times", 40),
    ("old", "A levee in 1998", "The levee broke.", "bay_times", -10_200),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with open_archive(folder) as archive:
        for name, headline, body, site, days in STORIES:
            add(archive, name, headline, body, site, "Local", "ja" if name == "lamp" else "en", at=FIRST + timedelta(days=days))
        add(archive, "undated", "A levee without a day", "Nobody knows.", "bay_times", "Local", "en", at=None)
    return folder


@pytest.fixture
def archive(folder: Path):
    with open_reader(folder) as opened:
        yield opened


def places(archive: Archive, query: str, **given: object) -> list[tuple[str, str, str, str]]:
    return [(found.part, found.left, found.match, found.right) for found in archive.concordance(query, **given)]  # type: ignore[arg-type]


def test_every_place_of_a_word_is_shown_with_what_stands_around_it(archive: Archive) -> None:
    assert places(archive, "levee", site="lodi_post", width=20) == [
        ("headline", "", "Levee", " repairs begin"),
        ("body", "paid for it. ¶ The ", "levee", ", older than the bri"),
        ("body", "dge, was wet. One more ".lstrip()[-20:], "levee", " waits."),
    ]


def test_the_newest_story_comes_first_and_undated_ones_last(archive: Archive) -> None:
    headlines = list(dict.fromkeys(found.headline for found in archive.concordance("levee*")))
    assert headlines == ["Rain on the levees", "Levee repairs begin", "A levee in 1998", "A levee without a day"]
    since = {found.headline for found in archive.concordance("levee*", from_=date(2026, 2, 1))}
    assert since == {"Rain on the levees"}


def test_phrases_are_one_place_and_words_without_spaces_are_cut_out(archive: Archive) -> None:
    assert places(archive, '"city council"', width=10) == [("body", "The ", "city council", " paid for")]
    assert places(archive, "灯台", width=3) == [("body", "港の", "灯台", "が再び"), ("body", "。古い", "灯台", "は三年")]


def test_stories_are_counted_by_period_beside_all_of_it(archive: Archive) -> None:
    periods = archive.trend(["levee*", "bridge"], "month", from_=date(2026, 1, 1))
    assert [(period.name, period.stories, period.matches) for period in periods] == [
        ("2026-01", 2, (1, 2)),
        ("2026-02", 1, (1, 0)),
        ("2026-03", 1, (0, 0)),
    ]
    assert periods[0].per_thousand == (500.0, 1000.0)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("day", ["2026-01-30", "2026-01-31"]),
        ("week", ["2026-W05", "2026-W06", "2026-W07", "2026-W08", "2026-W09", "2026-W10", "2026-W11"]),
        ("year", ["2026"]),
    ],
)
def test_periods_without_a_story_are_there_too(archive: Archive, by: str, names: list[str]) -> None:
    site = "lodi_post" if by == "day" else None
    assert [period.name for period in archive.trend(["levee"], by, site=site, from_=date(2026, 1, 1))] == names


def test_days_before_2000_are_counted_on_their_day(archive: Archive) -> None:
    (first, *_) = archive.trend(["levee"], "day", site="bay_times")
    assert (first.name, first.matches) == ("1998-02-26", (1,))


def test_a_trend_and_a_search_agree_on_how_many_stories_have_a_word(typed: Callable[..., Result], folder: Path, archive: Archive) -> None:
    assert archive.search("levee*").total == 4
    drawn = typed("--data", str(folder), "trend", "levee*", "bridge")
    assert "3 stories with levee* (1 more without a date); 2 stories with bridge." in drawn.output
    rows = [json.loads(line) for line in typed("--data", str(folder), "trend", "levee*", "--json").output.splitlines()]
    assert sum(row["matches"]["levee*"] for row in rows) == 4
    assert (rows[-1]["period"], rows[-1]["stories"]) == (None, 1)
    assert archive.undated(["levee*"], site="lodi_post").stories == 0


def test_a_month_or_a_year_is_named_as_a_day_is(typed: Callable[..., Result], folder: Path) -> None:
    for words, headline in ((("--from", "2026-02", "--to", "2026-02"), "Rain on the levees"), (("--to", "1998"), "A levee in 1998")):
        found = typed("--data", str(folder), "search", "levee*", *words)
        assert (headline in found.output, "1 story matches" in found.output) == (True, True), found.output


def test_stories_in_one_language_are_searched_counted_and_shown_alone(typed: Callable[..., Result], folder: Path) -> None:
    for command in (["search", "灯台"], ["kwic", "灯台"], ["trend", "灯台", "--by", "year"]):
        found, none = (typed("--data", str(folder), *command, "--language", language) for language in ("ja", "en"))
        assert "lamp" in found.output or "灯台" in found.output
        assert none.exit_code == 4 or "0 stories with" in none.output, none.output


def test_a_query_without_a_word_is_refused(archive: Archive) -> None:
    with pytest.raises(WrongUse):
        list(archive.concordance("!!"))
    with pytest.raises(WrongUse):
        archive.trend(["!!"])


def test_the_commands_print_lines_bars_and_json(typed: Callable[..., Result], folder: Path) -> None:
    def ask(*words: str) -> Result:
        return typed("--data", str(folder), *words)

    shown = ask("kwic", "levee*", "--sort", "right")
    assert shown.exit_code == 0 and "8 places shown" in shown.output
    assert [line.split()[-1] for line in shown.output.splitlines()[:4]] == ["levees", "broke.", "1998", "river."]
    places = [json.loads(line) for line in ask("kwic", "levee*", "--limit", "2", "--json").output.splitlines()]
    assert [(place["part"], place["match"]) for place in places] == [("headline", "levees"), ("body", "levee")]
    drawn = ask("trend", "levee*", "--from", "2026-01-01")
    assert drawn.exit_code == 0 and "2026-02" in drawn.output and "█" in drawn.output
    (year,) = ask("trend", "levee*", "--by", "year", "--from", "2026-01-01", "--json").output.splitlines()
    assert json.loads(year) == {"period": "2026", "stories": 4, "matches": {"levee*": 2}, "per_thousand": {"levee*": 500.0}}


def test_a_long_time_without_stories_is_a_line_for_people_and_each_period_for_programs(typed: Callable[..., Result], folder: Path) -> None:
    drawn = typed("--data", str(folder), "trend", "levee*", "--by", "month").output.splitlines()
    assert [line.split()[0] for line in drawn[1:7]] == ["1998-02", "1998-03", "1998-04", "1998-05", "…", "2026-01"]
    assert "periods without a story" in drawn[-1]
    assert len(typed("--data", str(folder), "trend", "levee*", "--by", "month", "--json").output.splitlines()) > 300


def test_on_a_narrow_terminal_a_trend_keeps_its_numbers_whole() -> None:
    out = Console(file=StringIO(), width=60, color_system=None)
    _draw(["levee*", "bridge"], [Period("2026-01", 2_000, (1_000, 2_000))], None, out)
    assert "2026-01  2,000    1,000   500.0      2,000   1000.0" in out.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("kwic", "nowhere"), 4, "stands nowhere"),
        (("kwic", "(levee"), 2, "parenthesis"),
        (("trend", "levee", "--site", "nobody"), 2, "no site named"),
        (("trend", "levee", "--from", "2031-01-01"), 4, "No story was published"),
        (("trend", "levee", "--from", "2026-02-01", "--to", "2026-01-01"), 2, "later than"),
        (("trend",), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_answered_is_said(typed: Callable[..., Result], folder: Path, words: tuple[str, ...], code: int, said: str) -> None:
    done = typed("--data", str(folder), *words)
    assert (done.exit_code, said in done.output) == (code, True), done.output


@pytest.mark.parametrize(
    "words", [("search", "nowhere"), ("kwic", "nowhere"), ("duplicates", "--since", "2099-01-01"), ("takedown", "--list")]
)
def test_a_program_that_asks_for_json_is_told_of_an_empty_answer_as_people_are(
    typed: Callable[..., Result], folder: Path, words: tuple[str, ...]
) -> None:
    done = typed("--data", str(folder), *words, "--json")
    assert (done.exit_code, done.stdout) == (4, "") and done.stderr
