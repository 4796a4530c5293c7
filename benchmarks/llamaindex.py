"""What a memory costs LlamaIndex's agents, beside the framework's own.

    .venv/bin/python benchmarks/llamaindex.py

Two tables. How long ``get`` takes within 3,000 tokens, and how many messages it reads,
as the transcript grows. And 64 runs of an agent at once on one loop: how long each
takes, and the longest time that the loop stood still, by a watchdog that wants to wake
every two milliseconds. The model is scripted and answers at once, so that all that is
measured is memory and framework. Times are of this machine, in this hour: compare the
rows of one table.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.llms.mock import MockFunctionCallingLLM
from llama_index.core.memory import BaseMemory, ChatMemoryBuffer
from llama_index.core.memory import Memory as LlamaMemory

from retentive import Memory
from retentive_llamaindex import RetentiveMemory

SIZES = (100, 1_000, 10_000)
TOKENS = 3_000
TIMES = 9
RUNS = 64
TICK_S = 0.002
# It counts all messages anew for each one that it drops: beyond this, minutes.
BUFFER_AT_MOST = 1_000


def said(number: int) -> ChatMessage:
    """Return a message of a long conversation."""
    role = "assistant" if number % 2 else "user"
    return ChatMessage(
        role=role, content=f"In round {number} we spoke of topic {number % 97} again."
    )


# --- a transcript that grows --------------------------------------------------------


class Counted:
    """Counts the messages that are read from a store."""

    def __init__(self, store: Any) -> None:
        """Wrap a store."""
        self.read = 0
        self._store = store

    def messages(self, *args: Any, **options: Any) -> Any:
        """Read, and count what was read."""
        found = self._store.messages(*args, **options)
        self.read += len(found)
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def median_ms(get: Callable[[], object]) -> float:
    """Return the median time of some calls, in milliseconds, after a first one."""
    get()
    times = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        get()
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e3


def growth(folder: Path) -> Iterator[tuple[str, int, int, float]]:
    """Yield a memory, the transcript's length, messages read, and milliseconds."""
    for size in SIZES:
        store = Counted(Memory.open(folder / f"{size}.db").store)
        with Memory(store) as memory:
            chat = RetentiveMemory(memory, session="s", token_limit=TOKENS)
            for start in range(0, size, 1_000):
                some = range(start, min(size, start + 1_000))
                chat.put_messages([said(number) for number in some])
            chat.put(ChatMessage(role="user", content="What of topic 13?"))
            bare = chat.model_copy(update={"context_limit": 0})
            for name, one in (
                ("RetentiveMemory, history alone", bare),
                ("RetentiveMemory, and a recall", chat),
            ):
                store.read = 0
                one.get()
                read = store.read
                yield name, size, read, median_ms(partial(ask, one, count()))
        if size <= BUFFER_AT_MOST:
            buffer = ChatMemoryBuffer.from_defaults(
                token_limit=TOKENS, chat_history=[said(n) for n in range(size)]
            )
            yield "ChatMemoryBuffer, in process", size, size, median_ms(buffer.get)


def ask(memory: RetentiveMemory, topics: Iterator[int]) -> list[ChatMessage]:
    """Get with another question each time: what was recalled serves it once."""
    return memory.get(input=f"What of topic {next(topics)}?")


# --- many runs on one loop ----------------------------------------------------------


def answer(_: Sequence[ChatMessage], **__: Any) -> ChatMessage:
    """Answer at once."""
    return ChatMessage(role="assistant", content="Noted.")


async def watchdog(gaps: list[float]) -> None:
    """Note how much later than it wanted it woke, in seconds."""
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(TICK_S)
        gaps.append(time.perf_counter() - begun - TICK_S)


async def many_runs(make: Callable[[int], BaseMemory]) -> tuple[float, float, float]:
    """Return milliseconds per run, and the worst and the median standstill."""
    llm = MockFunctionCallingLLM(response_generator=answer, is_chat_model=True)
    agents = [FunctionAgent(tools=[], llm=llm, streaming=False) for _ in range(RUNS)]
    memories = [make(number) for number in range(RUNS)]
    gaps: list[float] = []
    watching = asyncio.create_task(watchdog(gaps))
    await asyncio.sleep(10 * TICK_S)
    gaps.clear()
    begun = time.perf_counter()
    await asyncio.gather(
        *(
            agent.run(user_msg=f"My locker is number {number}.", memory=memory)
            for number, (agent, memory) in enumerate(zip(agents, memories, strict=True))
        )
    )
    took = time.perf_counter() - begun
    watching.cancel()
    return took / RUNS * 1e3, max(gaps) * 1e3, statistics.median(gaps) * 1e3


@contextmanager
def makers(folder: Path) -> Iterator[dict[str, Callable[[int], BaseMemory]]]:
    """Yield what makes a memory for a run, by name."""
    uri = f"sqlite+aiosqlite:///{folder / 'own.db'}"
    # Its table has to be there before many ask at once.
    LlamaMemory.from_defaults(async_database_uri=uri).put(said(0))
    with Memory.open() as inner, Memory.open(folder / "ours.db") as ours:
        yield {
            "ChatMemoryBuffer, in process": lambda _: ChatMemoryBuffer.from_defaults(),
            "Memory, in process": lambda _: LlamaMemory.from_defaults(),
            "Memory, SQLite": lambda n: LlamaMemory.from_defaults(
                session_id=f"s{n}", async_database_uri=uri
            ),
            "RetentiveMemory, in process": lambda n: RetentiveMemory(
                inner, session=f"s{n}"
            ),
            "RetentiveMemory, SQLite": lambda n: RetentiveMemory(ours, session=f"s{n}"),
        }


def main() -> None:
    """Print both tables."""
    warnings.simplefilter("ignore")  # the framework's own, of what it deprecates
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"get within {TOKENS:,} tokens: median of {TIMES}\n")
        print(f"{'memory':32} {'messages':>9} {'read':>7} {'ms':>8}")
        for memory, size, read, ms in growth(folder):
            print(f"{memory:32} {size:>9,} {read:>7,} {ms:>8.2f}")
        print(f"\n{RUNS} runs at once on one loop\n")
        print(f"{'memory':32} {'ms/run':>8} {'worst stop':>11} {'median':>8}")
        with makers(folder) as by_name:
            for memory, make in by_name.items():
                per_run, worst, median = asyncio.run(many_runs(make))
                print(f"{memory:32} {per_run:>8.2f} {worst:>11.1f} {median:>8.2f}")


if __name__ == "__main__":
    main()
