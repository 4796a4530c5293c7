"""Vectors of the tokens of memories, in int8, made when first asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import pairwise
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Store, SupportsTokenVectors

if TYPE_CHECKING:
    from retentive.index.holdings import Holdings

__all__ = ["TokenTable"]

_UNIT = 127  # a cosine of 1 in int8
_BLOCK = 96  # tokens turned to floats at a time: a product small enough for the cache
_OVERHEAD_BYTES = 250  # of an entry beside its numbers


class TokenTable:
    """Token vectors by the digest of a row, bounded in bytes.

    A memory of 20 words takes some 13 KB at 384 dimensions. Safe for many
    threads; two that lack the same rows may both make them.
    """

    def __init__(
        self,
        store: Store,
        embedder: SupportsTokenVectors,
        *,
        max_bytes: int = 1 << 28,
    ) -> None:
        """Hold nothing yet.

        Args:
            store: Has the contents of memories.
            embedder: Makes the vectors.
            max_bytes: Most memory; the least recently asked for go first.
        """
        self._store = store
        self._embedder = embedder
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._held: OrderedDict[int, NDArray[np.int8]] = OrderedDict()
        self._bytes = 0
        self.made = 0
        """How many memories were analysed since the start, or since a save."""

    def best(
        self,
        vectors: NDArray[np.float32],
        holdings: Holdings,
        rows: NDArray[np.int32],
    ) -> NDArray[np.float32]:
        """Return ``(len(rows), t)``: each row's best cosine with each vector.

        Args:
            vectors: ``(t, dim)`` of the question's tokens.
            holdings: The whole namespace.
            rows: Which of its rows.
        """
        if not len(rows) or not len(vectors):
            return np.zeros((len(rows), len(vectors)), np.float32)
        return _best(self._of(holdings, rows), vectors)

    def keep(self, digests: Sequence[int], tokens: Sequence[NDArray[np.int8]]) -> None:
        """Hold the ``(t, dim)`` vectors of these rows, within the bound."""
        with self._lock:
            for digest, each in zip(digests, tokens, strict=True):
                if digest not in self._held:
                    self._bytes += each.nbytes + _OVERHEAD_BYTES
                self._held[digest] = each
            while self._bytes > self._max_bytes and self._held:
                _, dropped = self._held.popitem(last=False)
                self._bytes -= dropped.nbytes + _OVERHEAD_BYTES

    def held(self) -> dict[int, NDArray[np.int8]]:
        """Return what is held, by digest, the least recently asked for first."""
        with self._lock:
            return dict(self._held)

    def nbytes(self) -> int:
        """Return the memory taken, in bytes."""
        return self._bytes

    def _of(
        self, holdings: Holdings, rows: NDArray[np.int32]
    ) -> list[NDArray[np.int8]]:
        digests = holdings.columns["digest"][rows].tolist()
        with self._lock:
            found = {digest: self._held.get(digest) for digest in digests}
            for digest, each in found.items():
                if each is not None:
                    self._held.move_to_end(digest)
        lacking = [
            place for place, digest in enumerate(digests) if found[digest] is None
        ]
        if lacking:
            made = self._made(holdings, rows[lacking])
            wanted = [digests[place] for place in lacking]
            self.keep(wanted, made)
            found.update(zip(wanted, made, strict=True))
        return [each for digest in digests if (each := found[digest]) is not None]

    def _made(
        self, holdings: Holdings, rows: NDArray[np.int32]
    ) -> list[NDArray[np.int8]]:
        """Analyse the contents of rows; one deleted meanwhile has none."""
        namespaces = holdings.columns["namespace"][rows].tolist()
        ids = [holdings.ids[row] for row in rows]
        contents = {
            (code, record.id): record.content
            for code in set(namespaces)
            for record in self._store.get(
                holdings.namespaces[code],
                [
                    id
                    for id, owner in zip(ids, namespaces, strict=True)
                    if owner == code
                ],
            )
        }
        texts = [contents.get(key, "") for key in zip(namespaces, ids, strict=True)]
        self.made += len(texts)
        return [
            np.rint(tokens.vectors * _UNIT).astype(np.int8)
            for tokens in self._embedder.token_vectors(texts)
        ]


def _best(
    held: Sequence[NDArray[np.int8]], vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return ``(len(held), t)`` best cosines, block by block."""
    ends = np.cumsum([len(each) for each in held])
    starts = np.append(0, ends[:-1])
    towards = np.ascontiguousarray(vectors.T / _UNIT)
    cosines = np.empty((ends[-1], len(vectors)), np.float32)
    room = np.empty((_BLOCK + int((ends - starts).max()), len(towards)), np.float32)
    cuts = np.flatnonzero(np.diff(ends // _BLOCK)) + 1
    for first, last in pairwise([0, *cuts.tolist(), len(held)]):
        block = slice(starts[first], ends[last - 1])
        here = room[: block.stop - block.start]
        np.concatenate(held[first:last], out=here, casting="unsafe")
        np.matmul(here, towards, out=cosines[block])
    best: NDArray[np.float32] = np.maximum.reduceat(cosines, starts)
    return best
