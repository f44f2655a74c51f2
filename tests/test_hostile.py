"""One crawl of servers that misbehave: it ends by itself, in bounded memory, and no trap takes a good story along."""

from __future__ import annotations

import subprocess
import time
import unicodedata
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests import hostile_outlet as hostile
from tests.conftest import Cli
from tests.hostile_outlet import Misbehaving, plain, sheet, sitemap

pytestmark = pytest.mark.long

MOST_MEMORY = 600 << 20  # bytes, of all processes together
ENDS_WITHIN_S = 110  # a few seconds on a machine of one's own
BUDGET = 40  # requests of one run


@dataclass
class Crawl:
    """What happened."""

    cli: Cli
    exit_code: int
    printed: str
    peak_bytes: int
    good: list[str]
    fitting: dict[str, frozenset[str]]
    sites: dict[str, Misbehaving]
    outcomes: dict[str, tuple[str, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawl]:
    cli = Cli(tmp_path_factory.mktemp("hostile"))
    with ExitStack() as running:
        sites = {name: running.enter_context(Misbehaving()) for name in ("pages", "slow", "leading", "endless", "indexes", "behind")}
        good = [url for name, site in sites.items() if name != "behind" for url in site.put_good(name)]
        fitting = put_traps(sites, good)
        for name in ("pages", "slow", "leading", "endless"):
            cli.site(name, sites[name].address, f"delay_s = 0.01\nmax_requests = {BUDGET if name == 'endless' else 500}")
        cli.site("indexes", sites["indexes"].address, index_facts(sites["indexes"]))
        # a busy machine may stand still for seconds; nothing else is to end by this limit
        done = watched(cli, "crawl", ARCHIVER_TIMEOUT_S="5", ARCHIVER_NOW="2026-11-02T20:00:00Z")
        crawl = Crawl(cli, *done, good, fitting, sites)
        crawl.outcomes = {str(url): (str(kind), str(why)) for url, kind, why in cli.rows("select url, outcome, reason from outcomes")}
        yield crawl


def put_traps(sites: dict[str, Misbehaving], good: list[str]) -> dict[str, frozenset[str]]:
    traps = {
        "pages": hostile.page_traps(),
        "slow": hostile.slow_traps(),
        "leading": hostile.leading_traps(sites["leading"].port, sites["behind"].port),
    }
    fitting: dict[str, frozenset[str]] = {}
    for name, kinds in traps.items():
        found = sites[name].put_traps(kinds)
        sites[name].put_front([*mixed(list(found), [url for url in good if url.startswith(sites[name].address)])])
        fitting |= found
    put_endless(sites["endless"], [url for url in good if url.startswith(sites["endless"].address)])
    put_indexes(sites["indexes"], [url for url in good if url.startswith(sites["indexes"].address)])
    return fitting


def mixed(traps: list[str], good: list[str]) -> list[str]:
    """A good story after every few traps."""
    step = max(1, len(traps) // len(good))
    return [url for place, story in enumerate(good) for url in (*traps[place * step : (place + 1) * step], story)] + traps[
        step * len(good) :
    ]


def put_endless(site: Misbehaving, good: list[str]) -> None:
    """Paging, a calendar, session ids and a farm of pages that all lead to ever more of their kind."""

    def more(handler: hostile.Handler) -> None:
        number = len(site.asked)
        farm = "".join(
            f"<a href='/2026/11/02/farm-story-{number}-{place}-of-the-pier/'>A farm story number {place}</a>" for place in range(50)
        )
        month = f"<a href='/cal/2027/{number % 12 + 1:02d}/'>Next month</a>"
        facet = f"<a href='/shop?sid={number:032x}&amp;sort={number}'>Sorted otherwise</a>"
        hostile.send(handler, sheet("More", f"{farm}{month}{facet}<a rel=next href='/news/page/{number}/'>Next</a>"))

    site.else_answer = more
    menu = "<nav><a href='/news/'>News</a><a href='/calendar/'>Calendar</a><a href='/cal/2026/11/'>Days</a></nav>"
    site.put_front(good, menu)


def put_indexes(site: Misbehaving, good: list[str]) -> None:
    """Feeds and sitemaps that are bombs; three good stories in each of two that can be read."""
    site.put_front([], f"<p {' '.join(f'a{number}=1' for number in range(300_000))}>")
    site.answers["/feed.xml"] = plain(hostile.long_feed(good[:3], site.address), content_type="application/rss+xml")
    site.answers["/bomb.xml.gz"] = plain(hostile.sitemap_bomb(), content_type="application/gzip")
    site.answers["/endless.xml"] = hostile.ENDLESS_SITEMAP
    site.answers["/entities.xml"] = plain(hostile.ENTITIES, content_type="application/xml")
    children = "".join(f"<sitemap><loc>{site.url(f'/child-{number}.xml')}</loc></sitemap>" for number in range(50_000))
    site.answers["/children.xml"] = plain(sitemap(children, "sitemapindex"), content_type="application/xml")
    site.answers["/itself.xml"] = plain(sitemap(f"<sitemap><loc>{site.url('/itself.xml')}</loc></sitemap>", "sitemapindex"))
    site.answers["/good.xml"] = plain(sitemap("".join(f"<url><loc>{url}</loc><lastmod>2026-11-02</lastmod></url>" for url in good[3:])))
    site.else_answer = plain(sitemap(""), content_type="application/xml")


def index_facts(site: Misbehaving) -> str:
    names = ("bomb.xml.gz", "endless.xml", "entities.xml", "children.xml", "itself.xml", "good.xml")
    sitemaps = ", ".join(f'"{site.url(name)}"' for name in names)
    return f'delay_s = 0.01\nmax_requests = {BUDGET}\nfeeds = ["{site.url("feed.xml")}"]\nsitemaps = [{sitemaps}]'


def watched(cli: Cli, *words: str, **env: str) -> tuple[int, str, int]:
    """Exit code, everything printed, and the most memory that all processes had at one moment."""
    printed = cli.folder / "printed"
    with printed.open("wb") as out:
        process = subprocess.Popen(cli.command(*words), cwd=cli.folder, env=cli.env | env, stdout=out, stderr=out)
        peak, until = 0, time.monotonic() + ENDS_WITHIN_S
        while process.poll() is None:
            peak = max(peak, sum(memory_of(pid) for pid in family(process.pid)))
            if time.monotonic() > until:
                process.kill()
            time.sleep(0.3)
    return process.returncode, printed.read_text(), peak


def family(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [one for child in (task / "children").read_text().split() for one in family(int(child))]
    return found


def memory_of(pid: int) -> int:
    """Bytes; what processes share is counted once."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def test_the_crawl_ends_by_itself_and_says_so_without_a_traceback(crawl: Crawl):
    assert crawl.exit_code == 3, crawl.printed[-3_000:]
    assert "Traceback" not in crawl.printed
    assert "\x1b" not in crawl.printed
    assert crawl.cli.rows("select count(*) from runs where finished_at is null") == [(0,)]


def test_bombs_and_endless_answers_do_not_cost_memory(crawl: Crawl):
    assert 50 << 20 < crawl.peak_bytes < MOST_MEMORY


def test_no_trap_takes_a_good_story_along(crawl: Crawl):
    stored = {url for (url,) in crawl.cli.rows("select url from articles")}
    assert [url for url in crawl.good if url not in stored] == []
    assert {crawl.outcomes[url][0] for url in crawl.good} == {"new"}


def test_every_trap_ends_in_one_outcome_that_fits(crawl: Crawl):
    ended = {url: crawl.outcomes.get(url, ("none", ""))[0] for url in crawl.fitting}
    assert {url.split("/")[-2]: outcome for url, outcome in ended.items() if outcome not in crawl.fitting[url]} == {}
    assert all(crawl.outcomes[url][1] for url, outcome in ended.items() if outcome != "new")


def test_what_is_no_story_is_not_stored(crawl: Crawl):
    stored = {url for (url,) in crawl.cli.rows("select url from articles")}
    assert [url for url, outcomes in crawl.fitting.items() if "new" not in outcomes and url in stored] == []


def test_a_dripping_server_has_one_deadline_for_the_whole_answer(crawl: Crawl):
    for name in ("drip-body", "drip-headers", "silence"):
        asked = [path for path in crawl.sites["slow"].asked if name in path]
        assert len(asked) == 2  # and once more


def test_nothing_behind_the_site_is_asked_for(crawl: Crawl):
    assert crawl.sites["behind"].asked == []


def test_calendars_session_ids_and_endless_paging_stay_within_the_budget(crawl: Crawl):
    asked = crawl.sites["endless"].asked
    assert len(asked) <= BUDGET + 2
    assert not [path for path in asked if path.startswith("/shop")]
    assert len([path for path in asked if path.startswith("/cal")]) <= 12


def test_endless_lists_of_links_are_read_to_a_bound_and_named(crawl: Crawl):
    site = crawl.sites["indexes"]
    kinds = {name: crawl.outcomes[site.url(name)] for name in ("bomb.xml.gz", "endless.xml", "entities.xml", "children.xml", "feed.xml")}
    assert kinds["endless.xml"][0] == "too_large"
    assert {kind for kind, _ in kinds.values()} <= {"too_large", "index_broken", "index"}
    assert "first 1,000 entries" in kinds["feed.xml"][1]
    assert site.asked.count("/itself.xml") <= 2  # a second time at most where the first was cut off
    assert crawl.cli.rows("select count(*) <= 5000 from links where site = 'indexes'") == [(1,)]
    assert not [url for (url,) in crawl.cli.rows("select url from links") if "root:" in str(url)]


def test_what_is_stored_is_valid_text(crawl: Crawl):
    texts = [
        str(value)
        for row in crawl.cli.rows("select a.headline, a.byline, a.description, t.article_body, t.article_body_html from articles a"
                                  " join article_texts t on t.article_id = a.id")
        for value in row if value is not None
    ]  # fmt: skip
    assert len(texts) > 60
    for text in texts:
        text.encode()
        assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t"], text[:200]
    assert max(len(str(headline)) for (headline,) in crawl.cli.rows("select headline from articles")) <= 2_000


def test_the_next_run_asks_again_for_what_was_cut_and_for_no_trap_that_was_not(crawl: Crawl):
    due = {url for (url,) in crawl.cli.rows("select url from links where due_at is not null and state = 'due'")}
    again = {url.split("/")[-2].removesuffix("-a-story-of-the-pier") for url in due if url in crawl.fitting}
    assert {"cut-gzip", "partial-206", "drip-body", "wall-maintenance"} <= again
    assert not again & {"gzip-bomb", "wall-soft-404", "leads-to-file", "leads-round"}
