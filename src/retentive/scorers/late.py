"""Late interaction: each word of the question against each word of a memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.scorers.bm25 import inverse_document_frequency

__all__ = ["LateInteraction"]

_REACH = (-2, -1, 1, 2)


class LateInteraction:
    """Score rows by how well each token of the question is met in their context.

    m_t(i) is the best cosine of the question's token t with a token of row i:

    score = Σ_t w_t · (own · m_t(i) + near · max_{abs(d) ≤ 2} m_t(i + d)
    + session · max over the session m_t)

    The weights w are the idf of the tokens' terms and sum to 1. Of neighbours and
    sessions only the rows of the frame are looked at.

    Source: Khattab and Zaharia 2020, "ColBERT", equation 3 (MaxSim); weights and
    context are ours.
    """

    normalise = True
    reads_tokens = True

    def __init__(
        self,
        *,
        own: float = 0.2,
        near: float = 0.5,
        session: float = 0.3,
        name: str = "late",
    ) -> None:
        """Set the shares.

        Args:
            own: Share of the row itself; at least 0.
            near: Share of the best of the row and two neighbours on each side.
            session: Share of the best of its session.
            name: The signal's name.
        """
        for share in (own, near, session):
            if not 0.0 <= share < float("inf"):
                raise InvalidInputError(
                    f"the shares of late interaction must be at least 0, got {share!r}"
                )
        self.name = name
        self._own, self._near, self._session = own, near, session

    def gate(self, query: Query, frame: Frame) -> float:
        """Return the embedder's share of the question; 0 without token vectors."""
        del frame
        return 0.0 if query.token_vectors is None else query.embedder_share

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [-1, 1] for shares that sum to 1."""
        if query.token_vectors is None or not frame.size:
            return np.zeros(frame.size, np.float32)
        own = frame.token_similarity(query.token_vectors)
        joined = self._own * own + self._near * _best_near(own, frame)
        joined += self._session * _best_of_session(own, frame)
        score: NDArray[np.float32] = joined @ _weights(query, frame)
        return score.astype(np.float32)


def _weights(query: Query, frame: Frame) -> NDArray[np.float32]:
    """Return ``(t,)`` weights that sum to 1, or are all 0."""
    rarity = inverse_document_frequency(frame.term_counts(query.terms))
    of_term = dict(zip(query.terms, rarity.tolist(), strict=True))
    weights = np.array([of_term.get(t, 0.0) for t in query.token_terms], np.float32)
    return weights / max(float(weights.sum()), 1e-6)


def _best_near(own: NDArray[np.float32], frame: Frame) -> NDArray[np.float32]:
    rows = frame.neighbour(0)
    beside_rows = [frame.neighbour(step) for step in _REACH]
    # One place more than the highest row, so that row -1 leads to no place.
    place = np.full(max(int(each.max()) for each in (rows, *beside_rows)) + 2, -1)
    place[rows] = np.arange(len(rows))
    best = own.copy()
    for beside in (place[each] for each in beside_rows):
        here = beside >= 0
        best[here] = np.maximum(best[here], own[beside[here]])
    return best


def _best_of_session(own: NDArray[np.float32], frame: Frame) -> NDArray[np.float32]:
    """Return the best of each row's session; its own where it has none."""
    order = np.argsort(frame.session, kind="stable")
    codes = frame.session[order]
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    best = np.maximum.reduceat(own[order], starts)
    spread = np.repeat(best, np.diff(np.append(starts, len(order))), axis=0)
    found = np.empty_like(own)
    found[order] = spread
    alone = frame.session < 0
    found[alone] = own[alone]
    return found
