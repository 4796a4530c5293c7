from __future__ import annotations

import asyncio
from itertools import islice

from retentive import Memory
from retentive.aio import AsyncMemory
from retentive.stores.memory import MemoryStore
from retentive.stores.redis import RedisStore
from retentive.watching import look, position

HOME, OURS = ("team", "agent-7"), ("team",)


def test_a_watch_tells_what_comes_after_it_began(redis_url: str) -> None:
    with Memory.open(redis_url, namespace=OURS) as other:
        other.remember("Old news.")
        store = RedisStore.open(redis_url)
        seen = position(store, [HOME, OURS])
        assert look(store, seen)[0] == []
        [id] = other.remember("The vault stands in Oslo.")
        other.within("elsewhere").remember("Nobody's business.")
        changes, seen = look(store, seen)
        assert [(c.namespace, c.id) for c in changes] == [(OURS, id)]
        other.forget([id])
        [change] = look(store, seen)[0]
        assert (change.id, change.record) == (id, None)


def test_a_watch_goes_on_when_the_data_was_replaced(redis_url: str) -> None:
    store = RedisStore.open(redis_url)
    with Memory(RedisStore.open(redis_url), namespace=OURS) as other:
        other.remember(["One.", "Two."])
        seen = position(store, [OURS])
        store.client().flushall()
        other.remember("Three.")
        changes, seen = look(store, seen)
        assert [c.record.content for c in changes if c.record] == ["Three."]
        assert look(store, seen)[0] == []


def test_a_memory_watches_its_own_namespace_and_what_it_reads() -> None:
    store = MemoryStore()
    mine = Memory(store, namespace=HOME, also_read=[OURS])
    told = iter([HOME, ("elsewhere",), OURS])

    def stop() -> bool:
        place = next(told, None)
        if place is not None:
            Memory(store, namespace=place).remember(f"In {place[-1]}.")
        return place is None

    found = [c.record.content for c in mine.watch(poll_s=0, stop=stop) if c.record]
    assert found == ["In agent-7.", "In team."]


def test_an_async_watch_leaves_the_loop_free() -> None:
    async def main() -> list[str]:
        memory = await AsyncMemory.open(namespace=OURS)

        async def tell() -> None:
            for number in range(3):
                await asyncio.sleep(0.02)
                await memory.remember(f"Fact {number}.")

        teller = asyncio.create_task(tell())
        found = []
        async for change in memory.watch(poll_s=0.005):
            found.append(change.record.content if change.record else "")
            if len(found) == 3:
                break
        await teller
        return found

    found = asyncio.run(main())
    assert found == list(islice((f"Fact {i}." for i in range(9)), 3))
