"""How a version of a story is cited: in words, and for programs that keep references."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

# What TeX would take for a command of its own. A brace is not written as one, not even behind a backslash: BibTeX counts them all.
TEX = {sign: f"\\{sign}" for sign in "%&#$_"} | {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
JOINERS = "\u200c\u200d"  # without them Persian words and emoji fall apart
ENDS = tuple(".!?…。！？؟")
SUFFIXES = frozenset({"Jr", "Sr", "II", "III", "IV"})
FAMILY_FIRST = frozenset({"hu", "ja", "ko", "vi", "zh"})  # languages whose names are not to be taken apart by their order


@dataclass(frozen=True, slots=True)
class Citation:
    """What names a version of a story for good."""

    key: str
    url: str
    headline: str
    authors: tuple[tuple[str, bool], ...]  # name, is a person
    publisher: str
    published_on: str | None  # ISO day, where it was published
    language: str | None  # BCP 47
    number: int  # of the version
    versions: int
    seen_at: str  # UTC: when this version was first seen
    digest: str | None  # of the page as it was sent, as in WARC: sha1:…

    @property
    def archived(self) -> str:
        """Which text it is: "Version 2 of 3, archived 2026-03-05T07:00:00Z (key crpi76eoqt6y, sha1:…)"."""
        proof = ", ".join(filter(None, (f"key {self.key}", self.digest)))
        return f"Version {self.number} of {self.versions}, archived {self.seen_at} ({proof})"


def cite(
    article: Mapping[str, Any],
    version: Mapping[str, Any],
    authors: Sequence[Mapping[str, Any]],
    publisher: str,
    versions: int,
    digest: str | None,
) -> Citation:
    """From a row of articles, what it was in one version (a row of revisions), and the authors of the newest one.

    A byline that was another one then stands as it was printed.
    """
    named = [(author["name"], author["kind"] == "person") for author in authors]
    if not named or version["byline"] != article["byline"]:
        named = [(version["byline"], False)] if version["byline"] else []
    day = DAY.match(version["date_published"] or version["date_published_utc"] or "")
    return Citation(
        key=article["key"],
        url=one_line(article["url"]),
        headline=one_line(version["headline"] or article["url"]),
        authors=tuple((one_line(name), is_person) for name, is_person in named),
        publisher=one_line(publisher),
        published_on=day[0] if day else None,
        language=article["in_language"],
        number=version["number"],
        versions=versions,
        seen_at=version["memento_datetime"],
        digest=digest,
    )


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name as programs sort it."""

    family: str  # with what belongs to it: "van der Berg"
    given: str
    suffix: str  # "Jr."; mostly empty


def parted(name: str, language: str | None) -> Name | None:
    """Family and given names, where their order and capitals tell them apart; None where they do not."""
    words = name.split()
    suffix = words.pop().rstrip(".,") if len(words) > 2 and words[-1].rstrip(".") in SUFFIXES else ""
    words[-1:] = [words[-1].rstrip(",")] if words else []
    if not 2 <= len(words) <= 6 or "," in "".join(words) or (language or "").partition("-")[0].lower() in FAMILY_FIRST:
        return None
    if not (words[0][:1].isupper() and words[-1][:1].isupper()):
        return None
    begin = next((place for place, word in enumerate(words) if place and word.islower()), len(words) - 1)
    return Name(" ".join(words[begin:]), " ".join(words[:begin]), f"{suffix}." if suffix in ("Jr", "Sr") else suffix)


def parted_authors(citation: Citation) -> list[tuple[str, Name | None]]:
    """Each author's name whole, and in parts where those are known."""
    return [(name, parted(name, citation.language) if is_person else None) for name, is_person in citation.authors]


def as_text(citation: Citation) -> str:
    """One line, days as ISO 8601 has them."""
    authors = ", ".join(name for name, _ in citation.authors)
    stop = "" if citation.headline.endswith(ENDS) else "."
    parts = [
        *([authors if authors.endswith(ENDS) else f"{authors}."] if authors else []),
        f"“{citation.headline}{stop}”",
        f"{citation.publisher}, {citation.published_on or 'no date'}.",
        f"{citation.url}.",
        f"{citation.archived}.",
    ]
    return " ".join(parts)


def as_bibtex(citation: Citation) -> str:
    """An entry for BibTeX and BibLaTeX."""
    authors = " and ".join(_bibtex_name(*named) for named in parted_authors(citation))
    year, month, _ = (citation.published_on or "--").split("-", 2)
    fields = {
        "author": authors,
        "title": f"{{{_tex(citation.headline)}}}",  # twice in braces: no style changes its capitals
        "howpublished": _tex(citation.publisher),
        "date": citation.published_on,
        "year": year,
        "month": month,
        "url": quote(citation.url, safe="/:?#[]@!$&'()*+,;=%~-._"),
        "urldate": citation.seen_at[:10],
        "langid": citation.language,
        "note": _tex(citation.archived),
    }
    return f"@misc{{{citation.key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value) + "}\n"


def _bibtex_name(name: str, known: Name | None) -> str:
    parts = (known.family, known.suffix, known.given) if known and " and " not in name else ()
    return ", ".join(map(_tex, filter(None, parts))) if parts else f"{{{_tex(name)}}}"


def cite_corpus(title: str, digest: str, frozen_at: str, extent: str) -> str:
    """An entry for BibTeX of a frozen corpus (see corpus.py), which its digest names."""
    fields = {
        "title": f"{{{_tex(one_line(title))}}}",
        "date": frozen_at[:10],
        "year": frozen_at[:4],
        "note": _tex(f"Corpus of news stories, frozen {frozen_at}: {one_line(extent)}. SHA-256 {digest}"),
    }
    return f"@misc{{corpus-{digest[:12]},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items()) + "}\n"


def as_ris(citation: Citation) -> str:
    """For EndNote, Zotero and others (RIS, 2011)."""
    lines = [
        ("TY", "NEWS"),
        ("ID", citation.key),
        *(("AU", _ris_name(*named)) for named in parted_authors(citation)),
        ("TI", citation.headline),
        ("T2", citation.publisher),
        ("PY", (citation.published_on or "")[:4]),
        ("DA", (citation.published_on or "").replace("-", "/")),
        ("LA", citation.language),
        ("UR", citation.url),
        ("Y2", citation.seen_at[:10].replace("-", "/")),
        ("N1", citation.archived),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _ris_name(name: str, known: Name | None) -> str:
    return ", ".join(filter(None, (known.family, known.given, known.suffix))) if known else name


def as_csl_json(citation: Citation) -> str:
    """For Zotero, pandoc and citeproc (CSL-JSON 1.0.2)."""
    return json.dumps([csl_entry(citation)], ensure_ascii=False, indent=1) + "\n"


def csl_entry(citation: Citation) -> dict[str, Any]:
    """One of the list that CSL-JSON is."""
    entry = {
        "id": citation.key,
        "type": "article-newspaper",
        "title": citation.headline,
        "author": [_csl_name(*named) for named in parted_authors(citation)],
        "container-title": citation.publisher,
        "issued": _date(citation.published_on),
        "accessed": _date(citation.seen_at[:10]),
        "URL": citation.url,
        "language": citation.language,
        "note": citation.archived,
    }
    return {name: value for name, value in entry.items() if value}


def _csl_name(name: str, known: Name | None) -> dict[str, str]:
    return {part: value for part, value in asdict(known).items() if value} if known else {"literal": name}


FORMATS: dict[str, Callable[[Citation], str]] = {"text": as_text, "bibtex": as_bibtex, "ris": as_ris, "csl-json": as_csl_json}


def one_line(text: str) -> str:
    """On one line, for each format has lines of its own; without signs of direction and others that show nothing."""
    shown = (letter for letter in text if letter in JOINERS or unicodedata.category(letter) not in ("Cf", "Cs"))
    return " ".join("".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in shown).split())


def _tex(text: str) -> str:
    return "".join(TEX.get(letter, letter) for letter in text)


def _date(day: str | None) -> dict[str, list[list[int]]] | None:
    return {"date-parts": [[int(part) for part in day.split("-")]]} if day else None
