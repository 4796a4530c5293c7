"""Records and puts that the checks of stores begin with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from retentive.protocols import Batch, Commit, Put, StatusChange, Store
from retentive.records import (
    ContentPart,
    Embedding,
    Kind,
    MemoryRecord,
    Namespace,
    Occurrence,
    Origin,
    Status,
)

__all__ = [
    "HOME",
    "NOW",
    "embedding",
    "full_record",
    "memory",
    "put",
    "set_status",
]

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
"""The present of all checks."""

HOME: Namespace = ("alice",)
"""Where the checks put what has no other place."""


def memory(content: str, **fields: Any) -> MemoryRecord:
    """Return a record of now, at home."""
    given = {"namespace": HOME, "occurred_at": NOW, "recorded_at": NOW, **fields}
    return MemoryRecord(content=content, **given)


def put(store: Store, *records: MemoryRecord, version: int | None = None) -> Commit:
    """Apply one batch with a put of each record."""
    puts = [Put(record=record, expected_version=version) for record in records]
    return store.apply(Batch(namespace=records[0].namespace, puts=puts))


def embedding(*numbers: float, model: str = "m:2:1") -> Embedding:
    """Return a vector by hand."""
    return Embedding(vector=np.array(numbers, np.float32), fingerprint=model)


def full_record() -> MemoryRecord:
    """Return a record with every field set, and none at its default."""
    return memory(
        "所有字段 – every field\0 is set 😀",
        kind=Kind.SEMANTIC,
        parts=(ContentPart(type="image", data={"url": "x", "n": [1]}, text="cat"),),
        role="user",
        speaker="Ann",
        session="s:1",
        message_id="m/1",
        occurred_at=datetime(1, 1, 1, 0, 0, 0, 1, UTC),
        recorded_at=datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
        valid_until=NOW,
        superseded_by="other",
        status=Status.QUARANTINED,
        importance=0.25,
        pinned=True,
        support_count=3,
        occurrences=(Occurrence(at=NOW, session="s2", message_id="m2"),),
        access_count=4,
        last_accessed_at=NOW,
        expires_at=NOW,
        origin=Origin.WEB,
        derived_from=("a", "b"),
        metadata={"k": [1, 2.5, None, True, {"ü": "ß"}]},
        embedding=embedding(0.6, 0.8),
    )


def set_status(store: Store, id: str, status: Status) -> None:
    """Move a record at home to another status."""
    change = StatusChange(id=id, status=status)
    store.apply(Batch(namespace=HOME, status_changes=[change]))
