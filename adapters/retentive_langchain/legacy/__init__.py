"""Memory in the shapes that LangChain itself has deprecated, for code that uses them.

New code has :class:`~retentive_langchain.RetentiveMiddleware`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from retentive_langchain.legacy.history import RetentiveChatMessageHistory

if TYPE_CHECKING:
    from retentive_langchain.legacy.classic import RetentiveMemory

__all__ = ["RetentiveChatMessageHistory", "RetentiveMemory"]


def __getattr__(name: str) -> Any:
    """Import what needs ``langchain-classic`` when it is asked for."""
    if name == "RetentiveMemory":
        return import_module("retentive_langchain.legacy.classic").RetentiveMemory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
