"""Stories that are not at their address: how, since when, how sure that is, and whether they came back.

One row for each time that a story was away. A look counts when it is about a day later than the one before; a story is gone after
several that agree, or after one where the server says so for good (410). Trouble of the server (5xx, 403, 429, no answer, a bot wall)
says nothing about a story and never comes here. The last reading always stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from sqlite_utils import Database

from archiver import settings
from archiver.revisions import sentences, signature
from archiver.store import story_ids, values, visits
from archiver.store.values import from_utc_text, utc_text
from archiver.urls import article_key, identity, is_home_or_section, normalise

# How a story can be away; those in LOST make it gone when they are sure, the others say nothing about whether it is still there.
LOST = ("not_found", "gone", "soft_404", "redirect_home", "redirect_section", "redirect_elsewhere")
KINDS = (*LOST, "moved", "redirected", "paywalled", "robots", "withdrawn")
RETURNS_AFTER = (timedelta(days=7), timedelta(days=30))  # looks at a story that is gone, for some come back
MINUTES_PER_DAY, SLOTS = 1_440, 256  # a search_id counts minutes, with so many places in each (see index.py)
SAME_DAYS = 2  # a story that moved keeps its date, give or take
LEAST_WORDS = 20  # shorter texts may be the same by chance
LEAST_SLUG = 12  # characters of the last part of an address that names one story
ALIKE = 0.7  # share of a story's sentences that stand in another one which is the same story
MOST_CANDIDATES = 5_000
MOST_TEXT = 200_000  # characters that are compared


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in a story's place."""

    kind: str  # one of KINDS
    reason: str
    leads_to: str | None = None  # address


def kind_of_redirect(target: str | None, home: str) -> str:
    """Where a story's address leads that does not lead to a story."""
    address = urlsplit(target or "")
    if not address.hostname:
        return "redirect_elsewhere"
    if address.path in ("", "/") or (target or "").rstrip("/") == (normalise(home) or home).rstrip("/"):
        return "redirect_home"
    return "redirect_section" if is_home_or_section(target or "") else "redirect_elsewhere"


def lost(db: Database, url: str, now: datetime, look: Look, looks: int, definite: bool = False) -> bool:
    """A look at a known story found it away. After `looks` that agree, or at once when `definite` (HTTP 410), it counts as gone.

    Until then its link is due again; after it, now and then. True when the story's status changed now.
    """
    row = db.execute("select a.id, a.key, l.checks from links l join articles a on a.id = l.article_id where l.url = ?", (url,)).fetchone()
    if row is None:
        return False
    article_id, key, checks = row
    if key != article_key(identity(url)) and visits.is_known_beside(db, url, article_id, key):  # it may go while the story stays
        _wait(db, url, checks + 1, checks + 1 >= looks or definite, look.reason, _next_look(now, checks + 1 - looks))
        return False
    away = _look(db, article_id, url, now, look)
    counted = away["looks"]
    if counted == 1:
        visits.look_beside(db, url, article_id, now)
    sure = definite or counted >= looks or away["confirmed_at"] is not None
    _wait(db, url, counted, sure, look.reason, _next_look(now, max(0, counted - looks) if sure else -1))
    target, is_new = _same_story_elsewhere(db, article_id)
    if target is not None and (sure or is_new):
        return _has_moved(db, away["id"], article_id, target, now)
    if not sure:
        return False
    db.execute("update absences set confirmed_at = coalesce(confirmed_at, ?) where id = ?", (utc_text(now), away["id"]))
    return _set_status(db, article_id, "gone", now, look.reason)


def was_lost(db: Database, url: str, at: datetime, look: Look, looks: int, is_asked_again: bool) -> None:
    """The same of a look of the past, which an import brings. Nothing where the story was seen later, or that it was away is known.

    Where nobody asks again, one look is all there will be, and enough.
    """
    query = "select a.id, a.last_seen_at from links l join articles a on a.id = l.article_id where l.url = ?"
    article_id, seen = db.execute(query, (url,)).fetchone() or (None, "")
    moment = utc_text(at) or ""
    if article_id is None or seen > moment:
        return
    away = _open(db, article_id, (*LOST, "moved", "redirected"))
    if away and moment < away["first_seen_at"]:
        db.execute("update absences set first_seen_at = ? where id = ?", (moment, away["id"]))
        db.execute("update articles set pubstatus_at = ? where id = ? and pubstatus_at = ?", (moment, article_id, away["first_seen_at"]))
    elif not away or moment > away["last_seen_at"]:
        lost(db, url, at, look, looks, definite=look.kind == "gone" or not is_asked_again)
    if not is_asked_again:
        db.execute("update links set due_at = null where url = ?", (url,))


def not_seen(db: Database, url: str, now: datetime, look: Look, looks: int) -> None:
    """A look that says nothing about whether the story is there: a wall stands before it, or robots.txt forbids to look."""
    article_id = _story_at(db, url)
    if article_id is None:
        return
    away = _look(db, article_id, url, now, look)
    if away["looks"] >= looks:
        db.execute("update absences set confirmed_at = coalesce(confirmed_at, ?) where id = ?", (utc_text(now), away["id"]))


def emptied(db: Database, url: str, now: datetime, reason: str, looks: int) -> None:
    """The page of a known story has no text any more. After `looks` that agree the story is withdrawn, if others of its site were seen
    meanwhile: where all pages are empty, the site has an outage, or another design.
    """
    query = "select a.id, a.key, a.site from links l join articles a on a.id = l.article_id where l.url = ? and a.last_seen_at <= ?"
    article_id, key, site = db.execute(query, (url, utc_text(now))).fetchone() or (None, "", "")
    if article_id is None or (key != article_key(identity(url)) and visits.is_known_beside(db, url, article_id, key)):
        return
    away = _look(db, article_id, url, now, Look("withdrawn", reason))
    others = "select 1 from articles where site = ? and id <> ? and last_seen_at > ? and word_count > 0 limit 1"
    if away["looks"] < looks or db.execute(others, (site, article_id, away["first_seen_at"])).fetchone() is None:
        return
    db.execute("update absences set confirmed_at = coalesce(confirmed_at, ?) where id = ?", (utc_text(now), away["id"]))
    _set_status(db, article_id, "withdrawn", now, reason)


def redirected(db: Database, url: str, now: datetime, look: Look, looks: int) -> None:
    """The address of a known story leads to another address by now. Whether the story has moved there, its text will tell."""
    article_id = _story_at(db, url)
    if article_id is not None:
        _look(db, article_id, url, now, look)
        settle_redirects(db, [look.leads_to or ""], now, looks)


def settle_redirects(db: Database, urls: Iterable[str], now: datetime, looks: int, instead: str | None = None) -> None:
    """What stands at these addresses is known by now: the stories whose addresses lead there have moved, or something else is there.

    `instead`: the kind of absence when what stands there is no story.
    """
    for url in {normalise(url) or url for url in urls}:
        query = "select id, article_id, url from absences where leads_to = ? and ended_at is null and kind = 'redirected'"
        for away_id, article_id, own_url in db.execute(query, (url,)).fetchall():
            target = _story_at(db, url) if instead is None else None
            if target is None and instead is None:
                continue  # not read yet
            if target == article_id:
                db.execute("delete from absences where id = ?", (away_id,))  # its new address, and it says so itself
            elif target is not None and _is_same_story(db, article_id, target):
                _has_moved(db, away_id, article_id, target, now)
            else:
                if instead == "paywalled":
                    db.execute("delete from absences where id = ?", (away_id,))
                    _wait(db, own_url, 0, False, "a wall", _next_look(now, -1))
                    not_seen(db, own_url, now, Look("paywalled", f"leads to {url}, which asks for a login", url), looks)
                    continue
                what = "which says that there is nothing" if instead == "soft_404" else "which is another page"
                lost(db, own_url, now, Look(instead or "redirect_elsewhere", f"leads to {url}, {what}", url), looks)


def is_led_to(db: Database, article_id: int, url: str) -> None:
    """The story is where its own address leads, and says so itself: it was never away."""
    db.execute(
        "delete from absences where article_id = ? and leads_to = ? and ended_at is null and kind = 'redirected'",
        (article_id, normalise(url) or url),
    )


def arrived(db: Database, article_id: int, now: datetime) -> None:
    """A new story: the one that a story of the same text, or of the same id, which is away, has become?"""
    query = f"""
        select w.id, a.id from articles n
        join articles a on a.text_hash = n.text_hash and a.site = n.site and a.id <> n.id
        join absences w on w.article_id = a.id and w.ended_at is null and w.kind in ({_quoted(LOST)})
        where n.id = ? and n.word_count >= {LEAST_WORDS}
    """
    found = dict(db.execute(query, (article_id,)).fetchall())
    for other in story_ids.others(db, article_id):
        if away := _open(db, other, LOST):
            found[away["id"]] = other
    for away_id, away_article in found.items():
        _has_moved(db, away_id, away_article, article_id, now)


def seen_again(db: Database, url: str, now: datetime, looks: int) -> None:
    """What stands at a story's address is what was read there last: the story, or as much of it as a wall leaves."""
    (article_id,) = db.execute("select article_id from links where url = ?", (url,)).fetchone() or (None,)
    if article_id is None:
        return
    db.execute("update links set checks = 0 where url = ?", (url,))
    moment = utc_text(now)
    ended(db, article_id, now, walls=False)
    db.execute("update articles set last_seen_at = max(last_seen_at, ?) where id = ?", (moment, article_id))
    db.execute(
        "update revisions set last_seen_at = max(last_seen_at, ?) where article_id = ?"
        " and number = (select max(number) from revisions where article_id = ?)",
        (moment, article_id, article_id),
    )
    wall = _open(db, article_id, ("paywalled",))
    if wall:
        not_seen(db, wall["url"], now, Look("paywalled", wall["reason"]), looks)


def ended(db: Database, article_id: int, now: datetime, walls: bool) -> None:
    """The story is there: what kept it away is over, and it is live. `walls`: its whole text was seen."""
    moment = utc_text(now)
    kept = "" if walls else " and kind <> 'paywalled'"
    statement = f"update absences set ended_at = ? where article_id = ? and ended_at is null and last_seen_at <= ?{kept}"
    db.execute(statement, (moment, article_id, moment))
    db.execute(
        "update articles set pubstatus = 'live', pubstatus_at = ?, pubstatus_reason = null"
        " where id = ? and pubstatus <> 'live' and pubstatus_at <= ?",
        (moment, article_id, moment),
    )


def absences(db: Database, article_id: int) -> list[dict[str, Any]]:
    """Every time that a story was away, the first one first, with the story that it has moved to by key and address."""
    query = """
        select w.*, m.key as moved_to_key, m.url as moved_to_url from absences w left join articles m on m.id = w.moved_to
        where w.article_id = ? order by w.first_seen_at, w.id
    """
    return list(db.query(query, (article_id,)))


def _look(db: Database, article_id: int, url: str, now: datetime, look: Look) -> Mapping[str, Any]:
    """The absence with this look in it; it counts when it is late enough after the one before."""
    moment, apart = utc_text(now) or "", settings.LOOKS_APART
    group = (*LOST, "moved", "redirected") if look.kind in (*LOST, "redirected") else (look.kind,)
    known = _open(db, article_id, group)
    capture_id, http_status = _evidence(db, url, look.kind)
    seen = {
        "kind": look.kind,
        "last_seen_at": moment,
        "http_status": http_status,
        "leads_to": values.text(look.leads_to),
        "capture_id": capture_id,
        "reason": values.text(look.reason, values.SHORT),
    }
    if known is None:
        row = seen | {"article_id": article_id, "url": url, "first_seen_at": moment, "looks": 1}
        statement = f"insert into absences ({', '.join(row)}) values ({', '.join('?' * len(row))})"
        return row | {"id": db.execute(statement, list(row.values())).lastrowid, "confirmed_at": None}
    begun = from_utc_text(known["first_seen_at"]) or now
    counts = now - begun >= known["looks"] * apart
    if known["kind"] == "moved" and known["moved_to"]:
        seen = {"last_seen_at": moment}
    seen["looks"] = known["looks"] + counts
    db.execute(f"update absences set {', '.join(f'{name} = ?' for name in seen)} where id = ?", [*seen.values(), known["id"]])
    return known | seen


def _evidence(db: Database, url: str, kind: str) -> tuple[int | None, int | None]:
    """(capture, HTTP status) of what was found there last; of robots.txt where that forbids to look."""
    asked = urljoin(url, "/robots.txt") if kind == "robots" else url
    query = "select id, http_status from captures where target_uri = ? order by warc_date desc, id desc limit 1"
    return db.execute(query, (asked,)).fetchone() or (None, None)


def _open(db: Database, article_id: int, kinds: Iterable[str]) -> dict[str, Any] | None:
    query = f"select * from absences where article_id = ? and ended_at is null and kind in ({_quoted(kinds)}) order by id desc limit 1"
    return next(iter(db.query(query, (article_id,))), None)


def _wait(db: Database, url: str, checks: int, sure: bool, reason: str, due_at: datetime | None) -> None:
    db.execute(
        "update links set checks = ?, state = ?, reason = ?, due_at = ? where url = ?",
        (checks, "gone" if sure else "done", values.text(reason, values.SHORT), utc_text(due_at), url),
    )


def _next_look(now: datetime, after: int) -> datetime | None:
    """When to look again at a story that was found away `after` looks later than needed; negative: not sure yet."""
    if after < 0:
        return now + settings.LOOKS_APART
    return now + RETURNS_AFTER[after] if after < len(RETURNS_AFTER) else None


def _story_at(db: Database, url: str) -> int | None:
    row = db.execute("select article_id from links where url = ? and article_id is not null", (url,)).fetchone()
    return row[0] if row else None


def _has_moved(db: Database, away_id: int, article_id: int, target: int, now: datetime) -> bool:
    """The same story is at another address. Its own row, revisions and captures stay; the absence ties the two together."""
    (url,) = db.execute("select url from articles where id = ?", (target,)).fetchone()
    if db.execute("select 1 from absences where article_id = ? and moved_to = ? and ended_at is null", (target, article_id)).fetchone():
        return False  # it came from there
    (is_same_text,) = db.execute(
        "select a.text_hash = n.text_hash from articles a, articles n where a.id = ? and n.id = ?", (article_id, target)
    ).fetchone()
    by_id = not is_same_text and target in story_ids.others(db, article_id)
    reason = f"the story with its number at the publisher's is {url} now" if by_id else f"the same text is at {url}"
    db.execute(
        "update absences set kind = 'moved', moved_to = ?, leads_to = coalesce(leads_to, ?), reason = ?,"
        " confirmed_at = coalesce(confirmed_at, ?) where id = ?",
        (target, url, reason, utc_text(now), away_id),
    )
    return _set_status(db, article_id, "moved", now, reason)


def _set_status(db: Database, article_id: int, pubstatus: str, now: datetime, reason: str) -> bool:
    changed = db.execute(
        "update articles set pubstatus = ?, pubstatus_at = ?, pubstatus_reason = ? where id = ? and pubstatus in ('live', 'gone')"
        " and pubstatus <> ?",
        (pubstatus, utc_text(now), values.text(reason, values.SHORT), article_id, pubstatus),
    )
    return changed.rowcount > 0


# --- the same story


def _same_story_elsewhere(db: Database, article_id: int) -> tuple[int | None, bool]:
    """(a story of the same site with the same id or text, whether it turned up when this one was seen no more)"""
    seen = "select n.first_seen_at >= a.last_seen_at from articles a, articles n where a.id = ? and n.id = ? and n.pubstatus = 'live'"
    for other in story_ids.others(db, article_id):
        row = db.execute(seen, (article_id, other)).fetchone()
        if row and _open(db, other, LOST) is None:
            return other, bool(row[0])
    query = f"""
        select n.id, n.first_seen_at >= a.last_seen_at from articles a
        join articles n on n.text_hash = a.text_hash and n.site = a.site and n.id <> a.id and n.pubstatus = 'live'
        where a.id = ? and a.word_count >= {LEAST_WORDS}
            and not exists (select 1 from absences w where w.article_id = n.id and w.ended_at is null and w.kind in ({_quoted(LOST)}))
        order by n.first_seen_at desc limit 1
    """
    row = db.execute(query, (article_id,)).fetchone()
    if row:
        return row[0], bool(row[1])
    renamed = _renamed(db, article_id)
    return renamed, renamed is not None


def _renamed(db: Database, article_id: int) -> int | None:
    """A story of the same days, first seen when this one was seen no more, with its headline or the end of its address, and its text."""
    url, headline, site, search_id, last_seen = db.execute(
        "select url, headline, site, search_id, last_seen_at from articles where id = ?", (article_id,)
    ).fetchone()
    reach = SAME_DAYS * MINUTES_PER_DAY * SLOTS
    query = (
        "select id, url, headline from articles where site = ? and search_id between ? and ? and id <> ? and first_seen_at >= ?"
        " and pubstatus = 'live' limit ?"
    )
    given = (site, search_id - reach, search_id + reach, article_id, last_seen, MOST_CANDIDATES)
    slug, title = _slug(url), signature(headline)
    for found, its_url, its_headline in db.execute(query, given).fetchall():
        if ((len(slug) >= LEAST_SLUG and _slug(its_url) == slug) or signature(its_headline) == title) and _is_same_story(
            db, article_id, found
        ):
            return found
    return None


def _is_same_story(db: Database, article_id: int, other: int) -> bool:
    if other in story_ids.others(db, article_id):
        return True
    query = "select a.text_hash, t.article_body from articles a join article_texts t on t.article_id = a.id where a.id = ?"
    (one_hash, one), (other_hash, another) = (db.execute(query, (number,)).fetchone() for number in (article_id, other))
    if one_hash == other_hash:
        return True
    own = {signature(sentence) for sentence in sentences(one[:MOST_TEXT])} - {""}
    its = {signature(sentence) for sentence in sentences(another[:MOST_TEXT])}
    return bool(own) and len(own & its) >= ALIKE * len(own)


def _slug(url: str) -> str:
    """The last part of an address, without its ending."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2].rpartition(".")[0] or urlsplit(url).path.rstrip("/").rpartition("/")[2]


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
