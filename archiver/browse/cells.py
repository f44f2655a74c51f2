"""Cells of Datasette's own tables that lead to the page of a story."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from datasette.app import Datasette
from markupsafe import Markup

KEY = "key"
HEADLINES = frozenset({"key", "headline", "title"})


def render(row: Any, value: Any, column: str, datasette: Datasette) -> Markup | None:
    """A link where the cell names a story and its row says which; None leaves the cell to Datasette."""
    if column not in HEADLINES or not isinstance(value, str) or not value:
        return None
    path = story_path(dict(row))
    return Markup('<a href="{}">{}</a>').format(datasette.urls.path(path), value) if path else None


def story_path(row: dict[str, Any]) -> str | None:
    """Where a row's story is read: by its key, or by its address in views that have no key."""
    if isinstance(row.get(KEY), str) and row[KEY].isalnum():
        return f"/-/story/{row[KEY]}"
    if isinstance(row.get("url"), str) and "headline" in row:
        return f"/-/story?url={quote(row['url'], safe='')}"
    return None
