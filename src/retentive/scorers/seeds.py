"""Where a second look begins: what words and meaning alone say of each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Frame, Query
from retentive.scorers.bm25 import ContextualBM25

__all__ = ["first_evidence", "seeds_of"]

_LEXICAL = ContextualBM25()


def first_evidence(query: Query, frame: Frame) -> NDArray[np.float64]:
    """Return ``(n,)``, at least 0: contextual BM25 and cosine, each by its best.

    Each is divided by its best row's; the cosine counts by the embedder's share.
    """
    worth = _share_of_best(_LEXICAL(query, frame))
    if query.vector is not None and query.embedder_share:
        cosines = frame.similarity(query.vector)
        worth += query.embedder_share * _share_of_best(cosines)
    return worth


def seeds_of(worth: NDArray[np.float64], *, limit: int) -> NDArray[np.float64]:
    """Return ``(n,)``: the shares of the best rows, which sum to 1; of others 0."""
    shares = worth.copy()
    if len(shares) > limit:
        shares[np.argsort(-worth, kind="stable")[limit:]] = 0.0
    total = float(shares.sum())
    return shares / total if total else shares


def _share_of_best(values: NDArray[np.float32]) -> NDArray[np.float64]:
    best = float(values.max(initial=0.0))
    return np.maximum(values, 0.0).astype(np.float64) / (best or 1.0)
