"""Curves, decay, expiry and budgets, with numbers worked by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive import Memory
from retentive.errors import InvalidInputError
from retentive.policies.budget import Budget
from retentive.policies.curves import CURVES, Curve
from retentive.policies.decay import Decay
from retentive.policies.expire import Expire
from retentive.records import Kind, MemoryRecord, Status
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock

DAY_S = 86_400.0
START = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def left(curve: Curve, age_days: float, *, strength: float = 1.0) -> float:
    [value] = curve(
        np.array([age_days * DAY_S]),
        half_life_s=np.array([30 * DAY_S]),
        strength=np.array([strength]),
    )
    return float(value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("exponential", [1.0, 0.5, 0.25, 0.125]),
        ("power_law", [1.0, 0.5, 1 / 3, 0.25]),
        ("ebbinghaus", [1.0, 0.5, 0.25, 0.125]),
    ],
)
def test_what_is_left_after_0_30_60_and_90_days(
    name: str, expected: list[float]
) -> None:
    found = [left(CURVES[name], days) for days in (0, 30, 60, 90)]
    assert found == pytest.approx(expected)


def test_a_stronger_memory_fades_more_slowly() -> None:
    # The direction that MemoryBank's code has the wrong way round.
    assert left(CURVES["ebbinghaus"], 90, strength=3) == pytest.approx(0.5)
    assert left(CURVES["ebbinghaus"], 30, strength=0.5) == pytest.approx(0.25)


@given(
    st.sampled_from(sorted(CURVES)),
    st.floats(-1e3, 1e6),
    st.floats(0, 1e6),
    st.floats(1, 1e4),
    st.floats(0, 1e4),
)
def test_curves_fall_with_age_and_never_with_strength(
    name: str, age: float, later: float, strength: float, more: float
) -> None:
    curve = CURVES[name]
    now = left(curve, age, strength=strength)
    assert 0.0 <= left(curve, age + later, strength=strength) <= now <= 1.0
    assert left(curve, age, strength=strength + more) >= now


class Life:
    """A memory whose days pass one by one, each ending with a consolidation."""

    def __init__(self, *policies: Any) -> None:
        self.clock = ManualClock(START)
        self.memory = Memory(
            MemoryStore(clock=self.clock), clock=self.clock, processors=()
        )
        self.policies = policies

    def until(self, day: int) -> None:
        while self.clock.now < START + timedelta(days=day):
            self.clock.advance(DAY_S)
            self.memory.consolidate(*self.policies, max_share=1.0)

    def status(self, id: str) -> Status | None:
        found = self.memory.store.get(self.memory.namespace, [id])
        return found[0].status if found else None


def test_the_timeline_of_a_memory_that_nobody_needs() -> None:
    # 0.5 * 0.5 ** (100 / 30) = 0.0496 < 0.05, and 0.0508 on the day before.
    life = Life(Decay(half_life_s=30 * DAY_S), Expire())
    [id] = life.memory.remember(MemoryRecord(content="Rain today", occurred_at=START))
    life.until(99)
    assert life.status(id) is Status.ACTIVE
    life.until(100)
    assert life.status(id) is Status.ARCHIVED
    assert not life.memory.recall("rain")
    life.until(129)
    assert life.status(id) is Status.ARCHIVED
    life.until(130)
    assert life.status(id) is None


def test_the_timeline_of_a_memory_that_is_used_once() -> None:
    # Used on day 60, strength 2: 0.5 * 0.5 ** (200 / 60) = 0.0496 on day 260.
    life = Life(Decay(half_life_s=30 * DAY_S))
    [id] = life.memory.remember(MemoryRecord(content="Rain today", occurred_at=START))
    life.until(60)
    life.memory.used([id])
    life.until(259)
    assert life.status(id) is Status.ACTIVE
    life.until(260)
    assert life.status(id) is Status.ARCHIVED


def test_a_use_that_only_the_store_knows_of_counts() -> None:
    life = Life(Decay(half_life_s=30 * DAY_S))
    [id] = life.memory.remember(MemoryRecord(content="Rain today", occurred_at=START))
    life.memory.frame()
    life.until(60)
    other_process = Memory(life.memory.store, clock=life.clock)
    other_process.used([id])
    life.until(200)
    assert life.status(id) is Status.ACTIVE


def test_archived_memories_awake_when_told_again() -> None:
    life = Life(Decay(half_life_s=30 * DAY_S), Expire())
    rain = MemoryRecord(content="Rain today", occurred_at=START)
    [id] = life.memory.remember(rain)
    life.until(110)
    assert life.status(id) is Status.ARCHIVED
    assert life.memory.remember(rain.but(id="again", occurred_at=life.clock())) == [id]
    assert life.memory.get(id).expires_at is None
    life.until(200)
    assert life.status(id) is Status.ACTIVE


def test_kinds_have_half_lives_of_their_own_and_pins_none() -> None:
    life = Life(Decay(half_life_s=DAY_S, semantic_half_life_s=20 * DAY_S), Expire())
    ids = life.memory.remember(
        [
            MemoryRecord(content="event", occurred_at=START),
            MemoryRecord(content="fact", kind=Kind.SEMANTIC, occurred_at=START),
            MemoryRecord(content="skill", kind=Kind.PROCEDURAL, occurred_at=START),
            MemoryRecord(content="pinned", occurred_at=START, pinned=True),
        ]
    )
    life.until(60)
    active = Status.ACTIVE
    assert [life.status(id) for id in ids] == [None, active, active, active]
    life.until(70)
    assert [life.status(id) for id in ids] == [None, Status.ARCHIVED, active, active]


def test_a_time_to_live_ends_in_deletion_after_its_grace() -> None:
    life = Life(Expire(grace_s=2 * DAY_S))
    soon = MemoryRecord(content="The code is 7", expires_at=START + timedelta(days=1))
    [id] = life.memory.remember(soon)
    life.until(1)
    assert not life.memory.recall("code")
    life.until(2)
    assert life.status(id) is Status.ACTIVE
    life.until(3)
    assert life.status(id) is None


def test_a_budget_evicts_the_archived_and_then_the_weakest() -> None:
    life = Life()
    records = [
        MemoryRecord(content=f"item {n}", importance=n / 10, occurred_at=START)
        for n in range(10)
    ]
    ids = life.memory.remember(records)
    life.memory.store.apply(_archive(life.memory, ids[9]))
    life.memory.consolidate(Budget(records=7))
    kept = [record.content for record in life.memory.records()]
    assert kept == [f"item {n}" for n in range(2, 9)]


def _archive(memory: Memory, id: str) -> Any:
    from retentive.protocols import Batch, StatusChange

    change = StatusChange(id=id, status=Status.ARCHIVED)
    return Batch(namespace=memory.namespace, status_changes=[change])


def test_a_budget_of_tokens_counts_the_whole_namespace() -> None:
    life = Life()
    texts = [f"{n} " + "word " * 50 for n in range(20)]
    life.memory.remember([MemoryRecord(content=t, occurred_at=START) for t in texts])
    each = int(life.memory.frame().tokens[0])
    life.memory.consolidate(Budget(tokens=each * 5 + 3))
    assert len(list(life.memory.records())) == 5


def test_a_budget_of_bytes_counts_contents_and_vectors() -> None:
    life = Life()
    texts = [f"{n} " + "word " * 50 for n in range(20)]
    life.memory.remember([MemoryRecord(content=t, occurred_at=START) for t in texts])
    life.memory.consolidate(Budget(bytes=7_000))  # 420 + 4 * 64 bytes each
    assert len(list(life.memory.records())) == 10


def test_pins_are_never_evicted_though_they_count() -> None:
    life = Life()
    records = [MemoryRecord(content=f"item {n}", pinned=n < 6) for n in range(10)]
    life.memory.remember(records)
    life.memory.consolidate(Budget(records=3))
    assert [r.content for r in life.memory.records()] == [f"item {n}" for n in range(6)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Decay(curve="linear"), "curve must be one of exponential, power_law"),
        (lambda: Decay(half_life_s=0), "half-lives must be seconds above 0"),
        (lambda: Decay(growth=-1), "growth must be at least 0"),
        (lambda: Decay(archive_below=2), r"archive_below must be in \[0, 1\]"),
        (lambda: Decay(grace_s=-1), "grace_s must be at least 0"),
        (lambda: Expire(grace_s=-1), "grace_s must be at least 0"),
        (Budget, "a budget needs a bound"),
        (lambda: Budget(records=0), "records must be at least 1"),
    ],
)
def test_options_out_of_range_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        make()
