"""Many runs on one loop: what the store does never stands in the loop's way."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.agent.workflow import FunctionAgent

from retentive import Memory
from retentive_llamaindex import (
    RetentiveChatStore,
    RetentiveDBChatStore,
    RetentiveMemory,
    RetentiveMemoryBlock,
    RetentiveRetriever,
    memory_tools,
)
from tests.retentive_llamaindex.models import Scripted, say, user

RUNS = 64


async def run_all(memory: Memory) -> None:
    async def one(number: int) -> None:
        model = Scripted(lambda _: say(f"Noted {number}."))
        agent = FunctionAgent(tools=[], llm=model.llm, streaming=False)
        chat = RetentiveMemory(memory, session=f"s{number}")
        await agent.run(user_msg=f"My locker is number {number}.", memory=chat)

    await asyncio.gather(*map(one, range(RUNS)))


def check(memory: Memory) -> None:
    for number in range(RUNS):
        said = [message.content for message in memory.messages(f"s{number}")]
        assert said == [f"My locker is number {number}.", f"Noted {number}."]
    assert sum(memory.count().values()) == 2 * RUNS


async def test_no_store_is_touched_from_the_loop(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By any of the asynchronous methods that this adapter has."""
    on_loop: list[str] = []
    loop_thread = threading.get_ident()

    def watched(name: str) -> Any:
        whole = getattr(memory.store, name)

        def method(*args: Any, **options: Any) -> Any:
            if threading.get_ident() == loop_thread:
                on_loop.append(name)
            return whole(*args, **options)

        return method

    verbs = "apply get changes messages sessions count_messages"
    for name in verbs.split():
        monkeypatch.setattr(memory.store, name, watched(name))
    await run_all(memory)
    db = RetentiveDBChatStore(memory, namespace=("other",))
    await db.add_messages("k", [user("a"), user("b")])
    await db.get_messages("k", status=None)
    await db.archive_oldest_messages("k", 1)
    await db.count_messages("k", status=None)
    await db.delete_oldest_messages("k", 1)
    await db.get_keys()
    await db.set_messages("k", [user("c")])
    await db.delete_message("k", 0)
    await db.delete_messages("k")
    await RetentiveChatStore(memory, namespace=("other",)).async_add_message(
        "k", user("a")
    )
    block = RetentiveMemoryBlock(memory, namespace=("other",))
    await block.aget([user("My locker?")], session_id="k")
    await block.aput([user("My locker is green.")])
    await RetentiveRetriever(memory).aretrieve("locker")
    for tool in memory_tools(memory, namespace=("other",))[:2]:
        await tool.acall("locker")
    monkeypatch.undo()
    assert on_loop == []
    check(memory)


async def test_the_loop_goes_on_while_the_store_is_busy(tmp_path: Path) -> None:
    """The writer that holds the file lets go only when the loop has gone on ticking.

    A run that waited for the file on the loop would wait for itself.
    """
    path = tmp_path / "memory.db"
    with Memory.open(path, namespace=("ann",)) as memory:
        memory.remember("Lockers are green.", session="before")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        runs = asyncio.create_task(run_all(memory))
        for _ in range(100):
            await asyncio.sleep(0.001)
        assert not runs.done()
        other.execute("ROLLBACK")
        other.close()
        await runs
        memory.forget([r.id for r in memory.records() if "green" in r.content])
        check(memory)
