"""How many of what there are, in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 story", "1,204 stories"; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
