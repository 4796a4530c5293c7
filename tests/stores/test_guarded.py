from __future__ import annotations

from inspect import getattr_static

import pytest

from retentive import Memory
from retentive.errors import StoreReadOnlyError
from retentive.protocols import (
    Batch,
    SupportsReembedding,
    SupportsSnapshots,
    SupportsVectorScan,
)
from retentive.records import side_namespace
from retentive.stores.guarded import GuardedStore
from retentive.stores.memory import MemoryStore

OURS, MINE, THEIRS = ("team",), ("team", "agent-7"), ("team", "agent-8")


def test_an_agent_writes_where_it_may_and_reads_the_rest() -> None:
    inner = MemoryStore()
    Memory(inner, namespace=OURS).remember("The vault stands in Oslo.")
    guarded = GuardedStore(inner, agent="agent-7", may_write=[MINE])
    memory = Memory(guarded, namespace=MINE, also_read=[OURS])
    memory.remember("I prefer tea.")
    assert memory.recall("vault")[0].record.namespace == OURS
    for place in (OURS, THEIRS):
        with pytest.raises(StoreReadOnlyError, match="agent-7.*may not write"):
            memory.within(*place).remember("Mischief.")
    assert [len(inner.scan(place)) for place in (OURS, MINE, THEIRS)] == [1, 1, 0]


def test_who_made_a_memory_is_known_and_stays() -> None:
    inner = MemoryStore()
    for agent in ("agent-7", "agent-8"):
        guarded = GuardedStore(inner, agent=agent, may_write=[OURS])
        Memory(guarded, namespace=OURS).remember(["Tea is at four.", f"I am {agent}."])
    made = {r.content: r.metadata["author"] for r in inner.scan(OURS)}
    assert made == {
        "Tea is at four.": "agent-7",
        "I am agent-7.": "agent-7",
        "I am agent-8.": "agent-8",
    }


def test_what_writes_besides_batches_is_guarded_too() -> None:
    inner = MemoryStore()
    guarded = GuardedStore(inner, agent="agent-7", may_write=[MINE])
    guarded.switch_embedder(MINE, None)
    with pytest.raises(StoreReadOnlyError):
        guarded.switch_embedder(OURS, None)


def test_what_is_kept_beside_memories_is_written_with_them() -> None:
    guarded = GuardedStore(MemoryStore(), agent="agent-7", may_write=[MINE])
    with Memory(guarded, namespace=MINE, also_read=[OURS]) as memory:
        memory.remember(["I prefer tea.", "The vault stands in Oslo."])
        memory.working("s1").add([{"role": "user", "content": "Find the vault."}])
        context = memory.context("vault")
        used = memory.answered(context.recall_id, "The vault stands in Oslo.")
        assert len(used) == 1
    side = side_namespace(OURS, "learning")
    with pytest.raises(StoreReadOnlyError):
        guarded.apply(Batch(namespace=side))


def test_abilities_of_the_inner_store_are_the_guarded_ones() -> None:
    inner = MemoryStore()
    guarded = GuardedStore(inner, agent="agent-7", may_write=[MINE])
    for ability in (SupportsReembedding, SupportsSnapshots, SupportsVectorScan):
        has = all(
            getattr_static(guarded, name, None) is not None
            for name in vars(ability)
            if not name.startswith("_")
        )
        assert has is isinstance(inner, ability)
