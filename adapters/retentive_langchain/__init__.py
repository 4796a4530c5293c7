"""Retentive for LangChain and LangGraph."""

from __future__ import annotations

from retentive_langchain.messages import from_langchain, to_langchain
from retentive_langchain.middleware import RetentiveMiddleware

__all__ = ["RetentiveMiddleware", "from_langchain", "to_langchain"]
