"""Measures of one ranking: numbers worked by hand, and what holds of any ranking."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.bench.metrics import (
    METRICS,
    Ranked,
    all_at,
    mean,
    measure,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    within,
)


def words(text: str) -> int:
    return len(text.split())


def ranking(*ids: str) -> list[Ranked]:
    return [Ranked(frozenset({name}), "two words") for name in ids]


def test_recall_is_the_share_of_the_evidence_among_the_first_k() -> None:
    found = ranking("x", "a", "y", "b")
    assert recall_at(found, {"a", "b", "c"}, k=2) == pytest.approx(1 / 3)
    assert recall_at(found, {"a", "b", "c"}, k=4) == pytest.approx(2 / 3)


def test_all_at_needs_every_piece() -> None:
    found = ranking("a", "x", "b")
    assert all_at(found, {"a", "b"}, k=2) == 0.0
    assert all_at(found, {"a", "b"}, k=3) == 1.0


def test_a_merged_record_counts_for_each_message_it_stands_for() -> None:
    merged = [Ranked(frozenset({"a", "b"}), "said twice")]
    assert recall_at(merged, {"a", "b"}, k=1) == 1.0
    assert all_at(merged, {"a", "b"}, k=1) == 1.0
    # Gain 2 at rank 1; the ideal of two single hits is 1 + 1 / log2(3) = 1.63.
    assert ndcg_at(merged, {"a", "b"}, k=10) == 1.0


def test_ndcg_worked_by_hand() -> None:
    # Ranks 2 and 4 of two pieces: (1/log2 3 + 1/log2 5) / (1 + 1/log2 3)
    # = (0.63093 + 0.43068) / 1.63093 = 0.65092.
    found = ranking("x", "a", "y", "b")
    assert ndcg_at(found, {"a", "b"}, k=10) == pytest.approx(0.65092, abs=1e-5)


def test_ndcg_of_more_evidence_than_places_can_still_be_perfect() -> None:
    evidence = {str(number) for number in range(12)}
    found = ranking(*(str(number) for number in range(10)))
    assert ndcg_at(found, evidence, k=10) == pytest.approx(1.0)


def test_a_piece_found_twice_gains_once() -> None:
    twice = ranking("a", "a")
    assert ndcg_at(twice, {"a", "b"}, k=10) == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_reciprocal_rank_is_of_the_first_piece() -> None:
    assert reciprocal_rank(ranking("x", "y", "a", "b"), {"a", "b"}) == 1 / 3
    assert reciprocal_rank(ranking("x"), {"a"}) == 0.0


def test_a_budget_skips_what_does_not_fit_and_goes_on() -> None:
    found = [
        Ranked(frozenset({"a"}), "one two three"),
        Ranked(frozenset({"b"}), "one two three four"),
        Ranked(frozenset({"c"}), "one two"),
        Ranked(frozenset({"d"}), "one"),
    ]
    # 3 fit of 5; then 4 do not, 2 do; nothing is left for the last one.
    share = within(found, {"a", "b", "c", "d"}, budget=5, count_tokens=words)
    assert share == 0.5


def test_measure_gives_every_metric_and_mean_averages_each() -> None:
    one = measure(ranking("a"), {"a"}, count_tokens=words)
    none = measure(ranking("x"), {"a"}, count_tokens=words)
    assert tuple(sorted(one)) == tuple(sorted(METRICS))
    assert mean([one, none]) == dict.fromkeys(METRICS, 0.5)


IDS = st.sampled_from("abcdefgh")
HITS = st.lists(
    st.builds(Ranked, st.frozensets(IDS, min_size=1, max_size=3), st.text(max_size=9)),
    max_size=30,
)


@given(found=HITS, evidence=st.sets(IDS, min_size=1))
def test_every_measure_lies_in_the_unit_interval(
    found: list[Ranked], evidence: set[str]
) -> None:
    values = measure(found, evidence, count_tokens=words)
    assert all(0.0 <= value <= 1.0 for value in values.values())


@given(found=HITS, evidence=st.sets(IDS, min_size=1))
def test_more_depth_or_budget_never_finds_less(
    found: list[Ranked], evidence: set[str]
) -> None:
    values = measure(found, evidence, count_tokens=words)
    assert values["recall@5"] <= values["recall@10"] <= values["recall@20"]
    assert values["all@10"] <= values["recall@10"]
