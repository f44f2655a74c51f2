"""What a site's feeds, sitemaps, programming interface and pages say is there: bytes in, links out. No network, no clock."""

from archiver.discover.feeds import read_feed
from archiver.discover.found import Found, is_story_link
from archiver.discover.hints import Hints, find_hints
from archiver.discover.pages import PageRole, find_refresh, read_page_links
from archiver.discover.ranges import Days
from archiver.discover.sitemaps import find_sitemaps_in_robots, read_sitemap
from archiver.discover.wordpress import fewer_posts_url, read_wordpress, read_wordpress_root, wordpress_posts_url

__all__ = [
    "Days",
    "Found",
    "Hints",
    "PageRole",
    "fewer_posts_url",
    "find_hints",
    "find_refresh",
    "find_sitemaps_in_robots",
    "is_story_link",
    "read_feed",
    "read_page_links",
    "read_sitemap",
    "read_wordpress",
    "read_wordpress_root",
    "wordpress_posts_url",
]
