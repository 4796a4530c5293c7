"""One system in a process of its own: reads commands, answers with measurements.

Each line of standard input is a JSON command, each line of the answer a JSON object;
what a library prints goes to standard error. speed.py starts it; a system that fails
answers ``{"error": …}``.
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import peers
import workload


class Worker:
    """Holds one system and what was put into it."""

    def __init__(self, *, system: str, folder: Path) -> None:
        """Note what to open; :meth:`open` does it."""
        self._system, self._folder = system, folder
        self._random = random.Random(7)
        self._rows: list[int] = []
        self._added = 0
        workload.embed(["warm up"])
        peers.prepare(system)
        self._rss_before = _rss()

    def open(self) -> dict[str, Any]:
        """Import, open, store one memory and find it, as a cold process does."""
        start = time.perf_counter()
        self._peer = peers.PEERS[self._system](self._folder)
        self._peer.add(0, workload.text(0))
        found = self._peer.search(0, workload.query(0))
        took = time.perf_counter() - start
        self._note(0, 1)
        return {"cold_s": took, "found": found}

    def reopen(self) -> dict[str, Any]:
        """Import, open what another process filled, and search it once."""
        start = time.perf_counter()
        self._peer = peers.PEERS[self._system](self._folder)
        found = self._peer.search(0, workload.query(0))
        return {"reopen_s": time.perf_counter() - start, "found": found}

    def fill(
        self, *, namespaces: int, per_namespace: int, chunk: int
    ) -> dict[str, Any]:
        """Add the next ``chunk`` memories in bulk, at most one namespace at a time."""
        took = 0.0
        while chunk > 0 and self._added < namespaces * per_namespace:
            namespace, inside = divmod(self._added, per_namespace)
            count = min(chunk, per_namespace - inside)
            texts = [workload.text(self._added + i) for i in range(count)]
            took += _timed(self._peer.bulk, namespace, texts)
            self._note(namespace, count)
            chunk -= count
        return {"seconds": took, "stored": self._added}

    def add(self, *, count: int) -> dict[str, Any]:
        """Add single memories to random namespaces; milliseconds of each."""
        taken = []
        for _ in range(count):
            namespace, text = self._anywhere(), workload.text(self._added)
            taken.append(1_000 * _timed(self._peer.add, namespace, text))
            self._note(namespace, 1)
        return {"ms": taken}

    def recall(self, *, count: int) -> dict[str, Any]:
        """Search random namespaces; milliseconds of each, and the hits in all."""
        taken, found = [], 0
        for _ in range(count):
            row = self._random.randrange(len(self._rows))
            query = workload.query(row)
            start = time.perf_counter()
            found += self._peer.search(self._rows[row], query)
            taken.append(1_000 * (time.perf_counter() - start))
        return {"ms": taken, "found": found}

    def size(self) -> dict[str, Any]:
        """Return bytes in memory beyond the start, bytes on disk, and memories."""
        gc.collect()
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return {
            "rss": _rss() - self._rss_before,
            "disk": sum(path.stat().st_size for path in files),
            "stored": self._added,
        }

    def close(self) -> dict[str, Any]:
        """Close the system, so that what it writes at the end is on disk."""
        self._peer.close()
        return {}

    def _anywhere(self) -> int:
        return self._rows[self._random.randrange(len(self._rows))]

    def _note(self, namespace: int, count: int) -> None:
        self._rows += [namespace] * count
        self._added += count


def _timed(work: Callable[..., object], *arguments: object) -> float:
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def _rss() -> int:
    """Return the resident bytes of this process, 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Answer commands until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    worker = Worker(system=sys.argv[1], folder=Path(sys.argv[2]))
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = getattr(worker, command.pop("do"))(**command)
        except ImportError as exc:
            answer = {"missing": str(exc)}
        except Exception as exc:  # noqa: BLE001 - a peer's failure is a result
            answer = {"error": f"{type(exc).__name__}: {exc}"}
        answers.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
