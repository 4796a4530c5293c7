"""Erasing on a server: what is left in its keys, its snapshot and its log."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from retentive import Memory
from retentive.stores.redis import RedisStore
from retentive.stores.redis.access import acl_rules
from retentive.testing.clock import ManualClock
from retentive.testing.fake import FakeEmbedder
from tests.consolidate.test_forgetting import SECRET, bytes_with, fill
from tests.servers import RunningServer, start_server


@pytest.fixture(params=["log and snapshot", "snapshot"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    log = ("--appendonly", "yes") if "log" in request.param else ()
    started = start_server(tmp_path / "server", *log, "--save", "3600 1000000")
    yield started
    started.stop()


def opened(url: str, clock: ManualClock, folder: Path) -> Memory:
    store = RedisStore.open(url, clock=clock, snapshots=folder / "snapshots")
    return Memory(store, clock=clock, embedder=FakeEmbedder())


def test_erasing_leaves_no_byte_of_it_on_the_server(
    tmp_path: Path, clock: ManualClock, server: RunningServer
) -> None:
    with opened(server.url, clock, tmp_path) as memory:
        memory.within("bob").remember("Bob likes tea.")
        fill(memory)
        server.client().save()
    assert bytes_with(server.folder, SECRET)
    assert keys_with(server.client(), SECRET)
    with opened(server.url, clock, tmp_path) as memory:
        memory.recall(SECRET)
        receipt = memory.erase()
        assert receipt.compacted
        assert receipt.left == {}
        assert receipt.records >= 94
        assert receipt.tombstones >= 94
        assert receipt.journal >= 2
        assert not memory.recall(SECRET)
        assert len(memory.within("bob").recall("tea")) == 1
    assert keys_with(server.client(), SECRET) == []
    assert bytes_with(tmp_path, SECRET) == []
    with opened(server.url, clock, tmp_path) as memory:
        fill(memory)  # the old logs are read again
        assert not memory.recall(f"My word is {SECRET}")
        assert memory.messages(f"talk-{SECRET}") == []


def test_a_user_who_may_not_compact_is_told_so(
    clock: ManualClock, server: RunningServer
) -> None:
    rules = acl_rules(("default",))
    server.client().execute_command("ACL", "SETUSER", "ann", "on", ">pw", *rules)
    url = server.url.replace("redis://", "redis://ann:pw@")
    with Memory(RedisStore.open(url, clock=clock), clock=clock) as memory:
        memory.remember("I like tea.")
        receipt = memory.erase()
        assert (receipt.compacted, receipt.records, receipt.left) == (False, 1, {})


def test_a_server_without_files_is_given_none(redis_url: str, clock: Any) -> None:
    store = RedisStore.open(redis_url, clock=clock)
    before = store.client().info("persistence")
    assert store.compact()
    after = store.client().info("persistence")
    assert after["rdb_saves"] == before["rdb_saves"]
    store.close()


def keys_with(client: Any, word: str) -> list[bytes]:
    """Return the keys in which a word stands: in the name, or in the value."""
    kinds = {
        b"hash": client.hgetall,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"set": client.smembers,
        b"string": client.get,
    }
    return [
        key
        for key in client.scan_iter()
        if word in f"{key!r}{kinds[client.type(key)](key)!r}".lower()
    ]
