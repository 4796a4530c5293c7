from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retentive import Memory
from retentive.stores.memory import MemoryStore
from retentive.stores.sqlite import SQLiteStore
from retentive.testing.clock import ManualClock
from tests.frames import NOW


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture(params=["memory", "sqlite"])
def memory(
    request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock
) -> Iterator[Memory]:
    store = (
        MemoryStore(clock=clock)
        if request.param == "memory"
        else SQLiteStore.open(tmp_path / "a.db", clock=clock)
    )
    with Memory(store, clock=clock) as memory:
        yield memory
