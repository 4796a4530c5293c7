"""Near-copies give way: maximal marginal relevance over the best rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.index.frame import ColumnFrame

__all__ = ["diversify", "resemblance"]

_CONSIDERED = 100  # beyond, rows are too far down to matter


def diversify(
    scores: NDArray[np.float32],
    order: NDArray[np.int64],
    frame: ColumnFrame,
    *,
    strength: float,
    limit: int,
) -> NDArray[np.int64]:
    """Reorder the best rows so that each adds something to those before it.

    Picks the row with the largest
    (1 - strength) · score - strength · resemblance to what is picked,
    scores scaled to [0, 1] over the rows considered.

    Args:
        scores: ``(n,)``.
        order: Rows by falling score.
        frame: The rows.
        strength: In [0, 1]; 0 leaves the order as it is.
        limit: How many to pick; the rest follow in their order.

    Source: Carbonell and Goldstein 1998, "The Use of MMR, Diversity-Based
    Reranking for Reordering Documents and Producing Summaries".
    """
    if strength <= 0.0 or len(order) < 2:
        return order
    head = order[:_CONSIDERED]
    alike = resemblance(frame.take(frame.rows[head]))
    worth = scores[head] - scores[head].min()
    worth = worth / max(float(worth.max()), 1e-9)
    picked: list[int] = []
    closest = np.zeros(len(head), np.float32)
    open_ = np.ones(len(head), np.bool_)
    for _ in range(min(limit, len(head))):
        gain = (1.0 - strength) * worth - strength * closest
        best = int(np.argmax(np.where(open_, gain, -np.inf)))
        picked.append(best)
        open_[best] = False
        closest = np.maximum(closest, alike[best])
    rest = np.flatnonzero(open_)
    return np.concatenate([head[picked], head[rest], order[_CONSIDERED:]])


def resemblance(frame: ColumnFrame) -> NDArray[np.float32]:
    """Return ``(n, n)`` likeness of rows in [0, 1].

    By vectors the cosine, else by SimHash 1 - bits apart / 32, both at least 0.
    """
    if frame.holdings.vectors is not None:
        vectors = frame.vectors(frame.rows)
        return np.asarray(np.maximum(vectors @ vectors.T, 0.0), np.float32)
    apart = np.bitwise_count(frame.simhash[:, None] ^ frame.simhash[None, :])
    return np.asarray(np.maximum(1.0 - apart / 32.0, 0.0), np.float32)
