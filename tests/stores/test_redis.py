"""What only a store on a server does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import NoPermissionError

from retentive import Memory
from retentive.embedders.hashing import HashingEmbedder
from retentive.errors import (
    ConfigError,
    ConflictError,
    CorruptStoreError,
    RecordNotFoundError,
    SchemaVersionError,
    StoreConnectionError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from retentive.index.replica import Replica
from retentive.protocols import Batch, Delete, Put, StatusChange
from retentive.records import MemoryRecord, Message, Status
from retentive.stores.redis import RedisStore
from retentive.stores.redis.access import acl_rules
from retentive.stores.redis.address import options_of, parse_url
from retentive.stores.redis.keys import decoded, encoded
from tests.servers import RunningServer, free_port, start_server

HOME = ("team",)
NOW = datetime(2026, 3, 10, tzinfo=UTC)
TELL = """
import sys
from retentive import Memory
with Memory.open(sys.argv[1], namespace=("team",)) as memory:
    memory.remember("The deploy key lives in the blue vault.")
"""
HOSTILE = (
    "{x}",
    "}{",
    "*",
    "a:b/c",
    "\r\nFLUSHALL\r\n",
    "a\0b",
    "$5\r\nhello\r\n",
    "*1\r\n$8\r\nFLUSHALL\r\n",
    "@role:{admin} | *",
    "%7Bx%7D",
    "%",
    "..",
    "😀",
)


def record(content: str, **fields: Any) -> MemoryRecord:
    return MemoryRecord(content=content, **{"namespace": HOME, **fields})


def put(store: RedisStore, *records: MemoryRecord) -> None:
    puts = [Put(record=item) for item in records]
    store.apply(Batch(namespace=records[0].namespace, puts=puts))


def contents(store: RedisStore, namespace: tuple[str, ...] = HOME) -> list[str]:
    return sorted(item.content for item in store.scan(namespace))


@pytest.fixture
def own_server(tmp_path: Path) -> Any:
    """A server that the test may stop, or set as it likes."""
    server = start_server(
        tmp_path / "own", *("--appendonly", "yes", "--appendfsync", "always")
    )
    yield server
    server.kill()


# --- many processes ------------------------------------------------------------


def test_what_one_process_learns_another_recalls(redis_url: str) -> None:
    with Memory.open(redis_url, namespace=HOME) as memory:
        assert memory.recall("Where is the deploy key?") == []
        subprocess.run([sys.executable, "-c", TELL, redis_url], check=True)
        [hit] = memory.recall("Where is the deploy key?")
        assert "blue vault" in hit.record.content
        assert isinstance(memory.store, RedisStore)


def test_a_fork_and_its_parent_use_connections_of_their_own(redis_url: str) -> None:
    script = """
import os, sys
from retentive.protocols import Batch, Put
from retentive.records import MemoryRecord
from retentive.stores.redis import RedisStore
store = RedisStore.open(sys.argv[1])
def put(who):
    for number in range(100):
        record = MemoryRecord(content=f"{who} {number}", namespace=("team",))
        commit = store.apply(Batch(namespace=("team",), puts=[Put(record=record)]))
        assert commit.puts[0].id == record.id
        assert store.get(("team",), [record.id])[0].content == record.content
put("before")
child = os.fork()
put("child" if child == 0 else "parent")
if child == 0:
    store.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
put("after")
"""
    subprocess.run([sys.executable, "-c", script, redis_url], check=True, timeout=60)
    assert len(RedisStore.open(redis_url).scan(HOME)) == 400


def test_many_threads_share_a_store(redis_url: str) -> None:
    store = RedisStore.open(redis_url)

    def tell(who: int) -> None:
        for number in range(20):
            put(store, record(f"{who} {number}"))

    with ThreadPoolExecutor(40) as pool:
        list(pool.map(tell, range(40)))
    assert len(store.scan(HOME)) == 800
    assert sum(store.count(HOME).values()) == 800
    assert store.client().scard(store._spaces.keys(HOME).part("lanes")) <= 40


def test_private_and_shared_memories_come_in_one_recall(redis_url: str) -> None:
    mine, ours = ("team", "agent-7"), HOME
    with Memory.open(redis_url, namespace=mine, also_read=[ours]) as memory:
        memory.remember("My own note: the vault code is 4711.")
        memory.within("team").remember("The vault stands in Oslo.")
        found = {h.record.namespace for h in memory.recall("Where is the vault?")}
        assert found == {mine, ours}
        assert [r.namespace for r in memory.records()] == [mine]


def test_a_commit_planned_on_what_has_changed_is_planned_again(redis_url: str) -> None:
    """Two stores merge into one record, each unaware of what the other read."""
    one, two = RedisStore.open(redis_url), RedisStore.open(redis_url)
    put(one, record("tea"))
    between = one._server.write
    once = [lambda: put(two, record("tea"))]

    def write(*call: Any, **again: Any) -> Any:
        if call[0] == "commit" and once:
            once.pop()()
        return between(*call, **again)

    one._server.write = write  # type: ignore[method-assign]
    put(one, record("tea"))
    assert [r.support_count for r in one.scan(HOME)] == [3]


def test_a_commit_whose_answer_was_lost_is_not_made_twice(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    put(store, record("tea"))
    run = store._server._evaluated
    lost = []

    def evaluated(lua: Any, *call: Any) -> Any:
        answer = run(lua, *call)
        if lua.name == "commit" and answer[0] == b"done" and not lost:
            lost.append(answer)
            raise LostError("the answer is lost")
        return answer

    store._server._evaluated = evaluated  # type: ignore[method-assign]
    said = Message(role="user", content="hi", session="s")
    batch = Batch(namespace=HOME, puts=[Put(record=record("tea"))], messages=[said])
    commit = store.apply(batch)
    assert lost
    assert (commit.sequence, commit.messages) == (2, 1)
    assert [r.support_count for r in store.scan(HOME)] == [2]


def test_uses_counted_during_a_change_are_not_lost(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    item = record("tea")
    put(store, item)
    store.touch(HOME, [item.id], NOW)
    change = StatusChange(id=item.id, status=Status.ARCHIVED)
    store.apply(Batch(namespace=HOME, status_changes=[change]))
    [found] = store.get(HOME, [item.id])
    assert (found.access_count, found.status) == (1, Status.ARCHIVED)


# --- data that was replaced ------------------------------------------------------


def test_a_replica_begins_anew_when_the_data_was_replaced(redis_url: str) -> None:
    store, other = RedisStore.open(redis_url), RedisStore.open(redis_url)
    put(store, *[record(f"old {i}") for i in range(5)])
    replica = Replica(store, [HOME])
    assert replica.frame().size == 5
    store.client().flushall()
    put(other, *[record(f"new {i}") for i in range(9)])
    assert sorted(replica.frame().ids) == sorted(r.id for r in store.scan(HOME))
    put(store, record("NEW 3"))  # by the salt of the new data
    assert [r.support_count for r in store.scan(HOME) if r.content == "new 3"] == [2]


def test_a_replica_that_missed_forgotten_tombstones_begins_anew(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    gone, kept = record("gone"), record("kept")
    put(store, gone, kept)
    behind, ahead = Replica(store, [HOME]), Replica(store, [HOME])
    behind.frame()
    store.apply(Batch(namespace=HOME, deletes=[Delete(id=gone.id)]))
    ahead.frame()
    sequence = store.changes(HOME, 0).sequence
    store.prune(HOME, sequence)
    assert [c.id for c in store.changes(HOME, 0).items] == [kept.id]
    for replica in (behind, ahead):
        frame = replica.frame()
        living = [frame.ids[row] for row in range(frame.size) if frame.alive[row]]
        assert living == [kept.id]


def test_a_newer_format_is_refused(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    put(store, record("tea"))
    store.client().hset(store._spaces.keys(HOME).part("data"), "format", 99)
    with pytest.raises(SchemaVersionError, match="install a newer one"):
        put(RedisStore.open(redis_url), record("tea"))


def test_values_that_are_not_ours_are_damage(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    item = record("tea")
    put(store, item)
    key = store._spaces.keys(HOME).part("data")
    store.client().hset(key, f"r:{item.id}", b"- [1, 2")
    with pytest.raises(CorruptStoreError, match="is damaged"):
        store.scan(HOME)
    store.client().delete(key)
    store.client().set(key, "x")
    with pytest.raises(CorruptStoreError, match="another program"):
        store.scan(HOME)


# --- expiry --------------------------------------------------------------------


def test_a_sweep_deletes_what_is_over_and_leaves_tombstones(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    day = timedelta(days=1)
    over, longer = record("over", expires_at=NOW - day), record("lives", expires_at=NOW)
    pinned = record("pinned", expires_at=NOW - day, pinned=True)
    put(store, over, longer, pinned, record("never"))
    put(store, record("lives", expires_at=NOW + day))  # told again: the longer life
    since = store.changes(HOME, 0).sequence
    assert store.sweep(HOME, NOW) == 1
    assert contents(store) == ["lives", "never", "pinned"]
    [change] = store.changes(HOME, since).items
    assert (change.id, change.record) == (over.id, None)
    assert store.sweep(HOME, NOW) == 0


# --- hostile values ------------------------------------------------------------


def test_hostile_values_stay_values_in_their_namespace(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    for text in HOSTILE:
        item = record(
            text, namespace=(text,), key=text, session=text, metadata={"x": text}
        )
        said = Message(role="user", content=text, session=text, id=text)
        store.apply(Batch(namespace=(text,), puts=[Put(record=item)], messages=[said]))
    for text in HOSTILE:
        found = store.find((text,), text)
        assert found is not None
        assert (found.content, found.metadata["x"]) == (text, text)
        assert contents(store, (text,)) == [text]
        assert [m.content for m in store.messages((text,), text)] == [text]
        assert store.sessions((text,)) == [text]
    assert store.namespaces() == sorted((text,) for text in HOSTILE)


def test_ten_megabytes_are_one_memory(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    put(store, record("x" * 10_000_000), record("small"))
    assert [len(r.content) for r in store.scan(HOME)] == [10_000_000, 5]


def test_labels_are_encoded_without_ambiguity() -> None:
    names = [(a, b) for a in (*HOSTILE, "") for b in (*HOSTILE, "")]
    texts = {encoded(name): name for name in names}
    assert len(texts) == len(names)
    for text, name in texts.items():
        assert decoded(text) == name
        assert not set(text) & set("{}*?[]\\^\r\n\0: ")


# --- one user, one namespace -----------------------------------------------------


def test_a_user_of_one_namespace_can_run_all_and_reach_nothing_else(
    redis_server: RunningServer, redis_url: str
) -> None:
    admin = redis_server.client()
    rules = acl_rules(HOME)
    admin.execute_command("ACL", "SETUSER", "agent", "reset", "on", ">secret", *rules)
    try:
        put(RedisStore.open(redis_url), record("theirs", namespace=("other",)))
        url = redis_url.replace("//", "//agent:secret@")
        store = RedisStore.open(url)
        with Memory(store, namespace=HOME) as memory:
            [id] = memory.remember([{"role": "user", "content": "Ours is tea."}])
            assert memory.recall("tea")[0].record.id == id
            memory.used([id])
            with store.lease('work:["team"]', ttl_s=5) as lease:
                assert lease is not None
                store.apply(Batch(namespace=HOME, lease=lease))
            assert store.namespaces(HOME) == [HOME]
            assert dict(memory.count()) == {Status.ACTIVE: 1}
            store.sweep(HOME, NOW)
            with store.listen([HOME]) as told:
                assert told(0)
                assert not told(0)  # so it listens
                memory.remember("Ours is milk, too.")
                assert told(30)
            assert {d.check: d.state for d in store.diagnose()}["push"] == "ok"
            memory.consolidate()
            memory.forget([id])
            for reach in (
                lambda: store.scan(("other",)),
                lambda: store.changes(("other",), 0),
                lambda: put(store, record("x", namespace=("other",))),
                lambda: store._server.command("SCAN", 0),
                lambda: store.lease('work:["other"]', ttl_s=5).__enter__(),
                store.client().flushall,
                lambda: store.client().spublish("retentive:{other}:news", "x"),
            ):
                with pytest.raises((StoreError, NoPermissionError), match="ermission"):
                    reach()
        assert contents(RedisStore.open(redis_url), ("other",)) == ["theirs"]
    finally:
        admin.execute_command("ACL", "DELUSER", "agent")


# --- servers in trouble -----------------------------------------------------------


def test_a_server_that_is_not_there_is_named_with_a_remedy() -> None:
    port = free_port()
    with pytest.raises(StoreConnectionError, match=f"{port}.*check that it runs"):
        RedisStore.open(f"redis://127.0.0.1:{port}", patience_s=0)


def test_a_restart_is_waited_for_and_loses_nothing(own_server: RunningServer) -> None:
    store = RedisStore.open(own_server.url, patience_s=20)
    put(store, record("before"))
    own_server.kill()
    own_server.restart()
    put(store, record("after"))
    assert contents(store) == ["after", "before"]


def test_a_full_server_refuses_the_batch_and_reads_on(
    own_server: RunningServer,
) -> None:
    store = RedisStore.open(own_server.url)
    put(store, record("one"))
    with own_server.client() as client:
        client.config_set("maxmemory", "1mb")
        with pytest.raises(StoreFullError, match="raise maxmemory"):
            put(store, record("two"))
        assert contents(store) == ["one"]
        client.config_set("maxmemory", "0")
    put(store, record("two"))
    assert contents(store) == ["one", "two"]


def test_a_replica_of_the_server_is_not_written_to(
    own_server: RunningServer, tmp_path: Path
) -> None:
    follow = ("--replicaof", "127.0.0.1", str(own_server.port))
    replica = start_server(tmp_path / "replica", *follow)
    try:
        with pytest.raises(StoreReadOnlyError, match="name the primary"):
            put(RedisStore.open(replica.url, patience_s=0.1), record("x"))
    finally:
        replica.kill()


def test_too_few_replicas_are_an_error(redis_url: str) -> None:
    store = RedisStore.open(redis_url, replicas=1, timeout_s=0.4, patience_s=0)
    with pytest.raises(StoreConnectionError, match="0 of 1 replicas confirmed"):
        put(store, record("x"))


def test_errors_of_the_batch_are_those_of_every_store(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    unknown = Put(record=record("x"), expected_version=3)
    with pytest.raises(ConflictError):
        store.apply(Batch(namespace=HOME, puts=[unknown]))
    change = StatusChange(id="unknown", status=Status.ARCHIVED)
    with pytest.raises(RecordNotFoundError):
        store.apply(Batch(namespace=HOME, status_changes=[change]))
    assert store.namespaces() == []


# --- cold start -----------------------------------------------------------------


def test_a_snapshot_on_this_machine_saves_reading_all(
    redis_url: str, tmp_path: Path
) -> None:
    url = f"{redis_url}?snapshots={tmp_path}"
    embedder = HashingEmbedder(dim=64)
    with Memory.open(url, namespace=HOME, embedder=embedder) as memory:
        memory.remember([f"The number {i} stands for a horse." for i in range(200)])
        wanted = [hit.record.id for hit in memory.recall("number 17", limit=5)]
    [file] = tmp_path.glob("*.snapshot")
    assert b"horse" not in file.read_bytes()
    with Memory.open(url, namespace=HOME, embedder=embedder) as memory:
        read: list[int] = []
        changes = memory.store.changes

        def counted(*call: Any, **options: Any) -> Any:
            page = changes(*call, **options)
            read.append(len(page.items))
            return page

        memory.store.changes = counted  # type: ignore[method-assign]
        assert [h.record.id for h in memory.recall("number 17", limit=5)] == wanted
        assert sum(read) == 0
        frame = memory.frame()
        assert frame.holdings.vectors is not None


# --- URLs -----------------------------------------------------------------------


def test_urls_name_servers_sentinels_and_clusters() -> None:
    plain = parse_url("redis://ann:p%40ss@db.example/3?replicas=2&ssl_ca_certs=x")
    assert (plain.hosts, plain.database) == ((("db.example", 6379),), 3)
    assert (plain.username, plain.password) == ("ann", "p@ss")
    assert options_of(plain) == {"replicas": 2, "ssl": {"ssl_ca_certs": "x"}}
    assert "p@ss" not in f"{plain} {plain!r}"
    behind = parse_url("rediss+sentinel://:pw@a:1,b/memory/2")
    assert (behind.kind, behind.tls, behind.service) == ("sentinel", True, "memory")
    assert behind.hosts == (("a", 1), ("b", 26379))
    assert (behind.password, behind.database) == ("pw", 2)
    cluster = parse_url("redis+cluster://[::1]:7000,b:7001")
    assert cluster.hosts == (("::1", 7000), ("b", 7001))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("redis://", "is no URL of a Redis server"),
        ("http://x", "is no URL of a Redis server"),
        ("redis://:secret@x:port", "wrong port"),
        ("redis://x/one", "number of a database"),
        ("redis+sentinel://x:1", "names no service"),
        ("redis+cluster://x/3", "has only 0"),
    ],
)
def test_wrong_urls_are_refused_without_showing_a_password(
    url: str, message: str
) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        parse_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "message"),
    [("replica=1", "unknown option"), ("replicas=many", "must be a number")],
)
def test_wrong_options_in_a_url_are_refused(query: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        options_of(parse_url(f"redis://x?{query}"))


def test_options_of_tls_need_tls() -> None:
    with pytest.raises(ConfigError, match="write rediss://"):
        RedisStore.open("redis://127.0.0.1:1", ssl={"ssl_ca_certs": "x"})


# --- doctor ---------------------------------------------------------------------


def test_a_dangerous_server_is_diagnosed(own_server: RunningServer) -> None:
    def found() -> dict[str, str]:
        return {one.check: one.state for one in store.diagnose()}

    store = RedisStore.open(own_server.url)
    assert found() == {
        "server": "ok",
        "eviction": "ok",
        "durability": "ok",
        "replicas": "ok",
        "latency": "ok",
        "user": "warn",
        "push": "ok",
        "search engines": "ok",
    }
    with own_server.client() as client:
        client.config_set("maxmemory", "100mb")
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
    bad = found()
    assert (bad["eviction"], bad["durability"]) == ("fail", "warn")
    short = RedisStore.open(own_server.url, replicas=2)
    assert {d.check: d.state for d in short.diagnose()}["replicas"] == "fail"


# --- TLS ------------------------------------------------------------------------


@pytest.mark.skipif(
    shutil.which("redis-server") is None or shutil.which("openssl") is None,
    reason="needs a server with TLS and openssl; root gets one by: make redis-server",
)
def test_tls_is_spoken_and_checked(tmp_path: Path) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", key, "-out", certificate]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    port = free_port()
    server = start_server(
        tmp_path / "server",
        *("--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no"),
        *("--tls-cert-file", certificate, "--tls-key-file", key),
        *("--tls-ca-cert-file", certificate),
        binary="redis-server",
        port=port,
        connection={"ssl": True, "ssl_ca_certs": certificate},
    )
    try:
        store = RedisStore.open(
            f"rediss://127.0.0.1:{port}/0?ssl_ca_certs={certificate}"
        )
        put(store, record("tea"))
        assert contents(store) == ["tea"]
        with pytest.raises(StoreConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
            RedisStore.open(f"rediss://127.0.0.1:{port}/0", patience_s=0)
    finally:
        server.kill()
