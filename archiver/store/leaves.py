"""Stories that go on over several pages: which captures show the pages of one story. Their links have the source next_page."""

from __future__ import annotations

from sqlite_utils import Database

from archiver import settings
from archiver.records import WHOLE_PAGE
from archiver.store.runs import CaptureRow, capture_row


def first_page(db: Database, url: str) -> str | None:
    """The address of the story's first page, when `url` is a further one."""
    row = db.execute("select source_url from links where url = ? and source = 'next_page'", (url,)).fetchone()
    return row[0] if row else None


def has_further_pages(db: Database, site: str) -> bool:
    """Does any story of the site go on over several pages?"""
    return db.execute("select 1 from links where source = 'next_page' and site = ? limit 1", (site,)).fetchone() is not None


def pages(db: Database, first: str, by: int | None = None) -> list[CaptureRow]:
    """A capture of each page that was fetched, the first one first, up to the first that is missing.

    The newest of each; with `by`, the newest that is no younger than that capture, or else the oldest.
    """
    further = "select url from links where source = 'next_page' and source_url = ? order by rowid limit ?"
    found = []
    for url in [first, *(row[0] for row in db.execute(further, (first, settings.MAX_PAGES - 1)).fetchall())]:
        capture = shown(db, url, by)
        if capture is None:
            break
        found.append(capture)
    return found


def shown(db: Database, url: str, by: int | None) -> CaptureRow | None:
    order = "id desc" if by is None else f"id > {int(by)}, case when id > {int(by)} then id else -id end"
    query = (
        f"select id from captures where target_uri = ? and http_status in {WHOLE_PAGE} and warc_filename is not null"
        f" order by {order} limit 1"
    )
    row = db.execute(query, (url,)).fetchone()
    return capture_row(db, row[0]) if row else None
