"""Which scripts a text is written in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter

__all__ = ["latin_share", "script_of", "script_shares"]

_RANGES = (
    (0x0041, "latin"),
    (0x0250, "other"),
    (0x0370, "greek"),
    (0x0400, "cyrillic"),
    (0x0530, "other"),
    (0x0590, "hebrew"),
    (0x0600, "arabic"),
    (0x0780, "other"),
    (0x0900, "indic"),
    (0x0E00, "thai"),
    (0x0E80, "other"),
    (0x1100, "hangul"),
    (0x1200, "other"),
    (0x1E00, "latin"),
    (0x1F00, "greek"),
    (0x2000, "other"),
    (0x3040, "kana"),
    (0x3100, "other"),
    (0x3400, "han"),
    (0xA000, "other"),
    (0xAC00, "hangul"),
    (0xD7B0, "other"),
    (0xF900, "han"),
    (0xFB00, "latin"),
    (0xFB07, "other"),
    (0xFF21, "latin"),
    (0xFF66, "kana"),
    (0xFFA0, "other"),
    (0x20000, "han"),
    (0x323B0, "other"),
)
_STARTS = [start for start, _ in _RANGES]
_LETTERS = re.compile(r"[^\W\d_]")


def script_of(character: str) -> str:
    """Return the script of a letter: ``latin``, ``han``, ``kana``, …, ``other``."""
    place = bisect_right(_STARTS, ord(character)) - 1
    return _RANGES[place][1] if place >= 0 else "other"


def script_shares(text: str) -> dict[str, float]:
    """Return the share of each script among the letters; empty without letters."""
    if text.isascii():
        return {"latin": 1.0} if _LETTERS.search(text) else {}
    letters = _LETTERS.findall(text)
    counted = Counter(map(script_of, letters))
    return {script: number / len(letters) for script, number in counted.items()}


def latin_share(text: str) -> float:
    """Return the share of Latin letters, in [0, 1]; 0 without letters."""
    return script_shares(text).get("latin", 0.0)
