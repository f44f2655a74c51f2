"""What the publisher's own system calls the story: the number of the post, where WordPress made the page."""

from __future__ import annotations

from itertools import islice

from archiver.extract.page import Page
from archiver.records import StoryId
from archiver.story_ids import of_page

MAX_TAGS = 500


def read_story_ids(page: Page) -> tuple[StoryId, ...]:
    links = [link for head in page.tree.iterchildren("head") for link in islice(head.iter("link"), MAX_TAGS)]
    return of_page([*links, *page.tree.iterchildren("body")], page.url)
