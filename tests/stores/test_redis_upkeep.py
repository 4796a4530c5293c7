"""What keeps a namespace that lives for long from growing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from retentive.errors import ConfigError
from retentive.index.replica import Replica
from retentive.protocols import Batch, Delete, Put
from retentive.records import MemoryRecord
from retentive.stores.redis import RedisStore
from retentive.stores.redis.upkeep import UpkeepSettings
from retentive.testing.clock import ManualClock

HOME = ("team",)
DAY_S = 86_400.0


def opened(url: str, clock: ManualClock, **options: Any) -> RedisStore:
    return RedisStore.open(url, clock=clock, **options)


def put(store: RedisStore, content: str, **fields: Any) -> MemoryRecord:
    record = MemoryRecord(content=content, namespace=HOME, **fields)
    store.apply(Batch(namespace=HOME, puts=[Put(record=record)]))
    return record


def delete(store: RedisStore, *records: MemoryRecord) -> None:
    deletes = [Delete(id=record.id) for record in records]
    store.apply(Batch(namespace=HOME, deletes=deletes))


def tombstones(store: RedisStore) -> int:
    return sum(c.record is None for c in store.changes(HOME, 0).items)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime(2026, 3, 10, tzinfo=UTC))


def test_tombstones_are_forgotten_when_they_are_old(
    redis_url: str, clock: ManualClock
) -> None:
    store = opened(redis_url, clock, tombstones_s=10 * DAY_S)
    kept, behind = put(store, "kept"), Replica(store, [HOME])
    behind.frame()
    for day in range(40):
        delete(store, put(store, f"of day {day}"))
        assert store.tend(HOME)
        assert not store.tend(HOME)
        clock.advance(DAY_S)
    assert 10 <= tombstones(store) <= 12
    frame = behind.frame()
    assert [frame.ids[r] for r in range(frame.size) if frame.alive[r]] == [kept.id]
    marks = store.client().hget(store._spaces.keys(HOME).part("data"), "marks")
    assert len(marks.split(b"\n")) <= 17


def test_a_long_feed_is_pruned_in_pieces_and_not_from_its_beginning(
    redis_url: str, clock: ManualClock
) -> None:
    store = opened(redis_url, clock)
    records = [MemoryRecord(content=f"fact {i}", namespace=HOME) for i in range(5_000)]
    store.apply(Batch(namespace=HOME, puts=[Put(record=r) for r in records]))
    for start in range(0, 5_000, 500):
        delete(store, *records[start : start + 500 : 2])
    half = store.changes(HOME, 0).sequence
    store.prune(HOME, half)
    assert tombstones(store) == 0
    delete(store, records[1])
    store.prune(HOME, half)
    assert tombstones(store) == 1
    store.prune(HOME, half + 1)
    assert tombstones(store) == 0
    assert sum(store.count(HOME).values()) == 2_499


def test_a_first_reading_in_many_pages_ends_though_old_tombstones_are_gone(
    redis_url: str,
) -> None:
    store = RedisStore.open(redis_url)
    records = [MemoryRecord(content=f"fact {i}", namespace=HOME) for i in range(300)]
    for item in records:
        store.apply(Batch(namespace=HOME, puts=[Put(record=item)]))
    delete(store, *records[:100])
    stale = Replica(store, [HOME])
    stale.frame()
    delete(store, *records[100:200])
    store.prune(HOME, 10**9)
    since, found = 0, set()
    while True:
        page = store.changes(HOME, since, limit=30)
        assert "floor" not in page.epoch
        found |= {change.id for change in page.items if change.record}
        since = page.sequence
        if not page.more:
            break
    assert found == {record.id for record in records[200:]}
    # Who stood at the same place for long has missed what is forgotten.
    assert "floor" in store.changes(HOME, 250).epoch
    assert int(stale.frame().alive.sum()) == 100


def test_what_is_forgotten_while_one_reads_is_not_missed(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    records = [MemoryRecord(content=f"fact {i}", namespace=HOME) for i in range(90)]
    for item in records:
        store.apply(Batch(namespace=HOME, puts=[Put(record=item)]))
    store.prune(HOME, 60)
    page = store.changes(HOME, 0, limit=30)
    delete(store, records[0])
    put(store, "later")
    assert "floor" not in store.changes(HOME, page.sequence, limit=30).epoch
    store.prune(HOME, 10**9)
    assert "floor" in store.changes(HOME, page.sequence, limit=30).epoch


def test_what_has_expired_is_swept_if_asked_for(
    redis_url: str, clock: ManualClock
) -> None:
    store, sweeping = opened(redis_url, clock), opened(redis_url, clock, sweep=True)
    put(store, "over soon", expires_at=clock.now + timedelta(days=1))
    put(store, "stays")
    clock.advance(2 * DAY_S)
    assert store.tend(HOME)
    assert sum(store.count(HOME).values()) == 2
    clock.advance(DAY_S)
    assert sweeping.tend(HOME)
    assert [r.content for r in store.scan(HOME)] == ["stays"]


def test_writes_tend_to_a_namespace_by_themselves(redis_url: str) -> None:
    store = RedisStore.open(redis_url, upkeep_s=0.001, tombstones_s=0.0)
    gone = put(store, "gone")
    delete(store, gone)
    for number in range(1_000):
        put(store, f"fact {number}")
        if not tombstones(store):
            break
    assert not tombstones(store)


def test_no_write_tends_to_anything_where_it_is_switched_off(redis_url: str) -> None:
    store = RedisStore.open(f"{redis_url}?upkeep_s=0")
    for number in range(64):
        put(store, f"fact {number}")
    assert not store.client().hexists(store._spaces.keys(HOME).part("data"), "tended")


@pytest.mark.parametrize("wrong", [{"every_s": -1}, {"tombstones_s": float("nan")}])
def test_times_are_times(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="must be seconds"):
        UpkeepSettings(**wrong)  # type: ignore[arg-type]


def test_a_flag_in_a_url_is_true_or_false(redis_url: str) -> None:
    with pytest.raises(ConfigError, match="true or false"):
        RedisStore.open(f"{redis_url}?sweep=maybe")
