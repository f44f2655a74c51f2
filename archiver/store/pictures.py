"""Pictures of stories that are kept: which are wanted, which wait in the queue, and the capture of each."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlite_utils import Database

from archiver import settings
from archiver.records import Link
from archiver.store import imports, links, rights, runs
from archiver.store.runs import CaptureRow
from archiver.store.values import utc_text
from archiver.urls import normalise

WANTED = """
select i.content_url from images i where i.article_id = :story and i.content_url is not null and (:all or i.is_lead)
    and not exists (select 1 from pictures p where p.article_id = i.article_id and p.url = i.content_url)
group by i.content_url order by max(i.is_lead) desc, min(i.position)
"""
# One that another story has brought in is kept already; after a loss of rows its capture tells.
ADD = """
insert or ignore into pictures (article_id, url, capture_id) values (:story, :url, coalesce(
    (select capture_id from pictures where url = :url and capture_id is not null limit 1),
    (select id from captures where target_uri = :url and outcome = 'image' order by id desc limit 1)))
"""
DUE = """
select url from links where site = :site and source = 'image' and due_at is not null and due_at <= :now
    and exists (select 1 from pictures p where p.url = links.url and p.article_id not in (select article_id from withheld)
        and (:all or exists (select 1 from images i where i.article_id = p.article_id and i.content_url = p.url and i.is_lead))
        and (:stories is null or p.article_id in (select article_id from links where url in (select value from json_each(:stories)))))
order by due_at, rowid
"""
# Of two sites whose stories show a picture, that which wants it now fetches it: the other may have been paused since.
TAKE_OVER = """
update links set site = :site where source = 'image' and site <> :site and due_at is not null and exists (
    select 1 from pictures p cross join articles a on a.id = p.article_id where p.url = links.url and a.site = :site)
"""
ASKED_TO_WAIT = "asked_to_wait: its server asks to come back later"  # reason of a link; due_at says when
# How a picture that is kept may be shown: it was not taken down, and some story that has it may be shown.
SHOWN = """
exists (select 1 from pictures p where p.capture_id = c.id and p.article_id not in (select article_id from withheld))
    and c.outcome = 'image'
"""
# The same bytes may be a picture of several stories, at several addresses.
SHOWN_DIGESTS = """
select c.payload_digest from pictures p join captures c on c.id = p.capture_id where c.outcome = 'image' and c.payload_digest is not null
"""
KEPT_BY_SITE = """
select site, count(*) as pictures, sum(bytes) as bytes from (
    select distinct a.site, c.id, c.warc_length as bytes from pictures p join articles a on a.id = p.article_id
    join captures c on c.id = p.capture_id where c.outcome = 'image'
) group by site
"""


@dataclass(frozen=True, slots=True)
class PictureCounts:
    """Pictures of a site's stories."""

    kept: int = 0
    bytes: int = 0  # of their records, as they lie on the disk
    waiting: int = 0  # to be fetched


def want(db: Database, article_id: int, site: str, story_url: str, which: str, now: datetime) -> int:
    """Puts a story's pictures (`which`: lead or all) into the queue, those that nobody has asked for yet. Returns how many are new.

    None of a story whose text is not shown. `story_url`: the address of its first page, as `links` has it.
    """
    if not rights.may_be_shown(db, article_id):
        return 0
    rows = db.execute(WANTED, {"story": article_id, "all": which == "all"}).fetchall()
    if not rows:
        return 0
    (known,) = db.execute("select count(*) from pictures where article_id = ?", (article_id,)).fetchone()
    urls = [url for (url,) in rows if is_address(url)][: max(0, settings.MAX_PICTURES - known)]
    links.save_links(db, [Link(url, site, "image", story_url) for url in urls], now)
    db.conn.executemany(ADD, [{"story": article_id, "url": url} for url in urls])
    db.execute(f"{TAKE_OVER} and url in (select value from json_each(:urls))", {"site": site, "urls": json.dumps(urls)})
    return len(urls)


def is_address(url: str) -> bool:
    """Whether a picture's address can be asked as it stands: it is not normalised, for servers may have signed all that is in it."""
    return normalise(url) is not None and url.isprintable() and url == url.strip() and "\\" not in url


def due(
    db: Database,
    site: str,
    now: datetime,
    limit: int,
    which: str = "all",
    stories: Collection[str] | None = None,
    passed_over: Callable[[str], bool] = lambda _: False,
) -> list[links.DueLink]:
    """Pictures of a site's stories that are to be fetched now, as they came; `which`: lead or all, as the facts now say;
    `stories`: only of those at these addresses.

    None of stories that are not shown: what their pages say may have changed meanwhile. Those that are `passed_over` do not count.
    """
    given = {"site": site, "now": utc_text(now), "all": which == "all", "stories": None if stories is None else json.dumps(list(stories))}
    return links.due_of(db, list(islice((url for (url,) in db.execute(DUE, given) if not passed_over(url)), limit)))


def take_over(db: Database, site: str) -> None:
    """What the site's stories show and another site's run was to fetch is this one's to fetch."""
    db.execute(TAKE_OVER, {"site": site})


def asked_to_wait(db: Database, now: datetime) -> list[tuple[str, datetime]]:
    """Pictures whose servers asked to be left alone for a time that is not over, and when that is."""
    query = "select url, due_at from links where source = 'image' and due_at > ? and reason = ?"
    return [(url, datetime.fromisoformat(until)) for url, until in db.execute(query, (utc_text(now), ASKED_TO_WAIT)).fetchall()]


def keep(db: Database, url: str, capture_id: int) -> None:
    """The picture that every story with this address waits for is here. Where none does, as it was taken down since, it goes, too."""
    if db.execute("update pictures set capture_id = ? where url = ?", (capture_id, url)).rowcount:
        links.finish_link(db, url, "done", None, None, attempts=0)
    else:
        db.execute("update captures set outcome = 'taken_down', reason = null where id = ?", (capture_id,))
        links.finish_link(db, url, "skipped", "taken_down", None)


def is_shown(db: Database, url: str) -> bool:
    """Whether any story shows the picture at this address: none does any more when those that did were taken down."""
    return db.execute("select 1 from pictures where url = ?", (url,)).fetchone() is not None


def is_picture(db: Database, url: str) -> bool:
    return db.execute("select 1 from links where url = ? and source = 'image'", (url,)).fetchone() is not None


def shown(db: Database, capture_id: int) -> CaptureRow | None:
    """The capture that holds a picture, if it may be shown: the picture of a story that may be, and not taken down."""
    if db.execute(f"select 1 from captures c where c.id = ? and {SHOWN}", (capture_id,)).fetchone() is None:
        return None
    return imports.original_of(db, capture_id)


def counts(db: Database) -> dict[str, PictureCounts]:
    """By site; sites without any are left out."""
    kept = {site: (number, size) for site, number, size in db.execute(KEPT_BY_SITE).fetchall()}
    waiting = dict(db.execute("select site, count(*) from links where source = 'image' and due_at is not null group by site").fetchall())
    return {site: PictureCounts(*kept.get(site, (0, 0)), waiting.get(site, 0)) for site in {*kept, *waiting}}


def addresses_of(db: Database, article_id: int, besides: Iterable[int] = ()) -> list[str]:
    """Addresses of a story's kept pictures, also where they were found at last; none that a story beside it and `besides` shows, too.

    Of those that are not kept nobody knows that they are pictures: a page may name its front page as one.
    """
    query = """
        with kept as (
            select p.article_id, p.url, c.target_uri from pictures p join captures c on c.id = p.capture_id where c.outcome = 'image'
        ),
        addresses (article_id, url) as (select article_id, url from kept union select article_id, target_uri from kept)
        select url from addresses own where article_id = :story and not exists (
            select 1 from addresses other where other.url = own.url and other.article_id <> :story
            and other.article_id not in (select value from json_each(:besides))) order by url
    """
    return [url for (url,) in db.execute(query, {"story": article_id, "besides": json.dumps(list(besides))}).fetchall()]


def led_to(db: Database, url: str) -> list[str]:
    """Where the picture of this address was found, as redirects led."""
    query = "select distinct c.target_uri from pictures p join captures c on c.id = p.capture_id where p.url = ?"
    return [target for (target,) in db.execute(query, (url,)).fetchall()]


def captures_of(db: Database, article_id: int) -> list[CaptureRow]:
    """The captures of a story's kept pictures, each after the redirects that led to it: what a page needs to be shown whole."""
    query = """
        select p.url, c.id, c.run_id from pictures p join captures c on c.id = p.capture_id
        where p.article_id = ? and c.outcome = 'image' order by c.id
    """
    # Those of one run between the redirect of its own address and the picture.
    steps = """
        select id from captures where role = 'image' and outcome = 'redirect' and run_id is :run and id < :id and id >= (
            select max(id) from captures where target_uri = :url and outcome = 'redirect' and id < :id) order by id
    """
    ids: dict[int, None] = {}
    for url, number, run in db.execute(query, (article_id,)).fetchall():
        led = db.execute(steps, {"url": url, "id": number, "run": run}).fetchall()
        ids |= dict.fromkeys([*(step for (step,) in led), number])
    return [row for number in ids if (row := runs.capture_row(db, number))]
