"""The vectors of a frame: exact while they are few, compact when they are many.

Up to :data:`EXACT_ROWS` rows are kept as float32. Beyond, a row takes ``dim``
int16 numbers with one scale, and ``dim`` sign bits that pick the rows worth an
exact look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["EXACT_ROWS", "Vectors"]

EXACT_ROWS = 32_768
"""At 384 dimensions 50 MB of float32, which one thread scans in about 2 ms."""

_RESCORED = 1_024  # sign bits put the true ten nearest in here (recall 0.99 or more)
_PIECE = 4_096  # rows packed at a time, to bound the memory that packing takes


class Vectors:
    """``(n, dim)`` vectors, one per row of a frame; absent ones are zero.

    One writer appends beyond the rows that readers know; arrays that must grow
    are replaced, so readers of the old ones are not disturbed.
    """

    def __init__(self, dim: int, *, compact: bool = False) -> None:
        """Start empty.

        Args:
            dim: Length of a vector.
            compact: Whether rows are kept as int16 and sign bits.
        """
        self.dim = dim
        self.size = 0
        self._compact = compact
        words = -(-dim // 64)
        self._rows = np.zeros((0, dim), np.int16 if compact else np.float32)
        self._scales = np.zeros(0, np.float32)
        self._last_cosines: tuple[object, NDArray[np.float32]] = (
            None,
            np.zeros(0, np.float32),
        )
        self._signs = np.zeros((words if compact else 0, 0), np.uint64)

    @classmethod
    def of_arrays(cls, dim: int, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Return the vectors of :meth:`arrays`."""
        rows = arrays["vectors"].reshape(-1, dim)
        vectors = cls(dim, compact=rows.dtype == np.int16)
        vectors._reserve(len(rows))
        vectors._rows[: len(rows)] = rows
        if vectors._compact:
            vectors._scales[: len(rows)] = arrays["scales"]
            signs = arrays["signs"].reshape(-1, len(rows))
            vectors._signs[:, : len(rows)] = signs
        vectors.size = len(rows)
        return vectors

    def arrays(self, living: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
        """Return flat arrays to save; rows that are not living are zero there.

        Args:
            living: ``(size,)``: which rows.
        """
        rows = self._rows[: self.size] * living[:, None]
        if not self._compact:
            half = rows.astype(np.float16)
            exact = bool((half.astype(np.float32) == rows).all())
            return {"vectors": (half if exact else rows).ravel()}
        signs = self._signs[:, : self.size] * living.astype(np.uint64)
        return {
            "vectors": rows.ravel(),
            "scales": self._scales[: self.size],
            "signs": signs.ravel(),
        }

    def append(self, rows: NDArray[np.float32]) -> None:
        """Add ``(k, dim)`` vectors."""
        self._reserve(self.size + len(rows))
        for start in range(0, len(rows), _PIECE):
            self._write(rows[start : start + _PIECE])

    def compact_for(self, rows: int) -> Vectors:
        """Return vectors that can take this many more rows.

        These, or a compact copy where they would become too many.
        """
        if self._compact or self.size + rows <= EXACT_ROWS:
            return self
        copy = Vectors(self.dim, compact=True)
        copy.append(self._rows[: self.size])
        return copy

    def cosines(
        self, query: NDArray[np.float32], rows: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """Return ``(len(rows),)`` cosines; 0 where a row has no vector."""
        if not self._compact:
            return self._all_cosines(query)[rows]
        found: NDArray[np.float32] = self.take(rows) @ query
        return found

    def take(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return ``(len(rows), dim)`` vectors."""
        found = self._rows[rows].astype(np.float32, copy=False)
        if self._compact:
            found *= self._scales[rows][:, None]
        return found

    def nearest(
        self, query: NDArray[np.float32], allowed: NDArray[np.bool_], *, limit: int
    ) -> NDArray[np.int32]:
        """Return up to ``limit`` of the allowed rows, nearest first.

        Ties go to the older row. Exact up to :data:`EXACT_ROWS` rows in all.
        """
        rows = np.flatnonzero(allowed).astype(np.int32)
        if self._compact and len(rows) > 2 * _RESCORED:
            rows = self._likely(query, rows, limit=max(_RESCORED, 2 * limit))
        cosines = self.cosines(query, rows)
        if len(rows) > limit:
            best = np.argpartition(-cosines, limit)[:limit]
            best.sort()
            rows, cosines = rows[best], cosines[best]
        return rows[np.argsort(-cosines, kind="stable")]

    def nbytes(self) -> int:
        """Return the memory taken by the rows there are, in bytes."""
        each = self.dim * self._rows.itemsize + (4 + self.dim // 8) * self._compact
        return self.size * each

    def _all_cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the cosines of all rows, kept for the next to ask the same."""
        asked, cosines = self._last_cosines
        if asked is not query or len(cosines) < self.size:
            cosines = self._rows[: self.size] @ query
            # One assignment, so that another thread sees the old pair or the new.
            self._last_cosines = (query, cosines)
        return cosines

    def _likely(
        self, query: NDArray[np.float32], rows: NDArray[np.int32], *, limit: int
    ) -> NDArray[np.int32]:
        """Return the rows whose signs differ least from the query's."""
        wanted = _sign_words(query[None, :])[:, 0]
        signs = self._signs
        apart = np.zeros(signs.shape[1], np.uint16)
        for word, bits in zip(wanted, signs, strict=True):
            apart += np.bitwise_count(bits ^ word)
        best = np.argpartition(apart[rows], limit)[:limit]
        best.sort()
        return rows[best]

    def _write(self, rows: NDArray[np.float32]) -> None:
        end = self.size + len(rows)
        if self._compact:
            scales = np.abs(rows).max(axis=1, initial=0.0) / np.float32(32_767)
            scales[scales == 0] = 1.0
            self._rows[self.size : end] = np.rint(rows / scales[:, None])
            self._scales[self.size : end] = scales
            self._signs[:, self.size : end] = _sign_words(rows)
        else:
            self._rows[self.size : end] = rows
        self.size = end

    def _reserve(self, wanted: int) -> None:
        if wanted <= len(self._rows):
            return
        # Zeroed pages take no memory before they are written, so room is cheap.
        room = wanted + wanted // 2
        rows = np.zeros((room, self.dim), self._rows.dtype)
        rows[: self.size] = self._rows[: self.size]
        if self._compact:
            scales = np.zeros(room, np.float32)
            scales[: self.size] = self._scales[: self.size]
            signs = np.zeros((len(self._signs), room), np.uint64)
            signs[:, : self.size] = self._signs[:, : self.size]
            self._scales, self._signs = scales, signs
        self._rows = rows


def _sign_words(rows: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return ``(words, n)``: the sign bits of each row, 64 to a word."""
    bits = np.packbits(rows > 0, axis=1)
    padded = np.zeros((len(rows), -(-rows.shape[1] // 64) * 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    return np.ascontiguousarray(padded.view(np.uint64).T)
