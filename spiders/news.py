"""Any site, from its facts in data/sites.toml: `scrapy crawl news -a site=NAME`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from scrapy.crawler import Crawler

from archiver import settings
from archiver.errors import WrongUse
from archiver.sites import find_site
from archiver.spider import NewsSpider


class News(NewsSpider):
    name = "news"

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, site: str | None = None, **kwargs: Any) -> Self:
        if "facts" not in kwargs:
            if not site:
                raise WrongUse("Which site? Name one of data/sites.toml: scrapy crawl news -a site=NAME")
            kwargs["facts"] = find_site(site, Path(crawler.settings.get("DATA_DIR") or settings.data_dir()))
        return super().from_crawler(crawler, *args, **kwargs)
