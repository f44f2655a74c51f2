"""A small archive with pictures, without a server: stories at gazette.example, and the pictures that their pages show."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from archiver.captures import Captures
from archiver.records import Article, Capture, Image, RightsSignal, Site
from archiver.recovery import capture_row
from archiver.store import Archive, Reading, open_archive

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
SITE = Site("gazette", "https://gazette.example/", keep_images="all")
TEXTS = ("The weir was opened at dawn, and the boats went down in one long row.", "Nobody was hurt when the barrels rolled into the river.",
         "The ferry lies at the pier until the wind turns again, said its captain.")  # fmt: skip
NOARCHIVE = (RightsSignal("noarchive", "noarchive", "meta"),)


def png(colour: int = 0, width: int = 8, height: int = 5) -> bytes:
    """A real picture of one colour."""
    rows = zlib.compress((b"\0" + bytes([colour, 90, 120]) * width) * height)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def story_url(number: int) -> str:
    return f"https://gazette.example/2026/11/story-{number}"


def picture_url(name: str, host: str = "cdn.example") -> str:
    return f"https://{host}/{name}.png"


def build(folder: Path, stories: dict[int, tuple[str, ...]], bodies: dict[str, bytes] | None = None) -> None:
    """Stories by number, each with the names of its pictures, the first its main one; `bodies`: what is at these addresses instead."""
    with open_archive(folder) as archive:
        archive.save_site(SITE, NOON)
        run = archive.start_run("gazette", "crawl", NOON)
        writer = Captures(folder / "captures")
        for number, names in stories.items():
            save_story(archive, writer, run, number, names)
        names = dict.fromkeys(name for shown in stories.values() for name in shown)
        for colour, name in enumerate(names):
            save_picture(archive, writer, run, picture_url(name), (bodies or {}).get(name, png(colour)))
        writer.close()
        archive.finish_run(run, NOON, "finished", {})


def save_story(archive: Archive, writer: Captures, run: int, number: int, names: tuple[str, ...], **more: object) -> int:
    url, text = story_url(number), TEXTS[number % 3]
    page = f"<!DOCTYPE html><title>Story {number}</title><p>{text}</p>" + "".join(f"<img src='{picture_url(name)}'>" for name in names)
    kept = writer.add(Capture(url, NOON, 200, (("Content-Type", "text/html"),), page.encode(), "gazette", run))
    images = tuple(
        Image(picture_url(name), f"Caption of {name}", alt=f"What {name} shows", width=640, height=400, is_lead=place == 0)
        for place, name in enumerate(names)
    )
    article = Article(url=url, headline=f"Story {number} of the river", article_body=text, article_body_html=f"<p>{text}</p>",
                      word_count=len(text.split()), text_hash=sha256(text.encode()).hexdigest(), images=images)  # fmt: skip
    row = capture_row(kept, "story", "kept", None, None)
    (capture_id,) = archive.save_captures([row])
    (saved,) = archive.save_articles([Reading(replace(row, id=capture_id), replace(article, **more), "reader/1")], NOON)  # type: ignore[arg-type]
    archive.want_pictures(saved.article_id, "gazette", url, "all", NOON)
    return saved.article_id


def save_picture(
    archive: Archive, writer: Captures, run: int, url: str, body: bytes, content_type: str = "text/html", named: str | None = None
) -> int:
    """`named`: the address that its story has, where that one leads here."""
    kept = writer.add(Capture(url, NOON, 200, (("Content-Type", content_type),), body, "gazette", run))
    (number,) = archive.save_captures([capture_row(kept, "image", "image", None, None)])
    archive.keep_picture(named or url, number)
    return number
