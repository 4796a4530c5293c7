"""Plans a batch that tells only new things: what most batches do.

It comes to the very plan that the rules of all stores come to where nothing of the
batch is stored yet, without working them through. A test holds it to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from retentive.protocols import Batch, Commit, Outcome
from retentive.records import MemoryRecord
from retentive.stores.codec import pack_vector
from retentive.stores.merge import content_key_of
from retentive.stores.redis.plan import ANY_EMBEDDER, Order, Plan
from retentive.stores.redis.rows import (
    NO_SLOT,
    expiry_of,
    pack_record,
    pack_use,
    slot_of,
)
from retentive.stores.space import MERGEABLE

__all__ = ["Fresh"]


@dataclass(frozen=True, slots=True)
class Fresh:
    """A batch of new records and messages.

    Attributes:
        records: Those of its puts, each with its content key and its slot.
        known_embedder: Of the vectors that the namespace had when we last saw it.
        embedder: Of those that it has after the batch.
    """

    records: Sequence[tuple[MemoryRecord, str, str]]
    known_embedder: str | None
    embedder: str | None

    @classmethod
    def of(cls, batch: Batch, *, salt: bytes, embedder: str | None) -> Fresh | None:
        """Return the batch as one, or ``None`` if it is no such batch.

        Args:
            batch: What was asked for.
            salt: Of the namespace.
            embedder: That it had when we last saw it.
        """
        if batch.lease or batch.deletes or batch.status_changes:
            return None
        records = [put.record for put in batch.puts if not put.expected_version]
        made_by = {r.embedding.fingerprint for r in records if r.embedding}
        if embedder is not None:
            made_by.add(embedder)
        if len(made_by) > 1 or len(records) < len(batch.puts):
            return None
        if any(record.namespace != batch.namespace for record in records):
            return None
        keyed = [(record, content_key_of(record, salt=salt)) for record in records]
        slotted = [(r, key, slot_of(r.kind.value, key)) for r, key in keyed]
        if len(records) > 1 and not _all_differ(slotted):
            return None
        return cls(slotted, embedder, next(iter(made_by), None))

    def plan(self) -> Plan:
        """Return what it asks of the server."""
        pairs: list[Any] = []
        ends: list[Any] = []
        counts: dict[str, int] = {}
        if self.embedder != self.known_embedder:
            pairs += ("embedder", self.embedder)
        for record, content_key, _ in self.records:
            id, status = record.id, f"n:{record.status.value}"
            pairs += (f"r:{id}", pack_record(record, content_key))
            if record.embedding is not None:
                pairs += (f"v:{id}", pack_vector(record.embedding.vector))
            if use := pack_use(record):
                pairs += (f"u:{id}", use)
            if record.expires_at is not None:
                ends += (expiry_of(record), id)
            counts[status] = counts.get(status, 0) + 1
        orders: list[Order] = [("ZADD", "expiry", ends)] if ends else []
        ids = [record.id for record, _, _ in self.records]
        return Plan(
            embedder=(self.known_embedder or "") if ids else ANY_EMBEDDER,
            fields=[*(f"r:{id}" for id in ids), *self._named()],
            counts=counts,
            pairs=pairs + self._claims(),
            orders=orders,
            changed=ids,
            created=len(ids),
        )

    def commit(self, sequence: int, messages: int) -> Commit:
        """Return the receipt of what the server has done."""
        puts = [Outcome(r.id, "created", sequence) for r, _, _ in self.records]
        return Commit(sequence=sequence, puts=puts, messages=messages)

    def _named(self) -> list[str]:
        """Return the fields of the places that must be free."""
        slots = [slot for _, _, slot in self.records if slot != NO_SLOT]
        keys = [f"k:{r.key}" for r, _, _ in self.records if r.key is not None]
        return [*(f"s:{slot}" for slot in slots), *(f"b:{slot}" for slot in slots), *keys]  # fmt: skip

    def _claims(self) -> list[str]:
        """Return the fields of the places that are taken, each with the record."""
        said: list[str] = []
        keyed: list[str] = []
        for record, _, slot in self.records:
            if record.key is not None:
                keyed += (f"k:{record.key}", record.id)
            elif record.status in MERGEABLE:
                said += (f"s:{slot}", record.id)
        return said + keyed


def _all_differ(records: Sequence[tuple[MemoryRecord, str, str]]) -> bool:
    ids = {record.id for record, _, _ in records}
    keyed = {record.key for record, _, _ in records if record.key is not None}
    slots = {slot for _, _, slot in records if slot != NO_SLOT}
    # Each record has either a key or a slot.
    return len(ids) == len(keyed) + len(slots) == len(records)
