"""What kind of change each revision is, told from the rows before and beside it; which sentences changed, and which note says so.

Everything here can be worked out again from the revisions and notes that are stored, and is, whenever one of them changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlite_utils import Database

from archiver.revisions import SentenceChange, diff_sentences, sentences, signature
from archiver.store import values
from archiver.store.changes import Change, Version, classify, explained_by, unchanged_text

MORE_IS_SHOWN = "more of the text is shown"  # remark of a revision that came with the end of a wall
PARTS = ("headline", "abstract", "article_body")  # what is compared, in the order in which it is read
MOST_CHANGES = 300  # sentences of one revision; a story that is rewritten as a whole needs no list
EARLIER = 500  # unexplained sentences of earlier revisions that a late note is compared with
NEIGHBOURS = 10  # other stories of the site before it, and as many after it, in which a line of the site would stand, too
LEAST_NEIGHBOURS = 4
NEIGHBOUR_LENGTH = 200_000  # characters of a text in which lines are looked for; what is longer could be made to take hours
COPIED_LINES = 100  # lines of a text, spread over it, by which its near copies are known
FIGURES = re.compile(r"\d+(?:[.,\u00a0\u202f ]\d+)*")
COUNTER_LENGTH = 60  # characters
EDGE = 2_000  # characters of a text, at its beginning and at its end
ENDS_OF_SENTENCES = (".", "!", "?", "…", "”", '"', "»", "。", "！", "？", "」", "؟", "।")
FEW = 10  # changed sentences; more are no line of the site

A_WHILE = timedelta(hours=1)  # stories looked at that long before count as looked at together

OF_THE_TEXT = ("substantive", "correction", "update")  # classes of change in which a line of the site may have come or gone, too

Row = dict[str, Any]
Found = tuple[str, SentenceChange]  # (part, change)


class Neighbour(NamedTuple):
    """A story of the same site and the same days."""

    article_id: int
    last_seen_at: str
    article_body: str
    before: str  # the text of the revision before the newest one


def judge(db: Database, article_id: int, number: int, alone: bool = False) -> str | None:
    """Writes class, stealth, return and changed sentences of a revision. Returns the class; None where there is no such revision.

    Unless `alone`, what it tells of the stories around it is told there, too: the first ones that show a new line of the site have nobody
    beside them yet who shows it.
    """
    after, before = _revision(db, article_id, number), _revision(db, article_id, number - 1)
    if after is None:
        return None
    if before is None:
        _write(db, after, Change("first", declared=True, stealth=False), None, [])
        return "first"
    notes = _notes(db, after)
    now = replace(_version(after), date_modified_utc=after["date_modified_utc"])  # what it said when it was new
    change = classify(_version(before), now, tuple(kind for _, kind, _, is_late in notes if not is_late))
    all_found = found = sentence_changes(before, after)
    beside: list[Neighbour] = []
    if change.change in OF_THE_TEXT and 0 < len(found) <= FEW:
        beside = _neighbours(db, article_id, before["article_body"] or "")
        own = [each for each in found if not is_the_sites(each[1], beside, after["memento_datetime"])]
        change, found = without_the_sites(change, found, own)
    returned = _returned_to(db, before, after) or _undone(db, after, change, found)
    if change.stealth and returned and _is_old_news(db, before, after, returned):
        change = Change(change.change, change.declared, stealth=False)
    if change.stealth and after["note"] == MORE_IS_SHOWN:
        change = Change(change.change, change.declared, stealth=False)
    _write(db, after, change, returned, found)
    for note_id, _, words, _ in notes:
        explain(db, after["id"], note_id, words)
    later = """
        select r.id, n.id, n.text from corrections n join revisions r on r.id = n.revision_id
        where n.article_id = ? and r.number > ? order by r.number, n.id
    """
    for revision_id, note_id, words in db.execute(later, (article_id, number)).fetchall():
        explain(db, revision_id, note_id, words)  # one that came late may speak of this change
    if beside and not alone:
        for other_id, other_number in _with_the_lines(db, beside, all_found):
            judge(db, other_id, other_number, alone=True)
    return change.change


def mark_if_more_is_shown(db: Database, revision_id: int, before: str, after: str) -> None:
    """A text of which a wall had shown the beginning, and that is there as a whole now, was changed by nobody: the remark says so.

    The last sentence of a beginning may be cut, or be the wall's.
    """
    shown = [signature(sentence) for sentence in sentences(before)]
    if shown[:-1] and set(shown[:-1]) <= {signature(sentence) for sentence in sentences(after)}:
        db.execute("update revisions set note = ? where id = ?", (MORE_IS_SHOWN, revision_id))


def are_read_alike(db: Database, article_id: int, number: int) -> bool:
    """Have a revision and the one before it been read by the same reader? Else what differs may be the reader's doing."""
    query = "select count(distinct read_with) = 1 from revisions where article_id = ? and number in (?, ?)"
    return bool(db.execute(query, (article_id, number - 1, number)).fetchone()[0])


def explain(db: Database, revision_id: int, note_id: int, note: str) -> None:
    """Marks the changed sentences that a note speaks of: those of the revision that brought it, else of an earlier one."""
    rows = db.execute(
        "select c.revision_id, c.position, c.kind, c.before, c.after from revision_changes c join revisions r on r.id = c.revision_id"
        " where r.article_id = (select article_id from revisions where id = :id)"
        " and r.number <= (select number from revisions where id = :id) and c.correction_id is null"
        " order by r.number desc, c.position limit :limit",
        {"id": revision_id, "limit": EARLIER},
    ).fetchall()
    text = _text(db, revision_id)
    numbers = list(dict.fromkeys(row[0] for row in rows))
    for of in numbers:
        own = [row for row in rows if row[0] == of]
        changes = [SentenceChange(*row[2:]) for row in own]
        explained = explained_by(note, changes, unchanged_text([text], changes))
        statement = "update revision_changes set correction_id = ? where revision_id = ? and position = ?"
        db.conn.executemany(statement, [(note_id, of, own[number][1]) for number in sorted(explained)])
        if any(signature(changes[number].after) not in signature(note) for number in explained):
            return  # it speaks of this revision; what was changed before is another matter


def renumber_returns(db: Database, article_id: int) -> None:
    """The remarks name revisions by number, and numbers move when an older capture comes late."""
    db.execute(
        "update revisions set note = 'returned to revision ' || (select number from revisions o where o.id = revisions.returns_to)"
        " where article_id = ? and returns_to is not null",
        (article_id,),
    )


def sentence_changes(before: Row, after: Row) -> list[Found]:
    """Every changed sentence, the headline first."""
    found: list[Found] = []
    for part in PARTS:
        if part == "headline":
            if signature(before[part]) != signature(after[part]):
                kind = "changed" if before[part] and after[part] else "added" if after[part] else "removed"
                found.append((part, SentenceChange(kind, before[part], after[part])))
        else:
            found += [(part, change) for change in diff_sentences(before[part] or "", after[part] or "")]
    return found[:MOST_CHANGES]


def is_the_sites(change: SentenceChange, beside: Sequence[Neighbour], at: str) -> bool:
    """Is a changed sentence a line of the site, for it stands in most of the stories around this one, too, or stood there?

    `at`: when the change was seen (UTC). A line that came is not looked for in stories that nobody has looked at since.
    """
    since = values.utc_text(datetime.fromisoformat(at) - A_WHILE) or ""
    seen = [other for other in beside if other.last_seen_at >= since]
    return any(is_in_most(line, others) for line, others in ((change.before, beside), (change.after, beside), (change.after, seen)) if line)


def without_the_sites(change: Change, found: Sequence[Found], own: list[Found]) -> tuple[Change, list[Found]]:
    """The class of a change of the text, and its sentences, when only `own` ones of those that were found are not the site's lines."""
    if len(own) == len(found):
        return change, own
    if not own:
        return (Change("cosmetic", change.declared, stealth=False) if change.change == "substantive" else change), list(found)
    parts = {part for part, _ in own}
    if change.change == "substantive" and "article_body" not in parts:
        change = Change("headline" if "headline" in parts else "standfirst", change.declared, stealth=False)
    return change, own


def is_in_most(line: str, others: Sequence[Neighbour]) -> bool:
    if len(others) < LEAST_NEIGHBOURS:
        return False
    with_it = sum(line in other.article_body or line in other.before for other in others)
    if 2 * with_it <= len(others) and is_counter(line):
        line = FIGURES.sub("0", line)
        with_it = sum(line in counters(other.article_body) or line in counters(other.before) for other in others)
    return 2 * with_it > len(others)


def is_counter(line: str) -> bool:
    """Whether a line is no sentence and has a figure, as "Read 280 times | Print": it may stand at every story, with another figure."""
    return len(line) <= COUNTER_LENGTH and FIGURES.search(line) is not None and not line.endswith(ENDS_OF_SENTENCES)


def counters(text: str) -> str:
    """The beginning and the end of a text, where counters stand, with one figure for all."""
    return FIGURES.sub("0", text if len(text) < 2 * EDGE else f"{text[:EDGE]}\n{text[-EDGE:]}")


def _neighbours(db: Database, article_id: int, own: str) -> list[Neighbour]:
    """The stories of the site that were published right before and right after it, without its near copies."""
    site, search_id = db.execute("select site, search_id from articles where id = ?", (article_id,)).fetchone()
    found: list[Neighbour] = []
    for compare, order in (("<", "desc"), (">", "asc")):
        query = f"""
            select a.id, a.last_seen_at, substr(t.article_body, 1, :length), coalesce((select substr(r.article_body, 1, :length)
                from revisions r where r.article_id = a.id and r.number = a.revision_count - 1), '')
            from articles a join article_texts t on t.article_id = a.id
            where a.site = :site and a.search_id {compare} :at order by a.search_id {order} limit :most
        """
        given = {"site": site, "at": search_id, "most": NEIGHBOURS, "length": NEIGHBOUR_LENGTH}
        found += [Neighbour(*row) for row in db.execute(query, given).fetchall()]
    lines = list(dict.fromkeys(sentences(own[:NEIGHBOUR_LENGTH])))
    lines = lines[:: -(-len(lines) // COPIED_LINES) or 1]
    return [other for other in found if 3 * sum(line in other.article_body for line in lines) <= len(lines)]


def _with_the_lines(db: Database, beside: Sequence[Neighbour], found: Sequence[Found]) -> list[tuple[int, int]]:
    """(article_id, number) of the neighbours' revisions in which these very lines came or went, and count as changes of the story."""
    lines = json.dumps([line for _, change in found for line in (change.before, change.after) if line])
    query = f"""
        select distinct r.article_id, r.number from revisions r join revision_changes c on c.revision_id = r.id
        where r.article_id in (select value from json_each(?)) and r.change in {OF_THE_TEXT}
            and (c.before in (select value from json_each(?)) or c.after in (select value from json_each(?)))
    """
    return db.execute(query, (json.dumps([other.article_id for other in beside]), lines, lines)).fetchall()


def _returned_to(db: Database, before: Row, after: Row) -> Row | None:
    """The first revision that had the very text which this one has."""
    query = (
        "select id, number, abstract, date_modified_utc from revisions"
        " where article_id = ? and number < ? and text_hash = ? order by number"
    )
    for row in db.execute(query, (after["article_id"], before["number"], after["text_hash"])).fetchall():
        if signature(row[2]) == signature(after["abstract"]):
            return {"id": row[0], "number": row[1], "date_modified_utc": row[3]}
    return None


def _undone(db: Database, after: Row, change: Change, found: Sequence[Found]) -> Row | None:
    """The revision before the last real change, when this one takes back exactly that change; small edits may lie between."""
    query = """
        select id, number from revisions where article_id = ? and number between 2 and ? and change <> 'cosmetic'
        order by number desc limit 1
    """
    last = db.execute(query, (after["article_id"], after["number"] - 1)).fetchone()
    if last is None or change.change == "cosmetic":
        return None
    rows = db.execute("select part, before, after from revision_changes where revision_id = ?", (last[0],)).fetchall()
    if not rows or {(part, new, old) for part, old, new in rows} != {(part, each.before, each.after) for part, each in found}:
        return None
    earlier = _revision(db, after["article_id"], last[1] - 1)
    return {"id": earlier["id"], "number": earlier["number"], "date_modified_utc": earlier["date_modified_utc"]} if earlier else None


def _is_old_news(db: Database, before: Row, after: Row, returned: Row) -> bool:
    """A text that comes back with its own old date is an old page, served once more; and the second swing of a pendulum is no new edit."""
    modified = after["date_modified_utc"]
    if modified and modified == returned["date_modified_utc"] and modified < (_modified(before) or ""):
        return True
    query = (
        "select 1 from revisions b join revisions a on a.article_id = b.article_id and a.number = b.number + 1"
        " where b.article_id = ? and a.number < ? and b.text_hash = ? and a.text_hash = ?"
    )
    given = (after["article_id"], after["number"], before["text_hash"], after["text_hash"])
    return db.execute(query, given).fetchone() is not None


def _write(db: Database, row: Row, change: Change, returned: Row | None, found: Sequence[Found]) -> None:
    db.execute(
        "update revisions set change = ?, declared = ?, stealth = ?, returns_to = ?, note = ? where id = ?",
        (
            change.change,
            change.declared,
            change.stealth,
            returned["id"] if returned else None,
            f"returned to revision {returned['number']}" if returned else MORE_IS_SHOWN if row["note"] == MORE_IS_SHOWN else None,
            row["id"],
        ),
    )
    db.execute("delete from revision_changes where revision_id = ?", (row["id"],))
    db.conn.executemany(
        "insert into revision_changes (revision_id, position, part, kind, before, after) values (?, ?, ?, ?, ?, ?)",
        [
            (row["id"], position, part, each.kind, values.text(each.before), values.text(each.after))
            for position, (part, each) in enumerate(found)
        ],
    )


def _notes(db: Database, revision: Row) -> list[tuple[int, str, str, bool]]:
    """(id, kind, text, is late) of the notes that a revision brought; a late one came when its text was no longer new."""
    query = "select id, kind, text, first_seen_at > ? from corrections where revision_id = ? order by id"
    return [(*row[:3], bool(row[3])) for row in db.execute(query, (revision["memento_datetime"], revision["id"])).fetchall()]


def _version(row: Row) -> Version:
    return Version(row["headline"], row["article_body"] or "", _modified(row), row["abstract"], row["date_published_utc"])


def _modified(row: Row) -> str | None:
    """The newest modified date that was declared while this text stood."""
    return max(filter(None, (row["date_modified_utc"], row["date_modified_last_utc"])), default=None)


def _revision(db: Database, article_id: int, number: int) -> Row | None:
    cursor = db.execute("select * from revisions where article_id = ? and number = ?", (article_id, number))
    row = cursor.fetchone()
    return dict(zip([column[0] for column in cursor.description], row, strict=True)) if row else None


def _text(db: Database, revision_id: int) -> str:
    row = db.execute("select article_body from revisions where id = ?", (revision_id,)).fetchone()
    return (row[0] or "") if row else ""
