"""Scripts that are written without spaces between words: Thai, kana, Chinese characters."""

from __future__ import annotations

import re

LETTERS = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # inside of the brackets of a pattern
UNSPACED = re.compile(f"[{LETTERS}]")
