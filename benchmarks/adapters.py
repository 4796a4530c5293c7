"""Measure what memory adds to a turn of an agent, beside the same agent without it.

Agents of LangChain's ``create_agent`` on one event loop, with a model that takes a
fixed time; nothing is asserted.

    python benchmarks/adapters.py
    python benchmarks/adapters.py --redis redis://127.0.0.1:6379/0

Each person has a namespace of their own, in which ``--memories`` facts lie already. A
round is one turn of every person, at once; the first round, in which replicas are
read, is left out. "stall" is the longest time for which the loop did not come to a
task that wanted to run each millisecond.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from retentive import Memory
from retentive_langchain import RetentiveMiddleware

_BEAT_S = 0.001


class PatientModel(BaseChatModel):
    """Answers after a fixed time, without using the loop meanwhile."""

    delay_s: float

    @property
    def _llm_type(self) -> str:
        return "patient"

    def _generate(self, *args: Any, **options: Any) -> ChatResult:
        reply = ChatGeneration(message=AIMessage("I see."))
        return ChatResult(generations=[reply])

    async def _agenerate(self, *args: Any, **options: Any) -> ChatResult:
        await asyncio.sleep(self.delay_s)
        return self._generate()


class Stall:
    """Feels how long the loop keeps a task waiting."""

    longest_s = 0.0

    async def feel(self) -> None:
        """Run until cancelled."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_BEAT_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - before - _BEAT_S)


async def rounds(agent: Any, *, people: int, count: int) -> tuple[list[float], float]:
    """Return the seconds of each turn but those of the first round, and the stall."""

    async def turn(person: int, number: int) -> float:
        text = f"In round {number}, what do I like about topic {number % 7}?"
        start = time.perf_counter()
        await agent.ainvoke(
            {"messages": [HumanMessage(text)]},
            {"configurable": {"thread_id": f"{number}"}},
            context={"user_id": f"person {person}"},
        )
        return time.perf_counter() - start

    stall, taken = Stall(), []
    for number in range(count + 1):
        feeler = asyncio.create_task(stall.feel()) if number else None
        done = await asyncio.gather(*(turn(person, number) for person in range(people)))
        if feeler:
            feeler.cancel()
            taken += done
    return taken, stall.longest_s


def prepared(target: str, *, people: int, memories: int) -> Memory:
    """Return a memory in which each person has some facts."""
    memory = Memory.open(target)
    for person in range(people):
        memory.within(f"person {person}").remember(
            f"I like detail {n} of topic {n % 7}, said person {person}."
            for n in range(memories)
        )
    return memory


def measured(
    middleware: Sequence[Any], options: argparse.Namespace, *, people: int
) -> tuple[float, float, float]:
    """Return the median, the 95th percentile and the stall, in milliseconds."""
    agent = create_agent(
        PatientModel(delay_s=options.model_ms / 1000), middleware=middleware
    )
    taken, stall = asyncio.run(rounds(agent, people=people, count=options.rounds))
    median, late = np.percentile(np.array(taken) * 1000, [50, 95])
    return float(median), float(late), stall * 1000


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=int, default=64, help="turns at once")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--memories", type=int, default=200, help="facts per person")
    parser.add_argument("--model-ms", type=float, default=100.0)
    parser.add_argument("--redis", help="URL of a server to measure, too; it is used")
    options = parser.parse_args()
    print(
        f"{options.rounds} rounds, a model of {options.model_ms:.0f} ms, "
        f"{options.memories} memories per person; milliseconds per turn\n"
    )
    print("| at once | memory | median | p95 | p95 beyond none | stall |")
    print("|---:|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="retentive-adapters-") as folder:
        targets = {"SQLite": str(Path(folder) / "agent.db")}
        if options.redis:
            targets["Redis"] = options.redis
        for people in (1, options.people):
            bare = measured((), options, people=people)
            _show(people, "none", bare, bare)
            for name, target in targets.items():
                with prepared(
                    target, people=people, memories=options.memories
                ) as memory:
                    used = measured(
                        [RetentiveMiddleware(memory)], options, people=people
                    )
                _show(people, name, used, bare)


def _show(
    people: int,
    name: str,
    found: tuple[float, float, float],
    bare: tuple[float, float, float],
) -> None:
    median, late, stall = found
    print(
        f"| {people} | {name} | {median:.1f} | {late:.1f} | "
        f"{late - bare[1]:+.1f} | {stall:.1f} |"
    )


if __name__ == "__main__":
    main()
