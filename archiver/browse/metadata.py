"""What Datasette is told about an archive: titles, meanings of columns, sort orders, facets and ready questions."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from archiver.queries import load_queries
from archiver.store import dictionary

TABLES_CSS = "/-/static-plugins/news_archiver/tables.css"

TITLE = "News archive"
DESCRIPTION = "Stories, captions, revisions and captures of news sites. To read, begin at the news desk; to count, at the questions below."

# What a list of each table or view shows first. Facets stand where counting is cheap; `suggest_facets` is off.
TABLES: dict[str, dict[str, Any]] = {
    "articles": {"sort_desc": "search_id", "facets": ["site"], "label_column": "title"},
    "headlines": {"sort_desc": "rowid", "facets": ["site", "section"]},
    "stories": {"sort_desc": "rowid"},
    "captions": {"sort_desc": "rowid", "facets": ["agency"]},
    "changes": {"sort_desc": "seen", "facets": ["change", "stealth"]},
    "images": {"sort_desc": "id", "facets": ["credit_agency"]},
    "revisions": {"sort_desc": "id", "facets": ["change"]},
    "captures": {"sort_desc": "id", "facets": ["role", "outcome"]},
    "links": {"facets": ["state", "source"], "label_column": "url"},
    "runs": {"sort_desc": "id", "facets": ["site"]},
    "outcomes": {"facets": ["outcome"]},
    "sites": {"label_column": "name"},  # a publisher may be unknown, and would be called "None"
    "corrections": {"sort_desc": "id", "facets": ["kind"]},
    "article_authors": {"facets": ["kind"]},
    "embeds": {"facets": ["kind", "provider"]},
    "field_evidence": {"facets": ["field", "method"]},
    "copy_clusters": {"sort_desc": "last_published"},
    "copies": {"sort_desc": "cluster_id"},
    "copy_pairs": {"hidden": True},  # what copies is made from
    "sketches": {"hidden": True},  # numbers, of no use to a reader
    "sketch_hashes": {"hidden": True},
    "sketches_due": {"hidden": True},
    "article_texts": {"hidden": True},  # the view stories shows it with its headline
    "_sqlite_migrations": {"hidden": True},
    # What a search index is made of: the words of all stories, of those whose text is not shown, too.
    **{
        f"{index}_{part}": {"allow": False}
        for index in ("articles_fts", "images_fts")
        for part in ("data", "idx", "docsize", "config", "words")
    },
}


def of(archives: tuple[str, ...]) -> dict[str, Any]:
    """Metadata for these databases; nothing for any other. Datasette writes into what it gets: each call gives a new one."""
    if not archives:
        return {}
    return {"databases": {name: copy.deepcopy(_database()) for name in archives}}


@cache
def _database() -> dict[str, Any]:
    return {"title": TITLE, "description": DESCRIPTION, "tables": _tables(), "queries": _queries()}


def _tables() -> dict[str, dict[str, Any]]:
    described = {name: {"description": dictionary.describe(name), "columns": _columns(name)} for name in dictionary.names()}
    return {name: {**described.get(name, {}), **TABLES.get(name, {})} for name in [*described, *TABLES]}


def _columns(table: str) -> dict[str, str]:
    return {column.name: column.meaning for column in dictionary.columns(table)}


def _queries() -> dict[str, dict[str, Any]]:
    """The questions of archiver/queries, each with a field for every parameter; an empty field does not limit anything."""
    return {
        query.name: {
            "title": query.title,
            "description": " ".join([query.description, *(f"{param.name}: {param.description}." for param in query.params)]),
            "sql": query.sql,
            "params": [param.name for param in query.params],
            "hide_sql": True,
        }
        for query in load_queries()
    }
