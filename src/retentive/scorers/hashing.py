"""Retrieval by hash table: rows in the query's locality-sensitive buckets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.text.hashing import hash_terms, simhash

__all__ = ["HashBuckets"]


class HashBuckets:
    """Score rows by the share of SimHash bands that they have in common.

    The 64 bits of the terms' SimHash are cut into bands; two texts meet in a
    bucket where all bits of a band agree. Near-copies share most bands, others
    next to none: a signal for recognising what was said before in nearly the
    same words, not for questions.

    Source: Charikar 2002, "Similarity estimation techniques from rounding
    algorithms"; the banding of Manku, Jain and Das Sarma 2007, "Detecting
    near-duplicates for web crawling".
    """

    normalise = False

    def __init__(self, *, bands: int = 8, name: str = "hash") -> None:
        """Cut the fingerprint.

        Args:
            bands: 4, 8 or 16; fewer bands match closer copies only.
            name: The signal's name.
        """
        if bands not in (4, 8, 16):
            raise InvalidInputError(f"bands must be 4, 8 or 16, got {bands!r}")
        self.name = name
        self._bands = bands

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32`` in [0, 1]; 0 for a query without terms."""
        if not query.terms:
            return np.zeros(frame.size, np.float32)
        hashes = hash_terms(query.terms)
        wanted = simhash(hashes, np.array([len(hashes)], np.int32))
        agree = self._cut(frame.simhash) == self._cut(wanted)
        return np.asarray(agree.mean(axis=1), np.float32)

    def _cut(self, prints: NDArray[np.uint64]) -> NDArray[np.generic]:
        """Return ``(n, bands)``."""
        if self._bands == 16:
            octets = np.ascontiguousarray(prints).view(np.uint8).reshape(-1, 8)
            return np.concatenate([octets & 15, octets >> 4], axis=1)
        width = np.dtype(f"u{8 // self._bands}")
        return np.ascontiguousarray(prints).view(width).reshape(-1, self._bands)
