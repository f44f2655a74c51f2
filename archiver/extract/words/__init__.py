"""Word lists of the reading rules: data, one entry a line, `#` for comments (which name the source)."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def read_words(name: str) -> tuple[str, ...]:
    """The entries of `words/<name>.txt`, in order, without comments and blank lines."""
    lines = files(__name__).joinpath(f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(entry for line in lines if (entry := line.partition("#")[0].strip()))


@cache
def one_of(name: str) -> str:
    """A regular expression (without groups of its own) that matches any entry literally, longest first."""
    return "|".join(re.escape(word) for word in sorted(read_words(name), key=lambda word: (-len(word), word)))


@cache
def any_pattern(name: str) -> str:
    """A regular expression that matches what any entry matches; the entries are regular expressions themselves."""
    return "|".join(f"(?:{word})" for word in read_words(name))
