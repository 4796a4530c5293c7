from __future__ import annotations

import numpy as np
import pytest

from retentive.errors import InvalidInputError
from retentive.recall.fusion import ReciprocalRank, Signal, WeightedSum, z_scores

POOL = np.array([True, True, True, False])


def signal(
    values: list[float], *, weight: float = 1.0, normalise: bool = True
) -> Signal:
    return Signal("s", weight, np.array(values, np.float32), normalise)


def test_z_scores_are_taken_over_the_pool_alone() -> None:
    # mean 2, deviation sqrt(2/3) = 0.8165 over 1, 2, 3; the fourth is not in the pool
    scores = z_scores(np.array([1, 2, 3, 10], np.float32), POOL)
    assert scores.tolist() == pytest.approx([-1.2247, 0.0, 1.2247, 9.7980], abs=1e-3)


def test_a_signal_without_differences_says_nothing() -> None:
    values = np.array([0.3, 0.3, 0.3 + 1e-8, 0.9], np.float32)
    assert z_scores(values, POOL).tolist() == [0.0, 0.0, 0.0, 0.0]
    assert z_scores(values, np.zeros(4, np.bool_)).tolist() == [0.0] * 4


def test_the_weighted_sum_leaves_cues_in_their_own_units() -> None:
    joined = WeightedSum()(
        [signal([1, 2, 3, 10], weight=2.0), signal([0, 1, 0, 1], normalise=False)], POOL
    )
    assert joined[0].tolist() == pytest.approx([-2.449, 0.0, 2.449, 19.596], abs=1e-3)
    assert joined[1].tolist() == [0.0, 1.0, 0.0, 1.0]


def test_reciprocal_ranks_start_at_one_and_skip_the_silent() -> None:
    joined = ReciprocalRank(k=60)([signal([0.5, 0.9, 0.0, 0.1])], POOL)
    assert joined[0].tolist() == pytest.approx([1 / 62, 1 / 61, 0, 1 / 63], abs=1e-6)


@pytest.mark.parametrize("k", [-1.0, float("nan"), float("inf")])
def test_a_rank_constant_out_of_range_is_refused(k: float) -> None:
    with pytest.raises(InvalidInputError, match="k must be at least 0"):
        ReciprocalRank(k=k)
