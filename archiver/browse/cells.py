"""Cells of Datasette's own tables: some lead to the page of a story, and long texts stand in a box."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from datasette.app import Datasette
from markupsafe import Markup

KEY = "key"
ADDRESS = re.compile(r"https?://\S+\Z")  # Datasette makes a link of it
FIRST = "first_key"  # of a text that several stories print: its earliest copy
HEADLINES = frozenset({"key", "headline", "title"})
BOXED = range(160, 20_000)  # characters; Datasette itself cuts what is longer, in lists


def render(row: Any, value: Any, column: str, datasette: Datasette) -> Markup | None:
    """A link where the cell names a story, or a text that several print; a box for a long text; None leaves the cell to Datasette."""
    if not isinstance(value, str) or not value:
        return None
    if column in HEADLINES and (path := story_path(dict(row))):
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(path), value)
    if column == FIRST and value.isalnum():
        return Markup('<a href="{}">{}</a>').format(datasette.urls.path(f"/-/story/{value}/copies"), value)
    if len(value) in BOXED and not ADDRESS.match(value):
        return Markup('<div class="long" tabindex="0">{}</div>').format(value)
    return None


def story_path(row: dict[str, Any]) -> str | None:
    """Where a row's story is read: by its key, or by its address in views that have no key."""
    if isinstance(row.get(KEY), str) and row[KEY].isalnum():
        return f"/-/story/{row[KEY]}"
    if isinstance(row.get("url"), str) and "headline" in row:
        return f"/-/story?url={quote(row['url'], safe='')}"
    return None
