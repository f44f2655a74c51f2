"""How often a site is asked: what a look at its feeds tells about the pace. Pure.

A feed holds its newest ten or twenty stories. Where all of them are new, more were probably published since the last look than
it holds: the site is asked sooner from then on, and less often again once its feeds overlap with what is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from archiver.store import Poll

FLOOR_S = 900  # the shortest learned interval: the timer's own (`archiver schedule install`)
GENEROUS = 0.5  # share of a feed's stories that were known; from here on the pace may slow down again


def has_overflowed(items: int, known: int, last_look: datetime | None, oldest: datetime | None) -> bool:
    """Whether stories between the last look and this one were probably missed: none is known, and none is from before that look.

    A feed that was never read before tells nothing, nor does one that was filled anew with old stories.
    """
    return items > 0 and known == 0 and last_look is not None and (oldest is None or oldest > last_look)


def spans_the_gap(polls: Iterable[Poll]) -> bool:
    """Whether another list of this run reaches from what was known to what is new, so that nothing can lie between."""
    return any(poll.known and not poll.overflowed and poll.role in ("sitemap", "wordpress") for poll in polls)


def next_interval(learned_s: float | None, own_s: float, polls: Sequence[Poll]) -> float | None:
    """Seconds between two runs from now on; None: the site's own interval.

    Half of it after an overflow, but not below FLOOR_S; twice of it while every feed overlaps by half or did not change.
    """
    current = min(learned_s, own_s) if learned_s else own_s
    if any(poll.overflowed for poll in polls):
        return min(max(FLOOR_S, current / 2), own_s)
    bounded = [poll for poll in polls if poll.role in ("feed", "news_sitemap")]
    if learned_s and all(poll.known >= GENEROUS * poll.items for poll in bounded):
        return current * 2 if current * 2 < own_s else None
    return learned_s
