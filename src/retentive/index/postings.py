"""An inverted index in numpy arrays that grows by immutable segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Posting", "Postings", "Segment", "add_segment"]

Posting = tuple[NDArray[np.int32], NDArray[np.uint16]]
"""The ascending rows of a term and how often it is in each."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The postings of a run of rows, grouped by term.

    Attributes:
        terms: ``(t,) uint64``, ascending.
        starts: ``(t + 1,) int64``: the postings of term i are ``starts[i]`` to
            ``starts[i + 1]``.
        rows: ``(p,) int32``, ascending within a term.
        counts: ``(p,) uint16``: how often the term is in that row.
    """

    terms: NDArray[np.uint64]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]

    @classmethod
    def of(
        cls, hashes: NDArray[np.uint64], lengths: NDArray[np.int32], *, first_row: int
    ) -> Segment:
        """Index consecutive rows.

        Args:
            hashes: The terms of all rows, one row after the other.
            lengths: ``(n,)`` terms in each row.
            first_row: Number of the first row.
        """
        rows = np.repeat(np.arange(len(lengths), dtype=np.int32), lengths) + first_row
        order = np.argsort(hashes, kind="stable")
        hashes, rows = hashes[order], rows[order]
        new = _starts_of_runs((hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1]))
        counts = np.minimum(np.diff(np.append(new, len(rows))), 65_535)
        if not len(rows):
            new, counts = np.empty(0, np.int64), np.empty(0, np.int64)
        return cls._grouped(hashes[new], rows[new], counts.astype(np.uint16))

    @classmethod
    def merged(cls, first: Segment, second: Segment) -> Segment:
        """Join two segments; all rows of the first come before the second's."""
        hashes = np.concatenate([first.per_posting(), second.per_posting()])
        order = np.argsort(hashes, kind="stable")
        return cls._grouped(
            hashes[order],
            np.concatenate([first.rows, second.rows])[order],
            np.concatenate([first.counts, second.counts])[order],
        )

    @classmethod
    def _grouped(
        cls,
        hashes: NDArray[np.uint64],
        rows: NDArray[np.int32],
        counts: NDArray[np.uint16],
    ) -> Segment:
        if not len(rows):
            starts = np.zeros(1, np.int64)
            return cls(hashes, starts, rows.astype(np.int32), counts)
        new = _starts_of_runs(hashes[1:] != hashes[:-1])
        return cls(hashes[new], np.append(new, len(rows)), rows, counts)

    def per_posting(self) -> NDArray[np.uint64]:
        """Return ``(p,)``: the term of each posting."""
        return np.repeat(self.terms, np.diff(self.starts))

    def spans(self, terms: NDArray[np.uint64]) -> list[tuple[int, int]]:
        """Return where the postings of each of these terms start and end."""
        if not len(self.terms):
            return [(0, 0)] * len(terms)
        place = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        found = self.terms[place] == terms
        starts = np.where(found, self.starts[place], 0)
        ends = np.where(found, self.starts[place + 1], 0)
        return list(zip(starts.tolist(), ends.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Postings:
    """All segments of a frame: rows ascend from one segment to the next."""

    segments: tuple[Segment, ...] = ()

    def of_terms(self, terms: NDArray[np.uint64]) -> list[Posting]:
        """Return the ascending rows of each term and its counts there."""
        spans = [segment.spans(terms) for segment in self.segments]
        return [self._joined([span[i] for span in spans]) for i in range(len(terms))]

    def within(
        self, wanted: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
        """Return the row and the term of each posting of some rows.

        Args:
            wanted: ``(n,)``: which rows; those beyond its end are not wanted.
        """
        rows, terms = [np.empty(0, np.int32)], [np.empty(0, np.uint64)]
        for segment in self.segments:
            known = segment.rows < len(wanted)
            kept = np.flatnonzero(known & wanted[np.where(known, segment.rows, 0)])
            place = np.searchsorted(segment.starts, kept, side="right") - 1
            rows.append(segment.rows[kept])
            terms.append(segment.terms[place])
        return np.concatenate(rows), np.concatenate(terms)

    def frequency(self, terms: NDArray[np.uint64]) -> NDArray[np.float32]:
        """Return ``(len(terms),)``: how many rows hold each term, dead ones too."""
        found = np.zeros(len(terms), np.float32)
        for segment in self.segments:
            if len(segment.terms):
                place = np.searchsorted(segment.terms, terms)
                place = np.minimum(place, len(segment.terms) - 1)
                here = segment.terms[place] == terms
                found += here * (segment.starts[place + 1] - segment.starts[place])
        return found

    def _joined(self, spans: Sequence[tuple[int, int]]) -> Posting:
        parts = [
            (segment.rows[start:end], segment.counts[start:end])
            for segment, (start, end) in zip(self.segments, spans, strict=True)
            if end > start
        ]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return np.empty(0, np.int32), np.empty(0, np.uint16)
        return (
            np.concatenate([rows for rows, _ in parts]),
            np.concatenate([counts for _, counts in parts]),
        )


def add_segment(postings: Postings, segment: Segment) -> Postings:
    """Return postings with one more segment, merging equals as they meet.

    A segment is merged into its elder while that is less than twice as large,
    so n rows leave O(log n) segments and each posting moves O(log n) times.
    """
    segments = [*postings.segments, segment]
    while len(segments) > 1 and len(segments[-2].rows) < 2 * len(segments[-1].rows):
        younger = segments.pop()
        segments[-1] = Segment.merged(segments[-1], younger)
    return Postings(tuple(segments))


def _starts_of_runs(differs: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.concatenate([[0], np.flatnonzero(differs) + 1])
