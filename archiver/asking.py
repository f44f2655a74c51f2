"""The ready questions (archiver/queries) on a terminal, as CSV or as JSON: `archiver ask`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import click
from rich.text import Text

from archiver import display
from archiver.answers import refuse_unknown, refuse_unreadable
from archiver.counted import counted
from archiver.days import HOW, read_span
from archiver.display import json_text
from archiver.errors import NothingToDo, WrongUse
from archiver.queries import WORDS, Query, grouped_queries, load_queries
from archiver.spreadsheets import csv_text
from archiver.store import open_reader
from archiver.store.words import match_of

TITLE = 50  # columns
ADDRESSES = ("url", "image")  # long, and behind the key of a story: left to CSV and JSON
DAYS = ("from", "to")  # parameters that bound the time: the first day of what is named, and the last


def print_questions(as_json: bool) -> None:
    """Every question with what it takes, by what it is about."""
    if as_json:
        for title, queries in grouped_queries():
            for query in queries:
                params = {param.name: param.description for param in query.params}
                told = {"name": query.name, "title": query.title, "group": title, "description": query.description, "params": params}
                click.echo(json_text(told))
        return
    out = display.console()
    for title, queries in grouped_queries():
        out.print(Text(f"{title}", style="bold"))
        for query in queries:
            takes = f"  {_takes(query)}" if out.width >= display.WIDE else ""
            out.print(Text(f"  {query.name:25}{query.title:{TITLE if takes else 0}}{takes}".rstrip()), no_wrap=True)
    out.print(Text("\nAsk one: archiver ask stealth_edits    with limits: archiver ask first_to_report q=flood from=2026-03", style="dim"))


def print_sql(name: str) -> None:
    """The question's SQL, to be changed and run elsewhere."""
    query = _find(name)
    click.echo("".join(f"-- {param.name}: {param.description}\n" for param in query.params) + query.sql)


def print_answer(data_dir: Path, name: str, words: Sequence[str], as_csv: bool, as_json: bool) -> None:
    """The rows of an answer. Raises WrongUse for a question or limit that there is none of, NothingToDo where there is no row."""
    query = _find(name)
    given = _read_limits(query, words)
    refuse_unreadable(given.get(WORDS), None, None)
    if query.needs_words:
        match_of(given[WORDS])  # raises what SQL, which finds nothing then, does not tell
    with open_reader(data_dir) as archive:
        refuse_unknown(archive, given.get("site"))
        cursor = archive.db.execute(query.sql, {param.name: "" for param in query.params} | dict(given))
        titles, rows = [column[0] for column in cursor.description], cursor.fetchall()
    if not rows:
        raise NothingToDo(f"{query.title}: the answer has no rows.\n{_how(query)}")
    if as_json:
        for row in rows:
            click.echo(json_text(dict(zip(titles, row, strict=True))))
    elif as_csv:
        click.echo(csv_text([titles, *rows]), nl=False)
    else:
        out = display.console()
        out.print(Text(query.title, style="bold"))
        out.print(Text(f"{query.description}\n", style="dim"))
        hidden = [title for title in titles if title in ADDRESSES] if "key" in titles else []
        shown = [place for place, title in enumerate(titles) if title not in hidden]
        display.rows([[row[place] for place in shown] for row in rows], [titles[place] for place in shown], out)
        rest = f" --csv and --json also give: {', '.join(hidden)}." if hidden else ""
        out.print(Text(f"\n{counted(len(rows), 'row')}.{rest} {_how(query)}", style="dim"))


def _find(name: str) -> Query:
    """By its name, or its title in any case. Raises WrongUse."""
    known = load_queries()
    wanted = name.casefold().strip()
    found = next((query for query in known if wanted in (query.name, query.title.casefold())), None)
    if found:
        return found
    near = get_close_matches(wanted.replace(" ", "_"), [query.name for query in known], n=3, cutoff=0.5)
    raise WrongUse(
        f"No question is named {name!r}.{' Near to it: ' + ', '.join(near) + '.' if near else ''}\n"
        "All of them: archiver ask. Words of your own: archiver search WORDS"
    )


def _read_limits(query: Query, words: Sequence[str]) -> Mapping[str, str]:
    """From "name=lee" to {"name": "lee"}. Raises WrongUse for what the question does not take."""
    known = [param.name for param in query.params]
    given = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign and query.needs_words and WORDS not in given:  # words without a name are what is looked for
            name, value = WORDS, word
        elif not sign or name not in known:
            raise WrongUse(f"{query.name} does not take {word!r}.\n{_how(query)}")
        given[name] = _day(name, value.strip()) if name in DAYS else value.strip()
    if query.needs_words and not given.get(WORDS):
        raise WrongUse(f"{query.name} needs words to look for.\n{_how(query)}")
    return given


def _day(name: str, value: str) -> str:
    """The first or last day of a day, month or year. Raises WrongUse."""
    span = read_span(value) if value else None
    if value and span is None:
        raise WrongUse(f"{name}={value} is no day. {HOW}")
    return span[DAYS.index(name)].isoformat() if span else ""


def _takes(query: Query) -> str:
    return " ".join(f"{param.name}=…" for param in query.params)


def _how(query: Query) -> str:
    """What the question takes, in words."""
    if not query.params:
        return "It takes no limits."
    return "It takes: " + "; ".join(f"{param.name}=… ({param.description})" for param in query.params) + "."
