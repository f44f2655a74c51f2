"""BibTeX: an entry a story, for LaTeX, JabRef, Zotero; no text."""

from archiver.citing import as_bibtex
from archiver.export import Format
from archiver.export.citations import writer

FORMAT = Format("bibtex", (".bib",), "how to cite each story, for LaTeX and reference managers; no text", writer(as_bibtex, between="\n"))
