"""What publishers say about the use of their pages, and whose text is therefore not shown.

The table `withheld` names the stories; every way out asks it, by SHOWN in SQL or `without_text` for rows that were read already. What
counts as text, and where it is kept, is told in TEXT alone. The table is nearly always empty.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from sqlite_utils import Database

from archiver.counted import counted
from archiver.records import Article, RightsSignal, Site
from archiver.store.values import PARAGRAPHS, SHORT, text, utc_text

HIDES = "noarchive"
NO_MISHAP = timedelta(days=1)  # that a robots.txt is gone
TO_ALL = ("meta", "header")  # told_by of what is said to every crawler
SHOWN = "not exists (select 1 from withheld w where w.article_id = a.id)"  # with articles as a
BECAUSE = "(select because from withheld w where w.article_id = a.id)"  # empty: the text may be shown
WHY = "Its page asks not to be shown from an archive (noarchive). The archive keeps it; a line in sites.toml decides: noarchive"

# Of a site as a whole and of its stories, a row each signal (and each licence, each group of rules for a crawler). Of robots.txt what its
# newest text says, or that there is none any more; what is meant for another crawler, and tdm-reservation: 0, are no opt-outs.
OPT_OUTS = """
select signal, case when signal in ('license', 'robots_ai', 'content-signal') then value end as said,
    group_concat(distinct told_by), count(distinct url), min(first_seen_at), max(last_seen_at)
from rights_signals r
where site = :site and (
    (signal in ('noai', 'noimageai', 'noarchive') and told_by in ('meta', 'header'))
    or (signal = 'tdm-reservation' and value = '1')
    or (signal = 'tdmrep.json' and json_valid(value) and json_extract(value, '$."tdm-reservation"') = 1)
    or signal = 'license'
    or (signal in ('robots_ai', 'content-signal') and last_seen_at >= coalesce(
        (select max(last_seen_at) from rights_signals where site = :site and signal = 'robots.txt'), ''))
    or (signal = 'robots.txt' and value = '' and not exists (
        select 1 from rights_signals later
        where later.site = :site and later.signal = 'robots.txt' and later.last_seen_at > r.last_seen_at))
)
group by signal, said order by signal, count(distinct url) desc, said limit 50
"""


def left_out(number: int) -> str:
    """What is said of stories that a copy of the archive does not get."""
    return f"{counted(number, 'story was', 'stories were')} left out: the pages ask not to be shown from an archive"


@dataclass(frozen=True, slots=True)
class OptOut:
    """Something that a publisher says about the use of its content."""

    signal: str  # noai, noimageai, noarchive, tdm-reservation, tdmrep.json, license, robots_ai, content-signal, robots.txt (is gone)
    value: str | None  # a licence, a rule of robots.txt
    told_by: str  # header, meta, tdmrep.json, robots.txt GPTBot, …; several with commas between
    stories: int  # that say so; 0: the site does
    first_seen_at: str
    last_seen_at: str


class Text(NamedTuple):
    """Columns of a table with words of stories."""

    story: str  # SQL for the article id of a row
    columns: frozenset[str]
    is_all: bool = False  # without them a row says nothing


def _text(story: str, *columns: str, is_all: bool = False) -> Text:
    return Text(story, frozenset(columns), is_all)


# Tables and views. Headlines, names, dates, numbers and addresses are no text here: a search engine shows them, too.
TEXT = {
    "articles": _text("id", "abstract", "description"),
    "stories": _text("id", "abstract", "description", "article_body"),
    "article_texts": _text("article_id", "article_body", "article_body_html", is_all=True),
    "revisions": _text("article_id", "abstract", "description", "article_body"),
    "revision_changes": _text("(select article_id from revisions where id = revision_id)", "before", "after", is_all=True),
    "images": _text("article_id", "caption", "caption_printed", "alt"),
    "captions": _text("(select article_id from images where id = captions.rowid)", "caption"),
    "corrections": _text("article_id", "text", is_all=True),
    "live_updates": _text("article_id", "headline", "text", is_all=True),
    "embeds": _text("article_id", "title"),
    "field_evidence": _text("article_id", "value_raw", "note", is_all=True),
    "articles_fts": _text("(select id from articles where search_id = articles_fts.rowid)", "abstract", "article_body", is_all=True),
    "placings": _text("coalesce(article_id, 0)", "text", is_all=True),
    "front_page_headlines": _text("article_id", "text", is_all=True),
    "images_fts": _text("(select article_id from images where id = images_fts.rowid)", "caption", is_all=True),
}

MOST_OF_A_SITE = 1_000  # rows of one kind of signal that a site as a whole may have

INSERT = """
insert into rights_signals (site, url, signal, value, told_by, first_seen_at, last_seen_at, capture_id)
values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (site, coalesce(url, ''), signal, told_by, value) do update set
    first_seen_at = min(first_seen_at, excluded.first_seen_at),
    capture_id = case when excluded.last_seen_at >= last_seen_at then excluded.capture_id else capture_id end,
    last_seen_at = max(last_seen_at, excluded.last_seen_at)
"""


def save_story_signals(db: Database, article_id: int, article: Article, capture_id: int) -> None:
    """What the newest reading of a story says; its text is withheld, or shown again, as that says."""
    signals = article.rights_signals
    if signals:
        site, url = db.execute("select site, url from articles where id = ?", (article_id,)).fetchone()
        (seen_at,) = db.execute("select warc_date from captures where id = ?", (capture_id,)).fetchone() or ("",)
        _save(db, site, url, signals, seen_at, capture_id)
    db.execute("delete from withheld where article_id = ?", (article_id,))
    if any(signal.signal == HIDES and signal.told_by in TO_ALL for signal in signals):
        db.execute(
            "insert into withheld (article_id, because) select a.id, ? from articles a left join sites s on s.name = a.site"
            " where a.id = ? and coalesce(s.noarchive, 'honour') <> 'ignore'",
            (HIDES, article_id),
        )


def save_site_signals(db: Database, site: str, signals: Iterable[RightsSignal], seen_at: str) -> bool:
    """What a site says as a whole, on this day; an earlier robots.txt keeps its row. True where robots.txt is not as it was last.

    One that is another at every look (a counter in a comment) takes no more rows after a while; each is in its capture.
    """
    told = list(signals)
    count = "select signal, count(*) from rights_signals where site = ? and url is null group by 1"
    full = {signal for signal, number in db.execute(count, (site,)).fetchall() if number >= MOST_OF_A_SITE}
    if full:
        query = "select signal, told_by, value from rights_signals where site = ? and url is null"
        known = set(db.execute(query, (site,)).fetchall())
        told = [one for one in told if one.signal not in full or (one.signal, one.told_by, text(one.value, PARAGRAPHS)) in known]
    query = "select value from rights_signals where site = ? and url is null and signal = 'robots.txt' order by last_seen_at desc limit 1"
    last = db.execute(query, (site,)).fetchone()
    _save(db, site, None, told, seen_at, None)
    return last is not None and any(text(one.value, PARAGRAPHS) != last[0] for one in told if one.signal == "robots.txt")


def save_end_of_rules(db: Database, site: str, seen_at: datetime) -> bool:
    """A look found no robots.txt; a row for a site that had one. True at the look by which it is gone for good: an hour without it may be
    a mishap of the publisher's, and what it forbade until then is not asked for at once."""
    query = (
        "select value, first_seen_at, last_seen_at from rights_signals where site = ? and url is null and signal = 'robots.txt'"
        " order by last_seen_at desc limit 1"
    )
    last = db.execute(query, (site,)).fetchone()
    if last is None:
        return False
    value, since, before = last
    moment = utc_text(seen_at) or ""
    _save(db, site, None, [RightsSignal("robots.txt", "", "robots.txt")], moment, None)
    if value:  # until now; what is known of an earlier time without one gives way
        db.execute(
            "update rights_signals set first_seen_at = ? where site = ? and url is null and signal = 'robots.txt' and value = ''",
            (moment, site),
        )
        return False
    sure_at = utc_text(datetime.fromisoformat(since) + NO_MISHAP) or ""
    return before < sure_at <= moment


def apply_policy(db: Database, site: str, noarchive: str | None) -> None:
    """After the line in sites.toml has changed: the stories whose newest reading asks for it are withheld, or none."""
    db.execute("delete from withheld where article_id in (select id from articles where site = ?)", (site,))
    if noarchive != "ignore":
        db.execute(
            "insert or ignore into withheld (article_id, because) select a.id, r.signal from rights_signals r"
            " join articles a on a.url = r.url and a.capture_id = r.capture_id"
            f" where r.site = ? and r.signal = '{HIDES}' and r.told_by in ('meta', 'header')",
            (site,),
        )


def follow_policies(db: Database, sites: Iterable[Site]) -> None:
    for site in sites:
        given = {"name": site.name, "policy": site.noarchive, "reason": site.noarchive_reason}
        statement = "update sites set noarchive = :policy, noarchive_reason = :reason where name = :name and noarchive is not :policy"
        changed = db.execute(statement, given)
        if changed.rowcount > 0:
            apply_policy(db, site.name, site.noarchive)


def withheld_because(db: Database, article_id: int) -> str | None:
    """The signal for which a story's text is not shown; None: it may be shown."""
    row = db.execute("select because from withheld where article_id = ?", (article_id,)).fetchone()
    return row[0] if row else None


def is_any_withheld(db: Database) -> bool:
    return db.execute("select exists (select 1 from withheld)").fetchone()[0] == 1


def shown_rows(table: str) -> str:
    """SQL condition on rows of a table or view of TEXT: those whose story's text may be shown."""
    return f"{TEXT[table].story} not in (select article_id from withheld)"


def without_text(table: str, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a story that is withheld, as they may be shown: text is None, and what is nothing but text is left out."""
    text = TEXT.get(table)
    if text is None:
        return [dict(row) for row in rows]
    return [] if text.is_all else [{name: None if name in text.columns else value for name, value in row.items()} for row in rows]


def may_be_shown(db: Database, article_id: int) -> bool:
    return withheld_because(db, article_id) is None


def signals_of(db: Database, site: str, url: str | None) -> list[dict[str, Any]]:
    """What was said of a story (or, without address, of a site), the newest first."""
    query = "select signal, value, told_by, first_seen_at, last_seen_at from rights_signals where site = ? and url is ? order by 5 desc, id"
    return list(db.query(query, (site, url)))


def opt_outs(db: Database, site: str) -> list[OptOut]:
    """What a site and its stories say, summed up; nothing of what was never said."""
    return [OptOut(*row) for row in db.execute(OPT_OUTS, {"site": site}).fetchall()]


def tdm_reservation(db: Database, site: str, url: str) -> dict[str, Any] | None:
    """Whether text and data mining is reserved for a story: tdm-reservation (0 or 1), tdm-policy, told_by; None where nobody says.

    Site file, then header, then <meta>; the later one wins, and silence takes nothing back (TDMRep, 4).
    """
    said: dict[str, Any] = {}
    rules = [json.loads(row["value"]) for row in signals_of(db, site, None) if row["signal"] == "tdmrep.json"]
    rule = matching_rule(rules, url)
    if rule:
        said = {**rule, "told_by": "tdmrep.json"}
    newest = list(db.query("select * from rights_signals where url = ? and signal like 'tdm-%'", (url,)))
    last = max((row["last_seen_at"] for row in newest), default=None)
    for place in ("header", "meta"):
        for row in newest:
            if row["told_by"] == place and row["last_seen_at"] == last:
                said[row["signal"]] = int(row["value"]) if row["signal"] == "tdm-reservation" else row["value"]
                said["told_by"] = place
    said.pop("location", None)
    return said or None


def matching_rule(rules: Iterable[dict[str, Any]], url: str) -> dict[str, Any] | None:
    """The first rule of a tdmrep.json whose location matches the address: patterns as in robots.txt, * and a $ at the end."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return next((rule for rule in rules if _matches(str(rule["location"]), path)), None)


def _matches(pattern: str, path: str) -> bool:
    """Piece after piece, each at the first place where it fits: time is bounded, however many stars there are."""
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for piece in rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not pattern.endswith("$") or (path.endswith(rest[-1]) if rest else at == len(path))


def _save(db: Database, site: str, url: str | None, signals: Iterable[RightsSignal], seen_at: str, capture_id: int | None) -> None:
    db.conn.executemany(
        INSERT,
        [
            (site, url, one.signal, text(one.value, PARAGRAPHS) or "", text(one.told_by, SHORT) or "", seen_at, seen_at, capture_id)
            for one in signals
        ],
    )
