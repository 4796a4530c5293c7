"""Frames of a few hand-written records, by way of a real store and replica."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.index.tokens import TokenTable
from retentive.protocols import Batch, Put, Query, TokenVectors
from retentive.records import Embedding, MemoryRecord
from retentive.stores.memory import MemoryStore

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PRINT = "hand:2:1"


def record(content: str, *, minute: int = 0, **fields: Any) -> MemoryRecord:
    """Return a record of the default namespace, a day before ``NOW``."""
    vector = fields.pop("vector", None)
    if vector is not None:
        array = np.array(vector, np.float32)
        fields["embedding"] = Embedding(vector=array, fingerprint=PRINT)
    at = NOW - timedelta(days=1) + timedelta(minutes=minute)
    return MemoryRecord(
        content=content, **{"occurred_at": at, "recorded_at": NOW, **fields}
    )


class Axes:
    """Gives each word the axis of its name, and other words nothing."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        return [
            TokenVectors(
                words=tuple(text.split()),
                vectors=np.array(
                    [[word == name for name in self._names] for word in text.split()],
                    np.float32,
                ),
            )
            for text in texts
        ]


def frame_of(
    records: Sequence[MemoryRecord], *, axes: Sequence[str] = ()
) -> ColumnFrame:
    """Return a frame with one row per record, in order; tokens lie on the axes."""
    store = MemoryStore()
    puts = [Put(record=record) for record in records]
    store.apply(Batch(namespace=("default",), puts=puts))
    tokens = TokenTable(store, Axes(axes)) if axes else None
    return Replica(store, [("default",)], embedder=PRINT, tokens=tokens).frame()


def query(text: str = "", **fields: Any) -> Query:
    """Return a query with just these parts."""
    if "vector" in fields:
        fields["vector"] = np.array(fields["vector"], np.float32)
    return Query(text=text, now=fields.pop("now", NOW), **fields)
