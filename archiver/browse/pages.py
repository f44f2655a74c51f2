"""The pages: what a reader asks for, answered from the archive."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from datasette import Forbidden, Response
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import Request
from datasette.views.base import DatasetteError
from markupsafe import Markup, escape

from archiver import citing, settings
from archiver.browse import archives, dates, guards, maps, reading, taking_out
from archiver.browse.charts import bars_per_day, coverage_per_month, days_of, stories_per_month
from archiver.browse.clean import as_paragraphs, clean_html
from archiver.browse.searching import Question, ask
from archiver.browse.telling import ABSENCES, BASES, CHANGES, DATE_SOURCES, FIELDS, STATUS, counts_of, state_of_run
from archiver.citing import Citation
from archiver.counted import lasting
from archiver.queries import grouped_queries
from archiver.revisions import Part, changed_words, diff_paragraphs, diff_words
from archiver.store.coverage import missing_in_words
from archiver.store.placings import on_front_pages
from archiver.xml_text import fit_for_xml

CHART_DAYS = 42
ON_FRONT = 24  # stories on the front page
PER_PAGE = 40  # changes on a page
IN_FEED = 100  # stories in the feed of a search
NEVER = "2000-01-01T00:00:00Z"  # when a feed without entries was changed
CONTEXT = 1  # paragraphs shown beside a change
FOLDED = 2  # from so many paragraphs on that did not change, they are folded away
REFERENCES = {"bib": ("bibtex", taking_out.BIBTEX), "ris": ("ris", taking_out.RIS), "json": ("csl-json", taking_out.CSL_JSON)}
ADDRESS = re.compile(r"https?://\S+\Z")
OLDER = "This archive was made by an older version. Its operator has to run one command first, which brings it up to date: archiver status"
MENU = (
    ("/-/archive", "News desk"),
    ("/-/search", "Search"),
    ("/-/changes", "Changes"),
    ("/-/map", "Map"),
    ("/-/questions", "Questions"),
    ("/-/sites", "Sites"),
)


async def front(datasette: Datasette, request: Request) -> Response:
    db = await opened(datasette, request)
    counts = {each["day"]: each["stories"] for each in await reading.per_day(db, CHART_DAYS, settings.utc_now()) or []}
    newest = await reading.newest(db, ON_FRONT + 1)
    context = {
        "stories": by_day(newest[:ON_FRONT]),
        "has_older": len(newest) > ON_FRONT,
        "chart": bars_per_day(counts, CHART_DAYS, datasette.urls.path("/-/search?from={day}&to={day}")),
        "per_day": sorted(counts.items(), reverse=True),
        "totals": await reading.totals(db),
        "sites": await reading.sites(db),
        "count_by_site": await reading.count_by_site(db),
        "changes": await reading.changes(db, "", 6),
        "vanished": await reading.vanished(db, 4),
    }
    return await page(datasette, request, "archive_front.html", context, here="/-/archive")


async def search(datasette: Datasette, request: Request) -> Response:
    db = await opened(datasette, request)
    question = Question.read(request.args)
    if ADDRESS.match(question.q) and (key := await reading.find_key(db, question.q)):
        return Response.redirect(datasette.urls.path(f"/-/story/{key}"))
    answer = await ask(datasette, db, question)
    known = await reading.site_names(db)
    address = datasette.urls.path(query("/-/search", **question.link(from_="", to=""))) + "&from={first}&to={last}"
    context = {
        "question": question,
        "answer": answer,
        "chart": stories_per_month(answer.months, address),
        "months": [(month, count, *days_of(month)) for month, count in sorted(answer.months.items(), reverse=True)],
        "undated": max(0, answer.total - sum(answer.months.values())) if answer.months else 0,
        "files": [(ending, label) for ending, (label, _, _) in taking_out.FILES.items()],
        "most_in_a_file": taking_out.MOST,
        "command": taking_out.command(question),
        "place": await reading.place_name(db, question.at) if question.at else None,
        "sites": known,
        "publishers": {each["name"]: each["publisher"] for each in known},
        "sections": await reading.sections(db, question.site),
        "languages": await reading.languages(db),
    }
    return await page(datasette, request, "archive_search.html", context, here="/-/search")


async def search_feed(datasette: Datasette, request: Request) -> Response:
    """The newest stories that a search finds, for a feed reader."""
    db = await opened(datasette, request)
    question = replace(Question.read(request.args), sort="newest", page=1)
    answer = await ask(datasette, db, question, IN_FEED)
    if answer.trouble:
        return await page(datasette, request, "archive_missing.html", {"reason": answer.trouble}, status=400)
    updated = max((hit["first_seen_at"] for hit in answer.hits), default=NEVER)
    return await feed(datasette, request, "archive_search.atom", {"question": question, "stories": answer.hits, "updated": updated})


async def search_file(datasette: Datasette, request: Request) -> Response:
    """What a search finds, to be kept or worked on."""
    db = await opened(datasette, request)
    question = replace(Question.read(request.args), page=1)
    answer = await ask(datasette, db, question, taking_out.MOST)
    ending = request.url_vars["ending"]
    if answer.trouble and ending == "json":
        return Response.json({"error": answer.trouble}, status=400)
    if answer.trouble:
        return await page(datasette, request, "archive_missing.html", {"reason": answer.trouble}, status=400)
    _, content_type, told = taking_out.FILES[ending]
    text = told(answer, await taking_out.facts_of(db, answer.hits))
    headers = guards.page_headers() | ({} if ending == "json" else {"content-disposition": f'attachment; filename="stories.{ending}"'})
    return Response(text, headers=headers, content_type=content_type)


async def story(datasette: Datasette, request: Request) -> Response:
    db = await opened(datasette, request)
    found = await reading.read_story(db, request.url_vars["key"])
    if found is None:
        return await withdrawn(datasette, request, request.url_vars["key"], "No story has this key.")
    asked = request.args.get("revision")
    revision = await reading.read_revision(db, found.article["key"], number_of(asked)) if asked else None
    if asked and revision is None:
        return await missing(datasette, request, "This story has no such version.")
    is_newest = revision is None or revision["number"] == found.revisions[-1]["number"]
    shown = found.article if revision is None or is_newest else {**found.article, **revision}
    notes = [note["text"] for note in found.parts["corrections"]]  # they stand above the text; once is enough
    context = {
        "story": found,
        "shown": shown,
        "revision": revision,
        "is_newest": is_newest,
        "body": clean_html(shown["article_body_html"], notes) if is_newest else None,
        "paragraphs": as_paragraphs(shown["article_body"], notes),
        "citation": cited(found, shown, revision),
        "notice": STATUS.get(found.article["pubstatus"]),
        "absence_words": ABSENCES,
        "on_front_pages": on_front_pages(found.parts["placings"]),
    }
    return await page(datasette, request, "archive_story.html", context)


def cited(found: reading.Story, shown: Mapping[str, Any], revision: Mapping[str, Any] | None) -> Citation | None:
    """None for a story of which no version is kept."""
    if not found.revisions:
        return None
    version = revision or found.revisions[-1]
    digests = {capture["id"]: capture["payload_digest"] for capture in found.parts["captures"]}
    told = {**shown, "number": version["number"], "memento_datetime": version["memento_datetime"]}
    digest = digests.get(version["capture_id"])
    return citing.cite(found.article, told, found.parts["authors"], found.article["publisher"], len(found.revisions), digest)


async def reference(datasette: Datasette, request: Request) -> Response:
    """The story for a program that keeps references."""
    db = await opened(datasette, request)
    found = await reading.read_story(db, request.url_vars["key"])
    if found is None:
        return await withdrawn(datasette, request, request.url_vars["key"], "No story has this key.")
    asked = request.args.get("revision")
    revision = await reading.read_revision(db, found.article["key"], number_of(asked)) if asked else None
    citation = cited(found, {**found.article, **(revision or {})}, revision)
    if citation is None or (asked and revision is None):
        return await missing(datasette, request, "This story has no such version.")
    form, content_type = REFERENCES[request.url_vars["ending"]]
    disposition = f'attachment; filename="{citation.key}.{request.url_vars["ending"]}"'
    return Response(
        citing.FORMATS[form](citation), headers={**guards.page_headers(), "content-disposition": disposition}, content_type=content_type
    )


async def story_data(datasette: Datasette, request: Request) -> Response:
    """The story for a program."""
    db = await opened(datasette, request)
    found = await reading.whole_story(db, request.url_vars["key"])
    if found is None:
        return await withdrawn(datasette, request, request.url_vars["key"], "No story has this key.")
    return Response.json(found, headers=guards.page_headers())


async def picture(datasette: Datasette, request: Request) -> Response:
    """A kept picture, from its WARC record: of the type that its bytes have, whatever its server called it."""
    db = await opened(datasette, request)
    row = await reading.read_picture(db, number_of(request.url_vars["id"]))
    found = await asyncio.to_thread(archives.read_picture, db, row) if row else None
    if found is None:
        return await missing(datasette, request, "No picture that may be shown has this number.")
    media_type, body = found
    return Response(body, headers=guards.picture_headers(), content_type=media_type)


async def story_at(datasette: Datasette, request: Request) -> Response:
    """The story at an address, for those who have only that."""
    db = await opened(datasette, request)
    key = await reading.find_key(db, (request.args.get("url") or "").strip())
    if key is None:
        return await withdrawn(datasette, request, (request.args.get("url") or "").strip(), "No story with this address is in the archive.")
    return Response.redirect(datasette.urls.path(f"/-/story/{key}"))


async def diff(datasette: Datasette, request: Request) -> Response:
    db = await opened(datasette, request)
    key, numbers = request.url_vars["key"], [number_of(request.url_vars[name]) for name in ("old", "new")]
    found = await reading.read_story(db, key)
    old, new = [await reading.read_revision(db, key, number) for number in numbers]
    if found is None or old is None or new is None:
        return await missing(datasette, request, "This story has no such versions to compare.")
    context = {
        "story": found,
        "old": old,
        "new": new,
        "comparison": await compared(old, new),
        "explained": explained(await reading.changes_between(db, found.article["id"], *sorted(numbers))),
    }
    return await page(datasette, request, "archive_diff.html", context)


async def copies(datasette: Datasette, request: Request) -> Response:
    """The stories that print one text, the earliest first."""
    db = await opened(datasette, request)
    key = request.url_vars["key"]
    cluster = await reading.cluster_of(db, key)
    if not cluster:
        return await missing(datasette, request, "No other story of the archive is known to print this text.")
    return await page(datasette, request, "archive_copies.html", {"copies": cluster, "key": key})


async def beside(datasette: Datasette, request: Request) -> Response:
    """What one story made of the text of another: cut, added, reworded."""
    db = await opened(datasette, request)
    old, new = [await reading.read_story(db, request.url_vars[name]) for name in ("key", "other")]
    if old is None or new is None:
        return await missing(datasette, request, "The archive has no such two stories to compare.")
    withheld = next((story for story in (old, new) if story.article["withheld"]), None)
    context = {
        "old": old.article,
        "new": new.article,
        "withheld": withheld,
        "comparison": None if withheld else await compared(old.article, new.article),
        "copy": next((copy for copy in await reading.cluster_of(db, old.article["key"]) if copy["key"] == new.article["key"]), None),
    }
    return await page(datasette, request, "archive_beside.html", context)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two texts differ, for the eye."""

    fields: list[tuple[str, list[Part]]]  # those that differ
    blocks: list[tuple[bool, list[list[Part]]]]  # of the body, see folded
    body_changed: bool
    removed: int  # words
    added: int


async def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Rows of articles or revisions, with their body. May take a second."""
    body = await asyncio.to_thread(diff_paragraphs, old["article_body"] or "", new["article_body"] or "")
    fields = [(name, diff_words(old[name] or "", new[name] or "")) for name in FIELDS if (old[name] or "") != (new[name] or "")]
    removed, added = changed_words(part for paragraph in [*body, *(parts for _, parts in fields)] for part in paragraph)
    return Comparison(fields, folded(body), any(op != "equal" for paragraph in body for op, _ in paragraph), removed, added)


def explained(changes: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """(note, the changed sentences that it speaks of); last those that no note speaks of, under an empty one."""
    notes = [*dict.fromkeys(change["note"] for change in changes if change["note"]), None]
    return [(note or "", found) for note in notes if (found := [change for change in changes if change["note"] == note])]


async def changes(datasette: Datasette, request: Request) -> Response:
    db = await opened(datasette, request)
    only = request.args.get("only") or ""
    number = max(1, number_of(request.args.get("page") or "1"))
    found = await reading.changes(db, only, PER_PAGE + 1, (number - 1) * PER_PAGE)
    context = {
        "changes": [(day, list(rows)) for day, rows in groupby(found[:PER_PAGE], key=lambda each: each["memento_datetime"][:10])],
        "vanished": await reading.vanished(db, 20) if number == 1 and not only else [],
        "only": only,
        "number": number,
        "has_more": len(found) > PER_PAGE,
    }
    return await page(datasette, request, "archive_changes.html", context, here="/-/changes")


async def changes_feed(datasette: Datasette, request: Request) -> Response:
    """What changed, for a feed reader."""
    db = await opened(datasette, request)
    found = await reading.changes(db, request.args.get("only") or "", PER_PAGE)
    return await feed(datasette, request, "archive_changes.atom", {"changes": found, "change_words": CHANGES})


async def feed(datasette: Datasette, request: Request, template: str, context: Mapping[str, Any]) -> Response:
    def absolute(path: str) -> str:
        return datasette.absolute_url(request, datasette.urls.path(path))

    text = await datasette.render_template(template, {**context, "absolute": absolute, "query": query}, request=request)
    return Response(fit_for_xml(text), headers=guards.page_headers(), content_type="application/atom+xml; charset=utf-8")


async def sites(datasette: Datasette, request: Request) -> Response:
    db = await opened(datasette, request)
    known = await reading.sites(db)
    context = {
        "sites": known,
        "troubles": await reading.troubles(db, known),
        "count_by_site": await reading.count_by_site(db),
        "due_by_site": await reading.due_by_site(db),
        "pictures_by_site": await reading.pictures_by_site(db) or {},
        "looked_through": await reading.looked_through(db),
        "with_front_pages": await reading.with_front_pages(db),
    }
    return await page(datasette, request, "archive_sites.html", context, here="/-/sites")


async def places(datasette: Datasette, request: Request) -> Response:
    """Where stories were filed from."""
    db = await opened(datasette, request)
    question = Question.read({name: request.args.get(name) for name in ("site", "from", "to")})
    counted = await reading.places(db, question.site, question.dates)
    found = counted or []
    asked = maps.read_view(request.args.get("view"))
    view = asked or maps.view_on(found)
    filters = {"site": question.site, "from_": question.from_, "to": question.to}

    def address(other: maps.View | None) -> str | None:
        return datasette.urls.path(query("/-/map", **filters, view=other)) if other else None

    link = datasette.urls.path(query("/-/search", **filters, sort="newest")) + "&at={at}"
    context = {
        "question": question,
        "sites": await reading.site_names(db),
        "places": found,
        "too_long": counted is None,
        "stories": sum(place.stories for place in found),
        "link": link,
        "around": lambda place: address(place.view),
        "map": maps.draw(found, view, datasette.urls.static_plugins("news_archiver", "borders.svg"), link),
        "views": {name: address(other) for name, other in maps.neighbours(view).items()},
        "world": address(maps.view_on([])),
        "all": datasette.urls.path(query("/-/map", **filters)) if asked else None,
        "view": asked,
    }
    return await page(datasette, request, "archive_map.html", context, here="/-/map")


async def questions(datasette: Datasette, request: Request) -> Response:
    """The ready questions, by what they are about."""
    await opened(datasette, request)
    return await page(datasette, request, "archive_questions.html", {"groups": grouped_queries()}, here="/-/questions")


async def coverage(datasette: Datasette, request: Request) -> Response:
    db = await opened(datasette, request)
    name = request.url_vars["site"]
    site = await archives.row(db, "select name, coalesce(publisher, name) as publisher from sites where name = ?", [name])
    if site is None:
        return await missing(datasette, request, f"No site is named {name}.")
    months = await reading.coverage(db, name)
    address = datasette.urls.path(query("/-/search", site=name)) + "&from={first}&to={last}"
    context = {
        "site": site,
        "months": [row | {"why": missing_in_words(row)} for row in months or [] if row["expected"]],
        "chart": coverage_per_month(months or [], address),
        "too_long": months is None,
        "total": {part: sum(row[part] for row in months or []) for part in ("expected", "kept", "missing")},
    }
    return await page(datasette, request, "archive_coverage.html", context, here="/-/sites")


async def front_page(datasette: Datasette, request: Request) -> Response:
    """The front page of a site as it was at a moment, and the way to what it was before and after."""
    db = await opened(datasette, request)
    name = request.url_vars["site"]
    site = await archives.row(db, "select name, coalesce(publisher, name) as publisher, in_language from sites where name = ?", [name])
    known = await reading.front_pages(db, name)
    asked = request.args.get("page") or (known[0]["url"] if known else "")
    looked_at = next((each for each in known if each["url"] == asked), None)
    if site is None or looked_at is None:
        return await missing(datasette, request, f"No look at {'this' if known else 'a'} front page of {name} is in the archive.")
    at = (request.args.get("at") or "").strip()
    context = {
        "site": site,
        "known": known,
        "looked_at": looked_at,
        "shown": await reading.front_page(db, name, asked, at),
        "at": at,
        "address": lambda moment, url=asked: datasette.urls.path(
            query(f"/-/sites/{name}/front-page", at=moment, page=url if url != known[0]["url"] else "")
        ),
    }
    return await page(datasette, request, "archive_front_page.html", context, here="/-/sites")


ROUTES = [
    (r"^/-/archive$", front),
    (r"^/-/search$", search),
    (r"^/-/search\.atom$", search_feed),
    (r"^/-/search\.(?P<ending>csv|json|bib|ris|csl\.json)$", search_file),
    (r"^/-/changes$", changes),
    (r"^/-/changes\.atom$", changes_feed),
    (r"^/-/map$", places),
    (r"^/-/questions$", questions),
    (r"^/-/sites$", sites),
    (r"^/-/sites/(?P<site>\w{1,64})/coverage$", coverage),
    (r"^/-/sites/(?P<site>\w{1,64})/front-page$", front_page),
    (r"^/-/picture/(?P<id>\d{1,9})$", picture),
    (r"^/-/story$", story_at),
    (r"^/-/story/(?P<key>\w{1,64})$", story),
    (r"^/-/story/(?P<key>\w{1,64})\.json$", story_data),
    (r"^/-/story/(?P<key>\w{1,64})/cite\.(?P<ending>bib|ris|json)$", reference),
    (r"^/-/story/(?P<key>\w{1,64})/copies$", copies),
    (r"^/-/story/(?P<key>\w{1,64})/beside/(?P<other>\w{1,64})$", beside),
    (r"^/-/story/(?P<key>\w{1,64})/diff/(?P<old>\d{1,9})\.\.(?P<new>\d{1,9})$", diff),
]


async def opened(datasette: Datasette, request: Request) -> Database:
    """The archive, if this reader may see it."""
    db = archives.get(datasette)
    visible, _ = await datasette.check_visibility(request.actor, "view-database", db.name)
    if not visible:
        raise Forbidden("view-database")
    if await archives.is_older(datasette, db):
        raise DatasetteError(OLDER, title="An older archive", status=503)
    return db


async def withdrawn(datasette: Datasette, request: Request, key_or_url: str, otherwise: str) -> Response:
    """Why a story is not there any more (HTTP 410), where it was taken down; else that there is none."""
    found = await reading.find_takedown(archives.get(datasette), key_or_url)
    if found is None:
        return await missing(datasette, request, otherwise)
    return await page(datasette, request, "archive_withdrawn.html", {"takedown": found, "basis": BASES.get(found.basis)}, status=410)


async def missing(datasette: Datasette, request: Request, reason: str) -> Response:
    return await page(datasette, request, "archive_missing.html", {"reason": reason}, status=404)


async def page(
    datasette: Datasette, request: Request, template: str, context: Mapping[str, Any], here: str = "", status: int = 200
) -> Response:
    """A page of ours, with the policy that lets nothing on it run."""
    words = {
        **context,
        "here": here,
        "menu": MENU,
        "database": archives.get(datasette).name,
        "dates": dates,
        "outside": guards.outside,
        "host": guards.host,
        "marked": marked,
        "query": query,
        "lasting": lasting,
        "cite_in_words": citing.as_text,
        "change_words": CHANGES,
        "field_words": FIELDS,
        "date_sources": DATE_SOURCES,
        "state_of_run": state_of_run,
        "counts_of": counts_of,
    }
    html = await datasette.render_template(template, words, request=request)
    return Response.html(html, status=status, headers=guards.page_headers())


def number_of(text: str) -> int:
    """A number from an address; 0 for what is none or no row could have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def by_day(stories: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Stories under their day of publication; those without a date under the empty day."""
    return [(day, list(rows)) for day, rows in groupby(stories, key=lambda each: (each["date_published_utc"] or "")[:10])]


def folded(paragraphs: list[list[Part]]) -> list[tuple[bool, list[list[Part]]]]:
    """Runs of (is folded, paragraphs), for the eye: what did not change, and stands beside no change, is folded."""
    changed = [i for i, parts in enumerate(paragraphs) if any(op != "equal" for op, _ in parts)]
    near = {i + step for i in changed for step in range(-CONTEXT, CONTEXT + 1)}
    runs = [(is_far, list(run)) for is_far, run in groupby(range(len(paragraphs)), key=lambda i: i not in near)]
    return [(is_far and len(run) >= FOLDED, [without_end(paragraphs[i]) for i in run]) for is_far, run in runs]


def without_end(parts: list[Part]) -> list[Part]:
    """A paragraph without the blank line that ends it."""
    return [(op, text.rstrip("\n")) for op, text in parts if text.rstrip("\n")]


def marked(snippet: str | None) -> Markup:
    """A snippet whose hits stand between \\x02 and \\x03, as HTML with <mark>."""
    return Markup(str(escape(snippet or "")).replace("\x02", "<mark>").replace("\x03", "</mark>"))  # noqa: S704 - escaped before


def query(path: str, **params: Any) -> str:
    """An address with those parameters that have a value."""
    given = {name.rstrip("_"): value for name, value in params.items() if value not in (None, "", False)}
    return f"{path}?{urlencode(given)}" if given else path
