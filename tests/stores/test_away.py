"""A store whose server goes away and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retentive import Memory
from retentive.errors import StoreConnectionError, StoreFullError
from retentive.protocols import Batch, Delete, Put
from retentive.records import MemoryRecord, Message
from retentive.stores.away import AwayStore
from retentive.stores.redis import RedisStore
from retentive.stores.sqlite import SQLiteStore
from retentive.testing.clock import ManualClock
from retentive.testing.store_examples import NOW
from tests.servers import RunningServer, start_server

HOME = ("team",)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    server = start_server(tmp_path / "server", "--appendonly", "yes")
    yield server
    if server.process.poll() is None:
        server.kill()


def opened(server: RunningServer, tmp_path: Path, **options: object) -> AwayStore:
    inner = RedisStore.open(server.url, patience_s=0.05, timeout_s=2)
    spool = SQLiteStore.open(tmp_path / "spool.db")
    return AwayStore(inner, spool=spool, clock=ManualClock(NOW), **options)  # type: ignore[arg-type]


def batch(*contents: str) -> Batch:
    puts = [Put(record=MemoryRecord(content=c, namespace=HOME)) for c in contents]
    return Batch(namespace=HOME, puts=puts)


def test_recalls_see_what_was_last_known_and_say_since_when(
    server: RunningServer, tmp_path: Path
) -> None:
    store = opened(server, tmp_path)
    memory = Memory(store, namespace=HOME)
    memory.remember("The vault stands in Oslo.")
    [before] = memory.recall("Where is the vault?")
    assert store.away_since is None
    server.kill()
    [hit] = memory.recall("Where is the vault?")
    assert hit.record.content == before.record.content
    assert store.away_since == NOW
    server.restart()
    assert len(memory.recall("Where is the vault?")) == 1
    assert store.away_since is None


def test_a_namespace_never_seen_cannot_be_recalled_stale(
    server: RunningServer, tmp_path: Path
) -> None:
    store = opened(server, tmp_path)
    server.kill()
    with pytest.raises(StoreConnectionError):
        Memory(store, namespace=HOME).recall("anything")


def test_tellings_wait_for_the_server_and_arrive_once(
    server: RunningServer, tmp_path: Path
) -> None:
    store = opened(server, tmp_path)
    store.apply(batch("known"))
    server.kill()
    said = Message(role="user", content="hi", session="s")
    store.apply(Batch(namespace=HOME, puts=batch("new", "known").puts, messages=[said]))
    assert store.spooled == 3
    store.close()
    server.restart()
    again = opened(server, tmp_path)  # what is kept outlives the process
    assert again.spooled == 3
    again.apply(batch("later"))
    assert again.spooled == 0
    support = {r.content: r.support_count for r in again.scan(HOME)}
    assert support == {"known": 2, "new": 1, "later": 1}
    assert again.messages(HOME, "s") == [said]
    assert again.replay() == 0


def test_a_replay_that_is_cut_short_is_gone_on_with(
    server: RunningServer, tmp_path: Path
) -> None:
    store = opened(server, tmp_path)
    server.kill()
    told = batch(*[f"fact {i}" for i in range(5)])
    store.apply(told)
    server.restart()
    # As if the process had died when the server had all and the spool still had it.
    store.inner.apply(told)
    assert store.replay() == 5
    assert [r.support_count for r in store.scan(HOME)] == [1] * 5


def test_what_nobody_could_foresee_is_not_kept(
    server: RunningServer, tmp_path: Path
) -> None:
    store = opened(server, tmp_path)
    record = MemoryRecord(content="x", namespace=HOME)
    server.kill()
    for risky in (
        Batch(namespace=HOME, deletes=[Delete(id=record.id)]),
        Batch(namespace=HOME, puts=[Put(record=record, expected_version=1)]),
    ):
        with pytest.raises(StoreConnectionError):
            store.apply(risky)
    assert store.spooled == 0


def test_a_spool_is_bounded(server: RunningServer, tmp_path: Path) -> None:
    store = opened(server, tmp_path, max_spooled=2)
    server.kill()
    store.apply(batch("one", "two"))
    with pytest.raises(StoreFullError, match="2 of 2"):
        store.apply(batch("three"))
    assert store.spooled == 2


def test_without_a_spool_writes_raise(server: RunningServer) -> None:
    store = AwayStore(RedisStore.open(server.url, patience_s=0), stale_reads=False)
    store.apply(batch("one"))
    store.changes(HOME, 0)
    server.kill()
    with pytest.raises(StoreConnectionError):
        store.apply(batch("two"))
    with pytest.raises(StoreConnectionError):
        store.changes(HOME, 0)
