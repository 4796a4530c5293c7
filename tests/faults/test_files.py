"""Files that are damaged, read-only, unreadable, or on a full disk."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from retentive.errors import (
    CorruptStoreError,
    InvalidInputError,
    StoreConnectionError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from retentive.protocols import Batch, Put
from retentive.records import MemoryRecord, Message
from retentive.stores.sqlite import SQLiteStore

HOME = ("default",)


def put(store: SQLiteStore, *contents: str) -> None:
    puts = [Put(record=MemoryRecord(content=content)) for content in contents]
    store.apply(Batch(namespace=HOME, puts=puts))


def contents(store: SQLiteStore) -> list[str]:
    return sorted(record.content for record in store.scan(HOME))


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of its own, of one megabyte."""
    if not is_root():
        pytest.skip("mounting a disk needs root")
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a disk cannot be mounted here: {mounted.stderr!r}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_really_full_disk_refuses_the_batch_and_works_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        store = SQLiteStore.open(disk / "a.db")
        put(store, "one")
        before = store.changes(HOME, 0)
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(b"x" * 2_000_000)
        with pytest.raises(StoreFullError, match="nothing of the batch was written"):
            put(store, *["long " * 2_000 + str(i) for i in range(200)])
        assert contents(store) == ["one"]
        assert store.changes(HOME, 0) == before
        ballast.unlink()
        put(store, "two")
        store.close()
        assert contents(SQLiteStore.open(disk / "a.db")) == ["one", "two"]


def test_a_file_on_a_disk_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        writer = SQLiteStore.open(disk / "a.db")
        put(writer, "one")
        writer.close()
        remount = ["mount", "-o", "remount,ro", str(disk)]
        subprocess.run(remount, check=True)
        for read_only in (False, True):
            store = SQLiteStore.open(disk / "a.db", read_only=read_only)
            assert contents(store) == ["one"]
            with pytest.raises(StoreReadOnlyError, match="cannot be written"):
                put(store, "two")
            assert contents(store) == ["one"]
            store.close()


@pytest.mark.skipif(is_root(), reason="root may write to any folder")
def test_a_file_in_a_folder_that_cannot_be_written_is_read(tmp_path: Path) -> None:
    writer = SQLiteStore.open(tmp_path / "a.db")
    put(writer, "one")
    writer.close()
    tmp_path.chmod(0o555)
    try:
        store = SQLiteStore.open(tmp_path / "a.db")
        assert contents(store) == ["one"]
        with pytest.raises(StoreReadOnlyError):
            put(store, "two")
    finally:
        tmp_path.chmod(0o755)


def test_a_name_that_the_system_refuses_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreConnectionError, match="cannot be opened.*check its name"):
        SQLiteStore.open(tmp_path / ("x" * 300))
    with pytest.raises(InvalidInputError, match="cannot hold a NUL"):
        SQLiteStore.open(f"{tmp_path}/a\0b")


@pytest.mark.skipif(is_root(), reason="root may read any file")
def test_a_file_that_may_not_be_read_is_a_clear_error(tmp_path: Path) -> None:
    SQLiteStore.open(tmp_path / "a.db").close()
    (tmp_path / "a.db").chmod(0)
    with pytest.raises(StoreConnectionError, match="permissions of the file"):
        SQLiteStore.open(tmp_path / "a.db")


@pytest.mark.parametrize("name", ["a?b.db", "a#b.db", "a%20b.db", "a b.db", "é.db"])
def test_names_with_characters_of_urls_are_names(tmp_path: Path, name: str) -> None:
    store = SQLiteStore.open(tmp_path / name)
    put(store, "one")
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def _damaged(good: bytes, dice: random.Random) -> bytes:
    data = bytearray(good)
    for _ in range(dice.choice([1, 8, 40])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


def _use(path: Path) -> None:
    store = SQLiteStore.open(path, timeout_s=0.1)
    try:
        store.scan(HOME, vectors=True)
        store.changes(HOME, 0)
        store.namespaces()
        store.count(HOME)
        for session in store.sessions(HOME):
            store.messages(HOME, session)
        put(store, "new")
    finally:
        store.close()


def test_flipped_bytes_raise_nothing_but_store_errors(tmp_path: Path) -> None:
    path, dice = tmp_path / "a.db", random.Random(3)
    store = SQLiteStore.open(path, durability="normal")
    records = [
        MemoryRecord(
            content=f"fact {number}",
            session=f"s{number % 9}",
            metadata={"k": [number]},
            derived_from=("a",),
        )
        for number in range(200)
    ]
    messages = [Message(role="user", content=str(i), raw={"k": i}) for i in range(100)]
    puts = [Put(record=record) for record in records]
    store.apply(Batch(namespace=HOME, puts=puts, messages=messages))
    store.close()
    good, raised = path.read_bytes(), list[StoreError]()
    for _ in range(300):
        path.write_bytes(_damaged(good, dice))
        for left in (tmp_path / "a.db-wal", tmp_path / "a.db-shm"):
            left.unlink(missing_ok=True)
        try:
            _use(path)
        except StoreError as error:
            raised.append(error)
    # A flip may also hit the schema's number, or what says that it may be written.
    assert sum(isinstance(error, CorruptStoreError) for error in raised) > 50


def test_values_that_sqlite_cannot_hold_are_refused(tmp_path: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db")
    huge = MemoryRecord(content="tea", support_count=2**63)
    with pytest.raises(InvalidInputError, match="at most 64 bits"):
        store.apply(Batch(namespace=HOME, puts=[Put(record=huge)]))
    with pytest.raises(InvalidInputError, match="lone surrogates"):
        store.get(HOME, ["\ud800"])
    assert contents(store) == []
