"""How many of what there are, and how long something takes, in words."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 story", "1,204 stories"; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def lasting(seconds: float) -> str:
    """ "3 hours", "2 days": roughly."""
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= size:
            return counted(round(seconds / size), unit)
    return "less than a minute"
