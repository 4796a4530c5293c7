"""How often a query's terms occur in rows, around them and in their sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from retentive.index.holdings import Holdings

__all__ = ["Counts"]

_FEW = 1_000  # rows of a namespace below which picking those in reach costs more
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
        places, counts, _ = self._near
        return counts[places[_steps(offsets)]]

    def lengths_at(self, offsets: Sequence[int]) -> NDArray[np.float32]:
        """Return ``(len(offsets), n)`` terms in those rows, 0 beyond the ends."""
        places, _, lengths = self._near
        return lengths[places[_steps(offsets)]]

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

    @cached_property
    def _near(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        """Where the rows in reach stand, and the counts and lengths there.

        The first is ``(2 * reach + 1, n)``. The last row of the others, to which what
        is beyond a session leads, is zero.
        """
        reach = range(-_REACH, _REACH + 1)
        rows = np.array([self._neighbour(offset) for offset in reach])
        size, lengths = self._holdings.size, self._holdings.columns["length"]
        if size <= _FEW:  # all of them; row -1 is the last
            counts = np.zeros((size + 1, len(self.postings)), np.float32)
            for column, (posted, occurrences) in enumerate(self.postings):
                counts[posted, column] = occurrences
            return rows, counts, _with_zero(lengths)
        wanted = np.zeros(size + 1, np.bool_)
        wanted[rows] = True
        wanted[-1] = False
        near = np.flatnonzero(wanted)
        place = np.full(size + 1, len(near), np.int32)
        place[near] = np.arange(len(near), dtype=np.int32)
        counts = np.zeros((len(near) + 1, len(self.postings)), np.float32)
        for column, (posted, occurrences) in enumerate(self.postings):
            counts[place[posted], column] = occurrences
        counts[-1] = 0.0
        return place[rows], counts, _with_zero(lengths[near])


def _with_zero(lengths: NDArray[np.int32]) -> NDArray[np.float32]:
    ended = np.zeros(len(lengths) + 1, np.float32)
    ended[:-1] = lengths
    return ended


def _steps(offsets: Sequence[int]) -> list[int]:
    """Return where these offsets stand among those in reach."""
    if any(abs(offset) > _REACH for offset in offsets):
        raise ValueError(f"offsets must be within ±{_REACH}, got {offsets!r}")
    return [offset + _REACH for offset in offsets]
