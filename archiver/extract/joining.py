"""A story that goes on over several pages, as one article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from archiver.extract.access import ADDRESS_OF_LIST, ADDRESS_OF_NONE
from archiver.extract.article import text_hash
from archiver.records import Article, Evidence, Image
from archiver.unspaced import count_words


def join_pages(first: Article, others: Sequence[Article]) -> Article:
    """The first page's fields with the text, pictures, embeds, links and notes of all pages, in their order.

    A page that is no article, or that shows again what the pages before it have, adds nothing; its address alone ("?page=2") says nothing.
    """
    joined = first
    for page in others:
        is_page = page.outcome == "article" or page.outcome_reason in (ADDRESS_OF_LIST, ADDRESS_OF_NONE)
        if is_page and page.article_body and page.article_body not in joined.article_body:
            joined = with_page(joined, page)
    return joined


def with_page(story: Article, page: Article) -> Article:
    body = f"{story.article_body}\n\n{page.article_body}".strip()
    known = {picture_key(image) for image in story.images}
    more = tuple(replace(image, is_lead=False) for image in page.images if picture_key(image) not in known)
    return replace(
        story,
        article_body=body,
        article_body_html=f"{story.article_body_html}\n{page.article_body_html}".strip(),
        word_count=count_words(body),
        text_hash=text_hash(story.headline, body),
        next_page=page.next_page,
        images=story.images + more,
        embeds=tuple(dict.fromkeys(story.embeds + page.embeds)),
        corrections=tuple(dict.fromkeys(story.corrections + page.corrections)),
        outlinks=tuple(dict.fromkeys(story.outlinks + page.outlinks)),
        evidence=(*story.evidence, Evidence("article_body", page.url, "next_page", "link[rel=next]", 0.9)),
    )


def picture_key(image: Image) -> tuple[str | None, str | None]:
    return image.content_url, image.caption
