"""Lodi Valley News (https://lodivalleynews.com/), a WordPress outlet."""

from __future__ import annotations

from datetime import timedelta

from archiver.spider import NewsSpider


class LodiValleyNews(NewsSpider):
    name = "lodivalleynews"
    url = "https://lodivalleynews.com/"
    publisher = "Lodi Valley News"
    in_language = "en"
    country = "US"
    timezone = "America/Chicago"
    feeds = ("https://lodivalleynews.com/feed/",)
    sitemaps = ("https://lodivalleynews.com/sitemap_index.xml", "https://lodivalleynews.com/wp-sitemap.xml")
    wordpress_api = "https://lodivalleynews.com/wp-json/"
    front_pages = ("https://lodivalleynews.com/",)
    every = timedelta(hours=1)
