"""Taking stories out of the database for good, and remembering, by hashes, that they must not come back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from archiver.errors import ArchiveBusy
from archiver.records import WHOLE_PAGE
from archiver.store import duplicates, index, pictures, placings, story_ids, values
from archiver.store.saving import key_of
from archiver.store.stories import find_article
from archiver.store.values import utc_text
from archiver.urls import normalise
from archiver.withheld import PASSAGE, Passages, Removed, Withheld, passages_of, plain_words

BASES = ("gdpr", "copyright", "court_order", "publisher_request", "other")
STEP = PASSAGE  # every how many words a passage is looked for in other stories
MOST_ASKED = 2_000  # passages looked for
REPORTED = 0.1  # of its passages that another story must share to be named
STAYS = ("links", "captures")  # rows about an address, not about what stood there; they are emptied, not deleted
MERGE_PAGES = 500  # of the search index in one transaction

# What a reader could recognise the story by: (query of long texts, query of headlines and captions).
TEXTS = (
    "select article_body from article_texts where article_id = :id",
    "select article_body from revisions where article_id = :id",
    "select abstract from articles where id = :id union select abstract from revisions where article_id = :id",
    "select description from articles where id = :id union select description from revisions where article_id = :id",
    "select text from live_updates where article_id = :id",
    "select text from corrections where article_id = :id",
    "select caption from images where article_id = :id union select alt from images where article_id = :id",
)
TITLES = (
    "select headline from articles where id = :id union select headline from revisions where article_id = :id",
    "select alternative_headline from articles where id = :id union select alternative_headline from revisions where article_id = :id",
    "select headline from live_updates where article_id = :id",
    "select text from placings where article_id = :id",
)


@dataclass(frozen=True, slots=True)
class Target:
    """What one takedown is about: a story, or an address of which only captures are kept."""

    key: str
    site: str
    url: str
    article_id: int | None
    addresses: tuple[str, ...]  # every address of it, its further pages too
    headline: str | None = None


@dataclass(frozen=True, slots=True)
class NearCopy:
    """Another story that has passages of a removed one; it stays unless it is named, too."""

    key: str
    site: str
    url: str
    headline: str | None
    share: float  # of the removed story's passages


@dataclass(frozen=True, slots=True)
class Takedown:
    """A row of takedowns."""

    id: int
    key: str
    site: str
    url: str
    basis: str
    reason: str
    requested_by: str | None
    begun_at: str
    finished_at: str | None
    counts: Mapping[str, int] = field(default_factory=dict)


INSERT = """
insert into takedowns (key, site, url, basis, reason, requested_by, begun_at, counts, passages) values (?, ?, ?, ?, ?, ?, ?, '{}', ?)
"""
ROW = "id, key, site, url, basis, reason, requested_by, begun_at, finished_at, counts"


# --- what it is about


def find_target(db: Database, key_or_url: str) -> Target | None:
    """The story of that key or address, or the address alone where captures or links of it are there."""
    article_id = find_article(db, key_or_url)
    if article_id is not None:
        key, site, url, headline = db.execute("select key, site, url, headline from articles where id = ?", (article_id,)).fetchone()
        return Target(key, site, url, article_id, _addresses(db, article_id, url), headline)
    word = key_or_url.strip()
    url = normalise(word if "://" in word else f"https://{word}") or ""
    for query in ("select site, target_uri from captures where target_uri in (?, ?)", "select site, url from links where url in (?, ?)"):
        row = db.execute(f"{query} limit 1", (url, word)).fetchone()
        if row:
            return Target(key_of(row[1]), row[0], row[1], None, tuple(dict.fromkeys((row[1], url, *pictures.led_to(db, row[1])))))
    return None


def with_pictures(db: Database, target: Target, besides: Iterable[int] = ()) -> Target:
    """The story and its pictures; but for those that another story shows, which stays: neither this one nor `besides`."""
    if target.article_id is None:
        return target
    return replace(target, addresses=(*target.addresses, *pictures.addresses_of(db, target.article_id, besides)))


def _addresses(db: Database, article_id: int, url: str) -> tuple[str, ...]:
    """Every address that led to the story, and those of its further pages."""
    found = [url]
    for query in (
        "select canonical_url from articles where id = ? and canonical_url = url",
        "select url from links where article_id = ?",
        "select c.target_uri from revisions r join captures c on c.id = r.capture_id where r.article_id = ?",
    ):
        found += [address for (address,) in db.execute(query, (article_id,)).fetchall() if address]
    further = "select url from links where source = 'next_page' and source_url in (select value from json_each(?))"
    found += [address for (address,) in db.execute(further, (json.dumps(found),)).fetchall()]
    return tuple(dict.fromkeys(found))


def passages(db: Database, article_ids: Iterable[int]) -> Passages:
    """The hashes of all texts that these stories have had."""
    texts: list[str] = []
    titles: list[str] = []
    for article_id in article_ids:
        for queries, found in ((TEXTS, texts), (TITLES, titles)):
            for query in queries:
                found += [text for (text,) in db.execute(query, {"id": article_id}).fetchall() if text]
    return passages_of(texts, titles)


def near_copies(db: Database, article_id: int, own: Passages, besides: Iterable[int]) -> tuple[list[NearCopy], Passages]:
    """(other stories with a good part of it, the best first; what stories of its own site share with it).

    Found by asking the search index for every eighth passage and for the headlines: what is sixteen words long is never missed.
    """
    (site,) = db.execute("select site from articles where id = ?", (article_id,)).fetchone()
    left_out = {article_id, *besides}
    found: dict[int, tuple[str, str, str, str | None]] = {}
    for question in _questions(db, article_id):
        query = (
            "select a.id, a.key, a.site, a.url, a.headline from articles_fts cross join articles a on a.search_id = articles_fts.rowid"
            " where articles_fts match ? limit 50"
        )
        found |= {row[0]: tuple(row[1:]) for row in db.execute(query, (question,)).fetchall() if row[0] not in left_out}
    copies: list[NearCopy] = []
    shared: dict[int, set[int]] = {}
    for other, (key, of_site, url, headline) in found.items():
        theirs = passages(db, [other])
        common = {length: known & theirs.hashes.get(length, frozenset()) for length, known in own.hashes.items()}
        if of_site == site:
            for length, known in common.items():
                shared.setdefault(length, set()).update(known)
        share = own.share(set(common.get(PASSAGE, ())))
        if share >= REPORTED:
            copies.append(NearCopy(key, of_site, url, headline, round(share, 3)))
    copies.sort(key=lambda copy: -copy.share)
    return copies, Passages({length: frozenset(known) for length, known in shared.items() if known})


def _questions(db: Database, article_id: int) -> Iterator[str]:
    body, headline = db.execute(
        "select t.article_body, a.headline from articles a join article_texts t on t.article_id = a.id where a.id = ?", (article_id,)
    ).fetchone()
    words = plain_words(body)
    for at in range(0, min(len(words) - PASSAGE + 1, MOST_ASKED * STEP), STEP):
        yield '{headline abstract article_body} : "' + " ".join(words[at : at + PASSAGE]) + '"'
    if headline and plain_words(headline):
        yield '{headline} : "' + " ".join(plain_words(headline)) + '"'


# --- what is there of it


def count_rows(db: Database, article_id: int) -> dict[str, int]:
    """Rows that would go, by table."""
    counts: dict[str, int] = {"articles": 1}
    for table, column in _belongings(db, "articles"):
        if table not in STAYS:
            (counts[table],) = db.execute(f"select count(*) from {table} where {column} = ?", (article_id,)).fetchone()
    return {table: number for table, number in counts.items() if number}


def files_of(db: Database, site: str) -> list[str]:
    """WARC files that hold captures of a site, oldest first; and those with a picture that goes: another site may have fetched it."""
    query = """
        select distinct warc_filename from captures
        where warc_filename is not null and (site = ? or (role = 'image' and outcome = 'taken_down')) order by 1
    """
    return [name for (name,) in db.execute(query, (site,)).fetchall()]


def roles_in(db: Database, filename: str) -> dict[int, tuple[str, str, str]]:
    """(site, role, outcome) of the captures of a file, by where their records begin."""
    rows = db.execute("select warc_offset, site, role, outcome from captures where warc_filename = ?", (filename,)).fetchall()
    return {offset: (site, role, outcome) for offset, site, role, outcome in rows}


# --- removing


def begin(
    db: Database, target: Target, known: Passages, marks: Sequence[tuple[str, str]], basis: str, reason: str, who: str | None, now: datetime
) -> tuple[int, dict[str, int]]:
    """(number of the takedown, rows removed by table). From here on the story is not in the database and is let in nowhere."""
    told = (target.key, target.site, target.url, basis, values.text(reason) or "", values.text(who, values.SHORT), utc_text(now))
    db.execute(f"{INSERT} on conflict (key) do nothing", (*told, "{}"))
    (number,) = db.execute("select id from takedowns where key = ?", (target.key,)).fetchone()
    return number, empty(db, number, target, known, marks)


def empty(db: Database, number: int, target: Target, known: Passages, marks: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Rows removed by table. What is needed to know the text again is remembered first."""
    db.execute("pragma defer_foreign_keys = on")  # until the end of the transaction
    (before,) = db.execute("select passages from takedowns where id = ?", (number,)).fetchone()
    passages_now = _json(_joined(Passages.from_json(json.loads(before)), known))
    db.execute("update takedowns set passages = ?, finished_at = null where id = ?", (passages_now, number))
    addresses = json.dumps(target.addresses)
    digests = f"""
        select 'payload_digest', payload_digest from captures where target_uri in (select value from json_each(:addresses))
            and http_status in {WHOLE_PAGE} and payload_digest is not null and payload_digest not in ({pictures.SHOWN_DIGESTS}
                and p.article_id is not :story and c.target_uri not in (select value from json_each(:addresses)))
    """
    own = db.execute(digests, {"addresses": addresses, "story": target.article_id}).fetchall()
    known_as = story_ids.marks(db, target.article_id) if target.article_id is not None else []
    _save_marks(db, number, [("key", target.key), *(("key", key_of(url)) for url in target.addresses), *known_as, *own, *marks])
    said = [*placings.texts(db, target.article_id), target.headline or ""] if target.article_id is not None else []
    removed = _forget_story(db, target.article_id) if target.article_id is not None else {}
    _empty_addresses(db, target, addresses)
    placings.forget(db, target.site, target.addresses, [words for words in said if words])
    add_counts(db, number, removed)
    return removed


def again(db: Database, row: Mapping[str, Any]) -> int:
    """A takedown that a log remembers and this archive does not: it was restored from an older backup."""
    db.execute("insert or ignore into sites (name, url, added_at) values (?, '', ?)", (row["site"], row["begun_at"]))
    told = [row[name] for name in ("key", "site", "url", "basis", "reason", "requested_by", "begun_at")]
    db.execute(INSERT, (*told, json.dumps(row["passages"])))
    (number,) = db.execute("select id from takedowns where key = ?", (row["key"],)).fetchone()
    _save_marks(db, number, [(kind, mark) for kind, mark in row["marks"]])
    return int(number)


def as_log(db: Database, number: int) -> dict[str, Any]:
    """A takedown as a log takes it: enough to do it again on another copy of the archive."""
    (row,) = db.query("select key, site, url, basis, reason, requested_by, begun_at, passages from takedowns where id = ?", (number,))
    marks = db.execute("select kind, mark from takedown_marks where takedown_id = ? order by kind, mark", (number,)).fetchall()
    return row | {"passages": json.loads(row["passages"]), "marks": [list(mark) for mark in marks]}


def _forget_story(db: Database, article_id: int) -> dict[str, int]:
    """Every row that belongs to a story, in whatever table it is, and its words in the search index."""
    counts = count_rows(db, article_id)
    index.drop_stories(db, [article_id])
    index.drop_images(db, [article_id])
    duplicates.forget(db, article_id)
    _delete(db, "articles", "id", [article_id])
    return counts


def _delete(db: Database, table: str, column: str, these: list[Any]) -> None:
    """Rows of `table`, and those of other tables that point to them."""
    chosen = f"{column} in (select value from json_each(?))"
    for other, foreign in _belongings(db, table):
        if other in STAYS:
            db.execute(f"update {other} set {foreign} = null where {foreign} in (select value from json_each(?))", (json.dumps(these),))
            continue
        if _belongings(db, other) and other != table:
            inner = [
                row[0]
                for row in db.execute(f"select id from {other} where {foreign} in (select value from json_each(?))", (json.dumps(these),))
            ]
            _delete(db, other, "id", inner)
        else:
            db.execute(f"delete from {other} where {foreign} in (select value from json_each(?))", (json.dumps(these),))
    db.execute(f"delete from {table} where {chosen}", (json.dumps(these),))


def _belongings(db: Database, table: str) -> list[tuple[str, str]]:
    """(table, column) of everything that points to a row of `table`; tables that were added later, too."""
    query = """
        select m.name, f."from" from sqlite_master m join pragma_foreign_key_list(m.name) f
        where m.type = 'table' and lower(f."table") = ? order by 1, 2
    """
    return db.execute(query, (table,)).fetchall()


def _empty_addresses(db: Database, target: Target, addresses: str) -> None:
    """What is said about the story's addresses elsewhere: titles, reasons, conditions of the next request."""
    db.execute(
        "update links set state = 'skipped', reason = 'taken_down', due_at = null, title = null, article_id = null"
        " where url in (select value from json_each(?))",
        (addresses,),
    )
    if target.headline:
        db.execute("update links set title = null where site = ? and title = ?", (target.site, target.headline))
    db.execute("update outcomes set reason = null where url in (select value from json_each(?))", (addresses,))
    db.execute(
        "update captures set outcome = 'taken_down', reason = null, etag = null, last_modified = null"
        " where target_uri in (select value from json_each(?))",
        (addresses,),
    )
    for number, told in db.execute("select id, report from rereadings where instr(report, ?)", (target.key,)).fetchall():
        db.execute("update rereadings set report = ? where id = ?", (json.dumps(_without_samples(json.loads(told), target.key)), number))
    for table in ("rights_signals", "story_ids"):
        db.execute(f"delete from {table} where url in (select value from json_each(?))", (addresses,))


def _without_samples(report: dict[str, Any], key: str) -> dict[str, Any]:
    """A report of a re-reading without the values of a story that it shows."""
    for told in report.get("fields", {}).values():
        told["samples"] = [sample for sample in told.get("samples", ()) if sample.get("key") != key]
    return report


def switch_file(db: Database, takedown_id: int, filename: str, replaced_by: str, moved: Sequence[tuple[int, int, int, str | None]]) -> int:
    """A WARC file has another in its place: (old offset, offset, length, digest of its payload where that changed) of every record.

    A length of 0 says that the record is gone. Returns how many captures lost theirs.
    """
    db.execute(
        "insert or replace into takedown_files (filename, takedown_id, replaced_by, removed_at) values (?, ?, ?, null)",
        (filename, takedown_id, replaced_by),
    )
    gone = [(filename, old) for old, _, length, _ in moved if length == 0]
    changed = [(replaced_by, offset, length, digest, filename, old) for old, offset, length, digest in moved if length]
    ids = [row[0] for pair in gone for row in db.execute("select id from captures where warc_filename = ? and warc_offset = ?", pair)]
    for (digest,) in db.execute(
        "select payload_digest from captures where id in (select value from json_each(?)) and payload_digest is not null"
        f" and payload_digest not in ({pictures.SHOWN_DIGESTS})",
        (json.dumps(ids),),
    ).fetchall():
        _save_marks(db, takedown_id, [("payload_digest", digest)])
    db.execute(
        "update captures set warc_filename = null, warc_offset = null, warc_length = null, outcome = 'taken_down', reason = null"
        " where id in (select value from json_each(?))",
        (json.dumps(ids),),
    )
    db.conn.executemany(
        "update captures set warc_filename = ?, warc_offset = ?, warc_length = ?, payload_digest = coalesce(?, payload_digest)"
        " where warc_filename = ? and warc_offset = ?",
        changed,
    )
    return len(ids)


def waiting_files(db: Database) -> list[str]:
    """Old files that nothing points to any more."""
    query = "select filename from takedown_files where removed_at is null order by 1"
    return [name for (name,) in db.execute(query).fetchall()]


def file_removed(db: Database, filename: str, now: datetime) -> None:
    db.execute("update takedown_files set removed_at = ? where filename = ?", (utc_text(now), filename))


def add_counts(db: Database, takedown_id: int, counts: Mapping[str, int]) -> None:
    (told,) = db.execute("select counts from takedowns where id = ?", (takedown_id,)).fetchone()
    known = json.loads(told)
    summed = known | {name: known.get(name, 0) + number for name, number in counts.items() if number}
    db.execute("update takedowns set counts = ? where id = ?", (json.dumps(summed, sort_keys=True), takedown_id))


def finish(db: Database, takedown_ids: Iterable[int], now: datetime) -> None:
    db.conn.executemany("update takedowns set finished_at = ? where id = ?", [(utc_text(now), number) for number in takedown_ids])


def scrub(db: Database) -> None:
    """Nothing of what was deleted is left in the file: the search index is merged, the file compacted, the log emptied.

    Not inside of a transaction, and with the place at the head of the line of writers. Safe to repeat. Raises ArchiveBusy where a
    reader holds on to the old state.
    """
    for fts in ("articles_fts", "images_fts"):
        _merge(db, fts)
    db.execute("vacuum")
    busy, _, _ = db.execute("pragma wal_checkpoint(truncate)").fetchone()
    if busy:
        raise ArchiveBusy(
            "A program that reads the archive holds on to its old state, so the database's log cannot be emptied yet.\n"
            "End it (archiver browse, a notebook, sqlite3), then: archiver takedown --again"
        )


def _merge(db: Database, fts: str) -> None:
    """One segment, in small steps: only then the words of deleted rows are gone. `optimize` would do it in one huge transaction."""
    pages = -MERGE_PAGES
    while True:
        before = db.conn.total_changes
        db.execute(f"insert into {fts} ({fts}, rank) values ('merge', {pages})")
        if db.conn.total_changes - before < 2:
            return
        pages = MERGE_PAGES


# --- asked by whoever lets something in


def withheld(db: Database, site: str) -> Withheld:
    """What was taken down of a site."""
    removed = []
    for number, told in db.execute("select id, passages from takedowns where site = ? order by id", (site,)).fetchall():
        marks = db.execute("select kind, mark from takedown_marks where takedown_id = ?", (number,)).fetchall()
        kinds = ("key", "payload_digest", "story_id")
        keys, digests, ids = (frozenset(mark for kind, mark in marks if kind == wanted) for wanted in kinds)
        removed.append(Removed(keys, digests, Passages.from_json(json.loads(told)), ids))
    return Withheld(tuple(removed))


def version(db: Database, site: str) -> int:
    """Grows with every takedown of the site."""
    query = "select count(*) from takedowns t left join takedown_marks m on m.takedown_id = t.id where t.site = ?"
    return int(db.execute(query, (site,)).fetchone()[0])


def is_taken_down(db: Database, site: str, url: str, text_hash: str | None) -> bool:
    """Whether a story at this address, or with this text on this site, must not be stored."""
    query = (
        "select 1 from takedown_marks m join takedowns t on t.id = m.takedown_id"
        " where (m.kind = 'key' and m.mark = ?) or (m.kind = 'text_hash' and m.mark = ? and t.site = ?) limit 1"
    )
    return db.execute(query, (key_of(url), text_hash or "", site)).fetchone() is not None


def find_takedown(db: Database, key_or_url: str) -> Takedown | None:
    """By the key of the story, or any of its addresses."""
    word = key_or_url.strip()
    query = f"select {ROW} from takedowns where id = (select takedown_id from takedown_marks where kind = 'key' and mark in (?, ?) limit 1)"
    address = normalise(word if "://" in word else f"https://{word}")
    row = db.execute(query, (word.lower(), key_of(address) if address else "")).fetchone()
    return _takedown(row) if row else None


def takedowns(db: Database, pending_only: bool = False) -> list[Takedown]:
    where = "where finished_at is null" if pending_only else ""
    return [_takedown(row) for row in db.execute(f"select {ROW} from takedowns {where} order by id").fetchall()]


def known_keys(db: Database) -> set[str]:
    return {key for (key,) in db.execute("select key from takedowns").fetchall()}


def pending_sites(db: Database) -> list[str]:
    return sorted({one.site for one in takedowns(db, pending_only=True)})


def marked_keys(db: Database, takedown_id: int) -> list[str]:
    """Stories that are in the database in spite of a takedown, which was done on another copy of it."""
    query = "select a.key from articles a join takedown_marks m on m.kind = 'key' and m.mark = a.key where m.takedown_id = ?"
    return [key for (key,) in db.execute(query, (takedown_id,)).fetchall()]


def text_hash_marks(db: Database, article_id: int, besides: Iterable[int]) -> list[tuple[str, str]]:
    """Hashes of the texts that the story has had; but for those that another story of its site has, too."""
    query = """
        select distinct r.text_hash from revisions r join articles own on own.id = r.article_id where r.article_id = :id and not exists (
            select 1 from articles other where other.text_hash = r.text_hash and other.site = own.site
            and other.id <> :id and other.id not in (select value from json_each(:besides)))
    """
    given = {"id": article_id, "besides": json.dumps(list(besides))}
    return [("text_hash", value) for (value,) in db.execute(query, given).fetchall() if value]


def _save_marks(db: Database, takedown_id: int, marks: Iterable[tuple[str, str]]) -> None:
    db.conn.executemany(
        "insert or ignore into takedown_marks (takedown_id, kind, mark) values (?, ?, ?)", [(takedown_id, *mark) for mark in marks]
    )


def reopen(db: Database, site: str, url: str, text_hash: str | None) -> None:
    """Something of a removed story came into a WARC file in spite of all: its takedown is not finished."""
    query = (
        "update takedowns set finished_at = null where id in (select m.takedown_id from takedown_marks m join takedowns t"
        " on t.id = m.takedown_id where (m.kind = 'key' and m.mark = ?) or (m.kind = 'text_hash' and m.mark = ? and t.site = ?))"
    )
    db.execute(query, (key_of(url), text_hash or "", site))


def _takedown(row: Sequence[Any]) -> Takedown:
    given = dict(zip(ROW.split(", "), row, strict=True))
    return Takedown(**given | {"counts": json.loads(given["counts"])})


def _json(known: Passages) -> str:
    return json.dumps(known.as_json())


def _joined(one: Passages, other: Passages) -> Passages:
    lengths = {*one.hashes, *other.hashes}
    return Passages({length: one.hashes.get(length, frozenset()) | other.hashes.get(length, frozenset()) for length in lengths})
