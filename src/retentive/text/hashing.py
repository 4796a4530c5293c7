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

_A_BYTE_COUNTS_TO = 255
# Each byte as eight bytes of one number: 1 where the bit is set, the highest first.
_SPREAD = (
    np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)
    .view(np.uint64)
    .ravel()
)
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
    filled = np.flatnonzero(lengths)
    prints = np.zeros(len(lengths), np.uint64)
    if len(filled):
        ones = _ones(hashes, lengths[filled])
        majority = ones * 2 > lengths[filled, None]
        prints[filled] = np.packbits(majority, axis=1).view(np.uint64).ravel()
    return prints


def _ones(hashes: NDArray[np.uint64], lengths: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return ``(n, 64)``: how often each bit is set in each bag; none is empty.

    Eight bits are counted at once, each in a byte of one number: ten times as fast
    as one by one. A byte counts to 255, so longer bags are counted in parts.
    """
    parts = -(-lengths // _A_BYTE_COUNTS_TO)
    firsts = np.cumsum(parts) - parts  # the first part of each bag
    starts = np.repeat(np.cumsum(lengths) - lengths, parts)
    starts += _A_BYTE_COUNTS_TO * (np.arange(len(starts)) - np.repeat(firsts, parts))
    spread = _SPREAD[hashes.view(np.uint8).reshape(-1, 8)]
    ones = np.add.reduceat(spread, starts, axis=0).view(np.uint8)
    if len(starts) > len(lengths):
        return np.add.reduceat(ones, firsts, axis=0, dtype=np.int32)
    return ones.astype(np.int32)
