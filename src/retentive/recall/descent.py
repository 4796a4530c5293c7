"""From a summary down to the memories that it stands for."""

from __future__ import annotations

from retentive.protocols import Store
from retentive.records import Kind, MemoryRecord

__all__ = ["descend"]


def descend(store: Store, node: MemoryRecord) -> list[MemoryRecord]:
    """Return the leaves below a node, by time; a memory is its own leaf.

    Args:
        store: Where its parts are; those that are gone lack.
        node: Any record.
    """
    leaves: dict[str, MemoryRecord] = {}
    seen: set[str] = set()
    level = [node]
    while level:
        below: list[str] = []
        for record in level:
            seen.add(record.id)
            if record.kind is Kind.SUMMARY:
                below += record.derived_from
            else:
                leaves[record.id] = record
        wanted = [id for id in dict.fromkeys(below) if id not in seen]
        level = store.get(node.namespace, wanted) if wanted else []
    return sorted(leaves.values(), key=lambda leaf: (leaf.occurred_at, leaf.id))
