"""Commands that are killed, or whose disk fails, at a chosen step; and what an archive holds, in a form that two can be compared by.

A step is a call that changes a file of the data directory, or makes it durable (see faults.c). Which steps are chosen follows from a
seed, and the seed stands in every failure.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from archiver.checking import check
from archiver.store import Archive, open_archive

DEADLY = ("kill", "kill", "tear", "term")  # kinds of ends, as often as they stand here
FAILING = ("enospc", "eio")
CLOCK = "2026-03-05T12:00:00+00:00"  # of every command, so that times can be compared, too
PATIENCE_S = 120
# What differs from run to run without meaning anything: numbers given in the order of arrival, and where in the files a page is.
NUMBERS = {
    "id",
    "run_id",
    "cluster_id",
    "search_id",
    "refers_to",
    "warc_filename",
    "warc_offset",
    "warc_length",
    "counts",  # of a takedown or an import: what was done by which of its tries
    "checks",  # looks that found a story gone: a command that is repeated looks once more
    "looks",
    "attempts",
}
STORY = "select url from articles a where a.id = {column}"
REVISION = "select a.url || ' ' || r.number from revisions r join articles a on a.id = r.article_id where r.id = {column}"
REFERENCES = {  # numbers of other rows, and what they stand for
    "article_id": STORY,
    "other_id": STORY,
    "first_id": STORY,
    "moved_to": STORY,
    "revision_id": REVISION,
    "returns_to": REVISION,
    "correction_id": "select text from corrections c where c.id = {column}",
    "capture_id": "select target_uri || ' ' || payload_digest from captures c where c.id = {column}",
}
NOT_COMPARED = {
    "runs",
    "outcomes",
    "captures",
    "rereadings",
    "takedown_files",
    "sites",
    "stories",
    "_sqlite_migrations",
}  # compared in other ways, or of the run itself


@dataclass(frozen=True)
class Scenario:
    """A command on an archive: `prepared` is copied for each try; `commands` are run in their order, and again until they end well."""

    name: str
    prepared: Path
    commands: tuple[tuple[str, ...], ...]
    exit_codes: tuple[int, ...] = (0, 3)
    before: Callable[[], None] = field(default=lambda: None)  # puts the world outside (a server) back


@dataclass(frozen=True)
class Fault:
    kind: str
    at: int  # number of the step


@dataclass(frozen=True)
class Ended:
    code: int
    said: str
    steps: int
    hit: bool  # the fault's step was reached


@cache
def library() -> Path | None:
    """faults.c, compiled; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    source = Path(__file__).with_name("faults.c")
    folder = TemporaryDirectory(prefix="archiver-faults-")
    atexit.register(folder.cleanup)
    target = Path(folder.name, "faults.so")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", target, source, "-ldl"], check=True, capture_output=True)
    return target


def run(data: Path, words: tuple[str, ...], fault: Fault | None = None, nursery: Nursery | None = None) -> Ended:
    """One command on `data`, until it and every process that it began have ended."""
    if nursery:
        return nursery.run(data, words, fault)
    with TemporaryDirectory() as notes:
        plan, said = Path(notes, "plan"), Path(notes, "said")
        write_plan(plan, data, fault)
        with said.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "archiver", "--data", str(data), *words],
                cwd=data.parent,
                env=environment(plan),
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
            )
            try:
                code = process.wait(PATIENCE_S)
                wait_for_the_rest(str(plan))
            finally:
                end(began_by(str(plan)))
        return ended(code, said, plan, fault)


class Nursery:
    """The same, for commands that read and do not crawl, in a tenth of the time (see nursery.py)."""

    def __init__(self, folder: Path) -> None:
        self.plan, self.said = folder / "plan", folder / "said"
        write_plan(self.plan, folder / "nothing", None)
        command = [sys.executable, "-m", "tests.crash.nursery"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen(command, env=environment(self.plan), cwd=Path(__file__).parents[2], text=True, **pipes)

    def run(self, data: Path, words: tuple[str, ...], fault: Fault | None) -> Ended:
        assert self.process.stdin and self.process.stdout
        write_plan(self.plan, data, fault)
        self.process.stdin.write(json.dumps([["--data", str(data), *words], str(self.said)]) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        end(number for number in began_by(str(self.plan)) if number != self.process.pid)
        return ended(code, self.said, self.plan, fault)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def environment(plan: Path) -> dict[str, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("ARCHIVER_")}
    env |= {"ARCHIVER_NOW": CLOCK, "FAULT_PLAN": str(plan)}
    return env | ({"LD_PRELOAD": str(library())} if library() else {})


def write_plan(path: Path, data: Path, fault: Fault | None) -> None:
    """In place: processes that are there already look into the same file."""
    kind, at = (fault.kind, fault.at) if fault else ("", 0)
    with path.open("r+b" if path.exists() else "wb") as file:
        file.write(struct.pack("=QQ16s4064s", 0, at, kind.encode(), str(data.resolve()).encode()))


def ended(code: int, said: Path, plan: Path, fault: Fault | None) -> Ended:
    (steps,) = struct.unpack_from("=Q", plan.read_bytes())
    return Ended(code, said.read_text("utf-8", "replace"), steps, fault is not None and steps >= fault.at)


def wait_for_the_rest(token: str) -> None:
    """The reading process ends by itself when its crawl dies; nothing may stay behind."""
    until = time.monotonic() + PATIENCE_S
    while left := began_by(token):
        assert time.monotonic() < until, f"processes that stayed behind: {left}"
        time.sleep(0.02)


def end(processes: Iterable[int]) -> None:
    for number in processes:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def began_by(token: str) -> list[int]:
    """Processes that have this word in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and token.encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:  # it has ended, or is somebody else's
            continue
    return [number for number in found if number != os.getpid()]


def undisturbed(scenario: Scenario, nursery: Nursery | None = None) -> tuple[dict[str, Any], list[int]]:
    """What the archive holds when nothing happens, and how many steps each command takes."""
    data = copied(scenario, scenario.prepared.with_name("undisturbed"))
    ends = [run(data, words, None, nursery) for words in scenario.commands]
    for end in ends:
        assert end.code in scenario.exit_codes, end.said
    return contents(data), [end.steps for end in ends]


def disturbed(
    scenario: Scenario,
    folder: Path,
    choose: random.Random,
    faults: int,
    steps: list[int],
    kinds: tuple[str, ...],
    nursery: Nursery | None = None,
) -> tuple[dict[str, Any], list[str]]:
    """What it holds after `faults` ends in the middle and then a whole run; and what was done to it, in words."""
    data, told = copied(scenario, folder / f"disturbed-{choose.getrandbits(32):08x}"), []
    for words, usual in zip(scenario.commands, steps, strict=True):
        for _ in range(faults):
            fault = Fault(choose.choice(kinds), choose.randint(1, max(1, usual)))
            end = run(data, words, fault, nursery)
            told.append(
                f"{words[0]}: {fault.kind} at step {fault.at} of about {usual}" + ("" if end.hit else " (not reached)") + f" → {end.code}"
            )
            assert "Traceback" not in end.said and "has a fault" not in end.said, (told, end.said)
        end = run(data, words, None, nursery)
        assert end.code in scenario.exit_codes, (told, end.said)
    return contents(data), told


def copied(scenario: Scenario, target: Path) -> Path:
    scenario.before()
    return Path(shutil.copytree(scenario.prepared, target))


# --- what an archive holds


def contents(data: Path) -> dict[str, Any]:
    """Every story, revision, part, link and page, under names that do not depend on who came first."""
    faults = [str(fault) for fault in check(data, deep=True)]
    assert faults == []
    with open_archive(data) as archive:
        held: dict[str, Any] = {name: sorted(rows(archive, name), key=repr) for name in archive.db.table_names() if is_compared(name)}
        held["pages"] = sorted(pages(archive))
        held["unread"] = archive.stats()["unread"]
        return held


def is_compared(name: str) -> bool:
    return name not in NOT_COMPARED and "_fts" not in name and not name.startswith("sqlite_")


def rows(archive: Archive, table: str) -> Iterator[tuple[Any, ...]]:
    columns = list(archive.db.table(table).columns_dict)
    if table == "copy_pairs":  # which of the two comes first is a matter of arrival
        pair = "(select url from articles a where a.id = {column})"
        one, other = pair.format(column="article_id"), pair.format(column="other_id")
        return iter(archive.db.execute(f"select min({one}, {other}), max({one}, {other}), same_text from copy_pairs").fetchall())
    told = [f"({REFERENCES[name].format(column=f't.{name}')})" for name in columns if name in REFERENCES]
    named = [f't."{name}"' for name in columns if name not in NUMBERS and name not in REFERENCES and name != "title"]
    return iter(archive.db.execute(f"select {', '.join([*told, *named]) or 'null'} from {table} t").fetchall())


def pages(archive: Archive) -> set[tuple[Any, ...]]:
    """Kept stories: the same page fetched twice is one, for what was on the wire when the crawl was killed is asked again."""
    query = "select target_uri, payload_digest, read_with from captures where role = 'story' and http_status = 200 and refers_to is null"
    return set(archive.db.execute(query).fetchall())


def difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    """The first rows that only one of both has."""
    lines = []
    for name in one.keys() | other.keys():
        first, second = one.get(name), other.get(name)
        if first == second:
            continue
        if isinstance(first, list) and isinstance(second, list):
            lines += [f"{name}: only undisturbed: {row}"[:600] for row in first if row not in second][:3]
            lines += [f"{name}: only disturbed: {row}"[:600] for row in second if row not in first][:3]
            lines += [f"{name}: {len(first)} rows, {len(second)} when disturbed"]
        else:
            lines.append(f"{name}: {first!r}, {second!r} when disturbed")
    return "\n".join(lines)
