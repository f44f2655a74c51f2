"""Datasette's own tables without the text of pages that say noarchive: lists leave their rows out, a row leads to the story's page.

What is text, and which story's, is told in store/rights.py. SQL that a visitor writes is not looked at: where others than the owner of
the archive read it, Datasette's setting default_allow_sql turns that off.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

from datasette import Response
from datasette.app import Datasette
from datasette.filters import FilterArguments
from datasette.utils import escape_sqlite, tilde_decode, urlsafe_components
from sqlite_utils import Database as Tables

from archiver.browse import archives
from archiver.store.rights import TEXT, WHY, is_any_withheld, shown_rows

ROW = re.compile(r"/(?P<database>[^/.]+)/(?P<table>[^/]+?)/(?P<pks>[^/]+?)(?:\.(?P<format>\w+))?$")  # as in Datasette
SAID = "its page does not say noarchive"


async def filters(datasette: Datasette, database: str, table: str) -> FilterArguments | None:
    """What a list of a table or view leaves out, as HTML, JSON and CSV alike."""
    if database not in archives.names(datasette) or table not in TEXT:
        return None
    if not await datasette.get_database(database).execute_fn(lambda conn: is_any_withheld(Tables(conn))):
        return None
    return FilterArguments([shown_rows(table)], human_descriptions=[SAID])


async def instead(datasette: Datasette, scope: MutableMapping[str, Any]) -> Response | None:
    """The answer to who asks for a row with such text; None: Datasette may answer."""
    path = scope["raw_path"].decode("ascii").partition("?")[0] if scope.get("raw_path") else scope["path"]  # as Datasette takes it
    match = ROW.fullmatch("/" + path.removeprefix(datasette.setting("base_url")).lstrip("/"))
    if match is None:
        return None
    database, table = tilde_decode(match["database"]), tilde_decode(match["table"])
    if database not in archives.names(datasette) or table not in TEXT:
        return None
    db = datasette.get_database(database)
    names = await db.primary_keys(table) or ["rowid"]
    where = " and ".join(f"{escape_sqlite(name)} = ?" for name in names)
    of_whom = f"select {TEXT[table].story} from {escape_sqlite(table)} where {where} limit 1"
    query = f"select a.key from withheld w join articles a on a.id = w.article_id where w.article_id = ({of_whom})"
    values = urlsafe_components(match["pks"])
    found = await archives.row(db, query, values) if len(values) == len(names) else None
    if found is None:
        return None
    if match["format"]:
        return Response.json({"ok": False, "error": WHY, "status": 403}, status=403)
    return Response.redirect(datasette.urls.path(f"/-/story/{found['key']}"))
