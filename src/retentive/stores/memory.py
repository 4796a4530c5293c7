"""A store in the process's memory: for tests, demos and agents without a past."""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import RLock

from retentive.errors import StoreError
from retentive.protocols import (
    Batch,
    Changes,
    Commit,
    VectorPut,
)
from retentive.records import (
    Embedding,
    MemoryRecord,
    Message,
    Namespace,
    Status,
    trusted_copy,
)
from retentive.stores.leases import HeldLease, LeaseTable
from retentive.stores.space import Space, Work
from retentive.stores.transcripts import check_one_end

__all__ = ["MemoryStore"]


class MemoryStore:
    """Keeps everything in dictionaries; see :class:`retentive.protocols.Store`.

    A batch that fails half-way is taken back step by step.
    """

    def __init__(
        self, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Start empty.

        Args:
            clock: Tells when leases end.
        """
        self._lock = RLock()
        self._spaces: dict[Namespace, Space] = {}
        self._salt = secrets.token_bytes(32)
        self._epoch = secrets.token_hex(8)
        self._leases = LeaseTable(clock)
        self._closed = False

    @classmethod
    def open(cls, location: str) -> MemoryStore:
        """Return an empty store; ``memory://`` has no location."""
        del location
        return cls()

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch atomically; see :meth:`Store.apply`."""
        with self._lock:
            self._check_open()
            if batch.lease is not None:
                self._leases.check(batch.lease)
            space = self._spaces.setdefault(batch.namespace, Space())
            work = Work(space, batch.namespace)
            try:
                commit = work.run(batch, salt=self._salt)
            except BaseException:
                work.take_back()
                raise
            space.logged(work.changed, commit.sequence)
            return commit

    def get(self, namespace: Namespace, ids: Sequence[str]) -> list[MemoryRecord]:
        """Return records by id; see :meth:`Store.get`."""
        with self._lock:
            records = self._space(namespace).records
            return [records[id] for id in ids if id in records]

    def find(self, namespace: Namespace, key: str) -> MemoryRecord | None:
        """Return the record with a caller's key."""
        with self._lock:
            space = self._space(namespace)
            id = space.by_key.get(key)
            return None if id is None else space.records[id]

    def scan(
        self,
        namespace: Namespace,
        *,
        after: str | None = None,
        limit: int = 1_000,
        vectors: bool = False,
    ) -> list[MemoryRecord]:
        """Return a page of records; see :meth:`Store.scan`."""
        with self._lock:
            records = self._space(namespace).records
            ids = sorted(records)
            start = 0 if after is None else bisect_right(ids, after)
            page = [records[id] for id in ids[start : start + max(0, limit)]]
        return page if vectors else [trusted_copy(r, embedding=None) for r in page]

    def changes(
        self, namespace: Namespace, since: int, *, limit: int = 10_000
    ) -> Changes:
        """Return what changed after a sequence; see :meth:`Store.changes`."""
        with self._lock:
            space = self._space(namespace)
            items = space.since(since)
            if len(items) <= limit:
                return Changes(
                    items=items, sequence=space.sequence, epoch=self._epoch, more=False
                )
            last = items[limit - 1].version
            page = [change for change in items if change.version <= last]
            return Changes(
                items=page,
                sequence=last,
                epoch=self._epoch,
                more=len(page) < len(items),
            )

    def messages(
        self,
        namespace: Namespace,
        session: str,
        *,
        after: str | None = None,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> list[Message]:
        """Return a transcript; see :meth:`Store.messages`."""
        check_one_end(first=first, last=last)
        with self._lock:
            kept = self._space(namespace).transcripts.get(session, {})
            if {after, before} - {None} - kept.keys():
                return []
            ids = list(kept)
            start = 0 if after is None else ids.index(after) + 1
            end = len(ids) if before is None else ids.index(before)
            if first is not None:
                end = min(end, start + max(0, first))
            if last is not None:
                start = max(start, end - max(0, last))
            return [kept[id] for id in ids[start:end]]

    def count_messages(self, namespace: Namespace, session: str) -> int:
        """Return how many messages a transcript has."""
        with self._lock:
            return len(self._space(namespace).transcripts.get(session, {}))

    def sessions(self, namespace: Namespace) -> list[str]:
        """Return the sessions with a transcript, oldest first."""
        with self._lock:
            transcripts = self._space(namespace).transcripts
            return [name for name, kept in transcripts.items() if kept]

    def namespaces(self, prefix: Sequence[str] = ()) -> list[Namespace]:
        """Return the namespaces under a prefix, sorted."""
        start = tuple(prefix)
        with self._lock:
            return sorted(
                name
                for name, space in self._spaces.items()
                if name[: len(start)] == start
                and (space.records or any(space.transcripts.values()))
            )

    def count(self, namespace: Namespace) -> Mapping[Status, int]:
        """Return how many records there are of each status."""
        with self._lock:
            return Counter(r.status for r in self._space(namespace).records.values())

    def touch(self, namespace: Namespace, ids: Sequence[str], at: datetime) -> None:
        """Count a use of each record, outside the feed."""
        with self._lock:
            records = self._space(namespace).records
            for id in ids:
                if id in records:
                    used = records[id].access_count + 1
                    records[id] = trusted_copy(
                        records[id], access_count=used, last_accessed_at=at
                    )

    @contextmanager
    def lease(self, name: str, *, ttl_s: float) -> Iterator[HeldLease | None]:
        """Claim a name; see :meth:`Store.lease`."""
        self._check_open()
        lease = self._leases.acquire(name, ttl_s)
        try:
            yield lease
        finally:
            if lease is not None:
                lease.release()

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the fingerprint of the namespace's vectors."""
        with self._lock:
            return self._space(namespace).embedder

    def lacking(
        self, namespace: Namespace, fingerprint: str, *, limit: int
    ) -> list[MemoryRecord]:
        """Return records without a vector of an embedder, by ascending id."""
        with self._lock:
            space = self._space(namespace)
            have = space.staged.get(fingerprint, {})
            lacking = [
                record
                for id, record in sorted(space.records.items())
                if id not in have and not _made_by(record, fingerprint)
            ]
        return lacking[:limit]

    def add_vectors(
        self, namespace: Namespace, fingerprint: str, vectors: Sequence[VectorPut]
    ) -> None:
        """Keep another embedder's vectors aside."""
        given = {
            put.id: Embedding(vector=put.vector, fingerprint=fingerprint)
            for put in vectors
        }
        with self._lock:
            space = self._space(namespace)
            staged = space.staged.setdefault(fingerprint, {})
            staged.update({id: given[id] for id in given if id in space.records})

    def switch_embedder(self, namespace: Namespace, fingerprint: str | None) -> None:
        """Make other vectors the namespace's; see :class:`SupportsReembedding`."""
        with self._lock:
            space = self._space(namespace)
            if fingerprint is not None and (
                left := len(
                    self.lacking(namespace, fingerprint, limit=len(space.records))
                )
            ):
                raise StoreError(
                    f"{left} records of {namespace!r} still lack a vector of "
                    f"{fingerprint!r}; embed them first"
                )
            staged = space.staged.get(fingerprint or "", {})
            sequence = space.sequence + 1
            for id, record in space.records.items():
                vector = staged.get(id, record.embedding) if fingerprint else None
                space.records[id] = trusted_copy(
                    record, embedding=vector, version=sequence
                )
            space.logged(list(space.records), sequence)
            space.embedder, space.staged = fingerprint, {}

    def close(self) -> None:
        """Refuse further use."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed; open a new one")

    def _space(self, namespace: Namespace) -> Space:
        """Return a namespace; one that was only asked for is not kept."""
        self._check_open()
        return self._spaces.get(namespace) or Space()


def _made_by(record: MemoryRecord, fingerprint: str) -> bool:
    return record.embedding is not None and record.embedding.fingerprint == fingerprint
