"""What is read off the pages of small outlets: themes and plugins of WordPress, Drupal, Joomla, website builders."""

from __future__ import annotations

import pytest

from archiver.extract.noise import is_promo
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

# --- date and change of small themes

BARE = f'<meta property="og:title" content="{HEADLINE}">'
PUBLISHED, CHANGED = "2026-03-06T09:30:00-08:00", "2026-03-06T11:45:00-08:00"
TIMES = (
    f'<time class="entry-date published" datetime="{PUBLISHED}">March 6, 2026</time>'
    f'<time class="updated" datetime="{CHANGED}">March 6, 2026</time>'
)


@pytest.mark.parametrize(
    "facts",
    [
        f'<div class="entry-meta"><span class="posted-on">{TIMES}</span></div>',
        f'<div class="entry-meta"><span class="posted-on"><a href="{URL}" rel="bookmark">{TIMES}</a></span></div>',
        f'<div class="wp-block-post-date"><time datetime="{PUBLISHED}">March 6, 2026</time></div>'
        f'<div class="wp-block-post-date__modified-date wp-block-post-date"><time datetime="{CHANGED}">March 6, 2026</time></div>',
        f'<p>Published <time datetime="{PUBLISHED}">March 6</time> <span>Updated</span> <time datetime="{CHANGED}">March 6</time></p>',
    ],
    ids=["two times", "two times in the story's own link", "blocks", "labels"],
)
def test_publication_and_change_are_read_off_the_times_that_themes_print(facts: str) -> None:
    article = read(page(f"<article><h1>{HEADLINE}</h1>{facts}{content()}</article>", BARE))
    assert (article.date_published, article.date_modified) == (PUBLISHED, CHANGED)


@pytest.mark.parametrize(
    "printed",
    [f'<time datetime="{PUBLISHED}" class="datetime">Fri, 03/06/2026 - 09:30</time>', "Fri, March 6, 2026 - 9:30 am"],
    ids=["marked", "printed"],
)
def test_a_time_below_the_headline_is_the_storys_in_the_footer_that_opens_its_article_and_not_in_that_of_a_comment(
    printed: str,
) -> None:
    """As Drupal has it: the headline stands above the article, which begins with its footer."""
    meta_line = f'<footer class="node__meta"><div>Submitted by <span>Ana Oak</span> on <span>{printed}</span></div></footer>'
    comment = '<article><footer><time datetime="2026-03-07T08:00:00-08:00">Sat</time></footer><p>Well said.</p></article>'
    node = f"<article>{meta_line}<div>{content()}</div><section><h2>Comments</h2>{comment}</section></article>"
    address = "https://vale-courier.example/node/12"
    article = read(page(f"<h1>{HEADLINE}</h1>{node}", BARE), url=address)
    assert (article.date_published or "").startswith("2026-03-06T09:30")
    bare = read(page(f"<h1>{HEADLINE}</h1>{node.replace(meta_line, '')}", BARE), url=address)
    assert "08:00" not in (bare.date_published or "")


def test_the_day_in_a_box_about_the_author_below_the_headline_is_the_storys() -> None:
    box = '<div class="info-author-block"><h4>By <a href="/author/x/">Ana Oak</a></h4><span class="blog-date">March 6, 2026</span></div>'
    article = read(page(f"<article><h1>{HEADLINE}</h1>{box}{content()}</article>", BARE), url="https://vale-courier.example/ferry")
    assert (article.date_published, article.date_source) == ("2026-03-06", "text")


def test_the_day_of_a_networks_post_in_the_text_is_not_the_storys() -> None:
    day = '<a href="https://x.com/g/1">January 2, 2026</a>'
    post = f'<blockquote class="twitter-tweet"><p>Keep away.</p>— Coast Guard (@guard) {day}</blockquote>'
    main = f"<article><h1>{HEADLINE}</h1>{content(paragraphs(PARAGRAPHS[0]), post, paragraphs(*PARAGRAPHS[1:]))}</article>"
    assert read(page(main, BARE)).date_published == "2026-03-06"
    assert read(page(main, BARE), url="https://vale-courier.example/ferry").date_source != "text"


def test_a_layout_named_after_its_sidebar_is_no_sidebar() -> None:
    main = f'<div class="container right-sidebar"><article><h1>{HEADLINE}</h1><div>{TIMES}</div>{content()}</article></div>'
    assert read(page(main, BARE)).date_published == PUBLISHED


def test_a_drupal_story_that_was_on_the_front_page_is_read_like_any_other() -> None:
    created = f'<span property="dc:date dc:created" content="{PUBLISHED}">Submitted by <b>Ana Oak</b> on 03/06/2026</span>'
    inner = f'<div class="submitted">{created}</div><div class="content">{paragraphs()}</div>'
    article = read(page(f'<h1 class="title">{HEADLINE}</h1><div class="node node-article node-promoted">{inner}</div>', BARE))
    assert ([author.name for author in article.authors], article.date_published) == (["Ana Oak"], PUBLISHED)


# --- names in small themes


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        (
            '<div class="entry-meta"><span class="date">06/03/2026 09:30</span> - <span class="author">Ana Oak and Ina Elm</span></div>',
            ["Ana Oak", "Ina Elm"],
        ),
        ('<ul class="profile"><li><span class="tQ0Q1A user-name">Ana Oak</span></li><li>Mar 6</li></ul>', ["Ana Oak"]),
        ('<footer class="node__meta"><div>Submitted by <span>Ana Oak</span> on March 6, 2026</div></footer>', ["Ana Oak"]),
        ('<p>Von <span itemprop="author">dpa</span></p>', ["dpa"]),
    ],
    ids=["class of the name", "user name", "footer above the text", "agency in small letters"],
)
def test_authors_are_read_off_what_small_themes_print(facts: str, names: list[str]) -> None:
    article = read(page(f"<article><h1>{HEADLINE}</h1>{facts}{content()}</article>", BARE))
    assert [author.name for author in article.authors] == names


def test_the_photographer_is_no_author_of_the_story() -> None:
    figure = f'<figure>{IMAGE}<figcaption>{CAPTION} <span itemprop="author" class="byline">Ivo Pine</span></figcaption></figure>'
    byline = '<address class="name"><a rel="author" href="/author/x/">Ana Oak</a></address>'
    main = f'<article><div class="head">{figure}<span class="kicker">Harbour</span><h1>{HEADLINE}</h1>{byline}</div>{content()}</article>'
    article = read(page(main, BARE))
    assert ([author.name for author in article.authors], article.kicker) == (["Ana Oak"], "Harbour")


# --- sections and topics in small themes


def test_a_link_of_the_menu_is_not_the_section_of_a_story() -> None:
    menu = '<nav><ul class="menu"><li><a href="/category/sport/">Sport</a></li></ul></nav>'
    filed = '<p class="filed">Published in <a href="/category/the-world/">The World</a></p>'
    crumbs = '<nav class="breadcrumb"><a href="/">Home</a> » <a href="/category/the-world/">The World</a></nav>'
    main = f"{menu}<article>{crumbs}<h1>{HEADLINE}</h1>{content()}{filed}</article>"
    assert read(page(main, BARE, title=HEADLINE)).article_section == "The World"


def test_the_name_of_the_site_behind_the_headline_is_not_its_section() -> None:
    main = f'<article><h1>{HEADLINE}</h1><p class="meta">{CATEGORY}</p>{content()}</article>'
    url = "https://vc-news.example/2026/03/06/ferry/"
    article = read(page(main, title=f"{HEADLINE} – Vale Courier"), url=url)
    assert (article.headline, article.article_section) == (HEADLINE, "The World")
    assert read(page(main.replace(CATEGORY, ""), title=f"{HEADLINE} – Vale Courier"), url=url).article_section is None


@pytest.mark.parametrize(
    "line",
    [
        '<div class="entry-utility">This entry was posted in {0} and tagged {1}. Bookmark the <a href="/x">permalink</a>.</div>',
        '<div class="info-author-block"><span>March 6</span> <span class="site-tags">{1}</span></div>',
    ],
)
def test_links_that_say_that_they_are_tags_are_topics_wherever_they_stand(line: str) -> None:
    tags = ", ".join(link.replace("<a ", '<a rel="tag" ') for link in links("/tag/{}/"))
    assert story(content(), line.format(CATEGORY, tags)).keywords == TAGS


# --- headings, captions and lines of plugins


def test_a_headline_in_a_lower_heading_is_told_by_the_pages_title() -> None:
    main = f'<div class="itemView"><h2 class="itemTitle">{HEADLINE}</h2><div class="itemFullText">{paragraphs()}</div></div>'
    article = read(page(main, title=f"{HEADLINE} - The Bay"), url="https://vc-news.example/item/12-ferry")
    assert article.headline == HEADLINE


def test_a_caption_that_wordpress_left_in_brackets_is_read() -> None:
    left = f'<p>[caption id="attachment_7" align="aligncenter" width="640"]{IMAGE} {CAPTION}. {CREDIT}[/caption]</p>'
    article = story(content(left, paragraphs()))
    assert [(image.caption, image.creditline) for image in article.images] == [(f"{CAPTION}.", CREDIT)]
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    ("box", "images"),
    [
        (f"<p>{IMAGE}</p><p><em>{CAPTION}. Ana Lind via Reuters</em></p>", [(f"{CAPTION}.", "Ana Lind via Reuters")]),
        (f"<p>{IMAGE}</p><p>沈んだフェリー＝田所亮撮影</p>", [("沈んだフェリー", "田所亮撮影")]),
        (f"<p>{IMAGE}</p><p>渡轮离开港口。 通讯员王五 摄</p>", [("渡轮离开港口。", "通讯员王五 摄")]),
        (f"<p>{IMAGE}</p><p>▲ 渡轮离开港口</p>", [("▲ 渡轮离开港口", None)]),
        (
            f'<div><figure>{IMAGE}<blockquote class="image-field-caption"><p>{CAPTION}. {CREDIT}</p></blockquote></figure></div>',
            [(f"{CAPTION}.", CREDIT)],
        ),
        (f'<div class="post-ratings">{IMAGE} (No Ratings Yet)</div>', []),
    ],
    ids=["italics that open the text", "Japanese signature", "Chinese signature", "pointer", "quotation tag named caption", "votes"],
)
def test_captions_are_told_from_what_else_stands_below_a_picture(box: str, images: list[tuple[str, str]]) -> None:
    article = story(content(box, paragraphs()))
    assert [(image.caption, image.creditline) for image in article.images if image.caption or image.creditline] == images
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        'Schlagwörter: <a href="/tag/a/">Fähre</a>, <a href="/tag/b/">Hafen</a>',
        "Last modified on March 7, 2026 8:00 am By Ana Oak",
        "Dernière modification le 7 mars 2026 à 8h00 par Ana Oak",
        "Updated: Oct 9",
        "Source: Agency Wire",
        "Soutenez une presse libre : faites un don.",
        "Unterstützen Sie unabhängigen Journalismus mit einer Spende",
        "Apoie o jornalismo independente. Faça sua doação via Pix.",
        "The views expressed are those of the author and do not reflect the position of this newspaper.",
        "Lea también",
        "Écouter cet article",
        "\u200d",
    ],
)
def test_lines_of_plugins_are_no_text(line: str) -> None:
    text = content(f"<p>{line}</p>", paragraphs(*PARAGRAPHS[:2]), f"<p>{line}</p>", paragraphs(*PARAGRAPHS[2:]), f"<p>{line}</p>")
    assert story(text).article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Support for the ferry line came from both towns, and the mayor said that the journalism of the region had not seen such letters.",
        "Sources in the harbour said that the captain had slept for two hours before the boat left, and that nobody had asked him to rest.",
        "The views expressed by the minister do not reflect the policy of the government, a spokesman said on Friday.",
        "Opinions expressed at the hearing are those that fishermen have held for years, the mayor said.",
        "The views that the author expressed in her book on the harbour were shared by the fishermen, she told the council on Monday.",
        "Les propos de l’auteur sur le port ont choqué la salle, et plusieurs pêcheurs ont quitté la réunion avant la fin du débat.",
    ],
)
def test_sentences_that_begin_like_lines_of_plugins_stay(line: str) -> None:
    assert line in story(content(paragraphs(*PARAGRAPHS[:2], line, *PARAGRAPHS[2:]))).article_body


def test_short_paragraphs_in_a_dense_script_are_all_read() -> None:
    text = (
        "五年ぶりとなる港の冬祭りが十一日、小雪の舞う中で開かれ、およそ三千人が集まった。",
        "祭りは漁師が一年の無事を祈るもので、感染症の拡大と担い手不足のため中止が続いていた。",
        "実行委員長の浜口さんは「子どもたちの声が戻ってきたのが一番うれしい」と話した。",
        "会場ではカニ汁が千食ふるまわれ、長い列ができた。",
    )
    assert story(f'<div class="post-content">{paragraphs(*text)}</div>').article_body.split("\n\n") == list(text)


def test_a_video_above_the_text_is_no_standfirst() -> None:
    video = (
        '<div class="article-lede"><div class="video-title">Boats leave the old harbour at dawn after the storm</div>'
        '<div class="video-credit">03:29 - Source: Vale Courier</div></div>'
    )
    assert read(page(f"<article><h1>{HEADLINE}</h1>{video}{content()}</article>", BARE)).abstract is None


def test_an_element_called_summary_that_holds_the_whole_text_is_no_standfirst() -> None:
    summary = f'<div class="cm-entry-summary">{paragraphs()}</div>'
    article = story(summary, head=f'<meta property="og:description" content="{PARAGRAPHS[0]}">')
    assert (article.abstract, article.article_body.split("\n\n")) == (None, list(PARAGRAPHS))


# --- notes, signatures and signs of newsrooms


def test_a_note_below_a_heading_of_notes_is_one_note() -> None:
    note = "Correction on March 6, 2026 1:00 pm: The hull lies in eleven metres of water."
    box = f"<div><h4>Corrections and clarifications</h4><p>{note}</p></div>"
    facts = '<div class="entry-meta">March 6, 2026 by <a href="/author/x/">Ana Oak</a></div>'
    notes = read(page(f"<article><h1>{HEADLINE}</h1>{facts}{content(box, paragraphs())}</article>", BARE)).corrections
    assert [(correction.kind, correction.text) for correction in notes] == [("correction", note)]


@pytest.mark.parametrize(
    ("byline", "name"),
    [
        ("<p><strong>ANA OAK</strong><br>aoak@vale-courier.example</p>", "ANA OAK"),
        (
            '<p class="byline">By <a href="/author/guest/" rel="author">Guest Author</a></p><p><em>Guest commentary by Ana Oak</em></p>',
            "Ana Oak",
        ),
    ],
    ids=["name above an address", "guest"],
)
def test_a_byline_in_the_text_names_the_author(byline: str, name: str) -> None:
    article = read(page(f"<article><h1>{HEADLINE}</h1>{content(byline, paragraphs())}</article>", BARE))
    assert [author.name for author in article.authors] == [name]
    assert article.article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize("sign", ["###", "# # #", "-30-", "– 30 –", "* * *", "Publish Date: मंगल, 05 मार्च 2026 02:20 PM (IST)"])
def test_signs_of_newsrooms_are_no_text(sign: str) -> None:
    assert story(content(paragraphs(), f"<p>{sign}</p>")).article_body.split("\n\n") == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "facts",
    [
        '<div class="entry-meta"><a href="#respond">Leave a Comment</a> / By <span class="posts-author">Admin</span> / March 6, 2026</div>',
        '<div class="author"><span>Written By </span><a href="/author/1/"><span>Admin</span></a></div>',
        '<dl><dd class="createdby">Written by: Admin</dd><dd>Category: The World</dd><dd>Published: March 6, 2026</dd></dl>',
    ],
)
def test_a_page_that_only_an_account_signs_has_no_author(facts: str) -> None:
    assert read(page(f"<article><h1>{HEADLINE}</h1>{facts}{content()}</article>", BARE)).authors == ()


def test_a_bracket_caption_of_megabytes_of_blanks_is_read_at_once() -> None:
    with comes_to_an_end():
        article = story(content(f"[caption]<img src=a.jpg>{' ' * 1_000_000}{'pier ' * 500}[/caption]", paragraphs()))
    assert PARAGRAPHS[0] in article.article_body


def test_times_in_a_list_of_related_stories_are_none_of_the_story_whatever_names_the_list() -> None:
    others = '<section id="related_posts"><h3>More</h3><time class="entry-date" datetime="2026-02-10T08:00:00+00:00">10.2.</time></section>'
    article = read(page(f'<main><h1>{HEADLINE}</h1><p class="post-meta">March 6, 2026</p>{content()}{others}</main>', BARE), URL)
    assert article.date_published == "2026-03-06"


# --- the first paragraph, repeated as the declared summary


@pytest.mark.parametrize(
    "text",
    [
        f'<div class="story-summary">{paragraphs()}</div>',
        f'<div class="post-content">{"<br><br>".join(PARAGRAPHS[:3])}<p>{PARAGRAPHS[3]}</p></div>',
    ],
    ids=["class name of the whole text", "lines parted by breaks"],
)
def test_a_first_paragraph_that_nothing_sets_off_is_no_standfirst(text: str) -> None:
    article = story(text, head=f'<meta property="og:description" content="{PARAGRAPHS[0]}">')
    assert article.abstract is None and article.article_body.startswith(PARAGRAPHS[0])


def test_the_first_of_paragraphs_in_boxes_of_one_kind_is_no_standfirst_above_a_quotation() -> None:
    text = "".join(f'<div dir="auto" class="x11i5rnm">{paragraph}</div>' for paragraph in PARAGRAPHS[:2])
    quotation = f"<blockquote><p>{PARAGRAPHS[2]}</p></blockquote>"
    article = story(f'<div class="entry">{text}{quotation}</div>', head=f'<meta property="og:description" content="{PARAGRAPHS[0]}">')
    assert article.abstract is None and article.article_body.startswith(PARAGRAPHS[0])


def test_three_paragraphs_in_an_element_called_summary_are_the_text() -> None:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:3])
    article = story(f'<div class="cm-entry-summary">{text}</div>', head=f'<meta property="og:description" content="{PARAGRAPHS[0]}">')
    assert article.abstract is None and article.article_body.startswith(PARAGRAPHS[0])


# --- what stands between headline and text, and below it


def test_a_line_of_author_date_and_section_that_the_text_has_absorbed_is_none_of_it() -> None:
    line = f'by <a href="/author/x/">News Agency of Vale</a> | March 6, 2026 | {CATEGORY} | <a href="#c">0 comments</a>'
    head = f'<div class="et_post_meta_wrapper"><h1 class="entry-title">{HEADLINE}</h1><p class="post-meta">{line}</p></div>'
    text = f'<div class="et_pb_text_inner">3 min read<p>{PARAGRAPHS[0]}</p></div>'
    article = read(page(f'<article class="et_pb_post post">{head}<div class="entry-content">{text}</div></article>', meta()))
    assert article.article_body.endswith(PARAGRAPHS[0]) and "comments" not in article.article_body


def test_words_between_author_and_section_are_no_text() -> None:
    facts = f'<div><p>Written by </p><div class="author-name"><a href="/author/x/">Ana Oak</a></div><p>in</p><div>{CATEGORY}</div></div>'
    short = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:1])
    article = read(page(f"<main><h1>{HEADLINE}</h1>{facts}<div class='entry-content'>{short}</div></main>", meta()))
    assert article.article_body == PARAGRAPHS[0]


def test_a_table_below_the_last_paragraph_is_part_of_the_text() -> None:
    rows = "".join(f"<tr><td>{club}</td><td>{points}</td></tr>" for club, points in (("Vale Rovers", 31), ("Otter Bay", 28)))
    table = f'<figure class="wp-block-table"><table><thead><tr><th>Club</th><th>Pts</th></tr></thead><tbody>{rows}</tbody></table></figure>'
    article = story(content(*(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS), table))
    assert article.article_body.split("\n\n")[4:] == ["Club", "Pts", "Vale Rovers", "31", "Otter Bay", "28"]


def test_a_note_in_italics_above_the_text_is_no_standfirst() -> None:
    note = "UPDATE: This story was updated at 11:40 a.m. to add two more boats."
    article = story(content(f"<p><em>{note}</em></p>", paragraphs()))
    assert article.abstract is None and article.article_body.startswith(note)


@pytest.mark.parametrize("line", ["Staff report", "From staff reports", "STAFF AND WIRE REPORTS"])
def test_a_line_that_names_the_newsroom_alone_is_the_byline(line: str) -> None:
    article = story(content(f"<p><strong>{line}</strong></p>", paragraphs()))
    assert (article.byline, article.authors) == (line, ()) and article.article_body.startswith(PARAGRAPHS[0])


def test_a_declared_picture_above_the_headline_is_the_storys() -> None:
    facts = "<p>Ana Oak</p><ul><li>Share</li><li>Facebook</li><li>Print</li></ul><p>3 min read</p>"
    head = '<meta property="og:image" content="/wp-content/uploads/ferry.jpg">'
    article = read(page(f"<main><div>{IMAGE}</div><h1>{HEADLINE}</h1>{facts}{content()}</main>", meta() + head))
    assert [image.is_lead for image in article.images] == [True]


def test_a_topic_linked_right_above_the_headline_is_the_section() -> None:
    article = read(page(f'<main><a href="/tag/harbour/">Harbour</a><h1>{HEADLINE}</h1>{content()}</main>', BARE, HEADLINE))
    assert article.article_section == "Harbour"


# --- days in the text of outlets far from Greenwich


@pytest.mark.parametrize(
    ("published", "printed", "said", "day"),
    [
        ("2026-03-03T21:30:00+00:00", "March 4, 2026", "early Wednesday", "2026-03-04"),  # Manila
        ("2026-03-05T02:30:00+00:00", "March 4, 2026", "yesterday", "2026-03-03"),  # California
        ("2026-03-03T21:30:00+00:00", "March 3, 2026", "on Wednesday", "2026-02-25"),
        ("2026-03-04T05:30:00+08:00", "March 4, 2026", "early Wednesday", "2026-03-04"),
    ],
)
def test_weekdays_are_counted_from_the_day_that_the_page_prints_where_the_time_is_utc(
    published: str, printed: str, said: str, day: str
) -> None:
    text = content(f"<p>The storm reached the coast {said}, and all ferries stayed in the harbour.</p>", f"<p>{PARAGRAPHS[1]}</p>")
    article = read(page(f'<main><h1>{HEADLINE}</h1><span class="posted-on">{printed}</span>{text}</main>', meta(published)))
    assert (article.date_published, article.dateline_on) == (published, day)


# --- plugins


def test_caption_and_credit_of_the_media_credit_plugin_are_read() -> None:
    box = f'<div class="media-credit-container aligncenter">{IMAGE}<span class="media-credit">Ana Lind/Nordpress</span></div>'
    figure = f'<div class="wp-caption aligncenter">{box}<p class="wp-caption-text">{CAPTION}</p></div>'
    article = story(content(f"<p>{PARAGRAPHS[0]}</p>", figure, *(f"<p>{text}</p>" for text in PARAGRAPHS[1:])))
    assert [(image.caption, image.creditline, image.creator) for image in article.images] == [(CAPTION, "Ana Lind/Nordpress", "Ana Lind")]
    assert article.article_body == "\n\n".join(PARAGRAPHS)


def test_a_document_shown_in_the_text_is_an_embed_and_a_player_of_old_is_none() -> None:
    file = '<div class="wp-block-file"><object data="/uploads/report.pdf" type="application/pdf" aria-label="The report"></object></div>'
    flash = '<object data="/player.swf" type="application/x-shockwave-flash"><param name="movie" value="/player.swf"></object>'
    article = story(content(f"<p>{PARAGRAPHS[0]}</p>", file, flash, *(f"<p>{text}</p>" for text in PARAGRAPHS[1:])))
    assert [(embed.kind, embed.url) for embed in article.embeds] == [("document", "https://vale-courier.example/uploads/report.pdf")]


def test_a_wall_of_memberpress_below_an_empty_box_leaves_a_teaser() -> None:
    wall = '<div class="mepr-unauthorized-excerpt"></div><div class="mepr-unauthorized-message"><p>For members only.</p></div>'
    assert story(content(f"<p>{PARAGRAPHS[0]}</p>", f'<div class="mp_wrapper">{wall}</div>')).access_observed == "teaser"


def test_a_box_about_the_author_names_the_author_once() -> None:
    name = '<div class="name"><a href="/author/ana/" class="vcard author" rel="author"><span class="fn">Ana Oak</span></a></div>'
    about = '<div class="saboxplugin-desc"><div itemprop="description"><p>Ana Oak @ Vale Courier, since 2019.</p></div></div>'
    box = f'<div class="saboxplugin-wrap" itemscope itemprop="author"><div class="saboxplugin-tab">{name}{about}</div></div>'
    for number in (1, 16):  # near the headline, and far below it
        text = f"<p>{PARAGRAPHS[0]}</p>" * number
        article = read(page(f"<article><h1>{HEADLINE}</h1>{content(text, box)}</article>", meta()))
        assert [author.name for author in article.authors] == ["Ana Oak"]


def test_a_sign_before_the_author_is_no_part_of_the_name() -> None:
    line = '<span class="byline"><span class="sep"> ~ </span><span class="author vcard"><a href="/author/ana/">Ana Oak</a></span></span>'
    assert [author.name for author in story(line, content()).authors] == ["Ana Oak"]


@pytest.mark.parametrize(("line", "agency"), [("Kaynak: AA", "AA"), ("Πηγή: ΑΠΕ-ΜΠΕ", "ΑΠΕ-ΜΠΕ"), ("Source: Reuters", "Reuters")])
def test_the_agency_in_a_line_that_the_text_leaves_out_supplied_it(line: str, agency: str) -> None:
    article = story(content(paragraphs(), f"<p>{line}</p>"))
    assert article.infosource == agency


def test_the_category_of_an_seo_plugin_comes_before_its_topics() -> None:
    head = BARE + jsonld(articleSection="News, Ferries, Harbour")
    assert read(page(f"<main><h1>{HEADLINE}</h1>{content()}</main>", head, HEADLINE)).article_section == "News"


def test_a_byline_below_the_text_counts_before_the_account_of_the_paper() -> None:
    head = jsonld(author={"@type": "Person", "name": "Courier"})
    article = story(content(*(f"<p>{text}</p>" for text in PARAGRAPHS), "<p><strong>By Ana Oak</strong></p>"), head=head)
    assert [author.name for author in article.authors] == ["Ana Oak"] and article.article_body.endswith(PARAGRAPHS[-1])


@pytest.mark.parametrize(
    "line", ["เรื่องที่เกี่ยวข้อง", "™ & © 2013 Harbour Radio, Inc. All rights reserved.", "［有料会員限定］ この記事は会員限定です。",
             "To view this content, Javascript must be enabled.", "Questions? Comments? Email us at desk@example.org"],
)  # fmt: skip
def test_lists_of_other_stories_rights_and_offers_to_members_are_no_text(line: str) -> None:
    assert is_promo(line)


@pytest.mark.parametrize(
    "line", ["3 min de lectura", "4 minutos de leitura", "2 min leestijd", "5 dk okuma", "3 menit baca", "< 1 min read"]
)
def test_the_time_that_reading_takes_is_no_text(line: str) -> None:
    assert is_promo(line) and not is_promo(f"{line} of the longest story")


@pytest.mark.parametrize(
    "line",
    [
        "Use of this site constitutes acceptance of our Terms and our Privacy Notice.",
        "Your web browser is no longer supported. Update it to see the harbour in colour.",
        "Unlimited online access to the Courier and three sister papers.",
        "Please read our comment policy before you write.",
        "Quotes delayed at least 20 minutes.",
        "If you buy a rod through these pages, we may earn a small commission.",
        "Nur angemeldete Leser können kommentieren.",
        "Mit * gekennzeichnete Links sind Provisionslinks: Kaufen Sie dort, bekommen wir etwas.",
        "Was am Hafen geschieht: Jetzt den Newsletter abonnieren!",
        "Weiter mit Werbung",
        "Subscribe or log in to read the rest of this story.",
        "À tout moment, vous pouvez modifier vos choix en bas de page.",
        "記事に『しおり』ができます。ご利用には会員登録が必要です。",
        "港湾日报| 关于本报| 广告服务| 联系我们",
    ],
)
def test_what_a_site_prints_about_itself_on_every_page_is_no_text(line: str) -> None:
    assert is_promo(line)
    assert read_lines(line) == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "Use of this site for boats was ended in 1987.",
        "Your browser knows where you are, the harbour master said.",
        "Readers of the Courier may earn a prize for the best picture.",
        "Nur angemeldete Boote dürfen in den Hafen.",
        "The harbour trust follows the code that the town wrote.",
        "The ferry's owner may earn a commission on each ticket.",
        "“We may earn our bread here again,” the fisherman said.",
        "Download speeds on the island rose.",
    ],
)
def test_sentences_that_begin_like_a_site_s_own_lines_stay_in_the_text(line: str) -> None:
    assert not is_promo(line)


def read_lines(last: str) -> str | None:
    return story(content(paragraphs(), f"<p>{last}</p>")).article_body


def test_where_a_page_is_on_its_site_is_no_text() -> None:
    trail = f"<p><a href='/'>Home</a> <a href='/news/'>News</a> {HEADLINE}</p>"
    quoting = f"<p>The poster in the <a href='/cafe/'>café</a> says what all say: {HEADLINE}</p>"
    assert story(content(trail, paragraphs())).article_body == "\n\n".join(PARAGRAPHS)
    assert "The poster" in (story(content(paragraphs(), quoting)).article_body or "")


@pytest.mark.parametrize(
    "line",
    [
        "Imprimir | Voltar | Visitas: 280",
        "2891 views · 12 comments",
        "Liczba odsłon: 332",
        "Просмотров: 22",
        "閲覧数: 3",
        "تعداد بازدید : ۳۳",
    ],
)
def test_how_often_a_story_was_read_is_no_text_in_whatever_line_it_stands(line: str) -> None:
    assert is_promo(line) and not is_promo(f"{line} more than the story of the bridge")


def test_places_and_names_on_a_line_with_bars_are_no_counters() -> None:
    assert not any(map(is_promo, ("Lisbon | Porto", "Anna Bell | 3 comments", "Print | Back to the future of printing")))


def test_a_line_of_dates_and_how_long_ago_that_is_is_no_text() -> None:
    line = "<p class='stamp'>Published 15 February 2026, 03:00 | Updated 5 minutes ago</p>"
    article = read(page(f"<main><article><h1>{HEADLINE}</h1>{line}{content()}</article></main>", jsonld(), HEADLINE))
    assert article.article_body.startswith(PARAGRAPHS[0][:40])
