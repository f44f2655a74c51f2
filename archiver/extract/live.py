"""A live blog's entries, each with its own time (schema.org LiveBlogPosting.liveBlogUpdate)."""

from __future__ import annotations

import re

from archiver.extract.evidence import clean
from archiver.extract.headline import tidy
from archiver.extract.moments import read_moment
from archiver.extract.page import Page
from archiver.records import LiveUpdate

MAX_UPDATES = 500
MAX_TEXT = 20_000
TAG = re.compile(r"<[^<>]{1,300}>")


def read_live_updates(page: Page) -> tuple[LiveUpdate, ...]:
    """In the page's order; empty where the story is no live blog."""
    told = page.graph.many(page.article.get("liveBlogUpdate"))[:MAX_UPDATES]
    found = [read_update(entry) for entry in told if isinstance(entry, dict)]
    return tuple(update for update in found if update.text or update.headline)


def read_update(entry: dict[str, object]) -> LiveUpdate:
    moment = read_moment(str(entry.get("datePublished") or "")[:100], None, False) if entry.get("datePublished") else None
    text = clean(TAG.sub(" ", str(entry.get("articleBody") or entry.get("text") or "")[: 2 * MAX_TEXT]), MAX_TEXT)
    return LiveUpdate(tidy(entry.get("headline") or entry.get("name")) or None, text, moment.iso if moment else None)
