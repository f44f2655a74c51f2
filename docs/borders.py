"""Makes the outlines of the map (archiver/browse/static/borders.svg) from Natural Earth's, as the npm package world-atlas has them.

npm pack world-atlas && tar xzf world-atlas-*.tgz
python docs/borders.py package/countries-50m.json

Needed only where borders have changed: the file is part of the project.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from math import hypot
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "archiver/browse/static/borders.svg"
UNIT = 100  # of the drawing, in a degree
TOLERANCE = 0.05  # degrees by which a line may be moved
LEAST_ISLAND = 0.02  # square degrees

HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="-18000 -9000 36000 18000">
<!-- Made by docs/borders.py; not to be edited. A degree is {unit} units, north is above.
     Source: Natural Earth (public domain), 1:50 million, by way of world-atlas 2.0.2 (ISC licence). -->
"""

Point = tuple[float, float]


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [simplified(arc) for arc in absolute(topology)]
    coasts = {abs_index(number) for ring in rings(topology["objects"]["land"]) for number in ring}
    inner = {abs_index(number) for ring in rings(topology["objects"]["countries"]) for number in ring} - coasts
    land = "".join(path(points) + "z" for ring in rings(topology["objects"]["land"]) if area(points := joined(ring, arcs)) >= LEAST_ISLAND)
    borders = "".join(path(unbroken(arcs[number])) for number in sorted(inner))
    drawn = (
        f'<path id="{name}" vector-effect="non-scaling-stroke" d="{steps}"/>\n' for name, steps in (("land", land), ("borders", borders))
    )
    text = f"{HEAD.format(unit=UNIT)}{''.join(drawn)}</svg>\n"
    TARGET.write_text(text, encoding="utf-8")
    print(f"written: {TARGET.name}, {len(text):,} characters")


def absolute(topology: Any) -> Iterator[list[Point]]:
    """The arcs in degrees: a topology has steps, as whole numbers."""
    (scale_x, scale_y), (shift_x, shift_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + shift_x, y * scale_y + shift_y))
        yield points


def abs_index(number: int) -> int:
    """An arc's place; one that is gone through backwards has the ones' complement of it."""
    return ~number if number < 0 else number


def rings(item: Any) -> Iterator[list[int]]:
    for geometry in item.get("geometries", [item]):
        if geometry["type"] == "Polygon":
            yield from geometry["arcs"]
        elif geometry["type"] == "MultiPolygon":
            for polygon in geometry["arcs"]:
                yield from polygon
        elif geometry["type"] == "GeometryCollection":
            yield from rings(geometry)


def joined(ring: Iterable[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    points: list[Point] = []
    for number in ring:
        arc = arcs[abs_index(number)]
        points += (arc[::-1] if number < 0 else arc)[1 if points else 0 :]
    return closed(unbroken(points))


def unbroken(points: Iterable[Point]) -> list[Point]:
    """Beyond the edge of the world where a line crosses it: the map draws the world more than once."""
    found: list[Point] = []
    for x, y in points:
        last = found[-1][0] if found else x
        found.append((x + 360.0 * round((last - x) / 360.0), y))
    return found


def closed(points: list[Point]) -> list[Point]:
    """A ring around the pole goes through it."""
    (first, _), (last, y) = points[0], points[-1]
    pole = 90.0 if y > 0 else -90.0
    return [*points, (last, pole), (first, pole)] if abs(last - first) > 180.0 else points


def simplified(points: Sequence[Point]) -> list[Point]:
    """Without points that lie on the line between others (Ramer, Douglas and Peucker)."""
    kept = {0, len(points) - 1}
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        far = max(range(first + 1, last), key=lambda at: distance(points[at], points[first], points[last]), default=first)
        if far != first and distance(points[far], points[first], points[last]) > TOLERANCE:
            kept.add(far)
            spans += [(first, far), (far, last)]
    return [points[at] for at in sorted(kept)]


def distance(point: Point, one: Point, other: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, one, other
    length = hypot(x2 - x1, y2 - y1)
    return abs((y2 - y1) * (x - x1) - (x2 - x1) * (y - y1)) / length if length else hypot(x - x1, y - y1)


def area(points: Sequence[Point]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True))) / 2


def path(points: Iterable[Point]) -> str:
    """One line of a drawing, step by step in whole units."""
    steps: list[str] = []
    at: tuple[int, int] | None = None
    for x, y in points:
        here = (round(x * UNIT), round(-y * UNIT))
        if at is None:
            steps.append(f"M{here[0]} {here[1]}l")
        elif here != at:
            steps.append(f"{here[0] - at[0]} {here[1] - at[1]}")
        at = here
    return steps[0] + " ".join(steps[1:]).replace(" -", "-") if len(steps) > 1 else ""


if __name__ == "__main__":
    main()
