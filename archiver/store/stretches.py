"""Words of scripts without spaces in the search index.

The index holds such a text as stretches: all letters from one sign to the next, often half a sentence. A word is found by the
stretches that hold it; they are looked for in its place.
"""

from __future__ import annotations

import sqlite3

from archiver.errors import WrongUse

MOST = 4_000  # stretches looked for at once: half a second; the time grows with their square


def stretches_with(conn: sqlite3.Connection, index: str, piece: str) -> list[str]:
    """Stretches of the table `index` that hold a piece of text. Raises WrongUse where they are too many to be looked for."""
    found = conn.execute(f"select term from {index}_words where instr(term, ?) limit ?", (piece.lower(), MOST + 1)).fetchall()
    if len(found) > MOST:
        raise WrongUse(
            f"{piece!r} stands in more than {MOST:,} phrases; of text without spaces, a longer piece must be looked for.\n"
            "Write more of what stands before or behind it."
        )
    return [term for (term,) in found]
