"""Retentive for LlamaIndex: memory, memory block, chat stores, retriever, tools."""

from __future__ import annotations

try:
    import llama_index.core  # noqa: F401 - without it nothing below can be imported
except ImportError as exc:
    from retentive.errors import MissingExtraError

    raise MissingExtraError(
        "llama_index.core", extra="llamaindex", purpose="retentive_llamaindex"
    ) from exc

from retentive_llamaindex.block import RetentiveMemoryBlock
from retentive_llamaindex.chat_store import RetentiveChatStore
from retentive_llamaindex.db_chat_store import RetentiveDBChatStore
from retentive_llamaindex.memory import RetentiveMemory
from retentive_llamaindex.messages import from_chat, to_chat
from retentive_llamaindex.retriever import RetentiveRetriever
from retentive_llamaindex.tools import memory_tools

__all__ = [
    "RetentiveChatStore",
    "RetentiveDBChatStore",
    "RetentiveMemory",
    "RetentiveMemoryBlock",
    "RetentiveRetriever",
    "from_chat",
    "memory_tools",
    "to_chat",
]
