"""Which site is due; and how cron or systemd starts the archiver."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from archiver.errors import ArchiveBusy, ArchiverError, NothingToDo, WrongUse
from archiver.health import next_due
from archiver.locks import lock
from archiver.records import Site
from archiver.sites import SITES_FILE, read_sites_file
from archiver.store import Archive, open_reader

UNIT = "news-archiver"
TELLING_S = 60  # for a command that sends mail
SYSTEMD_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)  # a word of a unit file that needs no quotes
EVEN_MINUTES = (5, 6, 10, 12, 15, 20, 30)  # of an hour
EVEN_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)  # of a day
MARK = "# news-archiver"  # ends our line in a crontab, so that it can be found again


def active_sites(archive: Archive | None, known: Mapping[str, Site], data_dir: Path) -> dict[str, Site]:
    """The sites that a crawl without names takes: those of sites.toml, and spider classes that were crawled by name before.

    Nobody chose a class that comes with the archiver. Paused sites are taken only by name.
    """
    written = read_sites_file(data_dir / SITES_FILE)
    working = {name: site for name, site in known.items() if not site.paused}
    return {name: site for name, site in working.items() if name in written or (archive and archive.last_runs(name, 1))}


def sites_to_crawl(known: Mapping[str, Site], data_dir: Path) -> dict[str, Site]:
    """The same of the archive in `data_dir`, which is only looked at; where there is none yet, none is made."""
    try:
        with open_reader(data_dir) as archive:
            return active_sites(archive, known, data_dir)
    except NothingToDo:
        return active_sites(None, known, data_dir)


def due_sites(archive: Archive, sites: Mapping[str, Site], now: datetime) -> list[Site]:
    """Sites whose next run has come, the longest waiting first."""
    due = []
    for site in sites.values():
        runs = archive.last_runs(site.name, 1)
        learned, not_before = archive.learned_every(site.name), archive.not_before(site.name)
        due.append((next_due(site, runs[0] if runs else None, now, learned, not_before), site))
    return [site for when, site in sorted(due, key=lambda item: (item[0], item[1].name)) if when <= now]


def run_lock(data_dir: Path) -> AbstractContextManager[None]:
    """One `archiver run` at a time. Raises ArchiveBusy, DataDirectoryError."""

    def busy(holder: str) -> ArchiveBusy:
        return ArchiveBusy(
            f"Another `archiver run` is under way ({holder}); this one leaves the work to it.\n"
            "If that happens every time, the sites take longer than the timer's interval: archiver schedule install --every 2h"
        )

    return lock(data_dir / "run.lock", busy)


def tell(lines: Sequence[str], command: str) -> None:
    """Gives what an operator should know to a command of theirs, as its standard input. Raises ArchiverError."""
    try:
        words = shlex.split(command)
        done = subprocess.run(
            words, input="".join(f"{line}\n" for line in lines), text=True, capture_output=True, timeout=TELLING_S, check=False
        )
        failure = done.stderr.strip()[-200:] or f"it ended with {done.returncode}" if done.returncode else None
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        failure = str(error)
    if failure:
        raise ArchiverError(f"The command in ARCHIVER_TELL failed: {failure}\nTry it by hand: echo test | {command}")


def wrong_command(command: str) -> str | None:
    """What is wrong with a command for `tell`, which runs without a shell; None where nothing is."""
    if not command.isprintable():
        return "has line breaks or control characters"
    try:
        words = shlex.split(command)
    except ValueError as error:
        return f"cannot be taken apart ({error})"
    sign = next((word for word in words if SHELL_SIGN.fullmatch(word)), None)
    return f"runs without a shell, where {sign} does nothing; sh -c '…' has one" if sign else None


SHELL_SIGN = re.compile(r"\d?(?:>>?|<|\|\|?|&&?|;)(?:&\d)?")


@dataclass(frozen=True, slots=True)
class Plan:
    """What `schedule install` will write, and where."""

    kind: str  # systemd or cron
    files: tuple[tuple[Path, str], ...]  # systemd units
    crontab_line: str | None
    commands: tuple[tuple[str, ...], ...]  # run after writing
    left_out: tuple[str, ...] = ()  # variables with a password, which others might read there


def plan_schedule(
    kind: str | None, data_dir: Path, minutes: int, contact: str, teller: str = "", proxies: Mapping[str, str] = MappingProxyType({})
) -> Plan:
    """A systemd user timer where systemd runs, else a crontab line. `proxies`: see settings.proxies. Raises WrongUse."""
    if not 5 <= minutes <= 24 * 60:
        raise WrongUse(
            f"Every {minutes} minutes is not sensible: choose between 5m and 1d.\n"
            "Each site has its own interval in sites.toml; the timer only looks who is due."
        )
    if not contact.isprintable():
        raise WrongUse("The contact has line breaks or control characters.\nExample: --contact mailto:me@example.org")
    if wrong := wrong_command(teller):
        raise WrongUse(f"The command of --tell {wrong}.\nExample: --tell \"mail -s 'News archiver' me@example.org\"")
    if not str(data_dir.resolve()).isprintable():
        raise WrongUse(f"The data directory {str(data_dir)!r} has line breaks or control characters in its name.\nRename it first.")
    kind = kind or ("systemd" if _has_user_systemd() else "cron")
    command = [sys.executable, "-m", "archiver", "--data", str(data_dir.resolve()), "-q", "run"]
    given = {name: value for name, value in (("ARCHIVER_CONTACT", contact), ("ARCHIVER_TELL", teller)) if value}
    given |= {name: value for name, value in proxies.items() if "@" not in value and value.isprintable()}
    left_out = tuple(name for name in proxies if name not in given)
    if kind == "cron":
        words = [f"{name}={shlex.quote(value)}" for name, value in given.items()] + [shlex.quote(word) for word in command]
        line = " ".join(words).replace("%", r"\%")  # cron ends a line at a bare percent sign
        return Plan("cron", (), f"{_cron_times(minutes)} {line} {MARK}", (), left_out)
    folder = _unit_folder()
    start = " ".join(_systemd_quote(word).replace("$", "$$") for word in command)  # a variable begins with it, here alone
    service = (
        "[Unit]\nDescription=News archiver: crawl every site that is due\n\n"
        f"[Service]\nType=oneshot\nExecStart={start}\n"
        + "".join(f"Environment={_systemd_quote(f'{name}={value}')}\n" for name, value in given.items())
        + "SuccessExitStatus=3\nNice=10\n"
    )
    timer = (
        "[Unit]\nDescription=News archiver timer\n\n"
        f"[Timer]\nOnBootSec=5min\nOnUnitActiveSec={minutes}min\nRandomizedDelaySec=60\n\n[Install]\nWantedBy=timers.target\n"
    )
    return Plan(
        "systemd",
        ((folder / f"{UNIT}.service", service), (folder / f"{UNIT}.timer", timer)),
        None,
        (("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", f"{UNIT}.timer")),
        left_out,
    )


def install(plan: Plan) -> None:
    """Writes the plan. Installing again replaces what was installed, of either kind. Raises ArchiverError."""
    if plan.kind == "cron":
        _write_crontab([*_foreign_lines(), *([plan.crontab_line] if plan.crontab_line else [])])
        _remove_units()
        return
    for path, text in plan.files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for command in plan.commands:
        _run(command)
    _remove_line()


def installed() -> list[str]:
    """What is installed now: paths of units, lines of the crontab."""
    return [str(path) for path in _units()] + [line for line in _crontab() if line.endswith(MARK)]


def remove() -> list[str]:
    """Takes away what `install` wrote; returns it."""
    found = installed()
    _remove_units()
    _remove_line()
    return found


def _unit_folder() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "systemd/user"


def _units() -> list[Path]:
    return [path for path in (_unit_folder() / f"{UNIT}.timer", _unit_folder() / f"{UNIT}.service") if path.exists()]


def _remove_units() -> None:
    units = _units()
    if units and shutil.which("systemctl"):
        subprocess.run(["systemctl", "--user", "disable", "--now", f"{UNIT}.timer"], check=False, capture_output=True)
    for path in units:
        path.unlink()


def _remove_line() -> None:
    if any(line.endswith(MARK) for line in _crontab()):
        _write_crontab(_foreign_lines())


def _cron_times(minutes: int) -> str:
    """As often as that, or a little more often: cron counts anew each hour and each day, so "*/45" would be 45 minutes and then 15."""
    if minutes < 60:
        return f"*/{max(every for every in EVEN_MINUTES if every <= minutes)} * * * *"
    hours = max(every for every in EVEN_HOURS if 60 * every <= minutes)
    return {1: "17 * * * *", 24: "17 4 * * *"}.get(hours, f"17 */{hours} * * *")


def _has_user_systemd() -> bool:
    return Path("/run/systemd/system").exists() and shutil.which("systemctl") is not None and "XDG_RUNTIME_DIR" in os.environ


def _systemd_quote(word: str) -> str:
    """One word of a unit file (systemd.syntax, 7)."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if SYSTEMD_PLAIN.fullmatch(word) else f'"{escaped}"'


def _crontab() -> list[str]:
    if shutil.which("crontab") is None:
        return []
    done = subprocess.run(["crontab", "-l"], check=False, capture_output=True, text=True)
    if done.returncode and "no crontab" not in done.stderr.lower():  # to write now would lose lines that we cannot see
        raise ArchiverError(f"crontab -l failed: {done.stderr.strip()}\nNothing was changed. Can this user use cron?")
    return done.stdout.splitlines() if done.returncode == 0 else []


def _foreign_lines() -> list[str]:
    return [line for line in _crontab() if not line.endswith(MARK)]


def _write_crontab(lines: list[str]) -> None:
    if shutil.which("crontab") is None:
        raise ArchiverError(
            "No crontab command is on this machine.\n"
            "Install cron (Debian: apt-get install cron), or put the line shown above into your scheduler yourself."
        )
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(["crontab", "-"], input=text, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ArchiverError(f"crontab does not take the new lines: {done.stderr.strip()}\nThe crontab is as it was.")


def _run(command: tuple[str, ...]) -> None:
    try:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        failure = done.stderr.strip() if done.returncode else None
    except OSError as error:
        failure = str(error.strerror)
    if failure is not None:
        raise ArchiverError(
            f"{' '.join(command)} failed: {failure}\nThe unit files are written; or use cron: archiver schedule install --cron"
        )
