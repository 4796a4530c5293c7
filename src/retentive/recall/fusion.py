"""Joins the signals of all scorers into one score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError

__all__ = ["Fusion", "ReciprocalRank", "Signal", "WeightedSum", "z_scores"]

_SILENT = 1e-6  # a deviation below this is rounding: the signal says nothing


@dataclass(frozen=True, slots=True)
class Signal:
    """What one scorer said.

    Attributes:
        name: The scorer's name.
        weight: Configured weight times the scorer's gate for this query.
        values: ``(n,) float32``, as the scorer gave them.
        normalise: Whether z-scores are taken.
    """

    name: str
    weight: float
    values: NDArray[np.float32]
    normalise: bool


class Fusion(Protocol):
    """A way to join signals."""

    def __call__(
        self, signals: Sequence[Signal], pool: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Return ``(signals, n)`` contributions; a row's score is their sum."""


class WeightedSum:
    """Join signals as the weighted sum of their z-scores over the pool.

    Cues in fixed units are weighted as they are.
    """

    def __call__(
        self, signals: Sequence[Signal], pool: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Return ``(signals, n)`` contributions."""
        joined = np.zeros((len(signals), len(pool)), np.float32)
        for normalise in (True, False):
            chosen = [
                place
                for place, signal in enumerate(signals)
                if signal.weight and signal.normalise is normalise
            ]
            if chosen:
                values = np.array([signals[place].values for place in chosen])
                weights = np.array([signals[p].weight for p in chosen], np.float32)
                values = z_scores(values, pool) if normalise else values
                joined[chosen] = weights[:, None] * values
        return joined


class ReciprocalRank:
    """Join signals by ranks: the weighted sum of 1 / (k + rank), ranks from 1.

    Rows for which a signal is 0 get nothing from it. Robust where values cannot
    be compared, blunt where they can.

    Source: Cormack, Clarke and Büttcher 2009, "Reciprocal Rank Fusion
    outperforms Condorcet and individual Rank Learning Methods".
    """

    def __init__(self, *, k: float = 60.0) -> None:
        """Set how slowly ranks lose; k is at least 0."""
        if not 0.0 <= k < float("inf"):
            raise InvalidInputError(f"k must be at least 0, got {k!r}")
        self._k = k

    def __call__(
        self, signals: Sequence[Signal], pool: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """Return ``(signals, n)`` contributions."""
        joined = np.zeros((len(signals), len(pool)), np.float32)
        for place, signal in enumerate(signals):
            order = np.argsort(-signal.values, kind="stable")
            ranks = np.empty(len(pool), np.float32)
            ranks[order] = np.arange(1, len(pool) + 1)
            speaks = signal.values != 0
            joined[place] = signal.weight * speaks / (self._k + ranks)
        return joined


def z_scores(
    values: NDArray[np.float32], pool: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """Return (values - mean) / deviation, both over the pool; 0 if it is silent.

    Args:
        values: ``(n,)``, or ``(signals, n)`` of which each is normalised by itself.
        pool: ``(n,)``: which rows the mean and the deviation are taken over.
    """
    whole = bool(pool.all())
    sample = values if whole else values[..., pool]
    count = np.float32(sample.shape[-1])
    if not count:
        return np.zeros(values.shape, np.float32)
    # Written out: numpy's own mean and std take twice as long for so few numbers.
    apart = values - np.add.reduce(sample, axis=-1, keepdims=True) / count
    spread = apart if whole else apart[..., pool]
    deviation = np.sqrt(np.einsum("...n,...n->...", spread, spread) / count)[..., None]
    speaks = deviation >= _SILENT
    scores = np.where(speaks, apart / np.where(speaks, deviation, 1.0), 0.0)
    return scores.astype(np.float32, copy=False)
