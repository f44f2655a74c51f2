"""RIS: a reference a story, for EndNote, Citavi, Zotero; no text."""

from archiver.citing import as_ris
from archiver.export import Format
from archiver.export.citations import writer

FORMAT = Format("ris", (".ris",), "how to cite each story, for EndNote, Citavi, Zotero; no text", writer(as_ris))
