"""What the pages show, read from the archive by SQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from datasette.database import Database
from sqlite_utils import Database as Tables

from archiver import settings
from archiver.browse.archives import row, rows, rows_in_time
from archiver.browse.maps import Place
from archiver.errors import ArchiverError
from archiver.health import site_health
from archiver.queries import load_queries
from archiver.sites import Facts
from archiver.store import Archive, pictures, takedowns
from archiver.store.index import day_range
from archiver.store.placings import OF_STORY
from archiver.store.rights import BECAUSE, SHOWN, without_text
from archiver.store.runs import CaptureRow
from archiver.store.stories import find_article
from archiver.store.stories import story as kept_story
from archiver.store.takedowns import Takedown
from archiver.store.visits import OF_ADDRESSES, ONLY_PROBED
from archiver.usual import last_departure

Row = Mapping[str, Any]

# A story `a` that was filed from the place at :at, "LAT,LON".
AT = """a.located_lat = cast(substr(:at, 1, instr(:at, ',') - 1) as real)
    and a.located_lon = cast(substr(:at, instr(:at, ',') + 1) as real)"""

COPIES = """
    select a.key, a.title as headline, coalesce(s.publisher, a.site) as publisher, a.in_language, a.date_published, a.date_published_utc,
        a.date_precision, a.word_count, a.byline, a.infosource, m.is_first, m.same_text, m.contained, m.first_contained, c.agency,
        c.agency_evidence, c.stories, me.is_first as is_the_first, f.key as first_key
    from copies me join copies m on m.cluster_id = me.cluster_id join copy_clusters c on c.id = m.cluster_id
    join articles a on a.id = m.article_id join articles f on f.id = c.first_id left join sites s on s.name = a.site
"""
PARTS = {  # tables with rows of a story, in the order in which a page shows them
    "images": f"""
        select i.*, c.id as kept from images i left join pictures w on w.article_id = i.article_id and w.url = i.content_url
            and w.article_id not in (select article_id from withheld)
        left join captures c on c.id = w.capture_id and {pictures.SHOWN}
        where i.article_id = :id order by i.is_lead desc, i.position""",
    "authors": "select * from article_authors where article_id = :id order by position",
    "keywords": "select keyword from article_keywords where article_id = :id order by position",
    "corrections": "select * from corrections where article_id = :id order by first_seen_at, id",
    "embeds": "select * from embeds where article_id = :id order by position",
    "live_updates": "select * from live_updates where article_id = :id order by position limit 500",
    "evidence": "select * from field_evidence where article_id = :id order by field, chosen desc, position limit 500",
    "revisions": """
        select id, number, capture_id, memento_datetime, last_seen_at, change, declared, stealth, note, word_count, headline
        from revisions where article_id = :id order by number""",
    "absences": """
        select w.*, m.key as moved_to_key, m.title as moved_to_title from absences w left join articles m on m.id = w.moved_to
        where w.article_id = :id order by w.first_seen_at desc, w.id desc limit 100""",
    "moved_from": """
        select a.key, a.url from absences w join articles a on a.id = w.article_id
        where w.moved_to = :id and w.ended_at is null order by w.first_seen_at limit 20""",
    "placings": OF_STORY,
    "copies": f"{COPIES} where me.article_id = :id and m.article_id <> :id order by m.place limit 50",
    "captures": """
        select c.id, c.warc_date, c.http_status, c.outcome, c.reason, c.target_uri, c.payload_digest
        from revisions r join captures c on c.id = r.capture_id
        where r.article_id = :id order by r.number""",
}

# One line of a list. The text is cut here, so that a list of twenty never carries twenty whole stories.
LINE = f"""
    a.key, a.site, coalesce(s.publisher, a.site) as publisher, a.title as headline, a.kicker, a.article_section, a.located,
    a.in_language, a.byline, a.date_published_utc, a.date_precision, a.first_seen_at, a.revision_count, a.pubstatus, a.url,
    iif({SHOWN}, coalesce(a.abstract, a.description), null) as standfirst, iif({SHOWN}, substr(t.article_body, 1, 400), null) as opening,
    exists (select 1 from revisions r where r.article_id = a.id and r.stealth) as stealth
"""
LISTED = "articles a join article_texts t on t.article_id = a.id left join sites s on s.name = a.site"

CHANGES = f"""
    select {LINE}, r.number, r.change, r.declared, r.stealth as stealth_edit, r.note, r.memento_datetime
    from revisions r cross join articles a on a.id = r.article_id join article_texts t on t.article_id = a.id
        left join sites s on s.name = a.site
    where r.number > 1 {{where}} order by r.memento_datetime desc, r.id desc limit :limit offset :offset
"""


@dataclass(frozen=True, slots=True)
class Story:
    """One story with all its parts."""

    article: Row
    parts: Mapping[str, Sequence[Row]]

    @property
    def revisions(self) -> Sequence[Row]:
        return self.parts["revisions"]


async def read_story(db: Database, key: str) -> Story | None:
    article = await row(
        db,
        f"""select a.*, {BECAUSE} as withheld, iif({SHOWN}, t.article_body, '') as article_body,
            iif({SHOWN}, t.article_body_html, '') as article_body_html, coalesce(s.publisher, a.site) as publisher, s.url as site_url
        from articles a left join article_texts t on t.article_id = a.id left join sites s on s.name = a.site where a.key = :key""",
        {"key": key},
    )
    if article is None:
        return None
    found = await asyncio.gather(*(rows(db, sql, {"id": article["id"]}) for sql in PARTS.values()))
    parts = dict(zip(PARTS, found, strict=True))
    if article["withheld"]:
        (article,) = without_text("articles", [article])
        parts = {name: without_text({"evidence": "field_evidence"}.get(name, name), rows) for name, rows in parts.items()}
    return Story(article, parts)


async def whole_story(db: Database, key: str) -> dict[str, Any] | None:
    """All that is known of a story, as a line of `archiver export … -o stories.jsonl` has it."""
    found = await db.execute_fn(lambda conn: kept_story(Tables(conn), key))
    return found.as_dict() if found else None


async def read_picture(db: Database, capture_id: int) -> CaptureRow | None:
    """The capture of a picture that may be shown."""
    return await db.execute_fn(lambda conn: pictures.shown(Tables(conn), capture_id))


async def read_revision(db: Database, key: str, number: int) -> Row | None:
    found = await rows(
        db,
        f"select r.*, {BECAUSE} as withheld from articles a join revisions r on r.article_id = a.id"
        " where a.key = :key and r.number = :number",
        {"key": key, "number": number},
    )
    if found and found[0]["withheld"]:
        found = without_text("revisions", found)
    return found[0] if found else None


async def changes_between(db: Database, article_id: int, old: int, new: int) -> list[dict[str, Any]]:
    """The sentences that changed from one revision of a story to a later one, step by step, with the note that explains each.

    Punctuation and lines of the site want no explanation.
    """
    return await rows(
        db,
        f"""select r.number, c.part, c.kind, c.before, c.after, n.text as note from articles a join revisions r on r.article_id = a.id
        join revision_changes c on c.revision_id = r.id left join corrections n on n.id = c.correction_id
        where a.id = :id and {SHOWN} and r.number > :old and r.number <= :new and r.change <> 'cosmetic'
        order by r.number, c.position limit 500""",
        {"id": article_id, "old": old, "new": new},
    )


async def cluster_of(db: Database, key: str) -> list[dict[str, Any]]:
    """The stories that print the text of a story, itself among them, the earliest first; none where it is no copy of another."""
    return await rows(
        db, f"{COPIES} where me.article_id = (select id from articles where key = :key) order by m.place limit 500", {"key": key}
    )


async def find_key(db: Database, key_or_url: str) -> str | None:
    """Key of a story by any of its addresses, with or without tracking parameters."""
    article_id = await db.execute_fn(lambda conn: find_article(Tables(conn), key_or_url))
    found = await row(db, "select key from articles where id = ?", [article_id])
    return found["key"] if found else None


async def find_takedown(db: Database, key_or_url: str) -> Takedown | None:
    """The takedown of a story, by its key or any of its addresses."""
    return await db.execute_fn(lambda conn: takedowns.find_takedown(Tables(conn), key_or_url))


async def newest(db: Database, limit: int) -> list[dict[str, Any]]:
    return await rows(db, f"select {LINE} from {LISTED} order by a.search_id desc limit :limit", {"limit": limit})


async def changes(db: Database, only: str, limit: int, offset: int = 0) -> list[dict[str, Any]]:
    """Later revisions, newest first. `only`: a kind of change, "stealth", or "" for all."""
    where = {"": "", "stealth": "and r.stealth"}.get(only, "and r.change = :only")
    return await rows(db, CHANGES.format(where=where), {"only": only, "limit": limit, "offset": offset})


async def vanished(db: Database, limit: int) -> list[dict[str, Any]]:
    """Stories that are not on their site any more."""
    return await rows(
        db,
        f"""select {LINE}, a.pubstatus_at, a.pubstatus_reason from {LISTED}
        where a.pubstatus <> 'live' order by a.pubstatus_at desc limit :limit""",
        {"limit": limit},
    )


async def per_day(db: Database, days: int, now: datetime) -> list[dict[str, Any]] | None:
    """(day, stories) of the last `days` days up to the newest dated story, in UTC; days without a story are left out."""
    _, tomorrow = day_range(None, now.date() + timedelta(days=1))  # a wrong date in the future would leave the others out
    newest = await row(
        db, "select date_published_utc as at from articles where search_id between 0 and ? order by search_id desc limit 1", [tomorrow]
    )
    if newest is None:
        return []
    last = date.fromisoformat(newest["at"][:10])
    return await rows_in_time(
        db,
        """select date(search_id / 368640 * 86400 + 946684800, 'unixepoch') as day, count(*) as stories
        from articles where search_id between ? and ? group by 1 order by 1""",
        day_range(last - timedelta(days=days - 1), last),
    )


async def totals(db: Database) -> Row | None:
    found = await rows_in_time(
        db,
        f"""select (select count(*) from articles) as stories, (select count(*) from revisions where number > 1) as changes,
        (select count(*) from articles where pubstatus <> 'live') as vanished,
        (select count(*) from sites s where not ({ONLY_PROBED})) as sites""",
    )
    return found[0] if found else None


async def sites(db: Database) -> list[dict[str, Any]]:
    """Every site: its newest story, its last run and what waits in its queue."""
    return await rows(
        db,
        f"""
        select s.*, r.started_at, r.finished_at, r.finish_reason, r.counts, r.command, newest.date_published_utc as newest_at,
            newest.title as newest_headline, newest.key as newest_key
        from sites s
        left join runs r on r.id = (
            select id from runs where site = s.name and command not like '%{OF_ADDRESSES}' order by started_at desc, id desc limit 1
        )
        left join articles newest on newest.id = (select id from articles where site = s.name order by search_id desc limit 1)
        where not ({ONLY_PROBED})
        order by s.name
        """,
    )


async def site_names(db: Database) -> list[dict[str, Any]]:
    """Name and publisher of every site."""
    sql = f"select name, coalesce(publisher, name) as publisher from sites s where not ({ONLY_PROBED}) order by 2"
    return await rows(db, sql)


async def coverage(db: Database, site: str) -> list[dict[str, Any]] | None:
    """What there is of a site by its lists, and what is kept, by month, the newest first: the question "coverage"."""
    return await rows_in_time(db, question("coverage"), {"site": site, "from": "", "to": ""})


def question(name: str) -> str:
    """The SQL of a ready question."""
    return next(query.sql for query in load_queries() if query.name == name)


@dataclass(frozen=True, slots=True)
class FrontPage:
    """A front page as looks saw it."""

    url: str
    listed: Row  # first_seen_at, last_seen_at, looks
    stories: Sequence[Row]  # of the question "front_page_at"
    before: str | None  # when the list before it was first seen
    after: str | None


async def front_pages(db: Database, site: str) -> list[dict[str, Any]]:
    """Front pages of a site by address, that with the most looks first, and when each was first and last looked at."""
    return await rows(
        db,
        """select url, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at, sum(looks) as looks
        from front_pages where site = ? group by url order by looks desc, url""",
        [site],
    )


async def front_page(db: Database, site: str, url: str, at: str) -> FrontPage | None:
    """As it was at a moment: a UTC time as in the archive, or its beginning; empty for now. None where it was not looked at before."""
    listed = await row(
        db,
        """select first_seen_at, last_seen_at, looks from front_pages
        where site = :site and url = :url and (:at = '' or first_seen_at < :at || 'U') order by first_seen_at desc limit 1""",
        {"site": site, "url": url, "at": at},
    )
    if listed is None:
        return None
    sides = await row(
        db,
        """select (select max(first_seen_at) from front_pages where site = :site and url = :url and first_seen_at < :at) as before,
        (select min(first_seen_at) from front_pages where site = :site and url = :url and first_seen_at > :at) as after""",
        {"site": site, "url": url, "at": listed["first_seen_at"]},
    )
    stories = await rows(db, question("front_page_at"), {"site": site, "at": listed["first_seen_at"]})
    return FrontPage(url, listed, [each for each in stories if each["page"] == url], **(sides or {}))


async def with_front_pages(db: Database) -> set[str]:
    """Sites whose front page was looked at."""
    return {each["site"] for each in await rows(db, "select distinct site from front_pages")}


async def looked_through(db: Database) -> set[str]:
    """Sites whose lists of older stories were looked through."""
    return {each["site"] for each in await rows(db, "select distinct site from looked_through")}


async def count_by_site(db: Database) -> dict[str, int] | None:
    found = await rows_in_time(db, "select site, count(*) as stories from articles group by site")
    return None if found is None else {each["site"]: each["stories"] for each in found}


async def pictures_by_site(db: Database) -> dict[str, Row] | None:
    """Site ▶ pictures of its stories that are kept, and their bytes on the disk; sites without any are left out."""
    found = await rows_in_time(db, pictures.KEPT_BY_SITE)
    return None if found is None else {each["site"]: each for each in found}


async def due_by_site(db: Database) -> dict[str, int] | None:
    found = await rows_in_time(db, "select site, count(*) as due from links where state = 'due' and source <> 'image' group by site")
    return None if found is None else {each["site"]: each["due"] for each in found}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What `archiver status` says of a site: a line, and the next command; None for what an operator need not mend."""

    words: str
    next_command: str | None


async def troubles(db: Database, sites: Sequence[Row]) -> dict[str, Trouble]:
    """Of each site that is in trouble, or has one that passed; `sites`: rows of sites().

    Of a site whose facts are not here, as beside a database that was copied alone: in which way it does not give what it used to.
    """
    folder = Path(db.path).parent if db.path else None

    def look(conn: sqlite3.Connection) -> dict[str, Trouble]:
        archive, facts, found = Archive(Tables(conn), folder or Path()), _facts(folder), {}
        for site in sites:
            # A class of a site that was never crawled is not looked for: of imported ones there are thousands, and they have none.
            if known := facts and (facts.get(site["name"]) if site["started_at"] else facts.in_file.get(site["name"])):
                health = site_health(archive, known, settings.utc_now())
                words, advice = (health.trouble, health.next_command) if health.trouble else (health.note, None)
            else:
                departure = last_departure(archive, site["name"])
                words, advice = (departure.words, departure.advice) if departure else (None, None)
            if words:
                found[site["name"]] = Trouble(words, advice)
        return found

    return await db.execute_fn(look)


def _facts(folder: Path | None) -> Facts | None:
    """None where there are none, or none that can be read: any command says why."""
    with suppress(ArchiverError):
        return Facts(folder) if folder else None
    return None


async def places(db: Database, site: str, dates: tuple[date | None, date | None]) -> list[Place] | None:
    """Where stories were filed from, those with the most stories first; None where they are too many to be counted in time."""
    low, high = day_range(*dates)
    # "+": by the index of places, which holds all that is asked, not by that of days, which leads to every row of theirs.
    found = await rows_in_time(
        db,
        "select located_lat, located_lon, located, located_country, count(*) as stories from articles"
        " where located_lat is not null and +search_id between :low and :high and (:site = '' or site = :site)"
        " group by located_lat, located_lon, located, located_country order by stories desc",
        {"low": low, "high": high, "site": site},
    )
    if found is None:
        return None
    named: dict[tuple[float, float], Place] = {}  # the most frequent spelling comes first
    for each in found:
        at = each["located_lat"], each["located_lon"]
        known = named.get(at) or Place(each["located"], each["located_country"], *at, 0)
        named[at] = replace(known, stories=known.stories + each["stories"])
    return sorted(named.values(), key=lambda place: (-place.stories, place.name))


async def place_name(db: Database, at: str) -> str | None:
    """What stories call the place at "LAT,LON"."""
    sql = f"select located, count(*) as stories from articles a where {AT} group by located order by stories desc limit 1"
    found = await row(db, sql, {"at": at})
    return found["located"] if found else None


async def languages(db: Database) -> list[str]:
    """Languages of stories (BCP 47, the first part), the most used first, by the index's filter words (see migrations.KEYS)."""
    query = "select substr(term, 3) as name from articles_fts_words where term >= 'l_' and term < 'l_~' order by doc desc"
    found = await rows_in_time(db, query, {})
    return [each["name"] for each in found or [] if each["name"]]


async def sections(db: Database, site: str | None) -> list[str]:
    """Names of sections, the most used first; none when counting them takes too long."""
    found = await rows_in_time(
        db,
        """select article_section as name from (select article_section from articles where site = coalesce(:site, site)
        order by search_id desc limit 20000) where article_section is not null group by 1 order by count(*) desc limit 60""",
        {"site": site or None},
    )
    return [each["name"] for each in found or []]
