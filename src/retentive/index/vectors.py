"""The vectors of a frame: exact while they are few, compact when they are many.

Up to :data:`EXACT_ROWS` rows are kept as float32. Beyond, a row takes ``dim``
int16 numbers with one scale, and ``dim`` sign bits that pick the rows worth an
exact look. Chunks are filled in place beyond the end that older readers know.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["EXACT_ROWS", "Vectors"]

EXACT_ROWS = 32_768
"""At 384 dimensions 50 MB of float32, which one thread scans in about 2 ms."""

_CHUNK_ROWS = 4_096
_RESCORED = 1_024  # sign bits put the true ten nearest in here (recall 0.99 or more)


@dataclass(slots=True)
class Vectors:
    """``(n, dim)`` vectors, one per row of a frame; absent ones are zero.

    One writer appends; readers pass the number of rows that they know.
    """

    dim: int
    compact: bool = False
    size: int = 0
    _exact: list[NDArray[np.float32]] = field(default_factory=list)
    _packed: list[NDArray[np.int16]] = field(default_factory=list)
    _scales: NDArray[np.float32] = field(
        default_factory=lambda: np.empty(0, np.float32)
    )
    _signs: NDArray[np.uint64] = field(
        default_factory=lambda: np.empty((0, 0), np.uint64)
    )

    def append(self, rows: NDArray[np.float32]) -> None:
        """Add ``(k, dim)`` vectors."""
        done = 0
        while done < len(rows):
            chunk, at = divmod(self.size, _CHUNK_ROWS)
            some = rows[done : done + _CHUNK_ROWS - at]
            self._write(some, chunk=chunk, at=at)
            self.size += len(some)
            done += len(some)

    def compact_for(self, rows: int) -> Vectors:
        """Return vectors that can take this many more rows.

        These, or a compact copy where they would become too many; readers of
        these are not disturbed.
        """
        if self.compact or self.size + rows <= EXACT_ROWS:
            return self
        copy = Vectors(self.dim, compact=True)
        for start in range(0, self.size, _CHUNK_ROWS):
            copy.append(self._exact[start // _CHUNK_ROWS][: self.size - start])
        return copy

    def cosines(
        self, query: NDArray[np.float32], rows: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        """Return ``(len(rows),)`` cosines; 0 where a row has no vector."""
        if not self.compact and len(rows) * 2 > self.size:
            every = np.empty(self.size, np.float32)
            for start in range(0, self.size, _CHUNK_ROWS):
                held = self._exact[start // _CHUNK_ROWS][: self.size - start]
                every[start : start + _CHUNK_ROWS] = held @ query
            return every[rows]
        return self.take(rows) @ query

    def take(self, rows: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return ``(len(rows), dim)`` vectors."""
        found = np.zeros((len(rows), self.dim), np.float32)
        chunks = self._packed if self.compact else self._exact
        of = rows // _CHUNK_ROWS
        for number in np.unique(of):
            here = of == number
            found[here] = chunks[number][rows[here] % _CHUNK_ROWS]
        if self.compact:
            found *= self._scales[rows][:, None]
        return found

    def nearest(
        self, query: NDArray[np.float32], allowed: NDArray[np.bool_], *, limit: int
    ) -> NDArray[np.int32]:
        """Return up to ``limit`` of the allowed rows, nearest first.

        Ties go to the older row. Exact up to :data:`EXACT_ROWS` rows in all.
        """
        rows = np.flatnonzero(allowed).astype(np.int32)
        if self.compact and len(rows) > 2 * _RESCORED:
            rows = self._likely(query, rows, limit=max(_RESCORED, 2 * limit))
        cosines = self.cosines(query, rows)
        if len(rows) > limit:
            best = np.argpartition(-cosines, limit)[:limit]
            best.sort()
            rows, cosines = rows[best], cosines[best]
        return rows[np.argsort(-cosines, kind="stable")]

    def nbytes(self) -> int:
        """Return the memory taken, in bytes."""
        each = 2 if self.compact else 4
        return self.size * self.dim * each + self._scales.nbytes + self._signs.nbytes

    def _likely(
        self, query: NDArray[np.float32], rows: NDArray[np.int32], *, limit: int
    ) -> NDArray[np.int32]:
        wanted = _sign_words(query[None, :])[:, 0]
        apart = np.zeros(self.size, np.uint16)
        for word, bits in zip(wanted, self._signs, strict=True):
            apart += np.bitwise_count(bits[: self.size] ^ word)
        best = np.argpartition(apart[rows], limit)[:limit]
        best.sort()
        return rows[best]

    def _write(self, rows: NDArray[np.float32], *, chunk: int, at: int) -> None:
        if not self.compact:
            if chunk == len(self._exact):
                # Zeroed pages take no memory until they are written.
                self._exact.append(np.zeros((_CHUNK_ROWS, self.dim), np.float32))
            self._exact[chunk][at : at + len(rows)] = rows
            return
        if chunk == len(self._packed):
            self._packed.append(np.zeros((_CHUNK_ROWS, self.dim), np.int16))
        scales = np.abs(rows).max(axis=1) / 32_767.0
        safe = np.where(scales > 0, scales, 1.0).astype(np.float32)
        self._packed[chunk][at : at + len(rows)] = np.rint(rows / safe[:, None])
        end = self.size + len(rows)
        if end > len(self._scales):
            self._grow_packed(end + end // 4)
        self._scales[self.size : end] = safe
        self._signs[:, self.size : end] = _sign_words(rows)

    def _grow_packed(self, rows: int) -> None:
        scales = np.zeros(rows, np.float32)
        scales[: len(self._scales)] = self._scales
        signs = np.zeros((-(-self.dim // 64), rows), np.uint64)
        signs[: len(self._signs), : self._signs.shape[1]] = self._signs
        self._scales, self._signs = scales, signs


def _sign_words(rows: NDArray[np.float32]) -> NDArray[np.uint64]:
    """Return ``(words, n)``: the sign bits of each row, 64 to a word."""
    bits = np.packbits(rows > 0, axis=1)
    padded = np.zeros((len(rows), -(-rows.shape[1] // 64) * 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    return np.ascontiguousarray(padded.view(np.uint64).T)
