"""The whole of a replica at one instant, which every slice of a frame shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.index.postings import Posting, Postings
from retentive.index.tokens import TokenTable
from retentive.index.vectors import Vectors
from retentive.records import Namespace
from retentive.text.hashing import hash_terms

__all__ = ["Holdings", "follow"]


@dataclass(frozen=True)
class Holdings:
    """What all slices of a frame share: the whole of the replica at one instant.

    Lists may have grown since; only their first entries, up to the size of the
    columns and to the codes that occur in them, belong to this view.
    """

    columns: Mapping[str, NDArray[Any]]
    postings: Postings
    vectors: Vectors | None
    ids: Sequence[str]
    metadata: Sequence[Mapping[str, Any] | None]
    namespaces: Sequence[Namespace]
    sessions: Sequence[str]
    speakers: Sequence[str]
    roles: Sequence[str]
    tokens: TokenTable | None = None
    further_rows: NDArray[np.int32] = field(
        default_factory=lambda: np.empty(0, np.int32)
    )
    further_times: NDArray[np.float64] = field(
        default_factory=lambda: np.empty(0, np.float64)
    )
    successors: Mapping[int, str] = field(default_factory=dict)
    _last_postings: tuple[tuple[str, ...], list[Posting]] = ((), [])
    _last_company: tuple[tuple[int, ...], tuple[NDArray[np.bool_], float] | None] = (
        (),
        None,
    )

    @cached_property
    def size(self) -> int:
        """Rows, dead ones included."""
        return len(self.columns["alive"])

    @cached_property
    def documents(self) -> int:
        """Rows that are alive."""
        return int(self.columns["alive"].sum())

    @cached_property
    def mean_length(self) -> float:
        """Terms per living row, at least 1."""
        total = float(self.columns["length"][self.columns["alive"]].sum())
        return max(1.0, total / max(1, self.documents))

    @cached_property
    def mean_tokens(self) -> float:
        """Tokens per living row, at least 1."""
        total = float(self.columns["tokens"][self.columns["alive"]].sum())
        return max(1.0, total / max(1, self.documents))

    def postings_of(self, terms: Sequence[str]) -> list[Posting]:
        """Return the living rows of each term and its counts there.

        The last answer is kept: all scorers of a recall ask the same.
        """
        wanted = tuple(terms)
        asked, found = self._last_postings
        if asked == wanted:
            return found
        found = self.postings.of_terms(hash_terms(wanted))
        alive = self.columns["alive"]
        if not alive.all():
            found = [(r[alive[r]], c[alive[r]]) for r, c in found]
        # One assignment, so that another thread sees the old pair or the new.
        object.__setattr__(self, "_last_postings", (wanted, found))
        return found

    def frequencies(
        self, terms: Sequence[str], postings: Sequence[Posting]
    ) -> NDArray[np.float32]:
        """Return ``(t,)``: how many memories hold each term, given its postings."""
        del terms
        return np.array([len(rows) for rows, _ in postings], np.float32)

    def company(self, speakers: tuple[int, ...]) -> tuple[NDArray[np.bool_], float]:
        """Return ``(size,)`` rows of sessions in which speakers took part.

        Living rows without a session count where a speaker said them. The second
        value is the share of such rows among the living. The last answer is kept.
        """
        asked, found = self._last_company
        if asked == speakers and found is not None:
            return found
        alive, session = self.columns["alive"], self.columns["session"]
        said = np.isin(self.columns["speaker"], speakers) & alive
        attended = np.zeros(len(self.sessions) + 1, np.bool_)
        attended[session[said]] = True
        attended[-1] = False  # where code -1, no session, leads
        rows = (attended[session] | said) & alive
        found = (rows, float(rows.sum()) / max(1, self.documents))
        object.__setattr__(self, "_last_company", (speakers, found))
        return found

    @cached_property
    def following(self) -> dict[int, int]:
        """The row that replaced each replaced row."""
        if not self.successors:
            return {}
        alive, code = self.columns["alive"], self.columns["namespace"]
        rows = {
            (int(code[row]), self.ids[row]): row
            for row in np.flatnonzero(alive).tolist()
        }
        return {
            row: rows[int(code[row]), id]
            for row, id in self.successors.items()
            if row < self.size and (int(code[row]), id) in rows
        }

    @cached_property
    def heirs(self) -> dict[int, int]:
        """The row that in the end took the place of each replaced row."""
        following = self.following
        heirs: dict[int, int] = {}
        for row in following:
            heir, seen = row, {row}
            while heir in following and following[heir] not in seen:
                heir = following[heir]
                seen.add(heir)
            heirs[row] = heir
        return heirs

    def inherited(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(size,)``: share of the terms, by rarity, in what a row replaced."""
        shares = np.zeros(self.size, np.float32)
        if not self.heirs or not terms:
            return shares
        held, total = np.zeros(self.size), 0.0
        for rows, _ in self.postings_of(terms):
            rarity = float(np.log1p(self.documents / max(1, len(rows))))
            held[rows] += rarity
            total += rarity
        replaced = np.fromiter(self.heirs, np.int64, len(self.heirs))
        heirs = np.fromiter(self.heirs.values(), np.int64, len(self.heirs))
        np.maximum.at(shares, heirs, (held[replaced] / total).astype(np.float32))
        return shares

    @cached_property
    def replaced_at(self) -> NDArray[np.float64]:
        """``(size,)``: when we learnt what replaced each row, POSIX seconds.

        That is when its successor was recorded; NaN where there is none.
        """
        times = np.full(self.size, np.nan)
        for row, by in self.following.items():
            times[row] = self.columns["recorded_at"][by]
        return times

    @cached_property
    def session_mean_tokens(self) -> NDArray[np.float32]:
        """``(sessions + 1,)``: tokens per living row of each session, at least 1.

        The last, where code -1 leads, is that of the whole: for rows of no session.
        """
        session = self.columns["session"]
        counted = session[self.columns["alive"] & (session >= 0)]
        rows = np.bincount(counted, minlength=len(self.sessions))
        means = self.session_tokens / np.maximum(rows, 1)
        return np.append(np.maximum(means, 1.0), self.mean_tokens).astype(np.float32)

    @cached_property
    def session_tokens(self) -> NDArray[np.float32]:
        """``(sessions,)``: tokens of the living rows of each session."""
        session = self.columns["session"]
        counted = self.columns["alive"] & (session >= 0)
        tokens = self.columns["tokens"][counted]
        totals = np.bincount(
            session[counted], weights=tokens, minlength=len(self.sessions)
        )
        return totals.astype(np.float32)


def follow(holdings: Holdings, rows: NDArray[np.int32], step: int) -> NDArray[np.int32]:
    """Return the next (1) or previous (-1) row in each row's session, -1 beyond it."""
    ahead: NDArray[np.int32] = holdings.columns["next" if step > 0 else "previous"][
        rows
    ]
    # A link may point at a row that was added after this view was taken.
    return np.where((rows >= 0) & (ahead < holdings.size), ahead, np.int32(-1))
