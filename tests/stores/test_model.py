"""Any sequence of operations, against a model of two dictionaries."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from retentive.errors import ConflictError
from retentive.index.replica import Replica
from retentive.protocols import Batch, Delete, Put, StatusChange, Store
from retentive.records import MemoryRecord, Status
from retentive.stores.memory import MemoryStore
from retentive.stores.redis import RedisStore
from retentive.stores.sqlite import SQLiteStore

HOME, AWAY = ("home",), ("home", "away")
texts = st.sampled_from(["tea", "Tea!", "coffee", "茶", "a\0b", "rain"])
keys = st.sampled_from(["k", "K", "k:1"])
places = st.sampled_from([HOME, AWAY])
CANON = {"tea": "tea", "Tea!": "tea", "coffee": "coffee", "茶": "茶", "a\0b": "a b", "rain": "rain"}  # fmt: skip


class StoreMachine(RuleBasedStateMachine):
    """Support counts by namespace and canonical text: what a store must hold."""

    store: Store

    @initialize()
    def begin(self) -> None:
        self.held: dict[tuple[tuple[str, ...], str], int] = {}
        self.archived: set[tuple[tuple[str, ...], str]] = set()
        self.keyed: dict[tuple[tuple[str, ...], str], tuple[str, str]] = {}
        self.followed: dict[tuple[str, ...], dict[str, int]] = {HOME: {}, AWAY: {}}
        self.since = {HOME: 0, AWAY: 0}
        self.replicas = {place: Replica(self.store, [place]) for place in (HOME, AWAY)}

    @rule(place=places, key=keys, content=texts)
    def set_key(self, place: tuple[str, ...], key: str, content: str) -> None:
        record = MemoryRecord(content=content, namespace=place, key=key)
        commit = self.store.apply(Batch(namespace=place, puts=[Put(record=record)]))
        id, _ = self.keyed.get((place, key), (record.id, ""))
        assert commit.puts[0].id == id
        self.keyed[place, key] = (id, content)

    @rule(place=places, key=keys, content=texts, right=st.booleans())
    def change_key(
        self, place: tuple[str, ...], key: str, content: str, right: bool
    ) -> None:
        stored = self.store.find(place, key)
        if stored is None:
            return
        version = stored.version if right else stored.version + 1
        put = Put(record=stored.but(content=content), expected_version=version)
        if not right:
            with pytest.raises(ConflictError):
                self.store.apply(Batch(namespace=place, puts=[put]))
            return
        self.store.apply(Batch(namespace=place, puts=[put]))
        self.keyed[place, key] = (stored.id, content)

    @rule(place=places, limit=st.integers(1, 3))
    def follow(self, place: tuple[str, ...], limit: int) -> None:
        """Read the feed to its end, a few at a time."""
        more = True
        while more:
            page = self.store.changes(place, self.since[place], limit=limit)
            assert page.sequence >= self.since[place]
            for change in page.items:
                assert self.since[place] < change.version <= page.sequence
                if change.record is None:
                    self.followed[place].pop(change.id, None)
                else:
                    self.followed[place][change.id] = change.version
            self.since[place], more = page.sequence, page.more
        stored = {r.id: r.version for r in self.store.scan(place)}
        assert self.followed[place] == stored

    @rule(place=places, content=texts)
    def tell(self, place: tuple[str, ...], content: str) -> None:
        record = MemoryRecord(content=content, namespace=place)
        self.store.apply(Batch(namespace=place, puts=[Put(record=record)]))
        slot = (place, CANON[content])
        self.held[slot] = self.held.get(slot, 0) + 1
        self.archived.discard(slot)

    @rule(place=places, contents=st.lists(texts, max_size=4), bad=st.booleans())
    def tell_many(self, place: tuple[str, ...], contents: list[str], bad: bool) -> None:
        puts = [Put(record=MemoryRecord(content=c, namespace=place)) for c in contents]
        if bad:
            unknown = MemoryRecord(content="x", namespace=place)
            puts.append(Put(record=unknown, expected_version=99))
            with pytest.raises(ConflictError):
                self.store.apply(Batch(namespace=place, puts=puts))
            return
        self.store.apply(Batch(namespace=place, puts=puts))
        for content in contents:
            slot = (place, CANON[content])
            self.held[slot] = self.held.get(slot, 0) + 1
            self.archived.discard(slot)

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        place, text = data.draw(st.sampled_from(sorted(self.held)))
        id = self._id(place, text)
        self.store.apply(Batch(namespace=place, deletes=[Delete(id=id)]))
        del self.held[place, text]
        self.archived.discard((place, text))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def archive(self, data: st.DataObject) -> None:
        place, text = data.draw(st.sampled_from(sorted(self.held)))
        change = StatusChange(id=self._id(place, text), status=Status.ARCHIVED)
        self.store.apply(Batch(namespace=place, status_changes=[change]))
        self.archived.add((place, text))

    @rule(place=places)
    def look(self, place: tuple[str, ...]) -> None:
        self.replicas[place].frame()

    @invariant()
    def holds_what_was_told(self) -> None:
        for place in (HOME, AWAY):
            everything = self.store.scan(place)
            keyed = {(place, r.key): (r.id, r.content) for r in everything if r.key}
            wanted_keys = {k: v for k, v in self.keyed.items() if k[0] == place}
            assert keyed == wanted_keys
            records = [record for record in everything if record.key is None]
            found = {CANON[r.content]: r for r in records}
            assert len(found) == len(records)
            wanted = {text: n for (p, text), n in self.held.items() if p == place}
            assert {text: r.support_count for text, r in found.items()} == wanted
            for text, record in found.items():
                assert len(record.said_at()) == record.support_count
                archived = (place, text) in self.archived
                assert (record.status is Status.ARCHIVED) == archived

    def teardown(self) -> None:
        for place in (HOME, AWAY):
            frame = self.replicas[place].frame()
            living = {
                id for id, alive in zip(frame.ids, frame.alive, strict=False) if alive
            }
            assert living == {record.id for record in self.store.scan(place)}
        self.store.close()

    def _id(self, place: tuple[str, ...], text: str) -> str:
        return next(
            record.id
            for record in self.store.scan(place)
            if record.key is None and CANON[record.content] == text
        )


class MemoryMachine(StoreMachine):
    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()


class SQLiteMachine(StoreMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = SQLiteStore.open(self.folder / "a.db", durability="normal")

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = SQLiteStore.open(self.folder / "a.db", durability="normal")
        self.replicas = {place: Replica(self.store, [place]) for place in (HOME, AWAY)}

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.folder)


class RedisMachine(StoreMachine):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.prefix = url, uuid4().hex
        self.store = RedisStore.open(self.url, prefix=self.prefix)

    @rule()
    def reopen(self) -> None:
        """Another process goes on, which knows nothing of what is there."""
        self.store.close()
        self.store = RedisStore.open(self.url, prefix=self.prefix)
        self.replicas = {place: Replica(self.store, [place]) for place in (HOME, AWAY)}


def test_redis_machine(redis_url: str) -> None:
    run_state_machine_as_test(
        lambda: RedisMachine(redis_url),
        settings=settings(max_examples=20, stateful_step_count=25, deadline=None),
    )


TestMemoryMachine = MemoryMachine.TestCase
TestSQLiteMachine = SQLiteMachine.TestCase
TestMemoryMachine.settings = settings(max_examples=40, deadline=None)
TestSQLiteMachine.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None
)
