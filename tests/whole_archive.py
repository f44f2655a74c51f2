"""A small archive that is whole: four stories, one of them changed, captions, an index page and a 304; in two WARC files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from archiver.captures import Captures, Original
from archiver.records import Article, Author, Capture, Image, Link, Site
from archiver.recovery import capture_row
from archiver.store import Reading, open_archive
from archiver.urls import normalise

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
SITE = Site("gazette", "https://gazette.example/")
READER = "reader/1"
WORDS = ("weir", "barrels", "ferry", "harvest")


def url(number: int) -> str:
    return f"https://gazette.example/2026/11/story-{number}"


def page(number: int, at: datetime = NOON, body: str = "", status: int = 200, address: str | None = None) -> Capture:
    text = (
        body
        or f"<!DOCTYPE html><title>Story {number}</title><p>Of the {WORDS[number % 4]}, {sha256(str(number).encode()).hexdigest()}.</p>"
    )
    return Capture(
        target_uri=address or url(number),
        warc_date=at + timedelta(seconds=number),
        http_status=status,
        headers=(("Content-Type", "text/html"), ("ETag", f'"{number}"')),
        body=b"" if status == 304 else text.encode(),
        site="gazette",
        run_id=1,
        request_headers=(("User-Agent", "news-archiver/0"),),
    )


def article(number: int, body: str) -> Article:
    return Article(
        url=url(number),
        headline=f"Story of the {WORDS[number % 4]}",
        article_body=body,
        word_count=len(body.split()),
        text_hash=sha256(body.encode()).hexdigest(),
        date_published="2026-11-03T09:00:00Z",
        date_published_utc="2026-11-03T09:00:00Z",
        date_precision="second",
        in_language="en",
        authors=(Author(name="Ana Weir"),),
        keywords=("river",),
        outlinks=("https://other.example/",),
        images=(
            Image(content_url=f"{url(number)}.jpg", caption=f"The {WORDS[number % 4]} at noon", creditline="Photo: A. Weir"),
            Image(content_url="https://gazette.example/map.png"),
        ),
    )


def build(data_dir: Path) -> None:
    """Two runs, as a crawl would have made them."""
    with open_archive(data_dir) as archive:
        archive.save_site(SITE, NOON)
        for run in (1, 2):
            at = NOON + timedelta(days=run - 1)
            run_id = archive.start_run("gazette", "crawl", at)
            archive.save_links([Link(url(number), "gazette", "feed", "https://gazette.example/feed") for number in range(4)], at)
            writer = Captures(data_dir / "captures")
            bodies = ["", "", "", ""] if run == 1 else ["<p>Of the weir, once more.</p>"]
            for number, body in enumerate(bodies):
                kept = writer.add(replace(page(number, at, body), run_id=run_id))
                row = capture_row(kept, "story", "kept", None, None)
                with archive.writing():
                    (capture_id,) = archive.save_captures([row])
                    text = f"A story about the {WORDS[number]}, told {['', 'once', 'twice'][run]}.\n\nIt goes on."
                    (saved,) = archive.save_articles([Reading(replace(row, id=capture_id), article(number, text), READER)], at)
                    archive.settle_links([(normalise(url(number)) or "", saved.article_id, None)])
            last = archive.last_capture(url(1))
            if run == 2 and last:
                same = Original(last.target_uri, last.warc_date, last.payload_digest)
                kept = writer.add(replace(page(1, at, status=304), run_id=run_id), same_as=same)
                archive.save_captures([capture_row(kept, "story", "not_modified", None, last.id)])
            kept = writer.add(replace(page(9, at, address="https://gazette.example/"), run_id=run_id))
            archive.save_captures([capture_row(kept, "front_page", "index", None, None)])
            writer.close()
            archive.finish_run(run_id, at, "finished", {})
