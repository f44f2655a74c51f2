"""Charts as inline SVG, drawn by the server: no script, no style of their own, so that the page's policy holds."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup

from archiver.browse.dates import day_in_words
from archiver.counted import counted

WIDTH, HEIGHT, FOOT = 360, 84, 20  # units of the drawing; FOOT is for the labels below
WIDE = 720  # of a chart that has the page to itself
GAP = 0.22  # share of a day's width that stays empty
MOST_MONTHS = 180  # drawn; the table has all
FEWEST_MONTHS = 12  # that have room: one month alone is no wall

BAR = Markup(
    '<a href="{href}" tabindex="-1"><rect class="hit" x="{left:.1f}" y="0" width="{width:.1f}" height="{height}"/>'
    '<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{tall:.1f}" rx="1"/><title>{title}</title></a>'
)
MONTH = Markup(
    '<a href="{href}" tabindex="-1"><rect class="hit" x="{left:.1f}" y="0" width="{width:.1f}" height="{height}"/>'
    '<rect class="lacking" x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{tall:.1f}"/>'
    '<rect class="bar" x="{x:.1f}" y="{kept_y:.1f}" width="{bar:.1f}" height="{kept_tall:.1f}"/><title>{title}</title></a>'
)
LABEL = Markup('<text x="{x:.1f}" y="{y}" text-anchor="{anchor}">{text}</text>')


def bars_per_day(counts: Mapping[str, int], days: int, link: str) -> Markup | None:
    """A bar a day for the `days` days up to the last of `counts` (ISO day to number); None when there is nothing to draw.

    `link` is an address with {day} in it. The drawing is decoration for the eye: a table with the same numbers goes with it.
    """
    if not counts:
        return None
    last = date.fromisoformat(max(counts))
    drawn = [last - timedelta(days=back) for back in reversed(range(days))]
    top = max(counts.values())
    content = Markup("").join([*draw_bars(counts, drawn, top, link), *draw_labels(drawn, top)])
    return Markup('<svg class="chart" viewBox="0 0 {w} {h}" aria-hidden="true" focusable="false">{content}</svg>').format(
        w=WIDTH, h=HEIGHT + FOOT, content=content
    )


def coverage_per_month(months: Sequence[Mapping[str, Any]], link: str) -> Markup | None:
    """A bar a month, as tall as there are stories by the site's lists; the full part of it is kept. None where there is nothing.

    `months` has month (YYYY-MM), expected and kept, in any order; `link` is an address with {first} and {last} in it.
    """
    return _by_month({row["month"]: row for row in months if row["expected"]}, link, "{month}: {kept:,} of {expected:,} kept")


def stories_per_month(counts: Mapping[str, int], link: str) -> Markup | None:
    """A bar a month (YYYY-MM to number), from the first to the last of them; None where there are not two. `link` as above."""
    rows = {month: {"expected": count, "kept": count} for month, count in counts.items() if count}
    return _by_month(rows, link, "{month}: {kept:,}") if len(rows) > 1 else None


def _by_month(by_month: Mapping[str, Mapping[str, Any]], link: str, title: str) -> Markup | None:
    if not by_month:
        return None
    drawn = _months(min(by_month), max(by_month))[-MOST_MONTHS:]
    top = max(by_month[month]["expected"] for month in drawn if month in by_month)
    content = Markup("").join(_month_bars(by_month, drawn, top, link, title))
    labels = (
        LABEL.format(x=0, y=HEIGHT + FOOT - 5, anchor="start", text=drawn[0]),
        LABEL.format(x=WIDE, y=HEIGHT + FOOT - 5, anchor="end", text=drawn[-1]) if len(drawn) > 1 else "",
        LABEL.format(x=WIDE, y=12, anchor="end", text=f"{top:,} at most"),
    )
    return Markup('<svg class="chart" viewBox="0 0 {w} {h}" aria-hidden="true" focusable="false">{content}</svg>').format(
        w=WIDE, h=HEIGHT + FOOT, content=content + Markup("").join(labels)
    )


def days_of(month: str) -> tuple[str, str]:
    """First and last day of a month (YYYY-MM)."""
    return f"{month}-01", f"{month}-{calendar.monthrange(int(month[:4]), int(month[5:7]))[1]}"


def _months(first: str, last: str) -> list[str]:
    year, month = int(first[:4]), int(first[5:7])
    found = []
    while (written := f"{year:04}-{month:02}") <= last:
        found.append(written)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def _month_bars(by_month: Mapping[str, Mapping[str, Any]], drawn: list[str], top: int, link: str, title: str) -> Iterator[Markup]:
    step = WIDE / max(len(drawn), FEWEST_MONTHS)
    for i, month in enumerate(drawn):
        row = by_month.get(month, {"expected": 0, "kept": 0})
        expected, kept = row["expected"], min(row["kept"], row["expected"])
        tall = max(3.0, expected / top * (HEIGHT - 18)) if expected else 0.8
        full = tall * kept / expected if expected else 0.0
        first, last = days_of(month)
        yield MONTH.format(
            href=link.replace("{first}", first).replace("{last}", last),
            left=i * step, width=step, height=HEIGHT, x=i * step + step * GAP / 2, bar=step * (1 - GAP),
            y=HEIGHT - tall, tall=tall, kept_y=HEIGHT - full, kept_tall=full, title=title.format(month=month, kept=kept, expected=expected),
        )  # fmt: skip


def draw_bars(counts: Mapping[str, int], drawn: list[date], top: int, link: str) -> Iterator[Markup]:
    step = WIDTH / len(drawn)
    for i, day in enumerate(drawn):
        count = counts.get(day.isoformat(), 0)
        tall = max(3.0, count / top * (HEIGHT - 18)) if count else 0.8
        yield BAR.format(
            href=link.replace("{day}", day.isoformat()),
            left=i * step,
            width=step,
            height=HEIGHT,
            x=i * step + step * GAP / 2,
            y=HEIGHT - tall,
            bar=step * (1 - GAP),
            tall=tall,
            title=f"{day_in_words(day, weekday=True)}: {counted(count, 'story', 'stories')}",
        )


def draw_labels(drawn: list[date], top: int) -> Iterator[Markup]:
    yield LABEL.format(x=0, y=HEIGHT + FOOT - 5, anchor="start", text=day_in_words(drawn[0]))
    yield LABEL.format(x=WIDTH, y=HEIGHT + FOOT - 5, anchor="end", text=day_in_words(drawn[-1]))
    yield LABEL.format(x=WIDTH, y=12, anchor="end", text=f"{top:,} at most")
