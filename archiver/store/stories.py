"""Looking a story up: all of it, its revisions, and what the archive holds in numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, NotRequired, TypedDict, cast

from sqlite_utils import Database

from archiver.errors import ArchiveDamaged
from archiver.store import absences, rights
from archiver.store import placings as front_pages
from archiver.store.saving import key_of
from archiver.urls import normalise

COUNTS = {
    "sites": "select count(*) from sites",
    "stories": "select count(*) from articles",
    "captures": "select count(*) from captures",
    "captions": "select count(*) from images where caption is not null",
    "images": "select count(*) from images",
    "datelines": "select count(*) from articles where dateline is not null",
    "revisions": "select count(*) from revisions where number > 1",  # beyond the first
    "stealth_edits": "select count(*) from revisions where number > 1 and stealth = 1",
    "corrections": "select count(*) from corrections",
    "duplicate_addresses": "select count(distinct target_uri) from captures where outcome = 'duplicate_address'",
    "duplicates": "select count(*) from copies",  # stories that are copies of another one, that one counted, too
    "vanished": "select count(*) from articles where pubstatus <> 'live'",
    "links": "select count(*) from links",
    "unread": "select count(*) from captures where outcome = 'kept' and read_with is null",
}


class Revision(TypedDict):
    """A text that a story had, and from when to when we saw it. text_of() gives the body; revision() has it as article_body."""

    id: int
    article_id: int
    number: int  # from 1, in the order of time
    capture_id: int | None
    memento_datetime: str  # UTC, first seen
    last_seen_at: str
    change: str  # first, substantive, cosmetic, headline, standfirst, update, correction
    declared: int  # 1: the publisher said so
    stealth: int  # 1: substantive, and nobody said so
    note: str | None
    returns_to: int | None  # id of the revision whose text this is once more
    text_hash: str
    read_with: str | None
    word_count: int | None
    headline: str | None
    alternative_headline: str | None
    kicker: str | None
    abstract: str | None
    description: str | None
    byline: str | None
    dateline: str | None
    date_published: str | None
    date_published_utc: str | None
    date_modified: str | None
    date_modified_utc: str | None
    article_body: NotRequired[str]


@dataclass(frozen=True, slots=True)
class Story:
    """All of a story in its newest reading."""

    article: dict[str, Any]  # the row of articles, by column name
    article_body: str
    article_body_html: str
    authors: list[dict[str, Any]]
    keywords: list[str]
    images: list[dict[str, Any]]
    corrections: list[dict[str, Any]]
    embeds: list[dict[str, Any]]
    outlinks: list[str]
    live_updates: list[dict[str, Any]]
    evidence: list[dict[str, Any]]
    revisions: list[Revision]
    absences: list[dict[str, Any]]  # every time that it was not at its address
    moved_from: list[dict[str, str]]  # stories that this one was before it moved: key and url, the oldest first
    placings: list[dict[str, Any]] = field(default_factory=list)  # where it stood on front pages, under which words
    rights: list[dict[str, Any]] = field(default_factory=list)  # what its page says about its use
    withheld: str | None = None  # the signal for which its text is not given; see store/rights.py

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the columns by their names, then body and lists."""
        lists = ("authors", "keywords", "images", "corrections", "embeds", "outlinks", "live_updates", "absences", "moved_from",
                 "placings")  # fmt: skip
        revisions = [{name: value for name, value in revision.items() if name in SHOWN} for revision in self.revisions]
        return (
            self.article
            | {"article_body": self.article_body, "withheld": self.withheld, "rights": self.rights}
            | {name: getattr(self, name) for name in lists}
            | {"revisions": revisions}
        )


IMAGES = """
    select i.*, c.id as capture_id from images i left join pictures p on p.article_id = i.article_id and p.url = i.content_url
    left join captures c on c.id = p.capture_id and c.outcome = 'image' where i.article_id = ? order by i.position
"""
MOST_HOMES = 20  # addresses that a story has had one after the other
REVISION = tuple(name for name in Revision.__annotations__ if name != "article_body")
SHOWN = (
    "number",
    "memento_datetime",
    "last_seen_at",
    "change",
    "declared",
    "stealth",
    "note",
    "returns_to",
    "headline",
    "word_count",
    "text_hash",
)


def story(db: Database, key_or_url: str) -> Story | None:
    """A story by its key or any of its addresses; None when there is none."""
    article_id = find_article(db, key_or_url)
    if article_id is None:
        return None
    withheld = rights.withheld_because(db, article_id)

    def shown(table: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return rows if withheld is None else rights.without_text(table, rows)

    (article,) = shown("articles", _rows(db, "select * from articles where id = ?", article_id)) or lost_row(key_or_url)
    texts = db.execute("select article_body, article_body_html from article_texts where article_id = ?", (article_id,))
    body, html = texts.fetchone() or lost_row(key_or_url)
    return Story(
        article={name: value for name, value in article.items() if name not in ("search_id", "title")},
        article_body=body if withheld is None else "",
        article_body_html=(html or "") if withheld is None else "",
        authors=_parts(db, "article_authors", article_id),
        keywords=[row["keyword"] for row in _parts(db, "article_keywords", article_id)],
        images=shown("images", _without_ids(_rows(db, IMAGES, article_id))),
        corrections=shown(
            "corrections", _rows(db, "select * from corrections where article_id = ? order by first_seen_at, id", article_id)
        ),
        embeds=shown("embeds", _parts(db, "embeds", article_id)),
        outlinks=[row["url"] for row in _parts(db, "outlinks", article_id)],
        live_updates=shown("live_updates", _parts(db, "live_updates", article_id)),
        evidence=shown("field_evidence", _parts(db, "field_evidence", article_id)),
        revisions=_revisions(db, article_id),
        absences=absences.absences(db, article_id),
        moved_from=[{"key": key, "url": url} for _, key, url in _earlier_homes(db, article_id)],
        placings=shown("placings", front_pages.placings(db, article_id)),
        rights=rights.signals_of(db, article["site"], article["url"]),
        withheld=withheld,
    )


def lost_row(key_or_url: str) -> NoReturn:
    """An index names a story whose row is not there: what is left of a damaged page."""
    raise ArchiveDamaged(
        f"The archive is damaged: a row of the story {key_or_url} is lost.\nSee what else is, and how it is mended: archiver check"
    )


def history(db: Database, key_or_url: str) -> list[Revision]:
    """The revisions of a story, oldest first."""
    article_id = find_article(db, key_or_url)
    return [] if article_id is None else _revisions(db, article_id)


def changes_of(db: Database, revision_id: int) -> list[dict[str, Any]]:
    """The sentences that a revision changed, in their order, each with the text of the note that explains it or None.

    None of a story whose text is not shown.
    """
    row = db.execute("select article_id from revisions where id = ?", (revision_id,)).fetchone()
    if row is None or not rights.may_be_shown(db, row[0]):
        return []
    query = """
        select c.part, c.kind, c.before, c.after, n.kind as note_kind, n.text as note from revision_changes c
        left join corrections n on n.id = c.correction_id where c.revision_id = ? order by c.position
    """
    return _rows(db, query, revision_id)


def _earlier_homes(db: Database, article_id: int) -> list[tuple[int, str, str]]:
    """(id, key, address) of what a story was before it moved, the oldest first."""
    found: list[tuple[int, str, str]] = []
    query = """
        select a.id, a.key, a.url from absences w join articles a on a.id = w.article_id
        where w.moved_to = ? and w.ended_at is null order by w.first_seen_at desc
    """
    new = [article_id]
    while new and len(found) < MOST_HOMES:
        rows = [row for number in new for row in db.execute(query, (number,)).fetchall()]
        rows = [row for row in rows if row[0] != article_id and row not in found]
        found += rows
        new = [row[0] for row in rows]
    return found[:MOST_HOMES][::-1]


def homes(db: Database, article_id: int) -> list[str]:
    """Keys of the other rows of a story that moved: what it was before, and what it is now."""
    found = {article_id}
    new = [article_id]
    query = "select article_id, moved_to from absences where kind = 'moved' and ended_at is null and (article_id = ? or moved_to = ?)"
    while new and len(found) <= MOST_HOMES:
        number = new.pop()
        near = {other for row in db.execute(query, (number, number)).fetchall() for other in row if other is not None} - found
        found |= near
        new += sorted(near)
    keys = "select key from articles where id in (select value from json_each(?)) order by id"
    return [key for (key,) in db.execute(keys, (json.dumps(sorted(found - {article_id})),)).fetchall()]


def revision(db: Database, article_id: int, number: int) -> Revision:
    """One revision with its body. Raises KeyError when the story has none of that number."""
    columns = ", ".join((*REVISION, "article_body"))
    rows = _rows(db, f"select {columns} from revisions where article_id = ? and number = ?", article_id, number)
    if not rows:
        raise KeyError(number)
    if not rights.may_be_shown(db, article_id):
        rows = rights.without_text("revisions", rows)
        rows[0]["article_body"] = ""
    return cast(Revision, rows[0])


def source_of(db: Database, revision: Revision) -> dict[str, Any]:
    """The publisher (or the site's name), and the digest of the page that the revision was read off."""
    (row,) = _rows(
        db,
        """select coalesce(s.publisher, a.site) as publisher, c.payload_digest from revisions r join articles a on a.id = r.article_id
        left join sites s on s.name = a.site left join captures c on c.id = r.capture_id where r.id = ?""",
        revision["id"],
    )
    return row


def text_of(db: Database, revision: Revision) -> str:
    if not rights.may_be_shown(db, revision["article_id"]):
        return ""
    row = db.execute("select article_body from revisions where id = ?", (revision["id"],)).fetchone()
    return row[0] or "" if row else ""


def find_article(db: Database, key_or_url: str) -> int | None:
    """The id of a story: by its key, its address, or any address that led to it."""
    word = key_or_url.strip()
    found = _first(db, "select id from articles where key = ?", word.lower())
    if found is not None:
        return found
    url = normalise(word if "://" in word else f"https://{word}")
    if url is None:
        return None
    by_capture = "select r.article_id from captures c join revisions r on r.capture_id = c.id where c.target_uri in (?, ?)"
    for query, given in (
        ("select id from articles where key = ?", (key_of(url),)),
        ("select article_id from links where url in (?, ?) and article_id is not null", (url, word)),
        (by_capture, (url, word)),
    ):
        found = _first(db, query, *given)
        if found is not None:
            return found
    return None


def stats(db: Database) -> dict[str, int]:
    """COUNTS, counted."""
    return {name: db.execute(query).fetchone()[0] for name, query in COUNTS.items()}


def _revisions(db: Database, article_id: int) -> list[Revision]:
    rows = _rows(db, f"select {', '.join(REVISION)} from revisions where article_id = ? order by number", article_id)
    if rows and not rights.may_be_shown(db, article_id):
        rows = rights.without_text("revisions", rows)
    return [cast(Revision, row) for row in rows]


def _parts(db: Database, table: str, article_id: int) -> list[dict[str, Any]]:
    return _without_ids(_rows(db, f"select * from {table} where article_id = ? order by position", article_id))


def _without_ids(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in ("id", "article_id")} for row in rows]


def _rows(db: Database, query: str, *given: Any) -> list[dict[str, Any]]:
    return list(db.query(query, given))


def _first(db: Database, query: str, *given: Any) -> int | None:
    row: Sequence[Any] | None = db.execute(query, given).fetchone()
    return row[0] if row else None
