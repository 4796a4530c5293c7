"""What recall by the server's own engine costs, beside recall in the process.

Usage: python benchmarks/engines.py [--size 10000 100000]

Starts Redis 8.2 with the query engine's module, both out of wheels:
pip install --group engines. Times are medians in milliseconds. Vectors lie about a
thousand centres, as those of texts lie about topics; questions are the first six words
of a memory, with a vector near its own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

# A script's folder comes first on the path, and one in it is called as the driver is.
sys.path[0] = str(Path(__file__).parent.parent)

import numpy as np  # noqa: E402
import redis  # noqa: E402
from benchmarks.redis import DIM, HOME, fill, once, records  # noqa: E402

from retentive import Memory  # noqa: E402
from retentive.protocols import Narrowing  # noqa: E402
from retentive.recall.defaults import default_settings  # noqa: E402
from retentive.records import Embedding, MemoryRecord  # noqa: E402
from retentive.stores.redis import RedisStore  # noqa: E402
from retentive.stores.redis.search.probing import (  # noqa: E402
    QUERY_ENGINE,
    VECTOR_SETS,
)
from tests.engines import engine_server, redis_binary  # noqa: E402


class Looked:
    """An embedder that knows the vector of each text; see :class:`Embedder`."""

    fingerprint, dim, scripts = f"bench:{DIM}:1", DIM, None

    def __init__(self, vectors: dict[str, Any]) -> None:
        """Know these."""
        self._vectors = vectors

    def embed(self, texts: list[str]) -> Any:
        """Look vectors up; a part of a text has that of any other."""
        any_other = next(iter(self._vectors.values()))
        return np.stack([self._vectors.get(text, any_other) for text in texts])


def topical(size: int) -> list[MemoryRecord]:
    """Return memories whose vectors lie about centres."""
    dice = np.random.default_rng(11)
    centres = dice.standard_normal((1_000, DIM)).astype(np.float32)
    told = records(size)
    for start in range(0, size, 1_000):
        some = told[start : start + 1_000]
        drawn = centres[dice.integers(0, len(centres), len(some))]
        drawn = drawn + dice.standard_normal(drawn.shape).astype(np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        for place, record in enumerate(some):
            vector = Embedding(vector=drawn[place], fingerprint=Looked.fingerprint)
            told[start + place] = record.but(embedding=vector)
    return told


def questions_about(told: list[MemoryRecord]) -> dict[str, Any]:
    """Return a hundred questions, each with its vector."""
    dice = np.random.default_rng(13)
    asked = {}
    for record in told[:: max(1, len(told) // 100)][:100]:
        assert record.embedding is not None
        near = record.embedding.vector + dice.standard_normal(DIM) * 0.5 / DIM**0.5
        text = " ".join(record.content.split()[1:7])
        asked[text] = (near / np.linalg.norm(near)).astype(np.float32)
    return asked


def measure(url: str, size: int) -> None:
    """Print all numbers for one size of a namespace."""
    print(f"\n{size:,} memories of 20 words with {DIM}-d vectors")
    client = redis.Redis.from_url(url, protocol=2)
    client.flushall()
    empty = client.info("memory")["used_memory"]
    store = RedisStore.open(url)
    told = topical(size)
    fill(store, told)
    asked = questions_about(told)
    before = client.info("memory")["used_memory"]
    print(f"  the store itself {(before - empty) / size:,.0f} bytes per memory")
    for kind in (QUERY_ENGINE, VECTOR_SETS):
        indexed(store, kind, size, asked, before=before)
        if kind == QUERY_ENGINE:
            recalled(url, asked)
        store.engines.named(kind).drop(HOME)
    store.close()


def indexed(
    store: RedisStore, kind: str, size: int, asked: dict[str, Any], *, before: int
) -> None:
    """Print what an index takes, and whether it finds the nearest."""
    engine: Any = store.engines.named(kind)
    seconds = once(partial(engine.catch_up, HOME))
    now = store.client().info("memory")["used_memory"]
    print(
        f"  {kind}: {size / seconds:,.0f} memories indexed a second, "
        f"{(now - before) / size:,.0f} bytes each"
    )
    held = store.scan(HOME, limit=size, vectors=True)
    exact = np.stack([r.embedding.vector for r in held if r.embedding is not None])
    row = {record.id: place for place, record in enumerate(held)}
    found, taken = [], []
    for vector in asked.values():
        near: list[str] = []
        search = partial(engine.nearest, HOME, vector, limit=100, within=Narrowing())
        taken.append(1e3 * once(lambda near=near, search=search: near.extend(search())))
        best = set(np.argsort(-(exact @ vector))[:10].tolist())
        found.append(len({row[id] for id in near} & best) / 10)
    print(f"    nearest 100 in {median(taken):.2f}; {np.mean(found):.2f} of the true ten are among them")  # fmt: skip


def recalled(url: str, asked: dict[str, Any]) -> None:
    """Print recalls in the process and by the engine, in turn."""
    by_server = replace(default_settings(), engine="server")
    embedder: Any = Looked(asked)
    here = Memory(RedisStore.open(url), namespace=HOME, embedder=embedder)
    there = Memory(
        RedisStore.open(url), namespace=HOME, embedder=embedder, recall=by_server
    )
    first, *others = asked
    cold_here = once(lambda: here.recall(first))
    cold_there = once(lambda: there.recall(first))
    local, remote, same = [], [], 0
    for text in others:
        mine: list[Any] = []
        theirs: list[Any] = []
        local.append(1e3 * once(lambda m=mine, t=text: m.extend(here.recall(t))))
        remote.append(1e3 * once(lambda m=theirs, t=text: m.extend(there.recall(t))))
        same += mine[0].record.id == theirs[0].record.id
    again = [1e3 * once(partial(there.recall, text)) for text in others]
    print(
        f"    first recall {cold_here:.2f} s in the process, {cold_there:.2f} s by the server"
    )
    print(f"    recall {median(local):.1f} in the process; by the server {median(remote):.1f}, of what was asked before {median(again):.1f}")  # fmt: skip
    print(f"    the same best hit in {same} of {len(others)}")
    held = here.recaller.replicas.nbytes(), there.recaller.searcher.nbytes()
    print(f"    held in memory {held[0] / 1e6:.1f} MB in the process, {held[1] / 1e6:.1f} MB by the server")  # fmt: skip
    here.close()
    there.close()


def main() -> None:
    """Read the options, start a server, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=[10_000])
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        engine_server(Path(folder), binary=redis_binary()) as server,
    ):
        for size in options.size:
            measure(server.url, size)


if __name__ == "__main__":
    main()
