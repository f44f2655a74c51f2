"""What is read off the pages of small outlets: themes and plugins of WordPress, Drupal, Joomla, website builders."""

from __future__ import annotations

import pytest

from archiver.records import Article
from tests.pages import CAPTION, CREDIT, HEADLINE, PARAGRAPHS, URL, meta, page, paragraphs, read

TAGS = ("Ferries", "Coast guard", "Old harbour")
IMAGE = '<img src="/wp-content/uploads/ferry.jpg" alt="" width="640" height="400">'
CATEGORY = '<a href="/category/the-world/" rel="category tag">The World</a>'


def story(*parts: str, head: str = "") -> Article:
    """A post with `parts` between its headline and the end of its <article>."""
    return read(
        page(f'<main><article class="post"><h1 class="entry-title">{HEADLINE}</h1>{"".join(parts)}</article></main>', meta() + head)
    )


def content(*parts: str) -> str:
    return f'<div class="entry-content">{"".join(parts) or paragraphs()}</div>'


def links(pattern: str, before: str = "") -> list[str]:
    return [f'<a href="{pattern.format(number)}">{before}{tag}</a>' for number, tag in enumerate(TAGS)]


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
