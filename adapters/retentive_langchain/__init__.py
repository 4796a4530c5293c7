"""Retentive for LangChain and LangGraph.

Code for LangChain's deprecated shapes is in :mod:`retentive_langchain.legacy`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from retentive.errors import MissingExtraError

if TYPE_CHECKING:
    from retentive_langchain.messages import from_langchain, to_langchain
    from retentive_langchain.middleware import RetentiveMiddleware
    from retentive_langchain.retriever import RetentiveRetriever
    from retentive_langchain.store import RankedItem, RetentiveStore
    from retentive_langchain.tools import memory_tools

__all__ = [
    "RankedItem",
    "RetentiveMiddleware",
    "RetentiveRetriever",
    "RetentiveStore",
    "from_langchain",
    "memory_tools",
    "to_langchain",
]

_HOMES = {
    "RankedItem": "store",
    "RetentiveMiddleware": "middleware",
    "RetentiveRetriever": "retriever",
    "RetentiveStore": "store",
    "from_langchain": "messages",
    "memory_tools": "tools",
    "to_langchain": "messages",
}
_PACKAGES = ("langchain", "langchain_core", "langgraph")


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: agents take a second, a store does not."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    except ModuleNotFoundError as exc:
        package = (exc.name or "").split(".")[0]
        if package not in _PACKAGES:
            raise
        raise MissingExtraError(package, extra="langchain", purpose=name) from exc
