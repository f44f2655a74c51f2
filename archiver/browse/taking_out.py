"""What a search found, as a file: a table of its stories, the same as JSON, or how each of them is cited. Never their texts."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datasette.database import Database

from archiver.browse.archives import rows
from archiver.browse.searching import Answer, Question
from archiver.citing import Citation, as_bibtex, as_ris, cite, csl_entry
from archiver.spreadsheets import csv_text

MOST = 1_000  # stories in a file; more, and their texts, are taken out in the shell
BIBTEX, RIS, CSL_JSON = (  # media types; none of them is registered, but for the last
    f"application/{name}; charset=utf-8" for name in ("x-bibtex", "x-research-info-systems", "vnd.citationstyles.csl+json")
)
COLUMNS = (
    *("key", "site", "publisher", "headline", "byline", "date_published", "date_published_utc", "date_precision", "located"),
    *("infosource", "article_section", "in_language", "word_count", "pubstatus", "revision_count", "first_seen_at", "url"),
)
FACTS = """
    select a.key, a.site, coalesce(s.publisher, a.site) as publisher, a.headline, a.byline, a.date_published, a.date_published_utc,
        a.date_precision, a.located, a.infosource, a.article_section, a.in_language, a.word_count, a.pubstatus, a.revision_count,
        a.first_seen_at, a.url, r.number, r.memento_datetime, c.payload_digest,
        (select json_group_array(json_object('name', name, 'kind', kind))
            from (select name, kind from article_authors where article_id = a.id order by position)) as authors
    from json_each(:keys) k join articles a on a.key = k.value left join sites s on s.name = a.site
    left join revisions r on r.article_id = a.id and r.number = (select max(number) from revisions where article_id = a.id)
    left join captures c on c.id = r.capture_id
    order by k.key
"""


async def facts_of(db: Database, hits: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The stories in the order of the hits, each with what a citation of its newest version needs."""
    return await rows(db, FACTS, {"keys": json.dumps([hit["key"] for hit in hits])})


def as_csv(answer: Answer, stories: Sequence[Mapping[str, Any]]) -> str:
    return csv_text([COLUMNS, *([story[name] for name in COLUMNS] for story in stories)])


def as_json(answer: Answer, stories: Sequence[Mapping[str, Any]]) -> str:
    shown = [{name: story[name] for name in COLUMNS} for story in stories]
    return json.dumps({"total": answer.total, "total_is_exact": answer.is_exact, "stories": shown}, ensure_ascii=False)


def as_references(told: Callable[[Sequence[Citation]], str]) -> Callable[[Answer, Sequence[Mapping[str, Any]]], str]:
    return lambda answer, stories: told([_citation(story) for story in stories if story["number"]])


def _citation(story: Mapping[str, Any]) -> Citation:
    authors = json.loads(story["authors"])
    return cite(story, story, authors, story["publisher"], story["revision_count"], story["payload_digest"])


FILES: dict[str, tuple[str, str, Callable[[Answer, Sequence[Mapping[str, Any]]], str]]] = {  # ending ▶ label, type, how
    "csv": ("CSV", "text/csv; charset=utf-8", as_csv),
    "json": ("JSON", "application/json; charset=utf-8", as_json),
    "bib": ("BibTeX", BIBTEX, as_references(lambda cited: "\n".join(map(as_bibtex, cited)))),
    "ris": ("RIS", RIS, as_references(lambda cited: "".join(map(as_ris, cited)))),
    "csl.json": (
        "CSL-JSON",
        CSL_JSON,
        as_references(lambda cited: json.dumps([csl_entry(one) for one in cited], ensure_ascii=False)),
    ),
}


def command(question: Question) -> str | None:
    """What takes the same stories out in the shell, with their texts; None where the shell has no such filter."""
    if question.keyword or question.author or question.at:
        return None
    given = {
        "--site": question.site,
        "--section": question.section,
        "--language": question.language,
        "--from": question.from_,
        "--to": question.to,
    }
    words = [question.q, *(word for name, value in given.items() if value for word in (name, value))]
    return shlex.join(["archiver", "export", *filter(None, words), "-o", "stories.csv"])
