"""Questions to the archive: one .sql file each, read by the command line and by Datasette.

A file begins with comments: `-- title: …`, `-- group: …` (one of GROUPS), `-- description: …` (may go on over several such lines), and
for each parameter `-- param NAME: what it is`. Every parameter is a text, and empty means: not limited by it. The rest is one SELECT.
Words that a reader looks for go through match_of(:q, 'index', '{columns}'), what is shown of a text around them through
excerpt(text, :q, '[', ']'), see store/words.py; whoever runs such a question elsewhere writes the FTS5 expression, and asks for FTS5's
snippet(), itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources

WORDS = "q"  # the parameter with words to look for, without which a question that has it finds nothing
GROUPS = {  # what a question is about, in the order in which they are shown
    "words": "Words, and who wrote of them",
    "changes": "What was changed, and what vanished",
    "copies": "Who prints the texts of whom",
    "front pages": "Front pages",
    "pictures": "Pictures and their credits",
    "people, places, topics": "People, places, topics",
    "numbers": "How many stories",
    "what is kept, and how well": "What is kept, and how well it is read",
    "crawling": "How the crawls go",
}
COMMENT = re.compile(r"--\s*(?:(?P<word>title|group|description|param)(?:\s+(?P<name>\w+))?:)?\s*(?P<text>.*)")


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Query:
    """One question."""

    name: str  # of the file, without .sql
    title: str
    group: str  # one of GROUPS
    description: str
    params: tuple[Param, ...]  # in the order of the comment
    sql: str  # one SELECT, with :name for each parameter

    @property
    def needs_words(self) -> bool:
        return any(param.name == WORDS for param in self.params)


def load_queries() -> list[Query]:
    """All questions, by name."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    return [read_query(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8")) for file in sorted(files, key=lambda f: f.name)]


def grouped_queries() -> list[tuple[str, list[Query]]]:
    """All questions under the titles of their groups."""
    known = load_queries()
    return [(title, [query for query in known if query.group == name]) for name, title in GROUPS.items()]


def read_query(name: str, text: str) -> Query:
    """The question in a file's text. ValueError when it has no title, or no group."""
    lines = text.splitlines()
    head = [match for line in lines if (match := COMMENT.fullmatch(line.strip()))]
    title = next((match["text"] for match in head if match["word"] == "title"), None)
    if not title:
        raise ValueError(f"{name}.sql has no title: begin it with `-- title: …`")
    group = next((match["text"] for match in head if match["word"] == "group"), None)
    if group not in GROUPS:
        raise ValueError(f"{name}.sql belongs to no group: write `-- group: …` with one of {', '.join(GROUPS)}")
    description = " ".join(match["text"] for match in head if match["word"] == "description")
    params = tuple(Param(match["name"], match["text"]) for match in head if match["word"] == "param" and match["name"])
    sql = "\n".join(line for line in lines if not line.lstrip().startswith("--")).strip().rstrip(";")
    return Query(name, title, group, description, params, sql)
