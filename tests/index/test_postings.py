import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retentive.index.postings import Postings, Segment, add_segment
from retentive.text.hashing import hash_terms, simhash, term_hash

Bags = list[list[str]]


def segment_of(bags: Bags, *, first_row: int = 0) -> Segment:
    hashes = hash_terms([term for bag in bags for term in bag])
    lengths = np.array([len(bag) for bag in bags], np.int32)
    return Segment.of(hashes, lengths, first_row=first_row)


def found(postings: Postings, term: str) -> dict[int, int]:
    [(rows, counts)] = postings.of_terms(hash_terms([term]))
    return dict(zip(rows.tolist(), counts.tolist(), strict=True))


def test_a_term_is_found_in_its_rows_with_its_counts() -> None:
    postings = add_segment(Postings(), segment_of([["cat", "dog", "cat"], [], ["dog"]]))
    assert found(postings, "cat") == {0: 2}
    assert found(postings, "dog") == {0: 1, 2: 1}
    assert found(postings, "cow") == {}


bags = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6), max_size=40)


@given(bags, st.lists(st.integers(1, 7), min_size=1))
def test_rows_added_in_any_pieces_are_found_as_if_added_at_once(
    bags: Bags, sizes: list[int]
) -> None:
    postings, start, turn = Postings(), 0, 0
    while start < len(bags):
        piece = bags[start : start + sizes[turn % len(sizes)]]
        postings = add_segment(postings, segment_of(piece, first_row=start))
        start, turn = start + len(piece), turn + 1
    for term in "abcdefg":
        expected = {r: bag.count(term) for r, bag in enumerate(bags) if term in bag}
        assert found(postings, term) == expected


def test_many_small_additions_leave_few_segments() -> None:
    postings = Postings()
    for row in range(500):
        postings = add_segment(postings, segment_of([["a", "b"]], first_row=row))
    assert len(postings.segments) <= 10  # about log2(500)
    assert len(found(postings, "a")) == 500


def test_a_terms_number_is_the_same_in_every_process() -> None:
    assert term_hash("memory") == 16762594610787515322


def test_similar_bags_have_close_simhashes_and_equal_bags_equal_ones() -> None:
    words = [f"word{i}" for i in range(40)]
    bags = [words, words, [*words[:38], "x", "y"], [f"other{i}" for i in range(40)], []]
    prints = simhash(
        hash_terms([word for bag in bags for word in bag]),
        np.array([len(bag) for bag in bags], np.int32),
    )
    apart = np.bitwise_count(prints ^ prints[0])
    assert apart[1] == 0
    assert apart[2] < 16 < apart[3]
    assert prints[4] == 0
