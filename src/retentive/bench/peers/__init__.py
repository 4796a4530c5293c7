"""Other memory stores behind one small protocol, all with the same vectors.

An adapter does what that system's documentation tells a user to do, without a language
model. Its package is imported when it is opened; one that is missing is an error that
names the extra. ``benchmarks/speed.py`` measures the same adapters.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from retentive.bench.peers.chroma import Chroma
from retentive.bench.peers.langgraph import LangGraphMemory, LangGraphSqlite
from retentive.bench.peers.llamaindex import LlamaIndexBlock, LlamaIndexVectors
from retentive.bench.peers.mem0 import Mem0
from retentive.bench.peers.model import Note, Peer
from retentive.protocols import Embedder

__all__ = ["PEERS", "MakesPeer", "Note", "Peer"]


class MakesPeer(Protocol):
    """Opens a peer."""

    def __call__(self, embedder: Embedder, *, folder: Path | None = None) -> Peer:
        """Open it with the embedder that all share.

        Args:
            embedder: Makes its vectors.
            folder: Where it keeps what it keeps on disk; if omitted, in memory or in a
                temporary folder that closing removes.
        """


PEERS: Mapping[str, MakesPeer] = MappingProxyType(
    {
        "LangGraph InMemoryStore": LangGraphMemory,
        "LangGraph SqliteStore": LangGraphSqlite,
        "LlamaIndex VectorStoreIndex": LlamaIndexVectors,
        "LlamaIndex VectorMemoryBlock": LlamaIndexBlock,
        "Chroma": Chroma,
        "mem0, infer=False": Mem0,
    }
)
"""Peers by the name that reports use."""
