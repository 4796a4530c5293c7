"""The engines of real servers: Redis 8.2 with vector sets, and the query engine."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retentive.errors import StoreError
from retentive.protocols import Batch, Delete, Narrowing, Put, StatusChange
from retentive.records import Embedding, Kind, MemoryRecord, Namespace, Status
from retentive.stores.redis import RedisStore
from retentive.stores.redis.access import acl_rules
from retentive.stores.redis.search.probing import QUERY_ENGINE, VECTOR_SETS
from tests.engines import engine_server, redis_binary
from tests.servers import RunningServer

HOME = ("team",)
ANYTHING = Narrowing()
T0 = datetime(2024, 5, 1, tzinfo=UTC)
DIM = 16


def vector(number: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A unit vector of its own for each number."""
    made = np.random.default_rng(number).standard_normal(DIM).astype(np.float32)
    return np.asarray(made / np.linalg.norm(made), np.float32)


def fact(number: int, *, namespace: Namespace = HOME, **more: Any) -> MemoryRecord:
    told: dict[str, Any] = {
        "id": f"f{number}",
        "content": f"Fact {number} about word{number % 7}.",
        "session": f"s{number // 10}",
        "speaker": ("Ann", "王")[number % 2],
        "occurred_at": T0 + timedelta(minutes=number),
        "metadata": {"n": number},
        "embedding": Embedding(vector=vector(number), fingerprint=f"test:{DIM}:1"),
    }
    return MemoryRecord(namespace=namespace, **(told | more))


def put(store: RedisStore, *records: MemoryRecord, namespace: Namespace = HOME) -> None:
    puts = [Put(record=record) for record in records]
    store.apply(Batch(namespace=namespace, puts=puts))


@pytest.fixture
def store(engine_url: str) -> Iterator[RedisStore]:
    store = RedisStore.open(engine_url)
    yield store
    store.close()


@pytest.fixture(params=[QUERY_ENGINE, VECTOR_SETS])
def engine(request: pytest.FixtureRequest, store: RedisStore) -> Any:
    return store.engines.named(request.param)


def index_of(store: RedisStore) -> dict[bytes, Any]:
    """All that an engine keeps of the namespace, but how far it has come."""
    client, kept = store.client(), {}
    readers = {
        b"hash": client.hgetall,
        b"set": lambda key: sorted(client.smembers(key)),
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"vectorset": lambda key: client.execute_command("VCARD", key),
    }
    for key in client.scan_iter("*", count=1000):
        if b":index:" in key or b":document:" in key:
            kept[key] = readers[client.type(key)](key)
    for state in [key for key in kept if key.endswith(b":state")]:
        kept[state].pop(b"sequence")
        kept[state].pop(b"floor")
    for names in [key for key in kept if key.endswith(b":speakers")]:
        kept.pop(names)  # names of whoever ever spoke
    return kept


# --- which engines are there ----------------------------------------------------


def test_a_plain_server_has_no_engine_and_says_why(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    assert store.search_engine() is None
    for ability in store.engines.abilities():
        assert not ability.there
        assert ability.reason == "the server does not know its commands"
    store.close()


def test_the_query_engine_comes_before_vector_sets(store: RedisStore) -> None:
    assert [ability.there for ability in store.engines.abilities()] == [True, True]
    found = store.search_engine()
    assert found is not None
    assert found.name == QUERY_ENGINE


def test_a_server_with_vector_sets_alone_gives_these(tmp_path: Path) -> None:
    with engine_server(tmp_path, binary=redis_binary(), module=False) as server:
        store = RedisStore.open(server.url)
        found = store.search_engine()
        assert found is not None
        assert found.name == VECTOR_SETS
        store.close()


def test_valkey_with_the_module_gives_the_query_engine(tmp_path: Path) -> None:
    with engine_server(tmp_path) as server:
        store = RedisStore.open(server.url)
        there = {a.engine: a.there for a in store.engines.abilities()}
        assert there == {QUERY_ENGINE: True, VECTOR_SETS: False}
        put(store, *map(fact, range(30)))
        found = store.search_engine()
        assert found is not None
        assert found.catch_up(HOME).memories == 30
        store.close()


def test_a_user_who_may_not_search_is_told_so(
    engine_session: RunningServer, engine_url: str
) -> None:
    with engine_session.client() as client:
        rules = ("on", ">secret", "~*", "+@all", "-ft._list", "-vcard")
        client.execute_command("ACL", "SETUSER", "limited", "reset", *rules)
        login = engine_url.replace("redis://", "redis://limited:secret@")
        store = RedisStore.open(login)
        reasons = {ability.reason for ability in store.engines.abilities()}
        assert reasons == {"the user may not run its commands"}
        store.close()
        client.execute_command("ACL", "DELUSER", "limited")


@pytest.mark.parametrize("kind", [QUERY_ENGINE, VECTOR_SETS])
def test_a_user_of_one_namespace_searches_it_and_no_other(
    engine_session: RunningServer, store: RedisStore, kind: Any
) -> None:
    for name in (HOME, ("other",)):
        put(store, *(fact(n, namespace=name) for n in range(20)), namespace=name)
        store.engines.named(kind).catch_up(name)
    with engine_session.client() as client:
        rules = acl_rules(HOME, engine=kind)
        client.execute_command("ACL", "SETUSER", "team", "reset", "on", ">x", *rules)
        limited = RedisStore.open(f"redis://team:x@127.0.0.1:{engine_session.port}/0")
        engine: Any = limited.engines.named(kind)
        put(limited, fact(77))
        assert engine.catch_up(HOME).memories == 21
        assert engine.nearest(HOME, vector(77), limit=1, within=ANYTHING) == ["f77"]
        with pytest.raises(StoreError, match="allow it in the user's ACL"):
            engine.nearest(("other",), vector(1), limit=1, within=ANYTHING)
        engine.drop(HOME)
        assert engine.catch_up(HOME).memories == 21
        limited.close()
        client.execute_command("ACL", "DELUSER", "team")


def test_a_user_who_may_not_search_can_delete_what_is_indexed(
    engine_session: RunningServer, store: RedisStore, engine: Any
) -> None:
    put(store, *map(fact, range(20)))
    engine.catch_up(HOME)
    with engine_session.client() as client:
        rules = ("on", ">x", *acl_rules(HOME))
        client.execute_command("ACL", "SETUSER", "plain", "reset", *rules)
        plain = RedisStore.open(f"redis://plain:x@127.0.0.1:{engine_session.port}/0")
        commit = plain.apply(Batch(namespace=HOME, deletes=[Delete(id="f7")]))
        assert commit.deletes[0].action == "deleted"
        plain.close()
        client.execute_command("ACL", "DELUSER", "plain")
    assert engine.catch_up(HOME).memories == 19
    assert "f7" not in engine.nearest(HOME, vector(7), limit=30, within=ANYTHING)


# --- what they find --------------------------------------------------------------


def test_the_nearest_come_first(store: RedisStore, engine: Any) -> None:
    put(store, *map(fact, range(200)))
    census = engine.catch_up(HOME)
    assert (census.memories, census.embedder) == (200, f"test:{DIM}:1")
    for number in (0, 77, 199):
        [first, *_] = engine.nearest(HOME, vector(number), limit=5, within=ANYTHING)
        assert first == f"f{number}"


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (Narrowing(equal={"n": [3, 150]}), {"f3", "f150"}),
        (Narrowing(sessions=["s2"]), {f"f{n}" for n in range(20, 30)}),
        (Narrowing(speakers=["王"], sessions=["s0"]), {f"f{n}" for n in (1, 3, 5, 7, 9)}),
        (Narrowing(until=(T0 + timedelta(minutes=2)).timestamp()), {"f0", "f1"}),
        (Narrowing(since=(T0 + timedelta(minutes=198)).timestamp()), {"f198", "f199"}),
        (Narrowing(kinds=[Kind.SUMMARY]), set()),
        (Narrowing(statuses=[Status.ARCHIVED]), {"f8"}),
        (Narrowing(alive_at=T0.timestamp(), sessions=["s1"]), {f"f{n}" for n in range(10, 20)} - {"f15"}),
    ],
    ids=["data", "session", "speaker", "until", "since", "kind", "status", "alive"],
)  # fmt: skip
def test_a_search_is_narrowed_to_what_is_wanted(
    store: RedisStore, engine: Any, within: Narrowing, expected: set[str]
) -> None:
    put(store, *map(fact, range(200)))
    put(store, fact(15, id="f15", expires_at=T0))
    archived = StatusChange(id="f8", status=Status.ARCHIVED)
    expired = fact(15, expires_at=T0 - timedelta(days=1))
    version = store.get(HOME, ["f15"])[0].version
    replaced = Put(record=expired, expected_version=version)
    store.apply(Batch(namespace=HOME, status_changes=[archived], puts=[replaced]))
    engine.catch_up(HOME)
    assert set(engine.nearest(HOME, vector(1), limit=200, within=within)) == expected


def test_words_find_what_holds_them_in_any_language(store: RedisStore) -> None:
    engine = store.engines.named(QUERY_ENGINE)
    texts = ["我喜欢长跑", "王小明在杭州工作", "Ann runs on Sundays.", "Bob swims."]
    put(store, *(fact(n, content=text) for n, text in enumerate(texts)))
    engine.catch_up(HOME)

    def found(*terms: str) -> list[str]:
        return list(
            engine.matching(HOME, terms, limit=9, within=ANYTHING).ids  # type: ignore[attr-defined]
        )

    assert found("长跑") == ["f0"]
    assert found("杭州", "工作") == ["f1"]
    assert found("run") == ["f2"]
    assert found("*", "@terms:{", "nobody said") == []


def test_frequencies_are_of_the_whole_namespace(store: RedisStore) -> None:
    engine = store.engines.named(QUERY_ENGINE)
    put(store, *map(fact, range(70)))
    engine.catch_up(HOME)
    narrow = Narrowing(sessions=["s0"])
    found = engine.matching(HOME, ["word3", "zebra"], limit=3, within=narrow)  # type: ignore[attr-defined]
    assert found.frequencies == {"word3": 10, "zebra": 0}
    assert found.ids == ["f3"]


def test_around_gives_neighbours_sessions_and_what_was_replaced(
    store: RedisStore, engine: Any
) -> None:
    long = [fact(n, session="long") for n in range(100)]
    old = fact(500, session=None)
    put(store, *long, old, fact(501, session=None))
    over = StatusChange(id="f500", status=Status.SUPERSEDED, superseded_by="f90")
    store.apply(Batch(namespace=HOME, status_changes=[over]))
    engine.catch_up(HOME)
    first_rows = {f"f{n}" for n in range(60)}
    expected = first_rows | {"f88", "f89", "f90", "f91", "f92", "f500"}
    assert set(engine.around(HOME, ["f90", "nobody"])) == expected
    assert engine.around(HOME, ["f501"]) == ["f501"]


def test_take_brings_only_what_changed(store: RedisStore, engine: Any) -> None:
    put(store, *map(fact, range(3)))
    taken = engine.take(HOME, {f"f{n}": 0 for n in range(3)} | {"nobody": 0})
    assert {change.id for change in taken} == {"f0", "f1", "f2"}
    assert np.allclose(taken[0].record.embedding.vector, vector(0), atol=1e-3)
    held = {change.id: change.version for change in taken}
    store.apply(Batch(namespace=HOME, deletes=[Delete(id="f1")]))
    [gone] = engine.take(HOME, held)
    assert (gone.id, gone.record) == ("f1", None)


# --- how they are kept up ----------------------------------------------------------


def mixed(store: RedisStore, *, seed: int, steps: int, at: int) -> None:
    """Do many things to few records."""
    dice = random.Random(seed)
    for step in range(steps):
        number = at + dice.randrange(30)
        held = store.get(HOME, [f"f{number}"])
        doing = dice.choice(["put", "delete", "status", "word", "plain"])
        if not held:
            put(store, fact(number))
        elif doing == "delete":
            store.apply(Batch(namespace=HOME, deletes=[Delete(id=held[0].id)]))
        elif doing == "status":
            change = StatusChange(id=held[0].id, status=dice.choice(list(Status)))
            store.apply(Batch(namespace=HOME, status_changes=[change]))
        else:
            session = dice.choice(["s1", None, "s9"])
            new = fact(number, content=f"Said {seed}-{step}.", session=session)
            if doing == "plain":
                new = new.but(embedding=None)
            again = Put(record=new, expected_version=held[0].version)
            store.apply(Batch(namespace=HOME, puts=[again]))


def test_an_index_that_followed_equals_one_made_anew(
    store: RedisStore, engine: Any
) -> None:
    for round_ in range(8):
        mixed(store, seed=round_, steps=25, at=0)
        engine.catch_up(HOME)
    followed = index_of(store)
    census = engine.catch_up(HOME)
    engine.drop(HOME)
    assert index_of(store) == {}
    anew = engine.catch_up(HOME)
    assert index_of(store) == followed
    assert (anew.memories, anew.terms) == (census.memories, census.terms)
    assert census.memories == sum(store.count(HOME).values())


def test_many_processes_catch_up_one_index_while_others_write(
    engine_url: str, store: RedisStore, engine: Any
) -> None:
    put(store, fact(999))  # so that all know the vectors from the start
    kind, done, errors = engine.name, threading.Event(), []

    def write(number: int) -> None:
        other = RedisStore.open(engine_url)
        mixed(other, seed=number, steps=60, at=30 * number)
        other.close()

    def follow() -> None:
        other = RedisStore.open(engine_url)
        try:
            while not done.is_set():
                other.engines.named(kind).catch_up(HOME)
        except Exception as exc:  # told below
            errors.append(exc)
        other.close()

    writers = [threading.Thread(target=write, args=(n,)) for n in range(2)]
    followers = [threading.Thread(target=follow) for _ in range(3)]
    for thread in [*writers, *followers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in followers:
        thread.join()
    assert errors == []
    engine.catch_up(HOME)
    followed = index_of(store)
    engine.drop(HOME)
    engine.catch_up(HOME)
    assert index_of(store) == followed


def test_what_is_deleted_leaves_the_index_at_once(
    store: RedisStore, engine: Any
) -> None:
    put(store, *map(fact, range(5)))
    engine.catch_up(HOME)
    store.apply(Batch(namespace=HOME, deletes=[Delete(id="f3")]))
    assert not store.client().exists("retentive:{team}:document:f3")
    assert "f3" not in engine.nearest(HOME, vector(3), limit=9, within=ANYTHING)
    assert engine.catch_up(HOME).memories == 4


def test_an_index_that_somebody_dropped_is_made_anew(store: RedisStore) -> None:
    engine = store.engines.named(QUERY_ENGINE)
    put(store, *map(fact, range(20)))
    engine.catch_up(HOME)
    store.client().execute_command("FT.DROPINDEX", "retentive:{team}:index")
    found = engine.nearest(HOME, vector(7), limit=1, within=ANYTHING)  # type: ignore[attr-defined]
    assert found == ["f7"]


def test_a_namespace_that_was_replaced_is_indexed_anew(
    store: RedisStore, engine: Any
) -> None:
    put(store, *map(fact, range(20)))
    engine.catch_up(HOME)
    client = store.client()
    for key in client.keys("retentive:{team}:*"):
        if b"index" not in key and b"document" not in key:
            client.delete(key)
    put(store, fact(100))
    census = engine.catch_up(HOME)
    assert census.memories == 1
    assert engine.nearest(HOME, vector(7), limit=3, within=ANYTHING) == ["f100"]


def test_forgotten_tombstones_make_the_index_anew(
    store: RedisStore, engine: Any
) -> None:
    put(store, *map(fact, range(5)))
    engine.catch_up(HOME)
    store.apply(Batch(namespace=HOME, deletes=[Delete(id="f1")]))
    put(store, fact(7))
    store.prune(HOME, store.changes(HOME, 0).sequence)
    census = engine.catch_up(HOME)
    assert census.memories == 5
    assert set(engine.newest(HOME, limit=9, within=ANYTHING)) == {"f0", "f2", "f3", "f4", "f7"}  # fmt: skip


def test_a_long_first_reading_needs_no_forgotten_tombstones(
    store: RedisStore, engine: Any
) -> None:
    for start in range(0, 2_400, 300):
        put(store, *(fact(n, embedding=None) for n in range(start, start + 300)))
    store.apply(Batch(namespace=HOME, deletes=[Delete(id="f5")]))
    store.prune(HOME, store.changes(HOME, 0, limit=9_999).sequence)
    assert engine.catch_up(HOME).memories == 2_399


def test_vectors_that_come_later_get_an_index_that_holds_them(
    store: RedisStore, engine: Any
) -> None:
    put(store, *(fact(n, embedding=None) for n in range(60)))
    assert engine.catch_up(HOME).embedder is None
    put(store, fact(100))
    assert engine.catch_up(HOME).embedder == f"test:{DIM}:1"
    assert engine.nearest(HOME, vector(100), limit=3, within=ANYTHING) == ["f100"]


@pytest.mark.parametrize("label", ["a", "a}", "{b}", "*", "a:document:", "猫|*", "\0"])
def test_no_label_leads_into_another_namespace(
    store: RedisStore, engine: Any, label: str
) -> None:
    mine, others = (label,), [("a", "b"), ("team",), (f"{label}x",)]
    for place, other in enumerate(others):
        put(store, fact(place, namespace=other), namespace=other)
        engine.catch_up(other)
    put(store, fact(50, namespace=mine), namespace=mine)
    engine.catch_up(mine)
    assert engine.nearest(mine, vector(50), limit=9, within=ANYTHING) == ["f50"]
    assert engine.newest(mine, limit=9, within=ANYTHING) == ["f50"]


def test_ids_may_be_anything(store: RedisStore, engine: Any) -> None:
    ids = ["a:b", "a b", "a\nb", "{x}", "猫", "0 0 - - -", "'\""]
    put(store, *(fact(n, id=id) for n, id in enumerate(ids)))
    engine.catch_up(HOME)
    found = engine.nearest(HOME, vector(0), limit=9, within=ANYTHING)
    assert sorted(found) == sorted(ids)
    assert set(engine.around(HOME, ids)) == set(ids)


def test_a_refused_index_is_no_silent_success(
    engine_session: RunningServer, engine_url: str
) -> None:
    store = RedisStore.open(engine_url.removesuffix("/0") + "/1")
    put(store, fact(1))
    with pytest.raises(StoreError, match="db != 0"):
        store.engines.named(QUERY_ENGINE).catch_up(HOME)
    with engine_session.client(db=1) as client:
        client.flushdb()
    store.close()
