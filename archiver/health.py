"""What is wrong with which site, in one line, and the one next command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from archiver import settings
from archiver.counted import counted
from archiver.locks import is_being_crawled
from archiver.records import KEEPS_IMAGES, Site
from archiver.store import Archive, LastRun, OptOut, Overflow, PictureCounts
from archiver.usual import find_departure, last_departure

# Each way a visit or a reading can end, in words; and what to do about it. {site}, {url} and {contact} are filled in.
WORDS: dict[str, tuple[str, str]] = {
    "robots": ("robots.txt forbids it", "nothing to do; the rule is honoured"),
    "robots_unreachable": ("robots.txt cannot be read, so the site counts as closed", "archiver crawl {site}   (later)"),
    "refused": (
        "the server refuses (403, 429 or alike: a bot wall or too many requests)",
        "{contact}write to the publisher; archiver status",
    ),
    "asked_to_wait": ("not asked, as the server asks to come back later", "nothing to do; archiver run waits"),
    "gone": ("the page is gone (404, 410)", "archiver history {url}"),
    "redirected_away": ("the address leads to no story: to the home page, a section, or elsewhere", "archiver history {url}"),
    "http_error": ("the server failed", "archiver crawl {site}   (later)"),
    "timeout": ("the server took too long", "archiver crawl {site}   (later)"),
    "dns": ("the host's name leads nowhere", "check the network, and the address in sites.toml"),
    "connection_refused": ("nothing listens at that address", "check the address in sites.toml"),
    "redirect_loop": ("the address leads round in circles", "open {url} in a browser"),
    "connection_lost": ("the server cut the connection", "archiver crawl {site}   (later)"),
    "tls": (
        "the server's certificate or TLS is broken",
        "tell the publisher; to fetch it all the same: accept_bad_certificate = true in sites.toml",
    ),
    "network": ("the network failed", "check the network, then: archiver crawl {site}"),
    "too_large": ("larger than the archiver takes", "open {url} in a browser"),
    "truncated": ("the answer was cut short", "archiver crawl {site}   (later)"),
    "not_html": ("not a web page", "add its pattern to skip_url in sites.toml"),
    "other_site": ("leads to another site", "to have its stories, too: archiver add that site"),
    "refused_address": ("an address that the archiver does not fetch", "nothing to do"),
    "not_kept": ("the capture could not be written", "check disk space and rights of the data directory"),
    "not_an_article": ("not a story", "if it is one: archiver extract --explain; else add its pattern to skip_url"),
    "no_body": (
        "no text was found on the page",
        "curl -sL {url} | archiver extract - --url {url} --explain; then add selectors to sites.toml",
    ),
    "soft_404": ("says 'not found' with status 200", "archiver history {url}"),
    "maintenance": ("is being worked on, or its server failed, with status 200", "archiver crawl {site}   (later)"),
    "login_wall": ("asks for a login", "nothing to do; walls are not climbed"),
    "consent_wall": ("asks for consent first", "nothing to do; walls are not climbed"),
    "bot_wall": ("shows a check for robots", "{contact}write to the publisher"),
    "reader_timeout": ("reading took too long", "archiver extract FILE --url {url}"),
    "reader_crashed": ("reading used up its memory or crashed", "archiver extract FILE --url {url}"),
    "reader_failed": ("the reader has a fault", "archiver extract FILE --url {url}, and report it"),
    "capture_damaged": ("the kept page is damaged", "archiver crawl {url} --recheck"),
    "index_broken": ("a feed, sitemap or index page cannot be read", "open {url} in a browser; mend it in sites.toml, or take it out"),
    "no_list": ("a dead link of the site to a feed, a section or a next page", "nothing to do"),
    "taken_down": ("was taken down, and is neither fetched nor kept again", "archiver takedown --list"),
    "interrupted": ("the run was stopped", "archiver crawl {site}"),
    "image_gone": ("pictures that are gone (404, 410)", ""),
    "not_an_image": ("no pictures by their bytes (JPEG, PNG, GIF, WebP, AVIF are kept)", ""),
    "image_robots": ("pictures that the robots.txt of their host forbids", ""),
    "image_refused": ("pictures at addresses that the archiver does not fetch", ""),
    "image_too_large": ("pictures larger than the archiver takes", ""),
    "image_failed": ("pictures whose server failed; a later run tries again, three times in all", ""),
}
NUMBERS = re.compile(r"[\d.,:-]+")  # how often, and since when, is no other trouble
OVERDUE_TIMES, LEAST_OVERDUE = 4, timedelta(days=2)  # a timer that stopped
ENDED_EARLY = {"server_down": "its server failed again and again, so the run was ended"}  # by finish_reason
GOOD = {"next_page", "new", "changed", "unchanged", "not_modified", "kept", "index", "redirect", "duplicate_address"}
QUIET = {
    "asked_to_wait",
    "robots",
    "not_an_article",
    "not_html",
    "other_site",
    "refused_address",
    "gone",
    "redirected_away",
    "login_wall",
    "soft_404",
    "no_list",
    "taken_down",
}


OF_PICTURES = {"image", "image_gone", "not_an_image", "image_robots", "image_refused", "image_too_large", "image_failed"}


def is_failure(outcome: str) -> bool:
    """Is it trouble that an operator should hear of (and a reason for exit code 3)? A picture never is."""
    return outcome not in GOOD and outcome not in QUIET and outcome not in OF_PICTURES


def in_words(outcome: str) -> str:
    return WORDS.get(outcome, (outcome.replace("_", " "), ""))[0]


def next_command(outcome: str, site: str, url: str = "") -> str:
    """The one thing to do about it, to be pasted into a shell: an address is the site's to choose, and may hold `;` and `$(…)`."""
    contact = "" if settings.CONTACT else "set ARCHIVER_CONTACT, "
    return WORDS.get(outcome, ("", "archiver status"))[1].format(site=site, url=shlex.quote(url) if url else "URL", contact=contact)


@dataclass(frozen=True, slots=True)
class Health:
    """One line of `archiver status`."""

    site: str
    url: str
    last_success_at: datetime | None
    new: int
    changed: int
    failed: int
    stories: int
    waiting: int
    next_due_at: datetime
    trouble: str | None
    next_command: str | None
    paused: bool = False
    unchosen: bool = False  # a spider class that was never crawled; like a paused site, it is taken only by name
    note: str | None = None  # what an operator should know, and need not mend
    every_s: float | None = None  # seconds between two runs, as learned
    noarchive: str | None = None  # policy in sites.toml: ignore shows the text of pages that say noarchive
    opt_outs: tuple[OptOut, ...] = ()  # what the publisher says about the use of its content
    render_note: str | None = None  # a word of the operator in sites.toml
    pictures: PictureCounts | None = None  # that are kept, or wait; None: nobody asked


def site_health(archive: Archive, site: Site, now: datetime) -> Health:
    runs = archive.last_runs(site.name, 5)
    last = runs[0] if runs else None
    success = next((run for run in runs if is_success(run)), None)
    counts: Mapping[str, int] = last.outcomes if last else {}
    running = last is not None and last.finished_at is None and is_being_crawled(site.name, archive.data_dir)
    trouble, command = (None, None) if running else find_trouble(site, last, counts, now)
    stories = archive.count_stories(site.name)
    if last and not running and not stories and not trouble and not site.paused:
        trouble, command = "no story was ever found there", "look for its feed in a browser, and name it in sites.toml (feeds)"
        if counts.get("robots"):
            command = "nothing to do; robots.txt forbids what it lists"
    learned = archive.learned_every(site.name)
    rolled = archive.overflows(site.name, last.started_at) if last else []
    lost = next((gap for gap in rolled if not gap.filled), None)
    if lost and not trouble and not site.paused:
        trouble, command = overflow_in_words(lost), look_back(site.name, lost)
    if not trouble and not site.paused and not running:
        trouble, command = _not_as_usual(archive, site, runs, now, learned)
    note = overflow_in_words(rolled[0], learned) if rolled and not lost else None
    if running and last:
        note = f"is being crawled since {last.started_at:%Y-%m-%d %H:%M} UTC"
    return Health(
        site=site.name,
        url=site.url,
        last_success_at=success.finished_at if success else None,
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        failed=sum(number for outcome, number in counts.items() if is_failure(outcome)),
        stories=stories,
        waiting=archive.count_waiting(site.name, now),
        next_due_at=next_due(site, last, now, learned, archive.not_before(site.name)),
        trouble=trouble,
        next_command=command,
        paused=site.paused,
        note=note,
        every_s=learned,
        noarchive=site.noarchive,
        opt_outs=tuple(archive.opt_outs(site.name)),
        render_note=site.render_note,
    )


def _not_as_usual(
    archive: Archive, site: Site, runs: Sequence[LastRun], now: datetime, learned_s: float | None
) -> tuple[str | None, str | None]:
    """Of a site whose last run went well: is it crawled as it should be, and does it give what it gave before?"""
    if any(run.command == "run" for run in runs):  # by cron or systemd
        last, every = runs[0].started_at, settings.run_interval(site.every_s, learned_s)
        if now - last > max(OVERDUE_TIMES * every, LEAST_OVERDUE):
            return (
                f"not crawled since {last:%Y-%m-%d %H:%M} UTC, though due every {every.total_seconds() / 60:.0f} min",
                "archiver schedule show",
            )
    departure = last_departure(archive, site.name)
    return (departure.words, departure.advice) if departure else (None, None)


def is_news(archive: Archive, row: Health) -> bool:
    """Is a site's trouble to be told by the run that met it? Once a day (UTC), and whenever it is another one: runs come every hour."""
    if not row.trouble:
        return False
    runs = archive.last_runs(row.site, 2)
    if len(runs) < 2 or runs[1].started_at.date() != runs[0].started_at.date():
        return True
    before, _ = find_trouble(Site(row.site, row.url), runs[1], runs[1].outcomes, runs[0].started_at)
    if before is None and (departure := find_departure(archive, row.site, runs[1].started_at)):
        before = departure.words
    return before is None or NUMBERS.sub("", before) != NUMBERS.sub("", row.trouble)


def with_pictures(row: Health, site: Site, counts: Mapping[str, PictureCounts]) -> Health:
    """The row with its site's pictures; none waits where the facts want none any more."""
    found = counts.get(row.site)
    return replace(row, pictures=found if found is None or site.keep_images in KEEPS_IMAGES else replace(found, waiting=0))


def pictures_in_words(row: Health) -> str:
    """ "312 pictures kept (84 MB), 3 wait"; empty where there are none."""
    found = row.pictures or PictureCounts()
    kept = f"{counted(found.kept, 'picture')} kept ({found.bytes / 1_000_000:,.1f} MB)" if found.kept else ""
    waiting = counted(found.waiting, "picture waits", "pictures wait") if found.waiting else ""
    return ", ".join(part for part in (kept, waiting) if part)


def opt_outs_in_words(row: Health) -> str:
    """One line, each with the day on which it was first seen; empty where nothing was said."""
    told = []
    for signal in dict.fromkeys(each.signal for each in row.opt_outs):
        said = [each for each in row.opt_outs if each.signal == signal]
        since = min(each.first_seen_at for each in said)[:10]
        told.append(f"{_opt_out_in_words(signal, said, row.noarchive)} since {since}")
    return "; ".join(told)


def _opt_out_in_words(signal: str, said: Sequence[OptOut], noarchive: str | None) -> str:
    number = sum(each.stories for each in said)
    stories = f"on {counted(number, 'story', 'stories')}"
    if signal == "robots_ai":
        agents = dict.fromkeys(name.removeprefix("robots.txt ") for each in said for name in each.told_by.split(","))
        return f"rules for {_some(agents)} in robots.txt"
    if signal == "content-signal":
        return f"{_some(dict.fromkeys(each.value or '' for each in said))} in robots.txt"
    if signal == "license":
        return f"licence {_some(dict.fromkeys(each.value or '' for each in said))} {stories}"
    if signal == "robots.txt":
        return "no robots.txt any more"
    if signal == "tdmrep.json":
        return "text and data mining reserved by tdmrep.json"
    if signal == "tdm-reservation":
        return f"text and data mining reserved {stories}"
    if signal == "noarchive":
        return f"noarchive {stories}, {'shown, as sites.toml says' if noarchive == 'ignore' else 'not shown'},"
    return f"{signal} {stories}"


def _some(names: Iterable[str], most: int = 3) -> str:
    listed = [name if len(name) <= 80 else name[:79] + "…" for name in names]
    return ", ".join(listed[:most]) + (f" and {len(listed) - most} more" if len(listed) > most else "")


def overflow_in_words(gap: Overflow, learned_s: float | None = None) -> str:
    """What a feed without anything known means; one line."""
    until = f"{gap.gap_to:%Y-%m-%d %H:%M}" if gap.gap_to else "now"
    words = f"nothing in {gap.url} was known: more was published between {gap.gap_from:%Y-%m-%d %H:%M} and {until} UTC than it holds"
    words += "; the rest was found in other lists" if gap.filled else "; some stories were probably missed, and no other list has them"
    return words + (f"; the site is asked every {learned_s / 60:.0f} min from now on" if learned_s else "")


def look_back(site: str, gap: Overflow) -> str:
    """The command that looks for what a feed has lost."""
    return f"archiver backfill {site} --from {gap.gap_from:%Y-%m-%d} --to {gap.gap_to or gap.seen_at:%Y-%m-%d}"


def never_crawled(site: Site, now: datetime) -> Health:
    """The line of a site where there is no archive yet."""
    trouble, command = find_trouble(site, None, {}, now)
    return Health(site.name, site.url, None, 0, 0, 0, 0, 0, now, trouble, command, render_note=site.render_note)


def not_chosen(site: Site, now: datetime) -> Health:
    """The line of a spider class that nobody has named to a crawl."""
    note = f"comes as code, and is crawled from then on when it was named once: archiver crawl {site.name}"
    return Health(site.name, site.url, None, 0, 0, 0, 0, 0, now, None, None, unchosen=True, note=note)


def is_success(run: LastRun) -> bool:
    return run.finish_reason == "finished" and any(run.outcomes.get(name) for name in GOOD)


def next_due(
    site: Site, last: LastRun | None, now: datetime, learned_s: float | None = None, not_before: datetime | None = None
) -> datetime:
    """When `archiver run` takes the site next: after its own interval, or the shorter one that was learned.

    At once where the last run was stopped or killed: it goes on.
    """
    if last is None:
        due = now
    elif last.finished_at is None or last.finish_reason == "shutdown":
        due = last.started_at
    else:
        due = last.started_at + settings.run_interval(site.every_s, learned_s)
    return max(due, not_before) if not_before else due


def find_trouble(site: Site, last: LastRun | None, counts: Mapping[str, int], now: datetime) -> tuple[str | None, str | None]:
    """What is wrong with a site's last run, and what to do; (None, None) when nothing is."""
    if site.paused:
        return None, None
    if last is None:
        return "never crawled", f"archiver crawl {site.name}"
    if last.finished_at is None:
        return f"its run of {last.started_at:%Y-%m-%d %H:%M} UTC did not finish", f"archiver crawl {site.name}"
    if last.finish_reason == "asked_to_wait" and last.not_before and last.not_before > now:
        return f"the server asks to come back after {last.not_before:%Y-%m-%d %H:%M} UTC", "nothing to do; archiver run waits"
    if last.finish_reason == "shutdown":
        return f"its run of {last.started_at:%Y-%m-%d %H:%M} UTC was stopped", f"archiver crawl {site.name}"
    if last.finish_reason == "bad_facts":
        return "a fact in sites.toml is wrong, so the run was ended", f"archiver crawl {site.name}   (it says which)"
    worst = most_of_failures(counts)
    if last.finish_reason in ENDED_EARLY:
        why = f" ({in_words(worst[0])})" if worst else ""
        return ENDED_EARLY[last.finish_reason] + why, next_command(
            worst[0] if worst else "http_error", site.name, last.examples.get(worst[0], "") if worst else ""
        )
    if kind := kind_of_trouble(counts):
        return f"{counts[kind]} × {in_words(kind)}", next_command(kind, site.name, last.examples.get(kind, ""))
    good = sum(counts.get(name, 0) for name in GOOD)
    if not good and counts.get("robots"):
        return "robots.txt forbids its pages", "nothing to do, unless the publisher allows it"
    if not good:
        return "its last run found nothing at all", f"archiver -v crawl {site.name}"
    return None, None


def most_of_failures(counts: Mapping[str, int]) -> tuple[str, int] | None:
    """The failure that a run had most often, and how often."""
    return max((item for item in counts.items() if is_failure(item[0])), key=lambda item: item[1], default=None)


def kind_of_trouble(counts: Mapping[str, int]) -> str | None:
    """The failure of which a run had more than a few, by outcome; None where there is none."""
    worst = most_of_failures(counts)
    good = sum(counts.get(name, 0) for name in GOOD)
    if worst and worst[1] >= max(1, good // 10):
        return worst[0]
    broken = counts.get("index_broken", 0)  # a list among the lists: pages that go well do not make up for it
    return "index_broken" if broken and broken >= counts.get("index", 0) // 10 else None
