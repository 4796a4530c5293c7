"""What many processes, and their sudden death, may do to one file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from retentive import Memory
from retentive.index.replica import Replica
from retentive.stores.sqlite import SQLiteStore

ADD_FOR_EVER = """
import sys
from retentive.protocols import Batch, Put
from retentive.records import MemoryRecord
from retentive.stores.sqlite import SQLiteStore
store = SQLiteStore.open(sys.argv[1])
run, number = sys.argv[2], 0
while True:
    size = 1 + number % 7
    batch = [MemoryRecord(content=f"run {run} fact {number + i}") for i in range(size)]
    store.apply(Batch(namespace=("default",), puts=[Put(record=r) for r in batch]))
    print(*[record.id for record in batch], flush=True)
    number += size
"""

TELL_FACTS = """
import sys
from retentive import Memory
with Memory.open(sys.argv[1]) as memory:
    for number in range(200):
        memory.remember(f"The fact with number {number} is well known.")
"""


def test_fifty_kills_lose_no_acknowledged_record(tmp_path: Path) -> None:
    path, dice = tmp_path / "a.db", random.Random(7)
    acknowledged: set[str] = set()
    for run in range(50):
        process = subprocess.Popen(
            [sys.executable, "-c", ADD_FOR_EVER, str(path), str(run)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        lines = [process.stdout.readline()]  # at least one batch is under way
        time.sleep(dice.uniform(0.0, 0.05))
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        whole = [*lines, *rest.splitlines(keepends=True)]
        acknowledged.update(
            id for line in whole if line.endswith("\n") for id in line.split()
        )
    store = SQLiteStore.open(path)
    stored = _all_ids(store)
    assert len(acknowledged) >= 50
    assert acknowledged <= stored
    feed = {change.id for change in store.changes(("default",), 0, limit=10**6).items}
    assert feed == stored
    assert set(Replica(store, [("default",)]).frame().ids) == stored
    with store._connections.reading() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_eight_processes_telling_the_same_facts_make_each_once(tmp_path: Path) -> None:
    path = tmp_path / "a.db"  # they make the file at once, too
    tellers = [
        subprocess.Popen([sys.executable, "-c", TELL_FACTS, str(path)])
        for _ in range(8)
    ]
    assert [teller.wait() for teller in tellers] == [0] * 8
    with Memory.open(path) as memory:
        records = list(memory.records())
        assert len(records) == 200
        assert {record.support_count for record in records} == {8}
        assert {len(record.said_at()) for record in records} == {8}
        assert memory.frame().size == 200


def _all_ids(store: SQLiteStore) -> set[str]:
    ids: set[str] = set()
    after: str | None = None
    while page := store.scan(("default",), after=after):
        ids.update(record.id for record in page)
        after = page[-1].id
    return ids
