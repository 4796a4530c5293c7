"""How often a query's terms occur in rows, around them and in their sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retentive.index.holdings import Holdings

__all__ = ["Counts"]

_REACH = 2  # steps around a row that scorers look; all are read in one go


class Counts:
    """Term counts for the rows of a frame; see `retentive.protocols.TermCounts`."""

    def __init__(
        self,
        holdings: Holdings,
        rows: NDArray[np.int32],
        neighbour: Callable[[int], NDArray[np.int32]],
        terms: Sequence[str],
    ) -> None:
        """Look the terms up.

        Args:
            holdings: The whole namespace.
            rows: ``(n,)`` rows that are asked about.
            neighbour: Gives the rows some steps on, -1 beyond the session.
            terms: ``t`` terms.
        """
        self._holdings = holdings
        self._rows = rows
        self._neighbour = neighbour
        self.documents = holdings.documents
        self.mean_length = holdings.mean_length
        self.postings = holdings.postings_of(terms)
        self.document_frequency = holdings.frequencies(terms, self.postings)

    def at(self, offsets: Sequence[int]) -> NDArray[np.float32]:
        """Return ``(len(offsets), n, t)`` counts so many steps on in the session."""
        place, counts, _ = self._near
        return counts[place[self._rows_at(offsets)]]

    def lengths_at(self, offsets: Sequence[int]) -> NDArray[np.float32]:
        """Return ``(len(offsets), n)`` terms in those rows, 0 beyond the ends."""
        place, _, lengths = self._near
        return lengths[place[self._rows_at(offsets)]]

    def in_session(self) -> NDArray[np.float32]:
        """Return ``(n, t)`` counts in the whole session of each row."""
        return self._whole_sessions

    @cached_property
    def _whole_sessions(self) -> NDArray[np.float32]:
        session = self._holdings.columns["session"]
        mine = session[self._rows]
        width = len(self._holdings.sessions) + 1
        counts = np.zeros((len(mine), len(self.postings)), np.float32)
        for column, (rows, occurrences) in enumerate(self.postings):
            # Code -1, no session, is counted at 0 and cut off again.
            totals = np.bincount(session[rows] + 1, occurrences, minlength=width)
            totals[0] = 0.0
            counts[:, column] = totals[mine + 1]
        return counts

    def _rows_at(self, offsets: Sequence[int]) -> NDArray[np.int32]:
        """Return ``(len(offsets), n)`` rows, -1 beyond a session."""
        if any(abs(offset) > _REACH for offset in offsets):
            raise ValueError(f"offsets must be within ±{_REACH}, got {offsets!r}")
        return np.stack([self._neighbour(offset) for offset in offsets])

    @cached_property
    def _near(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        """Counts and lengths of all rows in reach, and the place of each row there.

        The last row of both, to which row -1 leads, is zero.
        """
        wanted = np.zeros(self._holdings.size + 1, np.bool_)
        wanted[self._rows_at(range(-_REACH, _REACH + 1))] = True
        wanted[-1] = False
        near = np.flatnonzero(wanted)
        place = np.full(self._holdings.size + 1, len(near), np.int32)
        place[near] = np.arange(len(near), dtype=np.int32)
        counts = np.zeros((len(near) + 1, len(self.postings)), np.float32)
        for column, (rows, occurrences) in enumerate(self.postings):
            counts[place[rows], column] = occurrences
        counts[-1] = 0.0
        lengths = np.append(self._holdings.columns["length"][near], 0)
        return place, counts, lengths.astype(np.float32)
