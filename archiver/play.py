"""`archiver demo`: crawls the bundled outlet's four days, and says what was found and what to try next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from archiver import demo, display, settings
from archiver.errors import ArchiverError
from archiver.queries import load_queries
from archiver.sites import SITES_FILE, append_site, read_sites_file
from archiver.store import open_reader


def play_demo(data_dir: Path, days: int, quiet: bool) -> None:
    """Plays the days, prints what was found. Running it again changes nothing in the archive but what was last seen when."""
    out = display.console()
    began = time.monotonic()
    with demo.Outlet(day=1) as outlet:
        site = demo.site_facts(outlet.address)
        if site.name not in read_sites_file(data_dir / SITES_FILE):
            append_site(site, data_dir / SITES_FILE, "the bundled outlet; it is there only while `archiver demo` runs")
        for day in range(1, days + 1):
            outlet.day = day
            moment = demo.Outlet.crawl_time(day)
            out.print(f"Day {day} of {days}, {moment.astimezone(demo.ZONE):%A %d %B %Y}", markup=False)
            counts = crawl_at(moment, site.name, data_dir, quiet)
            out.print(f"   {_in_words(Counter(counts))}", markup=False)
    print_found(data_dir, site.name, time.monotonic() - began, out)


def _in_words(counts: Counter[str]) -> str:
    vanished = counts["gone"] + counts["redirected_away"]
    return (
        f"{counts['new']} new, {counts['changed']} changed, {counts['unchanged']} unchanged, {vanished} vanished, "
        f"{counts['robots']} left alone because robots.txt says so"
    )


def crawl_at(moment: datetime, site: str, data_dir: Path, quiet: bool) -> dict[str, int]:
    """`archiver crawl SITE` with the archiver's clock at `moment`, in a process of its own. Returns counts by outcome."""
    command = [sys.executable, "-m", "archiver", "--data", str(data_dir), *(["-q"] if quiet else []), "crawl", site, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=os.environ | {"ARCHIVER_NOW": moment.isoformat()}, check=False)
    if done.returncode not in (0, 3):
        raise ArchiverError("The demo's crawl failed; the reason stands above.\nWhat was kept is kept: archiver status")
    counts: dict[str, int] = json.loads(done.stdout)[site]["outcomes"]
    return counts


FOUND = (
    ("stories", "select count(*) from articles where site = :site"),
    ("captions", "select count(*) from images join articles on articles.id = article_id where site = :site and caption is not null"),
    ("credit lines", "select count(*) from images join articles on articles.id = article_id where site = :site and creditline is not null"),
    ("datelines", "select count(*) from articles where site = :site and dateline is not null"),
    ("revisions", "select count(*) from revisions join articles on articles.id = article_id where site = :site and number > 1"),
    ("stealth edits", "select count(*) from revisions join articles on articles.id = article_id where site = :site and stealth = 1"),
    ("corrections and update notes", "select count(*) from corrections join articles on articles.id = article_id where site = :site"),
    ("vanished stories", "select count(*) from articles where site = :site and pubstatus = 'gone'"),
    ("other addresses of known stories (AMP, variants), not fetched twice", "select count(distinct url) from outcomes "
     "join runs on runs.id = run_id where site = :site and outcome = 'duplicate_address'"),
)  # fmt: skip


def print_found(data_dir: Path, site: str, seconds: float, out: display.Console) -> None:
    with open_reader(data_dir) as archive:
        rows = [(archive.db.execute(query, {"site": site}).fetchone()[0], title) for title, query in FOUND]
        copies = next(query.sql for query in load_queries() if query.name == "shared_paragraphs")
        rows.append(
            (
                len(archive.db.execute(copies, {"from": "", "to": ""}).fetchall()),
                "duplicates: pairs of stories that share their paragraphs (wire copy)",
            )
        )
        changed = archive.db.execute(
            "select key from articles where site = ? and revision_count > 1 order by search_id limit 1", (site,)
        ).fetchone()
    out.print(f"\nThe archive is in {data_dir / 'archive.db'}:", markup=False)
    display.table(rows, ["", ""], out)
    out.print(f"It took {seconds:.0f} s. Next:", markup=False)
    option = "" if data_dir == settings.data_dir() else f"--data {data_dir} "
    prefix = "" if not Path(".venv/bin/archiver").exists() else ".venv/bin/"
    for words in ("search river", f"diff {changed[0]}" if changed else "status", "browse --open", "add https://…  (a site of your own)"):
        out.print(f"  {prefix}archiver {option}{words}", markup=False)
