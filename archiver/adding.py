"""`archiver add`: probe a site, read sample stories, show a plan and a score card, write its facts."""

from __future__ import annotations

import re
import shlex
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.markup import escape

from archiver import display, health, settings
from archiver.calibrate import calibrate
from archiver.captures import Captures
from archiver.counted import counted
from archiver.crawling import Wanted, crawl, probe
from archiver.display import safe
from archiver.errors import ArchiverError, NothingToDo, RefusedAddress, WrongUse
from archiver.extract.article import open_page
from archiver.extract.page import Page
from archiver.records import Site
from archiver.sites import NAME, SITES_FILE, append_site, load_sites, name_for, read_sites_file, to_toml
from archiver.store import Story, open_reader
from archiver.urls import check_fetchable, normalise, same_site

MAX_SECTIONS = 12
ZONED = re.compile(r"(?:Z|[+-]\d\d:?\d\d)$")  # a time without an offset, read as UTC, is not known exactly
SCORED = (
    ("headline", lambda story: story.article["headline"]),
    ("text", lambda story: (story.article["word_count"] or 0) >= 50),
    ("date with time and zone", lambda story: has_exact_time(story.article)),
    ("author or byline", lambda story: story.authors or story.article["byline"]),
    ("section", lambda story: story.article["article_section"]),
    ("image with caption", lambda story: any(image["caption"] for image in story.images)),
    ("caption with credit", lambda story: any(image["creditline"] for image in story.images)),
    ("dateline", lambda story: story.article["dateline"]),
)  # fmt: skip


def add_site(data_dir: Path, url: str, name: str | None, samples: int, allow_loopback: bool, accept_bad_certificate: bool,
             dry_run: bool) -> None:  # fmt: skip
    """Probes, samples, prints, writes. Raises WrongUse, BadSitesFile, NothingToDo where no story is found; where samples could not be
    read, what ended the reading.
    """
    out = display.console()
    known = load_sites(data_dir)
    url = _front_page(url, allow_loopback)
    if name and not NAME.fullmatch(name):
        raise WrongUse(
            f"The name {name!r} cannot be used.\nA name has small letters, digits and _ and begins with a letter: --name daily_example"
        )
    taken = next((site for site in known.values() if same_site(site.url, url)), None)
    if taken and not name and taken.name in read_sites_file(data_dir / SITES_FILE):
        raise WrongUse(
            f"{url} is known already as {taken.name}.\nCrawl it: archiver crawl {taken.name}   Or add it under another name: --name …"
        )
    if name in known:
        raise WrongUse(f"The name {name} is taken by {known[name].url}.\nChoose another: --name …")
    # Of a site as code, what is found is written beside it.
    draft = replace(taken, url=url) if taken and not name else Site(name=name or name_for(url, known), url=url)
    draft = replace(draft, allow_loopback=allow_loopback, accept_bad_certificate=accept_bad_certificate)
    out.print(f"Asking {escape(url)} what it offers …")
    answer = probe(draft, data_dir)
    site = propose(draft, answer)
    _print_findings(site, answer, out)
    if not any(number for _, _, number, _ in answer["links"]):
        raise _nothing_found(url, answer)
    out.print(f"\nReading {counted(samples, 'sample story', 'sample stories')} …")
    began = time.monotonic()
    with display.Progress([site.name]) as progress:
        unread = crawl([site], data_dir, Wanted(limit=samples), progress.watch, "add")
    if unread:
        raise unread
    tally = progress.tallies[site.name]
    stories = _sampled(data_dir, site.name, samples)
    if not stories and not tally.visited and taken and taken.name != site.name:
        raise NothingToDo(
            f"What {url} lists is known already as stories of {taken.name}; nothing was written to {SITES_FILE}.\n"
            f"They are crawled there: archiver crawl {taken.name}"
        )
    if not stories:
        display.print_summary(progress.tallies, time.monotonic() - began, out)
        raise NothingToDo(
            f"No story could be read on {url}; nothing was written to {SITES_FILE}.\n"
            "The reasons are above. If stories have an odd address, try one of them: archiver extract FILE --url …"
        )
    _print_score_card(stories, out)
    _print_failed_samples(samples, stories, tally, out)
    _print_opt_outs(data_dir, site.name, out)
    site = replace(site, sections=_answered(site.sections, data_dir, tally.run_id))
    site = _calibrated(site, _pages(data_dir, stories), out)
    _print_plan(site, data_dir, tally, out)
    if dry_run:
        out.print(f"\nThis would be written to {data_dir / SITES_FILE}:\n", markup=False)
        out.print(to_toml(site), markup=False)
        return
    append_site(site, data_dir / SITES_FILE, f"added {settings.utc_now():%Y-%m-%d} by archiver add")
    out.print(f"\nWritten to {data_dir / SITES_FILE}. Next:", markup=False)
    if not settings.CONTACT:
        out.print("  export ARCHIVER_CONTACT=mailto:you@example.org   # so that a webmaster can reach you", markup=False)
    out.print(f"  archiver crawl {site.name}\n  archiver schedule install", markup=False)


def propose(draft: Site, answer: dict[str, Any]) -> Site:
    """The facts of a probed site; those of `draft` where nothing was found. Pure."""
    hints = answer["hints"]
    sections = hints.sections[:MAX_SECTIONS] if hints else ()
    feeds = [url for role, url, number, _ in answer["links"] if role == "feed" and number]
    sitemaps = [url for url in answer["sitemap"] if not any(url != other and _is_child(url, other) for other in answer["sitemap"])]
    api = next((url for url in answer["wordpress"] if "/wp/v2/" not in url), None)
    delay = answer["crawl_delay"]
    return replace(
        draft,
        url=answer.get("final_url", draft.url),
        publisher=next((told.publisher for told in (answer["wordpress_hints"], hints) if told and told.publisher), draft.publisher),
        in_language=(hints.in_language if hints else None) or draft.in_language,
        timezone=next((told.timezone for told in (answer["wordpress_hints"], hints) if told and told.timezone), draft.timezone),
        feeds=tuple(dict.fromkeys(feeds))[:5] or draft.feeds,
        sitemaps=tuple(dict.fromkeys(sitemaps))[:5] or draft.sitemaps,
        wordpress_api=api or draft.wordpress_api,
        sections=tuple(sections) or draft.sections,
        delay_s=float(delay) if delay else draft.delay_s,
    )


def _front_page(url: str, allow_loopback: bool) -> str:
    url = url if "://" in url else f"https://{url}"
    clean = normalise(url)
    if clean is None and "@" in url:
        raise WrongUse("The address carries a user name.\nGive it without user name and password: archiver add https://example.org/")
    if clean is None:
        raise WrongUse(f"{url!r} is no web address.\nExample: archiver add https://example.org/")
    check_fetchable(clean, allow_loopback=True)
    try:
        check_fetchable(clean, allow_loopback or settings.ALLOW_LOOPBACK)
    except RefusedAddress as error:
        raise RefusedAddress(f"{error}\nFrom here: archiver add {shlex.quote(clean)} --allow-loopback") from None
    return clean


def _is_child(url: str, other: str) -> bool:
    """Is `url` a sitemap that the index `other` leads to anyway?"""
    return "index" in other and "index" not in url and url.rsplit("/", 1)[0].startswith(other.rsplit("/", 1)[0])


def _nothing_found(url: str, answer: dict[str, Any]) -> ArchiverError:
    visits = answer["visits"]
    worst = next((visit for visit in visits if visit.role == "front_page"), visits[0] if visits else None)
    if worst is None or worst.outcome == "index":
        return NothingToDo(
            f"{url} answers, but no link on it looks like a story, and it has no feed, sitemap or WordPress API.\n"
            "Is it the front page? A site that needs a browser to show its stories cannot be crawled."
        )
    advice = health.next_command(worst.outcome, "SITE", url).replace("archiver crawl SITE", f"archiver add {url}")
    if worst.outcome in ("index_broken", "no_list"):
        advice = f"open {shlex.quote(url)} in a browser; archiver add wants the address that the front page has there"
    if worst.outcome == "tls":
        advice = f"tell the publisher; to fetch it all the same: archiver add {shlex.quote(url)} --accept-bad-certificate"
    advice = advice.removesuffix(" in sites.toml").replace("archiver status", f"archiver add {shlex.quote(url)}   (later)")  # not there yet
    return ArchiverError(f"{url} cannot be crawled: {health.in_words(worst.outcome)}.\n{worst.reason}\nNext: {advice}")


def _sampled(data_dir: Path, name: str, samples: int) -> list[Story]:
    with open_reader(data_dir) as archive:
        return [story for key in archive.newest_keys(name, samples) if (story := archive.story(key))]


def _answered(sections: tuple[str, ...], data_dir: Path, run_id: int | None) -> tuple[str, ...]:
    """Without those that the front page names and that the sampling run found broken."""
    with open_reader(data_dir) as archive:
        rows = archive.db.execute("select url from outcomes where run_id = ? and outcome = 'index_broken'", (run_id,)).fetchall()
    broken = {url for (url,) in rows}
    return tuple(url for url in sections if normalise(url) not in broken)


def _pages(data_dir: Path, stories: list[Story]) -> list[Page]:
    """The kept pages of the sampled stories."""
    captures = Captures(data_dir / "captures")
    with open_reader(data_dir) as archive:
        rows = [row for story in stories if (row := archive.capture_row(story.article["capture_id"])) and row.warc_filename]
    pages = (open_page(captures.read(row.warc_filename or "", row.warc_offset or 0, row.warc_length)) for row in rows)
    return [page for page in pages if page is not None]


def _calibrated(site: Site, pages: list[Page], out: Any) -> Site:
    """With what the sampled stories teach about reading the site, shown first."""
    proposal = calibrate(pages)
    if not (proposal.drop_text or proposal.selectors):
        return site
    out.print("\n[bold]Learned from the samples[/bold] (in sites.toml; take out what is wrong)")
    for line in proposal.drop_text:
        out.print(f"  not part of a story: {safe(line)}", markup=False)
    for selector in proposal.selectors:
        out.print(f"  {selector.field} is in {safe(selector.selector)}", markup=False)
    return replace(site, drop_text=proposal.drop_text, selectors=proposal.selectors)


def _print_findings(site: Site, answer: dict[str, Any], out: Any) -> None:
    rows: list[tuple[str, str | None]] = [
        ("robots.txt", "read" if answer["robots"] else "none, or not readable"),
        ("crawl delay", f"{site.delay_s:g} s" if site.delay_s else f"none asked; {settings.DELAY_S:g} s is kept"),
    ]
    for role, url, number, total in answer["links"]:
        told = counted(number, "link") + (f", {counted(total, 'story', 'stories')} in all" if total else "")
        where = (site.wordpress_api or url) if role == "wordpress" else url
        rows.append((role.replace("_", " "), f"{where}  ({told})"))
    rows += [
        ("language", site.in_language or "not told; each story's own is kept"),
        ("publisher", site.publisher or "not told"),
        ("time zone", site.timezone or "not told; add timezone to sites.toml if dates have no zone"),
    ]
    ordinary = ("index", "http_error", "gone", "index_broken", "no_list")
    trouble = Counter(visit.outcome for visit in answer["visits"] if visit.outcome not in ordinary)
    rows += [(outcome, f"{number} ×, {health.in_words(outcome)}") for outcome, number in trouble.items()]
    display.table(rows, ["what", "found"], out)


def has_exact_time(article: Mapping[str, Any]) -> bool:
    return article["date_precision"] in ("second", "minute") and ZONED.search(article["date_published"] or "") is not None


def _print_score_card(stories: list[Story], out: Any) -> None:
    out.print("\n[bold]Score card[/bold]")
    rows = []
    for title, has in SCORED:
        number = sum(bool(has(story)) for story in stories)
        rows.append((title, "█" * number + "░" * (len(stories) - number), f"{number} of {len(stories)}"))
    display.table(rows, ["field", "", ""], out)
    for story in stories:
        out.print(
            f"  {safe(story.article['date_published'] or 'no date')}  {safe(story.article['headline'] or 'no headline')}", markup=False
        )


def _print_failed_samples(samples: int, stories: list[Story], tally: display.SiteTally, out: Any) -> None:
    """The score card is of those that could be read; the others are no secret."""
    failed = {outcome: number for outcome, number in tally.outcomes.items() if outcome not in health.GOOD}
    if len(stories) >= samples or not failed:
        return
    out.print(f"\nOnly {len(stories)} of {samples} could be read. No story came of:", markup=False)
    for outcome, number in failed.items():
        url, reason = tally.examples[outcome][0]
        out.print(f"  {number} × {health.in_words(outcome)}: {safe(url)}" + (f"  ({safe(reason)})" if reason else ""), markup=False)


def _print_opt_outs(data_dir: Path, name: str, out: Any) -> None:
    """What robots.txt, tdmrep.json and the sampled pages say about the use of the content."""
    with open_reader(data_dir) as archive:
        query = "select signal, told_by, value, count(url) from rights_signals where site = ? and signal <> 'robots.txt' group by 1, 2, 3"
        rows = [
            (signal, told_by, value[:80], stories or "the site") for signal, told_by, value, stories in archive.db.execute(query, (name,))
        ]
    if rows:
        out.print("\n[bold]What the publisher says about the use of its content[/bold] (recorded with its day)")
        display.table(rows[:20], ["signal", "told by", "value", "stories"], out)
    if any(row[0] == "noarchive" for row in rows):
        out.print('  The text of noarchive pages is kept and not shown; noarchive = "ignore" with a reason shows it.', markup=False)


def _print_plan(site: Site, data_dir: Path, tally: display.SiteTally, out: Any) -> None:
    with open_reader(data_dir) as archive:
        waiting = archive.count_waiting(site.name, settings.utc_now())
    delay = settings.pace_s(site.delay_s)
    out.print("\n[bold]Plan[/bold]")
    wait = counted(waiting, "story waits", "stories wait")
    minutes = round(waiting * delay / 60)
    long = f"about {minutes:,} min" if minutes else "less than a minute"
    out.print(f"  {wait}; at one request every {delay:g} s the first crawl takes {long}.", markup=False)
    out.print(
        f"  Then every {settings.run_interval(site.every_s) / timedelta(hours=1):g} h: new stories, and known ones again as they age.",
        markup=False,
    )
