"""Captures that are read again by another reader: what stands in the archive takes the newer form, and nothing is new by that.

No revision comes or goes, and no first or last sight moves. What was said before is told in the evidence.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlite_utils import Database

from archiver.store import judging, parts, runs, saving, values
from archiver.store.rights import SHOWN
from archiver.store.runs import CaptureRow
from archiver.store.saving import AS_THEN, TEXTS, Batch, Reading
from archiver.store.values import utc_text

OF_STORIES = "'new', 'changed', 'unchanged', 'duplicate_address'"  # outcomes of captures that show a story
TAKEN_DOWN = "taken_down"  # of captures whose page is not kept any more
FIELDS = (*TEXTS, "located_lat", "located_lon", "date_precision", "is_accessible_for_free", "access_observed")
LISTS = {  # name of a list in reports ▶ its table and what it holds
    "authors": ("article_authors", "name || coalesce(' (' || role || ')', '')"),
    "keywords": ("article_keywords", "keyword"),
    "images": ("images", "content_url"),
    "captions": ("images", "caption"),
    "credits": ("images", "coalesce(creditline, nullif(trim(coalesce(creator, '') || '/' || coalesce(credit_agency, ''), '/'), ''))"),
    "embeds": ("embeds", "kind || coalesce(' ' || url, '') || coalesce(' ' || title, '')"),
    "outlinks": ("outlinks", "url"),
    "live_updates": ("live_updates", "coalesce(date_published || ' ', '') || coalesce(headline || ': ', '') || substr(text, 1, 200)"),
}
LEAD = 40  # characters shown before the first that differs
EXCERPT = 400
SHOWN_ITEMS = 5  # of a list
MOST_OF_A_FIELD = 5  # earlier values of one field that are told
CHUNK = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """Which captures are read again."""

    reader: str  # version that reads them
    last_capture: int  # none later than this
    site: str | None = None
    since: date | None = None  # fetched on this day or later, UTC
    everything: bool = False  # those too that this version has read


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a re-reading is: the stories are read in the order of their numbers, then the captures that were refused before."""

    stage: str = "stories"  # stories, refused
    article_id: int = 0
    capture_id: int = 0


@dataclass(frozen=True, slots=True)
class Rereading:
    """A row of rereadings."""

    id: int
    scope: Scope
    mark: Mark
    captures: int  # how many there were to read when it began
    report: dict[str, Any]
    finished_at: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that the newer reader gives otherwise. Long ones are shown from shortly before the first difference."""

    field: str
    before: str | None
    after: str | None
    revision: int | None = None  # number of the revision; None: of the story as it stands


@dataclass(frozen=True, slots=True)
class Reread:
    """What came of a capture that was read again."""

    key: str
    differences: tuple[Difference, ...] = ()
    kept: str | None = None  # why the earlier reading stays
    other_text: bool = False  # it reads otherwise than the revision that it was taken for
    other_address: str | None = None  # the newer reader takes it for the story at this address


# --- which captures


def start(db: Database, scope: Scope, now: datetime) -> Rereading:
    (captures,) = db.execute(f"select count(*) from captures where {_wanted(scope)} and outcome <> '{TAKEN_DOWN}'").fetchone()
    cursor = db.execute(
        "insert into rereadings (read_with, site, since, everything, started_at, last_capture, captures, stage, article_id, capture_id,"
        " report) values (?, ?, ?, ?, ?, ?, ?, 'stories', 0, 0, '{}')",
        (scope.reader, scope.site, _day(scope), scope.everything, utc_text(now), scope.last_capture, captures),
    )
    return Rereading(cursor.lastrowid or 0, scope, Mark(), captures, {}, None)


def advance(db: Database, number: int, mark: Mark, report: dict[str, Any]) -> None:
    db.execute(
        "update rereadings set stage = ?, article_id = ?, capture_id = ?, report = ? where id = ?",
        (mark.stage, mark.article_id, mark.capture_id, json.dumps(report, ensure_ascii=False), number),
    )


def finish(db: Database, number: int, now: datetime) -> None:
    db.execute("update rereadings set finished_at = ? where id = ?", (utc_text(now), number))


def newest(db: Database, reader: str, site: str | None, since: date | None) -> Rereading | None:
    """The last re-reading with this reader of these captures, or of more."""
    row = db.execute(
        "select id, read_with, last_capture, site, since, everything, stage, article_id, capture_id, captures, report, finished_at"
        " from rereadings where read_with = ? and ((site is ? and since is ?) or (finished_at is not null"
        " and (site is null or site is ?) and (since is null or since <= ?))) order by id desc limit 1",
        (reader, site, since.isoformat() if since else None, site, since.isoformat() if since else None),
    ).fetchone()
    if row is None:
        return None
    number, read_with, last, of_site, from_, everything, stage, article_id, capture_id, captures, report, finished_at = row
    scope = Scope(read_with, last, of_site, date.fromisoformat(from_) if from_ else None, bool(everything))
    return Rereading(number, scope, Mark(stage, article_id, capture_id), captures, json.loads(report), finished_at)


def hidden_keys(db: Database, keys: Sequence[str]) -> set[str]:
    """Those that are no story's any more, or of a story whose text is not shown."""
    query = f"select value from json_each(?) k where not exists (select 1 from articles a where a.key = k.value and {SHOWN})"
    return {key for (key,) in db.execute(query, (json.dumps(keys),)).fetchall()}


def last_capture(db: Database) -> int:
    return db.execute("select coalesce(max(id), 0) from captures").fetchone()[0]


def captures_of_stories(db: Database, scope: Scope, mark: Mark) -> Iterator[tuple[int, bool, CaptureRow]]:
    """(story, whether the story's row was read off it, capture): story by story, the captures of each in the order of time."""
    after, within = mark.article_id, mark.capture_id
    captures = f"""
        with addresses (url) as (
            select url from links where article_id = :article union select url from articles where id = :article
            union select c.target_uri from revisions r join captures c on c.id = r.capture_id where r.article_id = :article
            union select c.target_uri from articles a join captures c on c.id = a.capture_id where a.id = :article
        )
        select {", ".join(runs.COLUMNS)} from captures
        where target_uri in (select url from addresses) and outcome in ({OF_STORIES}) and id > :after and {_wanted(scope)}
            and not exists (select 1 from revisions r where r.capture_id = captures.id and r.article_id <> :article)
        order by id
    """
    query = "select id, capture_id from articles where id >= ? and (? is null or site = ?) order by id limit ?"
    while found := db.execute(query, (after, scope.site, scope.site, CHUNK)).fetchall():
        for article_id, newest_capture in found:
            given = {"article": article_id, "after": within if article_id == mark.article_id else 0}
            for row in db.execute(captures, given).fetchall():
                capture = runs.capture_of(row)
                yield article_id, capture.id == newest_capture, capture
        after = found[-1][0] + 1


def captures_refused(db: Database, scope: Scope, mark: Mark) -> Iterator[CaptureRow]:
    """Captures that were read and are no story's: refused ones, and any whose story is not known by its address."""
    query = f"""
        {runs.SELECT} where id > ? and {_wanted(scope)} and outcome <> '{TAKEN_DOWN}' and (outcome not in ({OF_STORIES}) or not (
            exists (select 1 from links l where l.url = captures.target_uri and l.article_id is not null)
            or exists (select 1 from articles a where a.url = captures.target_uri)
            or exists (select 1 from captures c join revisions r on r.capture_id = c.id where c.target_uri = captures.target_uri)
            or exists (select 1 from captures c join articles a on a.capture_id = c.id where c.target_uri = captures.target_uri)
        )) order by id limit ?
    """
    after = mark.capture_id
    while found := db.execute(query, (after, CHUNK)).fetchall():
        yield from map(runs.capture_of, found)
        after = runs.capture_of(found[-1]).id


def _wanted(scope: Scope) -> str:
    """Captures that were read before, in SQL; the values are our own or a checked date, but for the names, which are quoted."""
    wanted = f"read_with is not null and warc_filename is not null and id <= {int(scope.last_capture)}"
    if not scope.everything:
        wanted += f" and read_with <> {_quoted(scope.reader)}"
    if scope.site is not None:
        wanted += f" and site = {_quoted(scope.site)}"
    return wanted + (f" and warc_date >= '{scope.since.isoformat()}'" if scope.since else "")


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _day(scope: Scope) -> str | None:
    return scope.since.isoformat() if scope.since else None


# --- what comes of them


def save_again(db: Database, readings: Iterable[tuple[int, Reading]]) -> list[Reread | None]:
    """(story, reading) of captures that were read before; None where the story or its page was taken away meanwhile."""
    batch = Batch(db)
    saved = [_save(batch, article_id, reading) for article_id, reading in readings]
    batch.finish()
    return saved


def refuse_again(db: Database, article_id: int, capture_id: int, outcome: str, reason: str | None, reader: str) -> Reread | None:
    """The newer reader finds no story on the capture: the earlier reading stays, and the evidence says so, once."""
    key = db.execute("select key from articles where id = ?", (article_id,)).fetchone()
    if key is None:
        return None
    told = "select 1 from field_evidence where article_id = ? and method = ? and capture_id = ? and read_with = ?"
    if not db.execute(told, (article_id, parts.REFUSED, capture_id, reader)).fetchone():
        note = f"reader {reader} finds no story there; the earlier reading is kept"
        line = ("outcome", outcome, parts.REFUSED, values.text(reason, values.SHORT) or "page", 1.0, 0, note, capture_id, reader)
        parts.add_evidence(db, article_id, line)
    return Reread(key[0], kept=outcome)


def refused_still(db: Database, capture_id: int, outcome: str, reason: str | None, reader: str) -> None:
    """A capture that was refused, is refused again; the name of why may be another. Its address was not looked at anew."""
    db.execute(
        f"update captures set outcome = ?, reason = ?, read_with = ? where id = ? and outcome not in ({OF_STORIES}, '{TAKEN_DOWN}')",
        (outcome, values.text(reason, values.SHORT), reader, capture_id),
    )


def _save(batch: Batch, article_id: int, reading: Reading) -> Reread | None:
    db, capture, article = batch.db, reading.capture, reading.article
    known = _row(db, "select * from articles where id = ?", article_id)
    there = db.execute("select outcome from captures where id = ?", (capture.id,)).fetchone()
    if known is None or there is None or there[0] == TAKEN_DOWN:
        return None
    is_newest, seen_at = known["capture_id"] == capture.id, utc_text(capture.warc_date) or ""
    revision = _row(db, "select * from revisions where article_id = ? and capture_id = ?", article_id, capture.id)
    if not article.article_body.strip() and ((is_newest and known["word_count"]) or (revision and revision["article_body"])):
        return refuse_again(db, article_id, capture.id, "no_body", "no text was found", reading.read_with)
    differences = _reread_revision(db, reading, revision) if revision else []
    if is_newest:
        differences += _reread_story(batch, reading, known)
    other_text = False
    if there[0] != "duplicate_address" and (is_newest or revision or not saving.saw_less(article, known)):
        shown = revision or saving.revision_at(db, article_id, seen_at)
        if shown:
            notes = parts.reread_notes(db, article_id, shown["id"], article, seen_at)
            differences += [Difference("corrections", before, after) for before, after in notes]
            by_us = not revision and shown["read_with"] == reading.read_with
            other_text = by_us and shown["text_hash"] != article.text_hash
    _tell_earlier(db, article_id, capture, known["read_with"] if is_newest else None, reading.read_with, differences)
    db.execute("update captures set read_with = ? where id = ?", (reading.read_with, capture.id))
    told = saving.at_its_address(db, reading).article.url
    other = told if saving.key_of(told) != known["key"] else None
    return Reread(known["key"], tuple(differences), other_text=other_text, other_address=other)


def _reread_revision(db: Database, reading: Reading, revision: dict[str, Any]) -> list[Difference]:
    """The revision takes the text that the newer reader finds on its capture; what kind of change it was is judged anew."""
    given = saving.as_then(reading)
    db.execute(f"update revisions set {', '.join(f'{name} = ?' for name in given)} where id = ?", [*given.values(), revision["id"]])
    found = []
    for name in (*(name for name in AS_THEN if name != "word_count"), "article_body"):
        if (before := revision[name]) != (after := given[name]):
            found.append(Difference(name, *excerpts(before, after), revision["number"]))
    if found:
        for number in (revision["number"] - 1, revision["number"]):
            found += _judge_again(db, revision["article_id"], number)
    return found


def _judge_again(db: Database, article_id: int, number: int) -> Iterator[Difference]:
    """The change from a revision to the next, where both were read by one reader: else it would be the readers' difference."""
    query = "select number, read_with, change, declared, stealth from revisions where article_id = ? and number in (?, ?) order by number"
    rows = db.execute(query, (article_id, number, number + 1)).fetchall()
    if len(rows) < 2 or rows[0][1] != rows[1][1]:
        return
    judging.judge(db, article_id, number + 1)
    after = db.execute(query, (article_id, number, number + 1)).fetchall()[1]
    if rows[1][2] != after[2]:
        yield Difference("change", rows[1][2], after[2], number + 1)
    for name, was, now in zip(("declared", "stealth"), rows[1][3:], after[3:], strict=True):
        if was != now:
            yield Difference(name, str(was), str(now), number + 1)


def _reread_story(batch: Batch, reading: Reading, known: dict[str, Any]) -> list[Difference]:
    """The story's row, text and parts, which were read off this capture."""
    db, article_id = batch.db, known["id"]
    query = "select 1 from field_evidence where article_id = ? and field = 'date_published' and chosen = 1 and capture_id = ?"
    dated_here = db.execute(query, (article_id, reading.capture.id)).fetchone()
    before = _as_it_stands(db, article_id)
    saving.refresh(batch, reading, known, keeps_date=not dated_here)
    after = _as_it_stands(db, article_id)
    found = []
    for name, was in before.items():
        now = after[name]
        if was != now:
            found.append(Difference(name, *(_of_lists(was, now) if isinstance(was, list) else excerpts(was, now))))
    return found


def _as_it_stands(db: Database, article_id: int) -> dict[str, Any]:
    """Every value of a story by its name in reports; a list's items are a list."""
    columns = f"select {', '.join(FIELDS)} from articles where id = ?"
    standing = dict(zip(FIELDS, db.execute(columns, (article_id,)).fetchone(), strict=True))
    texts = db.execute("select article_body, article_body_html from article_texts where article_id = ?", (article_id,)).fetchone()
    standing |= zip(("article_body", "article_body_html"), texts, strict=True)
    for name, (table, item) in LISTS.items():
        query = f"select {item} from {table} where article_id = ? order by position"
        standing[name] = [value for (value,) in db.execute(query, (article_id,)).fetchall() if value is not None]
    return standing


def _tell_earlier(
    db: Database, article_id: int, capture: CaptureRow, was_read_with: str | None, reader: str, differences: Sequence[Difference]
) -> None:
    """What stood in the story's fields before, as evidence that was not taken; the newest MOST_OF_A_FIELD of each field."""
    for difference in differences:
        if difference.revision is not None or difference.field == "article_body_html":
            continue
        told = "select position from field_evidence where article_id = ? and method = ? and field = ? order by position"
        positions = db.execute(told, (article_id, parts.EARLIER, difference.field)).fetchall()
        if len(positions) >= MOST_OF_A_FIELD:
            db.execute("delete from field_evidence where article_id = ? and position = ?", (article_id, positions[0][0]))
        old = was_read_with or capture.read_with or ""
        note = f"read by reader {old}; since then by reader {reader}" + ("" if difference.before else ", which found a value first")
        line = (difference.field, difference.before or "", parts.EARLIER, "capture", 0.0, 0, note, capture.id, old)
        parts.add_evidence(db, article_id, line)


def excerpts(before: object, after: object) -> tuple[str | None, str | None]:
    """Both values as text, from shortly before the first character that differs."""
    was, now = (None if value is None else str(value) for value in (before, after))
    if was is None or now is None:
        return was[:EXCERPT] if was else was, now[:EXCERPT] if now else now
    same = next((place for place, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), min(len(was), len(now)))
    begin = max(0, same - LEAD)
    if begin == 0 or max(len(was), len(now)) <= EXCERPT // 4:
        return was[:EXCERPT], now[:EXCERPT]
    return f"…{was[begin : begin + EXCERPT]}", f"…{now[begin : begin + EXCERPT]}"


def _of_lists(before: list[Any], after: list[Any]) -> tuple[str | None, str | None]:
    """What only the one list has, and what only the other; the heads of both where their order alone changed."""
    gone, come = [item for item in before if item not in set(after)], [item for item in after if item not in set(before)]
    if not gone and not come:
        gone, come = before, after
    return tuple(_joined(items) for items in (gone, come))  # type: ignore[return-value]


def _joined(items: Iterable[Any]) -> str | None:
    shown = list(islice(items, SHOWN_ITEMS + 1))
    text = " · ".join(str(item) for item in shown[:SHOWN_ITEMS])[:EXCERPT]
    return f"{text} …" if len(shown) > SHOWN_ITEMS else text or None


def _row(db: Database, query: str, *given: Any) -> dict[str, Any] | None:
    return next(iter(db.query(query, given)), None)
