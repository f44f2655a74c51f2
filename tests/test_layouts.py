"""What is read off a story in the layouts of WordPress themes, page builders and other content systems."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from lxml import html

from archiver.extract.blocks import NO_MARKS, marks_of
from archiver.extract.candidates import copy_text
from archiver.records import Article
from tests.pages import (
    CAPTION,
    CATEGORY,
    CREDIT,
    HEADLINE,
    IMAGE,
    PARAGRAPHS,
    TAGS,
    URL,
    content,
    jsonld,
    links,
    meta,
    page,
    paragraphs,
    read,
    story,
)
from tests.patience import comes_to_an_end

OTHERS = ("Council will not sell the mill after all, mayor says", "Ten boats that sank in the bay and what became of them")


# --- topics


@pytest.mark.parametrize(
    "footer",
    [
        f'<footer class="entry-meta"><span>{CATEGORY}</span> <span>{", ".join(links("/tag/{}/"))}</span></footer>',
        f'<div class="post-meta">By <a href="/author/x/">Ana Oak</a> | March 6 | {CATEGORY} | Tags: {", ".join(links("/tag/{}/"))}</div>',
        f'<div class="entry-tags"><span class="tags-label screen-reader-text">Post Tags:</span>{"".join(links("/tag/{}/", "#"))}</div>',
        f'<div class="tag-group">{"".join(links("/list?k={}", "#"))}</div>',
        f'<div class="keyword"><ul><li>{"</li><li>".join(links("/search?word={}"))}</li></ul></div>',
        f"<div>{''.join(links('/search?sc_word={}'))}</div>",
        "".join(f'<div><a href="/tag/{number}?source=post"><div class="pill">{tag}</div></a></div>' for number, tag in enumerate(TAGS)),
    ],
    ids=["behind the section", "in a line of facts", "behind a hidden label", "hashes", "class of the box", "query", "a box each"],
)
def test_topics_are_read_wherever_a_layout_puts_their_links(footer: str) -> None:
    assert story(content(), footer, head=jsonld(articleSection="The World")).keywords == TAGS


def test_the_one_word_of_an_seo_plugin_does_not_hide_the_topics_in_meta_tags() -> None:
    tags = "".join(f'<meta property="article:tag" content="{tag}">' for tag in TAGS)
    assert story(content(), head=jsonld(keywords=TAGS[0]) + tags).keywords == TAGS


def test_the_one_word_of_an_seo_plugin_does_not_hide_the_topics_that_readers_see() -> None:
    footer = f'<div class="post-tags">{"".join(links("/tag/{}/"))}</div>'
    assert story(content(), footer, head=jsonld(keywords=TAGS[0])).keywords == TAGS


def test_links_to_topics_in_the_text_are_no_list_of_topics() -> None:
    linked = PARAGRAPHS[0].replace("coast guard", '<a href="/tag/coast-guard/">coast guard</a>')
    assert story(content(paragraphs(linked, *PARAGRAPHS[1:])), head=jsonld(keywords="Ferries, Harbour")).keywords == ("Ferries", "Harbour")


# --- authors

BY_TWO = '<span class="byline">by <a href="/author/x/">Ana Oak</a> and <a href="/author/y/">Ben Ash</a></span>'


@pytest.mark.parametrize(
    "byline",
    [
        f'<div class="entry-meta">{BY_TWO} March 6, 2026</div>',
        '<ul><li><span itemprop="author">By Ana Oak and Ben Ash staff writers</span></li></ul>',
        "<p>By Ana Oak of the Vale Courier and Ben Ash, special to the Courier</p>",
        '<div class="node__meta"><span>By <a href="/u/3">Ana Oak</a>, <a href="/u/4">Ben Ash</a> on March 6, 2026 - 9:30 am</span></div>',
        "<p>Penulis: Ana Oak dan Ben Ash</p>",
        "<p>Hazırlayan: Ana Oak, Ben Ash</p>",
    ],
    ids=["links", "role", "paper", "date", "Indonesian", "Turkish"],
)
def test_both_authors_are_read_off_a_byline(byline: str) -> None:
    article = story(byline, content())
    assert [author.name for author in article.authors] == ["Ana Oak", "Ben Ash"]
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_the_writer_of_a_story_that_is_offered_in_the_text_is_not_its_author() -> None:
    offer = (
        f'<div class="wpnbha"><h2><a href="/2026/other/">{OTHERS[0]}</a></h2>'
        '<div class="meta"><span class="byline">by <a href="/author/z/">Rosa Quill</a></span></div></div>'
    )
    byline = f'<div class="entry-meta">{BY_TWO}</div>'
    article = story(byline, content(paragraphs(PARAGRAPHS[0]), offer, paragraphs(*PARAGRAPHS[1:])), head=jsonld(author={"name": "Ana Oak"}))
    assert [author.name for author in article.authors] == ["Ana Oak", "Ben Ash"]


@pytest.mark.parametrize(
    ("line", "name"), [("김하늘 기자", "김하늘"), ("Ana Oak, Staff Writer", "Ana Oak"), ("लेखक: अंजलि वर्मा", "अंजलि वर्मा")]
)
def test_a_line_of_a_name_and_a_role_is_a_byline(line: str, name: str) -> None:
    assert [author.name for author in story(f"<div>{line}</div>", content()).authors] == [name]


def test_a_japanese_writer_signs_below_the_text() -> None:
    text = (
        "港の改修工事のため休止していた朝市が四日、三年ぶりに再開した。初日は午前五時から約二千人が訪れ、とれたての魚や野菜を買い求めた。"
    )
    signed = story(content(f"<p>{text}</p><p>{text[::-1]}。</p><p>（山本花子）</p>"), head=jsonld(author={"name": "Vale Courier"}))
    assert [author.name for author in signed.authors] == ["山本花子"]
    other = story(content(f"<p>{text}</p><p>{text[::-1]}。</p><p>（写真は共同）</p>"), head=jsonld(author={"name": "Vale Courier"}))
    assert [author.name for author in other.authors] == ["Vale Courier"]


# --- captions and credits


@pytest.mark.parametrize(
    ("picture", "caption", "credit"),
    [
        (
            f'<aside class="module image">{IMAGE}<p class="wp-media-credit">Ana Lind</p><p class="wp-caption-text">{CAPTION}</p></aside>',
            CAPTION,
            "Ana Lind",
        ),
        (
            f'<article class="media">{IMAGE}<div class="field--name-field-caption">{CAPTION}</div>'
            '<div class="field--name-field-credit">Ana Lind</div></article>',
            CAPTION,
            "Ana Lind",
        ),
        (f"<figure>{IMAGE}<figcaption>{CAPTION} / fot. Anna Lis</figcaption></figure>", CAPTION, "fot. Anna Lis"),
        (
            f'<figure>{IMAGE}<figcaption><span class="caption-text"><p>{CAPTION}</p></span>'
            '<ul class="photo-icons"><li><a href="#">Buy Now</a></li></ul></figcaption></figure>',
            CAPTION,
            None,
        ),
        (f"<p>{IMAGE}</p><p><em>{CAPTION}.</em></p>", f"{CAPTION}.", None),
        (f"<div><div>{IMAGE}</div><p>{CAPTION}.</p></div>", f"{CAPTION}.", None),
        (f"<figure><button>{IMAGE}</button><div><span>{CAPTION}. </span>Foto: dpa</div></figure>", f"{CAPTION}.", "Foto: dpa"),
        (f"<figure><picture><noscript>{IMAGE}</noscript></picture><div>{CAPTION}</div></figure>", CAPTION, None),
        (f"<div>{IMAGE}<div>1 of 12 |</div><p>{CAPTION}. (AP Photo/Ana Lind)</p></div>", f"{CAPTION}.", "(AP Photo/Ana Lind)"),
    ],
    ids=[
        *("credit before", "fields", "stroke and label", "button", "italics", "a box of its own", "opens a viewer", "comes by a script"),
        "slide show",
    ],
)  # fmt: skip
def test_captions_and_credits_of_more_layouts(picture: str, caption: str, credit: str | None) -> None:
    article = story(content(paragraphs(*PARAGRAPHS[:2]), picture, paragraphs(*PARAGRAPHS[2:])))
    assert [(image.caption, image.creditline) for image in article.images] == [(caption, credit)]
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_the_caption_of_the_picture_above_the_headline_may_open_the_text() -> None:
    main = (
        f'<main><article><div class="post-slideshow"><ul><li><a href="/uploads/ferry.jpg">{IMAGE}</a></li></ul></div><h1>{HEADLINE}</h1>'
        f'<div class="post-content"><p><em>{CAPTION} {CREDIT}</em></p>{paragraphs()}</div></article></main>'
    )
    article = read(page(main, meta()))
    assert [(image.caption, image.creditline) for image in article.images] == [(CAPTION, CREDIT)]
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_an_introduction_in_italics_below_a_picture_is_no_caption() -> None:
    intro = "<em>Ferries have crossed the bay for eighty years, and hardly anybody has ever asked how safe they are.</em>"
    article = story(content(f"<p>{IMAGE}</p><p>{intro}</p>", paragraphs()))
    assert not any(image.caption for image in article.images)


# --- the text


def grid(tag: str) -> str:
    """Other stories in the midst of a text, as WordPress blocks show them."""
    cards = "".join(
        f'<{tag}><div class="entry-wrapper"><h2 class="entry-title"><a href="/2026/{number}/">{title}</a></h2>'
        "<p>The board voted after three rounds of interviews and a long night of argument about salaries.</p></div>"
        f'<div class="entry-meta"><span class="byline">by <a href="/author/z/">Rosa Quill</a></span></div></{tag}>'
        for number, title in enumerate(OTHERS)
    )
    return f'<div class="wpnbha"><h2 class="article-section-title">More coverage</h2>{cards}</div>'


NO_TEXT = {
    "cards": grid("article"),
    "another language": f'<p>함께 보기: <a href="/2026/03/05/ten-boats-that-sank/">{OTHERS[1]}</a></p>',
    "label of a row": "<h4>Also read</h4><div class='row'><h4><a href='/x-y-z/'>Ten boats</a></h4></div>",
    "offer without names": (
        '<div class="my-6 p-4"><h3 class="bold">Sign up for our newsletter</h3>'
        '<p class="small">The morning letter brings the most important things of the day in five minutes.</p></div>'
    ),
    "dates": "<p>Published March 4, 2026 at 6:42 p.m. | Updated March 5, 2026 at 8:10 a.m.</p>",
    "box of the author": (
        '<div class="sab-wrap" itemscope itemprop="author" itemtype="https://schema.org/Person"><img src="/a.jpg" alt="">'
        "<div><p>Has been with the paper since the flood of 2009 and writes about the river and the council of the town.</p></div></div>"
    ),
    "contact": "<p>김하늘 기자 haneul@vale-courier.example</p>",
}


@pytest.mark.parametrize("box", NO_TEXT.values(), ids=NO_TEXT.keys())
def test_what_layouts_put_between_the_paragraphs_is_no_text(box: str) -> None:
    article = story(content(paragraphs(*PARAGRAPHS[:3]), box, paragraphs(*PARAGRAPHS[3:])))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_label_before_a_link_is_text_where_no_story_is_offered() -> None:
    lines = ("The report: a summary of what divers saw", "Opening hours: see the page of the museum")
    linked = f'<p>The report: <a href="https://coastguard.example/report">a summary of what divers saw</a></p><p>{lines[1]}</p>'
    assert story(content(paragraphs(), linked)).article_body.split("\n\n")[-2:] == list(lines)


def test_a_quotation_in_a_figure_stays_in_its_place() -> None:
    said = f"<blockquote><span>“</span>{PARAGRAPHS[1]}<span>”</span></blockquote>"
    quote = f'<figure class="quote">{said}<figcaption>— The mayor</figcaption></figure>'
    article = story(content(paragraphs(PARAGRAPHS[0]), quote, paragraphs(*PARAGRAPHS[2:])))
    assert article.article_body.split("\n\n") == [PARAGRAPHS[0], f"“{PARAGRAPHS[1]}”", *PARAGRAPHS[2:]]


# --- the standfirst

STANDFIRST = "Engineers had wanted the crossing shut in November, but residents said the detour would be too long."


def test_a_heading_that_is_a_sentence_before_the_text_is_its_standfirst() -> None:
    article = story(content(f"<h4>{STANDFIRST}</h4>", paragraphs()))
    assert article.abstract == STANDFIRST
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_paragraphs_in_a_box_each_are_text_though_the_description_repeats_the_first() -> None:
    boxes = "".join(f'<div class="{"preview" if not number else "rest"}"><p>{text}</p></div>' for number, text in enumerate(PARAGRAPHS))
    article = story(content(boxes), head=f'<meta name="description" content="{PARAGRAPHS[0][:100]}…">')
    assert (article.abstract, article.article_body.split("\n\n")) == (None, list(PARAGRAPHS))


# --- headline, section, further pages, scripts


@pytest.mark.parametrize("title", [f"{HEADLINE} - Harbour", f"{HEADLINE} – Harbour", f"{HEADLINE} · Harbour"])
def test_a_label_is_cut_off_that_the_page_prints_apart_from_the_headline(title: str) -> None:
    main = f'<div id="navi"><ul><li><a href="/harbour">Harbour</a></li></ul></div><h1>{HEADLINE}</h1><div class="text">{paragraphs()}</div>'
    article = read(page(main, f'<meta property="og:title" content="{title}">', f"{title} - Vale Courier"))
    assert (article.headline, article.article_section) == (HEADLINE, "Harbour")
    whole = read(page(f"<h1>{title}</h1><div class='text'>{paragraphs()}</div>", f'<meta property="og:title" content="{title}">', title))
    assert whole.headline == title


@pytest.mark.parametrize(
    ("pages", "following"),
    [
        (
            '<span class="post-page-numbers current">1</span> <a href="{url}2/" class="post-page-numbers">2</a> <a href="{url}3/">3</a>',
            "2/",
        ),
        ('Page 1 of 3 <a href="{url}?page=2">Next</a>', "?page=2"),
    ],
)
def test_the_next_page_of_a_story_is_found_without_rel_next(pages: str, following: str) -> None:
    found = story(content(paragraphs(), f'<div class="page-links">Pages: {pages.format(url=URL)}</div>'))
    assert found.next_page == URL + following
    assert found.article_body.split("\n\n") == list(PARAGRAPHS)
    comments = f'<div id="comments"><p>I was on that boat.</p><a href="{URL}?page=2">2</a></div>'
    assert story(content(), comments).next_page is None


@pytest.mark.parametrize(
    ("url", "links", "following"),
    [
        ("/n1/2026/0306/c64-311.html", "【1】<a href='/n1/2026/0306/c64-311-2.html'>【2】</a>", "/n1/2026/0306/c64-311-2.html"),
        ("/2026/ferry-sinks_2.shtml", "<a href='/2026/ferry-sinks.shtml'>1</a> 2 <a href='/2026/ferry-sinks_3.shtml'>3</a>", "_3.shtml"),
        ("/2026/ferry-sinks.html", "1 <a href='/2026/ferry-sinks.html?page=2'>2</a>", "/2026/ferry-sinks.html?page=2"),
        ("/2026/ferry-sinks.html", "<a href='/2026/ferry-sinks-again-2.html'>2</a>", None),
    ],
)
def test_the_pages_of_a_story_may_be_numbered_in_its_files_name(url: str, links: str, following: str | None) -> None:
    main = content(paragraphs(), f"<div class='page-nums'>{links}</div>")
    found = read(page(main, meta()), url=f"https://vale-courier.example{url}").next_page
    assert found is None if following is None else found is not None and found.endswith(following)


@pytest.mark.parametrize(
    "line", ['Pages: 1 <a href="{url}2/">2</a> <a href="{url}3/">3</a>', '1 | <a href="{url}2/">2</a> | <a href="{url}2/">Next »</a>']
)
def test_a_line_of_page_numbers_below_the_last_paragraph_is_no_text_and_leads_on(line: str) -> None:
    found = story(content(paragraphs(), f"<p>{line.format(url=URL)}</p>"))
    assert (found.next_page, found.article_body.split("\n\n")) == (URL + "2/", list(PARAGRAPHS))


RICH = [{"nodeType": "paragraph", "content": [{"nodeType": "text", "value": text}]} for text in PARAGRAPHS]
BLOCKS = [
    {"type": "image", "caption": CAPTION, "url": "/ferry.jpg"},
    *({"type": "paragraph", "html": text} for text in PARAGRAPHS),
    {"type": "related", "text": OTHERS[0]},
]


@pytest.mark.parametrize("body", [BLOCKS, RICH], ids=["blocks", "rich text"])
@pytest.mark.parametrize("script", ['<script type="application/json">{}</script>', "<script>window.__STATE__ = {};</script>"])
def test_a_text_that_a_script_holds_as_a_list_of_parts_is_read(body: list[dict[str, object]], script: str) -> None:
    teasers = [{"title": title, "slug": "x", "text": f"{title}, and what else is new."} for title in OTHERS]
    data = {"props": {"article": {"title": HEADLINE, "body": body}, "more": teasers}}
    article = read(page(f'<div id="root"></div>{script.format(json.dumps(data))}', meta()))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


# --- older themes, and what stands below a text


def test_author_date_and_topics_are_read_off_the_footer_of_the_story() -> None:
    facts = (
        f'<time class="entry-date published" datetime="2026-03-06T09:30:00-08:00">March 6</time>'
        f'<span class="byline"><span class="author vcard"><a class="url fn n" href="/author/x/">Ana Oak</a></span></span> {CATEGORY}'
        f' <span class="tags-links">{", ".join(links("/tag/{}/"))}</span>'
    )
    comment = '<div class="comment-author vcard"><b class="fn">Ina Elm</b> <time datetime="2026-03-06T19:00:00Z">later</time></div>'
    main = (
        f'<article><h1>{HEADLINE}</h1>{content()}<footer class="entry-footer">{facts}</footer></article><div id="comments">{comment}</div>'
    )
    article = read(page(main, f'<meta property="og:title" content="{HEADLINE}">'))
    assert [author.name for author in article.authors] == ["Ana Oak"]
    assert (article.date_published, article.keywords) == ("2026-03-06T09:30:00-08:00", TAGS)


def test_the_tagline_of_a_site_is_no_standfirst() -> None:
    main = f'<article><h2 class="entry-title">{HEADLINE}</h2>{content()}</article>'
    assert read(page(main, f'<meta property="og:title" content="{HEADLINE}">')).abstract is None


def test_a_line_about_the_author_below_the_text_is_none_of_it() -> None:
    about = "<p><em>Ana Oak is a retired teacher in the valley. Her views are her own.</em></p>"
    article = story('<p class="byline">By Ana Oak</p>', content(paragraphs(), about))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("text", "images"),
    [
        (f"<p><small>{CAPTION}</small></p>", [(CAPTION, None)]),
        (f"<h5>{CREDIT}</h5>", [(None, CREDIT)]),
        (f"<h6>{CAPTION}. {CREDIT}</h6>", [(f"{CAPTION}.", CREDIT)]),
    ],
)
def test_small_print_below_a_picture_is_its_caption(text: str, images: list[tuple[str | None, str]]) -> None:
    article = story(content(f'<p style="text-align:center">{IMAGE}</p>', text, paragraphs()))
    assert [(image.caption, image.creditline) for image in article.images] == images
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_byline_before_a_dateline_is_none_of_it() -> None:
    article = story(content(paragraphs(f"By Staff | LODI, Calif. – {PARAGRAPHS[0]}", *PARAGRAPHS[1:])))
    assert (article.dateline, article.located, article.article_body.split("\n\n")) == ("LODI, Calif.", "LODI, Calif.", list(PARAGRAPHS))


@pytest.mark.parametrize(
    "line",
    [
        "Copyright 2026 The Wire Service. All rights reserved. This material may not be published or broadcast without leave.",
        "Publicado el 04/03/2026 11:20 - Actualizado 13:05",
    ],
)
def test_standing_lines_are_no_text(line: str) -> None:
    assert story(content(paragraphs(), f"<p>{line}</p>")).article_body.split("\n\n") == list(PARAGRAPHS)


FILM = '<script type="application/ld+json">{"@type": "VideoObject"}</script>'


@pytest.mark.parametrize(
    "beside",
    [
        f"<div><div>{IMAGE}</div><p>{PARAGRAPHS[0]}</p></div>",
        f"<div><div>{IMAGE}</div><p>Tell us what you saw: <a href='mailto:desk@vale-courier.example'>we are awake</a> all day.</p></div>",
        f"<div>{IMAGE}{FILM}<p>How the ferry came to be where it is.</p></div>",
    ],
    ids=["the first paragraph", "a call", "a film"],
)  # fmt: skip
def test_a_text_in_one_box_with_a_picture_is_not_always_its_caption(beside: str) -> None:
    first, *others = PARAGRAPHS
    parts = [beside, paragraphs(*others)] if first in beside else [paragraphs(first), beside, paragraphs(*others)]
    article = story(content(*parts))
    assert [image.caption for image in article.images if image.caption] == []
    assert all(text in article.article_body for text in PARAGRAPHS)


def test_the_steps_of_a_recipe_are_text_though_each_stands_in_a_box_with_a_picture() -> None:
    steps = [f"Step {number}: stir the dough for {number} minutes, and let it rest." for number in range(1, 7)]
    boxes = "".join(f"<div><div>{IMAGE}</div><p>{text}</p></div>" for text in steps)
    article = story(content(paragraphs(*PARAGRAPHS[:2]), boxes))
    assert article.article_body.split("\n\n") == [*PARAGRAPHS[:2], *steps]


@pytest.mark.parametrize("name", ["css-1ad2f8x", "jsx-3nav9", "x7comment2", "sc_9related4"])
def test_a_word_within_a_machine_made_class_name_tells_nothing(name: str) -> None:
    assert marks_of(name, None) is NO_MARKS


@pytest.mark.parametrize(("name", "zone"), [("ad728x90", "ads"), ("main-nav2", "nav"), ("relatedPosts1", "related")])
def test_a_number_behind_a_word_in_a_class_name_changes_nothing(name: str, zone: str) -> None:
    assert marks_of(name, None).zone == zone


def test_summaries_of_other_stories_are_no_text_though_each_card_has_a_class_of_its_own() -> None:
    card = (
        "<div class='post-{0} topic-{0}'><div><a href='/c/{0}'>Harbour</a></div><h2><a href='/s/{0}'>Another story, number {0}</a></h2>"
        "<div><a href='/by/{0}'>Ina Lang</a></div><div>{0} hours ago</div>"
        "<p>It rained for {0} days, and nobody came to buy fish there.</p></div>"
    )
    cards = "".join(card.format(number) for number in range(2, 7))
    assert story(f"<div>{paragraphs()}</div><div><h2>More from here</h2><div>{cards}</div></div>").article_body == "\n\n".join(PARAGRAPHS)


def test_a_roundup_with_linked_headings_is_text() -> None:
    parts = "".join(f"<h3><a href='/s/{n}'>What happened, part {n}</a></h3><p>{text}</p>" for n, text in enumerate(PARAGRAPHS))
    assert all(text in story(f"<div>{parts}</div>").article_body for text in PARAGRAPHS)


@pytest.mark.parametrize(
    "heading",
    ["2 thoughts on “Ferry strikes a pier”", "Leave a Reply", "Schreibe einen Kommentar", "Deja una respuesta", "Comentários (2)"],
)
def test_what_readers_wrote_below_a_text_is_none_of_it(heading: str) -> None:
    said = "<div><p>Ann says:</p><p>I was on that boat, and it was a frightening day for all of us; thank you to the fishermen.</p></div>"
    article = story(f"<div>{paragraphs()}<h3>{heading}</h3>{said}<p>This site uses Akismet to reduce spam.</p></div>")
    assert article.article_body == "\n\n".join(PARAGRAPHS)


def test_a_subhead_about_answers_ends_no_text() -> None:
    article = story(f"<div>{paragraphs(*PARAGRAPHS[:2])}<h3>Two responses to the sinking</h3>{paragraphs(*PARAGRAPHS[2:])}</div>")
    assert article.article_body.split("\n\n") == [*PARAGRAPHS[:2], "Two responses to the sinking", *PARAGRAPHS[2:]]


@comes_to_an_end()
def test_a_paragraph_of_many_thousands_of_pieces_is_joined_once() -> None:
    """Not copied for each picture that is left out: ten times the pieces took a hundred times as long."""
    pieces = 200_000
    source = html.fromstring("<p>" + "pier <img src=a.jpg>" * pieces + "</p>")
    target = source.makeelement("p")
    copy_text(source, target, frozenset(), 0)
    assert target.text == "pier " * pieces and not len(target)


@comes_to_an_end()
@pytest.mark.parametrize("words", ["<em>{}</em> falls ", '<span class="said"><b>{}</b></span> falls '])
def test_a_paragraph_of_many_thousands_of_marked_words_is_read_whole(words: str) -> None:
    """Trafilatura looks at each of them for each other one: forty thousand took minutes."""
    spoken = "".join(words.replace("{}", f"drop{number}") for number in range(40_000))
    article = story(content(paragraphs(*PARAGRAPHS[:2], f"The record of the hearing says: {spoken}.", *PARAGRAPHS[2:])))
    assert "drop0 falls drop1 falls" in article.article_body and "drop39998 falls drop39999 falls" in article.article_body
    assert article.article_body.startswith(PARAGRAPHS[0]) and article.article_body.endswith(PARAGRAPHS[-1])


@pytest.mark.parametrize(
    "above",
    [
        '<strong class="screen-reader-text">Share this story</strong>',
        '<p><b class="sr-only">You are here:</b> Home</p>',
        f'<figure>{IMAGE}<figcaption>The pier on the day before <b class="credit">Photo: Ana Lind</b></figcaption></figure>',
    ],
)
def test_bold_words_above_a_text_make_none_of_its_lines_bold(above: str) -> None:
    """A bold line is a name, or no caption."""
    article = story(above, content(paragraphs("Ana Oak", PARAGRAPHS[0]), f"<p>{IMAGE}</p>", paragraphs(CAPTION, *PARAGRAPHS[1:])))
    assert article.authors == () and article.images[-1].caption == CAPTION
    assert article.article_body.split("\n\n") == ["Ana Oak", *PARAGRAPHS]


# --- boxes


def test_a_story_each_paragraph_of_which_stands_in_a_widget_is_whole() -> None:
    widgets = "".join(f'<div class="element-{n} widget widget-text"><p>{text}</p></div>' for n, text in enumerate(PARAGRAPHS))
    article = read(page(f"<article><h1>{HEADLINE}</h1>{widgets}</article>", meta()))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_short_lines_in_boxes_are_no_text_of_the_story() -> None:
    boxes = (
        '<div class="read-meta meta">Reading time: 2 minutes</div><div class="tools widget"><p>Address of the article copied.</p></div>'
        '<div class="ad-slot ads"><p>The advertisement ends here</p></div>'
    )
    article = read(page(f"<article><h1>{HEADLINE}</h1>{boxes}<div class='text'>{paragraphs()}</div>{boxes}</article>", meta()))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_letters_that_a_machine_made_are_no_words_of_a_class_name() -> None:
    text = "".join(
        f'<p id="block-{mixed}">{text}</p>' for mixed, text in zip(("n1AuAdJlVL", "q2NaVbOx", "xY7AdKq", "AdAaAd"), PARAGRAPHS, strict=True)
    )
    assert read(page(f"<article><h1>{HEADLINE}</h1><div>{text}</div></article>", meta())).article_body.split("\n\n") == list(PARAGRAPHS)


# --- films, captions told twice, lines of the newsroom


def test_the_films_of_a_player_between_headline_and_text_are_no_standfirst() -> None:
    film = "<div>See the ferry go down</div><div><span>3:10</span> • <span>Source: Vale TV</span></div>"
    player = f'<div class="video-resource">{film}</div><div class="video-playlist">{film}<div>Harbour of the day 12 films</div></div>'
    assert story(f'<section class="layout__lede">{player}</section>', content()).abstract is None
    told = "The coast guard brought all forty passengers ashore within the hour."
    assert story(f'<section class="layout__lede">{player}<p>{told}</p></section>', content()).abstract == told


def test_a_caption_that_stands_below_the_picture_once_more_is_no_text() -> None:
    figure = f"<figure hidden>{IMAGE}<figcaption>1 of 1 {CAPTION} — {CREDIT}</figcaption></figure>"
    article = story(content(f"<div>{figure}<p>{CAPTION} — {CREDIT}</p></div>", paragraphs()))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)
    assert [(image.caption, image.creditline) for image in article.images] == [(CAPTION, CREDIT)]


@pytest.mark.parametrize(
    "line",
    [
        "[한결 기자 han@vale.example]<br>[ⓒ 계곡일보 &amp; vale.example, 무단전재 및 재배포 금지]",
        "Esta funcionalidad es exclusiva para registrados.",
        "Reporta un error en esta noticia",
        "📲 Acompanhe as notícias do vale nas redes",
        "jdo/kam/bfi/eg",
        "burs-jdo/kam",
        "Не упустите шанс узнать новости долины первыми. Подписывайтесь на наш канал.",
        "Silakan baca berita menarik lainnya di Google News",
        "Redaktur & Reporter : Rini",
        "Enditem/JD",
        ">> READ IN THE COURIER: How the harbour was built",
    ],
)
def test_lines_of_the_newsroom_below_a_text_are_none_of_it(line: str) -> None:
    assert story(content(paragraphs(), f"<p>{line}</p>")).article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_byline_in_brackets_below_the_text_names_the_author_and_is_no_text() -> None:
    article = story(content(paragraphs(), "<p>(By Jane Doe)</p>"))
    assert ([author.name for author in article.authors], article.article_body.split("\n\n")) == (["Jane Doe"], list(PARAGRAPHS))
    day = f"{PARAGRAPHS[-1]} (By the end of May)"
    assert story(content(paragraphs(*PARAGRAPHS[:-1], day))).authors == ()


def test_a_heading_is_text_whatever_its_anchor_is_called() -> None:
    heading = '<h3 class="subheading" id="nav_footer_related_1">What the divers found</h3>'
    body = story(content(paragraphs(*PARAGRAPHS[:2]), heading, paragraphs(*PARAGRAPHS[2:]))).article_body
    assert "\n\nWhat the divers found\n\n" in body


def test_short_lines_are_text_where_the_paragraphs_are_boxes_too() -> None:
    lines = ("– a broken mast", "– two lifeboats, one of them open", "– the bell of 1931")
    boxes = "".join(f"<div>{text}</div>" for text in (*PARAGRAPHS[:3], *lines, "⁂", PARAGRAPHS[3]))
    assert story(content(boxes)).article_body.split("\n\n") == [*PARAGRAPHS[:3], *lines, PARAGRAPHS[3]]


def test_large_headings_within_a_text_are_text_and_the_headline_is_not() -> None:
    body = story(content(paragraphs(*PARAGRAPHS[:2]), "<h1>What the divers found</h1>", paragraphs(*PARAGRAPHS[2:]))).article_body
    assert body.split("\n\n") == [*PARAGRAPHS[:2], "What the divers found", *PARAGRAPHS[2:]]


def test_a_longer_text_in_a_box_beside_a_short_story_is_none_of_it() -> None:
    box = "".join(
        f"<div>{number}. Our association wants more benches in the park, and longer hours for the baths.</div>" for number in range(12)
    )
    beside = f'<aside class="sidebar"><div class="widget widget_text"><div class="textwidget">{box}</div></div></aside>'
    body = read(
        page(f"<main><article><h1>{HEADLINE}</h1>{content(paragraphs(*PARAGRAPHS[:2]))}</article>{beside}</main>", meta())
    ).article_body
    assert body.split("\n\n") == list(PARAGRAPHS[:2])


def test_a_story_whose_widgets_are_numbered_one_by_one_is_whole() -> None:
    texts = [f"<p>{PARAGRAPHS[n % 4]} That was on day {n}.</p>" if n % 2 else f"<p>Boat: Vale {n}</p>" for n in range(12)]
    widgets = "".join(
        f'<div class="builder-element builder-element-4f{n}c builder-widget widget-text" data-id="4f{n}c">'
        f'<div class="builder-widget-container"><div class="text-editor">{text}</div></div></div>'
        for n, text in enumerate(texts)
    )
    body = story(f'<div class="builder">{widgets}</div>').article_body
    assert [n for n in range(2, 12) if (f"day {n}." if n % 2 else f"Boat: Vale {n}") not in body] == []


def test_a_table_keeps_the_cells_that_are_links() -> None:
    rows = "".join(f'<tr><td><a href="/club/{n}">FC Vale {n}</a></td><td>{30 - n}</td><td>{70 - 2 * n}</td></tr>' for n in range(5))
    table = f"<table><tr><th>Club</th><th>Games</th><th>Points</th></tr>{rows}</table>"
    article = story(content(paragraphs(*PARAGRAPHS[:2]), table, paragraphs(*PARAGRAPHS[2:])))
    assert "FC Vale 3" in article.article_body and "27" in article.article_body
    assert article.article_body_html.count("FC Vale") == 5


def test_a_line_of_the_sites_head_is_no_standfirst_though_its_class_names_one() -> None:
    head = '<div id="top"><h1><a href="/">Vale Courier</a></h1><p class="subtitle">Law and order between the hills 2.0</p></div>'
    article = read(page(f"{head}<div><h2>{HEADLINE}</h2>{paragraphs()}</div>", title=f"Vale Courier » {HEADLINE}"))
    assert (article.headline, article.abstract) == (HEADLINE, None)


def test_what_a_script_was_to_fill_in_is_no_text() -> None:
    unfilled = "<p>{{story.status === 'published' ? story.text : '' }}</p><div>{{ story.text_of_the_second_paragraph_of_it }}</div>"
    assert story(content(unfilled, paragraphs())).article_body.split("\n\n") == list(PARAGRAPHS)
    assert story(content(unfilled * 9)).article_body == ""


def test_lines_that_say_when_and_where_a_text_was_printed_are_none_of_it() -> None:
    imprint = f"<p>—<br>Published March 6, 2026<br>—<br><a href='{URL}'>{URL}</a></p>"
    assert story(content(paragraphs(), imprint)).article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_login_for_those_who_want_to_comment_makes_no_wall_of_a_short_story() -> None:
    article = story(content(paragraphs(*PARAGRAPHS[:2])), "<div>Please Sign In or Register to participate.</div>")
    assert (article.outcome, article.article_body.split("\n\n")) == ("article", list(PARAGRAPHS[:2]))


def test_a_byline_of_several_lines_is_no_standfirst() -> None:
    byline = '<div class="summary">By Jane Oak<br>Vale Courier Sports<br>Archive | Contact</div>'
    article = story(byline, content())
    assert (article.abstract, [author.name for author in article.authors]) == (None, ["Jane Oak"])


POLISH = (
    "Rada gminy zgodziła się w poniedziałek na naprawę starego mostu, zanim jesienią znów przyjdzie wielka woda i zabierze drogę.",
    "Prace potrwają do września i będą kosztować czterysta tysięcy złotych, jak mówi inżynier, który obejrzał filary z łodzi.",
    "– Czekaliśmy na to jedenaście lat – powiedziała mieszkanka drugiego brzegu, która co dzień jeździ do pracy dookoła.",
    "Na czas remontu ruszy prom, który zabierze pieszych, rowery i małe wozy, a odpływać będzie co dwadzieścia minut.",
)


@pytest.mark.parametrize("lang", ["", " lang=en-US"])
def test_a_page_laid_out_in_tables_without_metadata_gives_its_text_byline_and_day_alone(lang: str) -> None:
    """The visitors' counter and the day of the visit, which differ at every look, are none of it."""
    headline = "Gmina naprawi stary most przed jesienią"
    article = read(
        f"<html{lang}><head><title>{headline} - Kurier Doliny - Powiat</title></head><body><table>"
        "<tr><td><a href=/>Kurier Doliny</a></td></tr>"
        "<tr><td>Dziś jest 19 listopada 2026<br>Odsłon: 96921<br>Czytelników: 38<br>Imieniny: Elżbieta, Seweryn</td>"
        f"<td><h2>{headline}</h2><font size=1>18 listopada 2026, godz. 13:44, autor: Piotr Gąsior</font>"
        f"<table align=right><tr><td>{IMAGE}<br><font size=1>Most w sobotę rano. Fot. Ewa Lis</font></td></tr></table>"
        f"{''.join(f'<p>{one}</p>' for one in POLISH)}</td></tr></table></body></html>",
        url="https://kurier.example/artykul.php?id=4258",
        fetched_at=datetime(2026, 11, 19, 12, tzinfo=UTC),
    )
    assert article.article_body.split("\n\n") == list(POLISH)
    assert [author.name for author in article.authors] == ["Piotr Gąsior"]
    assert (article.date_published, article.in_language) == ("2026-11-18T13:44+01:00", "pl")
    assert [(image.caption, image.creditline) for image in article.images] == [("Most w sobotę rano.", "Fot. Ewa Lis")]


@pytest.mark.parametrize("parameter", ["page", "strona", "str", "sivu", "sayfa", "halaman"])
def test_the_next_page_of_a_story_is_found_by_its_parameter_in_many_languages(parameter: str) -> None:
    url = "https://vale-courier.example/artykul.php?id=4258"
    pager = f"<p><b>1</b> <a href='?id=4258&amp;{parameter}=2'>2</a> <a rel=next href='?id=4258&amp;{parameter}=2'>»</a></p>"
    article = read(page(f"<article><h1>{HEADLINE}</h1>{paragraphs()}{pager}</article>", title=HEADLINE), url)
    assert article.next_page == f"{url}&{parameter}=2"


@pytest.mark.parametrize(
    "quote",
    [
        '<figure class="wp-block-pullquote"><blockquote><p>“{}”</p><cite>Tomas Arnesen</cite></blockquote></figure>',
        '<figure class="article-pullquote"><blockquote class="pullquote"><p>{}</p></blockquote></figure>',
        "<figure><blockquote><span>„</span>{}<span>“</span></blockquote><figcaption>— Tomas Arnesen</figcaption></figure>",
        "<blockquote><p>{}.</p></blockquote>",
    ],
)
def test_a_pull_quote_that_repeats_the_text_stands_there_once(quote: str) -> None:
    words = "And then the deck was under water"
    article = story(content(paragraphs(*PARAGRAPHS[:2]), quote.format(words), paragraphs(*PARAGRAPHS[2:])))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)
    told = quote.format("I will never set foot on a ship again as long as I live and breathe, not for all the gold in the bank")
    article = story(content(paragraphs(*PARAGRAPHS[:2]), "<blockquote><p>" + told + "</p></blockquote>", paragraphs(*PARAGRAPHS[2:])))
    assert "I will never set foot" in article.article_body


def test_the_section_of_the_address_is_called_as_the_page_prints_it() -> None:
    menu = '<div class="menu"><a href="/weltgeschehen/">Aus aller Welt</a> <a href="/sport/">Sport</a></div>'
    html = page(f'<div>{menu}</div><article class="post"><h1>{HEADLINE}</h1>{content()}</article>', title=f"{HEADLINE} - Vale Courier")
    assert read(html, "https://vale-courier.example/weltgeschehen/ferry-strikes-a-pier-and-sinks/").article_section == "Aus aller Welt"
    assert read(html, "https://vale-courier.example/local-news/ferry-strikes-a-pier-and-sinks/").article_section == "local news"


def test_a_short_standfirst_in_japanese_is_one() -> None:
    declared = '<meta name="description" content="台風被害から６年、住民からは景観を惜しむ声も">'
    body = (
        "<p>三崎港を囲む防潮堤が９日に完成し、現地で記念式典が開かれた。高さは海面から８メートル、総延長は約３キロで、県と市が整備した。</p>"
        * 3
    )
    html = f"<html lang='ja'><head><title>防潮堤が完成</title>{declared}</head><body><article><h1>防潮堤が完成</h1>"
    article = read(
        f"{html}<div class='text'><p><strong>台風被害から６年、住民からは景観を惜しむ声も</strong></p>{body}</div></article></body></html>"
    )
    assert article.abstract == "台風被害から６年、住民からは景観を惜しむ声も"
    assert "景観" not in article.article_body


HAND_MADE = f"""<html><head><title>Vale Courier - {HEADLINE}</title></head><body><table><tr><td>
<a href="/sport.html">Sport</a><br><a href="/old.html">Council will not sell the mill</a></td><td>
<font size="2">Accidents</font><br><font size="5"><b>{HEADLINE}</b></font><br>
<font size="3"><i>Forty people were on board, and all of them came ashore alive</i></font><br><br>
<font size="1">Ana Lind, Staff Writer<br>6 March 2026, 10:30</font><br>
{"".join(f'<p><font size="2">{text}</font></p>' for text in PARAGRAPHS)}</td></tr></table></body></html>"""


def test_a_hand_made_table_of_the_nineties_has_headline_standfirst_byline_and_text_apart() -> None:
    article = read(HAND_MADE)
    assert article.headline == HEADLINE
    assert article.abstract == "Forty people were on board, and all of them came ashore alive"
    assert [(author.name, author.role) for author in article.authors] == [("Ana Lind", "Staff Writer")]
    assert article.date_published == "2026-03-06T10:30"
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_lower_heading_that_ends_the_title_is_the_headline_and_the_blogs_name_above_it_is_none() -> None:
    post = f'<div class="post hentry"><h3 class="post-title">{HEADLINE}</h3><div class="post-body">{paragraphs()}</div></div>'
    head = f"<head><title>Notes from the Hills: {HEADLINE}</title></head>"
    html = f"<html>{head}<body><h1><a href='/'>Notes from the Hills</a></h1>{post}</body></html>"
    assert read(html).headline == HEADLINE


def test_a_first_paragraph_in_bold_is_the_standfirst_where_no_other_one_is() -> None:
    lead = "The line has stopped all crossings, and divers look at the hull."
    article = story(content(f"<p><strong>{lead}</strong></p>", paragraphs()))
    assert article.abstract == lead and lead not in article.article_body
    twice = story(content(f"<p><strong>{lead}</strong></p>", paragraphs(), f"<p><strong>{lead[::-1]}</strong></p>"))
    assert twice.abstract is None


def test_a_table_in_a_figure_and_an_aside_among_the_paragraphs_are_text() -> None:
    table = (
        '<figure class="wp-block-table"><table><tr><th>Year</th><th>Ferries</th></tr><tr><td>2025</td><td>14</td></tr></table>'
        "<figcaption>Ferries on the lake</figcaption></figure>"
    )
    told = "The line has been run by the same family since the spring of 1921, with one pause."
    aside = f'<aside class="wp-block-group"><h3>At a glance</h3><p>{told}</p></aside>'
    article = story(content(paragraphs(*PARAGRAPHS[:2]), table, aside, paragraphs(*PARAGRAPHS[2:])))
    assert article.article_body.split("\n\n")[2:8] == ["Year", "Ferries", "2025", "14", "At a glance", told]
    assert "<td>14</td>" in article.article_body_html
    related = '<aside><h3>Related</h3><p><a href="/2026/03/01/will-not-sell/">Council will not sell the mill after all.</a></p></aside>'
    article = story(content(paragraphs(*PARAGRAPHS[:2]), related, paragraphs(*PARAGRAPHS[2:])))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


def test_a_last_paragraph_in_a_box_of_the_same_class_in_another_row_belongs_to_the_story() -> None:
    first = f'<div class="row"><div class="article-text">{paragraphs(*PARAGRAPHS[:2])}</div><div class="slot">Advertisement</div>'
    rows = f'{first}<div class="article-text">{paragraphs(PARAGRAPHS[2])}</div></div>'
    html = page(f'<h1>{HEADLINE}</h1>{rows}<div class="row"><div class="article-text">{paragraphs(PARAGRAPHS[3])}</div></div>', meta())
    assert read(html).article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "También te puede interesar: La pesca cierra su peor año",
        "Potrebbe interessarti: Siccità, razionata l’acqua",
        "İlginizi çekebilir: Okullar açıldı",
        "Читать также: Почему мелеет река Тихая",
        "طالع أيضا: أزمة الكهرباء",
        "इसे भी पढ़ें: भोपाल में सड़कें डूबीं",
        "تابعونا على فيسبوك",
        "हमारे व्हाट्सएप चैनल से जुड़ें",
        "Bültenimize abone olun",
        "Ikuti saluran WhatsApp kami",
        "Já é assinante? Faça login",
        "Dit artikel is alleen voor abonnees.",
    ],
)
def test_lines_that_sell_or_point_elsewhere_are_no_text_in_any_language(line: str) -> None:
    article = story(content(paragraphs(*PARAGRAPHS[:2]), paragraphs(line), paragraphs(*PARAGRAPHS[2:])))
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "By AFP",
        "Photos: Max Ort",
        "Text: Ina Lang<br>Fotos: Max Ort",
        "Traduit par Jeanne d'Orval",
        "Staff writer",
        "Propos recueillis par Jeanne Martin, journaliste",
        "Autor: Marie Dubová a Jan Kotlík",
        "Kuvat: Maria Tammela",
        "Fotos: Max Ort, Text: Ina Lang",
        "撮影：釜田陽平",
        "Words by Jane Doe | Illustrations by Max Ort",
    ],
)
def test_who_worked_on_a_story_is_no_text_of_it(line: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    for above, below in ((f"<p>{line}</p>", ""), ("", f"<p>{line}</p>")):
        article = read(page(f"<main><article><h1>{HEADLINE}</h1>{above}{text}{below}</article></main>"))
        assert article.article_body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Photos by the thousand lay in the wreck.",
        "Fotos von der Baustelle",
        "Aus Halden berichtet der Wasserverband",
        "Un texto de la Junta",
        "Report by the River Board",
        "사진 찍는 사람들",
        "Edited by candlelight, the paper still came out",
        "Video: what the divers saw was mud",
        "By Friday Tomas Arnesen was home",
    ],
)
def test_a_sentence_that_opens_like_a_credit_stays_in_the_text(line: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]))
    assert line in read(page(f"<main><article><h1>{HEADLINE}</h1>{text}</article></main>")).article_body


@pytest.mark.parametrize(
    "row",
    [
        '<p>關鍵字： <a href="/p/71/">水坝</a>, <a href="/p/72/">磨坊</a></p>',
        '<ul><li>Stikkord</li><li><a href="/p/71/">Ferries</a></li><li><a href="/p/72/">Harbour</a></li></ul>',
        '<dl><dt>Etichete:</dt><dd><a href="/p/71/">Ferries</a></dd><dd><a href="/p/72/">Harbour</a></dd></dl>',
    ],
)
def test_a_row_of_topics_with_its_label_is_no_text(row: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    assert read(page(f"<main><article><h1>{HEADLINE}</h1>{text}{row}</article></main>")).article_body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Alle Rechte vorbehalten",
        "Comments (12)",
        "Время чтения: 5 минут",
        "TÜM HAKLARI SAKLIDIR",
        "Fotogalerie »",
        "コメントを書く",
        "(ANSA)",
        "/ritzau/",
        "(avec AFP)",
        "Mis à jour à 10h15",
        "Updated at 10:15 am",
        "Laatst bijgewerkt: 5 maart 2026 10:15",
        "Fout gezien? Mail naar fouten@vale-courier.example",
        "Traduit de l'anglais par Jean Dorval",
    ],
)
def test_lines_that_stand_with_every_story_are_no_text_of_it(line: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:2])
    rest = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[2:])
    for placed in (f"{text}<p>{line}</p>{rest}", f"{text}{rest}<p><strong>{line}</strong></p>"):
        article = read(page(f"<main><article><h1>{HEADLINE}</h1>{placed}</article></main>"))
        assert article.article_body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Alle Rechte vorbehalten hat sich die Reederei.",
        "Comments (12) were sent to the board.",
        "Fotogalerie und Museum bleiben zu.",
        "Updated at 10:15 am, the list named 40 people",
        "(Anna)",
        "Inzerce lodí stála obec milion.",
        "Aus dem Englischen von ihm",
        "Who had called? Nobody knew.",
    ],
)
def test_a_sentence_that_begins_like_a_standing_line_stays_in_the_text(line: str) -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in (*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]))
    assert line in read(page(f"<main><article><h1>{HEADLINE}</h1>{text}</article></main>")).article_body


# --- shapes without names


def amid(markup: str) -> Article:
    """A story with `markup` between its second and its third paragraph, on a page without class names."""
    return read(page(f"<div><h1>{HEADLINE}</h1><div>{paragraphs(*PARAGRAPHS[:2])}{markup}{paragraphs(*PARAGRAPHS[2:])}</div></div>"))


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
def test_a_text_set_in_headings_is_read(tag: str) -> None:
    article = read(page(f"<div><h1>{HEADLINE}</h1><div>{''.join(f'<{tag}>{text}</{tag}>' for text in PARAGRAPHS)}</div></div>"))
    assert article.article_body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "markup",
    [
        "<div><h4>The ferry in figures</h4><ul><li>Built in 1974 in Oslo</li><li>Forty-one metres long</li></ul></div>",
        "<dl><dt>The ferry in figures</dt><dd>Built in 1974 in Oslo</dd><dt>Its length</dt><dd>Forty-one metres long</dd></dl>",
    ],
)
def test_a_list_of_facts_in_a_box_among_the_paragraphs_belongs_to_the_text(markup: str) -> None:
    body = amid(markup).article_body
    assert [line for line in ("The ferry in figures", "Built in 1974 in Oslo", "Forty-one metres long") if line not in body] == []


@pytest.mark.parametrize(
    "markup",
    [
        '<div><h3>The Quiet Tide</h3><p>What the sea left us, once a day, in your post.</p><form><input type="email"></form></div>',
        '<form><h3>The Quiet Tide</h3><p>What the sea left us, once a day, in your post.</p><input type="text" name="your-email"></form>',
        '<div><p>Should the harbour be closed?</p><ul><li><input type="radio">Yes</li><li><input type="radio">No</li></ul></div>',
        '<div><a href="/2026/03/01/what-became-of-them"><img src="/b.jpg"><h3>Ten boats</h3></a><p>They sank.</p></div>',
        "<div><p>Téléchargez notre application</p></div>",
    ],
    ids=["newsletter", "newsletter in a form", "poll", "one card", "app"],
)
def test_a_box_with_a_field_an_offer_or_one_other_story_is_no_text(markup: str) -> None:
    article = amid(markup)
    assert article.article_body == "\n\n".join(PARAGRAPHS)
    above = read(page(f"<div><h1>{HEADLINE}</h1>{markup}<div>{paragraphs(*PARAGRAPHS)}</div></div>"))
    assert (above.abstract, above.article_body) == (None, "\n\n".join(PARAGRAPHS))


def test_a_form_around_the_whole_page_takes_nothing_from_the_story() -> None:
    form = f'<form><input type="email"><div><h1>{HEADLINE}</h1><div>{paragraphs(*PARAGRAPHS)}</div></div></form>'
    assert read(page(form)).article_body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "box",
    [
        "<div><div>Ana Oak</div><p>Ana has told the coast's stories since 2019.</p></div>",
        "<div><p>Ana Oak writes about boats and the weather on the coast.</p></div>",
    ],
)
def test_a_box_about_the_author_below_the_text_is_none_of_it(box: str) -> None:
    text = f"{paragraphs(*PARAGRAPHS)}{paragraphs(*PARAGRAPHS).replace('ferry', 'boat')}"
    article = read(page(f"<div><h1>{HEADLINE}</h1><div>By Ana Oak</div><div>{text}{box}</div></div>", jsonld(author={"name": "Ana Oak"})))
    assert "Ana" not in article.article_body
    assert article.article_body.startswith(PARAGRAPHS[0])


STANDFIRST = "Forty people were on board when the boat hit the stones, and all of them came ashore."
FACTS = '<div><span>By Ana Oak</span> <time datetime="2026-03-06">March 6, 2026</time></div>'
PICTURE = f"<figure>{IMAGE}<figcaption>{CAPTION}</figcaption></figure>"
SHARE = '<ul><li><a href="//x.example/share">Share</a></li><li><a href="mailto:?u=1">Mail</a></li><li><a href="#p">Print</a></li></ul>'
COLUMN = f"<div>{paragraphs()}</div>"
HEADING = f"<h1>{HEADLINE}</h1>"


@pytest.mark.parametrize(
    "markup",
    [
        f"{HEADING}<p>{STANDFIRST}</p>{FACTS}{COLUMN}",
        f"{HEADING}{FACTS}<p>{STANDFIRST}</p>{COLUMN}",
        f"{HEADING}{FACTS}{PICTURE}<p>{STANDFIRST}</p>{COLUMN}",
        f"{HEADING}{FACTS}{SHARE}<div>{STANDFIRST}</div>{COLUMN}",
        f"<header>{HEADING}<span>{STANDFIRST}</span>{FACTS}</header>{COLUMN}",
        f"<div>{HEADING}<p>{STANDFIRST}</p>{FACTS}{paragraphs()}</div>",
    ],
    ids=["above the byline", "below it", "below a picture", "below a share bar", "in the header", "in the column"],
)
def test_a_standfirst_is_told_by_its_place(markup: str) -> None:
    article = read(page(f"<div>{markup}</div>"))
    assert (article.abstract, article.article_body) == (STANDFIRST, "\n\n".join(PARAGRAPHS))


def test_a_list_of_points_between_headline_and_text_is_the_standfirst() -> None:
    points = ("The ferry sank within minutes", "Fishing boats brought all ashore", "The line is closed for now")
    article = read(page(f"<div>{HEADING}{FACTS}<ul><li>{'</li><li>'.join(points)}</li></ul>{COLUMN}</div>"))
    assert (article.abstract, article.article_body) == ("\n".join(points), "\n\n".join(PARAGRAPHS))


def test_a_text_below_a_heading_of_its_own_is_no_standfirst() -> None:
    offer = f'<div><h3>The Quiet Tide</h3><p>{STANDFIRST}</p><a href="/letters">More</a></div>'
    assert read(page(f"<div>{HEADING}{offer}{COLUMN}</div>")).abstract is None


def test_a_first_paragraph_apart_from_the_others_stays_in_the_text() -> None:
    columns = f'<div class="a1">{paragraphs(PARAGRAPHS[0])}</div><div class="a2">{paragraphs(*PARAGRAPHS[1:])}</div>'
    article = read(page(f"<div>{HEADING}{FACTS}<div>{columns}</div></div>"))
    assert (article.abstract, article.article_body) == (None, "\n\n".join(PARAGRAPHS))


def test_a_short_sentence_behind_a_picture_is_text_where_breaks_part_the_paragraphs() -> None:
    pictured = f'<div><picture><source srcset="/ferry.webp 800w">{IMAGE}</picture><div>{CAPTION} <span>{CREDIT}</span></div></div>'
    parts = [PARAGRAPHS[0], PARAGRAPHS[1], f"{pictured}Nobody drowned.", *PARAGRAPHS[2:]]
    article = read(page(f"<div>{HEADING}{FACTS}<div>{'<br><br>'.join(parts)}</div></div>"))
    assert article.article_body.split("\n\n") == [*PARAGRAPHS[:2], "Nobody drowned.", *PARAGRAPHS[2:]]


def test_a_subhead_before_a_picture_is_kept_where_each_paragraph_has_a_box() -> None:
    boxes = [f"<div><p>{text}</p></div>" for text in PARAGRAPHS]
    boxes.insert(2, f"<h3>Under water</h3><div>{PICTURE}</div>")
    article = read(page(f"<div>{HEADING}{FACTS}<div>{''.join(boxes)}</div></div>"))
    assert article.article_body.split("\n\n") == [*PARAGRAPHS[:2], "Under water", *PARAGRAPHS[2:]]


def test_a_link_to_another_story_makes_no_card_of_the_short_paragraphs_below_it() -> None:
    short = ("It was cold.", "The wind blew from the north.", "Nobody drowned.")
    pointer = f'<h3><a href="/2026/03/01/what-became-of-them">{OTHERS[1]}</a></h3>'
    parts = [paragraphs(*PARAGRAPHS[:2]), pointer + paragraphs(*short), paragraphs(*PARAGRAPHS[2:])]
    article = read(page(f"<div>{HEADING}{FACTS}<div><section>{'</section><section>'.join(parts)}</section></div></div>"))
    assert article.article_body.split("\n\n") == [*PARAGRAPHS[:2], *short, *PARAGRAPHS[2:]]


def test_the_authors_names_beside_their_picture_are_no_caption() -> None:
    standfirst = "<p>The council voted seven to two on Tuesday night to reopen the crossing. Fares will rise by forty cents.</p>"
    card = (
        '<div><img src="/faces.jpg" alt=""><div><p>Lena Ostrand and Raymond Quill</p><p>March 6, 2026 6:42 PM EST · 4 min</p></div></div>'
    )
    figure = f'<figure><div><img src="{IMAGE}"></div><figcaption>{CAPTION}</figcaption></figure>'
    text = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    article = read(page(f"<main><h1>{HEADLINE}</h1>{standfirst}{card}{figure}<div>{text}</div></main>", title=HEADLINE))
    assert [image.caption for image in article.images if image.caption] == [CAPTION]


@pytest.mark.parametrize(
    "line", ["(Lusa)", "<b>Lusa</b>", "/Lusa/", "Com Lusa", "Fonte: Lusa", "Por Lusa", "(Por Lusa)", "-- By Lusa", "Texto: Lusa"]
)
@pytest.mark.parametrize("byline", ["Por Redação", "Por Ana Lima"])
def test_an_agency_alone_below_a_text_supplied_it_and_who_is_named_above_wrote_it(line: str, byline: str) -> None:
    article = story(f"<p>{byline}</p>", content(paragraphs(*PARAGRAPHS, line)))
    assert [author.name for author in article.authors] == [byline.removeprefix("Por ")]
    assert (article.infosource, article.article_body) == ("Lusa", "\n\n".join(PARAGRAPHS))


def test_an_agency_that_is_an_item_of_a_list_is_text() -> None:
    article = story(content(paragraphs(*PARAGRAPHS[:2]), "<ul><li>AFP</li><li>Lusa</li></ul>", paragraphs(*PARAGRAPHS[2:])))
    assert article.article_body.split("\n\n") == [*PARAGRAPHS[:2], "AFP", "Lusa", *PARAGRAPHS[2:]]


@pytest.mark.parametrize(
    ("row", "topics"),
    [
        ("<p>Tags: mill, weir, budget</p>", ("mill", "weir", "budget")),
        ("<div><strong>Schlagwörter</strong>: Mühle, Wehr</div>", ("Mühle", "Wehr")),
        ("<p>Mots-clés : moulin, barrage</p>", ("moulin", "barrage")),
        ("<p>Ключевые слова: мельница, плотина</p>", ("мельница", "плотина")),
        ("<p>关键词：磨坊 水坝 预算</p>", ("磨坊", "水坝", "预算")),
        ("<p>Filed under: Mill; Weir</p>", ("Mill", "Weir")),
        ("<p><span>Topics</span> <span>Mill</span> <span>Old weir</span></p>", ("Mill", "Old weir")),
        ('<div class="row"><b class="l">Topics</b><span class="t">Mill</span><span class="t">Weir</span></div>', ("Mill", "Weir")),
        ("<h4>Tags</h4><ul><li>Mill</li><li>Old weir</li></ul>", ("Mill", "Old weir")),
        ("<ul><li>Temas:</li><li>Molino</li><li>Presa</li></ul>", ("Molino", "Presa")),
        ("<p>Tags</p><p>mill, weir</p>", ("mill", "weir")),
        ("<p>#mill #weir #OldTown</p>", ("mill", "weir", "OldTown")),
    ],
)
def test_a_row_of_topics_without_links_is_no_text_and_names_the_topics(row: str, topics: tuple[str, ...]) -> None:
    article = read(page(f"<main><article><h1>{HEADLINE}</h1>{paragraphs()}{row}</article></main>"))
    assert (article.article_body, article.keywords) == ("\n\n".join(PARAGRAPHS), topics)


@pytest.mark.parametrize(
    "line",
    [
        "Topics: the mayor will speak about the mill, the weir and the budget.",
        "Topics on the agenda: mill, weir",
        "Temas: el alcalde hablará mañana de las obras del molino viejo, de la presa",
        "The crew posted #mill and #weir before the boat went down",
    ],
)
def test_a_sentence_about_topics_stays_in_the_text(line: str) -> None:
    article = read(page(f"<main><article><h1>{HEADLINE}</h1>{paragraphs(*PARAGRAPHS, line)}</article></main>"))
    assert (article.article_body.split("\n\n"), article.keywords) == ([*PARAGRAPHS, line], ())


def test_a_list_of_topics_amid_a_text_belongs_to_it() -> None:
    row = "<h3>Temas</h3><ul><li>Molino viejo</li><li>Presa del río</li></ul>"
    article = read(
        page(f"<main><article><h1>{HEADLINE}</h1>{paragraphs(*PARAGRAPHS[:2])}{row}{paragraphs(*PARAGRAPHS[2:])}</article></main>")
    )
    assert (article.article_body.split("\n\n"), article.keywords) == (
        [*PARAGRAPHS[:2], "Temas", "Molino viejo", "Presa del río", *PARAGRAPHS[2:]],
        (),
    )


SHORT = (
    "The mill pond was drained on Tuesday morning.",
    "Divers found two bicycles and an iron safe.",
    "Nobody has claimed what was in the safe yet.",
    "The pond will be filled again in May.",
)
SUMMARY = "The council decided on Monday night that the mill number {0} stays with the town, and that its wheel is mended."
ADDRESS = "/2026/03/0{0}/council-will-not-sell-mill-{0}"
TITLE = f'<a href="{ADDRESS}">Council will not sell the old mill number {{0}}</a>'


@pytest.mark.parametrize(
    "card",
    [
        f'<div><a href="{ADDRESS}"><img src="/{{0}}.jpg"></a><div>{TITLE}</div><div>{SUMMARY}</div><div>March {{0}}, 2026</div></div>',
        f"<div><h3>{TITLE}</h3><p>{SUMMARY}</p></div>",
        f'<div class="c">{TITLE}<div class="e">{SUMMARY}</div></div>',
        f"<article><h2>{TITLE}</h2><p>{SUMMARY}</p></article>",
        f'<div><div>Council will not sell mill {{0}}</div><div>{SUMMARY}</div><div><a href="{ADDRESS}">Read more</a></div></div>',
        f"<div><b>{TITLE}</b><br>{SUMMARY}</div>",
    ],
)
@pytest.mark.parametrize("tag", ["div", "p"])
def test_a_short_story_among_cards_of_other_stories_is_read_alone(card: str, tag: str) -> None:
    cards = "".join(card.format(number) for number in range(1, 9))
    text = "".join(f"<{tag}>{sentence}</{tag}>" for sentence in SHORT)
    for body in (
        f"<div><h1>{HEADLINE}</h1><div>{text}</div></div><div>{cards}</div>",
        f"<h1>{HEADLINE}</h1>{text}{cards}",
        f"<div>{cards}</div><div><h1>{HEADLINE}</h1><div>{text}</div></div>",
    ):
        assert read(f"<html><head><title>{HEADLINE}</title></head><body>{body}</body></html>").article_body.split("\n\n") == [*SHORT]


def test_posts_of_a_live_blog_with_a_button_to_share_them_are_text() -> None:
    posts = "".join(
        f'<div class="post"><p>{sentence}</p><a href="{URL}?post=10000{at}">Share</a></div>' for at, sentence in enumerate(SHORT)
    )
    assert story(content(paragraphs(*PARAGRAPHS[:2]), posts)).article_body.split("\n\n") == [*PARAGRAPHS[:2], *SHORT]


@pytest.mark.parametrize(
    "box",
    [
        '<div class="advert"><span>Advertisement</span></div>',
        "<div>Anzeige</div>",
        '<div><a href="https://shop.example/"><img src="https://shop.example/boots.jpg"></a></div>',
        '<table align="left"><tr><td><a href="https://shop.example/"><img src="/boots.gif"></a></td></tr></table>',
        '<div style="float:left"><b>Advertisement</b><br>Buy the best boots of the valley.</div>',
    ],
)
@pytest.mark.parametrize("tag", ["p", "div"])
def test_the_last_lines_of_a_text_written_with_breaks_are_text_behind_a_box(box: str, tag: str) -> None:
    lines = ("The line stays closed.", "Nobody knows for how long.")
    text = f"<{tag}>{'<br><br>'.join(PARAGRAPHS)}<br><br>{box}{'<br><br>'.join(lines)}</{tag}>"
    article = read(page(f"<main><h1>{HEADLINE}</h1>{text}<hr>Vale Courier, 12 Mill Street</main>"))
    assert article.article_body.split("\n\n") == [*PARAGRAPHS, *lines]
    article = read(page(f"<main><h1>{HEADLINE}</h1>{paragraphs()}{box}Doors open at seven.</main>"))
    assert article.article_body.split("\n\n") == [*PARAGRAPHS]  # whose paragraphs are elements, has none between them


SENTENCES = ("The ferry lies on its side near the old pier.", "Divers look at the hull of the ferry on Friday.")
LATER = tuple(f"A day later the steamer followed: {paragraph}" for paragraph in PARAGRAPHS)


def illustrated(*below: str) -> str:
    """A text with a picture behind its second and its fourth paragraph, and what stands below each."""
    first, *second = (f"<p>{IMAGE.replace('ferry', name)}</p>{line}" for name, line in zip(("pier", "hull"), below, strict=False))
    return f"{paragraphs(*PARAGRAPHS[:2])}{first}{paragraphs(*PARAGRAPHS[2:])}{''.join(second)}{paragraphs(*LATER)}"


@pytest.mark.parametrize(
    "form",
    [
        '<p class="has-small-font-size">{}</p>',
        '<p style="font-style: italic">{}</p>',
        '<p style="text-align:center">{}</p>',
        '<p align="center">{}</p>',
        '<p><font size="2">{}</font></p>',
        '<p><span style="font-size:0.8em">{}</span></p>',
        "<center>{}</center>",
        "<h6>{}</h6>",
    ],
)
def test_a_sentence_below_a_picture_that_is_set_small_slanted_or_in_the_middle_is_its_caption(form: str) -> None:
    for sentences in (SENTENCES[:1], SENTENCES):
        article = story(content(illustrated(*map(form.format, sentences))))
        assert [image.caption for image in article.images if image.caption] == [*sentences]
        assert article.article_body.split("\n\n") == [*PARAGRAPHS, *LATER]


def test_sentences_of_one_form_below_each_picture_and_nowhere_else_are_captions() -> None:
    below = [f'<p class="p7">{sentence}</p>' for sentence in SENTENCES]
    article = story(content(illustrated(*below)))
    assert ([image.caption for image in article.images], article.article_body.split("\n\n")) == ([*SENTENCES], [*PARAGRAPHS, *LATER])


@pytest.mark.parametrize(
    "text",
    [
        illustrated(*(f"<p>{sentence}</p>" for sentence in SENTENCES)),  # as all paragraphs are set
        illustrated(f'<p class="p7">{SENTENCES[0]}</p>'),  # once
        illustrated(f'<p class="p7">{SENTENCES[0]}</p>', f'<p class="p7">{LATER[0]} {LATER[1]}</p>'),  # a paragraph, too
        illustrated(*(f"<p><strong>{sentence}</strong></p>" for sentence in SENTENCES)),  # questions of an interview
        illustrated(*(f"<p>{sentence}</p>" for sentence in SENTENCES)).replace("<p>", '<p style="text-align:center">'),
    ],
)
def test_a_sentence_below_a_picture_that_is_set_as_the_text_is_stays_in_it(text: str) -> None:
    article = story(content(text))
    assert SENTENCES[0] in article.article_body and not any(image.caption for image in article.images)


def test_the_entries_of_a_live_blog_below_their_times_are_its_text() -> None:
    entries = "".join(f"<div class='entry'><h3><time>1{hour}:00</time></h3><p>{text}</p></div>" for hour, text in enumerate(PARAGRAPHS[2:]))
    article = story(f"<div class='entry-content'>{paragraphs(*PARAGRAPHS[:2])}{entries}</div>")
    assert article.article_body == "\n\n".join(PARAGRAPHS)
