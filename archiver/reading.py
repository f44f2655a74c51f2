"""Reads pages from files, without an archive: one, or a table of them in worker processes."""

from __future__ import annotations

import csv
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from pebble import ProcessExpired, ProcessPool

from archiver import settings
from archiver.captures import TooLarge, Truncated, decode_body
from archiver.display import HowFar, console, json_text, safe, table
from archiver.errors import WrongUse
from archiver.extract import as_json, read_article
from archiver.records import Article, Capture, Site
from archiver.worker import faults_in_words, fork_server, limit_memory, why_unread

COLUMNS = ("id", "path", "url", "fetched_at")
UNKNOWN = "http://unknown.invalid/page-on-disk"  # an address that tells nothing: neither a list's nor a story's
AHEAD = 8  # pages handed to each worker ahead of time
__all__ = ["as_json", "print_explanation", "read_batch", "read_file", "write_text"]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    id: str
    path: Path
    url: str
    fetched_at: datetime | None


def read_file(name: str, url: str, site: Site | None) -> Article:
    """The article in a file ("-": standard input). Raises WrongUse where the file cannot be read."""
    try:
        body = sys.stdin.buffer.read(settings.MAX_DECODED_BYTES) if name == "-" else _bytes_of(Path(name))
    except OSError as error:
        raise WrongUse(f"{name} cannot be read: {error.strerror}.\nName an HTML file, or - for standard input.") from error
    try:
        return read_article(as_capture(body, url, settings.utc_now()), site)
    except (TooLarge, Truncated) as error:
        raise WrongUse(f"{name} cannot be unpacked: {error}.\nA page may be gzipped; it must be whole.") from error


def _bytes_of(page: Path) -> bytes:
    """As much of a file as a page may have."""
    with page.open("rb") as file:
        return file.read(settings.MAX_DECODED_BYTES)


def write_text(text: str, output: Path, source: str) -> None:
    """What was read off `source`. Raises WrongUse where the file cannot be written."""
    _keep_what_is_read(output, [Path(source)])
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(output, error) from error


def _keep_what_is_read(output: Path, read: Iterable[Path]) -> None:
    """Raises WrongUse where the output would be written over a file that it is made of."""
    if output.absolute() in {path.absolute() for path in read}:
        raise WrongUse(f"{output} is what is read, and would be written over.\nName another file with --output.")


def _unwritable(output: Path, error: OSError) -> WrongUse:
    return WrongUse(f"{output} cannot be written: {error.strerror}.\nName another file with --output.")


def as_capture(body: bytes, url: str, fetched_at: datetime) -> Capture:
    """A page from a file as if a server had just sent it: from `url`, else from the address that the page says it has."""
    body = decode_body(body, "gzip", settings.MAX_DECODED_BYTES) if body[:2] == b"\x1f\x8b" else body
    if not url:
        from archiver.importing import own_address  # with it comes the store

        url = own_address(body) or UNKNOWN
    return Capture(url, fetched_at, 200, (("Content-Type", "text/html"),), body)


def read_batch(listing: Path, output: Path | None, jobs: int, site: Site | None, quiet: bool) -> int:
    """Reads every page of the table; a JSON object a line, in the table's order. Returns how many could not be read."""
    rows = read_listing(listing)
    if output:
        _keep_what_is_read(output, [listing, *(row.path for row in rows)])
    failed = 0
    try:
        out: IO[str] = output.open("w", encoding="utf-8") if output else sys.stdout
    except OSError as error:
        raise _unwritable(output or Path("standard output"), error) from error
    try:
        with HowFar(quiet, "read") as counter:
            for done, (row, answer) in enumerate(_read_rows(rows, jobs, site), 1):
                failed += answer.get("outcome", "").startswith("reader_") or answer.get("outcome") == "file_unreadable"
                out.write(json_text({"id": row.id} | answer) + "\n")
                counter.show(done, len(rows))
    finally:
        if output:
            out.close()
    return failed


def read_listing(path: Path) -> list[Row]:
    """Rows of a TSV with columns id, path, url, fetched_at (with or without a header line). Raises WrongUse with the line."""
    rows = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            table_lines = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(
            f"{path} cannot be read: {error}.\nIt must be a UTF-8 text with tab-separated columns: {', '.join(COLUMNS)}"
        ) from error
    order = dict(zip(COLUMNS, range(4), strict=True))
    if table_lines and {"id", "path"} <= set(table_lines[0]):
        order = {name: table_lines[0].index(name) for name in COLUMNS if name in table_lines[0]}
        table_lines = [[], *table_lines[1:]]
    for number, cells in enumerate(table_lines, 1):
        if not any(cells):
            continue
        value = {name: cells[index].strip() for name, index in order.items() if index < len(cells)}
        if not value.get("path"):
            raise WrongUse(f"{path}, line {number}: no path.\nEach line needs tab-separated columns: {', '.join(COLUMNS)}")
        rows.append(
            Row(
                value.get("id") or value["path"],
                _beside(value["path"], path),
                value.get("url", ""),
                _moment(value.get("fetched_at"), path, number),
            )
        )
    return rows


def print_explanation(article: Article) -> None:
    """Per field: the value that won, by which rule, and what the others said."""
    rows = [
        ("✓" if item.chosen else "", item.field, item.value_raw[:80], item.method, item.locator[:60], f"{item.confidence:.2f}", item.note)
        for item in sorted(article.evidence, key=lambda item: (item.field, not item.chosen))
    ]
    out = console()
    out.print(f"{safe(article.outcome)}  {safe(article.outcome_reason or '')}", markup=False)
    table(rows, ["", "field", "value", "rule", "where", "trust", "note"], out)


def _read_rows(rows: list[Row], jobs: int, site: Site | None) -> Iterator[tuple[Row, dict[str, Any]]]:
    context = fork_server("archiver.reading")
    with ProcessPool(max_workers=min(jobs, len(rows) or 1), max_tasks=2_000, context=context, initializer=limit_memory) as pool:
        handed = ((row, pool.schedule(_read_row, args=(row, site), timeout=settings.READ_TIMEOUT_S)) for row in rows)
        under_way = deque(islice(handed, AHEAD * jobs))
        while under_way:
            row, future = under_way.popleft()
            under_way.extend(islice(handed, 1))
            yield row, _answer(future)


def _answer(future: Any) -> dict[str, Any]:
    try:
        return future.result()
    except Exception as error:  # one page must not stop the others; it is named in its line
        if isinstance(error, OSError) and not isinstance(error, (TimeoutError, ProcessExpired)):
            outcome, reason = "file_unreadable", f"{error.filename}: {error.strerror}" if error.strerror else str(error)
        else:
            outcome, reason = why_unread(error)
    return {"outcome": outcome, "outcome_reason": reason}


def _read_row(row: Row, site: Site | None) -> dict[str, Any]:
    with faults_in_words():
        return as_json(read_article(as_capture(_bytes_of(row.path), row.url, row.fetched_at or settings.utc_now()), site))


def _beside(name: str, listing: Path) -> Path:
    """A path as the table gives it: from the working directory, else from the table's folder."""
    path = Path(name)
    return path if path.is_absolute() or path.exists() else listing.parent / path


def _moment(text: str | None, path: Path, number: int) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"{path}, line {number}: fetched_at {text!r} is no date.\nWrite it as 2026-03-02 or 2026-03-02T10:00:00Z.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
