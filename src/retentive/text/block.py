"""The tags around what we put into prompts: written, recognised, never forged."""

from __future__ import annotations

import re

__all__ = ["CLOSE_TAG", "OPEN_TAG", "escape", "strip_blocks"]

OPEN_TAG = "<memories>"
CLOSE_TAG = "</memories>"

_TAG = re.compile(r"<(?=\s*/?\s*memories)", re.IGNORECASE)
_BLOCK = re.compile(
    rf"{re.escape(OPEN_TAG)}.*?(?:{re.escape(CLOSE_TAG)}|\Z)", re.DOTALL
)


def escape(text: str) -> str:
    """Return text that holds neither tag, whatever it held before."""
    return _TAG.sub("&lt;", text)


def strip_blocks(text: str) -> str:
    """Return text without our blocks; one cut off at the end is removed too."""
    return _BLOCK.sub("", text)
