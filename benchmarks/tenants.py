"""Measure many small namespaces over one SQLite file and a cache that holds only some.

Each namespace holds 100 memories of 19 words. A new process asks each one once, which
reads its records and analyses them; then it asks at random, and what the cache had to
let go comes back from its snapshot. The bound is a share of what all replicas take.

    python benchmarks/tenants.py
    python benchmarks/tenants.py --namespaces 200 --share 0.25 --vectors

Nothing is asserted.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import workload
from peers import TableEmbedder

from retentive import Memory

_EACH = 100


def main() -> None:
    """Fill a file, then measure it in a new process."""
    options = _options()
    if options.path:
        ask(options)
        return
    with tempfile.TemporaryDirectory(prefix="retentive-tenants-") as folder:
        path = str(Path(folder) / "memory.db")
        fill(path, options)
        again = [sys.executable, __file__, "--path", path, *sys.argv[1:]]
        subprocess.run(again, check=True)


def fill(path: str, options: argparse.Namespace) -> None:
    """Put memories into all namespaces."""
    with _opened(path, options) as memory:
        for tenant in range(options.namespaces):
            texts = (workload.text(tenant * _EACH + number) for number in range(_EACH))
            memory.within(f"tenant-{tenant}").remember(texts)


def ask(options: argparse.Namespace) -> None:
    """Recall in every namespace once, then in random ones, and print the times."""
    with _opened(options.path, options, cache_bytes=1 << 40) as memory:
        memory.within("tenant-0").recall("warm up")
        firsts = times(memory, range(1, options.namespaces))
        whole = memory.recaller.replicas.nbytes()
    bound = int(whole * options.share)
    with _opened(options.path, options, cache_bytes=bound) as memory:
        generator = random.Random(1)
        asked = [generator.randrange(options.namespaces) for _ in range(options.asked)]
        later = times(memory, asked)
        held = memory.recaller.replicas.nbytes()
    print(f"{options.namespaces:,} namespaces of {_EACH}, milliseconds\n")
    print(f"{'':34}{'p50':>8}{'p95':>8}{'p99':>8}")
    rows = {"first recall of each": firsts, f"{options.asked:,} at random": later}
    for name, values in rows.items():
        cuts = statistics.quantiles(values, n=100)
        print(f"{name:34}{cuts[49]:8.2f}{cuts[94]:8.2f}{cuts[98]:8.2f}")
    print(
        f"\nreplicas: {whole / 1e6:.0f} MB in all, bound {bound / 1e6:.0f} MB, "
        f"held {held / 1e6:.0f} MB"
    )


def times(memory: Memory, tenants: Iterable[int]) -> list[float]:
    """Return the milliseconds of a recall in each of these namespaces."""
    taken = []
    for number, tenant in enumerate(tenants):
        question = workload.query(tenant * _EACH + number % _EACH)
        start = time.perf_counter()
        memory.within(f"tenant-{tenant}").recall(question)
        taken.append((time.perf_counter() - start) * 1_000)
    return taken


def _opened(path: str, options: argparse.Namespace, **more: int) -> Memory:
    embedder = TableEmbedder() if options.vectors else None
    return Memory.open(path, embedder=embedder, **more)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--namespaces", type=int, default=1_000)
    parser.add_argument("--asked", type=int, default=3_000)
    parser.add_argument("--share", type=float, default=0.5, help="of all in the cache")
    parser.add_argument("--vectors", action="store_true")
    parser.add_argument("--path", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
