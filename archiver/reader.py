"""The reading process beside a crawl: started, told that no more captures come, waited for.

It is `archiver ingest --follow`: it is told the numbers of the crawl's runs, a line each, reads what is kept until its standard input
ends, and prints one JSON object a line. When the crawl dies, its input ends too; it then reads what is left and stops. One such process
reads at a time, for all: a second one waits until it may, or until what its own runs kept is read.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from archiver.errors import ArchiverError, ended_with

UNREAD = "archiver/unread"  # in the stats of a plain Scrapy crawl: the exit code with which its reading process failed


class ReaderChild:
    """Handle of the reading process. `on_event` is called from a thread with each event (see ingest.Event)."""

    def __init__(self, data_dir: Path, on_event: Callable[[dict[str, Any]], None] | None = None, workers: int | None = None) -> None:
        command = [sys.executable, "-m", "archiver", "--data", str(data_dir), "ingest", "--follow"]
        self.command = command + (["--workers", str(workers)] if workers else [])
        self.on_event = on_event or (lambda event: None)
        self.process: subprocess.Popen[bytes] | None = None
        self.runs: set[int] = set()
        self.thread = threading.Thread(target=self._listen, daemon=True)

    def wake(self, run_id: int | None = None) -> None:
        """Starts the process, where it does not run yet; a run that brings nothing to read does without its two seconds.

        `run_id`: the run that has kept something.
        """
        if self.process is None:
            self._start()
        if run_id is not None and run_id not in self.runs:
            self.runs.add(run_id)
            assert self.process is not None and self.process.stdin is not None
            with suppress(OSError):  # the process has died: finish() tells how
                self.process.stdin.write(f"{run_id}\n".encode())
                self.process.stdin.flush()

    def _start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C ends the crawl; what was kept is still read
        )
        self.thread.start()

    def _listen(self) -> None:
        assert self.process is not None and self.process.stdout is not None
        try:
            for line in self.process.stdout:
                self.on_event(json.loads(line))
        finally:  # whoever listens may fail, a closed terminal say; with nobody to take its lines, the reading would stop for good
            for _ in self.process.stdout:
                pass

    def finish(self) -> int:
        """No more captures come: waits until all are read. Returns the process's exit code, 0 where it was never needed."""
        if self.process is None:
            return 0
        assert self.process.stdin is not None
        with suppress(OSError):  # what could not be written before
            self.process.stdin.close()
        self.thread.join()
        return self.process.wait()


def reading_failure(code: int) -> ArchiverError | None:
    """What is to be said of a reading process that ended with this code, and with what the command beside it ends."""
    if code == 0:
        return None
    how = f"was ended ({_name_of(-code)})" if code < 0 else "failed; its reason stands above"
    return ended_with(code, f"The reading process {how}. What was kept is kept and waits: archiver ingest")


def _name_of(number: int) -> str:
    """SIGKILL is what a system without memory sends."""
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"


def follow(read: Callable[[Collection[int], Callable[[], bool], Callable[[Any], None]], object]) -> None:
    """The other end: calls `read` with the runs that were told so far, whether more may come, and whom to tell each event."""
    runs: set[int] = set()
    ended = threading.Event()

    def listen() -> None:
        rest = b""
        try:
            while told := os.read(0, 1 << 16):  # not sys.stdin: its lock, held by this thread, aborts a process that ends by an error
                *lines, rest = (rest + told).split(b"\n")
                runs.update(int(line) for line in lines if line.isdigit())
        except OSError:
            pass
        finally:  # whatever ended it, nobody is heard any more
            ended.set()

    threading.Thread(target=listen, daemon=True).start()
    read(runs, lambda: not ended.is_set(), _tell)


def _tell(event: Any) -> None:
    """One event as a JSON line. Where the crawl was killed, nobody listens any more; what it kept is read all the same."""
    try:
        click.echo(json.dumps(asdict(event)))
    except BrokenPipeError:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 (until the process ends)
