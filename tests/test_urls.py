"""Addresses: one spelling, one story, one site, and what is refused."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from archiver.errors import RefusedAddress
from archiver.urls import (
    article_key,
    check_fetchable,
    date_in_url,
    grown_from,
    identity,
    is_file,
    is_home,
    is_home_or_section,
    is_one_story,
    is_public_address,
    looks_like_story,
    normalise,
    registrable_domain,
    same_site,
)

OUTLET = "https://www.daily.example"


def _words(text: str) -> list[str]:
    return text.split()


HOSTS = st.sampled_from(
    ["x.org", "m.x.org", "amp.www.x.co.uk", "127.0.0.1:8000", "[::1]", "WWW.X.org:443", "x.cdn.ampproject.org", "www.google.com"]
)
ODD_TEXT = st.one_of(st.text(max_size=60), st.text(alphabet="/?&=%.:;#@~+-_ab1E2F\\éم'\"<>[]{}|^`!$*(),ap", max_size=60))
PARTS = [
    "/amp",
    "/",
    "/index.html",
    "/page/1",
    "/a",
    "/2026/11/03",
    "/c/s/x.org",
    "/print",
    "?amp=1",
    "&m=1",
    "?p=1",
    "/..",
    "/.",
    "//",
    ".amp.html",
]
ADDRESSES = st.one_of(
    st.builds(
        lambda scheme, host, rest: scheme + host + rest,
        st.sampled_from(["http://", "https://"]),
        HOSTS,
        st.one_of(ODD_TEXT, ODD_TEXT.map("/".__add__), st.lists(st.sampled_from(PARTS)).map("".join)),
    ),
    st.text(max_size=80),
)


@settings(max_examples=400, deadline=None)
@given(ADDRESSES)
@example("http://x.org[")
@example("http://x.org/\ud800")
@example("http://x.org?'")
def test_writing_an_address_twice_changes_nothing_and_scrapy_asks_for_exactly_it(url):
    written = normalise(url)
    if written is not None:
        assert normalise(written) == written
        assert safe_url_string(written) == written


@settings(max_examples=400, deadline=None)
@given(ADDRESSES)
def test_the_identity_of_an_identity_is_itself(url):
    assert identity(identity(url)) == identity(url)


@settings(max_examples=200, deadline=None)
@given(ADDRESSES)
def test_no_address_makes_a_question_fail(url):
    for question in (looks_like_story, is_home_or_section, is_home, is_file, date_in_url, registrable_domain, article_key):
        question(url)
    same_site(url, OUTLET)
    try:
        check_fetchable(url, allow_loopback=True)
    except RefusedAddress as refusal:
        assert str(refusal).isprintable() or "\n" in str(refusal)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://example.org/b/c?b=2&a=1", "HTTP://Example.ORG:80/a/../b/./c?utm_source=x&b=2&a=1#f"),
        ("https://example.org/", "https://example.org"),
        ("https://example.org/", "https://example.org./?"),
        ("http://xn--mnchen-3ya.de/%C3%9F", "http://münchen.de/ß"),
        ("http://x.org/~ana/a%20b", "http://x.org/%7eana/a b"),
        ("http://x.org/a%2Fb", "http://x.org/a%2fb"),
        ("http://x.org/a%25zz", "http://x.org/a%zz"),
        ("http://x.org/Path/Case", "http://x.org/Path/Case"),
        ("http://x.org/a", " \n http://x.org/\ta "),
        ("http://x.org/a", "http:\\\\x.org\\a"),
        ("http://x.org/a?x=1", "http://x.org/a;jsessionid=AB12?x=1&PHPSESSID=77"),
        ("http://x.org/news/a.aspx", "http://x.org/news/(X(1)S(lit3py55t21z5v55vlm25s55))/a.aspx"),
        ("http://x.org/", "http://x.org/(S(lit3py55t21z5v55vlm25s55))"),
        ("http://x.org/(S(mall))/a", "http://x.org/(S(mall))/a"),
        ("http://x.org/a?sid=1207", "http://x.org/a?sid=1207&fbclid=abc&gclid=1&amp;utm_medium=2&ref=home"),
        ("http://x.org/story", "http://x.org/story?replytocom=81#respond"),
        ("http://x.org/a?b=%27", "http://x.org/a?b='"),
        ("http://x.org/a?id=7", "http://x.org/a?id=7;jsessionid=AB12?utm_source=x&utm_medium=y"),
        ("http://127.0.0.1/x", "http://2130706433/x"),
        ("http://[::1]:8080/", "http://[0:0::1]:8080"),
    ],
)
def test_an_address_has_one_spelling(written, url):
    assert normalise(url) == written


@pytest.mark.parametrize(
    "url",
    _words("""
javascript:alert(1) data:text/html,x mailto:a@b.org tel:123 file:///etc/passwd ftp://x.org/ //x.org/a /a #top http:///x
http://x.org:99999/ http://x.org:0/ http://a:b@x.org/ http://a@x.org/ http://exa%20mple.org/ http://[::1 http://[fe80::1%25eth0]/
http://999.1.1.1/ http://-x-.org/
"""),
)
def test_what_is_no_web_address_is_none(url):
    assert normalise(url) is None


def test_control_characters_lone_surrogates_and_endless_addresses_are_none():
    assert normalise("http://x.org/\x00a") is None
    assert normalise("http://x.org/\ud800") is None
    assert normalise("http://x.org/" + "a" * 2_000) is None
    assert normalise("http://x.org/" + "a" * 5_000_000) is None


def test_relative_addresses_are_resolved_by_their_page():
    assert normalise("../b?x=1", "https://x.org/a/c/d") == "https://x.org/a/b?x=1"
    assert normalise("//cdn.x.org/a", "https://x.org/") == "https://cdn.x.org/a"
    assert normalise("javascript:void(0)", "https://x.org/") is None


@pytest.mark.parametrize(
    "variant",
    [
        "https://daily.example/2026/11/03/harbour/",
        "https://daily.example/2026/11/03/harbour/amp/",
        "https://daily.example/2026/11/03/harbour?amp=1",
        "https://daily.example/2026/11/03/harbour/?outputType=amp&utm_source=x",
        "https://amp.daily.example/2026/11/03/harbour",
        "https://m.daily.example/2026/11/03/harbour/",
        "https://daily.example/amp/2026/11/03/harbour",
        "https://daily-example.cdn.ampproject.org/c/s/daily.example/2026/11/03/harbour",
        "https://www.google.com/amp/s/daily.example/2026/11/03/harbour/",
        "https://daily.example/2026/11/03/harbour/page/1/",
        "https://daily.example/2026/11/03/harbour/comment-page-3/#comments",
        "https://daily.example/2026/11/03/harbour/index.html",
        "https://daily.example/2026/11/03/harbour/print/",
    ],
)
def test_variants_of_an_address_are_one_story(variant):
    assert identity(variant) == "https://daily.example/2026/11/03/harbour"


@pytest.mark.parametrize(
    "way", ["catid=7:news&Itemid=101", "Itemid=105", "catid=9&Itemid=&tmpl=component&print=1&layout=default", "utm_source=feed"]
)
def test_a_story_of_a_joomla_without_rewriting_is_one_whatever_menu_leads_to_it(way):
    story = "https://daily.example/index.php?option=com_content&view=article&id"
    assert identity(f"{story}=45:harbour-reopens&{way}") == identity(f"{story}=45") != identity(f"{story}=46:harbour-reopens&{way}")


@pytest.mark.parametrize("view", ["drukuj=1", "drukuj=tak", "print", "tisk=1", "yazdir=1", "print_version=yes"])
def test_the_page_for_the_printer_is_the_storys(view):
    story = "https://daily.example/artykul.php?id=12"
    assert identity(f"{story}&{view}") == story
    assert identity(f"{story}&druk=7") == "https://daily.example/artykul.php?druk=7&id=12"


@pytest.mark.parametrize("host", ["google.stranger.example", "www.google.com.stranger.example", "google.stranger"])
def test_nobodys_host_can_pass_as_the_amp_cache_and_take_another_sites_story(host):
    assert "://daily.example" not in identity(f"https://{host}/amp/s/daily.example/2026/11/03/harbour")


def test_different_stories_stay_apart():
    addresses = [
        "https://daily.example/harbour",
        "https://daily.example/Harbour",
        "https://daily.example/harbour/2",
        "https://daily.example/?p=12",
        "https://daily.example/?p=13",
        "https://daily.example/index.php?id=3",
        "https://daily.example/ampere",
        "https://m.example/harbour",
    ]
    assert len({article_key(identity(url)) for url in addresses}) == len(addresses)
    assert identity("https://daily.example/?p=12") == "https://daily.example/?p=12"


def test_a_story_keeps_its_key_over_http_https_and_www():
    keys = {article_key(f"{start}daily.example/harbour") for start in ("http://", "https://", "https://www.")}
    assert len(keys) == 1
    (key,) = keys
    assert len(key) == 12
    assert key.isalnum()
    assert key == key.lower()


def test_sites_are_told_apart_by_registrable_domain_and_servers_on_this_machine_by_port():
    assert same_site("https://news.daily.co.uk/a", "http://daily.co.uk:8080/")
    assert not same_site("https://a.blogspot.com/", "https://b.blogspot.com/")
    assert not same_site("https://daily.example/", "https://daily.example.evil.org/")
    assert same_site("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b")
    assert not same_site("http://127.0.0.1:8000/", "http://127.0.0.1:8001/")
    assert not same_site("mailto:a@daily.example", "https://daily.example/")
    assert registrable_domain("https://www.lodivalleynews.com/x") == "lodivalleynews.com"
    assert registrable_domain("localhost:8000") == "localhost:8000"


STORIES = _words("""
/2026/11/03/harbour/ /2026/11/03/harbour-reopens.html /2026/11/3/x /2026/nov/03/harbour /news/12345 /news/local/12345678.html
/article/abc-123.html /?p=123 /archives/456 /story.php?id=45&cat=3 /noticia.asp?cod=81233 /harbour-reopens-after-long-storm/
/deportes/el-equipo-gana-la-final/ /slug-with-words/ /world-us-canada-65123456 /news/articles/c4gx2y9lmo
/politik/hafen-wieder-offen-a-1234567.html /20261103/harbour /n1/2026/1103/c1001-400512.html
/%D9%85%D8%AF%D9%8A%D9%86%D8%A9-%D8%AC%D8%AF%D9%8A%D8%AF%D8%A9-%D9%83 /новости/порт-снова-открыт-после-бури
/en/harbour-reopens-after-storm /category/local/harbour-reopens-after-the-long-storm/ /noticias/nota-corta
/harbour_reopens_after_storm.html /node/4711 /sport/20261103-final /2026/11/03/12345/
/index.php?option=com_content&view=article&id=121:harbour-reopens&catid=7
/2026/LOCAL/11/03/harbour.reopens/index.html /local/article.aspx?cp-documentid=31244150 /s?id=1644091880512345678
/site/storypath.aspx?articleid=20261103_12_A4_Harbou3441 /spip.php?article8532 /?article8532 /spip.php?breve12&lang=fr
""")

NO_STORIES = _words("""
/ /en/ /index.html /news /news/page/2 /category/local /category/local/page/9/ /tag/port-of-lodi-and-the-storm /author/jane-doe
/2026/ /2026/11/ /2026/11/03/ /?s=harbour /search?q=harbour /feed/ /wp-json/wp/v2/posts /wp-admin/ /wp-login.php /a.pdf
/uploads/2026/11/photo.jpg /contact-us /privacy-policy /aviso-legal /impressum /calendar/2031/05/ /events?month=2031-05
/list?sort=date&filter=x /news?page=7 /sport/football /etiqueta/puerto /2026/11/03/harbour/feed/ /login?next=/ /sitemap.xml
/?cat=4 /eventos/2026-12-01 /seccion/politica /suche?query=x /cdn-cgi/l/email-protection /?feed=rss2
/index.php?option=com_content&view=category&layout=blog&id=7:sport /?rubrique12 /?mot7 /?article8532&view=tag
/index.php?option=com_content&view=featured&Itemid=101 /comment/reply/node/105/comment /taxonomy/term/12
/index.php/agenda/dayview/2026/11/1/- /index.php/agenda/monthcalendar/2026/12/-
""")


def test_with_and_without_www_and_tls_an_address_is_one_storys():
    assert is_one_story("https://www.daily.example/2026/11/03/harbour/", "http://daily.example/2026/11/03/harbour")
    assert not is_one_story("https://daily.example/2026/11/03/harbour", "https://daily.example/2026/11/04/harbour")


UNCERTAIN = _words("""
/harbour-reopens /arts-and-culture /letters-to-the-editor /video/abc /harbour
""")


@pytest.mark.parametrize("path", STORIES)
def test_addresses_of_stories_look_like_stories(path):
    assert looks_like_story(OUTLET + path) is True
    assert not is_home_or_section(OUTLET + path)


@pytest.mark.parametrize("path", NO_STORIES)
def test_addresses_of_lists_forms_and_files_do_not(path):
    assert looks_like_story(OUTLET + path) is False


@pytest.mark.parametrize("path", UNCERTAIN)
def test_where_the_shape_does_not_tell_the_page_must(path):
    assert looks_like_story(OUTLET + path) is None


@pytest.mark.parametrize(
    "path",
    _words("""
/ /en /en/ /news /world-news /category/x /tag/x /author/x /news/page/3 /2026/11/ /sport/football /index.html /?page=2
"""),
)
def test_front_pages_sections_and_their_further_pages_are_known(path):
    assert is_home_or_section(OUTLET + path)


@pytest.mark.parametrize(
    ("day", "path"),
    [
        (date(2026, 11, 3), "/2026/11/03/harbour/"),
        (date(2026, 11, 3), "/2026/11/3/harbour"),
        (date(2026, 11, 3), "/news/2026-11-03-harbour"),
        (date(2026, 11, 3), "/harbour-20261103"),
        (date(2026, 11, 3), "/2026/nov/03/harbour"),
        (date(2026, 11, 3), "/n1/2026/1103/c1.html"),
        (date(2026, 11, 3), "/03-11-2026/harbour"),
        (date(2026, 11, 3), "/2026/local/11/03/harbour/index.html"),
        (date(2026, 11, 3), "/2026/middle_east/11/3/harbour/index.html"),
        (None, "/2026/local/11/harbour/index.html"),
        (None, "/2026/11/harbour"),
        (None, "/2026/02/31/harbour"),
        (None, "/news/120261103"),
        (None, "/harbour?date=2026-11-03"),
    ],
)
def test_the_day_is_read_off_the_path(day, path):
    assert date_in_url(OUTLET + path) == day


@pytest.mark.parametrize(
    "url",
    _words("""
http://127.0.0.1/ http://127.1/ http://0177.0.0.1/ http://0x7f000001/ http://2130706433/ http://localhost/ http://a.localhost/
http://[::1]/ http://[::ffff:127.0.0.1]/ http://0.0.0.0/ http://10.1.2.3/ http://192.168.0.1/ http://172.16.0.1/
http://169.254.169.254/latest/ http://100.64.0.1/ http://[fe80::1]/ http://[fd00::1]/ http://[::ffff:10.0.0.1]/
http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://224.0.0.1/ http://intranet/ http://printer.local/ https://x.org:22/
https://x.org:6379/ ftp://x.org/ file:///etc/passwd https://a:b@x.org/ gopher://x.org/ http:///
"""),
)
def test_what_is_not_public_is_refused_in_every_spelling(url):
    with pytest.raises(RefusedAddress, match="not fetched"):
        check_fetchable(url, allow_loopback=False)


def test_public_addresses_are_fetched_and_this_machine_only_when_allowed():
    check_fetchable("https://www.example.org/a?b", allow_loopback=False)
    check_fetchable("http://8.8.8.8:8080/", allow_loopback=False)
    check_fetchable("http://127.0.0.1:49152/", allow_loopback=True)
    check_fetchable("http://localhost:49152/", allow_loopback=True)
    with pytest.raises(RefusedAddress):
        check_fetchable("http://10.0.0.1/", allow_loopback=True)


@pytest.mark.parametrize(
    ("ip", "public"), [("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True), ("::ffff:8.8.8.8", True)]
)
def test_addresses_of_the_open_internet_are_public(ip, public):
    assert is_public_address(ip) is public


@pytest.mark.parametrize(
    "ip",
    _words("""
127.0.0.1 ::1 0.0.0.0 :: 10.0.0.1 fe80::1%eth0 fec0::1 2001:db8::1 255.255.255.255 192.0.2.1 198.18.0.1 nonsense 1
"""),
)
def test_others_are_not(ip):
    assert not is_public_address(ip)


def test_a_refusal_shows_no_control_characters():
    with pytest.raises(RefusedAddress) as refusal:
        check_fetchable("http://x.org/\x1b[31m", allow_loopback=False)
    assert "\x1b" not in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "shorter"),
    [
        ("a/a/a/story", ["a/a/story", "a/story"]),
        ("town/news/town/news/story/", ["town/news/story/"]),
        ("a/a/story?id=1", ["a/story?id=1"]),
        ("2026/02/02/story", []),  # a day of a month
        ("bora/bora", []),  # the story's own name
        ("a/b/a/story", []),
    ],
)
def test_an_address_that_grew_tells_out_of_which_ones(path: str, shorter: list[str]):
    assert grown_from(f"https://daily.example/{path}") == [f"https://daily.example/{each}" for each in shorter]
