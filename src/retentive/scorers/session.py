"""Which conversation it was: the sessions that speak of what is asked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.scorers.bm25 import inverse_document_frequency
from retentive.scorers.dense import best_of_session
from retentive.scorers.seeds import first_evidence

__all__ = ["Session", "SessionEvidence"]

_MIN_SESSIONS = 8  # with fewer, a session says little about where to look
_FULL_WEIGHT_TOKENS = 2_000.0  # a longer session points less precisely


class Session:
    """Score rows by how much of the question their whole session speaks of.

    score = g · Σ_terms idf · tf / (tf + k1), with tf counted over the session and
    g = min(1, 2000 / tokens of the session), 0 with fewer than 8 sessions.
    """

    normalise = True

    def __init__(self, *, k1: float = 1.5, name: str = "session") -> None:
        """Set the shape.

        Args:
            k1: How slowly repetitions saturate; above 0.
            name: The signal's name.
        """
        if not 0.0 < k1 < float("inf"):
            raise InvalidInputError(f"k1 must be a number above 0, got {k1!r}")
        self.name = name
        self._k1 = k1

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0; 0 without a session."""
        if len(frame.sessions) < _MIN_SESSIONS or not query.terms:
            return np.zeros(frame.size, np.float32)
        counts = frame.term_counts(query.terms)
        inside = counts.in_session()
        matched = (inside / (inside + self._k1)) @ inverse_document_frequency(counts)
        tokens = np.append(frame.session_tokens, 1.0)[frame.session]
        gate = np.minimum(1.0, _FULL_WEIGHT_TOKENS / np.maximum(tokens, 1.0))
        score: NDArray[np.float32] = np.where(frame.session >= 0, matched * gate, 0.0)
        return score.astype(np.float32)


class SessionEvidence:
    """Score rows by their session: how good its best rows are, and how many are.

    score = (best + mean of the three best) / 2, of what words and meaning say of the
    session's rows. Only the rows of the frame are looked at.
    """

    normalise = True

    def __init__(self, *, name: str = "session_evidence") -> None:
        """Name the signal."""
        self.name = name

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0; 0 without a session."""
        worth = first_evidence(query, frame).astype(np.float32)
        best, some = (best_of_session(worth, frame, count=count) for count in (1, 3))
        return (best + some) / np.float32(2.0)
