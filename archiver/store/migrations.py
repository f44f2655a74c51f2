"""The schema, as the list of steps that made it. Append a step; never edit one that has shipped.

What each table and column means is told in dictionary.py, once.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

NAME = "news_archiver"  # of this list in the table _sqlite_migrations
migrations = Migrations(NAME)

# '_' belongs to words, so that a filter token such as m_202611 is one word; a handle such as @lodi_desk then is one, too.
TOKENIZER = "unicode61 remove_diacritics 2 tokenchars '_'"

# Filter words of a story in the index. The section comes from the page: as hex it can hold no second word, and so cannot
# put a story under another site. Language: the primary subtag. search.filter_words() writes the same words.
KEYS = """
    's_' || a.site
    || coalesce(' m_' || replace(substr(a.date_published_utc, 1, 7), '-', ''), '')
    || coalesce(' l_' || lower(substr(a.in_language, 1, instr(substr(a.in_language, 1, 3) || '-', '-') - 1)), '')
    || coalesce(' sec_' || hex(lower(substr(a.article_section, 1, 60))), '')
"""

TEXT_FIELDS = {
    "headline": str,
    "alternative_headline": str,
    "kicker": str,
    "abstract": str,
    "description": str,
    "byline": str,
    "dateline": str,
}


@migrations()
def m001_sites_and_runs(db: Database) -> None:
    """Who is archived, and every command that did some of it."""
    db.table("sites").create(
        {"name": str, "url": str, "publisher": str, "in_language": str, "country": str, "timezone": str, "added_at": str},
        pk="name",
        not_null={"url", "added_at"},
    )
    db.table("runs").create(
        {
            "id": int,
            "site": str,
            "command": str,
            "started_at": str,
            "finished_at": str,
            "finish_reason": str,
            "counts": str,
            "not_before": str,
            "trouble": str,
        },
        pk="id",
        not_null={"command", "started_at"},
        foreign_keys=[("site", "sites", "name")],
    )
    db.table("runs").create_index(["site", "started_at"])
    db.table("outcomes").create(
        {"run_id": int, "url": str, "outcome": str, "reason": str},
        pk=("run_id", "url"),
        not_null={"outcome"},
        foreign_keys=[("run_id", "runs", "id")],
    )
    db.table("outcomes").create_index(["outcome"])


@migrations()
def m002_captures(db: Database) -> None:
    """One row a fetch; the page itself is in a WARC file."""
    db.table("captures").create(
        {
            "id": int,
            "target_uri": str,
            "site": str,
            "run_id": int,
            "role": str,
            "warc_date": str,
            "http_status": int,
            "content_type": str,
            "etag": str,
            "last_modified": str,
            "payload_digest": str,
            "warc_filename": str,
            "warc_offset": int,
            "warc_length": int,
            "refers_to": int,
            "outcome": str,
            "reason": str,
            "read_with": str,
        },
        pk="id",
        not_null={"target_uri", "site", "role", "warc_date", "outcome"},
        foreign_keys=[("site", "sites", "name"), ("run_id", "runs", "id"), ("refers_to", "captures", "id")],
    )
    captures = db.table("captures")
    captures.create_index(["target_uri", "warc_date"])
    captures.create_index(["run_id"])
    captures.create_index(["warc_filename", "warc_offset"], unique=True)  # a record is indexed once, however often it is found
    db.execute("create index captures_unread on captures (id) where outcome = 'kept' and read_with is null")
    db.execute("create index captures_refers_to on captures (refers_to) where refers_to is not null")


@migrations()
def m003_articles(db: Database) -> None:
    """The newest reading of each story: a narrow table for lists and filters, its text in one of its own."""
    db.table("articles").create(
        {
            "id": int,
            "key": str,
            "search_id": int,
            "site": str,
            "url": str,
            "canonical_url": str,
            **TEXT_FIELDS,
            "located": str,
            "located_lat": float,
            "located_lon": float,
            "located_country": str,
            "dateline_on": str,
            "infosource": str,
            "date_published": str,
            "date_published_utc": str,
            "date_modified": str,
            "date_modified_utc": str,
            "date_precision": str,
            "date_source": str,
            "article_section": str,
            "genre": str,
            "article_type": str,
            "in_language": str,
            "is_accessible_for_free": int,
            "access_observed": str,
            "word_count": int,
            "text_hash": str,
            "capture_id": int,
            "read_with": str,
            "first_seen_at": str,
            "last_seen_at": str,
            "revision_count": int,
            "pubstatus": str,
            "pubstatus_at": str,
            "pubstatus_reason": str,
        },
        pk="id",
        not_null={
            "key",
            "search_id",
            "site",
            "url",
            "date_precision",
            "access_observed",
            "word_count",
            "text_hash",
            "first_seen_at",
            "last_seen_at",
            "revision_count",
            "pubstatus",
        },
        foreign_keys=[("site", "sites", "name"), ("capture_id", "captures", "id")],
    )
    articles = db.table("articles")
    # Lists of other tables show a story by this: Datasette takes a column named title for the label of a row.
    db.execute("alter table articles add column title text generated always as (coalesce(headline, url)) virtual")
    for columns in (["key"], ["search_id"], ["url"]):
        articles.create_index(columns, unique=True)
    articles.create_index(["site", "search_id"])
    articles.create_index(["text_hash"])
    articles.create_index(["capture_id"])
    for name, indexed, where in (
        ("not_live", "pubstatus, search_id", "pubstatus <> 'live'"),
        ("changed", "search_id", "revision_count > 1"),
        ("located", "located, search_id", "located is not null"),
        ("infosource", "infosource, search_id", "infosource is not null"),
    ):
        db.execute(f"create index articles_{name} on articles ({indexed}) where {where}")
    db.table("article_texts").create(
        {"article_id": int, "article_body": str, "article_body_html": str},
        pk="article_id",
        not_null={"article_body"},
        foreign_keys=[("article_id", "articles", "id")],
    )


@migrations()
def m004_revisions(db: Database) -> None:
    """Every different text that a story has had, whole. Long columns stand last: SQLite then reads the short ones alone."""
    db.table("revisions").create(
        {
            "id": int,
            "article_id": int,
            "number": int,
            "capture_id": int,
            "memento_datetime": str,
            "last_seen_at": str,
            "change": str,
            "declared": int,
            "stealth": int,
            "note": str,
            "text_hash": str,
            "read_with": str,
            "word_count": int,
            **TEXT_FIELDS,
            "date_published": str,
            "date_published_utc": str,
            "date_modified": str,
            "date_modified_utc": str,
            "article_body": str,
        },
        pk="id",
        not_null={"article_id", "number", "memento_datetime", "last_seen_at", "change", "declared", "stealth", "text_hash"},
        foreign_keys=[("article_id", "articles", "id"), ("capture_id", "captures", "id")],
    )
    revisions = db.table("revisions")
    revisions.create_index(["article_id", "number"], unique=True)
    revisions.create_index(["capture_id"])
    db.execute("create index revisions_later on revisions (memento_datetime) where number > 1")


@migrations()
def m005_parts_of_a_story(db: Database) -> None:
    """What a story has several of. All but corrections follow the newest reading; a correction stays once it was printed."""
    article = [("article_id", "articles", "id")]
    db.table("images").create(
        {
            "id": int,
            "article_id": int,
            "position": int,
            "content_url": str,
            "caption": str,
            "caption_printed": str,
            "creditline": str,
            "creator": str,
            "credit_agency": str,
            "alt": str,
            "width": int,
            "height": int,
            "is_lead": int,
        },
        pk="id",
        not_null={"article_id", "position", "is_lead"},
        foreign_keys=article,
    )
    db.table("images").create_index(["article_id", "position"], unique=True)
    db.execute("create index images_agency on images (credit_agency) where credit_agency is not null")
    db.execute("create index images_creator on images (creator) where creator is not null")
    db.table("article_authors").create(
        {"article_id": int, "position": int, "name": str, "role": str, "url": str, "kind": str},
        pk=("article_id", "position"),
        not_null={"name", "kind"},
        foreign_keys=article,
    )
    db.table("article_authors").create_index(["name"])
    db.table("article_keywords").create(
        {"article_id": int, "keyword": str, "position": int}, pk=("article_id", "keyword"), not_null={"position"}, foreign_keys=article
    )
    db.table("article_keywords").create_index(["keyword"])
    db.table("corrections").create(
        {
            "id": int,
            "article_id": int,
            "revision_id": int,
            "kind": str,
            "text": str,
            "date": str,
            "first_seen_at": str,
            "last_seen_at": str,
        },
        pk="id",
        not_null={"article_id", "kind", "text", "first_seen_at", "last_seen_at"},
        foreign_keys=[*article, ("revision_id", "revisions", "id")],
    )
    db.table("corrections").create_index(["article_id", "kind", "text"], unique=True)
    db.table("corrections").create_index(["revision_id"])
    db.table("embeds").create(
        {"article_id": int, "position": int, "kind": str, "url": str, "title": str, "provider": str},
        pk=("article_id", "position"),
        not_null={"kind"},
        foreign_keys=article,
    )
    db.table("outlinks").create(
        {"article_id": int, "position": int, "url": str}, pk=("article_id", "position"), not_null={"url"}, foreign_keys=article
    )
    db.table("live_updates").create(
        {"article_id": int, "position": int, "headline": str, "text": str, "date_published": str},
        pk=("article_id", "position"),
        not_null={"text"},
        foreign_keys=article,
    )
    db.table("field_evidence").create(
        {
            "article_id": int,
            "position": int,
            "field": str,
            "value_raw": str,
            "method": str,
            "locator": str,
            "confidence": float,
            "chosen": int,
            "note": str,
            "capture_id": int,
            "read_with": str,
        },
        pk=("article_id", "position"),
        not_null={"field", "value_raw", "method", "locator", "confidence", "chosen"},
        foreign_keys=[*article, ("capture_id", "captures", "id")],
    )
    db.table("field_evidence").create_index(["capture_id"])


@migrations()
def m006_links(db: Database) -> None:
    """What was found, and the queue: a link is to be fetched when its due_at has come."""
    db.table("links").create(
        {
            "url": str,
            "site": str,
            "source": str,
            "source_url": str,
            "title": str,
            "lastmod": str,
            "date_published": str,
            "first_seen_at": str,
            "last_seen_at": str,
            "state": str,
            "reason": str,
            "due_at": str,
            "attempts": int,
            "checks": int,
            "article_id": int,
        },
        pk="url",
        not_null={"site", "source", "source_url", "first_seen_at", "last_seen_at", "state"},
        defaults={"attempts": 0, "checks": 0},
        foreign_keys=[("site", "sites", "name"), ("article_id", "articles", "id")],
    )
    # In the order of the queue, newest first, so that taking the next hundred of a million sorts nothing.
    db.execute(
        "create index links_queue on links (site, coalesce(date_published, lastmod) desc, first_seen_at desc, due_at)"
        " where due_at is not null"
    )
    db.execute("create index links_article_id on links (article_id) where article_id is not null")
    db.table("links").create_index(["site", "state"])


@migrations()
def m007_stories(db: Database) -> None:
    """What people read: every story with its text, and a short form of it for lists.

    Their column rowid is the number of a story in the index: Datasette joins a search on a column of that name.
    """
    columns = [name for name in db.table("articles").columns_dict if name not in ("search_id", "title")]
    db.create_view(
        "stories",
        f"select {', '.join('a.' + name for name in columns)}, t.article_body, {KEYS} as keys, a.search_id as rowid"
        " from articles a join article_texts t on t.article_id = a.id",
    )
    db.create_view(
        "headlines",
        """
        select a.date_published_utc as published, a.site, a.title as headline, a.article_section as section, a.located as place,
            a.byline, a.infosource as agency, a.word_count as words, a.revision_count as revisions, a.pubstatus as status, a.url, a.key,
            a.search_id as rowid
        from articles a
        """,
    )
    db.create_view(
        "captions",
        """
        select a.date_published_utc as published, a.site, i.caption, i.creditline as credit, i.creator, i.credit_agency as agency,
            a.title as headline, a.url, i.content_url as image, i.id as rowid
        from images i join articles a on a.id = i.article_id
        """,
    )
    db.create_view(
        "changes",
        """
        select r.memento_datetime as seen, a.site, a.title as headline, r.number, r.change, r.declared, r.stealth, r.note, a.url, a.key
        from revisions r join articles a on a.id = r.article_id
        where r.number > 1
        """,
    )


@migrations()
def m008_search(db: Database) -> None:
    """Full-text search over stories and captions, with content kept in the tables.

    Datasette finds the index of a table or view by the words content="NAME" in the statement that made it. Those in the
    comments give the short views their search box; SQLite keeps comments in the statement, and does not read them.
    """
    db.execute(
        f"""
        create virtual table articles_fts using fts5(/* serves content="headlines" too */ headline, abstract, article_body, keys,
            content="stories", content_rowid="rowid", tokenize="{TOKENIZER}")
        """
    )
    db.execute(
        f"""
        create virtual table images_fts using fts5(/* serves content="captions" too */ caption, creditline,
            content="images", content_rowid="id", tokenize="{TOKENIZER}")
        """
    )


@migrations()
def m009_pages_of_a_story(db: Database) -> None:
    """The further pages of a story are found by its first one."""
    db.execute("create index links_next_page on links (source_url) where source = 'next_page'")


@migrations()
def m010_sentences_and_absences(db: Database) -> None:
    """Which sentences a revision changed and which note says so; returns to an earlier text; every time that a story was not there."""
    db.execute("alter table revisions add column date_modified_last_utc text")
    db.execute("alter table revisions add column returns_to integer references revisions (id)")
    db.execute(
        """
        update revisions set returns_to = (select o.id from revisions o where o.article_id = revisions.article_id
            and o.number = cast(substr(revisions.note, length('returned to revision ') + 1) as integer))
        where note like 'returned to revision %'
        """
    )
    db.table("revision_changes").create(
        {"revision_id": int, "position": int, "part": str, "kind": str, "before": str, "after": str, "correction_id": int},
        pk=("revision_id", "position"),
        not_null={"part", "kind"},
        foreign_keys=[("revision_id", "revisions", "id"), ("correction_id", "corrections", "id")],
    )
    db.execute("create index revision_changes_correction_id on revision_changes (correction_id) where correction_id is not null")
    db.table("absences").create(
        {
            "id": int,
            "article_id": int,
            "kind": str,
            "first_seen_at": str,
            "confirmed_at": str,
            "last_seen_at": str,
            "ended_at": str,
            "looks": int,
            "http_status": int,
            "url": str,
            "leads_to": str,
            "moved_to": int,
            "capture_id": int,
            "reason": str,
        },
        pk="id",
        not_null={"article_id", "kind", "first_seen_at", "last_seen_at", "looks", "url"},
        foreign_keys=[("article_id", "articles", "id"), ("moved_to", "articles", "id"), ("capture_id", "captures", "id")],
    )
    db.table("absences").create_index(["article_id"])
    db.execute("create index absences_moved_to on absences (moved_to) where moved_to is not null")
    db.execute("create index absences_leads_to on absences (leads_to) where leads_to is not null and ended_at is null")
    # What was known of stories that are not live any more: how, since when and why, but neither looks nor captures.
    db.execute(
        """
        insert into absences (article_id, kind, first_seen_at, confirmed_at, last_seen_at, looks, url, leads_to, reason)
        select id, case when pubstatus = 'moved' then 'moved' when pubstatus_reason like 'HTTP 404%' then 'not_found'
                when pubstatus_reason like 'HTTP 410%' then 'gone' when pubstatus_reason like 'leads to %' then 'redirect_home'
                when pubstatus = 'withdrawn' then 'withdrawn' else 'soft_404' end,
            pubstatus_at, pubstatus_at, pubstatus_at, 1, url,
            case when pubstatus_reason like 'leads to %' then substr(pubstatus_reason, length('leads to ') + 1) end, pubstatus_reason
        from articles where pubstatus <> 'live' and pubstatus_at is not null
        """
    )


@migrations()
def m011_copies(db: Database) -> None:
    """Copies of one text are found and held together. Every story that is there waits to be compared.

    Triggers put a story into the line: whoever writes a text, a headline or a date, the story is compared anew.
    """
    db.table("sketches").create(
        {"article_id": int, "site_number": int, "day": int, "hashes": bytes},
        pk="article_id",
        not_null={"site_number", "day", "hashes"},
    )
    db.execute(
        "create table sketch_hashes (hash integer not null, article_id integer not null, site_number integer not null,"
        " day integer not null, primary key (hash, article_id)) without rowid"
    )
    db.table("sketches_due").create({"article_id": int}, pk="article_id")
    db.execute(
        "create table copy_pairs (article_id integer not null, other_id integer not null, contained real not null, alike real not null,"
        " same_text integer not null, primary key (article_id, other_id)) without rowid"
    )
    db.table("copy_clusters").create(
        {
            "id": int,
            "first_id": int,
            "stories": int,
            "sites": int,
            "first_published": str,
            "last_published": str,
            "agency": str,
            "agency_evidence": str,
        },
        pk="id",
        not_null={"first_id", "stories", "sites", "first_published", "last_published"},
    )
    db.table("copy_clusters").create_index(["last_published"])
    db.table("copies").create(
        {
            "article_id": int,
            "cluster_id": int,
            "place": int,
            "is_first": int,
            "contained": float,
            "first_contained": float,
            "same_text": int,
        },
        pk="article_id",
        not_null={"cluster_id", "place", "is_first", "contained", "first_contained", "same_text"},
        foreign_keys=[("article_id", "articles", "id"), ("cluster_id", "copy_clusters", "id")],
    )
    db.table("copies").create_index(["cluster_id", "place"])
    due = "begin insert or ignore into sketches_due (article_id) values ({}); end"
    for name, event, article_id in (
        ("new_text", "insert on article_texts", "new.article_id"),
        ("changed_text", "update of article_body on article_texts when old.article_body is not new.article_body", "new.article_id"),
        (
            "changed_facts",
            "update of text_hash, date_published_utc, infosource on articles when old.text_hash is not new.text_hash"
            " or old.date_published_utc is not new.date_published_utc or old.infosource is not new.infosource",
            "new.id",
        ),
    ):
        db.execute(f"create trigger sketches_due_{name} after {event} {due.format(article_id)}")
    db.execute("insert into sketches_due (article_id) select article_id from article_texts")


@migrations()
def m012_rights(db: Database) -> None:
    """What was taken down and must not come back, what publishers say about the use of their pages, and whose text is not shown."""
    db.table("takedowns").create(
        {
            "id": int,
            "key": str,
            "site": str,
            "url": str,
            "basis": str,
            "reason": str,
            "requested_by": str,
            "begun_at": str,
            "finished_at": str,
            "counts": str,
            "passages": str,
        },
        pk="id",
        not_null={"key", "site", "url", "basis", "reason", "begun_at", "counts", "passages"},
        foreign_keys=[("site", "sites", "name")],
    )
    db.table("takedowns").create_index(["key"], unique=True)
    db.table("takedowns").create_index(["site"])
    db.table("takedown_marks").create(
        {"takedown_id": int, "kind": str, "mark": str},
        pk=("takedown_id", "kind", "mark"),
        not_null={"kind", "mark"},
        foreign_keys=[("takedown_id", "takedowns", "id")],
    )
    db.table("takedown_marks").create_index(["kind", "mark"])
    db.table("takedown_files").create(
        {"filename": str, "takedown_id": int, "replaced_by": str, "removed_at": str},
        pk="filename",
        not_null={"takedown_id", "replaced_by"},
        foreign_keys=[("takedown_id", "takedowns", "id")],
    )
    db.table("rights_signals").create(
        {
            "id": int,
            "site": str,
            "url": str,
            "signal": str,
            "value": str,
            "told_by": str,
            "first_seen_at": str,
            "last_seen_at": str,
            "capture_id": int,
        },
        pk="id",
        not_null={"site", "signal", "value", "told_by", "first_seen_at", "last_seen_at"},
        foreign_keys=[("site", "sites", "name"), ("capture_id", "captures", "id")],
    )
    # A signal of a whole site has no address; NULLs would all count as different.
    db.execute("create unique index rights_signals_once on rights_signals (site, coalesce(url, ''), signal, told_by, value)")
    db.execute("create index rights_signals_url on rights_signals (url) where url is not null")
    db.table("rights_signals").create_index(["capture_id"])
    db.table("withheld").create(
        {"article_id": int, "because": str},
        pk="article_id",
        not_null={"because"},
        foreign_keys=[("article_id", "articles", "id")],
    )
    db.execute("alter table sites add column noarchive text")
    db.execute("alter table sites add column noarchive_reason text")


@migrations()
def m013_imports(db: Database) -> None:
    """Foreign archives that were brought in, and how far each was read."""
    db.table("imports").create(
        {
            "id": int,
            "file": str,
            "member": str,
            "fingerprint": str,
            "filters": str,
            "run_id": int,
            "position": int,
            "records": int,
            "started_at": str,
            "finished_at": str,
            "counts": str,
        },
        pk="id",
        not_null={"file", "member", "fingerprint", "filters", "position", "records", "started_at", "counts"},
        foreign_keys=[("run_id", "runs", "id")],
    )
    db.table("imports").create_index(["fingerprint", "member", "filters"], unique=True)


@migrations()
def m014_older_stories(db: Database) -> None:
    """Which days of a site's past were looked through, what is listed there, and whether its feeds hold enough."""
    db.execute("alter table links add column listed_on text")
    db.execute("create index links_listed_on on links (site, listed_on) where listed_on is not null")
    db.table("looked_through").create(
        {"site": str, "source": str, "from_on": str, "to_on": str, "expected": int, "listed": int, "left_out": int, "done_at": str},
        pk=("site", "source", "from_on", "to_on"),
        not_null={"listed", "left_out", "done_at"},
        foreign_keys=[("site", "sites", "name")],
    )
    db.table("sources").create(
        {
            "url": str,
            "site": str,
            "role": str,
            "polled_at": str,
            "items": int,
            "known": int,
            "total": int,
            "overflowed_at": str,
            "gap_from": str,
            "gap_to": str,
            "gap_filled": int,
        },
        pk="url",
        not_null={"site", "role", "polled_at", "items", "known"},
        foreign_keys=[("site", "sites", "name")],
    )
    db.table("sources").create_index(["site"])
    db.execute("alter table sites add column learned_every_s float")
    db.create_view(
        "listed_stories",
        """
        select l.site,
            coalesce(case when length(l.listed_on) = 10 then substr(l.listed_on, 1, 7) end, substr(a.date_published, 1, 7), l.listed_on)
                as month,
            case
                when a.id is not null then case a.access_observed when 'full' then 'kept' else 'kept in part' end
                when l.state = 'gone' or l.reason in ('HTTP 404', 'HTTP 410') then 'gone'
                when l.state = 'done' then 'waits to be read'
                when l.state = 'due' and l.attempts = 0 then 'not fetched yet'
                else case substr(l.reason, 1, instr(l.reason || ' ', ' ') - 1)
                    when 'robots' then 'robots.txt'
                    when 'login_wall' then 'wall' when 'consent_wall' then 'wall' when 'bot_wall' then 'wall' when 'refused' then 'wall'
                    when 'no_body' then 'no text' when 'not_an_article' then 'no story' when 'soft_404' then 'gone'
                    else case l.state when 'due' then 'to be tried again' else 'failed' end
                end
            end as fate,
            case when a.id is null then l.reason end as reason, coalesce(a.title, l.title) as title, l.url, l.listed_on, l.source,
            l.source_url, a.key
        from links l
        left join links t on l.article_id is null and l.state = 'skipped' and l.reason like 'leads to %' and t.url = substr(l.reason, 10)
        left join articles a on a.id = coalesce(l.article_id, t.article_id)
        where l.listed_on is not null
        """,
    )


@migrations()
def m015_every_image_in_the_index(db: Database) -> None:
    """Images without words are in the index, too: only so can SQLite compare it with its table, row by row."""
    db.execute(
        "insert into images_fts (rowid, caption, creditline) select id, caption, creditline from images"
        " where coalesce(caption, creditline) is null order by id"
    )


@migrations()
def m016_rereadings(db: Database) -> None:
    """Captures are read again by a newer reader: how far each such pass is, and what it changed."""
    db.table("rereadings").create(
        {
            "id": int,
            "read_with": str,
            "site": str,
            "since": str,
            "everything": int,
            "started_at": str,
            "finished_at": str,
            "last_capture": int,
            "captures": int,
            "stage": str,
            "article_id": int,
            "capture_id": int,
            "report": str,
        },
        pk="id",
        not_null={"read_with", "everything", "started_at", "last_capture", "captures", "stage", "article_id", "capture_id", "report"},
    )


@migrations()
def m017_story_ids(db: Database) -> None:
    """What publishers call their stories: one that gets another address, headline and text is known again. A story counts once there."""
    db.table("story_ids").create(
        {"site": str, "kind": str, "value": str, "url": str, "article_id": int, "told_by": str, "first_seen_at": str},
        pk=("kind", "value", "site", "url"),
        not_null={"told_by", "first_seen_at"},
        foreign_keys=[("site", "sites", "name"), ("article_id", "articles", "id")],
    )
    db.execute("create index story_ids_article_id on story_ids (article_id) where article_id is not null")
    db.table("story_ids").create_index(["url"])
    (view,) = db.execute("select sql from sqlite_master where name = 'listed_stories'").fetchone()
    db.execute("drop view listed_stories")
    db.execute(
        view.rstrip()
        + """
        and not exists (
            select 1 from absences w join links n on n.article_id = w.moved_to
            where w.article_id = a.id and w.kind = 'moved' and w.ended_at is null and n.listed_on is not null
        )"""
    )


@migrations()
def m018_prefixes_in_the_index(db: Database) -> None:
    """Words that begin alike are found by their first four letters at once, not by putting the lists of all such words together."""
    db.execute("drop table articles_fts")
    db.execute(
        f"""
        create virtual table articles_fts using fts5(/* serves content="headlines" too */ headline, abstract, article_body, keys,
            content="stories", content_rowid="rowid", tokenize="{TOKENIZER}", prefix="4")
        """
    )
    columns = "rowid, headline, abstract, article_body, keys"
    db.execute(f"insert into articles_fts ({columns}) select {columns} from stories order by rowid")


@migrations()
def m019_what_is_listed_now_is_new(db: Database) -> None:
    """What a front page or a feed lists without a date stands in the queue as of the day it was found, before all older stories."""
    db.execute("drop index links_queue")
    db.execute(
        "create index links_queue on links (site, coalesce(date_published, lastmod,"
        " case when source in ('seed', 'news_sitemap', 'feed', 'wordpress', 'front_page') then first_seen_at end) desc,"
        " first_seen_at desc, due_at) where due_at is not null"
    )


@migrations()
def m020_words_of_the_index(db: Database) -> None:
    """Words of the index, and of text without spaces all letters from one sign to the next: read off the index, not kept twice."""
    for index in ("articles_fts", "images_fts"):
        db.execute(f"create virtual table {index}_words using fts5vocab({index}, row)")


@migrations()
def m021_stories_by_place(db: Database) -> None:
    """Where stories were filed from: counted without reading a row of theirs, and listed by place."""
    db.execute(
        "create index articles_places on articles (located_lat, located_lon, search_id, site, located, located_country)"
        " where located_lat is not null"
    )


@migrations()
def m022_front_pages(db: Database) -> None:
    """What front pages showed: which story where, under which words, from when to when."""
    db.table("front_pages").create(
        {"id": int, "site": str, "url": str, "first_seen_at": str, "last_seen_at": str, "looks": int, "placings": str},
        pk="id",
        not_null={"site", "url", "first_seen_at", "last_seen_at", "looks", "placings"},
        foreign_keys=[("site", "sites", "name")],
    )
    db.table("front_pages").create_index(["site", "url", "first_seen_at"], unique=True)
    db.table("placings").create(
        {
            "id": int,
            "site": str,
            "page": str,
            "url": str,
            "article_id": int,
            "text": str,
            "came_at": str,
            "first_seen_at": str,
            "last_seen_at": str,
            "looks": int,
            "best_position": int,
            "last_position": int,
        },
        pk="id",
        not_null={"site", "page", "url", "text", "came_at", "first_seen_at", "last_seen_at", "looks", "best_position", "last_position"},
        foreign_keys=[("site", "sites", "name"), ("article_id", "articles", "id")],
    )
    db.table("placings").create_index(["url", "page", "first_seen_at"], unique=True)
    db.table("placings").create_index(["page", "last_seen_at"])
    db.execute("create index placings_article_id on placings (article_id) where article_id is not null")
    db.execute(
        "create trigger placings_of_story after update of article_id on links when old.article_id is not new.article_id"
        " begin update placings set article_id = new.article_id where url = new.url; end"
    )
    # Words that hold the headline (with a label, a summary) are that headline, and so is its beginning with dots behind it.
    text, headline = (folded_as_sql(column) for column in ("p.text", "r.headline"))
    db.create_view(
        "front_page_headlines",
        f"""
        select p.id, p.site, a.headline, p.text, p.page, p.came_at, p.first_seen_at, p.last_seen_at, p.looks, p.best_position,
            p.last_position, p.article_id, a.url, a.key
        from placings p join articles a on a.id = p.article_id
        where p.text <> '' and a.headline is not null and not exists (
            select 1 from revisions r where r.article_id = p.article_id and (
                instr({text}, {headline}) > 0
                or (rtrim(p.text, '.…') <> p.text and instr({headline}, rtrim({text}, ' .…')) = 1)
            )
        )
        """,
    )


def folded_as_sql(column: str) -> str:
    """Words without what differs in print alone: quotes, dashes, small and capital letters."""
    folded = f"lower({column})"
    for sign, plain in (("’", "''"), ("‘", "''"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-")):
        folded = f"replace({folded}, '{sign}', '{plain}')"
    return folded


@migrations()
def m023_pictures(db: Database) -> None:
    """Which pictures of a story are kept, and where; and their place in the queue, behind all stories."""
    db.table("pictures").create(
        {"article_id": int, "url": str, "capture_id": int},
        pk=("article_id", "url"),
        foreign_keys=[("article_id", "articles", "id"), ("capture_id", "captures", "id")],
    )
    db.table("pictures").create_index(["url"])
    db.execute("create index pictures_capture_id on pictures (capture_id) where capture_id is not null")
    db.execute("create index links_pictures on links (site, due_at) where source = 'image' and due_at is not null")


@migrations()
def m024_revisions_returned_to(db: Database) -> None:
    """Which revisions return to one that a takedown deletes: looked up, where each deletion went through all revisions of the archive."""
    db.execute("create index revisions_returns_to on revisions (returns_to) where returns_to is not null")


@migrations()
def m025_the_whole_order_of_the_queue(db: Database) -> None:
    """Links without a date, too, lie in the order of asking: a million of them were sorted whenever a hundred was taken."""
    db.execute("drop index links_queue")
    db.execute(
        "create index links_queue on links (site, coalesce(date_published, lastmod,"
        " case when source in ('seed', 'news_sitemap', 'feed', 'wordpress', 'front_page') then first_seen_at end) desc,"
        " substr(first_seen_at, 1, 13) desc,"
        " case source when 'seed' then 0 when 'news_sitemap' then 1 when 'feed' then 2 when 'wordpress' then 3 when 'front_page' then 4"
        " when 'sitemap' then 5 when 'section' then 6 when 'archive_page' then 7 when 'import' then 8 else 99 end, due_at)"
        " where due_at is not null"
    )
