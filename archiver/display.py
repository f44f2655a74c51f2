"""What a person sees: progress bars on a terminal, plain lines in a log, tables, and text made safe for a terminal."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from rich.cells import cell_len
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bar
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from archiver import health
from archiver.counted import counted
from archiver.errors import ArchiverError

if TYPE_CHECKING:
    from archiver.store import Overflow
    from archiver.walking import Ending

LINE_EVERY_S = 10.0  # between two plain progress lines
SAME_LINE_EVERY_S = 60.0  # between two that are the same
PLAIN_WIDTH = 160  # columns where output is no terminal
WIDE = 110  # columns from which on a table shows everything
NARROWEST = 12  # columns of a folded text
LEAST = 4  # columns of any cell, on a terminal where nothing fits
STRIP = 24  # columns below which a text in an answer is hard to read
SHOWN_SITES = 8  # of those that were imported
SHOWN_FAILURES = 5  # of one kind, in a summary
DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))  # embeddings, overrides and isolates
CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160), *DIRECTIONS, *range(0xD800, 0xE000)), "�")
HIDDEN_IN_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def safe(text: object) -> str:
    """Archived text for a terminal: escape sequences and direction overrides cannot work any more."""
    return str(text).translate(CONTROLS)


def json_text(value: object, indent: int | None = None) -> str:
    """JSON that a person can read, and that does nothing to a terminal: what would is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, default=_plain, indent=indent)
    return HIDDEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _plain(value: object) -> str:
    """Times as everywhere else: in UTC, as 2026-03-05T07:00:00Z."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else str(value)


def console(stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(stderr=stderr, highlight=False, width=None if stream.isatty() else PLAIN_WIDTH)


@dataclass(slots=True)
class SiteTally:
    """What happened to one site so far."""

    run_id: int | None = None
    visited: int = 0
    kept: int = 0
    heard: int = 0  # captures that the reader has dealt with; those of earlier runs, too
    index: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)  # final outcome of each address
    examples: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # outcome ▶ (url, reason)
    waiting: str = "looking for stories"
    finished: str | None = None  # finish reason
    gaps: list[Overflow] = field(default_factory=list)  # feeds in which nothing was known
    walk: Ending | None = None  # of a backfill
    fatal: str | None = None  # why its crawl was ended
    fatal_code: int = 0  # what that alone would end a command with

    @property
    def was_stopped(self) -> bool:
        """By a signal; a second one leaves a run without an end."""
        return self.finished == "shutdown" or (self.run_id is not None and not self.finished)

    @property
    def read(self) -> int:
        """Captures of this crawl that are read."""
        return min(self.kept, self.heard)

    def count(self, outcome: str, url: str, reason: str) -> None:
        self.outcomes[outcome] += 1
        shown = self.examples.setdefault(outcome, [])
        if len(shown) < SHOWN_FAILURES:
            shown.append((url, reason))

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"run_id": self.run_id, "finish_reason": self.finished, "outcomes": self.outcomes}
        told |= {"stopped": self.fatal} if self.fatal else {}
        return told | ({"overflows": [asdict(gap) for gap in self.gaps]} if self.gaps else {})


class Progress:
    """Follows a crawl: pass `watch` to crawling.crawl. Bars on a terminal, a line every ten seconds elsewhere, nothing when quiet."""

    def __init__(self, names: Sequence[str], quiet: bool = False) -> None:
        self.tallies: dict[str, SiteTally] = {name: SiteTally() for name in names}
        self.lock = threading.Lock()
        self.began = time.monotonic()
        self.said_at = self.began
        self.said: dict[str, str] = {}  # site ▶ its state in its last line
        self.quiet = quiet
        self.console = console(stderr=True)
        self.live = (
            Live(console=self.console, get_renderable=self.render, refresh_per_second=4, transient=True) if self._has_bars() else None
        )

    def _has_bars(self) -> bool:
        return self.console.is_terminal and not self.quiet

    def __enter__(self) -> Progress:
        if self.live:
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live:
            self.live.stop()

    def watch(self, event: str, site: str | None, *what: Any) -> None:
        with self.lock:
            if site is None:
                for tally in self.tallies.values():
                    tally.waiting = "reading"
                return
            tally = self.tallies.setdefault(site, SiteTally())
            getattr(self, f"_on_{event}")(tally, *what)
        self._say_plainly()

    def _on_run(self, tally: SiteTally, run_id: int) -> None:
        tally.run_id = run_id

    def _on_visit(self, tally: SiteTally, visit: Any) -> None:
        tally.waiting = "fetching pictures" if visit.role == "image" else "fetching"
        if visit.role == "image":
            tally.count(visit.outcome, visit.url, visit.reason)
            return
        if visit.role != "story":
            tally.index += 1
            if visit.outcome != "index":
                tally.count(visit.outcome, visit.url, visit.reason)
            return
        tally.visited += 1
        if visit.outcome == "kept":
            tally.kept += 1
        else:
            tally.count("unchanged" if visit.outcome == "not_modified" else visit.outcome, visit.url, visit.reason)

    def _on_waiting(self, tally: SiteTally, words: str) -> None:
        tally.waiting = words

    def _on_closed(self, tally: SiteTally, reason: str) -> None:
        tally.finished = reason

    def _on_overflow(self, tally: SiteTally, gaps: list[Overflow]) -> None:
        tally.gaps = gaps

    def _on_walked(self, tally: SiteTally, ending: Ending) -> None:
        tally.walk = ending

    def _on_fatal(self, tally: SiteTally, error: Exception) -> None:
        tally.fatal, tally.fatal_code = str(error), getattr(error, "exit_code", ArchiverError.exit_code)

    def _on_read(self, tally: SiteTally, event: dict[str, Any]) -> None:
        tally.heard += 1
        tally.count(event["outcome"], event["url"], event.get("reason") or "")

    # --- shown

    def _say_plainly(self) -> None:
        if self.live or self.quiet or time.monotonic() - self.said_at < LINE_EVERY_S:
            return
        self.said_at = time.monotonic()
        for name, tally in self.tallies.items():
            state = self._state(tally)
            if (tally.visited or tally.index) and self.said.get(name) != "done":  # of a site that is done, once
                self.said[name] = state
                self.console.print(escape(f"{datetime.now(UTC):%H:%M:%S} {name}: {self._in_short(tally)}"))

    def _in_short(self, tally: SiteTally) -> str:
        rate = tally.visited / max(time.monotonic() - self.began, 0.1)
        return (
            f"{tally.outcomes['new']} new, {tally.outcomes['changed']} changed, {tally.outcomes['unchanged']} unchanged, "
            f"{failures(tally)} failed; {counted(tally.visited, 'story', 'stories')} fetched ({rate:.1f}/s), "
            f"{tally.read} of {tally.kept} read; {self._state(tally)}"
        )

    def _state(self, tally: SiteTally) -> str:
        return "done" if tally.finished and tally.read >= tally.kept else ("reading" if tally.finished else tally.waiting)

    def render(self) -> Group:
        table = Table(box=None, padding=(0, 1))
        for title in ("site", "fetched", "read", "", "new", "changed", "same", "failed", ""):
            table.add_column(title, justify="left" if title in ("site", "") else "right", no_wrap=True)
        for name, tally in list(self.tallies.items())[:30]:
            bar = ProgressBar(total=max(tally.kept, 1), completed=tally.read, width=16)
            numbers = [tally.visited, tally.read]
            counts = [tally.outcomes[outcome] for outcome in ("new", "changed", "unchanged")]
            table.add_row(
                Text(name), *map(str, numbers), bar, *map(str, counts), str(failures(tally)), Text(self._state(tally), style="dim")
            )
        seconds = time.monotonic() - self.began
        fetched = sum(tally.visited for tally in self.tallies.values())
        return Group(table, Text(f"{seconds:.0f} s, {fetched / max(seconds, 0.1):.1f} stories/s", style="dim"))


class Following:
    """Follows a long task: a bar on a terminal, a line every ten seconds elsewhere, nothing when quiet."""

    def __init__(self, quiet: bool, *columns: ProgressColumn, **task: Any) -> None:
        self.console = console(stderr=True)
        self.began = time.monotonic()
        self.bar = Bar(*columns, console=self.console, transient=True) if self.console.is_terminal and not quiet else None
        self.task = self.bar.add_task(**{"total": None, "description": ""} | task) if self.bar else None
        self.line = ""  # what a log would be told now
        self.ended = threading.Event()
        self.speaker = None if self.bar or quiet else threading.Thread(target=self._speak, daemon=True)

    def __enter__(self) -> Self:
        if self.bar:
            self.bar.start()
        if self.speaker:
            self.speaker.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar:
            self.bar.stop()
        self.ended.set()
        if self.speaker:
            self.speaker.join()

    def tell(self, line: str, **shown: Any) -> None:
        """What the bar shows now; `line` is for a log."""
        self.line = line
        if self.bar and self.task is not None:
            self.bar.update(self.task, **shown)

    def _speak(self) -> None:
        """By the clock, not by the task: a step of an hour, too, is known to be under way."""
        said, said_at = "", time.monotonic()
        while not self.ended.wait(LINE_EVERY_S):
            line = self.line
            if line and (line != said or time.monotonic() - said_at >= SAME_LINE_EVERY_S):
                said, said_at = line, time.monotonic()
                self.console.print(f"{datetime.now(UTC):%H:%M:%S} {line}", markup=False, soft_wrap=True)


class HowFar(Following):
    """How far a long task is, with rate and time left."""

    def __init__(self, quiet: bool, verb: str) -> None:
        columns = (TextColumn("{task.completed} of {task.total} {task.description}"), BarColumn(), TextColumn("{task.fields[rest]}"))
        super().__init__(quiet, *columns, description=verb, rest="", visible=False)
        self.verb = verb

    def show(self, done: int, total: int, before: int = 0) -> None:
        """`done` of `total`; `before`: how many of them were done by an earlier call."""
        rate = (done - before) / max(time.monotonic() - self.began, 0.1)
        rest = f"{rate:.0f} a second, {_time_left((total - done) / rate)} left" if rate > 0 and done < total else f"{rate:.0f} a second"
        self.tell(f"{done} of {total} {self.verb}; {rest}", completed=done, total=total, rest=rest, visible=True)


def _time_left(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min" if seconds < 6_000 else f"{seconds / 3_600:.1f} h"


class Steps(Following):
    """A task step by step: call `watch`."""

    def __init__(self, quiet: bool = False) -> None:
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
        super().__init__(quiet, *columns, description="")

    def watch(self, what: str, done: int, total: int) -> None:
        """`total` 0: nobody knows how much there is."""
        what = safe(what)
        self.tell(what + (f": {done} of {total}" if total else ""), description=what, completed=done, total=total or None)

    def say(self, what: str) -> None:
        """A step of which nobody knows how long it takes."""
        self.watch(what, 0, 0)


class Counting(Following):
    """A long task of which nobody knows how much there is: call `show`."""

    def __init__(self, quiet: bool = False) -> None:
        super().__init__(quiet, TextColumn("{task.completed:,.0f} {task.description}", markup=False), TimeElapsedColumn(), visible=False)

    def show(self, done: int, what: str) -> None:
        self.tell(f"{done:,} {safe(what)}", completed=done, description=safe(what), visible=True)


class Bytes(Following):
    """Files that are gone through: call `show`."""

    def __init__(self, quiet: bool, total: int) -> None:
        told, words = TextColumn("{task.description}", markup=False), TextColumn("{task.fields[words]}", markup=False)
        columns = (told, BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), words)
        super().__init__(quiet, *columns, total=total, words="")
        self.total = total

    def show(self, name: str, done: int, words: str) -> None:
        """What is at hand, bytes that are done, a few words."""
        share = f"{100 * done / max(self.total, 1):.0f} % of {self.total >> 20} MiB"
        shown = {"completed": min(done, self.total), "description": safe(name)[-40:], "words": safe(words)}
        self.tell(f"{safe(name)}: {share}; {safe(words)}", **shown)


def failures(tally: SiteTally) -> int:
    return sum(number for outcome, number in tally.outcomes.items() if health.is_failure(outcome))


def without_story(tally: SiteTally) -> int:
    """Addresses that gave no story, for whatever reason."""
    return sum(number for outcome, number in tally.outcomes.items() if outcome not in health.GOOD | health.OF_PICTURES)


def print_summary(tallies: dict[str, SiteTally], seconds: float | None, out: Console) -> None:
    """One line a site, then every kind of failure with its addresses and the one next command."""
    for name, tally in tallies.items():
        counts = tally.outcomes
        line = f"[bold]{escape(name)}[/bold]: {counts['new']} new, {counts['changed']} changed, {counts['unchanged']} unchanged, "
        line += f"{failures(tally)} failed"
        quiet = sum(number for outcome, number in counts.items() if outcome in health.QUIET)
        out.print(
            line
            + (f", {quiet} passed over" if quiet else "")
            + (f"; {pictures_of_run(counts)}" if counts.keys() & health.OF_PICTURES else "")
            + f" [dim]({counted(tally.index, 'index page')}, {counted(tally.visited, 'story', 'stories')} asked for)[/dim]"
        )
        if tally.fatal:
            out.print(f"  [red]stopped:[/red] {escape(safe(tally.fatal))}", soft_wrap=True)
        if tally.finished in health.ENDED_EARLY:
            out.print(f"  [red]ended early:[/red] {health.ENDED_EARLY[tally.finished]}; what waits stays due", soft_wrap=True)
        for gap in tally.gaps:
            advice = "nothing to do; the site is asked more often by now" if gap.filled else health.look_back(name, gap)
            out.print(f"  [yellow]feed overflow:[/yellow] {escape(safe(health.overflow_in_words(gap)))}", soft_wrap=True)
            out.print(f"      next: {escape(safe(advice))}", soft_wrap=True)
        for outcome in sorted(set(counts) - health.GOOD - {"image"}, key=lambda key: -counts[key]):
            _print_kind(name, outcome, counts[outcome], tally.examples[outcome], out)
    if seconds is not None:
        out.print(f"[dim]{seconds:.1f} s[/dim]")


def pictures_of_run(counts: Mapping[str, int]) -> str:
    """ "12 pictures kept, 2 not"."""
    missed = sum(counts.get(outcome, 0) for outcome in health.OF_PICTURES - {"image"})
    return f"{counted(counts.get('image', 0), 'picture')} kept" + (f", {missed} not" if missed else "")


def _print_kind(site: str, outcome: str, number: int, examples: list[tuple[str, str]], out: Console) -> None:
    style = "red" if health.is_failure(outcome) else "yellow"
    out.print(f"  [{style}]{number} × {outcome}[/{style}]: {escape(health.in_words(outcome))}")
    for url, reason in examples:
        out.print(f"      {escape(safe(url))}" + (f"  [dim]{escape(safe(reason)[:200])}[/dim]" if reason else ""), soft_wrap=True)
    if number > len(examples):
        out.print(f"      … and {number - len(examples)} more")
    if advice := health.next_command(outcome, site, examples[0][0] if examples else ""):
        out.print(f"      next: {escape(safe(advice))}", soft_wrap=True)


def table(rows: Iterable[Sequence[object]], titles: Sequence[str], out: Console) -> None:
    """A plain table; control characters in cells are made harmless. Where it is too wide, texts are folded before names and numbers."""
    cells = [["" if cell is None else safe(cell) for cell in row] for row in rows]
    is_narrow = sum(_natural_widths(cells, titles)) + 2 * len(titles) > out.width
    shown = Table(box=None, padding=(0, 1), header_style="bold", pad_edge=not is_narrow)
    widths = _narrow_widths(cells, titles, out.width - 2 * (len(titles) - 1)) if is_narrow else [None] * len(titles)
    for title, width in zip(titles, widths, strict=True):
        shown.add_column(title, overflow="fold", width=width)
    for row in cells:
        shown.add_row(*map(Text, row))
    out.print(shown)


def rows(answer: Sequence[Sequence[object]], titles: Sequence[str], out: Console) -> None:
    """A table; where its names and numbers would have to be folded, or its texts to narrow strips, a block of lines a row."""
    cells = [["" if cell is None else safe(cell) for cell in row] for row in answer]
    columns = list(zip(*cells, strict=True))
    is_text = [any(" " in cell for cell in column) for column in columns]
    widths = _natural_widths(cells, titles)
    needed = sum(min(width, STRIP) if folds else width for width, folds in zip(widths, is_text, strict=True))
    if needed + 2 * (len(titles) - 1) <= out.width:
        table(answer, titles, out)
        return
    margin = max(map(len, titles))
    for place, row in enumerate(cells):
        if place:
            out.print()
        block = Table.grid(padding=(0, 2, 0, 0))
        block.add_column(width=margin, style="dim", no_wrap=True)
        block.add_column(overflow="fold", max_width=max(NARROWEST, out.width - margin - 4))
        for title, cell in zip(titles, row, strict=True):
            if cell:
                block.add_row(title, Text(cell))
        out.print(block)


def _natural_widths(cells: Sequence[Sequence[str]], titles: Sequence[str]) -> list[int]:
    return [max(map(cell_len, column)) for column in zip(titles, *cells, strict=True)]


def _narrow_widths(cells: Sequence[Sequence[str]], titles: Sequence[str], room: int) -> list[int]:
    """Widths of columns that have `room` in all: titles fold first, then cells with blanks in them; then words of titles are
    broken, then those of the widest cells.

    None of them vanishes, as Rich would have it of the first where the room is too small.
    """
    widths = _natural_widths(cells, titles)
    columns = list(zip(*cells, strict=True)) if cells else [()] * len(titles)
    tight = [max([*map(cell_len, title.split()), *map(cell_len, column)], default=0) for title, column in zip(titles, columns, strict=True)]
    is_text = [any(" " in cell for cell in column) for column in columns]
    texts_folded = [min(width, NARROWEST) if folds else width for width, folds in zip(tight, is_text, strict=True)]
    titles_broken = [min(width, max(LEAST, *map(cell_len, column), 0)) for width, column in zip(texts_folded, columns, strict=True)]
    narrow, least_of_all = ([min(width, most) for width in titles_broken] for most in (NARROWEST, LEAST))
    for least in (tight, texts_folded, titles_broken, narrow, least_of_all):
        while sum(widths) > room and (wide := [at for at, width in enumerate(widths) if width > least[at]]):
            widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def print_sites(rows: Sequence[health.Health], now: datetime, out: Console) -> None:
    """A line a site, without its address on a narrow terminal."""
    if not rows:
        out.print("No site is crawled here. To add one: archiver add https://…")
        return
    is_wide = out.width >= WIDE
    table(
        [
            (row.site, *([row.url] if is_wide else []), row.stories, ago(row.last_success_at, now), row.new, row.changed, row.failed,
             row.waiting, _next_due(row, now))
            for row in rows
        ],
        ["site", *(["front page"] if is_wide else []), "stories", "last success", "new", "changed", "failed", "waiting", "next due"],
        out,
    )  # fmt: skip


def _next_due(row: health.Health, now: datetime) -> str:
    if row.paused or row.unchosen:
        return "paused" if row.paused else "when named"
    return "now" if row.next_due_at <= now else ago(row.next_due_at, now)


def print_trouble(rows: Sequence[health.Health], out: Console) -> None:
    """What is wrong with a site, and what to do."""
    for row in rows:
        if row.trouble:
            advice = row.next_command or "archiver status"
            out.print(f"[red]{escape(row.site)}[/red]: {escape(safe(row.trouble))}. Next: {escape(safe(advice))}", soft_wrap=True)
        elif row.note:
            out.print(f"[yellow]{escape(row.site)}[/yellow]: {escape(safe(row.note))}", soft_wrap=True)


def print_render_notes(rows: Sequence[health.Health], out: Console) -> None:
    """What the operator has written down about a site."""
    for row in rows:
        if row.render_note:
            out.print(f"[dim]{escape(row.site)}: {escape(safe(row.render_note))}[/dim]", soft_wrap=True)


def print_opt_outs(rows: Sequence[health.Health], out: Console) -> None:
    """What publishers say about the use of their pages."""
    for row in rows:
        if said := health.opt_outs_in_words(row):
            out.print(f"[dim]{escape(row.site)}: {escape(safe(said))}[/dim]", soft_wrap=True)


def print_pictures(rows: Sequence[health.Health], out: Console) -> None:
    """How many pictures are kept, of sites whose facts say so."""
    for row in rows:
        if said := health.pictures_in_words(row):
            out.print(f"[dim]{escape(row.site)}: {said}[/dim]", soft_wrap=True)


def print_facts(facts: Mapping[str, tuple[str, str]], out: Console) -> None:
    """What a site may have in sites.toml (see sites.FACTS), as it is written there."""
    for name, (example, meaning) in facts.items():
        out.print(Text(f"{name} = {example}"), soft_wrap=True)
        out.print(Text(f"    {meaning}", style="dim"), soft_wrap=True)


def print_imported(stories_by_site: Mapping[str, int], out: Console) -> None:
    """Sites whose stories came by import and that nobody crawls, in a line: those with the most stories first."""
    if stories_by_site:
        most = sorted(stories_by_site, key=lambda name: (-stories_by_site[name], name))
        named = ", ".join(f"{name} {stories_by_site[name]:,}" for name in most[:SHOWN_SITES])
        more = f" … and {len(most) - SHOWN_SITES:,} more: select * from sites" if len(most) > SHOWN_SITES else ""
        total = counted(sum(stories_by_site.values()), "story", "stories")
        out.print(f"[dim]Imported and not crawled: {total} ({escape(safe(named))}{more})[/dim]", soft_wrap=True)


def print_import(report: Any, words: Callable[[str, int], str], read: Mapping[str, int], out: Console) -> None:
    """What an import took, what it passed over and why, and the next command."""
    for line in report.recovered:
        out.print(escape(safe(line)))
    for name in report.before:
        out.print(escape(f"{safe(name)} was imported before with these filters; --again reads it once more."))
    for name, number in sorted(report.counts.items(), key=lambda row: (row[0] != "imported", -row[1])):
        style = "bold" if name == "imported" else "dim"
        out.print(f"[{style}]{number:9,} {escape(words(name, number))}[/{style}]")
    if read:
        out.print("[bold]read:[/bold] " + ", ".join(f"{number:,} {escape(name)}" for name, number in sorted(read.items())))
    for outcome, (url, reason) in sorted(report.no_story.items()):
        out.print(f"      {outcome}: {escape(safe(url))}  [dim]{escape(safe(reason)[:200])}[/dim]", soft_wrap=True)
    if report.new_sites:
        shown = sorted(report.new_sites.items(), key=lambda row: -report.sites[row[0]])
        new = counted(len(shown), "site is", "sites are")
        out.print(f"{new} new to the archive, not in sites.toml, and so not crawled; for one that should be:")
        out.print("      archiver add URL")
        for name, front in shown[:SHOWN_FAILURES]:
            out.print(f"      {counted(report.sites[name], 'page'):>13}  {escape(safe(name))}  {escape(safe(front))}", soft_wrap=True)
        if len(shown) > SHOWN_FAILURES:
            out.print(f"      … and {len(shown) - SHOWN_FAILURES:,} more: select * from sites")
    shown_of: Counter[str] = Counter()
    for place, name, reason in report.faults:
        shown_of[name] += 1
        if shown_of[name] <= SHOWN_FAILURES:
            out.print(f"[red]{escape(name)}[/red] {escape(safe(place))}: {escape(safe(reason)[:300])}", soft_wrap=True)


UNITS = ((90, 1, "s"), (5_400, 60, "min"), (172_800, 3_600, "h"), (float("inf"), 86_400, "d"))  # below, unit in seconds, name


def ago(moment: datetime | None, now: datetime) -> str:
    """ "3 h ago", "in 12 min", "never"."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    size = abs(seconds)
    unit_s, unit = next((unit_s, unit) for below_s, unit_s, unit in UNITS if size < below_s)
    words = f"{size / unit_s:.0f} {unit}"
    return f"{words} ago" if seconds >= 0 else f"in {words}"
