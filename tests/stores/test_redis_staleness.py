"""Answers that may be somewhat old, where one allows them."""

from __future__ import annotations

import time
from typing import Any

import pytest

from retentive.config import open_memory
from retentive.errors import ConfigError
from retentive.index.replica import Replica
from retentive.protocols import Batch, Put
from retentive.records import MemoryRecord
from retentive.stores.redis import RedisStore

HOME = ("team",)


def put(store: RedisStore, content: str) -> None:
    record = MemoryRecord(content=content, namespace=HOME)
    store.apply(Batch(namespace=HOME, puts=[Put(record=record)]))


def size(replica: Replica) -> int:
    return int(replica.frame().alive.sum())


def test_a_stale_replica_asks_once_in_a_while_and_reads_its_own_writes(
    redis_url: str,
) -> None:
    store = RedisStore.open(f"{redis_url}?staleness_s=3600")
    other = RedisStore.open(redis_url)
    put(store, "mine")
    replica = Replica(store, [HOME])
    assert size(replica) == 1
    asked: list[str] = []
    read = store._server.read

    def noted(name: str, *call: Any) -> Any:
        asked.append(name)
        return read(name, *call)

    store._server.read = noted  # type: ignore[method-assign]
    put(other, "theirs")
    assert size(replica) == 1
    assert asked == []
    put(store, "mine, too")
    assert size(replica) == 3
    put(other, "theirs, too")
    with store.listen([HOME]) as told:
        assert told(0)  # word of it has come, so it is asked for
        assert size(replica) == 4


def test_an_answer_grows_too_old(redis_url: str) -> None:
    store, other = (
        RedisStore.open(redis_url, staleness_s=0.05),
        RedisStore.open(redis_url),
    )
    replica = Replica(store, [HOME])
    assert size(replica) == 0
    put(other, "theirs")
    time.sleep(0.06)
    assert size(replica) == 1


def test_who_wrote_while_another_thread_asked_is_asked_for_anew(redis_url: str) -> None:
    store = RedisStore.open(redis_url, staleness_s=3600)
    replica = Replica(store, [HOME])
    size(replica)
    read = store._server.read

    def overtaken(name: str, *call: Any) -> Any:
        answer = read(name, *call)
        put(store, "written between the answer and its note")
        return answer

    store._recency.forget([HOME])
    store._server.read = overtaken  # type: ignore[method-assign]
    size(replica)
    store._server.read = read  # type: ignore[method-assign]
    assert size(replica) == 1


def test_it_is_an_option_of_url_and_file(redis_url: str, tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match="staleness_s must be seconds"):
        RedisStore.open(f"{redis_url}?staleness_s=-1")
    file = tmp_path / "memory.yaml"
    file.write_text(
        f"store: {{type: redis, url: '{redis_url}', staleness_s: 1h}}\n"
        "namespace: [team]\n"
    )
    with open_memory(file) as memory:
        memory.remember("Ours is tea.")
        assert memory.recall("tea")
        put(RedisStore.open(redis_url), "Theirs is tea, too.")
        assert len(memory.recall("tea")) == 1
