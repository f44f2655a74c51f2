"""What a picture is: by its first bytes, whatever its server or its name says. Pure."""

from __future__ import annotations

import re

from archiver import settings
from archiver.captures import TooLarge, Truncated, body_of
from archiver.records import Capture

# First bytes of the formats that are kept. No SVG: it is a document that may run scripts, and looks like any XML.
FORMATS = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftyp(?:....){0,32}?avi[fs]", re.DOTALL), "image/avif"),  # ISO 23000-12, 7: one of the brands of its first box
)


def picture_type(capture: Capture) -> str | None:
    """The media type of the picture that was answered; None where none was."""
    picture = read_picture(capture)
    return picture[0] if picture else None


def read_picture(capture: Capture) -> tuple[str, bytes] | None:
    """(media type by its bytes, the picture itself); None where the answer is no picture."""
    try:
        body = body_of(capture, settings.MAX_PICTURE_BYTES)
    except (TooLarge, Truncated):
        return None
    media_type = media_type_of(body)
    return (media_type, body) if media_type else None


def media_type_of(body: bytes) -> str | None:
    """The media type of a picture (its body without Content-Encoding); None where it is none that is kept."""
    return next((media_type for begin, media_type in FORMATS if begin.match(body)), None)
