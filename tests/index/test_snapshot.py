from __future__ import annotations

from pathlib import Path

import pytest

from retentive import Memory, MemoryRecord
from retentive.index.replica import Replica
from retentive.index.snapshot import load_snapshot, save_snapshot
from retentive.protocols import Batch, Delete, Put
from retentive.stores.sqlite import SQLiteStore
from retentive.testing.fake import FakeEmbedder

HOME = ("default",)


def told(
    path: Path, *, count: int = 200, embedder: FakeEmbedder | None = None
) -> Memory:
    memory = Memory.open(path, embedder=embedder)
    memory.remember(
        [
            MemoryRecord(
                content=f"Fact {i} about cats in Oslo.",
                session=f"s{i % 5}",
                speaker="Ann",
                metadata={"i": i} if i % 3 else {},
            )
            for i in range(count)
        ]
    )
    return memory


def ranked(memory: Memory) -> list[tuple[str, float]]:
    hits = memory.recall("What of fact 17 and cats?", limit=20)
    return [(hit.record.id, round(hit.score, 4)) for hit in hits]


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """The snapshot of a closed memory of 200 facts with vectors."""
    memory = told(tmp_path / "a.db", embedder=FakeEmbedder())
    memory.recall("cats")
    memory.close()
    [path] = (tmp_path / "a.db-replica").iterdir()
    return path


def loaded(tmp_path: Path) -> tuple[Replica, bool]:
    store = SQLiteStore.open(tmp_path / "a.db")
    replica = Replica(store, [HOME], embedder=FakeEmbedder().fingerprint)
    return replica, load_snapshot(replica, store)


def test_a_restored_replica_ranks_as_one_read_from_the_store(
    tmp_path: Path, snapshot: Path
) -> None:
    with Memory.open(tmp_path / "a.db", embedder=FakeEmbedder()) as memory:
        assert loaded(tmp_path)[1]
        from_snapshot = ranked(memory)
    snapshot.unlink()
    with Memory.open(tmp_path / "a.db", embedder=FakeEmbedder()) as memory:
        assert ranked(memory) == from_snapshot


def test_what_happened_since_is_caught_up(tmp_path: Path, snapshot: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db")
    gone = store.scan(HOME, limit=1)[0]
    added = MemoryRecord(content="A zebra moved in.", session="s1")
    store.apply(
        Batch(namespace=HOME, puts=[Put(record=added)], deletes=[Delete(id=gone.id)])
    )
    replica, restored = loaded(tmp_path)
    assert restored
    frame = replica.frame()
    living = {id for id, alive in zip(frame.ids, frame.alive, strict=True) if alive}
    assert living == {record.id for record in store.scan(HOME)}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: data[:-9] + bytes([data[-9] ^ 64]) + data[-8:],
        lambda data: b"another program's file, of some length" * 9,
    ],
    ids=["cut", "empty", "flip in header", "flip in body", "foreign"],
)
def test_a_damaged_snapshot_is_rebuilt_never_believed(  # type: ignore[no-untyped-def]
    tmp_path: Path, snapshot: Path, damage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", logger="retentive")
    with Memory.open(tmp_path / "a.db", embedder=FakeEmbedder()) as memory:
        expected = ranked(memory)
    snapshot.write_bytes(damage(snapshot.read_bytes()))
    assert not loaded(tmp_path)[1]
    assert "rebuilding the replica" in caplog.text
    with Memory.open(tmp_path / "a.db", embedder=FakeEmbedder()) as memory:
        assert ranked(memory) == expected
    assert loaded(tmp_path)[1], "closing has written a sound one"


def test_each_embedder_has_a_snapshot_of_its_own(
    tmp_path: Path, snapshot: Path
) -> None:
    store = SQLiteStore.open(tmp_path / "a.db")
    assert not load_snapshot(Replica(store, [HOME]), store)
    with Memory.open(tmp_path / "a.db") as memory:
        memory.recall("cats")
    assert load_snapshot(Replica(store, [HOME]), store)
    assert loaded(tmp_path)[1]


def test_a_copied_database_does_not_take_the_old_snapshot(
    tmp_path: Path, snapshot: Path
) -> None:
    """A file put back from a backup is behind its snapshot: start anew."""
    store = SQLiteStore.open(tmp_path / "a.db")
    with store._connections.writing() as connection:
        connection.execute("DELETE FROM records WHERE pk > 100")
        connection.execute("UPDATE namespaces SET sequence = 1")
        connection.execute("UPDATE records SET version = 1")
        connection.execute("UPDATE secrets SET value = value WHERE name = 'epoch'")
    replica, restored = loaded(tmp_path)
    replica.state().seen[HOME] = 5
    assert restored
    assert replica.frame().size == 100


def test_few_rows_and_folders_that_cannot_be_written_leave_none(tmp_path: Path) -> None:
    told(tmp_path / "few.db", count=20).close()
    assert not (tmp_path / "few.db-replica").exists()
    (tmp_path / "a.db-replica").write_text("a file where the folder would be")
    memory = told(tmp_path / "a.db")
    memory.recall("cats")
    memory.close()
    assert (tmp_path / "a.db-replica").read_text().startswith("a file")


def test_it_is_written_again_only_when_it_has_grown(
    tmp_path: Path, snapshot: Path
) -> None:
    before = snapshot.stat().st_mtime_ns
    replica, _ = loaded(tmp_path)
    store = SQLiteStore.open(tmp_path / "a.db")
    save_snapshot(replica, store)
    assert snapshot.stat().st_mtime_ns == before
