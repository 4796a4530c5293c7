"""What each commit changed, kept with it in the store, so that it can be undone.

An entry is a message of a reserved session of the namespace itself: it is written
in the same atomic batch as the changes, on every store, and goes when the
namespace's transcripts go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from retentive.consolidate.report import JournalEntry
from retentive.consolidate.units import Unit
from retentive.errors import InvalidInputError
from retentive.formats.codec import record_to_json
from retentive.protocols import MessageDelete, Store
from retentive.records import RESERVED, MemoryRecord, Message, Namespace, trusted_copy

__all__ = [
    "JOURNAL",
    "MARK",
    "UNDO",
    "Entry",
    "changes_of",
    "entry",
    "last_run",
    "mark",
    "outdated",
    "read",
]

JOURNAL = f"{RESERVED}journal"
"""The reserved session; no conversation has this name."""

MARK = "mark"
"""Id of the message that tells when consolidation last ran, and up to where."""

UNDO = "undo"
"""With this word begins what the journal calls the policy of an undoing."""

_NOT_TOLD = frozenset({"version", "content_key", "vector", "embedder"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A commit as the journal keeps it.

    Attributes:
        shown: What people see of it.
        changes: By record id: ``{"fields": {name: [before, after]}}``,
            ``{"created": record}`` or ``{"deleted": record}``.
        undoes: Id of the commit that it takes back, if it does that.
    """

    shown: JournalEntry
    changes: Mapping[str, Mapping[str, Any]]
    undoes: str | None = None


def changes_of(
    units: Iterable[Unit], before: Mapping[str, MemoryRecord]
) -> dict[str, dict[str, Any]]:
    """Return what units change, in a form that can be turned round."""
    told: dict[str, dict[str, Any]] = {}
    for unit in units:
        for put in unit.puts:
            held = before.get(put.record.id)
            if held is None:
                told[put.record.id] = {"created": _plain(put.record)}
            else:
                told[put.record.id] = {"fields": _differing(held, put.record)}
        for change in unit.status_changes:
            held = before[change.id]
            after = trusted_copy(
                held,
                status=change.status,
                superseded_by=change.superseded_by or held.superseded_by,
                valid_until=change.valid_until or held.valid_until,
            )
            told[change.id] = {"fields": _differing(held, after)}
        for delete in unit.deletes:
            told[delete.id] = {"deleted": _plain(before[delete.id])}
    return told


def entry(
    id: str,
    changes: Mapping[str, Any],
    *,
    policy: str,
    at: datetime,
    undoes: str | None = None,
) -> Message:
    """Return the message that keeps a commit."""
    taken_back = {} if undoes is None else {"undoes": undoes}
    return Message(
        id=id,
        session=JOURNAL,
        role="system",
        content=f"{policy}: {len(changes)} changes",
        at=at,
        raw={"policy": policy, "changes": changes, **taken_back},
    )


def mark(run: str, *, changes: int, sequence: int, at: datetime) -> Message:
    """Return the message that tells that a run has ended, and after which commit."""
    return Message(
        id=MARK,
        session=JOURNAL,
        role="system",
        content=f"consolidated: {changes} changes",
        at=at,
        raw={"run": run, "sequence": sequence},
    )


def last_run(store: Store, namespace: Namespace) -> tuple[int, datetime] | None:
    """Return after which commit and when consolidation last ended, if it ever did."""
    for message in reversed(store.messages(namespace, JOURNAL)):
        if message.id == MARK:
            return int(message.raw.get("sequence", 0)), message.at
    return None


def read(store: Store, namespace: Namespace) -> list[Entry]:
    """Return the journal, oldest entry first.

    Raises:
        InvalidInputError: A message of the reserved session is no entry.
    """
    return [
        _entry(message)
        for message in store.messages(namespace, JOURNAL)
        if message.id != MARK
    ]


def outdated(
    entries: Sequence[Entry], *, now: datetime, keep_s: float
) -> list[MessageDelete]:
    """Return the removal of what is too old to be undone."""
    oldest = now - timedelta(seconds=keep_s)
    return [
        MessageDelete(session=JOURNAL, id=kept.shown.id)
        for kept in entries
        if kept.shown.at < oldest
    ]


def _entry(message: Message) -> Entry:
    policy, changes = message.raw.get("policy"), message.raw.get("changes")
    if not isinstance(policy, str) or not isinstance(changes, Mapping):
        raise InvalidInputError(
            f"message {message.id!r} of session {JOURNAL!r} is no journal entry; the "
            "session is reserved: delete the message"
        )
    shown = JournalEntry(
        id=message.id, at=message.at, policy=policy, changes=len(changes)
    )
    undoes = message.raw.get("undoes")
    return Entry(
        shown=shown,
        changes=changes,
        undoes=undoes if isinstance(undoes, str) else None,
    )


def _differing(before: MemoryRecord, after: MemoryRecord) -> dict[str, list[Any]]:
    old, new = _plain(before), _plain(after)
    return {
        name: [old.get(name), new.get(name)]
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    }


def _plain(record: MemoryRecord) -> dict[str, Any]:
    fields = record_to_json(record)
    return {name: value for name, value in fields.items() if name not in _NOT_TOLD}
