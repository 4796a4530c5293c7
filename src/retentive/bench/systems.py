"""The systems that a recall run compares, each behind the same three methods."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from retentive.bench.baselines import Bm25, Dense, plain_tokens
from retentive.bench.metrics import Ranked
from retentive.memory import Memory
from retentive.text.tokenise import terms

if TYPE_CHECKING:
    from retentive.protocols import Embedder
    from retentive.records import MemoryRecord, Message

__all__ = [
    "PRODUCT",
    "Retentive",
    "Shared",
    "System",
    "default_systems",
    "sources",
]

PRODUCT = "retentive"
"""Name of the system that is the product itself."""


class System(Protocol):
    """Something that takes memories and ranks them for a query.

    A run opens one for each conversation, adds all memories, asks all questions
    and closes it.
    """

    def add(self, memories: Sequence[Message | MemoryRecord]) -> None:
        """Store memories, oldest first."""

    def search(self, query: str, *, now: datetime, limit: int) -> list[Ranked]:
        """Return at most ``limit`` hits, best first."""

    def close(self) -> None:
        """Release what was opened."""


@runtime_checkable
class Shared(System, Protocol):
    """A system that several owners share."""

    def within(self, owner: str) -> System:
        """Return the same store as this owner sees it; it is not closed apart."""


class Retentive:
    """The product as a user opens it: default signals over a SQLite file of its own."""

    def __init__(self, *, embedder: Embedder | None = None) -> None:
        """Open an empty memory in a temporary directory."""
        self.folder = Path(tempfile.mkdtemp(prefix="retentive-bench-"))
        self.memory = Memory.open(
            str(self.folder / "bench.db"),
            embedder="none" if embedder is None else embedder,
        )

    def add(self, memories: Sequence[Message | MemoryRecord]) -> None:
        """Remember in one call."""
        self.memory.remember(list(memories))

    def search(self, query: str, *, now: datetime, limit: int) -> list[Ranked]:
        """Recall; a record that was said twice stands for both messages."""
        hits = self.memory.recall(query, limit=limit, now=now)
        return [Ranked(sources(hit.record), hit.record.content) for hit in hits]

    def within(self, owner: str) -> Retentive:
        """Return the memory of another namespace over the same file."""
        other = copy(self)
        other.memory = self.memory.within(owner)
        return other

    def close(self) -> None:
        """Close the memory and remove its files."""
        self.memory.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def default_systems(
    embedder: Embedder | None = None,
) -> Mapping[str, Callable[[], System]]:
    """Return the systems of a run by name: the product first, then plain baselines.

    Args:
        embedder: For the product and for plain dense search, which is left out
            without one.
    """
    systems: dict[str, Callable[[], System]] = {
        PRODUCT: lambda: Retentive(embedder=embedder),
        "plain BM25": lambda: Bm25(plain_tokens),
        "plain BM25, stems and stop words": lambda: Bm25(terms),
    }
    if embedder is not None:
        systems["plain dense"] = lambda: Dense(embedder)
    return systems


def sources(record: MemoryRecord) -> frozenset[str]:
    """Return the ids of the messages that a record stands for, or its own."""
    messages = {said.message_id for said in record.said_at() if said.message_id}
    return frozenset(messages or {record.id})
