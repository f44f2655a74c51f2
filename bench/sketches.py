"""The sketch of a text beside others, over the same invented stories; see duplicates.py --libraries.

Each makes a few keys of a text's shingles; two stories are candidates when they have enough keys in common; the keys are looked up in a
table of SQLite. The verdict is passed on all shingles afterwards, so precision here is work saved, not stories that are told wrongly.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from struct import pack

from rensa import RMinHash
from xxhash import xxh3_64_intdigest, xxh32_intdigest

from archiver.duplicates import SKETCH, runs_of, shingles, sketch
from archiver.store.duplicates import SHARED
from tests.planted_copies import DAY_1, Desk, Planted, as_body, copies, look_alikes, true_pairs

KEY_BITS = 48
MISSING = "datasketch is compared with, and is no part of the archiver. Install it first: pip install datasketch"
Pair = frozenset[str]
Keys = Sequence[int]
Digest = Callable[[list[bytes]], Keys]


@dataclass(frozen=True)
class Way:
    """A way to sketch a text."""

    name: str
    keys: Digest  # of a text's runs of words: hashing them is part of the work
    shared: int  # keys in common from which two stories are candidates


def ways() -> list[Way]:
    try:
        from datasketch import MinHash
    except ImportError as error:
        raise SystemExit(MISSING) from error

    def rensa(number: int) -> Digest:
        def digest(of: list[bytes]) -> Keys:
            made = RMinHash(number, 1)
            made.update(of)
            return made.digest() if of else ()

        return digest

    empty = {number: MinHash(number, hashfunc=xxh32_intdigest) for number in (16, 64, 128)}  # the permutations are made once

    def datasketch(number: int) -> Digest:
        def digest(of: list[bytes]) -> Keys:
            made = empty[number].copy()
            made.update_batch(of)
            return made.digest().tolist() if of else ()

        return digest

    return [
        Way(f"the archiver's: rensa, {SKETCH} permutations, {SHARED} in common", sketch, SHARED),
        Way("rensa: 64 permutations, 32 bands of 2, 1 in common", banded(rensa(64), 2), 1),
        Way("rensa: 128 permutations, 32 bands of 4, 1 in common", banded(rensa(128), 4), 1),
        Way("datasketch: 16 permutations, 2 in common", banded(datasketch(16), 1), 2),
        Way("datasketch: 64 permutations, 32 bands of 2, 1 in common", banded(datasketch(64), 2), 1),
        Way("datasketch: 128 permutations, 32 bands of 4, 1 in common", banded(datasketch(128), 4), 1),
        Way("the 16 smallest of all hashes (xxhash), 2 in common", smallest, 2),
    ]


def smallest(of: list[bytes]) -> Keys:
    """Broder's other form of MinHash, without a library."""
    return [each >> (64 - KEY_BITS) for each in sorted(shingles(of))[:16]]


def banded(digest: Digest, rows: int) -> Digest:
    """A key for each band of so many rows of a signature."""

    def keys(of: list[bytes]) -> Keys:
        signature = digest(of)
        if rows == 1:  # 32 bits and the number of the permutation
            return [nr << 32 | value & 0xFFFFFFFF for nr, value in enumerate(signature)]
        bands = (signature[at : at + rows] for at in range(0, len(signature), rows))
        return [xxh3_64_intdigest(pack(f"<B{rows}I", nr, *band)) >> (64 - KEY_BITS) for nr, band in enumerate(bands)]

    return keys


def briefs(desk: Desk, number: int = 2_000) -> list[Planted]:
    """Long stories, and briefs cut from each in another outlet."""
    told = []
    for each in range(number):
        text = desk.text(each % 12, paragraphs=(12, 12))
        for name, part in (("long", text), ("brief", text[: 2 + each % 2])):
            told.append(Planted(f"{name}-{each}", f"site_{name}", DAY_1, as_body(part), f"brief {each}"))
    return told


def compare_libraries() -> None:
    compared = ways()
    desk = Desk(5)
    edited, cut = copies(desk, 300), briefs(desk)
    stories = [*edited, *cut, *look_alikes(desk)]
    texts = {story.article().url: runs_of(story.text) for story in stories}
    true = {"edited": true_pairs(edited), "brief": true_pairs(cut)}
    print(f"{len(stories)} stories, {len(true['edited'])} pairs of copies, {len(true['brief'])} briefs beside the story they are cut from")
    print("| sketch | CPU µs a story | recall, up to 30 % changed | recall, briefs | precision of candidates | MB for a million |")
    print("|---|--:|--:|--:|--:|--:|")
    for way in compared:
        began = time.process_time()
        keys = {url: way.keys(of) for url, of in texts.items()}
        cost = (time.process_time() - began) / len(texts)
        found = candidates(keys, way.shared)
        recall = {name: len(pairs & found) / len(pairs) for name, pairs in true.items()}
        precision = len(found & (true["edited"] | true["brief"])) / len(found)
        size = stored_bytes(keys.values()) / len(keys)
        print(f"| {way.name} | {1e6 * cost:.0f} | {recall['edited']:.3f} | {recall['brief']:.3f} | {precision:.3f} | {size:.0f} |")


def candidates(keys: dict[str, Keys], shared: int) -> set[Pair]:
    holders: dict[int, list[str]] = defaultdict(list)
    for url, own in keys.items():
        for key in dict.fromkeys(own):
            holders[key].append(url)
    common: Counter[Pair] = Counter()
    for urls in holders.values():
        common.update(frozenset(pair) for pair in combinations(urls, 2))
    return {pair for pair, number in common.items() if number >= shared}


def stored_bytes(all_keys: Iterable[Keys]) -> int:
    """Of a table as sketch_hashes is."""
    db = sqlite3.connect(":memory:")
    db.execute("create table held (key integer, story integer, site integer, day integer, primary key (key, story)) without rowid")
    for story, keys in enumerate(all_keys):
        rows = [(key, 1_000_000 + story, 20_000, 9_500) for key in dict.fromkeys(keys)]
        db.executemany("insert into held values (?, ?, ?, ?)", rows)
    return int(db.execute("pragma page_count").fetchone()[0]) * int(db.execute("pragma page_size").fetchone()[0])
