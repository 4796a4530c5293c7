from __future__ import annotations

from collections.abc import Iterator

import pytest

from retentive import Memory
from retentive.demo import demo_messages

ASKED = "Where was the lost scarf found?"


@pytest.fixture(scope="module")
def demo() -> Iterator[Memory]:
    with Memory.open() as memory:
        memory.remember(demo_messages())
        yield memory


def test_the_rank_is_exact_and_the_hits_before_it_are_named(demo: Memory) -> None:
    hits = demo.recall(ASKED, limit=60)
    answer = demo.why_not(hits[41].record.id, ASKED, limit=5)
    assert answer.rank == 42
    assert list(answer.outranked_by) == [hit.record.id for hit in hits[:5]]
    assert answer.behind is not None
    lost = sum(answer.behind.values())
    assert lost == pytest.approx(hits[41].score - hits[4].score, abs=1e-4)


def test_each_condition_that_leaves_it_out_is_named(demo: Memory) -> None:
    first = demo.recall(ASKED, limit=1)[0].record
    answer = demo.why_not(
        first.id,
        ASKED,
        kinds=["semantic"],
        sessions=["another"],
        since=first.occurred_at,
    )
    assert list(answer.filtered_by) == ["kinds", "sessions"]
    assert "leave it out: kinds, sessions" in answer.reason


def test_a_budget_that_is_full_is_the_reason(demo: Memory) -> None:
    hits = demo.recall(ASKED, limit=60)
    last = demo.why_not(hits[50].record.id, ASKED, budget=200)
    assert last.in_context is False
    assert "leaves no room for it in 200 tokens" in last.reason
    best = demo.why_not(hits[0].record.id, ASKED, budget=200)
    assert best.in_context is True


def test_a_declined_context_is_the_reason(demo: Memory) -> None:
    asked = "Who is the president of France?"
    first = demo.recall(asked, limit=1)[0].record
    answer = demo.why_not(first.id, asked, budget=500)
    assert answer.rank == 1
    assert answer.in_context is False
    assert "a context stays empty" in answer.reason
    assert answer.relevance is not None
    assert answer.relevance.below(0.3)
