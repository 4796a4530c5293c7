"""Many processes on one server, and the death of a primary among them."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from retentive.index.replica import Replica
from retentive.protocols import Batch, Put
from retentive.records import MemoryRecord
from retentive.stores.redis import RedisStore
from retentive.stores.redis.keys import Keys
from tests.clusters import ServerSet, start_cluster, start_sentinel
from tests.faults.mixed_operations import HOME, work

NEEDS_REDIS = pytest.mark.skipif(
    shutil.which("redis-server") is None,
    reason="there is no redis-server here; root gets it by: make redis-server",
)
DATA = Keys("retentive", HOME).part("data")


def kill_amidst_work(found: ServerSet) -> None:
    """Kill the primary once there is work, and bring it back behind the new one."""
    store = RedisStore.open(found.url)
    until(lambda: sum(store.count(HOME).values()) > 15)
    found.survive_the_death_of(DATA)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_processes_lose_nothing_and_double_nothing(redis_url: str) -> None:
    assert "none lost" in work(redis_url, processes=4, operations=60)


@pytest.mark.parametrize(
    ("start", "binary"),
    [
        pytest.param(start_sentinel, None, id="sentinel-valkey"),
        pytest.param(
            start_sentinel, "redis-server", id="sentinel-redis", marks=NEEDS_REDIS
        ),
        pytest.param(
            start_cluster, "redis-server", id="cluster-redis", marks=NEEDS_REDIS
        ),
    ],
)
def test_a_failover_loses_no_write_that_a_replica_confirmed(
    tmp_path: Path, start: Callable[..., ServerSet], binary: str | None
) -> None:
    found = start(tmp_path, binary=binary)
    try:
        # A set of two cannot confirm any more when one has died, so the writes
        # before it are confirmed, and those after it have one copy.
        store = RedisStore.open(found.url, replicas=1, patience_s=20)
        acknowledged = set()
        for number in range(50):
            record = MemoryRecord(content=f"before {number}", namespace=HOME)
            store.apply(Batch(namespace=HOME, puts=[Put(record=record)]))
            acknowledged.add(record.id)
        replica = Replica(store, [HOME])
        before = replica.frame()
        epoch = store.changes(HOME, 0).epoch
        store.close()
        survivor = RedisStore.open(found.url, patience_s=20)
        found.primary_of(DATA).kill()
        record = MemoryRecord(content="after", namespace=HOME)
        survivor.apply(Batch(namespace=HOME, puts=[Put(record=record)]))
        assert {r.id for r in survivor.scan(HOME)} == acknowledged | {record.id}
        assert survivor.changes(HOME, 0).epoch != epoch
        replica._store = survivor
        frame = replica.frame()
        assert before.size == 50
        assert set(frame.ids) == acknowledged | {record.id}
    finally:
        found.stop()


@pytest.mark.parametrize("start", [start_sentinel, start_cluster])
def test_work_goes_on_through_the_death_of_a_primary(
    tmp_path: Path, start: Callable[..., ServerSet]
) -> None:
    found = start(tmp_path)
    try:
        checked = work(
            found.url,
            processes=3,
            operations=60,
            replicas=1,
            meanwhile=lambda: kill_amidst_work(found),
        )
        assert "none lost" in checked
    finally:
        found.stop()
