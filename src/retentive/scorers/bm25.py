"""Lexical relevance: BM25, and BM25 that reads a turn in its context."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query, TermCounts
from retentive.scorers.length import short_memory_gates

__all__ = [
    "BM25",
    "ContextualBM25",
    "LastBM25",
    "inverse_document_frequency",
    "rarity",
]

_WINDOW = (-2, -1, 0, 1, 2)
# A reply goes on with what was said before it more than it leads to what follows.
_NEARNESS = np.array([1.0, 5 / 3, 0.0, 1.0, 2 / 3], np.float32)


class BM25:
    """Score rows by Okapi BM25 over index terms.

    score = Σ_terms idf · tf · (k1 + 1) / (tf + k1 · (1 - b + b · length / mean))

    Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework:
    BM25 and Beyond", equation 3.15.
    """

    normalise = True

    def __init__(self, *, k1: float = 1.5, b: float = 0.75, name: str = "bm25") -> None:
        """Set the shape.

        Args:
            k1: How slowly repetitions saturate; at least 0.
            b: How much long rows are discounted; in [0, 1].
            name: The signal's name.
        """
        _check(k1=k1, b=b)
        self.name = name
        self._k1, self._b = k1, b

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0."""
        counts = frame.term_counts(query.terms)
        [own] = counts.at((0,))
        [discount] = length_discount(counts, (0,), b=self._b)
        saturated = own * (self._k1 + 1.0) / (own + self._k1 * discount[:, None])
        idf = inverse_document_frequency(counts)
        return np.asarray(saturated @ idf, np.float32)


class ContextualBM25:
    """Score rows by BM25 over a turn, its neighbours and its session.

    The counts of the context join before saturation, so that a term saturates
    once, however often the context repeats it:

    x = tf/B + √g · (a · Σ_d r(d) · tf(i + d)/B(i + d) + s · min(tf in session, 5))
    r(d) = 1, 5/3, 1, 2/3 for d = -2, -1, 1, 2
    B = 1 - b + b · length / mean;  score = Σ_terms idf · x / (x + k1)

    The gate g = min(1, 60 / mean tokens per memory) takes the context back where
    memories are long and speak for themselves; see
    :func:`~retentive.scorers.length.short_memory_gates`.

    Source: ours, after Robertson, Zaragoza and Taylor 2004, "Simple BM25
    extension to multiple weighted fields" (join fields before saturation).
    """

    normalise = True

    def __init__(
        self,
        *,
        k1: float = 1.5,
        b: float = 0.9,
        neighbours: float = 0.3,
        session: float = 0.05,
        name: str = "context",
    ) -> None:
        """Set the shape.

        Args:
            k1: How slowly repetitions saturate; above 0.
            b: How much long rows are discounted; in [0, 1].
            neighbours: Weight a of the two turns before and after; at least 0.
            session: Weight s of the whole session; at least 0.
            name: The signal's name.
        """
        _check(k1=k1, b=b, neighbours=neighbours, session=session)
        self.name = name
        self._k1, self._b = k1, b
        self._neighbours, self._session = neighbours, session

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0."""
        return self._score(query.terms, frame)

    def _score(self, terms: Sequence[str], frame: Frame) -> NDArray[np.float32]:
        counts = frame.term_counts(terms)
        discount = length_discount(counts, _WINDOW, b=self._b)
        around = counts.at(_WINDOW) / discount[:, :, None]
        shares = np.float32(self._neighbours) * _NEARNESS
        near = np.einsum("d,dnt->nt", shares, around)
        near += np.float32(self._session) * np.minimum(counts.in_session(), 5.0)
        open_to_context = np.sqrt(short_memory_gates(frame))
        joined = around[_WINDOW.index(0)] + open_to_context[:, None] * near
        idf = inverse_document_frequency(counts)
        return np.asarray((joined / (joined + self._k1)) @ idf, np.float32)


class LastBM25(ContextualBM25):
    """Score rows by contextual BM25 over what a long question ends with.

    The terms are those of its last line, or last sentence: a dialogue and a
    message of many sentences come down to how they end.
    """

    def __init__(
        self,
        *,
        k1: float = 1.5,
        b: float = 0.9,
        neighbours: float = 0.3,
        session: float = 0.05,
        name: str = "last",
    ) -> None:
        """Set the shape; see :class:`ContextualBM25`."""
        super().__init__(k1=k1, b=b, neighbours=neighbours, session=session, name=name)

    def gate(self, query: Query, frame: Frame) -> float:
        """Return 0 for a single sentence, which has no end of its own."""
        del frame
        return 1.0 if query.last_terms else 0.0

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0."""
        return self._score(query.last_terms, frame)


def inverse_document_frequency(counts: TermCounts) -> NDArray[np.float32]:
    """Return ``(t,)`` weights: ln(1 + (N - df + 0.5) / (df + 0.5)), above 0.

    Source: Robertson and Zaragoza 2009, equation 3.4, with Lucene's 1 + inside
    the logarithm, which keeps very frequent terms above 0.
    """
    return rarity(counts.document_frequency, counts.documents)


def rarity(frequency: NDArray[np.float32], documents: int) -> NDArray[np.float32]:
    """Return ``(t,)`` idf of terms that so many of the documents hold."""
    idf = np.log1p((documents - frequency + 0.5) / (frequency + 0.5))
    return np.asarray(idf, np.float32)


def length_discount(
    counts: TermCounts, offsets: Sequence[int], *, b: float
) -> NDArray[np.float32]:
    """Return ``(len(offsets), n)``: 1 - b + b · length / mean, at least a hundredth."""
    lengths = counts.lengths_at(offsets) / np.float32(counts.mean_length)
    discount = np.float32(1.0 - b) + np.float32(b) * lengths
    return np.asarray(np.maximum(discount, 0.01), np.float32)


def _check(**options: float) -> None:
    for option, value in options.items():
        top = 1.0 if option == "b" else float("inf")
        if not 0.0 <= value <= top or value == float("inf"):
            raise InvalidInputError(
                f"{option} must be a number in [0, {top:g}], got {value!r}"
            )
