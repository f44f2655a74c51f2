"""Questions to the archive: one .sql file each, read by the command line and by Datasette.

A file begins with comments: `-- title: …`, `-- description: …` (may go on over several such lines), and for each parameter
`-- param NAME: what it is`. Every parameter is a text, and empty means: not limited by it. The rest is one SELECT.
Words that a reader looks for go through match_of(:q, 'index', '{columns}'), see store/words.py; whoever runs such a question elsewhere
writes the FTS5 expression itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

COMMENT = re.compile(r"--\s*(?:(?P<word>title|description|param)(?:\s+(?P<name>\w+))?:)?\s*(?P<text>.*)")


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question."""

    name: str  # of the file, without .sql
    title: str
    description: str
    params: tuple[Param, ...]  # in the order of the comment
    sql: str  # one SELECT, with :name for each parameter


def load_queries() -> list[Query]:
    """All questions, by name."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    return [read_query(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8")) for file in sorted(files, key=lambda f: f.name)]


def read_query(name: str, text: str) -> Query:
    """The question in a file's text. ValueError when it has no title."""
    lines = text.splitlines()
    head = [match for line in lines if (match := COMMENT.fullmatch(line.strip()))]
    title = next((match["text"] for match in head if match["word"] == "title"), None)
    if not title:
        raise ValueError(f"{name}.sql has no title: begin it with `-- title: …`")
    description = " ".join(match["text"] for match in head if match["word"] == "description")
    params = tuple(Param(match["name"], match["text"]) for match in head if match["word"] == "param" and match["name"])
    sql = "\n".join(line for line in lines if not line.lstrip().startswith("--")).strip().rstrip(";")
    return Query(name, title, description, params, sql)
