"""Stable 64-bit numbers for index terms, so that no vocabulary is kept.

Two terms of one namespace share a number with probability n²/2⁶⁵: one chance in
a billion for 200,000 distinct terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

__all__ = ["hash_terms", "simhash", "term_hash"]

_CACHED_TERMS = 65_536  # about 10 MB; a namespace's frequent words are far fewer


@lru_cache(maxsize=_CACHED_TERMS)
def term_hash(term: str) -> int:
    """Return the term's number in [0, 2⁶⁴)."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


def hash_terms(terms: Sequence[str]) -> NDArray[np.uint64]:
    """Return ``(len(terms),)`` numbers, in order."""
    return np.fromiter(map(term_hash, terms), np.uint64, len(terms))


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
