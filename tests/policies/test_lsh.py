from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retentive.policies.lsh import (
    band_pairs,
    jaccard,
    minhash_bands,
    minhashes,
    simhash_bands,
)
from retentive.text.hashing import hash_terms

BAGS = st.lists(st.frozensets(st.integers(0, 40), max_size=12), min_size=2, max_size=9)


def packed(
    bags: list[frozenset[int]],
) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    hashes = hash_terms(f"term{term}" for bag in bags for term in sorted(bag))
    return hashes, np.array([len(bag) for bag in bags], np.int32)


@given(BAGS)
def test_jaccard_is_that_of_sets(bags: list[frozenset[int]]) -> None:
    hashes, lengths = packed(bags)
    pairs = [(i, j) for i in range(len(bags)) for j in range(i)]
    expected = [
        len(bags[i] & bags[j]) / max(1, len(bags[i] | bags[j])) for i, j in pairs
    ]
    found = jaccard(hashes, lengths, np.array(pairs, np.int32))
    np.testing.assert_allclose(found, expected)


def test_minhashes_agree_as_often_as_bags_overlap() -> None:
    bags = [
        frozenset(range(30)),
        frozenset(range(10, 40)),
        frozenset({99}),
        frozenset(),
    ]
    hashes, lengths = packed(bags)
    signatures = minhashes(hashes, lengths, permutations=2_000)
    agree = (signatures[0] == signatures[1]).mean()
    assert abs(agree - 0.5) < 4 * 0.5 / np.sqrt(2_000)  # 20 of 40 terms are shared
    assert (signatures[0] == signatures[2]).mean() == 0.0
    assert (signatures[3] == 2**64 - 1).all()


def test_equal_bags_meet_in_every_band_and_others_in_few() -> None:
    bags = [frozenset(range(9)), frozenset(range(9)), frozenset(range(50, 59))]
    hashes, lengths = packed(bags)
    bands = minhash_bands(minhashes(hashes, lengths, permutations=60), rows=3)
    assert bands.shape == (3, 20)
    assert (bands[0] == bands[1]).all()
    assert not (bands[0] == bands[2]).any()
    groups = np.zeros(3, np.int64)
    assert band_pairs(bands, groups=groups).tolist() == [[0, 1]]
    assert not len(band_pairs(bands, groups=np.array([0, 1, 2])))


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=3))
def test_simhashes_three_bits_apart_share_a_band(number: int, bits: set[int]) -> None:
    other = number
    for bit in bits:
        other ^= 1 << bit
    one, two = simhash_bands(np.array([number, other], np.uint64))
    assert (one == two).any()


def test_a_crowded_bucket_costs_a_few_pairs_per_row() -> None:
    bands = np.zeros((1_000, 1), np.uint64)
    pairs = band_pairs(bands, groups=np.zeros(1_000, np.int64))
    assert len(pairs) == 999 + 998 + 997  # with its next three, not with all
