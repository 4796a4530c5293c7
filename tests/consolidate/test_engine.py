"""Plan, validate, ask, commit, undo: with policies by hand, on real stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from retentive import Memory
from retentive.consolidate.report import Preview
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import (
    ApprovalNeededError,
    BusyError,
    InvalidInputError,
    PlanError,
)
from retentive.policies.near_duplicates import NearDuplicates
from retentive.protocols import Delete, MemoryView, Plan, Put, StatusChange
from retentive.records import Kind, MemoryRecord, Status
from retentive.testing.clock import ManualClock

MINUTE = timedelta(minutes=1)


class Always:
    """Plans what it was given, whatever it sees."""

    name = "always"

    def __init__(
        self,
        *,
        puts: list[Put] | None = None,
        changes: list[StatusChange] | None = None,
        deletes: list[Delete] | None = None,
        reasons: dict[str, str] | None = None,
        first: Callable[[], object] = lambda: None,
    ) -> None:
        self._given = puts or [], changes or [], deletes or []
        self._reasons = reasons
        self._first = first

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        self._first()
        puts, changes, deletes = self._given
        ids = [p.record.id for p in puts] + [c.id for c in [*changes, *deletes]]
        reasons = (
            dict.fromkeys(ids, "because") if self._reasons is None else self._reasons
        )
        return Plan(puts=puts, status_changes=changes, deletes=deletes, reasons=reasons)


def archive(*ids: str) -> list[StatusChange]:
    return [StatusChange(id=id, status=Status.ARCHIVED) for id in ids]


def two_wordings(memory: Memory, clock: ManualClock) -> tuple[str, str]:
    [first] = memory.remember("I am allergic to peanuts.", session="s1")
    clock.advance(60)
    [second] = memory.remember("By the way, I'm allergic to peanuts!", session="s2")
    return first, second


def test_a_merge_keeps_support_times_and_the_older_record(
    memory: Memory, clock: ManualClock
) -> None:
    first, second = two_wordings(memory, clock)
    report = memory.consolidate()
    kept = memory.get(first)
    assert kept.support_count == 2
    assert [said.session for said in kept.said_at()] == ["s1", "s2"]
    assert memory.get(second).status is Status.ARCHIVED
    assert memory.get(second).superseded_by == first
    assert [hit.record.id for hit in memory.recall("peanuts")] == [first]
    assert {c.id: c.action for c in report.changes} == {
        first: "change",
        second: "archive",
    }
    assert not memory.consolidate()


def test_a_dry_run_tells_all_and_changes_nothing(
    memory: Memory, clock: ManualClock
) -> None:
    two_wordings(memory, clock)
    before = list(memory.records())
    sequence = memory.store.changes(memory.namespace, 0).sequence
    shown = memory.consolidate(dry_run=True)
    assert list(memory.records()) == before
    assert memory.store.changes(memory.namespace, 0).sequence == sequence
    assert memory.journal() == []
    done = memory.consolidate()
    assert shown.changes == done.changes
    assert all(change.reason for change in shown.changes)


def test_a_wording_told_again_is_counted_once(
    memory: Memory, clock: ManualClock
) -> None:
    first, second = two_wordings(memory, clock)
    memory.consolidate()
    clock.advance(60)
    assert memory.remember("By the way, I'm allergic to peanuts!") == [second]
    assert memory.get(second).status is Status.ACTIVE
    memory.consolidate()
    assert memory.get(second).status is Status.ARCHIVED
    assert memory.get(first).support_count == 3
    assert len(memory.get(first).said_at()) == 3


def test_undo_restores_everything_and_the_next_run_does_not_repeat_it(
    memory: Memory, clock: ManualClock
) -> None:
    two_wordings(memory, clock)
    before = [_told(record) for record in memory.records()]
    report = memory.consolidate()
    clock.advance(60)
    undone = memory.undo(report.run)
    assert [_told(record) for record in memory.records()] == before
    again = memory.consolidate()
    assert not again.changes
    assert set(again.skipped.values()) == {"the same was undone before"}
    memory.undo(undone.run)  # undoing is a commit like any other
    assert memory.count()[Status.ARCHIVED] == 1


def test_undoing_twice_is_undoing_once(memory: Memory, clock: ManualClock) -> None:
    for text in ("I am allergic to nuts.", "I work in a bakery."):
        for _ in range(3):
            memory.remember(text)
        clock.advance(60)
        memory.remember([f"By the way, {text[0].lower()}{text[1:]}"] * 2)
    before = [_told(record) for record in memory.records()]
    settings = ConsolidationSettings(policies=[NearDuplicates()], batch=1, max_share=1)
    with Memory(memory.store, clock=clock, consolidation=settings) as other:
        first, second = (report := other.consolidate()).commits
        done = [_told(record) for record in other.records()]
        other.undo(first)  # as if the undoing of the run had died after it
        undone = other.undo(report.run)
        assert set(undone.skipped.values()) == {"it was taken back before"}
        assert [_told(record) for record in other.records()] == before
        assert not other.undo(second)
        assert not other.undo(report.run)
        assert [_told(record) for record in other.records()] == before
        for entry in reversed(other.journal()[2:]):
            other.undo(entry.id)  # the undoings: all is consolidated again
        assert [_told(record) for record in other.records()] == done
        other.undo(report.run)
        assert [_told(record) for record in other.records()] == before


def test_undo_keeps_what_happened_since(memory: Memory, clock: ManualClock) -> None:
    first, second = two_wordings(memory, clock)
    [commit] = memory.consolidate().commits
    clock.advance(60)
    memory.remember("I am allergic to peanuts.", session="s3")
    memory.undo(commit)
    kept = memory.get(first)
    assert kept.support_count == 2
    assert [said.session for said in kept.said_at()] == ["s1", "s3"]
    assert memory.get(second).status is Status.ACTIVE


def test_undo_brings_back_what_was_deleted(memory: Memory) -> None:
    record = MemoryRecord(content="Old news", expires_at=memory.clock() - MINUTE)
    [id] = memory.remember(record)
    before = memory.get(id)
    report = memory.consolidate(Always(deletes=[Delete(id=id)]))
    assert not list(memory.records())
    memory.undo(report.run)
    assert _told(memory.get(id)) == _told(before)


def test_undo_removes_what_was_created(memory: Memory) -> None:
    [id] = memory.remember("I like tea.")
    summary = MemoryRecord(
        content="Likes tea", kind=Kind.SUMMARY, derived_from=(id,), key="summary:1"
    )
    report = memory.consolidate(Always(puts=[Put(record=summary)]))
    assert memory.get(summary.id).content == "Likes tea"
    memory.undo(report.commits[0])
    assert [record.id for record in memory.records()] == [id]


def test_an_unknown_commit_cannot_be_undone(memory: Memory) -> None:
    with pytest.raises(InvalidInputError, match="no commit 'x' can be undone"):
        memory.undo("x")


def test_what_is_written_while_a_plan_is_made_is_left_alone(memory: Memory) -> None:
    [a, b] = memory.remember(["I like tea.", "I live in Oslo."])

    def meanwhile() -> None:
        memory.remember("I like tea.", session="new")

    report = memory.consolidate(Always(changes=archive(a, b), first=meanwhile))
    assert memory.get(a).status is Status.ACTIVE
    assert memory.get(a).support_count == 2
    assert memory.get(b).status is Status.ARCHIVED
    assert report.skipped == {a: "it was written meanwhile"}


def test_what_is_forgotten_while_a_plan_is_made_stays_forgotten(memory: Memory) -> None:
    [a, b] = memory.remember(["I like tea.", "I live in Oslo."])
    policy = Always(changes=archive(a, b), first=lambda: memory.forget([a]))
    assert memory.consolidate(policy).skipped == {a: "it was written meanwhile"}
    assert [record.id for record in memory.records()] == [b]


def test_changes_that_belong_together_are_left_out_together(memory: Memory) -> None:
    [a, b] = memory.remember(["I like tea.", "I like teas."])
    merge = Always(
        puts=[Put(record=memory.get(a).but(support_count=2), expected_version=1)],
        changes=[StatusChange(id=b, status=Status.ARCHIVED, superseded_by=a)],
        first=lambda: memory.remember("I like teas.", session="new"),
    )
    assert set(memory.consolidate(merge).skipped) == {a, b}
    assert memory.get(a).support_count == 1


def test_small_batches_commit_everything(memory: Memory, clock: ManualClock) -> None:
    ids = memory.remember([f"Fact number {n}" for n in range(25)])
    memory.consolidation = ConsolidationSettings(
        policies=[Always(changes=archive(*ids))], batch=4, max_share=1.0
    )
    seen: list[tuple[int, int]] = []
    report = memory.consolidate(progress=lambda done, total: seen.append((done, total)))
    assert len(report.commits) == 7
    assert seen == [(n, 25) for n in (4, 8, 12, 16, 20, 24, 25)]
    assert memory.count() == {Status.ARCHIVED: 25}
    memory.undo(report.commits[1])
    assert memory.count() == {Status.ARCHIVED: 21, Status.ACTIVE: 4}
    memory.undo(report.run)
    assert memory.count() == {Status.ACTIVE: 25}


def test_a_plan_beyond_the_share_stops_and_asks(memory: Memory) -> None:
    ids = memory.remember([f"Fact number {n}" for n in range(10)])
    policy = Always(changes=archive(*ids[:4]))
    with pytest.raises(
        ApprovalNeededError, match=r"would change 4 of the 10"
    ) as failed:
        memory.consolidate(policy, max_share=0.3)
    assert (failed.value.changed, failed.value.total) == (4, 10)
    assert memory.count() == {Status.ACTIVE: 10}
    asked: list[Preview] = []

    def answer(preview: Preview) -> bool:
        asked.append(preview)
        return len(asked) > 1

    with pytest.raises(ApprovalNeededError):
        memory.consolidate(policy, max_share=0.3, approve=answer)
    memory.consolidate(policy, max_share=0.3, approve=answer)
    assert memory.count() == {Status.ACTIVE: 6, Status.ARCHIVED: 4}
    assert [change.id for change in asked[0].changes] == ids[:4]


def test_half_may_change_where_no_share_is_set(memory: Memory) -> None:
    ids = memory.remember([f"Fact number {n}" for n in range(60)])
    memory.consolidate(Always(changes=archive(*ids[:30])))
    with pytest.raises(ApprovalNeededError):
        memory.consolidate(Always(changes=archive(*ids[29:])))


def _bad_plans(memory: Memory) -> list[tuple[Always, str]]:
    [a, _, pinned] = memory.remember(
        ["I like tea.", "I live in Oslo.", MemoryRecord(content="Keep", pinned=True)]
    )
    tea = memory.get(a)
    orphan = MemoryRecord(content="I am a god", kind=Kind.SUMMARY)
    elsewhere = MemoryRecord(content="x", derived_from=(a,), namespace=("other",))

    def replaced(**changes: Any) -> list[Put]:
        return [Put(record=tea.but(**changes), expected_version=tea.version)]

    superseded = StatusChange(id=a, status=Status.SUPERSEDED)
    return [
        (Always(changes=archive(a), reasons={}), "no reason is given"),
        (Always(changes=archive(a, a)), "is changed 2 times"),
        (Always(changes=archive("unknown")), "'unknown' is not there"),
        (Always(changes=archive(pinned)), "is pinned"),
        (Always(deletes=[Delete(id=pinned)]), "is pinned"),
        (Always(deletes=[Delete(id=a)]), "is active and has not expired"),
        (Always(deletes=[Delete(id=a, bar=True)]), "only forgetting bars"),
        (Always(puts=replaced(content="I hate tea.")), "would say something else"),
        (Always(puts=replaced(key="k")), "another kind or key"),
        (Always(puts=[Put(record=tea)]), "exists; give the version"),
        (Always(puts=[Put(record=orphan)]), "derived from nothing"),
        (Always(puts=[Put(record=elsewhere)]), r"belongs to \('other',\)"),
        (Always(changes=[superseded]), "superseded by nothing"),
        (
            Always(
                changes=[
                    StatusChange(id=a, status=Status.SUPERSEDED, superseded_by="gone")
                ]
            ),
            "refers to 'gone', which is not there",
        ),
    ]


def test_a_plan_with_one_bad_part_is_refused_as_a_whole(memory: Memory) -> None:
    for policy, message in _bad_plans(memory):
        before = list(memory.records())
        with pytest.raises(PlanError, match=message):
            memory.consolidate(policy)
        assert list(memory.records()) == before
    assert memory.journal() == []


def test_one_process_at_a_time_consolidates(memory: Memory) -> None:
    memory.remember("I like tea.")
    failures: list[Exception] = []

    def nested() -> None:
        try:
            memory.consolidate()
        except BusyError as error:
            failures.append(error)

    memory.consolidate(Always(first=nested))
    assert "is being consolidated or erased elsewhere" in str(failures[0])


def test_a_later_policy_sees_what_an_earlier_one_did(
    memory: Memory, clock: ManualClock
) -> None:
    _, second = two_wordings(memory, clock)
    memory.consolidation = ConsolidationSettings(
        policies=[NearDuplicates(), Always(changes=archive(second))]
    )
    shown = memory.consolidate(dry_run=True)
    assert shown.skipped == {second: "another policy of this run changes it"}
    report = memory.consolidate()
    assert [c.policy for c in report.changes if c.id == second] == [
        "near_duplicates",
        "always",
    ]


def test_the_journal_forgets_what_is_too_old(
    memory: Memory, clock: ManualClock
) -> None:
    memory.consolidation = ConsolidationSettings(
        policies=[NearDuplicates()], undo_for_s=3_600
    )
    two_wordings(memory, clock)
    memory.consolidate()
    clock.advance(3_000)
    memory.consolidate()
    assert len(memory.journal()) == 1
    clock.advance(3_000)
    memory.consolidate()
    assert memory.journal() == []


def test_the_journal_is_no_memory(memory: Memory, clock: ManualClock) -> None:
    two_wordings(memory, clock)
    memory.consolidate()
    assert sum(memory.count().values()) == 2
    assert len(list(memory.records())) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_share": 1.5}, r"max_share must be in \[0, 1\]"),
        ({"batch": 0}, "batch must be at least 1"),
        ({"every_writes": 0}, "every_writes must be at least 1"),
        ({"every_s": 0.0}, "every_s must be seconds above 0"),
        ({"lease_s": float("inf")}, "lease_s must be seconds above 0"),
        ({"undo_for_s": -1.0}, "undo_for_s must be at least 0"),
    ],
)
def test_settings_that_nobody_could_follow_are_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        ConsolidationSettings(**options)


def _told(record: MemoryRecord) -> MemoryRecord:
    return record.but(version=0, embedding=None)
