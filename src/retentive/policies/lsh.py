"""Pairs of rows that are probably alike, found without comparing all pairs.

Rows whose fingerprints agree in a whole band fall into one bucket, and only rows
of one bucket are ever compared: the cost grows with the number of rows, not with
its square.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "agreement",
    "band_pairs",
    "jaccard",
    "merged_pairs",
    "minhash_bands",
    "minhashes",
    "simhash_bands",
    "simhash_pairs",
]

_PRIME_SEED = 0x5EED
_CHUNK = 2_000_000  # terms hashed at once: 16 MB per permutation
_NEAR_BITS = 3  # of 64; what is further apart need not share a band of four
_PAIRS_AT_ONCE = 50_000  # 80 MB of signatures
_NEIGHBOURS = 3  # rows of its bucket that each row is compared with

_U64 = NDArray[np.uint64]
_Places = NDArray[np.int32]


def minhashes(hashes: _U64, lengths: _Places, *, permutations: int) -> _U64:
    """Return ``(n, permutations)`` minima of the bags' terms under random orders.

    Two bags agree in each column with the probability of their Jaccard
    similarity. A bag without terms has the largest number in each.

    Args:
        hashes: Distinct terms of all bags, one bag after the other.
        lengths: ``(n,)`` terms in each bag.
        permutations: How many random orders.

    Source: Broder 1997, "On the resemblance and containment of documents"; the
    orders are multiply-shift hashes, Dietzfelbinger et al. 1997.
    """
    dice = np.random.default_rng(_PRIME_SEED)
    odd = dice.integers(0, 2**63, permutations, dtype=np.uint64) * 2 + 1
    signatures = np.full((len(lengths), permutations), 2**64 - 1, np.uint64)
    ends = np.cumsum(lengths, dtype=np.int64)
    for start, end in _chunks(ends):
        filled = start + np.flatnonzero(lengths[start:end])
        if not len(filled):
            continue
        first = int(ends[start] - lengths[start])
        some = hashes[first : int(ends[end - 1])]
        starts = (ends[filled] - lengths[filled] - first).astype(np.int64)
        for column, factor in enumerate(odd):
            mixed = some * factor
            mixed ^= mixed >> np.uint64(32)  # the low bits of a product are weak
            signatures[filled, column] = np.minimum.reduceat(mixed, starts)
    return signatures


def band_pairs(bands: _U64, *, groups: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return ``(p, 2)`` pairs of places that agree in a band, each once.

    In a bucket, each place meets the next few, not all: a pair that is passed
    over is joined by way of those between.

    Args:
        bands: ``(n, b)``: the fingerprint of each row's bands.
        groups: ``(n,)``: only rows of one group are paired.

    Returns:
        Ascending pairs, the smaller place first.

    Source: Indyk and Motwani 1998, "Approximate nearest neighbors".
    """
    return merged_pairs(*(_in_buckets(band, groups) for band in bands.T))


def merged_pairs(*several: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return ``(p, 2)`` pairs of all these, ascending, each once."""
    pairs = np.concatenate([np.empty((0, 2), np.int32), *several])
    coded = np.unique(pairs[:, 0].astype(np.int64) << 32 | pairs[:, 1])
    return np.stack([coded >> 32, coded & 0xFFFFFFFF], axis=1).astype(np.int32)


def simhash_pairs(prints: _U64, *, groups: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return ``(p, 2)`` pairs whose SimHashes agree in a band, and nearly in all.

    Bands are short, so most of what meets in one differs elsewhere: it goes here,
    before anything dearer looks at it.
    """
    found = []
    for band in simhash_bands(prints).T:
        pairs = _in_buckets(band, groups)
        apart = np.bitwise_count(prints[pairs[:, 0]] ^ prints[pairs[:, 1]])
        found.append(pairs[apart <= _NEAR_BITS])
    return merged_pairs(*found)


def agreement(signatures: _U64, pairs: NDArray[np.int32]) -> NDArray[np.float64]:
    """Return ``(p,)`` shares of MinHashes in which pairs agree: about their Jaccard."""
    shares = np.empty(len(pairs))
    for first in range(0, len(pairs), _PAIRS_AT_ONCE):
        one, other = pairs[first : first + _PAIRS_AT_ONCE].T
        same = signatures[one] == signatures[other]
        shares[first : first + _PAIRS_AT_ONCE] = same.mean(axis=1)
    return shares


def simhash_bands(prints: _U64, *, bands: int = 4) -> _U64:
    """Return ``(n, bands)`` slices of 64-bit SimHashes.

    Prints that differ in fewer bits than there are bands agree in one of them.

    Source: Manku, Jain, Das Sarma 2007, "Detecting near-duplicates for web
    crawling".
    """
    bits = 64 // bands
    shifts = np.arange(bands, dtype=np.uint64) * np.uint64(bits)
    return (prints[:, None] >> shifts) & np.uint64(2**bits - 1)


def minhash_bands(signatures: _U64, *, rows: int) -> _U64:
    """Return ``(n, permutations / rows)`` numbers, one for each band of ``rows``.

    Bags of Jaccard similarity s agree in at least one of b bands with
    probability ``1 - (1 - s ** rows) ** b``.

    Source: Leskovec, Rajaraman, Ullman 2014, "Mining of Massive Datasets",
    section 3.4.
    """
    n, permutations = signatures.shape
    banded = signatures.reshape(n, permutations // rows, rows)
    joined = np.zeros(banded.shape[:2], np.uint64)
    for row in range(rows):
        joined = (joined ^ banded[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)
        joined ^= joined >> np.uint64(29)
    return joined


def jaccard(
    hashes: _U64, lengths: _Places, pairs: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return ``(p,)`` exact Jaccard similarities of pairs of bags, in [0, 1]."""
    scores = np.zeros(len(pairs))
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    step = max(1, _CHUNK // max(1, int(lengths.max(initial=0))))
    for first in range(0, len(pairs), step):
        some = pairs[first : first + step]
        scores[first : first + step] = _overlaps(hashes, lengths, starts, some)
    return scores


def _overlaps(
    hashes: _U64, lengths: _Places, starts: NDArray[np.int64], pairs: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Join the terms of both sides of each pair, and count those met twice."""
    sides = pairs.ravel()
    sizes = lengths[sides].astype(np.int64)
    total = int(sizes.sum())
    begins = np.cumsum(sizes) - sizes
    within = np.arange(total) - np.repeat(begins, sizes)
    terms = hashes[np.repeat(starts[sides], sizes) + within]
    pair = np.repeat(np.arange(len(sides)) // 2, sizes)
    order = np.lexsort((terms, pair))
    terms, pair = terms[order], pair[order]
    twice = (terms[1:] == terms[:-1]) & (pair[1:] == pair[:-1])
    shared = np.bincount(pair[1:][twice], minlength=len(pairs))
    joined = sizes[0::2] + sizes[1::2] - shared
    overlaps: NDArray[np.float64] = shared / np.maximum(1, joined)
    return overlaps


def _in_buckets(band: _U64, groups: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return pairs of places with the same band and group."""
    order = np.lexsort((np.arange(len(band)), band, groups))
    pairs = []
    for step in range(1, _NEIGHBOURS + 1):
        one, other = order[:-step], order[step:]
        same = (band[one] == band[other]) & (groups[one] == groups[other])
        pairs.append(np.stack([one[same], other[same]], axis=1))
    return np.concatenate(pairs).astype(np.int32)


def _chunks(ends: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Cut rows so that each piece has about :data:`_CHUNK` terms."""
    pieces: list[tuple[int, int]] = []
    start, n = 0, len(ends)
    while start < n:
        before = int(ends[start - 1]) if start else 0
        end = int(np.searchsorted(ends, before + _CHUNK, side="right"))
        pieces.append((start, max(end, start + 1)))
        start = pieces[-1][1]
    return pieces
