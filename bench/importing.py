"""Import of a large WARC file: how fast, and does memory stay flat?

python bench/importing.py                 a file of 1 GiB of invented stories in 2,000 hosts, kept and not read; in a scratch folder
python bench/importing.py --mib 64
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
import zlib
from pathlib import Path

WORDS = ("river", "levee", "council", "mayor", "bridge", "harvest", "ferry", "storm", "school", "budget", "water", "road", "train")


def record(number: int, filler: list[bytes], rng: random.Random) -> bytes:
    """Request-less answer as CC-NEWS has it, about 25 kB packed."""
    host = f"paper{number % 2_000}.example"
    url = f"https://{host}/2026/03/{number % 28 + 1:02}/the-{'-'.join(rng.choices(WORDS, k=4))}-{number}"
    body = (
        f"<!DOCTYPE html><html lang=en><head><title>Story {number}</title></head><body><article><h1>Story {number}</h1>".encode()
        + b"".join(rng.choices(filler, k=30))
        + b"</article></body></html>"
    )
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{uuid.UUID(int=number)}>\r\nWARC-Target-URI: {url}\r\n"
        f"WARC-Date: 2026-03-{number % 28 + 1:02}T10:{number // 60 % 60:02}:{number % 60:02}Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    stream = zlib.compressobj(1, zlib.DEFLATED, 31)
    return stream.compress(head.encode() + http + b"\r\n\r\n") + stream.flush()


def write(path: Path, mib: int) -> int:
    rng = random.Random(7)
    filler = [f"<p>{rng.randbytes(400).hex()} {' '.join(rng.choices(WORDS, k=40))}</p>".encode() for _ in range(5_000)]
    number = 0
    with path.open("wb") as file:
        while file.tell() < mib << 20:
            file.write(record(number, filler, rng))
            number += 1
    return number


def run(folder: Path, source: Path) -> tuple[float, float, int]:
    """(seconds, CPU seconds, peak memory in MB) of one import."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "archiver", "--data", str(folder / "data"), "-q", "import", "--no-read", "--again", str(source)]
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"the import failed: {status}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mib", type=int, default=1_024)
    mib = parser.parse_args().mib
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = []
        for size in (max(1, mib // 8), mib):
            source = folder / f"{size}.warc.gz"
            records = write(source, size)
            for what in ("first", "again"):
                rows.append((size, records, what, *run(folder / str(size), source)))
    print("| MiB | pages | | s | CPU s | MiB per CPU s | CPU ms a page | peak MB |\n|--:|--:|---|--:|--:|--:|--:|--:|")
    for size, records, what, seconds, cpu, peak in rows:
        print(f"| {size} | {records:,} | {what} | {seconds:.0f} | {cpu:.1f} | {size / cpu:.0f} | {1000 * cpu / records:.2f} | {peak} |")


if __name__ == "__main__":
    main()
