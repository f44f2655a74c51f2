"""`archiver`, many times from one process that has imported all of it: each command runs in a fork, and so do its reading processes.

Two seconds of imports are saved each time. A line in: the words of a command and a file for what it says; a line out: its exit code.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys

import archiver.ready
import archiver.rereading  # noqa: F401
from archiver import ingest
from archiver.cli import main


def run(words: list[str], said: str) -> None:
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(out, stream)
    main(words)


if __name__ == "__main__":
    ingest.fork_server = lambda *modules: multiprocessing.get_context("fork")  # type: ignore[assignment,return-value]
    for line in sys.stdin:
        words, said = json.loads(line)
        child = os.fork()
        if child == 0:
            run(words, said)
            os._exit(99)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201
