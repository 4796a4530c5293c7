"""Consolidation that runs by itself."""

from __future__ import annotations

from pathlib import Path

from retentive import Memory
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import ApprovalNeededError
from retentive.policies.near_duplicates import NearDuplicates
from retentive.records import Status
from retentive.testing.clock import ManualClock

TWICE = ("I am allergic to nuts.", "BTW, I'm allergic to nuts!")


def settings(**options: object) -> ConsolidationSettings:
    return ConsolidationSettings(policies=[NearDuplicates()], **options)  # type: ignore[arg-type]


def test_it_runs_after_so_many_commits(memory: Memory) -> None:
    memory.consolidation = settings(every_writes=3)
    memory.remember(TWICE[0])
    memory.remember(TWICE[1])
    memory.schedule.wait()
    assert memory.count() == {Status.ACTIVE: 2}
    memory.remember("I like tea.")
    memory.schedule.wait()
    assert memory.count() == {Status.ACTIVE: 2, Status.ARCHIVED: 1}
    for n in range(2):
        memory.remember(f"{TWICE[1]} {n} times")
        memory.schedule.wait()
    assert len(memory.journal()) == 1  # the run's own commits do not count


def test_it_runs_when_so_much_time_has_passed(
    memory: Memory, clock: ManualClock
) -> None:
    memory.consolidation = settings(every_s=3_600.0)
    memory.remember(TWICE[0])  # it never ran before
    memory.schedule.wait()
    memory.remember(TWICE[1])
    memory.schedule.wait()
    assert memory.count() == {Status.ACTIVE: 2}
    clock.advance(3_600)
    memory.remember("I like tea.")
    memory.schedule.wait()
    assert memory.count() == {Status.ACTIVE: 2, Status.ARCHIVED: 1}


def test_another_process_knows_when_it_ran(tmp_path: Path) -> None:
    for text in (*TWICE, "I like tea.", "I live in Oslo."):
        options = {"consolidation": settings(every_writes=3)}
        with Memory.open(tmp_path / "a.db", **options) as memory:
            memory.remember(text)
    with Memory.open(tmp_path / "a.db") as memory:
        assert memory.count() == {Status.ACTIVE: 3, Status.ARCHIVED: 1}
        assert len(memory.journal()) == 1


def test_a_plan_that_asks_waits_for_somebody(memory: Memory) -> None:
    memory.consolidation = settings(every_writes=2, max_share=0.0)
    for text in TWICE:
        memory.remember(text)
    memory.schedule.wait()
    assert isinstance(memory.schedule.failures[memory.namespace], ApprovalNeededError)
    assert memory.count() == {Status.ACTIVE: 2}
    memory.consolidate(max_share=1.0)
    assert memory.count() == {Status.ACTIVE: 1, Status.ARCHIVED: 1}
