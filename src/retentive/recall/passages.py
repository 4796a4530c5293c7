"""Turns that follow one another are written as one passage, in order of time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from retentive.records import Hit, MemoryRecord, Namespace, Origin
from retentive.text.block import escape

__all__ = ["Key", "Piece", "key_of", "line", "passages", "quoted"]

Key = tuple[Namespace, str]
"""A record's namespace and id: ids alone are unique in one namespace only."""

_LONGEST = 8  # pieces of a passage: a line is to be read at one go
_JSON = json.JSONEncoder(ensure_ascii=False)  # json.dumps would make one per line
_UNTRUSTED = frozenset({Origin.TOOL, Origin.WEB})


@dataclass(frozen=True, slots=True)
class Piece:
    """A memory as it will be written.

    Attributes:
        hit: The memory.
        said: Its words, or an excerpt of them.
        again: The last day on which it was said again.
    """

    hit: Hit
    said: str
    again: date | None = None

    @property
    def key(self) -> Key:
        """The record's namespace and id."""
        return key_of(self.hit.record)

    @property
    def day(self) -> date:
        """The day on which it was said first."""
        return self.hit.record.occurred_at.date()


def key_of(record: MemoryRecord) -> Key:
    """Return a record's namespace and id."""
    return record.namespace, record.id


def passages(
    pieces: Iterable[Piece], *, following: Mapping[Key, Key]
) -> list[list[Piece]]:
    """Join pieces that follow one another on the same day; sort by time, then id.

    Args:
        pieces: In any order; the result does not depend on it.
        following: Memories and the next ones in their sessions.
    """
    ordered = sorted(pieces, key=_in_time)
    by_key = {piece.key: piece for piece in ordered}
    followed = {
        piece.key: by_key[next_key]
        for piece in ordered
        if (next_key := following.get(piece.key)) in by_key
        and by_key[next_key].day == piece.day
    }
    inner = {piece.key for piece in followed.values()}
    found = []
    for piece in ordered:
        if piece.key not in inner:
            chain = [piece]
            while chain[-1].key in followed:
                chain.append(followed[chain[-1].key])
            found += [
                chain[start : start + _LONGEST]
                for start in range(0, len(chain), _LONGEST)
            ]
    return sorted(found, key=lambda passage: _in_time(passage[0]))


def line(passage: Sequence[Piece]) -> str:
    """Write a passage: its day, then who said what."""
    first = passage[0]
    told = [_told(piece, alone=piece is first) for piece in passage]
    return f"- {_when(first)}, {' '.join(told)}"


def quoted(text: str) -> str:
    """Return a text as it stands in a block: JSON, and none of our tags."""
    return _JSON.encode(escape(text))


def _in_time(piece: Piece) -> tuple[datetime, str, Namespace]:
    record = piece.hit.record
    return record.occurred_at, record.id, record.namespace


def _when(piece: Piece) -> str:
    if piece.again is None:
        return piece.day.isoformat()
    return f"{piece.day.isoformat()} and again {piece.again.isoformat()}"


def _told(piece: Piece, *, alone: bool) -> str:
    who = _who(piece.hit.record)
    if piece.again is not None and not alone:
        who = f"{who} (and again {piece.again.isoformat()})"
    return f"{who}: {quoted(piece.said)}"


def _who(record: MemoryRecord) -> str:
    """Name who said it; mark what nobody vouches for."""
    who = escape(record.speaker or record.role or record.origin.value)
    who = " ".join(who.split())
    if record.origin in _UNTRUSTED:
        return f"{who} ({record.origin.value}, unverified)"
    return who
