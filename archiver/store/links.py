"""The queue: every link that was found, and when it is to be fetched. A row's due_at says when; empty means never."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from sqlite_utils import Database

from archiver import settings
from archiver.records import SOURCES, WHOLE_PAGE, Link, Site
from archiver.store import rights, story_ids, values
from archiver.store.values import from_utc_text, utc_text

CHUNK = 500  # links in one statement


# The order of trust of records.SOURCES, as SQL.
def _rank_as_sql(sources: Sequence[str]) -> str:
    return "case {column} " + " ".join(f"when '{source}' then {rank}" for rank, source in enumerate(sources)) + " else 99 end"


RANK = _rank_as_sql(SOURCES)
# The order of asking, where no date tells: what an editor shows on the front page comes before what paging digs up.
ASKED_FIRST = _rank_as_sql(("seed", "news_sitemap", "feed", "wordpress", "front_page", "sitemap", "section", "archive_page", "import"))

# What an editor lists now is there: a story that was gone is looked at again, once a day. Sitemaps keep what is gone for years.
LISTS_OF_NEWS = ("feed", "news_sitemap", "wordpress", "front_page", "section")

# How new a story is, as far as its link tells.
NEWNESS = """coalesce(date_published, lastmod,
    case when source in ('seed', 'news_sitemap', 'feed', 'wordpress', 'front_page') then first_seen_at end)"""

# A page that was only known as a picture's address, and is listed now, is asked for as what it is, whosever story named it.
IS_NO_PICTURE = "links.source = 'image' and excluded.source <> 'image' and links.state <> 'done'"
INSERT = f"""
insert into links (url, site, source, source_url, title, lastmod, date_published, listed_on, first_seen_at, last_seen_at, state, due_at)
values (:url, :site, :source, :source_url, :title, :lastmod, :date_published, :listed_on, :now, :now, 'due', :now)
on conflict (url) do update set
    last_seen_at = max(last_seen_at, excluded.last_seen_at),
    title = coalesce(links.title, excluded.title),
    date_published = coalesce(links.date_published, excluded.date_published),
    listed_on = case when length(excluded.listed_on) > coalesce(length(links.listed_on), 0)
        then excluded.listed_on else links.listed_on end,
    lastmod = nullif(max(coalesce(links.lastmod, ''), coalesce(excluded.lastmod, '')), ''),
    source_url = case when {RANK.format(column="excluded.source")} < {RANK.format(column="links.source")}
        then excluded.source_url else links.source_url end,
    source = case when {RANK.format(column="excluded.source")} < {RANK.format(column="links.source")}
        then excluded.source else links.source end,
    site = case when {IS_NO_PICTURE} then excluded.site else links.site end,
    attempts = case when {IS_NO_PICTURE} then 0 else links.attempts end,
    state = case when {IS_NO_PICTURE} then 'due' else links.state end,
    due_at = case
        when {IS_NO_PICTURE} then excluded.due_at
        when links.state <> 'skipped' and excluded.lastmod <= :now and excluded.lastmod > (
            select max(c.warc_date) from captures c where c.target_uri = links.url
        ) then min(coalesce(links.due_at, excluded.due_at), excluded.due_at)
        when links.state = 'gone' and coalesce(links.due_at, '9') > :now and excluded.source in ({", ".join(map(repr, LISTS_OF_NEWS))})
            and :day_before > (select max(last_seen_at) from absences where article_id = links.article_id) then :now
        else links.due_at end
"""

# The order of the queue: in these words the index links_queue has it, so that taking the next hundred of a million sorts nothing.
QUEUE = f"{NEWNESS} desc, substr(first_seen_at, 1, 13) desc, {ASKED_FIRST.format(column='source')}, due_at"

COLUMNS = "url, source, attempts, lastmod, date_published, first_seen_at, article_id"
DUE = f"""
select {COLUMNS} from links
where site = :site and due_at is not null and due_at <= :now and source <> 'image'
    and (:since is null or coalesce(date_published, lastmod) is null or coalesce(date_published, lastmod) >= :since)
    and (:first is null or (article_id is null
        and listed_on between substr(:first, 1, length(listed_on)) and substr(:last, 1, length(listed_on))))
    and (:section is null or instr(lower(url) || '/', :section) > 0 or instr(lower(source_url) || '/', :section) > 0)
order by {QUEUE}, rowid
"""

# The same for few days, of which the index of what lists have under them knows all links: to sort some thousands is less than to go
# through a million others that wait. Months are shorter than their days, and stand before them.
OF_FEW_DAYS = "site = :site and listed_on between substr(:first, 1, 7) and :last"
DUE_OF_FEW_DAYS = DUE.replace("from links\nwhere", f"from links indexed by links_listed_on\nwhere {OF_FEW_DAYS} and")
MOST_SORTED = 5_000

# Addresses that are asked for by themselves, and the further pages of the stories there.
DUE_NAMED = f"""
with named (url) as (select value from json_each(:urls))
select {COLUMNS} from links where rowid in (
    select rowid from links where url in (select url from named)
    union select rowid from links where source = 'next_page' and source_url in (select url from named)
) and +site = :site and +due_at <= :now and source <> 'image' order by rowid
"""

LAST_CAPTURE = f"""
select id, etag, last_modified, payload_digest, target_uri, warc_date from captures
where target_uri = ? and http_status in {WHOLE_PAGE} order by warc_date desc, id desc limit 1
"""


@dataclass(frozen=True, slots=True)
class LastCapture:
    """What a conditional request needs to know of the newest answer of an address with a page in it."""

    id: int
    etag: str | None
    last_modified: str | None
    payload_digest: str | None
    target_uri: str
    warc_date: datetime


@dataclass(frozen=True, slots=True)
class DueLink:
    """A link whose time has come."""

    url: str
    source: str
    attempts: int  # failed ones in a row
    lastmod: datetime | None
    date_published: datetime | None
    capture: LastCapture | None
    article_id: int | None = None
    first_seen_at: datetime | None = None


def save_site(db: Database, site: Site, now: datetime) -> None:
    """Adds a site, or brings its row up to date; added_at stays."""
    before = db.execute("select noarchive from sites where name = ?", (site.name,)).fetchone()
    db.execute(
        "insert into sites (name, url, publisher, in_language, country, timezone, noarchive, noarchive_reason, added_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict (name) do update set url = excluded.url, publisher = excluded.publisher, in_language = excluded.in_language,"
        " country = excluded.country, timezone = excluded.timezone, noarchive = excluded.noarchive,"
        " noarchive_reason = excluded.noarchive_reason",
        (
            *(site.name, site.url, site.publisher, site.in_language, site.country, site.timezone),
            *(site.noarchive, site.noarchive_reason, utc_text(now)),
        ),
    )
    if before and before[0] != site.noarchive:
        rights.apply_policy(db, site.name, site.noarchive)


def save_site_name(db: Database, name: str, now: datetime) -> None:
    """A bare row for a site that nobody described, so that what was fetched of it can be kept."""
    db.execute("insert or ignore into sites (name, url, added_at) values (?, '', ?)", (name, utc_text(now)))


def save_links(db: Database, links: Iterable[Link], now: datetime) -> tuple[int, int]:
    """How many of `links` were new, and how many known. A new link is due at once.

    A known one keeps its place; where its source declares a change later than our last look, it is due now. Found again by a
    source of more trust, it takes that source.
    """
    new = known = 0
    for chunk in _chunks(links):
        for site in {link.site for link in chunk}:
            save_site_name(db, site, now)
        urls = json.dumps([link.url for link in chunk])
        (before,) = db.execute("select count(*) from links where url in (select value from json_each(?))", (urls,)).fetchone()
        db.conn.executemany(INSERT, [_row(link, now) for link in chunk])
        story_ids.save_of_links(db, chunk, now)
        new, known = new + len(chunk) - before, known + before
    return new, known


def due_links(
    db: Database,
    site: str,
    now: datetime,
    limit: int,
    since: date | None = None,
    section: str | None = None,
    without: Container[str] = (),
    listed: tuple[date, date] | None = None,
) -> list[DueLink]:
    """The stories of `site` to fetch now, the newest first: the first `limit` that are not in `without`. No pictures.

    `since`: not those known to be older (a link without a date may be newer). `section`: a word of the path of the link, or of the
    page that it was found on. `listed`: only those that a list of older stories has under these days, and that
    are no stories of the archive yet (see discover.ranges).
    """
    given = {
        "site": site,
        "now": utc_text(now),
        "since": since.isoformat() if since else None,
        "section": f"/{section.strip('/').lower()}/" if section else None,
        "first": listed[0].isoformat() if listed else None,
        "last": listed[1].isoformat() if listed else None,
    }
    query = DUE_OF_FEW_DAYS if listed and _are_few(db, given) else DUE
    # Row by row: of a long run, the newest stories come due again before the older ones had their turn.
    rows = (row for row in db.execute(query, given) if row[0] not in without)
    return [_due_link(db, row) for row in islice(rows, limit)]


def _are_few(db: Database, given: dict[str, Any]) -> bool:
    query = f"select count(*) from (select 1 from links where {OF_FEW_DAYS} and listed_on is not null limit {MOST_SORTED})"
    return db.execute(query, given).fetchone()[0] < MOST_SORTED


def due_named(db: Database, site: str, urls: Iterable[str], now: datetime) -> list[DueLink]:
    """Those of `urls` that are due, with the further pages of the stories there; however much else waits."""
    given = {"site": site, "now": utc_text(now), "urls": json.dumps(list(urls))}
    return [_due_link(db, row) for row in db.execute(DUE_NAMED, given).fetchall()]


def due_of(db: Database, urls: Iterable[str]) -> list[DueLink]:
    """The links at these addresses, in their order."""
    rows = (db.execute(f"select {COLUMNS} from links where url = ?", (url,)).fetchone() for url in urls)
    return [_due_link(db, row) for row in rows if row]


def count_waiting(db: Database, site: str, now: datetime) -> int:
    """Links that wait to be fetched; known stories that are due for another look, and pictures, are none of them."""
    query = "select count(*) from links where site = ? and state = 'due' and due_at <= ? and source <> 'image'"
    return db.execute(query, (site, utc_text(now))).fetchone()[0]


def misses_stories(db: Database, site: str) -> bool:
    """Whether stories of `site` are gone that may come back."""
    query = "select 1 from links where site = ? and state = 'gone' and article_id is not null and due_at is not null limit 1"
    return db.execute(query, (site,)).fetchone() is not None


def last_capture(db: Database, url: str) -> LastCapture | None:
    """The newest answer of an address with a page in it, or None."""
    row = db.execute(LAST_CAPTURE, (url,)).fetchone()
    if row is None:
        return None
    number, etag, last_modified, digest, target_uri, warc_date = row
    return LastCapture(number, etag, last_modified, digest, target_uri, datetime.fromisoformat(warc_date))


def finish_link(
    db: Database,
    url: str,
    state: str,
    reason: str | None,
    due_at: datetime | None,
    attempts: int | None = None,
    article_id: int | None = None,
    checks: int | None = None,
) -> None:
    """What came of a link, and when to look again (None: never). Counters that are not given stay."""
    db.execute(
        "update links set state = ?, reason = ?, due_at = ?, attempts = coalesce(?, attempts), checks = coalesce(?, checks),"
        " article_id = coalesce(?, article_id) where url = ?",
        (state, values.text(reason, values.SHORT), utc_text(due_at), attempts, checks, article_id, url),
    )


def _due_link(db: Database, row: Sequence[Any]) -> DueLink:
    url, source, attempts, lastmod, date_published, first_seen_at, article_id = row
    return DueLink(
        url=url,
        source=source,
        attempts=attempts,
        lastmod=from_utc_text(lastmod),
        date_published=from_utc_text(date_published),
        capture=last_capture(db, url),
        article_id=article_id,
        first_seen_at=from_utc_text(first_seen_at),
    )


def _chunks(links: Iterable[Link]) -> Iterator[list[Link]]:
    """Lists of at most CHUNK links; in each, an address once, by its most trusted source."""
    remaining = iter(links)
    while chunk := list(islice(remaining, CHUNK)):
        best: dict[str, Link] = {}
        for link in chunk:
            if link.url not in best or _rank(link.source) < _rank(best[link.url].source):
                best[link.url] = link
        yield list(best.values())


def _rank(source: str) -> int:
    return SOURCES.index(source) if source in SOURCES else len(SOURCES)


def _row(link: Link, now: datetime) -> dict[str, str | None]:
    return {
        "url": values.text(link.url),
        "site": link.site,
        "source": link.source,
        "source_url": values.text(link.source_url) or "",
        "title": values.text(link.title, values.SHORT),
        "lastmod": _past(link.lastmod, now),
        "date_published": _past(link.date_published, now),
        "listed_on": link.listed_on,
        "now": utc_text(now),
        "day_before": utc_text(now - settings.LOOKS_APART),
    }


def _past(when: datetime | None, now: datetime) -> str | None:
    """A day that is still to come says nothing of how new a story is: with it, the link would stand before all others until then."""
    return None if when and when > now + timedelta(days=1) else utc_text(when)
