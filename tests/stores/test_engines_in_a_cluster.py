"""Engines of a real Cluster: a namespace's index is where the namespace is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from retentive import Memory
from retentive.recall.defaults import default_settings
from retentive.stores.redis import RedisStore
from retentive.stores.redis.search.probing import QUERY_ENGINE, VECTOR_SETS
from retentive.testing.fake import FakeEmbedder
from tests.clusters import ServerSet, start_cluster
from tests.engines import module_options, redis_binary

SERVER = replace(default_settings(), engine="server")
TEAMS = [("team", str(number)) for number in range(6)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerSet]:
    folder = tmp_path_factory.mktemp("cluster")
    options = module_options(folder)
    started = start_cluster(folder, binary=redis_binary(), options=options)
    yield started
    started.stop()


def opened(cluster: ServerSet, namespace: tuple[str, ...]) -> Memory:
    return Memory.open(
        cluster.url, namespace=namespace, embedder=FakeEmbedder(), recall=SERVER
    )


def asked(memory: Memory, number: int) -> str:
    [best, *_] = memory.recall(f"Which code opens vault {number}?")
    return best.record.content


def test_each_namespace_is_searched_on_its_own_shard(cluster: ServerSet) -> None:
    homes = {cluster.primary_of(f"{{team/{n}}}").port for n in range(6)}
    assert len(homes) > 1, "the test needs namespaces on several shards"
    for name in TEAMS:
        with opened(cluster, name) as memory:
            memory.remember([f"Vault {i} opens by {name[1]}-{i}." for i in range(120)])
    for name in TEAMS:
        with opened(cluster, name) as memory:
            assert isinstance(memory.store, RedisStore)
            there = {a.engine: a.there for a in memory.store.engines.abilities()}
            assert there == {QUERY_ENGINE: True, VECTOR_SETS: True}
            assert asked(memory, 77) == f"Vault 77 opens by {name[1]}-77."
            sets = memory.store.engines.named(VECTOR_SETS)
            assert sets.catch_up(name).memories == 120
            sets.drop(name)


def test_an_index_goes_on_with_its_data_when_a_primary_dies(
    cluster: ServerSet,
) -> None:
    name = ("team", "0")
    with opened(cluster, name) as memory:
        memory.remember([f"Vault {i} opens by 0-{i}." for i in range(120)])
        assert asked(memory, 17) == "Vault 17 opens by 0-17."
        primary = cluster.primary_of("{team/0}")
        with primary.client() as client:
            client.wait(1, 2_000)
        primary.kill()
        assert asked(memory, 18) == "Vault 18 opens by 0-18."
        memory.remember("Vault 500 opens by zero.")
        assert asked(memory, 500) == "Vault 500 opens by zero."
        memory.erase()
        assert memory.recall("vault") == []
