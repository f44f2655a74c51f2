"""What finding copies costs, and how well it does on planted ones.

python bench/duplicates.py --stories 20000
python bench/duplicates.py --libraries      (needs: pip install datasketch)

CPU of comparing a story with all before it (sketch, look-up, verdict, clusters, rows written) against storing it, and the bytes that it
takes, on invented stories of which one in three is a copy; recall and precision by the share of changed sentences.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from archiver.store import Archive, open_archive
from tests.planted_copies import DAY_1, Desk, Planted, as_body, copies, found_pairs, look_alikes, save, true_pairs

TABLES = ("sketch_hashes", "sketches", "copy_pairs", "copies", "copy_clusters")
BATCH = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=20_000)
    parser.add_argument("--libraries", action="store_true", help="only: the sketch beside others; datasketch must be installed")
    options = parser.parse_args()
    if options.libraries:
        from sketches import compare_libraries

        compare_libraries()
        return
    with tempfile.TemporaryDirectory() as folder:
        quality(Path(folder) / "quality")
        cost(Path(folder) / "cost", options.stories)


def quality(folder: Path) -> None:
    desk = Desk(3)
    stories = copies(desk, 300) + look_alikes(desk)
    random.Random(3).shuffle(stories)
    with open_archive(folder) as archive:
        store(archive, stories)
        true, found = true_pairs(stories), found_pairs(archive)
    right = len(true & found)
    print(f"planted pairs {len(true)}: precision {right / len(found):.3f}, recall {right / len(true):.3f}, ", end="")
    print(f"F1 {2 * right / (len(true) + len(found)):.3f}")


def cost(folder: Path, number: int) -> None:
    desk = Desk(4)
    with open_archive(folder) as archive:
        stored = compared = 0.0
        done, told = 0, 0
        while done < number:
            batch = []
            for _ in range(BATCH * 3 // 4):
                text, name = desk.text(desk.random.randrange(12)), f"s{told}"
                batch.append(Planted(name, f"site_{told % 40}", moment(told), as_body(text), name))
                if told % 3 == 0:
                    edited = desk.edited(text, 0.2, told % 12)
                    batch.append(Planted(name + "-c", f"site_{(told + 7) % 40}", moment(told + 300), as_body(edited), name))
                told += 1
            once, twice = store(archive, batch)
            stored, compared, done = stored + once, compared + twice, done + len(batch)
        sizes = {table: bytes_of(archive, table) for table in TABLES}
        words = archive.db.execute("select avg(word_count) from articles").fetchone()[0]
    print(f"{done} stories of {words:.0f} words, a quarter of them copies: storing {1000 * stored / done:.2f} CPU ms, ", end="")
    print(f"comparing {1000 * compared / done:.2f} CPU ms a story")
    print(f"{sum(sizes.values()) / done:.0f} bytes a story: " + ", ".join(f"{name} {size / done:.0f}" for name, size in sizes.items()))


def moment(told: int) -> datetime:
    return DAY_1 + timedelta(minutes=3 * told)


def store(archive: Archive, stories: list[Planted]) -> tuple[float, float]:
    """CPU seconds of storing and of comparing, in batches."""
    stored = compared = 0.0
    for at in range(0, len(stories), BATCH):
        began = time.process_time()
        with archive.writing():
            save(archive, stories[at : at + BATCH])
            between = time.process_time()
            archive.compare_stories(2 * BATCH)
        ended = time.process_time()
        stored, compared = stored + between - began, compared + ended - between
    while archive.compare_stories(BATCH):
        pass
    return stored, compared


def bytes_of(archive: Archive, table: str) -> int:
    """Pages of a table times their size; counted by their content where SQLite was built without dbstat."""
    query = "select sum(pgsize) from dbstat where name = ? or name in (select name from sqlite_master where tbl_name = ?)"
    return archive.db.execute(query, (table, table)).fetchone()[0] or 0


if __name__ == "__main__":
    main()
