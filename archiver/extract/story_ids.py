"""What the publisher's own system calls the story: the number of the post, where WordPress made the page."""

from __future__ import annotations

from itertools import islice

from archiver.extract.page import Page
from archiver.records import StoryId
from archiver.story_ids import of_page

MAX_TAGS = 500


def read_story_ids(page: Page) -> tuple[StoryId, ...]:
    return of_page([dict(element.attrib) for element in islice(page.tree.iter("link", "body"), MAX_TAGS)], page.url)
