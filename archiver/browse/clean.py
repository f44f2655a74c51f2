"""A story's body as HTML that is safe to show: built anew from a short list of elements, whatever the archive holds.

The store keeps a clean subset already. It is cleaned again here, since an archive may come from anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from lxml import etree, html
from markupsafe import Markup, escape

from archiver.browse.guards import outside

SAME = (
    *("p", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "pre", "table", "thead", "tbody", "tr", "th", "td", "h2", "h3", "h4"),
    *("em", "strong", "code", "sub", "sup", "q", "cite", "del", "ins", "mark", "small", "a", "br", "hr"),
)
OTHERS = {"b": "strong", "i": "em", "strike": "del", "s": "del", "h1": "h2", "h5": "h4", "h6": "h4"}  # h1 is the headline
KEPT = {name: name for name in SAME} | OTHERS
VOID = frozenset({"br", "hr"})
# With all they hold. Others that are not kept leave their text.
DROPPED = frozenset(
    (
        *("script", "style", "template", "noscript", "iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "canvas"),
        *("audio", "video", "picture", "img", "form", "input", "button", "select", "option", "textarea", "dialog", "slot"),
        *("title", "head", "link", "meta", "base"),
    )
)
MAX_LENGTH = 2_000_000  # characters; a longer body is shown as plain text
BLANK_LINE = re.compile(r"\n\s*\n")


def clean_html(text: str, without: Collection[str] = ()) -> Markup | None:
    """`text` (HTML, of any origin) with kept elements only, and without paragraphs that say one of `without`.

    None when nothing readable is in it.
    """
    if not text or len(text) > MAX_LENGTH:
        return None
    try:
        root = html.fragment_fromstring(text, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    for paragraph in [child for child in root if child.tag == "p" and says(child.text_content(), without)]:
        paragraph.drop_tree()
    cleaned = Markup("").join(clean_tree(root))
    return cleaned if cleaned.striptags() else None


def clean_tree(root: html.HtmlElement) -> Iterator[Markup]:
    """The pieces in order. Walks without recursion: a page may nest a thousand deep."""
    dropping: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and dropping is None:
            if name in DROPPED:
                dropping = element
            elif element is not root:
                yield opening(name, element)
            if dropping is None:
                yield escape(element.text or "")
        elif event == "end" and dropping in (None, element):
            if dropping is None and element is not root:
                yield closing(name)
            dropping = None
        if event != "start" and dropping is None and element is not root:
            yield escape(element.tail or "")


def opening(name: str, element: html.HtmlElement) -> Markup:
    """The start tag, without attributes but for the address of a link."""
    tag = KEPT.get(name)
    if tag == "a":
        url = outside(element.get("href"))
        return Markup('<a href="{}" rel="noopener noreferrer nofollow">').format(url) if url else Markup("<a>")
    return Markup(f"<{tag}>") if tag else Markup("")  # noqa: S704 - names come from KEPT


def closing(name: str) -> Markup:
    tag = KEPT.get(name)
    return Markup(f"</{tag}>") if tag and tag not in VOID else Markup("")  # noqa: S704 - names come from KEPT


def as_paragraphs(text: str | None, without: Collection[str] = ()) -> list[str]:
    """Plain text cut at its blank lines, paragraphs that say one of `without` left out."""
    return [paragraph.strip() for paragraph in BLANK_LINE.split(text or "") if paragraph.strip() and not says(paragraph, without)]


def says(paragraph: str, texts: Collection[str]) -> bool:
    """Is it one of the texts, however its words are spaced?"""
    return bool(texts) and " ".join(paragraph.split()) in {" ".join(text.split()) for text in texts}
