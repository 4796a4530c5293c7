"""Erases everything of a namespace, and says what was there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from retentive.consolidate.claim import claimed
from retentive.consolidate.forgetting import drop_snapshots
from retentive.consolidate.journal import JOURNAL
from retentive.protocols import (
    Batch,
    Delete,
    MessageDelete,
    Store,
    SupportsCompaction,
    SupportsSearch,
)
from retentive.records import SIDES, Kind, MemoryRecord, Namespace, side_namespace

__all__ = ["Receipt", "erase"]

_PAGE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What an erasure removed, and what it left.

    Attributes:
        at: When it ended, UTC.
        namespaces: What was erased; our own side namespaces are among them.
        records: Records removed, whatever their status.
        derived: Those of them that were summaries or derived from others.
        vectors: Those of them that had a vector.
        messages: Messages removed from transcripts.
        journal: Entries removed from the journal of consolidation.
        snapshots: Files of replicas removed.
        tombstones: Records whose content is barred by a keyed hash, so that it is
            not learnt again from old logs. A record with a caller's key has none.
        compacted: Whether freed space was overwritten; ``None`` where the store
            keeps none.
        left: Records and messages found afterwards, by namespace: what was
            written meanwhile. Empty otherwise.
    """

    at: datetime
    namespaces: Sequence[Namespace]
    records: int
    derived: int
    vectors: int
    messages: int
    journal: int
    snapshots: int
    tombstones: int
    compacted: bool | None
    left: Mapping[Namespace, int] = field(default_factory=dict)


def erase(
    store: Store, namespace: Namespace, *, below: bool, now: datetime, lease_s: float
) -> Receipt:
    """Remove records, transcripts, vectors, derivations, journal and snapshots.

    Names of the namespace's labels stay, and random ids in the feed's tombstones:
    other processes learn by them what is gone.

    Args:
        store: Where.
        namespace: Whose.
        below: Whether the namespaces below it go, too.
        now: The present, UTC.
        lease_s: Seconds after which another may go on if this process dies.

    Raises:
        BusyError: The namespace is being consolidated.
    """
    own = store.namespaces(namespace) if below else []
    erased = list(dict.fromkeys([namespace, *own]))
    erased += [side for ns in erased for side in _sides(store, ns)]
    counts: Counter[str] = Counter()
    for one in erased:
        with claimed(store, one, ttl_s=lease_s):
            _records(store, one, counts)
            _messages(store, one, counts)
        counts["snapshots"] += drop_snapshots(store, one)
        _drop_index(store, one)
    compacted = store.compact() if isinstance(store, SupportsCompaction) else None
    left = {one: _count(store, one) for one in erased}
    return Receipt(
        at=now,
        namespaces=erased,
        records=counts["records"],
        derived=counts["derived"],
        vectors=counts["vectors"],
        messages=counts["messages"],
        journal=counts["journal"],
        snapshots=counts["snapshots"],
        tombstones=counts["tombstones"],
        compacted=compacted,
        left={one: count for one, count in left.items() if count},
    )


def _drop_index(store: Store, namespace: Namespace) -> None:
    """Remove what the server's own engine keeps of a namespace."""
    engine = store.search_engine() if isinstance(store, SupportsSearch) else None
    if engine is not None:
        engine.drop(namespace)


def _sides(store: Store, namespace: Namespace) -> list[Namespace]:
    """Return the namespaces in which we keep what belongs to this one."""
    sides = [side_namespace(namespace, purpose) for purpose in SIDES]
    return [side for side in sides if _count(store, side)]


def _records(store: Store, namespace: Namespace, counts: Counter[str]) -> None:
    while page := store.scan(namespace, limit=_PAGE, vectors=True):
        deletes = [Delete(id=record.id, bar=True) for record in page]
        store.apply(Batch(namespace=namespace, deletes=deletes))
        counts["records"] += len(page)
        counts["derived"] += sum(_is_derived(record) for record in page)
        counts["vectors"] += sum(record.embedding is not None for record in page)
        counts["tombstones"] += sum(bool(record.content_key) for record in page)


def _messages(store: Store, namespace: Namespace, counts: Counter[str]) -> None:
    for session in store.sessions(namespace):
        place = "journal" if session == JOURNAL else "messages"
        counts[place] += store.count_messages(namespace, session)
        gone = MessageDelete(session=session)
        store.apply(Batch(namespace=namespace, message_deletes=[gone]))


def _is_derived(record: MemoryRecord) -> bool:
    return bool(record.derived_from) or record.kind is Kind.SUMMARY


def _count(store: Store, namespace: Namespace) -> int:
    messages = sum(
        store.count_messages(namespace, session)
        for session in store.sessions(namespace)
    )
    return sum(store.count(namespace).values()) + messages
