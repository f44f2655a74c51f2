"""What was read becomes a story: a new one, another revision of a known one, or the news that nothing changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from archiver import settings
from archiver.counted import counted
from archiver.duplicates import FEWEST, are_strangers, compare, runs_of, shingles
from archiver.records import Article
from archiver.revisions import sentences, signature, word_keys
from archiver.store import absences, index, judging, parts, story_ids, values
from archiver.store.changes import is_later
from archiver.store.links import save_site_name
from archiver.store.runs import CaptureRow
from archiver.store.values import BODY, LINE, PARAGRAPHS, SHORT, text, utc_text
from archiver.unspaced import UNSPACED
from archiver.urls import article_key, identity, normalise, story_address

# How much of a story a reader was shown; a reading that saw less does not replace one that saw more.
SEEN = {"blocked": 0, "teaser": 1, "full": 2}
MOST_REREAD = 20  # earlier revisions that are read again when a reader is new and a text has changed
FEW_LEFT = 4  # one sentence of so many may stand in a list of stories, too
INSTEAD_WORDS = 150  # of a page that says that a story is not there any more, with what it offers instead
STATUSES = ("live", "gone", "moved", "withdrawn")  # of a story, at its publisher

# The columns of articles that are read off a page as text, and their bounds in characters.
TEXTS = {
    "canonical_url": LINE,
    "headline": LINE,
    "alternative_headline": LINE,
    "kicker": SHORT,
    "abstract": PARAGRAPHS,
    "description": PARAGRAPHS,
    "byline": LINE,
    "dateline": SHORT,
    "located": SHORT,
    "located_country": SHORT,
    "dateline_on": SHORT,
    "infosource": SHORT,
    "date_published": SHORT,
    "date_published_utc": SHORT,
    "date_modified": SHORT,
    "date_modified_utc": SHORT,
    "date_source": SHORT,
    "article_section": SHORT,
    "genre": SHORT,
    "article_type": SHORT,
    "in_language": SHORT,
}
INDEXED = ("headline", "abstract", "site", "date_published_utc", "in_language", "article_section")  # what the index holds beside the body
PUBLISHED = ("date_published", "date_published_utc", "date_precision", "date_source")
AS_THEN = (  # what a revision keeps beside its body
    "headline",
    "alternative_headline",
    "kicker",
    "abstract",
    "description",
    "byline",
    "dateline",
    "date_published",
    "date_published_utc",
    "date_modified",
    "date_modified_utc",
    "word_count",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An article and the capture it was read off."""

    capture: CaptureRow
    article: Article
    read_with: str  # version of the reader
    pages: tuple[CaptureRow, ...] = ()  # captures of all pages of the story, when there are several; the first one first
    # capture ▶ what this reader reads off it now: of the revisions before, where the text seems to have changed
    again: Mapping[int, Article] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a reading."""

    capture_id: int
    article_id: int
    key: str
    outcome: str  # new, changed, unchanged, duplicate_address
    revision: int  # number of the revision that the capture shows
    change: str | None = None  # class of the change, when there was one


@dataclass(frozen=True, slots=True)
class PreviousReading:
    """A revision that a reading is compared with."""

    article_id: int
    key: str
    capture_id: int
    text_hash: str
    abstract: str | None
    read_with: str
    number: int

    def has_text_of(self, article: Article) -> bool:
        return is_same_text(self.text_hash, self.abstract, article)


@dataclass(slots=True)
class Batch:
    """One transaction's work on the search index, done at its end: stories that are out of it and go in again."""

    db: Database
    to_index: set[int] = field(default_factory=set)
    images_to_index: set[int] = field(default_factory=set)  # stories whose images are out

    def take_out(self, article_id: int) -> None:
        """Before a story's row changes."""
        if article_id not in self.to_index:
            index.drop_stories(self.db, [article_id])
            self.to_index.add(article_id)

    def take_images_out(self, article_id: int) -> None:
        """Before a story's images change."""
        if article_id not in self.images_to_index:
            index.drop_images(self.db, [article_id])
            self.images_to_index.add(article_id)

    def finish(self) -> None:
        if self.to_index:
            index.add_stories(self.db, self.to_index)
        if self.images_to_index:
            index.add_images(self.db, self.images_to_index)


def save_articles(db: Database, readings: Sequence[Reading], now: datetime) -> list[Saved]:
    """Stores readings in their order. A capture that was stored before changes nothing."""
    batch = Batch(db)
    saved = [_save(batch, reading, now) for reading in readings]
    batch.finish()
    return saved


def previous_reading(db: Database, article: Article, at: datetime | None = None) -> PreviousReading | None:
    """The revision that stood at a moment of the story that `article` is a reading of; without `at`, the newest one.

    The first revision for a moment before it; None when the story is new.
    """
    row = db.execute(
        "select a.id, a.key, r.capture_id, r.text_hash, r.abstract, r.read_with, r.number from articles a"
        " join revisions r on r.article_id = a.id where a.key = :key"
        " order by coalesce(r.memento_datetime > :at, 0), case when r.memento_datetime > :at then r.number else -r.number end limit 1",
        {"key": key_of(article.url), "at": utc_text(at)},
    ).fetchone()
    return PreviousReading(*row) if row else None


def read_otherwise(db: Database, previous: PreviousReading, read_with: str) -> list[int]:
    """Captures of the revisions before this one that another reader read: their texts are not comparable with those of `read_with`."""
    query = "select capture_id from revisions where article_id = ? and number < ? and read_with <> ? order by number desc limit ?"
    return [row[0] for row in db.execute(query, (previous.article_id, previous.number, read_with, MOST_REREAD)).fetchall() if row[0]]


def is_same_text(text_hash: str, abstract: str | None, article: Article) -> bool:
    """Does an article have this headline and body, and a standfirst that differs by punctuation at most?"""
    return text_hash == article.text_hash and (
        abstract == article.abstract or signature(abstract) == signature(text(article.abstract, PARAGRAPHS))
    )


@lru_cache(maxsize=1_000)  # storing a story asks for its own some four times
def key_of(url: str) -> str:
    """The key of the story at an address: the same for every address of it."""
    return article_key(identity(url))


def mark_status(db: Database, article_id: int, pubstatus: str, now: datetime, reason: str | None) -> None:
    """A story's status at its publisher (one of STATUSES), since when, and why. Its last reading stays."""
    if pubstatus not in STATUSES:
        raise ValueError(f"{pubstatus!r} is no status of a story; known: {', '.join(STATUSES)}")
    db.execute(
        "update articles set pubstatus = ?, pubstatus_at = ?, pubstatus_reason = ? where id = ? and pubstatus <> ?",
        (pubstatus, utc_text(now), text(reason, SHORT), article_id, pubstatus),
    )


def at_its_address(db: Database, reading: Reading) -> Reading:
    """The reading under the address that was fetched, where the canonical one that its page declares is another story's.

    Some themes declare one canonical address on all pages.
    """
    fetched, key = reading.capture.target_uri, key_of(reading.article.url)
    known = _story_at(db, key) if key_of(fetched) != key else None
    if not known or not _are_two_stories(db, reading.article, known):
        return reading
    return replace(reading, article=replace(reading.article, url=story_address(fetched)), again={})


def _are_two_stories(db: Database, article: Article, known: dict[str, Any]) -> bool:
    """Whether `article` can be no revision of a known story: another headline, and a text that has nothing of it."""
    if signature(article.headline) == signature(known["headline"]):
        return False
    (body,) = db.execute("select article_body from article_texts where article_id = ?", (known["id"],)).fetchone() or ("",)
    texts = [shingles(runs_of(each)) for each in (body, article.article_body)]
    return min(map(len, texts)) >= FEWEST and are_strangers(compare(*texts))


def stands_in_place(db: Database, reading: Reading) -> str | None:
    """What another page than the story says that stands at the story's address, as servers send one with status 200 for what they have
    deleted, in whatever words; None where it is the story.

    Short, or the site's front page; without the story's date; no word of its headline, few of its sentences, as a list may have.
    """
    article, known = reading.article, _story_at(db, key_of(reading.article.url))
    if known is None:
        return None
    if key_of(reading.capture.target_uri) != known["key"] or (utc_text(reading.capture.warc_date) or "") < known["last_seen_at"]:
        return None
    if article.date_published_utc and article.date_published_utc[:10] == (known["date_published_utc"] or "")[:10]:
        return None
    names = [set(long_words(headline)) for headline in (article.headline, known["headline"])]
    if not all(names) or not names[0].isdisjoint(names[1]):
        return None
    is_short = article.word_count <= INSTEAD_WORDS and 2 * article.word_count <= known["word_count"]
    if not is_short and not _is_front_page(db, article, known["site"]):
        return None
    (body,) = db.execute("select article_body from article_texts where article_id = ?", (known["id"],)).fetchone() or ("",)
    said, now = ({signature(sentence) for sentence in sentences(each)} for each in (body, article.article_body))
    return f"another page stands there: {article.headline}" if FEW_LEFT * len(said & now) < len(said) else None


def _is_front_page(db: Database, article: Article, site: str) -> bool:
    """Whether a page's headline is the site's own name."""
    (publisher,) = db.execute("select publisher from sites where name = ?", (site,)).fetchone() or (None,)
    return bool(publisher) and signature(publisher) == signature(article.headline)


def long_words(line: str | None) -> list[str]:
    """Those that tell what a headline is of."""
    return [word for word in word_keys((line or "").casefold()) if len(word) > 3 or UNSPACED.match(word)]


def _give_place(db: Database, reading: Reading, known: dict[str, Any]) -> bool:
    """Where a known story only had come under this address by its page's wrong word, it goes to its own; whether it did."""
    if key_of(reading.capture.target_uri) != known["key"]:
        return False
    row = db.execute("select target_uri from captures where id = ?", (known["capture_id"],)).fetchone()
    if row is None or key_of(row[0]) == known["key"] or _story_at(db, key_of(row[0])) or not _are_two_stories(db, reading.article, known):
        return False
    db.execute("update articles set key = ?, url = ? where id = ?", (key_of(row[0]), text(story_address(row[0])), known["id"]))
    return True


def _story_at(db: Database, key: str) -> dict[str, Any] | None:
    return _row(db, "select * from articles where key = ?", (key,))


def _save(batch: Batch, reading: Reading, now: datetime) -> Saved:
    """One reading; the rows of its capture and link follow."""
    db, capture = batch.db, reading.capture
    reading = at_its_address(db, reading)
    key = key_of(reading.article.url)
    known = _story_at(db, key)
    if known and _give_place(db, reading, known):
        known = None
    if known and (before := _saved_before(db, reading, known)):
        return before
    if known:
        absences.is_led_to(db, known["id"], capture.target_uri)
    saved = _save_again(batch, reading, known) if known else _save_first(batch, reading, key)
    db.execute(
        "update captures set outcome = ?, reason = ?, read_with = ? where id = ?",
        (saved.outcome, saved.change, reading.read_with, capture.id),
    )
    db.execute(
        "update links set article_id = ?, date_published = coalesce(date_published, ?) where url in (?, ?)",
        (saved.article_id, _exact(values.utc_date(reading.article.date_published_utc)), capture.target_uri, reading.article.url),
    )
    story_ids.belong(db, saved.article_id, (capture.target_uri, reading.article.url))
    if saved.outcome == "new":
        absences.arrived(db, saved.article_id, capture.warc_date)
    absences.settle_redirects(db, (capture.target_uri, reading.article.url), capture.warc_date, settings.GONE_AFTER)
    return saved


def _saved_before(db: Database, reading: Reading, known: dict[str, Any]) -> Saved | None:
    """What became of this very reading, when it was stored already."""
    row = db.execute("select outcome, reason, read_with from captures where id = ?", (reading.capture.id,)).fetchone()
    if row is None or row[2] != reading.read_with or row[0] not in ("new", "changed", "unchanged", "duplicate_address"):
        return None
    shown = revision_at(db, known["id"], utc_text(reading.capture.warc_date) or "")
    return Saved(reading.capture.id, known["id"], known["key"], row[0], shown["number"] if shown else 1, row[1])


# --- a story's first reading


def _save_first(batch: Batch, reading: Reading, key: str) -> Saved:
    db, article, capture = batch.db, reading.article, reading.capture
    seen_at = utc_text(capture.warc_date) or ""
    save_site_name(db, capture.site, capture.warc_date)
    facts = _facts(article)
    row = {
        "key": key,
        "search_id": index.free_slot(db, index.first_slot(facts["date_published_utc"], seen_at)),
        "site": capture.site,
        "url": text(article.url) or "",
        **facts,
        "capture_id": capture.id,
        "read_with": reading.read_with,
        "first_seen_at": seen_at,
        "last_seen_at": seen_at,
        "revision_count": 1,
        "pubstatus": "live",
    }
    article_id = _insert(db, "articles", row)
    body = text(article.article_body, BODY) or ""
    html = text(article.article_body_html, 2 * BODY) or ""
    db.execute("insert into article_texts (article_id, article_body, article_body_html) values (?, ?, ?)", (article_id, body, html))
    revision_id = _insert(db, "revisions", _revision(article_id, 1, reading, facts, body))
    parts.save_parts(db, article_id, article, capture.id, reading.read_with, batch.take_images_out, new=True)
    parts.save_notes(db, article_id, revision_id, article, seen_at)
    batch.to_index.add(article_id)
    batch.images_to_index.add(article_id)
    return Saved(capture.id, article_id, key, "new", 1, "first")


# --- a known story


def _save_again(batch: Batch, reading: Reading, known: dict[str, Any]) -> Saved:
    """A reading of a known story: of an address beside its own, of less than was seen before, of the same text, or of another."""
    db, article, capture = batch.db, reading.article, reading.capture
    article_id, seen_at = known["id"], utc_text(capture.warc_date) or ""
    before = revision_at(db, article_id, seen_at)
    newest = seen_at >= _read_at(db, known)
    if newest:
        absences.ended(db, article_id, capture.warc_date, walls=False)
    if before and len(reading.pages) < 2 and _is_aside(db, capture, before, known):
        _stretch(db, article_id, before["number"], seen_at)
        return Saved(capture.id, article_id, known["key"], "duplicate_address", before["number"])
    if before and saw_less(article, known):
        _stretch(db, article_id, before["number"], seen_at)
        _note_less(db, article_id, reading, known)
        if newest and article.access_observed in ("teaser", "blocked"):
            look = absences.Look(
                "paywalled", f"{article.access_observed}: {article.word_count} of {counted(known['word_count'], 'word')} shown"
            )
            absences.not_seen(db, normalise(capture.target_uri) or capture.target_uri, capture.warc_date, look, settings.GONE_AFTER)
        return Saved(capture.id, article_id, known["key"], "unchanged", before["number"])
    number, is_added = _place(db, reading, before, known)
    if newest:
        absences.ended(db, article_id, capture.warc_date, walls=True)
        refresh(batch, reading, known)
    revision_id = _revision_id(db, article_id, number)
    new_notes = parts.save_notes(db, article_id, revision_id, article, seen_at)
    change = None
    if is_added:
        if before and newest and SEEN.get(article.access_observed, 2) > SEEN.get(known["access_observed"], 2):
            judging.mark_if_more_is_shown(db, revision_id, before["article_body"] or "", article.article_body)
        change = judging.judge(db, article_id, number)
        judging.judge(db, article_id, number + 1)  # an older capture that came late changes what the next one is a change from
        judging.renumber_returns(db, article_id)
    else:
        for note_id, words in new_notes:
            judging.explain(db, revision_id, note_id, words)
    return Saved(capture.id, article_id, known["key"], "changed" if is_added else "unchanged", number, change)


def _place(db: Database, reading: Reading, before: dict[str, Any] | None, known: dict[str, Any]) -> tuple[int, bool]:
    """(number of the revision that the capture shows, whether it is a new one)"""
    article_id, seen_at, article = known["id"], utc_text(reading.capture.warc_date) or "", reading.article
    if reading.again:
        _read_others_anew(db, article_id, reading)
        before = revision_at(db, article_id, seen_at)
    if before and (before["capture_id"] == reading.capture.id or is_same_text(before["text_hash"], before["abstract"], article)):
        _read_anew(db, before, reading.article, reading.read_with)
        _stretch(db, article_id, before["number"], seen_at)
        _note_modified(db, before, reading.article)
        return before["number"], False
    following = _row(db, "select * from revisions where article_id = ? and number = ?", (article_id, before["number"] + 1 if before else 1))
    if following and is_same_text(
        following["text_hash"], following["abstract"], article
    ):  # an older capture came late: the revision began earlier than we knew
        _begin_earlier(db, following, reading, seen_at)
        return following["number"], False
    return _add_revision(db, reading, before, known), True


def _read_others_anew(db: Database, article_id: int, reading: Reading) -> None:
    """The revisions before it take the form in which this reader reads them, so that all that is compared is read alike."""
    for capture_id, again in sorted(reading.again.items()):
        revision = _row(db, "select * from revisions where article_id = ? and capture_id = ?", (article_id, capture_id))
        if revision and again.outcome == "article":
            _read_anew(db, revision, again, reading.read_with)


def _read_at(db: Database, known: dict[str, Any]) -> str:
    """When the capture was taken that the story's row was read off."""
    row = db.execute("select warc_date from captures where id = ?", (known["capture_id"],)).fetchone()
    return row[0] if row else ""


def _begin_earlier(db: Database, revision: dict[str, Any], reading: Reading, seen_at: str) -> None:
    _read_anew(db, revision, reading.article, reading.read_with)
    db.execute("update revisions set memento_datetime = ?, capture_id = ? where id = ?", (seen_at, reading.capture.id, revision["id"]))
    db.execute("update articles set first_seen_at = min(first_seen_at, ?) where id = ?", (seen_at, revision["article_id"]))


def _note_modified(db: Database, revision: dict[str, Any], article: Article) -> None:
    """A modified date that advances while the text stays declares none of the changes to come."""
    modified = values.utc_date(article.date_modified_utc)
    if is_later(modified, revision["date_modified_last_utc"] or revision["date_modified_utc"]):
        db.execute("update revisions set date_modified_last_utc = ? where id = ?", (modified, revision["id"]))


def _is_aside(db: Database, capture: CaptureRow, before: dict[str, Any], known: dict[str, Any]) -> bool:
    """Was this capture taken under another address than the story's own, after that had been read?

    An AMP or mobile form has the story in other markup; its small differences are no revisions.
    """
    if _is_own(capture.target_uri, known["url"]):
        return False
    row = db.execute("select target_uri from captures where id = ?", (before["capture_id"],)).fetchone()
    return row is not None and _is_own(row[0], known["url"])


def _is_own(url: str, own: str) -> bool:
    """The same address, but for scheme, www. and trailing slash."""
    bare = [address.partition("://")[2].removeprefix("www.").rstrip("/") for address in (normalise(url) or url, own)]
    return bare[0] == bare[1]


BEHIND_A_WALL = 0.8  # of a story's words: with more of them shown, a wall hides nothing


def saw_less(article: Article, known: dict[str, Any]) -> bool:
    """A wall came up, or no text was found, where more was read before.

    Where a story is said to be for subscribers, a shorter text may count as its beginning: one with nearly all words is an edited one.
    """
    if not article.article_body.strip():
        return bool(known["word_count"])
    is_less = SEEN.get(article.access_observed, 2) < SEEN.get(known["access_observed"], 2)
    return is_less and article.word_count < BEHIND_A_WALL * known["word_count"]


def _note_less(db: Database, article_id: int, reading: Reading, known: dict[str, Any]) -> None:
    seen_at = utc_text(reading.capture.warc_date)
    value = reading.article.access_observed if reading.article.article_body.strip() else "no text"
    note = f"seen {seen_at}; the text with {counted(known['word_count'], 'word')} that was read before is kept"
    evidence = ("access_observed", value, "later_reading", "article_body", 1.0, 0, note, reading.capture.id, reading.read_with)
    last = "select value_raw from field_evidence where article_id = ? and method = 'later_reading' order by position desc limit 1"
    row = db.execute(last, (article_id,)).fetchone()
    if row is None or row[0] != value:  # once for each time that it changes
        parts.add_evidence(db, article_id, evidence)


def _read_anew(db: Database, revision: dict[str, Any], article: Article, read_with: str) -> None:
    """The same text, read by a newer reader or with more of its pages: the revision takes that form, so that the next comparison is
    like with like.
    """
    is_same = is_same_text(revision["text_hash"], revision["abstract"], article)
    if is_same and revision["read_with"] == read_with:
        return
    now: dict[str, Any] = {"read_with": read_with}
    if not is_same:
        now |= {
            "text_hash": article.text_hash,
            "headline": text(article.headline),
            "abstract": text(article.abstract, PARAGRAPHS),
            "word_count": values.whole(article.word_count) or 0,
            "article_body": text(article.article_body, BODY) or "",
        }
    revision |= now
    db.execute(f"update revisions set {', '.join(f'{name} = ?' for name in now)} where id = ?", [*now.values(), revision["id"]])
    if not is_same:
        for number in (revision["number"], revision["number"] + 1):
            if judging.are_read_alike(db, revision["article_id"], number):
                judging.judge(db, revision["article_id"], number)


def _add_revision(db: Database, reading: Reading, before: dict[str, Any] | None, known: dict[str, Any]) -> int:
    """Number of a revision that is put in at its place in time; later ones move up by one. What it changes is judged later."""
    article, article_id = reading.article, known["id"]
    facts, body = _facts(article), text(article.article_body, BODY) or ""
    number = before["number"] + 1 if before else 1
    _make_room(db, article_id, number)
    _insert(db, "revisions", _revision(article_id, number, reading, facts, body))
    seen_at = utc_text(reading.capture.warc_date)
    db.execute(
        "update articles set revision_count = revision_count + 1, first_seen_at = min(first_seen_at, ?) where id = ?",
        (seen_at, article_id),
    )
    return number


def _make_room(db: Database, article_id: int, number: int) -> None:
    """Later revisions get the next number; in two steps, for numbers are unique at every moment."""
    db.execute("update revisions set number = -number - 1 where article_id = ? and number >= ?", (article_id, number))
    db.execute("update revisions set number = -number where article_id = ? and number < 0", (article_id,))


def refresh(batch: Batch, reading: Reading, known: dict[str, Any], keeps_date: bool = True) -> None:
    """The row of a story, its text and its parts as the newest reading has them."""
    db, article, article_id = batch.db, reading.article, known["id"]
    row = _facts(article)
    if row["date_published_utc"] is None and keeps_date:  # a page that lost its date was published when it was
        row |= {name: known[name] for name in PUBLISHED}
    seen_at = utc_text(reading.capture.warc_date) or ""
    first = index.first_slot(row["date_published_utc"], known["first_seen_at"])
    moved = row["date_published_utc"] != known["date_published_utc"] and not index.is_in_minute(known["search_id"], first)
    body, html = text(article.article_body, BODY) or "", text(article.article_body_html, 2 * BODY) or ""
    old = db.execute("select article_body, article_body_html from article_texts where article_id = ?", (article_id,)).fetchone()
    if moved or old[0] != body or any(row.get(name, known[name]) != known[name] for name in INDEXED):
        batch.take_out(article_id)
    if moved:
        row["search_id"] = index.free_slot(db, first)
    row |= {"last_seen_at": max(seen_at, known["last_seen_at"]), "capture_id": reading.capture.id, "read_with": reading.read_with}
    changed = {name: value for name, value in row.items() if known[name] != value}
    _update(db, article_id, changed)
    if old != (body, html):
        db.execute("update article_texts set article_body = ?, article_body_html = ? where article_id = ?", (body, html, article_id))
    parts.save_parts(db, article_id, article, reading.capture.id, reading.read_with, batch.take_images_out, new=False)


# --- rows


def _facts(article: Article) -> dict[str, Any]:
    """The columns of articles that a reading fills."""
    return {name: text(getattr(article, name), limit) for name, limit in TEXTS.items()} | {
        "located_lat": values.number(article.located_lat),
        "located_lon": values.number(article.located_lon),
        "date_precision": article.date_precision,
        "is_accessible_for_free": values.truth(article.is_accessible_for_free),
        "access_observed": article.access_observed,
        "word_count": values.whole(article.word_count) or 0,
        "text_hash": article.text_hash,
        "date_published_utc": values.utc_date(article.date_published_utc),
        "date_modified_utc": values.utc_date(article.date_modified_utc),
    }


def _revision(article_id: int, number: int, reading: Reading, facts: dict[str, Any], body: str) -> dict[str, Any]:
    seen_at = utc_text(reading.capture.warc_date)
    return {
        "article_id": article_id,
        "number": number,
        "capture_id": reading.capture.id,
        "memento_datetime": seen_at,
        "last_seen_at": seen_at,
        "change": "first",  # until it is judged
        "declared": 1,
        "stealth": 0,
        **_as_then(reading, facts, body),
    }


def as_then(reading: Reading) -> dict[str, Any]:
    """The columns of a revision that are read off its capture."""
    return _as_then(reading, _facts(reading.article), text(reading.article.article_body, BODY) or "")


def _as_then(reading: Reading, facts: dict[str, Any], body: str) -> dict[str, Any]:
    return {
        "text_hash": reading.article.text_hash,
        "read_with": reading.read_with,
        **{name: facts[name] for name in AS_THEN},
        "article_body": body,
    }


def revision_at(db: Database, article_id: int, seen_at: str) -> dict[str, Any] | None:
    """The revision that stood at a moment: the newest one seen first by then."""
    query = "select * from revisions where article_id = ? and memento_datetime <= ? order by number desc limit 1"
    return _row(db, query, (article_id, seen_at))


def _stretch(db: Database, article_id: int, number: int, seen_at: str) -> None:
    """A story and its revision were there at this moment, too."""
    db.execute("update articles set last_seen_at = ? where id = ? and last_seen_at < ?", (seen_at, article_id, seen_at))
    db.execute(
        "update revisions set last_seen_at = ? where article_id = ? and number = ? and last_seen_at < ?",
        (seen_at, article_id, number, seen_at),
    )


def _revision_id(db: Database, article_id: int, number: int) -> int:
    return db.execute("select id from revisions where article_id = ? and number = ?", (article_id, number)).fetchone()[0]


def _exact(date_utc: str | None) -> str | None:
    """A date with its time, for the queue; the first minute of a day that has none."""
    return f"{date_utc}T00:00:00Z" if date_utc and len(date_utc) == len("2026-11-03") else date_utc


def _row(db: Database, query: str, given: Sequence[Any]) -> dict[str, Any] | None:
    cursor = db.execute(query, given)
    row = cursor.fetchone()
    return dict(zip([column[0] for column in cursor.description], row, strict=True)) if row else None


def _insert(db: Database, table: str, row: dict[str, Any]) -> int:
    cursor = db.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
    if cursor.lastrowid is None:
        raise RuntimeError("SQLite gave no row number")
    return cursor.lastrowid


def _update(db: Database, article_id: int, changed: dict[str, Any]) -> None:
    if changed:
        assigned = ", ".join(f"{name} = ?" for name in changed)
        db.execute(f"update articles set {assigned} where id = ?", [*changed.values(), article_id])
