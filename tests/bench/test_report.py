"""Runs and their reports: what is averaged, how sure it is, and how it is written."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from retentive.bench.datasets import load
from retentive.bench.metrics import METRICS, Ranked
from retentive.bench.recall import Progress, run
from retentive.bench.report import Outcome, Report, bootstrap
from retentive.bench.tokens import Counter
from retentive.records import MemoryRecord, Message

WORDS = Counter("words", lambda text: len(text.split()))


class InOrder:
    """Ranks every memory by age, whatever is asked."""

    def __init__(self) -> None:
        self._ranked: list[Ranked] = []

    def add(self, memories: Sequence[Message | MemoryRecord]) -> None:
        self._ranked += [Ranked(frozenset({m.id}), m.content) for m in memories]

    def search(self, query: str, *, now: datetime, limit: int) -> list[Ranked]:
        return self._ranked[:limit]

    def close(self) -> None:
        self._ranked.clear()


class Nothing(InOrder):
    """Finds nothing."""

    def search(self, query: str, *, now: datetime, limit: int) -> list[Ranked]:
        return []


@pytest.fixture
def report(labelled: Path) -> Report:
    return run(
        load(labelled, dataset="jsonl"),
        {"in order": InOrder, "nothing": Nothing},
        counter=WORDS,
        seed=3,
    )


def test_each_conversation_is_searched_alone_and_questions_weigh_alike(
    report: Report,
) -> None:
    metrics = report.systems["in order"].metrics
    # Ranks: m1 and m3 at 1 and 3; m2 at 2; and eve's m1 at 1.
    assert metrics["all"]["recall@5"] == 1.0
    assert metrics["all"]["mrr"] == pytest.approx((1 + 0.5 + 1) / 3)
    assert metrics["travel"]["mrr"] == 0.5
    assert report.systems["in order"].questions == {
        "all": 3,
        "garden": 1,
        "music": 1,
        "travel": 1,
    }
    assert report.systems["nothing"].metrics["all"] == dict.fromkeys(METRICS, 0.0)


def test_json_has_the_first_system_on_top_and_all_of_them_below(report: Report) -> None:
    written = json.loads(json.dumps(report.to_dict()))
    assert written["metrics"] == written["systems"]["in order"]
    assert set(written["metrics"]["all"]) == set(METRICS)
    assert set(written["systems"]) == {"in order", "nothing"}
    assert (written["dataset"], written["seed"]) == ("labelled", 3)
    assert (written["embedder"], written["token_counter"]) == ("none", "words")
    assert written["versions"]["retentive"]


def test_markdown_compares_the_systems_in_percent(report: Report) -> None:
    text = report.to_markdown()
    assert "labelled, all: 3 questions, 2 conversations, embedder none" in text
    assert "| in order | 100.0 | 100.0 (100.0-100.0) |" in text
    assert "| travel (1) | 100.0 |" in text
    assert "Tokens: words." in text


def test_progress_counts_every_question_of_every_system(labelled: Path) -> None:
    seen: list[Progress] = []
    systems = {"in order": InOrder, "nothing": Nothing}
    data = load(labelled, dataset="jsonl")
    run(data, systems, counter=WORDS, progress=seen.append)
    assert {step.total for step in seen} == {6}
    assert seen[-1].done == 6
    assert {step.step for step in seen} == {
        "in order: ann",
        "in order: eve",
        "nothing: ann",
        "nothing: eve",
    }


def outcome(conversation: str, value: float) -> Outcome:
    return Outcome(conversation, "1", dict.fromkeys(METRICS, value))


def test_the_interval_draws_whole_conversations() -> None:
    # Within a conversation all questions agree, so that a mean over draws of two
    # conversations is 0, 0.5 or 1, and both ends of the interval are extremes.
    outcomes = [outcome("a", 1.0)] * 50 + [outcome("b", 0.0)] * 50
    assert bootstrap(outcomes, seed=1)["mrr"] == (0.0, 1.0)


def test_a_single_conversation_has_an_interval_over_its_questions() -> None:
    outcomes = [outcome("a", float(number % 2)) for number in range(100)]
    low, high = bootstrap(outcomes, seed=1)["mrr"]
    # Binomial: 0.5 ± 1.96 · 0.05.
    assert low == pytest.approx(0.402, abs=0.02)
    assert high == pytest.approx(0.598, abs=0.02)


def test_the_interval_is_the_same_for_the_same_seed() -> None:
    outcomes = [
        outcome(name, value) for name, value in zip("abc", (0.2, 0.5, 0.9), strict=True)
    ]
    assert bootstrap(outcomes, seed=5) == bootstrap(outcomes, seed=5)
    assert bootstrap([], seed=5) == {}
