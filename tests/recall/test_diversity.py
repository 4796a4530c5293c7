from __future__ import annotations

import numpy as np
import pytest

from retentive import Memory
from retentive.errors import InvalidInputError, PluginError
from retentive.recall.defaults import default_settings
from retentive.recall.diversity import diversify, resemblance
from retentive.recall.fusion import ReciprocalRank
from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.scorers.bm25 import BM25
from tests.frames import frame_of, record


def test_a_near_copy_gives_way_to_something_new() -> None:
    vectors = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]
    frame = frame_of([record(f"m{i}", vector=v) for i, v in enumerate(vectors)])
    scores = np.array([1.0, 0.9, 0.5], np.float32)
    order = np.array([0, 1, 2])
    # Scaled to [0, 1]: 1, 0.8, 0. After row 0: row 1 gains 0.5·0.8 - 0.5·1 = -0.1,
    # row 2 gains 0.5·0 - 0.5·0 = 0.
    mixed = diversify(scores, order, frame, strength=0.5, limit=3)
    assert mixed.tolist() == [0, 2, 1]
    same = diversify(scores, order, frame, strength=0.0, limit=3)
    assert same.tolist() == [0, 1, 2]


def test_beyond_the_limit_the_order_stays() -> None:
    frame = frame_of([record(f"m{i}", vector=[1.0, 0.0]) for i in range(5)])
    scores = np.array([5, 4, 3, 2, 1], np.float32)
    order = np.arange(5)
    assert diversify(scores, order, frame, strength=0.9, limit=2).tolist() == [
        0,
        1,
        2,
        3,
        4,
    ]


def test_without_vectors_words_tell_what_is_alike() -> None:
    words = " ".join(f"word{i}" for i in range(30))
    others = " ".join(f"other{i}" for i in range(30))
    frame = frame_of([record(words), record(f"{words} more"), record(others)])
    alike = resemblance(frame)
    assert alike[0, 0] == 1.0
    assert alike[0, 1] > 0.6 > alike[0, 2]


def test_a_memory_may_be_told_to_prefer_variety() -> None:
    words = "the garden has red roses and white lilies and a long green hedge"
    facts = [f"{words} behind shed {i}" for i in range(5)]
    settings = RecallSettings(scorers=default_settings().scorers, diversity=0.7)
    plain, varied = Memory.open(), Memory.open(recall=settings)
    for memory in (plain, varied):
        memory.remember([*facts, "A robin nests in the roses."])
    first_two = [hit.record.content for hit in varied.recall("garden roses", limit=2)]
    assert "A robin nests in the roses." in first_two
    assert all(
        "shed" in h.record.content for h in plain.recall("garden roses", limit=2)
    )


def test_ranks_may_be_joined_instead_of_scores() -> None:
    settings = RecallSettings(
        scorers=[WeightedScorer(BM25(), 1.0)], fusion=ReciprocalRank()
    )
    memory = Memory.open(recall=settings)
    memory.remember(["I like green tea.", "I like trains."])
    [first, second] = memory.recall("green tea")
    assert first.record.content == "I like green tea."
    assert first.signals == {"bm25": pytest.approx(1 / 61)}
    assert second.score == 0.0


class Wrong:
    name = "wrong"
    normalise = False

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def __call__(self, query: object, frame: object) -> object:
        return self.answer


@pytest.mark.parametrize("answer", [[1.0, 2.0, 3.0], [float("nan")], [[1.0]]])
def test_a_scorer_s_wrong_answer_is_named(answer: object) -> None:
    settings = RecallSettings(scorers=[WeightedScorer(Wrong(answer), 1.0)])  # type: ignore[arg-type]
    memory = Memory.open(recall=settings)
    memory.remember("tea")
    with pytest.raises(PluginError, match="scorer 'wrong' must return"):
        memory.recall("tea")


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), "much"])
def test_a_weight_that_no_sum_can_use_is_refused(weight: float) -> None:
    with pytest.raises(InvalidInputError, match="the weight of scorer 'bm25' must be"):
        WeightedScorer(BM25(), weight)


def test_settings_refuse_doubled_signals_and_odd_shares() -> None:
    twice = [WeightedScorer(BM25(), 1.0), WeightedScorer(BM25(), 2.0)]
    with pytest.raises(InvalidInputError, match="two scorers give the signal 'bm25'"):
        RecallSettings(scorers=twice)
    with pytest.raises(InvalidInputError, match="diversity must be in"):
        RecallSettings(scorers=twice[:1], diversity=float("nan"))
