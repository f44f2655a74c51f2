"""How fast a robots.txt lets us ask. What it forbids, Scrapy's middleware reads; what it names, `sitemaps` and `optouts`."""

from __future__ import annotations

import re

from protego import Protego

from archiver import settings

DECIMAL_COMMA = re.compile(r"(?im)^([ \t]*crawl-delay[ \t]*:[ \t]*\d+),(\d+)")  # "Crawl-delay: 1,5"
LONGEST_S = 1 << 32  # whole numbers of hundreds of digits are no float


def read_crawl_delay(text: str) -> float | None:
    """Seconds between two requests that it asks of us: by Crawl-delay, by Request-rate, the longer of both; None where it asks for none."""
    rules = Protego.parse(DECIMAL_COMMA.sub(r"\1.\2", text))
    rate = rules.request_rate(settings.ROBOTS_NAME)
    by_rate = min(rate.seconds, LONGEST_S) / rate.requests if rate else None
    asked = (rules.crawl_delay(settings.ROBOTS_NAME), by_rate)
    return max((delay for delay in asked if delay), default=None)
