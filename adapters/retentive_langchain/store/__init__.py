"""A LangGraph store over any of Retentive's."""

from __future__ import annotations

from retentive_langchain.store.finding import RankedItem
from retentive_langchain.store.store import RetentiveStore

__all__ = ["RankedItem", "RetentiveStore"]
