from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from retentive.errors import (
    ConfigError,
    CorruptStoreError,
    InvalidInputError,
    SchemaVersionError,
    StoreConnectionError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from retentive.protocols import Batch, Put
from retentive.records import MemoryRecord
from retentive.stores.sqlite import SQLiteStore
from retentive.stores.sqlite.schema import VERSION

HOME = ("default",)


def put(store: SQLiteStore, *contents: str) -> None:
    puts = [Put(record=MemoryRecord(content=content)) for content in contents]
    store.apply(Batch(namespace=HOME, puts=puts))


def contents(store: SQLiteStore) -> list[str]:
    return sorted(record.content for record in store.scan(HOME))


def test_two_stores_on_one_file_see_each_other(tmp_path: Path) -> None:
    a, b = SQLiteStore.open(tmp_path / "a.db"), SQLiteStore.open(tmp_path / "a.db")
    put(a, "one")
    assert contents(b) == ["one"]
    put(b, "two")
    assert contents(a) == ["one", "two"]
    assert a.changes(HOME, 0).epoch == b.changes(HOME, 0).epoch


def test_a_reader_is_not_held_up_by_a_writer(tmp_path: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db")
    put(store, "one")
    with store._connections.writing() as connection:
        connection.execute("DELETE FROM records")
        assert contents(store) == ["one"]
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")


def test_a_busy_file_is_an_error_that_says_so(tmp_path: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db", timeout_s=0.05)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process has been writing"):
        put(store, "one")
    other.execute("ROLLBACK")
    other.close()
    put(store, "one")
    assert contents(store) == ["one"]


def test_a_fork_opens_connections_of_its_own(tmp_path: Path) -> None:
    script = """
import os, sys
from retentive.protocols import Batch, Put
from retentive.records import MemoryRecord
from retentive.stores.sqlite import SQLiteStore
store = SQLiteStore.open(sys.argv[1])
def put(content):
    store.apply(Batch(namespace=("default",), puts=[Put(record=MemoryRecord(content=content))]))
put("parent")
child = os.fork()
if child == 0:
    put("child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
put("parent again")
print(sorted(r.content for r in store.scan(("default",))))
"""
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "a.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "['child', 'parent', 'parent again']"


def test_links_lead_to_one_file_and_one_snapshot(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "a.db")
    store = SQLiteStore.open(tmp_path / "link.db")
    put(store, "one")
    assert contents(SQLiteStore.open(tmp_path / "a.db")) == ["one"]
    assert store.path == tmp_path / "a.db"


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("missing/a.db", StoreConnectionError, "the folder .* does not exist; make it"),
        ("", StoreConnectionError, "is a folder; name a file in it"),
        (":memory:", InvalidInputError, "names no file"),
    ],
)
def test_paths_that_cannot_be_used_are_refused(
    tmp_path: Path, name: str, error: type[Exception], message: str
) -> None:
    path = name if name == ":memory:" else str(tmp_path / name)
    with pytest.raises(error, match=message):
        SQLiteStore.open(path)


def test_an_unknown_durability_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="durability must be full or normal"):
        SQLiteStore.open(tmp_path / "a.db", durability="maximal")


@pytest.mark.parametrize(
    ("durability", "level"), [("full", 2), ("normal", 1)], ids=["full", "normal"]
)
def test_durability_sets_what_is_synchronised(
    tmp_path: Path, durability: str, level: int
) -> None:
    store = SQLiteStore.open(tmp_path / "a.db", durability=durability)
    with store._connections.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (level,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_another_program_s_files_are_refused_untouched(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Dear diary, " * 20)
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE songs (title TEXT)")
    connection.commit()
    connection.close()
    for path in (text, foreign):
        before = path.read_bytes()
        with pytest.raises(CorruptStoreError, match="Retentive has not touched it"):
            SQLiteStore.open(path)
        assert path.read_bytes() == before


def test_a_newer_schema_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    SQLiteStore.open(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(SchemaVersionError, match="pip install -U retentive"):
        SQLiteStore.open(path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = SQLiteStore.open(path)
    put(store, *[f"fact {i}" for i in range(500)])
    store.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(CorruptStoreError, match="is cut short"):
        SQLiteStore.open(path)


def test_damage_is_never_a_silent_loss(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = SQLiteStore.open(path)
    put(store, *[f"fact {i}" for i in range(2_000)])
    store.close()
    data = bytearray(path.read_bytes())
    for page in range(3, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = os.urandom(64)
    path.write_bytes(data)
    with pytest.raises(StoreError):
        contents(SQLiteStore.open(path))


def test_a_read_only_store_reads_and_refuses_to_write(tmp_path: Path) -> None:
    writer = SQLiteStore.open(tmp_path / "a.db")
    put(writer, "one")
    reader = SQLiteStore.open(tmp_path / "a.db", read_only=True)
    assert contents(reader) == ["one"]
    with pytest.raises(StoreReadOnlyError, match="cannot be written"):
        put(reader, "two")
    assert contents(reader) == ["one"]


def test_a_full_disk_refuses_the_batch_and_keeps_the_rest(tmp_path: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db")
    put(store, "one")
    with store._connections.writing() as connection:
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        # SQLite reports a full disk and a full quota of pages by the same code.
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
    with pytest.raises(StoreFullError, match="nothing of the batch was written"):
        put(store, *["long " * 2_000 + str(i) for i in range(20)])
    assert contents(store) == ["one"]
    put(store, "two")
    assert contents(store) == ["one", "two"]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting needs root"
)
def test_a_really_full_disk_refuses_the_batch(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"tmpfs cannot be mounted here: {mounted.stderr!r}")
    try:
        store = SQLiteStore.open(disk / "a.db")
        put(store, "one")
        with pytest.raises(StoreError):
            put(store, *["long " * 2_000 + str(i) for i in range(200)])
        assert contents(store) == ["one"]
        store.close()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_memory_of_twenty_words_takes_few_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = SQLiteStore.open(path)
    text = "nineteen ordinary words about gardens and trains and rain and friends "
    put(store, *[f"{text * 2}number {i:07}" for i in range(2_000)])
    store.close()
    assert path.stat().st_size / 2_000 < 600


def test_nothing_in_the_file_is_code(tmp_path: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db")
    attack = "'); DROP TABLE records; --"
    record = MemoryRecord(content=attack, speaker=attack, session=attack, key=attack)
    store.apply(Batch(namespace=HOME, puts=[Put(record=record)]))
    assert store.find(HOME, attack) is not None
    assert contents(store) == [attack]
