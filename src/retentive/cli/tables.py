"""Plain text tables whose columns stay straight in English and in Chinese."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

__all__ = ["cut", "pad", "table", "width", "wrap"]

_WIDE = frozenset("WF")


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


def cut(text: str, columns: int) -> str:
    """Return a text on one line, cut with an ellipsis to fit some columns."""
    line = " ".join(text.split())
    if width(line) <= columns:
        return line
    taken = 0
    for place, character in enumerate(line):
        taken += _width(character)
        if taken > columns - 1:
            return f"{line[:place].rstrip()}…"
    return line


def wrap(text: str, columns: int, *, lines: int) -> list[str]:
    """Return a text broken into at most some lines, the last one cut.

    Breaks at spaces, and between wide characters, which stand without spaces.
    """
    rest = " ".join(text.split())
    broken: list[str] = []
    while width(rest) > columns and len(broken) < lines - 1:
        place = _break(rest, columns)
        broken.append(rest[:place].rstrip())
        rest = rest[place:].lstrip()
    return [*broken, cut(rest, columns)]


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Return a text filled up with spaces, after it or (``right``) before it."""
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def table(
    rows: Sequence[Sequence[str]], *, head: Sequence[str], right: Sequence[int] = ()
) -> str:
    """Lay out rows under a head, two spaces between columns.

    Args:
        rows: Cells, without line breaks.
        head: Names of the columns.
        right: Numbers of the columns that are set to the right.
    """
    lines = [head, *rows]
    widths = [max(width(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            pad(cell, widths[i], right=i in right) for i, cell in enumerate(line)
        ).rstrip()
        for line in lines
    )


def _break(line: str, columns: int) -> int:
    """Return where to break: at least one character is taken."""
    taken, last = 0, 0
    for place, character in enumerate(line):
        if character == " " or (place and _width(line[place - 1]) == 2):
            last = place
        taken += _width(character)
        if taken > columns:
            return last or max(1, place)
    return len(line)


def _width(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in _WIDE else 1
