"""When it was: the times that a question names, against those of memories."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query

__all__ = ["MentionedTime", "OccurredTime"]

_DAY_S = timedelta(days=1).total_seconds()


class OccurredTime:
    """Score rows by how near they happened to a time that the question names.

    1 inside the interval; outside, 0.5 ** (distance / half_life). Of several
    occurrences and several intervals the nearest pair counts.
    """

    normalise = False

    def __init__(self, *, half_life_s: float = 2 * _DAY_S, name: str = "date") -> None:
        """Set the reach.

        Args:
            half_life_s: Seconds outside after which the score halves; above 0.
            name: The signal's name.
        """
        _check_half_life(half_life_s)
        self.name = name
        self._half_life_s = half_life_s

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]; 0 if no time is named."""
        score = np.zeros(frame.size, np.float32)
        rows, times = frame.occurrence_times()
        for interval in query.intervals:
            start, end = interval.start.timestamp(), interval.end.timestamp()
            near = self._nearness(frame.occurred_at, frame.occurred_at, start, end)
            np.maximum(score, near, out=score)
            if len(rows):
                near = self._nearness(times, times, start, end)
                np.maximum.at(score, rows, near)
        return score

    def _nearness(
        self,
        begin: NDArray[np.float64],
        until: NDArray[np.float64],
        start: float,
        end: float,
    ) -> NDArray[np.float32]:
        apart = np.maximum(np.maximum(start - until, begin - end), 0.0)
        return np.exp2(-apart / self._half_life_s).astype(np.float32)


class MentionedTime(OccurredTime):
    """Score rows by how near a time that they speak of is to the question's.

    "I saw her last week", said on 12 May, is about 4 to 11 May.
    """

    def __init__(self, *, half_life_s: float = _DAY_S, name: str = "mention") -> None:
        """Set the reach; see :class:`OccurredTime`."""
        super().__init__(half_life_s=half_life_s, name=name)

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]; 0 if either names no time."""
        score = np.zeros(frame.size, np.float32)
        for interval in query.intervals:
            start, end = interval.start.timestamp(), interval.end.timestamp()
            near = self._nearness(
                frame.mentioned_from, frame.mentioned_until, start, end
            )
            score = np.fmax(score, near)  # NaN, where nothing is mentioned, loses
        return score


def _check_half_life(half_life_s: float) -> None:
    if not 0.0 < half_life_s < float("inf"):
        raise InvalidInputError(
            f"half_life_s must be a number of seconds above 0, got {half_life_s!r}"
        )
