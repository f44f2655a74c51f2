"""Text that was taken down: recognised by hashes alone, and blotted out wherever it turns up. Pure: no files, no SQL.

A removed story is remembered as the hashes of every eight words that follow one another in it, and of its headlines and captions
as a whole. They tell whether another page repeats a passage; nobody can read the text off them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from html import unescape

from archiver import settings
from archiver.captures import TooLarge, Truncated, decode_body, payload_digest
from archiver.charset import decode_text
from archiver.records import Capture, Placing, StoryId
from archiver.story_ids import in_text, mark
from archiver.urls import article_key, identity

PASSAGE = 8  # words in a row that make a passage; fewer stand in any two stories of a newsroom
LEAST_WORDS = 4  # of a headline that can be told from others
IS_THE_STORY = 0.5  # a page with so much of a removed text is that story again, whatever its address
BLOT = "█"
TEXT_TYPES = re.compile(r"html|xml|json|text|rss|atom|javascript", re.IGNORECASE)
CHARSET = re.compile(r";?\s*charset\s*=[^;]*", re.IGNORECASE)

TELLS_NOTHING = frozenset({"content-type", "date", "etag", "last-modified", "server"})

LETTER = r"[^\W_]"
ESCAPE = r"\\u[0-9a-fA-F]{4}"
ENTITY = r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});"
WORD = re.compile(f"{LETTER}+")
PIECE = re.compile(rf"(?P<tag><\\?[a-zA-Z/!?][^<>]*>)|(?P<gap>\\[nrtbf\"/\\])|(?P<words>(?:{LETTER}|{ESCAPE}|{ENTITY})+)")
WRITTEN = re.compile(rf"{ESCAPE}|{ENTITY}")
ESCAPED_MARKUP = ("&lt;", "&amp;", "\\u003c", "\\u003C")

Token = tuple[str, int, int]  # word in small letters, where it begins and ends


@dataclass(frozen=True, slots=True)
class Passages:
    """What is remembered of removed texts: hashes of runs of words, by the number of words."""

    hashes: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def find(self, words: Sequence[str]) -> tuple[set[int], set[int]]:
        """(places of words that belong to a removed passage, hashes of PASSAGE words that were met)."""
        places: set[int] = set()
        met: set[int] = set()
        for length, known in self.hashes.items():
            for at, value in enumerate(runs(words, length)):
                if value in known:
                    places.update(range(at, at + length))
                    if length == PASSAGE:
                        met.add(value)
        return places, met

    def share(self, met: set[int]) -> float:
        """How much of the removed texts was met, 0 to 1."""
        own = self.hashes.get(PASSAGE, frozenset())
        return len(met & own) / len(own) if own else 0.0

    def without(self, others: Passages) -> Passages:
        left = {length: known - others.hashes.get(length, frozenset()) for length, known in self.hashes.items()}
        return Passages({length: known for length, known in left.items() if known})

    def as_json(self) -> dict[str, list[int]]:
        return {str(length): sorted(known) for length, known in sorted(self.hashes.items())}

    @classmethod
    def from_json(cls, told: Mapping[str, Iterable[int]]) -> Passages:
        return cls({int(length): frozenset(known) for length, known in told.items()})


@dataclass(frozen=True, slots=True)
class Removed:
    """One takedown, as far as what comes in later must be held against it."""

    keys: frozenset[str]  # of every address of the story (urls.article_key)
    digests: frozenset[str]  # of the payloads that held it
    passages: Passages
    ids: frozenset[str] = frozenset()  # what the publisher calls it (story_ids.mark)


@dataclass(frozen=True, slots=True)
class Withheld:
    """All that was taken down of one site."""

    removed: tuple[Removed, ...] = ()

    def has_address(self, url: str) -> bool:
        return bool(self.removed) and (key := article_key(identity(url))) != "" and any(key in one.keys for one in self.removed)

    def has_id(self, ids: Iterable[StoryId]) -> bool:
        """Whether one of `ids` is that of a story that was taken down: it is that story, whatever its address and text."""
        known = frozenset().union(*(one.ids for one in self.removed))
        return bool(known) and any(mark(one) in known for one in ids)

    def let_in(self, placings: Iterable[Placing]) -> list[Placing]:
        """Without stories that were taken down, and without their words at others."""
        stay = [one for one in placings if not self.has_address(one.url)]
        return [one if self.clear(one.text) == one.text else replace(one, text="") for one in stay]

    def knows(self, capture: Capture) -> bool:
        """Whether it is, by its address or byte for byte, what was taken down."""
        if not self.removed or not capture.body:
            return False
        digest = payload_digest(capture.body)
        return self.has_address(capture.target_uri) or any(digest in one.digests for one in self.removed)

    def strip(self, capture: Capture, is_page: bool) -> Capture | None:
        """The capture without what was taken down: itself where nothing was in it, None where nothing of it can be kept.

        `is_page`: it is asked for as a story, not as a feed or list. A page that is half a removed text is that story again.
        """
        if not self.removed or not capture.body:
            return capture
        if self.knows(capture):
            return None
        header = {name.lower(): value for name, value in reversed(capture.headers)}
        content_type = header.get("content-type", "")
        if content_type and not TEXT_TYPES.search(content_type):
            return capture
        try:
            body = decode_body(capture.body, header.get("content-encoding"), settings.MAX_DECODED_BYTES)
        except (TooLarge, Truncated):
            return None  # what cannot be looked into cannot be cleared
        text = decode_text(body, content_type)
        if is_page and any(one.ids for one in self.removed) and self.has_id(in_text(text, capture.target_uri)):
            return None
        cleared = self.clear(text, is_page)
        if cleared is None:
            return None
        return capture if cleared == text else with_body(capture, cleared.encode("utf-8", "replace"), content_type)

    def clear(self, text: str, is_page: bool = False) -> str | None:
        """`text` with removed passages blotted out; itself where there are none; None where it is a removed story, or cannot be cleared."""
        for one in self.removed:
            found = [one.passages.find([word for word, _, _ in view]) for view in views(text)]
            if not any(places for places, _ in found):
                continue
            if is_page and one.passages.share(set().union(*(met for _, met in found))) >= IS_THE_STORY:
                return None
            text = blotted(text, one.passages)
            if holds(text, one.passages):
                return None
        return text


def passages_of(texts: Iterable[str], whole: Iterable[str] = ()) -> Passages:
    """What is remembered of a story: of `texts` every run of PASSAGE words, of `whole` (headlines, captions) also all their words."""
    found: dict[int, set[int]] = {}
    whole = tuple(whole)
    for text in (*texts, *whole):
        words = plain_words(text)
        found.setdefault(PASSAGE, set()).update(runs(words, PASSAGE))
    for text in whole:
        words = plain_words(text)
        if LEAST_WORDS <= len(words) < PASSAGE:
            found.setdefault(len(words), set()).update(runs(words, len(words)))
    return Passages({length: frozenset(known) for length, known in found.items() if known})


def plain_words(text: str) -> list[str]:
    """The words of a plain text in small letters."""
    return [word.casefold() for word in WORD.findall(text)]


def runs(words: Sequence[str], length: int) -> Iterator[int]:
    """A hash of every `length` words that follow one another."""
    for at in range(len(words) - length + 1):
        yield int.from_bytes(blake2b(" ".join(words[at : at + length]).encode("utf-8", "replace"), digest_size=8).digest(), "big")


def holds(text: str, passages: Passages) -> bool:
    """Whether a page, a feed or a JSON answer repeats a removed passage."""
    return any(passages.find([word for word, _, _ in view])[0] for view in views(text))


def views(text: str) -> Iterator[list[Token]]:
    """The words of `text` as a reader sees them, those inside of tags, and those of markup that was escaped once or twice more."""
    yield read_words(text)
    yield attribute_words(text)
    for _ in range(2):
        if not any(mark in text for mark in ESCAPED_MARKUP):
            return
        text = WRITTEN.sub(lambda mark: written(mark[0]), text)
        yield read_words(text)
        yield attribute_words(text)


def read_words(text: str) -> list[Token]:
    """Words outside of tags, entities and escapes resolved."""
    return [token for piece in PIECE.finditer(text) if piece["words"] for token in tokens(piece["words"], piece.start())]


def attribute_words(text: str) -> list[Token]:
    """Words inside of tags: titles, alternative texts, contents of <meta>."""
    found: list[Token] = []
    for tag in PIECE.finditer(text):
        if tag["tag"]:
            for piece in PIECE.finditer(tag["tag"], 1):
                found += tokens(piece["words"], tag.start() + piece.start()) if piece["words"] else []
    return found


def tokens(piece: str, start: int) -> Iterator[Token]:
    """The words of one run of letters, escapes and entities; where it has several ("don&#8217;t"), all stand for the whole run."""
    end = start + len(piece)
    plain = WRITTEN.sub(lambda mark: written(mark[0]), piece) if "\\" in piece or "&" in piece else piece
    for word in WORD.findall(plain):
        yield word.casefold(), start, end


def written(mark: str) -> str:
    """What an escape or an entity stands for."""
    return chr(int(mark[2:], 16)) if mark[0] == "\\" else unescape(mark)


def blotted(text: str, passages: Passages) -> str:
    """`text` with each word of a removed passage replaced by BLOT; tags and the signs between words stay."""
    for read in (read_words, attribute_words):
        words = read(text)
        places, _ = passages.find([word for word, _, _ in words])
        kept: list[str] = []
        last = 0
        for start, end in sorted({words[place][1:] for place in places}):
            kept += [text[last:start], BLOT]
            last = end
        text = "".join([*kept, text[last:]])
    return text


def with_body(capture: Capture, body: bytes, content_type: str) -> Capture:
    """The same answer with another body, in UTF-8 and without a Content-Encoding."""
    changed = {"content-encoding": None, "content-type": f"{CHARSET.sub('', content_type) or 'text/html'}; charset=utf-8"}
    headers = tuple(
        (name, changed.get(name.lower(), value) or "") for name, value in capture.headers if changed.get(name.lower(), "") is not None
    )
    return replace(capture, body=body, headers=headers)


def without_body(capture: Capture) -> Capture:
    """That something was answered, and no more of it."""
    return replace(capture, body=b"", headers=tuple((name, value) for name, value in capture.headers if name.lower() in TELLS_NOTHING))


EMPTY = Withheld()
