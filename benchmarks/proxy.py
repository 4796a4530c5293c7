"""Measure what memory adds to a request: the proxy beside a bare one of the same stack.

A scripted upstream, a bare pass-through proxy (our relay, starlette, uvicorn, httpx2:
no memory) and `retentive serve` over a SQLite file run in processes of their own, on
loopback. Requests go round from one to the next, so that a busy moment of the machine
hits all of them alike. Then many streams are held at once through the proxy, and each
must bring the upstream's bytes.

    python benchmarks/proxy.py
    python benchmarks/proxy.py --memories 1000 --rounds 50 --streams 20

Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import workload

_ROOT = Path(__file__).parent.parent
_EVENTS = 100  # of a held stream
_WORDS = "One two three four. "


@dataclass(slots=True)
class Held:
    """What became of the streams that were held at once."""

    whole: int = 0
    wrong: int = 0
    first_s: list[float] = field(default_factory=list)
    total_s: float = 0.0


def main() -> None:
    """Measure, and print."""
    options = _options()
    if options.role:
        _ROLES[options.role](options)
        return
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        fill(Path(folder) / "memory.db", options.memories)
        upstream, up = stack.enter_context(_running("upstream", "--events", _EVENTS))
        bare, passing = stack.enter_context(_running("bare", "--upstream", upstream))
        serve = ["serve", "--port", "0", "--db", "memory.db", "--upstream", upstream]
        command = [sys.executable, "-m", "retentive.cli", *serve, "-n", "bench"]
        memory, process = stack.enter_context(_started(command, cwd=folder))
        addresses = {"upstream": upstream, "bare proxy": bare, "with memory": memory}
        pids = dict(zip(addresses, (up.pid, passing.pid, process.pid), strict=True))
        begun = {name: processor_ms(pid) for name, pid in pids.items()}
        times = asyncio.run(latencies(addresses, options))
        asked = options.warm_up + options.rounds
        work = {n: (processor_ms(pid) - begun[n]) / asked for n, pid in pids.items()}
        before = resident_mb(process.pid)
        held = asyncio.run(hold(upstream, memory, options, pid=process.pid))
        report(times, work, held, before=before, options=options)


def fill(path: Path, memories: int) -> None:
    """Put memories into a store."""
    from retentive import Memory

    with Memory.open(path, namespace=("bench",)) as memory:
        memory.remember(workload.text(number) for number in range(memories))


async def latencies(
    addresses: dict[str, str], options: argparse.Namespace
) -> dict[str, list[float]]:
    """Ask each address in turn; return milliseconds until the whole answer is there."""
    times: dict[str, list[float]] = {name: [] for name in addresses}
    async with httpx2.AsyncClient(timeout=60) as client:
        for number in range(options.warm_up + options.rounds):
            for name, url in addresses.items():
                body = _asked(number)
                began = time.perf_counter()
                response = await client.post(f"{url}/chat/completions", json=body)
                took = (time.perf_counter() - began) * 1_000
                response.raise_for_status()
                if number >= options.warm_up:
                    times[name].append(took)
                await asyncio.sleep(options.pause_ms / 1_000)
    return times


async def hold(
    upstream: str, memory: str, options: argparse.Namespace, *, pid: int
) -> tuple[Held, float]:
    """Hold streams at once; return what became of them, and the most resident MB."""
    async with httpx2.AsyncClient(
        timeout=120, limits=httpx2.Limits(max_connections=None)
    ) as client:
        body = {**_asked(0), "stream": True}
        ask = client.post(f"{upstream}/chat/completions", json=body)
        expected = (await ask).content
        held, most = Held(), [resident_mb(pid)]
        watching = asyncio.create_task(_watch(pid, most))
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(options.streams):
                group.create_task(_stream(client, memory, number, expected, held))
        held.total_s = time.perf_counter() - began
        watching.cancel()
    return held, max(most)


async def _stream(
    client: httpx2.AsyncClient, url: str, number: int, expected: bytes, held: Held
) -> None:
    body = {**_asked(10_000 + number), "stream": True}
    began = time.perf_counter()
    pieces: list[bytes] = []
    async with client.stream("POST", f"{url}/chat/completions", json=body) as response:
        async for piece in response.aiter_raw():
            if not pieces:
                held.first_s.append(time.perf_counter() - began)
            pieces.append(piece)
    if b"".join(pieces) == expected:
        held.whole += 1
    else:
        held.wrong += 1


async def _watch(pid: int, most: list[float]) -> None:
    while True:
        most.append(resident_mb(pid))
        await asyncio.sleep(0.1)


def report(
    times: dict[str, list[float]],
    work: dict[str, float],
    outcome: tuple[Held, float],
    *,
    before: float,
    options: argparse.Namespace,
) -> None:
    """Print what was measured."""
    print(f"{options.memories:,} memories, {options.rounds} rounds, milliseconds\n")
    print(f"{'':14}{'p50':>8}{'p95':>8}{'p99':>8}{'processor':>11}")
    for name, values in times.items():
        cuts = statistics.quantiles(values, n=100)
        print(
            f"{name:14}{cuts[49]:8.2f}{cuts[94]:8.2f}{cuts[98]:8.2f}{work[name]:11.2f}"
        )
    bare, memory = times["bare proxy"], times["with memory"]
    added = statistics.median(memory) - statistics.median(bare)
    print(f"\nmemory adds at p50: {added:.2f} ms")
    held, most = outcome
    print(
        f"\n{options.streams} streams of {_EVENTS} events at once: {held.whole} whole, "
        f"{held.wrong} other, {options.streams - held.whole - held.wrong} dropped, in "
        f"{held.total_s:.1f} s; first bytes after {max(held.first_s):.2f} s at most"
    )
    print(f"resident: {before:.0f} MB before, {most:.0f} MB at most")


def resident_mb(pid: int) -> float:
    """Return the memory of a process that is in use, in MB; 0 where unknown."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def processor_ms(pid: int) -> float:
    """Return the processor time that a process has taken; 0 where unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) * 1_000 / os.sysconf("SC_CLK_TCK")


def _asked(number: int) -> dict[str, Any]:
    question = {"role": "user", "content": f"{workload.query(number)}?"}
    return {"model": "m", "messages": [question]}


def _upstream(options: argparse.Namespace) -> None:
    sys.path.insert(0, str(_ROOT))
    from tests.openai_server import Upstream, routes_of

    script = Upstream(replies=[_WORDS * (options.events // 5)], pause_s=0.02)
    _serve(routes_of(script))


def _bare(options: argparse.Namespace) -> None:
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.types import Receive, Scope, Send

    from retentive_openai.proxy.relay import Relay

    relay: list[Relay] = []

    async def passing(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message["body"]
            more = message["more_body"]
        relay[:] = relay or [Relay(options.upstream)]
        onward = relay[0].request(
            scope["method"],
            path=scope["path"].removeprefix("/v1"),
            query=scope["query_string"],
            headers=scope["headers"],
            body=body,
        )
        await relay[0].pass_on(onward, receive, send)

    _serve(Starlette(routes=[Mount("/v1", app=passing)]))


def _serve(app: Any) -> None:
    import uvicorn

    from retentive.server.listening import listen

    config = uvicorn.Config(
        app, port=0, log_level="error", server_header=False, date_header=False
    )
    socket = listen(config)
    print(f"serving http://127.0.0.1:{socket.getsockname()[1]}/v1", flush=True)
    uvicorn.Server(config).run(sockets=[socket])


_ROLES: dict[str, Callable[[argparse.Namespace], None]] = {
    "upstream": _upstream,
    "bare": _bare,
}


@contextmanager
def _running(
    role: str, *arguments: object
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, __file__, "--role", role, *map(str, arguments)]
    with _started(command, cwd=str(_ROOT)) as started:
        yield started


@contextmanager
def _started(
    command: list[str], *, cwd: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+/v1", line)
        if found is None:
            raise RuntimeError(f"{command} did not start: {line!r}")
        yield found[0], process
    finally:
        process.terminate()
        process.wait(timeout=60)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--memories", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--warm-up", type=int, default=20)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument(
        "--pause-ms", type=float, default=5.0, help="Between two requests."
    )
    parser.add_argument("--role", choices=_ROLES, help=argparse.SUPPRESS)
    parser.add_argument("--upstream", help=argparse.SUPPRESS)
    parser.add_argument("--events", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
