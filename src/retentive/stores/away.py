"""A store that goes on when its server is away: stale reads, and a spool of writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from threading import RLock

from retentive.errors import StoreConnectionError, StoreFullError
from retentive.protocols import (
    Batch,
    Changes,
    Commit,
    Delete,
    MessageDelete,
    Put,
    Store,
)
from retentive.records import MemoryRecord, Namespace
from retentive.stores.before import Before

__all__ = ["AwayStore"]

_PAGE = 200


class AwayStore(Before):
    """Reads what was last known, and keeps writes for later, while a server is away.

    Only tellings are kept for later: puts that expect no version, and messages. All
    else raises, because nobody knows what it would meet. What is kept is replayed,
    oldest first, before the next write or read that reaches the server. Messages, new
    records and tellings with a message id are known if a replay is cut short and
    done again; what merges into an older record without a message id may then be
    counted twice. Safe for many threads; one spool belongs to one process.
    """

    def __init__(
        self,
        inner: Store,
        *,
        spool: Store | None = None,
        max_spooled: int = 10_000,
        stale_reads: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Stand before a store.

        Args:
            inner: The store whose server may be away; closed with this one.
            spool: Keeps writes, a SQLite file of one's own; ``None``: they raise.
            max_spooled: Most records and messages in the spool; beyond, they raise.
            stale_reads: Whether recalls see what was last known; else they raise.
            clock: Tells the present, UTC.
        """
        super().__init__(inner)
        self.spool = spool
        self.away_since: datetime | None = None
        self._max_spooled, self._stale_reads = max_spooled, stale_reads
        self._clock = clock
        self._lock = RLock()
        self._records: dict[Namespace, dict[str, MemoryRecord]] = {}
        self._epochs: dict[Namespace, str] = {}
        self._spooled = 0 if spool is None else sum(_held(spool).values())

    @property
    def spooled(self) -> int:
        """How many records and messages wait for the server."""
        return self._spooled

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch, or keep it; see :meth:`Store.apply`.

        Raises:
            StoreConnectionError: The server is away, and the batch cannot be kept.
            StoreFullError: The spool is full.
        """
        try:
            self.replay()
            commit = self.inner.apply(batch)
        except StoreConnectionError:
            self._note_away()
            if self.spool is None or not _keepable(batch):
                raise
            return self._keep(batch)
        self.away_since = None
        return commit

    def replay(self) -> int:
        """Send what was kept to the server; return how many records and messages.

        Raises:
            StoreConnectionError: The server is still away; the rest stays kept.
        """
        if self.spool is None or not self._spooled:
            return 0
        with self._lock:
            sent = 0
            for namespace in self.spool.namespaces():
                sent += self._replay_messages(self.spool, namespace)
                sent += self._replay_records(self.spool, namespace)
            return sent

    def changes(
        self, namespace: Namespace, since: int, *, limit: int = 10_000
    ) -> Changes:
        """Return what changed, or nothing while the server is away."""
        try:
            self.replay()
            page = self.inner.changes(namespace, since, limit=limit)
        except StoreConnectionError:
            self._note_away()
            if not self._stale_reads or namespace not in self._epochs:
                raise
            epoch = self._epochs[namespace]
            return Changes(items=(), sequence=since, epoch=epoch, more=False)
        self.away_since = None
        self._remember(namespace, page)
        return page

    def get(self, namespace: Namespace, ids: Sequence[str]) -> list[MemoryRecord]:
        """Return records by id, as last seen while the server is away."""
        try:
            return self.inner.get(namespace, ids)
        except StoreConnectionError:
            self._note_away()
            if not self._stale_reads or namespace not in self._epochs:
                raise
            known = self._records[namespace]
            return [known[id] for id in ids if id in known]

    def search_engine(self) -> None:
        """Return no engine: none knows what waits, or answers while it is away."""

    def close(self) -> None:
        """Close the store and the spool; what is kept stays in the spool's file."""
        self.inner.close()
        if self.spool is not None:
            self.spool.close()

    def _note_away(self) -> None:
        if self.away_since is None:
            self.away_since = self._clock()

    def _remember(self, namespace: Namespace, page: Changes) -> None:
        """Keep what recalls need to show: the records, without their vectors."""
        if not self._stale_reads:
            return
        with self._lock:
            if self._epochs.get(namespace) != page.epoch:
                self._records[namespace] = {}
            self._epochs[namespace] = page.epoch
            known = self._records[namespace]
            for change in page.items:
                if change.record is None:
                    known.pop(change.id, None)
                else:
                    known[change.id] = change.record.but(embedding=None)

    def _keep(self, batch: Batch) -> Commit:
        spool, size = self.spool, len(batch.puts) + len(batch.messages)
        assert spool is not None  # noqa: S101 - the caller has looked
        with self._lock:
            if self._spooled + size > self._max_spooled:
                raise StoreFullError(
                    f"the server is away, and the spool holds {self._spooled:,} of "
                    f"{self._max_spooled:,} records and messages; nothing was kept"
                )
            commit = spool.apply(replace(batch, lease=None))
            self._spooled += size
        return replace(commit, sequence=0)

    def _replay_messages(self, spool: Store, namespace: Namespace) -> int:
        sent = 0
        for session in spool.sessions(namespace):
            while page := spool.messages(namespace, session, first=_PAGE):
                self.inner.apply(Batch(namespace=namespace, messages=page))
                gone = [MessageDelete(session=session, id=one.id) for one in page]
                spool.apply(Batch(namespace=namespace, message_deletes=gone))
                sent += len(page)
                self._spooled = max(0, self._spooled - len(page))
        return sent

    def _replay_records(self, spool: Store, namespace: Namespace) -> int:
        sent = 0
        while page := spool.scan(namespace, limit=_PAGE, vectors=True):
            puts = [Put(record=record) for record in page]
            self.inner.apply(Batch(namespace=namespace, puts=puts))
            gone = [Delete(id=record.id) for record in page]
            spool.apply(Batch(namespace=namespace, deletes=gone))
            sent += len(page)
        self._spooled = sum(_held(spool).values())
        return sent


def _keepable(batch: Batch) -> bool:
    """Return whether a batch only tells, whatever is there."""
    if batch.deletes or batch.status_changes or batch.message_deletes or batch.lease:
        return False
    return all(put.expected_version is None for put in batch.puts)


def _held(spool: Store) -> dict[Namespace, int]:
    return {
        name: sum(spool.count(name).values())
        + sum(spool.count_messages(name, s) for s in spool.sessions(name))
        for name in spool.namespaces()
    }
