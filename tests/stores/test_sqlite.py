from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from retentive.errors import (
    ConfigError,
    CorruptStoreError,
    InvalidInputError,
    RecordNotFoundError,
    SchemaVersionError,
    StoreConnectionError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)
from retentive.protocols import Batch, Put, StatusChange
from retentive.records import MemoryRecord, Status
from retentive.stores.sqlite import SQLiteStore
from retentive.stores.sqlite.names import FreshNames, Names
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


def test_many_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def make(path: Path, start: threading.Barrier) -> None:
        start.wait()
        try:
            put(SQLiteStore.open(path, durability="normal"), "one")
        except Exception as error:
            failures.append(error)

    for number in range(25):
        path, start = tmp_path / f"{number}.db", threading.Barrier(8)
        makers = [threading.Thread(target=make, args=(path, start)) for _ in range(8)]
        for maker in makers:
            maker.start()
        for maker in makers:
            maker.join()
        assert failures == []
        assert SQLiteStore.open(path).scan(HOME)[0].support_count == 8


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
    message = f"schema {VERSION + 1}, this Retentive knows {VERSION}; .*pip install -U"
    with pytest.raises(SchemaVersionError, match=message):
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


def test_a_memory_of_twenty_words_takes_few_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    store = SQLiteStore.open(path)
    text = (
        "we walked along the river before breakfast and talked about the garden, "
        "her brother, and the journey to Norway in May, no."
    )
    records = [
        MemoryRecord(content=f"{text} {i:05}", role="user", session=f"s{i // 20}")
        for i in range(4_000)
    ]
    store.apply(Batch(namespace=HOME, puts=[Put(record=r) for r in records]))
    store.close()
    assert path.stat().st_size / 4_000 < 350


def test_nothing_in_the_file_is_code(tmp_path: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db")
    attack = "'); DROP TABLE records; --"
    record = MemoryRecord(content=attack, speaker=attack, session=attack, key=attack)
    store.apply(Batch(namespace=HOME, puts=[Put(record=record)]))
    assert store.find(HOME, attack) is not None
    assert contents(store) == [attack]


def test_names_of_a_refused_batch_are_forgotten(tmp_path: Path) -> None:
    """Another process may give their numbers to other names."""
    SQLiteStore.open(tmp_path / "a.db").close()
    connection = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    names = Names()
    fresh = FreshNames(names)
    connection.execute("BEGIN")
    lost = fresh.number(connection, "lost")
    connection.execute("ROLLBACK")
    assert names.number("lost") is None
    other = FreshNames(names)
    assert other.number(connection, "kept") == lost
    other.publish()
    assert names.name(lost) == "kept"
    connection.close()


def test_refused_batches_of_one_thread_do_not_disturb_others(tmp_path: Path) -> None:
    store = SQLiteStore.open(tmp_path / "a.db", durability="normal")
    told: dict[str, str] = {}
    failures: list[Exception] = []
    done = threading.Event()

    def tell(teller: int) -> None:
        for number in range(60):
            name = f"{teller}-{number}"
            record = MemoryRecord(content=name, session=name, speaker=name)
            told[record.id] = name
            store.apply(Batch(namespace=HOME, puts=[Put(record=record)]))

    def fail() -> None:
        unknown = StatusChange(id="unknown", status=Status.ARCHIVED)
        for number in range(120):
            record = MemoryRecord(content="lost", session=f"lost {number}")
            puts = [Put(record=record)]
            with pytest.raises(RecordNotFoundError):
                store.apply(Batch(namespace=HOME, puts=puts, status_changes=[unknown]))

    def look() -> None:
        while not done.is_set():
            store.scan(HOME)

    def run(work: Callable[..., None], *arguments: int) -> threading.Thread:
        def guarded() -> None:
            try:
                work(*arguments)
            except Exception as error:
                failures.append(error)

        thread = threading.Thread(target=guarded)
        thread.start()
        return thread

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        reader = run(look)
        writers = [run(tell, 0), run(tell, 1), run(fail), run(fail)]
        for thread in writers:
            thread.join()
        done.set()
        reader.join()
    finally:
        sys.setswitchinterval(interval)
    assert failures == []
    store.close()
    found = SQLiteStore.open(tmp_path / "a.db").scan(HOME)
    assert {record.id: record.session for record in found} == told
    assert {record.id: record.speaker for record in found} == told
