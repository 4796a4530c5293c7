"""What a commit was planned on, and what it asks the server to check and write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from retentive.protocols import Batch, Commit, Outcome
from retentive.records import MemoryRecord, Namespace
from retentive.stores.codec import pack_vector
from retentive.stores.redis.keys import Keys
from retentive.stores.redis.rows import (
    pack_message,
    pack_record,
    pack_use,
    slot_of,
    unpack_records,
)
from retentive.stores.space import MERGEABLE, ContentSlot, Space, Work

__all__ = ["PENDING", "Touched", "Wanted", "settled", "write_arguments"]

PENDING = 1 << 53
"""Stands for the sequence that the server will give: beyond all that it can give."""

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that a batch may meet.

    Attributes:
        ids: Records that it names.
        slots: Places of the contents that it puts.
        keys: Callers' keys that it puts.
    """

    ids: Sequence[str]
    slots: Sequence[str]
    keys: Sequence[str]

    @classmethod
    def of(cls, batch: Batch, records: Sequence[MemoryRecord]) -> Wanted:
        """Return what a batch with these keyed records may meet."""
        ids = [record.id for record in records]
        ids += [change.id for change in batch.status_changes]
        ids += [delete.id for delete in batch.deletes]
        slots = [_slot(record) for record in records if record.content_key]
        keys = [record.key for record in records if record.key is not None]
        return cls(*(list(dict.fromkeys(some)) for some in (ids, slots, keys)))

    def arguments(self) -> Iterator[Any]:
        """Yield it as a read: with conditions that hold of nothing."""
        yield _ANY
        for names in (self.ids, self.slots, self.keys):
            yield len(names)
            for name in names:
                yield name
                yield ""
        yield 0


@dataclass(slots=True)
class Touched:
    """What is stored of it, as far as we know.

    Attributes:
        embedder: Fingerprint of the namespace's vectors.
        records: By id; ids that were asked for and are not here are absent.
        by_slot: Who holds each slot, ``""``: nobody.
        by_key: Who has each caller's key.
        barred: Slots that are barred.
        guessed: Whether nobody looked: it is what a namespace of new things holds.
    """

    embedder: str | None = None
    records: dict[str, MemoryRecord] = field(default_factory=dict)
    by_slot: dict[str, str] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    barred: frozenset[str] = frozenset()
    guessed: bool = False

    @classmethod
    def nothing(cls, wanted: Wanted, *, embedder: str | None) -> Touched:
        """Guess that all is new."""
        by_slot, by_key = (
            dict.fromkeys(wanted.slots, ""),
            dict.fromkeys(wanted.keys, ""),
        )
        return cls(embedder=embedder, by_slot=by_slot, by_key=by_key, guessed=True)

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

    def conditions(self, wanted: Wanted, *, vectors: bool) -> Iterator[Any]:
        """Yield what must still be so when the server writes."""
        yield (self.embedder or "") if vectors else _ANY
        ids = dict.fromkeys((*wanted.ids, *self.records))
        yield len(ids)
        for id in ids:
            yield id
            yield self.records[id].version if id in self.records else 0
        for held in (self.by_slot, self.by_key):
            yield len(held)
            for name, id in held.items():
                yield name
                yield id
        yield len(self.by_slot)
        for slot in self.by_slot:
            yield slot
            yield int(slot in self.barred)


def write_arguments(
    batch: Batch,
    keys: Keys,
    *,
    touched: Touched,
    space: Space,
    work: Work,
    known_keys: int,
) -> tuple[list[str], list[Any]]:
    """Return the further keys and the arguments with which the server writes.

    Args:
        batch: What was asked for.
        keys: Of its namespace.
        touched: What was stored.
        space: What shall be stored.
        work: Knows what has changed.
        known_keys: How many keys stand before the further ones.
    """
    named = [gone.session for gone in batch.message_deletes]
    named += [message.session for message in batch.messages]
    sessions = list(dict.fromkeys(named))
    further = [key for session in sessions for key in keys.transcript(session)]
    arguments = [
        _ANY if space.embedder == touched.embedder else space.embedder or "",
        *_records(touched.records, space, work),
        *_index(_slots_of(touched.space()), _slots_of(space)),
        *_index(touched.space().by_key, space.by_key),
        *_counted(slot_of(*slot) for slot in work.barred),
        *_counts(touched.records, space, work),
        *_counted(work.rewritten),
    ]
    return further, [*arguments, known_keys + 1, *_messages(batch, sessions)]


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


def _records(
    before: Mapping[str, MemoryRecord], space: Space, work: Work
) -> Iterator[Any]:
    yield from _counted(id for id in work.changed if id not in space.records)
    stays = [space.records[id] for id in work.changed if id in space.records]
    yield len(stays)
    for record in stays:
        yield record.id
        yield pack_record(record)
        known = before.get(record.id)
        yield _expiry(record, known)
        yield _use(record, known)
        yield _vector(record, known)


def _expiry(record: MemoryRecord, known: MemoryRecord | None) -> Any:
    if record.expires_at is not None:
        return record.expires_at.timestamp()
    return "-" if known is not None and known.expires_at is not None else ""


def _use(record: MemoryRecord, known: MemoryRecord | None) -> str:
    use, old = pack_use(record), pack_use(known) if known else ""
    if use == old:
        return ""  # so that uses counted meanwhile are not lost
    return use or "-"


def _vector(record: MemoryRecord, known: MemoryRecord | None) -> str | bytes:
    old = known.embedding if known else None
    if record.embedding is old:
        return ""
    return "-" if record.embedding is None else pack_vector(record.embedding.vector)


def _slots_of(space: Space) -> dict[str, str]:
    return {slot_of(*slot): id for slot, id in space.by_content.items()}


def _index(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Any]:
    changed = {
        name: after.get(name, "")
        for name in (*before, *after)
        if before.get(name) != after.get(name)
    }
    yield len(changed)
    for name, id in changed.items():
        yield name
        yield id


def _counts(
    before: Mapping[str, MemoryRecord], space: Space, work: Work
) -> Iterator[Any]:
    counts: Counter[str] = Counter()
    for id in work.changed:
        if id in before:
            counts[before[id].status.value] -= 1
        if id in space.records:
            counts[space.records[id].status.value] += 1
    moved = {status: more for status, more in counts.items() if more}
    yield len(moved)
    for status, more in moved.items():
        yield status
        yield more


def _messages(batch: Batch, sessions: Sequence[str]) -> Iterator[Any]:
    pair = {session: place for place, session in enumerate(sessions)}
    yield len(batch.message_deletes)
    for gone in batch.message_deletes:
        yield pair[gone.session]
        yield gone.session
        yield gone.id or ""
    yield len(batch.messages)
    for message in batch.messages:
        yield pair[message.session]
        yield message.session
        yield message.id
        yield pack_message(message)


def _counted(names: Any) -> list[Any]:
    listed = list(names)
    return [len(listed), *listed]


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
