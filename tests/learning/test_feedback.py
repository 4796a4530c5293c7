"""Feedback on recalls, from the first word to what another process recalls by it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from retentive import AsyncMemory, Memory
from retentive.cli.app import app
from retentive.errors import InvalidInputError
from retentive.learning.examples import MOST_KEPT, Example, Examples
from retentive.middleware import MemoryMiddleware, converse
from retentive.protocols import Frame, LearnedWeights, Query
from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.records import is_side, side_namespace
from retentive.scorers.bm25 import BM25
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLACES = "Oslo Lima Cairo Porto Kyoto Quito Turin Delhi Perth Dakar".split()
PEOPLE = "Ann Ben Cleo Dan Eve Finn Gus Hana Ivo June".split()
FACTS = [f"{who} sells lamps in {where}." for who in PEOPLE for where in PLACES]
CHATTER = [
    f"{who} and {where} came up again while all of us sat at the long table and "
    f"talked of boats, bread, the weather and very little else, number {n}."
    for n, (who, where) in enumerate(zip(PEOPLE * 3, PLACES * 3, strict=True))
]


class Wordy:
    """Prefers long memories: a taste that the feedback of these tests does not share."""

    name = "wordy"
    normalise = True

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        return frame.length.astype(np.float32)


SETTINGS = RecallSettings(
    scorers=(WeightedScorer(BM25(), 1.0), WeightedScorer(Wordy(), 1.0))
)


def opened(path: Path, *labels: str, **options: object) -> Memory:
    given: dict[str, object] = {
        "namespace": labels or ("alice",),
        "recall": SETTINGS,
        "clock": ManualClock(NOW),
    }
    return Memory.open(path / "a.db", **(given | options))  # type: ignore[arg-type]


def questions(count: int) -> Sequence[tuple[str, str]]:
    picked = np.random.default_rng(7).permutation(len(FACTS))[:count]
    return [
        (f"Does {FACTS[i].split()[0]} sell in {FACTS[i].split()[4][:-1]}?", FACTS[i])
        for i in picked
    ]


def teach(memory: Memory, count: int, *, liked: bool = True) -> LearnedWeights | None:
    learnt = None
    for question, fact in questions(count):
        recalled = memory.recall(question, limit=20)
        helpful = [h.record.id for h in recalled if (h.record.content == fact) == liked]
        learnt = memory.feedback(recalled.id, helpful=helpful[:1])
    return learnt


def test_feedback_puts_first_what_helps(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember([*FACTS, *CHATTER])
        asked = questions(75)[60:]

        def rank(question: str, fact: str) -> int:
            hits = memory.recall(question, limit=50)
            return [hit.record.content for hit in hits].index(fact)

        def mean_rank() -> float:
            return float(np.mean([rank(*one) for one in asked]))

        before = mean_rank()
        learnt = teach(memory, 60)
        assert learnt is not None
        assert learnt.used
        assert learnt.weights["wordy"] < 0.9 < learnt.configured["wordy"]
        assert mean_rank() < before


def test_what_was_learnt_lasts_and_is_explained(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember([*FACTS, *CHATTER])
        learnt = teach(memory, 40)
    with opened(tmp_path) as memory:
        explained = memory.explain("Does Ann sell in Oslo?")
        assert explained.learned == learnt
        assert explained.weights["wordy"] == pytest.approx(learnt.weights["wordy"])


def test_another_configuration_starts_anew(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember([*FACTS, *CHATTER])
        teach(memory, 40)
    other = RecallSettings(scorers=(WeightedScorer(BM25(), 2.0),))
    with opened(tmp_path, recall=other) as memory:
        explained = memory.explain("Does Ann sell in Oslo?")
        assert explained.learned is None
        assert explained.weights == {"bm25": 2.0}


def test_few_judgements_change_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember([*FACTS, *CHATTER])
        before = [h.score for h in memory.recall("Does Ann sell in Oslo?")]
        learnt = teach(memory, 12)
        assert learnt is not None
        assert not learnt.used
        assert "too few" in learnt.reason
        assert [h.score for h in memory.recall("Does Ann sell in Oslo?")] == before


def test_namespaces_share_what_holds_for_those_held_out(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        for name in ("alice", "bob", "carol"):
            memory.within(name).remember([*FACTS, *CHATTER])
        for name in ("alice", "bob"):
            teach(memory.within(name), 30)
        carol = memory.within("carol").explain("Does Ann sell in Oslo?")
        assert carol.learned is not None
        assert carol.weights["wordy"] < 0.95


def test_namespaces_that_share_nothing_learn_alone(tmp_path: Path) -> None:
    with opened(tmp_path, learn_shared=False) as memory:
        for name in ("alice", "bob", "carol"):
            memory.within(name).remember([*FACTS, *CHATTER])
        for name in ("alice", "bob"):
            teach(memory.within(name), 30)
        assert memory.within("carol").explain("Oslo?").learned is None


def test_what_is_kept_holds_no_words_and_is_never_recalled(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember([*FACTS, *CHATTER])
        teach(memory, 3)
        sides = [name for name in memory.store.namespaces() if is_side(name)]
        kept = [r.content for side in sides for r in memory.store.scan(side)]
        assert kept
        for text in kept:
            assert not any(word in text for word in (*PEOPLE, *PLACES, "lamps"))
        hits = memory.recall("signals helpful values", limit=200)
        assert {h.record.content for h in hits} <= {*FACTS, *CHATTER}


def test_a_recall_judged_again_counts_once(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember([*FACTS, *CHATTER])
        recalled = memory.recall("Does Ann sell in Oslo?")
        for hit in recalled[:3]:
            learnt = memory.feedback(recalled.id, helpful=[hit.record.id])
        assert learnt is not None
        assert learnt.questions == 1


def test_a_context_can_be_judged_and_what_was_not_shown_too(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        ids = memory.remember([*FACTS, *CHATTER])
        context = memory.context("Does Ann sell in Oslo?", budget=120)
        shown = {hit.record.id for hit in context.hits}
        unseen = next(id for id in ids if id not in shown)
        learnt = memory.feedback(context.recall_id, helpful=[unseen])
        assert learnt is not None
        assert learnt.questions == 1


def test_nothing_helpful_teaches_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        ids = memory.remember(FACTS[:5])
        recalled = memory.recall("Ann")
        assert memory.feedback(recalled.id, unhelpful=ids) is None


def test_an_unknown_recall_and_a_contradiction_are_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        [id] = memory.remember("Ann sells lamps.")
        recalled = memory.recall("Ann")
        with pytest.raises(InvalidInputError, match="no recall 'x'"):
            memory.feedback("x", helpful=[id])
        with pytest.raises(InvalidInputError, match="at once"):
            memory.feedback(recalled.id, helpful=[id], unhelpful=[id])


def test_an_answer_says_what_it_used(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        ids = memory.remember(FACTS[:20])
        recalled = memory.recall("Who is in Oslo?")
        used = memory.answered(recalled.id, "Ann sells lamps there.")
        assert ids[0] in used
        assert memory.get(ids[0]).access_count == 1
        assert memory.answered(recalled.id, "I cannot tell.") == []


def test_the_async_twin_learns_too(tmp_path: Path) -> None:
    async def main() -> None:
        memory = AsyncMemory(opened(tmp_path))
        ids = await memory.remember(FACTS[:5])
        recalled = await memory.recall("Does Ann sell in Oslo?")
        assert await memory.feedback(recalled.id, helpful=ids[:1]) is not None
        assert await memory.answered(recalled.id, "No idea.") == []
        await memory.close()

    asyncio.run(main())


def test_explain_shows_what_was_learnt(tmp_path: Path) -> None:
    target = ["--db", str(tmp_path / "b.db")]
    with Memory.open(tmp_path / "b.db") as memory:
        ids = memory.remember(FACTS[:30])
        recalled = memory.recall("Does Ann sell in Oslo?")
        memory.feedback(recalled.id, helpful=ids[:1])
    shown = CliRunner().invoke(app, ["explain", "lamps", *target]).output
    assert "weights as configured: 1 judged questions are too few" in shown
    raw = CliRunner().invoke(app, ["explain", "lamps", "--json", *target]).output
    learned = json.loads(raw)["learned"]
    assert learned["used"] is False
    assert learned["questions"] == 1


def test_examples_keep_their_numbers_and_the_oldest_give_way() -> None:
    store = MemoryStore()
    examples = Examples(store, side_namespace(("a",), "learning"))
    helpful = np.array([True, False])
    for number in range(MOST_KEPT + 3):
        values = np.array([[number, 0.5], [0.25, -1.0]], np.float32)
        example = Example(
            recall_id=f"r{number}", names=("a", "b"), values=values, helpful=helpful
        )
        examples.add(example, now=NOW)
    kept = examples.newest()
    assert [one.recall_id for one in kept][:: MOST_KEPT - 1] == [
        "r3",
        f"r{MOST_KEPT + 2}",
    ]
    judged = kept[0].judged(["b", "unknown", "a"])
    assert judged.values.tolist() == [[0.5, 0.0, 3.0], [-1.0, 0.0, 0.25]]


def test_the_middleware_learns_from_replies(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        [id, *_] = memory.remember(FACTS[:20])
        asked = [{"role": "user", "content": "Who is in Oslo?"}]
        reply = {"role": "assistant", "content": "Ann sells lamps there."}
        for learn, uses in ((False, 0), (True, 1)):
            middleware = MemoryMiddleware(memory, learn=learn)
            converse(asked, generate=lambda _: reply, middleware=middleware)
            assert memory.get(id).access_count == uses


def test_redis_keeps_what_was_learnt_for_other_processes(redis_url: str) -> None:
    options = {"recall": SETTINGS, "clock": ManualClock(NOW)}
    with Memory.open(redis_url, namespace=("alice",), **options) as memory:
        memory.remember([*FACTS, *CHATTER])
        learnt = teach(memory, 40)
        assert learnt is not None
        assert learnt.used
    with Memory.open(redis_url, namespace=("alice",), **options) as memory:
        assert memory.explain("Does Ann sell in Oslo?").learned == learnt
