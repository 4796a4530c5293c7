"""Keeps a namespace within a number of records, bytes or tokens."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.policies.codes import of_status
from retentive.policies.retention import Retention
from retentive.protocols import Delete, MemoryView, Plan
from retentive.records import Status

__all__ = ["Budget"]

# A SQLite file of 20,000 short memories took 182 bytes each beside their text; the
# rest is room for metadata, occurrences and the source message. An estimate.
_ROW_BYTES = 420
_BYTES_PER_TOKEN = 4
_BYTES_PER_NUMBER = 2  # vectors are kept as float16


class Budget:
    """Evicts the weakest memories while the namespace holds too much.

    All that is stored counts, whatever its status. First goes what is archived,
    then what is superseded, then what is active, the weakest first (importance
    faded by the curve of :class:`~retentive.policies.decay.Decay`). What is pinned
    counts, but never goes.
    """

    name = "budget"
    evicts = True

    def __init__(
        self,
        *,
        records: int | None = None,
        bytes: int | None = None,
        tokens: int | None = None,
        curve: str = "ebbinghaus",
        growth: float = 1.0,
    ) -> None:
        """Set the bounds; ``None`` for no bound.

        Args:
            records: Most records.
            bytes: Most bytes in the store, estimated from tokens and vectors.
            tokens: Most tokens of content, estimated.
            curve: How strength fades; see :class:`Decay`.
            growth: See :class:`Decay`.
        """
        bounds = {"records": records, "bytes": bytes, "tokens": tokens}
        for name, bound in bounds.items():
            if bound is not None and bound < 1:
                raise InvalidInputError(f"{name} must be at least 1, got {bound!r}")
        if all(bound is None for bound in bounds.values()):
            raise InvalidInputError(
                "a budget needs a bound: set records, bytes or tokens"
            )
        self._records, self._bytes, self._tokens = records, bytes, tokens
        self._retention = Retention(curve=curve, growth=growth)

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what to evict."""
        strength = self._retention.of_rows(view, now_s=now.timestamp())
        order = _victims(view, strength)
        count = max(
            _needed(sizes, order, bound)
            for sizes, bound in self._sizes(view)
            if bound is not None
        )
        evicted = view.records(order[:count].astype(np.int32))
        return Plan(
            deletes=[
                Delete(id=record.id, expected_version=record.version)
                for record in evicted
            ],
            reasons={
                record.id: f"evicted: among the weakest of {view.size:,}, "
                f"{record.status.value}"
                for record in evicted
            },
        )

    def _sizes(self, view: MemoryView) -> list[tuple[NDArray[np.int64], int | None]]:
        ones = np.ones(view.size, np.int64)
        tokens = view.tokens.astype(np.int64)
        dim = view.vectors_at(np.zeros(min(1, view.size), np.int32)).shape[1]
        vector = _BYTES_PER_NUMBER * dim if dim > 1 else 0
        sizes = _ROW_BYTES + vector + _BYTES_PER_TOKEN * tokens
        return [(ones, self._records), (sizes, self._bytes), (tokens, self._tokens)]


def _victims(view: MemoryView, strength: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of all that may go, first to last."""
    tier = np.where(of_status(view, [Status.ARCHIVED]), 0, 2)
    tier[of_status(view, [Status.SUPERSEDED])] = 1
    order = np.lexsort((view.occurred_at, strength, tier))
    return order[~view.pinned[order]]


def _needed(sizes: NDArray[np.int64], order: NDArray[np.int64], bound: int) -> int:
    """Return how many of the victims must go for the rest to fit."""
    surplus = int(sizes.sum()) - bound
    if surplus <= 0 or not len(order):
        return 0
    freed = np.cumsum(sizes[order])
    return min(len(order), int(np.searchsorted(freed, surplus)) + 1)
