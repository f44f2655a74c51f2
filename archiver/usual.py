"""What is usual for a site, and where it departs from it: a site that is crawled without any failure, and gives no stories any more.

After a redesign, a move of the feed or a new paywall every request may still be answered well. What a site gave before is the measure.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from archiver.store import Archive, StoryRead

WEEK = timedelta(days=7)
WEEKS = 8  # that the last days are compared with

# No story for a while: longer than twice the longest pause before, of a site that gave some regularly.
FEWEST_TIMES, FEWEST_DAYS = 10, timedelta(days=14)
PAUSES, LEAST_PAUSE = 2, timedelta(days=3)
MANY_PAGES = 10  # read since the last story, and none of them one: then a pause like those before is too long

# Far fewer stories in the last week than in the weeks before.
FEWEST_WEEKS, FEWEST_A_WEEK, A_PART = 4, 12, 4

# The newest stories lack what others had two weeks before; after two weeks that is usual.
NEWEST, BEFORE, FEWEST_BEFORE, EARLIER = 12, 100, 30, timedelta(days=14)
MOST, HARDLY_ANY = 0.8, 0.1
SHORTER = 4  # times shorter, in the median

Has = Callable[[StoryRead], bool]
FIELDS: tuple[tuple[str, str, Has], ...] = (  # what they do, what those before did
    ("have no date", "had one", lambda story: story.has_date),
    ("have no author", "had one", lambda story: story.has_author),
    ("have no picture", "had one", lambda story: story.has_picture),
    ("show a teaser only", "were whole", lambda story: story.is_whole),
)


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing that is not as usual: a line for an operator, and the next command."""

    words: str
    advice: str


def last_departure(archive: Archive, site: str) -> Departure | None:
    """What was not as usual when the site's lists were last looked through."""
    looked = archive.last_look_through(site)
    return find_departure(archive, site, looked[0]) if looked else None


def find_departure(archive: Archive, site: str, at: datetime) -> Departure | None:
    """The first thing that is not as usual with a site, as a run that looked through its lists could know it at that moment (UTC)."""
    newest = archive.newest_stories(site, at, NEWEST)
    if not newest:
        return None
    last = newest[0].came_at
    times = archive.story_times(site, min(last - WEEKS * WEEK, at - (WEEKS + 1) * WEEK), at)
    return (
        shut_out(times, at, archive.forbidden_addresses(site, last, at)[0])
        or gone_quiet(site, times, at, archive.pages_without_story(site, last, at))
        or gives_less(site, times, at, archive.watched_since(site))
        or lacks_something(newest, archive.newest_stories(site, at - EARLIER, BEFORE))
    )


def shut_out(times: Sequence[datetime], at: datetime, forbidden: int) -> Departure | None:
    """Whether robots.txt is why no story came for longer than ever. `forbidden`: addresses since the last one that were not asked for."""
    last, longest = times[-1], max((after - one for one, after in pairwise(times)), default=at - times[-1])
    if forbidden < MANY_PAGES or len(times) < FEWEST_TIMES or at - last <= longest:
        return None
    words = f"no new story since {last:%Y-%m-%d}: robots.txt forbids {forbidden} addresses that were due since then"
    return Departure(words, "nothing to do, unless the publisher allows it")


def gone_quiet(site: str, times: Sequence[datetime], at: datetime, pages: tuple[int, str]) -> Departure | None:
    """Whether the last story is longer ago than can be expected. `pages`: how many were no story since then, and one of them."""
    last = times[-1]
    before = [time for time in times if time >= last - WEEKS * WEEK]
    if len(before) < FEWEST_TIMES or last - before[0] < FEWEST_DAYS:
        return None
    pause, longest = at - last, max(after - one for one, after in pairwise(before))
    number, example = pages
    if number >= MANY_PAGES and pause > longest:
        words = f"{number} pages were read since {last:%Y-%m-%d}, and none is a story any more: its pages may have a new markup"
        return Departure(words, f"archiver crawl {shlex.quote(example)}   (says why); then selectors in sites.toml")
    if pause <= max(PAUSES * longest, LEAST_PAUSE):
        return None
    words = f"no new story since {last:%Y-%m-%d}, and no pause in the {WEEKS} weeks before was longer than {_days(longest)}"
    return Departure(
        words, f"look in a browser whether it has new ones; then archiver -v crawl {site}, or its new feed in sites.toml (feeds)"
    )


def gives_less(site: str, times: Sequence[datetime], at: datetime, watched_since: datetime | None) -> Departure | None:
    """Whether the last week had far fewer stories than a week usually has. Weeks before the first run do not count: feeds hold a part."""
    weeks = [at - number * WEEK for number in range(1, WEEKS + 2)]
    counts = [
        sum(start < time <= start + WEEK for time in times) for start in weeks if watched_since is not None and start >= watched_since
    ]
    if len(counts) <= FEWEST_WEEKS:
        return None
    usual = median(counts[1:])
    if usual < FEWEST_A_WEEK or counts[0] * A_PART > usual:
        return None
    words = f"only {counts[0]} of its stories came in the last 7 days; {usual:.0f} are usual"
    return Departure(words, f"compare its front page in a browser with: archiver -v crawl {site}")


def lacks_something(newest: Sequence[StoryRead], before: Sequence[StoryRead]) -> Departure | None:
    """Whether the newest stories, the last one first, lack what others mostly had before them."""
    if len(newest) < NEWEST or len(before) < FEWEST_BEFORE:
        return None
    advice = f"archiver show {shlex.quote(newest[0].url)} --evidence; where the page has more, selectors in sites.toml"
    for now_they, before_they, has in FIELDS:
        had, have = sum(map(has, before)), sum(map(has, newest))
        if had >= MOST * len(before) and have <= HARDLY_ANY * NEWEST:
            return Departure(f"its newest {NEWEST} stories {now_they}; {had} of {len(before)} before {before_they}", advice)
    now, usual = median(story.word_count for story in newest), median(story.word_count for story in before)
    if now * SHORTER <= usual:
        return Departure(f"its newest {NEWEST} stories have {now:.0f} words in the median; {usual:.0f} are usual", advice)
    return None


def _days(length: timedelta) -> str:
    days = length.total_seconds() / 86_400
    return f"{days:.0f} days" if days >= 3 else f"{days:.1f} days"
