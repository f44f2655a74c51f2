"""CSL-JSON: a reference a story in one list, for Zotero, pandoc, citeproc; no text."""

import json

from archiver.citing import Citation, csl_entry
from archiver.export import Format
from archiver.export.citations import writer


def told(citation: Citation) -> str:
    return json.dumps(csl_entry(citation), ensure_ascii=False)


FORMAT = Format(
    "csl-json",
    (".csl.json",),
    "how to cite each story, for Zotero and pandoc; no text",
    writer(told, before="[\n", between=",\n", after="\n]\n"),
)
