"""How fast a crawl is, as a whole command: fetch, keep, read and store, against what the machine could do at best.

python bench/crawl.py                                  # 2,000 stories; prints Markdown
python bench/crawl.py --stories 500 --folder /tmp/bench-crawl --keep

Invented stories on loopback hosts behind nginx (a small server of ours where there is none). Everything in one run:
what Scrapy needs to fetch a page, what a reading needs, Scrapy with trafilatura in its callback, and `archiver crawl`.
Other jobs on the machine are allowed for: their CPU time (of /proc/stat) is taken off what was there.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gzip
import json
import multiprocessing
import os
import random
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from typing import Any

from search import SYLLABLES, Story, stories

HOSTS = [f"127.0.0.{n}" for n in range(2, 10)]
ENGLISH = (
    *("the", "of", "and", "to", "a", "in", "that", "is", "was", "for", "it", "with", "as", "on", "be", "at", "by", "have", "from"),
    *("or", "had", "not", "but", "what", "all", "were", "when", "there", "can", "said"),
)
CORES = len(os.sched_getaffinity(0))
SAMPLE_S = 0.25  # between two looks at the memory
FEW = 500  # stories of the smaller crawl, for memory
FETCHED, READ, INLINE = 1_000, 200, 200  # pages for what is measured alone
TARGETS = {"bound": 0.85, "inline": 1.8, "memory": 1.1}


def main() -> int:
    options = read_options()
    if options.child == "serve":
        asyncio.run(serve(options.folder, options.port))
    elif options.child:
        run_scrapy(options.child, options.urls)
    if options.child:
        return 0
    folder = options.folder or Path(tempfile.mkdtemp(prefix="bench-crawl-"))
    port = free_port()
    try:
        urls = write_stories(folder / "www", options.stories, port)
        with server(folder, port) as name:
            print(f"{options.stories} stories on {len(HOSTS)} hosts behind {name}, {CORES} cores", file=sys.stderr)
            measured = measure(folder, urls, port)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    return report(measured, len(urls))


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=2_000)
    parser.add_argument("--folder", type=Path, help="for pages and archives  [default: a temporary one]")
    parser.add_argument("--keep", action="store_true", help="leave the folder as it is at the end")
    parser.add_argument("--child", choices=("fetch", "inline", "serve"), help=argparse.SUPPRESS)  # processes of the bench's own
    parser.add_argument("--urls", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


@dataclass(slots=True)
class Run:
    """What a command cost."""

    pages: int
    wall_s: float
    cpu_s: float  # of the command and all processes that it started
    others_s: float = 0.0  # CPU that other jobs took meanwhile, the server among them
    peak_mb: float = 0.0  # proportional memory of all its processes together, the most at one time

    @property
    def per_page_ms(self) -> float:
        return self.cpu_s / self.pages * 1_000

    @property
    def cores(self) -> float:
        """Cores that were there for it."""
        return CORES - self.others_s / self.wall_s

    @property
    def alone(self) -> float:
        """Pages per second on a machine without other jobs."""
        return self.pages / self.wall_s * CORES / self.cores


def measure(folder: Path, urls: list[str], port: int) -> dict[str, Any]:
    """What is compared stands side by side in time, before, between and after the crawls (medians): a machine's speed drifts."""
    few = min(FEW, len(urls))
    alone = [measure_alone(folder, urls)]
    small = archiver_crawl(folder / "small", port, few, len(urls))
    say(f"{few} stories crawled: {small.pages / small.wall_s:.1f} a second, {small.per_page_ms:.1f} ms of CPU each")
    alone.append(measure_alone(folder, urls))
    whole = archiver_crawl(folder / "whole", port, len(urls), len(urls))
    say(f"{len(urls)} stories crawled: {whole.pages / whole.wall_s:.1f} a second, {whole.per_page_ms:.1f} ms of CPU each")
    alone.append(measure_alone(folder, urls))
    return {name: median(one[name] for one in alone) for name in alone[0]} | {"small": small, "whole": whole}


def measure_alone(folder: Path, urls: list[str]) -> dict[str, float]:
    """CPU ms a page of each part by itself."""
    parts = {
        "fetch_ms": scrapy_child("fetch", folder, urls[:FETCHED]).per_page_ms,
        "reading_ms": cost_of_reading(folder, urls[:READ], 1),
        "reading_everywhere_ms": cost_of_reading(folder, urls[:READ], CORES),
        "inline_ms": scrapy_child("inline", folder, urls[:INLINE]).per_page_ms,
    }
    say("alone: " + ", ".join(f"{name} {value:.2f}" for name, value in parts.items()))
    return parts


def report(measured: dict[str, Any], number: int) -> int:
    """Prints the table; 1 where a target is missed."""
    small, whole = measured["small"], measured["whole"]
    bound = CORES / (measured["fetch_ms"] + measured["reading_ms"]) * 1_000
    busy_bound = CORES / (measured["fetch_ms"] + measured["reading_everywhere_ms"]) * 1_000
    one_core = 1_000 / measured["inline_ms"]
    of_bound, of_inline, growth = whole.alone / bound, whole.alone / one_core, whole.peak_mb / small.peak_mb
    print(f"\n| {number} stories, {CORES} cores | |\n|---|--:|")
    for label, value in (
        ("Scrapy, fetching only, well set: CPU ms a page", f"{measured['fetch_ms']:.2f}"),
        ("a whole reading: CPU ms a page, one process alone", f"{measured['reading_ms']:.1f}"),
        ("- while every core reads", f"{measured['reading_everywhere_ms']:.1f}"),
        ("bound, cores / (Scrapy + reading): pages a second", f"{bound:.1f}"),
        ("- with a reading as it is while every core reads", f"{busy_bound:.1f}"),
        ("Scrapy with trafilatura in the callback, one core: pages a second", f"{one_core:.1f}"),
        ("`archiver crawl`: pages a second, as the clock had it", f"{whole.pages / whole.wall_s:.1f}"),
        ("- without the other jobs on the machine", f"{whole.alone:.1f}"),
        ("- CPU ms a page, all processes, starting them included", f"{whole.per_page_ms:.1f}"),
        ("- share of the cores there that it used", f"{whole.cpu_s / whole.wall_s / whole.cores:.2f}"),
        (f"**share of the bound** (at least {TARGETS['bound']})", f"**{of_bound:.2f}**"),
        ("- of the bound while every core reads", f"{whole.alone / busy_bound:.2f}"),
        (f"**times Scrapy with trafilatura in the callback** (at least {TARGETS['inline']})", f"**{of_inline:.2f}**"),
        (f"peak memory of all processes at {small.pages} stories, MB", f"{small.peak_mb:.0f}"),
        (f"peak memory of all processes at {number} stories, MB", f"{whole.peak_mb:.0f}"),
    ):
        print(f"| {label} | {value} |")
    return int(of_bound < TARGETS["bound"] or of_inline < TARGETS["inline"] or growth > TARGETS["memory"])


def say(words: str) -> None:
    print(words, file=sys.stderr)


# --- the stories and their pages


def write_stories(www: Path, number: int, port: int) -> list[str]:
    """Pages as gzip files, one folder a host, with robots.txt, sitemap and front page. Returns the stories' addresses."""
    of_host: dict[str, list[str]] = {host: [] for host in HOSTS}
    themes = {host: Theme(host) for host in HOSTS}
    for story in islice(longer(stories(2 * number)), number):
        host = HOSTS[story.number % len(HOSTS)]
        url = f"http://{host}:{port}/{story.published:%Y/%m/%d}/story-{story.number}.html"
        put(www / host / url.split("/", 3)[3], themes[host].page(story, url))
        of_host[host].append(url)
    for host, urls in of_host.items():
        links = "".join(f'<li><a href="{url}">A story of this day, number {n}</a></li>' for n, url in enumerate(urls[-30:]))
        put(www / host / "index.html", f"<html><title>Home</title><body><ul>{links}</ul></body></html>")
        entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
        put(www / host / "sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>')
        put(www / host / "robots.txt", f"User-agent: *\nDisallow: /private/\nSitemap: http://{host}:{port}/sitemap.xml\n")
    return [url for urls in zip(*of_host.values(), strict=False) for url in urls]


def longer(told: Iterator[Story]) -> Iterator[Story]:
    """Two stories' texts as one: 800 words, as a longer real one has."""
    for number, (story, other) in enumerate(zip(told, told, strict=False)):
        yield replace(story, number=number, body=f"{story.body}\n\n{other.body}")


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode(), 5))


def page_of(folder: Path, url: str) -> Path:
    """The file behind an address."""
    host, path = url.removeprefix("http://").split("/", 1)
    return folder / "www" / host.split(":")[0] / f"{path}.gz"


class Theme:
    """One site's markup, shaped as news pages of today are (in brackets, medians of 100 real ones): 940 elements (1,090), 11 deep (12),
    200 links (200), 29 images (20), 27 scripts (27), 197 kB (294), 14,000 characters of text (18,000); 800 words of them are the story.
    """

    def __init__(self, host: str) -> None:
        self.chance = random.Random(host)
        self.name = self.words(2).title()
        self.styles = "".join(f".{self.word()}-{n}{{margin:{n % 40}px;color:#{n * 7919 % 0xFFFFFF:06x}}}" for n in range(900))
        self.library = "".join(f'function {self.word()}{n}(a,b){{return a.{self.word()}+b["{self.word()}"]*{n}}};' for n in range(600))
        self.tags = "".join(
            f'<script id="{self.word()}-{n}" async src="https://cdn.example/{self.word()}.js" data-{self.word()}="{self.word()}"></script>'
            for n in range(12)
        )
        self.icon = f'<svg class="icon" viewBox="0 0 24 24"><g><path d="{"M12 2.1l3.4 8.6h9.1z" * 6}"></path></g></svg>'
        self.header = self.wrapped("site-header", f'<a class="logo" href="/">{self.icon}{self.name}</a>{self.menu(9, 9)}{self.search()}')
        columns = "".join(f'<div class="footer-column"><h4>{self.word()}</h4><ul>{self.entries(7)}</ul></div>' for _ in range(5))
        self.footer = f'<footer class="site-footer"><div class="row">{columns}</div><p>© {self.name}. {self.words(60)}</p></footer>'

    def word(self) -> str:
        return "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(1, 4)))

    def words(self, number: int) -> str:
        return " ".join(self.word() for _ in range(number))

    def wrapped(self, name: str, inner: str, depth: int = 3) -> str:
        """`inner` in as many boxes as a page builder puts around it."""
        for level in range(depth):
            inner = f'<div class="{name}__{level} {self.word()}" data-{self.word()}="{self.word()}">{inner}</div>'
        return inner

    def entries(self, number: int) -> str:
        return "".join(
            f'<li class="menu-item menu-item-{n}"><a href="/{self.word()}/" data-track="{self.word()}">'
            f"<span>{self.words(2).title()}</span></a></li>"
            for n in range(number)
        )

    def menu(self, groups: int, each: int) -> str:
        inside = "".join(
            f'<li class="group"><button aria-expanded="false">{self.word()}{self.icon}</button>'
            f'<ul class="sub">{self.entries(each)}</ul></li>'
            for _ in range(groups)
        )
        return f'<nav class="main-menu" aria-label="{self.word()}"><ul>{inside}</ul></nav>'

    def search(self) -> str:
        return (
            f'<form class="search" action="/"><label>{self.word()}<input name="s" type="search"></label><button>{self.icon}</button></form>'
        )

    def page(self, story: Story, url: str) -> str:
        author = self.words(2).title()
        linked = {
            "@context": "https://schema.org", "@type": "NewsArticle", "headline": story.headline, "description": story.abstract,
            "datePublished": story.utc, "dateModified": story.utc, "author": [{"@type": "Person", "name": author}],
            "publisher": {"@type": "Organization", "name": self.name}, "image": [f"{url}.jpg"], "articleSection": story.section,
            "mainEntityOfPage": url, "keywords": [self.word() for _ in range(5)],
        }  # fmt: skip
        state = {self.word() + str(n): self.words(6) for n in range(self.chance.randint(200, 2_400))}
        story_part = (
            f'<article class="story" id="post-{story.number}"><header><h1 class="headline">{story.headline}</h1>'
            f'<p class="standfirst">{story.abstract}</p>'
            f'<div class="byline">By <a rel="author" href="/by/{self.word()}">{author}</a> '
            f'<time datetime="{story.utc}">{story.utc}</time></div>{self.share()}</header>{self.figure(url)}'
            f'<div class="content-wrap"><div class="article-body">{self.body(story)}</div></div>{self.share()}{self.tagged()}</article>'
        )
        aside = f'<aside class="sidebar"><h2>Most read</h2>{self.wrapped("widget", self.cards(6))}<p>{self.words(20)}</p></aside>'
        more = f'<section class="related"><h2>Related stories</h2>{self.wrapped("grid", self.cards(22))}</section>'
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{story.headline} | {self.name}</title>'
            f'<link rel="canonical" href="{url}"><meta property="og:title" content="{story.headline}">'
            '<meta property="og:type" content="article">'
            f'<meta property="og:site_name" content="{self.name}"><meta name="description" content="{story.abstract}">'
            f'<meta property="article:published_time" content="{story.utc}"><style>{self.styles}</style>{self.tags}'
            f'<script type="application/ld+json">{json.dumps(linked)}</script><script>{self.library}</script></head><body>{self.header}'
            f"{self.wrapped('layout', f'<main>{story_part}</main>{aside}{more}')}{self.footer}{self.tags}"
            f"<script>window.__state={json.dumps(state)}</script></body></html>"
        )

    def share(self) -> str:
        return '<ul class="share">' + "".join(f'<li><a href="#" aria-label="{n}">{self.icon}</a></li>' for n in range(5)) + "</ul>"

    def tagged(self) -> str:
        return '<ul class="tags">' + "".join(f'<li><a rel="tag" href="/tag/{n}">{self.word()}</a></li>' for n in range(5)) + "</ul>"

    def figure(self, url: str) -> str:
        return (
            f'<figure class="lead"><picture><source srcset="{url}.webp 2x" type="image/webp">'
            f'<img src="{url}.jpg" alt="{self.words(6)}" width="1200" height="800"></picture>'
            f"<figcaption>{self.words(14).capitalize()}. Photo: {self.words(2).title()}/Agency</figcaption></figure>"
        )

    def body(self, story: Story) -> str:
        paragraphs = [f"<p>{self.linked(text)}</p>" for text in story.body.split("\n\n")]
        paragraphs.insert(1, self.newsletter())
        paragraphs.insert(3, f"<h2>{self.words(4).capitalize()}</h2>")
        paragraphs.insert(5, f'<div class="ad-slot" id="ad-{self.word()}"><div><span>Advertisement</span></div></div>')
        return "".join(paragraphs)

    def linked(self, text: str) -> str:
        """A paragraph with some of its words as links, and two in five of them English: the page's language is what it says."""
        words = [self.chance.choice(ENGLISH) if self.chance.random() < 0.4 else word for word in text.split(" ")]
        for at in range(self.chance.randint(5, 40), len(words), 60):
            words[at] = f'<a href="/{self.word()}">{words[at]}</a>'
        return " ".join(words)

    def newsletter(self) -> str:
        form = '<form><input type="email"><button>Send</button></form>'
        return f'<div class="newsletter"><div><h3>Sign up</h3>{form}<p>{self.words(12)}</p></div></div>'

    def cards(self, number: int) -> str:
        return "".join(
            f'<div class="card"><div class="card__inner"><a class="card__media" href="/{n}/{self.word()}"><picture>'
            f'<source srcset="/i/{n}.webp"><img src="/i/{n}.jpg" loading="lazy" srcset="/i/{n}-2.jpg 2x" alt=""></picture></a>'
            f'<div class="card__text"><span class="label">{self.word()}</span><h3><a href="/{n}/{self.word()}">{self.words(9)}</a></h3>'
            f'<div class="teaser">{self.words(30)}</div><span class="meta">{n} hours ago</span></div></div></div>'
            for n in range(number)
        )


# --- the server


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOSTS[0], 0))
        return probe.getsockname()[1]


@contextmanager
def server(folder: Path, port: int) -> Iterator[str]:
    """Serves folder/www/HOST on each host; says what it is."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    ours = [sys.executable, __file__, "--child", "serve", "--folder", str(folder), "--port", str(port)]
    command = [nginx, "-p", str(folder), "-c", str(nginx_config(folder, port))] if nginx else ours
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as serving:
        try:
            wait_for(port)
            yield "nginx" if nginx else "a server of ours (nginx is not installed)"
        finally:
            serving.terminate()


def nginx_config(folder: Path, port: int) -> Path:
    path = folder / "nginx.conf"
    listens = " ".join(f"listen {host}:{port};" for host in HOSTS)
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    path.write_text(
        f"daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;"
        "events { worker_connections 512; }"
        f"http {{ access_log off; sendfile on; keepalive_requests 100000; {temporary} gzip_static always;"
        "types { text/html html; application/xml xml; text/plain txt; }"
        f"server {{ {listens} root {folder}/www/$host; index index.html; location = / {{ rewrite ^ /index.html break; }} }} }}"
    )
    return path


def wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((HOSTS[-1], port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("The server does not start.")


async def serve(folder: Path, port: int) -> None:
    """Where there is no nginx: the same files, one process, keep-alive."""
    servers = [await asyncio.start_server(lambda r, w: answer(folder, r, w), host, port) for host in HOSTS]
    await asyncio.gather(*(one.serve_forever() for one in servers))


async def answer(folder: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    host = writer.get_extra_info("sockname")[0]
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode().lstrip("/") or "index.html"
            file = folder / "www" / host / f"{path}.gz"
            body = file.read_bytes() if file.exists() else b""
            kind = {"xml": "application/xml", "txt": "text/plain"}.get(path.rpartition(".")[2], "text/html")
            status = "200 OK" if body else "404 Not Found"
            encoding = "Content-Encoding: gzip\r\n" if body else ""
            writer.write(f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{encoding}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


# --- what is measured alone


def cost_of_reading(folder: Path, urls: Sequence[str], processes: int) -> float:
    """CPU ms of a reading, from the body as it came, in so many processes at once."""
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        pages = [page_of(folder, url) for url in urls]
        return fmean(pool.map(read_all, [urls] * processes, [pages] * processes))


def read_all(urls: Sequence[str], pages: Sequence[Path]) -> float:
    from archiver import settings
    from archiver.extract import read_article
    from archiver.records import Capture

    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    captures = [Capture(url, settings.utc_now(), 200, headers, page.read_bytes()) for url, page in zip(urls, pages, strict=True)]
    for capture in captures[:20]:
        read_article(capture)
    began = time.process_time()
    for capture in captures:
        read_article(capture)
    return (time.process_time() - began) / len(captures) * 1_000


def scrapy_child(kind: str, folder: Path, urls: Sequence[str]) -> Run:
    """Scrapy in a process of its own; its start is not counted."""
    listing = folder / "urls.txt"
    listing.write_text("\n".join(urls))
    command = [sys.executable, __file__, "--child", kind, "--urls", str(listing)]
    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=folder).stdout)
    if told["pages"] != len(urls):
        raise SystemExit(f"Scrapy fetched {told['pages']} of {len(urls)} pages.")
    return Run(**told)


def run_scrapy(kind: str, listing: Path) -> None:
    """Fetches the addresses; "fetch" keeps nothing, "inline" reads each page with trafilatura in the callback. Prints a Run as JSON."""
    import scrapy
    from scrapy.crawler import CrawlerProcess
    from trafilatura import bare_extraction

    class Plain(scrapy.Spider):
        name = "plain"
        pages = 0

        async def start(self) -> Any:
            self.wall, self.cpu = time.monotonic(), time.process_time()
            for url in listing.read_text().splitlines():
                yield scrapy.Request(url)

        def parse(self, response: Any) -> Any:
            self.pages += 1
            if kind == "inline":
                document = bare_extraction(response.body, url=response.url, with_metadata=True)
                yield document.as_dict() | {"body": None, "commentsbody": None} if document else {"url": response.url}

        def closed(self, reason: str) -> None:
            run = {"pages": self.pages, "wall_s": time.monotonic() - self.wall, "cpu_s": time.process_time() - self.cpu}
            print(json.dumps(run))

    off = ("METAREFRESH_ENABLED", "REFERER_ENABLED", "COOKIES_ENABLED", "COMPRESSION_ENABLED", "WARN_ON_GENERATOR_RETURN_VALUE")
    well_set = dict.fromkeys(off, False) | {"CONCURRENT_ITEMS": 1, "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip"}}
    with_feed = {"FEEDS": {listing.with_suffix(".jsonl"): {"format": "jsonlines", "overwrite": True}}}
    common = {"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "CONCURRENT_REQUESTS_PER_DOMAIN": 4}
    process = CrawlerProcess(common | (well_set if kind == "fetch" else with_feed))
    process.crawl(Plain)
    process.start()


# --- the whole command


def archiver_crawl(data: Path, port: int, number: int, of: int) -> Run:
    """`archiver crawl` into an empty archive; every story must be there at the end."""
    data.mkdir(parents=True)
    (data / "sites.toml").write_text("".join(facts_of(host, port) for host in HOSTS))
    command = [sys.executable, "-m", "archiver", "--data", str(data), "-q", "crawl", *(site_of(host) for host in HOSTS)]
    if number < of:
        command += ["--limit", str(number // len(HOSTS))]
        number = number // len(HOSTS) * len(HOSTS)
    adopt_orphans()
    before, began, others = children_cpu(), time.monotonic(), machine_cpu()
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # compiled once, as for a user
    with subprocess.Popen(command, start_new_session=True, env=usual) as running:
        peak = watch_memory(running)
    wall = time.monotonic() - began
    reap_orphans()
    cpu = children_cpu() - before
    stored = sqlite3.connect(data / "archive.db").execute("select count(*) from articles where headline is not null").fetchone()[0]
    if running.returncode or stored != number:
        raise SystemExit(f"archiver crawl ended with {running.returncode} and {stored} of {number} stories.")
    return Run(number, wall, cpu, max(0.0, machine_cpu() - others - cpu), peak)


def site_of(host: str) -> str:
    return "site_" + host.rpartition(".")[2]


def facts_of(host: str, port: int) -> str:
    """A site that may be asked a hundred times a second, so that politeness is not what is measured."""
    return (
        f'[{site_of(host)}]\nurl = "http://{host}:{port}/"\ntimezone = "UTC"\nin_language = "en"\n'
        "delay_s = 0.01\nallow_loopback = true\narticle_url = '/\\d{4}/\\d\\d/\\d\\d/'\n"
    )


def adopt_orphans() -> None:
    """Processes that outlive their parent (a fork server) become ours, so that their CPU time is counted (prctl(2))."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_orphans(within_s: float = 2.0) -> None:
    """Waits for them to end."""
    until = time.monotonic() + within_s
    while time.monotonic() < until and len(family(os.getpid())) > 2:  # this process and the server
        with suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        time.sleep(0.02)


def children_cpu() -> float:
    """CPU seconds of the processes that have ended, theirs included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine_cpu() -> float:
    """CPU seconds that all processes of this machine have used (proc(5): user, nice, system, irq, softirq, steal)."""
    columns = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(columns[n]) for n in (0, 1, 2, 5, 6, 7)) / os.sysconf("SC_CLK_TCK")


def watch_memory(running: subprocess.Popen[bytes]) -> float:
    """Waits for the command. Peak of the proportional memory (PSS) of it and all below it, MB."""
    peak = 0.0
    while running.poll() is None:
        peak = max(peak, sum(map(proportional_mb, family(running.pid))))
        time.sleep(SAMPLE_S)
    return peak


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    members = [pid]
    for member in members:
        with suppress(OSError):
            for children in Path(f"/proc/{member}/task").glob("*/children"):
                members += map(int, children.read_text().split())
    return members


def proportional_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
