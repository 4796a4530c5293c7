from __future__ import annotations

import asyncio
from itertools import islice
from threading import Timer

from retentive import Memory
from retentive.aio import AsyncMemory
from retentive.stores.memory import MemoryStore
from retentive.stores.redis import RedisStore
from retentive.stores.redis.access import acl_rules
from retentive.watching import look, position
from tests.servers import RunningServer

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


def test_a_store_on_a_server_is_told_of_commits(redis_url: str) -> None:
    mine, other = RedisStore.open(redis_url), RedisStore.open(redis_url)
    memory = Memory(other, namespace=OURS)
    with mine.listen([HOME, OURS]) as told:
        assert told(0)  # it begins to listen: who knows what came before
        assert not told(0)
        assert not told(0.01)
        memory.remember("The vault stands in Oslo.")
        assert told(30)
        memory.within("elsewhere").remember("Nobody's business.")
        assert not told(0.05)
        other.client().client_kill_filter(_type="pubsub")
        assert told(0.01)  # the connection is lost, and word with it
        memory.remember("It has moved to Rome.")
        assert told(0.01)


def test_a_watch_is_woken_by_a_commit(redis_url: str) -> None:
    with Memory.open(redis_url, namespace=OURS) as memory:
        teller = Timer(0.2, memory.remember, ["The vault stands in Oslo."])
        teller.start()
        [change] = islice(memory.watch(poll_s=60), 1)
        teller.join()
        assert change.record
        assert change.record.content == "The vault stands in Oslo."


def test_who_may_not_listen_looks_and_who_may_not_tell_commits(
    redis_server: RunningServer, redis_url: str
) -> None:
    admin = redis_server.client()
    rules = [rule for rule in acl_rules(OURS) if not rule.startswith("&")]
    admin.execute_command("ACL", "SETUSER", "mute", "reset", "on", ">secret", *rules)
    try:
        url = redis_url.replace("//", "//mute:secret@")
        with Memory.open(url, namespace=OURS) as memory:
            memory.remember("The vault stands in Oslo.")
            assert isinstance(memory.store, RedisStore)
            with memory.store.listen([OURS]) as told:
                assert told(0.01)
                assert told(0.01)
            states = {one.check: one.state for one in memory.store.diagnose()}
            assert states["push"] == "warn"
    finally:
        admin.execute_command("ACL", "DELUSER", "mute")


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
