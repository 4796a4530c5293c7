from __future__ import annotations

import asyncio
import inspect
import time

import pytest

from retentive import AsyncMemory, Memory
from retentive.errors import InvalidInputError

SYNC_ONLY = {"frame", "records"}  # a frame is a view; records() streams


def test_every_public_method_has_an_async_twin_with_the_same_parameters() -> None:
    def public(kind: type) -> dict[str, object]:
        return {
            name: member
            for name, member in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }

    sync, twins = public(Memory), public(AsyncMemory)
    assert set(twins) == set(sync) - SYNC_ONLY
    for name in ("remember", "recall", "context", "forget", "used", "messages", "get"):
        ours = inspect.signature(twins[name]).parameters  # type: ignore[arg-type]
        theirs = inspect.signature(sync[name]).parameters  # type: ignore[arg-type]
        assert list(ours) == list(theirs), name


def test_it_answers_as_the_sync_one_does() -> None:
    async def main() -> None:
        async with await AsyncMemory.open(namespace=("alice",)) as memory:
            [id] = await memory.remember("I am allergic to peanuts.")
            [hit] = await memory.recall("peanuts")
            assert hit.record.id == id
            assert hit.score == memory.sync.recall("peanuts")[0].score
            assert "peanuts" in str(await memory.context("peanuts"))
            assert (await memory.why_not(id, "peanuts")).rank == 1
            with pytest.raises(InvalidInputError):
                await memory.remember("")
            assert await memory.within("bob").recall("peanuts") == []

    asyncio.run(main())


def test_many_calls_at_once_do_not_hold_up_the_loop() -> None:
    async def main() -> float:
        worst = 0.0

        async def watch() -> None:
            nonlocal worst
            while True:
                before = time.perf_counter()
                await asyncio.sleep(0.001)
                worst = max(worst, time.perf_counter() - before)

        async with await AsyncMemory.open() as memory:
            watcher = asyncio.create_task(watch())
            facts = [f"Fact number {i} is about horses." for i in range(64)]
            await asyncio.gather(*(memory.remember(fact) for fact in facts))
            found = await asyncio.gather(*(memory.recall(fact) for fact in facts))
            watcher.cancel()
        assert [hits[0].record.content for hits in found] == facts
        return worst

    assert asyncio.run(main()) < 5.0  # a hang, not a speed, is what would fail here
