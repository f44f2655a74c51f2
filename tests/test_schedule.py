"""`archiver run` and `archiver schedule`: who is due, that two runs do not collide, and what is written for systemd and cron."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from archiver import schedule, settings
from archiver.errors import ArchiverError, WrongUse
from archiver.health import site_health
from archiver.locks import LOCKS, lock, site_lock
from archiver.records import Site
from archiver.sites import load_sites
from archiver.store import open_archive
from tests.conftest import Cli, NewsServer

NOON = datetime(2026, 11, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CRONTAB = """#!/bin/sh
if [ -f "$HOME/broken" ]; then echo "you are not allowed to use this program" >&2; exit 1; fi
case "$1" in
    -l) if [ -f "$HOME/crontab" ]; then cat "$HOME/crontab"; else echo "no crontab for tester" >&2; exit 1; fi ;;
    -) cat > "$HOME/crontab" ;;
esac
"""
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$HOME/systemctl.log"
if [ -f "$HOME/broken" ]; then echo "Failed to connect to bus" >&2; exit 1; fi
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory and commands of its own: nothing here touches the machine's crontab or systemd."""
    home, commands = tmp_path / "home", tmp_path / "bin"
    home.mkdir()
    commands.mkdir()
    for name, text in (("crontab", CRONTAB), ("systemctl", SYSTEMCTL)):
        (commands / name).write_text(text)
        (commands / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", f"{commands}:/usr/bin:/bin")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return home


# --- who is due


def test_a_paused_site_waits_until_it_is_named(tmp_path: Path, typed: Callable[..., Result]):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example.org/"\npaused = true\n')
    for command in ("crawl", "run"):
        assert typed(command).exit_code in (0, 4)
    assert "paused" in typed("sites").output
    with open_archive(tmp_path / "data") as archive:
        assert archive.last_runs("gazette", 1) == []


def test_a_paused_site_that_is_named_is_crawled_with_a_word_that_it_is_paused(server: NewsServer, cli: Cli):
    server.front("/about")
    cli.site("gazette", server.address, "delay_s = 0.02\npaused = true")
    told = "gazette is paused in its facts: only a command that names it takes it, as this one; archiver run passes it over.\n"
    assert cli("crawl", "gazette").stderr == told
    assert cli("-q", "crawl", "gazette").stderr == ""
    assert cli("crawl", "gazette", "--json").stderr == ""
    assert server.asked().count("/") == 3


@pytest.mark.parametrize("command", ["crawl", "run"])
def test_in_a_new_directory_no_site_is_crawled_that_nobody_chose(command: str, tmp_path: Path, typed: Callable[..., Result]):
    done = typed(command)
    assert (done.exit_code, "archiver add" in done.stderr, "archiver crawl lodivalleynews" in done.stderr) == (4, True, True)
    assert not (tmp_path / "data").exists()
    shown = typed("sites")
    assert (shown.exit_code, "when named" in shown.stdout, "archiver crawl lodivalleynews" in shown.stdout) == (0, True, True)
    with open_archive(tmp_path / "data") as archive:
        assert archive.last_runs("lodivalleynews", 1) == []
        archive.finish_run(archive.start_run("lodivalleynews", "crawl", NOON), NOON, "finished", {"index": 1})
        assert list(schedule.active_sites(archive, load_sites(tmp_path / "data"), tmp_path / "data")) == ["lodivalleynews"]


def test_what_the_operator_notes_about_a_site_is_shown_among_the_sites(tmp_path: Path, typed: Callable[..., Result]):
    (tmp_path / "data").mkdir()
    note = "asked by mail on 2026-03-02; answers in April"
    (tmp_path / "data" / "sites.toml").write_text(f'[gazette]\nurl = "https://gazette.example.org/"\nrender_note = "{note}"\n')
    assert note in typed("sites").output and note in typed("sites", "--json").output
    open_archive(tmp_path / "data").close()
    assert note in typed("sites").output and note not in typed("status").output


def test_a_site_is_due_when_its_interval_has_passed_and_the_longest_waiting_comes_first(tmp_path: Path):
    sites = {
        name: Site(name, f"https://{name}.example.org/", every_s=every)
        for name, every in (("new", None), ("hourly", None), ("fast", 900), ("slow", 86_400), ("told_to_wait", 900))
    }
    with open_archive(tmp_path) as archive:
        for name in ("hourly", "fast", "slow", "told_to_wait"):
            run = archive.start_run(name, "run", NOON - HOUR)
            archive.finish_run(run, NOON - HOUR, "finished", {"index": 1})
            archive.note_run(run, NOON + HOUR if name == "told_to_wait" else None, None)

        def due(moment: datetime) -> list[str]:
            return [site.name for site in schedule.due_sites(archive, sites, moment)]

        assert due(NOON - timedelta(minutes=50)) == ["new"]
        assert due(NOON - timedelta(minutes=40)) == ["fast", "new"]
        assert due(NOON) == ["fast", "hourly", "new"]
        assert due(NOON + timedelta(days=1)) == ["fast", "hourly", "told_to_wait", "slow", "new"]


def test_a_site_whose_run_was_stopped_or_killed_is_due_at_once(tmp_path: Path):
    sites = {name: Site(name, f"https://{name}.example.org/", every_s=86_400) for name in ("stopped", "killed", "finished")}
    with open_archive(tmp_path) as archive:
        for name in sites:
            run = archive.start_run(name, "run", NOON)
            if name != "killed":
                archive.finish_run(run, NOON, {"stopped": "shutdown"}.get(name, name), {"index": 1})
        due = schedule.due_sites(archive, sites, NOON + timedelta(minutes=1))
        assert {site.name for site in due} == {"stopped", "killed"}


def test_a_site_that_is_being_crawled_is_in_no_trouble_and_one_whose_crawl_was_killed_is(tmp_path: Path):
    site = Site("gazette", "https://gazette.example.org/")
    with open_archive(tmp_path) as archive:
        archive.start_run("gazette", "run", NOON)
        with site_lock("gazette", tmp_path):
            health = site_health(archive, site, NOON + HOUR)
            assert (health.trouble, health.note) == (None, "is being crawled since 2026-11-03 12:00 UTC")
        lent = [os.getppid()] if LOCKS.exists() else []  # to another process by now
        for number in (999999999, *lent):  # as a killed one leaves it
            (tmp_path / "locks" / "gazette").write_text(f"process {number}")
            assert site_health(archive, site, NOON + HOUR).trouble == "its run of 2026-11-03 12:00 UTC did not finish"


def test_the_status_tells_of_a_site_that_its_robots_txt_closes_and_of_one_without_stories(tmp_path: Path):
    told = {}
    with open_archive(tmp_path) as archive:
        for name, outcomes in (("closed", {"robots": 2}), ("bare", {"index": 1}), ("forbidden", {"index": 1, "robots": 9})):
            run = archive.start_run(name, "run", NOON)
            archive.save_outcomes(
                run, [(f"https://{name}.example.org/{what}{n}", what, None) for what, many in outcomes.items() for n in range(many)]
            )
            archive.finish_run(run, NOON, "finished", outcomes)
            health = site_health(archive, Site(name, f"https://{name}.example.org/"), NOON)
            told[name] = (health.trouble, health.next_command)
    assert told == {
        "closed": ("robots.txt forbids its pages", "nothing to do, unless the publisher allows it"),
        "bare": ("no story was ever found there", "look for its feed in a browser, and name it in sites.toml (feeds)"),
        "forbidden": ("no story was ever found there", "nothing to do; robots.txt forbids what it lists"),
    }


def test_the_next_command_of_a_site_in_trouble_names_the_address(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        run = archive.start_run("gazette", "run", NOON)
        archive.save_outcomes(run, [("https://gazette.example.org/round", "redirect_loop", "more than 5 redirects")])
        archive.finish_run(run, NOON, "finished", {"redirect_loop": 1})
        health = site_health(archive, Site("gazette", "https://gazette.example.org/"), NOON)
    assert health.next_command == "open https://gazette.example.org/round in a browser"


@pytest.fixture
def tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine nine hours ahead of UTC."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize("told", ["2026-11-03T12:00:00", "2026-11-03T12:00:00Z", "2026-11-03 12:00", "2026-11-03T13:00:00.5+01:00"])
@pytest.mark.usefixtures("tokyo")
def test_a_rehearsed_time_is_utc_wherever_the_machine_is(told: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARCHIVER_NOW", told)
    assert settings.utc_now() == NOON


def test_a_rehearsed_time_that_is_none_is_wrong_use(tmp_path: Path, typed: Callable[..., Result], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ARCHIVER_NOW", "noon")
    done = typed("--data", str(tmp_path), "sites")
    assert done.exit_code == 2
    assert "ARCHIVER_NOW is 'noon', which is no moment" in done.output


def test_run_takes_every_site_that_is_due_and_no_other(server: NewsServer, cli: Cli):
    server.front("/about")
    cli.site("gazette", server.address)
    first = cli("run", ARCHIVER_NOW="2026-11-03T12:00:00Z")
    assert (first.returncode, "gazette" in first.stdout) == (3, True)  # no story was ever found there
    assert server.asked() == ["/robots.txt", "/"]
    again = cli("run", ARCHIVER_NOW="2026-11-03T12:59:00Z")
    assert (again.returncode, again.stdout) == (0, "No site is due. archiver status shows when each is.\n")
    assert len(server.asked()) == 2
    assert cli("-q", "run", ARCHIVER_NOW="2026-11-03T13:00:00Z").stdout == ""
    assert len(server.asked()) == 4
    assert cli.rows("select command, finish_reason from runs") == [("run", "finished")] * 2


def test_a_dead_link_in_a_menu_is_no_trouble_and_a_broken_list_of_the_facts_is_named(server: NewsServer, cli: Cli):
    server.story("/2026/03/ferry", "Ferry stays in port")
    menu = "<nav><a href='/category/town/'>Town</a></nav>"
    server.page("/", f"<!DOCTYPE html><html lang=en><body>{menu}<a href='/2026/03/ferry'>Ferry stays in port</a></body></html>")
    cli.site("gazette", server.address)
    done = cli("run", ARCHIVER_NOW="2026-11-03T12:00:00Z")
    assert (done.returncode, "/category/town/" in server.asked()) == (0, True), done.stdout
    (cli.data / "sites.toml").unlink()
    cli.site("gazette", server.address, f'feeds = ["{server.address}rss"]')
    done = cli("-q", "run", ARCHIVER_NOW="2026-11-03T13:00:00Z")
    told = f"Next: open {server.address}rss in a browser; mend it in sites.toml, or take it out"
    assert (done.returncode, told in done.stderr) == (3, True), done.stderr


def test_a_run_that_is_silent_about_a_page_among_many_ends_well(server: NewsServer, cli: Cli):
    stories = [f"/2026/03/ferry-{number}" for number in range(30)]
    for path in stories:
        server.story(path, f"Ferry {path[-2:]} stays in port")
    server.page("/2026/03/lost", "oops", status=500)
    server.front(*stories, "/2026/03/lost")
    cli.site("gazette", server.address, "delay_s = 0.02")
    done = cli("-q", "run", ARCHIVER_NOW="2026-11-03T12:00:00Z")
    assert (done.returncode, done.stderr) == (0, "")
    assert cli("-q", "status", ARCHIVER_NOW="2026-11-03T12:00:00Z").returncode == 0
    assert cli.rows("select count(*) from outcomes where outcome = 'http_error'") == [(1,)]


# --- two at a time


def test_a_second_run_leaves_the_work_to_the_first(typed: Callable[..., Result], tmp_path: Path):
    with lock(tmp_path / "data" / "run.lock"):
        (tmp_path / "data" / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example.org/"\n')
        done = typed("run")
    assert done.exit_code == 1
    assert f"Another `archiver run` is under way (process {os.getpid()})" in done.stderr
    assert "--every 2h" in done.stderr


@pytest.mark.long
def test_a_site_that_another_crawl_has_is_left_to_it_and_the_others_are_crawled(server: NewsServer, cli: Cli):
    server.front("/about")
    cli.site("gazette", server.address)
    cli.site("taken", "http://127.0.0.1:9/")
    with lock(cli.data / "locks" / "taken"):
        both = cli("crawl")
        alone = cli("crawl", "taken")
        (cli.folder / "scrapy.cfg").write_text("[settings]\ndefault = archiver.settings\n")
        words = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", "site=taken"]
        scrapy = subprocess.run(words, cwd=cli.folder, env=cli.env, capture_output=True, text=True, timeout=60)
    assert both.returncode == 3
    assert "taken is being crawled already, by process" in both.stdout
    assert server.asked() == ["/robots.txt", "/"]
    assert (alone.returncode, "Wait for it to end" in alone.stderr) == (1, True)
    assert (scrapy.returncode, "Wait for it to end" in scrapy.stderr) == (1, True)


def test_a_lock_whose_holder_died_is_free(tmp_path: Path):
    (tmp_path / "run.lock").write_text("process 1")
    with schedule.run_lock(tmp_path):
        assert (tmp_path / "run.lock").read_text() == f"process {os.getpid()}"


# --- cron


def test_an_operator_whom_no_webmaster_could_reach_is_told(typed: Callable[..., Result]):
    def said(*words: str) -> str:
        return typed("schedule", "install", "--cron", "--dry-run", *words).stderr

    assert "--contact mailto:you@example.org" in said()
    assert "contact" not in said("--contact", "mailto:me@example.org")


def test_cron_gets_one_line_beside_the_users_own_and_remove_takes_only_that(typed: Callable[..., Result], home: Path):
    (home / "crontab").write_text("MAILTO=me\n0 1 * * * backup # mine\n")
    for every in ("15m", "2h"):
        assert typed("schedule", "install", "--cron", "--every", every, "--contact", "mailto:me@example.org", "--yes").exit_code == 0
    mailto, mine, ours = (home / "crontab").read_text().splitlines()
    assert (mailto, mine) == ("MAILTO=me", "0 1 * * * backup # mine")
    assert ours.startswith("17 */2 * * * ARCHIVER_CONTACT=mailto:me@example.org ")
    assert typed("schedule", "show").output == ours + "\n"
    removed = typed("schedule", "remove")
    assert (removed.exit_code, ours in removed.output) == (0, True)
    assert (home / "crontab").read_text() == "MAILTO=me\n0 1 * * * backup # mine\n"
    assert typed("schedule", "remove").exit_code == 4
    assert typed("schedule", "show").exit_code == 4


def test_a_user_without_a_crontab_gets_one(typed: Callable[..., Result], home: Path):
    assert typed("schedule", "install", "--cron", "--yes").exit_code == 0
    assert (home / "crontab").read_text().startswith("*/15 * * * * ")


@pytest.mark.parametrize("kind", ["cron", "systemd"])
def test_what_the_clock_starts_asks_the_same_proxy_and_its_password_is_written_nowhere(
    kind: str, typed: Callable[..., Result], home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("http_proxy", "http://10.1.1.1:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@10.1.1.1:3128")
    shown = typed("schedule", "install", f"--{kind}", "--dry-run")
    assert "http_proxy=http://10.1.1.1:3128" in shown.stdout
    assert "HTTPS_PROXY is not written there, as it carries a password" in shown.stderr
    assert "secret" not in shown.output


def test_odd_folder_names_and_contacts_reach_the_command_whole(tmp_path: Path):
    odd = tmp_path / 'it\'s 100% "mine"; $HOME & co'
    plan = schedule.plan_schedule("cron", odd, 15, "Desk <desk@example.org>; `id`", "mail -s 'It is 100%' me@example.org")
    assert plan.crontab_line is not None
    command = plan.crontab_line.removeprefix("*/15 * * * * ").removesuffix(schedule.MARK)
    assert "%" not in command.replace(r"\%", "")  # cron ends a line there
    words = shlex.split(command.replace(r"\%", "%"))
    assert words[:2] == ["ARCHIVER_CONTACT=Desk <desk@example.org>; `id`", "ARCHIVER_TELL=mail -s 'It is 100%' me@example.org"]
    assert words[3:] == ["-m", "archiver", "--data", str(odd), "-q", "run"]
    with pytest.raises(WrongUse, match="line breaks"):
        schedule.plan_schedule("cron", odd, 15, "me\n* * * * * rm -rf /")
    with pytest.raises(WrongUse, match="line breaks"):
        schedule.plan_schedule("cron", odd, 15, "", "mail me\n* * * * * rm -rf /")
    (_, unit), _ = schedule.plan_schedule("systemd", tmp_path, 15, "", "mail -s 'It is 100%' me@example.org").files
    assert """Environment="ARCHIVER_TELL=mail -s 'It is 100%%' me@example.org"\n""" in unit
    for kind in ("cron", "systemd"):
        with pytest.raises(WrongUse, match="line breaks"):
            schedule.plan_schedule(kind, tmp_path / "news\n* * * * * rm -rf /", 15, "")


def test_a_crontab_that_cannot_be_read_is_never_written_over(typed: Callable[..., Result], home: Path):
    (home / "crontab").write_text("0 1 * * * backup\n")
    (home / "broken").touch()
    done = typed("schedule", "install", "--cron", "--yes")
    assert (done.exit_code, "not allowed" in done.stderr, "Nothing was changed" in done.stderr) == (1, True, True)
    assert (home / "crontab").read_text() == "0 1 * * * backup\n"


def test_a_machine_without_cron_is_told_so(typed: Callable[..., Result], home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(home))
    done = typed("schedule", "install", "--cron", "--yes")
    assert (done.exit_code, "apt-get install cron" in done.stderr) == (1, True)


# --- systemd


def test_systemd_gets_a_service_and_a_timer_that_is_started(typed: Callable[..., Result], home: Path, tmp_path: Path):
    (home / "crontab").write_text(f"0 1 * * * backup\n*/15 * * * * python -m archiver run {schedule.MARK}\n")
    shown = typed("--data", "my data", "schedule", "install", "--systemd", "--contact", 'mailto:"me"@example.org', "--yes")
    units = home / ".config/systemd/user"
    service, timer = (units / "news-archiver.service").read_text(), (units / "news-archiver.timer").read_text()
    assert shown.exit_code == 0
    assert service in shown.output and timer in shown.output and "enable-linger" in shown.output
    assert f'-m archiver --data "{tmp_path}/my data" -q run\n' in service
    assert 'Environment="ARCHIVER_CONTACT=mailto:\\"me\\"@example.org"\n' in service
    assert "OnUnitActiveSec=15min" in timer
    assert (home / "systemctl.log").read_text().splitlines() == ["--user daemon-reload", "--user enable --now news-archiver.timer"]
    assert (home / "crontab").read_text() == "0 1 * * * backup\n"  # not both
    assert typed("schedule", "remove").exit_code == 0
    assert not list(units.iterdir())
    assert "--user disable --now news-archiver.timer" in (home / "systemctl.log").read_text()


def test_quotes_and_dollar_signs_reach_a_command_of_systemd_as_they_are(tmp_path: Path):
    tell = """sh -c 'curl -d @- "$URL"'"""
    (_, unit), _ = schedule.plan_schedule("systemd", tmp_path / "o'brien$HOME", 15, "it's", tell).files
    assert f"""--data "{tmp_path}/o'brien$$HOME" -q run\n""" in unit
    assert """Environment="ARCHIVER_CONTACT=it's"\n""" in unit
    assert """Environment="ARCHIVER_TELL=sh -c 'curl -d @- \\"$URL\\"'"\n""" in unit  # no variables are put in there


@pytest.mark.parametrize(
    ("command", "why"),
    [("cat >> told.txt", ">>"), ("sort | mail me@example.org", "|"), ("mail -s 'News me@example.org", "quotation"), ("mail\nme", "line")],
)
def test_a_command_to_tell_that_needs_a_shell_or_cannot_be_read_is_wrong_use(
    typed: Callable[..., Result], home: Path, command: str, why: str
):
    done = typed("schedule", "install", "--cron", "--yes", "--tell", command)
    assert done.exit_code == 2 and why in done.stderr
    assert list(home.iterdir()) == []


def test_a_systemd_that_does_not_answer_is_told_with_the_way_out(typed: Callable[..., Result], home: Path):
    (home / "broken").touch()
    done = typed("schedule", "install", "--systemd", "--yes")
    assert done.exit_code == 1
    assert "Failed to connect to bus" in done.stderr and "schedule install --cron" in done.stderr


# --- asking first


def test_nothing_is_written_on_a_dry_run_or_a_no(typed: Callable[..., Result], home: Path):
    shown = typed("schedule", "install", "--cron", "--dry-run")
    refused = typed("schedule", "install", "--systemd", input="n\n")
    assert (shown.exit_code, refused.exit_code) == (0, 0)
    assert "*/15 * * * *" in shown.output and "Nothing was written." in shown.output and "Nothing was written." in refused.output
    assert list(home.iterdir()) == []


@pytest.mark.parametrize("every", ["1m", "2d", "soon", "15"])
def test_an_interval_that_makes_no_sense_is_wrong_use(typed: Callable[..., Result], home: Path, every: str):
    done = typed("schedule", "install", "--cron", "--every", every, "--yes")
    assert done.exit_code == 2
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("minutes", "times"),
    [(5, "*/5 * * * *"), (45, "*/30 * * * *"), (60, "17 * * * *"), (180, "17 */3 * * *"), (300, "17 */4 * * *"), (1_440, "17 4 * * *")],
)
def test_intervals_become_even_times_of_cron(tmp_path: Path, minutes: int, times: str):
    line = schedule.plan_schedule("cron", tmp_path, minutes, "").crontab_line
    assert line is not None and line.startswith(times + " ")


def test_a_failing_command_is_told_in_words(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(ArchiverError, match="systemctl --user daemon-reload failed: No such file"):
        schedule.install(schedule.plan_schedule("systemd", tmp_path, 15, ""))
