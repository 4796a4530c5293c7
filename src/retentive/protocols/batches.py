"""What goes into a store in one commit, and what its feed tells of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from retentive.protocols.leases import Lease
from retentive.records import MemoryRecord, Message, Namespace, Status

if TYPE_CHECKING:
    from retentive.protocols.arrays import FloatArray

__all__ = [
    "Batch",
    "Change",
    "Changes",
    "Commit",
    "Delete",
    "MessageDelete",
    "Outcome",
    "Put",
    "StatusChange",
    "VectorPut",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Store a record.

    Without an expected version the record is created, or merged into the active
    or archived record of the same namespace, kind and content key: support
    counts add up, occurrences join, importance takes the larger value, and
    ``pinned`` holds if either holds. A record with a ``key`` replaces the one of
    that key instead, keeping its id.

    Attributes:
        record: What to store. Its ``version`` and ``content_key`` are ignored.
        expected_version: ``None``: create or merge. 0: the id must not exist. A
            version: replace the record of that id, if it is still at that version.
    """

    record: MemoryRecord
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """Move a record to another status without rewriting it."""

    id: str
    status: Status
    expected_version: int | None = None
    superseded_by: str | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Remove a record for good and leave a tombstone in the feed.

    Attributes:
        id: The record. Deleting one that is not there is no error.
        expected_version: As for :class:`Put`; ``None``: whatever it is.
        bar: Keep the keyed content key, so that the same content put again is
            refused with the outcome ``barred``.
    """

    id: str
    expected_version: int | None = None
    bar: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDelete:
    """Remove one message of a session's transcript, or all (``id=None``)."""

    session: str
    id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorPut:
    """A vector of another embedder for an existing record, kept beside the old one."""

    id: str
    vector: FloatArray = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Changes of one namespace that happen together or not at all.

    Applied in the order: messages, deletes, puts, status changes.

    Attributes:
        lease: If given, the batch is refused unless this lease is still held.
    """

    namespace: Namespace
    puts: Sequence[Put] = ()
    status_changes: Sequence[StatusChange] = ()
    deletes: Sequence[Delete] = ()
    messages: Sequence[Message] = ()
    message_deletes: Sequence[MessageDelete] = ()
    lease: Lease | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a batch.

    Attributes:
        id: The record that now holds the content: for a merge, the older one.
        action: ``created``, ``merged`` (said again), ``replaced``, ``unchanged``
            (a retry: this id, or this message of it, is stored already),
            ``barred`` (erased before, and not to be learnt again), ``deleted``
            or ``missing`` (a delete of what is not there).
        version: The record's version after the commit.
    """

    id: str
    action: Literal[
        "created", "merged", "replaced", "unchanged", "barred", "deleted", "missing"
    ]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """The receipt of an applied batch.

    Attributes:
        sequence: Position of the commit in the namespace's order.
        puts: One outcome per put, in the batch's order.
        status_changes: One outcome per status change.
        deletes: One outcome per delete.
        messages: How many messages were appended; known ids are not counted.
    """

    sequence: int
    puts: Sequence[Outcome] = ()
    status_changes: Sequence[Outcome] = ()
    deletes: Sequence[Outcome] = ()
    messages: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the feed: the record as it is now, or ``None`` if deleted."""

    id: str
    version: int
    record: MemoryRecord | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of the change feed.

    Attributes:
        items: Latest state of each record changed after ``since``, by version.
        sequence: Pass it as the next ``since``.
        epoch: Identity of the feed. Another epoch than before means that the
            data was replaced beneath us: drop everything and read from 0.
        more: Whether another page is waiting.
    """

    items: Sequence[Change]
    sequence: int
    epoch: str
    more: bool
