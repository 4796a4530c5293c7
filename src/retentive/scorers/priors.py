"""What speaks for a memory whatever the question: recency, importance, use."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query

__all__ = ["Importance", "Recency", "Use"]

_DAY_S = timedelta(days=1).total_seconds()


class Recency:
    """Score rows by exponential decay since they last happened or were used.

    score = 0.5 ** (age / half_life), 1 for the future

    Silent for a question that names a time: it asks for then, not for now.

    Source: Park et al. 2023, "Generative Agents"; the half-life form is ours.
    """

    normalise = False

    def __init__(
        self, *, half_life_s: float = 7 * _DAY_S, name: str = "recency"
    ) -> None:
        """Set the pace.

        Args:
            half_life_s: Seconds after which the score halves; above 0.
            name: The signal's name.
        """
        if not 0.0 < half_life_s < float("inf"):
            raise InvalidInputError(
                f"half_life_s must be a number of seconds above 0, got {half_life_s!r}"
            )
        self.name = name
        self._half_life_s = half_life_s

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]."""
        if query.intervals:
            return np.zeros(frame.size, np.float32)
        last = np.fmax(frame.occurred_at, frame.last_accessed_at)
        rows, times = frame.occurrence_times()
        if len(rows):
            last = last.copy()
            np.maximum.at(last, rows, times)
        age = np.maximum(query.now.timestamp() - last, 0.0)
        return np.exp2(-age / self._half_life_s).astype(np.float32)


class Importance:
    """Score rows by the importance that they were stored with."""

    normalise = False

    def __init__(self, *, name: str = "importance") -> None:
        """Name the signal."""
        self.name = name

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]."""
        del query
        return frame.importance.astype(np.float32)


class Use:
    """Score rows by how often answers have used them: ln(1 + uses).

    Count what an answer cited, not what was shown: counting shown hits feeds on
    itself, and loses.
    """

    normalise = False

    def __init__(self, *, name: str = "use") -> None:
        """Name the signal."""
        self.name = name

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0."""
        del query
        return np.log1p(frame.access_count).astype(np.float32)
