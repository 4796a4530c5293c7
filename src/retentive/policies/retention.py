"""How strong each memory is now: its importance, faded since it was last needed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.policies.curves import CURVES
from retentive.protocols import MemoryView
from retentive.records import Kind, MemoryRecord

__all__ = ["HALF_LIVES_S", "Retention", "last_told"]

_DAY_S = 86_400.0
_KINDS = tuple(Kind)

HALF_LIVES_S: Mapping[Kind, float] = {
    Kind.EPISODIC: 30 * _DAY_S,
    Kind.SEMANTIC: 365 * _DAY_S,
    Kind.PROCEDURAL: math.inf,
    Kind.SUMMARY: math.inf,
}
"""Seconds by kind: events fade, facts slowly, skills and summaries not at all."""


class Retention:
    """Computes ``importance * curve(age)`` for rows of a view and for records.

    Age counts from when a memory was last told or used. Its strength, by which
    the Ebbinghaus curve is stretched, is ``1 + growth * (tellings - 1 + uses)``.
    """

    def __init__(
        self,
        *,
        curve: str = "ebbinghaus",
        half_lives_s: Mapping[Kind, float] = HALF_LIVES_S,
        growth: float = 1.0,
    ) -> None:
        """Choose the curve.

        Args:
            curve: A name of :data:`retentive.policies.curves.CURVES`.
            half_lives_s: Seconds by kind, above 0; ``inf`` never fades.
            growth: What a telling or a use adds to the strength, at least 0.
        """
        if curve not in CURVES:
            raise InvalidInputError(
                f"curve must be one of {', '.join(CURVES)}; got {curve!r}"
            )
        wrong = {k: s for k, s in half_lives_s.items() if not s > 0.0}
        if wrong:
            raise InvalidInputError(
                f"half-lives must be seconds above 0, got {wrong!r}"
            )
        if not 0.0 <= growth < math.inf:
            raise InvalidInputError(f"growth must be at least 0, got {growth!r}")
        self._curve = CURVES[curve]
        self._half_lives = np.array([half_lives_s[kind] for kind in _KINDS])
        self._growth = growth

    def of_rows(self, view: MemoryView, *, now_s: float) -> NDArray[np.float64]:
        """Return ``(n,)`` strengths in [0, 1] by the columns.

        Never above the true one: uses that the columns do not know make a memory
        stronger.
        """
        used = np.nan_to_num(view.last_accessed_at, nan=-math.inf)
        return self._strengths(
            np.maximum(last_told(view), used),
            kinds=view.kind,
            importance=view.importance,
            told=view.support_count,
            uses=view.access_count,
            now_s=now_s,
        )

    def of_records(
        self, records: Sequence[MemoryRecord], *, now_s: float
    ) -> NDArray[np.float64]:
        """Return ``(len(records),)`` strengths in [0, 1]."""
        return self._strengths(
            np.array([_last_needed(record) for record in records]),
            kinds=np.array([_KINDS.index(r.kind) for r in records], np.int64),
            importance=np.array([r.importance for r in records]),
            told=np.array([r.support_count for r in records]),
            uses=np.array([r.access_count for r in records]),
            now_s=now_s,
        )

    def _strengths(
        self,
        needed_s: NDArray[np.float64],
        *,
        kinds: NDArray[np.integer],
        importance: NDArray[np.floating],
        told: NDArray[np.integer],
        uses: NDArray[np.integer],
        now_s: float,
    ) -> NDArray[np.float64]:
        stretch = 1.0 + self._growth * (told - 1.0 + uses)
        left = self._curve(
            now_s - needed_s, half_life_s=self._half_lives[kinds], strength=stretch
        )
        return importance * left


def last_told(view: MemoryView) -> NDArray[np.float64]:
    """Return ``(n,)``: when each memory was last told, POSIX seconds."""
    times = np.array(view.occurred_at, np.float64)
    places, further = view.occurrence_times()
    np.maximum.at(times, places, further)
    return times


def _last_needed(record: MemoryRecord) -> float:
    times = [said.at for said in record.said_at()]
    if record.last_accessed_at is not None:
        times.append(record.last_accessed_at)
    return max(times).timestamp()
