"""A corpus that is frozen for citing: one file with the texts as they stood, where they came from, how to cite them, and its own proof.

A ZIP file: stories.jsonl (a line a version of a story), citations.bib, README.md for people, corpus.json for `archiver freeze --verify`.
The name of a corpus is the SHA-256 of its stories.jsonl. Nothing of it depends on the archive any more.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, BinaryIO

from archiver import __version__
from archiver.citing import as_bibtex, cite, cite_corpus, one_line
from archiver.counted import counted
from archiver.errors import ArchiverError, NothingToDo, WrongUse
from archiver.export import Exported, whole_file
from archiver.export.jsonl import stories
from archiver.store import Archive, Revision, Story
from archiver.store.rights import WHY, left_out
from archiver.store.selection import Selection
from archiver.store.values import utc_text

FORMAT = "news-archiver corpus 1"
STORIES, CITATIONS, README, FACTS = "stories.jsonl", "citations.bib", "README.md", "corpus.json"
PROVED = (STORIES, CITATIONS, README)  # each by a digest in corpus.json
MEMORY_BYTES = 8 << 20  # of citations, before they wait in a file
MAX_LINE_BYTES = 64 << 20  # of one version; the longest text that is stored has 8 MB
MAX_FACTS_BYTES = 16 << 20
MAX_NAME = 4_000  # characters of what names a version or a corpus; addresses have 2,000
STEP_BYTES = 1 << 20
# Of a version, besides what names it; a story's own facts are those of its newest reading.
VERSION = (
    *("headline", "alternative_headline", "kicker", "byline", "dateline", "date_published", "date_published_utc"),
    *("date_modified", "date_modified_utc", "word_count", "text_hash", "read_with", "abstract", "description"),
)
STORY = ("date_precision", "located", "located_country", "infosource", "article_section", "genre", "in_language", "access_observed")
TEXT = ("abstract", "description")  # left out with the body where texts may not be passed on
FATES = ("there", "another text", "read otherwise since", "taken down", "not shown", "not in this archive")
UNCHANGED = frozenset({"there", "not shown"})
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may take any memory to unpack


@dataclass(frozen=True, slots=True)
class Frozen:
    """A corpus, as its corpus.json tells."""

    title: str
    frozen_at: str  # UTC
    selection: Mapping[str, Any]
    with_text: bool
    archiver: str = __version__
    stories: int = 0
    versions: int = 0
    withheld: int = 0  # stories that were left out, as their pages ask not to be shown from an archive
    undated: int = 0
    first_on: str | None = None  # first and last day of publication (UTC)
    last_on: str | None = None
    sites: Mapping[str, int] = field(default_factory=dict)  # publisher ▶ stories
    readers: tuple[str, ...] = ()  # versions of the reader that read them
    sha256: Mapping[str, str] = field(default_factory=dict)  # file ▶ digest
    format: str = FORMAT

    @property
    def name(self) -> str:
        """What the corpus is cited by: the digest of its texts."""
        return self.sha256[STORIES]


@dataclass(frozen=True, slots=True)
class Member:
    """One line of stories.jsonl."""

    key: str
    site: str
    url: str
    version: int
    memento_datetime: str
    text_hash: str
    headline: str | None = None
    article_body: str | None = None  # None: frozen without texts


Tell = Callable[[int], None]  # stories so far


def freeze(
    archive: Archive, selection: Selection, output: Path, title: str, now: datetime, with_text: bool = True, force: bool = False,
    tell: Tell = lambda done: None,
) -> Frozen:  # fmt: skip
    """Writes the corpus to `output`: whole, or not at all. Raises WrongUse, NothingToDo, DataDirectoryError."""
    if output.name and output.suffix.lower() != ".zip":
        raise WrongUse(f"{output} would be a ZIP file by another name.\nName it so: -o {output.name}.zip")
    wanted = {
        name.rstrip("_"): one_line(str(value)) if isinstance(value, str | date) else value
        for name, value in asdict(replace(selection, keys=None)).items()
        if value
    }
    if selection.keys is not None:  # they stand in the corpus itself
        wanted["named_one_by_one"] = counted(len(selection.keys), "story", "stories")
    corpus = Frozen(one_line(title)[:MAX_NAME], utc_text(now) or "", wanted, with_text)
    with whole_file(output, force, archive.data_dir) as file:
        corpus = _write(archive, selection, file, corpus, tell)
        if corpus.stories == 0:
            why = f"What matches ({counted(corpus.withheld, 'story', 'stories')}) says noarchive.\n{WHY}" if corpus.withheld else ""
            raise NothingToDo(why or "No story matches, so nothing was frozen.\nTry fewer words or wider filters: archiver search WORDS")
    return corpus


def _write(archive: Archive, selection: Selection, file: BinaryIO, corpus: Frozen, tell: Tell) -> Frozen:
    sites: Counter[str] = Counter()
    readers: set[str] = set()
    done = Exported(unit="version")
    undated = 0
    days: list[str] = []
    with zipfile.ZipFile(file, "w") as pack, tempfile.SpooledTemporaryFile(MEMORY_BYTES) as citations:
        with _Part(pack, STORIES) as lines:
            for story in stories(archive, selection, done):
                for version in story.revisions if selection.all_revisions else story.revisions[-1:]:
                    source = archive.source_of(version)
                    record = _record(story, version, source, archive.text_of(version), corpus.with_text)
                    lines.write(json.dumps(record, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace") + b"\n")
                    publisher, digest = source["publisher"], source["payload_digest"]
                    cited = cite(story.article, version, story.authors, publisher, len(story.revisions), digest)
                    several = f"-{version['number']}" if selection.all_revisions else ""
                    citations.write(as_bibtex(replace(cited, key=cited.key + several)).encode() + b"\n")
                    done.items += 1
                    readers.add(version["read_with"] or "?")
                done.stories += 1
                sites[publisher] += 1
                day = (story.article["date_published_utc"] or "")[:10]
                undated += not day
                days = [min([day, *days]), max([day, *days])] if day else days
                tell(done.stories)
        corpus = replace(
            corpus, stories=done.stories, versions=done.items, withheld=done.withheld, undated=undated,
            sites=dict(sites.most_common()), readers=tuple(sorted(readers)),
            first_on=days[0] if days else None, last_on=days[-1] if days else None,
            sha256={STORIES: lines.digest()},
        )  # fmt: skip
        with _Part(pack, CITATIONS) as part:
            part.write(cite_corpus(corpus.title, corpus.name, corpus.frozen_at, _extent(corpus)).encode() + b"\n")
            citations.seek(0)
            while piece := citations.read(STEP_BYTES):
                part.write(piece)
        corpus = replace(corpus, sha256={**corpus.sha256, CITATIONS: part.digest()})
        with _Part(pack, README) as part:
            part.write(_read_me(corpus).encode())
        corpus = replace(corpus, sha256={**corpus.sha256, README: part.digest()})
        with _Part(pack, FACTS) as part:
            part.write(json.dumps(asdict(corpus), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n")
    return corpus


class _Part:
    """A file in the pack that is being written. Always of one day: equal contents make equal packs."""

    def __init__(self, pack: zipfile.ZipFile, name: str) -> None:
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self.file: IO[bytes] = pack.open(info, "w", force_zip64=True)
        self.hash = hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self.hash.update(piece)
        self.file.write(piece)

    def digest(self) -> str:
        return self.hash.hexdigest()

    def __enter__(self) -> _Part:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()


def _record(story: Story, version: Revision, source: Mapping[str, Any], body: str, with_text: bool) -> dict[str, Any]:
    article: dict[str, Any] = story.article
    told: Mapping[str, Any] = version
    record = {
        "key": article["key"],
        "site": article["site"],
        "publisher": source["publisher"],
        "url": article["url"],
        "version": version["number"],
        "memento_datetime": version["memento_datetime"],
        "payload_digest": source["payload_digest"],
        "authors": [author["name"] for author in story.authors],
        "keywords": story.keywords,
    }
    record |= {name: told[name] for name in VERSION if with_text or name not in TEXT} | {name: article[name] for name in STORY}
    if with_text:
        record["article_body"] = body
        record["images"] = [{name: image[name] for name in ("content_url", "caption", "creditline")} for image in story.images]
        record["corrections"] = [{name: note[name] for name in ("kind", "text", "date")} for note in story.corrections]
    return record


def _extent(corpus: Frozen) -> str:
    span = f", published {corpus.first_on} to {corpus.last_on} (UTC)" if corpus.first_on else ""
    of = f" of {counted(corpus.stories, 'story', 'stories')}" if corpus.versions != corpus.stories else ""
    what = counted(corpus.versions, "version") if of else counted(corpus.stories, "story", "stories")
    return f"{what}{of} from {counted(len(corpus.sites), 'outlet')}{span}"


def _read_me(corpus: Frozen) -> str:
    """The data sheet."""
    chosen = "\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in corpus.selection.items()) or "- every story of the archive"
    outlets = "\n".join(f"- {one_line(publisher)}: {number:,}" for publisher, number in corpus.sites.items())
    text = (
        "The texts belong to their publishers; the file is for research and citation, not for publishing them again."
        if corpus.with_text
        else "It holds no texts: what a story said is known by its hash. Whoever has the texts can compare them."
    )
    notes = []
    if corpus.withheld:
        notes.append(f"- {left_out(corpus.withheld)}.")
    if corpus.undated:
        notes.append(f"- {counted(corpus.undated, 'story has', 'stories have')} no known day of publication.")
    return f"""# {corpus.title}

{_extent(corpus)}. Frozen {corpus.frozen_at} with news-archiver {corpus.archiver}.

Name of the corpus (SHA-256 of {STORIES}): `{corpus.name}`

## What was chosen

{chosen}

{"".join(note + chr(10) for note in notes)}
## Outlets and stories

{outlets}

## Files

- `{STORIES}`: a version of a story a line, as JSON. `memento_datetime` is when this version was first seen, `text_hash` the SHA-256 of
  its headline and body after folding of punctuation and spacing, `payload_digest` that of the page as the server sent it; authors,
  keywords, images and corrections are those of the story's newest reading. Read by version {", ".join(corpus.readers)} of the reader.
- `{CITATIONS}`: the corpus and each of its members for BibTeX.
- `{FACTS}`: these facts for programs, and the SHA-256 of each file.

{text}

## Is it whole?

`archiver freeze --verify FILE` compares each file with its digest, and each member with an archive, where there is one.
Without the archiver: `unzip -p FILE {STORIES} | sha256sum`.
"""


# --- proof


def read_corpus(path: Path) -> Frozen:
    """The facts of a corpus whose files are as they were frozen. Raises WrongUse where it is none, ArchiverError where it is damaged."""
    try:
        with zipfile.ZipFile(path) as pack:
            corpus = _facts(pack, path)
            if sorted(pack.namelist()) != sorted((*PROVED, FACTS)):
                raise ArchiverError(f"{path} is damaged: it has other files than were frozen, which nothing proves.\nUse another copy.")
            for name, expected in corpus.sha256.items():
                if _digest(pack, name) != expected:
                    raise ArchiverError(f"{path} is damaged: {name} is not as it was frozen.\nUse another copy of the file.")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeDecodeError) as error:
        raise ArchiverError(f"{path} is damaged, or no frozen corpus: {error}.\nUse another copy of the file.") from error
    except OSError as error:
        raise WrongUse(f"{path} cannot be read: {error.strerror or error}.\nName the file that archiver freeze wrote.") from error
    return corpus


def _facts(pack: zipfile.ZipFile, path: Path) -> Frozen:
    if not any(file.filename == FACTS for file in pack.infolist()):
        raise WrongUse(f"{path} is no frozen corpus: it has no {FACTS}.\nName the file that archiver freeze wrote.")
    if any(file.compress_type not in PACKED for file in pack.infolist()):
        raise ArchiverError(f"{path} is damaged: its files are packed as archiver freeze packs none.\nUse another copy of the file.")
    with pack.open(FACTS) as file:
        raw = file.read(MAX_FACTS_BYTES)
    try:
        facts = json.loads(raw)
        if facts["format"] != FORMAT:
            raise WrongUse(f"{path} is a {facts['format']!r}; this version reads {FORMAT!r}.\nInstall the newest version.")
        corpus = Frozen(**facts | {"readers": tuple(facts["readers"])})
        for told in (corpus.title, corpus.frozen_at, *(corpus.sha256[name] for name in PROVED)):
            _name(told)
        if corpus.sha256.keys() != {*PROVED} or not isinstance(corpus.versions, int):
            raise ValueError("digests of other files, or no number of versions")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ArchiverError(f"{path} is damaged: {FACTS} cannot be read ({error}).\nUse another copy of the file.") from error
    return corpus


def _name(value: Any) -> str:
    """A text that names something. Raises ValueError for anything else, and for one that no archive stores."""
    if not isinstance(value, str) or len(value) > MAX_NAME:
        raise ValueError("what should name it does not")
    value.encode()
    return value


def _digest(pack: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with pack.open(name) as file:
        while piece := file.read(STEP_BYTES):
            found.update(piece)
    return found.hexdigest()


def members(path: Path) -> Iterator[Member]:
    """Of a corpus that read_corpus() found whole. Raises ArchiverError for a line that is no member."""
    with zipfile.ZipFile(path) as pack, pack.open(STORIES) as file:
        while line := file.readline(MAX_LINE_BYTES):
            try:
                member = _member(json.loads(line.decode()))
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                raise ArchiverError(f"{path}: a line of {STORIES} is no story's ({error}).\nNo archiver froze this file.") from error
            yield member


def _member(facts: Mapping[str, Any]) -> Member:
    """Raises ValueError, TypeError, KeyError."""
    key, site, url, seen_at, text_hash = (_name(facts[name]) for name in ("key", "site", "url", "memento_datetime", "text_hash"))
    headline, body = facts["headline"], facts.get("article_body")
    if not isinstance(facts["version"], int) or not isinstance(headline, str | None) or not isinstance(body, str | None):
        raise ValueError("a number or a text is none")
    return Member(key, site, url, facts["version"], seen_at, text_hash, headline, body)


def fates(archive: Archive, path: Path) -> Iterator[tuple[Member, str]]:
    """What became of each member in an archive: one of FATES. The versions of one story stand together."""
    for key, versions in groupby(members(path), attrgetter("key")):
        story = archive.story(key)
        for member in versions:
            yield member, fate(archive, story, member)


def fate(archive: Archive, story: Story | None, member: Member) -> str:
    if story is None:
        return "taken down" if archive.is_taken_down(member.site, member.url, member.text_hash) else "not in this archive"
    if story.withheld:
        return "not shown"
    alike = [version for version in story.revisions if version["text_hash"] == member.text_hash]
    if alike:
        known = member.article_body is None or any(_has_text(archive, version, member) for version in alike)
        return "there" if known else "another text"
    seen_then = any(version["memento_datetime"] == member.memento_datetime for version in story.revisions)
    return "read otherwise since" if seen_then else "not in this archive"


def _has_text(archive: Archive, version: Revision, member: Member) -> bool:
    """Whether a version has the member's words, which its hash alone does not prove: whoever writes one may write another beside it."""
    known = f"{version['headline'] or ''}\n{archive.text_of(version)}"
    return known.split() == f"{member.headline or ''}\n{member.article_body}".split()
