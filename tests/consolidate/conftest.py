from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retentive import Memory
from retentive.protocols import Store
from retentive.stores.memory import MemoryStore
from retentive.stores.redis import RedisStore
from retentive.stores.sqlite import SQLiteStore
from retentive.testing.clock import ManualClock
from tests.frames import NOW


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
        url = request.getfixturevalue("redis_url")
        store = RedisStore.open(url, clock=clock)
    yield store
    store.close()


@pytest.fixture
def memory(store: Store, clock: ManualClock) -> Iterator[Memory]:
    with Memory(store, clock=clock) as memory:
        yield memory
