"""What a record replaced, and what replaced it."""

from __future__ import annotations

from retentive.index.frame import ColumnFrame

__all__ = ["chain"]


def chain(frame: ColumnFrame, id: str) -> list[str]:
    """Return the ids that supersessions and merges connect with a record's.

    Args:
        frame: The whole of one namespace.
        id: A record of it; the first of the result.
    """
    held = frame.holdings
    later = {
        held.ids[row]: successor
        for row, successor in held.successors.items()
        if row < held.size and held.columns["alive"][row]
    }
    earlier: dict[str, list[str]] = {}
    for one, successor in later.items():
        earlier.setdefault(successor, []).append(one)
    found = {id: None}
    waiting = [id]
    while waiting:
        one = waiting.pop()
        linked = [*earlier.get(one, ()), *([later[one]] if one in later else ())]
        fresh = [other for other in linked if other not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return list(found)
