"""What `check` and `backup` say: a line a fault, a line a repair, and whether the archive is whole."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape

from archiver import display
from archiver.backup import backup
from archiver.checking import Fault, check, repair
from archiver.counted import counted
from archiver.display import Steps, json_text, safe
from archiver.errors import ArchiveDamaged, NothingToDo
from archiver.store import integrity, open_reader
from archiver.takedown import finish_pending

ROUNDS = 3  # of repair and check: what is mended can bring something else to light
SHOWN = 20  # faults of one kind on a terminal; --json gives all


@dataclass(slots=True)
class Findings:
    """One walk through the archive: what was found, counted; what a repair needs of it."""

    counts: Counter[str] = field(default_factory=Counter)  # by code
    faults: int = 0  # those that do not heal by themselves
    todo: set[tuple[str, str]] = field(default_factory=set)  # (code, subject) that --repair mends

    def add(self, fault: Fault) -> None:
        self.counts[fault.code] += 1
        self.faults += not fault.heals
        if fault.by_us:
            self.todo.add((fault.code, fault.subject))


def print_check(data_dir: Path, deep: bool, mend: bool, as_json: bool, quiet: bool) -> int:
    """Checks, repairs when asked, checks again. Returns the exit code: 0 whole, 5 not."""
    began, out = time.monotonic(), display.console()
    if mend:
        with suppress(ArchiveDamaged, NothingToDo):  # check says more of it
            finish_pending(data_dir)  # files that a takedown was writing when it was killed are no orphans
    found = _look(data_dir, deep, as_json, quiet, out)
    repaired = 0
    for _ in range(ROUNDS if mend else 0):
        if not found.todo:
            break
        before = repaired
        with Steps(quiet) as steps:
            for line in repair(data_dir, found.todo, steps.watch):
                repaired += 1
                _say({"event": "repaired", "what": line}, f"[green]repaired[/green] {escape(safe(line))}", as_json, out)
        if repaired == before:
            break
        found = _look(data_dir, deep, as_json, quiet, out)
    whole = not found.faults
    summary = {"event": "summary", "whole": whole, "faults": found.faults, "repaired": repaired, "deep": deep} | _totals(data_dir)
    if as_json or not (quiet and whole):
        _say(summary, _in_words(found, summary, time.monotonic() - began), as_json, out)
    return 0 if whole else ArchiveDamaged.exit_code


def print_backup(data_dir: Path, dest: Path, as_json: bool, quiet: bool) -> int:
    """Makes the backup, says what was done. Returns the exit code: 5 where the archive lacks what its index names."""
    began = time.monotonic()
    with Steps(quiet) as steps:
        done = backup(data_dir, dest, steps.watch)
    if as_json:
        click.echo(json_text(asdict(done) | {"seconds": round(time.monotonic() - began, 1)}))
    elif not quiet:
        files = f"{counted(done.files, 'WARC file')} ({done.linked} linked, {done.copied} copied, {done.there} there already)"
        state = "is a whole copy" if not done.missing else "has what is there"
        size, seconds = done.database_bytes / 1e6, time.monotonic() - began
        click.echo(f"{safe(dest)} {state}: {counted(done.captures, 'capture')} in {files}, database {size:,.1f} MB. {seconds:.1f} s")
    for name in done.missing[:SHOWN]:
        click.echo(f"captures/{safe(name)}: missing in the archive. archiver check says what was in it.", err=True)
    return ArchiveDamaged.exit_code if done.missing else 0


def _look(data_dir: Path, deep: bool, as_json: bool, quiet: bool, out: Console) -> Findings:
    found = Findings()
    with Steps(quiet) as steps:
        for fault in check(data_dir, deep, steps.watch):
            found.add(fault)
            if as_json or (found.counts[fault.code] <= SHOWN and not (quiet and fault.heals)):
                style = "yellow" if fault.heals else "red"
                _say(as_dict(fault), f"[{style}]{fault.code}[/{style}] {escape(safe(fault))}", as_json, out)
    if not as_json:
        for code, number in found.counts.items():
            if number > SHOWN:
                out.print(f"… and {number - SHOWN} more of {code}; all of them: archiver check --json")
    return found


def as_dict(fault: Fault) -> dict[str, Any]:
    told = {name: getattr(fault, name) for name in ("code", "where", "what", "why", "repair")}
    return {"event": "fault", **told, "mended_by_repair": fault.by_us, "heals_by_itself": fault.heals}


def _say(data: dict[str, Any], line: str, as_json: bool, out: Console) -> None:
    if as_json:
        click.echo(json_text(data))
    else:
        out.print(line, soft_wrap=True)


def _totals(data_dir: Path) -> dict[str, int]:
    """What there is; nothing, where the database cannot tell any more."""
    try:
        with open_reader(data_dir) as archive:
            return integrity.totals(archive.db)
    except (ArchiveDamaged, NothingToDo):
        return {}


def _in_words(found: Findings, summary: dict[str, Any], seconds: float) -> str:
    held = ", ".join(f"{summary[name]} {name}" for name in ("captures", "articles", "revisions", "images") if name in summary)
    if found.faults:
        mendable = any(not Fault(code, "", "").heals for code, _ in found.todo)
        advice = (
            "archiver check --repair mends what can be mended without losing anything." if mendable else "Each line above says what to do."
        )
        return f"[red]Damaged[/red]: {counted(found.faults, 'fault')}. {advice} [dim]{seconds:.1f} s[/dim]"
    after = "after repair" if summary["repaired"] else "every record in its place" if summary["deep"] else "for every byte: --deep"
    return f"[green]Whole[/green] ({after}): {held}. [dim]{seconds:.1f} s[/dim]"
