"""`archiver demo`: crawls the bundled outlet's four days, and says what was found and what to try next."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

from archiver import demo, display, settings
from archiver.errors import ended_with
from archiver.sites import SITES_FILE, append_site, read_sites_file
from archiver.store import open_reader


def play_demo(data_dir: Path, days: int, quiet: bool) -> None:
    """Plays the days, prints what was found. Running it again changes nothing in the archive but what was last seen when."""
    out = display.console()
    began = time.monotonic()
    with demo.Outlet(day=1) as outlet:
        site = demo.site_facts(outlet.address)
        if site.name not in read_sites_file(data_dir / SITES_FILE):
            append_site(site, data_dir / SITES_FILE, "the bundled outlet; it is there only while `archiver demo` runs, so it is paused")
        for day in range(1, days + 1):
            outlet.day = day
            moment = demo.Outlet.crawl_time(day)
            out.print(f"Day {day} of {days}, {moment.astimezone(demo.ZONE):%A %d %B %Y}", markup=False)
            counts = crawl_at(moment, site.name, data_dir, quiet)
            out.print(f"   {_in_words(Counter(counts), count_vanished(data_dir, site.name, moment))}", markup=False)
    print_found(data_dir, site.name, time.monotonic() - began, out)


def _in_words(counts: Counter[str], vanished: int) -> str:
    return (
        f"{counts['new']} new, {counts['changed']} changed, {counts['unchanged']} unchanged, {vanished} vanished, "
        f"{counts['robots']} left alone because robots.txt says so"
    )


def count_vanished(data_dir: Path, site: str, moment: datetime) -> int:
    """Stories that count as gone since the crawl at `moment`."""
    query = "select count(*) from articles where site = ? and pubstatus = 'gone' and pubstatus_at = ?"
    with open_reader(data_dir) as archive:
        return archive.db.execute(query, (site, f"{moment:%Y-%m-%dT%H:%M:%SZ}")).fetchone()[0]


def crawl_at(moment: datetime, site: str, data_dir: Path, quiet: bool) -> dict[str, int]:
    """`archiver crawl SITE` with the archiver's clock at `moment`, in a process of its own. Returns counts by outcome."""
    command = [sys.executable, "-m", "archiver", "--data", str(data_dir), *(["-q"] if quiet else []), "crawl", site, "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=os.environ | {"ARCHIVER_NOW": moment.isoformat()}, check=False)
    if done.returncode not in (0, 3):
        raise ended_with(done.returncode, "The demo's crawl failed; the reason stands above.\nWhat was kept is kept: archiver status")
    counts: dict[str, int] = json.loads(done.stdout)[site]["outcomes"]
    return counts


OF_STORIES = "from articles where site = :site"
OF_IMAGES = "from images join articles on articles.id = article_id where site = :site"
OF_REVISIONS = "from revisions join articles on articles.id = article_id where site = :site"
FOUND = (  # what is counted: its name, for one and for several, and the SQL that counts it
    ("story", "stories, each once", f"select count(*) {OF_STORIES}"),
    ("caption of a picture", "captions of pictures", f"select count(*) {OF_IMAGES} and caption is not null"),
    ("credit line", "credit lines", f"select count(*) {OF_IMAGES} and creditline is not null"),
    (
        "picture, kept with its story",
        "pictures, kept with their stories",
        f"select count(distinct p.capture_id) from pictures p where p.article_id in (select id {OF_STORIES})",
    ),
    ("dateline", "datelines", f"select count(*) {OF_STORIES} and dateline is not null"),
    (
        "revision: a story that read otherwise when it was looked at again",
        "revisions: stories that read otherwise when they were looked at again",
        f"select count(*) {OF_REVISIONS} and number > 1",
    ),
    (
        "of them is a stealth edit: no newer date and no note speaks of it",
        "of them are stealth edits: no newer date and no note speaks of them",
        f"select count(*) {OF_REVISIONS} and stealth = 1",
    ),
    (
        "correction or update note",
        "corrections and update notes",
        "select count(*) from corrections join articles on articles.id = article_id where site = :site",
    ),
    (
        "vanished story, kept as it last was",
        "vanished stories, kept as they last were",
        f"select count(*) {OF_STORIES} and pubstatus = 'gone'",
    ),
    (
        "headline that only the front page showed, and not the story itself",
        "headlines that only the front page showed, and not the stories themselves",
        "select count(distinct text) from front_page_headlines where site = :site",
    ),
    (
        "other address of the same story (AMP): no story is there twice",
        "other addresses of the same stories (AMP): no story is there twice",
        "select count(distinct url) from outcomes join runs on runs.id = run_id where site = :site and outcome = 'duplicate_address'",
    ),
    (
        "duplicate: a story that prints a text that another story had before (agency copy)",
        "duplicates: stories that print a text that another had before (agency copy)",
        "select count(*) from copies join articles on articles.id = article_id where site = :site and not is_first",
    ),
)
EXAMPLE = """
    select key, revision_count > 1 from articles a where site = :site
    order by exists (select 1 from revisions r where r.article_id = a.id and stealth) desc, revision_count desc, search_id limit 1
"""


def print_found(data_dir: Path, site: str, seconds: float, out: display.Console) -> None:
    """Counts of what is in the archive, then commands that can be pasted as they stand."""
    with open_reader(data_dir) as archive:
        rows = [(archive.db.execute(query, {"site": site}).fetchone()[0], one, many) for one, many, query in FOUND]
        key, changed = archive.db.execute(EXAMPLE, {"site": site}).fetchone()
    out.print(f"\nThe archive is in {data_dir / 'archive.db'}; this is what was found:", markup=False)
    for count, one, many in rows:
        out.print(f"  {count:4}  {one if count == 1 else many}", markup=False)
    out.print(f"It took {seconds:.0f} s. Try next:", markup=False)
    command = as_typed(data_dir)
    for words in ("search levee", f"show {key}", *([f"diff {key}"] if changed else []), "browse --open", "add https://lodivalleynews.com/"):
        out.print(f"  {command} {words}", markup=False, soft_wrap=True)


def as_typed(data_dir: Path) -> str:
    """How the archiver is called on this archive from here: `archiver`, or with its path where the shell would not find it."""
    called = Path(sys.argv[0])
    if called.name != "archiver":
        words = [sys.executable, "-m", "archiver"]
    elif shutil.which("archiver"):
        words = ["archiver"]
    else:
        words = [os.path.relpath(called)]
    return shlex.join(words + ([] if data_dir == settings.data_dir() else ["--data", str(data_dir)]))
