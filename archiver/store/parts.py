"""What a story has several of: images, authors, keywords, notes, embeds, links, live updates, and the evidence for its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlite_utils import Database

from archiver.records import Article, Correction
from archiver.store import rights, story_ids, values
from archiver.store.values import BODY, PARAGRAPHS, SHORT, text, truth, whole

# Rows of one story, at most. The longest live blogs of large sites stay below.
MOST = {
    "images": 500,
    "article_authors": 100,
    "article_keywords": 200,
    "embeds": 300,
    "outlinks": 1_000,
    "live_updates": 2_000,
    "field_evidence": 500,
}
MOST_NOTES = 100
# Evidence that tells of other readings than the one that stands: it stays when the story is read anew.
EARLIER = "earlier_reading"  # what another reader had read off the same page
LATER = "later_reading"  # a later look saw less than is kept
REFUSED = "refused_reading"  # a newer reader finds no story there; what was read before is kept
MOST_EARLIER = 50
ALIKE = 0.6  # share of common words from which two readings of a note are one note

Rows = list[tuple[Any, ...]]

IMAGE = ("content_url", "caption", "caption_printed", "creditline", "creator", "credit_agency", "alt", "width", "height", "is_lead")
EVIDENCE = ("field", "value_raw", "method", "locator", "confidence", "chosen", "note", "capture_id", "read_with")


def save_parts(
    db: Database, article_id: int, article: Article, capture_id: int, read_with: str, take_images_out: Callable[[int], None], new: bool
) -> None:
    """The parts of the newest reading in place of those of the one before. Parts that are as they were are not written.

    The images must be out of the index before they change; the caller takes them in again.
    """
    told = [] if new else _of_other_readings(db, article_id, capture_id)
    _replace_images(db, article_id, _images(article), take_images_out, new)
    for table, columns, rows in (
        ("article_authors", ("name", "role", "url", "kind"), _authors(article)),
        ("embeds", ("kind", "url", "title", "provider"), _embeds(article)),
        ("outlinks", ("url",), [(url,) for link in article.outlinks if (url := text(link))]),
        ("live_updates", ("headline", "text", "date_published"), _live_updates(article)),
        ("field_evidence", EVIDENCE, [*_evidence(article, capture_id, read_with)[: MOST["field_evidence"] - 2 * MOST_EARLIER], *told]),
    ):
        _replace(db, table, columns, article_id, rows, new)
    _replace(db, "article_keywords", ("keyword",), article_id, _keywords(article), new)
    rights.save_story_signals(db, article_id, article, capture_id)
    story_ids.save_of_story(db, article_id, article.story_ids, capture_id)


def save_notes(db: Database, article_id: int, revision_id: int, article: Article, seen_at: str) -> list[tuple[int, str]]:
    """Notes stay once they were printed; each remembers the revision that brought it, and when it was last there.

    (id, text) of those that are new.
    """
    notes = _notes(article.corrections)
    if not notes:
        return []
    query = "select id, kind, text from corrections where article_id = ?"
    known = {row[0] for row in db.execute(query, (article_id,)).fetchall()}
    db.conn.executemany(
        "insert into corrections (article_id, revision_id, kind, text, date, first_seen_at, last_seen_at) values (?, ?, ?, ?, ?, ?, ?)"
        " on conflict (article_id, kind, text) do update set last_seen_at = max(last_seen_at, excluded.last_seen_at),"
        " revision_id = case when excluded.first_seen_at < first_seen_at then excluded.revision_id else revision_id end,"
        " first_seen_at = min(first_seen_at, excluded.first_seen_at), date = coalesce(corrections.date, excluded.date)",
        [(article_id, revision_id, *note, seen_at, seen_at) for note in notes],
    )
    return [(row[0], row[2]) for row in db.execute(query, (article_id,)).fetchall() if row[0] not in known]


def reread_notes(db: Database, article_id: int, revision_id: int, article: Article, seen_at: str) -> list[tuple[str | None, str | None]]:
    """The notes of a page that was read again; (before, after) of each that changed.

    A note that the newer reader words otherwise keeps its row; what it takes for no note goes, where this page had brought it.
    """
    found = {(kind, words): date for kind, words, date in _notes(article.corrections)}
    rows = db.execute("select id, kind, text, first_seen_at from corrections where article_id = ?", (article_id,)).fetchall()
    known = {(kind, words) for _, kind, words, _ in rows}
    lost = {number: (kind, words) for number, kind, words, first in rows if (kind, words) not in found and first == seen_at}
    changed: list[tuple[str | None, str | None]] = []
    for kind, words in [note for note in found if note not in known]:
        partner = next((number for number, (_, old) in lost.items() if _is_alike(old, words)), None)
        if partner is not None:
            db.execute("update corrections set kind = ?, text = ? where id = ?", (kind, words, partner))
        was = lost.pop(partner) if partner is not None else None
        changed.append((f"{was[0]}: {was[1]}"[:SHORT] if was else None, f"{kind}: {words}"[:SHORT]))
    for number, (kind, words) in lost.items():
        db.execute("update revision_changes set correction_id = null where correction_id = ?", (number,))
        db.execute("delete from corrections where id = ?", (number,))
        changed.append((f"{kind}: {words}"[:SHORT], None))
    save_notes(db, article_id, revision_id, article, seen_at)
    return changed


def _is_alike(note: str, other: str) -> bool:
    """The same note, cut elsewhere or read with other words at its ends."""
    one, two = set(note.casefold().split()), set(other.casefold().split())
    return len(one & two) >= ALIKE * max(1, min(len(one), len(two)))


def add_evidence(db: Database, article_id: int, row: Sequence[Any]) -> None:
    """One more line, behind those that are there."""
    query = "select coalesce(max(position), -1) + 1 from field_evidence where article_id = ?"
    (position,) = db.execute(query, (article_id,)).fetchone()
    if position < MOST["field_evidence"]:
        statement = f"insert into field_evidence (article_id, position, {', '.join(EVIDENCE)}) values (?, ?, {_marks(EVIDENCE)})"
        db.execute(statement, (article_id, position, *row))


def _of_other_readings(db: Database, article_id: int, capture_id: int) -> Rows:
    """The evidence that stays when a capture is read, or read again: the newest lines, in their order."""
    query = f"""
        select {", ".join(EVIDENCE)} from field_evidence where article_id = ? and (method in (?, ?) or (method = ?
            and capture_id > ?)) order by position desc limit ?
    """
    return db.execute(query, (article_id, EARLIER, REFUSED, LATER, capture_id, MOST_EARLIER)).fetchall()[::-1]


def _replace_images(db: Database, article_id: int, rows: Rows, take_images_out: Callable[[int], None], new: bool) -> None:
    if not new:
        if _stored(db, "images", IMAGE, article_id) == rows:
            return
        take_images_out(article_id)
        db.execute("delete from images where article_id = ?", (article_id,))
    _insert(db, "images", IMAGE, article_id, rows)


def _replace(db: Database, table: str, columns: Sequence[str], article_id: int, rows: Rows, new: bool) -> None:
    rows = rows[: MOST[table]]
    if not new:
        if _stored(db, table, columns, article_id) == rows:
            return
        db.execute(f"delete from {table} where article_id = ?", (article_id,))
    _insert(db, table, columns, article_id, rows)


def _stored(db: Database, table: str, columns: Sequence[str], article_id: int) -> Rows:
    return db.execute(f"select {', '.join(columns)} from {table} where article_id = ? order by position", (article_id,)).fetchall()


def _insert(db: Database, table: str, columns: Sequence[str], article_id: int, rows: Rows) -> None:
    if rows:
        statement = f"insert into {table} (article_id, position, {', '.join(columns)}) values (?, ?, {_marks(columns)})"
        db.conn.executemany(statement, [(article_id, position, *row) for position, row in enumerate(rows)])


def _marks(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))


def _images(article: Article) -> Rows:
    return [
        (
            text(image.content_url),
            text(image.caption, PARAGRAPHS),
            text(image.caption_printed, PARAGRAPHS),
            text(image.creditline),
            text(image.creator, SHORT),
            text(image.credit_agency, SHORT),
            text(image.alt),
            whole(image.width),
            whole(image.height),
            truth(image.is_lead),
        )
        for image in article.images[: MOST["images"]]
    ]


def _authors(article: Article) -> Rows:
    return [
        (name, text(author.role, SHORT), text(author.url), author.kind) for author in article.authors if (name := text(author.name, SHORT))
    ]


def _keywords(article: Article) -> Rows:
    """Each once, in their order."""
    return [(keyword,) for keyword in dict.fromkeys(text(word, SHORT) for word in article.keywords) if keyword]


def _embeds(article: Article) -> Rows:
    return [(text(e.kind, SHORT) or "iframe", text(e.url), text(e.title), text(e.provider, SHORT)) for e in article.embeds]


def _live_updates(article: Article) -> Rows:
    return [(text(u.headline), text(u.text, BODY) or "", text(u.date_published, SHORT)) for u in article.live_updates]


def _evidence(article: Article, capture_id: int, read_with: str) -> Rows:
    return [
        (
            text(e.field, SHORT) or "",
            text(e.value_raw, SHORT) or "",
            text(e.method, SHORT) or "",
            text(e.locator) or "",
            values.number(e.confidence) or 0.0,
            truth(e.chosen),
            text(e.note),
            capture_id,
            read_with,
        )
        for e in article.evidence
    ]


def _notes(corrections: Iterable[Correction]) -> Rows:
    """(kind, text, date) of each note, once."""
    notes = {(text(c.kind, SHORT) or "update", words): text(c.date, SHORT) for c in corrections if (words := text(c.text, PARAGRAPHS))}
    return [(kind, words, date) for (kind, words), date in notes.items()][:MOST_NOTES]
