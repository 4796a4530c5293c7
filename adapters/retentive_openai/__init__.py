"""Retentive for OpenAI-compatible messages, clients and servers.

Pure transforms for plain lists of messages, a wrapped ``openai`` client, a proxy that
gives memory to any client, and sessions for ``openai-agents``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from retentive_openai.agents import MemorySession, recall_filter
    from retentive_openai.client import wrap
    from retentive_openai.delivery import Delivery
    from retentive_openai.ledger import Ledger
    from retentive_openai.transforms import (
        capture,
        capture_response,
        with_memory,
        with_memory_input,
    )

__all__ = [
    "Delivery",
    "Ledger",
    "MemorySession",
    "capture",
    "capture_response",
    "recall_filter",
    "with_memory",
    "with_memory_input",
    "wrap",
]

_LAZY = {
    "Delivery": "delivery",
    "Ledger": "ledger",
    "MemorySession": "agents",
    "capture": "transforms",
    "capture_response": "transforms",
    "recall_filter": "agents",
    "with_memory": "transforms",
    "with_memory_input": "transforms",
    "wrap": "client",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is first asked for."""
    if name in _LAZY:
        return getattr(import_module(f"retentive_openai.{_LAZY[name]}"), name)
    raise AttributeError(f"module 'retentive_openai' has no attribute {name!r}")
