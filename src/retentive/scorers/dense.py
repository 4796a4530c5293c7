"""Similarity of meaning, from the embedder's vectors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.scorers.length import short_memory_gate

__all__ = [
    "Attention",
    "Dense",
    "LastDense",
    "PooledDense",
    "SessionDense",
    "read_out",
]


class _DenseSignal:
    """What the scorers over vectors share: silence where vectors say nothing."""

    normalise = True

    def __init__(self, *, name: str) -> None:
        self.name = name

    def gate(self, query: Query, frame: Frame) -> float:
        """Return the share of the query's letters that the embedder covers."""
        del frame
        return 0.0 if query.vector is None else query.embedder_share


class Dense(_DenseSignal):
    """Score rows by the cosine of their vector with the query's."""

    def __init__(self, *, name: str = "dense") -> None:
        """Name the signal."""
        super().__init__(name=name)

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [-1, 1]; 0 without vectors."""
        if query.vector is None:
            return np.zeros(frame.size, np.float32)
        return frame.similarity(query.vector)


class LastDense(_DenseSignal):
    """Score rows by the cosine of their vector with that of the question's end.

    The end is its last line, or last sentence; see
    :class:`~retentive.scorers.bm25.LastBM25`.
    """

    def __init__(self, *, name: str = "last_dense") -> None:
        """Name the signal."""
        super().__init__(name=name)

    def gate(self, query: Query, frame: Frame) -> float:
        """Return the embedder's share; 0 for a single sentence."""
        return 0.0 if query.last_vector is None else super().gate(query, frame)

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [-1, 1]; 0 without vectors."""
        if query.last_vector is None:
            return np.zeros(frame.size, np.float32)
        return frame.similarity(query.last_vector)


class _SurroundingsSignal(_DenseSignal):
    """What a short turn's surroundings mean; long memories speak for themselves."""

    def gate(self, query: Query, frame: Frame) -> float:
        """Return the embedder's share, less as memories grow longer."""
        share = super().gate(query, frame)
        return share * short_memory_gate(frame) if share else 0.0


class PooledDense(_SurroundingsSignal):
    """Score rows by the cosine of the query with a turn and its neighbours.

    score = (s₋₁ + s + s₊₁) / ‖v₋₁ + v + v₊₁‖, within the session.
    """

    def __init__(self, *, name: str = "pooled") -> None:
        """Name the signal."""
        super().__init__(name=name)

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [-1, 1]; 0 without vectors."""
        if query.vector is None:
            return np.zeros(frame.size, np.float32)
        pooled = frame.vectors(frame.neighbour(0))
        for offset in (-1, 1):
            pooled += frame.vectors(frame.neighbour(offset))
        length = np.sqrt(np.einsum("ij,ij->i", pooled, pooled))
        score: NDArray[np.float32] = (pooled @ query.vector) / np.maximum(length, 1e-6)
        return score


class SessionDense(_SurroundingsSignal):
    """Score rows by their session: the mean of its three best cosines.

    Only the rows of the frame are looked at, so a slice should hold the best
    sessions whole.
    """

    def __init__(self, *, name: str = "session_dense") -> None:
        """Name the signal."""
        super().__init__(name=name)

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [-1, 1]; 0 without vectors or a session."""
        if query.vector is None:
            return np.zeros(frame.size, np.float32)
        return best_of_session(frame.similarity(query.vector), frame, count=3)


class Attention(_DenseSignal):
    """Score rows by the attention that the query pays them.

    softmax(q Kᵀ · scale) over the vectors of the frame's rows.

    Source: Vaswani et al. 2017, "Attention Is All You Need", equation 1.
    """

    def __init__(self, *, scale: float = 16.0, name: str = "attention") -> None:
        """Set the sharpness.

        Args:
            scale: What cosines are multiplied with; above 0. Vectors of length
                1 need more than the 1/√d of the source, which would leave all
                weights nearly equal.
            name: The signal's name.
        """
        if not 0.0 < scale < float("inf"):
            raise InvalidInputError(f"scale must be above 0, got {scale!r}")
        super().__init__(name=name)
        self._scale = scale

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1] that sum to 1; 0 without vectors."""
        if query.vector is None or not frame.size:
            return np.zeros(frame.size, np.float32)
        weights = _softmax(frame.similarity(query.vector)[None, :] * self._scale)
        first: NDArray[np.float32] = weights[0]
        return first


def read_out(
    queries: NDArray[np.float32],
    keys: NDArray[np.float32],
    values: NDArray[np.float32],
    *,
    scale: float | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Read a memory matrix by attention: softmax(Q Kᵀ · scale) V.

    Args:
        queries: ``(q, d)``.
        keys: ``(n, d)``, n at least 1.
        values: ``(n, v)``.
        scale: 1/√d if omitted, as in the source.

    Returns:
        ``(q, n)`` weights whose rows sum to 1, and ``(q, v)`` read vectors.

    Source: Vaswani et al. 2017, "Attention Is All You Need", equation 1.
    """
    if keys.shape[1] != queries.shape[1] or len(keys) != len(values) or not len(keys):
        raise InvalidInputError(
            f"queries {queries.shape}, keys {keys.shape} and values {values.shape} "
            "do not fit: they must be (q, d), (n, d) and (n, v) with n above 0"
        )
    sharpness = keys.shape[1] ** -0.5 if scale is None else scale
    weights = _softmax(queries @ keys.T * np.float32(sharpness))
    return weights, weights @ values


def best_of_session(
    values: NDArray[np.float32], frame: Frame, *, count: int
) -> NDArray[np.float32]:
    """Return for each row the mean of the best ``count`` values of its session."""
    order = np.lexsort((-values, frame.session))
    session, ranked = frame.session[order], values[order]
    starts = np.concatenate([[True], session[1:] != session[:-1]])[: len(order)]
    place = np.arange(len(order)) - np.maximum.accumulate(
        np.where(starts, np.arange(len(order)), 0)
    )
    best = (place < count) & (session >= 0)
    codes = session[best]
    width = int(frame.session.max(initial=-1)) + 2
    totals = np.bincount(codes, weights=ranked[best], minlength=width)
    numbers = np.bincount(codes, minlength=width)
    means = totals / np.maximum(numbers, 1)
    return np.where(frame.session >= 0, means[frame.session], 0.0).astype(np.float32)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    weights: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return weights.astype(np.float32)
