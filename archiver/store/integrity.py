"""What the database says about itself: is it whole, is anything missing or left over, does the search index hold what the tables hold.

Every question is asked in windows of some thousand rows: in constant memory, and no reader's view is held open for long, which would
keep a crawl's log file from being cleared.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from archiver.store import duplicates, index
from archiver.store.migrations import migrations
from archiver.store.saving import AS_THEN, key_of
from archiver.urls import normalise

WINDOW = 5_000  # rows looked at in one go
MOST_MESSAGES = 20  # of SQLite's own check
REINDEXED = 500  # stories in one transaction

Step = Callable[[int, int], None]  # hears (rows done, rows in all)

# Rows that follow a story's newest reading: without their story they say nothing, and a new reading makes them anew.
PARTS = ("article_texts", "images", "article_authors", "article_keywords", "embeds", "outlinks", "live_updates", "field_evidence",
         "corrections", "pictures")  # fmt: skip

SEARCH = ("articles_fts", "images_fts")
KINDS_OF_PARTS = ("table", "column", "view", "search index", "index", "trigger")
DERIVED = KINDS_OF_PARTS[2:]  # nothing but what tables hold is in them

KEEP_ROWS = ("links", "story_ids", "placings")  # rows that say something without their story, too

STORIES = """
    select a.id, a.key, a.revision_count, t.article_id is null as no_text, a.capture_id is null as no_capture,
        coalesce(r.n, 0) as revisions, coalesce(r.low = 1 and r.high = r.n, 0) as in_order, d.id is null as not_indexed
    from articles a
    left join article_texts t on t.article_id = a.id
    left join (select article_id, count(*) n, min(number) low, max(number) high from revisions
        where article_id between :low and :high group by article_id) r on r.article_id = a.id
    left join articles_fts_docsize d on d.id = a.search_id
    where a.id between :low and :high
        and (no_text or no_capture or revisions <> a.revision_count or not in_order or not_indexed)
"""
IMAGES = """
    select i.id from images i left join images_fts_docsize d on d.id = i.id
    where i.id between :low and :high and d.id is null
"""
LEFT_IN_STORIES = """
    select d.id from articles_fts_docsize d left join articles a on a.search_id = d.id where d.id between :low and :high and a.id is null
"""
LEFT_IN_IMAGES = """
    select d.id from images_fts_docsize d left join images i on i.id = d.id where d.id between :low and :high and i.id is null
"""
# A capture without a record: taken down, or one that never had any (then it has no digest either).
CAPTURES = """
    select c.id, c.target_uri,
        case
            when c.warc_filename is null and c.outcome <> 'taken_down' and c.payload_digest is not null then 'no_file'
            when c.warc_filename is not null and not (
                typeof(c.warc_filename) = 'text' and c.warc_filename not like '%/%'
                and typeof(c.warc_offset) = 'integer' and typeof(c.warc_length) = 'integer'
                and c.warc_offset >= 0 and c.warc_length > 0) then 'no_place'
            when c.refers_to >= c.id then 'refers_forward'
            when c.refers_to is not null and o.warc_filename is null and o.outcome <> 'taken_down' then 'refers_to_nothing'
        end as fault
    from captures c left join captures o on o.id = c.refers_to
    where c.id between :low and :high and fault is not null
"""
MISSING = {
    "articles_fts": "select a.id from articles a join article_texts t on t.article_id = a.id"
    " left join articles_fts_docsize d on d.id = a.search_id where a.id > ? and d.id is null order by a.id limit ?",
    "images_fts": "select i.id from images i left join images_fts_docsize d on d.id = i.id"
    " where i.id > ? and d.id is null order by i.id limit ?",
}
ADD_IMAGES = """
    insert into images_fts (rowid, caption, creditline)
    select id, caption, creditline from images where id in (select value from json_each(?)) order by id
"""
PLACED = "typeof(warc_offset) = 'integer' and typeof(warc_length) = 'integer' and warc_offset >= 0 and warc_length > 0"


@dataclass(frozen=True, slots=True)
class StoryFault:
    """A story that lacks something."""

    id: int
    key: str
    revision_count: int  # as its row says
    no_text: bool
    no_capture: bool
    revisions: int  # as they are
    in_order: bool  # numbered 1, 2, 3 …
    not_indexed: bool


@dataclass(frozen=True, slots=True)
class Place:
    """What the index says of one WARC record."""

    id: int
    target_uri: str
    warc_date: str
    http_status: int | None
    payload_digest: str | None
    offset: int
    length: int

    @property
    def end(self) -> int:
        return self.offset + self.length


def read_whatever_is_there(db: Database) -> None:
    """Text that is no UTF-8 any more comes with replacement characters, in place of an error."""
    db.conn.text_factory = lambda data: data.decode("utf-8", "replace")


def messages(db: Database, deep: bool) -> list[str]:
    """What SQLite's own check of the file has to say; empty when it is whole."""
    pragma = "integrity_check" if deep else "quick_check"
    said = [str(line) for (line,) in db.execute(f"pragma {pragma}({MOST_MESSAGES})").fetchall()]
    return [] if said == ["ok"] else [message for line in said for message in line.splitlines()]


def missing_parts(db: Database) -> list[tuple[str, str, str]]:
    """(kind, name, statement that makes it) of what the schema has and this archive lacks, in the order in which it can be made.

    Kinds: table, column, view, search index (with the tables that SQLite keeps for it), index, trigger. What belongs to a table that
    is not there goes without saying.
    """
    fresh = Database(memory=True)
    migrations.apply(fresh)
    wanted = {row[:2]: row[2:] for row in _schema(fresh)}
    there = {row[:2] for row in _schema(db)}
    lacking = [(_kind(kind, name), name, sql) for (kind, name), (sql, table) in wanted.items() if (kind, name) not in there
               and (name == table or kind == "view" or ("table", table) in there)]  # fmt: skip
    for name in SEARCH:
        if any(kind == "search index" and part.startswith(name) for kind, part, _ in lacking):
            lacking = [row for row in lacking if not (row[0] == "search index" and row[1].startswith(name))]
            lacking.append(("search index", name, wanted["table", name][0]))
    for kind, name in sorted(there & set(wanted)):
        if kind == "table" and "_fts" not in name:
            columns = {row[1] for row in fresh.execute(f'pragma table_xinfo("{name}")').fetchall()}
            columns -= {row[1] for row in db.execute(f'pragma table_xinfo("{name}")').fetchall()}
            lacking += [("column", f"{name}.{column}", "") for column in sorted(columns)]
    fresh.close()
    return sorted(lacking, key=lambda row: (KINDS_OF_PARTS.index(row[0]), row[1]))


def _kind(kind: str, name: str) -> str:
    return "search index" if kind == "table" and name.startswith(SEARCH) else kind


def _schema(db: Database) -> list[tuple[str, str, str, str]]:
    return db.execute("select type, name, sql, tbl_name from sqlite_master where sql is not null").fetchall()


def lost_references(db: Database) -> dict[tuple[str, str, str], int]:
    """(table, column, table it should lead to) ▶ rows that lead nowhere."""
    found: dict[tuple[str, str, str], int] = {}
    names: dict[tuple[str, int], str] = {}
    for table, _, parent, number in db.execute("pragma foreign_key_check"):
        if (table, number) not in names:
            rows = db.execute(f'pragma foreign_key_list("{table}")').fetchall()
            names |= {(table, row[0]): row[3] for row in rows}
        key = (table, names.get((table, number), "?"), parent)
        found[key] = found.get(key, 0) + 1
    return found


def faulty_stories(db: Database, step: Step) -> Iterator[StoryFault]:
    for row in _windows(db, "articles", STORIES, step):
        article_id, key, told, no_text, no_capture, revisions, in_order, not_indexed = row
        yield StoryFault(article_id, key, told, bool(no_text), bool(no_capture), revisions, bool(in_order), bool(not_indexed))


def unindexed_images(db: Database, step: Step) -> Iterator[int]:
    return (row[0] for row in _windows(db, "images", IMAGES, step))


def left_in_index(db: Database, name: str, step: Step) -> Iterator[int]:
    """Numbers in the index `articles_fts` or `images_fts` that belong to no row any more."""
    query = LEFT_IN_STORIES if name == "articles_fts" else LEFT_IN_IMAGES
    return (row[0] for row in _windows(db, f"{name}_docsize", query, step))


def says_the_same(db: Database, name: str) -> bool:
    """Whether an index holds the words that its rows hold. A write, for SQLite: to be called inside `writing()`."""
    try:
        db.execute(f"insert into {name} ({name}, rank) values ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_CORRUPT"):
            return False
        raise
    return True


def faulty_captures(db: Database, step: Step) -> Iterator[tuple[int, str, str]]:
    """(id, address, fault): no_file, no_place, refers_forward, refers_to_nothing."""
    return _windows(db, "captures", CAPTURES, step)


def revisions_without_capture(db: Database, step: Step) -> Iterator[tuple[int, int]]:
    """(id, article_id)"""
    return _windows(db, "revisions", "select id, article_id from revisions where id between :low and :high and capture_id is null", step)


def warc_filenames(db: Database) -> Iterator[str]:
    """Each file that captures are in, once, in order."""
    query = "select warc_filename from captures where warc_filename > ? and typeof(warc_filename) = 'text' order by warc_filename limit 1"
    row = db.execute(query, ("",)).fetchone()
    while row:
        yield row[0]
        row = db.execute(query, (row[0],)).fetchone()


def extent(db: Database, warc_filename: str, size: int) -> tuple[int, int, int]:
    """(captures in the file, where the last of them ends, how many end behind `size`)"""
    query = f"""
        select count(*), coalesce(max(warc_offset + warc_length), 0), coalesce(sum(warc_offset + warc_length > ?), 0)
        from captures where warc_filename = ? and {PLACED}
    """
    return db.execute(query, (size, warc_filename)).fetchone()


def places(db: Database, warc_filename: str) -> Iterator[Place]:
    """What the index has in a file, in the file's order."""
    query = f"""
        select id, target_uri, warc_date, http_status, payload_digest, warc_offset, warc_length from captures
        where warc_filename = ? and warc_offset > ? and {PLACED} order by warc_offset limit {WINDOW}
    """
    last = -1
    while rows := db.execute(query, (warc_filename, last)).fetchall():
        for row in rows:
            yield Place(*row)
        last = rows[-1][5]


def totals(db: Database) -> dict[str, int]:
    """How much there is."""
    return {name: db.execute(f"select count(*) from {name}").fetchone()[0] for name in ("captures", "articles", "revisions", "images")}


# --- mending; each call is one step inside `writing()`


def index_some_missing(db: Database, name: str, after: int) -> list[int]:
    """Takes some rows behind number `after` into an index that are not in it. Returns their numbers; none when there are none left."""
    ids = [row[0] for row in db.execute(MISSING[name], (after, REINDEXED)).fetchall()]
    if name == "articles_fts":
        index.add_stories(db, ids)
    else:
        db.execute(ADD_IMAGES, (json.dumps(ids),))
    return ids


def empty_index(db: Database, name: str) -> None:
    """The index forgets everything; to be filled again by index_some_missing()."""
    db.execute(f"insert into {name} ({name}) values ('delete-all')")


def delete_orphans(db: Database, table: str) -> int:
    """Deletes rows of a part table whose story is not there; links and ids lead to no story any more. Returns how many rows.

    The index of images must be filled anew after theirs.
    """
    lost = "article_id is not null and article_id not in (select id from articles)"
    if table in KEEP_ROWS:
        return db.execute(f"update {table} set article_id = null where {lost}").rowcount
    if table == "copies":
        numbers = [row[0] for row in db.execute(f"select article_id from copies where {lost}").fetchall()]
        for number in numbers:
            duplicates.forget(db, number)
        return len(numbers)
    if table not in PARTS:
        raise ValueError(f"{table} is no table of parts")
    return db.execute(f"delete from {table} where {lost}").rowcount


def restore_stories(db: Database) -> tuple[int, int]:
    """Stories whose row is lost, and whose revisions are here, get a row of the newest one. Returns (stories, pages to be read again).

    One whose address has another row by now stays as it is.
    """
    lost = "select distinct article_id from revisions where article_id not in (select id from articles) order by 1"
    stories = pages = 0
    for (article_id,) in db.execute(lost).fetchall():
        newest = """
            select c.target_uri, c.site, r.date_published_utc, (select min(memento_datetime) from revisions where article_id = :id)
            from revisions r join captures c on c.id = r.capture_id where r.article_id = :id order by r.number desc limit 1
        """
        row = db.execute(newest, {"id": article_id}).fetchone()
        urls = [url for (url,) in db.execute("select url from links where article_id = ? order by url", (article_id,))]
        url = min(urls, key=len, default=row and normalise(row[0]))  # variants (AMP, print …) are longer
        if not row or not url or db.execute("select 1 from articles where url = ? or key = ?", (url, key_of(url))).fetchone():
            continue
        given = {"id": article_id, "url": url, "key": key_of(url), "site": row[1], "first": row[3]}
        given["search_id"] = index.free_slot(db, index.first_slot(row[2], row[3]))
        names = [name for name in AS_THEN if name != "word_count"]
        db.execute(
            f"""
            insert into articles (id, key, search_id, site, url, date_precision, access_observed, word_count, text_hash, capture_id,
                read_with, first_seen_at, last_seen_at, revision_count, pubstatus, {", ".join(names)})
            select :id, :key, :search_id, :site, :url, 'none', 'full', coalesce(word_count, 0), text_hash, capture_id,
                read_with, :first, last_seen_at, number, 'live', {", ".join(names)}
            from revisions where article_id = :id order by number desc limit 1
            """,
            given,
        )
        restore_text(db, article_id)
        stories, pages = stories + 1, pages + read_again(db, article_id)
    return stories, pages


def read_orphans_again(db: Database) -> int:
    """Pages of stories of which there is neither a row nor a revision are read as if for the first time. Returns how many."""
    lost = "article_id not in (select id from articles) and article_id not in (select article_id from revisions)"
    query = f"""
        update captures set outcome = 'kept', reason = null, read_with = null
        where warc_filename is not null and outcome in ('new', 'changed', 'unchanged')
            and not exists (select 1 from revisions r where r.capture_id = captures.id)
            and (target_uri in (select url from links where {lost}) or id in (select capture_id from field_evidence where {lost}))
    """
    db.execute("delete from revision_changes where revision_id not in (select id from revisions)")  # made anew with their revision
    return db.execute(query).rowcount


def count_revisions(db: Database, article_id: int) -> None:
    counted = "(select count(*) from revisions where article_id = articles.id)"
    db.execute(f"update articles set revision_count = {counted} where id = ?", (article_id,))


def restore_text(db: Database, article_id: int) -> bool:
    """A story that has no text gets that of its newest revision. False where it has none either."""
    query = """
        insert into article_texts (article_id, article_body, article_body_html)
        select article_id, article_body, '' from revisions where article_id = ? and article_body is not null
        and not exists (select 1 from article_texts t where t.article_id = revisions.article_id) order by number desc limit 1
    """
    return db.execute(query, (article_id,)).rowcount > 0


def restore_revision(db: Database, article_id: int) -> bool:
    """A story that has no revision gets one of what it is now. False where its text or its capture is lost, too."""
    query = f"""
        insert into revisions (article_id, number, capture_id, memento_datetime, last_seen_at, change, declared, stealth, text_hash,
            read_with, article_body, {", ".join(AS_THEN)})
        select a.id, 1, c.id, c.warc_date, max(c.warc_date, a.last_seen_at), 'first', 0, 0, a.text_hash, a.read_with, t.article_body,
            {", ".join(f"a.{name}" for name in AS_THEN)}
        from articles a join article_texts t on t.article_id = a.id join captures c on c.id = a.capture_id
        where a.id = ? and not exists (select 1 from revisions r where r.article_id = a.id)
    """
    return db.execute(query, (article_id,)).rowcount > 0


def number_revisions(db: Database, article_id: int) -> None:
    """1, 2, 3 … in the order that they have; the numbers are free at each moment."""
    rows = db.execute("select id from revisions where article_id = ? order by number, id", (article_id,)).fetchall()
    for sign in (-1, 1):
        db.conn.executemany("update revisions set number = ? where id = ?", [(sign * at, number) for at, (number,) in enumerate(rows, 1)])


def tie_again(db: Database, article_id: int) -> None:
    """What pointed at revisions that are lost: notes go to the one that stood when they were first seen, the rest is made anew later."""
    lost = "not in (select id from revisions)"
    notes = db.execute(f"select id, first_seen_at from corrections where article_id = ? and revision_id {lost}", (article_id,)).fetchall()
    stood = "select id from revisions where article_id = ? order by memento_datetime > ?, number desc limit 1"
    for note_id, seen_at in notes:
        db.execute(f"update corrections set revision_id = ({stood}) where id = ?", (article_id, seen_at, note_id))
    db.execute(f"update revisions set returns_to = null where article_id = ? and returns_to {lost}", (article_id,))
    db.execute(f"delete from revision_changes where revision_id {lost}")


def read_again(db: Database, article_id: int) -> int:
    """Captures wait to be read once more: that of the story's own reading, and those whose revision is not there. Returns how many."""
    query = """
        update captures set outcome = 'kept', reason = null, read_with = null
        where warc_filename is not null and (id = (select capture_id from articles where id = :id)
            or (outcome in ('new', 'changed') and not exists (select 1 from revisions r where r.capture_id = captures.id)
                and target_uri in (select url from articles where id = :id union select url from links where article_id = :id
                    union select o.target_uri from revisions r join captures o on o.id = r.capture_id where r.article_id = :id)))
    """
    return db.execute(query, {"id": article_id}).rowcount


def make_missing(db: Database) -> list[str]:
    """Makes what is missing and holds nothing of its own. Returns the names. A search index is empty then."""
    made = []
    for kind, name, sql in missing_parts(db):
        if kind in DERIVED:
            if kind == "search index":
                db.execute(f"drop table if exists {name}")
            db.execute(sql)
            made.append(name)
    return made


def is_whole_schema(db: Database) -> bool:
    """Whether every table and column is there."""
    return all(kind in DERIVED for kind, _, _ in missing_parts(db))


# --- records and their rows


def same_captures(
    db: Database, target_uri: str, warc_date: str, payload_digest: str, is_revisit: bool
) -> list[tuple[int, str | None, Any, Any]]:
    """(id, WARC file, offset, length) of the rows that tell of this answer, wherever they think that it is; none that was taken down.

    A revisit record names the digest of what it repeats, its row may have that of its own empty body.
    """
    query = """
        select id, warc_filename, warc_offset, warc_length from captures where target_uri = ? and warc_date = ?
            and (payload_digest = ? or (? and refers_to is not null)) and outcome <> 'taken_down'
    """
    return db.execute(query, (target_uri, warc_date, payload_digest, is_revisit)).fetchall()


def put_in_place(db: Database, capture_id: int, warc_filename: str, offset: int, length: int) -> None:
    """A row finds its record again."""
    statement = "update captures set warc_filename = ?, warc_offset = ?, warc_length = ? where id = ?"
    db.execute(statement, (warc_filename, offset, length, capture_id))


def give_back_number(db: Database, warc_filename: str, offset: int) -> None:
    """A capture whose row was lost gets its number again, where what is left of the archive names it beyond doubt.

    Numbers grow along a file; in the gap where this record stands, one must be missed by a revision of this moment, by a story of this
    address, or by a later capture of the same content.
    """
    query = "select id, target_uri, warc_date, payload_digest from captures where warc_filename = ? and warc_offset = ?"
    now, target_uri, warc_date, digest = db.execute(query, (warc_filename, offset)).fetchone()
    place = "select {} from captures where warc_filename = :name and warc_offset {} :offset"
    given: dict[str, Any] = {"name": warc_filename, "offset": offset, "date": warc_date, "digest": digest, "now": now}
    (given["high"],) = db.execute(f"select coalesce(({place.format('min(id)', '>')}), :now)", given).fetchone()
    (given["low"],) = db.execute(f"select coalesce(({place.format('max(id)', '<')} and id < :high), 0)", given).fetchone()
    addresses = [target_uri, normalise(target_uri) or target_uri]
    given["stories"] = json.dumps([row[0] for row in db.execute(
        "select article_id from links where url in (?, ?) and article_id is not null union select id from articles where url in (?, ?)",
        addresses * 2)])  # fmt: skip
    missed = """
        select capture_id from revisions where capture_id > :low and capture_id < :high and memento_datetime = :date
            and article_id in (select value from json_each(:stories))
        union select capture_id from articles where capture_id > :low and capture_id < :high
            and id in (select value from json_each(:stories))
        union select refers_to from captures where refers_to > :low and refers_to < :high and payload_digest = :digest
        except select id from captures
    """
    numbers = db.execute(missed, given).fetchall()
    if len(numbers) == 1:
        db.execute("update captures set id = ? where id = ?", (numbers[0][0], now))


# --- in windows


def _windows(db: Database, table: str, query: str, step: Step, key: str = "id") -> Iterator[Any]:
    """The rows that `query` finds, asked with :low and :high for some thousand rows of `table` at a time."""
    (total,) = db.execute(f"select count(*) from {table}").fetchone()
    done, low = 0, _first(db, table, key)
    while low is not None:
        bounds = f"select max({key}), count(*) from (select {key} from {table} where {key} >= ? order by {key} limit {WINDOW})"
        high, number = db.execute(bounds, (low,)).fetchone()
        if not number:
            return
        yield from db.execute(query, {"low": low, "high": high}).fetchall()
        done += number
        step(done, total)
        low = high + 1


def _first(db: Database, table: str, key: str) -> int | None:
    return db.execute(f"select min({key}) from {table}").fetchone()[0]
