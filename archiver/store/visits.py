"""What a crawl asks of the archive beside its queue: what is known, what is to be looked at, how runs went."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlite_utils import Database

from archiver import settings
from archiver.counted import counted
from archiver.store import links, runs, values
from archiver.store.values import from_utc_text, utc_text
from archiver.urls import article_key, identity

LISTS_OF_STORIES = {"feed", "news_sitemap", "wordpress"}  # and of nothing else
OF_ADDRESSES = " URL"  # ends the command of a run that was asked for single addresses ("crawl URL"), and looked through no list
OF_LATE = timedelta(days=30)  # what was forbidden for longer is older news, for a backfill


# A site `s` that `archiver add` asked in vain: it is in no list of sites, and has nothing to show.
ONLY_PROBED = """
    exists (select 1 from runs where site = s.name and command = 'probe')
    and not exists (select 1 from runs where site = s.name and command <> 'probe')
    and not exists (select 1 from articles where site = s.name)
"""


@dataclass(frozen=True, slots=True)
class LastRun:
    """A run, and how its addresses ended."""

    id: int
    command: str
    started_at: datetime
    finished_at: datetime | None
    finish_reason: str | None
    not_before: datetime | None  # the server asked to come back after this
    trouble: str | None  # the last failure, in words
    outcomes: Mapping[str, int]
    examples: Mapping[str, str]  # outcome ▶ one of its addresses


def last_runs(db: Database, site: str, limit: int) -> list[LastRun]:
    """The newest crawls of a site, newest first. Those for older stories and for single addresses do not count: what is new was not
    looked for.
    """
    query = f"""
        select id, command, started_at, finished_at, finish_reason, not_before, trouble from runs
        where site = ? and command <> 'backfill' and command not like '%{OF_ADDRESSES}' order by started_at desc, id desc limit ?
    """
    found = []
    for run_id, command, started, finished, reason, not_before, trouble in db.execute(query, (site, limit)).fetchall():
        times = datetime.fromisoformat(started), from_utc_text(finished)
        ends = runs.outcomes_of(db, run_id)
        counts, examples = {outcome: number for outcome, (number, _) in ends.items()}, {outcome: url for outcome, (_, url) in ends.items()}
        found.append(LastRun(run_id, command, *times, reason, from_utc_text(not_before), trouble, counts, examples))
    return found


def site_names(db: Database) -> list[str]:
    """The sites of the archive, but for those that were only asked in vain."""
    return [name for (name,) in db.execute(f"select name from sites s where not ({ONLY_PROBED}) order by 1").fetchall()]


def last_look_through(db: Database, site: str) -> tuple[datetime, datetime] | None:
    """When the newest run that looked through the lists of a site, and ended by itself, began and ended.

    Neither a probe, which reads the lists in part, nor a crawl of single addresses has done that.
    """
    query = """
        select started_at, finished_at from runs
        where site = ? and finish_reason = 'finished' and command not in ('backfill', 'probe')
            and exists (select 1 from outcomes o where o.run_id = runs.id and o.outcome = 'index')
        order by started_at desc, id desc limit 1
    """
    row = db.execute(query, (site,)).fetchone()
    return (datetime.fromisoformat(row[0]), datetime.fromisoformat(row[1])) if row else None


def fate_of(db: Database, url: str) -> str | None:
    query = "select warc_date, outcome, reason from captures where target_uri = ? order by warc_date desc, id desc limit 1"
    row = db.execute(query, (url,)).fetchone()
    return f"{row[0]}, {row[1].replace('_', ' ')}" + (f" ({row[2]})" if row[2] else "") if row else None


def command_of(db: Database, run_id: int) -> str | None:
    return (db.execute("select command from runs where id = ?", (run_id,)).fetchone() or (None,))[0]


def not_before(db: Database, site: str) -> datetime | None:
    """The moment before which the server asked the newest run, of whatever command, not to come back."""
    query = "select not_before from runs where site = ? order by started_at desc, id desc limit 1"
    return from_utc_text((db.execute(query, (site,)).fetchone() or (None,))[0])


def note_run(db: Database, run_id: int, not_before: datetime | None, trouble: str | None) -> None:
    db.execute(
        "update runs set not_before = ?, trouble = ? where id = ?", (utc_text(not_before), values.text(trouble, values.SHORT), run_id)
    )


def known_urls(db: Database, urls: Iterable[str]) -> set[str]:
    """Those of `urls` that are in the queue's table, whatever their state."""
    query = "select url from links where url in (select value from json_each(?))"
    return {url for (url,) in db.execute(query, (json.dumps(list(urls)),)).fetchall()}


def kept_stories(db: Database, identities: Iterable[str]) -> set[str]:
    """Those of these addresses (see urls.identity) that stand for a story of the archive."""
    by_key = {article_key(url): url for url in identities}
    query = "select key from articles where key in (select value from json_each(?))"
    return {by_key[key] for (key,) in db.execute(query, (json.dumps(list(by_key)),)).fetchall()}


def ways_to_stories(db: Database, site: str, parameter: str) -> list[tuple[str, str]]:
    """Some addresses of links whose only parameter is this one, of different stories, each with the story's own."""
    query = """
        select min(l.url), a.url from links l join articles a on a.id = l.article_id
        where l.site = :site and l.state = 'done' and instr(l.url, '?' || :parameter || '=') > 0 and instr(l.url, '&') = 0
        group by a.id limit 20
    """
    return [tuple(row) for row in db.execute(query, {"site": site, "parameter": parameter}).fetchall()]


def last_looks(db: Database, urls: Iterable[str]) -> dict[str, tuple[datetime, str]]:
    """Moment and outcome of the newest capture of each of these addresses that has one."""
    query = """
        select target_uri, warc_date, outcome from json_each(?) u join captures c on c.id =
            (select id from captures where target_uri = u.value order by warc_date desc, id desc limit 1)
    """
    rows = db.execute(query, (json.dumps(list(urls)),)).fetchall()
    return {url: (datetime.fromisoformat(at), outcome) for url, at, outcome in rows}


def found_between(db: Database, urls: Iterable[str], after: datetime | None, before: datetime) -> set[str]:
    """Those of `urls` that were found between two moments, and not yet by `after`; None: since ever."""
    query = "select url from links where url in (select value from json_each(?)) and first_seen_at > ? and first_seen_at < ?"
    return {url for (url,) in db.execute(query, (json.dumps(list(urls)), utc_text(after) or "", utc_text(before))).fetchall()}


def make_due(db: Database, site: str, urls: Iterable[str], now: datetime) -> None:
    """Brings these addresses to the head of the queue, whatever became of them before."""
    db.execute(
        "update links set due_at = ?, state = case when state = 'skipped' then 'due' else state end"
        " where site = ? and url in (select value from json_each(?))",
        (utc_text(now), site, json.dumps(list(urls))),
    )


def make_known_due(db: Database, site: str, now: datetime) -> None:
    """All known stories of a site are looked at again, due or not."""
    statement = "update links set due_at = ? where site = ? and article_id is not null and state in ('done', 'gone')"
    db.execute(statement, (utc_text(now), site))


def reopen_forbidden(db: Database, site: str, now: datetime) -> None:
    """Addresses that robots.txt forbade are asked for once more, where lists showed them of late: its rules have changed."""
    db.execute(
        "update links set state = 'due', reason = null, due_at = ?"
        " where site = ? and state = 'skipped' and reason like 'robots %' and last_seen_at > ?",
        (utc_text(now), site, utc_text(now - OF_LATE)),
    )


def settle_links(db: Database, rows: Iterable[tuple[str, int, datetime | None]]) -> None:
    """(url, article_id, due_at): the queue learns which story an address holds, and when to look again now that its date is known.

    One that is due and was not fetched yet, as when its page came in an import, stays due.
    """
    for url, article_id, due_at in rows:
        db.execute(
            "update links set article_id = ?, due_at = case when state = 'due' and due_at is not null then due_at else ? end,"
            " checks = 0, attempts = 0 where url = ?",
            (article_id, utc_text(due_at), url),
        )
        _ask_at_one_address(db, url, article_id)


# Another address of the same story, at which it was read. Its further pages have addresses of their own.
BESIDE = "article_id = :article and url <> :url and state = 'done' and source <> 'next_page'"


def _ask_at_one_address(db: Database, url: str, article_id: int) -> None:
    """A story is looked at again at its own address, where that is known, else at one: lists may link it at a dozen
    ("?position=3"), each of which shows the same.
    """
    given = {"article": article_id, "url": url}
    beside = [other for (other,) in db.execute(f"select url from links where {BESIDE} and due_at is not null", given).fetchall()]
    if not beside:
        return
    (key,) = db.execute("select key from articles where id = ?", (article_id,)).fetchone()
    best = min([*beside, url], key=lambda address: (article_key(identity(address)) != key, len(address)))
    if best == url:
        db.execute(f"update links set due_at = null where {BESIDE}", given)
    else:
        db.execute("update links set due_at = null where url = :url and state = 'done' and source <> 'next_page'", given)


def look_beside(db: Database, url: str, article_id: int, now: datetime) -> None:
    """A story is not at its address: other addresses that lists showed of late may have it."""
    given = {"article": article_id, "url": url, "now": utc_text(now), "since": utc_text(now - settings.LOOKS_APART)}
    db.execute(f"update links set due_at = :now where {BESIDE} and due_at is null and last_seen_at >= :since", given)


def is_known_beside(db: Database, url: str, article_id: int, key: str) -> bool:
    """Has a story its own address beside this one, or another at which it is looked at again?"""
    query = "select url, due_at from links where article_id = ? and url <> ? and state in ('done', 'due') and source <> 'next_page'"
    return any(due_at or article_key(identity(other)) == key for other, due_at in db.execute(query, (article_id, url)).fetchall())


def no_story(db: Database, url: str, reason: str) -> None:
    """A page was read and is no story: its address is not asked again, unless it held a story before."""
    db.execute(
        "update links set state = 'skipped', reason = ?, due_at = null where url = ? and article_id is null",
        (values.text(reason, values.SHORT), url),
    )


def is_due(db: Database, url: str, now: datetime) -> bool:
    """Does the queue ask for this address?"""
    return db.execute("select 1 from links where url = ? and due_at <= ?", (url, utc_text(now))).fetchone() is not None


def readmit(db: Database, urls: Iterable[str]) -> None:
    """Addresses that held no story for an earlier reader, and do for a newer one: they are no longer passed over."""
    statement = "update links set state = 'done', reason = null where url = ? and state = 'skipped' and article_id is not null"
    db.conn.executemany(statement, [(url,) for url in urls])


def no_story_yet(db: Database, url: str, reason: str, now: datetime) -> None:
    """Something else stood in the story's place: asked again as after a failure of the server, in the end given up."""
    row = db.execute("select attempts from links where url = ? and article_id is null", (url,)).fetchone()
    tries = row[0] + 1 if row else 0
    if tries >= settings.ATTEMPTS:
        no_story(db, url, f"given up after {counted(tries, 'try', 'tries')}: {reason}")
    elif row:
        links.finish_link(db, url, "due", reason, now + settings.retry_after(tries), attempts=tries)


def no_text_yet(db: Database, url: str, reason: str, now: datetime) -> None:
    """A page had no text: it is looked at again, or is no story."""
    query = "select source, attempts from links where url = ? and article_id is null"
    source, looks = db.execute(query, (url,)).fetchone() or ("", 0)
    again = look_for_text_at(source, looks, now)
    if again is None:
        no_story(db, url, reason)
    else:
        links.finish_link(db, url, "due", reason, again, attempts=looks + 1)


def look_for_text_at(source: str, looks: int, now: datetime) -> datetime | None:
    """When a page that had no text at so many looks before is looked at again, as an empty page of what a list of nothing but stories
    names may be an outage; None: never."""
    listed = source in LISTS_OF_STORIES and looks < len(settings.NO_TEXT_AGAIN)
    return now + settings.NO_TEXT_AGAIN[looks] if listed else None


def published_at(db: Database, article_id: int) -> datetime | None:
    """When a story was published, as its page tells (a day begins at midnight, UTC); else when it was first seen. None where it was taken
    down meanwhile."""
    query = "select coalesce(date_published_utc, first_seen_at) from articles where id = ?"
    (told,) = db.execute(query, (article_id,)).fetchone() or (None,)
    moment = from_utc_text(told)
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def stories_by_site(db: Database) -> dict[str, int]:
    return dict(db.execute("select site, count(*) from articles group by site").fetchall())


def count_stories(db: Database, site: str) -> int:
    return db.execute("select count(*) from articles where site = ?", (site,)).fetchone()[0]


def newest_keys(db: Database, site: str, limit: int) -> list[str]:
    """Keys of the stories of a site that were first seen last."""
    query = "select key from articles where site = ? order by first_seen_at desc, search_id desc limit ?"
    return [key for (key,) in db.execute(query, (site, limit)).fetchall()]
