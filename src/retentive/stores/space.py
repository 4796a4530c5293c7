"""A namespace in memory, and a batch at work on it: the rules of every store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from retentive.errors import ConflictError, RecordNotFoundError
from retentive.protocols import (
    Batch,
    Change,
    Commit,
    Delete,
    Outcome,
    Put,
    StatusChange,
)
from retentive.records import (
    Embedding,
    MemoryRecord,
    Message,
    Namespace,
    Status,
    trusted_copy,
)
from retentive.stores.merge import check_embedder, check_version, keyed, resolve

__all__ = ["MERGEABLE", "ContentSlot", "Space", "Work"]

ContentSlot = tuple[str, str]
"""Kind and content key: at most one mergeable record holds each."""

MERGEABLE = frozenset({Status.ACTIVE, Status.ARCHIVED, Status.QUARANTINED})
"""Statuses that merge what is told again; a superseded record leaves its slot."""


@dataclass(slots=True)
class Space:
    """What a namespace holds, or as much of it as a batch touches.

    Attributes:
        log: The version of every record and tombstone, by ascending version.
    """

    records: dict[str, MemoryRecord] = field(default_factory=dict)
    log: dict[str, int] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    by_content: dict[ContentSlot, str] = field(default_factory=dict)
    barred: dict[ContentSlot, bool] = field(default_factory=dict)
    transcripts: dict[str, dict[str, Message]] = field(default_factory=dict)
    embedder: str | None = None
    staged: dict[str, dict[str, Embedding]] = field(default_factory=dict)
    sequence: int = 0

    def logged(self, ids: Iterable[str], sequence: int) -> None:
        """Move ids to the end of the log."""
        self.sequence = sequence
        for id in ids:
            self.log.pop(id, None)
            self.log[id] = sequence

    def since(self, sequence: int) -> list[Change]:
        """Return what changed after a sequence, by version."""
        changed: list[Change] = []
        for id in reversed(self.log):
            if self.log[id] <= sequence:
                break
            changed.append(Change(id, self.log[id], self.records.get(id)))
        return changed[::-1]


class Work:
    """One batch at work on a space, able to take its steps back.

    Attributes:
        changed: Ids of records that were created, changed or deleted.
        rewritten: Those of them whose content is another than before: vectors
            that were staged for them are gone.
        barred: Content that was barred.
    """

    def __init__(self, space: Space, namespace: Namespace) -> None:
        """Prepare; :meth:`run` does the work."""
        self._space, self._namespace = space, namespace
        self._sequence = space.sequence + 1
        self._embedder = space.embedder
        self._undo: list[Callable[[], object]] = []
        self.changed: dict[str, None] = {}
        self.rewritten: dict[str, None] = {}
        self.barred: list[ContentSlot] = []

    def run(self, batch: Batch, *, salt: bytes) -> Commit:
        """Do all of a batch; :meth:`take_back` if it raises.

        Raises:
            ConflictError, RecordNotFoundError, EmbedderMismatchError,
            InvalidInputError: As :meth:`retentive.protocols.Store.apply`.
        """
        records = [
            keyed(put.record, namespace=self._namespace, salt=salt)
            for put in batch.puts
        ]
        return self.run_keyed(batch, records)

    def run_keyed(self, batch: Batch, records: Sequence[MemoryRecord]) -> Commit:
        """Do all of a batch whose records have their content keys already."""
        appended = self._append(batch)
        return Commit(
            deletes=[self._delete(item) for item in batch.deletes],
            puts=[
                self._put(put, record)
                for put, record in zip(batch.puts, records, strict=True)
            ],
            status_changes=[self._change(item) for item in batch.status_changes],
            sequence=self._sequence,
            messages=appended,
        )

    def take_back(self) -> None:
        """Leave the space as it was."""
        self._space.embedder = self._embedder
        while self._undo:
            self._undo.pop()()

    def _set(self, held: dict[Any, Any], key: object, value: object) -> None:
        if key in held:
            self._undo.append(partial(held.__setitem__, key, held[key]))
        else:
            self._undo.append(partial(held.pop, key, None))
        held[key] = value

    def _unset(self, held: dict[Any, Any], key: object) -> None:
        if key in held:
            self._undo.append(partial(held.__setitem__, key, held.pop(key)))

    def _append(self, batch: Batch) -> int:
        transcripts = self._space.transcripts
        for gone in batch.message_deletes:
            kept = transcripts.get(gone.session, {})
            rest = {id: kept[id] for id in kept if gone.id not in (None, id)}
            self._set(transcripts, gone.session, rest)
        appended = 0
        for message in batch.messages:
            if message.session not in transcripts:
                self._set(transcripts, message.session, {})
            kept = transcripts[message.session]
            if message.id not in kept:
                self._set(kept, message.id, message)
                appended += 1
        return appended

    def _put(self, put: Put, record: MemoryRecord) -> Outcome:
        space = self._space
        slot = (record.kind.value, record.content_key)
        if record.content_key and slot in space.barred:
            return Outcome(record.id, "barred", 0)
        action, chosen = resolve(
            put,
            record,
            same_id=space.records.get(record.id),
            same_key=self._of(space.by_key.get(record.key or "")),
            same_content=self._of(space.by_content.get(slot)),
        )
        embedder = check_embedder(
            record, held=space.embedder, namespace=self._namespace
        )
        if action != "unchanged":
            space.embedder = embedder
            self._keep(trusted_copy(chosen, version=self._sequence))
        return Outcome(chosen.id, action, space.records[chosen.id].version)

    def _change(self, change: StatusChange) -> Outcome:
        stored = self._space.records.get(change.id)
        if stored is None:
            raise RecordNotFoundError(
                f"no record {change.id!r} in namespace {self._namespace!r} to set to "
                f"{change.status.value!r}"
            )
        check_version(change.id, change.expected_version, stored)
        self._keep(
            trusted_copy(
                stored,
                status=change.status,
                superseded_by=change.superseded_by or stored.superseded_by,
                valid_until=change.valid_until or stored.valid_until,
                version=self._sequence,
            )
        )
        return Outcome(change.id, "replaced", self._sequence)

    def _delete(self, delete: Delete) -> Outcome:
        stored = self._space.records.get(delete.id)
        check_version(delete.id, delete.expected_version, stored)
        if stored is None:
            return Outcome(delete.id, "missing", 0)
        self._drop(stored)
        self._unstage(stored)
        self.changed[delete.id] = None
        if delete.bar and stored.content_key:
            slot = (stored.kind.value, stored.content_key)
            self._set(self._space.barred, slot, True)
            self.barred.append(slot)
        return Outcome(delete.id, "deleted", self._sequence)

    def _keep(self, record: MemoryRecord) -> None:
        space = self._space
        before = space.records.get(record.id)
        if before is not None:
            self._drop(before)
            if before.content != record.content:
                self._unstage(before)
        self._set(space.records, record.id, record)
        self.changed[record.id] = None
        if record.key is not None:
            self._claim(space.by_key, record.key, record.id)
        elif record.status in MERGEABLE:
            slot = (record.kind.value, record.content_key)
            self._claim(space.by_content, slot, record.id)

    def _claim(self, held: dict[Any, str], place: object, id: str) -> None:
        holder = self._of(held.get(place))
        if holder is not None:
            # Another record has this key or content: the caller must choose.
            raise ConflictError(holder.id, expected=0, actual=holder.version)
        self._set(held, place, id)

    def _unstage(self, record: MemoryRecord) -> None:
        """Drop vectors of what a record said before."""
        self.rewritten[record.id] = None
        for staged in self._space.staged.values():
            self._unset(staged, record.id)

    def _drop(self, record: MemoryRecord) -> None:
        space = self._space
        self._unset(space.records, record.id)
        slot = (record.kind.value, record.content_key)
        if space.by_content.get(slot) == record.id:
            self._unset(space.by_content, slot)
        if record.key is not None and space.by_key.get(record.key) == record.id:
            self._unset(space.by_key, record.key)

    def _of(self, id: str | None) -> MemoryRecord | None:
        return None if id is None else self._space.records[id]
