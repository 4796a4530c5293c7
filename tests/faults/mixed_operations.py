"""Many processes at mixed operations on one namespace, and what must be true after.

Run it against any server: python -m tests.faults.mixed_operations URL 8 500
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path

from retentive.errors import ConflictError
from retentive.index.replica import Replica
from retentive.protocols import Batch, Delete, Put, Store
from retentive.records import MemoryRecord
from retentive.stores.redis import RedisStore

HOME = ("shared",)
_SHARED_FACTS = 12
_COUNTERS = 3


class Worker:
    """Does operations and notes those that were acknowledged."""

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.name, self.dice = store, name, random.Random(name)
        self.replica = Replica(store, [HOME])
        self.mine: list[str] = []
        self.added: list[str] = []
        self.deleted: list[str] = []
        self.told: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()

    def run(self, operations: int) -> None:
        for number in range(operations):
            step = self.dice.choice([self.add, self.tell, self.count, self.delete])
            step(number)
            if number % 10 == 0:
                self.replica.frame()

    def add(self, number: int) -> None:
        record = MemoryRecord(content=f"{self.name} saw {number}", namespace=HOME)
        self._put(Put(record=record))
        self.added.append(record.id)
        self.mine.append(record.id)
        assert self.store.get(HOME, [record.id]), "its own write is not read"

    def tell(self, number: int) -> None:
        content = f"fact {self.dice.randrange(_SHARED_FACTS)}"
        message = f"{self.name}-{number}"
        record = MemoryRecord(content=content, namespace=HOME, message_id=message)
        self._put(Put(record=record))
        self.told[content] += 1

    def count(self, number: int) -> None:
        key = f"counter {self.dice.randrange(_COUNTERS)}"
        while True:
            held = self.store.find(HOME, key)
            fresh = MemoryRecord(content="1", key=key, namespace=HOME)
            record = held.but(content=str(int(held.content) + 1)) if held else fresh
            try:
                self._put(
                    Put(record=record, expected_version=held.version if held else 0)
                )
            except ConflictError:
                continue
            self.counted[key] += 1
            return

    def delete(self, number: int) -> None:
        if self.mine:
            id = self.mine.pop(self.dice.randrange(len(self.mine)))
            self.store.apply(Batch(namespace=HOME, deletes=[Delete(id=id)]))
            self.deleted.append(id)

    def _put(self, put: Put) -> None:
        self.store.apply(Batch(namespace=HOME, puts=[put]))


def main(url: str, name: str, operations: int, replicas: int) -> None:
    store = RedisStore.open(url, replicas=replicas, patience_s=30)
    worker = Worker(store, name)
    worker.run(operations)
    done = {
        "added": worker.added,
        "deleted": worker.deleted,
        "told": worker.told,
        "counted": worker.counted,
    }
    print(json.dumps(done), flush=True)
    sys.stdin.readline()  # until all are done
    print(_digest(worker.replica), flush=True)


def _digest(replica: Replica) -> str:
    frame = replica.frame()
    living = sorted(frame.ids[row] for row in range(frame.size) if frame.alive[row])
    return blake2b("\n".join(living).encode()).hexdigest()


def work(
    url: str,
    *,
    processes: int,
    operations: int,
    replicas: int = 0,
    meanwhile: Callable[[], object] = lambda: None,
) -> str:
    """Let processes work; check that nothing was lost, doubled or resurrected.

    Returns:
        A line that says what was checked.
    """
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.faults.mixed_operations", "worker", url]
    workers = [
        subprocess.Popen(
            [*command, f"w{number}", str(operations), str(replicas)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
        )
        for number in range(processes)
    ]
    try:
        meanwhile()
        return _awaited(url, workers)
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def _awaited(url: str, workers: Sequence[subprocess.Popen[str]]) -> str:
    done = [json.loads(w.stdout.readline()) for w in workers]  # type: ignore[union-attr]
    digests = {w.communicate("finish\n")[0].strip() for w in workers}
    assert [w.returncode for w in workers] == [0] * len(workers)
    store = RedisStore.open(url, patience_s=30)
    checked = _check(store, done, digests)
    store.close()
    return checked


def _check(store: Store, done: list[dict[str, object]], digests: set[str]) -> str:
    added = {id for one in done for id in one["added"]}  # type: ignore[attr-defined]
    deleted = {id for one in done for id in one["deleted"]}  # type: ignore[attr-defined]
    told, counted = Counter[str](), Counter[str]()
    for one in done:
        told.update(one["told"])  # type: ignore[arg-type]
        counted.update(one["counted"])  # type: ignore[arg-type]
    records, after = [], None
    while page := store.scan(HOME, after=after):
        records += page
        after = page[-1].id
    seen = {r.id for r in records if " saw " in r.content}
    assert not seen & deleted, "a deleted record is back"
    assert seen == added - deleted, "an acknowledged write was lost, or doubled"
    facts = {
        r.content: r.support_count for r in records if r.content.startswith("fact")
    }
    assert facts == dict(told), "support was lost or counted twice"
    keyed = {r.key: int(r.content) for r in records if r.key}
    assert keyed == dict(counted), "an update was lost"
    assert digests == {_digest(Replica(store, [HOME]))}, "replicas differ"
    total = len(added) + len(deleted) + told.total() + counted.total()
    return (
        f"{total:,} acknowledged operations of {len(done)} processes: none lost, none "
        f"doubled, {len(deleted)} deletes stay, {len(done)} replicas identical"
    )


if __name__ == "__main__":
    if sys.argv[1] == "worker":
        main(sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    else:
        url, processes, operations = sys.argv[1:4]
        print(work(url, processes=int(processes), operations=int(operations)))
