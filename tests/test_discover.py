"""What feeds, sitemaps, the WordPress API and pages say is there, well-formed or hostile."""

import gzip
import json
import resource
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from archiver import settings
from archiver.discover import (
    fewer_posts_url,
    find_hints,
    find_refresh,
    find_sitemaps_in_robots,
    is_story_link,
    read_feed,
    read_page_links,
    read_sitemap,
    read_wordpress,
    read_wordpress_root,
    wordpress_posts_url,
)
from archiver.discover.feeds import MAX_ENTRIES
from archiver.discover.sitemaps import MAX_CHILDREN
from archiver.errors import SlowPattern
from archiver.records import Link, Site
from tests.patience import comes_to_an_end

SITE = Site("daily", "https://www.daily.example/", timezone="America/Santiago")
HOME = "https://www.daily.example/"
FEED = HOME + "feed/"
MAP = HOME + "sitemap.xml"


def addresses(found):
    return [link.url for link in found.links]


def rss(*items: str) -> bytes:
    opening = '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Daily</title>'
    return f"{opening}{''.join(items)}</channel></rss>".encode()


def sitemap(*entries: str, root: str = "urlset") -> bytes:
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    return f'<?xml version="1.0"?><{root} {spaces}>{"".join(entries)}</{root}>'.encode()


def test_the_publisher_is_no_word_for_a_front_page():
    for title in ("Home - Vale Courier", "Vale Courier | Home", "Capa – Vale Courier", "首頁 | Vale Courier"):
        assert find_hints(f"<title>{title}</title>".encode(), {}, HOME).publisher == "Vale Courier"


def test_sitemaps_of_a_wordpress_without_permalinks_tell_posts_from_pages():
    kinds = ("posts&amp;sitemap-subtype=page", "taxonomies&amp;sitemap-subtype=category", "users", "posts&amp;sitemap-subtype=post")
    children = [f"<sitemap><loc>{HOME}?sitemap={kind}&amp;paged=1</loc></sitemap>" for kind in kinds]
    found = read_sitemap(sitemap(*children, root="sitemapindex"), HOME + "?sitemap=index", SITE)
    assert found.more == (f"{HOME}?sitemap=posts&sitemap-subtype=post&paged=1", f"{HOME}?sitemap=posts&sitemap-subtype=page&paged=1")
    page = read_sitemap(sitemap(f"<url><loc>{HOME}?page_id=2</loc></url>"), found.more[1], SITE)
    assert not any(is_story_link(link, SITE) for link in page.links)


# --- feeds


def test_a_feed_gives_its_stories_in_order_with_dates_in_utc():
    found = read_feed(
        rss(
            "<item><title>Harbour &amp;amp; <![CDATA[<b>port</b>]]></title><link>https://www.daily.example/2026/11/03/harbour/?utm_source=rss</link>"
            "<guid isPermaLink='false'>https://www.daily.example/?p=12</guid><pubDate>Tue, 03 Nov 2026 10:00:00 -0300</pubDate></item>",
            "<item><title>Wind</title><guid>https://daily.example/?p=13</guid><dc:date>2026-11-03T09:00:00-03:00</dc:date></item>",
            "<item><title>Rain</title><link>/weather/rain-for-all-week</link></item>",
        ),
        FEED,
        SITE,
        "application/rss+xml",
    )
    harbour, wind, rain = found.links
    assert (harbour.url, harbour.title, harbour.source) == (HOME + "2026/11/03/harbour/", "Harbour & port", "feed")
    assert harbour.date_published == datetime(2026, 11, 3, 13, tzinfo=UTC)
    assert (wind.url, wind.date_published) == ("https://daily.example/?p=13", datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert rain.url == HOME + "weather/rain-for-all-week"
    assert found.problem is None


def test_a_story_whose_link_goes_by_way_of_another_host_is_known_by_its_guid():
    counted, other = "<link>https://counter.example/~r/daily/1</link>", "<link>https://other.example/report</link>"
    found = read_feed(
        rss(
            f"<item>{counted}<guid>{HOME}2026/11/03/harbour/</guid></item>",
            f"<item>{counted}<guid isPermaLink='true'>{HOME}2026/11/03/wind/</guid></item>",
            f"<item>{other}<guid isPermaLink='false'>{HOME}?p=12</guid></item>",  # a post that points elsewhere
        ),
        FEED,
        SITE,
    )
    assert addresses(found) == [HOME + "2026/11/03/harbour/", HOME + "2026/11/03/wind/"]


def test_a_feed_date_without_a_zone_is_read_in_the_sites_zone():
    item = "<item><link>https://daily.example/a-b-c</link><pubDate>Tue, 03 Nov 2026 10:00:00</pubDate></item>"
    (link,) = read_feed(rss(item), FEED, SITE).links
    assert link.date_published == datetime(2026, 11, 3, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    "impossible", ["Tue, 31 Feb 2026 10:00:00 GMT", "2026-11-03T10:00:00+25:00", "0000-00-00T00:00:00", "yesterday", "9" * 60]
)
def test_an_impossible_date_is_dropped_and_the_story_kept(impossible):
    (link,) = read_feed(rss(f"<item><link>https://daily.example/a-b-c</link><pubDate>{impossible}</pubDate></item>"), FEED, SITE).links
    assert link.date_published is None


def test_atom_rdf_and_json_feeds_are_feeds_too():
    atom = b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">a &lt;i&gt;b&lt;/i&gt;</title><link rel="self" href="https://daily.example/self"/><link href="https://daily.example/a"/><published>2026-11-03T10:00:00Z</published><updated>2026-11-04T10:00:00Z</updated></entry></feed>'  # fmt: skip  # noqa: E501
    (link,) = read_feed(atom, FEED, SITE).links
    assert (link.url, link.title, link.lastmod) == ("https://daily.example/a", "a b", datetime(2026, 11, 4, 10, tzinfo=UTC))
    full = atom.replace(b"<link href=", b'<link rel="http://www.iana.org/assignments/relation/alternate" href=')
    assert addresses(read_feed(full, FEED, SITE)) == ["https://daily.example/a"]
    rdf = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item rdf:about="https://daily.example/q"><title>é</title><link>https://daily.example/q</link></item></rdf:RDF>'.encode()  # fmt: skip  # noqa: E501
    assert addresses(read_feed(rdf, FEED, SITE)) == ["https://daily.example/q"]
    items = [{"id": "1", "url": "https://daily.example/j", "title": "J", "date_published": "2026-11-03T10:00:00Z"}]
    assert addresses(read_feed(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(), FEED, SITE)) == [
        "https://daily.example/j"
    ]


def test_links_to_other_sites_scripts_and_files_of_this_machine_are_left_out():
    items = (
        "https://other.org/a",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://127.0.0.1:8080/secret",
        "https://daily.example.evil.org/",
        "mailto:a@b.c",
    )
    found = read_feed(rss(*(f"<item><title>x</title><link>{item}</link></item>" for item in items)), FEED, SITE)
    assert found.links == ()
    assert "other sites" in found.problem


@pytest.mark.parametrize(
    "body",
    [b"", b"  \n", b"<html><body>Not found</body></html>", b"plain words", b"/etc/passwd", b"\x1f\x8bbroken", b'{"a":1}', b"[" * 90_000],
)
def test_what_is_no_feed_is_said_in_words(body):
    found = read_feed(body, FEED, SITE)
    assert found.links == ()
    assert found.problem


def test_a_feed_that_breaks_off_gives_what_came_before():
    found = read_feed(rss("<item><link>https://daily.example/a</link></item>")[:-17] + b"<item><tit", FEED, SITE)
    assert addresses(found) == ["https://daily.example/a"]
    assert "broken" in found.problem


def test_a_feed_of_fifty_thousand_entries_is_cut_and_not_called_broken():
    found = read_feed(rss(*(f"<item><link>https://daily.example/news/{n}</link></item>" for n in range(50_000))), FEED, SITE)
    assert len(found.links) == MAX_ENTRIES
    assert found.problem is None and "very long" in found.note


# --- sitemaps


def test_a_news_sitemap_tells_titles_and_dates():
    found = read_sitemap(
        sitemap(
            "<url><loc> https://www.daily.example/2026/11/03/harbour </loc><lastmod>2026-11-04T00:00:00Z</lastmod>"
            "<image:image xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'><image:loc>https://daily.example/i.jpg</image:loc><image:title>Boat</image:title></image:image>"
            "<news:news><news:publication><news:name>Daily</news:name></news:publication><news:publication_date>2026-11-03T10:00:00-03:00</news:publication_date>"
            "<news:title>Harbour &amp; port</news:title></news:news></url>",
            "<url><loc>https://www.daily.example/about</loc></url>",
            "<url><loc>http://10.0.0.1/inside</loc></url>",
        ),
        MAP,
        SITE,
    )
    story, page = found.links
    assert (story.source, story.title) == ("news_sitemap", "Harbour & port")
    assert story.date_published == datetime(2026, 11, 3, 13, tzinfo=UTC)
    assert story.lastmod == datetime(2026, 11, 4, tzinfo=UTC)
    assert page.source == "sitemap"


def test_an_index_gives_children_news_first_then_newest_and_no_tags_or_authors():
    names = (
        "page-sitemap.xml",
        "post-sitemap1.xml",
        "post-sitemap2.xml",
        "category-sitemap.xml",
        "post_tag-sitemap.xml",
        "author-sitemap.xml",
        "news-sitemap.xml",
    )
    dates = {"post-sitemap1.xml": "2026-10-01", "post-sitemap2.xml": "2026-11-01"}
    entries = (f"<sitemap><loc>{HOME}{name}</loc><lastmod>{dates.get(name, '')}</lastmod></sitemap>" for name in names)
    found = read_sitemap(sitemap(*entries, root="sitemapindex"), MAP, SITE)
    assert found.more == tuple(HOME + name for name in ("news-sitemap.xml", "post-sitemap2.xml", "post-sitemap1.xml", "page-sitemap.xml"))
    assert found.problem is None


def test_sitemaps_of_pages_about_the_house_goods_and_events_are_left_out_where_the_index_has_another():
    def followed(*names: str) -> list[str]:
        children = [f"<sitemap><loc>{HOME}{name}.xml</loc></sitemap>" for name in names]
        return [url.removeprefix(HOME) for url in read_sitemap(sitemap(*children, root="sitemapindex"), HOME + "sitemap.xml", SITE).more]

    assert followed("sitemap-pages", "sitemap-posts", "sitemap-tags", "sitemap-authors") == ["sitemap-posts.xml"]
    assert followed("blog-posts-sitemap", "store-products-sitemap", "tribe_events-sitemap") == ["blog-posts-sitemap.xml"]
    assert followed("sitemap-pages", "sitemap-images", "sitemap-tags") == ["sitemap-pages.xml", "sitemap-images.xml"]


def test_an_index_of_more_children_than_a_run_takes_is_not_called_broken():
    children = (f"<sitemap><loc>{HOME}post-sitemap{number}.xml</loc></sitemap>" for number in range(MAX_CHILDREN + 1))
    found = read_sitemap(sitemap(*children, root="sitemapindex"), MAP, SITE)
    assert found.problem is None and len(found.more) == MAX_CHILDREN
    assert found.note == "501 child sitemaps; the best 500 are followed"


def test_children_and_entries_that_are_surely_too_old_are_left_out():
    since = datetime(2026, 10, 15, tzinfo=UTC)
    names = (
        "sitemap-2019-05.xml",
        "sitemap-2026-10.xml",
        "sitemap.xml?yyyy=2026&amp;mm=09",
        "sitemap.xml?yyyy=2026&amp;mm=11",
        "sitemap-7.xml",
    )
    index = sitemap(*(f"<sitemap><loc>{HOME}{name}</loc></sitemap>" for name in names), root="sitemapindex")
    assert set(read_sitemap(index, MAP, SITE, since).more) == {
        HOME + "sitemap-2026-10.xml",
        HOME + "sitemap.xml?yyyy=2026&mm=11",
        HOME + "sitemap-7.xml",
    }
    urls = sitemap(*(f"<url><loc>{HOME}{path}</loc></url>" for path in ("2019/05/01/old", "2026/10/20/new", "undated-story-of-the-day")))
    assert addresses(read_sitemap(urls, MAP, SITE, since)) == [HOME + "2026/10/20/new", HOME + "undated-story-of-the-day"]


def test_a_date_that_all_entries_of_a_sitemap_have_is_that_of_the_sitemap():
    made, edited = "2026-11-03T04:00:17+00:00", "2026-11-02T18:30:00+00:00"
    paths = [f"2026/{month:02}/0{day}/story-of-that-day-{day}" for month in (2, 11) for day in range(1, 10)]
    paths += ["a-story-without-a-day", "one-more-without-a-day", "the-edited-story-of-last-week"]
    entries = [f"<url><loc>{HOME}{path}</loc><lastmod>{made if path != paths[-1] else edited}</lastmod></url>" for path in paths]
    found = read_sitemap(sitemap(*entries), MAP, SITE, datetime(2026, 10, 30, tzinfo=UTC))
    assert addresses(found) == [HOME + path for path in paths[9:]]  # nothing that its address shows to be old
    assert [link.lastmod for link in found.links] == [None] * 11 + [datetime(2026, 11, 2, 18, 30, tzinfo=UTC)]
    few = read_sitemap(sitemap(*entries[:9]), MAP, SITE)
    of_the_day = read_sitemap(sitemap(*entries), HOME + "sitemap-2026-11-03.xml", SITE)
    assert all(link.lastmod for link in (*few.links, *of_the_day.links))


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(sitemap("<url><loc>https://daily.example/a</loc></url>"), mtime=0),
        gzip.compress(b"<urlset><url><loc>https://daily.", mtime=0) + gzip.compress(b"example/a</loc></url></urlset>", mtime=0),
        b"\xef\xbb\xbf \n" + sitemap("<url><loc>https://daily.example/a</loc></url>"),
        b"<urlset xmlns='urn:wrong'><url><loc>https://daily.example/a</loc></url></urlset>",
        b"<urlset><URL><Loc><![CDATA[https://daily.example/a]]></Loc></URL></urlset>",
        '<?xml version="1.0" encoding="utf-16"?><urlset><url><loc>https://daily.example/a</loc></url></urlset>'.encode("utf-16"),
        b"https://daily.example/a\r\n\r\nhttps://other.org/b\r\n",
        rss("<item><link>https://daily.example/a</link></item>"),
    ],
)
def test_sitemaps_of_every_make_are_read(body):
    found = read_sitemap(body, MAP, SITE)
    assert addresses(found) == ["https://daily.example/a"]
    assert found.problem is None


def test_ampersands_need_no_escape():
    found = read_sitemap(b"<urlset><url><loc>https://daily.example/story.php?id=1&cat=2</loc></url></urlset>", MAP, SITE)
    assert addresses(found) == ["https://daily.example/story.php?id=1&cat=2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x1f\x8bx",
        gzip.compress(b"", mtime=0)[:12],
        b"<!doctype html><html><title>404</title></html>",
        b"Not found",
        b"<foo/>",
        b"\x00" * 99,
        b"<",
    ],
)
def test_what_is_no_sitemap_is_said_in_words(body):
    found = read_sitemap(body, MAP, SITE)
    assert (found.links, found.more) == ((), ())
    assert found.problem


def test_a_sitemap_that_breaks_gives_what_came_before():
    whole = sitemap(*(f"<url><loc>https://daily.example/news/{n}</loc></url>" for n in range(5_000)))
    for body in (whole[:-4_000], gzip.compress(whole)[:-3_000]):
        found = read_sitemap(body, MAP, SITE)
        assert 0 < len(found.links) < 5_000
        assert found.problem


def test_sitemaps_that_never_end_are_read_to_their_caps_in_little_memory():
    entry = b"<url><loc>https://daily.example/a</loc></url>"
    bombs = [
        gzip.compress(b"<urlset>" + entry + b" " * 120_000_000),
        b"<urlset>" + entry + b"<url>" + b"<a/>" * 2_000_000,
        gzip.compress(b"<urlset>" + entry * 300_000),
        b"<sitemapindex>"
        + b"".join(b"<sitemap><loc>https://daily.example/s%d.xml</loc></sitemap>" % n for n in range(5_000))
        + b"</sitemapindex>",
        b"<a>" * 100_000,
    ]
    for bomb in bombs:
        before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found = read_sitemap(bomb, MAP, SITE)
        grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
        assert found.problem or found.note
        assert len(found.links) <= settings.MAX_SITEMAP_ENTRIES
        assert len(found.more) <= MAX_CHILDREN
        assert grown_kb < 100 << 10


def test_entities_neither_expand_nor_reach_outside():
    lines = "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE u [<!ENTITY a "aaaaaaaaaa">{lines}]><urlset><url><loc>https://daily.example/&k;</loc></url></urlset>'.encode()
    outside = b'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>https://daily.example/&x;</loc></url></urlset>'
    feed = b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title><link>https://daily.example/a</link></item></channel></rss>'
    assert all(len(url) < 100 for url in addresses(read_sitemap(bomb, MAP, SITE)))
    assert "root" not in str(read_sitemap(outside, MAP, SITE))
    assert "root:" not in str(read_feed(feed, FEED, SITE))
    assert len(str(read_feed(bomb.replace(b"urlset", b"rss"), FEED, SITE))) < 2_000


def test_robots_txt_names_sitemaps_whatever_its_line_ends():
    text = "\ufeffUser-agent: *\rSITEMAP : https://daily.example/a.xml # news\r\nsitemap:/b.xml\nSitemap: https://other.org/c.xml\nSitemap: https://daily.example/a.xml"
    assert find_sitemaps_in_robots(text, HOME) == ["https://daily.example/a.xml", HOME + "b.xml", "https://other.org/c.xml"]
    assert find_sitemaps_in_robots(text) == ["https://daily.example/a.xml", "https://other.org/c.xml"]


# --- WordPress


def test_wordpress_posts_have_dates_in_utc_and_a_next_page():
    url = wordpress_posts_url(HOME + "wp-json/", modified_after=datetime(2026, 11, 1, tzinfo=UTC))
    posts = [
        {
            "date": "2026-11-03T10:00:00",
            "date_gmt": "2026-11-03T13:00:00",
            "modified_gmt": "2026-11-04T13:00:00",
            "link": HOME + "a",
            "title": {"rendered": "A &#8211; B"},
        },
        {"date": "2026-11-03T10:00:00", "date_gmt": "0000-00-00T00:00:00", "link": HOME + "b", "status": "publish"},
        {"date": "2026-11-03T10:00:00", "link": HOME + "c", "status": "draft"},
    ]
    found = read_wordpress(json.dumps(posts).encode(), {"X-WP-Total": "250", "x-wp-totalpages": "3"}, url, SITE)
    a, b = found.links
    assert (a.title, a.date_published, a.lastmod) == ("A – B", datetime(2026, 11, 3, 13, tzinfo=UTC), datetime(2026, 11, 4, 13, tzinfo=UTC))
    assert b.date_published == datetime(2026, 11, 3, 13, tzinfo=UTC)  # the wall clock of Santiago
    assert found.total == 250
    assert found.more == (url.replace("&page=1", "&page=2"),)
    assert "per_page=100" in found.more[0]
    assert read_wordpress(json.dumps(posts).encode(), {"X-WP-TotalPages": "3"}, url.replace("&page=1", "&page=3"), SITE).more == ()


def test_a_wordpress_that_allows_no_hundred_posts_is_asked_for_as_many_as_it_allows():
    url = wordpress_posts_url(HOME + "?rest_route=/")
    refusal = {"code": "rest_invalid_param", "data": {"params": {"per_page": "per_page deve estar entre 1 (inclusivo) e 20 (inclusivo)"}}}
    twenty = fewer_posts_url(url, json.dumps(refusal).encode())
    assert twenty == url.replace("per_page=100", "per_page=20")
    for refused in (b"", b"<h1>Bad request</h1>", b"[]", b'{"data": null}', b'{"data": {"params": {"per_page": 7.5}}}'):
        assert fewer_posts_url(url, refused) in (url.replace("per_page=100", "per_page=10"), url.replace("per_page=100", "per_page=7"))
    ten = url.replace("per_page=100", "per_page=10")
    assert (fewer_posts_url(ten, b""), fewer_posts_url(url.replace("&page=1", "&page=2"), b"")) == (None, None)


def test_a_wordpress_that_refuses_ever_other_sizes_is_asked_three_times():
    url, asked = wordpress_posts_url("https://daily.example/wp-json/"), 0
    while url:
        asked += 1
        size = int(url.partition("per_page=")[2].partition("&")[0])
        url = fewer_posts_url(url, json.dumps({"data": {"params": {"per_page": f"between 1 and {size - 1}"}}}).encode())
    assert asked == 3


def test_wordpress_without_pretty_addresses_is_asked_by_rest_route():
    assert wordpress_posts_url("https://daily.example/?rest_route=/").startswith(
        "https://daily.example/?rest_route=/wp/v2/posts&per_page=100&page=1"
    )
    assert wordpress_posts_url("https://daily.example/index.php?rest_route=%2F", page=2).startswith(
        "https://daily.example/index.php?rest_route=/wp/v2/posts&"
    )


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[" * 100_000, b'{"code":"rest_forbidden","message":"No"}', b"{}", b"7", b"[" + b"9" * 10_000 + b"]"]
)
def test_answers_that_are_no_posts_are_named_or_empty(body):
    found = read_wordpress(body, {"X-WP-Total": "nonsense", "X-WP-TotalPages": "-1"}, HOME + "wp-json/wp/v2/posts", SITE)
    assert (found.links, found.more, found.total) == ((), (), None)


def test_the_api_root_tells_publisher_and_time_zone():
    root = {"name": "Daily &amp; Co", "home": HOME, "timezone_string": "America/Santiago", "namespaces": ["oembed/1.0", "wp/v2"]}
    hints = read_wordpress_root(json.dumps(root).encode(), HOME + "wp-json/")
    assert (hints.publisher, hints.timezone, hints.wordpress_api) == ("Daily & Co", "America/Santiago", HOME + "wp-json/")
    for name in ("", "+03:00", "../../etc/passwd", "Mars/Base", None, 7):
        assert read_wordpress_root(json.dumps(root | {"timezone_string": name}).encode(), HOME).timezone is None


# --- pages

FRONT_PAGE = """<!doctype html><html lang="es-cl"><head><title>Diario de Prueba | Noticias del sur</title>
<link rel="alternate" type="application/rss+xml" href="/rss"><link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" href="/?feed=comments-rss2">
<link rel="https://api.w.org/" href="/wp-json/"><link rel="canonical" href="https://www.daily.example/">
<meta property="og:site_name" content="Diario de Prueba">
<script type="application/ld+json">{"@type":"ItemList","itemListElement":[
{"@type":"ListItem","url":"/cultura/una-nota-que-solo-conoce-el-json"}]}</script>
</head><body><nav><ul><li><a href="/">Inicio</a><li><a href="/deportes">Deportes</a><li><a href="/arte-y-cultura">Arte y cultura</a>
<li><a href="/contacto">Contacto</a><li><a href="https://facebook.com/diario">Facebook</a></ul></nav>
<a href="/2026/11/03/una-nota/"><img alt="Un barco" src="x.jpg"></a>
<h2><a href="/2026/11/03/una-nota/?utm_source=portada">Una <b>nota</b></a></h2>
<a href="/2026/11/03/una-nota/">Leer más</a><a href="javascript:x()">x</a><a href="mailto:a@b.c">m</a>
<a href="data:text/html,x">d</a><a href="/informe.pdf">pdf</a><a href="/calendario/2031/05/">mayo</a>
<a href="/?s=barco">buscar</a><a href="/lista?orden=x&sort=fecha">orden</a>
<a href="/wp-admin/">admin</a>
<a href="/noticias/nota-corta">Otra</a><a href="/page/2/">2</a><a href="/page/9/">9</a></body></html>""".encode()


def test_a_front_page_gives_stories_and_sections_each_once_with_their_headlines():
    found = read_page_links(FRONT_PAGE, HOME, SITE)
    assert [(link.url.removeprefix(HOME), link.title) for link in found.links] == [
        ("deportes", "Deportes"),
        ("arte-y-cultura", "Arte y cultura"),
        ("2026/11/03/una-nota/", "Una nota"),
        ("noticias/nota-corta", "Otra"),
        ("cultura/una-nota-que-solo-conoce-el-json", None),
    ]
    assert found.more == (HOME + "page/2/",)


def test_links_of_an_image_map_are_links():
    page = b'<title>x</title><map><area href="/2026/11/03/ferry/" alt="The ferry sails again"><area shape="rect"></map><p>below</p>'
    assert [(link.url, link.title) for link in read_page_links(page, HOME, SITE).links] == [
        (HOME + "2026/11/03/ferry/", "The ferry sails again")
    ]


def standing(page: str) -> list[tuple[int, str, str]]:
    """What a front page shows: (place, address, words)."""
    return [(one.position, one.url.removeprefix(HOME), one.text) for one in read_page_links(page.encode(), HOME, SITE).placings]


def test_a_front_page_tells_which_story_stands_where_each_once_and_nothing_but_stories():
    assert standing(FRONT_PAGE.decode()) == [
        (1, "2026/11/03/una-nota/", "Una nota"),
        (2, "noticias/nota-corta", "Otra"),
        (3, "cultura/una-nota-que-solo-conoce-el-json", ""),
    ]
    assert read_page_links(FRONT_PAGE, HOME + "deportes", SITE, "section").placings == ()


STORY = "2026/11/03/the-quay-gives-way/"


@pytest.mark.parametrize(
    "links",
    [
        "<a href='/{0}'><img alt='Stalls in the water'></a><h3><a href='/{0}'> Quay gives way </a></h3><a href='/{0}'>Read more</a>",
        "<a href='/{0}'><img alt='Stalls in the water'></a><div class=title><a href='/{0}'>Quay gives way</a></div>",
        "<a href='/{0}'><p>Harbour</p><h3>Quay <em>gives</em> way</h3><p>The ferry stays in port.</p><time>5 minutes ago</time></a>",
        "<a href='/{0}'><style>.a{{color:red}}</style><svg><title>Video</title></svg>Quay gives way <time>09:15</time></a>",
        "<a href='/{0}' aria-label='Quay gives way'><img src=a.jpg></a><a href='/{0}'><time>3 November</time></a>",
        "<h2><a href='/{0}'>Quay gives way</a></h2><aside><h3><a href='/{0}?utm_source=most-read'>The quay, most read</a></h3></aside>",
        "<a href='/{0}'><div>Quay</div><div>gives way</div></a>",
        "<a href='/{0}'>" + "<div>\n        \n" * 99 + "<h3>Quay gives way</h3>" + "</div>" * 99 + "</a>",
        "<a href='/{0}'><p>" + "The ferry stays in port. " * 99 + "</p><h3>Quay gives way</h3></a>",
    ],
    ids=[
        "picture, headline, button",
        "picture, no heading",
        "a card",
        "styles and drawings",
        "a label",
        "twice",
        "lines",
        "a deep card",
        "behind a long text",
    ],
)
def test_the_words_at_a_story_of_a_front_page_are_its_headline_there(links: str):
    assert standing(f"<title>x</title>{links.format(STORY)}") == [(1, STORY, "Quay gives way")]


def test_a_menu_is_no_front_page_and_words_at_several_stories_are_nobodys_headline():
    menu = "<nav><a href='/2026/11/01/wind/'>Wind for all week</a><a href='/2026/11/03/ferry/'>Ferry</a><a href='/sport/'>Sport</a></nav>"
    body = "<h2><a href='/2026/11/03/ferry/'>Ferry sails</a></h2>" + "".join(
        f"<a href='/2026/11/0{n}/a-b-c/'>Read more</a>" for n in (1, 2)
    )
    assert [words for _, _, words in standing(menu + body)] == ["Ferry sails", "", ""]
    many = "".join(f"<a href='/2026/11/03/story-number-{n}/'>Story {n}</a>" for n in range(1_000))
    assert len(standing(many)) == settings.MAX_PLACINGS
    assert standing(menu)[0] == (1, "2026/11/01/wind/", "Wind for all week")  # a page that is all menu


@pytest.mark.parametrize(
    ("url", "anchors", "following"),
    [
        ("deportes", '<a href="/deportes/page/2">2</a><a href="/deportes/page/3">3</a>', "deportes/page/2"),
        ("deportes/page/2/", '<a href="/deportes/">1</a><a href="/deportes/page/3/">3</a>', "deportes/page/3/"),
        ("deportes?page=2", '<a href="?page=1">1</a><a href="?page=3">3</a>', "deportes?page=3"),
        ("deportes", '<a href="/deportes/pagina/2.html" class="next page-numbers">»</a>', "deportes/pagina/2.html"),
        ("seccion.php?id=4", '<a href="seccion.php?id=4&amp;pag=2">Siguiente</a>', "seccion.php?id=4&pag=2"),
        ("lista.php?dzial=1", '<a href="lista.php?dzial=1&amp;strona=2">starsze »</a>', "lista.php?dzial=1&strona=2"),
        ("urheilu?sivu=2", '<a href="?sivu=1">1</a><a href="?sivu=3">3</a>', "urheilu?sivu=3"),
        ("deportes/page/9/", '<a href="/deportes/page/8/">Anterior</a>', None),
        ("deportes", '<a href="/cultura/page/2">2</a><a href="https://other.org/deportes/page/2">Next</a>', None),
        ("deportes", '<link rel="next" href="/deportes?page=2"><a href="/deportes?page=40">última</a>', "deportes?page=2"),
        ("sport", '<a href="/sport?page=1">2</a><a href="/sport?page=2">3</a>', "sport?page=1"),  # Drupal: from 0
        ("sport", '<a href="?page=1">nächste Seite ›</a><a href="?page=6">letzte Seite »</a>', "sport?page=1"),
        ("sport?page=1", '<a href="/sport">1</a><a href="?page=2">3</a>', "sport?page=2"),
        ("sport", '<a href="/sport?start=6">2</a><a href="/sport?start=12">3</a>', "sport?start=6"),  # Joomla
        ("sport?start=12", '<a href="/sport?start=6">2</a><a href="/sport?start=18">4</a>', "sport?start=18"),
        ("news", '<a href="/news?offset=1761990000000" class="next">Older Posts</a>', "news?offset=1761990000000"),  # Squarespace
        (
            "news?offset=1761990000000",
            '<a href="?offset=1762090000000&amp;reversePaginate=true">Newer Posts</a><a href="?offset=1761890000000">Older Posts</a>',
            "news?offset=1761890000000",
        ),
        ("sport/", '<a href="/sport/?PAGEN_1=2">2</a><a href="/sport/?PAGEN_1=3">3</a>', "sport/?PAGEN_1=2"),  # Bitrix
        ("sport?skip=5", '<a href="/sport?skip=5">Next</a>', None),
    ],
)
def test_the_next_page_of_a_list_is_found(url, anchors, following):
    found = read_page_links(f"<html><body>{anchors}</body></html>".encode(), HOME + url, SITE, "section")
    assert found.more == ((HOME + following,) if following else ())


def test_a_front_page_tells_what_the_site_is():
    hints = find_hints(FRONT_PAGE, {}, HOME)
    assert hints.feeds == (HOME + "rss",)
    assert hints.wordpress_api == HOME + "wp-json/"
    assert (hints.in_language, hints.publisher, hints.canonical) == ("es-CL", "Diario de Prueba", HOME)
    assert hints.sections == (HOME + "deportes", HOME + "arte-y-cultura")


def test_hints_come_from_headers_and_json_ld_too_and_opt_outs_are_reported():
    page = b'<title>x</title><meta name="robots" content="index, noai"><script type="application/ld+json">{"@graph":[{"@type":"WebPage","publisher":{"@type":["NewsMediaOrganization"],"name":"Daily"}}]}</script>'  # fmt: skip  # noqa: E501
    headers = {
        "Link": f'<{HOME}wp-json/>; rel="https://api.w.org/", <{HOME}?p=2>; rel=shortlink',
        "Content-Language": "pt_BR",
        "TDM-Reservation": "1",
    }
    hints = find_hints(page, headers, HOME)
    assert (hints.wordpress_api, hints.in_language, hints.publisher) == (HOME + "wp-json/", "pt-BR", "Daily")
    assert hints.opt_outs == ("noai", "tdm-reservation: 1")


def test_pages_authors_months_and_further_pages_of_a_wordpress_without_permalinks_are_no_sections():
    others = ("page_id=12", "author=1", "tag=most", "m=202611", "paged=2", "cat=3&paged=2")
    menu = f"<nav><a href='/?cat=3'>Sport</a>{''.join(f'<a href=/?{query}>Other</a>' for query in others)}</nav>"
    assert find_hints(menu.encode(), {}, HOME).sections == (HOME + "?cat=3",)


@pytest.mark.parametrize("mark", ['class="gnav"', 'id="globalNavi"', 'class="header__main-menu"', 'class="topmenu clearfix"'])
def test_a_menu_is_known_by_the_names_that_themes_give_it(mark: str):
    page = f'<ul {mark}><li><a href="/shakai/">社会</a><li><a href="/bunka/">文化</a></ul><ul class="tabs"><li><a href="/x9/">X</a></ul>'
    assert find_hints(page.encode(), {}, HOME).sections == (HOME + "shakai/", HOME + "bunka/")


def test_the_menu_at_the_side_of_an_amp_page_is_one():
    menu = '<amp-sidebar id="s"><ul><li><a href="/amp/stadt/">Stadt</a><li><a href="/amp/sport/">Sport</a></ul></amp-sidebar>'
    assert find_hints(menu.encode(), {}, HOME).sections == (HOME + "amp/stadt/", HOME + "amp/sport/")


def test_the_last_page_of_a_list_is_no_section_though_it_stands_in_a_menu_of_pages():
    pager = '<nav class="pager"><ul><li><a href="?page=1">Next ›</a><li><a href="?page=17">Last »</a></ul></nav>'
    assert find_hints(f"<nav><a href='/sport'>Sport</a></nav>{pager}".encode(), {}, HOME).sections == (HOME + "sport",)


@pytest.mark.parametrize(
    "address",
    [
        "/events/2026/03/02/",
        "/homes/?rooms=3&sort=price",
        "/news?offset=1761990000000",
        "/news/?filter=local",
        "/search?q=water",
        "/?s=river",
    ],
)
def test_the_day_of_a_calendar_a_search_and_a_list_in_another_order_are_no_sections(address: str):
    menu = f"<nav><a href='/sport/'>Sport</a><a href='{address}'>Events</a><a href='/secao.php?s=2'>Cultura</a></nav>"
    assert find_hints(menu.encode(), {}, HOME).sections == (HOME + "sport/", HOME + "secao.php?s=2")


def test_lists_that_differ_in_one_parameter_are_sections_where_no_menu_is_marked_as_one():
    names = ("Miasto", "Powiat", "Sport", "Kultura")
    cells = "".join(f"<td><a href='lista.php?dzial={number}'>{name}</a></td>" for number, name in enumerate(names, 1))
    others = "".join(f"<a href='/?{query}{n}'>{n}</a>" for query in ("lang=", "strona=", "sort=", "p=", "rok=202") for n in range(1, 5))
    stories = "".join(f"<a href='artykul.php?id={n}'>Most na rzece {n}</a>" for n in range(4258, 4262))
    page = f"<table><tr>{cells}</tr></table>{others}{stories}<a href='kalendarz.php?dzien=3'>Kalendarz</a>"
    assert find_hints(page.encode(), {}, HOME).sections == tuple(f"{HOME}lista.php?dzial={number}" for number in range(1, 5))
    assert find_hints(f"<nav><a href='/sport/'>Sport</a></nav>{page}".encode(), {}, HOME).sections == (f"{HOME}sport/",)


def test_sections_that_differ_in_a_number_are_told_though_others_search_by_that_name():
    table = "".join(f"<td><a href='secao.php?s={number}&PHPSESSID=0a1b2c'>{name}</a></td>" for number, name in enumerate("ABC", 1))
    searches = "".join(f"<a href='/?s={word}'>{word}</a>" for word in ("river", "mill", "bridge"))
    page = f"<table><tr>{table}</tr></table>{searches}".encode()
    assert find_hints(page, {}, HOME).sections == tuple(f"{HOME}secao.php?s={number}" for number in (1, 2, 3))


def test_sections_are_few_and_never_stories():
    menu = "".join(f'<li><a href="/seccion-{chr(97 + n % 26)}{chr(97 + n // 26)}">Sección {n}</a>' for n in range(200))
    story = '<li><a href="/2026/11/03/nota">Hoy</a><li><a href="/nota-larga-de-la-semana-en-el-puerto">Hoy</a>'
    sections = find_hints(f"<nav>{story}{menu}</nav>".encode(), {}, HOME).sections
    assert len(sections) == 30
    assert not any("nota" in section for section in sections)


@pytest.mark.parametrize(
    "body",
    [
        b"<a href=/a-b-c>x</a>" * 400_000,
        b"<a " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b" href=/a-b-c>x</a>",
        b"<div>" * 300_000 + b"<a href=/a-b-c>x</a>",
        b"".join(b"<a href=/news/%d>x</a>" % n for n in range(100_000)),
        b"<nav>" * 100_000,
        b"<" * 1_000_000,
        b"<a href=/a-b-c>" + b"t" * 3_000_000,
    ],
    ids=["same link", "attributes", "depth", "links", "menus", "brackets", "text"],
)
def test_hostile_pages_are_read_within_their_caps(body):
    found = read_page_links(body, HOME, SITE)
    assert len(found.links) <= settings.MAX_LINKS_PER_PAGE
    assert all(len(link.title or "") <= 300 for link in found.links)


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_the_links_of_a_page_in_utf_16_are_found(coding: str):
    page = "<html><body><a href='/2026/11/03/the-weir-holds/'>The weir holds</a></body></html>"
    (link,) = read_page_links(page.encode(coding), HOME, SITE).links
    assert (link.url, link.title) == (f"{HOME}2026/11/03/the-weir-holds/", "The weir holds")


@pytest.mark.parametrize("declared", ["rot13", "undefined", "idna", "zlib", "utf-7", "klingon", "latin-1", "utf-16"])
def test_absurd_charsets_lose_no_links(declared):
    page = f'<meta charset="{declared}"><a href="/a-b-c">Ñandú</a>'.encode("latin-1")
    assert addresses(read_page_links(page, HOME, SITE)) == [HOME + "a-b-c"]


# --- whatever comes


@hypothesis_settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.sampled_from([b"<urlset>", b"<url>", b"<loc>", b"https://daily.example/a", b"</loc>", b"</url>", b"<rss>", b"<item>", b"<link>", b"&", b"<!DOCTYPE a [", b"<!--", b"<![CDATA[", b"\x00", b"\xff", b"<a href='/x", b"'>", b"<script type='application/ld+json'>", b'{"@type":', b"[", b"<title>", b"\x1f\x8b\x08"])).map(b"".join),  # noqa: E501
    )
)  # fmt: skip
@example(b"<a href='http://x.org[")
@example(b"<base href='http://[/'><a href='/a-b-c'>x</a>")
def test_no_bytes_make_a_reader_fail(body):
    for found in (
        read_feed(body, FEED, SITE, "text/xml; charset=klingon"),
        read_sitemap(body, MAP, SITE, datetime(2026, 1, 1, tzinfo=UTC)),
        read_wordpress(body, {}, HOME, SITE),
        read_page_links(body, HOME, SITE),
        read_page_links(body, HOME + "news?page=2", SITE, "section"),
    ):
        for link in found.links:
            assert link.url.startswith(("https://daily.example/", HOME))
            assert (link.title or "").isprintable()
    find_hints(body, {"link": body.decode("latin-1")}, HOME)
    read_wordpress_root(body, HOME)
    find_sitemaps_in_robots(body.decode("latin-1"), HOME)


# --- which links are stories


def link(path: str, source: str, source_url: str = HOME) -> Link:
    return Link(HOME + path, "daily", source, source_url)


def test_feeds_and_news_sitemaps_list_stories_whatever_their_address():
    for source in ("feed", "news_sitemap", "wordpress"):
        assert is_story_link(link("harbour", source), SITE)
        assert not is_story_link(link("", source), SITE)
        assert not is_story_link(link("report.pdf", source), SITE)


def test_pages_are_judged_by_the_shape_of_the_address_and_doubt_is_for_the_page():
    assert is_story_link(link("2026/11/03/harbour", "front_page"), SITE)
    assert is_story_link(link("harbour-reopens", "front_page"), SITE)
    assert is_story_link(replace(link("harbour", "front_page"), title="Harbour reopens after the storm"), SITE)
    assert not is_story_link(replace(link("dining", "front_page"), title="Dining"), SITE)
    assert not is_story_link(link("deportes", "front_page"), SITE)
    assert not is_story_link(link("calendar/2031/05/", "section"), SITE)
    assert not is_story_link(link("about-the-house", "sitemap", HOME + "page-sitemap.xml"), SITE)


def test_the_sites_own_rules_come_first():
    site = Site("daily", HOME, article_url=r"/x/\d+$", skip_url=r"/sponsored/")
    assert is_story_link(link("x/1", "front_page"), site)
    assert not is_story_link(link("2026/11/03/harbour", "feed"), site)
    assert not is_story_link(link("sponsored/x/1", "feed"), site)


@comes_to_an_end()
def test_a_feed_with_ever_more_namespaces_does_not_hold_up_the_crawl():
    good = "<item><title>The mill burns</title><link>https://daily.example/news/mill-burns-again</link></item>"
    many = (f"<n{number}:a xmlns:n{number}='urn:{number}'/>" for number in range(49_000))
    found = read_feed(rss(good, *many, good.replace("burns", "stands")), FEED, SITE)
    assert [link.url for link in found.links] == ["https://daily.example/news/mill-burns-again"]
    assert "1 entry could be read" in (found.problem or "")


@comes_to_an_end()
def test_tags_with_ever_more_attributes_or_depth_do_not_hold_up_the_crawl():
    attributes = b" ".join(b'a%d="1"' % number for number in range(100_000))
    page = read_page_links(b"<p " + attributes + b"><a href=/2026/11/03/a-story-of-the-mill/>A story of the mill</a>", HOME, SITE)
    feed = read_feed(b"<rss version='2.0'><channel><item " + attributes + b"><link>/2026/11/03/x</link></item></channel></rss>", HOME, SITE)
    read_feed(b"<rss version='2.0'><channel><item>" + b"<b>" * 300_000, HOME, SITE)
    kind = b'<script type="application/ld+json">{"@type": "News' + b"a" * 900_000 + b'", "url": "/2026/11/03/y-of-the-mill/"}</script>'
    read_page_links(kind, HOME, SITE)
    assert (len(page.links), len(feed.links)) == (1, 1)


@pytest.mark.parametrize("fact", ["article_url", "skip_url"])
@comes_to_an_end()
def test_a_pattern_that_would_never_come_to_an_end_is_named_with_its_site(fact: str):
    site = replace(SITE, **{fact: r"/(a|aa)+$"})
    link = Link(HOME + "a" * 80 + "-bridge-1207", site.name, "feed", FEED)
    with pytest.raises(SlowPattern, match=rf"{fact} of \[daily\] in sites.toml takes too long"):
        is_story_link(link, site)
    with pytest.raises(SlowPattern):
        read_page_links(f"<a href='{link.url}'>Bridge</a>".encode(), HOME, replace(site, article_url=r"/(a|aa)+$"), "front_page")


@pytest.mark.parametrize("fault", ["Caf&eacute; &nbsp; reopens", "Bell\x0b tolls", "Fish & chips"])
def test_a_feed_that_is_no_good_xml_but_was_read_to_its_end_is_no_broken_one(fault: str):
    item = f"<item><title>{fault}</title><link>{HOME}2026/11/03/the-quay-is-mended</link></item>"
    found = read_feed(b" \n" + rss(item, item.replace("mended", "swept")), FEED, SITE)
    assert (len(found.links), found.problem) == (2, None)
    torn = read_feed(rss(item, "<item><title>&nbsp;The rest"), FEED, SITE)
    assert "the feed is broken" in (torn.problem or "")


def test_an_entry_that_is_offered_as_json_first_leads_to_its_page():
    entry = (
        f"<entry><id>tag:x,1</id><link type='application/json' href='/api/7'/><link type='text/html' href='{HOME}a-quay-mended'/></entry>"
    )
    assert addresses(read_feed(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>".encode(), FEED, SITE)) == [
        HOME + "a-quay-mended"
    ]


@pytest.mark.parametrize(("line_end", "coding"), [("\r", "utf-8"), ("\r\n", "utf-8-sig"), ("\n", "utf-16")])
def test_a_list_of_addresses_is_read_whatever_machine_wrote_it(line_end: str, coding: str):
    wanted = [HOME + "2026/11/03/the-quay-is-mended", HOME + "2026/11/03/the-quay-is-swept"]
    assert addresses(read_sitemap(line_end.join(wanted).encode(coding), MAP, SITE)) == wanted


@pytest.mark.parametrize(
    ("head", "header", "target"),
    [
        ("<meta http-equiv='refresh' content='0; url=/2026/11/03/a-quay-mended'>", "", "2026/11/03/a-quay-mended"),
        ('<base href="/news/"><META HTTP-EQUIV=Refresh CONTENT="1;URL=&#39;a-quay-mended&#39;">', "", "news/a-quay-mended"),
        ("", "0;/a-quay-mended", "a-quay-mended"),
        ("<meta http-equiv='refresh' content='300; url=/a-quay-mended'>", "", None),  # readers see the page first
        ("<meta http-equiv='refresh' content='0'>", "600", None),
        ("<noscript><meta http-equiv='refresh' content='0; url=/no-scripts'></noscript>", "", None),
        ("<meta http-equiv='refresh' content='0; url=/old?token=4711'>", "", None),
        ("<meta http-equiv='refresh' content='0; url=javascript:alert(1)'>", "", None),
    ],
)
def test_a_page_that_sends_its_readers_on_at_once_is_a_redirect(head: str, header: str, target: str | None):
    assert find_refresh(f"<html><head>{head}<title>Moved</title></head>".encode(), header, HOME + "old") == (target and HOME + target)


def test_a_list_that_links_each_story_twice_once_with_its_comments_open_lists_it_once():
    stories = [f"{HOME}artykul.php?id={number}" for number in (4258, 4261, 4263)]
    page = "".join(
        f"<h3><a href='{url}'>Most na rzece {url[-4:]}</a></h3><a href='{url}&amp;kom=1#kom'>komentarze (4)</a>" for url in stories
    )
    found = read_page_links(page.encode(), HOME, SITE)
    assert [(link.url, link.title) for link in found.links] == [(url, f"Most na rzece {url[-4:]}") for url in stories]
    last = page.split("<h3>")[1]  # the last page of the list has one story
    assert [link.url for link in read_page_links(f"<h3>{last}".encode(), HOME, SITE).links] == stories[:1]
    english = page.replace("&amp;kom=1#kom", "&amp;lang=en").replace("komentarze (4)", "The bridge over the river")
    assert {link.url for link in read_page_links(english.encode(), HOME, SITE).links} >= set(stories)
    sections = "".join(f"<a href='{HOME}news.php?cat=3&amp;id={n}'>Story of the bridge {n}</a>" for n in (71, 72, 73, 74))
    listed = read_page_links(f"<a href='{HOME}news.php?cat=3'>Town</a>{sections}".encode(), HOME, SITE).links
    assert {f"{HOME}news.php?cat=3&id={n}" for n in (71, 72, 73, 74)} <= {link.url for link in listed}
