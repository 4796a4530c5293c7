"""A replica of what questions asked for, and frames that know the whole's numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from retentive.index.frame import ColumnFrame
from retentive.index.holdings import Holdings
from retentive.index.postings import Posting
from retentive.index.replica import Replica
from retentive.protocols import Change
from retentive.records import Namespace

__all__ = ["Numbers", "SampledReplica"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What scorers want to know of whole namespaces, of which a frame holds a part.

    Attributes:
        memories: How many there are.
        terms: Index terms in all of them.
        tokens: Estimated tokens in all of them.
        frequencies: By term, how many memories hold it; of others, those in the
            frame are counted.
    """

    memories: int
    terms: int
    tokens: int
    frequencies: Mapping[str, int]


@dataclass(frozen=True)
class _SampledHoldings(Holdings):
    """Holdings of a part, with the statistics of the whole."""

    numbers: Numbers = field(
        default_factory=lambda: Numbers(memories=0, terms=0, tokens=0, frequencies={})
    )

    @property
    def documents(self) -> int:
        """Memories of the whole namespaces."""
        return self.numbers.memories

    @property
    def mean_length(self) -> float:
        """Terms per memory of the whole namespaces, at least 1."""
        return max(1.0, self.numbers.terms / max(1, self.numbers.memories))

    @property
    def mean_tokens(self) -> float:
        """Tokens per memory of the whole namespaces, at least 1."""
        return max(1.0, self.numbers.tokens / max(1, self.numbers.memories))

    def frequencies(
        self, terms: Sequence[str], postings: Sequence[Posting]
    ) -> NDArray[np.float32]:
        """Return ``(t,)``: how many memories of the whole hold each term."""
        known = self.numbers.frequencies
        return np.array(
            [
                max(known.get(term, 0), len(rows))
                for term, (rows, _) in zip(terms, postings, strict=True)
            ],
            np.float32,
        )


class SampledReplica(Replica):
    """Holds the records that questions asked for, and no feed's every record.

    Who asks says which records are wanted and which have changed; rows of earlier
    questions stay, so that they need not be read and analysed again.
    """

    def versions(self, namespace: Namespace, ids: Sequence[str]) -> dict[str, int]:
        """Return the versions held of these records, 0 for none."""
        with self._lock:
            return {id: self._versions.get((namespace, id), 0) for id in ids}

    def hold(self, namespace: Namespace, changes: Sequence[Change]) -> None:
        """Take in the records of these changes."""
        if not changes:
            return
        with self._lock:
            self._absorb(namespace, changes)
            for change in changes:
                self._versions[namespace, change.id] = change.version
            self._publish()

    def sample(
        self, wanted: Mapping[Namespace, Sequence[str]], numbers: Numbers
    ) -> tuple[ColumnFrame, NDArray[np.bool_]]:
        """Return a frame of all that is held, and which rows of it are wanted.

        Args:
            wanted: Ids by namespace; those that are not held are left out.
            numbers: Of the whole namespaces.
        """
        with self._lock:
            rows = [
                self._state.row_of.get((scope, id) if scope else id)
                for scope, namespace in enumerate(self.namespaces)
                for id in wanted.get(namespace, ())
            ]
            held = self._frame.holdings
        among = np.zeros(held.size, np.bool_)
        among[[row for row in rows if row is not None]] = True
        parts = {part.name: getattr(held, part.name) for part in fields(Holdings)}
        return ColumnFrame(_SampledHoldings(**parts, numbers=numbers)), among

    def frame(self) -> ColumnFrame:
        """Return what is held; nothing is read."""
        return self._frame

    def needs_room(self) -> bool:
        """Return whether so many rows are dead that beginning anew is cheaper."""
        return self._too_many_dead()

    def _clear(self) -> None:
        self._versions: dict[tuple[Namespace, str], int] = {}
        super()._clear()
