from __future__ import annotations

import numpy as np
import pytest

from retentive.records import Status
from retentive.scorers.inherited import Inherited
from tests.frames import frame_of, query, record


def test_a_memory_answers_to_the_words_of_what_it_replaced() -> None:
    new = record("Bergen suits me.", id="new")
    between = record(
        "Moss.", id="between", status=Status.SUPERSEDED, superseded_by="new"
    )
    old = record(
        "I live in Oslo.", id="old", status=Status.SUPERSEDED, superseded_by="between"
    )
    frame = frame_of([old, between, new, record("I live well.")])
    # "live" is in 2 of 4 memories, "oslo" in 1: ln(1 + 4/2) and ln(1 + 4/1).
    scores = Inherited()(query(terms=("live", "zebra", "oslo")), frame)
    whole = np.log(3) + np.log(5)
    expected = whole / (whole + np.log(5))  # "zebra" is in none, as rare as in one
    assert scores == pytest.approx([0, 0, expected, 0], abs=1e-6)
    assert Inherited()(query(terms=("live",)), frame)[2] == pytest.approx(1.0)


def test_where_nothing_was_replaced_it_is_silent() -> None:
    frame = frame_of([record("I live in Oslo.")])
    assert not Inherited()(query(terms=("live",)), frame).any()
