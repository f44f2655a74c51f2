"""What is shown of a text around the words that were looked for, in a time that grows with its length.

FTS5's own snippet() and highlight() go through all places of a text anew for each of them, and nothing can stop them: of a page that holds
one word half a million times they would take an hour, in every search that finds it. So a long text is cut into passages, which are
searched by themselves.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial

from archiver.errors import WrongUse
from archiver.store.migrations import TOKENIZER
from archiver.store.stretches import stretches_with

EXCERPT = 200  # characters: what a list shows of a story
LOOKED_AT = 1 << 20  # characters of a text that an excerpt may be of; those of a story of common length are some thousand
PASSAGE = 10_000  # characters that are marked at once
TABLE = "articles_fts"  # named as the index of stories, with its columns: a query may name them

Asked = Callable[[Callable[[str], Sequence[str]]], str]  # an FTS5 expression; given what finds words of scripts without spaces


def excerpt(text: str, asked: Asked, begin: str, end: str) -> str:
    """The passage with most of the words, each between `begin` and `end`; the beginning of the text where none is found."""
    pieces = list(passages(text[:LOOKED_AT], EXCERPT))
    with searchable(pieces) as found:
        best = found(f"select rowid - 1, highlight({TABLE}, 2, ?, ?) from {TABLE} where {TABLE} match ? order by rank, rowid limit 1",
                     asked, begin, end)  # fmt: skip
    number, shown = best[0] if best else (0, "".join(pieces[:1]))
    return f"{'…' if number else ''}{shown.strip()}{'…' if number < len(pieces) - 1 or len(text) > LOOKED_AT else ''}"


def marked(text: str, asked: Asked, begin: str, end: str) -> str:
    """The whole text with all of the words between `begin` and `end`; no phrase is found across the ends of two passages."""
    pieces = list(passages(text, PASSAGE))
    with searchable(pieces) as found:
        for number, shown in found(f"select rowid - 1, highlight({TABLE}, 2, ?, ?) from {TABLE} where {TABLE} match ?", asked, begin, end):
            pieces[number] = shown
    return "".join(pieces)


def passages(text: str, length: int) -> Iterator[str]:
    """A text cut where there is a blank; joined they are the text."""
    yield from (found[0] for found in re.finditer(rf"(?s).{{1,{length}}}(?:(?<=\s)|(?=\s)|\Z)|.{{1,{length}}}", text))


@contextmanager
def searchable(pieces: Sequence[str]) -> Iterator[Callable[..., list[tuple[int, str]]]]:
    """What asks an index of these pieces: rows of a query with `begin` and `end`, none where it would have to look for too much."""
    with closing(sqlite3.connect(":memory:")) as conn:
        conn.execute(f'create virtual table {TABLE} using fts5(headline, abstract, article_body, tokenize = "{TOKENIZER}")')
        conn.execute(f"create virtual table {TABLE}_words using fts5vocab({TABLE}, row)")
        conn.executemany(f"insert into {TABLE} (article_body) values (?)", ((piece,) for piece in pieces))

        def found(query: str, asked: Asked, begin: str, end: str) -> list[tuple[int, str]]:
            try:
                return conn.execute(query, (begin, end, asked(partial(stretches_with, conn, TABLE)))).fetchall()
            except WrongUse:
                return []

        yield found
