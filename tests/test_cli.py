"""The command line: what it explains, what it answers to bad input, and how it ends."""

from __future__ import annotations

import errno
import io
import json
import os
import random
import re
import resource
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from click.testing import Result
from rich.console import Console

from archiver import display, settings
from archiver.answers import _shortened
from archiver.browse.serving import listen
from archiver.captures import Captures
from archiver.checking import check
from archiver.cli import SECTIONS, _in_words, main
from archiver.display import json_text
from archiver.errors import ArchiverError
from archiver.health import Health, next_command
from archiver.locks import lock
from archiver.records import Article, Capture, Link
from archiver.spider import Visit
from archiver.store import CaptureRow, Reading, open_archive
from tests.conftest import PARAGRAPHS, Cli, NewsServer
from tests.test_captures import die
from tests.test_crawl import STORIES, fill, wait_until

Typed = Callable[..., Result]
NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOSTILE = "Bridge \x1b]0;owned\x07\x1b[2J closes \x9b31m\u202e again"


def commands(group: click.Group, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*names, name), command
        if isinstance(command, click.Group):
            yield from commands(command, *names, name)


COMMANDS = dict(commands(main))


def store_a_story(folder: Path, headline: str = "Bridge closes") -> str:
    """An archive with one story in `folder`; its key."""
    with open_archive(folder) as archive:
        article = Article(
            "https://gazette.example/bridge", headline=headline, article_body="The bridge closed.", text_hash="1", word_count=3
        )
        row = CaptureRow(article.url, "gazette", NOON, 200, "kept", warc_filename="a.warc.gz", warc_offset=0, warc_length=1)
        (number,) = archive.save_captures([row])
        return archive.save_articles([Reading(replace(row, id=number), article, "reader/1")], NOON)[0].key


# --- help


@pytest.mark.parametrize("names", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example_and_every_option(typed: Typed, names: tuple[str, ...]):
    shown = typed(*names, "--help")
    assert shown.exit_code == 0
    assert re.search(rf"^ {{4,}}archiver (-q )?{' '.join(names)}", shown.output, re.MULTILINE)
    for option in COMMANDS[names].params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, option.opts
    assert typed(*names, "-h").output == shown.output


def test_the_first_help_page_names_the_exit_codes_and_a_way_to_begin(typed: Typed):
    shown = " ".join(typed("--help").output.split())
    assert "0 done; 1 failed; 2 wrong use; 3 done, but some site or file failed" in shown
    assert "archiver demo" in shown and "archiver add https://" in shown


# --- wrong use


def test_the_help_lists_every_command_once_by_what_it_is_for(typed: Typed) -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert sorted(listed) == sorted(name for name, command in main.commands.items() if not command.hidden)
    text = typed("--help").output
    assert all(f"{title}:" in text for title in SECTIONS) and text.index("demo") < text.index("takedown")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["crawll"], "No such command 'crawll'"),
        (["crawl", "gazete"], "No site is named 'gazete'. Known sites: gazette, lodivalleynews."),
        (["crawl", "https://unknown.example.org/2026/03/story"], "archiver add https://unknown.example.org/"),
        (["crawl", "lodivalleynews", "https://gazette.example.net/2026/03/story"], "sites or addresses, not both"),
        (["crawl", "--since", "yesterday"], "'yesterday' is no day. Write it as 2024-03-14"),
        (["crawl", "--limit", "0"], "0 is not in the range"),
        (["search", "city", "council"], "Several words are one query in quotes: archiver search 'city …'"),
        (["search", "flood", "-sport"], "within the query's quotes: archiver search 'river -lake'"),
        (["add", "not a url"], "is no web address"),
        (["add", "ftp://example.org/"], "is no web address"),
        (["add", "http://127.0.0.1:8080/"], "archiver add http://127.0.0.1:8080/ --allow-loopback"),
        (["add", "http://10.1.2.3/"], "Private networks are not fetched.\n"),  # --allow-loopback would not help
        (["add", "https://me:secret@example.org/"], "carries a user name"),
        (["crawl", "ftp://gazette.example.net/2026/story"], "is no web address"),
        (["search", "bridge", "--from", "2026-03-05", "--to", "2026-03-01"], "--from 2026-03-01 --to 2026-03-05"),
        (["import", "pages.tsv", "--url", "story"], "--url 'story' is no web address"),
        (["add", "https://example.org/", "--name", "Daily Example"], "small letters, digits and _"),
        (["add", "https://gazette.example.net/"], "known already as gazette"),
        (["extract"], "Which page?"),
        (["extract", "missing.html"], "missing.html cannot be read: No such file"),
        (["extract", "cut.html.gz"], "cut.html.gz cannot be unpacked: the compressed body ends in the middle"),
        (["extract", "--batch", "pages.tsv"], "pages.tsv, line 2: no path"),
        (["extract", "--batch", "bytes.tsv"], "bytes.tsv cannot be read"),
        (["extract", "--batch", "one.tsv", "-o", "one.tsv"], "one.tsv is what is read, and would be written over"),
        (["extract", "--batch", "one.tsv", "-o", "page.html"], "page.html is what is read, and would be written over"),
        (["extract", "page.html", "-o", "page.html"], "page.html is what is read, and would be written over"),
        (["extract", "--site", "gazete", "-"], "No site is named 'gazete'"),
        (["search", "bridge", "--sort", "size"], "'size' is not one of"),
        (["--data", "pages.tsv", "status"], "'pages.tsv' is a file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_ends_with_2_and_says_what_would_be_right(typed: Typed, tmp_path: Path, words: list[str], told: str):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example.net/"\n')
    (tmp_path / "pages.tsv").write_text("id\tpath\turl\tfetched_at\n1\t\thttps://a.example/\t\n")
    (tmp_path / "one.tsv").write_text("1\tpage.html\thttps://a.example/\n")
    (tmp_path / "page.html").write_text("<p>A page</p>")
    (tmp_path / "bytes.tsv").write_bytes(b"1\t\xff\xfe\n")
    (tmp_path / "cut.html.gz").write_bytes(b"\x1f\x8b\x08\x00\x00\x00\x00\x00")
    done = typed(*words)
    assert (done.exit_code, told in done.stderr) == (2, True), done.stderr
    assert "Traceback" not in done.output
    assert not (tmp_path / "data" / "archive.db").exists()


def test_an_unreadable_sites_file_stops_a_crawl_with_line_and_column(typed: Typed, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/sites.toml").write_text("[gazette]\nurl = https://a.example.org/\n")
    for words in (["crawl"], ["run"], ["sites"], ["ingest"], ["add", "https://b.example.org/"]):
        done = typed(*words)
        assert (done.exit_code, "line 2, column 7" in done.stderr) == (2, True), words


# --- nothing there


@pytest.mark.parametrize("words", ["search bridge", "show abc", "history abc", "diff abc", "status", "ingest", "browse"])
def test_where_there_is_no_archive_a_question_says_so_and_makes_none(typed: Typed, tmp_path: Path, words: str):
    done = typed(*words.split())
    assert done.exit_code == 4
    assert "There is no archive in data yet" in done.stderr and "archiver demo" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("words", ["search nowhere", "show nosuchkey", "history https://gazette.example/other", "diff nosuchkey"])
def test_a_question_without_an_answer_ends_with_4(typed: Typed, tmp_path: Path, words: str):
    store_a_story(tmp_path / "data")
    done = typed(*words.split())
    assert (done.exit_code, done.stderr.startswith("Error: ")) == (4, True)


def test_of_an_address_that_never_held_a_story_the_history_tells_what_was_found_there(typed: Typed, tmp_path: Path):
    store_a_story(tmp_path / "data")
    with open_archive(tmp_path / "data") as archive:
        address = "https://gazette.example/lost"
        archive.save_captures([CaptureRow(address, "gazette", NOON, 302, "redirected_away", reason="leads to https://gazette.example/")])
    done = typed("history", address)
    assert done.exit_code == 4
    assert "No story was ever read" in done.stderr and "redirected away (leads to https://gazette.example/)" in done.stderr


def test_a_story_without_a_change_has_no_diff_and_a_number_it_does_not_have_is_wrong_use(typed: Typed, tmp_path: Path):
    key = store_a_story(tmp_path / "data")
    assert typed("diff", key).exit_code == 4
    with open_archive(tmp_path / "data") as archive:
        row = CaptureRow("https://gazette.example/bridge", "gazette", NOON, 200, "kept", warc_filename="b", warc_offset=0, warc_length=1)
        (number,) = archive.save_captures([row])
        later = Article(row.target_uri, headline="Bridge opens", article_body="The bridge opened again.", text_hash="2", word_count=4)
        archive.save_articles([Reading(replace(row, id=number), later, "reader/1")], NOON)
    assert "[-closed-]" in typed("diff", key).output.replace(".", "")
    wrong = typed("diff", key, "--to", "7")
    assert (wrong.exit_code, "it has 1 to 2" in wrong.stderr) == (2, True)


def test_a_search_in_a_site_that_the_archive_does_not_have_is_no_empty_answer(typed: Typed, tmp_path: Path):
    store_a_story(tmp_path / "data")
    done = typed("search", "bridge", "--site", "gazete")
    assert (done.exit_code, "no site named 'gazete'. It has: gazette" in done.stderr) == (2, True), done.stderr


def test_a_paragraph_that_did_not_change_is_shown_by_whole_words():
    before = "Nobody in the neighbourhood remembered a winter in which the weir had been frozen for three uninterrupted months."
    assert _shortened(before) == "Nobody in the neighbourhood remembered a winter in which … uninterrupted months."


def test_a_full_disk_of_the_output_is_not_laid_on_the_archive_alone():
    assert _in_words(OSError(errno.ENOSPC, "No space left on device")).startswith("the data directory, or where the output goes, cannot")


def test_where_nobody_answers_nothing_is_done_and_the_way_without_a_question_is_told(typed: Typed):
    done = typed("schedule", "install", "--cron", input="")
    assert (done.exit_code, "nothing was written.\nTo go ahead without a question: --yes" in done.stderr) == (1, True), done.stderr


@pytest.mark.parametrize("words", ["search bridge", "kwic bridge", "trend bridge", "export bridge -o x.csv", "freeze bridge -o x.zip"])
def test_a_section_or_language_that_no_story_has_is_no_empty_answer(typed: Typed, tmp_path: Path, words: str):
    store_a_story(tmp_path / "data")
    with open_archive(tmp_path / "data") as archive, archive.writing():
        archive.db.execute("update articles set article_section = 'Local'")
    done = typed(*words.split(), "--section", "lcoal")
    assert (done.exit_code, "has the section 'lcoal'. There are: Local." in done.stderr) == (2, True), done.stderr
    assert "has the language 'xx'" in typed(*words.split(), "--language", "xx").stderr


def test_a_command_without_a_standard_output_is_no_fault(cli: Cli):
    cli.archive().close()
    words = f"{shlex.quote(sys.executable)} -m archiver status >&-"
    done = subprocess.run(words, shell=True, cwd=cli.folder, env=cli.env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_hit_tells_that_its_story_is_gone_or_was_changed(typed: Typed, tmp_path: Path):
    key = store_a_story(tmp_path / "data")
    assert f"  {key}  gazette  no date\n" in typed("search", "bridge").output
    with open_archive(tmp_path / "data") as archive, archive.writing():
        archive.db.execute("update articles set pubstatus = 'gone', revision_count = 2")
    assert f"  {key}  gazette  no date  gone  2 revisions\n" in typed("search", "bridge").output


def test_a_port_that_is_taken_is_told_in_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ArchiverError, match=f"Port {port} on this machine cannot be used: Address already in use."):
            listen(port)


@pytest.mark.parametrize("words", ["add https://a.example.org/", "crawl", "status", "search bridge"])
def test_a_damaged_archive_is_told_before_anything_is_asked(typed: Typed, tmp_path: Path, words: str):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/archive.db").write_bytes(b"no database" * 1_000)
    done = typed(*words.split())
    assert (done.exit_code, "archive.db is damaged" in done.stderr) == (5, True), done.stderr


# --- a data directory that cannot be used


@pytest.mark.parametrize("words", ["crawl", "run", "crawl lodivalleynews", "add https://a.example.org/", "demo", "search x", "status"])
def test_a_data_directory_that_is_a_file_is_told_in_words(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setenv("ARCHIVER_DATA", str(tmp_path / "file"))
    done = typed(*words.split())
    assert done.exit_code == 1
    assert "cannot be used" in done.stderr and "--data" in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_output_that_goes_to_a_full_disk_is_not_told_as_trouble_of_the_archive_alone(cli: Cli):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(cli.command("--help"), cwd=cli.folder, env=cli.env, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, "or where the output goes, cannot be written or read: No space" in done.stderr) == (1, True)


@pytest.mark.long
def test_a_full_disk_ends_the_crawl_with_its_reason_and_the_next_crawl_goes_on(server: NewsServer, cli: Cli):
    fill(server)
    server.story(STORIES[0], "A long story", *PARAGRAPHS, f"<!-- {random.Random(1).randbytes(2_500_000).hex()} -->")
    cli.site("gazette", server.address)

    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))

    done = subprocess.run(cli.command("crawl"), cwd=cli.folder, env=cli.env, capture_output=True, text=True, preexec_fn=fill_the_disk)
    assert done.returncode == 1
    assert "File too large" in done.stdout and "free space" in done.stdout and "Traceback" not in done.stdout + done.stderr
    assert cli("crawl").returncode == 0
    assert cli.rows("select count(distinct url) from articles") == [(len(STORIES),)]
    assert [str(fault) for fault in check(cli.data, deep=True)] == []


# --- an archive that cannot be used


ASKING = ["search bridge", "show abc", "status", "ingest", "crawl", "crawl lodivalleynews", "run", "browse"]


@pytest.mark.parametrize("words", ASKING)
def test_a_damaged_database_ends_with_5_before_any_server_is_asked(typed: Typed, tmp_path: Path, words: str):
    (tmp_path / "data").mkdir()
    garbage = random.Random(1).randbytes(8_192)
    (tmp_path / "data/archive.db").write_bytes(garbage)
    done = typed(*words.split())
    assert (done.exit_code, "is damaged" in done.stderr, "backup" in done.stderr) == (5, True, True), done.output
    assert (tmp_path / "data/archive.db").read_bytes() == garbage


def test_the_demo_ends_as_its_crawl_does(typed: Typed, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/archive.db").write_bytes(random.Random(1).randbytes(8_192))
    assert typed("demo", "--days", "1").exit_code == 5


@pytest.mark.parametrize("words", ASKING)
def test_an_archive_of_a_newer_version_is_left_alone(typed: Typed, tmp_path: Path, words: str):
    store_a_story(tmp_path / "data")
    with sqlite3.connect(tmp_path / "data/archive.db") as db:
        (table,) = db.execute("select name from sqlite_master where name like '%migrations%' and type = 'table'").fetchone()
        columns = [row[1] for row in db.execute(f"pragma table_info({table})")]
        values = ["'m999_later'" if name == "name" else "9999" if name == "id" else name for name in columns]
        db.execute(f"insert into {table} select {', '.join(values)} from {table} limit 1")
    done = typed(*words.split())
    assert done.exit_code == 1
    assert "made by a newer version" in done.stderr and "Nothing was changed" in done.stderr


# --- WARC files that end in the middle


def kept_page(number: int) -> Capture:
    paragraphs = "".join(f"<p>{text} This is report {number}.</p>" for text in PARAGRAPHS)
    head, title = f"<head><title>Story {number}</title></head>", f"<h1>Story number {number} of the bridge</h1>"
    body = f"<html lang=en>{head}<body><article>{title}{paragraphs}</article></body></html>"
    url = f"https://gazette.example/2026/11/03/story-number-{number}-of-the-bridge"
    return Capture(url, NOON, 200, (("Content-Type", "text/html"),), body.encode(), "gazette", 1)


@pytest.mark.long
def test_captures_that_a_crash_left_in_a_torn_file_are_read_and_a_damaged_one_is_named(cli: Cli):
    with open_archive(cli.data) as archive:
        archive.start_run("gazette", "crawl", NOON)
        writer = Captures(cli.data / "captures")
        kept = [writer.add(kept_page(number)) for number in range(4)]
        archive.save_links([Link(one.target_uri, "gazette", "feed", "https://gazette.example/feed") for one in kept], NOON)
        where = {"warc_filename": "gone.warc.gz", "warc_offset": 9, "warc_length": 9}
        damaged = CaptureRow(kept[0].target_uri, "gazette", NOON, 200, "kept", run_id=1, **where)
        archive.save_captures([damaged])
    die(writer)
    os.truncate(cli.data / "captures" / kept[3].warc_filename, kept[3].warc_offset + 99)
    done = cli("ingest")
    assert done.returncode == 3, done.stderr
    assert f"{kept[0].warc_filename}: the last record was torn by a crash" in done.stderr
    assert "3 captures that a crash left behind were indexed" in done.stderr
    assert f"{kept[0].target_uri}: the kept page is damaged" in done.stderr and "gone.warc.gz" in done.stderr
    assert "3 new" in done.stdout
    again = cli("ingest")
    assert (again.returncode, again.stdout) == (0, "Nothing was waiting to be read.\n")


# --- the network


def test_without_a_network_a_crawl_names_the_cause_and_the_next_command(cli: Cli):
    cli.data.mkdir()
    (cli.data / "sites.toml").write_text('[gazette]\nurl = "https://no-such-host.invalid/"\n')
    done = cli("crawl")
    assert done.returncode == 3
    assert "1 × dns: the host's name leads nowhere" in done.stdout
    assert "robots.txt cannot be fetched" in done.stdout and "check the network" in done.stdout
    status = cli("status", "--json")
    assert (status.returncode, json.loads(status.stdout)["failed"]) == (3, 1)


@pytest.mark.long
def test_ctrl_c_ends_a_crawl_in_order_and_the_next_goes_on(server: NewsServer, cli: Cli):
    paths = tuple(f"/2026/03/02/story-number-{number}-about-the-river/" for number in range(20))
    fill(server, paths)
    cli.site("gazette", server.address, "delay_s = 0.1")
    process = subprocess.Popen(cli.command("crawl"), cwd=cli.folder, env=cli.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: len(server.asked()) > 4)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "the same command goes on from here" in said, "Traceback" in said) == (1, True, False)
    assert len(server.asked()) < 2 + len(paths)
    assert cli("crawl").returncode == 0
    assert cli.rows("select count(*) from articles") == [(len(paths),)]
    assert sorted(path for path in server.asked() if path in paths) == sorted(paths)  # each of them once


# --- what comes out


def test_hostile_text_does_nothing_to_a_terminal_and_json_keeps_every_character(typed: Typed, tmp_path: Path):
    key = store_a_story(tmp_path / "data", HOSTILE)
    for words in (["search", "bridge"], ["show", key], ["history", key], ["search", "bridge", "--json"], ["show", key, "--json"]):
        out = typed(*words).output
        assert "closes" in out
        assert not set("\x1b\x07\x9b\u202e") & set(out), words
    with open_archive(tmp_path / "data") as archive:
        (stored,) = archive.db.execute("select headline from articles").fetchone()
    assert json.loads(typed("search", "bridge", "--json").output)["headline"] == stored
    assert json.loads(typed("show", key, "--json").output)["article"]["headline"] == stored


def test_hits_as_json_hold_no_marks_of_the_terminal(typed: Typed, tmp_path: Path):
    store_a_story(tmp_path / "data", HOSTILE)
    (line,) = typed("search", "bridge", "--json").output.splitlines()
    assert not [name for name, value in json.loads(line).items() if re.search("[\x00-\x08]", str(value))]


def test_a_reader_that_leaves_early_is_no_error(cli: Cli):
    store_a_story(cli.data, "Bridge closes " * 20_000)
    command = f"set -o pipefail; {' '.join(cli.command('show', 'https://gazette.example/bridge', '--json'))} | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=cli.folder, env=cli.env, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ('{"article"', "")


def test_a_terminal_that_knows_no_accents_gets_an_answer(cli: Cli):
    store_a_story(cli.data, "Zürich bridge ☃ closes")
    done = cli("search", "bridge", PYTHONIOENCODING="ascii")
    assert (done.returncode, "Z\\xfcrich" in done.stdout) == (0, True)


def test_what_one_command_writes_is_what_the_others_wait_for(typed: Typed, tmp_path: Path):
    store_a_story(tmp_path / "data")
    with lock(tmp_path / "data" / "locks" / "lodivalleynews"):
        done = typed("crawl", "lodivalleynews")
    assert (done.exit_code, "Wait for it to end" in done.stderr) == (1, True)


@pytest.mark.parametrize("words", [("export", "-o", "x.wacz"), ("duplicates",)])
def test_a_site_that_the_archive_does_not_have_is_no_empty_answer(data: Path, typed: Callable[..., Result], words: tuple[str, ...]):
    done = typed(*words, "--site", "gazete")
    assert (done.exit_code, "It has: gazette" in done.stderr) == (2, True), done.stderr


def test_a_command_to_paste_runs_nothing_that_a_site_has_put_into_its_address():
    url = "https://evil.example/2026/11/02/a;reboot&$(id)"
    assert shlex.split(next_command("soft_404", "evil", url)) == ["archiver", "history", url]
    assert (
        next_command("gone", "daily", "https://daily.example/2026/11/02/a-b/") == "archiver history https://daily.example/2026/11/02/a-b/"
    )


@pytest.mark.parametrize("contact", ["", "mailto:me@example.org"])
def test_a_contact_is_asked_for_only_where_none_is_set(contact: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings, "CONTACT", contact)
    for outcome in ("refused", "bot_wall"):
        assert ("set ARCHIVER_CONTACT" in next_command(outcome, "daily")) == (not contact)
        assert "write to the publisher" in next_command(outcome, "daily")


def test_a_line_of_json_is_one_line_for_every_reader():
    line = json_text({"headline": "a\u2028b\u2029c\x85d\x0be\x1cf"})
    assert line.splitlines() == [line]
    assert json.loads(line)["headline"] == "a\u2028b\u2029c\x85d\x0be\x1cf"


@pytest.mark.parametrize(("words", "hint"), [(("status", "--data", "x"), "archiver --data DIR"), (("crawl", "-q"), "archiver -q")])
def test_an_option_of_all_commands_behind_the_command_is_told_its_place(typed: Callable[..., Result], words: tuple[str, ...], hint: str):
    done = typed(*words)
    assert done.exit_code == 2
    assert f"It stands before the command: {hint}" in done.output


def test_the_reading_beside_a_crawl_ends_with_its_reason_while_the_crawl_still_runs(cli: Cli):
    """Its standard input is open then: a damaged archive or a full disk must not abort the process."""
    cli.data.mkdir()
    (cli.data / "archive.db").write_text("no database at all", encoding="utf-8")
    pipes = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(cli.command("ingest", "--follow"), cwd=cli.folder, env=cli.env, **pipes) as done:
        assert done.stderr is not None
        told = done.stderr.read().decode()
        assert (done.wait(60), "damaged" in told, "Fatal" in told) == (5, True, False)


def test_a_narrow_terminal_shows_names_and_times_whole_and_folds_texts():
    rows = [("lodivalley_demo", "2026-03-05T07:00:00Z", 1_000, "The ferry came back after ten years, and nobody knew why")]
    out = Console(width=60, file=io.StringIO())
    display.table(rows, ["site", "last success", "stories", "headline"], out)
    printed = out.file.getvalue().splitlines()
    assert max(map(len, printed)) <= 60 and len(printed) > 3
    assert "lodivalley_demo  2026-03-05T07:00:00Z  1000" in printed[1]


def test_no_column_vanishes_from_a_table_that_fits_no_terminal():
    day, titles = "2026-03-05 07:00", ["nr", "seen from", "until", "change", "", "unexplained", "words"]
    out = Console(width=60, file=io.StringIO())
    display.table([(7, day, day, "substantive", "stealth", 1, 107)], titles, out)
    lines = out.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 60
    assert next(line for line in lines if line.startswith("7 ")) and any(line.split()[-1] == "107" for line in lines)


def test_on_a_narrow_terminal_titles_are_broken_before_names():
    row = Health("lodivalley_demo", "http://gazette.example.org/", NOON, 3, 1, 0, 20, 20, NOON + timedelta(minutes=33), None, None)
    out = Console(width=72, file=io.StringIO())
    display.print_sites([row], NOON + timedelta(minutes=12), out)
    lines = out.file.getvalue().splitlines()
    assert max(map(len, lines)) <= 72 and lines[-1].split()[0] == "lodivalley_demo"


def test_the_status_of_a_site_is_one_line_on_a_terminal_of_eighty_columns():
    row = Health("lodivalley_demo", "http://gazette.example.org/", None, 3, 1, 0, 20, 20, NOON, None, None, paused=True)
    out = Console(width=80, file=io.StringIO())
    display.print_sites([row], NOON, out)
    assert [line.split()[0] for line in out.file.getvalue().splitlines()] == ["site", "lodivalley_demo"]


def test_times_in_json_are_written_as_in_the_database():
    assert json.loads(json_text({"at": NOON})) == {"at": "2026-11-03T12:00:00Z"}


def test_a_progress_bar_is_drawn_on_terminals_alone(typed: Typed, tmp_path: Path):
    store_a_story(tmp_path / "data")
    done = typed("ingest")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "Nothing was waiting to be read.\n", "")


LONG = {  # command ▶ what a log is told of it
    "extract --batch pages.tsv -o out.jsonl": r"1 of 1 read; \d+ a second",
    "import page.html --no-read": r"page.html: \d+ % of 0 MiB; 0 taken, 0 read",
    "ingest": r"1 read: ",
    "ingest --again --dry-run": r"\d of \d read again; ",
    "export -o out.jsonl": r"4 stories",
    "freeze -o out.zip": r"4 stories",
    "replay": r"6 captures",
    "check": r"database",
    "check --deep": r"WARC files, bytes: \d+ of \d+",
    "backup copy": r"WARC files: 2 of 2",
    "takedown https://gazette.example/2026/11/story-1 --dry-run": r"\S+\.warc\.gz",
}


@pytest.mark.parametrize("command", LONG)
def test_every_long_command_tells_how_far_it_is(data: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, command: str):
    (data.parent / "page.html").write_text("<title>Weir</title>")
    (data.parent / "pages.tsv").write_text("1\tpage.html\thttps://gazette.example/weir\t\n")
    if command == "ingest":
        with open_archive(data) as archive:
            archive.db.execute("update captures set read_with = null, outcome = 'kept' where id = 1")
    lines: list[str] = []
    monkeypatch.setattr(display.Following, "tell", lambda self, line, **_: lines.append(line))
    typed(*command.split())
    assert any(re.fullmatch(rf"{LONG[command]}.*", line) for line in lines), lines


def test_a_step_that_takes_long_is_told_in_a_log_though_nothing_happens_in_it(monkeypatch: pytest.MonkeyPatch):
    log = io.StringIO()
    monkeypatch.setattr(display, "LINE_EVERY_S", 0.001)
    monkeypatch.setattr(display, "console", lambda stderr=False: Console(file=log))
    with display.Steps() as steps:
        steps.say("proof of the copy")
        wait_until(log.getvalue)
    with display.Steps(quiet=True) as steps:
        steps.say("not told")
    assert re.fullmatch(r"\d\d:\d\d:\d\d proof of the copy\n", log.getvalue())


def test_the_list_of_commands_is_whole_on_a_terminal_of_eighty_columns(typed: Typed):
    assert not [line for line in typed("--help").output.splitlines() if line.startswith("  ") and line.endswith("...")]


def test_a_page_that_is_no_story_is_named_beside_its_json(typed: Typed, tmp_path: Path):
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)))
    done = typed("extract", str(tmp_path / "noise.bin"), "--url", "https://gazette.example.org/2026/a-story/")
    assert json.loads(done.stdout)["outcome"] == "no_body"
    assert "noise.bin: no text was found on the page (" in done.stderr
    assert "does not say its address, which tells more: --url" in typed("extract", str(tmp_path / "noise.bin")).stderr


OWN = '<link rel="canonical" href="https://gazette.example.org/2026/03/bridge/">'
STORY = """<html><head>{}<title>Bridge closes</title><meta property="og:type" content="article"></head><body><article><h1>Bridge closes</h1>
<p>The old bridge over the weir closes on Monday for repairs that will take until the end of May, the county said.</p>
<p>Drivers will have to take the road by the mill, which is narrow, and nobody knows how the school bus will get through.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    ("head", "url"), [(OWN, "https://gazette.example.org/2026/03/bridge/"), ("", "http://unknown.invalid/page-on-disk")]
)
def test_a_page_on_disk_is_read_at_the_address_that_it_says_it_has(typed: Typed, tmp_path: Path, head: str, url: str):
    (tmp_path / "page.html").write_text(STORY.format(head))
    done = typed("extract", str(tmp_path / "page.html"))
    read = json.loads(done.stdout)
    assert (read["outcome"], read["url"], done.stderr) == ("article", url, "")
    (tmp_path / "pages.tsv").write_text("1\tpage.html\n2\tmissing.html\n")
    first, second = map(json.loads, typed("extract", "--batch", str(tmp_path / "pages.tsv")).stdout.splitlines())
    assert (first["outcome"], first["url"]) == ("article", url)
    assert second["outcome_reason"].endswith("missing.html: No such file or directory")


def test_progress_is_done_when_the_last_page_is_read_whatever_came_of_it():
    outcomes = ("new", "unchanged", "next_page", "maintenance", "too_large", "taken_down")
    shown = []
    with display.Progress(["gazette"], quiet=True) as progress:
        for outcome in outcomes:
            progress.watch("visit", "gazette", Visit(f"https://gazette.example/{outcome}", "kept"))
        progress.watch("closed", "gazette", "finished")
        for outcome in outcomes:
            out = Console(width=120, file=io.StringIO())
            out.print(progress.render())
            shown.append("reading" in out.file.getvalue())
            progress.watch("read", "gazette", {"outcome": outcome, "url": f"https://gazette.example/{outcome}"})
        out.print(progress.render())
    assert (shown, "done" in out.file.getvalue()) == ([True] * len(outcomes), True)
