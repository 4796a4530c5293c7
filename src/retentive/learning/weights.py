"""Weights that were learnt, as they are kept in the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from retentive.protocols import Batch, LearnedWeights, Put, Store
from retentive.records import Kind, MemoryRecord, Namespace, Origin

__all__ = ["load_weights", "save_weights"]

_KEY = "weights"


def load_weights(
    store: Store, side: Namespace, *, configured: Mapping[str, float]
) -> LearnedWeights | None:
    """Return the learnt weights; ``None`` if there are none for this configuration.

    Args:
        store: Where they lie.
        side: The side namespace.
        configured: Weights by signal: what was learnt around others is stale.
    """
    record = store.find(side, _KEY)
    if record is None:
        return None
    found = LearnedWeights(**json.loads(record.content))
    return found if dict(found.configured) == dict(configured) else None


def save_weights(
    store: Store, side: Namespace, learnt: LearnedWeights, *, now: datetime
) -> None:
    """Keep learnt weights in the place of those before."""
    record = MemoryRecord(
        content=json.dumps(asdict(learnt), ensure_ascii=False),
        namespace=side,
        kind=Kind.PROCEDURAL,
        origin=Origin.SYSTEM,
        key=_KEY,
        occurred_at=now,
        recorded_at=now,
    )
    store.apply(Batch(namespace=side, puts=[Put(record=record)]))
