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
