"""Snapshots of a store on another machine: with vectors, for one user, never believed."""

from __future__ import annotations

import logging
import shutil
import stat
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from retentive import Memory, MemoryRecord
from retentive.embedders.hashing import HashingEmbedder
from retentive.index.replica import Replica
from retentive.index.snapshot import load_snapshot, save_snapshot
from retentive.index.vectors import EXACT_ROWS, Vectors
from retentive.protocols import KeepsVectorsFar
from retentive.stores.away import AwayStore
from retentive.stores.codec import pack_vector
from retentive.stores.guarded import GuardedStore
from retentive.stores.redis import RedisStore
from tests.servers import RunningServer, start_server

HOME = ("default",)
COUNT = 400


def opened(url: str, folder: Path) -> Memory:
    store = RedisStore.open(url, snapshots=folder, patience_s=0)
    return Memory(store, namespace=HOME, embedder=HashingEmbedder())


def told(memory: Memory) -> list[str]:
    return memory.remember(
        [
            MemoryRecord(
                content=f"Secret {i}: the cat of Oslo counts 七{i}.",
                session=f"s{i % 5}",
                speaker="Ann",
            )
            for i in range(COUNT)
        ]
    )


def ranked(memory: Memory) -> list[tuple[str, float]]:
    hits = memory.recall("What of secret 17 and cats?", limit=20)
    return [(hit.record.id, round(hit.score, 4)) for hit in hits]


def file_of(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


@pytest.fixture
def saved(redis_url: str, tmp_path: Path) -> tuple[str, Path, list[tuple[str, float]]]:
    """A server's URL, a folder with a snapshot, and what a recall answers."""
    with opened(redis_url, tmp_path) as memory:
        told(memory)
        answer = ranked(memory)
    return redis_url, tmp_path, answer


def restored(url: str, folder: Path) -> tuple[Replica, bool]:
    store = RedisStore.open(url, snapshots=folder)
    replica = Replica(store, [HOME], embedder=HashingEmbedder().fingerprint)
    return replica, load_snapshot(replica, store)


def test_a_cold_process_asks_the_server_for_no_vectors(
    redis_server: RunningServer, saved: tuple[str, Path, list[tuple[str, float]]]
) -> None:
    url, folder, answer = saved
    vectors = COUNT * HashingEmbedder().dim * 2
    with redis_server.client() as client, opened(url, folder) as memory:
        before = client.info("stats")["total_net_output_bytes"]
        assert ranked(memory) == answer
        sent = client.info("stats")["total_net_output_bytes"] - before
    assert sent < vectors / 4


def test_what_stands_before_a_store_far_away_is_far_too(
    saved: tuple[str, Path, list[tuple[str, float]]],
) -> None:
    url, _, _ = saved
    for guard in (AwayStore, partial(GuardedStore, agent="a", may_write=[HOME])):
        store = guard(RedisStore.open(url))
        assert isinstance(store, KeepsVectorsFar)
        store.close()


def test_the_file_is_one_users_and_holds_no_text(
    saved: tuple[str, Path, list[tuple[str, float]]],
) -> None:
    _, folder, _ = saved
    path = file_of(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    data = path.read_bytes()
    assert b"Secret" not in data
    assert "七".encode() not in data


def test_what_happened_meanwhile_is_caught_up(
    saved: tuple[str, Path, list[tuple[str, float]]],
) -> None:
    url, folder, answer = saved
    with Memory.open(url, embedder=HashingEmbedder()) as other:
        other.forget([answer[0][0]])
        [new] = other.remember("A zebra moved in.")
    with opened(url, folder) as memory:
        assert restored(url, folder)[1]
        assert answer[0][0] not in [id for id, _ in ranked(memory)]
        assert memory.recall("zebra")[0].record.id == new


def test_no_vector_is_saved_of_what_another_process_forgot(
    redis_url: str, tmp_path: Path
) -> None:
    memory = opened(redis_url, tmp_path)
    ids = told(memory)
    ranked(memory)
    text = memory.get(ids[7]).content
    vector = pack_vector(HashingEmbedder().embed([text])[0])
    with Memory.open(redis_url, embedder=HashingEmbedder()) as other:
        other.forget([ids[7]])
    memory.close()
    data = file_of(tmp_path).read_bytes()
    assert vector not in data
    assert pack_vector(HashingEmbedder().embed([text.replace("7", "8")])[0]) in data


def test_forgetting_and_erasing_remove_the_file(
    saved: tuple[str, Path, list[tuple[str, float]]],
) -> None:
    url, folder, answer = saved
    with opened(url, folder) as memory:
        memory.forget([answer[0][0]])
        assert list(folder.iterdir()) == []
        memory.recall("cats")
    file_of(folder)
    with opened(url, folder) as memory:
        assert memory.erase().snapshots == 1
    assert list(folder.iterdir()) == []


def test_data_that_was_replaced_makes_a_new_one(
    redis_server: RunningServer, saved: tuple[str, Path, list[tuple[str, float]]]
) -> None:
    url, folder, _ = saved
    with redis_server.client() as client:
        client.flushall()
    with opened(url, folder) as memory:
        assert ranked(memory) == []
        [only] = memory.remember("Only this.")
        assert [hit.record.id for hit in memory.recall("this")] == [only]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data[:-5] + bytes([data[-5] ^ 1]) + data[-4:],
        lambda data: b"RTNSNAP1" + b"\0" * 900,
    ],
    ids=["cut", "flip in vectors", "foreign"],
)
def test_a_damaged_one_is_rebuilt(  # type: ignore[no-untyped-def]
    saved: tuple[str, Path, list[tuple[str, float]]], damage
) -> None:
    url, folder, answer = saved
    path = file_of(folder)
    path.write_bytes(damage(path.read_bytes()))
    assert not restored(url, folder)[1]
    with opened(url, folder) as memory:
        assert ranked(memory) == answer
    assert restored(url, folder)[1], "closing has written a sound one"


def test_another_servers_file_is_not_believed(
    saved: tuple[str, Path, list[tuple[str, float]]], tmp_path: Path
) -> None:
    _, folder, _ = saved
    other = start_server(tmp_path / "other")
    try:
        mine = tmp_path / "mine"
        with opened(other.url, mine) as memory:
            memory.remember([f"Another fact {i}." for i in range(100)])
            memory.recall("fact")
        target = file_of(mine)
        [source] = [path for path in folder.iterdir() if path.is_file()]
        shutil.copy(source, target)
        with opened(other.url, mine) as memory:
            assert len(memory.recall("fact", limit=200)) == 100
            assert memory.recall("cat of Oslo")[0].record.content.startswith("Another")
    finally:
        other.stop()


def test_many_write_and_read_one_file_at_once(
    saved: tuple[str, Path, list[tuple[str, float]]], caplog: pytest.LogCaptureFixture
) -> None:
    url, folder, _ = saved
    caplog.set_level(logging.INFO, logger="retentive")
    loads: list[bool] = []

    def work() -> None:
        store = RedisStore.open(url, snapshots=folder)
        for _ in range(8):
            replica = Replica(store, [HOME], embedder=HashingEmbedder().fingerprint)
            loads.append(load_snapshot(replica, store))
            replica.state().saved_rows = 0
            save_snapshot(replica, store)
        store.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(loads)
    assert len(loads) == 32
    assert not [r for r in caplog.records if "snapshot" in r.getMessage()]
    file_of(folder)  # no part is left


def test_closing_while_the_server_is_away_is_no_error(tmp_path: Path) -> None:
    server = start_server(tmp_path / "server")
    memory = opened(server.url, tmp_path / "snapshots")
    told(memory)
    memory.recall("cats")
    server.kill()
    memory.close()
    assert not (tmp_path / "snapshots").exists()


@pytest.mark.parametrize("rows", [50, EXACT_ROWS + 10], ids=["exact", "compact"])
def test_saved_vectors_are_the_same_and_dead_ones_gone(rows: int) -> None:
    dice = np.random.default_rng(3)
    numbers = dice.standard_normal((rows, 24)).astype(np.float16).astype(np.float32)
    held = Vectors(24).compact_for(rows)
    held.append(numbers)
    living = np.ones(rows, np.bool_)
    living[3] = False
    copy = Vectors.of_arrays(24, held.arrays(living))
    everything = np.arange(rows, dtype=np.int32)
    expected = held.take(everything)
    expected[3] = 0.0
    assert np.array_equal(copy.take(everything), expected)
    query = numbers[9] / np.linalg.norm(numbers[9])
    assert np.array_equal(
        copy.nearest(query, living, limit=10), held.nearest(query, living, limit=10)
    )
    copy.append(numbers[:5])
    assert copy.size == rows + 5
