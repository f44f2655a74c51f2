"""How fast a large archive is searched, against FTS5 with default settings on one wide table in the same run.

python bench/search.py --stories 1000000 --folder /tmp/bench-search

Both are filled side by side with the same invented stories, in constant memory. Prints Markdown.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import shutil
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate, islice
from pathlib import Path

import sqlite_utils

from archiver.records import Article, Author, Evidence, Image
from archiver.store import CaptureRow, Reading, index, open_archive, open_reader
from archiver.store.saving import key_of
from archiver.store.words import match_of

SITES = 200
FIRST = datetime(2023, 11, 1, tzinfo=UTC)
DAYS = 3 * 365
COMMON = 60_000  # words that sentences are made of, by Zipf's law
NAMES = 400_000  # rare words strewn into them
SENTENCES = 40_000
BATCH = 500
REAL = 2_000  # stories through save_articles, for its rate and the size of a story with all its parts
WINDOW = 90  # days
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il")]
CLASSES = ("over 20 %", "1 to 5 %", "0.1 to 0.5 %", "under 0.01 %", "phrase", "prefix of 4", "AND", "OR of 3", "NOT", "common AND rare")


@dataclass(frozen=True, slots=True)
class Story:
    number: int
    site: str
    published: datetime
    headline: str
    abstract: str
    body: str
    section: str

    @property
    def url(self) -> str:
        return f"https://{self.site}.example/{self.published:%Y/%m/%d}/story-{self.number}"

    @property
    def utc(self) -> str:
        return f"{self.published:%Y-%m-%dT%H:%M:%SZ}"


# --- invented stories


def spell(number: int) -> str:
    """A word for a number, the same for the same one."""
    word = ""
    number += len(SYLLABLES)
    while number:
        number, rest = divmod(number, len(SYLLABLES))
        word += SYLLABLES[rest]
    return word


def stories(number: int, seed: int = 1) -> Iterator[Story]:
    """Always the same ones. Seven in ten arrive about when they are published, the others out of order, as from a backfill."""
    chance = random.Random(seed)
    words = [spell(n) for n in range(COMMON)]
    weights = list(accumulate(1 / (n + 3) for n in range(COMMON)))
    sentences = [make_sentence(chance.choices(words, cum_weights=weights, k=chance.randint(8, 26))) for _ in range(SENTENCES)]
    names = [spell(n).title() for n in range(COMMON, COMMON + NAMES)]
    for n in range(number):
        days = DAYS * (n / number if chance.random() < 0.7 else chance.random())
        published = FIRST + timedelta(days=days, seconds=chance.randint(0, 86_399))
        body = chance.choices(sentences, k=chance.randint(10, 30))
        for _ in range(8):
            body.insert(chance.randrange(len(body)), f"{chance.choice(names)} {names[int(NAMES * chance.random() ** 4)]}.")
        yield Story(
            n,
            f"site_{int(SITES * chance.random() ** 2)}",
            published,
            chance.choice(sentences)[:70],
            chance.choice(sentences),
            "\n\n".join(" ".join(body[start : start + 4]) for start in range(0, len(body), 4)),
            f"section {int(12 * chance.random())}",
        )


def make_sentence(words: Sequence[str]) -> str:
    return " ".join(words).capitalize() + "."


# --- filling


def fill_ours(folder: Path, number: int, told: multiprocessing.Queue) -> None:
    """The same tables and the same index by the same statements as save_articles, many rows at a time."""
    began = time.monotonic()
    with open_archive(folder) as archive:
        remaining = stories(number)
        while batch := list(islice(remaining, BATCH)):
            with archive.writing():
                add_batch(archive.db, batch)
            if batch[-1].number % 100_000 < BATCH:
                told.put(f"ours: {batch[-1].number + 1:,} stories after {time.monotonic() - began:.0f} s")
        archive.db.execute("pragma wal_checkpoint(truncate)")
    told.put(("ours", time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def add_batch(db: sqlite_utils.Database, batch: Sequence[Story]) -> None:
    for site in {story.site for story in batch}:
        db.execute("insert or ignore into sites (name, url, added_at) values (?, '', '')", (site,))
    for story in batch:
        db.execute(
            "insert into captures (id, target_uri, site, role, warc_date, http_status, outcome, read_with, warc_filename, warc_offset,"
            " warc_length, payload_digest) values (?, ?, ?, 'story', ?, 200, 'new', 'bench', 'bench.warc.gz', ?, 50000, ?)",
            (story.number + 1, story.url, story.site, story.utc, story.number * 50_000, "sha1:" + "A" * 32),
        )
        words, digest = len(story.body.split()), sha256(story.body.encode()).hexdigest()
        db.execute(
            "insert into articles (id, key, search_id, site, url, headline, abstract, byline, date_published, date_published_utc,"
            " date_precision, article_section, in_language, access_observed, word_count, text_hash, capture_id, read_with, first_seen_at,"
            " last_seen_at, revision_count, pubstatus)"
            " values (?, ?, ?, ?, ?, ?, ?, 'A Reporter', ?, ?, 'second', ?, 'en', 'full', ?, ?, ?, 'bench', ?, ?, 1, 'live')",
            (
                story.number + 1,
                key_of(story.url),
                index.free_slot(db, index.first_slot(story.utc, story.utc)),
                story.site,
                story.url,
                story.headline,
                story.abstract,
                story.utc,
                story.utc,
                story.section,
                words,
                digest,
                story.number + 1,
                story.utc,
                story.utc,
            ),
        )
    numbers = [story.number + 1 for story in batch]
    db.conn.executemany(
        "insert into article_texts (article_id, article_body, article_body_html) values (?, ?, ?)",
        [(story.number + 1, story.body, "<p>" + story.body.replace("\n\n", "</p><p>") + "</p>") for story in batch],
    )
    db.execute(
        "insert into revisions (article_id, number, capture_id, memento_datetime, last_seen_at, change, declared, stealth, text_hash,"
        " read_with, word_count, headline, abstract, byline, date_published, date_published_utc, article_body)"
        " select id, 1, capture_id, first_seen_at, last_seen_at, 'first', 1, 0, text_hash, read_with, word_count, headline, abstract,"
        " byline, date_published, date_published_utc, article_body from articles"
        " join article_texts on article_id = id where id between ? and ?",
        (numbers[0], numbers[-1]),
    )
    index.add_stories(db, numbers)


def fill_default(folder: Path, number: int, told: multiprocessing.Queue) -> None:
    """What one gets without thinking of search: one wide table, indexes on date and site, full-text search switched on."""
    began = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    db = sqlite_utils.Database(folder / "wide.db")
    db.enable_wal()
    columns = {"id": int, "site": str, "url": str, "headline": str, "abstract": str, "article_body": str, "published": str, "section": str}
    db["articles"].create(columns, pk="id")
    for indexed in (["published"], ["site", "published"], ["url"]):
        db["articles"].create_index(indexed)
    db["articles"].enable_fts(["headline", "abstract", "article_body"])
    copy = "insert into articles_fts (rowid, headline, abstract, article_body) select id, headline, abstract, article_body from articles"
    remaining = stories(number)
    while batch := list(islice(remaining, BATCH)):
        rows = [(s.number + 1, s.site, s.url, s.headline, s.abstract, s.body, s.utc, s.section) for s in batch]
        with db.atomic():
            db.conn.executemany("insert into articles values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            db.execute(f"{copy} where id between ? and ?", (rows[0][0], rows[-1][0]))
    db.execute("analyze")
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    told.put(("one wide table", time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def fill_really(folder: Path) -> tuple[float, float]:
    """(stories per second, bytes per story) through save_articles, with images, authors, keywords and evidence."""
    with open_archive(folder) as archive:
        made = list(stories(REAL, seed=2))
        began = time.process_time()
        for start in range(0, REAL, 100):
            batch = made[start : start + 100]
            rows = [capture_of(story) for story in batch]
            with archive.writing():
                ids = archive.save_captures(rows)
                readings = [Reading(replace(row, id=id_), article_of(s), "bench") for row, id_, s in zip(rows, ids, batch, strict=True)]
                archive.save_articles(readings, FIRST)
        seconds = time.process_time() - began
        archive.db.execute("pragma wal_checkpoint(truncate)")
    return REAL / seconds, (folder / "archive.db").stat().st_size / REAL


def capture_of(story: Story) -> CaptureRow:
    kept = {"warc_filename": "w", "warc_offset": story.number, "warc_length": 1, "payload_digest": "sha1:" + "A" * 32}
    return CaptureRow(story.url, story.site, story.published, 200, "kept", **kept)


def article_of(story: Story) -> Article:
    fields = ("headline", "date_published", "date_modified", "byline", "article_section", "in_language", "canonical_url", "abstract")
    return Article(
        story.url,
        headline=story.headline,
        abstract=story.abstract,
        byline="A Reporter",
        date_published=story.utc,
        date_published_utc=story.utc,
        date_precision="second",
        article_section=story.section,
        in_language="en",
        word_count=len(story.body.split()),
        text_hash=sha256(story.body.encode()).hexdigest(),
        article_body=story.body,
        article_body_html="<p>" + story.body.replace("\n\n", "</p><p>") + "</p>",
        authors=(Author("A Reporter"),),
        keywords=("one", "two", "three"),
        images=(Image(story.url + ".jpg", caption=story.abstract, creditline="Photo: A Photographer/AFP", credit_agency="AFP"),),
        evidence=tuple(Evidence(name, story.headline, "jsonld", f"NewsArticle.{name}", 0.9) for name in fields for _ in range(2)),
    )


# --- asking


def make_queries(number: int, each: int) -> dict[str, list[str]]:
    """`each` queries of every class, with words of the frequency that the class names, counted in a part of the stories."""
    sample = min(number, 20_000)
    seen: Counter[str] = Counter()
    phrases: list[str] = []
    chance = random.Random(3)
    for story in stories(number):
        words = f"{story.headline} {story.abstract} {story.body}".lower().replace(".", " ").split()
        seen.update(set(words))
        start = chance.randrange(len(words) - 2)
        phrases.append(" ".join(words[start : start + 2]))
        if story.number + 1 >= sample:
            break

    def often(low: float, high: float) -> list[str]:
        return sorted(word for word, n in seen.items() if low <= n / sample < high)

    common, medium, low, rare = often(0.2, 1), often(0.01, 0.05), often(0.001, 0.005), often(0, max(0.0001, 2 / sample))
    made: dict[str, Callable[[], str]] = {
        "over 20 %": lambda: chance.choice(common),
        "1 to 5 %": lambda: chance.choice(medium),
        "0.1 to 0.5 %": lambda: chance.choice(low),
        "under 0.01 %": lambda: chance.choice(rare),
        "phrase": lambda: f'"{chance.choice(phrases)}"',
        "prefix of 4": lambda: f"{chance.choice([word for word in medium if len(word) > 4])[:4]}*",
        "AND": lambda: f"{chance.choice(medium)} AND {chance.choice(medium)}",
        "OR of 3": lambda: f"{chance.choice(medium)} OR {chance.choice(medium)} OR {chance.choice(low)}",
        "NOT": lambda: f"{chance.choice(medium)} NOT {chance.choice(common)}",
        "common AND rare": lambda: f"{chance.choice(common)} AND {chance.choice(low)}",
    }
    return {name: [made[name]() for _ in range(each)] for name in CLASSES}


Ask = Callable[[str, date, date, str], int]
Took = tuple[float, float]  # ms by the clock, and of CPU: on a busy machine the clock counts others' work, too
Times = dict[tuple[str, str], dict[str, list[Took]]]  # by (kind of question, engine), then by class of query


def ask_ours(folder: Path) -> dict[str, Ask]:
    """As `archiver search` asks: hits with snippets, and the total."""
    archive = open_reader(folder)
    return {
        f"{WINDOW} days, newest 20, total": lambda q, low, high, site: archive.search(q, from_=low, to=high, sort="newest").total,
        "whole archive, newest 20, total": lambda q, low, high, site: archive.search(q, sort="newest").total,
        f"{WINDOW} days, one site, newest 20, total": lambda q, low, high, site: archive.search(q, site, low, high, sort="newest").total,
        f"{WINDOW} days, best 20, total": lambda q, low, high, site: archive.search(q, from_=low, to=high).total,
        "whole archive, best 20, total": lambda q, low, high, site: archive.search(q).total,
    }


def ask_default(folder: Path) -> dict[str, Ask]:
    """The joins that a tutorial shows, without snippets."""
    conn = sqlite3.connect(f"file:{folder}/wide.db?mode=ro", uri=True)
    joined = "from articles_fts f join articles a on a.id = f.rowid where articles_fts match ?"
    shown, counted = f"select a.id, a.headline, a.site, a.url, a.published {joined}", f"select count(*) {joined}"
    window, of_site = " and a.published >= ? and a.published < ?", " and a.site = ?"

    def ask(q: str, where: str, given: tuple[str, ...], order: str) -> int:
        match = match_of(q)
        conn.execute(f"{shown}{where} order by {order} limit 20", (match, *given)).fetchall()
        return conn.execute(f"{counted}{where}", (match, *given)).fetchone()[0]

    def days(low: date, high: date) -> tuple[str, str]:
        return low.isoformat(), (high + timedelta(days=1)).isoformat()

    newest, best = "a.published desc", "rank"
    return {
        f"{WINDOW} days, newest 20, total": lambda q, low, high, site: ask(q, window, days(low, high), newest),
        "whole archive, newest 20, total": lambda q, low, high, site: ask(q, "", (), newest),
        f"{WINDOW} days, one site, newest 20, total": lambda q, low, high, site: ask(q, window + of_site, (*days(low, high), site), newest),
        f"{WINDOW} days, best 20, total": lambda q, low, high, site: ask(q, window, days(low, high), best),
        "whole archive, best 20, total": lambda q, low, high, site: ask(q, "", (), best),
    }


def measure(asks: dict[str, dict[str, Ask]], queries: dict[str, list[str]], seed: int = 4) -> Times:
    """What each question took, of both engines: they get the same query, one after the other."""
    chance = random.Random(seed)
    found: Times = {}
    for kind in next(iter(asks.values())):
        for name, texts in queries.items():
            for text in texts:
                low = (FIRST + timedelta(days=chance.randrange(DAYS - WINDOW))).date()
                given = (text, low, low + timedelta(days=WINDOW - 1), f"site_{chance.randrange(SITES)}")
                totals = {}
                for engine, questions in asks.items():
                    began, cpu = time.perf_counter(), time.thread_time()
                    totals[engine] = questions[kind](*given)
                    took = 1_000 * (time.perf_counter() - began), 1_000 * (time.thread_time() - cpu)
                    found.setdefault((kind, engine), {}).setdefault(name, []).append(took)
                if len({min(total, 10_000) for total in totals.values()}) != 1:
                    raise AssertionError(f"{kind}: {text!r} gives {totals}")
    return found


# --- printing


def summary(times: Sequence[Took]) -> str:
    clock, cpu = sorted(wall for wall, _ in times), sorted(cpu for _, cpu in times)
    p95 = min(len(clock) - 1, int(0.95 * len(clock)))
    return f"{statistics.median(clock):.1f} | {clock[p95]:.1f} | {clock[-1]:.1f} | {cpu[p95]:.1f}"


COLUMNS = "p50 ms | p95 ms | max ms | p95 CPU ms |\n|---|---|--:|--:|--:|--:|"


def print_times(found: Times) -> None:
    print(f"\n| question | engine | {COLUMNS}")
    for (kind, engine), by_class in found.items():
        print(f"| {kind} | {engine} | {summary([t for times in by_class.values() for t in times])} |")
    target = f"{WINDOW} days, newest 20, total"
    print(f"\nBy class of query, {target}:\n\n| query | engine | {COLUMNS}")
    for name in CLASSES:
        for (kind, engine), by_class in found.items():
            if kind == target:
                print(f"| {name} | {engine} | {summary(by_class[name])} |")


def print_sizes(folder: Path, number: int) -> None:
    conn = sqlite3.connect(folder / "archive.db")
    sizes: Counter[str] = Counter()
    try:
        owners = dict(conn.execute("select name, tbl_name from sqlite_master").fetchall())
        for name, size in conn.execute("select name, sum(pgsize) from dbstat group by name"):
            sizes[owners.get(name, name).replace("_fts_data", "_fts").replace("_fts_idx", "_fts").replace("_fts_docsize", "_fts")] += size
    except sqlite3.OperationalError:
        pass  # this SQLite was built without dbstat
    print("\n| table with its indexes | bytes a story |\n|---|---|")
    for name, size in sizes.most_common(8):
        print(f"| {name} | {size / number:,.0f} |")
    for label, path in (("archive.db", folder / "archive.db"), ("one wide table", folder / "wide.db")):
        print(f"| {label}, whole file | {path.stat().st_size / number:,.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stories", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=10, help="of each class")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/bench-search"))
    parser.add_argument("--keep", action="store_true", help="use what an earlier run left in the folder, and leave it")
    options = parser.parse_args()
    folder: Path = options.folder
    if not (options.keep and (folder / "wide.db").exists()):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        rate, size = fill_really(folder / "real")
        print(f"save_articles: {rate:,.0f} stories per CPU second, {size:,.0f} bytes a story with all its parts ({REAL:,} stories)")
        fill_both(folder, options.stories)
    queries = make_queries(options.stories, options.queries)
    asks = {"archiver": ask_ours(folder), "one wide table": ask_default(folder)}
    measure(asks, {name: texts[:2] for name, texts in queries.items()}, seed=5)  # warm
    found = measure(asks, queries)
    print(f"\n{options.stories:,} stories, {options.queries} queries of each of {len(CLASSES)} classes, SQLite {sqlite3.sqlite_version}")
    print_times(found)
    print_sizes(folder, options.stories)
    if not options.keep:
        shutil.rmtree(folder)


def fill_both(folder: Path, number: int) -> None:
    told: multiprocessing.Queue = multiprocessing.Queue()
    fills = [multiprocessing.Process(target=fill, args=(folder, number, told)) for fill in (fill_ours, fill_default)]
    for process in fills:
        process.start()
    left = len(fills)
    while left:
        news = told.get()
        if isinstance(news, str):
            print(news, flush=True)
            continue
        name, seconds, megabytes = news
        print(
            f"{name}: {number:,} stories filled in {seconds:.0f} s ({number / seconds:,.0f} a second), peak memory {megabytes:.0f} MB",
            flush=True,
        )
        left -= 1
    for process in fills:
        process.join()
        if process.exitcode:
            raise SystemExit(f"filling failed: exit code {process.exitcode}")


if __name__ == "__main__":
    main()
