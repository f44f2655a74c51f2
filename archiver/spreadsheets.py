"""Cells of tables for spreadsheets: what one would take for a formula stays text."""

from __future__ import annotations

import re

# What a spreadsheet calculates (OWASP, "CSV Injection"); a number is none.
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def plain_cell(value: object) -> str:
    """A value as a cell; one that a spreadsheet would calculate begins with an apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if is_formula(text) else text


def is_formula(text: str) -> bool:
    return FORMULA.match(text) is not None and NUMBER.fullmatch(text) is None
