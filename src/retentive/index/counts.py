"""How often a query's terms occur in rows, around them and in their sessions."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retentive.index.holdings import Holdings, follow

__all__ = ["Counts"]

_REACH = 2  # steps around a row that scorers usually look


class Counts:
    """Term counts for the rows of a frame; see `retentive.protocols.TermCounts`."""

    def __init__(
        self,
        holdings: Holdings,
        rows: NDArray[np.int32],
        hashes: NDArray[np.uint64],
    ) -> None:
        """Look the terms up.

        Args:
            holdings: The whole namespace.
            rows: ``(n,)`` rows that are asked about.
            hashes: ``(t,)`` numbers of the terms.
        """
        self._holdings = holdings
        self._rows = rows
        self.documents = holdings.documents
        self.mean_length = holdings.mean_length
        alive = holdings.columns["alive"]
        found = holdings.postings.of_terms(hashes)
        if holdings.documents < holdings.size:
            found = [(r[alive[r]], c[alive[r]]) for r, c in found]
        self.postings = found
        self.document_frequency = np.array([len(r) for r, _ in found], np.float32)

    def at(self, offset: int) -> NDArray[np.float32]:
        """Return ``(n, t)`` counts in the row ``offset`` steps on in the session."""
        targets = follow(self._holdings, self._rows, offset)
        place = np.full(self._holdings.size + 1, -1, np.int32)
        place[targets] = np.arange(len(targets), dtype=np.int32)
        place[-1] = -1  # where the rows without such a neighbour have written
        counts = np.zeros((len(targets), len(self.postings)), np.float32)
        postings = self._nearby if abs(offset) <= _REACH else self.postings
        for column, (rows, occurrences) in enumerate(postings):
            here = place[rows]
            kept = here >= 0
            counts[here[kept], column] = occurrences[kept]
        return counts

    def lengths_at(self, offset: int) -> NDArray[np.float32]:
        """Return ``(n,)`` terms in the row ``offset`` steps on, 0 beyond the ends."""
        targets = follow(self._holdings, self._rows, offset)
        lengths = self._holdings.columns["length"][targets]
        return np.where(targets >= 0, lengths, 0).astype(np.float32)

    def in_session(self) -> NDArray[np.float32]:
        """Return ``(n, t)`` counts in the whole session of each row."""
        session = self._holdings.columns["session"]
        mine = session[self._rows]
        counts = np.zeros((len(mine), len(self.postings)), np.float32)
        for column, (rows, occurrences) in enumerate(self.postings):
            codes = session[rows]
            within = codes >= 0
            totals = np.bincount(
                codes[within],
                weights=occurrences[within],
                minlength=len(self._holdings.sessions) + 1,
            )
            counts[:, column] = np.where(mine >= 0, totals[mine], 0.0)
        return counts

    @cached_property
    def _nearby(self) -> list[tuple[NDArray[np.int32], NDArray[np.uint16]]]:
        """The postings within reach of the rows; a slice needs few of them."""
        if len(self._rows) * (2 * _REACH + 1) >= self._holdings.size:
            return self.postings
        near = np.zeros(self._holdings.size + 1, np.bool_)
        for offset in range(-_REACH, _REACH + 1):
            near[follow(self._holdings, self._rows, offset)] = True
        near[-1] = False
        return [(r[near[r]], c[near[r]]) for r, c in self.postings]
