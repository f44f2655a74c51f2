"""One name for an agency that goes by several: "The Associated Press", "A.P." and "AP" are AP.

The names stand beside the other word lists of the reader; they are read without importing it, which takes a second.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

NO_LETTER = re.compile(r"[\W_]+")


def agency_name(printed: str) -> str:
    """The name under which an agency is counted; what is not in the list keeps the name that it was given."""
    return known_names().get(squeezed(printed), printed)


@cache
def known_names() -> dict[str, str]:
    """Squeezed name ▶ the one that is used."""
    text = files("archiver").joinpath("extract", "words", "agency_names.txt").read_text(encoding="utf-8")
    names: dict[str, str] = {}
    for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        name, _, others = line.partition(" = ")
        for each in (name, *others.split(" | ")):
            if names.setdefault(squeezed(each), name) != name:
                raise ValueError(f"agency_names.txt: {each} stands for {names[squeezed(each)]} and for {name}")
    return names


def squeezed(name: str) -> str:
    """For comparing: small letters and digits alone."""
    return NO_LETTER.sub("", name.casefold())
