"""Many runs on one loop: none of them waits for a store on the loop's thread."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import HumanMessage

from retentive import Memory
from retentive_langchain import RetentiveMiddleware, RetentiveStore
from tests.retentive_langchain.agents import (
    ScriptedModel,
    answers_from_memory,
    weather,
)

RUNS = 64
SLOW_PARTS = tuple(
    str(Path("retentive") / part)
    for part in ("stores", "index", "recall", "processors", "capture.py")
)


@contextmanager
def watchdog() -> Iterator[set[str]]:
    """Note every call on this thread that works or waits for a memory.

    Only this thread is looked at, so that what is noted ran on the loop.
    """
    noted: set[str] = set()

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            code = frame.f_code
            if any(part in code.co_filename for part in SLOW_PARTS):
                noted.add(f"{code.co_filename}:{code.co_qualname}")
        elif event == "c_call" and _waits(argument):
            noted.add(argument.__qualname__)

    sys.setprofile(look)
    try:
        yield noted
    finally:
        sys.setprofile(None)


def _waits(function: Any) -> bool:
    """Return whether a function of C waits for a disk, a server or a clock."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, sqlite3.Connection | sqlite3.Cursor):
        return True
    if isinstance(owner, socket.socket):
        return owner.gettimeout() != 0  # asyncio's own never block
    return function is time.sleep


@pytest.fixture(params=["sqlite", "redis"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory]:
    target = str(tmp_path / "agent.db")
    if request.param == "redis":
        target = request.getfixturevalue("redis_url")
    with Memory.open(target) as memory:
        yield memory


def agent_of(memory: Memory) -> Any:
    return create_agent(
        ScriptedModel(answer=answers_from_memory),
        tools=[weather],
        middleware=[RetentiveMiddleware(memory)],
    )


def asked(person: int) -> dict[str, Any]:
    text = f"I am person {person}; how is the weather in City{person}?"
    return {"messages": [HumanMessage(text)]}


def test_many_runs_at_once_keep_to_themselves_and_off_the_loop(memory: Memory) -> None:
    agent = agent_of(memory)

    async def main() -> set[str]:
        with watchdog() as noted:
            await asyncio.gather(
                *(
                    agent.ainvoke(asked(n), context={"user_id": f"person {n}"})
                    for n in range(RUNS)
                )
            )
        return noted

    assert asyncio.run(main()) == set()
    for n in range(RUNS):
        said = memory.within(f"person {n}").messages("default")
        assert [m.role for m in said] == ["user", "assistant", "tool", "assistant"]
        assert said[2].content == f"sunny in City{n}"


def test_the_store_of_a_graph_keeps_off_the_loop(memory: Memory) -> None:
    store = RetentiveStore(memory.store)

    async def main() -> set[str]:
        with watchdog() as noted:
            await asyncio.gather(
                *(store.aput(("n",), f"k{n}", {"n": n}) for n in range(RUNS))
            )
            found = await store.asearch(("n",), query="n", limit=RUNS)
            assert await store.aget(("n",), "k1")
        assert len(found) == RUNS
        return noted

    assert asyncio.run(main()) == set()


def test_the_watchdog_sees_what_runs_on_the_loop(memory: Memory) -> None:
    agent = agent_of(memory)

    async def main() -> set[str]:
        with watchdog() as noted:
            agent.invoke(asked(1), context={"user_id": "one"})
        return noted

    noted = asyncio.run(main())
    assert any("stores" in place for place in noted)
    assert any(place.endswith(("execute", "sendall", "send")) for place in noted)
