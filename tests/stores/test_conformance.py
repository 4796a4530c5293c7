from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from retentive.protocols import Batch, Put, Store
from retentive.records import MemoryRecord
from retentive.stores.memory import MemoryStore
from retentive.stores.redis import RedisStore
from retentive.stores.sqlite import SQLiteStore
from retentive.testing.clock import ManualClock
from retentive.testing.store_suite import StoreSuite
from tests.clusters import ServerSet, start_cluster


class TestMemoryStore(StoreSuite):
    @pytest.fixture
    def store(self, clock: ManualClock) -> Store:
        return MemoryStore(clock=clock)


class TestSQLiteStore(StoreSuite):
    @pytest.fixture
    def store(self, clock: ManualClock, tmp_path: Path) -> Iterator[Store]:
        store = SQLiteStore.open(tmp_path / "a.db", clock=clock)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Callable[[Store], Store]:
        def reopen(store: Store) -> Store:
            store.close()
            return SQLiteStore.open(tmp_path / "a.db")

        return reopen


class TestRedisStore(StoreSuite):
    @pytest.fixture
    def store(self, clock: ManualClock, redis_url: str) -> Iterator[Store]:
        store = RedisStore.open(redis_url, clock=clock)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, redis_url: str) -> Callable[[Store], Store]:
        def reopen(store: Store) -> Store:
            store.close()
            return RedisStore.open(redis_url)

        return reopen


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSet]:
    cluster = start_cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


class TestRedisStoreOnACluster(StoreSuite):
    """Three primaries with a replica each."""

    @pytest.fixture
    def url(self, cluster: ServerSet) -> str:
        for server in cluster.servers[:3]:
            with server.client() as client:
                client.flushall()
        return cluster.url

    @pytest.fixture
    def store(self, clock: ManualClock, url: str) -> Iterator[Store]:
        store = RedisStore.open(url, clock=clock)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, url: str) -> Callable[[Store], Store]:
        def reopen(store: Store) -> Store:
            store.close()
            return RedisStore.open(url)

        return reopen

    def test_commits_are_told_wherever_their_namespace_lies(self, url: str) -> None:
        store, names = RedisStore.open(url), [(label,) for label in "abcdefgh"]
        with store.listen(names) as told:
            assert told(0)
            assert not told(0)
            for name in names:
                record = MemoryRecord(content="tea", namespace=name)
                store.apply(Batch(namespace=name, puts=[Put(record=record)]))
                assert told(30)
        store.close()
