"""The body as HTML that is safe to show: built anew from the blocks, with a short list of elements and http(s) links only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import Any

from archiver.extract.blocks import HEADS, Block, Element, fold
from archiver.extract.page import Page

INLINE = frozenset({"em", "strong"})


def render(blocks: Sequence[Block], page: Page) -> str:
    """HTML of the story's blocks in order: paragraphs, subheads, lists, quotes, tables."""
    parts = []
    for _, group in groupby(blocks, key=wrapper):
        members = list(group)
        parts.append(render_group(members, page))
    return "\n".join(parts)


def wrapper(block: Block) -> Any:
    """What holds several blocks together: a table, a list, a quote; else the block alone."""
    setting = block.setting
    for element in (setting.table, outermost_list(setting.list), setting.quote):
        if element is not None:
            return element
    return block.index


def outermost_list(element: Element) -> Element:
    while element is not None and (outer := next(element.iterancestors("ul", "ol"), None)) is not None:
        element = outer
    return element


def render_group(blocks: Sequence[Block], page: Page) -> str:
    setting = blocks[0].setting
    if setting.table is not None:
        return render_table(blocks, page)
    if setting.list is not None:
        tag = "ol" if setting.list.tag == "ol" else "ul"
        items = (list(group) for _, group in groupby(blocks, key=lambda block: block.setting.item))
        return f"<{tag}>{''.join(f'<li>{joined(item, page)}</li>' for item in items)}</{tag}>"
    if setting.quote is not None:
        return f"<blockquote>{''.join(f'<p>{inline(block, page)}</p>' for block in blocks)}</blockquote>"
    return "\n".join(render_block(block, page) for block in blocks)


def render_block(block: Block, page: Page) -> str:
    tag = {"h1": "h2", "h5": "h4", "h6": "h4"}.get(block.tag, block.tag) if block.tag in HEADS else "pre" if block.tag == "pre" else "p"
    return f"<{tag}>{inline(block, page)}</{tag}>"


def render_table(blocks: Sequence[Block], page: Page) -> str:
    rows: dict[Element, list[str]] = {}
    for cell, group in groupby(blocks, key=lambda block: block.setting.cell):
        row = cell.getparent() if cell is not None else None
        tag = "th" if cell is not None and cell.tag == "th" else "td"
        rows.setdefault(row, []).append(f"<{tag}>{joined(list(group), page)}</{tag}>")
    return "<table>" + "".join("<tr>" + "".join(cells) + "</tr>" for cells in rows.values()) + "</table>"


def joined(blocks: Sequence[Block], page: Page) -> str:
    return "<br>".join(inline(block, page) for block in blocks)


def inline(block: Block, page: Page) -> str:
    """A block's run with emphasis and links; each element that is opened is closed again."""
    parts: list[str] = []
    open_tags: list[str] = []
    for piece in block.pieces:
        if type(piece) is str:
            parts.append(escape(piece, quote=False))
        else:
            parts.append(mark(piece, open_tags, page))
    parts += [f"</{tag}>" for tag in reversed(open_tags)]
    return fold("".join(parts)).replace("\n", "<br>")


def mark(piece: tuple[str, ...], open_tags: list[str], page: Page) -> str:
    name = piece[0]
    if name in INLINE and name not in open_tags:
        open_tags.append(name)
        return f"<{name}>"
    if name == "a" and "a" not in open_tags:
        address = page.absolute(piece[1])
        if address:
            open_tags.append("a")
            return f'<a href="{escape(address)}">'
    if name.startswith("/") and name[1:] in open_tags:
        closing = []
        while True:  # what was opened inside ends with it
            tag = open_tags.pop()
            closing.append(f"</{tag}>")
            if tag == name[1:]:
                return "".join(closing)
    return ""


def outlinks(blocks: Iterable[Block], page: Page) -> tuple[str, ...]:
    """Absolute addresses of the links inside the body, each once."""
    found: dict[str, None] = {}
    for block in blocks:
        for piece in block.pieces if block.links else ():
            if type(piece) is tuple and piece[0] == "a" and (address := page.absolute(piece[1])):
                found.setdefault(address)
    return tuple(found)
