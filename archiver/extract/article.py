"""One capture ▶ one article: every field of the page, a line each."""

from archiver.records import Article, Capture, Site

EXTRACTOR = "0"


def read_article(capture: Capture, site: Site | None = None) -> Article: ...
def as_json(article: Article) -> dict: ...
