"""TEI: a corpus of the Text Encoding Initiative, a text with its header a story. For corpus tools (TXM, CQPweb, TEITOK) and XSLT."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, BinaryIO

from lxml import etree
from lxml.etree import SubElement

from archiver import settings
from archiver.export import Exported, Format, Tell
from archiver.export.jsonl import stories
from archiver.store import Archive, Story
from archiver.store.selection import Selection
from archiver.xml_text import fit_for_xml

NAMESPACE = "http://www.tei-c.org/ns/1.0"
XML = "{http://www.w3.org/XML/1998/namespace}"
TO_THE_SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
RIGHTS = "Archived copies for reading and research; the rights stay with the publishers."


def write(archive: Archive, selection: Selection, file: BinaryIO, tell: Tell) -> Exported:
    """One version of each story, or all of them, each as a text of its own."""
    done = Exported(unit="text")
    file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<teiCorpus xmlns="{NAMESPACE}">\n'.encode())
    file.write(_lines(_header_of_corpus(settings.utc_now().date())))
    for story in stories(archive, selection, done):
        for version in story.revisions if selection.all_revisions else story.revisions[-1:]:
            file.write(_lines(_text(archive, story, version)))
            done.items += 1
        done.stories += 1
        tell(done)
    file.write(b"</teiCorpus>\n")
    return done


def _lines(element: etree._Element) -> bytes:
    return etree.tostring(element, encoding="utf-8") + b"\n"


def _header_of_corpus(today: date) -> etree._Element:
    header = etree.Element("teiHeader")
    described = SubElement(header, "fileDesc")
    _add(SubElement(described, "titleStmt"), "title", "News stories")
    published = SubElement(described, "publicationStmt")
    _add(published, "publisher", "News archiver")
    _add(published, "date", today.isoformat(), when=today.isoformat())
    _add(SubElement(published, "availability"), "p", RIGHTS)
    _add(SubElement(described, "sourceDesc"), "p", "Pages of news sites; each text names its own.")
    return header


def _text(archive: Archive, story: Story, version: Mapping[str, Any]) -> etree._Element:
    """A version of a story: who, when and where in its header; its text, and what stands below its pictures."""
    article, source = story.article, archive.source_of(version)  # type: ignore[arg-type]
    text = etree.Element("TEI")
    text.set(f"{XML}id", f"s{article['key']}-{version['number']}")
    header = SubElement(text, "teiHeader")
    described = SubElement(header, "fileDesc")
    title = SubElement(described, "titleStmt")
    _add(title, "title", version["headline"] or "")
    for author in story.authors:
        _add(title, "author", author["name"])
    published = SubElement(described, "publicationStmt")
    _add(published, "publisher", source["publisher"])
    _add(published, "date", version["date_published"], when=_when(version["date_published"]))
    _add(published, "idno", article["key"], type="key")
    _add(published, "idno", article["url"], type="URL")
    bibl = SubElement(SubElement(described, "sourceDesc"), "bibl")
    _add(bibl, "title", version["headline"] or "", level="a")
    _add(bibl, "title", source["publisher"], level="j")
    _add(bibl, "date", version["date_published"], when=_when(version["date_published"]))
    SubElement(bibl, "ptr", type="URL", target=fit_for_xml(article["url"]))
    _add_profile(SubElement(header, "profileDesc"), story, version)
    seen = f"version {version['number']}, {version['change']}"
    _add(SubElement(header, "revisionDesc"), "change", seen, when=version["memento_datetime"])
    body = SubElement(SubElement(text, "text"), "body")
    main = SubElement(body, "div", type="story")
    _add(main, "head", version["headline"])
    _add(main, "byline", version["byline"])
    _add_paragraphs(main, (version["abstract"] or "").split("\n\n"), rend="standfirst")
    _add_paragraphs(main, archive.text_of(version).split("\n\n"))  # type: ignore[arg-type]
    captions = [image["caption_printed"] or image["caption"] for image in story.images]
    if any(captions) and version is story.revisions[-1]:  # the pictures are those of the newest one
        _add_paragraphs(SubElement(body, "div", type="captions"), filter(None, captions))
    return text


def _when(moment: str | None) -> str | None:
    """As `@when` takes it (W3C): to the second, or the day."""
    return moment if moment is None or TO_THE_SECOND.match(moment) else moment[: len("2026-03-02")]


def _add_profile(profile: etree._Element, story: Story, version: Mapping[str, Any]) -> None:
    article = story.article
    if article["located"]:
        _add(SubElement(profile, "creation"), "placeName", article["located"])
    if article["in_language"]:
        _add(SubElement(profile, "langUsage"), "language", article["in_language"], ident=article["in_language"])
    if article["article_section"] or story.keywords:
        told = SubElement(profile, "textClass")
        for scheme, terms in (("section", [article["article_section"]]), ("keywords", story.keywords)):
            if any(terms):
                listed = SubElement(told, "keywords", scheme=scheme)
                for term in terms:
                    _add(listed, "term", term)
    if not len(profile):  # a header has nothing to say of the text's making
        profile.getparent().remove(profile)


def _add_paragraphs(parent: etree._Element, paragraphs: Iterable[str], **attributes: str) -> None:
    """`<p>` for each; a line break within one as `<lb/>`."""
    for paragraph in paragraphs:
        first, *others = paragraph.strip().split("\n")
        if not (first or others):
            continue
        element = SubElement(parent, "p", attributes)
        element.text = fit_for_xml(first)
        for line in others:
            SubElement(element, "lb").tail = fit_for_xml(line)


def _add(parent: etree._Element, tag: str, text: str | None, **attributes: str | None) -> None:
    """A child with text; none where the text is None."""
    if text is not None:
        element = SubElement(parent, tag, {name: fit_for_xml(value) for name, value in attributes.items() if value})
        element.text = fit_for_xml(text)


FORMAT = Format("tei", (".tei.xml", ".tei", ".xml"), "a TEI corpus: texts with headers, paragraphs, captions, for corpus tools", write)
