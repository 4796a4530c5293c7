"""The systems that speed.py measures, each behind the same four methods.

Peers are those of ``retentive bench peers``, with vectors from the workload's table.
Their packages are imported when one is opened, so that a missing one is found out
there, and a cold start counts the import; :func:`prepare` imports what is ours before.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import workload

LIMIT = 10
"""Hits asked for by every search."""
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Peer(Protocol):
    """One system under measurement; a namespace is a number."""

    def add(self, namespace: int, text: str) -> None:
        """Store one memory, acknowledged."""

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Store many memories the fastest documented way."""

    def search(self, namespace: int, query: str) -> int:
        """Return how many hits were found."""

    def close(self) -> None:
        """Release everything."""


class TableEmbedder:
    """The workload's vectors as one of our embedders."""

    fingerprint = f"table:{workload.DIM}:1"
    dim = workload.DIM
    scripts = None

    def embed(self, texts: Sequence[str]) -> Any:
        """Look the vectors up."""
        return workload.embed(texts)


class RetentivePeer:
    """Retentive over a SQLite file, all default signals, without vectors."""

    def __init__(self, folder: Path, *, embedder: Any = "none") -> None:
        """Open an empty file."""
        from retentive import Memory

        self._memory = Memory.open(folder / "memory.db", embedder=embedder)

    def add(self, namespace: int, text: str) -> None:
        """Remember one text."""
        self._memory.within(str(namespace)).remember(text)

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Remember many texts in one call."""
        self._memory.within(str(namespace)).remember(list(texts))

    def search(self, namespace: int, query: str) -> int:
        """Recall from one namespace."""
        return len(self._memory.within(str(namespace)).recall(query, limit=LIMIT))

    def close(self) -> None:
        """Close the file."""
        self._memory.close()


class RetentiveVectorsPeer(RetentivePeer):
    """Retentive with the table's vectors besides."""

    def __init__(self, folder: Path) -> None:
        """Open an empty file."""
        super().__init__(folder, embedder=TableEmbedder())


class Other:
    """A peer of ``retentive bench peers``; its owners are the namespaces."""

    def __init__(self, folder: Path, *, name: str) -> None:
        """Open it in the folder."""
        from retentive.bench.peers import PEERS, Note

        self._note = Note
        self._peer = PEERS[name](TableEmbedder(), folder=folder)
        self._added = 0

    def add(self, namespace: int, text: str) -> None:
        """Add one note."""
        self.bulk(namespace, [text])

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Add notes in one call."""
        notes = [self._note(str(self._added + n), text) for n, text in enumerate(texts)]
        self._added += len(notes)
        self._peer.add(notes, owner=str(namespace))

    def search(self, namespace: int, query: str) -> int:
        """Search as one owner."""
        owner = str(namespace)
        return len(self._peer.search(query, owner=owner, now=_NOW, limit=LIMIT))

    def close(self) -> None:
        """Close the peer."""
        self._peer.close()


OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "langgraph-memory": "LangGraph InMemoryStore",
        "langgraph-sqlite": "LangGraph SqliteStore",
        "llamaindex": "LlamaIndex VectorStoreIndex",
        "llamaindex-block": "LlamaIndex VectorMemoryBlock",
        "chroma": "Chroma",
        "mem0": "mem0, infer=False",
    }
)
"""Names of peers there, by the name that ``--systems`` takes."""
PEERS: Mapping[str, Callable[[Path], Peer]] = MappingProxyType(
    {
        "retentive": RetentivePeer,
        "retentive-vectors": RetentiveVectorsPeer,
        **{short: partial(Other, name=name) for short, name in OTHERS.items()},
    }
)
"""Systems by the name that ``--systems`` takes."""


def prepare(system: str) -> None:
    """Import, for a peer, what of ours it is measured through; not its own package."""
    if system in OTHERS:
        importlib.import_module("retentive.bench.peers")
