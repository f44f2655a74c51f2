"""Days of the past: which addresses list them, which links fall into them, which are done already. Pure: no network, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import unquote

from archiver.days import HOW, end_of_month, read_span
from archiver.discover.found import FIRST_YEAR, is_before, zone_of
from archiver.errors import WrongUse
from archiver.records import Link, Site
from archiver.urls import MONTHS, date_in_url

DAY = timedelta(days=1)
YEAR = r"(?<!\d)(?P<y>19[89]\d|20\d\d)"
MONTH = r"(?P<m>0[1-9]|1[0-2])"
LINK = r"(?:&\w+=|[-_/](?:m|mm|month|monat|mes|mois|mese)[-_/=])"  # ?yyyy=2024&mm=03, /2024/month/03
YEAR_IN_URL = re.compile(rf"{YEAR}(?!\d)")
# Two digits each: "sitemap-2024-03-1.xml" is the first list of March.
DAYS_IN_URL = (
    re.compile(rf"{YEAR}(?P<sign>[-_/.]?){MONTH}(?P=sign)(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(rf"{YEAR}&\w+={MONTH}&\w+=(?P<d>0[1-9]|[12]\d|3[01])(?!\d)"),
)
MONTHS_IN_URL = (
    re.compile(rf"{YEAR}(?:[-_/.]?|{LINK}){MONTH}(?!\d)", re.IGNORECASE),
    re.compile(rf"{YEAR}[-_/.](?P<name>{'|'.join(MONTHS)})[a-z]{{0,6}}(?![a-z])", re.IGNORECASE),
)
MONTH_IN_PATH = re.compile(r"/(?P<y>19[89]\d|20\d\d)[/-](?P<m>0?[1-9]|1[0-2])/(?!$)")  # of a story: /2024/03/the-slug/


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """From the first to the last day, both of them included; by the clock of the site."""

    first: date
    last: date

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def read_days(first: str, last: str | None, today: date) -> Days:
    """The days that a user names: 2024-03-14, or a whole month 2024-03, or a year 2024. Raises WrongUse."""
    days = Days(_read_end("--from", first)[0], _read_end("--to", last)[1] if last else today)
    if days.first > today:
        raise WrongUse(f"--from {first} is in the future; nothing is published there yet.\nToday is {today}, by the clock of the site.")
    if days.first > days.last:
        raise WrongUse(
            f"--from {days.first} is later than --to {days.last}.\nThe older day comes first: --from {days.last} --to {days.first}"
        )
    if days.last > today and last != f"{today:%Y-%m}" and last != f"{today:%Y}":
        raise WrongUse(f"--to {last} is in the future.\nToday is {today}, by the clock of the site; leave --to out to go up to now.")
    return Days(days.first, min(days.last, today))


def _read_end(option: str, text: str) -> tuple[date, date]:
    """First and last day of a day, a month or a year."""
    span = read_span(text)
    if span is None:
        raise WrongUse(f"{option} {text!r} is no day.\n{HOW}")
    first, last = span
    if first.year < FIRST_YEAR:
        raise WrongUse(f"{option} {text} is before the web: there are no pages from before {FIRST_YEAR}.\nWrite it as 2024-03-14.")
    return first, last


# --- parts of a range


def parts(days: Days, today: date) -> list[Days]:
    """The months of a range, the newest first. The present day is a part of its own: its list can still grow."""
    found = []
    last = days.last
    while last >= days.first:
        first = last if last >= today else max(days.first, last.replace(day=1))
        found.append(Days(first, last))
        last = first - DAY
    return found


def without(days: Days, done: Iterable[Days]) -> list[Days]:
    """What is left of a range when some days are done, the newest first."""
    left = [days]
    for gone in done:
        left = [rest for part in left for rest in _cut(part, gone)]
    return sorted(left, reverse=True)


def _cut(part: Days, gone: Days) -> Iterator[Days]:
    if gone.last < part.first or gone.first > part.last:
        yield part
        return
    if part.first < gone.first:
        yield Days(part.first, gone.first - DAY)
    if gone.last < part.last:
        yield Days(gone.last + DAY, part.last)


def ends_at(days: Days, site: Site) -> datetime:
    """The moment (UTC) when its last day is over."""
    return datetime.combine(days.last + DAY, time(), zone_of(site)).astimezone(UTC)


def bounds(days: Days, site: Site) -> tuple[datetime, datetime]:
    """`after` and `before` for WordPress, which takes neither moment itself: a second before the first day, and the end of the last."""
    return datetime.combine(days.first, time(), zone_of(site)).astimezone(UTC) - timedelta(seconds=1), ends_at(days, site)


# --- addresses that speak of days


def days_in_address(url: str) -> Days | None:
    """The days that a sitemap or an archive page is about, by its address (sitemap-2019-05.xml); None where it does not tell."""
    tail = unquote(url.partition("://")[2].partition("/")[2])
    found: list[Days] = []
    for patterns, read in ((DAYS_IN_URL, _day), (MONTHS_IN_URL, _month), ((YEAR_IN_URL,), _year)):
        for pattern in patterns:
            found += [days for match in pattern.finditer(tail) if (days := read(match))]
            tail = pattern.sub(" ", tail)
    return Days(min(days.first for days in found), max(days.last for days in found)) if found else None


def _day(match: re.Match[str]) -> Days | None:
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:  # the 31st of June is no day
        return None
    return Days(day, day)


def _month(match: re.Match[str]) -> Days:
    groups = match.groupdict()
    first = date(int(match["y"]), int(groups["m"]) if groups.get("m") else MONTHS[groups["name"].lower()], 1)
    return Days(first, end_of_month(first))


def _year(match: re.Match[str]) -> Days:
    return Days(date(int(match["y"]), 1, 1), date(int(match["y"]), 12, 31))


def may_hold(child: str, lastmod: datetime | None, days: Days) -> bool:
    """Whether a sitemap can list stories of these days: not one about other days, and not one that was last changed before them.

    One that was changed after them may: so is every list that grows at its end, and every one in which an old story was mended.
    """
    about = days_in_address(child)
    if about and (about.last < days.first - DAY or about.first > days.last + DAY):  # a day of slack: whose midnight is it
        return False
    return not is_before(lastmod, datetime.combine(days.first, time(), UTC))


def listed_on(link: Link, site: Site, days: Days) -> str | None:
    """The day (YYYY-MM-DD) or month (YYYY-MM) that a link is listed under; None where nothing tells whether it falls into `days`.

    Date of publication as declared, the date in its address, the month of the list that it stands in. A date of change proves one
    thing: the story is no younger. One inside the range is taken for a hint of its month; one behind the range says nothing.
    """
    zone = zone_of(site)
    if link.date_published:
        return link.date_published.astimezone(zone).date().isoformat()
    if dated := date_in_url(link.url):
        return dated.isoformat()
    if month := MONTH_IN_PATH.search(link.url.partition("://")[2]):
        return f"{month['y']}-{int(month['m']):02}"
    about = days_in_address(link.source_url)
    if about and about.first.replace(day=1) == about.last.replace(day=1):
        return f"{about.first:%Y-%m}"
    changed = link.lastmod.astimezone(zone).date() if link.lastmod else None
    return f"{changed:%Y-%m}" if changed and changed <= days.last else None


def falls_into(listed: str, days: Days) -> bool:
    """Whether a day or month touches the range."""
    size = len(listed)
    return days.first.isoformat()[:size] <= listed <= days.last.isoformat()[:size]


def archive_pages(site: Site, days: Days) -> list[str]:
    """Dated lists of a site: by its own pattern, else those that every WordPress has; empty where nothing is known of any.

    "https://example.org/archive/{yyyy}-{mm}/" for months, with {dd} for days.
    """
    pattern = site.archive_page or _wordpress_archive(site)
    if pattern is None:
        return []
    span = (days.last - days.first).days if "{dd}" in pattern else 0
    pages = (days.last - timedelta(days=back) for back in range(span + 1))
    return list(dict.fromkeys(_filled(pattern, day) for day in pages))


def _filled(pattern: str, day: date) -> str:
    return pattern.replace("{yyyy}", f"{day:%Y}").replace("{mm}", f"{day:%m}").replace("{dd}", f"{day:%d}")


def _wordpress_archive(site: Site) -> str | None:
    if not site.wordpress_api:
        return None
    home = re.split(r"wp-json/?|\?rest_route=|index\.php", site.wordpress_api)[0]
    return f"{home.rstrip('/')}/{{yyyy}}/{{mm}}/"
