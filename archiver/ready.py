"""What a process needs to read its first page as fast as its hundredth. Importing this module loads it.

The fork server of worker processes imports it before it forks: word lists and patterns are made once, and all workers share
the memory that they lie in.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from archiver.extract import places, read_article
from archiver.records import Capture

GC_THRESHOLD = 50_000  # objects made between two looks for cycles; with Python's 700 a page takes dozens of looks, a tenth of its time

# Enough of a story that each field's rules run once.
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Ferry returns to the harbour - The Example</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="The Example">
<meta property="article:published_time" content="2026-03-02T10:00:00Z"><meta name="description" content="A ferry is back.">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Ferry returns to the harbour",
"datePublished": "2026-03-02T10:00:00Z", "author": {"@type": "Person", "name": "Ada Writer"}, "keywords": ["ferries"]}</script></head>
<body><nav><a href="/">Home</a></nav><article><h1>Ferry returns to the harbour</h1><p class="standfirst">A ferry is back.</p>
<p class="byline">By Ada Writer and Ben Reporter</p><time datetime="2026-03-02T10:00:00Z">March 2, 2026</time>
<figure><img src="/ferry.jpg" alt="A ferry"><figcaption>A ferry on Monday. Photo: Cara Lens/Agency</figcaption></figure>
<p>LAGOS, Nigeria, March 2 (Agency) — The ferry came back on Monday after a long winter, and people stood on the pier to see it.</p>
<p>It had been away for five months, said the harbour master, who had counted the days. <a href="/more">Read more</a>.</p>
<p>The boat takes two hundred people and forty cars, and it will leave every hour from Tuesday on.</p>
<p><em>Correction: An earlier version of this story gave a wrong number of cars.</em></p></article>
<footer>© The Example</footer></body></html>"""


def get_ready() -> None:
    """Loads what reading loads at its first use; what is there then is never looked at by the garbage collector again.

    Processes that are forked from this one inherit all of it.
    """
    places.gazetteer(), places.towns(), places.stand_alone(), places.regions_by_name()
    moment = datetime(2026, 3, 2, 12, tzinfo=UTC)
    read_article(Capture("https://example.org/2026/03/02/ferry/", moment, 200, (("Content-Type", "text/html"),), PAGE.encode()))
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD)


get_ready()
