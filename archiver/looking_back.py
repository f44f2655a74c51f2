"""Front pages that were kept before anybody noted what stood on them ▶ the archive, from the newest back to the oldest.

What is noted tells how far we are: killed anywhere, the next call goes on. Crawls go on beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from archiver.captures import Captures
from archiver.discover import read_page_links
from archiver.kept import read_body
from archiver.records import Placing, Site
from archiver.store import Archive
from archiver.urls import normalise

BATCH = 50  # looks in one transaction
MOST_EMPTY = 100  # captures in a row without a story: what is older is not looked into


def look_back(archive: Archive, sites: Mapping[str, Site], on_look: Callable[[], None] = lambda: None) -> int:
    """How many looks were noted. Raises SlowPattern."""
    captures = Captures(archive.data_dir / "captures")
    looks = 0
    for name, targets in archive.kept_front_pages().items():
        try:
            site = sites[name]
        except KeyError:
            continue  # its facts are gone, and with them what a story's address is
        pages = [normalise(url) or url for url in site.front_pages or (site.url,)]
        for page in pages:
            own = [target for target in targets if len(pages) == 1 or normalise(target) == page]
            looks += _look_back(archive, captures, site, page, own, on_look)
    return looks


def _look_back(archive: Archive, captures: Captures, site: Site, page: str, targets: list[str], on_look: Callable[[], None]) -> int:
    """Of one front page, at these addresses."""
    withheld = archive.withheld(site.name)
    before = archive.first_look(site.name, page)
    looks = empty = 0
    read: tuple[int, tuple[Placing, ...]] = (0, ())  # what was read last, and off which capture: many looks repeat it
    while empty < MOST_EMPTY and (rows := archive.kept_looks(targets, before, BATCH)):
        found = []
        for row in rows:
            original = archive.original_of(row.id)
            if original and original.id != read[0]:
                body = read_body(archive, captures, original.id)
                read = original.id, read_page_links(body, row.target_uri, site).placings if body else ()
            placings = withheld.let_in(read[1]) if original else []
            empty = 0 if placings else empty + 1
            found += [(row.warc_date, placings)] if placings else []
        with archive.writing():
            for at, placings in found:
                archive.save_earlier_look(site.name, page, at, placings)
        for _ in found:
            on_look()
        looks, before = looks + len(found), rows[-1].warc_date
    return looks
