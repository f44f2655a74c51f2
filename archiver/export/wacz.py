"""WACZ 1.1.1: a WARC file with its index and a list of its pages in one zip file, which ReplayWeb.page opens in a browser.

https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from typing import IO, Any, BinaryIO

from archiver import __version__, settings
from archiver.captures import CHUNK
from archiver.export import Exported, Format, Tell, cdxj
from archiver.export.warc import write_records
from archiver.store import Archive
from archiver.store.selection import Selection
from archiver.store.values import utc_text

WARC = "archive/data.warc.gz"
INDEX = "indexes/index.cdxj"
PAGES = "pages/pages.jsonl"


def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
    done = Exported()
    now = settings.utc_now()
    with tempfile.TemporaryFile() as warc, tempfile.TemporaryFile() as pages, tempfile.TemporaryFile() as index:
        pages.write(_json({"format": "json-pages-1.0", "id": "pages", "title": "Stories"}))
        main: dict[str, Any] = {}

        def lines() -> Any:
            for one in write_records(archive, selection, warc, done, tell):
                row = one.capture
                if one.is_page:
                    ts = utc_text(row.warc_date)
                    main.update({"mainPageUrl": row.target_uri, "mainPageDate": ts})
                    title = one.story.headline or row.target_uri
                    pages.write(_json({"id": f"{one.story.key}-{row.id}", "url": row.target_uri, "ts": ts, "title": title}))
                yield cdxj.line(row, WARC.rpartition("/")[2], one.offset, one.length)

        cdxj.write_sorted(lines(), index)
        if not done.items:
            return done
        with zipfile.ZipFile(file, "w") as wacz:
            resources = [
                _add(wacz, WARC, warc, zipfile.ZIP_STORED),  # readers seek in it
                _add(wacz, INDEX, index, zipfile.ZIP_STORED),
                _add(wacz, PAGES, pages, zipfile.ZIP_DEFLATED),
            ]
            package = _json(
                {
                    "profile": "data-package",
                    "wacz_version": "1.1.1",
                    "title": _title(selection),
                    "software": f"news-archiver/{__version__}",
                    "created": utc_text(now),
                    **main,
                    "resources": resources,
                },
                indent=2,
            )
            wacz.writestr("datapackage.json", package, zipfile.ZIP_DEFLATED)
            digest = _json({"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}, indent=2)
            wacz.writestr("datapackage-digest.json", digest, zipfile.ZIP_DEFLATED)
    return done


def _add(wacz: zipfile.ZipFile, name: str, file: IO[bytes], compression: int) -> dict[str, object]:
    """Copies a file in; returns its line in the list of resources."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    info = zipfile.ZipInfo(name, settings.utc_now().timetuple()[:6])
    info.compress_type, info.external_attr = compression, 0o644 << 16
    digest = hashlib.sha256()
    # Zip64 only where it is needed: ReplayWeb.page takes a member whose entry in the table of contents has no extra field for one
    # whose own header has none either (wabac.js 2.4), and force_zip64 gives one to the header alone.
    with wacz.open(info, "w", force_zip64=size > zipfile.ZIP64_LIMIT) as member:
        while data := file.read(CHUNK):
            member.write(data)
            digest.update(data)
    return {"name": name.rpartition("/")[2], "path": name, "hash": f"sha256:{digest.hexdigest()}", "bytes": size}


def _title(selection: Selection) -> str:
    asked = [selection.query, selection.site, selection.section, selection.language, selection.from_, selection.to]
    return "News archive: " + (", ".join(str(word) for word in asked if word) or "all stories")


def _json(value: object, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode("utf-8", "replace") + b"\n"


FORMAT = Format("wacz", (".wacz",), "the same with index and list of pages in one file, which replayweb.page opens", write)
