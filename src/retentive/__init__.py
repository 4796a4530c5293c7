"""Long-term memory for LLM agents: no key, no server, no model download.

>>> from retentive import Memory
>>> memory = Memory.open()
>>> _ = memory.remember("I am allergic to peanuts.")
>>> memory.recall("peanuts")[0].record.content
'I am allergic to peanuts.'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from retentive.errors import RetentiveError
from retentive.records import Hit, Interval, Kind, MemoryRecord, Message, Origin, Status

if TYPE_CHECKING:
    from retentive.aio import AsyncMemory
    from retentive.memory import Memory
    from retentive.recall.context import Context
    from retentive.recall.filters import Scope

__version__ = "0.1.0"

__all__ = [
    "AsyncMemory",
    "Context",
    "Hit",
    "Interval",
    "Kind",
    "Memory",
    "MemoryRecord",
    "Message",
    "Origin",
    "RetentiveError",
    "Scope",
    "Status",
    "__version__",
]

_LAZY = {
    "AsyncMemory": "retentive.aio",
    "Context": "retentive.recall.context",
    "Memory": "retentive.memory",
    "Scope": "retentive.recall.filters",
}


def __getattr__(name: str) -> Any:
    """Import the heavier names when they are first asked for."""
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'retentive' has no attribute {name!r}")
