"""What a commit was planned on, and what it asks the server to check and write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from retentive.protocols import Batch, Commit, Outcome
from retentive.records import MemoryRecord, Namespace
from retentive.stores.codec import pack_vector
from retentive.stores.redis.keys import Keys
from retentive.stores.redis.plan import ANY_EMBEDDER, Order, Plan
from retentive.stores.redis.rows import (
    expiry_of,
    pack_message,
    pack_record,
    pack_use,
    slot_of,
    unpack_records,
)
from retentive.stores.space import MERGEABLE, ContentSlot, Space, Work

__all__ = [
    "PENDING",
    "Touched",
    "Wanted",
    "message_arguments",
    "planned",
    "settled",
]

PENDING = 1 << 53
"""Stands for the sequence that the server will give: beyond all that it can give."""

_GONE = "-"


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a batch may meet.

    Attributes:
        ids: Records that it names.
        slots: Places of the contents that it puts.
        keys: Callers' keys that it puts.
        puts: Whether it puts anything.
    """

    ids: Sequence[str]
    slots: Sequence[str]
    keys: Sequence[str]
    puts: bool

    @classmethod
    def of(cls, batch: Batch, records: Sequence[MemoryRecord]) -> Wanted:
        """Return what a batch with these keyed records may meet."""
        ids = [record.id for record in records]
        ids += [change.id for change in batch.status_changes]
        ids += [delete.id for delete in batch.deletes]
        slots = [_slot(record) for record in records if record.content_key]
        keys = [record.key for record in records if record.key is not None]
        named = [list(dict.fromkeys(some)) for some in (ids, slots, keys)]
        return cls(named[0], named[1], named[2], puts=bool(records))

    def plan(self) -> Plan:
        """Return it as a read: what it names, with nothing to write."""
        fields = [f"r:{id}" for id in self.ids]
        fields += [f"s:{slot}" for slot in self.slots]
        fields += [f"k:{key}" for key in self.keys]
        return Plan(
            embedder=ANY_EMBEDDER, fields=fields, counts={}, pairs=(), changed=(), created=0
        )  # fmt: skip


@dataclass(slots=True)
class Touched:
    """What is stored of it, as far as we know.

    Attributes:
        embedder: Fingerprint of the namespace's vectors.
        records: By id; ids that were asked for and are not here are absent.
        by_slot: Who holds each slot, ``""``: nobody.
        by_key: Who has each caller's key.
        barred: Slots that are barred.
    """

    embedder: str | None = None
    records: dict[str, MemoryRecord] = field(default_factory=dict)
    by_slot: dict[str, str] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()

    @classmethod
    def answered(cls, namespace: Namespace, answer: Sequence[Any]) -> Touched:
        """Read the answer of the script ``commit``."""
        _, embedder, rows, by_slot, by_key, barred = answer
        records = unpack_records(namespace, rows, embedder=embedder)
        return cls(
            embedder=embedder.decode() if embedder else None,
            records={record.id: record for record in records},
            by_slot=_pairs(by_slot),
            by_key=_pairs(by_key),
            barred=frozenset(slot.decode() for slot in barred),
        )

    def space(self) -> Space:
        """Return it as what the rules of all stores work on."""
        space = Space(sequence=PENDING - 1, embedder=self.embedder)
        space.records = dict(self.records)
        space.by_key = {key: id for key, id in self.by_key.items() if id}
        for record in self.records.values():
            if record.key is not None:
                space.by_key[record.key] = record.id
            elif record.status in MERGEABLE:
                space.by_content[record.kind.value, record.content_key] = record.id
        space.barred = {_content_slot(slot): True for slot in self.barred}
        return space

    def conditions(self, wanted: Wanted) -> dict[str, str]:
        """Return the fields that must hold the same when the server writes."""
        absent = [id for id in wanted.ids if id not in self.records]
        held = dict.fromkeys((f"r:{id}" for id in absent), "")
        held |= {f"s:{slot}": id for slot, id in self.by_slot.items()}
        held |= {f"b:{s}": "1" if s in self.barred else "" for s in self.by_slot}
        return held | {f"k:{key}": id for key, id in self.by_key.items()}


def planned(touched: Touched, wanted: Wanted, *, space: Space, work: Work) -> Plan:
    """Return what a batch that has been worked through asks of the server.

    Args:
        touched: What was stored.
        wanted: What the batch names.
        space: What shall be stored.
        work: Knows what has changed.
    """
    old, conditions = touched.records, touched.conditions(wanted)
    stays = [space.records[id] for id in work.changed if id in space.records]
    created = {record.id: None for record in stays if record.id not in old}
    pairs, orders = _puts(stays, old)
    if space.embedder != touched.embedder:
        pairs = ["embedder", space.embedder or "", *pairs]
    given, left = _index(_places(touched.space()), _places(space))
    bars = [x for slot in work.barred for x in (f"b:{slot_of(*slot)}", 1)]
    orders += _deletes([id for id in work.changed if id not in space.records])
    return Plan(
        embedder=(touched.embedder or "") if wanted.puts else ANY_EMBEDDER,
        fields=list(conditions),
        values=list(conditions.values()) if any(conditions.values()) else (),
        versions={record.id: record.version for record in old.values()},
        counts=_counts(old, space, work),
        pairs=[*pairs, *given, *bars],
        orders=[*orders, ("HDEL", "data", left)] if left else orders,
        changed=[*created, *(id for id in work.changed if id not in created)],
        created=len(created),
        rewritten=tuple(work.rewritten),
    )


def settled(commit: Commit, *, sequence: int, messages: int) -> Commit:
    """Return the receipt with the sequence that the server gave."""

    def real(outcomes: Sequence[Outcome]) -> list[Outcome]:
        return [
            Outcome(item.id, item.action, sequence) if item.version == PENDING else item
            for item in outcomes
        ]

    return Commit(
        sequence=sequence,
        puts=real(commit.puts),
        status_changes=real(commit.status_changes),
        deletes=real(commit.deletes),
        messages=messages,
    )


def _deletes(gone: Sequence[str]) -> list[Order]:
    if not gone:
        return []
    fields = [f"{letter}:{id}" for id in gone for letter in "rvu"]
    return [("HDEL", "data", fields), ("ZREM", "ids", gone), ("ZREM", "expiry", gone)]


def _puts(
    stays: Sequence[MemoryRecord], old: Mapping[str, MemoryRecord]
) -> tuple[list[Any], list[Order]]:
    """Return what to write of records that stay: of each field nothing, it, or its end."""
    pairs: list[Any] = []
    left: list[str] = []
    ends: list[Any] = []
    endless: list[str] = []
    for record in stays:
        known = old.get(record.id)
        pairs += (f"r:{record.id}", pack_record(record))
        for name, value in (
            (f"v:{record.id}", _vector(record, known)),
            (f"u:{record.id}", _use(record, known)),
        ):
            if value == _GONE:
                left.append(name)
            elif value:
                pairs += (name, value)
        if record.expires_at is not None:
            ends += (expiry_of(record), record.id)
        elif known is not None and known.expires_at is not None:
            endless.append(record.id)
    orders: list[Order] = [
        ("ZADD", "expiry", ends),
        ("ZREM", "expiry", endless),
        ("HDEL", "data", left),
    ]
    return pairs, [order for order in orders if order[2]]


def _use(record: MemoryRecord, known: MemoryRecord | None) -> str:
    use, old = pack_use(record), pack_use(known) if known else ""
    if use == old:
        return ""  # so that uses counted meanwhile are not lost
    return use or _GONE


def _vector(record: MemoryRecord, known: MemoryRecord | None) -> str | bytes:
    old = known.embedding if known else None
    if record.embedding is old:
        return ""
    return _GONE if record.embedding is None else pack_vector(record.embedding.vector)


def _places(space: Space) -> dict[str, str]:
    """Return who holds the places of contents and keys, by field."""
    slots = {f"s:{slot_of(*slot)}": id for slot, id in space.by_content.items()}
    return slots | {f"k:{key}": id for key, id in space.by_key.items()}


def _index(
    before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[list[Any], list[str]]:
    given = [x for place, id in after.items() if before.get(place) != id for x in (place, id)]  # fmt: skip
    return given, [place for place in before if place not in after]


def _counts(
    before: Mapping[str, MemoryRecord], space: Space, work: Work
) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for id in work.changed:
        if id in before:
            counts[f"n:{before[id].status.value}"] -= 1
        if id in space.records:
            counts[f"n:{space.records[id].status.value}"] += 1
    return {status: more for status, more in counts.items() if more}


def message_arguments(
    batch: Batch, keys: Keys, *, known_keys: int
) -> tuple[list[str], list[Any]]:
    """Return the keys of a batch's transcripts, and what shall happen to them."""
    if not batch.messages and not batch.message_deletes:
        return [], []
    named = [gone.session for gone in batch.message_deletes]
    named += [message.session for message in batch.messages]
    pair = {session: place for place, session in enumerate(dict.fromkeys(named))}
    told: list[Any] = [known_keys + 1, len(batch.message_deletes)]
    for gone in batch.message_deletes:
        told += (pair[gone.session], gone.session, gone.id or "")
    told.append(len(batch.messages))
    for message in batch.messages:
        told += (
            pair[message.session],
            message.session,
            message.id,
            pack_message(message),
        )
    return [key for session in pair for key in keys.transcript(session)], told


def _slot(record: MemoryRecord) -> str:
    return slot_of(record.kind.value, record.content_key)


def _content_slot(slot: str) -> ContentSlot:
    kind, _, key = slot.partition(":")
    return kind, key


def _pairs(flat: Sequence[Any]) -> dict[str, str]:
    return {
        name.decode(): holder.decode() if holder else ""
        for name, holder in zip(flat[::2], flat[1::2], strict=True)
    }
