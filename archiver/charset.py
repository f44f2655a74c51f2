"""In which characters a page is written."""

from __future__ import annotations

import codecs
import re

from lxml import etree

CHARSET = re.compile(rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([a-z0-9_:-]{2,40})", re.IGNORECASE)
IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:-]{2,40})", re.IGNORECASE)
# Labels of the WHATWG table that Python does not know.
ALIASES = {"x-sjis": "shift_jis", "ms_kanji": "shift_jis", "x-euc-jp": "euc_jp", "x-gbk": "gbk", "x-x-big5": "big5", "x-cp1250": "cp1250",
           "x-cp1251": "cp1251", "x-cp1252": "cp1252", "win-1251": "cp1251", "win1251": "cp1251", "cp-1251": "cp1251",
           "iso88591": "latin-1", "unicode-1-1-utf-8": "utf-8", "iso-8859-8-i": "iso-8859-8", "dos-874": "cp874",
           "koi": "koi8-r", "koi8": "koi8-r"}  # fmt: skip
BEYOND_ASCII = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")  # a letter of UTF-8
# UTF-16: its byte order mark, or how markup begins without one; by the names that libxml2 knows, too.
WIDE = (
    (codecs.BOM_UTF16_LE, re.compile(rb"(?:[\t\n\r ]\x00){0,100}<\x00[!?a-zA-Z]\x00"), "utf-16le"),
    (codecs.BOM_UTF16_BE, re.compile(rb"(?:\x00[\t\n\r ]){0,100}\x00<\x00[!?a-zA-Z]"), "utf-16be"),
)
STRANGE = re.compile("[\x80-\x9f\ufffd\ue000-\uf8ff\uff61-\uff9f]")  # controls, undecodable, private, halfwidth katakana
BITE = 1 << 14  # bytes; their text stays in the processor's nearest memory
SAMPLE = 1 << 18  # bytes of a page that tell its charset
ODD_CODECS = frozenset({"utf_7", "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
# What browsers read under these labels (WHATWG Encoding, 4.2): a superset of what the label says.
SUPERSETS = {"latin-1": "cp1252", "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
             "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-11": "cp874", "tis-620": "cp874"}  # fmt: skip


def find_charset(body: bytes, content_type: str = "") -> str:
    """UTF-8 when the bytes are; else what the header or the page declares, when that is a charset; else windows-1252, as browsers do."""
    if is_in_utf8(body):
        return "utf-8"
    for mark, markup, name in WIDE:
        if body.startswith(mark) or markup.match(body):
            return name
    in_header, in_page = IN_HEADER.search(content_type), CHARSET.search(body[:4_096])
    labels = [in_header[1].lower() if in_header else "", in_page[1].decode("ascii").lower() if in_page else ""]
    named = [label for label in (ALIASES.get(label, label) for label in labels) if label and is_charset(label)]
    believed = [label for label in named if not is_utf8(label) or is_nearly_utf8(body)]
    if len(believed) > 1:
        believed.sort(key=lambda label: (strange_signs(body, label), is_default(label)))  # of two that fit, the header is believed
    return next(iter(believed), "cp1252")


def strange_signs(body: bytes, label: str) -> int:
    """How much of a page, read under this label, is what no page is written in: the sign of another charset."""
    name = codecs.lookup(label).name
    return len(STRANGE.findall(body[:SAMPLE].decode(SUPERSETS.get(name, name), "replace")))


def is_default(label: str) -> bool:
    """ISO 8859-1: what servers say of all pages, whoever wrote them; a page that names another charset knows better."""
    return codecs.lookup(label).name in ("iso8859-1", "ascii")


def is_in_utf8(body: bytes) -> bool:
    """Whether all of it is, but for a letter that its end cuts through. In bites: one string of a whole page is fresh memory each time."""
    if any(markup.match(body) for _, markup, _ in WIDE):
        return False  # a NUL behind each letter is UTF-8, too
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), BITE):
            decoder.decode(body[start : start + BITE])
    except UnicodeDecodeError:
        return False
    return True


def is_utf8(label: str) -> bool:
    return codecs.lookup(label).name in ("utf-8", "utf-8-sig")


def is_nearly_utf8(body: bytes) -> bool:
    """Most of what is beyond ASCII is UTF-8: a page with a few broken bytes, not one in another charset under that name."""
    sample = body[:SAMPLE]
    broken = sample.decode("utf-8", "replace").count("\ufffd")
    return broken <= len(BEYOND_ASCII.findall(sample)) // 4


def is_charset(label: str) -> bool:
    """Known to Python as an encoding of text, and to libxml2."""
    try:
        known = codecs.lookup(label)
        etree.HTMLParser(encoding=label)
    except LookupError:
        return False
    if known.name.startswith(("utf-16", "utf-32")):  # read as ASCII up to here, so it is neither
        return False
    return known._is_text_encoding and known.name.replace("-", "_") not in ODD_CODECS


def decode_text(body: bytes, content_type: str = "") -> str:
    """The page's text; what cannot be decoded becomes U+FFFD. Never raises."""
    name = codecs.lookup(find_charset(body, content_type)).name
    if name == "utf-8" and body.startswith(codecs.BOM_UTF8):
        body = body[3:]
    return body.decode(SUPERSETS.get(name, name), "replace").removeprefix("\ufeff")
