"""How fast a robots.txt lets us ask. What it forbids, Scrapy's middleware reads; what it names, `sitemaps` and `optouts`."""

from __future__ import annotations

import re

from protego import Protego

from archiver import settings

DECIMAL_COMMA = re.compile(r"(?im)^([ \t]*crawl-delay[ \t]*:[ \t]*\d+),(\d+)")  # "Crawl-delay: 1,5"


def read_crawl_delay(text: str) -> float | None:
    """Seconds between two requests that it asks of us: by Crawl-delay, by Request-rate, the longer of both; None where it asks for none."""
    rules = Protego.parse(DECIMAL_COMMA.sub(r"\1.\2", text))
    rate = rules.request_rate(settings.ROBOTS_NAME)
    asked = (rules.crawl_delay(settings.ROBOTS_NAME), rate.seconds / rate.requests if rate else None)
    return max((delay for delay in asked if delay), default=None)
