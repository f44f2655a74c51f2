"""Captures ▶ articles. `read_article` is one line per field; each field has a file of its own. Pure: no I/O, no clock, no globals."""

from __future__ import annotations

from archiver.extract.article import EXTRACTOR, as_json, read_article
from archiver.extract.joining import join_pages

__all__ = ["EXTRACTOR", "as_json", "join_pages", "read_article"]
