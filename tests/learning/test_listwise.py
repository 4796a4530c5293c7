"""The fit: hand-worked numbers, and what holds for any judgements."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from retentive.errors import InvalidInputError
from retentive.learning.listwise import (
    Judged,
    Judgements,
    fit,
    losses,
    reciprocal_ranks,
    rescaled,
)


def judged(values: object, helpful: list[int]) -> Judged:
    rows = np.array(values, np.float32)
    mask = np.zeros(len(rows), np.bool_)
    mask[helpful] = True
    return Judged(values=rows, helpful=mask)


def laid(*questions: Judged, signals: int = 1) -> Judgements:
    return Judgements(questions, signals=signals)


def test_losses_by_hand() -> None:
    # Scores 1 (helped), 0, 0: -ln(e / (e + 2)) = ln(1 + 2 / e) = 0.5514.
    # Scores 0 (helped), 1: -ln(1 / (1 + e)) = 1.3133. Padding adds nothing.
    both = laid(judged([[1], [0], [0]], [0]), judged([[0], [1]], [0]))
    assert losses(both, np.ones(1)) == pytest.approx([0.5514, 1.3133], abs=1e-4)


def test_each_helpful_row_is_put_against_the_others_alone() -> None:
    # ln(1 + 1) and ln(1 + e⁻¹) = 0.3133, in the mean 0.5032.
    two = laid(judged([[0], [1], [0]], [0, 1]))
    assert losses(two, np.ones(1)) == pytest.approx([0.5032], abs=1e-4)


def test_reciprocal_ranks_by_hand() -> None:
    values = [[0.2], [0.9], [0.5]]
    assert reciprocal_ranks(laid(judged(values, [0])), np.ones(1)) == [1 / 3]
    assert reciprocal_ranks(laid(judged(values, [0, 1])), np.ones(1)) == [1.0]
    assert reciprocal_ranks(laid(judged([[1], [1]], [0])), np.ones(1)) == [0.5]


def test_one_weight_by_hand() -> None:
    # Minimise ln(1 + e^-w) + (w - 1)² / (2 · 0.5²): the slope
    # -1 / (1 + e^w) + 4 (w - 1) is 0 at w = 1.0640.
    one = laid(judged([[1], [0]], [0]))
    found = fit(one, around=np.ones(1), spread=np.full(1, 0.5))
    assert found == pytest.approx([1.0640], abs=1e-3)
    assert -1 / (1 + np.exp(found[0])) + 4 * (found[0] - 1) == pytest.approx(
        0, abs=1e-6
    )


def test_what_misleads_is_switched_off_but_never_turned_around() -> None:
    misleading = [judged([[0, 1], [9, 0]], [0])] * 50
    weights = fit(laid(*misleading, signals=2), around=np.ones(2), spread=np.ones(2))
    assert weights[0] == 0.0
    assert weights[1] > 1.0


def test_no_judgement_leaves_the_configured_weights() -> None:
    assert list(fit(laid(), around=np.ones(1), spread=np.ones(1))) == [1.0]


def test_a_factor_changes_no_order() -> None:
    some = laid(judged([[1, 0], [0, 1], [0.5, 0.2]], [0]), signals=2)
    weights = np.array([1.0, 2.0])
    scaled = rescaled(some, weights)
    assert scaled[1] / scaled[0] == pytest.approx(2.0)
    assert losses(some, scaled).sum() <= losses(some, weights).sum()


@settings(max_examples=60, deadline=None)
@given(
    values=arrays(np.float32, (4, 6, 3), elements=st.floats(-5, 5, width=16)),
    spread=st.floats(0.05, 2.0),
)
def test_a_fit_is_never_worse_than_where_it_began(
    values: np.ndarray, spread: float
) -> None:
    questions = laid(*(judged(each, [0]) for each in values), signals=3)
    around = np.array([1.0, 0.5, 2.0])
    weights = fit(questions, around=around, spread=np.full(3, spread))

    def objective(w: np.ndarray) -> float:
        prior = np.square(w - around).sum() / (2 * spread**2)
        return float(losses(questions, w).sum() + prior)

    assert (weights >= 0).all()
    assert objective(weights) <= objective(around) + 1e-6


@pytest.mark.parametrize("helpful", [[], [0, 1]])
def test_what_tells_nothing_apart_is_refused(helpful: list[int]) -> None:
    with pytest.raises(InvalidInputError, match="teaches"):
        judged([[1], [0]], helpful)


def test_sizes_that_differ_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="shape"):
        Judged(values=np.ones((2, 1), np.float32), helpful=np.ones(3, np.bool_))
