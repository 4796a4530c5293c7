"""How a commit reaches the server: planned, sent once, known again; and old data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as LostError

from retentive import Memory
from retentive.embedders.hashing import HashingEmbedder
from retentive.errors import SchemaVersionError
from retentive.protocols import Batch, Delete, Put
from retentive.records import Embedding, MemoryRecord, Message, Status
from retentive.stores.merge import keyed
from retentive.stores.redis import RedisStore
from retentive.stores.redis.fresh import Fresh
from retentive.stores.redis.keys import FORMER_PARTS
from retentive.stores.redis.planning import Touched, Wanted, planned
from retentive.stores.space import Work

HOME = ("team",)
NOW = datetime(2026, 3, 10, tzinfo=UTC)
SALT = b"salt"


def put(store: RedisStore, *contents: str) -> list[MemoryRecord]:
    records = [MemoryRecord(content=content, namespace=HOME) for content in contents]
    store.apply(Batch(namespace=HOME, puts=[Put(record=item) for item in records]))
    return records


@st.composite
def new_records(draw: st.DrawFn) -> list[MemoryRecord]:
    made_by = draw(st.sampled_from(["one:2:1", "two:2:1"]))
    vector = np.array([0.6, 0.8], np.float32)
    return [
        MemoryRecord(
            content=f"fact {draw(st.integers(0, 9))}",
            namespace=HOME,
            key=draw(st.sampled_from([None, None, "a", "b"])),
            status=draw(st.sampled_from(Status)),
            expires_at=draw(st.sampled_from([None, NOW])),
            access_count=draw(st.integers(0, 1)),
            embedding=draw(
                st.sampled_from([None, Embedding(vector=vector, fingerprint=made_by)])
            ),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]


@given(records=new_records(), embedder=st.sampled_from([None, "one:2:1"]))
def test_the_short_way_comes_to_the_plan_of_the_long_one(
    records: list[MemoryRecord], embedder: str | None
) -> None:
    batch = Batch(namespace=HOME, puts=[Put(record=record) for record in records])
    fresh = Fresh.of(batch, salt=SALT, embedder=embedder)
    named = [keyed(record, namespace=HOME, salt=SALT) for record in records]
    wanted = Wanted.of(batch, named)
    if fresh is None:
        places = [*wanted.slots, *wanted.keys]
        prints = {r.embedding.fingerprint for r in records if r.embedding}
        clash = prints | ({embedder} - {None}) if prints else set()
        assert len(places) < len(records) or len(clash) > 1
        return
    nothing = Touched(
        embedder=embedder,
        by_slot=dict.fromkeys(wanted.slots, ""),
        by_key=dict.fromkeys(wanted.keys, ""),
    )
    space = nothing.space()
    work = Work(space, HOME)
    commit = work.run_keyed(batch, named)
    assert fresh.plan() == planned(nothing, wanted, space=space, work=work)
    assert fresh.commit(commit.sequence, 0).puts == commit.puts


def test_telling_something_new_is_one_round_trip(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    put(store, "the first one learns what the namespace is")
    asked: list[int] = []
    ask = store._server._lines.ask

    def noted(pool: Any, commands: Any) -> Any:
        asked.append(len(commands))
        return ask(pool, commands)

    store._server._lines.ask = noted  # type: ignore[method-assign]
    said = Message(role="user", content="hi", session="s")
    record = MemoryRecord(content="tea", namespace=HOME)
    store.apply(Batch(namespace=HOME, puts=[Put(record=record)], messages=[said]))
    assert asked == [1]


def test_a_large_batch_of_new_things_is_one_commit(redis_url: str) -> None:
    """Larger than the script for new things takes at once, and than what Lua unpacks."""
    store = RedisStore.open(redis_url)
    records = [MemoryRecord(content=f"fact {i}", namespace=HOME) for i in range(3_000)]
    commit = store.apply(Batch(namespace=HOME, puts=[Put(record=r) for r in records]))
    assert {outcome.version for outcome in commit.puts} == {1}
    assert len(store.scan(HOME, limit=5_000)) == 3_000
    assert dict(store.count(HOME)) == {Status.ACTIVE: 3_000}
    put(store, "fact 7", "fact 3000")
    assert store.get(HOME, [records[7].id])[0].support_count == 2


@pytest.mark.parametrize("content", ["new", "known"])
def test_a_telling_whose_answer_was_lost_is_not_made_twice(
    redis_url: str, content: str
) -> None:
    store = RedisStore.open(redis_url)
    put(store, "known")
    run = store._server._evaluated
    lost: list[str] = []

    def evaluated(lua: Any, *call: Any) -> Any:
        answer = run(lua, *call)
        if lua.name in ("tell", "commit") and answer[0] == b"done" and not lost:
            lost.append(lua.name)
            raise LostError("the answer is lost")
        return answer

    store._server._evaluated = evaluated  # type: ignore[method-assign]
    said = Message(role="user", content="hi", session="s")
    record = MemoryRecord(content=content, namespace=HOME)
    batch = Batch(namespace=HOME, puts=[Put(record=record)], messages=[said])
    commit = store.apply(batch)
    assert lost == ["tell" if content == "new" else "commit"]
    assert (commit.sequence, commit.messages) == (2, 1)
    [found] = [r for r in store.scan(HOME) if r.content == content]
    assert found.support_count == (1 if content == "new" else 2)
    assert len(store.messages(HOME, "s")) == 1


def test_lanes_of_writers_that_were_silent_for_long_are_forgotten(
    redis_url: str,
) -> None:
    store, gone = RedisStore.open(redis_url), RedisStore.open(redis_url)
    put(gone, "told by a process that is no more")
    client, keys = store.client(), store._spaces.keys(HOME)
    client.hset(keys.part("data"), "sequence", 17 * 4096 - 2)
    put(store, "somebody else")
    assert client.scard(keys.part("lanes")) == 2
    put(store, "the commit at which lanes are looked at")
    [lane] = client.smembers(keys.part("lanes"))
    fields = [name for name in client.hkeys(keys.part("data")) if name[:2] == b"a:"]
    assert fields == [lane]
    put(gone, "it was only silent")
    assert client.scard(keys.part("lanes")) == 2


# --- the first format -----------------------------------------------------------


def to_first_format(store: RedisStore) -> None:
    """Spread a namespace over keys as the first format did."""
    client, stem = store.client(), store._spaces.keys(HOME).stem
    letters = {"r": "records", "s": "said", "k": "keyed", "v": "vectors", "u": "uses"}
    for name, value in client.hgetall(f"{stem}data").items():
        letter, _, rest = name.partition(b":")
        if not rest:
            client.hset(f"{stem}head", name, value)
        elif letter == b"b":
            client.sadd(f"{stem}barred", rest)
        elif letter == b"n":
            client.hset(f"{stem}counts", rest, value)
        elif letter != b"a":
            client.hset(f"{stem}{letters[letter.decode()]}", rest, value)
    client.hset(f"{stem}head", "format", 1)
    client.delete(f"{stem}data", f"{stem}lanes")


@pytest.mark.parametrize("first", ["recall", "remember", "count"])
def test_data_of_the_first_format_is_moved_when_it_is_met(
    redis_url: str, first: str
) -> None:
    embedder = HashingEmbedder(dim=16)
    with Memory.open(redis_url, namespace=HOME, embedder=embedder) as memory:
        [tea, milk, gone] = memory.remember(["I like tea.", "I drink milk.", "I left."])
        memory.used([tea])
        bar = Delete(id=gone, bar=True)
        memory.store.apply(Batch(namespace=HOME, deletes=[bar]))
        assert isinstance(memory.store, RedisStore)
        to_first_format(memory.store)
        before = memory.store.client().dbsize()
    with Memory.open(redis_url, namespace=HOME, embedder=embedder) as memory:
        if first == "recall":
            assert memory.recall("tea")[0].record.id == tea
        elif first == "remember":
            assert memory.remember(["I like tea."]) == [tea]
        assert dict(memory.count()) == {Status.ACTIVE: 2}
        assert memory.remember(["I left.", "I drink milk."])[-1] == milk
        assert memory.get(milk).support_count == 2
        assert memory.get(tea).access_count == 1
        assert {r.id for r in memory.records()} == {tea, milk}
        assert memory.frame().holdings.vectors is not None
        assert isinstance(memory.store, RedisStore)
        client, keys = memory.store.client(), memory.store._spaces.keys(HOME)
        assert not client.exists(*(keys.stem + part for part in FORMER_PARTS))
        assert client.dbsize() < before


def test_who_writes_the_first_format_finds_another_epoch(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    put(store, "tea")
    to_first_format(store)
    epoch = store.client().hget(store._spaces.keys(HOME).stem + "head", "epoch")
    assert epoch.decode() not in store.changes(HOME, 0).epoch
    store.client().hset(store._spaces.keys(HOME).part("data"), "format", 3)
    with pytest.raises(SchemaVersionError):
        put(RedisStore.open(redis_url), "milk")


def test_what_expires_still_does_after_the_move(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    over = MemoryRecord(content="x", namespace=HOME, expires_at=NOW - timedelta(days=1))
    store.apply(Batch(namespace=HOME, puts=[Put(record=over)]))
    to_first_format(store)
    assert store.sweep(HOME, NOW) == 1
    assert store.scan(HOME) == []
