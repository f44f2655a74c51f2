"""Charts as inline SVG, drawn by the server: no script, no style of their own, so that the page's policy holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from markupsafe import Markup

from archiver.browse.dates import day_in_words

WIDTH, HEIGHT, FOOT = 360, 84, 20  # units of the drawing; FOOT is for the labels below
GAP = 0.22  # share of a day's width that stays empty

BAR = Markup(
    '<a href="{href}" tabindex="-1"><rect class="hit" x="{left:.1f}" y="0" width="{width:.1f}" height="{height}"/>'
    '<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{bar:.1f}" height="{tall:.1f}" rx="1"/><title>{title}</title></a>'
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
            title=f"{day_in_words(day, weekday=True)}: {count} {'story' if count == 1 else 'stories'}",
        )


def draw_labels(drawn: list[date], top: int) -> Iterator[Markup]:
    yield LABEL.format(x=0, y=HEIGHT + FOOT - 5, anchor="start", text=day_in_words(drawn[0]))
    yield LABEL.format(x=WIDTH, y=HEIGHT + FOOT - 5, anchor="end", text=day_in_words(drawn[-1]))
    yield LABEL.format(x=WIDTH, y=12, anchor="end", text=f"{top:,} at most")
