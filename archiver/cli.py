"""The command line: words in, one call, words out."""

from __future__ import annotations

import errno
import io
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from archiver import __version__, settings
from archiver.counted import counted
from archiver.days import HOW, read_span
from archiver.errors import STOPPED, ArchiverError, NothingToDo, WrongUse

OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}
OF_ALL_COMMANDS = {  # and how they are given
    "--data": "archiver --data DIR COMMAND …",
    **dict.fromkeys(("-v", "--verbose"), "archiver -v COMMAND …"),
    **dict.fromkeys(("-q", "--quiet"), "archiver -q COMMAND …"),
}
EPILOG = """Exit codes: 0 done; 1 failed; 2 wrong use; 3 done, but some site or file failed (named); 4 nothing to do where something
was expected; 5 the archive is damaged."""


SECTIONS = {  # of the list of commands in `archiver --help`, in the order in which one needs them
    "Begin": ("demo", "add", "crawl", "browse"),
    "Collect": ("run", "schedule", "backfill", "import", "ingest"),
    "Ask": ("search", "show", "ask", "history", "diff", "duplicates", "kwic", "trend"),
    "Take out": ("export", "cite", "freeze", "replay"),
    "Look after": ("status", "sites", "check", "backup", "takedown"),
    "Without an archive": ("extract",),
}


class Day(click.ParamType):
    """A day; of a month or year that is named, its first or its last one."""

    name = "day"

    def __init__(self, is_last: bool = False) -> None:
        self.is_last = is_last

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        span = read_span(value)
        if span is None:
            self.fail(f"{value!r} is no day. {HOW}", param, ctx)
        return span[self.is_last]


class Moment(click.DateTime):
    """A day or a moment (UTC)."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is no day or moment. Write it as 2019-05-04, or 2019-05-04T13:30:00Z (UTC).", param, ctx)


FROM, TO = Day(), Day(is_last=True)
KEYS = "Only the stories that FILE names (-: standard input): a key or address a line, or CSV or JSON lines with a column key"


class Commands(click.Group):
    """Shows our errors without a traceback, and ends with their exit code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        # None: closed by who called (>&-).
        sys.stdout, sys.stderr = (stream or io.TextIOWrapper(io.BytesIO()) for stream in (sys.stdout, sys.stderr))
        for stream in (sys.stdout, sys.stderr):  # a terminal that knows no "é" gets an escape for it, not an end
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        try:
            answer = super().main(*args, **kwargs | {"standalone_mode": False})
            sys.exit(answer if isinstance(answer, int) else 0)
        except click.ClickException as error:
            _placed(error).show()
            sys.exit(error.exit_code)
        except ArchiverError as error:
            click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
            click.echo(_safe(error), err=True)
            sys.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo(STOPPED, err=True)
            sys.exit(1)
        except Exception as error:  # a fault of ours: one line for the user, the rest for whoever mends it
            if "-v" in sys.argv or "--verbose" in sys.argv:
                raise
            click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
            click.echo(_in_words(error), err=True)
            sys.exit(1)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Commands by what they are for."""
        for title, names in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, self.commands[name].get_short_help_str(formatter.width)) for name in names])

    def invoke(self, context: click.Context) -> Any:
        """What SQLite reports in the middle of an answer, as of a page of the file that is damaged, is told in words, too."""
        try:
            return super().invoke(context)
        except sqlite3.Error as error:
            from archiver.store.sqlite import DATABASE, telling_of_sqlite

            with telling_of_sqlite(context.obj.data_dir / DATABASE):
                raise error


def _placed(error: click.ClickException) -> click.ClickException:
    """An option of all commands that was given behind one: told where it stands; words without quotes: how they are given."""
    if not isinstance(error, click.UsageError) or not error.ctx:
        return error
    command = f"archiver {error.ctx.info_name}"
    if "extra argument" in error.message and error.ctx.params.get("query"):
        example = _safe(f"{command} '{error.ctx.params['query']} …'")
        return click.UsageError(f"{error.message}. Several words are one query in quotes: {example}", error.ctx)
    if not isinstance(error, click.NoSuchOption):
        return error
    if error.option_name in OF_ALL_COMMANDS:
        return click.UsageError(f"{error.message} It stands before the command: {OF_ALL_COMMANDS[error.option_name]}", error.ctx)
    takes_words = any(param.name in ("query", "queries") for param in error.ctx.command.params)
    if takes_words and not error.option_name.startswith("--"):
        example = f"{command} 'river -lake'"
        return click.UsageError(f"{error.message} A word that is left out stands within the query's quotes: {example}", error.ctx)
    return error


def _agreed(question: str, default: bool) -> bool:
    """Raises ArchiverError where nobody is there to answer, as in a script, or where Ctrl-C is the answer."""
    try:
        return click.confirm(question, default=default)
    except click.Abort:
        click.echo()
        raise ArchiverError("Nobody answered, so nothing was written.\nTo go ahead without a question: --yes") from None


def _in_words(error: Exception) -> str:
    """What ended a command, though nobody expected it: the disk, or a fault of ours."""
    if isinstance(error, OSError) and error.errno in OF_THE_DISK:
        return (
            f"{_safe(error.filename or 'the data directory, or where the output goes,')} cannot be written or read: {error.strerror}.\n"
            "Nothing that was stored is lost. Look after the disk (space, rights, health), then run the same command again."
        )
    return f"the archiver has a fault: {type(error).__name__}: {_safe(error)}\nNothing that was stored is lost. To see where: archiver -v …"


def _choosing(command: Callable[..., None]) -> Callable[..., None]:
    """The options that choose stories."""
    for option in (
        click.option("--language", help="Only stories in this language (en, es, …)"),
        click.option("--section", help="Only this section"),
        click.option("--to", type=TO, help="Published on this day or earlier"),
        click.option("--from", "from_", type=FROM, help="Published on this day (UTC) or later: 2026-03-14, 2026-03 or 2026"),
        click.option("--site", help="Only this site"),
    ):  # click shows the last one first
        command = option(command)
    return command


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="archiver")
@click.option(
    "--data", "data_dir", type=click.Path(file_okay=False, path_type=Path), help="Data directory  [default: ./data, or ARCHIVER_DATA]"
)
@click.option("-v", "--verbose", is_flag=True, help="Say everything that happens")
@click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong")
@click.pass_context
def main(context: click.Context, data_dir: Path | None, verbose: bool, quiet: bool) -> None:
    """Crawls news sites and keeps every story, caption, dateline and revision in SQLite

    \b
    First look, no network needed:    archiver demo
    Your own site:                    archiver add https://example.org/
                                      archiver crawl
    Ask:                              archiver search "flood NOT warning" --from 2026-01-01
                                      archiver ask
    Read in a browser:                archiver browse
    """
    context.obj = _Context(data_dir or settings.data_dir(), verbose, quiet)


class _Context:
    def __init__(self, data_dir: Path, verbose: bool, quiet: bool) -> None:
        self.data_dir, self.verbose, self.quiet = data_dir, verbose, quiet


pass_context = click.pass_obj


# --- crawling


@main.command(short_help="Play the bundled outlet; no network is needed")
@click.option("--days", type=click.IntRange(1, 4), default=4, show_default=True, help="How many of the four days to play")
@pass_context
def demo(context: _Context, days: int) -> None:
    """Play the bundled outlet: crawl its four days, show what was found, say what to try next

    A small newspaper is served on this machine; no network is needed. Safe to run again.

    \b
        archiver demo
    """
    from archiver import play

    play.play_demo(context.data_dir, days, context.quiet)


@main.command(short_help="Probe a news site and write its facts to sites.toml")
@click.argument("url")
@click.option("--name", help="Name of the site  [default: from its host]")
@click.option("--samples", type=click.IntRange(1, 20), default=5, show_default=True, help="Stories to read for the score card")
@click.option("--allow-loopback", is_flag=True, help="The site is a server on this machine")
@click.option("--accept-bad-certificate", is_flag=True, help="Fetch though nobody vouches that the server is the site's")
@click.option("--dry-run", is_flag=True, help="Show what would be written to sites.toml; leave it as it is (the samples are kept)")
@pass_context
def add(context: _Context, url: str, name: str | None, samples: int, allow_loopback: bool, accept_bad_certificate: bool,
        dry_run: bool) -> None:  # fmt: skip
    """Probe a news site, read sample stories, print a plan and a score card, and write its facts to sites.toml

    Asks robots.txt, the front page, and the usual places of feeds, news sitemaps and the WordPress API.

    \b
        archiver add https://lodivalleynews.com/
    """
    from archiver import adding

    _log(context)
    adding.add_site(context.data_dir, url, name, samples, allow_loopback, accept_bad_certificate, dry_run)


@main.command(short_help="The sites, and what they say about the use of their pages")
@click.option("--facts", is_flag=True, help="What a site may have in sites.toml, with examples")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line")
@pass_context
def sites(context: _Context, facts: bool, as_json: bool) -> None:
    """The sites, how each is doing, and what it says about the use of its pages

    \b
        archiver sites
        archiver sites --facts
    """
    from archiver import display
    from archiver.sites import FACTS, load_sites

    if facts and as_json:
        for name, (example, meaning) in FACTS.items():
            click.echo(display.json_text({"fact": name, "example": example, "meaning": meaning}))
        return
    if facts:
        display.print_facts(FACTS, display.console())
        return
    _show_health(context, load_sites(context.data_dir), as_json, everything=True)


@main.command()
@click.argument("what", nargs=-1, metavar="[SITE or URL]…")
@click.option("--limit", type=click.IntRange(1), help="At most this many stories a site")
@click.option("--since", type=FROM, help="Only stories that are this new, by the date their source tells")
@click.option("--section", help="Only stories whose address has this section: --section sport")
@click.option("--recheck", is_flag=True, help="Look again at stories that are not due yet (conditional requests)")
@click.option("--allow-loopback", is_flag=True, help="URLs may lead to a server on this machine")
@click.option("--workers", type=click.IntRange(1), help="Reading processes  [default: one a core]")
@click.option("--json", "as_json", is_flag=True, help="The summary as JSON")
@pass_context
def crawl(context: _Context, what: tuple[str, ...], limit: int | None, since: date | None, section: str | None,
          recheck: bool, allow_loopback: bool, workers: int | None, as_json: bool) -> None:  # fmt: skip
    """Fetch what is new or due, keep it, read it, store it

    Without a name: every site of sites.toml that is not paused. Stopped anywhere, the next run goes on from there. An address that is
    asked for by itself and gives no story (gone, no story, forbidden) is told, with exit code 3. Pictures come last, where a site's facts
    want them (keep_images).

    \b
        archiver crawl
        archiver crawl lodivalleynews --limit 20
        archiver crawl https://lodivalleynews.com/2026/03/some-story/
    """
    from archiver import running
    from archiver.crawling import Wanted

    if allow_loopback:
        settings.ALLOW_LOOPBACK = True
    chosen, urls = running.choose(what, context.data_dir)
    _log(context)
    if not (context.quiet or as_json):  # a program that named it knows
        running.tell_paused(chosen)
    wanted = Wanted(limit, since, section, urls, recheck)
    sys.exit(running.crawl(chosen, context.data_dir, wanted, "crawl", workers, as_json, context.quiet))


@main.command()
@pass_context
def run(context: _Context) -> None:
    """What cron calls: crawl every site that is due, side by side

    Each site has its own interval (`every` in sites.toml, one hour by default). Two runs never collide. Ends with 3 where a site is in
    trouble (see archiver status). The trouble is told when it is new, and once a day: on standard error, or to the command in
    ARCHIVER_TELL, as its standard input.

    \b
        archiver -q run
        ARCHIVER_TELL="mail -s 'News archiver' me@example.org" archiver -q run
    """
    from archiver import running

    sys.exit(running.run(context.data_dir, context.quiet, context.verbose))


@main.command(short_help="Older stories of a site, the newest first")
@click.argument("site")
@click.option("--from", "from_", required=True, metavar="DAY", help="First day: 2024-03-14, or a month 2024-03, or a year 2024")
@click.option("--to", metavar="DAY", help="Last day, month or year  [default: today]")
@click.option("--max-requests", type=click.IntRange(1), help="Stop after this many requests; the next run goes on")
@click.option("--undated", is_flag=True, help="Also fetch addresses in sitemaps that nothing dates")
@click.option("--relist", is_flag=True, help="Ask lists again that were looked through (what is kept is not fetched again)")
@click.option("--coverage", is_flag=True, help="Ask nothing; show what there is, what is kept, and what is missing")
@click.option("--workers", type=click.IntRange(1), help="Reading processes  [default: one a core]")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the address of each missing story")
@pass_context
def backfill(context: _Context, site: str, from_: str, to: str | None, max_requests: int | None, undated: bool, relist: bool,
             coverage: bool, workers: int | None, as_json: bool) -> None:  # fmt: skip
    """Older stories of a site, the newest first: by its WordPress API, sitemaps and dated archive pages

    Ends with a table: how many stories each month has by the site's own lists, how many are kept, and why the others are not.
    Stopped or killed anywhere, the same command goes on; what was looked through and fetched is not asked again, whatever the range.

    \b
        archiver backfill lodivalleynews --from 2024-03 --to 2024-05
        archiver backfill lodivalleynews --from 2015 --max-requests 2000
        archiver backfill lodivalleynews --from 2015 --coverage --json
    """
    from archiver import backfill as older
    from archiver import running
    from archiver.sites import find_site

    facts = find_site(site, context.data_dir)
    _log(context)
    days = older.days_of(facts, from_, to)
    if not (coverage or context.quiet):
        running.tell_paused([facts])
    if coverage:
        sys.exit(older.report(context.data_dir, facts, days, None, as_json, context.quiet))
    tally, unread = older.backfill(context.data_dir, facts, days, undated, relist, max_requests, workers, context.quiet)
    sys.exit(older.report(context.data_dir, facts, days, tally, as_json, context.quiet, unread))


@main.command(short_help="Read kept pages: those not read yet, or all of them again")
@click.option("--again", is_flag=True, help="Read all captures again with the newest reader, and say what changed")
@click.option("--site", help="With --again: only captures of this site")
@click.option("--since", type=FROM, help="With --again: only captures fetched on this day (UTC) or later")
@click.option("--dry-run", is_flag=True, help="With --again: the same report; nothing is written")
@click.option("--force", is_flag=True, help="With --again: also what the newest reader has read already")
@click.option("--json", "as_json", is_flag=True, help="With --again: the report as JSON")
@click.option("--workers", type=click.IntRange(1), help="Reading processes  [default: one a core]")
@click.option("--follow", is_flag=True, hidden=True, help="Go on until standard input ends; print events as JSON")
@pass_context
def ingest(context: _Context, again: bool, site: str | None, since: date | None, dry_run: bool, force: bool, as_json: bool,
           workers: int | None, follow: bool) -> None:  # fmt: skip
    """Read the captures that are not read yet, and store their stories

    A crawl does this by itself; needed only after one was cut off, and once after an upgrade: what front pages showed at looks that
    nobody has noted is read off the kept pages. Safe to run again. Ends with 3 when some could not be read.

    With --again: a newer version of the archiver reads better, so every kept page is read once more. Stories and revisions take the
    newer reading of their own page; no revision comes of it, and what was read before is told in the evidence. Stopped anywhere, the
    same command goes on from there; crawls may run beside it.

    \b
        archiver ingest
        archiver ingest --again --dry-run
        archiver ingest --again --site lodivalleynews --since 2026-01-01
    """
    if again:
        from archiver import rereading

        wanted = rereading.Wanted(site, since, force, dry_run)
        sys.exit(rereading.print_read_again(context.data_dir, wanted, workers or settings.WORKERS, as_json, context.quiet))
    if site or since or dry_run or force or as_json:
        raise WrongUse("--site, --since, --dry-run, --force and --json belong to --again.\nExample: archiver ingest --again --dry-run")
    from archiver import catching_up

    if follow:
        catching_up.follow(context.data_dir, workers or settings.WORKERS)
    else:
        sys.exit(catching_up.catch_up(context.data_dir, workers or settings.WORKERS, context.quiet))


@main.command(name="import", short_help="Bring in WARC, WACZ and HTML files that others made")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE or FOLDER]…")
@click.option("--site", "names", multiple=True, help="Only pages of this known site (may be given several times)")
@click.option("--known", "known_only", is_flag=True, help="Only pages of sites in sites.toml")
@click.option("--from", "from_", type=FROM, help="Captured on this day (UTC) or later: 2019-05-04, 2019-05 or 2019")
@click.option("--to", type=TO, help="Captured on this day or earlier")
@click.option("--language", help="Only pages in this language (en, es, …), as their text or markup tells")
@click.option("--url", help="The address of the page in FILE (HTML)  [default: as the page says]")
@click.option(
    "--date",
    "date_",
    type=Moment(),
    metavar="DAY or TIME",
    help="When FILE (HTML) was captured (UTC)  [default: its time on disk]",
)
@click.option(
    "--list", "listing", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TSV of HTML files: id, path, url, fetched_at"
)
@click.option("--again", is_flag=True, help="Also files that were imported before")
@click.option("--no-read", is_flag=True, help="Keep the pages only; the next archiver ingest reads them")
@click.option("--workers", type=click.IntRange(1), help="Reading processes  [default: one a core]")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON")
@pass_context
def import_(context: _Context, files: tuple[Path, ...], names: tuple[str, ...], known_only: bool, from_: date | None,
            to: date | None, language: str | None, url: str | None, date_: datetime | None, listing: Path | None, again: bool,
            no_read: bool, workers: int | None, as_json: bool) -> None:  # fmt: skip
    """Bring in pages that others archived: WARC (.gz, .zst), WACZ, HTML files, folders of them

    They keep their dates, so an older capture of a known story becomes an earlier revision. Pages of unknown sites get a site
    named after their host, which is never crawled. Safe to run again, or to be killed: it goes on where it was, and takes nothing
    twice. Ends with 3 when records were damaged or lied (they are named, the others are in), or when one page that is told its --url
    or --date gives no story.

    \b
        archiver import crawl-2019.warc.gz
        archiver import CC-NEWS-20260301.warc.gz --language en --known
        archiver import old-site/ --site lodivalleynews --to 2024-12-31
        archiver import story.html --url https://example.org/2019/05/the-story --date 2019-05-04
    """
    from archiver import display, importing
    from archiver.reading import read_listing
    from archiver.sites import load_sites
    from archiver.urls import normalise

    if not files and not listing:
        raise WrongUse("What is to be imported? Name files or folders.\nExample: archiver import crawl.warc.gz")
    if url and normalise(url) is None:
        raise WrongUse(f"--url {url!r} is no web address.\nExample: --url https://example.org/2026/a-story/")
    if (url or date_) and (len(files) != 1 or files[0].is_dir()):
        raise WrongUse("--url and --date belong to one HTML file.\nFor several, write a table: archiver import --list pages.tsv")
    _log(context)
    chosen: list[Any] = [importing.PageFile(files[0], url, _utc(date_))] if url or date_ else list(files)
    if listing:
        chosen += [importing.PageFile(row.path, row.url or None, row.fetched_at) for row in read_listing(listing)]
    wanted = importing.Wanted(names, known_only, from_, to, language, again)
    with display.Bytes(context.quiet, importing.sizes(chosen)) as bar:
        report, read, unread = importing.import_and_read(
            context.data_dir, chosen, wanted, load_sites(context.data_dir), bar.show, None if no_read else workers or settings.WORKERS
        )
    if as_json:
        click.echo(display.json_text(importing.as_json(report) | {"read": read}))
    elif not context.quiet or report.failed:
        display.print_import(report, importing.in_words, read, display.console(stderr=context.quiet))
    if unread:
        click.echo(_safe(unread), err=True)
    sys.exit(importing.exit_code(report, read, unread, one_page=bool(url or date_)))


@main.command()
@click.argument("query", required=False)
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The file to write; - with --format: standard output")  # fmt: skip
@click.option(
    "--format", "name", help="warc, wacz, jsonl, csv, parquet, json-ld, tei, bibtex, ris, csl-json  [default: by the file's ending]"
)
@_choosing
@click.option("--keys", type=click.Path(allow_dash=True, dir_okay=False), help=KEYS)
@click.option("--limit", type=click.IntRange(1), help="At most this many stories, the oldest first")
@click.option("--all-revisions", is_flag=True, help="Every revision's pages or text, not the newest alone")
@click.option("--force", is_flag=True, help="Write over a file that is there")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON")
@pass_context
def export(context: _Context, query: str | None, output: Path, name: str | None, site: str | None, from_: date | None,
           to: date | None, section: str | None, language: str | None, keys: str | None, limit: int | None, all_revisions: bool,
           force: bool, as_json: bool) -> None:  # fmt: skip
    """Take stories out: those that words and filters find, or all

    warc holds their pages as they were sent; wacz the same with an index, to be opened at replayweb.page; jsonl all that was read off
    them, a story a line; csv the same as a table, parquet with types and lists; json-ld as schema.org has it; tei a corpus for
    corpus tools; bibtex, ris, csl-json how each is cited. The file is written whole or not at all.

    \b
        archiver export levee -o levee.wacz
        archiver export levee -o levee.bib
        archiver search levee --json | shuf -n 50 | archiver export --keys - -o sample.csv
        archiver export '"city council" OR mayor' --from 2026-01-01 -o council.csv
        archiver export levee --format jsonl -o - | jq .headline
        archiver export --site lodivalleynews --from 2026-01-01 --all-revisions -o lodi.warc.gz
    """
    from archiver import answers
    from archiver.store.selection import Selection

    selection = Selection(query, site, from_, to, section, language, limit, all_revisions, answers.read_names(keys) if keys else None)
    sys.exit(answers.export_selection(context.data_dir, selection, output, name, force, as_json, context.quiet))


@main.command(short_help="Freeze a corpus for citing, in one file with its proof")
@click.argument("query", required=False)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write (.zip)")
@_choosing
@click.option("--keys", type=click.Path(allow_dash=True, dir_okay=False), help=KEYS)
@click.option("--limit", type=click.IntRange(1), help="At most this many stories, the oldest first")
@click.option("--all-revisions", is_flag=True, help="Every version of each story, not the newest alone")
@click.option("--title", help="What the corpus is called where it is cited  [default: from the words]")
@click.option("--no-text", is_flag=True, help="Hashes in the place of texts: for passing on where the texts may not be")
@click.option("--force", is_flag=True, help="Write over a file that is there")
@click.option("--verify", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Prove that a frozen corpus is as it was")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON")
@pass_context
def freeze(context: _Context, query: str | None, output: Path | None, site: str | None, from_: date | None, to: date | None,
           section: str | None, language: str | None, keys: str | None, limit: int | None, all_revisions: bool, title: str | None,
           no_text: bool, force: bool, verify: Path | None, as_json: bool) -> None:  # fmt: skip
    """Freeze a corpus for citing: texts, sources, citations and a proof in one file

    The archive goes on changing; the file does not. Its name is the SHA-256 of its texts, which a paper cites. --verify compares
    the file with its own digests, and its members with the archive (exit code 3: some are not there as they were).

    \b
        archiver freeze levee --from 2026-01-01 -o levee.zip --title "Levee coverage in the valley, 2026"
        archiver freeze --site lodivalleynews --all-revisions --no-text -o lodi.zip
        archiver freeze --verify levee.zip
    """
    from archiver import answers
    from archiver.store.selection import Selection

    selection = Selection(query, site, from_, to, section, language, limit, all_revisions, answers.read_names(keys) if keys else None)
    if verify:
        if output or selection != Selection() or title or no_text:
            raise WrongUse("--verify takes a frozen corpus alone.\nExample: archiver freeze --verify levee.zip")
        sys.exit(answers.verify_corpus(context.data_dir, verify, as_json, context.quiet))
    if output is None:
        raise WrongUse("Which file is to be written? Name it with -o.\nExample: archiver freeze levee -o levee.zip")
    sys.exit(answers.freeze_selection(context.data_dir, selection, output, title, not no_text, force, as_json, context.quiet))


@main.command(short_help="Make the whole archive replayable with pywb")
@click.option("--json", "as_json", is_flag=True, help="As JSON")
@pass_context
def replay(context: _Context, as_json: bool) -> None:
    """Make the whole archive replayable (CDXJ index for pywb), and say how to browse it

    Run it again after a crawl: the index is written anew.

    \b
        archiver replay
    """
    from archiver import answers

    answers.print_replay(context.data_dir, as_json, context.quiet)


# --- reading without an archive


@main.command()
@click.argument("file", required=False, type=click.Path(allow_dash=True, dir_okay=False, path_type=str))
@click.option("--url", default="", help="The page's address  [default: as the page says]")
@click.option("--batch", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TSV with columns id, path, url, fetched_at")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="JSON lines go here  [default: standard output]")
@click.option("-j", "--jobs", type=click.IntRange(1), help="Reading processes for --batch  [default: one a core]")
@click.option("--site", help="Read with this site's facts (time zone, selectors)")
@click.option("--explain", is_flag=True, help="Show which rule gave each value, and what the others said")
@pass_context
def extract(context: _Context, file: str | None, url: str, batch: Path | None, output: Path | None, jobs: int | None,
            site: str | None, explain: bool) -> None:  # fmt: skip
    """Read a page without an archive: one article as JSON

    \b
        archiver extract page.html --url https://example.org/2026/03/story/
        curl -s https://example.org/2026/03/story/ | archiver extract - --url https://example.org/2026/03/story/
        archiver extract --batch pages.tsv -o out.jsonl -j 2
    """
    from archiver import display, health, reading
    from archiver.sites import find_site

    facts = find_site(site, context.data_dir) if site else None
    output = None if output == Path("-") else output
    if batch:
        failed = reading.read_batch(batch, output, jobs or settings.WORKERS, facts, context.quiet)
        if failed:
            click.echo(f"{counted(failed, 'page')} could not be read; each has a line with its outcome.", err=True)
            sys.exit(3)
        return
    if not file:
        raise WrongUse(
            "Which page? Name a FILE, - for standard input, or --batch pages.tsv.\n"
            "Example: archiver extract page.html --url https://example.org/2026/03/story/"
        )
    article = reading.read_file(file, url, facts)
    if explain:
        reading.print_explanation(article)
        return
    text = display.json_text(reading.as_json(article), indent=2)
    if output:
        reading.write_text(text + "\n", output, file)
    else:
        click.echo(text)
    if article.outcome != "article":
        reason = f"{health.in_words(article.outcome)} ({article.outcome_reason or article.outcome})"
        more = "; it does not say its address, which tells more: --url" if article.url == reading.UNKNOWN else ""
        click.echo(_safe(f"{file}: {reason}{more}"), err=True)


# --- asking


@main.command()
@click.argument("query")
@_choosing
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most this many stories")
@click.option(
    "--sort",
    type=click.Choice(["rank", "newest", "oldest"]),
    default="rank",
    show_default=True,
    help="Best match, newest or oldest first",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line")
@pass_context
def search(context: _Context, query: str, site: str | None, from_: date | None, to: date | None, section: str | None,
           language: str | None, limit: int, sort: str, as_json: bool) -> None:  # fmt: skip
    """Search headlines, standfirsts and texts; the best match first

    All words must occur. "two words" stand in this order, levee* is a beginning, mayor OR council either of them, -sport (or NOT sport)
    leaves out, brackets hold together, headline:levee looks in the headline alone (standfirst:, body: likewise). Capitals and accents
    make no difference. Of Chinese, Japanese and Thai any piece of text is found.

    \b
        archiver search '"city council" OR mayor' --from 2026-01-01
        archiver search 'headline:levee (rain* OR flood) -sport'
        archiver search flood --site lodivalleynews --json
    """
    from archiver import answers

    answers.print_search(context.data_dir, query, site, from_, to, section, language, limit, sort, as_json)


@main.command(short_help="Every place where words stand, in their context")
@click.argument("query")
@_choosing
@click.option("--width", type=click.IntRange(5, 1_000), default=60, show_default=True, help="At most this many characters on each side")
@click.option(
    "--sort",
    type=click.Choice(["newest", "left", "right"]),
    default="newest",
    show_default=True,
    help="By the story's day, or by the words on the left or the right",
)
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="At most this many places")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line")
@pass_context
def kwic(context: _Context, query: str, site: str | None, from_: date | None, to: date | None, section: str | None,
         language: str | None, width: int, sort: str, limit: int, as_json: bool) -> None:  # fmt: skip
    """Every place where words stand, in their context (a concordance)

    Queries as for search. Stories whose pages say noarchive are left out.

    \b
        archiver kwic 'levee*' --sort right
        archiver kwic '"city council"' --from 2026-01-01 --limit 100000 --json > council.jsonl
    """
    from archiver import usage

    usage.print_kwic(context.data_dir, query, site, from_, to, section, language, width, sort, limit, as_json)


@main.command(short_help="In how many stories words stand, over time, with bars")
@click.argument("queries", nargs=-1, required=True, metavar="QUERY...")
@click.option("--by", type=click.Choice(["day", "week", "month", "year"]), default="month", show_default=True, help="Periods (UTC)")
@_choosing
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line")
@pass_context
def trend(context: _Context, queries: tuple[str, ...], by: str, site: str | None, from_: date | None, to: date | None,
          section: str | None, language: str | None, as_json: bool) -> None:  # fmt: skip
    """In how many stories words stand, over time, as numbers and bars

    Queries as for search, several side by side; "per 1,000" of all stories of the period. Stories without a date are in no
    period: they are told below, in JSON with null as their period.

    \b
        archiver trend flood drought --by year
        archiver trend '"city council"' --by week --from 2026-01-01 --json
    """
    from archiver import usage

    usage.print_trend(context.data_dir, queries, by, site, from_, to, section, language, as_json)


@main.command(short_help="Ready questions: who was first, credits, edits, copies, places …")
@click.argument("question", required=False)
@click.argument("limits", nargs=-1, metavar="[NAME=VALUE]…")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, for a spreadsheet")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line")
@click.option("--sql", "as_sql", is_flag=True, help="The question's SQL, to be changed and asked elsewhere")
@pass_context
def ask(context: _Context, question: str | None, limits: tuple[str, ...], as_csv: bool, as_json: bool, as_sql: bool) -> None:
    """Ready questions to the archive: who wrote of it first, stealth edits, photographs by agency, datelines by place …

    Without a name: all of them, with the limits that each takes. They are those under Questions in archiver browse.

    \b
        archiver ask
        archiver ask first_to_report q='levee OR dam' from=2026-03
        archiver ask captions_by_photographer name=lee --csv > pictures.csv
    """
    from archiver import asking

    if question is None:
        asking.print_questions(as_json)
    elif as_sql:
        asking.print_sql(question)
    else:
        asking.print_answer(context.data_dir, question, limits, as_csv, as_json)


@main.command()
@click.argument("story")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with everything that is known of it")
@click.option("--evidence", is_flag=True, help="Where each value comes from")
@pass_context
def show(context: _Context, story: str, as_json: bool, evidence: bool) -> None:
    """One story, by its KEY or its URL

    \b
        archiver show 4f7gk2mzq3ab
    """
    from archiver import answers

    answers.print_story(context.data_dir, story, as_json, evidence)


@main.command(short_help="Every revision of a story, declared or not")
@click.argument("story")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line")
@pass_context
def history(context: _Context, story: str, as_json: bool) -> None:
    """Every revision of a story: when it was seen, what kind of change, declared or not

    \b
        archiver history 4f7gk2mzq3ab
    """
    from archiver import answers

    answers.print_history(context.data_dir, story, as_json)


@main.command(short_help="How to cite a revision: text, BibTeX, RIS, CSL-JSON")
@click.argument("story")
@click.option("--revision", type=click.IntRange(1), help="Revision number  [default: the newest]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "bibtex", "ris", "csl-json"]),
    default="text",
    show_default=True,
    help="For people, or for BibTeX, EndNote (RIS), Zotero and pandoc (CSL-JSON)",
)
@pass_context
def cite(context: _Context, story: str, revision: int | None, form: str) -> None:
    """How to cite a revision of a story: who wrote it, where and when it stood, and which text it is

    \b
        archiver cite 4f7gk2mzq3ab
        archiver cite 4f7gk2mzq3ab --revision 1 --format bibtex >> sources.bib
    """
    from archiver import answers

    answers.print_citation(context.data_dir, story, revision, form)


@main.command(short_help="What changed between two revisions or two copies of a text")
@click.argument("story")
@click.argument("other", required=False)
@click.option("--from", "old", type=click.IntRange(1), help="Revision number  [default: the one before --to]")
@click.option("--to", "new", type=click.IntRange(1), help="Revision number  [default: the newest]")
@click.option("--json", "as_json", is_flag=True, help="As JSON: paragraphs, each a list of [equal, delete or insert, words]")
@pass_context
def diff(context: _Context, story: str, other: str | None, old: int | None, new: int | None, as_json: bool) -> None:
    """What changed between two revisions, or what another story made of the same text (OTHER), word by word

    \b
        archiver diff 4f7gk2mzq3ab
        archiver diff 4f7gk2mzq3ab --from 1 --to 3
        archiver diff 4f7gk2mzq3ab 2lr6hwt5xn7c
    """
    from archiver import answers

    if other:
        if old or new:
            raise WrongUse("--from and --to are revisions of one story; two stories are compared as they now are.")
        answers.print_diff_of_copies(context.data_dir, story, other, as_json)
        return
    answers.print_diff(context.data_dir, story, old, new, as_json)


@main.command(short_help="Texts that several stories print; who had them first")
@click.option("--site", help="Only texts of which this site has a copy")
@click.option("--since", type=FROM, help="Only texts of which a copy was published on this day (UTC) or later")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="At most this many texts")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: a text with its copies, the earliest first")
@pass_context
def duplicates(context: _Context, site: str | None, since: date | None, limit: int, as_json: bool) -> None:
    """Texts that several stories print: the same text, or agency copy that was edited; who had it first, who kept how much

    Stories that were not compared yet are compared first (only those of an older archive wait that long).

    \b
        archiver duplicates --since 2026-01-01
        archiver duplicates --site lodivalleynews --json
    """
    from archiver import answers

    answers.compare_waiting(context.data_dir, context.quiet)
    answers.print_duplicates(context.data_dir, site, since, limit, as_json)


@main.command(short_help="Read, search, compare in a browser (Datasette, all set up)")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0: any free one")
@click.option("--open", "open_browser", is_flag=True, help="Open a browser window")
@pass_context
def browse(context: _Context, port: int, open_browser: bool) -> None:
    """Datasette on the archive, everything set up: read, search, compare in a browser

    \b
        archiver browse --open
    """
    from archiver.browse import serve

    serve(context.data_dir, port, open_browser)


# --- operating


@main.command(short_help="How each site is doing, and the next command")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line")
@pass_context
def status(context: _Context, as_json: bool) -> None:
    """Each site on one line: last success, new, changed, failed, next due, trouble and the next command

    In trouble is also a site that answers well and does not give what it used to: no new stories, far fewer, or stories without what
    those before had (date, author, picture, text). Below, what publishers say about the use of their pages (noai, noarchive, text and
    data mining, licences), and since when; and how many pictures are kept (keep_images in sites.toml). Ends with 3 when some site is
    in trouble; with -q it prints nothing else.

    \b
        archiver status
        archiver -q status          # for a daily mail by cron: silent while all is well
    """
    from archiver.sites import load_sites
    from archiver.store import open_reader

    open_reader(context.data_dir).close()  # says so where there is no archive
    sys.exit(_show_health(context, load_sites(context.data_dir), as_json, everything=False))


@main.command(short_help="Prove that the archive is whole; each fault with its repair")
@click.option("--deep", is_flag=True, help="Read every byte of every WARC file, and compare every word of the search index")
@click.option("--repair", is_flag=True, help="Mend what can be mended without losing anything, say what was done, and check again")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: each fault, each repair, and a summary")
@pass_context
def check(context: _Context, deep: bool, repair: bool, as_json: bool) -> None:
    """Prove that the archive is whole: rows, captures, search index; each fault with its repair

    Only looks, unless --repair is given; works while a crawl writes. Ends with 0 when all is well (or was repaired), else with 5.

    \b
        archiver check
        archiver check --deep --repair
    """
    from archiver import trust

    sys.exit(trust.print_check(context.data_dir, deep, repair, as_json, context.quiet))


@main.command(short_help="Copy the archive, verified; the copy is an archive itself")
@click.argument("dest", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON")
@pass_context
def backup(context: _Context, dest: Path, as_json: bool) -> None:
    """Copy the archive to DEST, verified; DEST is an archive itself: archiver --data DEST …

    Works while a crawl writes. The same DEST again takes only what is new; killed anywhere, DEST is the backup before or this one.
    WARC files are hard links on the same disk, copies on another; a backup on another disk survives the loss of this one.

    \b
        archiver backup /mnt/disk/news-backup
        archiver --data /mnt/disk/news-backup check --deep
    """
    from archiver import trust

    sys.exit(trust.print_backup(context.data_dir, dest, as_json, context.quiet))


@main.command(short_help="Remove stories for good, from database and WARC files")
@click.argument("what", nargs=-1, metavar="[URL or KEY]…")
@click.option("--reason", help="Why, in words; stands in the log and on the story's page")
@click.option("--basis", type=click.Choice(["gdpr", "copyright", "court_order", "publisher_request", "other"]), default="other",
              show_default=True, help="On what ground")  # fmt: skip
@click.option("--by", "who", help="Who asked or decided  [default: your user name]")
@click.option("--dry-run", is_flag=True, help="List everything that would go: rows, records, files, near copies; write nothing")
@click.option("--yes", is_flag=True, help="Do not ask")
@click.option("--again", is_flag=True, help="Finish what was cut off; after restoring a backup, remove what data/takedowns.jsonl names")
@click.option("--list", "show_list", is_flag=True, help="What was taken down: when, why, by whom")
@click.option("--json", "as_json", is_flag=True, help="As JSON")
@pass_context
def takedown(context: _Context, what: tuple[str, ...], reason: str | None, basis: str, who: str | None, dry_run: bool, yes: bool,
             again: bool, show_list: bool, as_json: bool) -> None:  # fmt: skip
    """Remove stories for good: text, captions, index entries, and the raw pages and pictures in the WARC files

    A picture that another story shows stays with that one; the address of a picture alone takes down that picture. Passages in
    feeds, lists and other pages of the site are blotted out. Only hashes stay, by which a later crawl, import or re-reading is kept
    from bringing the story back. Near copies at other addresses are listed and stay, unless they are named. Killed anywhere, the
    next command that writes goes on. Backups made earlier are not touched. Ends with 3 while something is still to be cleaned (a
    site that is being crawled is cleaned when its crawl ends).

    \b
        archiver takedown 4f7gk2mzq3ab --reason "request of the person named" --basis gdpr --dry-run
        archiver takedown https://example.org/2026/03/story/ --reason "court order 12/26" --basis court_order
        archiver takedown --list
    """
    from archiver import answers, display, takedown
    from archiver.recovery import pick_up

    if show_list:
        answers.print_takedowns(context.data_dir, as_json)
        return
    if not what and not again:
        raise WrongUse('Which story? Give its URL or KEY: archiver takedown KEY --reason "…"   Or --list, or --again.')
    if what and (dry_run or not yes):
        with display.Steps(context.quiet) as steps:
            outlook = takedown.look(context.data_dir, what, steps.say)
        if dry_run and as_json:
            click.echo(_json_text(asdict(outlook)))
            return
        answers.print_outlook(outlook)
        if dry_run:
            click.echo("Nothing was written.")
            return
    if what and not (reason and reason.strip()):
        raise WrongUse('Why? The log needs a reason: --reason "…"')
    if what and not yes and not _agreed("Remove all this for good?", default=False):
        click.echo("Nothing was written.")
        return
    pick_up(context.data_dir)
    with display.Steps(context.quiet) as steps:
        if what:
            done = takedown.take_down(context.data_dir, what, reason or "", basis, who, steps.say)
        else:
            finished = takedown.finish_pending(context.data_dir, say=steps.say)
            if finished is None:
                raise NothingToDo("Every takedown is finished; nothing is to be done.")
            done = finished
    if as_json:
        click.echo(_json_text(asdict(done)))
    else:
        answers.print_takedown(done)
    sys.exit(0 if done.is_whole and not done.others else 3)


@main.group()
def schedule() -> None:
    """Let systemd or cron start `archiver run`

    \b
        archiver schedule install --contact mailto:me@example.org
    """


@schedule.command("install")
@click.option("--systemd", "kind", flag_value="systemd", help="A systemd user timer")
@click.option("--cron", "kind", flag_value="cron", help="A crontab entry")
@click.option("--every", default="15m", show_default=True, help="How often to look which site is due")
@click.option("--contact", default=settings.CONTACT, help="How a webmaster reaches you; goes into the user agent")
@click.option("--tell", "teller", default=settings.TELL, help="A command that gets what is wrong with a site, as its standard input")
@click.option("--yes", is_flag=True, help="Do not ask")
@click.option("--dry-run", is_flag=True, help="Only show it")
@pass_context
def schedule_install(context: _Context, kind: str | None, every: str, contact: str, teller: str, yes: bool, dry_run: bool) -> None:
    """Show what would be written, ask, write it, start it

    \b
        archiver schedule install --contact mailto:me@example.org
        archiver schedule install --contact mailto:me@example.org --tell "mail -s 'News archiver' me@example.org"
    """
    from archiver import schedule as timers
    from archiver.sites import read_duration

    try:
        minutes = int(read_duration(every) // 60)
    except ValueError:
        raise WrongUse(f"--every {every} is no duration. Write 15m, 1h or 1d.") from None
    plan = timers.plan_schedule(kind, context.data_dir, minutes, contact, teller, settings.proxies())
    for path, text in plan.files:
        click.echo(f"--- {path}\n{text}")
    if plan.crontab_line:
        click.echo(f"--- crontab\n{plan.crontab_line}\n")
    if plan.left_out:
        where = "systemctl --user edit news-archiver.service" if plan.kind == "systemd" else "crontab -e"
        click.echo(f"{', '.join(plan.left_out)} is not written there, as it carries a password. To set it yourself: {where}", err=True)
    if not contact:
        click.echo("No contact is set, so no webmaster can reach you. Better with: --contact mailto:you@example.org", err=True)
    if dry_run or not (yes or _agreed(f"Install this ({plan.kind})?", default=True)):
        click.echo("Nothing was written.")
        return
    timers.install(plan)
    click.echo("Installed. archiver status shows how each site is doing; archiver schedule remove takes it away.")
    if plan.kind == "systemd":
        click.echo("It runs while you are logged in. To let it run always: loginctl enable-linger")


@schedule.command("show")
@pass_context
def schedule_show(context: _Context) -> None:
    """What is installed

    \b
        archiver schedule show
    """
    from archiver import schedule as timers

    found = timers.installed()
    if not found:
        raise NothingToDo("Nothing is installed.\nTo have sites crawled by themselves: archiver schedule install")
    for line in found:
        click.echo(line)


@schedule.command("remove")
@pass_context
def schedule_remove(context: _Context) -> None:
    """Take away what `schedule install` wrote

    \b
        archiver schedule remove
    """
    from archiver import schedule as timers

    found = timers.remove()
    if not found:
        raise NothingToDo("Nothing was installed, so nothing was removed.")
    click.echo("Removed:\n" + "\n".join(found))


# --- shared by commands


def _show_health(context: _Context, known: dict[str, Any], as_json: bool, everything: bool) -> int:
    from archiver import display, health, schedule
    from archiver.store import open_reader

    now = settings.utc_now()
    sites = sorted(known.values(), key=lambda site: site.name)
    imported: dict[str, int] = {}
    try:
        with open_reader(context.data_dir) as archive:
            imported = {name: stories for name, stories in archive.stories_by_site().items() if name not in known}
            active = schedule.active_sites(archive, known, context.data_dir)
            rows = [health.site_health(archive, site, now) for site in sites if site.name in active or site.paused]
            counts = archive.picture_counts()
            rows = [health.with_pictures(row, known[row.site], counts) for row in rows]
    except NothingToDo:
        active = schedule.active_sites(None, known, context.data_dir)
        rows = [health.never_crawled(site, now) for site in sites if site.name in active or site.paused]
    if everything:
        rows += [health.not_chosen(site, now) for site in sites if site.name not in active and not site.paused]
    if everything and not known and not imported:
        raise NothingToDo("No site is known yet.\nAdd one: archiver add https://…")
    if as_json:
        for row in rows:
            click.echo(display.json_text(asdict(row)))
    else:
        if not context.quiet:
            display.print_sites(rows, now, display.console())
        display.print_trouble(rows, display.console())
        if not context.quiet:
            display.print_render_notes(rows if everything else [], display.console())
            display.print_opt_outs(rows, display.console())
            display.print_pictures(rows, display.console())
            display.print_imported(imported, display.console())
    return 3 if any(row.trouble for row in rows) else 0


def _json_text(value: Any) -> str:
    from archiver.display import json_text

    return json_text(value)


def _log(context: _Context) -> None:
    from archiver import crawling

    crawling.log_to(context.data_dir, context.verbose)


def _safe(text: object) -> str:
    from archiver.display import safe

    return safe(text)


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None
