"""The archive: what was found, fetched, read and changed, in one SQLite file."""

from archiver.store.archive import Archive, open_archive, open_reader

__all__ = ["Archive", "open_archive", "open_reader"]
