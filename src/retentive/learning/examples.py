"""What feedback leaves behind: numbers of signals, no words and no ids of memories."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from retentive.learning.listwise import Judged
from retentive.protocols import Batch, Delete, Put, Store
from retentive.records import Kind, MemoryRecord, Namespace, Origin

__all__ = ["MOST_KEPT", "Example", "Examples"]

MOST_KEPT = 500
"""Judged recalls of one namespace; the oldest give way."""

_PREFIX = "judged:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One judged recall.

    Attributes:
        recall_id: Which recall; judged again, it is replaced.
        names: Names of the signals.
        values: ``(n, signals)``: what each gives each row at weight 1; kept as
            float16.
        helpful: ``(n,)`` bool.
    """

    recall_id: str
    names: tuple[str, ...]
    values: NDArray[np.float32]
    helpful: NDArray[np.bool_]

    @property
    def fold(self) -> int:
        """A number of the recall that is the same in every process, in [0, 2³²)."""
        return int.from_bytes(sha256(self.recall_id.encode()).digest()[:4], "big")

    def judged(self, names: Sequence[str]) -> Judged:
        """Return the judgement in terms of these signals; what lacks is silent."""
        values = np.zeros((len(self.helpful), len(names)), np.float32)
        known = {name: place for place, name in enumerate(self.names)}
        for place, name in enumerate(names):
            if name in known:
                values[:, place] = self.values[:, known[name]]
        return Judged(values=values, helpful=self.helpful)


class Examples:
    """The judged recalls of one side namespace, in any store."""

    def __init__(self, store: Store, side: Namespace) -> None:
        """Choose where they lie."""
        self._store = store
        self._side = side

    def add(self, example: Example, *, now: datetime) -> None:
        """Keep an example; the oldest beyond :data:`MOST_KEPT` are deleted."""
        record = MemoryRecord(
            content=_text(example),
            namespace=self._side,
            kind=Kind.PROCEDURAL,
            origin=Origin.SYSTEM,
            key=f"{_PREFIX}{example.recall_id}",
            occurred_at=now,
            recorded_at=now,
        )
        kept = [record.id for record in self._records()]
        surplus = kept[: max(0, len(kept) + 1 - MOST_KEPT)]
        self._store.apply(
            Batch(
                namespace=self._side,
                puts=[Put(record=record)],
                deletes=[Delete(id=id) for id in surplus],
            )
        )

    def newest(self, limit: int = MOST_KEPT) -> list[Example]:
        """Return the newest examples, oldest first."""
        return [_example(record) for record in list(self._records())[-limit:]]

    def _records(self) -> Iterator[MemoryRecord]:
        after: str | None = None
        while page := self._store.scan(self._side, after=after):
            yield from (r for r in page if (r.key or "").startswith(_PREFIX))
            after = page[-1].id


def _text(example: Example) -> str:
    halves = example.values.astype("<f2")
    return json.dumps(
        {
            "signals": example.names,
            "helpful": np.flatnonzero(example.helpful).tolist(),
            "values": b64encode(halves.tobytes()).decode(),
        }
    )


def _example(record: MemoryRecord) -> Example:
    fields = json.loads(record.content)
    names = tuple(fields["signals"])
    halves = np.frombuffer(b64decode(fields["values"]), "<f2")
    values = halves.reshape(-1, len(names)).astype(np.float32)
    helpful = np.zeros(len(values), np.bool_)
    helpful[fields["helpful"]] = True
    recall_id = (record.key or "").removeprefix(_PREFIX)
    return Example(recall_id=recall_id, names=names, values=values, helpful=helpful)
