"""Pictures of stories: kept where the site's facts say so, each once, whatever their servers do."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import monotonic
from types import SimpleNamespace

import httpx
import pytest
from click.testing import Result
from datasette.app import Datasette
from lxml import html
from lxml.html import HtmlElement
from scrapy import Request
from scrapy.settings import Settings
from warcio.archiveiterator import ArchiveIterator

from archiver import replay, sites, takedown
from archiver.captures import Captures
from archiver.checking import check, repair
from archiver.errors import BadSitesFile
from archiver.export import export
from archiver.locks import site_lock
from archiver.middlewares import Guard, PublicAddressResolver, SharedPace, is_elsewhere
from archiver.pictures import media_type_of
from archiver.records import Capture, Image, Link, Site
from archiver.recovery import capture_row, index_captures
from archiver.settings import MAX_PICTURE_BYTES, MAX_PICTURES, PICTURES_S
from archiver.spider import NewsSpider
from archiver.store import DueLink, open_archive
from archiver.store.selection import Selection
from archiver.store.sqlite import DATABASE
from tests.conftest import PARAGRAPHS, Answer, Cli, NewsServer
from tests.hostile_outlet import Misbehaving, endless, lead, plain
from tests.picture_archive import NOON, SITE, build, picture_url, png, save_picture, save_story, story_url

Servers = Callable[[], NewsServer]
HERALD = Site("herald", "https://herald.example/", keep_images="all")
STORIES = tuple(f"/2026/03/02/story-number-{number}-about-the-bridge/" for number in range(1, 4))


def figure(address: str, number: int = 1) -> str:
    return f"<figure><img src='{address}' alt='' width=640 height=400><figcaption>The bridge, view {number}</figcaption></figure>"


def story(server: NewsServer, path: str, *addresses: str, head: str = "") -> str:
    """A story with these pictures, the first above its text; in a markup as small outlets have it."""
    figures = [figure(address, number) for number, address in enumerate(addresses, 1)]
    text = "".join(f"<p>{paragraph} That is told at {path}.</p>" for paragraph in PARAGRAPHS)
    return server.page(
        path,
        f"<!DOCTYPE html><html lang=en><head><title>The bridge {path[-18]} - Test Gazette</title>{head}"
        "<meta property='og:type' content='article'><meta property='article:published_time' content='2026-03-02T10:00:00-08:00'></head>"
        f"<body><article><h1>The bridge {path[-18]}</h1>{''.join(figures[:1])}{text}{''.join(figures[1:])}</article></body></html>",
    )


def picture(server: NewsServer, path: str, body: bytes | None = None, content_type: str = "image/png", **headers: str) -> str:
    return server.page(path, png() if body is None else body, content_type=content_type, **headers)


def site(cli: Cli, server: NewsServer, which: str = "all", name: str = "gazette") -> None:
    cli.site(name, server.address, f'delay_s = 0.02\nkeep_images = "{which}"')


def kept(cli: Cli) -> set[str]:
    """Ends of the addresses of pictures that are kept, as stories name them."""
    query = "select p.url from pictures p join captures c on c.id = p.capture_id where c.outcome = 'image' and c.role = 'image'"
    return {str(url).rpartition("/")[2] for (url,) in cli.rows(query)}


def ends(cli: Cli) -> dict[str, str]:
    """How each picture ended, by the end of its address."""
    query = "select url, outcome from outcomes where url in (select url from pictures) order by run_id"
    return {str(url).rpartition("/")[2]: str(outcome) for url, outcome in cli.rows(query)}


def test_pictures_of_stories_are_kept_once_after_all_stories_and_never_asked_for_again(server: NewsServer, cli: Cli):
    story(server, STORIES[0], "/pic/lead.png", "/pic/second.png")
    story(server, STORIES[1], "/pic/lead.png")
    for number, path in enumerate(("/pic/lead.png", "/pic/second.png")):
        picture(server, path, png(number))
    server.front(*STORIES[:2])
    site(cli, server)
    done = cli("crawl", "--json")
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)["gazette"]["outcomes"]
    assert (outcomes["new"], outcomes["image"]) == (2, 2)
    assert kept(cli) == {"lead.png", "second.png"}
    asked = server.asked()
    assert max(asked.index(path) for path in STORIES[:2]) < min(asked.index(path) for path in ("/pic/lead.png", "/pic/second.png"))
    assert [asked.count(path) for path in ("/pic/lead.png", "/pic/second.png")] == [1, 1]
    assert cli.rows("select count(*), count(capture_id) from pictures") == [(3, 3)]  # the second story's, too

    before = len(server.log)
    assert cli("crawl", "--recheck").returncode == 0
    assert not [path for path in server.asked(before) if path.startswith("/pic/")]
    [name] = cli.rows("select distinct warc_filename from captures where role = 'image'")[0]
    with (cli.data / "captures" / str(name)).open("rb") as file:
        answers = ((one.rec_type, one.rec_headers["WARC-Target-URI"], one.content_stream().read()) for one in ArchiveIterator(file))
        assert ("response", server.address + "pic/second.png", png(1)) in list(answers)
    assert cli("check", "--deep").returncode == 0


@pytest.mark.parametrize("begin", ["ffd8ffe000104a464946", "89504e470d0a1a0a", "474946383961", "52494646aabbccdd57454250",
                                   "0000001c6674797061766966", "0000001c667479706d696631000000006d69663161766966"])  # fmt: skip
def test_a_picture_is_known_by_its_first_bytes(begin: str):
    assert media_type_of(bytes.fromhex(begin) + b"rest") is not None


@pytest.mark.parametrize("body", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<!DOCTYPE html><img>", b"%PDF-1.7", b"GIF87",
                                  b"RIFF1234WAVE", b"\0\0\0\x1cftypisom\0\0\0\0isommp42"])  # fmt: skip
def test_what_runs_or_plays_or_is_text_is_no_picture(body: bytes):
    assert media_type_of(body) is None


@pytest.mark.parametrize(
    ("address", "is_asked"),
    [
        ("https://cdn.example/a.jpg?sig=Ab/c+d%3D&src=/x.jpg", True),
        ("https://cdn.example/Grüße aus Lodi.jpg", True),
        ("data:image/png;base64,AAAA", False),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://cdn.example:99999/a.jpg", False),
        ("https://user:secret@cdn.example/a.jpg", False),
        ("https:\\\\cdn.example/a.jpg", False),
        ("https://cdn.example/a\n.jpg", False),
        ("http://[::1/a.jpg", False),
    ],
)
def test_pictures_are_asked_for_at_the_very_address_that_a_page_names_and_at_nothing_odd(tmp_path: Path, address: str, is_asked: bool):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        writer = Captures(tmp_path / "captures")
        save_story(archive, writer, archive.start_run("gazette", "crawl", NOON), 1, (), images=(Image(address, is_lead=True),))
        writer.close()
        due = archive.due_pictures("gazette", NOON, 9)
    assert [link.url for link in due] == ([address] if is_asked else [])
    assert all(Request(link.url).url.startswith("https://cdn.example/") for link in due)


def test_a_story_with_hundreds_of_pictures_gets_a_hundred_however_often_it_is_read(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        writer, run = Captures(tmp_path / "captures"), archive.start_run("gazette", "crawl", NOON)
        story_id = save_story(archive, writer, run, 1, tuple(f"picture-{number}" for number in range(200)))
        writer.close()
        assert archive.want_pictures(story_id, "gazette", story_url(1), "all", NOON) == 0
        assert len(archive.due_pictures("gazette", NOON, 999)) == MAX_PICTURES


def test_another_value_than_none_lead_or_all_is_refused_in_words(cli: Cli):
    cli.site("gazette", "https://gazette.example/", 'keep_images = "some"')
    with pytest.raises(BadSitesFile, match="keep_images = 'some' is not known") as refused:
        sites.load_sites(cli.data)
    assert 'Write keep_images = "lead"' in str(refused.value)


def test_only_the_lead_picture_is_kept_where_the_facts_say_lead_and_none_where_they_say_nothing(servers: Servers, cli: Cli):
    first, second = servers(), servers()
    for news in (first, second):
        story(news, STORIES[0], "/pic/lead.png", "/pic/second.png", head="<meta property='og:image' content='/pic/lead.png'>")
        for path in ("/pic/lead.png", "/pic/second.png"):
            picture(news, path)
        news.front(STORIES[0])
    site(cli, first, "lead")
    cli.site("herald", second.address)
    assert cli("crawl").returncode == 0
    assert kept(cli) == {"lead.png"}
    assert [path for path in (*first.asked(), *second.asked()) if path.startswith("/pic/")] == ["/pic/lead.png"]


@pytest.mark.long
def test_whatever_a_host_of_pictures_does_it_is_named_and_no_trouble_of_the_site(server: NewsServer, cli: Cli):
    """One crawl for all traps: starting one takes seconds."""
    with Misbehaving() as host:
        host.answers |= {
            "/robots.txt": plain("User-agent: *\nDisallow: /forbidden\n", content_type="text/plain"),
            "/good.png": plain(png(1), content_type="text/html"),  # the header lies; bytes decide
            "/packed.png": plain(zlib.compress(png(2)), content_type="image/png", Content_Encoding="deflate"),
            "/moved.png": lead("/arrived.png?w=8"),
            "/arrived.png?w=8": plain(png(3), content_type="image/png"),
            "/page.jpg": plain("<!DOCTYPE html><script>alert(1)</script>", content_type="image/jpeg"),
            "/drawing.svg": plain("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", content_type="image/svg+xml"),
            "/large.png": plain(png() + bytes(MAX_PICTURE_BYTES), content_type="image/png"),
            "/endless.png": endless(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n" + png(), bytes(1 << 16)),
            "/private.png": lead("http://10.0.0.1/router.png"),
            "/metadata.png": lead("http://169.254.169.254/latest/meta-data/"),
            "/file.png": lead("file:///etc/passwd"),
            "/broken.png": plain("down", 500),
            "/forbidden.png": plain(png(), content_type="image/png"),
        }
        names = [path.strip("/") for path in host.answers if path not in ("/robots.txt", "/arrived.png?w=8")]
        story(server, STORIES[0], *(host.url(name) for name in (*names, "missing.png")))
        server.front(STORIES[0])
        site(cli, server)
        done = cli("crawl")
    assert done.returncode == 0, done.stdout
    refused = dict.fromkeys(("private.png", "metadata.png", "file.png"), "image_refused")
    assert ends(cli) == {
        **dict.fromkeys(("good.png", "packed.png", "moved.png"), "image"),
        **dict.fromkeys(("page.jpg", "drawing.svg"), "not_an_image"),
        **dict.fromkeys(("large.png", "endless.png"), "image_too_large"),
        **refused,
        "broken.png": "image_failed",
        "forbidden.png": "image_robots",
        "missing.png": "image_gone",
    }
    assert "3 pictures kept, 10 not" in done.stdout
    assert "/forbidden.png" not in host.asked
    assert {host.asked.count(f"/{name}") for name in names if name != "forbidden.png"} == {1}
    answers = cli.rows("select outcome, count(*) from captures where role = 'image' group by 1")
    assert dict(answers) == {"image": 3, "redirect": 4}  # nothing else of them is kept
    assert kept(cli) == {"good.png", "packed.png", "moved.png"}
    [(reason, due, attempts)] = cli.rows("select reason, due_at is not null, attempts from links where url like '%/broken.png'")
    assert (reason, due, attempts) == ("image_failed HTTP 500", 1, 1)
    assert cli.rows("select count(*) from links where source = 'image' and due_at is not null") == [(1,)]
    status = cli("status")
    assert (status.returncode, "Next:" in status.stdout) == (0, False)
    assert cli.rows("select count(*) from captures where outcome = 'kept' and read_with is null") == [(0,)]
    assert cli("check", "--deep").returncode == 0


@pytest.mark.long
def test_a_host_of_pictures_has_its_own_pace_and_may_ask_for_a_pause_without_stopping_the_site(servers: Servers, cli: Cli):
    news, slow, tired, closed = servers(), servers(), servers(), servers()
    slow.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.4\n", content_type="text/plain")
    pictures = [picture(slow, f"/{number}.png", png(number)) for number in range(3)]
    for number in range(4):
        picture(tired, f"/{number}.png")
        tired.first[f"/{number}.png"] = [Answer(b"", 429, {"Retry-After": "7200"})] * 9
    closed.page("/robots.txt", "broken", status=500)
    waiting = [f"{host.address}{number}.png" for host in (tired, closed) for number in range(4)]
    story(news, STORIES[0], *pictures, *waiting)
    news.front(STORIES[0])
    site(cli, news)
    done = cli("crawl", "--json")
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout)["gazette"]
    assert (told["finish_reason"], told["outcomes"]["image"]) == ("finished", 3)
    times = [one.at for one in slow.log]
    assert min(after - before for before, after in pairwise(times)) > 0.35
    assert len(tired.asked()) == 2  # robots.txt, and one picture; the others wait for a later run
    assert set(closed.asked()) == {"/robots.txt"}
    assert cli.rows("select count(*) from links where source = 'image' and state = 'due'") == [(8,)]
    assert cli("status").returncode == 0
    quick = [one.at for one in news.log]
    assert min(after - before for before, after in pairwise(quick)) < 0.3
    [(attempts, until)] = cli.rows("select attempts, due_at from links where reason like 'asked_to_wait%'")
    assert attempts == 0  # it costs the picture no try
    assert datetime.fromisoformat(str(until)) > datetime.now(UTC) + timedelta(hours=1.9)
    assert cli("crawl").returncode == 0
    assert len(tired.asked()) == 2  # nor is another of its pictures asked for before


@pytest.mark.parametrize("name", ["https://cdn.example/b.png", "https://CDN.example/", "http://cdn.example.:80/c.png", "https://img2.cdn.example/",
                                  "https://cdn%2eexample:8443/d.png"])  # fmt: skip
def test_however_a_page_writes_the_name_of_a_host_of_pictures_it_is_one_server(name: str):
    spider = NewsSpider(SITE)
    spider.leave_host("https://cdn.example/a.png", 600)
    assert spider.is_host_left(name)
    assert not spider.is_host_left("https://example/a.png")


@pytest.mark.parametrize(
    ("meta", "url", "of_pictures"),
    [
        ({"role": "image"}, "https://cdn.example/a.png", True),
        ({"role": "image", "redirect_urls": ["https://cdn.example/a.png"]}, "https://www.gazette.example/a.png", False),
        ({"dont_obey_robotstxt": True}, "https://img.cdn.example:443/robots.txt", True),
        ({"dont_obey_robotstxt": True, "redirect_urls": ["https://cdn.example/robots.txt"]}, "https://third.example/robots.txt", True),
        ({"dont_obey_robotstxt": True, "redirect_urls": ["https://gazette.example/robots.txt"]}, "https://third.example/robots.txt", False),
        ({"role": "story"}, "https://cdn.example/a-story", False),
    ],
)
def test_what_a_host_of_pictures_says_is_not_said_of_the_site_wherever_its_robots_txt_leads(
    meta: dict[str, object], url: str, of_pictures: bool
):
    spider = NewsSpider(SITE)
    spider.picture_hosts.add("cdn.example")
    assert is_elsewhere(SimpleNamespace(spider=spider), Request(url, meta=meta)) is of_pictures  # type: ignore[arg-type]


@pytest.mark.parametrize(("host", "let_through"), [("127.0.0.1:9", True), ("localhost:9", True), ("cdn.example", False)])
def test_a_strangers_name_for_this_machine_is_not_let_through_with_the_pictures_of_a_test_server(
    monkeypatch: pytest.MonkeyPatch, host: str, let_through: bool
):
    monkeypatch.setattr(PublicAddressResolver, "may_be_loopback", set())
    crawler = SimpleNamespace(
        spider=NewsSpider(Site("test", "http://127.0.0.1:8000/", allow_loopback=True)),
        ledger=SimpleNamespace(fatal=None, not_before=None, is_taken_down=lambda _: False),
        engine=SimpleNamespace(downloader=SimpleNamespace(per_slot_settings={})),
        settings=Settings({"DOWNLOAD_DELAY": 2}),
    )
    Guard(crawler).process_request(Request(f"http://{host}/a.png", meta={"role": "image"}))  # type: ignore[arg-type]
    assert PublicAddressResolver.may_be_loopback == ({host.partition(":")[0]} if let_through else set())


def test_crawls_side_by_side_ask_a_host_that_their_sites_share_no_faster_than_one():
    downloader = SimpleNamespace(per_slot_settings={"shared.example": {"delay": 0.05}})
    asked: list[float] = []

    async def ask(site: Site) -> None:
        crawler = SimpleNamespace(
            spider=NewsSpider(site),
            ledger=SimpleNamespace(fatal=None, not_before=None),
            engine=SimpleNamespace(downloader=downloader),
            crawling=True,
        )
        for _ in range(3):
            request = Request(picture_url("a", "shared.example"), meta={"role": "image", "download_slot": "shared.example"})
            await SharedPace(crawler).process_request(request)  # type: ignore[arg-type]
            asked.append(monotonic())

    async def both() -> None:
        await asyncio.gather(ask(SITE), ask(HERALD))

    asyncio.run(both())
    assert len(asked) == 6
    assert max(asked) - min(asked) > 0.24  # five turns behind the first


def test_servers_that_are_left_alone_hold_up_no_picture_of_another(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        writer, run = Captures(tmp_path / "captures"), archive.start_run("gazette", "crawl", NOON)
        images = [Image(picture_url(f"p{number}", "dead.example"), is_lead=number == 0) for number in range(90)]
        for number in range(1, 9):
            save_story(
                archive, writer, run, number, (), images=tuple(replace(one, content_url=f"{one.content_url}?{number}") for one in images)
            )
        save_story(archive, writer, run, 9, ("late",))
        writer.close()
        due = archive.due_pictures("gazette", NOON, 8, passed_over=lambda url: "dead.example" in url)
    assert [link.url for link in due] == [picture_url("late")]


def test_facts_that_want_fewer_pictures_from_now_on_hold_for_those_that_wait_too(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        writer, run = Captures(tmp_path / "captures"), archive.start_run("gazette", "crawl", NOON)
        save_story(archive, writer, run, 1, ("lead", "second", "third"))
        writer.close()
        assert [link.url for link in archive.due_pictures("gazette", NOON, 9, "lead")] == [picture_url("lead")]
        assert len(archive.due_pictures("gazette", NOON, 9, "all")) == 3


@pytest.mark.parametrize(("since_s", "asked"), [(60, 1), (PICTURES_S + 60, 0)])
def test_pictures_take_an_hour_of_a_run_at_most_and_the_rest_waits_for_the_next(since_s: float, asked: int):
    spider = NewsSpider(SITE)
    spider.ledger = SimpleNamespace(
        not_before=None, fatal=None, due_pictures=lambda *_: [DueLink(picture_url("a"), "image", 0, None, None, None)]
    )  # type: ignore[assignment]
    spider.crawler = SimpleNamespace(engine=SimpleNamespace(crawl=lambda _: None))  # type: ignore[assignment]
    assert spider.ask_for_pictures() == 1
    spider.pictures_since -= since_s
    assert spider.ask_for_pictures() == asked


def two_sites(folder: Path) -> None:
    """The same picture stands in a story of each."""
    build(folder, {1: (), 2: ()})
    with open_archive(folder) as archive, archive.writing():
        archive.save_site(HERALD, NOON)
        first, second = (number for (number,) in archive.db.execute("select id from articles order by url").fetchall())
        archive.db.execute("update articles set site = 'herald' where id = ?", [second])
        for number in (first, second):
            archive.db.execute(
                "insert into images (article_id, position, content_url, is_lead) values (?, 0, ?, 1)", [number, picture_url("shared")]
            )
        archive.want_pictures(first, "gazette", story_url(1), "all", NOON)
        archive.want_pictures(second, "herald", story_url(2), "all", NOON)
        archive.save_links([Link(story_url(2), "herald", "feed", "https://herald.example/feed")], NOON)
        archive.finish_link(story_url(2), "done", None, None, article_id=second)


def test_a_picture_in_the_stories_of_two_sites_comes_with_either_so_that_one_may_be_paused(tmp_path: Path):
    two_sites(tmp_path)
    with open_archive(tmp_path) as archive:
        for site in ("herald", "gazette", "herald"):  # whichever runs
            archive.take_over_pictures(site)
            assert [link.url for link in archive.due_pictures(site, NOON, 9)] == [picture_url("shared")]
        archive.take_over_pictures("elsewhere")
        assert len(archive.due_pictures("herald", NOON, 9)) == 1
        assert len(archive.due_pictures("herald", NOON, 9, stories=[story_url(2)])) == 1  # the second that named it
        assert archive.due_pictures("herald", NOON, 9, stories=[story_url(3)]) == []


def test_a_story_whose_address_another_site_gave_out_as_its_picture_is_asked_for_by_its_own_site(tmp_path: Path):
    theirs = "https://herald.example/2026/11/a-story-of-the-herald"
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        archive.save_site(HERALD, NOON)
        archive.save_links([Link(theirs, "gazette", "image", story_url(1))], NOON)
        archive.finish_link(theirs, "skipped", "not_an_image HTTP 200, text/html", None, attempts=1)
        archive.save_links([Link(theirs, "herald", "feed", "https://herald.example/feed")], NOON)
        [link] = archive.due_links("herald", NOON, 9)
        assert (link.url, link.source, link.attempts) == (theirs, "feed", 0)
        archive.save_links([Link(theirs, "gazette", "image", story_url(1))], NOON)  # named once more: it stays what it is
        assert [link.source for link in archive.due_links("herald", NOON, 9)] == ["feed"]


@pytest.mark.long
def test_pictures_count_against_the_budget_and_not_against_the_limit_of_stories(servers: Servers, cli: Cli):
    limited, small = servers(), servers()
    for news in (limited, small):
        for number, path in enumerate(STORIES):
            story(news, path, f"/{number}-a.png", f"/{number}-b.png")
            for letter in "ab":
                picture(news, f"/{number}-{letter}.png")
        news.front(*STORIES)
    site(cli, limited)
    cli.site("small", small.address, 'delay_s = 0.02\nkeep_images = "all"\nmax_requests = 7')
    assert cli("crawl", "--limit", "3").returncode == 0
    assert len([path for path in limited.asked() if path.endswith(".png")]) == 6
    few = len([path for path in small.asked() if path.endswith(".png")])
    assert 0 < few < 6
    assert cli("crawl", "small").returncode == 0  # the next run goes on
    assert len([path for path in small.asked() if path.endswith(".png")]) == 6


@pytest.mark.long
def test_facts_that_want_pictures_later_bring_those_of_stories_that_are_looked_at_again(server: NewsServer, cli: Cli):
    story(server, STORIES[0], "/lead.png")
    picture(server, "/lead.png")
    server.front(STORIES[0])
    cli.site("gazette", server.address)
    cli("crawl")
    (cli.data / "sites.toml").unlink()
    site(cli, server)
    assert cli("crawl", "--recheck").returncode == 0
    assert kept(cli) == {"lead.png"}
    assert cli.rows("select revision_count from articles") == [(1,)]


def test_no_picture_is_asked_for_of_a_story_whose_page_says_noarchive(server: NewsServer, cli: Cli):
    story(server, STORIES[0], "/secret.png", head="<meta name='robots' content='noarchive'>")
    story(server, STORIES[1], "/open.png")
    for path in ("/secret.png", "/open.png"):
        picture(server, path)
    server.front(*STORIES[:2])
    site(cli, server)
    assert cli("crawl").returncode == 0
    assert kept(cli) == {"open.png"}
    assert "/secret.png" not in server.asked()


@pytest.mark.long
def test_of_a_story_that_is_asked_for_by_its_address_the_pictures_come_and_no_others(server: NewsServer, cli: Cli):
    for number, path in enumerate(STORIES[:2]):
        story(server, path, f"/{number}.png")
        picture(server, f"/{number}.png")
    server.front(*STORIES[:2])
    cli.site("gazette", server.address, 'delay_s = 0.02\nkeep_images = "all"\nmax_requests = 4')
    assert cli("crawl", server.address + STORIES[0][1:]).returncode == 0
    assert [path for path in server.asked() if path != "/robots.txt"] == [STORIES[0], "/0.png"]


@pytest.mark.long
def test_a_picture_that_a_crash_left_without_a_row_is_found_again(server: NewsServer, cli: Cli):
    story(server, STORIES[0], "/lead.png")
    picture(server, "/lead.png")
    server.front(STORIES[0])
    site(cli, server)
    cli("crawl")
    with cli.archive() as archive, archive.writing():
        archive.db.execute("update pictures set capture_id = null")
        archive.db.execute("delete from captures where role = 'image'")
        archive.db.execute("update links set due_at = first_seen_at, state = 'due' where source = 'image'")
        [(name,)] = archive.db.execute("select distinct warc_filename from captures").fetchall()
    (cli.data / "captures" / f"{name}.open").touch()
    before = len(server.log)
    assert cli("crawl").returncode == 0
    assert kept(cli) == {"lead.png"}
    assert "/lead.png" not in server.asked(before)


def test_a_front_page_that_a_story_calls_its_picture_is_none_after_a_crash_either(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        run, writer = archive.start_run("gazette", "crawl", NOON), Captures(tmp_path / "captures")
        save_story(archive, writer, run, 1, ("lead",), images=(Image(SITE.url, is_lead=True), Image(picture_url("lead"))))
        page = Capture(SITE.url, NOON, 200, (("Content-Type", "image/png"),), b"<!DOCTYPE html><p>Today</p>", "gazette", run)
        index_captures(archive, [writer.add(page), writer.add(replace(page, target_uri=picture_url("lead"), body=png()))])
        writer.close()
        found = dict(archive.db.execute("select target_uri, outcome from captures where role <> 'story'").fetchall())
        assert found == {SITE.url: "index", picture_url("lead"): "image"}
        assert archive.db.execute("select count(*) from pictures where capture_id is not null").fetchone() == (1,)


# --- taken down


def take_down(folder: Path, *names: str) -> takedown.Done:
    return takedown.take_down(folder, names, "request of the person named", "gdpr", "tester")


def records(folder: Path) -> list[bytes]:
    """Bodies of all answers in the WARC files."""
    found = []
    for path in sorted((folder / "captures").glob("*.warc.gz")):
        with path.open("rb") as file:
            found += [one.content_stream().read() for one in ArchiveIterator(file) if one.rec_type == "response"]
    return found


def test_a_takedown_takes_out_the_pictures_that_no_other_story_shows(tmp_path: Path):
    build(tmp_path, {1: ("own", "shared"), 2: ("shared", "other")})
    [plan] = takedown.look(tmp_path, [story_url(1)]).plans
    assert {picture_url("own")} == {url for url in plan.target.addresses if url.endswith(".png")}
    assert take_down(tmp_path, story_url(1)).is_whole
    bodies = records(tmp_path)
    assert png(0) not in bodies
    assert {png(1), png(2)} <= set(bodies)
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("select url, capture_id is not null from pictures order by url").fetchall() == [
            (picture_url("other"), 1),
            (picture_url("shared"), 1),
        ]
        links = dict(archive.db.execute("select url, coalesce(reason, state) from links where source = 'image'").fetchall())
        assert links == {picture_url("own"): "taken_down", picture_url("shared"): "done", picture_url("other"): "done"}
        assert archive.withheld("gazette").has_address(picture_url("own"))
        assert archive.due_pictures("gazette", NOON, 9) == []
    assert [str(fault) for fault in check(tmp_path, deep=True)] == []


def test_a_picture_that_comes_after_its_story_was_taken_down_goes_too(tmp_path: Path):
    build(tmp_path, {1: (), 2: ("other",)})
    with open_archive(tmp_path) as archive:
        run, writer = archive.start_run("gazette", "crawl", NOON), Captures(tmp_path / "captures")
        (story_id,) = archive.db.execute("select id from articles where url = ?", [story_url(1)]).fetchone()
        with archive.writing():
            archive.db.execute(
                "insert into images (article_id, position, content_url, is_lead) values (?, 0, ?, 1)", [story_id, picture_url("late")]
            )
        archive.want_pictures(story_id, "gazette", story_url(1), "all", NOON)
        assert archive.shows_picture(picture_url("late"))
        with site_lock("gazette", tmp_path):  # while a crawl has asked for it
            assert not take_down(tmp_path, story_url(1)).is_whole
            assert not archive.shows_picture(picture_url("late"))
            number = save_picture(archive, writer, run, picture_url("late"), png(9))
        writer.close()
        assert archive.db.execute("select outcome from captures where id = ?", [number]).fetchone() == ("taken_down",)
    done = takedown.finish_pending(tmp_path)
    assert done and done.is_whole
    assert [body for body in records(tmp_path) if body.startswith(b"\x89PNG")] == [png(0)]


def test_two_stories_that_are_taken_down_together_take_the_picture_that_both_show_with_them(tmp_path: Path):
    build(tmp_path, {1: ("shared",), 2: ("shared",), 3: ("other",)})
    assert take_down(tmp_path, story_url(1), story_url(2)).is_whole
    assert [body for body in records(tmp_path) if body.startswith(b"\x89PNG")] == [png(1)]


def test_a_page_that_a_story_calls_its_picture_is_not_taken_down_with_it(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        run, writer = archive.start_run("gazette", "crawl", NOON), Captures(tmp_path / "captures")
        save_story(archive, writer, run, 1, (), images=(Image(SITE.url, is_lead=True),))
        writer.close()
        assert [link.url for link in archive.due_pictures("gazette", NOON, 9)] == [SITE.url]
    assert take_down(tmp_path, story_url(1)).is_whole
    with open_archive(tmp_path) as archive:
        assert not archive.withheld("gazette").has_address(SITE.url)
        assert archive.due_pictures("gazette", NOON, 9) == []


def test_the_same_bytes_at_another_address_stay_with_the_story_that_stays(tmp_path: Path):
    build(tmp_path, {1: ("own",), 2: ("twin",)}, {"own": png(7), "twin": png(7)})
    assert take_down(tmp_path, story_url(1)).is_whole
    assert records(tmp_path).count(png(7)) == 1
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("select target_uri from captures where outcome = 'image'").fetchall() == [(picture_url("twin"),)]
        capture = Capture(picture_url("own"), NOON, 200, (), png(7), "gazette")
        assert archive.withheld("gazette").knows(capture)  # it is not let in again under its own address
        assert not archive.withheld("gazette").knows(replace(capture, target_uri=picture_url("twin")))


def test_a_picture_that_another_site_had_fetched_goes_with_the_last_story_that_shows_it(tmp_path: Path):
    build(tmp_path, {1: ("shared",), 2: ("other",)})
    with open_archive(tmp_path) as archive, archive.writing():
        archive.save_site(Site("herald", "https://herald.example/"), NOON)
        archive.db.execute(
            "update articles set site = 'herald', url = 'https://herald.example/1', key = 'herald1' where url = ?", [story_url(1)]
        )
    assert take_down(tmp_path, "herald1").is_whole
    assert png(0) not in records(tmp_path)
    assert png(1) in records(tmp_path)


def test_a_single_picture_is_taken_down_by_its_address_and_its_story_stays(tmp_path: Path):
    build(tmp_path, {1: ("own", "second")})
    assert take_down(tmp_path, picture_url("own")).is_whole
    assert [body for body in records(tmp_path) if body.startswith(b"\x89PNG")] == [png(1)]
    with open_archive(tmp_path) as archive:
        assert archive.db.execute("select count(*) from articles").fetchone() == (1,)
        assert archive.db.execute("select reason from links where url = ?", [picture_url("own")]).fetchone() == ("taken_down",)


def test_a_restored_archive_loses_the_pictures_again(tmp_path: Path):
    first, restored = tmp_path / "first", tmp_path / "restored"
    build(first, {1: ("own", "shared"), 2: ("shared",)})
    shutil.copytree(first, restored)
    take_down(first, story_url(1))
    shutil.copy(first / takedown.LOG, restored)
    done = takedown.finish_pending(restored)
    assert done and done.is_whole
    assert [body for body in records(restored) if body.startswith(b"\x89PNG")] == [png(1)]
    with open_archive(restored) as archive:
        assert archive.db.execute("select url, state from links where reason = 'taken_down' and source = 'image'").fetchall() == [
            (picture_url("own"), "skipped")
        ]


# --- shown


class Reader:
    """Asks Datasette as a browser would."""

    def __init__(self, folder: Path) -> None:
        self.datasette = Datasette([str(folder / DATABASE)])

    def get(self, path: str) -> httpx.Response:
        return asyncio.run(self.datasette.client.get(path))

    def pictures(self, number: int) -> list[HtmlElement]:
        """Those on the page of a story."""
        answer = asyncio.run(self.datasette.client.get(f"/-/story?url={story_url(number)}", follow_redirects=True))
        assert "img-src 'self';" in answer.headers["content-security-policy"]
        return html.fromstring(answer.text).cssselect(".story figure.picture img")


def test_the_page_of_a_story_shows_its_kept_pictures_the_main_one_above_the_text(tmp_path: Path):
    build(tmp_path, {1: ("lead", "second"), 2: ("lead",)})
    reader = Reader(tmp_path)
    first, second = reader.pictures(1)
    assert [(one.get("alt"), one.get("width"), one.get("loading")) for one in (first, second)] == [
        ("What lead shows", "640", "lazy"),
        ("What second shows", "640", "lazy"),
    ]
    before = [each.tag for each in first.iterancestors("article")]
    assert before
    body = first.xpath("ancestor::article//div[@class='body']")[0]
    order = list(first.xpath("ancestor::article")[0].iter())
    assert order.index(first) < order.index(body) < order.index(second)
    answer = reader.get(first.get("src"))
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, png(0), "image/png")
    assert reader.pictures(2)[0].get("src") == first.get("src")


def test_a_kept_picture_is_sent_so_that_nothing_in_it_can_run(tmp_path: Path):
    """The header that its server sent (here text/html) is not believed."""
    gif = b"GIF89a/*<script>alert(1)</script>*/=1;"
    build(tmp_path, {1: ("lead",)}, {"lead": gif})
    reader = Reader(tmp_path)
    answer = reader.get(reader.pictures(1)[0].get("src"))
    assert (answer.content, answer.headers["content-type"]) == (gif, "image/gif")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert answer.headers["cache-control"] == "private, max-age=86400", "a day after it was taken down, no browser shows it"


def test_the_address_of_pictures_gives_nothing_but_pictures_that_may_be_shown(tmp_path: Path):
    page = b"<!DOCTYPE html><script>alert(1)</script>"
    build(tmp_path, {1: ("own", "shared"), 2: ("shared", "page"), 3: ("gone",)}, {"page": page})
    with open_archive(tmp_path) as archive, archive.writing():
        numbers = {name: archive.db.execute("select id from captures where target_uri = ?", [picture_url(name)]).fetchone()[0]
                   for name in ("own", "shared", "page", "gone")}  # fmt: skip
        (story_capture,) = archive.db.execute("select capture_id from articles where url = ?", [story_url(1)]).fetchone()
        archive.db.execute("insert into withheld select id, 'noarchive' from articles where url = ?", [story_url(1)])
    take_down(tmp_path, story_url(3))
    reader = Reader(tmp_path)
    status = {name: reader.get(f"/-/picture/{number}").status_code for name, number in numbers.items()}
    assert status == {"own": 404, "shared": 200, "page": 404, "gone": 404}
    for path in (story_capture, 0, 999_999, 99_999_999_999, "x", "../captures"):
        answer = reader.get(f"/-/picture/{path}")
        assert answer.status_code == 404
        assert b"weir" not in answer.content
    assert reader.pictures(1) == []


def test_a_picture_whose_record_is_damaged_is_missing_and_the_page_stands(tmp_path: Path):
    build(tmp_path, {1: ("lead",)})
    reader = Reader(tmp_path)
    source = reader.pictures(1)[0].get("src")
    with open_archive(tmp_path) as archive:
        name, offset = archive.db.execute("select warc_filename, warc_offset from captures where role = 'image'").fetchone()
    with (tmp_path / "captures" / name).open("r+b") as file:
        file.seek(offset + 40)
        file.write(b"XXXXXXXX")
    assert reader.get(source).status_code == 404
    assert len(reader.pictures(1)) == 1
    assert {fault.code for fault in check(tmp_path, deep=True)} == {"record_damaged"}


def test_show_names_the_pictures_that_are_kept(tmp_path: Path, typed: Callable[..., Result]):
    build(tmp_path / "data", {1: ("lead",)})
    with open_archive(tmp_path / "data") as archive, archive.writing():
        (number,) = archive.db.execute("select id from captures where role = 'image'").fetchone()
    assert f"Caption of lead  kept: capture {number}" in typed("show", story_url(1)).output
    assert json.loads(typed("show", story_url(1), "--json").output)["images"][0]["capture_id"] == number


# --- taken out, counted, copied, mended


def test_a_picture_whose_row_was_lost_is_tied_to_its_story_again_by_a_repair(tmp_path: Path):
    build(tmp_path, {1: ("lead", "second")})
    db = sqlite3.connect(tmp_path / DATABASE)
    db.execute("delete from captures where target_uri = ?", [picture_url("lead")])
    db.commit()
    db.close()
    faults = [(fault.code, fault.subject) for fault in check(tmp_path, deep=True)]
    assert {code for code, _ in faults} == {"lost_reference", "record_not_indexed"}
    assert list(repair(tmp_path, faults))
    assert [str(fault) for fault in check(tmp_path, deep=True)] == []
    reader = Reader(tmp_path)
    assert reader.get(reader.pictures(1)[0].get("src")).content == png(0)


def test_an_export_holds_the_pictures_of_its_stories_so_that_a_replayed_page_shows_them(tmp_path: Path):
    build(tmp_path, {1: ("lead", "shared"), 2: ("shared",), 3: ("other",)})
    with open_archive(tmp_path) as archive:
        done = export(archive, Selection(query="barrels"), tmp_path / "one.wacz")  # the first story's word
        assert (done.stories, done.items, done.faults) == (1, 3, [])
        export(archive, Selection(), tmp_path / "all.warc.gz")
    with zipfile.ZipFile(tmp_path / "one.wacz") as wacz:
        index = [json.loads(line.split(b" ", 2)[2]) for line in wacz.read("indexes/index.cdxj").splitlines()]
        pages = [json.loads(line)["url"] for line in wacz.read("pages/pages.jsonl").splitlines()[1:]]
    assert {line["url"] for line in index} == {story_url(1), picture_url("lead"), picture_url("shared")}
    assert pages == [story_url(1)]
    with (tmp_path / "all.warc.gz").open("rb") as file:
        told = [(one.rec_type, one.rec_headers["WARC-Target-URI"]) for one in ArchiveIterator(file) if one.rec_type != "warcinfo"]
    assert sorted(told) == sorted(set(told))
    assert ("request", picture_url("shared")) in told


def test_an_export_holds_the_redirect_that_led_to_a_picture(tmp_path: Path):
    with open_archive(tmp_path) as archive:
        archive.save_site(SITE, NOON)
        run, writer = archive.start_run("gazette", "crawl", NOON), Captures(tmp_path / "captures")
        save_story(archive, writer, run, 1, ("lead",))
        moved = writer.add(Capture(picture_url("lead"), NOON, 302, (("Location", picture_url("new")),), b"", "gazette", run))
        archive.save_captures([capture_row(moved, "image", "redirect", None, None)])
        save_picture(archive, writer, run, picture_url("new"), png(), named=picture_url("lead"))
        writer.close()
        export(archive, Selection(), tmp_path / "all.warc.gz")
        replay.prepare(tmp_path)
    with (tmp_path / "all.warc.gz").open("rb") as file:
        told = [one.rec_headers["WARC-Target-URI"] for one in ArchiveIterator(file) if one.rec_type == "response"]
    assert told == [story_url(1), picture_url("lead"), picture_url("new")]
    assert take_down(tmp_path, story_url(1)).is_whole
    assert png() not in records(tmp_path)


def test_the_index_for_replay_has_pictures_but_for_those_of_stories_that_are_not_shown(tmp_path: Path):
    build(tmp_path, {1: ("own", "shared"), 2: ("shared",)})
    with open_archive(tmp_path) as archive, archive.writing():
        archive.db.execute("insert into withheld select id, 'noarchive' from articles where url = ?", [story_url(1)])
    replay.prepare(tmp_path)
    index = (tmp_path / "replay" / "news.cdxj").read_text()
    assert [url in index for url in (story_url(1), picture_url("own"), picture_url("shared"))] == [False, False, True]


def test_status_and_the_sites_page_count_the_pictures(tmp_path: Path, typed: Callable[..., Result]):
    build(tmp_path / "data", {1: ("lead", "shared"), 2: ("shared",)})
    (tmp_path / "data" / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example/"\nkeep_images = "all"\n')
    with open_archive(tmp_path / "data") as archive:
        archive.save_links([Link(picture_url("more"), "gazette", "image", story_url(1))], NOON)
    said = typed("status").output
    assert "gazette: 2 pictures kept (0.0 MB), 1 picture waits" in said
    told = json.loads(typed("status", "--json").output)
    assert (told["waiting"], told["pictures"]["kept"], told["pictures"]["waiting"]) == (0, 2, 1)
    words = " ".join(html.fromstring(Reader(tmp_path / "data").get("/-/sites").text).text_content().split())
    assert "Pictures 2 0.0 MB" in words and "0 links to fetch" in words
    (tmp_path / "data" / "sites.toml").write_text('[gazette]\nurl = "https://gazette.example/"\n')
    assert "wait" not in typed("status").output.partition("pictures kept")[2], "none is fetched any more"


def test_a_backup_holds_the_pictures_and_shows_them(tmp_path: Path, typed: Callable[..., Result]):
    build(tmp_path / "data", {1: ("lead",)})
    assert typed("backup", str(tmp_path / "copy")).exit_code == 0
    copy = Reader(tmp_path / "copy")
    assert copy.get(copy.pictures(1)[0].get("src")).content == png()
