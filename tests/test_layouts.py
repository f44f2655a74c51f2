"""What is read off a story in the layouts of WordPress themes, page builders and other content systems."""

from __future__ import annotations

import pytest

from archiver.records import Article
from tests.pages import CAPTION, CREDIT, HEADLINE, PARAGRAPHS, jsonld, meta, page, paragraphs, read

OTHERS = ("Council will not sell the mill after all, mayor says", "Ten boats that sank in the bay and what became of them")
TAGS = ("Ferries", "Coast guard", "Old harbour")
IMAGE = '<img src="/wp-content/uploads/ferry.jpg" alt="" width="640" height="400">'


def story(*parts: str, head: str = "") -> Article:
    """A post with `parts` between its headline and the end of its <article>."""
    return read(
        page(f'<main><article class="post"><h1 class="entry-title">{HEADLINE}</h1>{"".join(parts)}</article></main>', meta() + head)
    )


def content(*parts: str) -> str:
    return f'<div class="entry-content">{"".join(parts) or paragraphs()}</div>'


def links(pattern: str, before: str = "") -> list[str]:
    return [f'<a href="{pattern.format(number)}">{before}{tag}</a>' for number, tag in enumerate(TAGS)]


# --- topics

CATEGORY = '<a href="/category/the-world/" rel="category tag">The World</a>'


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
    ],
    ids=["credit before", "fields", "stroke and label", "button", "italics"],
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
