"""Work that must come to an end. No measure of speed (see bench/): what a hostile input would hold up for hours is stopped, and fails."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

PATIENCE_S = 60  # of this process's CPU time; all that is done under it takes a few seconds


@contextmanager
def comes_to_an_end() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise AssertionError(f"It went on for {PATIENCE_S} s of CPU time.")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
