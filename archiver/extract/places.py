"""Where on earth a printed place is: GeoNames' cities of 15,000 and more, by every spelling, and its smaller towns where the region is
printed with the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import cos, hypot, radians
from typing import NamedTuple

from archiver.extract.words import read_words

__all__ = ["Place", "find_in_country", "find_place", "is_city", "is_place", "is_region", "is_town"]

CITY_POPULATION = 200_000
LEAST_CITY = 15_000  # people; places with fewer are looked up where their region is printed
FAMOUS_RATIO = 10  # a bare name means the largest place of that name when it has ten times the people of the next one
EXONYM_WEIGHT = 1 / 50  # GeoNames lists "Rome" among the spellings of Lomé
SAME_PLACE_KM = 60  # a city and its capital district are listed apart
SAME_TOWN_KM = 15  # a town and its community
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


class City(NamedTuple):
    lat: float
    lon: float
    population: int
    country: str  # "US"
    region: str  # "US.WI"


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Cities and their spellings as they lie in words/cities.txt and words/city_names.txt. A story asks for a handful of the 34,000 cities:
    their lines are looked up in the text, and taken apart then; nothing is made ready before.
    """

    spellings: bytes  # sorted lines: "rome\t9273,-18212"
    cities: list[str]  # lines

    def numbers(self, name: str) -> tuple[int, ...]:
        """Of the cities that are printed so, in any spelling; below zero where it is not the main one."""
        if len(name) > MAX_NAME:
            return ()
        found = line_of(self.spellings, fold_name(name)) or line_of(self.spellings, plain(name.strip()))
        return tuple(map(int, found.split(","))) if found else ()


def line_of(table: bytes, name: str) -> str:
    """What stands behind a name in sorted lines; empty where it is unknown. Halves what is left of the text at each step."""
    wanted = name.encode("utf-8", "replace") + b"\t"
    low, high = 0, len(table)
    while low < high:
        start = max(low, table.rfind(b"\n", low, (low + high) // 2) + 1)
        end = table.index(b"\n", start) + 1
        line = table[start:end]
        if line.startswith(wanted):
            return line[len(wanted) : -1].decode()
        low, high = (end, high) if line < wanted else (low, start)
    return ""


@lru_cache(maxsize=4_000)
def city(number: int) -> City:
    lat, lon, population, region, _ = gazetteer().cities[abs(number) - 1].split("\t")
    return City(float(lat), float(lon), int(population), region.partition(".")[0], region)


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
    return stand_alone().get(fold_name(name)) or largest(cities_named(name))


def find_in_country(located: str, country: str) -> Place | None:
    """The city or town that a bare name means in a paper of that country (ISO 3166); None where it may be several."""
    name = SEVERAL.split(located.strip(" ,")[: 4 * MAX_NAME])[0]
    return largest((weight, place) for weight, place in (*cities_named(name), *towns_named(name)) if place.country == country)


def in_regions(name: str, regions: Sequence[str]) -> Place | None:
    """The one city or town of that name in all these regions; else the country that they are in."""
    choices = [codes for region in regions if (codes := region_codes(region))]
    if len(choices) < len(regions):
        return None
    named = (*cities_named(name), *towns_named(name))
    inside = [(weight, place) for weight, place in named if all(lies_in(place, codes) for codes in choices)]
    if place := largest(inside):
        return place
    countries = set.intersection(*({code[:2] for code in codes} for codes in choices))
    return Place(countries.pop()) if len(countries) == 1 else None


def lies_in(place: City, codes: Iterable[str]) -> bool:
    return place.country in codes or place.region in codes


Weighed = tuple[float, City]  # people, fewer where the name is not the main one


def cities_named(name: str) -> list[Weighed]:
    """The cities that are printed so, in any spelling."""
    found = ((number, city(number)) for number in gazetteer().numbers(name))
    return [(place.population * (1 if number > 0 else EXONYM_WEIGHT), place) for number, place in found]


def towns_named(name: str) -> list[Weighed]:
    """The smaller towns of that name."""
    found = line_of(towns(), fold_name(name))
    parts = (town.split(" ") for town in found.split(";")) if found else ()
    return [
        (float(people), City(float(lat), float(lon), int(people), region.partition(".")[0], region)) for region, lat, lon, people in parts
    ]


def largest(weighed: Iterable[Weighed]) -> Place | None:
    """The place that outweighs each other one that is not next to it; None where none does."""
    ordered = sorted(weighed, reverse=True)
    if not ordered:
        return None
    weight, first = ordered[0]
    for other_weight, other in ordered[1:]:
        near = SAME_PLACE_KM if first.population >= LEAST_CITY else SAME_TOWN_KM
        if weight < FAMOUS_RATIO * other_weight and distance_km(first, other) > near:
            return None
    return Place(first.country, first.lat, first.lon)


def distance_km(first: City, second: City) -> float:
    """Flat: good enough between neighbours."""
    east = (first.lon - second.lon) * cos(radians(first.lat))
    return KM_PER_DEGREE * hypot(first.lat - second.lat, east)


def as_country(name: str) -> Place | None:
    codes = [code for code in region_codes(name) if len(code) == 2]
    return Place(codes[0]) if len(codes) == 1 else None


def is_place(name: str) -> bool:
    """Whether a city of that name is known, in any language."""
    return fold_name(name) in stand_alone() or bool(gazetteer().numbers(name))


def is_city(name: str) -> bool:
    """Whether a large city is printed so: alone on a line it is no other word."""
    return fold_name(name) in stand_alone() or any(city(number).population >= CITY_POPULATION for number in gazetteer().numbers(name))


def is_town(name: str, countries: Container[str]) -> bool:
    """Whether a smaller town of that name lies in one of these countries (ISO 3166)."""
    return any(town.country in countries for _, town in towns_named(name))


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
    return Gazetteer(read_table("city_names"), read_table("cities").decode().split("\n"))


@cache
def towns() -> bytes:
    """Sorted lines: "woodbridge\tUS.CA 38.154 -121.301 3984;US.CT …"."""
    return read_table("towns")


def read_table(name: str) -> bytes:
    """The lines of words/`name`.txt behind the comment at its head (see docs/cities.py)."""
    text = files("archiver.extract.words").joinpath(f"{name}.txt").read_bytes()
    while text.startswith(b"#"):
        text = text.partition(b"\n")[2]
    return text


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
    found: dict[str, Place] = {}
    for entry in read_words("world_places"):
        printed, _, meant = entry.partition(" = ")
        name, _, country = meant.rpartition(", ")
        inside = [(weight, place) for weight, place in cities_named(name) if lies_in(place, (country,))]
        if place := largest(inside):
            found[fold(printed)] = place
    return found
