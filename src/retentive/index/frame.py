"""The frame: an immutable view of a replica, whole or sliced to some rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.index.counts import Counts
from retentive.index.holdings import Holdings, follow
from retentive.text.hashing import hash_terms

__all__ = ["ColumnFrame"]

_ALWAYS_RARE = 5.0  # rows that may hold a term which still links them


class ColumnFrame:
    """The frame that replicas hand out; see :class:`retentive.protocols.Frame`.

    Columns are attributes, sliced when first asked for.
    """

    ids: Sequence[str]
    alive: NDArray[np.bool_]
    namespace: NDArray[np.int32]
    occurred_at: NDArray[np.float64]
    recorded_at: NDArray[np.float64]
    last_accessed_at: NDArray[np.float64]
    valid_until: NDArray[np.float64]
    expires_at: NDArray[np.float64]
    mentioned_from: NDArray[np.float64]
    mentioned_until: NDArray[np.float64]
    importance: NDArray[np.float32]
    support_count: NDArray[np.int32]
    access_count: NDArray[np.int32]
    kind: NDArray[np.int8]
    status: NDArray[np.int8]
    origin: NDArray[np.int8]
    pinned: NDArray[np.bool_]
    session: NDArray[np.int32]
    speaker: NDArray[np.int32]
    role: NDArray[np.int32]
    position: NDArray[np.int32]
    length: NDArray[np.int32]
    tokens: NDArray[np.int32]
    cues: NDArray[np.uint32]
    topics: NDArray[np.uint64]
    simhash: NDArray[np.uint64]
    digest: NDArray[np.uint64]

    def __init__(
        self, holdings: Holdings, rows: NDArray[np.int32] | None = None
    ) -> None:
        """View the holdings.

        Args:
            holdings: The whole namespace.
            rows: ``(n,)`` rows to keep, in this order; all of them if omitted.
        """
        self.holdings = holdings
        whole = rows is None
        self.rows = np.arange(holdings.size, dtype=np.int32) if rows is None else rows
        self._whole = whole
        self._neighbours: dict[int, NDArray[np.int32]] = {}
        self._counts: dict[tuple[str, ...], Counts] = {}

    def __getattr__(self, name: str) -> Any:
        """Slice a column and keep the slice."""
        if name == "ids":
            value: Any = [self.holdings.ids[row] for row in self.rows]
        elif name in self.holdings.columns:
            column = self.holdings.columns[name]
            value = column if self._whole else column[self.rows]
        else:
            raise AttributeError(f"a frame has no column {name!r}")
        setattr(self, name, value)
        return value

    @property
    def size(self) -> int:
        """Number of rows, n."""
        return len(self.rows)

    @property
    def sessions(self) -> Sequence[str]:
        """Names that ``session`` codes stand for."""
        return self.holdings.sessions

    @property
    def speakers(self) -> Sequence[str]:
        """Names that ``speaker`` codes stand for."""
        return self.holdings.speakers

    @property
    def roles(self) -> Sequence[str]:
        """Names that ``role`` codes stand for."""
        return self.holdings.roles

    @property
    def session_tokens(self) -> NDArray[np.float32]:
        """``(sessions,)``: estimated tokens of each whole session."""
        return self.holdings.session_tokens

    def inherited(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(n,)``: share of the terms, by rarity, in what each row replaced."""
        return self.holdings.inherited(terms)[self.rows]

    @property
    def replaced_at(self) -> NDArray[np.float64]:
        """``(n,)``: when we learnt what replaced each row; NaN where nothing did."""
        return self.holdings.replaced_at[self.rows]

    @property
    def mean_tokens(self) -> float:
        """Estimated tokens per memory of the whole namespace, at least 1."""
        return self.holdings.mean_tokens

    @cached_property
    def session_mean_tokens(self) -> NDArray[np.float32]:
        """``(n,)``: estimated tokens per memory of each row's session, at least 1."""
        return self.holdings.session_mean_tokens[self.session]

    def take(self, rows: NDArray[np.int32]) -> ColumnFrame:
        """Return a frame of these rows, numbered as in the whole namespace."""
        return ColumnFrame(self.holdings, rows)

    def id_at(self, place: int) -> str:
        """Return the id of one row; ``ids`` would build the whole list."""
        return self.holdings.ids[int(self.rows[place])]

    def row_of(self, id: str) -> int | None:
        """Return the newest row of a record in the whole namespace, by looking at all."""
        ids = self.holdings.ids
        rows = range(self.holdings.size - 1, -1, -1)
        return next((row for row in rows if ids[row] == id), None)

    def term_counts(self, terms: Sequence[str]) -> Counts:
        """Count terms in and around each row; a slice counts the same ones once."""
        asked = tuple(terms)
        counts = self._counts.get(asked)
        if counts is None:
            counts = Counts(self.holdings, self.rows, self.neighbour, asked)
            if not self._whole:  # a whole frame lives as long as nothing is written
                self._counts[asked] = counts
        return counts

    def shared_terms(
        self, *, share: float, without: Sequence[str] = ()
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32], int]:
        """Return rare terms that two rows of this frame hold, or more of them."""
        wanted = np.zeros(self.holdings.size, np.bool_)
        wanted[self.rows] = True
        place = np.zeros(self.holdings.size, np.int64)
        place[self.rows] = np.arange(self.size)
        rows, hashes = self.holdings.postings.within(wanted)
        terms, number, here = np.unique(hashes, return_inverse=True, return_counts=True)
        frequency = self.holdings.postings.frequency(terms)
        common = max(_ALWAYS_RARE, share * self.holdings.documents)
        linking = (here > 1) & (frequency <= common)
        linking &= ~np.isin(terms, hash_terms(tuple(without)))
        kept = linking[number]
        renumbered = np.cumsum(linking) - 1
        return (
            place[rows[kept]],
            renumbered[number[kept]],
            frequency[linking],
            self.holdings.documents,
        )

    def similarity(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return ``(n,)`` cosines with each row's vector; 0 where it has none."""
        if self.holdings.vectors is None:
            return np.zeros(self.size, np.float32)
        return self.holdings.vectors.cosines(vector, self.rows)

    def token_similarity(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return ``(n, t)`` best cosines with each row's tokens; 0 without tokens."""
        if self.holdings.tokens is None:
            return np.zeros((self.size, len(vectors)), np.float32)
        return self.holdings.tokens.best(vectors, self.holdings, self.rows)

    def neighbour(self, offset: int) -> NDArray[np.int32]:
        """Return ``(n,)`` rows ``offset`` steps on in the session, -1 beyond it."""
        if offset not in self._neighbours:
            step = 1 if offset > 0 else -1
            nearer = self.neighbour(offset - step) if offset else self.rows
            found = follow(self.holdings, nearer, step) if offset else nearer
            self._neighbours[offset] = found
        return self._neighbours[offset]

    def vectors(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return ``(len(rows), dim)`` vectors of the namespace's rows; 0 for none."""
        if self.holdings.vectors is None:
            return np.zeros((len(rows), 1), np.float32)
        found = self.holdings.vectors.take(np.maximum(rows, 0))
        found[rows < 0] = 0.0
        return found

    def company(self, speakers: Sequence[str]) -> tuple[NDArray[np.bool_], float]:
        """Return rows of sessions in which these took part, and their share of all."""
        codes = tuple(self.speakers.index(name) for name in speakers)
        rows, share = self.holdings.company(codes)
        return rows if self._whole else rows[self.rows], share

    def occurrence_times(self) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return places in this frame and the times of further occurrences there."""
        further = self.holdings.further_rows
        if self._whole or not len(further):
            return further, self.holdings.further_times
        place = np.full(self.holdings.size, -1, np.int32)
        place[self.rows] = np.arange(self.size, dtype=np.int32)
        here = place[further]
        return here[here >= 0], self.holdings.further_times[here >= 0]
