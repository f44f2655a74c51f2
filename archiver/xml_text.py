"""Text that XML may hold: one character that it may not, and no reader takes the document."""

from __future__ import annotations

import re

FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, 2.2


def fit_for_xml(text: str) -> str:
    """Without the characters that XML 1.0 has no place for, not even as numbers."""
    return FORBIDDEN.sub("", text)
