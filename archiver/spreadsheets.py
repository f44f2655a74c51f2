"""Cells of tables for spreadsheets: what one would take for a formula stays text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

# What a spreadsheet calculates (OWASP, "CSV Injection"); a number is none.
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Lines of a CSV file (RFC 4180); a text that a spreadsheet would calculate begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(map(plain_cell, row) for row in rows)
    return text.getvalue()


def plain_cell(value: object) -> str:
    """A value as a cell; one that a spreadsheet would calculate begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    return FORMULA.match(text) is not None and NUMBER.fullmatch(text) is None
