"""Answers to questions, on a terminal or as JSON: search, one story, its history, what changed."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import sys
from collections import Counter
from dataclasses import asdict, replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.text import Text

from archiver import corpus as freezing
from archiver import display, settings
from archiver import export as exporting
from archiver import replay as replaying
from archiver.citing import FORMATS, cite, one_line
from archiver.counted import counted, lasting
from archiver.display import json_text, safe
from archiver.errors import NothingToDo, UnknownSite, WrongUse
from archiver.revisions import Part, diff_paragraphs, signature
from archiver.store import Archive, Cluster, Copy, Revision, Story, on_front_pages, open_archive, open_reader
from archiver.store.rights import WHY, left_out
from archiver.store.search import MARKS
from archiver.store.selection import Selection
from archiver.store.sqlite import DATABASE
from archiver.store.words import advice, complaint
from archiver.urls import normalise

if TYPE_CHECKING:
    from archiver.takedown import Done, Outlook

SHOWN_COPIES = 12  # of one text
SHOWN_NAMES = 20  # of sections or languages, where one that is asked for is not there
SPACES = re.compile(r"\s+")
READING_WIDTH = 100  # columns; longer lines of prose tire the eye
STYLES = {"equal": "", "delete": "red strike", "insert": "green underline"}
NAMES = "One key or address a line, or CSV or JSON lines with a column key, as from archiver search WORDS --json"
SIGNS = {"equal": ("", ""), "delete": ("[-", "-]"), "insert": ("{+", "+}")}  # where there is no colour (wdiff's signs)


def print_search(data_dir: Path, query: str, site: str | None, from_: date | None, to: date | None, section: str | None,
                 language: str | None, limit: int, sort: str, as_json: bool) -> None:  # fmt: skip
    """Hits with highlighted snippets. Raises NothingToDo where there are none, WrongUse where the query cannot be read."""
    refuse_unreadable(query, from_, to)
    with open_reader(data_dir) as archive:
        refuse_unknown(archive, site, section, language)
        found = archive.search(query, site=site, from_=from_, to=to, section=section, limit=limit, sort=sort, language=language)
    if not found.hits:
        raise NothingToDo(
            f"Nothing matches {query!r}.\n{hint_on(query)}"
            "Try fewer or shorter words (word* finds all that begin with it), or leave out --site, --from, --to, --section, --language."
        )
    if as_json:
        for hit in found.hits:
            plain = hit.snippet.translate(dict.fromkeys(map(ord, MARKS)))
            click.echo(json_text({name: value for name, value in asdict(hit).items() if name != "headline_marked"} | {"snippet": plain}))
        return
    out = display.console()
    for hit in found.hits:
        out.print(Text(safe(hit.headline or hit.url), style="bold"))
        status = "" if hit.pubstatus == "live" else f"  {hit.pubstatus}"
        changes = f"  {hit.revision_count} revisions" if hit.revision_count > 1 else ""
        out.print(Text(f"  {hit.key}  {hit.site}  {safe(hit.date_published or 'no date')}{status}{changes}", style="dim"))
        out.print(
            Text("  ") + (Text("text not shown: its page says noarchive", style="dim") if hit.withheld else _highlighted(hit.snippet))
        )
    total = (
        counted(found.total, "story matches", "stories match") if found.total_is_exact else f"more than {found.total - 1:,} stories match"
    )
    out.print(Text(f"\n{total}; {len(found.hits)} shown. Read one: archiver show {found.hits[0].key}", style="dim"))


def print_story(data_dir: Path, name: str, as_json: bool, evidence: bool) -> None:
    """A story as a reader wants it. Raises NothingToDo where there is none of that name."""
    with open_reader(data_dir) as archive:
        story = _story(archive, name)
        cluster = archive.cluster_of(story.article["id"])
    if as_json:
        click.echo(json_text(asdict(story) | {"copies": [asdict(copy) for copy in cluster.copies] if cluster else []}))
        return
    out = display.console()
    article = story.article
    for line, style in (
        (article.get("kicker"), "dim"), (article["headline"], "bold"), (article["abstract"], "italic"), (article["byline"], ""),
    ):  # fmt: skip
        if line:
            out.print(Text(safe(line), style=style))
    out.print(Text(_facts(story), style="dim"))
    for line in _on_front(story):
        out.print(Text(safe(line), style="dim"))
    for line in _whereabouts(story):
        out.print(Text(safe(line), style="red"))
    text = story.article_body
    _print_withheld(story, out)
    out.print()
    width = min(out.width, READING_WIDTH)
    out.print(Text(safe(f"{article['dateline']} — {text}" if article["dateline"] else text)), width=width)
    for image in story.images:
        words = "  ".join(part for part in (image["caption"] or image["alt"], image["creditline"]) if part)
        where = f"  kept: capture {image['capture_id']}" if image["capture_id"] else ""
        out.print(Text(safe(f"\n[picture] {words or image['content_url']}{where}"), style="dim"), width=width)
    for correction in story.corrections:
        if correction["text"] not in text:
            out.print(Text(safe(f"\n{correction['kind']}: {correction['text']}"), style="yellow"), width=width)
    if len(story.revisions) > 1:
        out.print(
            Text(f"\n{len(story.revisions)} revisions: archiver history {article['key']}, archiver diff {article['key']}", style="dim")
        )
    if cluster:
        _print_copies_of(story.article["key"], cluster, out)
    for said in story.rights:
        out.print(Text(safe(f"{said['told_by']} says {said['signal']}: {said['value'][:200]}"), style="dim"), width=width)
    if evidence:
        rows = [
            ("✓" if row["chosen"] else "", row["field"], str(row["value_raw"])[:80], row["method"], row["locator"], row["note"])
            for row in story.evidence
        ]
        display.table(rows, ["", "field", "value", "rule", "where", "note"], out)


def print_history(data_dir: Path, name: str, as_json: bool) -> None:
    """Every revision, with those that the story had at an earlier address; every absence; what no note explains."""
    with open_reader(data_dir) as archive:
        story = _story(archive, name)
        homes = [*(_story(archive, home["key"]) for home in story.moved_from), story]
        unexplained = {
            row["id"]: sum(change["note"] is None for change in archive.changes_of(row)) if row["change"] != "cosmetic" else 0
            for home in homes
            for row in home.revisions
        }
    if as_json:
        for home in homes:
            for revision in home.revisions:
                own = {"key": home.article["key"], "url": home.article["url"], "unexplained_changes": unexplained[revision["id"]]}
                click.echo(json_text(revision | own))
        return
    out = display.console()
    for home in homes:
        out.print(Text(safe(home.article["headline"] or home.article["url"]), style="bold"))
        if len(homes) > 1:
            out.print(Text(safe(f"{home.article['url']}  {home.article['key']}"), style="dim"))
        is_wide = out.width >= display.WIDE
        rows = [
            (row["number"], *(_moment(row[name], is_wide) for name in ("memento_datetime", "last_seen_at")), row["change"],
             openness(row), unexplained[row["id"]] or "", row["word_count"], *([row["headline"]] if is_wide else []))
            for row in home.revisions
        ]  # fmt: skip
        display.table(rows, ["nr", "seen from", "until", "change", "", "unexplained", "words", *(["headline"] if is_wide else [])], out)
        for before, row in pairwise(home.revisions if not is_wide else []):
            if row["headline"] != before["headline"]:
                out.print(Text(safe(f"Headline from {row['number']} on: {row['headline']}")))
        for line in _whereabouts(home, ended=True):
            out.print(Text(safe(line), style="red"))
    if len(story.revisions) > 1:
        out.print(Text(f"What changed: archiver diff {story.article['key']}", style="dim"))


def _moment(utc: str, is_whole: bool) -> str:
    """As it is, or as a narrow terminal has room for it."""
    return utc if is_whole else utc[:16].replace("T", " ")


def openness(revision: Revision) -> str:
    """Whether the publisher said that it changed the story, and whether the text is an earlier one again."""
    if revision["change"] == "first":
        return ""
    words = ["stealth" if revision["stealth"] else "declared" if revision["declared"] else "", revision["note"] or ""]
    return ", ".join(word for word in words if word)


def print_citation(data_dir: Path, name: str, number: int | None, form: str) -> None:
    """Raises WrongUse for a revision that the story does not have."""
    with open_reader(data_dir) as archive:
        story = _story(archive, name)
        number = number or story.revisions[-1]["number"]
        _refuse_unknown_revision(story, number)
        version = archive.revision(story.article["id"], number)
        source = archive.source_of(version)
    citation = cite(story.article, version, story.authors, source["publisher"], len(story.revisions), source["payload_digest"])
    told = FORMATS[form](citation)
    click.echo(told, nl=not told.endswith("\n"))


def print_diff(data_dir: Path, name: str, old: int | None, new: int | None, as_json: bool) -> None:
    """Raises NothingToDo where the story has one revision only, WrongUse for a number it does not have."""
    with open_reader(data_dir) as archive:
        story = _story(archive, name)
        if len(story.revisions) < 2:
            raise NothingToDo("The story has one revision only: it has not changed since it was first seen.")
        numbers = [row["number"] for row in story.revisions]
        new = new or numbers[-1]
        old = old or max((number for number in numbers if number < new), default=numbers[0])
        for number in (old, new):
            _refuse_unknown_revision(story, number)
        texts = [_whole_text(archive.revision(story.article["id"], number)) for number in (old, new)]
        changes = [
            {"revision": row["number"], **change}
            for row in story.revisions
            if min(old, new) < row["number"] <= max(old, new) and row["change"] != "cosmetic"
            for change in archive.changes_of(row)
        ]
    parts = diff_paragraphs(*texts)
    if as_json:
        told = {"key": story.article["key"], "from": old, "to": new, "withheld": story.withheld, "paragraphs": parts, "changes": changes}
        click.echo(json_text(told))
        return
    out = display.console()
    out.print(Text(f"Revision {old} to {new} of {story.article['key']}", style="dim"))
    _print_withheld(story, out)
    _print_paragraphs(parts, out)
    _print_explanations(changes, out)


def _print_withheld(story: Story, out: Console) -> None:
    """Why a story's text is not here."""
    if story.withheld:
        out.print(Text(f'\n{WHY} = "ignore" with a noarchive_reason.', style="yellow"))


def _print_paragraphs(parts: list[list[Part]], out: Console) -> None:
    for paragraph in parts:
        if len(paragraph) == 1 and paragraph[0][0] == "equal":
            out.print(Text(_shortened(safe(paragraph[0][1].strip())), style="dim"))
        else:
            out.print(_marked(paragraph, out.is_terminal and not out.no_color))


def print_diff_of_copies(data_dir: Path, name: str, other_name: str, as_json: bool) -> None:
    """What the second story made of the text of the first, both as they were last read."""
    with open_reader(data_dir) as archive:
        stories = [_story(archive, each) for each in (name, other_name)]
        texts = [_whole_text(archive.revision(story.article["id"], story.revisions[-1]["number"])) for story in stories]
    parts = diff_paragraphs(*texts)
    keys = [story.article["key"] for story in stories]
    withheld = next((story for story in stories if story.withheld), None)
    if withheld:  # what the two share would be told, too
        parts = []
    if as_json:
        told = {"key": keys[0], "other_key": keys[1], "withheld": withheld.withheld if withheld else None, "paragraphs": parts}
        click.echo(json_text(told))
        return
    out = display.console()
    sites = [story.article["site"] for story in stories]
    out.print(Text(safe(f"From {keys[0]} ({sites[0]}) to {keys[1]} ({sites[1]})"), style="dim"))
    if withheld:
        _print_withheld(withheld, out)
    _print_paragraphs(parts, out)


def compare_waiting(data_dir: Path, quiet: bool) -> None:
    """Stories that wait to be compared with the others; with a bar, for they may be many."""
    with open_reader(data_dir) as archive:
        waiting = archive.count_uncompared()
    if not waiting:
        return
    with (
        open_archive(data_dir, create=False) as archive,
        click.progressbar(length=waiting, label="Comparing stories", file=io.StringIO() if quiet else sys.stderr) as bar,
    ):
        while taken := archive.compare_stories(settings.BATCH):
            bar.update(taken)


def refuse_unreadable(query: str | None, from_: date | None, to: date | None) -> None:
    if query and (wrong := complaint(query)):
        raise WrongUse(
            f"{query!r} cannot be read: {wrong}.\nExamples: archiver search '\"city council\" OR mayor*', archiver search 'river -lake'."
        )
    if from_ and to and from_ > to:
        raise WrongUse(f"--from {from_} is later than --to {to}.\nThe older day comes first: --from {to} --to {from_}")


def hint_on(query: str) -> str:
    """A line on how a query that found nothing may have been meant; empty where there is nothing to say."""
    return f"{meant}.\n" if (meant := advice(query)) else ""


def refuse_unknown(archive: Archive, site: str | None, section: str | None = None, language: str | None = None) -> None:
    """A misspelt name is no empty answer."""
    if site and site not in (known := archive.site_names()):
        raise UnknownSite(f"The archive has no site named {site!r}. It has: {', '.join(known) or 'none yet'}.")
    for column, name, value, filters in (
        ("article_section", "section", section, (section, None)),
        ("in_language", "language", language, (None, language)),
    ):
        if value and not archive.is_anywhere(*filters):
            names = archive.most_frequent(column, SHOWN_NAMES + 1)
            listed = ", ".join(names[:SHOWN_NAMES]) + (", …" if len(names) > SHOWN_NAMES else "")
            raise WrongUse(f"No story of the archive has the {name} {value!r}. There are: {listed or 'none yet'}.")


def print_duplicates(data_dir: Path, site: str | None, since: date | None, limit: int, as_json: bool) -> None:
    """Clusters of copies, the newest first. Raises NothingToDo where there are none."""
    with open_reader(data_dir) as archive:
        refuse_unknown(archive, site)
        found = archive.clusters(site, since, limit)
    if not found:
        raise NothingToDo("No text stands in more than one story" + (" here; try without --site and --since." if site or since else "."))
    if as_json:
        for cluster in found:
            click.echo(json_text(asdict(cluster)))
        return
    out = display.console()
    for cluster in found:
        first = cluster.copies[0]
        out.print(Text(safe(first.headline or first.url), style="bold"))
        if cluster.agency:
            out.print(Text(safe(f"  {cluster.agency}  ({cluster.agency_evidence})"), style="dim"))
        for copy in cluster.copies[:SHOWN_COPIES]:
            out.print(Text("  ") + _copy_line(copy, first))
        if len(cluster.copies) > SHOWN_COPIES:
            out.print(Text(f"  and {len(cluster.copies) - SHOWN_COPIES} more: --json lists all", style="dim"))
    keys = [copy.key for copy in found[0].copies[:2]]
    total = counted(len(found), "text")
    out.print(Text(f"\n{total} in several stories. What was changed: archiver diff {' '.join(keys)}", style="dim"))


def _print_copies_of(key: str, cluster: Cluster, out: Console) -> None:
    """The other stories that print a story's text."""
    first, others = cluster.copies[0], [copy for copy in cluster.copies if copy.key != key]
    agency = f" ({cluster.agency})" if cluster.agency else ""
    out.print(Text(safe(f"\nThe same text{agency} in {counted(len(others), 'other story', 'other stories')}:"), style="dim"))
    for copy in others[:SHOWN_COPIES]:
        out.print(Text("  ") + _copy_line(copy, first))
    out.print(Text(f"What was changed: archiver diff {first.key} {key if key != first.key else others[0].key}", style="dim"))


def _copy_line(copy: Copy, first: Copy) -> Text:
    """Where and when a copy was printed, and how much of the earliest one it has."""
    when = copy.date_published or f"first seen {copy.first_seen_at}"
    how = "the earliest" if copy is first else "word for word" if copy.same_text else _in_shares(copy)
    headline = copy.headline if copy.headline != first.headline else None
    line = Text(safe(f"{copy.key}  {copy.site}  {when}  {how}"))
    return line.append(safe(f"  {headline}"), style="italic") if headline else line


def _in_shares(copy: Copy) -> str:
    return f"has {copy.first_contained:.0%} of it, {1 - copy.contained:.0%} its own"


def _print_explanations(changes: list[dict[str, Any]], out: Console) -> None:
    """Which note speaks of which changed sentence, and which sentences none speaks of."""
    for note in dict.fromkeys(change["note"] for change in changes if change["note"]):
        out.print(Text(safe(f"\nExplained by: {note}"), style="yellow"))
        for change in changes:
            if change["note"] == note and signature(change["after"]) not in signature(note):
                out.print(Text(safe(f"  {told_change(change)}")))
    unexplained = [change for change in changes if not change["note"]]
    if unexplained:
        out.print(Text(f"\nNo note explains {counted(len(unexplained), 'changed sentence')}:", style="yellow"))
        for change in unexplained:
            out.print(Text(safe(f"  {told_change(change)}")))


def told_change(change: dict[str, Any]) -> str:
    """A changed sentence on one line."""
    part = "" if change["part"] == "article_body" else "standfirst " if change["part"] == "abstract" else f"{change['part']} "
    if change["kind"] == "changed":
        return f"{part}changed: {change['before']} → {change['after']}"
    return f"{part}{change['kind']}: {change['after'] or change['before']}"


def _on_front(story: Story) -> list[str]:
    """A line on its time on each front page, and one for each headline there that is none of its own."""
    lines = []
    for there in on_front_pages(story.placings):
        times = f", {there.times} times" if there.times > 1 else ""
        long = f"{lasting(there.seconds)}, " if there.looks > 1 else ""
        span = f"from {there.came_at} to {there.last_seen_at}" if there.looks > 1 else f"at {there.came_at}"
        place = f"highest place {there.best_position}" if there.looks > 1 else f"place {there.best_position}"
        lines.append(f"On the front page {there.page} {span}{times}: {long}{counted(there.looks, 'look')}, {place}")
        for shown in there.shown:
            until = f" to {shown.last_seen_at}" if shown.looks > 1 else ""
            lines.append(f"  there as “{shown.text}” {'from' if until else 'at'} {shown.first_seen_at}{until}")
    return lines


def _whereabouts(story: Story, ended: bool = False) -> list[str]:
    """Lines on how and since when a story is not at its address; `ended`: also of times that are over."""
    lines = []
    for away in story.absences:
        if away["ended_at"] and not ended:
            continue
        sure = f"sure since {away['confirmed_at']}" if away["confirmed_at"] else "not sure yet"
        until = f" until {away['ended_at']}" if away["ended_at"] else ""
        where = f" to {away['moved_to_url']} ({away['moved_to_key']})" if away["moved_to"] else ""
        looks = counted(away["looks"], "look")
        proof = f", capture {away['capture_id']}" if away["capture_id"] else ""
        kind = away["kind"].replace("_", " ")
        lines.append(f"Away since {away['first_seen_at']}{until}: {kind}{where}; {looks}, {sure} ({away['reason']}{proof})")
    if not lines and story.article["pubstatus"] != "live":
        article = story.article
        lines.append(f"This story is {article['pubstatus']} since {article['pubstatus_at']}: {article['pubstatus_reason']}")
    return lines


def _story(archive: Archive, name: str) -> Story:
    story = archive.story(name)
    if story is None and (known := archive.find_takedown(name)):
        raise NothingToDo(
            f"This story was taken down on {known.begun_at[:10]} ({known.basis.replace('_', ' ')}): {known.reason}\n"
            "Nothing of its text is in the archive any more. All of them: archiver takedown --list"
        )
    if story is None and (fate := archive.fate_of(normalise(name) or name)):
        raise NothingToDo(f"No story was ever read at {name}.\nWhen it was asked last: {fate}")
    if story is None:
        raise NothingToDo(f"The archive has no story {name!r}.\nStories are named by their KEY (archiver search shows it) or their URL.")
    return story


def _refuse_unknown_revision(story: Story, number: int) -> None:
    numbers = [row["number"] for row in story.revisions]
    if number not in numbers:
        raise WrongUse(
            f"The story has no revision {number}; it has {numbers[0]} to {numbers[-1]}.\nSee them: archiver history {story.article['key']}"
        )


def _facts(story: Story) -> str:
    article = story.article
    parts = [
        article["site"],
        article["article_section"],
        article["date_published"],
        counted(article["word_count"] or 0, "word"),
        article["key"],
        article["url"],
    ]
    return safe("  ·  ".join(str(part) for part in parts if part))


def _whole_text(revision: Revision) -> str:
    return "\n\n".join(part for part in (revision["headline"], revision["abstract"], revision["article_body"]) if part)


def _marked(paragraph: list[tuple[str, str]], colours: bool) -> Text:
    text = Text()
    for op, words in paragraph:
        if printed := safe(words.strip("\n")):
            before, after = ("", "") if colours else SIGNS[op]
            text.append(before + printed + after, style=STYLES[op])
    return text


def _shortened(paragraph: str) -> str:
    """Its first and last words."""
    return paragraph if len(paragraph) < 90 else f"{paragraph[:60].rsplit(' ', 1)[0]} … {paragraph[-25:].split(' ', 1)[-1]}"


def _highlighted(snippet: str) -> Text:
    text = Text()
    for index, part in enumerate(snippet.replace("\x03", "\x02").split("\x02")):
        text.append(safe(SPACES.sub(" ", part)), style="bold yellow" if index % 2 else "")
    return text


def print_outlook(outlook: Outlook) -> None:
    """What a takedown would remove."""
    out = display.console()
    for plan in outlook.plans:
        target = plan.target
        out.print(Text(safe(target.headline or target.url), style="bold"))
        out.print(Text(safe(f"  {target.key}  {target.site}  {target.url}"), style="dim"))
        rows = ", ".join(f"{table} {number}" for table, number in plan.rows.items()) or "none: only captures of the address are kept"
        out.print(Text(f"  rows: {rows}"))
        out.print(Text(f"  captures of its addresses: {plan.captures}"))
        for address in target.addresses:
            out.print(Text(safe(f"    {address}"), style="dim"))
        for copy in plan.near_copies:
            words = f"  stays, unless it is named, too: {copy.key} ({copy.site}: {copy.headline or copy.url})"
            out.print(Text(safe(f"{words} has {copy.share:.0%} of its passages"), style="yellow"))
    rows_of_files = [(change.filename, change.removed, change.blotted, change.bytes) for change in outlook.files]
    if rows_of_files:
        out.print("\nWARC files that are written anew:")
        display.table(rows_of_files, ["file", "records removed", "passages blotted out in", "bytes of these records"], out)
    for name in outlook.others:
        out.print(Text(safe(f"holds the text, too, and is yours to delete: {name}"), style="yellow"))


def print_takedown(done: Done) -> None:
    """What was removed, and what still holds it."""
    out = display.console()
    rows = ", ".join(f"{table} {number}" for table, number in done.rows.items())
    removed, blotted = sum(change.removed for change in done.files), sum(change.blotted for change in done.files)
    out.print(
        Text(f"Removed: rows of {rows or 'no table'}; {counted(removed, 'record')} in WARC files; passages blotted out in {blotted} more.")
    )
    for line in done.waiting:
        out.print(Text(safe(f"Not finished: {line}"), style="red"))
    for name in done.others:
        out.print(Text(safe(f"Holds the text, too, and is yours to delete: {name}"), style="yellow"))
    if done.is_whole:
        out.print(Text("No file of the archive holds the text any more, and it is neither fetched nor stored again."))
    out.print(Text("Backups and exports that were made before still hold it: delete it there, too. On an archive restored from one, run: "
                   "archiver takedown --again", style="dim"))  # fmt: skip


def print_takedowns(data_dir: Path, as_json: bool) -> None:
    """Raises NothingToDo where nothing was ever taken down."""
    with open_reader(data_dir) as archive:
        known = archive.takedowns()
    if not known:
        raise NothingToDo("Nothing was taken down yet.")
    if as_json:
        for one in known:
            click.echo(json_text(asdict(one)))
        return
    rows = [
        (one.begun_at[:10], one.basis, one.reason, one.key, one.url, one.requested_by, "" if one.finished_at else "not finished")
        for one in known
    ]
    display.table(rows, ["date", "basis", "reason", "key", "address", "by", ""], display.console())


def read_names(path: str) -> tuple[str, ...]:
    """Keys or addresses of stories in a file ("-": standard input), each once: the first word of each line, or the column `key` of a CSV or
    of JSON lines. Raises WrongUse, NothingToDo.
    """
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8-sig")
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if lines and lines[0].lstrip().startswith("{"):
            names = [str(json.loads(line)["key"]) for line in lines]
        elif lines and "key" in next(csv.reader(lines[:1])):
            csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # of a whole story
            names = [row["key"] for row in csv.DictReader(io.StringIO(text))]
        else:
            names = [line.split()[0] for line in lines]
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror or error}.\n{NAMES}") from error
    except UnicodeDecodeError as error:
        raise WrongUse(f"{path} names no stories: it is no UTF-8 text.\n{NAMES}") from error
    except (ValueError, KeyError, RecursionError, csv.Error) as error:
        raise WrongUse(f"{path} names no stories: {error}.\n{NAMES}") from error
    if not any(names):
        raise NothingToDo(f"{'Standard input' if path == '-' else path} names no stories: nothing is in it.\n{NAMES}")
    return tuple(dict.fromkeys(name for name in names if name))


def named(archive: Archive, selection: Selection) -> tuple[Selection, list[str]]:
    """The selection with the keys of the stories that its `keys` name, and the names of which the archive has no story."""
    if selection.keys is None:
        return selection, []
    keys = archive.keys_of(selection.keys)
    if not any(keys.values()):
        first, more = next(iter(keys)), counted(len(keys) - 1, "other")
        raise NothingToDo(
            f"The archive has none of the stories that --keys names: {first}{f' and {more}' if len(keys) > 1 else ''}.\n{NAMES}"
        )
    return replace(selection, keys=tuple(key for key in keys.values() if key)), [name for name, key in keys.items() if not key]


def _told_unknown(unknown: list[str]) -> int:
    for name in unknown[: display.SHOWN_FAILURES]:
        click.echo(safe(f"left out: {name}: the archive has no such story"), err=True)
    if len(unknown) > display.SHOWN_FAILURES:
        click.echo(f"and {len(unknown) - display.SHOWN_FAILURES:,} more", err=True)
    return 3 if unknown else 0


def export_selection(data_dir: Path, selection: Selection, output: Path, name: str | None, force: bool, as_json: bool, quiet: bool) -> int:
    """Writes the file and says what is in it; 3 where something could not be had. Raises what export() and complaint() tell."""
    refuse_unreadable(selection.query, selection.from_, selection.to)
    with open_reader(data_dir) as archive, display.Counting(quiet) as bar:
        refuse_unknown(archive, selection.site, selection.section, selection.language)
        selection, unknown = named(archive, selection)
        done = exporting.export(archive, selection, output, name, force, lambda so_far: bar.show(so_far.stories, "stories"))
    piped = output == exporting.STANDARD_OUTPUT  # the report stands beside it
    if as_json:
        report = {"file": str(output), "stories": done.stories, "items": done.items, "withheld": done.withheld, "faults": done.faults}
        click.echo(json_text(report), err=piped)
    elif not quiet:
        where = "" if piped else f", {output.stat().st_size:,} bytes: {safe(output)}"
        click.echo(f"{counted(done.stories, 'story', 'stories')}, {counted(done.items, done.unit)}{where}", err=piped)
    if done.withheld and not (as_json or quiet):
        click.echo(f"{left_out(done.withheld)} (noarchive in sites.toml decides).", err=piped)
    for address, reason in done.faults[: display.SHOWN_FAILURES]:
        click.echo(safe(f"left out: {address}: {reason}"), err=True)
    return 3 if _told_unknown(unknown) or done.faults else 0


def freeze_selection(
    data_dir: Path, selection: Selection, output: Path, title: str | None, with_text: bool, force: bool, as_json: bool, quiet: bool
) -> int:
    """Writes a corpus and says how it is cited; 3 where a story that was named is not there. Raises what freeze() and complaint() tell."""
    refuse_unreadable(selection.query, selection.from_, selection.to)
    with open_reader(data_dir) as archive, display.Counting(quiet) as bar:
        refuse_unknown(archive, selection.site, selection.section, selection.language)
        selection, unknown = named(archive, selection)
        whole = "the whole archive" if selection.keys is None else "a choice"
        title = title or f"News stories: {selection.query or selection.site or whole}"
        now = settings.utc_now()
        corpus = freezing.freeze(archive, selection, output, title, now, with_text, force, lambda done: bar.show(done, "stories"))
    if as_json:
        click.echo(json_text({"file": str(output), **asdict(corpus)}))
    elif not quiet:
        click.echo(f"{counted(corpus.stories, 'story', 'stories')}, {counted(corpus.versions, 'version')}: {safe(output)}")
        if corpus.withheld:
            click.echo(f"{left_out(corpus.withheld)}.")
        click.echo(safe(f"Cite it as: {corpus.title}. Frozen {corpus.frozen_at}. SHA-256 {corpus.name}"))
        click.echo(f"Is it as it was?  archiver freeze --verify {shlex.quote(safe(output))}")
    return _told_unknown(unknown)


def verify_corpus(data_dir: Path, path: Path, as_json: bool, quiet: bool) -> int:
    """Says whether a corpus is whole, and what an archive has of it; 3 where a member is not there as it was. Raises what is damaged."""
    corpus = freezing.read_corpus(path)
    fates: Counter[str] = Counter()
    lost: list[dict[str, Any]] = []
    if (data_dir / DATABASE).exists():
        with open_reader(data_dir) as archive, display.Counting(quiet) as bar:
            for done, (member, fate) in enumerate(freezing.fates(archive, path), 1):
                fates[fate] += 1
                if fate not in freezing.UNCHANGED and (as_json or len(lost) < display.SHOWN_FAILURES):
                    lost.append({"key": member.key, "version": member.version, "url": member.url, "fate": fate})
                bar.show(done, "versions")
    code = 0 if fates.keys() <= freezing.UNCHANGED else 3
    if as_json:
        click.echo(json_text({"file": str(path), "whole": True, "name": corpus.name, "fates": fates, "changed": lost}))
        return code
    if not quiet:
        click.echo(safe(f"{path} is whole: {' '.join(corpus.title.split())}. Frozen {corpus.frozen_at}. SHA-256 {corpus.name}"))
        for name in (name for name in freezing.FATES if fates[name]):
            click.echo(f"{fates[name]:>8,}  {name}")
        if not fates:
            click.echo(f"There is no archive in {data_dir} to compare its {counted(corpus.versions, 'version')} with.")
    for row in lost:
        click.echo(safe(f"{row['fate']}: {row['key']} version {row['version']}  {one_line(row['url'])}"), err=True)
    return code


def print_replay(data_dir: Path, as_json: bool, quiet: bool) -> None:
    """Prepares the collection and tells how to browse it."""
    with display.Counting(quiet) as bar:
        ready = replaying.prepare(data_dir, lambda done: bar.show(done, "captures"))
    page = f"http://localhost:8080/{replaying.COLLECTION}/{ready.example or ''}"
    if as_json:
        click.echo(json_text({"folder": str(ready.folder), "captures": ready.captures, "example": page}))
        return
    if quiet:
        return
    click.echo(
        f"{counted(ready.captures, 'capture is', 'captures are')} in the index {ready.folder / (replaying.COLLECTION + '.cdxj')}.\n"
        "To browse them as they were, with pywb (in an environment of its own):\n\n"
        "  python3 -m venv pywb && pywb/bin/pip install pywb\n"
        f"  pywb/bin/wayback -d {shlex.quote(str(ready.folder))} -p 8080 -b 127.0.0.1\n\n"
        f"Then open {safe(page)}\n\n"
        "Without installing anything: archiver export WORDS -o some.wacz, and open that file at https://replayweb.page/"
    )
