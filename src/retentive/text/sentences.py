"""Splits text into sentences, losing nothing."""

from __future__ import annotations

import re

__all__ = ["sentences"]

_ABBREVIATIONS = (
    "mr mrs ms dr prof st vs etc e.g i.e jr sr no fig approx inc ltd u.s p.m a.m"
)
_NO_END = frozenset(f"{short}." for short in _ABBREVIATIONS.split())
# An end is a mark with its closing quotes and the space behind, or a blank line;
# Chinese needs no space. A fenced code block is one piece.
_PIECES = re.compile(
    r"```.*?(?:```\s*|\Z)"
    r"|[^\n]*?(?:[.!?…]+[\"'”’)\]]*(?:\s+|\Z)|[。！？；]+[”’」』）]*\s*|\n\s*|\Z)",
    re.DOTALL,
)
_LAST_WORD = re.compile(r"(\S+)\s*\Z")


def sentences(text: str) -> list[str]:
    """Return the sentences with the space behind each; joined they are the text.

    Lines end sentences, too. Abbreviations such as "Dr." and numbers such as
    "3.5" do not; a fenced block of code is one sentence.
    """
    found: list[str] = []
    for piece in filter(None, (match[0] for match in _PIECES.finditer(text))):
        if found and _goes_on(found[-1]):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _goes_on(sentence: str) -> bool:
    """Return whether a piece ended at an abbreviation, or was only space."""
    if not sentence.strip():
        return True
    if "\n" in sentence[-2:]:
        return False
    last = _LAST_WORD.search(sentence)
    if last is None:
        return False
    word = last[1].lstrip("(\"'“‘").lower()
    return word in _NO_END or (len(word) == 2 and word[0].isalpha() and word[1] == ".")
