"""`scrapy crawl` as Scrapy has it, but what a user can mend is told in words, with our exit codes, and not in a traceback."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

import click
from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from archiver import settings
from archiver.display import safe
from archiver.errors import ArchiverError, worst
from archiver.reader import UNREAD
from archiver.records import Site
from archiver.sites import find_site


class Command(crawl.Command):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        process = self.crawler_process
        assert process is not None
        if len(args) != 1:
            super().run(args, opts)  # Scrapy says how it is used
            return
        if args[0] not in process.spider_loader.list():
            raise UsageError(f"No spider is named {args[0]!r}: scrapy list names them. For any site: scrapy crawl news -a site=NAME")
        crawler = self._create_crawler(args[0])
        facts: dict[str, Site] = {}
        if getattr(crawler.spidercls, "url", ""):  # a site as code: sites.toml may say otherwise, as for `archiver crawl`
            facts["facts"] = find_site(args[0], Path(crawler.settings.get("DATA_DIR") or settings.data_dir()))
        crawling = process.crawl(crawler, **facts, **opts.spargs)
        process.start()
        if process.bootstrap_failed:
            self.exitcode = 1
        if crawler.spider and crawler.stats:
            self.exitcode = worst(self.exitcode or 0, crawler.stats.get_value(UNREAD, 0))
        # The error that ended the crawl is the task's; asyncio prints the traceback of one that nobody has asked for.
        if isinstance(crawling, asyncio.Task) and crawling.done() and not crawling.cancelled():
            error = crawling.exception()
            if isinstance(error, ArchiverError):
                click.echo(f"Error: {safe(error)}", err=True)
                self.exitcode = error.exit_code
            elif error:
                raise error
