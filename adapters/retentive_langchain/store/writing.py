"""Writes items: the newest value of a key wins, and a reader sees all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from threading import Lock
from typing import Any

from langgraph.store.base import PutOp

from retentive.errors import ConflictError
from retentive.protocols import Batch, Delete, Put, Store
from retentive.records import MemoryRecord, Namespace, trusted_copy
from retentive_langchain.store.indexing import Index
from retentive_langchain.store.items import (
    ITEM,
    Draft,
    item_id,
    plain,
    records_of,
    renewed,
    text_count,
    whole_text,
)

__all__ = ["Writer"]

_ATTEMPTS = 100  # each means that another process has written meanwhile

Place = tuple[tuple[str, ...], str]
"""A namespace of LangGraph's and a key."""


class Writer:
    """Reads and writes the records of items; safe for many threads."""

    def __init__(
        self,
        store: Store,
        *,
        root: Namespace,
        index: Index | None,
        clock: Callable[[], datetime],
    ) -> None:
        """Write to a store.

        Args:
            store: Where to.
            root: Labels before all of LangGraph's.
            index: What to embed.
            clock: Tells the present.
        """
        self._store, self._root = store, root
        self._index, self._clock = index, clock
        self._lock = Lock()

    def read(self, places: Sequence[Place]) -> dict[Place, MemoryRecord]:
        """Return the records of the items that are there."""
        asked: dict[tuple[str, ...], list[str]] = {}
        for labels, key in places:
            asked.setdefault(labels, []).append(key)
        return {
            (labels, str(record.key)): record
            for labels, keys in asked.items()
            for record in self._items((*self._root, *labels), keys).values()
        }

    def write(self, ops: Sequence[PutOp]) -> None:
        """Do puts and deletes, the last one of each key, a namespace at a time."""
        last = {(tuple(op.namespace), op.key): op for op in ops}
        by_namespace: dict[Namespace, list[PutOp]] = {}
        for (labels, _), op in last.items():
            by_namespace.setdefault((*self._root, *labels), []).append(op)
        drafts = {
            namespace: self._drafts(
                namespace, [op for op in some if op.value is not None]
            )
            for namespace, some in by_namespace.items()
        }
        for namespace, some in by_namespace.items():
            gone = [op.key for op in some if op.value is None]
            self._apply(namespace, drafts[namespace], gone)

    def renew(self, records: Sequence[MemoryRecord]) -> None:
        """Let items that were used live on for their time."""
        for record in records:
            if record.expires_at is not None:
                # Whoever wrote it meanwhile has given it its time.
                with suppress(ConflictError):
                    self._renew(record)

    def _items(
        self, namespace: Namespace, keys: Sequence[str]
    ) -> dict[str, MemoryRecord]:
        found = self._store.get(namespace, [item_id(key) for key in keys])
        return {str(record.key): record for record in found if record.role == ITEM}

    def _drafts(self, namespace: Namespace, ops: Sequence[PutOp]) -> list[Draft]:
        """Return what to write, with the vectors of all of it in one go."""
        values = [plain(op.value) for op in ops]
        wanted = [self._texts(op, value) for op, value in zip(ops, values, strict=True)]
        vectors = iter(
            self._index.embed([text for texts in wanted for text in texts])
            if self._index
            else ()
        )
        return [
            Draft(
                namespace=namespace,
                key=op.key,
                value=value,
                texts=texts or [whole_text(value)],
                vectors=[next(vectors) for _ in texts] or [None],
                searchable=self._index is None or bool(texts),
                ttl_minutes=op.ttl,
            )
            for op, value, texts in zip(ops, values, wanted, strict=True)
        ]

    def _texts(self, op: PutOp, value: Mapping[str, Any]) -> list[str]:
        if self._index is None or op.index is False:
            return []
        return self._index.texts(value, op.index)

    def _apply(
        self, namespace: Namespace, drafts: Sequence[Draft], gone: Sequence[str]
    ) -> None:
        keys = [*(draft.key for draft in drafts), *gone]
        for attempt in range(_ATTEMPTS):
            # Threads that meet on a key queue up; others need not wait.
            with self._lock if attempt else nullcontext():
                held = self._items(namespace, keys)
                try:
                    self._store.apply(self._batch(namespace, drafts, gone, held))
                except ConflictError:
                    if attempt == _ATTEMPTS - 1:
                        raise
                else:
                    return

    def _batch(
        self,
        namespace: Namespace,
        drafts: Sequence[Draft],
        gone: Sequence[str],
        held: Mapping[str, MemoryRecord],
    ) -> Batch:
        now = self._clock()
        puts: list[Put] = []
        deletes = [
            delete for key in gone if key in held for delete in deletes_of(held[key])
        ]
        for draft in drafts:
            before = held.get(draft.key)
            item, *texts = records_of(
                draft,
                created_at=before.occurred_at if before else now,
                now=now,
                fingerprint=self._index.fingerprint if self._index else "",
            )
            version = before.version if before else 0
            puts.append(Put(record=item, expected_version=version))
            puts += [Put(record=text) for text in texts]
            if before:
                surplus = range(len(draft.texts), text_count(before))
                deletes += [Delete(id=item_id(draft.key, n)) for n in surplus]
        return Batch(namespace=namespace, puts=puts, deletes=deletes)

    def _renew(self, record: MemoryRecord) -> None:
        end = renewed(record, now=self._clock())
        further = [item_id(str(record.key), n) for n in range(1, text_count(record))]
        texts = self._store.get(record.namespace, further)
        first = trusted_copy(record, expires_at=end)
        puts = [Put(record=first, expected_version=record.version)]
        puts += [Put(record=trusted_copy(text, expires_at=end)) for text in texts]
        self._store.apply(Batch(namespace=record.namespace, puts=puts))


def deletes_of(record: MemoryRecord) -> list[Delete]:
    """Return the deletes of an item and of its further texts."""
    key = str(record.key)
    further = [Delete(id=item_id(key, n)) for n in range(1, text_count(record))]
    return [Delete(id=record.id, expected_version=record.version), *further]
