"""What Datasette is told about an archive: titles, meanings of columns, sort orders, facets and ready questions."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

TABLES_CSS = "/-/static-plugins/news_archiver/tables.css"

TITLE = "News archive"

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
    "sites": {"label_column": "publisher"},
    "corrections": {"sort_desc": "id", "facets": ["kind"]},
    "article_authors": {"facets": ["kind"]},
    "embeds": {"facets": ["kind", "provider"]},
    "field_evidence": {"facets": ["field", "method"]},
    "article_texts": {"hidden": True},  # the view stories shows it with its headline
    "_sqlite_migrations": {"hidden": True},
}


def of(archives: tuple[str, ...]) -> dict[str, Any]:
    """Metadata for these databases; nothing for any other. Datasette writes into what it gets: each call gives a new one."""
    if not archives:
        return {}
    return {"databases": {name: copy.deepcopy(_database()) for name in archives}}


@cache
def _database() -> dict[str, Any]:
    return {"title": TITLE, "tables": TABLES}
