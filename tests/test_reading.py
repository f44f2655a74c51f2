"""What is read off a story's page, whatever the markup."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.charset import decode_text
from archiver.extract import as_json
from tests.pages import CAPTION, CREDIT, HEADLINE, PARAGRAPHS, URL, content, jsonld, meta, page, paragraphs, read

IMAGE = '<img src="/wp-content/uploads/ferry.jpg" alt="" width="640" height="400">'
FIGURE = f'<figure class="wp-block-image">{IMAGE}<figcaption class="wp-element-caption">{CAPTION} – {CREDIT}</figcaption></figure>'
CLASSIC = f'<div class="wp-caption alignnone">{IMAGE}<p class="wp-caption-text">{CAPTION} – {CREDIT}</p></div>'
BARE = f"<p>{IMAGE}</p><p>{CAPTION} – {CREDIT}</p>"
VIDEO = (
    '<p>See the video below:</p><figure class="wp-block-embed"><iframe src="https://video.example/embed/9"></iframe></figure>'
    "<p>Divers go down to the ferry</p>"
)
STAMP = '<time class="entry-date published" datetime="2026-03-06T09:30:00-08:00">March 6, 2026</time>'


def lodi(picture: str, head: str) -> str:
    """A page in the manner of the outlet that the archiver was first built for."""
    return page(
        f'<main><article class="post"><h1 class="entry-title">{HEADLINE} | the world</h1>{STAMP}'
        f'<div class="entry-content"><h2>{HEADLINE} | the world</h2>{picture}{paragraphs()}{VIDEO}</div></article></main>',
        head,
    )


@pytest.mark.parametrize("picture", [FIGURE, CLASSIC, BARE], ids=["figure", "wp-caption", "bare paragraph"])
@pytest.mark.parametrize(
    "head", [meta(), meta() + jsonld(headline=f"{HEADLINE} | the world", articleSection="The World"), ""], ids=["meta", "jsonld", "nothing"]
)
def test_a_story_is_read_whole_whatever_its_markup(picture: str, head: str) -> None:
    article = read(lodi(picture, head))
    assert article.outcome == "article"
    assert article.headline == HEADLINE
    assert (article.article_section or "").casefold() == "the world"
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)
    assert [(image.caption, image.creditline) for image in article.images] == [(CAPTION, CREDIT)]
    assert (article.images[0].creator, article.images[0].credit_agency) == ("Ana Lind", "Nordpress")
    assert article.date_published == "2026-03-06T09:30:00-08:00"
    assert article.date_published_utc == "2026-03-06T17:30:00Z"
    assert article.dateline_on == "2026-03-06"
    assert any(embed.title == "Divers go down to the ferry" for embed in article.embeds)


def test_the_text_keeps_lists_quotes_tables_and_subheads_in_order() -> None:
    table = "<table><tr><th>Year</th><th>Accidents</th></tr><tr><td>2024</td><td>2</td></tr></table>"
    main = (
        f"<article><h1>{HEADLINE}</h1>{paragraphs(PARAGRAPHS[0])}<h2>What is known so far</h2><ul><li>The boat was thirty years old.</li>"
        f"<li>It was checked in January.</li></ul><blockquote><p>{PARAGRAPHS[2]}</p></blockquote>{table}"
        f"{paragraphs(PARAGRAPHS[1], PARAGRAPHS[3])}</article>"
    )
    article = read(page(main, meta()))
    for text in ("What is known so far", "The boat was thirty years old.", PARAGRAPHS[2], PARAGRAPHS[3]):
        assert text in article.article_body
    for html in ("<h2>What is known so far</h2>", "<li>The boat was thirty years old.</li>", "<blockquote><p>", "<td>2024</td>"):
        assert html in article.article_body_html


def test_boxes_that_are_no_part_of_the_story_stay_out() -> None:
    boxes = (
        '<div class="related-posts"><h3>Read more</h3><ul><li><a href="/a/">Ferry line to get a new boat, company says</a></li></ul></div>'
        '<div class="newsletter-signup"><p>Sign up for our newsletter and never miss a story from the valley again.</p></div>'
        '<div class="sharedaddy"><a href="#">Share on Facebook</a></div><p><a href="/b/">READ MORE: Ten boats that sank</a></p>'
        '<section id="comments"><p>I always said that this captain could not steer, and now everybody sees it.</p></section>'
    )
    article = read(page(f"<article><h1>{HEADLINE}</h1><div class='entry-content'>{paragraphs()}{boxes}</div></article>", meta()))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


COUNTERS = [
    *("This article has been read 1,204 times", "Post Views: 345", "12 comments", "Updated 3 hours ago", "Yes (45%, 123 Votes)"),
    *(
        "Total Voters: 268",
        "Aufrufe: 1.204",
        "Zuletzt aktualisiert vor 2 Stunden",
        "Mis à jour il y a 3 heures",
        "1 204 vues",
        "345 visitas",
    ),
    *("Actualizado hace 2 horas", "Há 3 dias", "Aggiornato 2 ore fa", "Bijgewerkt 3 uur geleden", "345 keer gelezen"),
]


@pytest.mark.parametrize("line", COUNTERS)
def test_counters_and_clocks_that_change_at_every_look_are_no_text_of_a_story(line: str) -> None:
    around = paragraphs(*PARAGRAPHS[:2], line, *PARAGRAPHS[2:])
    article = read(page(f"<article><h1>{HEADLINE}</h1>{around}<p>{line}</p></article>"))
    assert line not in article.article_body
    assert article.article_body.count("\n\n") == len(PARAGRAPHS) - 1


@pytest.mark.parametrize("line", ["harbourdesk@vale-courier.example\n(END)", "(END)", "desk@vale-courier.example", "このニュースをシェア"])
def test_ends_of_messages_and_addresses_alone_on_a_line_are_no_text(line: str) -> None:
    article = read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs()}<p>{line.replace(chr(10), '<br>')}</p></article>", meta()))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("line", ["Two years ago nobody came.", "12 comments were read out in court.", "Views differ: 345 say no."])
def test_sentences_that_only_begin_as_a_counter_are_text(line: str) -> None:
    assert line in read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs(*PARAGRAPHS, line, *PARAGRAPHS[:1])}</article>")).article_body


def test_struck_out_text_does_not_merge_with_its_replacement() -> None:
    first = "The boat carried <del>thirty</del> <ins>forty</ins> people, the coast guard said after it had counted them twice on shore."
    article = read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs(first, *PARAGRAPHS[1:])}</article>", meta()))
    assert article.article_body.startswith("The boat carried forty people,")


def test_text_inside_time_elements_is_kept() -> None:
    first = (
        "The boat went down at <time datetime='09:02'>9:02 a.m.</time> on a calm sea, said the coast guard, which had no warning at all."
    )
    assert (
        "down at 9:02 a.m. on a calm sea"
        in read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs(first, *PARAGRAPHS)}</article>", meta())).article_body
    )


def test_the_standfirst_has_a_field_of_its_own() -> None:
    standfirst = "Forty people were on board, and all of them were saved by boats that were out for herring."
    main = f"<article><h1>{HEADLINE}</h1><p class='entry-subtitle'>{standfirst}</p>{paragraphs()}</article>"
    article = read(page(main, meta() + f'<meta name="description" content="{standfirst}">'))
    assert article.abstract == standfirst
    assert standfirst not in article.article_body


def test_a_standfirst_that_only_its_class_sets_apart_keeps_its_dateline() -> None:
    lead = "The county council voted on Thursday to close the old ferry pier for a whole year, and to build a new one beside it."
    described = f'<meta name="description" content="{lead}">'
    text = f'<div class="text"><p class="weight-500"><span class="grey">Corvale.</span> {lead}</p>{paragraphs()}</div>'
    article = read(page(f"<article><h1>{HEADLINE}</h1>{text}</article>", meta() + described))
    assert article.abstract == f"Corvale. {lead}"
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)
    first_letter = text.replace("weight-500", "has-drop-cap").replace('<span class="grey">Corvale.</span> ', "")
    article = read(page(f"<article><h1>{HEADLINE}</h1>{first_letter}</article>", meta() + described))
    assert article.article_body.split("\n\n") == [lead, *PARAGRAPHS]


def test_a_standfirst_above_the_text_goes_before_a_paragraph_that_is_repeated_as_description() -> None:
    above = '<h2 class="article-subhead">What is known of the boat, its crew and the night on which it sank</h2>'
    described = f'<meta name="description" content="{PARAGRAPHS[1]}">'
    text = paragraphs(PARAGRAPHS[0], f"<b>{PARAGRAPHS[1]}</b>", *PARAGRAPHS[2:])
    article = read(page(f"<article><h1>{HEADLINE}</h1>{above}{text}</article>", meta() + described))
    assert article.abstract == "What is known of the boat, its crew and the night on which it sank"
    assert PARAGRAPHS[1] in article.article_body


def test_a_head_whose_class_speaks_of_captions_still_has_its_standfirst() -> None:
    line = "What is known of the boat, its crew and the night"
    head = f'<div class="articleHeader column hasCaption"><h1>{HEADLINE}</h1><h2 class="subtitle">{line}</h2></div>'
    assert read(page(f"<article>{head}{paragraphs()}</article>", meta())).abstract == line


def test_running_text_in_boxes_with_the_names_of_offers_and_slide_shows_is_kept() -> None:
    wrapped = f'<div id="piano-inline-content-wrapper">{paragraphs()}</div>'
    slides = "".join(
        f'<div class="slide keyline"><h2>Step {number} of it</h2><p>{number}. {PARAGRAPHS[0]}</p><p>{number}. {PARAGRAPHS[1]}</p></div>'
        for number in range(1, 5)
    )
    offer = '<div class="newsletter-signup"><p>Get the news of the coast every morning, before anyone else, for nothing at all.</p></div>'
    article = read(page(f"<article><h1>{HEADLINE}</h1>{wrapped}{offer}{slides}</article>", meta()))
    for text in (*PARAGRAPHS, f"3. {PARAGRAPHS[1]}"):
        assert text in article.article_body
    assert "every morning" not in article.article_body


def in_script(story: str) -> str:
    """A page whose text a browser makes from its script, in the way of React's server components: JSON in strings of JSON."""
    state = json.dumps({"id": 7, "menu": ["Home"] * 50, "content": story}).replace("<", "\\u003c").replace(">", "\\u003e")
    half = len(state) // 2
    pushes = "".join(f"<script>self.__next_f.push([1,{json.dumps(part)}])</script>" for part in (f"12:{state[:half]}", state[half:]))
    return f'<div id="root"></div>{pushes}'


def test_a_story_that_stands_in_a_script_only_is_read_from_there() -> None:
    picture = f"<figure>{IMAGE}<figcaption>{CAPTION} – {CREDIT}</figcaption></figure>"
    told = meta() + jsonld(headline=HEADLINE)
    article = read(page(in_script(picture + paragraphs()), told))
    assert article.outcome == "article"
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)
    assert [(image.caption, image.creditline) for image in article.images] == [(CAPTION, CREDIT)]
    assert [item.method for item in article.evidence if item.field == "article_body"] == ["script"]
    assert "<script" not in article.article_body_html
    body = "\n".join(PARAGRAPHS)
    assert read(page('<div id="root"></div>', meta() + jsonld(headline=HEADLINE, articleBody=body))).article_body.split("\n\n") == list(
        PARAGRAPHS
    )


def test_of_several_stories_in_scripts_the_one_that_the_page_is_about_is_read() -> None:
    other = paragraphs(
        *(f"The orchard on the north slope was sold on day {n}, and nobody in the village knows to whom, or why. " * 3 for n in range(4))
    )
    both = in_script(other) + in_script(paragraphs(f"{HEADLINE}: so it was told.", *PARAGRAPHS))
    told = meta() + jsonld(headline=HEADLINE)
    assert PARAGRAPHS[1] in read(page(both, told)).article_body
    neither = read(page(in_script(other) + in_script(other.replace("orchard", "quarry")), told, title="Bakers meet"))
    assert "slope" not in neither.article_body


def test_a_text_in_a_script_that_is_not_free_or_of_no_story_is_left_where_it_is() -> None:
    locked = read(page(in_script(paragraphs()), meta() + jsonld(headline=HEADLINE, isAccessibleForFree=False)))
    assert PARAGRAPHS[1] not in locked.article_body
    assert read(page(in_script(paragraphs()))).outcome in ("no_body", "not_an_article")


def test_what_runs_in_a_browser_never_reaches_the_kept_html() -> None:
    evil = (
        f'{PARAGRAPHS[0]} <a href="javascript:alert(1)">here</a> <img src=x onerror="alert(2)"> '
        '<a href="https://ok.example/x" onclick="x()">there</a>',
        f"{PARAGRAPHS[1]} &lt;script&gt;alert(3)&lt;/script&gt; <script>alert(4)</script><svg onload=alert(5)></svg><style>*{{}}</style>",
    )
    html = read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs(*evil, *PARAGRAPHS[2:])}</article>", meta())).article_body_html
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "a", "em", "strong"}
    assert re.findall(r'href="([^"]+)"', html) == ["https://ok.example/x"]
    assert not re.search(r"\son\w+=", html)


def test_a_canonical_address_is_believed_on_the_same_domain_only() -> None:
    main = f"<article><h1>{HEADLINE}</h1>{paragraphs()}</article>"
    own = URL.replace("/2026", "/news/2026")
    assert read(page(main, f'<link rel="canonical" href="{own}">')).url == own
    assert read(page(main, '<link rel="canonical" href="https://elsewhere.example/2026/03/06/other-story-of-a-ferry/">')).url == URL
    assert read(page(main, '<link rel="canonical" href="https://vale-courier.example/">')).url == URL
    assert read(page(main), URL + "?utm_source=feed#top").url == URL


@pytest.mark.parametrize(
    ("html", "outcome"),
    [
        (page("<h1>Just a moment...</h1><p>Checking your browser before you can go on.</p>", title="Just a moment..."), "bot_wall"),
        (page("<h1>Page not found</h1><p>Nothing was found at this address. Try the search.</p>", title="Page not found"), "soft_404"),
        (page("<h1>Log in</h1><form><input type=password></form>", title="Log in - Vale Courier"), "login_wall"),
        (page("<p>We and our 812 partners store and process personal data.</p>", title="We value your privacy"), "consent_wall"),
        (page("<p>Usamos cookies para melhorar a sua experiência.</p>", title="Antes de continuar - Folha"), "consent_wall"),
        (page("<h1>Under maintenance</h1>", title="Vale Courier is undergoing maintenance"), "maintenance"),
        (page("<div id=app></div>", title="Vale Courier"), "no_body"),
        ("", "truncated"),  # a server that fails without a word: asked again
        ("plain words", "no_body"),
    ],
)
def test_what_stands_in_a_storys_place_is_named(html: str, outcome: str) -> None:
    assert read(html).outcome == outcome


def test_a_page_that_its_scripts_would_fill_is_told_from_one_without_text() -> None:
    filled = "the page is empty until its scripts fill it"
    shell = "<html lang=en><title>Weir opens</title><noscript>No scripts.</noscript><div id=app>{more}</div><script src=/app.js></script>"
    assert read(shell.format(more="")).outcome_reason == filled
    assert read(shell.format(more="<nav>" + "<p>Local news of today</p>" * 5 + "</nav>")).outcome_reason != filled
    assert read(shell.format(more="").replace(" src=/app.js", "")).outcome_reason != filled


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Oops!",
            "Error 404",
            "Az oldal nem található",
            "Pagina nu a fost găsită",
            "Η σελίδα δεν βρέθηκε",
            "Такой страницы не существует",
        ),
        *("Stranica nije pronađena", "Stránka nebola nájdená", "Puslapis nerastas", "Lapa nav atrasta", "Lehekülge ei leitud"),
        *("Vi hittar inte sidan", "Không tìm thấy trang", "ไม่พบหน้านี้", "الصفحة غير موجودة", "صفحه مورد نظر یافت نشد", "הדף לא נמצא"),
        *("पृष्ठ नहीं मिला", "お探しのページは存在しません", "找不到頁面", "페이지가 존재하지 않습니다"),
    ],
)
def test_not_found_is_understood_in_many_languages(title: str) -> None:
    assert read(page(f"<h1>{title}</h1><p>{PARAGRAPHS[0]}</p>", title=f"{title} - Vale Courier")).outcome == "soft_404"


@pytest.mark.parametrize(
    "line",
    [
        *("Nie znaleziono artykułu. Być może został usunięty.", "Der Artikel wurde nicht gefunden.", "Cet article n’existe plus."),
        *("La nota no existe o fue borrada.", "Esta matéria não existe mais.", "Articolo non trovato", "Новость не найдена"),
    ],
)
def test_a_page_that_says_that_its_story_is_gone_is_none(line: str) -> None:
    url = "https://vale-courier.example/artykul.php?id=4263"
    site = "<p>Today is 6 March 2026</p><p>Visitors: 73328</p>"
    assert read(page(f"{site}<h2>Error</h2><p>{line}</p>", title="Vale Courier"), url).outcome == "soft_404"


def test_a_page_whose_only_headline_is_the_sites_name_is_no_story() -> None:
    text = "<h2>Notice</h2><p>What you were looking for was here once. Go back to where you came from, or use the search.</p>"
    article = read(page(text, '<meta property="og:site_name" content="Vale Courier">', title="Vale Courier"), f"{URL[:-1]}-4263/")
    assert (article.outcome, article.outcome_reason) == ("not_an_article", "its only headline is the site's own name")


def test_a_long_story_about_login_walls_is_a_story() -> None:
    article = read(page(f"<article><h1>Access denied: how robots are kept out</h1>{paragraphs(*PARAGRAPHS * 2)}</article>", meta()))
    assert article.outcome == "article"


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_a_page_in_utf_16_is_read_with_and_without_a_mark_of_its_byte_order(coding: str) -> None:
    told = [text.replace("coast", "cöast €") for text in PARAGRAPHS]
    article = read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs(*told)}</article>", meta()).encode(coding))
    assert article.article_body.split("\n\n") == told


def test_a_short_story_on_a_page_with_a_link_to_sign_in_is_a_story() -> None:
    links = "<div><span><a href='/login'>Sign in</a></span></div><div><a href='/subscribe'>Subscribe</a></div>"
    article = read(page(f"{links}<article><h1>{HEADLINE}</h1><p class='date'>March 6, 2026</p>{paragraphs(*PARAGRAPHS[:2])}</article>"))
    assert article.outcome == "article"


def test_the_words_sign_in_above_the_headline_are_no_wall() -> None:
    article = read(page(f"<div><div>Sign in</div></div><article><h1>{HEADLINE}</h1>{paragraphs(*PARAGRAPHS[:2])}</article>"))
    assert article.outcome == "article"
    assert read(page(f"<h1>{HEADLINE}</h1><p>{PARAGRAPHS[0]}</p><p>Log in to continue</p>")).outcome == "login_wall"


def test_a_front_page_is_no_story_though_it_is_declared_one() -> None:
    front = f"<h1>What happens between the hills</h1>{paragraphs()}"
    assert read(page(front, jsonld(headline="Vale Courier")), "https://vale-courier.example/").outcome == "not_an_article"
    gone = '<link rel="canonical" href="https://vale-courier.example/">' + jsonld(headline="Vale Courier")
    assert read(page(front, gone, body_class="home page-template")).outcome == "not_an_article"
    careless = page(f"<article><h1>{HEADLINE}</h1>{paragraphs()}</article>", gone)  # a theme that declares the front page everywhere
    assert read(careless).outcome == "article"


def test_soft_hyphens_are_no_part_of_words() -> None:
    article = read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs().replace('passengers', 'passen&shy;gers')}</article>", meta()))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)
    assert "\u00ad" not in article.article_body_html


def test_a_page_without_any_headline_is_no_story_unless_something_says_so() -> None:
    notice = f"<html><body><p>Friday, March 6, 2026</p>{paragraphs()}</body></html>"
    assert read(notice, "https://vale.example/Agenda.htm").outcome == "not_an_article"
    assert read(notice).outcome == "article"  # its address is a story's


def test_links_to_other_stories_are_no_text_of_a_page_that_has_none() -> None:
    titles = [f"{text[:70]} and more of the story number {number}" for number, text in enumerate(PARAGRAPHS * 2)]
    links = "".join(f"<article><a href='/2026/03/0{number}/s-{number}/'>{title}</a></article>" for number, title in enumerate(titles, 1))
    article = read(page(f"<h1>{HEADLINE}</h1><section>{links}</section>", meta()))
    assert (article.outcome, article.article_body) == ("no_body", "")


def test_a_page_whose_class_says_article_is_a_story_though_it_also_says_home() -> None:
    article = read(page(f"<div><h1>{HEADLINE}</h1>{paragraphs(*PARAGRAPHS)}</div>", body_class="home article"))
    assert article.outcome == "article"


def test_a_list_of_stories_and_a_standing_page_are_no_stories() -> None:
    teasers = "".join(
        f"<article><h2><a href='/2026/03/0{n}/x{n}/'>Story number {n} of the valley</a></h2><p>{PARAGRAPHS[n % 4]}</p></article>"
        for n in range(1, 6)
    )
    assert (
        read(page(teasers, body_class="archive category"), "https://vale-courier.example/category/the-world/").outcome == "not_an_article"
    )
    hub = page(f"<h1>The election in the valley</h1>{teasers}")
    assert read(hub, "https://vale-courier.example/specials/election-2026").outcome == "not_an_article"
    about = page(f"<h1>About us</h1>{paragraphs()}", body_class="page-template-default page page-id-7")
    assert read(about, "https://vale-courier.example/about-us/").outcome == "not_an_article"


def test_every_value_can_be_explained_from_its_evidence() -> None:
    article = read(lodi(FIGURE, meta() + jsonld()))
    fields = {item.field for item in article.evidence if item.chosen}
    assert {"headline", "date_published", "in_language"} <= fields
    assert all(item.method and 0 < item.confidence <= 1 for item in article.evidence)


def test_the_declared_and_the_observed_access_are_kept_apart() -> None:
    locked = page(
        f"<article><h1>{HEADLINE}</h1>{paragraphs(*PARAGRAPHS[:2])}</article>", meta() + jsonld(isAccessibleForFree="False", wordCount=900)
    )
    article = read(locked)
    assert (article.outcome, article.is_accessible_for_free, article.access_observed) == ("article", False, "teaser")
    assert read(lodi(FIGURE, meta() + jsonld(isAccessibleForFree=True))).access_observed == "full"


def test_the_next_page_of_a_story_is_named_and_other_stories_are_not() -> None:
    main = f"<article><h1>{HEADLINE}</h1>{paragraphs()}<a rel='next' href='{URL}2/'>2</a></article>"
    assert read(page(main, meta())).next_page == URL + "2/"
    assert read(page(main.replace(URL + "2/", "/2026/03/07/another-story/"), meta())).next_page is None


def test_broken_json_ld_is_mended() -> None:
    broken = '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Ferry sinks\nin the harbour",'
    broken += '"datePublished":"2026-03-06T09:30:00Z",}</script>'
    article = read(page(f"<article><h1>Ferry sinks in the harbour</h1>{paragraphs()}</article>", broken, title="x"))
    assert (article.headline, article.date_published_utc) == ("Ferry sinks in the harbour", "2026-03-06T09:30:00Z")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from(["before", "inside", "jsonld", "meta"]))
def test_any_bytes_give_an_article_or_a_named_refusal(noise: bytes, where: str) -> None:
    html = lodi(FIGURE, meta() + jsonld()).encode()
    mark = {"before": b"<!DOCTYPE", "inside": b'<div class="entry-content">', "jsonld": b'"headline": "', "meta": b'content="'}[where]
    article = read(html.replace(mark, mark + noise, 1) if where != "before" else noise + html)
    json_ready = as_json(article)
    assert article.outcome
    text = article.article_body + (article.headline or "")
    text.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
    assert json_ready["article_body"] == article.article_body


@pytest.mark.parametrize(("code", "text"), [("&#11;", " "), ("&#x0C;", " "), ("&#8;", ""), ("&#X1", ""), ("&#xFFFF;", ""), ("&#13", " ")])
def test_a_control_character_written_as_a_number_does_not_hide_the_story(code: str, text: str) -> None:
    article = read(
        page(f"<article><h1>{HEADLINE}</h1>{paragraphs(*PARAGRAPHS, f'The pier{code}master saw <b>it{code}self</b>.')}</article>")
    )
    assert article.article_body.split("\n\n")[-1] == f"The pier{text}master saw it{text}self."


@pytest.mark.parametrize("end", ["</body></html>", "</BODY>\n</HTML>", "</html>", "</body>"])
def test_a_page_that_is_closed_by_a_part_included_in_it_goes_on(end: str) -> None:
    main = f"<div class='top'>Vale Courier</div>{end}<!-- end of the head --><div><h1>{HEADLINE}</h1><div>{paragraphs()}</div></div>"
    article = read(page(main, title=HEADLINE))
    assert (article.headline, article.article_body.split("\n\n")) == (HEADLINE, list(PARAGRAPHS))


def test_blanks_without_end_behind_an_early_end_hold_nothing_up() -> None:
    main = f"</html>{' ' * 20_000}<div><h1>{HEADLINE}</h1><div>{paragraphs()}</div></div>"
    assert read(page(main, title=HEADLINE)).headline == HEADLINE


def test_a_page_without_a_body_tag_is_read_like_one_with_it() -> None:
    html = f"<!DOCTYPE html><html lang=en><title>{HEADLINE}</title>{meta()}<article><h1>{HEADLINE}</h1>{paragraphs()}</article>"
    assert read(html).article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "dateline", ["LAGOS, Nigeria (AP) — ", "<strong>LAGOS, Nigeria (AP)</strong> — ", "<b>LAGOS, Nigeria </b>(AP) &mdash;&nbsp;"]
)
def test_the_dateline_is_a_field_and_no_part_of_the_text(dateline: str) -> None:
    article = read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs(dateline + PARAGRAPHS[0], *PARAGRAPHS[1:])}</article>", meta()))
    assert (article.dateline, article.located, article.located_country) == ("LAGOS, Nigeria (AP)", "LAGOS, Nigeria", "NG")
    assert article.infosource == "AP"
    assert article.article_body.startswith(PARAGRAPHS[0])
    assert article.article_body_html.startswith(f"<p>{PARAGRAPHS[0]}")


@pytest.mark.parametrize("head", ["", jsonld(headline=f"{HEADLINE} | the world")], ids=["nothing", "jsonld"])
def test_a_page_without_any_classes_is_read_whole(head: str) -> None:
    html = (
        f"<html><head><title>{HEADLINE} | the world - Vale Courier</title>{head}</head><body><div>Vale Courier</div><div>Our hills</div>"
        f"<h1>{HEADLINE} | the world</h1><h2>{HEADLINE} | the world</h2><p>March 6, 2026 9:30 am</p><p><img src=/ferry.jpg></p>"
        f"<p>{CAPTION} – {CREDIT}</p>{paragraphs()}<p>Watch the video of the rescue:</p><p>Divers go down to the ferry</p></body></html>"
    )
    article = read(html)
    assert (article.headline, article.article_section) == (HEADLINE, "the world")
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)
    assert [(image.caption, image.creditline) for image in article.images] == [(CAPTION, CREDIT)]
    assert [embed.title for embed in article.embeds] == ["Divers go down to the ferry"]
    assert (article.date_published or "").startswith("2026-03-06T09:30")


def test_a_subscription_offer_of_several_lines_under_the_text_stays_out() -> None:
    offer = (
        "<div><p>この記事は会員限定です。<br>無料で会員登録できます。</p><p>みなと新聞に登録すると</p><p>会員向け記事が読み放題</p></div>"
    )
    text = "".join(
        f"<p>{'港の古い桟橋で金曜日の朝、渡し船が沈んだ。乗っていた四十人は近くの漁船に助けられた。' * 3}{n}</p>" for n in range(4)
    )
    article = read(page(f"<article><h1>{HEADLINE}</h1><div>{text}</div>{offer}</article>", meta()))
    assert "四十人" in article.article_body
    assert "会員" not in article.article_body and "登録" not in article.article_body


def test_a_dated_text_of_paragraphs_is_a_story_under_a_short_address() -> None:
    head = '<meta property="og:type" content="article">'
    main = f"<main><h1>{HEADLINE}</h1>{STAMP}<div>{{}}</div></main>"
    assert read(page(main.format(paragraphs()), head), "https://vale-courier.example/ferry-sinks/").outcome == "article"
    teasers = "".join(f'<p><a href="/{number}">{text}</a></p>' for number, text in enumerate(PARAGRAPHS))
    assert read(page(main.format(teasers), head), "https://vale-courier.example/ferry-sinks/").outcome != "article"


def test_a_text_field_that_allows_for_a_summary_is_no_standfirst() -> None:
    body = paragraphs(*PARAGRAPHS[:3])
    main = f'<article><h1>{HEADLINE}</h1><div class="field--name-body field--type-text-with-summary">{body}</div></article>'
    article = read(page(main, meta()))
    assert article.abstract is None
    assert article.article_body.split("\n\n") == list(PARAGRAPHS[:3])


@pytest.mark.parametrize(
    "line",
    [
        "Listen to this article",
        "00:02:14",
        "Carl Vance can be reached at 555-0134 or cvance@daily.example.",
        "pjh@daily.example",
        "Źródło: PAP",
        "Dalsza część artykułu pod materiałem wideo",
        "Über dieses Thema berichtete Funk Nord am 6. März 2026 um 17:00 Uhr.",
        "Par Claire Vidal (avec AFP) Publié le 6 mars 2026 à 18h12, mis à jour le 6 mars 2026 à 19h30",
        "Déjà abonné ? Connectez-vous",
    ],
)
def test_lines_about_the_page_are_no_part_of_the_text(line: str) -> None:
    body = paragraphs(*PARAGRAPHS[:2]) + f"<p>{line}</p>" + paragraphs(*PARAGRAPHS[2:])
    assert read(page(f"<article><h1>{HEADLINE}</h1><div>{body}</div></article>", meta())).article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_box_for_listening_in_the_text_is_no_standfirst() -> None:
    box = '<div class="AudioPlayer"><div class="AudioPlayer-description">The board on closures, 2:34</div></div>'
    main = f"<article><h1>{HEADLINE}</h1><div>{paragraphs(*PARAGRAPHS[:2])}{box}{paragraphs(*PARAGRAPHS[2:])}</div></article>"
    assert read(page(main, meta())).abstract is None


def test_a_short_standfirst_with_a_class_of_its_own_is_kept() -> None:
    main = f'<article><h1>{HEADLINE}</h1><h3 class="subtitle">What rust does</h3><div>{paragraphs()}</div></article>'
    assert read(page(main, meta())).abstract == "What rust does"


@pytest.mark.parametrize(
    "label",
    [
        '<ul class="post-list"><li class="entry-category"><a href="/category/harbour/">Harbour</a></li></ul>',
        '<div class="field field--name-field-rubrique"><a href="/harbour-2">Harbour</a></div>',
        '<span class="editoria">Harbour</span>',
        '<dl><dd class="category-name">Category: <a href="/harbour-2">Harbour</a></dd></dl>',
        '<div id="breadcrumb"><a href="/">Home</a>/<a href="/harbour-2">Harbour</a></div>',
    ],
    ids=["WordPress", "Drupal", "builder", "Joomla", "breadcrumb on one line"],
)
def test_the_section_is_read_off_the_label_at_the_headline(label: str) -> None:
    head = f'<meta property="og:type" content="article"><meta property="og:title" content="{HEADLINE}">'
    main = f"<main><div>{label}<h1>{HEADLINE}</h1></div>{STAMP}<div>{paragraphs()}</div></main>"
    assert read(page(main, head, f"{HEADLINE} - Vale Courier")).article_section == "Harbour"


def test_the_kicker_may_be_a_part_of_the_header() -> None:
    main = f'<article><header><span class="kicker">Harbour</span><h1>{HEADLINE}</h1></header>{paragraphs()}</article>'
    assert read(page(main, meta())).kicker == "Harbour"


CHINESE = "渡轮载着四十只山羊和一架钢琴离开港口，船长说天气很好，岸上的人挥手告别，孩子们追着船跑到堤坝的尽头。"


@pytest.mark.parametrize(
    "line",
    [
        "更多精彩！欢迎扫描左方二维码关注苍鹭网官方微信（canglu）",
        "(本文来自苍鹭网，更多原创资讯请下载“苍鹭网”APP)",
        "免责声明：本文仅代表作者观点，不代表苍鹭网立场。",
        "【打印本页】【关闭窗口】",
        "您现在的位置： 首页 >> 要闻 >> 正文",
        "违法和不良信息举报电话：010-12345678",
        "图片均来自网络，如有侵权请联系删除",
        "- THE END -",
        "（完）",
    ],
)
def test_what_chinese_sites_print_about_a_text_is_none_of_it(line: str) -> None:
    paragraphs = [f"{n}、{CHINESE}" for n in range(1, 5)]
    article = read(page(f"<h1>{HEADLINE}</h1><div>{''.join(f'<p>{text}</p>' for text in [*paragraphs, line])}</div>"))
    assert article.article_body.split("\n\n") == paragraphs


@pytest.mark.parametrize(
    "below",
    [
        "<div class='picks'><p>Picks</p><ul class='picks_titles'><li>Sport</li><li>Money</li><li>Cars</li></ul></div>",
        "<div class='pics'><h3>Stories in pictures</h3></div><div class='lab'><h3>The lab</h3><p>Wrong words? Call us</p></div>",
    ],
)
def test_headings_and_labels_below_the_story_are_no_part_of_it(below: str) -> None:
    article = read(page(f"<div class='wrap'><h1>{HEADLINE}</h1><div class='text'>{paragraphs()}{below}</div></div>"))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_labels_above_a_headline_without_a_heading_are_no_part_of_the_text() -> None:
    above = "<div class='top'><p>The paper's app</p></div><div class='text'><p>Scan the code above</p></div>"
    main = f"{above}<div class='title'>{HEADLINE}</div><div class='text'>{paragraphs()}</div>"
    article = read(page(main, title=f"{HEADLINE} | Vale Courier"))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("trail", "section"),
    [
        ("您现在的位置： 苍鹭网首页 >> 要闻 >> 正文", "要闻"),
        ("当前位置：首页 > 要闻 > 正文", "要闻"),
        ("<a href='/'>Home</a> » <a href='/harbour/'>Harbour</a> » Ferry", "Harbour"),
    ],
)
def test_the_section_is_read_off_a_printed_trail(trail: str, section: str) -> None:
    article = read(page(f"<div class='loc'>{trail}</div><h1>{HEADLINE}</h1><div class='text'>{paragraphs()}</div>", title=HEADLINE))
    assert article.article_section == section
    assert "首页" not in article.article_body


def test_a_sentence_about_a_section_is_not_its_name() -> None:
    said = "<p class='category-desc'><span class='category'>The inside track on the harbour.</span></p>"
    article = read(page(f"<div>{said}<h1>{HEADLINE}</h1><div class='text'>{paragraphs()}</div></div>", title=HEADLINE))
    assert article.article_section is None


def test_an_abbreviation_in_the_address_of_a_chinese_page_is_no_section() -> None:
    title = "渡轮停航三天后恢复通航 旅客陆续返乡"
    html = page(f"<h1>{title}</h1><div class='text'>{paragraphs()}</div>", "", title)
    assert read(html, url="https://vc-news.example/sywh/202603/t20260306_12345.html").article_section is None


def test_what_stands_below_a_heading_that_offers_more_is_no_text_whatever_its_box() -> None:
    offer = "If you go on sharing your account, this message will be shown on your device and on that of the person who uses it with you."
    below = f"<div class='wall'><h3>Read more</h3></div><div class='account'><div class='say'><p>{offer}</p></div></div>"
    article = read(page(f"<div class='wrap'><h1>{HEADLINE}</h1><div class='text'>{paragraphs()}{below}</div></div>"))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_every_value_that_was_read_has_evidence() -> None:
    note = "Correction: An earlier version of this article misstated the depth of the lake."
    article = read(
        page(
            f'<main><article class="post"><span class="kicker">Accidents</span><h1>{HEADLINE}</h1>{content(paragraphs(*PARAGRAPHS, note))}'
            f'<div>Pages: <a href="{URL}">1</a> <a href="{URL}2/">2</a></div></article></main>',
            meta() + jsonld(description="All of them came ashore alive, the coast guard said."),
        )
    )
    chosen = {evidence.field for evidence in article.evidence if evidence.chosen}
    assert (article.kicker, article.next_page, len(article.corrections)) == ("Accidents", f"{URL}2/", 1)
    assert {"headline", "kicker", "description", "article_type", "corrections", "next_page", "date_published", "in_language"} <= chosen


@pytest.mark.parametrize("code", ["&#x&#31;10-9", "&#&#x1F;1&#2;4;", "&#x1</body></html>0;", "&&#1;#2;"])
def test_what_is_left_of_a_control_code_makes_no_other_one(code: str) -> None:
    article = read(page(f"<main><h1>{HEADLINE}</h1>{paragraphs(PARAGRAPHS[0] + code, *PARAGRAPHS[1:])}</main>", meta()))
    assert article.outcome == "article" and PARAGRAPHS[1] in article.article_body
    assert not any(ord(sign) < 32 and sign != "\n" for sign in article.article_body)


@pytest.mark.parametrize("sign", ["\\u0010", "\\ud800", "\\uffff", "&#x10;"])
def test_what_is_no_character_in_a_scripts_text_does_not_hide_the_story(sign: str) -> None:
    story = paragraphs(PARAGRAPHS[0] + "¤", *PARAGRAPHS[1:])
    script = json.dumps({"body": story}).replace("\\u00a4", sign)
    article = read(page(f'<div id="root"></div><script type="application/json">{script}</script>', meta()))
    assert article.outcome == "article" and article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("text", "written", "in_header", "in_page"),
    [
        ("Жители долины ждали этого моста много лет.", "windows-1251", "utf-8", "windows-1251"),
        ("Жители долины ждали этого моста много лет.", "windows-1251", "ISO-8859-1", "windows-1251"),
        ("Žluťoučký kůň čekal na mostě.", "windows-1250", "windows-1250", "utf-8"),
        ("Die Brücke über den Fluß ist zu – für lange.", "windows-1252", "iso-8859-1", "utf-8"),
        ("Die Brücke über den Fluß ist zu.", "windows-1252", "iso-8859-1", "iso-8859-15"),
        ("河谷的居民等了很多年。", "big5", "gbk", "big5"),
        ("河谷的居民等了很多年。", "gbk", "gbk", "big5"),
        ("谷の住民は何年も待っていた。", "euc-jp", "shift_jis", "euc-jp"),
        ("谷の住民は何年も待っていた。", "shift_jis", "shift_jis", "euc-jp"),
        ("주민들은 오래 기다렸다.", "euc-kr", "iso-8859-1", "euc-kr"),
        ("Η γέφυρα άνοιξε.", "utf-8", "windows-1253", "iso-8859-7"),
    ],
)
def test_a_page_whose_server_and_markup_name_two_charsets_is_read_in_the_one_that_it_is_written_in(
    text: str, written: str, in_header: str, in_page: str
) -> None:
    body = f"<html><head><meta charset='{in_page}'></head><body><p>{text}</p></body></html>".encode(written)
    assert text in decode_text(body, f"text/html; charset={in_header}")
