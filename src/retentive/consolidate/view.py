"""The view that policies plan over: a frame, and the records behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.protocols import Store
from retentive.records import MemoryRecord, Namespace, trusted_copy

__all__ = ["View", "view_of"]

_READ_AT_ONCE = 1_000


class View(ColumnFrame):
    """The living rows of one namespace; see :class:`retentive.protocols.MemoryView`.

    Attributes:
        sequence: The commit up to which the columns are known to be whole: what
            has a later version was written while the view was in use.
    """

    def __init__(
        self, frame: ColumnFrame, store: Store, namespace: Namespace, *, sequence: int
    ) -> None:
        """Keep the living rows of a frame.

        Args:
            frame: The whole of one namespace.
            store: Where its records are.
            namespace: Whose.
            sequence: See the class.
        """
        alive = np.flatnonzero(frame.alive).astype(np.int32)
        whole = len(alive) == frame.size
        super().__init__(frame.holdings, None if whole else alive)
        self._store, self._of = store, namespace
        self.sequence = sequence

    def records(self, places: Sequence[int] | NDArray[np.int32]) -> list[MemoryRecord]:
        """Return the records at these places, without vectors."""
        ids = [self.id_at(int(place)) for place in places]
        found: list[MemoryRecord] = []
        for start in range(0, len(ids), _READ_AT_ONCE):
            found += self._store.get(self._of, ids[start : start + _READ_AT_ONCE])
        return [trusted_copy(record, embedding=None) for record in found]

    def bags(self) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
        """Return the distinct terms of all rows, and how many each has."""
        segments = self.holdings.postings.segments
        if not segments:
            return np.empty(0, np.uint64), np.zeros(self.size, np.int32)
        rows = np.concatenate([segment.rows for segment in segments])
        terms = np.concatenate([segment.per_posting() for segment in segments])
        place_of = np.full(self.holdings.size, -1, np.int32)
        place_of[self.rows] = np.arange(self.size, dtype=np.int32)
        places = place_of[rows]
        here = places >= 0
        places, terms = places[here], terms[here]
        order = np.argsort(places, kind="stable")
        counts = np.bincount(places, minlength=self.size).astype(np.int32)
        return terms[order], counts

    def vectors_at(
        self, places: Sequence[int] | NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """Return ``(len(places), dim)`` vectors at these places; 0 for none."""
        return self.vectors(self.rows[np.asarray(places, np.int64)])


def view_of(replica: Replica, store: Store, namespace: Namespace) -> View:
    """Return the present view of a replica of one namespace."""
    replica.frame()
    sequence = replica.state().seen[namespace]
    return View(replica.frame(), store, namespace, sequence=sequence)
