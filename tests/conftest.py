"""A news site on loopback that a test writes page by page, and the command line as a user calls it."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from archiver.cli import main
from archiver.discover.optouts import TDMREP
from archiver.store import Archive, open_archive
from tests import whole_archive

# Tests start hundreds of processes; where bytecode is not written, each of them would compile all sources anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


@dataclass
class Answer:
    """What the server says at one address."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    drip_s: float = 0  # pause after each byte of the body


@dataclass(frozen=True)
class Asked:
    """One request that the server got."""

    at: float
    path: str
    status: int
    conditional: bool
    user_agent: str


class NewsServer:
    """Answers what the test put there; remembers what was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.first: dict[str, list[Answer]] = {}  # given before those, each once
        self.log: list[Asked] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}/"
        self.page("/robots.txt", "User-agent: *\nDisallow: /private/\n", content_type="text/plain")

    def page(self, path: str, text: str | bytes, status: int = 200, content_type: str = "text/html; charset=utf-8", **headers: str) -> str:
        """Puts a page there, with an ETag of its content. Returns its address."""
        body = text.encode() if isinstance(text, str) else text
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(body, status, {"Content-Type": content_type} | named, f'"{hash(body) & 0xFFFFFFFF:x}"')
        return self.address + path.lstrip("/")

    def story(self, path: str, headline: str, *paragraphs: str, **headers: str) -> str:
        """A story as a small outlet prints it."""
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or PARAGRAPHS)
        return self.page(
            path,
            f"<!DOCTYPE html><html lang=en><head><title>{headline} - Test Gazette</title>"
            "<meta property='og:type' content='article'>"
            "<meta property='article:published_time' content='2026-03-02T10:00:00-08:00'></head>"
            f"<body><header><a href='/'>Test Gazette</a></header><article><h1>{headline}</h1>{text}</article>"
            "<footer>Imprint</footer></body></html>",
            **headers,
        )

    def front(self, *paths: str) -> None:
        links = "".join(f"<li><a href='{path}'>Read about {path.strip('/').replace('-', ' ')}</a></li>" for path in paths)
        self.page("/", f"<!DOCTYPE html><html lang=en><head><title>Test Gazette</title></head><body><ul>{links}</ul></body></html>")

    def asked(self, since: int = 0) -> list[str]:
        """Paths of stories and index pages, in order."""
        return [one.path for one in self.log[since:]]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        found = self.answers.get(handler.path, Answer(b"<h1>Not found</h1>", 404, {"Content-Type": "text/html"}))
        found = self.first[handler.path].pop(0) if self.first.get(handler.path) else found
        wanted = handler.headers.get("If-None-Match")
        status = 304 if found.status == 200 and wanted and wanted == found.etag else found.status
        if found.status != 404 or handler.path != TDMREP:  # asked by the first crawl of a day; told only by tests that put one there
            self.log.append(Asked(time.monotonic(), handler.path, status, bool(wanted), handler.headers.get("User-Agent", "")))
        if status == 0:  # hangs up without an answer
            handler.close_connection = True
            return
        body = b"" if status == 304 else found.body
        headers = dict(found.headers)
        if body and "gzip" in handler.headers.get("Accept-Encoding", "") and "Content-Encoding" not in headers:
            body, headers["Content-Encoding"] = gzip.compress(body, mtime=0), "gzip"
        handler.send_response(status)
        if found.etag and found.status == 200:
            headers["ETag"] = found.etag
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            handler.send_header(name, value)
        handler.end_headers()
        pieces = [body] if not found.drip_s else [body[at : at + 1] for at in range(len(body))]
        with suppress(ConnectionError):  # the archiver hung up
            for piece in pieces:
                handler.wfile.write(piece)
                time.sleep(found.drip_s)


PARAGRAPHS = (
    "The council of the valley agreed on Monday to mend the old bridge over the river before the autumn floods come again.",
    "The work will cost four hundred thousand dollars, said the engineer who looked at the piers, and take until September.",
    "Farmers on the west bank had asked for years that heavy wagons be let across, as the way round is eleven miles long.",
    "A ferry will carry people, bicycles and small carts while the bridge is closed; it leaves every twenty minutes until ten.",
)


# Files that crawl, the longest first: with them at the front, the processes of pytest-xdist end at about the same time.
LONG = (
    *("backfill", "crawl", "crash", "backfill_ends", "changes", "foreign_outlet", "cli", "demo", "browse", "hostile", "takedown"),
    *("pictures", "adding", "pages_of_a_story", "discover", "rereading", "rights", "install", "schedule", "together", "check", "story_ids"),
    *("guards", "withheld"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {f"test_{name}": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(scope="module")
def module_server() -> Iterator[NewsServer]:
    """One news site for all tests of a file, for archives that they share."""
    with contextmanager(_servers)() as start:
        yield start()


@pytest.fixture
def servers() -> Iterator[Callable[[], NewsServer]]:
    """Makes as many news sites as a test needs."""
    yield from _servers()


def _servers() -> Iterator[Callable[[], NewsServer]]:
    running: list[NewsServer] = []

    def start() -> NewsServer:
        news = NewsServer()
        threading.Thread(target=news.http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        running.append(news)
        return news

    yield start
    for news in running:
        news.http.shutdown()
        news.http.server_close()


@pytest.fixture
def server(servers: Callable[[], NewsServer]) -> NewsServer:
    return servers()


class Cli:
    """`archiver` in a directory of its own, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("ARCHIVER_")}

    def __call__(self, *words: str, stdin: bytes | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(self.command(*words), cwd=self.folder, env=self.env | env, input=stdin, capture_output=True, timeout=120)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *words: str, **env: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(*words), cwd=self.folder, env=self.env | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "archiver", *words]

    def site(self, name: str, url: str, facts: str = "delay_s = 0.02") -> None:
        """Writes a site of this machine to sites.toml."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "sites.toml").open("a", encoding="utf-8") as file:
            file.write(f'[{name}]\nurl = "{url}"\nallow_loopback = true\n{facts}\n\n')

    def archive(self) -> Archive:
        return open_archive(self.data)

    def rows(self, query: str, *values: object) -> list[tuple[object, ...]]:
        with self.archive() as archive:
            return archive.db.execute(query, values).fetchall()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive in which everything is in its place."""
    folder = tmp_path_factory.mktemp("whole") / "data"
    whole_archive.build(folder)
    return folder


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    return Cli(tmp_path)


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`archiver` in this process: quick, for what neither crawls nor reads."""
    monkeypatch.chdir(tmp_path)
    return lambda *words, **how: CliRunner().invoke(main, words, **how)
