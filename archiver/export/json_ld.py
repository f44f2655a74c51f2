"""JSON-LD: a schema.org NewsArticle a story in one graph, for catalogues, repositories, and whoever reads linked data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from archiver.export import Exported, Format, Tell
from archiver.export.jsonl import stories
from archiver.store import Archive, Story
from archiver.store.selection import Selection

CONTEXT = {"@vocab": "https://schema.org/"}
FIELDS = {  # our column ▶ schema.org
    "headline": "headline",
    "alternative_headline": "alternativeHeadline",
    "abstract": "abstract",
    "description": "description",
    "dateline": "dateline",
    "date_published": "datePublished",
    "date_modified": "dateModified",
    "article_section": "articleSection",
    "in_language": "inLanguage",
    "word_count": "wordCount",
}
IMAGE = {"content_url": "contentUrl", "caption": "caption", "creditline": "creditText", "width": "width", "height": "height"}


def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
    """One version of each story, or all of them, each as a node of its own."""
    done = Exported(unit="node")
    file.write(f'{{"@context": {json.dumps(CONTEXT)}, "@graph": [\n'.encode())
    for story in stories(archive, selection, done):
        for version in story.revisions if selection.all_revisions else story.revisions[-1:]:
            node = json.dumps(_node(archive, story, version), ensure_ascii=False)
            file.write(((",\n" if done.items else "") + node).encode("utf-8", "replace"))
            done.items += 1
        done.stories += 1
        tell(done)
    file.write(b"\n]}\n")
    return done


def _node(archive: Archive, story: Story, version: Mapping[str, Any]) -> dict[str, Any]:
    article, source = story.article, archive.source_of(version)  # type: ignore[arg-type]
    facts = {**article, **{name: version[name] for name in FIELDS if name in version}}
    node = {
        "@type": article["article_type"] or "NewsArticle",
        "@id": f"{article['url']}#version-{version['number']}",
        "identifier": article["key"],
        "url": article["url"],
        **{name: facts[column] for column, name in FIELDS.items()},
        "isAccessibleForFree": None if article["is_accessible_for_free"] is None else bool(article["is_accessible_for_free"]),
        "author": [_author(author) for author in story.authors],
        "publisher": {"@type": "NewsMediaOrganization", "name": source["publisher"]},
        "keywords": story.keywords,
        "contentLocation": _place(article),
        "image": [_image(image) for image in story.images],
        "correction": [{"@type": "CorrectionComment", "text": note["text"]} for note in story.corrections],
        "version": version["number"],
        "articleBody": archive.text_of(version),  # type: ignore[arg-type]
        "sdDatePublished": version["memento_datetime"],  # when it was seen so
    }
    return _said(node)


def _author(author: Mapping[str, Any]) -> dict[str, Any]:
    kind = "Person" if author["kind"] == "person" else "Organization"
    return _said({"@type": kind, "name": author["name"], "jobTitle": author["role"] if kind == "Person" else None, "url": author["url"]})


def _place(article: Mapping[str, Any]) -> dict[str, Any] | None:
    if not article["located"]:
        return None
    where = {"@type": "GeoCoordinates", "latitude": article["located_lat"], "longitude": article["located_lon"]}
    return _said({"@type": "Place", "name": article["located"], "geo": where if article["located_lat"] is not None else None})


def _image(image: Mapping[str, Any]) -> dict[str, Any]:
    creator = {"name": image["creator"]} if image["creator"] else None  # a person or an office: credit lines do not tell
    lead = {"representativeOfPage": True} if image["is_lead"] else {}
    return _said({"@type": "ImageObject", **{name: image[column] for column, name in IMAGE.items()}, "creator": creator, **lead})


def _said(node: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in node.items() if not (value is None or value == "" or (isinstance(value, Sequence) and not value))
    }


FORMAT = Format("json-ld", (".jsonld",), "schema.org NewsArticles in one graph, with texts, pictures, authors", write)
