"""What each signal gave the rows of a ranking, apart from what it counts for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retentive.recall.ranking import Ranking

__all__ = ["Features", "features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Rows of a ranking as numbers.

    Attributes:
        names: Of the signals.
        ids: ``n`` records.
        values: ``(n, signals) float32``: contributions at weight 1, gates included.
    """

    names: tuple[str, ...]
    ids: Sequence[str]
    values: NDArray[np.float32]


def features(
    ranking: Ranking, *, configured: Sequence[float], named: Collection[str], limit: int
) -> Features:
    """Return the best rows of a ranking, and those named.

    Args:
        ranking: A ranking by the configured weights.
        configured: Weight of each of its signals; one of 0 has no values.
        named: Ids of records to include, however low they rank.
        limit: How many of the best.
    """
    ids = [ranking.frame.id_at(place) for place in ranking.order]
    chosen = [
        int(place)
        for rank, (place, id) in enumerate(zip(ranking.order, ids, strict=True))
        if rank < limit or id in named
    ]
    weights = np.asarray(configured, np.float32)
    per_unit = np.divide(1.0, weights, out=np.zeros_like(weights), where=weights > 0)
    return Features(
        names=tuple(signal.name for signal in ranking.signals),
        ids=[ranking.frame.id_at(place) for place in chosen],
        values=(ranking.contributions[:, chosen] * per_unit[:, None]).T,
    )
