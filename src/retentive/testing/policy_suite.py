"""What every consolidation policy must do: subclass :class:`PolicySuite`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import pytest

from retentive.consolidate.settings import ConsolidationSettings
from retentive.consolidate.view import View, view_of
from retentive.memory import Memory
from retentive.protocols import ConsolidationPolicy, Plan, Store
from retentive.records import Kind, MemoryRecord, Status
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock

__all__ = ["PolicySuite"]

_NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
_WRITERS = 8
_TELLINGS = 25  # of each writer while policies run
_TEXTS = (
    "I live in Oslo.",
    "By the way, I live in Oslo!",
    "I moved to Bergen.",
    "My favourite colour is green.",
    "My favourite colour is blue now.",
    "We talked about {n} kinds of cheese on day {n}.",
    "Is it going to rain on day {n}?",
    "我住在上海。",
    "顺便说一下，我住在上海",
    "我搬到了北京。",
    "第{n}天我们去了公园。",
    "😀",
)


class PolicySuite:
    """Checks of the contract of :class:`retentive.protocols.ConsolidationPolicy`.

    A subclass overrides the fixture ``policy`` and inherits the checks. It may
    override ``store`` to run them elsewhere than in memory, and ``texts`` for
    memories that the policy has something to do with.
    """

    @pytest.fixture
    def policy(self) -> ConsolidationPolicy:
        """Return the policy to check."""
        raise NotImplementedError("override the fixture 'policy'")

    @pytest.fixture
    def clock(self) -> ManualClock:
        """Return the clock that the store is to be given."""
        return ManualClock(_NOW)

    @pytest.fixture
    def store(self, clock: ManualClock) -> Store:
        """Return an empty store on that clock."""
        return MemoryStore(clock=clock)

    @pytest.fixture
    def texts(self) -> tuple[str, ...]:
        """Return what the memories say; ``{n}`` becomes a number."""
        return _TEXTS

    @pytest.fixture
    def memory(
        self,
        store: Store,
        clock: ManualClock,
        policy: ConsolidationPolicy,
        texts: tuple[str, ...],
    ) -> Iterator[Memory]:
        """Return a memory of a year: copies, changes, pins, expiries, every status."""
        settings = ConsolidationSettings(policies=[policy], max_share=1.0)
        with Memory(store, clock=clock, consolidation=settings) as memory:
            memory.remember(_year(texts))
            yield memory

    def test_it_has_a_name(self, policy: ConsolidationPolicy) -> None:
        """The name is what reports and the journal say."""
        assert policy.name

    def test_planning_changes_nothing_and_repeats_itself(
        self, memory: Memory, policy: ConsolidationPolicy
    ) -> None:
        """A plan is a function of the view and the present."""
        before = list(memory.records())
        view = _view(memory)
        first = _told(policy.plan(view, now=_NOW))
        assert _told(policy.plan(view, now=_NOW)) == first
        assert _told(policy.plan(_view(memory), now=_NOW)) == first
        assert list(memory.records()) == before

    def test_its_own_result_leaves_nothing_to_do(
        self, memory: Memory, policy: ConsolidationPolicy
    ) -> None:
        """A second run at the same instant plans nothing."""
        memory.consolidate()
        assert not policy.plan(_view(memory), now=_NOW)

    def test_only_what_was_planned_changes(self, memory: Memory) -> None:
        """Every record that the report does not name is as it was."""
        before = {record.id: record for record in memory.records()}
        named = {change.id for change in memory.consolidate().changes}
        after = {record.id: record for record in memory.records()}
        for id in {*before, *after} - named:
            assert after[id] == before[id]

    def test_every_change_has_a_reason(self, memory: Memory) -> None:
        """A dry run tells of each change why."""
        assert all(change.reason for change in memory.consolidate(dry_run=True).changes)

    def test_what_is_pinned_stays(self, memory: Memory) -> None:
        """A pinned record is there, pinned, and of the same status."""
        pinned = [record for record in memory.records() if record.pinned]
        memory.consolidate()
        assert pinned
        for record in pinned:
            kept = memory.get(record.id)
            assert (kept.pinned, kept.status) == (True, record.status)

    def test_nothing_is_planned_for_no_memories(
        self, policy: ConsolidationPolicy
    ) -> None:
        """An empty namespace gives an empty plan."""
        with Memory(MemoryStore()) as empty:
            assert not policy.plan(_view(empty), now=_NOW)

    def test_a_far_clock_is_no_reason_to_fail(
        self, memory: Memory, policy: ConsolidationPolicy
    ) -> None:
        """The years 1 and 9000 can be planned in."""
        for year in (1, 9000):
            policy.plan(_view(memory), now=datetime(year, 6, 1, tzinfo=UTC))

    def test_undo_brings_everything_back(self, memory: Memory) -> None:
        """After undoing a run, each record says and counts what it did."""
        before = {r.id: _without_version(r) for r in memory.records()}
        report = memory.consolidate()
        if report:
            memory.undo(report.run)
        assert {r.id: _without_version(r) for r in memory.records()} == before

    def test_writers_meanwhile_lose_nothing(self, memory: Memory) -> None:
        """What eight threads tell while the policy runs is told and counted."""
        stop = Event()
        tidier = Thread(target=_keep_tidying, args=(memory, stop))
        writers = [Thread(target=_tell, args=(memory, n)) for n in range(_WRITERS)]
        for thread in (tidier, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        stop.set()
        tidier.join()
        told = [r for r in memory.records() if r.metadata.get("writer") is not None]
        assert len(told) == _WRITERS * _TELLINGS
        [shared] = [r for r in memory.records() if r.content == _SHARED]
        assert shared.support_count == _WRITERS * _TELLINGS


_SHARED = "The one thing that all of them tell is number seventeen."


def _tell(memory: Memory, writer: int) -> None:
    for number in range(_TELLINGS):
        own = f"Writer number {writer} has told item number {number}."
        memory.remember(
            [
                MemoryRecord(
                    content=own,
                    speaker=f"w{writer}",
                    pinned=True,
                    occurred_at=_NOW,
                    metadata={"writer": writer},
                ),
                MemoryRecord(content=_SHARED, pinned=True, occurred_at=_NOW),
            ]
        )


def _keep_tidying(memory: Memory, stop: Event) -> None:
    while not stop.is_set():
        memory.consolidate()


def _year(texts: tuple[str, ...]) -> list[MemoryRecord]:
    records: list[MemoryRecord] = []
    for n in range(120):
        at = _NOW - timedelta(days=3 * n)
        records.append(
            MemoryRecord(
                content=texts[n % len(texts)].format(n=n),
                key=f"k{n}" if n % 17 == 16 else None,
                role="user",
                speaker=(None, "Ann")[n % 5 == 4],
                session=f"s{n // 10}",
                kind=Kind.SEMANTIC if n % 3 == 0 else Kind.EPISODIC,
                occurred_at=at,
                recorded_at=at,
                importance=(n % 4) / 4,
                pinned=n % 19 == 18,
                status=Status.ARCHIVED if n % 23 == 22 else Status.ACTIVE,
                expires_at=_NOW - timedelta(days=1) if n % 29 == 28 else None,
            )
        )
    return records


def _view(memory: Memory) -> View:
    replica = memory.recaller.replica((memory.namespace,))
    return view_of(replica, memory.store, memory.namespace)


def _told(plan: Plan) -> Any:
    """Return a plan without the ids of what it creates, which may be random."""
    made = {put.record.id for put in plan.puts if not put.expected_version}
    puts = [
        [getattr(put.record, f.name) for f in fields(put.record) if f.name != "id"]
        for put in plan.puts
    ]
    reasons = {id: why for id, why in plan.reasons.items() if id not in made}
    return puts, list(plan.status_changes), list(plan.deletes), reasons


def _without_version(record: MemoryRecord) -> MemoryRecord:
    return record.but(version=0, embedding=None)
