"""The time zone of a time that is printed without one: the site's, its country's, or an offset that other times of the page tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archiver.extract.moments import Moment
from archiver.extract.page import Page
from archiver.extract.words import read_words

NO_COUNTRY = frozenset(
    {"tv", "io", "co", "me", "ai", "fm", "ly", "cc", "ws", "to", "gg", "st", "sh", "la", "vc", "eu", "am"}
)  # endings of hosts that are sold to everybody
LEGAL_ZONES = {
    "CN": "Asia/Shanghai",
    "UA": "Europe/Kyiv",
}  # one time by law, though the zones' table has a second one that is in use beside it
FOOT = 40  # last blocks of a page
# "京ICP备12345678号", "浙 ICP 备 12345678 号" (record-filing of internet services, China, 2005, art. 13); "违法和不良信息举报电话"
REGISTERED = re.compile(r"[\u4e00-\u9fff]\s?ICP\s?[备備证證][^\w]{0,3}\s?\w?-?\d{6}|不良信息举报")
REGISTERED_MARKS = ("ICP", "不良信息")


@cache
def site_zone(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def country_of_zone(name: str) -> str | None:
    """ISO 3166 code of the country that an IANA zone lies in."""
    return next((code for code, names in zones_of_countries().items() if name in names), None)


def country_of(host: str) -> str | None:
    """ISO 3166 code of the country whose letters end a host's name."""
    ending = host.rpartition(".")[2].lower()
    return {"uk": "GB"}.get(ending, ending.upper()) if len(ending) == 2 and ending not in NO_COUNTRY else None


@cache
def country_zone(host: str) -> tzinfo | None:
    """The zone of the country whose letters end the host's name, where it has one for all (on the continent of its first)."""
    code = country_of(host)
    return zone_of_country(code) if code else None


@cache
def language_zone(language: str | None) -> tzinfo | None:
    """The zone in which nearly all readers of a language live, or those of its region ("ja", "fa-AF"); None for those of many zones."""
    tongue, _, region = (language or "").replace("_", "-").partition("-")
    country = countries_of_languages().get(tongue.lower())
    return (zone_of_country(region.upper()) or zone_of_country(country)) if country else None


@cache
def countries_of_languages() -> dict[str, str]:
    return dict(line.split() for line in read_words("language_countries"))


@cache
def zone_of_country(code: str) -> tzinfo | None:
    if code in LEGAL_ZONES:
        return site_zone(LEGAL_ZONES[code])
    names = zones_of_countries().get(code, ())
    near = [name for name in names if name.partition("/")[0] == names[0].partition("/")[0]]
    zones = [zone for name in near if (zone := site_zone(name))]
    days = (datetime(2024, 1, 1), datetime(2024, 7, 1))  # noqa: DTZ001 - offsets of winter and summer
    return zones[0] if zones and len({tuple(zone.utcoffset(day) for day in days) for zone in zones}) == 1 else None


@cache
def zones_of_countries() -> dict[str, tuple[str, ...]]:
    """IANA zones by ISO 3166 code, of the zone.tab that comes with tzdata."""
    zones: dict[str, tuple[str, ...]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and len(parts := line.split("\t")) > 2:
            zones[parts[0]] = (*zones.get(parts[0], ()), parts[2])
    return zones


def zone_of_registration(page: Page) -> tzinfo | None:
    """China's zone where the page's foot has what every site on a server there must print: the number under which it is registered, or
    where bad content is reported."""
    foot = (block.text for block in page.outline.blocks[-FOOT:])
    return site_zone(LEGAL_ZONES["CN"]) if any(map(is_registered, foot)) else None


def is_registered(text: str) -> bool:
    return not text.isascii() and any(mark in text for mark in REGISTERED_MARKS) and REGISTERED.search(text) is not None


def fixed(zone: tzinfo, when: datetime) -> tzinfo:
    """The zone's offset at that time, so that the value prints with it."""
    offset = when.replace(tzinfo=zone).utcoffset()
    return timezone(offset) if offset else UTC


def fitting_offset(moment: Moment, others: Iterable[Moment]) -> tzinfo | None:
    """The offset of a stamp with the same wall clock, or the one that makes it the instant of another stamp. None if that is UTC."""
    zoned = [other for other in others if other.when.tzinfo is not None and other.has_time]
    for other in zoned:
        if other.when.utcoffset() and abs(other.when.replace(tzinfo=None) - moment.when) < timedelta(minutes=1):
            return other.when.tzinfo
    for other in zoned:
        ahead = (moment.when - other.in_utc.replace(tzinfo=None)).total_seconds()
        steps = round(ahead / 1_800)
        if steps and abs(steps) <= 28 and abs(ahead - 1_800 * steps) < 60:
            return timezone(timedelta(seconds=1_800 * steps))
    return None


def any_offset(others: Iterable[Moment]) -> tzinfo | None:
    """The first offset; one that is not UTC before one that is."""
    zoned = [other.when.tzinfo for other in others if other.when.tzinfo is not None]
    return next((zone for zone in zoned if zone is not UTC), zoned[0] if zoned else None)
