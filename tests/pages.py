"""Pages of an invented outlet, in the markups that real ones use."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from archiver.extract import read_article
from archiver.records import Article, Capture, Site

URL = "https://vale-courier.example/2026/03/06/ferry-strikes-a-pier-and-sinks/"
FETCHED = datetime(2026, 3, 6, 20, tzinfo=UTC)
HEADLINE = "Ferry strikes a pier and sinks near the old harbour"
PARAGRAPHS = (
    "A ferry with forty people on board struck a pier of the old harbour on Friday (6) and went down within minutes, the coast guard said.",
    "All passengers were brought ashore by fishing boats that happened to be near; three of them were taken to hospital with broken bones.",
    "“We heard a bang, and then the deck was under water,” said Tomas Arnesen, who was on his way to work when the boat hit the stones.",
    "The company that runs the line has stopped all crossings until divers have looked at the hull, which lies in eleven metres of water.",
)
CAPTION = "The ferry lies on its side next to the pier where it sank on Friday morning"
CREDIT = "Photo: Ana Lind/Nordpress"
TAGS = ("Ferries", "Coast guard", "Old harbour")
IMAGE = '<img src="/wp-content/uploads/ferry.jpg" alt="" width="640" height="400">'
CATEGORY = '<a href="/category/the-world/" rel="category tag">The World</a>'


def read(html: str | bytes, url: str = URL, site: Site | None = None, fetched_at: datetime = FETCHED) -> Article:
    body = html.encode() if isinstance(html, str) else html
    return read_article(Capture(url, fetched_at, 200, (("Content-Type", "text/html; charset=utf-8"),), body), site)


def page(main: str, head: str = "", title: str = f"{HEADLINE} | the world - Vale Courier", body_class: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="en-US"><head><meta charset="utf-8"><title>{title}</title>{head}</head>
<body class="{body_class}"><header class="site-header"><p class="site-title"><a href="/">Vale Courier</a></p>
<p class="site-description">What happens between the hills</p>
<nav class="main-navigation"><ul><li><a href="/category/the-world/">The World</a></li>
<li><a href="/category/sport/">Sport</a></li></ul></nav></header>
{main}
<aside class="widget-area"><h2>Most read</h2>
<ul><li><a href="/2026/03/01/other/">Council will not sell the mill after all, mayor says</a></li></ul></aside>
<footer class="site-footer"><p>© 2026 Vale Courier. All rights reserved.</p></footer></body></html>"""


def meta(published: str = "2026-03-06T09:30:00-08:00") -> str:
    return (
        f'<meta property="og:type" content="article"><meta property="og:site_name" content="Vale Courier">'
        f'<meta property="og:title" content="{HEADLINE} | the world"><meta property="article:published_time" content="{published}">'
        f'<link rel="canonical" href="{URL}">'
    )


def jsonld(**facts: object) -> str:
    node = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": HEADLINE,
        "datePublished": "2026-03-06T09:30:00-08:00",
    } | facts
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts or PARAGRAPHS)


def story(*parts: str, head: str = "") -> Article:
    """A post with `parts` between its headline and the end of its <article>."""
    return read(
        page(f'<main><article class="post"><h1 class="entry-title">{HEADLINE}</h1>{"".join(parts)}</article></main>', meta() + head)
    )


def content(*parts: str) -> str:
    return f'<div class="entry-content">{"".join(parts) or paragraphs()}</div>'


def links(pattern: str, before: str = "") -> list[str]:
    """A link to each of TAGS, its number in the address."""
    return [f'<a href="{pattern.format(number)}">{before}{tag}</a>' for number, tag in enumerate(TAGS)]
