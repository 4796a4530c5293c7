"""Splits text into sentences, losing nothing."""

from __future__ import annotations

import re

__all__ = ["sentences"]

_ABBREVIATIONS = (
    "mr mrs ms dr prof st vs etc e.g i.e jr sr no fig approx inc ltd u.s p.m a.m"
)
_NO_END = frozenset(f"{short}." for short in _ABBREVIATIONS.split())
_LONGEST_WORD_CHARS = 16  # what is longer is no abbreviation
# An end is a mark with its closing quotes and the space behind, or a line's end;
# Chinese needs no space. A fenced block of code ends where its fence does. All
# repetitions are possessive, so that a page of dots takes no longer than words.
_END = re.compile(
    r"```.*?(?:```\s*+|\Z)"
    r"|(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?:\s++|\Z)"
    r"|[。！？；]++[”’」』）]*+\s*+"
    r"|\n\s*+",
    re.DOTALL,
)


def sentences(text: str) -> list[str]:
    """Return the sentences with the space behind each; joined they are the text.

    Lines end sentences, too. Abbreviations such as "Dr." and numbers such as
    "3.5" do not; a fenced block of code is one sentence.
    """
    found: list[str] = []
    start = looked = 0
    blank = True
    for end in (match.end() for match in _END.finditer(text)):
        piece = text[looked:end]
        looked = end
        blank = blank and not piece.strip()
        if not (blank or _goes_on(piece, before=text[end : end + 1])):
            found.append(text[start:end])
            start, blank = end, True
    if start < len(text):
        found.append(text[start:])
    return found


def _goes_on(piece: str, *, before: str) -> bool:
    """Return whether a piece ended at an abbreviation rather than at its end."""
    if "\n" in piece[-2:] or not before:
        return False
    last = piece.rstrip()[-_LONGEST_WORD_CHARS:].split()[-1:]
    word = last[0].lstrip("(\"'“‘").lower() if last else ""
    if word == "no.":
        return before.isdigit()  # "No. 5", but not the answer "No."
    return word in _NO_END or (len(word) == 2 and word[0].isalpha() and word[1] == ".")
