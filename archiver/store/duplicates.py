"""Who has the text of whom: sketches of stories, pairs that are copies of each other, and the clusters that these make.

A story waits in sketches_due from the moment its text, headline or date is written (triggers put it there, in the same transaction),
until `compare_stories` has taken it. So no way of writing a story can forget it, and a killed process loses nothing.

The clusters are a function of the stories alone, not of the order in which they came (unless one text has more copies than are looked at).
"""

from __future__ import annotations

import json
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from struct import pack, unpack
from typing import Any, NamedTuple
from zlib import crc32

from sqlite_utils import Database

from archiver.agencies import agency_name
from archiver.duplicates import (
    SKETCHED_BY,
    Likeness,
    Shingles,
    are_copies,
    are_kin,
    compare,
    own_paragraphs,
    runs,
    runs_of,
    shingles,
    sketch,
    without_shared,
)

WINDOW_DAYS = 30  # between two copies; what a site prints again every year (clocks go back) is another story, unless it is the same text
SHARED = 2  # hashes of two sketches from which two stories are compared
COMPARED = 16  # stories that one story is compared with at most, those with most hashes in common
HOLDERS = 20_000  # rows that are looked at for one story: a text that 1,000 outlets print fills this
FEWEST_WORDS = 20  # a text with less is no copy of anything: "Video not available"

# A hash that stories of one site have on so many days (or so many stories at all) is the site's boilerplate or its way of speaking.
# It leads to no copies, and is not kept for further stories of the site. Copies of one text on one site come within a day or three.
BOILERPLATE_DAYS = 4
BOILERPLATE_STORIES = 40

KEPT_TEXTS = 128  # whose shingles stay in memory during a batch, about 50 kB each
LARGEST = 1_000  # stories of a cluster that are sorted anew when one is added
MADE_BY = bytes([SKETCHED_BY])  # stands before every sketch that is kept

STORY = """
    select a.site, coalesce(a.date_published_utc, a.first_seen_at) as moment, a.text_hash, a.word_count, t.article_body,
        coalesce(t.article_body_html, '') as html, k.site_number, k.day, k.hashes,
        exists (select 1 from copy_pairs where article_id = a.id) as is_paired
    from articles a join article_texts t on t.article_id = a.id left join sketches k on k.article_id = a.id where a.id = ?
"""
HELD = "select hash, article_id, site_number, day from sketch_hashes where hash in ({}) limit ?"
# The cluster that a story is in, and its pairs, a row each; one row where it has none.
TIED = """
    select m.cluster_id, p.other_id, p.contained, p.same_text from (select ? as id) one
    left join copies m on m.article_id = one.id left join copy_pairs p on p.article_id = one.id
"""
SAME_TEXT = "select id from articles where text_hash = ? and word_count >= ? and id <> ? order by id limit ?"


class Sketch(NamedTuple):
    """What is kept of a text, to find others by."""

    site_number: int
    day: int
    hashes: tuple[int, ...]


class Holder(NamedTuple):
    article_id: int
    site_number: int
    day: int


@dataclass(frozen=True)
class Text:
    site: str
    moment: str  # UTC, published or else first seen
    same: str | None  # text_hash, of a text that is long enough
    body: str
    html: str  # empty where nothing is set off in it
    runs: list[bytes]

    @cached_property
    def shingles(self) -> Shingles:
        """Only of a text that may be a copy."""
        return shingles(self.runs)


Pairs = dict[int, tuple[float, int]]  # copies of a story ▶ share of the story's text that the copy has; whether the texts are the same


class Facts(NamedTuple):
    """Of a story, for its cluster."""

    order: tuple[str, str]  # by time; stories of one moment by their keys
    site: str
    moment: str
    infosource: str | None
    method: str | None  # where on the page the agency was named


class Member(NamedTuple):
    """A story of a cluster."""

    article_id: int
    first_id: int  # the earliest copy
    cluster_id: int  # 0: not known yet
    contained: float
    first_contained: float
    same_text: int


@dataclass(frozen=True, slots=True)
class Copy:
    """A story of a cluster."""

    key: str
    site: str
    publisher: str
    headline: str | None
    url: str
    date_published: str | None
    date_published_utc: str | None
    first_seen_at: str
    byline: str | None
    infosource: str | None
    word_count: int
    first_contained: float  # share of the earliest copy's text that stands in this one
    contained: float  # share of this one's text that stands in the earliest copy
    is_first: int
    same_text: int  # 1: headline and body word for word those of the earliest copy


@dataclass(frozen=True, slots=True)
class Cluster:
    """Stories that are copies of one text, the earliest first."""

    id: int
    agency: str | None
    agency_evidence: str | None
    copies: tuple[Copy, ...] = field(default=())


def compare_stories(db: Database, limit: int) -> int:
    """Takes up to `limit` stories that wait, newest first: their sketches, pairs and clusters. Returns how many it took."""
    if _is_outdated(db):
        _start_over(db)
    query = "select article_id from sketches_due order by article_id desc limit ?"
    due = [article_id for (article_id,) in db.execute(query, (limit,)).fetchall()]
    work = Comparison(db)
    for article_id in due:
        work.take(article_id)
    work.finish()
    return len(due)


def count_due(db: Database) -> int:
    table = "article_texts" if _is_outdated(db) else "sketches_due"
    return db.execute(f"select count(*) from {table}").fetchone()[0]


def _is_outdated(db: Database) -> bool:
    """Whether the sketches were made in another way than they are made now; one tells it of all."""
    row = db.execute("select hashes from sketches limit 1").fetchone()
    return row is not None and not _is_of_today(row[0])


def _start_over(db: Database) -> None:
    """Every story is compared anew, by sketches of today. Pairs and clusters stay until they are found again, or not."""
    db.execute("delete from sketch_hashes")
    db.execute("delete from sketches")
    db.execute("insert or ignore into sketches_due (article_id) select article_id from article_texts")


def forget(db: Database, article_id: int) -> None:
    """Takes a story out of everything here; to be called before its rows are deleted. Its cluster closes up behind it."""
    if _is_outdated(db):
        _start_over(db)
    work = Comparison(db)
    work.drop(article_id)
    work.finish()


def clusters(db: Database, site: str | None = None, since: date | None = None, limit: int = 20) -> list[Cluster]:
    """Clusters with a copy of `site`, with a copy published since; the one with the newest copy first."""
    query = "select id, agency, agency_evidence from copy_clusters c where true"
    given: list[Any] = []
    if site is not None:
        query += " and exists (select 1 from copies m join articles a on a.id = m.article_id where m.cluster_id = c.id and a.site = ?)"
        given.append(site)
    if since is not None:
        query += " and last_published >= ?"
        given.append(since.isoformat())
    rows = db.execute(f"{query} order by last_published desc, id desc limit ?", [*given, limit]).fetchall()
    return [_cluster(db, *row) for row in rows]


def cluster_of(db: Database, article_id: int) -> Cluster | None:
    """The cluster that a story is in."""
    query = "select c.id, c.agency, c.agency_evidence from copies m join copy_clusters c on c.id = m.cluster_id where m.article_id = ?"
    row = db.execute(query, (article_id,)).fetchone()
    return _cluster(db, *row) if row else None


def _cluster(db: Database, cluster_id: int, agency: str | None, evidence: str | None) -> Cluster:
    query = """
        select a.key, a.site, coalesce(s.publisher, a.site), a.headline, a.url, a.date_published, a.date_published_utc, a.first_seen_at,
            a.byline, a.infosource, a.word_count, m.first_contained, m.contained, m.is_first, m.same_text
        from copies m join articles a on a.id = m.article_id left join sites s on s.name = a.site
        where m.cluster_id = ? order by m.place
    """
    copies = tuple(Copy(*row) for row in db.execute(query, (cluster_id,)).fetchall())
    return Cluster(cluster_id, agency, evidence, copies)


class Comparison:
    """One transaction's work: stories are taken one by one, the clusters that they touch are made anew at its end."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.texts: OrderedDict[int, Text] = OrderedDict()
        self.touched: set[int] = set()
        self.changed: set[int] = set()  # stories whose text may be another than when they were last compared

    def take(self, article_id: int) -> None:
        """A story's sketch and its pairs, as its text now is."""
        self.db.execute("delete from sketches_due where article_id = ?", (article_id,))
        stored = self._read(article_id)
        if stored is None:
            self.drop(article_id)
            return
        text, old, is_paired = stored
        self.changed.add(article_id)
        new = Sketch(_site_number(text.site), _day(text.moment), sketch(text.runs))
        if old and old != new:
            self._take_out(article_id, old)
        held = self._holders(new.hashes)
        if old != new:
            self._keep(article_id, new, held)
        found = self._copies(article_id, text, new, held)
        if found or is_paired:
            self._pair(article_id, found)

    def drop(self, article_id: int) -> None:
        """A story that is no more."""
        self._pair(article_id, {})
        if old := self._sketch(article_id):
            self._take_out(article_id, old)
        self.db.execute("delete from sketches where article_id = ?", (article_id,))
        self.db.execute("delete from sketches_due where article_id = ?", (article_id,))
        query = "select article_id from copies where cluster_id = (select cluster_id from copies where article_id = ?)"
        self.touched |= {other for (other,) in self.db.execute(query, (article_id,)).fetchall()}
        self.touched.discard(article_id)
        self._leave([article_id])

    def finish(self) -> None:
        """The clusters around the stories whose pairs have changed."""
        seeds = self.touched
        while seeds:
            seeds = seeds - self._sort_anew(seeds)
        self.touched = set()

    # --- sketches

    def _sketch(self, article_id: int) -> Sketch | None:
        row = self.db.execute("select site_number, day, hashes from sketches where article_id = ?", (article_id,)).fetchone()
        return Sketch(row[0], row[1], _unpacked(row[2])) if row else None

    def _holders(self, hashes: Sequence[int]) -> dict[int, list[Holder]]:
        """The stories that have each of these hashes, too."""
        held: dict[int, list[Holder]] = {each: [] for each in hashes}
        if hashes:
            for row in self.db.execute(HELD.format(", ".join("?" * len(hashes))), (*hashes, HOLDERS)).fetchall():
                held[row[0]].append(Holder._make(row[1:]))
        return held

    def _keep(self, article_id: int, new: Sketch, held: dict[int, list[Holder]]) -> None:
        """Saves a sketch and adds its story to the holders of its hashes, but for boilerplate."""
        statement = "insert or replace into sketches (article_id, site_number, day, hashes) values (?, ?, ?, ?)"
        self.db.execute(statement, (article_id, new.site_number, new.day, _packed(new.hashes)))
        rows = []
        me = Holder(article_id, new.site_number, new.day)
        for each, holders in held.items():
            if len(holders) >= BOILERPLATE_DAYS and is_boilerplate(holders, new.site_number):
                continue
            rows.append((each, *me))
            holders.append(me)
            if len(holders) >= BOILERPLATE_DAYS and is_boilerplate(holders, new.site_number):
                self._doubt(holder.article_id for holder in holders if holder.site_number == new.site_number)
        self.db.conn.executemany("insert or ignore into sketch_hashes (hash, article_id, site_number, day) values (?, ?, ?, ?)", rows)

    def _take_out(self, article_id: int, old: Sketch) -> None:
        self.db.conn.executemany("delete from sketch_hashes where hash = ? and article_id = ?", [(each, article_id) for each in old.hashes])

    def _doubt(self, article_ids: Iterable[int]) -> None:
        """What tied these to their copies may have been boilerplate all along: they are compared once more."""
        among = "(select value from json_each(?))"
        statement = f"insert or ignore into sketches_due select distinct article_id from copy_pairs where article_id in {among}"
        self.db.execute(statement, (json.dumps(list(article_ids)),))

    # --- pairs

    def _copies(self, article_id: int, text: Text, own: Sketch, held: dict[int, list[Holder]]) -> dict[int, tuple[Likeness, bool]]:
        """Other stories that are copies of this one: how alike, and whether headline and body are the same."""
        found: dict[int, tuple[Likeness, bool]] = {}
        if text.same:
            rows = self.db.execute(SAME_TEXT, (text.same, FEWEST_WORDS, article_id, COMPARED)).fetchall()
            found = {other: (Likeness(1.0, 1.0, 1.0, len(text.shingles)), True) for (other,) in rows}
        doubtful = [each for each, holders in held.items() if len(holders) >= BOILERPLATE_DAYS]
        for other in self._candidates(article_id, own, held):
            if other in found or (theirs := self._text(other)) is None:
                continue
            likeness = _likeness(text, theirs, self._boilerplate(own, other, held, doubtful))
            if are_copies(likeness, text.site == theirs.site):
                found[other] = likeness, False
        return found

    def _boilerplate(self, own: Sketch, other: int, held: dict[int, list[Holder]], doubtful: Collection[int]) -> set[int]:
        """Hashes that a story has in common with another, and that are boilerplate on the site of either."""
        there = self._sketch(other) if doubtful else None
        if there is None:
            return set()
        sites = {own.site_number, there.site_number}
        return {each for each in set(doubtful) & set(there.hashes) if any(is_boilerplate(held[each], site) for site in sites)}

    def _candidates(self, article_id: int, own: Sketch, held: dict[int, list[Holder]]) -> list[int]:
        """Stories of these weeks that share enough of the sketch, boilerplate of either site left out; the likeliest first.

        Those that were its copies before are among them, however many there are.
        """
        shared: Counter[int] = Counter()
        for holders in held.values():
            if len(holders) < 2 or is_boilerplate(holders, own.site_number):
                continue
            many = len(holders) >= BOILERPLATE_DAYS
            loose = {site for site in {holder.site_number for holder in holders} if is_boilerplate(holders, site)} if many else ()
            for holder in holders:
                if abs(holder.day - own.day) <= WINDOW_DAYS and holder.site_number not in loose:
                    shared[holder.article_id] += 1
        del shared[article_id]
        likely = [other for _, other in sorted((-count, other) for other, count in shared.items() if count >= SHARED)]
        if len(likely) <= COMPARED:
            return likely
        known = {other for (other,) in self.db.execute("select other_id from copy_pairs where article_id = ?", (article_id,)).fetchall()}
        return likely[:COMPARED] + [other for other in likely[COMPARED:] if other in known]

    def _pair(self, article_id: int, found: dict[int, tuple[Likeness, bool]]) -> None:
        """Makes `found` the pairs of a story."""
        known = {row[0]: row[1:] for row in self.db.execute(
            "select other_id, contained, alike, same_text from copy_pairs where article_id = ?", (article_id,)
        ).fetchall()}  # fmt: skip
        new = {other: (_round(each.contained), _round(each.alike), int(same)) for other, (each, same) in found.items()}
        if known or new:
            self.touched.add(article_id)
        if known == new:
            return
        self.touched |= known.keys() | new.keys()
        gone = [pair for other in known.keys() - new.keys() for pair in ((article_id, other), (other, article_id))]
        self.db.conn.executemany("delete from copy_pairs where article_id = ? and other_id = ?", gone)
        rows = []
        for other, (each, same) in found.items():
            rows.append((article_id, other, _round(each.contained), _round(each.alike), int(same)))
            rows.append((other, article_id, _round(each.other_contained), _round(each.alike), int(same)))
        statement = "insert or replace into copy_pairs (article_id, other_id, contained, alike, same_text) values (?, ?, ?, ?, ?)"
        self.db.conn.executemany(statement, rows)

    def _text(self, article_id: int) -> Text | None:
        """The text of a story, from memory where it was compared a moment ago."""
        if article_id in self.texts:
            self.texts.move_to_end(article_id)
            return self.texts[article_id]
        stored = self._read(article_id)
        return stored[0] if stored else None

    def _read(self, article_id: int) -> tuple[Text, Sketch | None, bool] | None:
        """The text of a story as it now is, its sketch as it was taken last, and whether it has a pair."""
        row = self.db.execute(STORY, (article_id,)).fetchone()
        if row is None:
            self.texts.pop(article_id, None)
            return None
        site, moment, text_hash, word_count, body, html, site_number, day, hashes, is_paired = row
        html = html if "<blockquote" in html else ""  # for anything else it is not needed
        text = Text(site, moment, text_hash if word_count >= FEWEST_WORDS else None, body, html, runs_of(body, html))
        self.texts[article_id] = text
        self.texts.move_to_end(article_id)
        if len(self.texts) > KEPT_TEXTS:
            self.texts.popitem(last=False)
        return text, None if hashes is None else Sketch(site_number, day, _unpacked(hashes)), bool(is_paired)

    # --- clusters

    def _sort_anew(self, seeds: Collection[int]) -> set[int]:
        """Makes the clusters of one seed and of all that is tied to it. Returns the stories that it looked at."""
        seed = min(seeds)
        pairs = self._tied(seed)
        if len(pairs) > LARGEST:
            return {seed}
        facts = self._facts(pairs)
        before = self._before(pairs)
        groups = list(self._groups(sorted(facts, key=lambda each: facts[each].order), pairs, before))
        if before:
            self._leave(pairs)
        was = {article_id: known.cluster_id for article_id, known in before.items()}
        ids = same_ids([[member.article_id for member in group] for group in groups], was)
        named = sorted(zip(ids, groups, strict=True), key=lambda each: each[0] is None)  # a new one takes no number that an old one keeps
        for cluster_id, group in named:
            self._save_cluster(cluster_id, group, [facts[member.article_id] for member in group])
        return set(pairs)

    def _tied(self, seed: int) -> dict[int, Pairs]:
        """The pairs of every story that is tied to one, by whatever chain of pairs or by its old cluster."""
        found: dict[int, Pairs] = {}
        seen: set[int] = set()
        waiting = [seed]
        while waiting and len(found) <= LARGEST:
            article_id = waiting.pop()
            if article_id in found:
                continue
            rows = self.db.execute(TIED, (article_id,)).fetchall()
            found[article_id] = {other: (contained, same) for _, other, contained, same in rows if other is not None}
            waiting += found[article_id]
            cluster_id = rows[0][0]
            if cluster_id is not None and cluster_id not in seen:
                seen.add(cluster_id)
                members = self.db.execute("select article_id from copies where cluster_id = ?", (cluster_id,)).fetchall()
                waiting += [other for (other,) in members]
        return found

    def _groups(self, order: Sequence[int], pairs: dict[int, Pairs], before: dict[int, Member]) -> Iterable[list[Member]]:
        """Groups of at least two, each in the order of time: the earliest story that is left, and what its copies lead to, as long as
        that is kin to it.
        """
        left = set(order)
        for first in order:
            if first not in left:
                continue
            left.remove(first)
            group = {first: Member(first, first, 0, 1.0, 1.0, 1)}
            waiting = [first]
            while waiting:
                for other in sorted(pairs[waiting.pop()].keys() & left):
                    if member := self._member(other, first, pairs, before.get(other)):
                        left.remove(other)
                        group[other] = member
                        waiting.append(other)
            if len(group) > 1:
                yield [group[article_id] for article_id in order if article_id in group]

    def _member(self, article_id: int, first: int, pairs: dict[int, Pairs], before: Member | None) -> Member | None:
        """A story beside the earliest copy; None when the two are no kin."""
        if first in pairs[article_id]:
            contained, same = pairs[article_id][first]
            return Member(article_id, first, 0, contained, pairs[first][article_id][0], same)
        if before and before.first_id == first and not {article_id, first} & self.changed:
            return before
        one, other = self._text(article_id), self._text(first)
        if one is None or other is None:
            return None
        if one.same and one.same == other.same:
            return Member(article_id, first, 0, 1.0, 1.0, 1)
        likeness = compare(one.shingles, other.shingles)
        if not are_kin(likeness):
            return None
        return Member(article_id, first, 0, _round(likeness.contained), _round(likeness.other_contained), 0)

    def _facts(self, article_ids: Iterable[int]) -> dict[int, Facts]:
        query = """
            select a.id, a.key, a.site, coalesce(a.date_published_utc, a.first_seen_at), a.infosource,
                case when a.infosource is not null
                    then (select method from field_evidence where article_id = a.id and field = 'infosource' and chosen limit 1) end
            from articles a where a.id in (select value from json_each(?))
        """
        rows = self.db.execute(query, (json.dumps(list(article_ids)),)).fetchall()
        return {row[0]: Facts((_end_of_day(row[3]), row[1]), row[2], row[3], row[4], row[5]) for row in rows}

    def _before(self, article_ids: Iterable[int]) -> dict[int, Member]:
        query = """
            select m.article_id, c.first_id, m.cluster_id, m.contained, m.first_contained, m.same_text
            from copies m join copy_clusters c on c.id = m.cluster_id where m.article_id in (select value from json_each(?))
        """
        rows = self.db.execute(query, (json.dumps(list(article_ids)),)).fetchall()
        return {row[0]: Member._make(row) for row in rows}

    def _leave(self, article_ids: Iterable[int]) -> None:
        """Takes stories out of their clusters; a cluster without any is no more."""
        given = (json.dumps(list(article_ids)),)
        query = "select distinct cluster_id from copies where article_id in (select value from json_each(?))"
        left = self.db.execute(query, given).fetchall()
        self.db.execute("delete from copies where article_id in (select value from json_each(?))", given)
        statement = "delete from copy_clusters where id = ? and not exists (select 1 from copies where cluster_id = copy_clusters.id)"
        self.db.conn.executemany(statement, left)

    def _save_cluster(self, cluster_id: int | None, group: Sequence[Member], facts: Sequence[Facts]) -> None:
        agency, evidence = agency_of(facts)
        row = (group[0].article_id, len(group), len({each.site for each in facts}), min(each.moment for each in facts),
               max(each.moment for each in facts), agency, evidence)  # fmt: skip
        statement = (
            "insert into copy_clusters (id, first_id, stories, sites, first_published, last_published, agency, agency_evidence)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)"
        )
        made = self.db.execute(statement, (cluster_id, *row)).lastrowid
        self.db.conn.executemany(
            "insert into copies (article_id, cluster_id, place, is_first, contained, first_contained, same_text)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            [
                (each.article_id, made, place, int(place == 0), each.contained, each.first_contained, each.same_text)
                for place, each in enumerate(group)
            ],
        )


def is_boilerplate(holders: Sequence[Holder], site_number: int) -> bool:
    """Whether a hash that these stories have is no sign of a copy on one site: too many of its stories have it, on too many days."""
    if len(holders) < BOILERPLATE_DAYS:
        return False
    days = [holder.day for holder in holders if holder.site_number == site_number]
    return len(days) >= BOILERPLATE_STORIES or (len(days) >= BOILERPLATE_DAYS and len(set(days)) >= BOILERPLATE_DAYS)


def same_ids(groups: Sequence[Sequence[int]], was: dict[int, int]) -> list[int | None]:
    """For each group the id of the old cluster that most of it was in, each id once; None where a new one is needed."""
    shared = Counter((was[article_id], nr) for nr, group in enumerate(groups) for article_id in group if article_id in was)
    ids: dict[int, int] = {}
    for cluster_id, nr in sorted(shared, key=lambda pair: (-shared[pair], pair)):
        if nr not in ids and cluster_id not in ids.values():
            ids[nr] = cluster_id
    return [ids.get(nr) for nr in range(len(groups))]


def agency_of(facts: Iterable[Facts]) -> tuple[str | None, str | None]:
    """(agency, evidence) of a cluster: the one that most copies name, and which are named where in how many of them."""
    named = [(agency_name(each.infosource), each.method or "page") for each in facts if each.infosource]
    if not named:
        return None, None
    names = Counter(name for name, _ in named)
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for name, method in named:
        places[name][method] += 1
    told = (f"{name}: " + ", ".join(f"{method} {count}" for method, count in places[name].most_common()) for name, _ in names.most_common())
    return names.most_common(1)[0][0], "; ".join(told)[:500]


def _likeness(one: Text, other: Text, boilerplate: Set[int]) -> Likeness:
    if not boilerplate:
        return compare(one.shingles, other.shingles)
    cut = without_shared(own_paragraphs(one.body, one.html), own_paragraphs(other.body, other.html), boilerplate)
    return compare(*(shingles(runs(paragraphs)) for paragraphs in cut))


def _site_number(site: str) -> int:
    """Two bytes for a site's name; two sites that get the same one share what is boilerplate, which does no harm."""
    return crc32(site.encode()) & 0x7FFF


def _day(moment: str) -> int:
    """Days since 2000."""
    return date.fromisoformat(moment[:10]).toordinal() - date(2000, 1, 1).toordinal()


def _end_of_day(moment: str) -> str:
    """A story of which only the day is known is not called earlier than one whose minute is."""
    return moment if "T" in moment else f"{moment}T23:59:59Z"


def _round(share: float) -> float:
    return round(share, 4)


def _packed(hashes: Sequence[int]) -> bytes:
    """By what it was made, then 32 bits of each hash: the number of the permutation is its place."""
    return MADE_BY + pack(f"<{len(hashes)}I", *(each & 0xFFFFFFFF for each in hashes))


def _unpacked(blob: bytes) -> tuple[int, ...]:
    return tuple([number << 32 | each for number, each in enumerate(unpack(f"<{len(blob) // 4}I", blob[1:]))])


def _is_of_today(blob: bytes) -> bool:
    """Sketches of the first kind had no mark of their making, and six bytes a hash."""
    return len(blob) % 4 == 1 and blob[:1] == MADE_BY
