"""Authors and bylines. All names and sites are invented."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from archiver.extract import read_article
from archiver.extract.authors import Authors, read_authors
from archiver.extract.names import printed_names
from archiver.extract.page import parse_page
from archiver.records import Capture
from tests.patience import comes_to_an_end

TEXT = "<p>Traders at the wheat market said on Monday that prices had risen by a tenth since the harbour was closed in spring.</p>" * 3


def read(body: str = "", head: str = "", data: object = None, url: str = "https://paper.example/wheat", end: str = "") -> Authors:
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>' if data is not None else ""
    html = f"<html><head>{head}{script}</head><body><article><h1>Wheat is dear</h1>{body}{TEXT}{end}</article></body></html>".encode()
    page = parse_page(Capture(url, datetime(2025, 11, 20, tzinfo=UTC), 200, (), html), html, None)
    assert page is not None
    return read_authors(page)


def story(author: object, **more: object) -> dict[str, object]:
    return {
        "@type": "NewsArticle",
        "headline": "Wheat is dear",
        "author": author,
        "publisher": {"@type": "Organization", "name": "Daily Paper"},
    } | more


def names(authors: Authors) -> list[str]:
    return [author.name for author in authors.authors]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ({"@type": "Person", "name": "By Jane Doe"}, ["Jane Doe"]),
        ([{"@type": "Person", "name": "Jane Doe"}, {"@type": "Person", "name": "Max Ort"}], ["Jane Doe", "Max Ort"]),
        ({"@type": "Person", "givenName": "Jane", "familyName": "Doe"}, ["Jane Doe"]),
        ({"@type": "Person", "name": ["Jane Doe", "Max Ort"]}, ["Jane Doe", "Max Ort"]),
        ("Jane Doe and Max Ort", ["Jane Doe", "Max Ort"]),
        ("Jane Doe und Max Ort, dpa", ["Jane Doe", "Max Ort", "dpa"]),
        ("Jane Doe og Max Ort ", ["Jane Doe", "Max Ort"]),
        ("Marie Curel et Paul Dupin", ["Marie Curel", "Paul Dupin"]),
        ("Jane Doe, Max Ort & Ina Lang", ["Jane Doe", "Max Ort", "Ina Lang"]),
        ("Doe, Jane; Ort, Max", ["Jane Doe", "Max Ort"]),
        ("Jane Doe (jdo)", ["Jane Doe"]),
        ("Jane Doe jane.doe@paper.example", ["Jane Doe"]),
        ("Jane Doe, Berlin", ["Jane Doe"]),
        ("Jane Doe, Daily Paper", ["Jane Doe"]),
        ("Jane Doe Daily Paper", ["Jane Doe"]),
        ("JANE DOE", ["JANE DOE"]),
        ("Jane Doe Jr.", ["Jane Doe Jr."]),
        ("Jane von der Au", ["Jane von der Au"]),
        ("김민수 기자", ["김민수"]),
        ("김민수,이영희", ["김민수", "이영희"]),
        ("Jane Doe, Reuters", ["Jane Doe", "Reuters"]),
    ],
)
def test_declared_names_are_taken_apart_and_kept_as_printed(declared, expected):
    assert names(read(data=story(declared))) == expected


@pytest.mark.parametrize(
    "nobody", ["admin", "https://social.example/paper", "@paper", "105092", "", {"@type": "Person"}, None, [[]], 7, {"name": {"x": 1}}]
)
def test_accounts_addresses_and_numbers_are_nobody(nobody):
    assert names(read(data=story(nobody))) == []


def test_a_reference_into_the_graph_is_followed_with_role_and_profile():
    person = {"@type": "Person", "@id": "#jane", "name": "Jane Doe", "jobTitle": "Harbour reporter", "url": "/people/jane-doe"}
    (author,) = read(data={"@graph": [story({"@id": "#jane"}), person]}).authors
    assert (author.name, author.role, author.url, author.kind) == (
        "Jane Doe",
        "Harbour reporter",
        "https://paper.example/people/jane-doe",
        "person",
    )


def test_a_title_behind_the_name_is_a_role():
    (author,) = read(data=story("Jane Doe, Harbour Senior Tides Analyst")).authors
    assert (author.name, author.role) == ("Jane Doe", "Harbour Senior Tides Analyst")
    (author,) = read(data=story("Jane Doe, AP National Political Writer")).authors
    assert (author.name, author.role) == ("Jane Doe", "AP National Political Writer")


def test_an_agency_and_a_desk_are_organisations_and_stay_authors():
    assert [(author.name, author.kind) for author in read(data=story("Associated Press")).authors] == [("Associated Press", "organisation")]
    assert [author.kind for author in read(data=story("Redaktion")).authors] == ["organisation"]


def test_the_sites_own_name_stands_only_where_nobody_else_is_named():
    assert names(read(data=story({"@type": "Organization", "name": "Daily Paper"}))) == ["Daily Paper"]
    assert names(read(data=story("Daily Paper"), head='<meta name=author content="Jane Doe">')) == ["Jane Doe"]
    assert names(read(data=story([{"name": "Daily Paper"}, {"name": "Jane Doe"}]))) == ["Jane Doe"]


def test_meta_tags_are_heard_where_jsonld_is_silent():
    head = '<meta property="article:author" content="https://social.example/paper"><meta name="byl" content="By Jane Doe">'
    assert names(read(head=head)) == ["Jane Doe"]


@pytest.mark.parametrize(
    "body",
    [
        '<p><a rel="author" href="/people/jane">Jane Doe</a></p>',
        '<div itemprop="author" itemscope><span itemprop="name">Jane Doe</span></div>',
        '<div class="byline">By Jane Doe</div>',
        '<div class="author-name"><a href="/people/jane">Jane Doe</a></div>',
        "<p>By Jane Doe | 3 November 2025</p>",
        "<p>Von Jane Doe</p>",
        "<p>By Jane Doe, in News, Trade · 3 Nov 2025</p>",
        "<div>Jane Doe | 03.11.2025</div>",
    ],
)
def test_a_byline_near_the_headline_names_the_author(body):
    assert names(read(body)) == ["Jane Doe"]


def test_the_person_whom_a_story_is_about_did_not_write_it():
    link = '<p><a href="/person/mara-holt/">Mara Holt</a></p>'
    assert names(read(link, head="<title>Mara Holt buys the mill</title>")) == []
    assert names(read(link, head="<title>Wheat is dear</title>")) == ["Mara Holt"]


def test_a_signature_behind_dashes_names_the_writer_where_the_metadata_name_a_desk():
    head = '<meta name="author" content="National Desk">'
    assert names(read(head=head, end="<p>-- By Jane Doe Follow @janedoe</p>")) == ["Jane Doe"]


def test_a_link_to_more_of_an_author_and_a_wire_service_are_no_persons():
    byline = '<h4 class="author-info"><a href="/author/jane">Jane Doe</a><a href="/author/jane/all">View More Articles</a></h4>'
    assert names(read(byline)) == ["Jane Doe"]
    assert [(author.name, author.kind) for author in read("<p>By: Valley Wire</p>").authors] == [("Valley Wire", "organisation")]


def test_the_account_that_posts_everything_is_no_author():
    assert names(read("<p>Por User Admin</p>", data=story({"@type": "Person", "name": "User Admin"}))) == []


def test_a_link_to_a_newsrooms_rules_names_no_author():
    line = '<div><a href="/about/journalistic-standards-and-practices">Paper\'s Journalistic Standards</a></div>'
    assert names(read(line, data=story({"@type": "Organization", "name": "Daily Paper"}))) == ["Daily Paper"]


def test_who_took_the_picture_above_the_text_is_no_author_beside_a_byline():
    printed = '<p class="credit">By Ina Lang | Map by Harbour Maps</p><p class="byline">By Jane Doe and Max Ort Dec. 10, 2018</p>'
    assert names(read(printed)) == ["Jane Doe", "Max Ort"]


def test_a_day_without_its_year_is_no_part_of_a_name():
    assert names(read("<p>By Jane Doe March 18 at 3:57 PM Follow @janedoe</p>")) == ["Jane Doe"]


@pytest.mark.parametrize(
    ("declared", "expected"), [("Kern, J. P.", ["J. P. Kern"]), ("Tor & i", ["Tor & i"]), ("Ana Lind & Jo Elm", ["Ana Lind", "Jo Elm"])]
)
def test_names_in_metadata_are_turned_round_or_left_whole(declared: str, expected: list[str]):
    assert names(read(head=f'<meta name="dc.creator" content="{declared}">')) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<p>By train to the coast</p>",
        "<p>Von der Leitung gab es keine Antwort.</p>",
        '<div class="byline">3 November 2025</div>',
        "<p>Follow us | 3 Nov</p>",
        "<p>Text Size</p>",
    ],
)
def test_a_line_that_only_opens_like_a_byline_names_nobody(body):
    assert [author for author in read(body).authors if author.kind == "person" and author.name != "Follow us"] == []


def test_printed_names_complete_a_list_that_metadata_cut_off():
    body = '<p class="authors">by <a href="/p/1">Jane Doe</a>, <a href="/p/2">Max Ort</a>, <a href="/p/3">Ina Lang</a></p>'
    assert names(read(body, data=story("Jane Doe"))) == ["Jane Doe", "Max Ort", "Ina Lang"]


def test_authors_of_related_stories_are_not_the_storys():
    body = '<div class="related"><a rel="author" href="/p/9">Tom Else</a></div>'
    assert names(read(body, data=story("Jane Doe"))) == ["Jane Doe"]
    assert names(read(body)) == []


def test_the_byline_is_kept_as_printed():
    assert read('<p class="byline">By Jane Doe in Lagos</p>', data=story("Jane Doe")).byline == "By Jane Doe in Lagos"


def test_a_lone_name_in_capitals_opens_the_text_of_papers_without_byline_field():
    assert names(read("<p>JANE DOE</p>", data=story({"name": "Desk D", "url": "https://paper.example/author/admin/"}))) == ["JANE DOE"]


def test_the_source_that_lost_is_kept_in_evidence():
    evidence = read(data=story("Jane Doe"), head='<meta name=author content="Max Ort">').evidence
    assert [(item.method, item.chosen) for item in evidence if item.field == "authors"] == [("jsonld", True), ("meta", False)]


@pytest.mark.parametrize("text", ["by " * 3_000, "a, " * 5_000, "(" * 5_000, " " * 9_000 + "x", "Von " * 2_000, "\ud800x", "A" * 100_000])
@comes_to_an_end()
def test_hostile_names_end_in_time(text):
    read(f'<p class="byline">{text}</p>'.replace("\ud800", ""), data=story(text.replace("\ud800", "")))


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("March 4, 2026 at 5:45 p.m. By Ines Falk", "By Ines Falk"),
        ("3. März 2026 Von Ines Falk", "Von Ines Falk"),
        ("By Ines Falk", "By Ines Falk"),
        ("March 4, 2026 At 5:45 p.m. By Staff report", "By Staff report"),
    ],
)
def test_a_date_before_the_byline_is_no_part_of_it(line: str, printed: str):
    assert read(f'<div class="entry-meta">{line}</div>').byline == printed


def test_a_sentence_with_a_number_is_no_byline():
    assert read('<div class="entry-meta">In 2005 af van de school</div>').byline is None


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ('<div class="byline"><a class="n" href="/author/kim">Kim Ashe</a><span class="role">Senior Reporter</span></div>', ["Kim Ashe"]),
        ('<div class="post-meta"><span><a href="/author/kim" class="author-name">Kim Ashe</a></span></div>', ["Kim Ashe"]),
        ('<div><span class="time">4 марта 2026, 12:30</span><span class="by">Текст: Игорь Петров</span></div>', ["Игорь Петров"]),
        ("<div>Par <span>Claire Vidal (avec AFP)</span> Publié le 4 mars 2026 à 18h12</div>", ["Claire Vidal"]),
        ('<p class="writer">山本健太　佐藤美咲</p>', ["山本健太", "佐藤美咲"]),
        ('<div class="byline">Written by: Ravi Sen, Edited by: Mira Das</div>', ["Ravi Sen"]),
        ('<div class="autoria">Por <strong>Carla Nunes</strong>, da Redação</div>', ["Carla Nunes"]),
        ('<div class="meta"><span class="by">by Ana Brook and Lee Park</span><time>March 4, 2026</time></div>', ["Ana Brook", "Lee Park"]),
        (
            "<div><span>Aktualizacja: 4 marca 2026, 10:40</span><span class='a'>Autor: Jan Kowal, Ewa Lis</span></div>",
            ["Jan Kowal", "Ewa Lis"],
        ),
        ("<ul><li>기자명 박지훈 기자</li></ul>", ["박지훈"]),
    ],
    ids=[
        "role beside it",
        "link to a profile",
        "after the time",
        "agency and date",
        "kanji",
        "editor",
        "newsroom",
        "month",
        "two dates",
        "korean label",
    ],
)
def test_printed_bylines_of_many_layouts_give_the_names_alone(byline: str, expected: list[str]) -> None:
    assert names(read(byline)) == expected


def test_two_authors_who_link_to_their_profiles_are_read_where_the_metadata_have_the_first_only() -> None:
    byline = '<h4 class="author-names"><a href="/author/tess/">Tess Moran</a>, <a href="/author/omar/">Omar Diaz</a></h4>'
    assert names(read(byline, data=story({"@type": "Person", "name": "Tess Moran"}))) == ["Tess Moran", "Omar Diaz"]


SLIDE = "<li class='caption'>A picture of wheat</li>"


@pytest.mark.parametrize(
    ("byline", "expected"),
    [
        ("<div class='byline'><b>Ina Lang</b> <b>Max Ort</b> <b>Jan von der Au</b></div>", ["Ina Lang", "Max Ort", "Jan von der Au"]),
        ("<div>By</div><div>Ina Lang</div>", ["Ina Lang"]),
        ("<div class='author'><div>Kommentar von</div><div>Ina Lang</div></div>", ["Ina Lang"]),
        ("<div class='author'>By Ina Lang, <a href='/author/max'>Max Ort</a> and Eva Roth</div>", ["Ina Lang", "Max Ort", "Eva Roth"]),
        ("<div><span>Ina Lang</span></div><div>20 November 2025, 10:00</div>", ["Ina Lang"]),
        ("<div>Ina Lang and AP</div><div>Updated: 20 November 2025</div>", ["Ina Lang", "AP"]),
        ("<div><span class='a'>Associated Press</span><span class='b'>November 20, 2025</span></div>", ["Associated Press"]),
        ("<p>Ina Lang<br>20.11.2025 | 09:36</p>", ["Ina Lang"]),
        ("<div><a href='/meet-the-team/ina-lang'>Ina Lang</a></div>", ["Ina Lang"]),
        ("<div class='sponsor-placement'><div class='author'><a href='/autor/7'>Ina Lang</a></div></div>", ["Ina Lang"]),
        ("<div class='author'><div>IL</div><div><a href='/author/il'>Ina Lang</a></div></div>", ["Ina Lang"]),
        ("<div class='writer'><span>순천, 광양 <b>구현모</b> 기자 k@paper.example</span></div>", ["구현모"]),
        (f"<ul>{SLIDE * 20}</ul><div class='byline'>By Ina Lang</div>", ["Ina Lang"]),
    ],
    ids=[
        *("in elements", "By alone", "a form alone", "one linked", "above the date", "above a labelled date", "before the date"),
        *("a break", "team", "sponsor", "initials", "korean", "behind a slide show"),
    ],
)  # fmt: skip
def test_a_byline_is_found_where_no_metadata_name_the_author(byline: str, expected: list[str]) -> None:
    assert names(read(byline)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "<p class='image--author'>Foto: Nordpress/Ina Lang</p>",
        "<div>New York</div><div>20 November 2025</div>",
        "<div>Last Updated</div><div>20 November 2025</div>",
        "<div>Updated Thursday, 20 November 2025</div>",
        "<div>Thursday Evening</div><div>20 November 2025</div>",
        "<div>Wheat Market</div><div>20 November 2025</div><nav><a href='/c/wheat'>Wheat Market</a></nav>",
        "<div>Harbour Prices</div><div>20 November 2025</div>",
        "<div>Photo Gallery</div><div>20 November 2025, 10:00</div>",
        "<div><span class='user-name'>Log In</span></div>",
    ],
    ids=["credit", "place", "label", "day", "time of day", "section", "kicker of the text's own words", "label of a gallery", "login"],
)
def test_what_stands_where_a_byline_might_is_not_always_one(line: str) -> None:
    assert names(read(line)) == []


def test_a_kicker_above_a_headline_is_no_author_though_a_date_stands_below_it() -> None:
    html = f"<html><body><p>Grain Disaster</p><h1>Wheat is dear</h1><div>20 November 2025</div>{TEXT}</body></html>".encode()
    page = parse_page(Capture("https://paper.example/wheat", datetime(2025, 11, 20, tzinfo=UTC), 200, (), html), html, None)
    assert page is not None and names(read_authors(page)) == []


def test_a_name_that_the_page_prints_comes_before_the_publishers_in_a_meta_tag() -> None:
    byline = "<div class='byline'>By <a href='/author/ina'>Ina Lang</a></div>"
    assert names(read(byline, "<meta name='author' content='Paper Media GmbH'>")) == ["Ina Lang"]
    both = "<meta name='author' content='Otto Verlag'><meta property='article:author' content='Ina Lang'>"
    assert names(read(byline, both)) == ["Ina Lang"]


def test_of_two_meta_tags_the_one_that_names_both_authors_counts() -> None:
    head = "<meta name='author' content='Ina Lang'>" + "".join(
        f"<meta property='article:author' content='{name} / Reporter'>" for name in ("Ina Lang", "Max Ort")
    )
    assert names(read(head=head)) == ["Ina Lang", "Max Ort"]


@pytest.mark.parametrize("box", ["<div class='ads-wrapper'>", "<div class='comments-on'>", "<div hidden>"])
def test_a_box_around_the_whole_story_hides_no_byline_whatever_its_name(box: str) -> None:
    html = f"<html><head><title>Wheat is dear</title></head><body>{box}<h1>Wheat is dear</h1><p>By Ina Lang</p>{TEXT}</div></body></html>"
    page = parse_page(
        Capture("https://paper.example/wheat", datetime(2025, 11, 20, tzinfo=UTC), 200, (), html.encode()), html.encode(), None
    )
    assert page is not None and names(read_authors(page)) == ["Ina Lang"]


@pytest.mark.parametrize("label", ["发布于", "发布日期："])
def test_the_label_of_a_date_is_nobodys_name(label: str) -> None:
    assert names(read(f'<p class="author">{label} 2025-11-20 07:19</p>')) == []


def test_the_headline_once_more_above_the_date_is_nobodys_name() -> None:
    head = '<title>渡轮停航三天 旅客返乡_苍鹭网</title><meta name="author" content="河湾日报">'
    assert names(read("<div>渡轮停航三天 旅客返乡</div><div>2025年11月20日 09:10</div>", head)) == ["河湾日报"]


def test_an_address_in_brackets_behind_an_author_leaves_nothing_behind() -> None:
    assert names(read(head='<meta name="author" content="Vale Radio (www.radio.example)">')) == ["Vale Radio"]


def test_where_reporters_were_sent_is_no_part_of_their_names() -> None:
    read_off = read('<p class="author">Par ANNE MOREL, LUC PETIT Envoyés spéciaux à Toulouse</p>')
    assert names(read_off) == ["ANNE MOREL", "LUC PETIT"]


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("di Giovanna Rossi e Luca Bianchi", ["Giovanna Rossi", "Luca Bianchi"]),
        ("Door Jan de Vries", ["Jan de Vries"]),
        ("Autor: Jan Kowalski", ["Jan Kowalski"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
        ("Penulis: Siti Rahma, Editor: Budi Santoso", ["Siti Rahma"]),
        ("文・山田太郎", ["山田太郎"]),
        ("山田太郎記者", ["山田太郎"]),
        ("Texto: Juana Pérez. Fotos: Luis Gómez", ["Juana Pérez"]),
        ("Par Jeanne Martin avec AFP", ["Jeanne Martin", "AFP"]),
        ("By Jane Doe in Nairobi and John Roe in London", ["Jane Doe", "John Roe"]),
        ("Di Stefano", ["Di Stefano"]),
        ("von der Heide", ["von der Heide"]),
    ],
)
def test_a_byline_with_its_label_names_the_same_authors_in_metadata(printed: str, expected: list[str]) -> None:
    assert names(read(head=f'<meta name="author" content="{printed}">')) == expected
    assert names(read(data=story({"@type": "Person", "name": printed}))) == expected


@pytest.mark.parametrize(
    ("printed", "name", "role"),
    [
        ("By Jane Doe Staff Writer", "Jane Doe", "Staff Writer"),
        ("Von unserem Korrespondenten Hans Maier, Brüssel", "Hans Maier", "Korrespondenten"),
        ("Van onze verslaggever Jan de Vries", "Jan de Vries", "verslaggever"),
        ("dal nostro inviato Luca Bianchi", "Luca Bianchi", "inviato"),
        ("Jeanne Martin, envoyée spéciale à Kiev", "Jeanne Martin", "envoyée spéciale"),
        ("Joana Lima - Repórter da Agência Vale", "Joana Lima", "Repórter da Agência Vale"),
    ],
)
def test_the_role_beside_a_name_is_its_bearers(printed: str, name: str, role: str) -> None:
    authors = read(f'<div class="byline">{printed}</div>')
    assert [(author.name, author.role) for author in authors.authors] == [(name, role)]
    assert authors.byline == printed


def test_our_correspondent_is_nobodys_name() -> None:
    assert names(read('<div class="byline">By Our Correspondent</div>')) == []


def test_the_place_before_a_name_is_not_its_bearer() -> None:
    assert names(read('<div class="byline">القاهرة - محمد علي</div>')) == ["محمد علي"]
    assert names(read('<div class="byline">كتب - محمد علي</div>')) == ["محمد علي"]


def test_metadata_and_byline_together_tell_name_and_role() -> None:
    authors = read('<div class="meta">By Ina Lang, Staff Writer</div>', data=story({"@type": "Person", "name": "Ina Lang"}))
    assert [(author.name, author.role) for author in authors.authors] == [("Ina Lang", "Staff Writer")]


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("20 de noviembre de 2025 - 13:15 Actualizado a las 19:40 <span>Ina Lang / Enviada especial</span>", "Ina Lang / Enviada especial"),
        ("20.11.2025, 17:30 Uhr Von Ina Lang und Max Ort (dpa)", "Von Ina Lang und Max Ort (dpa)"),
        ("By Ina Lang and Max Ort Published Monday, November 17, 2025 8:22AM", "By Ina Lang and Max Ort"),
        (
            "By Ina Lang, Staff Writer | ina.lang@paper-with-a-long-name.example",
            "By Ina Lang, Staff Writer | ina.lang@paper-with-a-long-name.example",
        ),
    ],
)
def test_the_byline_is_the_printed_line_without_its_dates(line: str, byline: str) -> None:
    people = [{"@type": "Person", "name": name} for name in ("Ina Lang", "Max Ort") if name in line]
    assert read(f'<div class="info">{line}</div>', data=story(people)).byline == byline


def test_the_agency_on_the_line_below_a_name_is_an_author_too() -> None:
    assert names(read('<div class="byline">By JANE DOE<br>Associated Press</div>')) == ["JANE DOE", "Associated Press"]


def test_a_weekday_on_the_line_below_the_byline_is_none_of_it() -> None:
    assert read('<div class="author">by Jane Doe<br>Monday, November 17, 2025</div>').byline == "by Jane Doe"


# --- lines of facts of WordPress themes

AUTHOR, SECTION = '<a href="/author/jane-doe/" rel="author">Jane Doe</a>', '<a href="/category/town/" rel="category tag">Town</a>'
COMMENTS = '<a href="https://paper.example/wheat#respond">Leave a Comment</a>'


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        (f'<span class="cat-links">{SECTION}</span> / By {AUTHOR}', "By Jane Doe"),
        (f"{COMMENTS} / {SECTION} / By {AUTHOR}", "By Jane Doe"),
        (f"<time>November 18, 2025</time> by {AUTHOR} {COMMENTS}", "by Jane Doe"),
        (f'<a href="/2025/11/18/">November 18, 2025</a> {AUTHOR} {SECTION} <a href="#comments">0</a>', "Jane Doe"),
        (f'{AUTHOR} {SECTION} <a href="/tag/wheat/" rel="tag">Wheat</a>, <a href="/tag/bread/" rel="tag">Bread</a>', "Jane Doe"),
        (f"By {AUTHOR} in {SECTION}", "By Jane Doe"),
        ('<a href="/tag/jane-doe/">Jane Doe</a><br>18.11.2025', "Jane Doe"),
    ],
)
def test_links_to_section_topics_and_comments_are_no_part_of_the_byline(line: str, printed: str):
    assert read(f'<div class="entry-meta">{line}</div>', data=story("Jane Doe")).byline == printed


def test_links_to_comments_are_no_part_of_a_name():
    line = '<p class="entry-meta">by <a href="/author/news/">Vale Hospital</a> <a href="/wheat#respond">Leave a Comment</a></p>'
    assert "Comment" not in " ".join(names(read(line)))


@pytest.mark.parametrize("account", ["Online Editor", "Web Editor", "Daily Paper"])
def test_a_byline_in_the_text_counts_before_the_account_that_posts_everything(account: str):
    line = f'<div class="entry-meta">By <a href="/author/web/">{account}</a></div><p>By Jane Doe and Tunde Bakare-Ojo</p>'
    assert names(read(line, data=story({"@type": "Person", "name": account}))) == ["Jane Doe", "Tunde Bakare-Ojo"]


def test_a_post_alone_is_named_whole_and_is_no_person():
    authors = read(data=story({"@type": "Person", "name": "Online Editor"})).authors
    assert [(author.name, author.kind) for author in authors] == [("Online Editor", "organisation")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Text: Ina Lang, Fotos: Max Ort", ["Ina Lang"]),
        ("Fotos: Max Ort, Text: Ina Lang", ["Ina Lang"]),
        ("Words by Jane Doe | Illustrations by Max Ort", ["Jane Doe"]),
        ("Words and photos by Jane Doe", ["Jane Doe"]),
        ("Text und Fotos: Ina Lang", ["Ina Lang"]),
        ("Texto: Juana Prado Ilustraciones: Luis Gil", ["Juana Prado"]),
        ("Par Jeanne d'Orval", ["Jeanne d'Orval"]),
        ("Por Juana Prado con agencias", ["Juana Prado"]),
        ("Autor: Marie Dubová a Jan Kotlík", ["Marie Dubová", "Jan Kotlík"]),
        ("Scris de Maria Stejaru și Toma Teiu", ["Maria Stejaru", "Toma Teiu"]),
        ("Γράφει η Μαρία Δρυμού και Θωμάς Φλαμούρης", ["Μαρία Δρυμού", "Θωμάς Φλαμούρης"]),
        ("بقلم مريم البلوطي وطارق الزيزفوني", ["مريم البلوطي", "طارق الزيزفوني"]),
        ("بقلم مريم وليد", ["مريم وليد"]),
        ("מאת: מרים אלוני, עיתונאית", ["מרים אלוני"]),
        ("द्वारा मीरा ओकवाल", ["मीरा ओकवाल"]),
        ("Автор — Мария Дубова", ["Мария Дубова"]),
        ("Aus Halden berichtet Ina Lang", ["Ina Lang"]),
        ("Geschreven door Marloes Eikel", ["Marloes Eikel"]),
        ("Edited by Max Ort", []),
        ("Fotos von Max Ort", []),
        ("Übersetzung: Max Ort", []),
        ("Tłumaczenie: Jan Kociołek", []),
        ("撮影：釜田陽平", []),
    ],
)
def test_who_edited_translated_photographed_or_drew_is_no_author_in_any_language(line: str, expected: list[str]) -> None:
    assert names(read(f"<p>{line}</p>")) == expected
    assert names(read(end=f"<p><em>{line}</em></p>")) == expected


@pytest.mark.parametrize(
    "lines",
    [
        "<p>3 May 2025</p><p>Ina Langfeld</p>",
        "<p>3 May 2025<br>Ina Langfeld</p>",
        "<p><strong>Ina Langfeld</strong></p>",
        "<p><em>Ina Langfeld</em></p><p>Harbour desk and more</p>",
        "<address>Ina Langfeld</address>",
    ],
)
def test_a_name_alone_between_headline_and_text_is_the_authors(lines: str) -> None:
    assert names(read(lines)) == ["Ina Langfeld"]


@pytest.mark.parametrize(
    "lines",
    [
        "<p><strong>Local Government</strong></p>",
        "<p><strong>Dearer Wheat</strong></p>",
        "<p><strong>Public Safety</strong></p><p>3 May 2025</p>",
        "<p>Aus Dem Stadtrat | 3. Mai 2025</p>",
        "<p>3 May 2025</p><p>Weekend Edition</p>",
        "<p>3 May 2025 | Vale Valley</p>",
        "<address>Daily Paper, Front Page</address>",
        "<p><b>Tomas Arnesen</b></p><p>The trader Arnesen said that wheat had never been as dear as on this Monday in spring.</p>",
    ],
)
def test_a_section_a_heading_or_whom_the_story_is_about_is_no_author(lines: str) -> None:
    assert names(read(lines)) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("5 March | Jane Doe", ["Jane Doe"]),
        ("5 November 2025 | Jane Doe", ["Jane Doe"]),
        ("Jane Doe | 5 November 2025 | 2 min read", ["Jane Doe"]),
        ("Nov 5, 2025 • 2 min read • Jane Doe", ["Jane Doe"]),
        ("05.11.2025 · Von Jan Kurz", ["Jan Kurz"]),
        ("Jan Kurz | Do, 5. November | 4 Min. Lesezeit", ["Jan Kurz"]),
        ("Jane Doe – November 5", ["Jane Doe"]),
        ("5 novembre 2025 – Jeanne Dorval", ["Jeanne Dorval"]),
        ("Ada Rossi - 5 novembre", ["Ada Rossi"]),
        ("November 5, 2025 Anna-Lena Brix", ["Anna-Lena Brix"]),
        ("JANE DOE | NOVEMBER 5", ["JANE DOE"]),
        ("5 ноября 2025 | Алексей Орлов", ["Алексей Орлов"]),
        ("Jane Doe and Max Ort | November 5", ["Jane Doe", "Max Ort"]),
        ("Local | 5 November 2025 | Jane Doe", ["Jane Doe"]),
        ("Dr. Jane Doe (5 November)", ["Dr. Jane Doe"]),
        ("5 November | Lusa", ["Lusa"]),
        ("November 5: Jane Doe", []),
        ("5 November | Vale Valley", []),
        ("5 November 2025 | Local News", []),
        ("5 November | Harbour Market", []),
        ("Spring Festival – November 5", []),
        ("Old Mill | November 5", []),
        ("5 novembre | Vita Nuova", []),
        ("5. November | Lange Nacht", []),
    ],
)
@pytest.mark.parametrize("place", ["above", "below"])
def test_a_persons_name_beside_the_day_is_the_authors_and_another_words_is_not(line: str, expected: list[str], place: str) -> None:
    printed = f"<p>{line}</p>"
    inner = f"{printed}<h1>Wheat is dear</h1>" if place == "above" else f"<h1>Wheat is dear</h1>{printed}"
    html = f"<html><body><article>{inner}{TEXT}</article></body></html>".encode()
    capture = Capture("https://paper.example/wheat", datetime(2025, 11, 20, tzinfo=UTC), 200, (), html)
    article = read_article(capture)
    assert [author.name for author in article.authors] == expected
    assert not expected or not article.article_body.startswith(line)


def test_the_byline_on_a_line_with_day_section_and_comments_is_the_part_with_the_names() -> None:
    assert read("<p>5 November 2025 | By Jane Doe and Max Ort | Trade | 3 comments</p>").byline == "By Jane Doe and Max Ort"


def test_whom_the_story_is_about_is_not_its_author_though_a_day_stands_beside_the_name() -> None:
    about = "<p>5 November | Jane Doe</p><p>The harbour remembers Jane Doe, who built its first mill and grew wheat on the island.</p>"
    assert names(read(about)) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2025-11-05 09:30 王小明", ["王小明"]),
        ("歐陽小明 2025-11-05", ["歐陽小明"]),
        ("2025-11-05 09:30 記者王小明", ["王小明"]),
        ("王小明 / 台北報導", ["王小明"]),
        ("2025-11-05 王小明／台北報導", ["王小明"]),
        ("2025-11-05 张伟 李红梅", ["张伟", "李红梅"]),
        ("山田太郎 2025年11月5日", ["山田太郎"]),
        ("2025年11月5日 10時15分 山田 太郎", ["山田 太郎"]),
        ("2025年11月5日 | 田中さくら", ["田中さくら"]),
        ("홍길동 기자 2025.11.05", ["홍길동"]),
        ("2025.11.05 10:15 | 김민수", ["김민수"]),
        ("2025-11-05 文化", []),
        ("2025-11-05 09:30 金融", []),
        ("2025-11-05 江苏省", []),
        ("2025-11-05 安全生产", []),
        ("来源：河湾晚报 2025-11-05 09:30", []),
        ("2025年11月5日 山口県", []),
        ("2025年11月5日 編集部", []),
        ("2025.11.05 문화부", []),
        ("2025.11.05 이벤트", []),
        ("2025.11.05 강원도", []),
    ],
)
def test_a_chinese_japanese_or_korean_name_alone_beside_the_day_is_the_authors(line: str, expected: list[str]) -> None:
    assert names(read(f"<p>{line}</p>", "<title>小麦涨价</title>")) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ann Oak Ann Oak", ("Ann Oak", None)),
        ("Ann OakKorrespondent", ("Ann Oak", "Korrespondent")),
        ("Ann OakTwitter", ("Ann Oak", None)),
        ("Boris McAllister", ("Boris McAllister", None)),
        ("Ana Ana", ("Ana Ana", None)),
        ("Lars DeGroot", ("Lars DeGroot", None)),
    ],
)
def test_what_stands_in_the_next_box_is_no_part_of_a_name(name: str, expected: tuple[str, str | None]) -> None:
    assert [(author.name, author.role) for author in read(data=story({"@type": "Person", "name": name})).authors] == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Von Jan Kurz Landespolitischer Korrespondent", ("Jan Kurz", "Landespolitischer Korrespondent")),
        ("Av Ida Elv Journalist i Bergen", ("Ida Elv", "Journalist i Bergen")),
        ("Por Joan Puig i Riera", ("Joan Puig i Riera", None)),
    ],
)
def test_a_role_of_more_words_is_no_part_of_the_name(line: str, expected: tuple[str, str | None]) -> None:
    assert [(author.name, author.role) for author in read(f"<p class='byline'>{line}</p>").authors] == [expected]


def test_a_byline_in_an_address_below_the_author_s_portrait_is_one() -> None:
    portrait = (
        "<figure><img src='/ann.jpg' alt='Ann Oak'><figcaption><address>Von Ann Oak, Redakteurin</address>9. März</figcaption></figure>"
    )
    assert names(read(f"{portrait}<figure><img src='/a.jpg'><figcaption>By Ben Ash</figcaption></figure>")) == ["Ann Oak"]


def test_a_head_of_the_page_named_after_its_picture_has_a_byline() -> None:
    head = "<section class='hero-image'><h1>Wheat is dear at the harbour market</h1><div class='author'>By Ann Oak</div></section>"
    html = f"<html><head><title>Wheat is dear at the harbour market</title></head><body>{head}{TEXT}</body></html>".encode()
    page = parse_page(Capture("https://paper.example/wheat", datetime(2025, 11, 20, tzinfo=UTC), 200, (), html), html, None)
    assert page is not None and names(read_authors(page)) == ["Ann Oak"]


def test_a_korean_line_of_place_reporter_and_address_below_the_text_names_the_author() -> None:
    assert names(read(end="<div>강나루, 은파 홍길동 기자 hong@paper.example</div>")) == ["홍길동"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Haber: Emre Tuna Giriş: 05.03.2026 - 11:20 Güncelleme: 05.03.2026 - 12:05", "Emre Tuna"),
        ("كتب: يوسف الخطيب الخميس 5 مارس 2026 - 10:30", "يوسف الخطيب"),
        ("Von Jutta Rehm Mittwoch, 4. März 2026", "Jutta Rehm"),
    ],
)
def test_the_label_and_the_weekday_of_a_date_behind_a_name_are_no_part_of_it(line: str, name: str) -> None:
    assert [author.name for author in printed_names(line)] == [name]
