"""CDXJ: the index that replay tools look addresses up in. One line a capture: SURT key, 14-digit time, facts as JSON; sorted by bytes."""

from __future__ import annotations

import heapq
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO
from urllib.parse import unquote_to_bytes, urlsplit

import idna

from archiver.store import CaptureRow

IN_MEMORY = 100_000  # lines sorted at a time; what is more goes through files
SESSION = re.compile(r"(?:^|(?<=&))(?:jsessionid=[0-9a-z]{32}|phpsessid=[0-9a-z]{32}|sid=[0-9a-z]{32}|aspsessionid[a-z]{8}=[a-z]{24}|"
                     r"cfid=[^&]+&cftoken=[^&]+)(?:&|$)", re.IGNORECASE)  # fmt: skip
SESSION_IN_PATH = re.compile(r"\((?:[a-z]\([0-9a-z]{24}\))+\)/", re.IGNORECASE)
PLAIN = frozenset(range(0x21, 0x7F)) - set(b"#%")


def line(capture: CaptureRow, filename: str, offset: int, length: int) -> bytes:
    """A capture as a line of the index."""
    repeats = capture.refers_to is not None or capture.http_status == 304
    facts = {
        "url": capture.target_uri,
        "mime": "warc/revisit" if repeats else (capture.content_type or "unk").partition(";")[0].strip().lower() or "unk",
        "status": str(capture.http_status or 0),
        "digest": capture.payload_digest or "",
        "length": str(length),
        "offset": str(offset),
        "filename": filename,
    }
    return f"{surt(capture.target_uri)} {capture.warc_date:%Y%m%d%H%M%S} {json.dumps(facts, ensure_ascii=True)}\n".encode()


def surt(url: str) -> str:
    """The key of an address, as pywb and the Wayback Machine write it: "com,example)/path?a=b". Case, www. and order of the query fall."""
    parts = urlsplit(url.strip())
    host = re.sub(r"^www\d*\.", "", (parts.hostname or "").rstrip("."))
    try:
        number = parts.port
    except ValueError:
        number = None
    port = f":{number}" if number and number != {"http": 80, "https": 443}.get(parts.scheme) else ""
    name = ",".join(reversed(_in_ascii(host).split(".")))  # those of IP addresses, too
    path = _escaped(_without_dots(parts.path)).lower()
    path = SESSION_IN_PATH.sub("", path)
    path = path.rstrip("/") if len(path) > 1 else path
    query = SESSION.sub("", _escaped(parts.query)).lower()
    ordered = "&".join(sorted(query.split("&"))) if query else ""
    return f"{name}{port})" + (path or "/") + (f"?{ordered}" if ordered else "")


def _in_ascii(host: str) -> str:
    try:
        return idna.encode(host, uts46=True).decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return host


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            kept = kept[:-1]
        elif segment not in ("", "."):
            kept.append(segment)
    return "/" + "/".join(kept) + ("/" if path.endswith("/") and kept else "")


def _escaped(text: str) -> str:
    """Percent-encoding undone as often as it was done, then done once."""
    data = text.encode("utf-8", "surrogateescape")
    while (plain := unquote_to_bytes(data)) != data:
        data = plain
    return "".join(chr(byte) if byte in PLAIN else f"%{byte:02X}" for byte in data)


def write_sorted(lines: Iterable[bytes], output: BinaryIO) -> int:
    """Sorted by bytes, in bounded memory, each line once. Returns how many."""
    remaining = iter(lines)
    runs: list[Iterator[bytes]] = []
    number, last = 0, b""
    while chunk := sorted(islice(remaining, IN_MEMORY)):
        if len(chunk) < IN_MEMORY and not runs:
            runs.append(iter(chunk))
            break
        file = tempfile.TemporaryFile()  # noqa: SIM115 (until all are merged; gone when closed)
        file.writelines(chunk)
        file.seek(0)
        runs.append(iter(file))
    for text in heapq.merge(*runs):
        if text != last:
            output.write(text)
            number, last = number + 1, text
    return number
