from __future__ import annotations

import pytest

from retentive import Memory
from retentive.errors import StoreReadOnlyError
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
