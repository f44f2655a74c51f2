"""Archives as other people's tools write them (warcio, fastwarc), and as nobody should."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterable
from pathlib import Path

from fastwarc.stream_io import ZstdWriter, zstd_train_dictionary_from_samples
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archiver.captures import payload_digest

DAY = "2019-05-04T10:00:00Z"
FLOOD = (
    "The river rose four feet in the night and stood at the doors of the market by the time the bell of the old church rang six.",
    "Nobody was hurt, said the warden of the valley, though eleven families had to leave their houses on the west bank by boat.",
    "The council will meet on Monday to speak of the levee, which was mended last in the spring of the year before the great fire.",
)


def story(headline: str, *paragraphs: str, lang: str = "en", url: str = "") -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or FLOOD)
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    return (
        f"<!DOCTYPE html><html lang={lang}><head><title>{headline}</title>{canonical}<meta property='og:type' content='article'>"
        "<meta property='article:published_time' content='2019-05-04T08:00:00+02:00'></head>"
        f"<body><article><h1>{headline}</h1>{text}</article></body></html>"
    ).encode()


def write_warc(path: Path, pages: Iterable[tuple[str, str, bytes]], gzip: bool = True) -> Path:
    """A WARC file by warcio: an info record, and request and response of each (address, date, body)."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=gzip)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "another crawler"}))
        for url, date, body in pages:
            write_page(writer, url, date, body)
    return path


def write_page(writer: WARCWriter, url: str, date: str, body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8",
               headers: Iterable[tuple[str, str]] = (), warc: dict[str, str] | None = None) -> None:  # fmt: skip
    answer = StatusAndHeaders(status, [("Content-Type", kind), *headers], protocol="HTTP/1.1")
    fields = {"WARC-Date": date, "WARC-IP-Address": "203.0.113.9"} | (warc or {})
    record = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=answer, warc_headers_dict=fields)
    question = StatusAndHeaders("GET / HTTP/1.1", [("User-Agent", "another crawler")], is_http_request=True)
    request = writer.create_warc_record(url, "request", http_headers=question, warc_headers_dict={"WARC-Date": date})
    writer.write_request_response_pair(request, record)


def raw_record(url: str, date: str, body: bytes, length: int | None = None, kind: str = "response", http: str = "HTTP/1.1 200 OK",
               headers: str = "Content-Type: text/html\r\n", **fields: str) -> bytes:  # fmt: skip
    """A record as bytes, with whatever lies are wanted."""
    block = f"{http}\r\n{headers}\r\n".encode() + body
    named = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, url + date)}>",
        "WARC-Target-URI": url,
        "WARC-Date": date,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block) if length is None else length),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    return b"WARC/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named.items()).encode() + b"\r\n" + block + b"\r\n\r\n"


def write_zst(path: Path, records: list[bytes]) -> Path:
    """One frame a record, with a dictionary in the first, as the IIPC's proposal has it; by fastwarc."""
    samples = [record[:2_000] + str(number).encode() for record in records for number in range(400)]
    dictionary = zstd_train_dictionary_from_samples(samples, 4_096)
    with path.open("wb") as file:
        writer = ZstdWriter(file, dictionary=dictionary)
        for record in records:
            writer.write(record)
            writer.finish()
        writer.close()
    return path


def write_wacz(path: Path, *warcs: Path, compression: int = zipfile.ZIP_STORED, resources: Iterable[dict[str, str]] = ()) -> Path:
    package = {"profile": "data-package", "wacz_version": "1.1.1", "resources": list(resources)}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("datapackage.json", json.dumps(package))
        for warc in warcs:
            archive.write(warc, f"archive/{warc.name}", compression)
    return path


def digest(body: bytes) -> str:
    return payload_digest(body)
