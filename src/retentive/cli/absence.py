"""What to say where nothing was recalled: an empty namespace has full neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retentive.memory import Memory
    from retentive.records import Namespace

__all__ = ["nothing_recalled"]

_NAMED = 3  # namespaces that the hint shows; a store may hold thousands


def nothing_recalled(memory: Memory) -> str:
    """Return a line that says so, and where memories are if none are here."""
    if any(memory.count().values()):
        return "nothing recalled"
    others = [space for space in memory.store.namespaces() if space != memory.namespace]
    here = " / ".join(memory.namespace)
    if not others:
        return f"nothing recalled: namespace {here!r} is empty, and so is the store"
    named = "; ".join(map(_options, others[:_NAMED]))
    more = f"; and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
    return f"nothing recalled: namespace {here!r} is empty. Others: {named}{more}"


def _options(namespace: Namespace) -> str:
    return " ".join(f"-n {label!r}" for label in namespace)
