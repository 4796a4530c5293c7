from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from retentive.bench.calibrating import logistic
from retentive.bench.datasets import Conversation, Dataset, Question
from retentive.bench.declining import Judged, rates
from retentive.bench.variants import joined, nameless
from retentive.recall.relevance import Relevance
from retentive.records import Message

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def judged(*, of: str, probability: float | None) -> Judged:
    return Judged(
        asked_of="a",
        belongs_to=of,
        language="English",
        relevance=Relevance(probability=probability, basis="words"),
        evidence={},
    )


def test_weights_are_the_log_odds_of_what_was_seen() -> None:
    # 3 of 4 right where the evidence is 1, 1 of 4 where it is 0: odds 3 and 1/3.
    rows = np.array([[1.0]] * 4 + [[0.0]] * 4)
    right = np.array([1, 1, 1, 0, 1, 0, 0, 0], bool)
    weight, bias = logistic(rows, right)
    assert weight == pytest.approx(np.log(9), abs=0.02)
    assert bias == pytest.approx(-np.log(3), abs=0.02)


def test_rates_count_what_is_not_judged_as_kept() -> None:
    items = [
        judged(of="a", probability=0.9),
        judged(of="a", probability=None),
        judged(of="a", probability=0.1),
        judged(of="b", probability=0.1),
        judged(of="b", probability=None),
    ]
    assert rates(items, threshold=0.3) == (pytest.approx(2 / 3), 0.5)


def dataset() -> Dataset:
    said = tuple(
        Message(
            role="user", content=f"turn {n}", id=f"m{n}", session=s, name="Ann", at=NOW
        )
        for n, s in enumerate(["s1", "s1", "s1", "s2"])
    )
    question = Question(
        text="What did Ann say of Ann's cat?",
        asked_at=NOW,
        evidence=frozenset({"m1", "m2"}),
        category="all",
    )
    conversation = Conversation(id="c", memories=said, questions=(question,))
    return Dataset(name="d", conversations=(conversation,))


def test_speakers_become_the_one_who_asks() -> None:
    (conversation,) = nameless(dataset()).conversations
    assert conversation.questions[0].text == "What did I say of my cat?"


def test_joined_messages_keep_to_their_session_and_hold_the_evidence() -> None:
    (conversation,) = joined(dataset(), size=2).conversations
    assert [memory.content for memory in conversation.memories] == [
        "turn 0 turn 1",
        "turn 2",
        "turn 3",
    ]
    assert conversation.questions[0].evidence == {"m0", "m2"}
