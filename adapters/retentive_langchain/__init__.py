"""Retentive for LangChain and LangGraph."""

from __future__ import annotations

from retentive_langchain.messages import from_langchain, to_langchain
from retentive_langchain.middleware import RetentiveMiddleware
from retentive_langchain.store import RankedItem, RetentiveStore

__all__ = [
    "RankedItem",
    "RetentiveMiddleware",
    "RetentiveStore",
    "from_langchain",
    "to_langchain",
]
