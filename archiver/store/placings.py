"""Which story stood where on a front page, under which words, from when to when.

A placing is a row for each stretch of looks at which a story was there under the same words; so the table grows with what an outlet
changes, not with how often it is looked at. `front_pages` has the lists as wholes, a row for each that differs from the one before it:
what stood where at a moment is read off there. A look that failed, or saw no story, is none: it ends nothing. Nor is one that saw a small
part of the stories of the look before it, and none that was found since then: an error page that is sent as if all were well links a few,
too. The page of a new day, or a redesign, has new ones soon.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from archiver.records import WHOLE_PAGE, Placing
from archiver.store import values
from archiver.store.runs import SELECT, CaptureRow, capture_of
from archiver.store.values import from_utc_text, utc_text
from archiver.urls import identity


@dataclass(frozen=True, slots=True)
class Shown:
    """Words under which a story stood on a front page, and that are no headline of its own."""

    text: str
    first_seen_at: str
    last_seen_at: str
    looks: int


@dataclass(frozen=True, slots=True)
class OnFrontPage:
    """A story's whole time on one front page."""

    page: str
    came_at: str
    last_seen_at: str
    times: int  # that it came there
    seconds: float  # between the first and the last look of each of them
    looks: int
    best_position: int
    shown: tuple[Shown, ...]


LEAST_LISTED, A_PART = 6, 3  # stories of a look beside which one with less than a third of them is none

INSERT = """
insert into placings (site, page, url, article_id, text, came_at, first_seen_at, last_seen_at, looks, best_position, last_position)
values (:site, :page, :url, (select article_id from links where url = :url), :text, :came_at, :first_seen_at, :now, 1, :position, :position)
on conflict (url, page, first_seen_at) do update set last_seen_at = excluded.last_seen_at, looks = looks + 1,
    best_position = min(best_position, excluded.best_position), last_position = excluded.last_position
"""
INSERT_LIST = "insert into front_pages (site, url, first_seen_at, last_seen_at, looks, placings) values (?, ?, ?, ?, 1, ?)"
OF_STORY = """
select p.page, p.url, p.text, p.came_at, p.first_seen_at, p.last_seen_at, p.looks, p.best_position, p.last_position,
    exists (select 1 from front_page_headlines h where h.id = p.id) as differs
from placings p where p.article_id = :id order by p.first_seen_at, p.id
"""


def save_look(db: Database, site: str, page: str, at: datetime, stories: Sequence[Placing]) -> None:
    """What a look at a front page saw there. One that is not later than all before it is known already."""
    now = utc_text(at) or ""
    query = "select id, last_seen_at, placings from front_pages where site = ? and url = ? order by first_seen_at desc limit 1"
    number, before, order = db.execute(query, (site, page)).fetchone() or (None, "", "")
    if not stories or now <= before:
        return
    query = "select url, text, came_at, first_seen_at from placings where page = ? and last_seen_at = ?"
    standing = {url: told for url, *told in db.execute(query, (page, before)).fetchall()}
    shown = _as_known(db, stories)
    if _is_a_part(shown, order) and _knows_all(db, shown, before):
        return
    rows = []
    for url, one in shown.items():
        old_text, came_at, first_seen_at = standing.get(url, (None, now, now))
        row = {"site": site, "page": page, "url": url, "text": one.text, "came_at": came_at, "now": now, "position": one.position}
        rows.append(row | {"first_seen_at": first_seen_at if one.text == old_text else now})
    db.conn.executemany(INSERT, rows)
    numbers = dict(db.execute("select url, id from placings where page = ? and last_seen_at = ?", (page, now)).fetchall())
    listed = _as_list({one.position: numbers[url] for url, one in shown.items()})
    if listed == order:
        db.execute("update front_pages set last_seen_at = ?, looks = looks + 1 where id = ?", (now, number))
    else:
        db.execute(INSERT_LIST, (site, page, now, now, listed))


def save_earlier_look(db: Database, site: str, page: str, at: datetime, stories: Sequence[Placing]) -> None:
    """The same of a look before all that are known: what stood there at the first of them may have stood there then already."""
    now = utc_text(at) or ""
    query = "select id, first_seen_at, placings from front_pages where site = ? and url = ? order by first_seen_at limit 1"
    number, after, order = db.execute(query, (site, page)).fetchone() or (None, None, "[]")
    if after is None:
        save_look(db, site, page, at, stories)
    if not stories or after is None or now >= after:
        return
    query = "select url, id, text, came_at from placings where id in (select value from json_each(?))"
    standing = {url: told for url, *told in db.execute(query, (order,)).fetchall()}
    shown = _as_known(db, stories)
    if _is_a_part(shown, order) and shown.keys() <= standing.keys():
        return
    numbers: dict[int, int] = {}
    for url, one in shown.items():
        known, old_text, came_at = standing.get(url, (None, None, None))
        db.execute("update placings set came_at = ? where url = ? and page = ? and came_at = ?", (now, url, page, came_at))
        if known is not None and one.text == old_text:
            change = "first_seen_at = ?, looks = looks + 1, best_position = min(best_position, ?)"
            db.execute(f"update placings set {change} where id = ?", (now, one.position, known))
        else:
            row = {"site": site, "page": page, "url": url, "text": one.text, "came_at": now, "now": now, "position": one.position}
            known = db.execute(INSERT, row | {"first_seen_at": now}).lastrowid
        numbers[one.position] = known or 0
    listed = _as_list(numbers)
    if listed == order:
        db.execute("update front_pages set first_seen_at = ?, looks = looks + 1 where id = ?", (now, number))
    else:
        db.execute(INSERT_LIST, (site, page, now, now, listed))


def first_look(db: Database, site: str, page: str) -> datetime | None:
    (moment,) = db.execute("select min(first_seen_at) from front_pages where site = ? and url = ?", (site, page)).fetchone()
    return from_utc_text(moment)


def kept_front_pages(db: Database) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for site, url in db.execute("select distinct site, target_uri from captures where role = 'front_page'").fetchall():
        found.setdefault(site, []).append(url)
    return found


def kept_looks(db: Database, urls: Sequence[str], before: datetime | None, limit: int) -> list[CaptureRow]:
    """The newest captures of a front page that are older than a moment, the newest first, also those that say: not modified."""
    query = f"""{SELECT} where target_uri in (select value from json_each(?)) and role = 'front_page' and warc_date < ?
        and http_status in {(*WHOLE_PAGE, 304)} order by warc_date desc, id desc limit ?"""
    return [capture_of(row) for row in db.execute(query, (json.dumps(list(urls)), utc_text(before) or "A", limit)).fetchall()]


def _as_list(numbers: Mapping[int, int]) -> str:
    """Places as front_pages.placings has them."""
    return json.dumps([numbers.get(position) for position in range(1, max(numbers) + 1)])


def _is_a_part(shown: Collection[str], order: str) -> bool:
    """Of the stories of another look's list, a small one?"""
    listed = sum(number is not None for number in json.loads(order or "[]"))
    return listed >= LEAST_LISTED and len(shown) * A_PART < listed


def _knows_all(db: Database, urls: Iterable[str], by: str) -> bool:
    query = "select count(*) from links where url in (select value from json_each(?)) and first_seen_at <= ?"
    asked = list(urls)
    return db.execute(query, (json.dumps(asked), by)).fetchone()[0] == len(asked)


def _as_known(db: Database, stories: Sequence[Placing]) -> dict[str, Placing]:
    """What is shown, by the address under which the queue has each story."""
    known_as = _known_as(db, [one.url for one in stories])
    shown: dict[str, Placing] = {}
    for one in stories:
        shown.setdefault(known_as[one.url], replace(one, text=values.text(one.text) or ""))
    return shown


def lead_to(db: Database, url: str, final_url: str) -> None:
    """An address that front pages link turned out to be another's: the story stands there."""
    db.execute(
        "update or ignore placings set url = ?, article_id = (select article_id from links where url = ?) where url = ?",
        (final_url, final_url, url),
    )


def placings(db: Database, article_id: int) -> list[dict[str, Any]]:
    """Where a story stood on front pages, in the order of time; `differs`: under words that are none of its headlines."""
    return list(db.query(OF_STORY, {"id": article_id}))


def on_front_pages(rows: Iterable[Mapping[str, Any]]) -> list[OnFrontPage]:
    """The placings of a story summed up, page by page."""
    pages: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        pages.setdefault(row["page"], []).append(row)
    return [_on_front_page(page, each) for page, each in pages.items()]


def _on_front_page(page: str, rows: Sequence[Mapping[str, Any]]) -> OnFrontPage:
    last = {row["came_at"]: row["last_seen_at"] for row in rows}  # of each time; rows come in the order of time
    lengths = [datetime.fromisoformat(until) - datetime.fromisoformat(since) for since, until in last.items()]
    shown: dict[str, Shown] = {}
    for row in (row for row in rows if row["differs"]):
        text, first = row["text"], shown.get(row["text"])
        since, looks = (first.first_seen_at, first.looks) if first else (row["first_seen_at"], 0)
        shown[text] = Shown(text, since, row["last_seen_at"], looks + row["looks"])
    return OnFrontPage(
        page=page,
        came_at=min(last),
        last_seen_at=max(last.values()),
        times=len(last),
        seconds=sum(length.total_seconds() for length in lengths),
        looks=sum(row["looks"] for row in rows),
        best_position=min(row["best_position"] for row in rows),
        shown=tuple(shown.values()),
    )


def texts(db: Database, article_id: int) -> list[str]:
    """The words under which a story stood on front pages."""
    return [text for (text,) in db.execute("select distinct text from placings where article_id = ? and text <> ''", (article_id,))]


def forget(db: Database, site: str, urls: Collection[str], said: Collection[str]) -> None:
    """Nothing is left of stories at these addresses, nor of these words at others of the site. The places of the rest stay as they are."""
    db.execute(
        "delete from placings where url in (select value from json_each(?)) or (site = ? and text in (select value from json_each(?)))",
        (json.dumps(list(urls)), site, json.dumps(list(said))),
    )


def _known_as(db: Database, urls: Sequence[str]) -> dict[str, str]:
    """The address under which the queue has each of `urls`: where it leads, or the one that it is a variant of."""
    stems = {url: identity(url) for url in urls}
    forms = {url: (url,) if url.rstrip("/") == stem else (f"{stem}/", stem, url) for url, stem in stems.items()}
    query = """
        select url, case when state = 'skipped' and reason like 'leads to %' then substr(reason, 10) else url end
        from links where url in (select value from json_each(?))
    """
    known = dict(db.execute(query, (json.dumps([form for each in forms.values() for form in each]),)).fetchall())
    return {url: next((known[form] for form in each if form in known), url) for url, each in forms.items()}
