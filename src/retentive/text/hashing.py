"""Stable 64-bit numbers for index terms, so that no vocabulary is kept.

Two terms of one namespace share a number with probability n²/2⁶⁵: one chance in
a billion for 200,000 distinct terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["hash_terms", "simhash", "term_hash"]

_CACHED_TERMS = 65_536  # about 10 MB; a namespace's frequent words are far fewer


def term_hash(term: str) -> int:
    """Return the term's number in [0, 2⁶⁴)."""
    return _hashes[term]


def hash_terms(terms: Iterable[str]) -> NDArray[np.uint64]:
    """Return ``(len(terms),)`` numbers, in order."""
    return np.array([_hashes[term] for term in terms], np.uint64)


class _Hashes(dict[str, int]):
    """Numbers of the terms met so far; looking one up calls no Python."""

    def __missing__(self, term: str) -> int:
        if len(self) >= _CACHED_TERMS:
            self.clear()
        digest = blake2b(term.encode(), digest_size=8).digest()
        number = self[term] = int.from_bytes(digest, "little")
        return number


_hashes = _Hashes()


def simhash(
    hashes: NDArray[np.uint64], lengths: NDArray[np.int32]
) -> NDArray[np.uint64]:
    """Fingerprint bags of terms so that similar bags differ in few bits.

    Bit b is set where most of a bag's terms have bit b set.

    Args:
        hashes: The terms of all bags, one bag after the other.
        lengths: ``(n,)`` terms in each bag.

    Returns:
        ``(n,) uint64``; 0 for an empty bag.

    Source: Charikar 2002, "Similarity estimation techniques from rounding
    algorithms".
    """
    bits = np.unpackbits(hashes.view(np.uint8).reshape(-1, 8), axis=1)
    filled = np.flatnonzero(lengths)
    starts = (np.cumsum(lengths) - lengths)[filled]
    prints = np.zeros(len(lengths), np.uint64)
    if len(filled):
        ones = np.add.reduceat(bits, starts, axis=0, dtype=np.int32)
        majority = ones * 2 > lengths[filled, None]
        prints[filled] = np.packbits(majority, axis=1).view(np.uint64).ravel()
    return prints
