"""A replica that follows a store must equal one that reads it from nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.protocols import Batch, Delete, Put, StatusChange
from retentive.records import Status
from retentive.stores.memory import MemoryStore
from tests.frames import NOW, PRINT, record

HOME = ("default",)


def rows_of(frame: ColumnFrame) -> dict[str, tuple[object, ...]]:
    """Return what is to be seen of each living row, by the record's id."""
    living = np.flatnonzero(frame.alive).astype(np.int32)
    sliced = frame.take(living)
    counts = sliced.term_counts(["cat", "dog"])
    around = counts.at((-1, 0, 1))
    inside = counts.in_session()
    ahead = sliced.neighbour(1)
    return {
        frame.ids[row]: (
            sliced.sessions[sliced.session[i]] if sliced.session[i] >= 0 else None,
            int(sliced.position[i]),
            frame.ids[ahead[i]] if ahead[i] >= 0 else None,
            float(sliced.importance[i]),
            int(sliced.support_count[i]),
            int(sliced.status[i]),
            [a[i].tolist() for a in around],
            inside[i].tolist(),
            counts.document_frequency.tolist(),
            round(counts.mean_length, 4),
            [
                round(float(x), 3)
                for x in sliced.similarity(np.array([1, 0], "f4"))[i : i + 1]
            ],
        )
        for i, row in enumerate(living)
    }


def put(store: MemoryStore, *records: object) -> None:
    store.apply(Batch(namespace=HOME, puts=[Put(record=r) for r in records]))  # type: ignore[arg-type]


def test_a_frame_stays_as_it_was_taken() -> None:
    store = MemoryStore()
    put(store, record("cat one", session="s"))
    replica = Replica(store, [HOME])
    before = replica.frame()
    put(store, record("cat two", session="s", minute=1))
    after = replica.frame()
    assert (before.size, after.size) == (1, 2)
    assert before.neighbour(1).tolist() == [-1]
    assert after.neighbour(1).tolist() == [1, -1]


def test_a_turn_told_late_takes_its_place_in_time() -> None:
    store = MemoryStore()
    replica = Replica(store, [HOME])
    for minute in (0, 20, 10):
        put(store, record(f"turn {minute}", minute=minute, session="s"))
        frame = replica.frame()
    assert frame.neighbour(1).tolist() == [2, -1, 1]
    assert frame.position.tolist() == [0, 2, 1]


def test_a_deleted_turn_leaves_no_gap() -> None:
    store = MemoryStore()
    turns = [record(f"turn {i}", minute=i, session="s") for i in range(3)]
    put(store, *turns)
    replica = Replica(store, [HOME])
    replica.frame()
    store.apply(Batch(namespace=HOME, deletes=[Delete(id=turns[1].id)]))
    frame = replica.frame()
    assert frame.alive.tolist() == [True, False, True]
    assert frame.neighbour(1)[0] == 2


def test_vectors_of_another_embedder_are_left_out() -> None:
    store = MemoryStore()
    put(store, record("cat", vector=[1, 0]))
    vector = np.array([1, 0], np.float32)
    ours = Replica(store, [HOME], embedder=PRINT).frame()
    other = Replica(store, [HOME], embedder="other:2:1").frame()
    assert ours.similarity(vector).tolist() == [1.0]
    assert other.similarity(vector).tolist() == [0.0]


def test_one_replica_may_span_namespaces() -> None:
    store = MemoryStore()
    twin = record("cat here", session="s")
    put(store, twin)
    there = ("team", "x")
    moved = twin.but(namespace=there, content="cat there")
    store.apply(Batch(namespace=there, puts=[Put(record=moved)]))
    frame = Replica(store, [HOME, there]).frame()
    assert frame.size == 2
    assert frame.namespace.tolist() == [0, 1]
    assert frame.session[0] != frame.session[1]  # the same name, another place


def test_many_deletes_lead_to_a_rebuild_without_dead_rows() -> None:
    store = MemoryStore()
    records = [record(f"turn {i}") for i in range(3_000)]
    put(store, *records)
    replica = Replica(store, [HOME])
    replica.frame()
    doomed = [Delete(id=r.id) for r in records[:1_500]]
    store.apply(Batch(namespace=HOME, deletes=doomed))
    frame = replica.frame()
    assert frame.size == 1_500
    assert frame.alive.all()


texts = st.sampled_from(["cat", "dog", "cat dog", "cat cat", "bird", "dog dog fish"])
actions = st.lists(
    st.tuples(
        st.sampled_from(["put", "again", "delete", "archive", "look", "replace"]),
        texts,
        st.integers(0, 9),
        st.sampled_from(["s1", "s2", None]),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(actions)
@example(
    # A merge takes the first of two turns of one minute to the end of the feed.
    [
        ("put", "cat", 0, "s1"),
        ("put", "cat", 0, "s1"),
        ("look", "cat", 0, "s1"),
        ("again", "cat", 0, "s1"),
    ]
)
def test_following_equals_reading_from_nothing(
    steps: list[tuple[str, str, int, str | None]],
) -> None:
    store = MemoryStore()
    replica = Replica(store, [HOME], embedder=PRINT)
    ids: list[str] = []
    for number, (action, text, minute, session) in enumerate(steps):
        if action == "put":
            vector = [1, 0] if minute % 2 else None
            made = record(
                f"{text} {number}", minute=minute, session=session, vector=vector
            )
            put(store, made)
            ids.append(made.id)
        elif action == "again" and ids:
            [old] = store.get(HOME, [ids[minute % len(ids)]]) or [None]
            if old is not None:
                again = record(old.content, minute=minute + 60, importance=0.9)
                put(store, again)
                ids.append(again.id)
        elif action == "replace":
            put(store, record(f"{text} {number}", key="slot", minute=minute))
        elif action == "delete" and ids:
            gone = Delete(id=ids[minute % len(ids)])
            store.apply(Batch(namespace=HOME, deletes=[gone]))
        elif action == "archive" and ids:
            if store.get(HOME, [ids[minute % len(ids)]]):
                change = StatusChange(id=ids[minute % len(ids)], status=Status.ARCHIVED)
                store.apply(Batch(namespace=HOME, status_changes=[change]))
        else:
            replica.frame()
    fresh = Replica(store, [HOME], embedder=PRINT).frame()
    assert rows_of(replica.frame()) == rows_of(fresh)


def test_counted_uses_show_in_the_next_frame() -> None:
    store = MemoryStore()
    used = record("cat")
    put(store, used)
    replica = Replica(store, [HOME])
    replica.frame()
    replica.count_use([used.id, "unknown"], at=NOW.timestamp())
    assert replica.frame().access_count.tolist() == [1]
    assert replica.frame().last_accessed_at.tolist() == [NOW.timestamp()]


@pytest.mark.parametrize("piece", [1, 7, 100])
def test_pieces_of_any_size_lead_to_the_same_rows(piece: int) -> None:
    store = MemoryStore()
    replica = Replica(store, [HOME])
    records = [record(f"cat {i}", minute=i, session=f"s{i % 3}") for i in range(100)]
    for start in range(0, 100, piece):
        put(store, *records[start : start + piece])
        replica.frame()
    assert rows_of(replica.frame()) == rows_of(Replica(store, [HOME]).frame())


def test_a_replica_takes_in_further_namespaces_as_if_it_had_held_them() -> None:
    store = MemoryStore()
    away = ("away", "b")
    put(store, record("cat at home", session="s"))
    replica = Replica(store, [HOME])
    replica.frame()
    theirs = record("dog away", session="s", namespace=away)
    store.apply(Batch(namespace=away, puts=[Put(record=theirs)]))
    replica.follow([away, HOME])
    replica.follow([away])
    assert replica.namespaces == (HOME, away)
    both = replica.frame()
    assert rows_of(both) == rows_of(Replica(store, [HOME, away]).frame())
    assert both.holdings.namespaces == (HOME, away)
    assert replica.row(theirs.id, namespace=away) == 1
