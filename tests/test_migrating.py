from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from retentive.cli.app import app
from retentive.errors import ConflictError
from retentive.migrating import migrate
from retentive.protocols import Batch, Put, Store
from retentive.records import MemoryRecord, Message, Status
from retentive.stores.redis import RedisStore
from retentive.stores.sqlite import SQLiteStore
from retentive.testing.store_examples import embedding, full_record, memory

HOME, OTHER = ("alice",), ("alice", "work")


def fill(store: Store) -> None:
    records = [memory(f"fact {i}", embedding=embedding(0.6, 0.8)) for i in range(30)]
    records += [
        full_record(),
        memory("tea", status=Status.SUPERSEDED, superseded_by="x"),
        memory("tea"),
        memory("keyed", key="k"),
    ]
    said = [Message(role="user", content=str(i), session="s") for i in range(700)]
    puts = [Put(record=record, expected_version=0) for record in records]
    store.apply(Batch(namespace=HOME, puts=puts, messages=said))
    other = MemoryRecord(content="work", namespace=OTHER)
    store.apply(Batch(namespace=OTHER, puts=[Put(record=other)]))


def test_a_memory_moves_to_a_server_and_back(tmp_path: Path, redis_url: str) -> None:
    first = SQLiteStore.open(tmp_path / "a.db")
    fill(first)
    first.close()
    steps = [
        (f"sqlite:///{tmp_path}/a.db", redis_url),
        (redis_url, str(tmp_path / "b.db")),
    ]
    for source, target in steps:
        run = CliRunner().invoke(app, ["migrate", source, target])
        assert run.exit_code == 0, run.output
        assert "34 copied, 0 there already, 700 messages" in run.output
        assert "2 namespaces compared: all is the same" in run.output
    first, last = (
        SQLiteStore.open(tmp_path / "a.db"),
        SQLiteStore.open(tmp_path / "b.db"),
    )
    bare = {"version": 0, "content_key": ""}
    for place in (HOME, OTHER):
        before, after = (s.scan(place, vectors=True) for s in (first, last))
        assert [r.but(**bare) for r in before] == [r.but(**bare) for r in after]
    assert first.messages(HOME, "s") == last.messages(HOME, "s")


def test_an_interrupted_migration_is_gone_on_with(
    tmp_path: Path, redis_url: str
) -> None:
    source, target = SQLiteStore.open(tmp_path / "a.db"), RedisStore.open(redis_url)
    fill(source)
    some = source.scan(HOME, limit=10, vectors=True)
    puts = [Put(record=record, expected_version=0) for record in some]
    target.apply(Batch(namespace=HOME, puts=puts))
    done = migrate(source, target, HOME)
    assert (done.copied, done.present, done.apart) == (24, 10, ())
    again = migrate(source, target, HOME)
    assert (again.copied, again.present, again.messages) == (0, 34, 0)


def test_what_differs_in_the_end_is_named(tmp_path: Path, redis_url: str) -> None:
    source, target = SQLiteStore.open(tmp_path / "a.db"), RedisStore.open(redis_url)
    record = memory("tea")
    source.apply(Batch(namespace=HOME, puts=[Put(record=record)]))
    other = record.but(importance=0.9)
    target.apply(Batch(namespace=HOME, puts=[Put(record=other)]))
    assert migrate(source, target, HOME).apart == (record.id,)
    run = CliRunner().invoke(app, ["migrate", str(tmp_path / "a.db"), redis_url])
    assert run.exit_code == 1
    assert record.id in run.output


def test_words_that_another_record_holds_are_not_doubled(
    tmp_path: Path, redis_url: str
) -> None:
    source, target = SQLiteStore.open(tmp_path / "a.db"), RedisStore.open(redis_url)
    source.apply(Batch(namespace=HOME, puts=[Put(record=memory("tea"))]))
    target.apply(Batch(namespace=HOME, puts=[Put(record=memory("tea"))]))
    with pytest.raises(ConflictError):
        migrate(source, target, HOME)
    assert len(target.scan(HOME)) == 1


def test_doctor_looks_at_a_server(redis_url: str) -> None:
    run = CliRunner().invoke(app, ["doctor", redis_url])
    assert run.exit_code in (0, 1), run.output
    for check in ("server", "eviction", "durability", "latency", "search engines"):
        assert check in run.output
    stats = CliRunner().invoke(app, ["stats", "--db", redis_url])
    assert stats.exit_code == 0, stats.output
