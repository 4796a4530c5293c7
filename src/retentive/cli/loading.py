"""Puts a stream of entries into a memory: in order, in batches, and only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from retentive.protocols import Batch, Outcome, Put
from retentive.records import (
    MemoryRecord,
    Message,
    Namespace,
    Status,
    trusted_copy,
)

if TYPE_CHECKING:
    from retentive.formats import Entry
    from retentive.memory import Memory

__all__ = ["Loader"]

_BATCH = 256  # entries per commit: what an interrupted run has to do again
_HOLDS_ITS_CONTENT = frozenset({Status.ACTIVE, Status.ARCHIVED})


class Loader:
    """Loads entries into a memory.

    What is there already, by the ids of messages and records, is passed over:
    a second run adds nothing, and a run that was interrupted goes on.

    Attributes:
        read: How many entries were read.
        known: How many of them were there already.
        messages: How many messages were added to transcripts.
        namespaces: How many entries each namespace was given.
        outcomes: How many puts had which outcome.
    """

    def __init__(self, memory: Memory, *, override: Namespace | None = None) -> None:
        """Prepare.

        Args:
            memory: Where to; conversations of a file with several go into
                namespaces below its own.
            override: Where entries go that bring a namespace of their own.
        """
        self._memory = memory
        self._override = override
        self._transcripts: dict[tuple[Namespace, str], set[str]] = {}
        self.read = 0
        self.known = 0
        self.messages = 0
        self.namespaces: Counter[Namespace] = Counter()
        self.outcomes: Counter[str] = Counter()

    def load(self, entries: Iterable[Entry], progress: Callable[[int], None]) -> None:
        """Load entries; ``progress`` is told how many were read.

        Raises:
            InvalidInputError: An entry is broken; those before it are stored.
            StoreError: The store refused; batches before are stored.
        """
        for batch in _batches(entries):
            self._load_batch(batch)
            self.read += len(batch)
            progress(self.read)

    def _load_batch(self, batch: Sequence[Entry]) -> None:
        first = batch[0]
        if isinstance(first.item, MemoryRecord) or first.captured:
            self._restore(batch, self._override or first.labels)
            return
        namespace = (*self._memory.namespace, *first.labels)
        fresh = self._fresh(namespace, [entry.item for entry in batch])
        self.namespaces[namespace] += len(batch)
        if fresh:
            memory = self._memory
            self._count(memory.capture.keep(namespace, fresh, now=memory.clock()))

    def _restore(self, batch: Sequence[Entry], namespace: Namespace) -> None:
        """Store what was exported, as it is: no processor sees it again."""
        namespace = namespace or self._memory.namespace
        self.namespaces[namespace] += len(batch)
        fresh = self._fresh(namespace, [entry.item for entry in batch])
        records = [
            trusted_copy(self._ours(item), namespace=namespace)
            for item in fresh
            if isinstance(item, MemoryRecord)
        ]
        commit = self._memory.store.apply(
            Batch(
                namespace=namespace,
                puts=[
                    _put(record) for record in self._memory.capture.embedded(records)
                ],
                messages=[item for item in fresh if isinstance(item, Message)],
            )
        )
        self._count(commit.puts)

    def _count(self, outcomes: Iterable[Outcome]) -> None:
        self.outcomes.update(outcome.action for outcome in outcomes)

    def _ours(self, record: MemoryRecord) -> MemoryRecord:
        """Drop a vector that another embedder made, where the memory has its own."""
        embedder, vector = self._memory.embedder, record.embedding
        if embedder is None or vector is None:
            return record
        if vector.fingerprint == embedder.fingerprint:
            return record
        return trusted_copy(record, embedding=None)

    def _fresh(
        self, namespace: Namespace, items: Sequence[Message | MemoryRecord]
    ) -> list[Message | MemoryRecord]:
        ids = [item.id for item in items if isinstance(item, MemoryRecord)]
        stored = {record.id for record in self._memory.store.get(namespace, ids)}
        fresh = [
            item
            for item in items
            if (
                item.id not in stored
                if isinstance(item, MemoryRecord)
                else self._is_new(namespace, item)
            )
        ]
        self.known += len(items) - len(fresh)
        self.messages += sum(isinstance(item, Message) for item in fresh)
        return fresh

    def _is_new(self, namespace: Namespace, message: Message) -> bool:
        place = (namespace, message.session)
        if place not in self._transcripts:
            held = self._memory.store.messages(namespace, message.session)
            self._transcripts[place] = {message.id for message in held}
        ids = self._transcripts[place]
        is_new = message.id not in ids
        ids.add(message.id)
        return is_new


def _put(record: MemoryRecord) -> Put:
    """Put a record that no longer holds its content without merging it away."""
    if record.key is None and record.status not in _HOLDS_ITS_CONTENT:
        return Put(record=record, expected_version=0)
    return Put(record=record)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut where the namespace or the sort changes, never before a tool's result.

    A broken entry raises after the batch before it was yielded.
    """
    batch: list[Entry] = []
    remaining = iter(entries)
    while True:
        try:
            entry = next(remaining, None)
        except BaseException:
            if batch:
                yield batch
            raise
        if entry is None or (batch and _cut_before(entry, batch)):
            if batch:
                yield batch
            batch = []
        if entry is None:
            return
        batch.append(entry)


def _cut_before(entry: Entry, batch: Sequence[Entry]) -> bool:
    if _sort(entry) != _sort(batch[-1]):
        return True
    answers = isinstance(entry.item, Message) and entry.item.role == "tool"
    return len(batch) >= _BATCH and not answers


def _sort(entry: Entry) -> tuple[tuple[str, ...], bool, bool]:
    return entry.labels, entry.captured, isinstance(entry.item, MemoryRecord)
