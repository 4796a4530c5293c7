"""What a recall returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from retentive.records.record import MemoryRecord

__all__ = ["Hit", "Interval", "Recalled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch of time that an expression such as "last Friday" names.

    Attributes:
        start: First instant, UTC, inclusive.
        end: Last instant, UTC, exclusive.
        granularity: ``hour``, ``day``, ``week``, ``month``, ``season`` or ``year``.
        text: The expression as it was written.
    """

    start: datetime
    end: datetime
    granularity: str
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One recalled memory.

    Attributes:
        record: What was found.
        score: Fused score; comparable within one recall only.
        signals: Weighted contribution of each scorer, by the scorer's name;
            their sum is ``score``.
    """

    record: MemoryRecord
    score: float
    signals: Mapping[str, float]


class Recalled(list[Hit]):
    """Hits, best first, and the id by which feedback names their recall."""

    def __init__(self, hits: Iterable[Hit] = (), *, id: str = "") -> None:
        """Hold hits."""
        super().__init__(hits)
        self.id = id
