"""Scripts that put no spaces between words, and how many words a text has in whatever script."""

from __future__ import annotations

import re

# Thai and Lao, Burmese, Khmer, kana, Han; inside of the brackets of a pattern.
UNSPACED_LETTERS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
UNSPACED = re.compile(f"[{UNSPACED_LETTERS}]")
WORD = re.compile(rf"[{UNSPACED_LETTERS}]|[^\W_{UNSPACED_LETTERS}]+(?:['’.-][^\W_{UNSPACED_LETTERS}]+)*")


def count_words(text: str) -> int:
    """Words; each letter of scripts that put no spaces between words counts as one."""
    return len(WORD.findall(text))
