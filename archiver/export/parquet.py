"""Parquet: the rows of the CSV with their types, lists as lists. For DuckDB, pandas, polars, R (Apache Parquet, Zstandard).

Needs pyarrow, which comes with `pip install '.[parquet]'`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from archiver.errors import WrongUse
from archiver.export import Exported, Format, Tell
from archiver.export.csv import ARTICLE, REVISION, revisions_of
from archiver.export.jsonl import stories
from archiver.store import Archive, Story
from archiver.store.selection import Selection

ROWS = 2_000  # written at a time: some 20 MB of text
MAX_LETTERS = 30_000_000  # that wait for it: a story may have millions
NUMBERS = {"word_count": "int64", "revision_count": "int64", "number": "int64", "located_lat": "float64", "located_lon": "float64"}
TRUTHS = ("declared", "stealth", "is_accessible_for_free")
LISTS = {
    "authors": ("name", "role", "url", "kind"),
    "images": ("content_url", "caption", "creditline", "creator", "credit_agency", "alt"),
    "corrections": ("kind", "text", "date"),
}
COLUMNS = (
    *(name for name in ARTICLE if name not in ("captions", "article_body")),
    *("located_lat", "located_lon", "is_accessible_for_free", "access_observed", "text_hash", "images", "article_body"),
)


def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
    arrow, parquet = _arrow()
    names = (*COLUMNS[:3], *REVISION, *COLUMNS[3:]) if selection.all_revisions else COLUMNS
    schema = arrow.schema([(name, _type(arrow, name)) for name in names])
    done = Exported(unit="row")
    rows: list[dict[str, Any]] = []
    waiting = 0  # letters of texts
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for story in stories(archive, selection, done):
            for row in _rows(archive, story, names, selection.all_revisions):
                rows.append(row)
                waiting += len(row["article_body"] or "")
                if len(rows) >= ROWS or waiting >= MAX_LETTERS:
                    done.items += _flush(arrow, writer, schema, rows)
                    waiting = 0
            done.stories += 1
            tell(done)
        done.items += _flush(arrow, writer, schema, rows)
    return done


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError as error:
        raise WrongUse(
            f"Parquet needs pyarrow, which is not installed.\nInstall it: {sys.executable} -m pip install pyarrow   Or choose --format csv."
        ) from error
    return pyarrow, parquet


def _type(arrow: Any, name: str) -> Any:
    if name in LISTS:
        return arrow.list_(arrow.struct([(part, arrow.string()) for part in LISTS[name]]))
    if name == "keywords":
        return arrow.list_(arrow.string())
    return arrow.bool_() if name in TRUTHS else getattr(arrow, NUMBERS.get(name, "string"))()


def _rows(archive: Archive, story: Story, names: Sequence[str], all_revisions: bool) -> Iterator[dict[str, Any]]:
    """A story, or each of its revisions: what stood there then, with the lists of the newest reading."""
    facts = story.article | {"article_body": story.article_body, "keywords": story.keywords}
    facts |= {name: [{part: row[part] for part in parts} for row in getattr(story, name)] for name, parts in LISTS.items()}
    for row in revisions_of(archive, story, facts) if all_revisions else [facts]:
        yield _row(row, names)


def _row(facts: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: bool(facts[name]) if name in TRUTHS and facts[name] is not None else facts[name] for name in names}


def _flush(arrow: Any, writer: Any, schema: Any, rows: list[dict[str, Any]]) -> int:
    """Writes what is waiting, and empties it."""
    number = len(rows)
    if rows:
        writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
        rows.clear()
    return number


FORMAT = Format("parquet", (".parquet",), "the table of csv with types and lists, for DuckDB, pandas, R (needs pyarrow)", write)
