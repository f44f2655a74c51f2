"""Which site is due; and how cron or systemd starts the archiver."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archiver.errors import ArchiveBusy, ArchiverError, WrongUse
from archiver.health import next_due
from archiver.records import Site
from archiver.sites import SITES_FILE, read_sites_file
from archiver.store import Archive

UNIT = "news-archiver"
MARK = "# news-archiver"  # ends our line in a crontab, so that it can be found again


def active_sites(archive: Archive, known: Mapping[str, Site], data_dir: Path) -> dict[str, Site]:
    """The sites that a crawl without names takes: those of sites.toml, and spider classes that were crawled by name before.

    All spider classes, where there are no others.
    """
    written = read_sites_file(data_dir / SITES_FILE)
    active = {name: site for name, site in known.items() if name in written or archive.last_runs(name, 1)}
    return active or dict(known)


def due_sites(archive: Archive, sites: Mapping[str, Site], now: datetime) -> list[Site]:
    """Sites whose next run has come, the longest waiting first."""
    due = []
    for site in sites.values():
        runs = archive.last_runs(site.name, 1)
        due.append((next_due(site, runs[0] if runs else None, now), site))
    return [site for when, site in sorted(due, key=lambda item: (item[0], item[1].name)) if when <= now]


@contextmanager
def run_lock(data_dir: Path) -> Iterator[None]:
    """One `archiver run` at a time. Raises ArchiveBusy."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "run.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise ArchiveBusy(
                f"Another `archiver run` is under way ({handle.read().strip() or 'starting'}); this one leaves the work to it.\n"
                "If that happens every time, the sites take longer than the timer's interval: archiver schedule install --every 2h"
            ) from None
        handle.truncate(0)
        handle.write(f"process {os.getpid()}")
        handle.flush()
        yield


@dataclass(frozen=True, slots=True)
class Plan:
    """What `schedule install` will write, and where."""

    kind: str  # systemd or cron
    files: tuple[tuple[Path, str], ...]  # systemd units
    crontab_line: str | None
    commands: tuple[tuple[str, ...], ...]  # run after writing


def plan_schedule(kind: str | None, data_dir: Path, minutes: int, contact: str) -> Plan:
    """A systemd user timer where systemd runs, else a crontab line. Raises WrongUse."""
    if not 5 <= minutes <= 24 * 60:
        raise WrongUse(
            f"Every {minutes} minutes is not sensible: choose between 5m and 1d.\n"
            "Each site has its own interval in sites.toml; the timer only looks who is due."
        )
    kind = kind or ("systemd" if _has_user_systemd() else "cron")
    command = [sys.executable, "-m", "archiver", "--data", str(data_dir.resolve()), "-q", "run"]
    if kind == "cron":
        quoted = " ".join(f"'{word}'" if " " in word else word for word in command).replace("%", r"\%")
        env = f"ARCHIVER_CONTACT='{contact}' " if contact else ""
        return Plan("cron", (), f"{_cron_times(minutes)} {env}{quoted} {MARK}", ())
    folder = Path("~/.config/systemd/user").expanduser()
    service = (
        "[Unit]\nDescription=News archiver: crawl every site that is due\nAfter=network-online.target\n\n"
        f"[Service]\nType=oneshot\nExecStart={' '.join(_systemd_quote(word) for word in command)}\n"
        + (f"Environment={_systemd_quote('ARCHIVER_CONTACT=' + contact)}\n" if contact else "")
        + "SuccessExitStatus=3\nNice=10\n"
    )
    timer = (
        "[Unit]\nDescription=News archiver timer\n\n"
        f"[Timer]\nOnBootSec=5min\nOnUnitActiveSec={minutes}min\nRandomizedDelaySec=60\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
    return Plan(
        "systemd",
        ((folder / f"{UNIT}.service", service), (folder / f"{UNIT}.timer", timer)),
        None,
        (("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", f"{UNIT}.timer")),
    )


def install(plan: Plan) -> None:
    """Writes the plan. Installing again replaces what was installed. Raises ArchiverError."""
    for path, text in plan.files:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if plan.crontab_line:
        _write_crontab([*_foreign_lines(), plan.crontab_line])
    for command in plan.commands:
        _run(command)


def installed() -> list[str]:
    """What is installed now: paths of units, lines of the crontab."""
    folder = Path("~/.config/systemd/user").expanduser()
    units = [str(path) for path in (folder / f"{UNIT}.timer", folder / f"{UNIT}.service") if path.exists()]
    return units + [line for line in _crontab() if line.endswith(MARK)]


def remove() -> list[str]:
    """Takes away what `install` wrote; returns it."""
    found = installed()
    folder = Path("~/.config/systemd/user").expanduser()
    timer = folder / f"{UNIT}.timer"
    if timer.exists():
        subprocess.run(["systemctl", "--user", "disable", "--now", f"{UNIT}.timer"], check=False, capture_output=True)
        timer.unlink()
        (folder / f"{UNIT}.service").unlink(missing_ok=True)
    if any(line.endswith(MARK) for line in _crontab()):
        _write_crontab(_foreign_lines())
    return found


def _cron_times(minutes: int) -> str:
    if minutes < 60:
        return f"*/{minutes} * * * *"
    hours = minutes // 60
    return "17 * * * *" if hours == 1 else f"17 */{hours} * * *" if hours < 24 else "17 4 * * *"


def _has_user_systemd() -> bool:
    return Path("/run/systemd/system").exists() and shutil.which("systemctl") is not None and "XDG_RUNTIME_DIR" in os.environ


def _systemd_quote(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(sign in word for sign in ' "$\\') else escaped


def _crontab() -> list[str]:
    if shutil.which("crontab") is None:
        return []
    done = subprocess.run(["crontab", "-l"], check=False, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def _foreign_lines() -> list[str]:
    return [line for line in _crontab() if not line.endswith(MARK)]


def _write_crontab(lines: list[str]) -> None:
    if shutil.which("crontab") is None:
        raise ArchiverError(
            "No crontab command is on this machine.\n"
            "Install cron (Debian: apt-get install cron), or put the line shown above into your scheduler yourself."
        )
    subprocess.run(["crontab", "-"], input="\n".join(lines) + "\n", text=True, check=True)


def _run(command: tuple[str, ...]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ArchiverError(
            f"{' '.join(command)} failed: {done.stderr.strip()}\nThe unit files are written; or use cron: archiver schedule install --cron"
        )
