"""Pictures of stories: kept where the site's facts say so, each once, whatever their servers do."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise

import pytest
from warcio.archiveiterator import ArchiveIterator

from archiver import sites
from archiver.errors import BadSitesFile
from archiver.pictures import media_type_of
from archiver.settings import MAX_PICTURE_BYTES
from tests.conftest import PARAGRAPHS, Answer, Cli, NewsServer
from tests.hostile_outlet import Misbehaving, endless, lead, plain

Servers = Callable[[], NewsServer]
STORIES = tuple(f"/2026/03/02/story-number-{number}-about-the-bridge/" for number in range(1, 4))


def png(colour: int = 0, width: int = 8, height: int = 5) -> bytes:
    """A real picture of one colour."""
    rows = zlib.compress((b"\0" + bytes([colour, 90, 120]) * width) * height)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


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


def test_a_host_of_pictures_has_its_own_pace_and_may_ask_for_a_pause_without_stopping_the_site(servers: Servers, cli: Cli):
    news, slow, tired = servers(), servers(), servers()
    slow.page("/robots.txt", "User-agent: *\nCrawl-delay: 0.4\n", content_type="text/plain")
    pictures = [picture(slow, f"/{number}.png", png(number)) for number in range(3)]
    for number in range(4):
        picture(tired, f"/{number}.png")
        tired.first[f"/{number}.png"] = [Answer(b"", 429, {"Retry-After": "7200"})] * 9
    story(news, STORIES[0], *pictures, *(f"{tired.address}{number}.png" for number in range(4)))
    news.front(STORIES[0])
    site(cli, news)
    done = cli("crawl", "--json")
    assert done.returncode == 0, done.stdout
    told = json.loads(done.stdout)["gazette"]
    assert (told["finish_reason"], told["outcomes"]["image"], told["outcomes"]["image_failed"]) == ("finished", 3, 1)
    times = [one.at for one in slow.log]
    assert min(after - before for before, after in pairwise(times)) > 0.35
    assert len(tired.asked()) == 2  # robots.txt, and one picture; the others wait for a later run
    assert cli.rows("select count(*) from links where source = 'image' and state = 'due' and attempts = 0") == [(3,)]
    quick = [one.at for one in news.log]
    assert min(after - before for before, after in pairwise(quick)) < 0.3


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


def test_of_a_story_that_is_asked_for_by_its_address_the_pictures_come_and_no_others(server: NewsServer, cli: Cli):
    for number, path in enumerate(STORIES[:2]):
        story(server, path, f"/{number}.png")
        picture(server, f"/{number}.png")
    server.front(*STORIES[:2])
    cli.site("gazette", server.address, 'delay_s = 0.02\nkeep_images = "all"\nmax_requests = 4')
    assert cli("crawl", server.address + STORIES[0][1:]).returncode == 0
    assert [path for path in server.asked() if path != "/robots.txt"] == [STORIES[0], "/0.png"]


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
