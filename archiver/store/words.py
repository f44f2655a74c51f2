"""A reader's query, as the search index wants it.

Understood: words (of scripts without spaces: any piece of text), "phrases", prefix*, AND, OR, NOT (or -word), parentheses,
headline:word (abstract:, body:). What is none of these is taken for words. A query cannot break the index's syntax, and reaches the
text of stories alone, never the filter words.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from archiver.agencies import agency_name
from archiver.errors import WrongUse
from archiver.store.excerpts import excerpt
from archiver.store.stretches import stretches_with
from archiver.unspaced import UNSPACED

LONGEST = 2_000  # characters
MOST_WORDS = 64
DEEPEST = 16  # parentheses in parentheses
TEXT = "{headline abstract article_body}"
NOTHING = '""'  # as FTS5 writes a phrase without a word
COLUMNS = {"headline": "headline", "abstract": "abstract", "standfirst": "abstract", "body": "article_body", "article_body": "article_body"}

TOKEN = re.compile(
    r"""
    (?P<not>-(?=[\w"(]))                      # -word
    | (?P<open>\() | (?P<close>\))
    | (?:(?P<column>\w+):(?=[\w"]))?          # headline:word
      (?: "(?P<phrase>[^"]*)" | (?P<word>[^\s()"*]+) ) (?P<star>\*)?
    """,
    re.VERBOSE,
)
PIECE = re.compile(r"\w+")  # letters that the index keeps together
OPERATORS = {"AND", "OR", "NOT"}
NEAR = re.compile(r"NEAR(?:/\d+)?")
PHRASE = re.compile(r'"[^"]*"')
MISPLACED_STAR = re.compile(r"\*\w")


Within = Callable[[str], Sequence[str]]  # stretches of the index that hold a piece of text, see stretches.py


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # "(", ")", AND, OR, NOT, or term
    match: str = ""  # of a term: as FTS5 writes it


class _Unreadable(Exception):
    """The query's signs do not fit together; the message says which."""


BETWEEN = "AND, OR and NOT stand between words: flood AND levee"
ALONE = "NOT (or -) takes away from what other words find, so it needs one before it: river NOT lake"
OPEN = "an opening parenthesis has no closing one"
CLOSED = "a closing parenthesis has no opening one"
QUOTED = "a quotation mark has no partner"
STARRED = "* stands at the end of a word, for all words that begin so: harb*"
DEEP = f"there are more than {DEEPEST} parentheses in one another"


def complaint(query: str) -> str | None:
    """What does not fit together in a query; None where it can be read as it stands. `match_of` then looks for all its words."""
    if query.count('"') % 2:
        return QUOTED
    if MISPLACED_STAR.search(PHRASE.sub('""', query)):
        return STARRED
    try:
        tokens = _tokens(query)
        if any(token.kind == "term" for token in tokens):
            _Parser(tokens).whole()
    except _Unreadable as error:
        return str(error)
    return None


def advice(query: str) -> str | None:
    """How a query that found nothing may have been meant; one sentence, or None."""
    words = [match["word"] for match in TOKEN.finditer(query) if match["word"]]
    if small := next((word for word in words if word.upper() in OPERATORS and word not in OPERATORS), None):
        return f'"{small}" was looked for as a word; AND, OR and NOT are written in capitals'
    if any(NEAR.fullmatch(word) for word in words):
        return '"NEAR" was looked for as a word; what must stand together is written as a "phrase"'
    if column := next((word for word in words if word[-1] == ":" and word[:-1].lower() in COLUMNS), None):
        return f'"{column[:-1]}" was looked for as a word; to look in that part alone, write {column}word without a blank'
    return None


def match_of(query: str, text: str = TEXT, within: Within | None = None) -> str:
    """An FTS5 expression over the columns `text`. Raises WrongUse when the query holds no word at all, or too many.

    `within` finds words of scripts without spaces; without it they are found where a sign stands on both sides.
    """
    if len(query) > LONGEST:
        raise WrongUse(f"The query is {len(query)} characters long; at most {LONGEST} are searched for.\nUse fewer or shorter words.")
    tokens = _tokens(query, text, within)
    terms = [token.match for token in tokens if token.kind == "term"]
    if not terms:
        raise WrongUse(
            f"{query!r} holds no word to search for.\nExamples: archiver search flood, archiver search '\"city council\" OR mayor*'."
        )
    if len(terms) > MOST_WORDS:
        raise WrongUse(f"The query has {len(terms)} words; at most {MOST_WORDS} are searched for at once.\nSplit it into several.")
    try:
        expression = _Parser(tokens).whole()
    except _Unreadable:
        expression = " AND ".join(terms)
    return f"{text} : ({expression})"


def any_of(query: str, within: Within | None = None) -> str:
    """An FTS5 expression for texts with any of the words of a query, whatever its signs say."""
    terms = [token.match for token in _tokens(query[:LONGEST], within=within) if token.kind == "term"]
    return " OR ".join(terms[:MOST_WORDS]) or NOTHING


def count_of(query: str) -> int:
    """Words and phrases of a query."""
    return sum(token.kind == "term" for token in _tokens(query))


def unspaced_pieces(query: str) -> list[str]:
    """What a query looks for inside the stretches of text without spaces, in small letters, the longest first."""
    pieces = {piece.lower() for piece in PIECE.findall(query) if UNSPACED.search(piece)}
    return sorted(pieces, key=lambda piece: (-len(piece), piece))


def teach(conn: sqlite3.Connection) -> None:
    """Gives SQL the functions of the questions in archiver/queries: match_of(query, index, columns), so that they understand what a search
    does, excerpt(text, query, begin, end) for what is shown of a text, and agency_name(printed), so that they count an agency under one
    name.

    A query that is refused finds nothing, as an error of a function in SQL does not come out with its words.
    """

    def in_sql(query: str | None, index: str, text: str) -> str:
        try:
            return match_of(query or "", text, partial(stretches_with, conn, index))
        except WrongUse:
            return NOTHING

    def in_one_name(printed: str | None) -> str | None:
        return agency_name(printed) if isinstance(printed, str) else None

    def around_words(text: str | None, query: str | None, begin: str, end: str) -> str:
        return excerpt(text or "", partial(any_of, query or ""), begin, end)

    conn.create_function("match_of", 3, in_sql, deterministic=True)
    conn.create_function("excerpt", 4, around_words, deterministic=True)
    conn.create_function("agency_name", 1, in_one_name, deterministic=True)


def _tokens(query: str, text: str = TEXT, within: Within | None = None) -> list[Token]:
    columns = text.strip("{}").split()
    found = []
    for match in TOKEN.finditer(query):
        word = match["word"]
        if match["not"]:
            found.append(Token("NOT"))
        elif match["open"] or match["close"]:
            found.append(Token(match[0]))
        elif word in OPERATORS and not match["column"]:
            found.append(Token(word))
        else:
            found += _term(match, columns, within)
    return found


def _term(match: re.Match[str], columns: Sequence[str], within: Within | None) -> list[Token]:
    """A word or phrase; nothing where there is no letter or digit in it, which the index would take for a word that never occurs."""
    words = match["phrase"] if match["phrase"] is not None else match["word"]
    column = COLUMNS.get((match["column"] or "").lower())
    if match["column"] and column not in columns:
        words, column = f"{match['column']}:{words}", None  # "12:30" is no column
    if not any(letter.isalnum() for letter in words):
        return []
    clean = words.replace('"', " ").replace("\x00", " ")
    prefix = f"{column} : " if column else ""
    if within and UNSPACED.search(clean):
        return [Token("term", f"{prefix}({' AND '.join(_piece(piece, within) for piece in PIECE.findall(clean))})")]
    return [Token("term", f'{prefix}"{clean}"{" *" if match["star"] else ""}')]


def _piece(piece: str, within: Within) -> str:
    found = within(piece) if UNSPACED.search(piece) else []
    return f"({' OR '.join(f'{chr(34)}{each}{chr(34)}' for each in found or [piece])})"


class _Parser:
    """OR binds weakest, then AND (or nothing) between, then NOT, as in FTS5. Each step is one line of the grammar."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def whole(self) -> str:
        expression = self.either(0)
        if self.at < len(self.tokens):
            raise _Unreadable(CLOSED)
        return expression

    def either(self, depth: int) -> str:
        parts = [self.all(depth)]
        while self.take("OR"):
            parts.append(self.all(depth))
        return " OR ".join(parts)

    def all(self, depth: int) -> str:
        wanted: list[str] = []
        unwanted: list[str] = []
        while True:
            if wanted or unwanted:
                self.take("AND")
            (unwanted if self.take("NOT") else wanted).append(self.one(depth))
            if self.kind() in (None, "OR", ")"):
                break
        if not wanted:
            raise _Unreadable(ALONE)
        expression = " AND ".join(wanted)
        return f"(({expression}) NOT ({' OR '.join(unwanted)}))" if unwanted else f"({expression})"

    def one(self, depth: int) -> str:
        if self.take("("):
            if depth >= DEEPEST:
                raise _Unreadable(DEEP)
            expression = self.either(depth + 1)
            if not self.take(")"):
                raise _Unreadable(OPEN)
            return f"({expression})"
        if self.kind() != "term":
            raise _Unreadable(BETWEEN)
        self.at += 1
        return self.tokens[self.at - 1].match

    def kind(self) -> str | None:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else None

    def take(self, kind: str) -> bool:
        if self.kind() != kind:
            return False
        self.at += 1
        return True
