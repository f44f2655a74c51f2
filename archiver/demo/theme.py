"""The outlet's pages: two WordPress themes, and everything around a story that is not the story."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from html import escape

from archiver.demo.script import Picture, Story

TITLE = "Lodi Valley News"
TAGLINE = "News from the river, the vineyards and the world"
SECTIONS = {
    "news": "News",
    "community": "Community",
    "business": "Business",
    "sports": "Sports",
    "the-world": "The World",
    "comunidad": "Comunidad",
}
ADVERTS = {
    1: "Advertisement: Spring sale at Hanley's Hardware. Everything for the garden, twenty percent off until Saturday.",
    2: "Advertisement: Delta Motors buys your old truck. Come by on Cherokee Lane, we pay cash the same day.",
}
STYLE = (
    "body{font:17px/1.5 Georgia,serif;margin:0;color:#222}header,main,footer{max-width:60rem;margin:auto;padding:1rem}"
    ".site-title{font-size:2rem;font-weight:bold;margin:0}.site-title a{color:#234}nav a{margin-right:1rem}figure,.wp-caption{margin:1rem 0}"
    "figcaption,.wp-caption-text{font-size:.85rem;color:#555}aside,.related,.newsletter{background:#f3f1ea;padding:1rem;margin:1rem 0}img{max-width:100%}"
)


def slug_of(section: str) -> str:
    return next(slug for slug, name in SECTIONS.items() if name == section)


def excerpt(story: Story, length: int) -> str:
    """The beginning of its text, as WordPress cuts it."""
    return textwrap.shorten(story.body[0], length, placeholder=" […]")


def page(title: str, head: str, body: str, language: str = "en") -> str:
    """A whole page with the site's header, navigation and footer."""
    menu = "".join(f'<a href="/category/{slug}/">{name}</a>' for slug, name in SECTIONS.items())
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="UTF-8"><meta name="viewport" content="width=device-width">
<title>{escape(title)}</title><style>{STYLE}</style>
<link rel="alternate" type="application/rss+xml" title="{TITLE} &raquo; Feed" href="/feed/">
<link rel="alternate" type="application/rss+xml" title="{TITLE} &raquo; Comments Feed" href="/comments/feed/">
<link rel="https://api.w.org/" href="/wp-json/">{head}</head>
<body class="wp-singular"><a class="skip-link" href="#content">Skip to content</a>
<header class="site-header"><p class="site-title"><a href="/" rel="home">{TITLE}</a></p><p class="site-description">{TAGLINE}</p>
<nav class="main-navigation" aria-label="Sections">{menu}<a href="/about/">About us</a><a href="/members/">Members</a></nav></header>
{body}
<footer class="site-footer"><p>&copy; 2026 {TITLE}. Proudly printed on paper on Thursdays.</p><a href="/about/">About us</a></footer></body></html>"""


def story_page(story: Story, others: Sequence[Story], address: str) -> str:
    return page(
        f"{story.printed_headline} - {TITLE}",
        _head(story, address),
        (_block if story.theme == "block" else _classic)(story, others, address),
        story.language,
    )


def list_page(heading: str, stories: Sequence[Story], page_path: str, number: int, pages: int, extra: str = "") -> str:
    """Home, section, tag and author pages."""
    items = "".join(
        f'<article class="post"><h2 class="entry-title"><a href="{story.path}" rel="bookmark">'
        f"{escape(story.printed_headline if heading else story.words_on_front_page)}</a></h2>"
        f'<p class="entry-summary">{escape(excerpt(story, 140))}</p></article>'
        for story in stories
    )
    older = f'<a class="next page-numbers" rel="next" href="{page_path}page/{number + 1}/">Older stories</a>' if number < pages else ""
    heading_html = f"<h1>{escape(heading)}</h1>" if heading else ""
    title = f"{heading} - {TITLE}" if heading else f"{TITLE} - {TAGLINE}"
    return page(title, "", f'<main id="content">{heading_html}{items}<div class="nav-links">{older}</div>{extra}</main>')


def _head(story: Story, address: str) -> str:
    url = address.rstrip("/") + story.path
    tags = [
        ("og:type", "article"),
        ("og:site_name", TITLE),
        ("og:title", story.printed_headline),
        ("og:url", url),
        ("og:locale", "es_ES" if story.language == "es" else "en_US"),
    ]
    tags += [("og:description", story.standfirst or excerpt(story, 150))]
    if story.jsonld:
        tags += [("article:published_time", story.published.isoformat()), ("article:modified_time", story.modified.isoformat())]
    meta = "".join(f'<meta property="{name}" content="{escape(value)}">' for name, value in tags)
    graph = f'<script type="application/ld+json">{json.dumps(_graph(story, url))}</script>' if story.jsonld else ""
    return (
        f'{meta}<link rel="canonical" href="{url}"><link rel="shortlink" href="/?p={story.id}"><link rel="amphtml" href="{url}amp/">{graph}'
    )


def _graph(story: Story, url: str) -> dict:
    article = {
        "@type": "NewsArticle", "@id": f"{url}#article", "isPartOf": {"@id": url}, "headline": story.printed_headline,
        "datePublished": story.published.isoformat(), "dateModified": story.modified.isoformat(), "mainEntityOfPage": {"@id": url},
        "publisher": {"@id": "/#organization"}, "articleSection": [story.section], "keywords": list(story.keywords), "inLanguage": story.language,
        "isAccessibleForFree": True,
    }  # fmt: skip
    nodes: list[dict] = [article, {"@type": "Organization", "@id": "/#organization", "name": TITLE, "url": "/"}]
    if story.byline and story.byline != "Staff report":
        article["author"] = {"@id": "/#person"}
        nodes.append({"@type": "Person", "@id": "/#person", "name": story.byline, "url": f"/author/{_author_slug(story.byline)}/"})
    return {"@context": "https://schema.org", "@graph": nodes}


def _author_slug(name: str) -> str:
    return name.lower().replace(" ", "-").replace("í", "i")


def _block(story: Story, others: Sequence[Story], address: str) -> str:
    """A block theme: figure and figcaption, no classes that say much."""
    by = (
        f'<div class="wp-block-post-author-name"><a href="/author/{_author_slug(story.byline)}/">{escape(story.byline)}</a></div>'
        if story.byline
        else ""
    )
    terms = f'<div class="taxonomy-category wp-block-post-terms"><a href="/category/{slug_of(story.section)}/" rel="tag">{story.section}</a></div>'
    lead = f'<p class="wp-block-post-excerpt__excerpt">{escape(story.standfirst)}</p>' if story.standfirst else ""
    return f"""<main id="content" class="wp-block-group"><h1 class="wp-block-post-title">{escape(story.printed_headline)}</h1>{lead}
<div class="entry-meta">{by}{terms}<div class="wp-block-post-date"><time datetime="{story.published.isoformat()}">{_clock(story)}</time></div></div>
<div class="entry-content wp-block-post-content">{_content(story)}{_related(others)}</div>
{_share()}{_tags(story)}{_newsletter()}<aside class="sidebar"><p>{escape(ADVERTS[story.advert])}</p></aside>{_comments()}</main>"""


def _classic(story: Story, others: Sequence[Story], address: str) -> str:
    """A classic theme: div.wp-caption, entry header inside the article."""
    by = f'<span class="byline">By <span class="author vcard"><a class="url fn n" href="/author/{_author_slug(story.byline)}/">{escape(story.byline)}</a></span></span>' if story.byline else ""  # fmt: skip
    lead = f'<div class="entry-subtitle">{escape(story.standfirst)}</div>' if story.standfirst else ""
    return f"""<div id="content" class="site-content"><div id="primary"><article id="post-{story.id}" class="post type-post hentry">
<header class="entry-header"><span class="cat-links"><a href="/category/{slug_of(story.section)}/" rel="category tag">{story.section}</a></span>
<h1 class="entry-title">{escape(story.printed_headline)}</h1>{lead}<div class="entry-meta"><span class="posted-on">
<time class="entry-date published" datetime="{story.published.isoformat()}">{_clock(story)}</time></span> {by}</div></header>
<div class="entry-content">{_content(story)}{_share()}{_related(others)}</div>
<footer class="entry-footer">{_tags(story)}</footer></article>{_comments()}</div>
<div id="secondary" class="widget-area"><aside class="widget"><p>{escape(ADVERTS[story.advert])}</p></aside>{_newsletter()}</div></div>"""


def _clock(story: Story) -> str:
    return f"{story.published:%B} {story.published.day}, {story.published.year} at {story.published:%-I:%M} {story.published:%p}".replace(
        "AM", "a.m."
    ).replace("PM", "p.m.")


def _content(story: Story) -> str:
    paragraphs = [f"<p>{escape(text)}</p>" for text in story.body]
    if story.dateline:
        agency = f" ({story.agency})" if story.agency else ""
        paragraphs[0] = f"<p>{escape(story.dateline)}{escape(agency)} &mdash; {escape(story.body[0])}</p>"
    pictures = [_picture(item) for item in story.pictures]
    parts = pictures[:1] + paragraphs[:2] + pictures[1:] + paragraphs[2:]
    if story.note:
        parts.append(f"<p><em>{escape(story.note)}</em></p>")
    if story.video:
        parts.append(
            f'<p><strong>Watch the video:</strong></p><figure class="wp-block-embed"><div class="wp-block-embed__wrapper">'
            f'<iframe src="https://video.example/embed/{story.id}" title="{escape(story.video)}"></iframe></div></figure><p>{escape(story.video)}</p>'
        )
    return "\n".join(parts)


def _picture(item: Picture) -> str:
    image = f'<img src="/wp-content/uploads/2026/03/{item.name}" alt="" width="640" height="400">'
    glued = f"{escape(item.caption)} {escape(item.credit)}"
    if item.markup == "figure":
        return f'<figure class="wp-block-image size-large">{image}<figcaption class="wp-element-caption">{glued}</figcaption></figure>'
    if item.markup == "wp-caption":
        return f'<div class="wp-caption aligncenter" style="width:650px">{image}<p class="wp-caption-text">{glued}</p></div>'
    return f"<p>{image}</p>\n<p>{escape(item.caption)} &#8211; {escape(item.credit)}</p>"


def _related(others: Sequence[Story]) -> str:
    links = "".join(f'<li><a href="{story.path}">{escape(story.printed_headline)}</a></li>' for story in others[:3])
    return f'<div class="related jp-relatedposts"><h3>Read more</h3><ul>{links}</ul></div>'


def _share() -> str:
    return '<div class="sharedaddy"><h3>Share this:</h3><a href="#">Email</a> <a href="#">Print</a> <a href="#">Link</a></div>'


def _tags(story: Story) -> str:
    links = " ".join(f'<a href="/tag/{word.replace(" ", "-").lower()}/" rel="tag">{escape(word)}</a>' for word in story.keywords)
    return f'<div class="tags-links">Tags: {links}</div>' if links else ""


def _newsletter() -> str:
    return (
        '<div class="newsletter"><h3>The valley in your mailbox</h3><p>Sign up for our newsletter and get the news of the valley every morning at six.</p>'
        '<form action="/newsletter/"><input type="email" name="email"><button>Sign up</button></form></div>'
    )


def _comments() -> str:
    return (
        '<section id="comments" class="comments-area"><h2>2 comments</h2><ol class="comment-list"><li class="comment"><p>About time somebody wrote this down.</p></li>'
        '<li class="comment"><p>I was there, and it was colder than you say.</p></li></ol></section>'
    )
