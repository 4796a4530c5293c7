from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from retentive import Memory
from retentive.config import open_memory
from retentive.errors import ConfigError, InvalidInputError
from retentive.policies.expire import Expire
from retentive.processors.facts import ExtractFacts
from retentive.processors.times_to_live import TimesToLive
from retentive.protocols import Store
from retentive.records import Kind, MemoryRecord
from retentive.stores.memory import MemoryStore
from retentive.stores.redis import RedisStore
from retentive.stores.sqlite import SQLiteStore
from retentive.testing.clock import ManualClock
from tests.frames import NOW

DAY = timedelta(days=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture(params=["memory", "sqlite", "redis"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock
) -> Iterator[Store]:
    if request.param == "memory":
        store: Store = MemoryStore(clock=clock)
    elif request.param == "sqlite":
        store = SQLiteStore.open(tmp_path / "a.db", clock=clock)
    else:
        store = RedisStore.open(request.getfixturevalue("redis_url"), clock=clock)
    yield store
    store.close()


@pytest.fixture
def memory(store: Store, clock: ManualClock) -> Memory:
    lives = TimesToLive({"episodic": 30 * 86_400, Kind.SEMANTIC: 90 * 86_400})
    return Memory(store, clock=clock, processors=[ExtractFacts(), lives])


def test_each_kind_lives_as_long_as_it_is_given(
    memory: Memory, clock: ManualClock
) -> None:
    memory.remember("It rained in Bergen. I live in Graz.")
    memory.remember(MemoryRecord(content="How to knit", kind="procedural"))
    lives = {r.kind: r.expires_at for r in memory.records()}
    assert lives[Kind.EPISODIC] == NOW + 30 * DAY
    assert lives[Kind.SEMANTIC] == NOW + 90 * DAY
    assert lives[Kind.PROCEDURAL] is None
    clock.now += 30 * DAY - timedelta(seconds=1)
    assert memory.recall("Did it rain in Bergen?")
    clock.now += timedelta(seconds=1)
    left = {hit.record.kind for hit in memory.recall("rain Bergen Graz knit")}
    assert left == {Kind.SEMANTIC, Kind.PROCEDURAL}
    memory.consolidate(Expire(), max_share=1.0)
    assert {r.kind for r in memory.records()} == {Kind.SEMANTIC, Kind.PROCEDURAL}


def test_the_life_of_the_guide_day_by_day(memory: Memory, clock: ManualClock) -> None:
    memory.remember("It rained in Bergen.")
    clock.now += 20 * DAY
    memory.remember("It rained in Bergen.")
    clock.now = NOW + 49 * DAY
    assert memory.recall("Bergen")
    clock.now = NOW + 50 * DAY
    assert not memory.recall("Bergen")
    assert len(memory.consolidate(Expire(), max_share=1.0).changes) == 1
    assert not list(memory.records())


def test_an_end_of_its_own_and_a_pin_win(memory: Memory) -> None:
    own = MemoryRecord(content="For a day", expires_at=NOW + DAY)
    pinned = MemoryRecord(content="For ever", pinned=True)
    memory.remember([own, pinned])
    assert memory.get(own.id).expires_at == NOW + DAY
    assert memory.get(pinned.id).expires_at is None


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf"), 1e12])
def test_odd_times_are_refused(seconds: float) -> None:
    with pytest.raises(InvalidInputError, match="leave a kind out"):
        TimesToLive({"episodic": seconds})


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="kind"):
        TimesToLive({"event": 5.0})


def test_a_file_gives_times_by_kind(tmp_path: Path, clock: ManualClock) -> None:
    file = tmp_path / "memory.yaml"
    file.write_text(
        "store: {type: sqlite, path: a.db}\nprocessors: [facts]\n"
        "consolidation: {ttl: {episodic: 36h, semantic: 60}}\n",
        "utf-8",
    )
    with open_memory(file, clock=clock) as memory:
        memory.remember("It rained. I live in Graz.")
        ends = {r.kind: r.expires_at - r.recorded_at for r in memory.records()}  # type: ignore[operator]
        assert ends == {
            Kind.EPISODIC: timedelta(hours=36),
            Kind.SEMANTIC: timedelta(minutes=1),
        }


@pytest.mark.parametrize(
    ("ttl", "message"),
    [
        ("{event: 30d}", r"consolidation\.ttl\.event"),
        ("{episodic: 0}", r"consolidation\.ttl\.episodic"),
        ("{episodic: soon}", r"consolidation\.ttl\.episodic"),
        ("{episodic: 999999w}", r"consolidation\.ttl\.episodic"),
        ("30d", r"consolidation\.ttl"),
    ],
)
def test_a_wrong_file_says_where(tmp_path: Path, ttl: str, message: str) -> None:
    file = tmp_path / "memory.yaml"
    file.write_text(f"store: memory\nconsolidation: {{ttl: {ttl}}}\n", "utf-8")
    with pytest.raises(ConfigError, match=message):
        Memory.open(file)
