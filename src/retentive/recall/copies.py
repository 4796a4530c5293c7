"""Finds memories that say the same thing twice, so that it is shown once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from retentive.records import Hit, MemoryRecord
from retentive.text.normalise import canonical

__all__ = ["Told", "gist_of", "told_once"]

# Words that change nothing: articles, interjections, Chinese final particles. What
# negates, asks, counts or dates is kept: "I like it" and "I don't" are no copies.
_FILLERS = frozenset(
    "a an the oh ah well just really very so um uh hey wow haha lol please".split()
)
_PARTICLES = re.compile(r"[呢吧啊呀哦嗯哈啦嘛]+")
_QUESTION = ("?", "？")


@dataclass(frozen=True, slots=True)
class Told:
    """A memory to show, and the last day on which a copy of it was told."""

    hit: Hit
    again: date | None = None


def told_once(hits: Iterable[Hit]) -> list[Told]:
    """Return the hits without near-copies, the best of each kept, in their order.

    Two memories are near-copies if the same speaker said the same words in the same
    order, apart from case, marks and fillers.
    """
    kept: dict[object, Told] = {}
    for hit in hits:
        gist = gist_of(hit.record)
        first = kept.get(gist)
        if first is None:
            kept[gist] = Told(hit, _again(hit.record))
            continue
        days = [first.again, hit.record.occurred_at.date(), _again(hit.record)]
        again = max(day for day in days if day is not None)
        shown = first.hit.record.occurred_at.date()
        kept[gist] = Told(first.hit, again if again != shown else first.again)
    return list(kept.values())


def gist_of(record: MemoryRecord) -> tuple[object, ...]:
    """Return what two memories share if they are near-copies."""
    who = record.speaker or record.role or record.origin.value
    words = [word for word in canonical(record.content).split() if word not in _FILLERS]
    told = tuple(words)
    if not record.content.isascii():
        told = tuple(left for word in words if (left := _PARTICLES.sub("", word)))
    asks = record.content.rstrip().endswith(_QUESTION)
    return (who, record.origin, asks, told or record.content)


def _again(record: MemoryRecord) -> date | None:
    return record.occurrences[-1].at.date() if record.occurrences else None
