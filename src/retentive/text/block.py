"""The tags around what we put into prompts: written, recognised, never forged."""

from __future__ import annotations

import re

__all__ = ["CLOSE_TAG", "OPEN_TAG", "escape", "strip_blocks"]

OPEN_TAG = "<memories>"
CLOSE_TAG = "</memories>"

# A model may read a tag with odd spaces or brackets as one of ours, too.
_SPACE = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*+"
_TAG = re.compile(
    rf"[<\ufe64\uff1c](?={_SPACE}[/\uff0f]?+{_SPACE}memories)", re.IGNORECASE
)


def escape(text: str) -> str:
    """Return text that holds neither tag, whatever it held before."""
    if "<" not in text and text.isascii():
        return text  # most are, and a search for the tag takes ten times as long
    return _TAG.sub("&lt;", text)


def strip_blocks(text: str) -> str:
    """Return text without our blocks; one cut off at the end is removed too.

    A tag that somebody merely speaks of stays: a block's tag ends its line.
    """
    kept: list[str] = []
    place = 0
    while (start := text.find(OPEN_TAG, place)) >= 0:
        end = text.find(CLOSE_TAG, start)
        if end < 0:
            break
        kept.append(text[place:start])
        place = end + len(CLOSE_TAG)
    rest = text[place:]
    whole, _, _ = rest.partition(f"{OPEN_TAG}\n")
    return "".join((*kept, whole))
