"""A map as inline SVG, drawn by the server: the outlines come from a file beside the style sheet, nothing from outside.

Degrees of longitude are as wide as those of latitude are high in the middle of the map (equirectangular, true there).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians, sqrt

from markupsafe import Markup

from archiver.counted import counted

WIDTH, HEIGHT = 960, 520  # units of the drawing
DEGREE = 100  # units of the outlines' file in a degree
BEYOND = 20.0  # degrees that the outlines go on beyond the edge of the world
WORLD, HALF, CLOSEST = 360.0, 180.0, 2.0  # degrees of longitude from edge to edge
MARGIN = 1.3  # around the places that a map is made for
FEWEST_DEGREES = 8.0  # of a map that is made for its places: outlines are coarse
STEP = 1 / 3  # of the map, to its neighbour
SMALLEST, LARGEST = 4.0, 20.0  # radius of a place, units
LEAST_OF_MOST = 25  # stories of the largest place: one story alone is small
LETTER, LINE = 6.6, 15  # width and height of a label's letter
MOST_LABELS = 40
NEAR = 24.0  # degrees of a map around one place
NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{1,8})?")

OUTLINES = Markup('<use class="{name}" href="{file}#{name}" transform="translate({x:.2f} {y:.2f}) scale({scale_x:.6f} {scale_y:.6f})"/>')
PLACE = Markup('<a href="{href}" tabindex="-1"><circle class="place" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/><title>{title}</title></a>')
LABEL = Markup('<text x="{x:.1f}" y="{y:.1f}"{end}>{text}</text>')


@dataclass(frozen=True, slots=True)
class Place:
    """Where stories were filed from."""

    name: str  # as most of them print it
    country: str | None  # ISO 3166, two letters
    lat: float
    lon: float
    stories: int

    @property
    def at(self) -> str:
        """For the parameter of the search page that finds its stories."""
        return f"{self.lat!r},{self.lon!r}"

    @property
    def view(self) -> View:
        """The map around it."""
        return view_of(self.lat, self.lon, NEAR)


@dataclass(frozen=True, slots=True)
class View:
    """A part of the world: its middle, and the degrees of longitude from its left edge to its right one."""

    lat: float
    lon: float
    span: float

    @property
    def squeeze(self) -> float:
        """How wide a degree of longitude is beside one of latitude."""
        return cos(radians(min(abs(self.lat), 75.0)))

    @property
    def height(self) -> float:
        """Degrees of latitude from the upper edge to the lower one."""
        return self.span * self.squeeze * HEIGHT / WIDTH

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a place is in the drawing; over the edge of the world the shorter way."""
        east = (lon - self.lon + 180.0) % 360.0 - 180.0
        return WIDTH / 2 + east / self.span * WIDTH, HEIGHT / 2 - (lat - self.lat) / self.height * HEIGHT

    def __str__(self) -> str:
        return f"{round(self.lat, 3):g},{round(self.lon, 3):g},{round(self.span, 3):g}"


def view_of(lat: float, lon: float, span: float) -> View:
    """A view that lies on the map: not beyond the poles, and neither closer nor wider than is sensible."""
    span = min(max(span, CLOSEST), WORLD)
    lat = min(max(lat, -85.0), 85.0)
    for _ in range(3):  # what is beyond a pole depends on the height, and that on the latitude
        beyond = 90.0 - min(View(lat, lon, span).height / 2, 90.0)
        lat = min(max(lat, -beyond), beyond)
    return View(lat, (lon + 180.0) % 360.0 - 180.0, span)


def read_view(text: str | None) -> View | None:
    """From the address of a page; None for what is no view."""
    parts = (text or "").split(",")
    if len(parts) != 3 or not all(map(NUMBER.fullmatch, parts)):
        return None
    lat, lon, span = map(float, parts)
    return view_of(lat, lon, span) if abs(lat) <= 90 and abs(lon) <= 180 else None


def view_on(places: Sequence[Place]) -> View:
    """What shows all of the places; the world as everybody knows it where there are none, or are some all around."""
    if not places:
        return view_of(20.0, 0.0, WORLD)
    south, north = min(place.lat for place in places), max(place.lat for place in places)
    west, east = around([place.lon for place in places])
    lat, lon = (south + north) / 2, (west + east) / 2
    high = (north - south) * WIDTH / HEIGHT / View(lat, lon, WORLD).squeeze
    span = max(east - west, high) * MARGIN
    return view_of(lat, lon, max(span, FEWEST_DEGREES)) if span < HALF else view_on([])


def around(longitudes: Sequence[float]) -> tuple[float, float]:
    """The shortest stretch, from west to east, that holds them all: Fiji and Samoa are neighbours."""
    ordered = sorted(set(longitudes))
    gaps = [(after - one, place) for place, (one, after) in enumerate(zip(ordered, [*ordered[1:], ordered[0] + 360.0], strict=True))]
    _, place = max(gaps)
    west, east = ordered[(place + 1) % len(ordered)], ordered[place]
    return (west, east) if west <= east else (west, east + 360.0)


def neighbours(view: View) -> Mapping[str, View | None]:
    """The views that lead on from this one, by their name; None where there is no farther."""
    side, up = view.span * STEP, view.height * STEP
    found = {
        "closer": view_of(view.lat, view.lon, view.span / 2),
        "wider": view_of(view.lat, view.lon, view.span * 2),
        "west": view_of(view.lat, view.lon - side, view.span),
        "east": view_of(view.lat, view.lon + side, view.span),
        "north": view_of(view.lat + up, view.lon, view.span),
        "south": view_of(view.lat - up, view.lon, view.span),
    }
    return {name: other if str(other) != str(view) else None for name, other in found.items()}


def draw(places: Sequence[Place], view: View, outlines: str, link: str) -> Markup:
    """The map. `outlines`: address of borders.svg; `link`: address of a place's stories, with {at} in it.

    The drawing is for the eye: a table with the same places goes with it.
    """
    shown = [(place, view.point(place.lat, place.lon)) for place in sorted(places, key=lambda place: -place.stories)]
    shown = [(place, point) for place, point in shown if 0 <= point[0] <= WIDTH and 0 <= point[1] <= HEIGHT]
    most = max((place.stories for place, _ in shown), default=1)
    content = Markup("").join(
        [
            *draw_outlines(view, outlines),
            *(draw_place(place, point, most, link) for place, point in shown),
            *draw_labels(shown, most),
        ]
    )
    return Markup('<svg class="map" viewBox="0 0 {w} {h}" aria-hidden="true" focusable="false">{content}</svg>').format(
        w=WIDTH, h=HEIGHT, content=content
    )


def draw_outlines(view: View, file: str) -> Iterator[Markup]:
    scale_x, scale_y = WIDTH / view.span / DEGREE, HEIGHT / view.height / DEGREE
    for turn in (-360.0, 0.0, 360.0):  # the world once more beyond its edge
        if abs(view.lon - turn) - view.span / 2 < 180.0 + BEYOND:
            x, y = WIDTH / 2 + (turn - view.lon) * DEGREE * scale_x, HEIGHT / 2 + view.lat * DEGREE * scale_y
            for name in ("land", "borders"):
                yield OUTLINES.format(name=name, file=file, x=x, y=y, scale_x=scale_x, scale_y=scale_y)


def radius(stories: int, most: int) -> float:
    """The area of a place stands for its stories."""
    return max(SMALLEST, LARGEST * sqrt(stories / max(most, LEAST_OF_MOST)))


def draw_place(place: Place, point: tuple[float, float], most: int, link: str) -> Markup:
    country = f", {place.country}" if place.country else ""
    title = f"{place.name}{country}: {counted(place.stories, 'story', 'stories')}"
    return PLACE.format(href=link.replace("{at}", place.at), x=point[0], y=point[1], r=radius(place.stories, most), title=title)


def draw_labels(shown: Sequence[tuple[Place, tuple[float, float]]], most: int) -> Iterator[Markup]:
    """Names of the places with the most stories, where there is room for them: to the right, at the edge to the left."""
    taken: list[tuple[float, float, float, float]] = []
    for place, (x, y) in shown:
        beside, wide = radius(place.stories, most) + 3, len(place.name) * LETTER
        is_left = x + beside + wide > WIDTH
        left = x - beside - wide if is_left else x + beside
        box = (left, y - LINE / 2, left + wide, y + LINE / 2)
        if left < 0 or any(box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3] for other in taken):
            continue
        taken.append(box)
        end = Markup(' text-anchor="end"') if is_left else ""
        yield LABEL.format(x=x - beside if is_left else left, y=y + LINE / 3, end=end, text=place.name)
        if len(taken) >= MOST_LABELS:
            return
