"""The store over one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from retentive.errors import ConfigError, CorruptStoreError, InvalidInputError
from retentive.protocols import (
    Batch,
    Changes,
    Commit,
    Lease,
    VectorPut,
)
from retentive.records import MemoryRecord, Message, Namespace, Status
from retentive.stores.codec import STATUSES, to_micros
from retentive.stores.sqlite import reembedding, transcripts
from retentive.stores.sqlite.commit import apply_batch
from retentive.stores.sqlite.connections import Connections
from retentive.stores.sqlite.feed import page, sequence_of
from retentive.stores.sqlite.leases import hold
from retentive.stores.sqlite.names import FreshNames, Names, forget_names
from retentive.stores.sqlite.rows import SELECTED, records_of
from retentive.stores.sqlite.schema import check_file, migrate, secrets_of
from retentive.stores.transcripts import check_one_end

__all__ = ["SQLiteStore"]

_DURABILITY = {"full": "FULL", "normal": "NORMAL"}
_VECTOR_PAGE = 10_000


class SQLiteStore:
    """Keeps memories in a SQLite file; see :class:`retentive.protocols.Store`.

    Safe for many threads and many processes; a connection never crosses a fork.
    With ``durability="full"`` an acknowledged batch survives a power loss, with
    ``"normal"`` it survives the death of the process, but the last batches may
    be lost with the machine.
    """

    def __init__(
        self,
        connections: Connections,
        *,
        salt: bytes,
        epoch: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Wrap an opened file; use :meth:`open`."""
        self.path = connections.path
        self._connections = connections
        self._salt = salt
        self._epoch = epoch
        self._clock = clock
        self._names = Names()
        self._numbers: dict[Namespace, int] = {}

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        durability: str = "full",
        timeout_s: float = 30.0,
        read_only: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Self:
        """Open a file, making it if it does not exist.

        Args:
            path: Where it is, or shall be; its folder must exist.
            durability: ``full`` or ``normal``; see the class.
            timeout_s: Seconds to wait while another process writes.
            read_only: Refuse writes and leave the file as it is.
            clock: Tells when leases end.

        Raises:
            StoreConnectionError: The path cannot be used.
            CorruptStoreError: The file is damaged, or another program's.
            SchemaVersionError: A newer Retentive wrote it.
        """
        if durability not in _DURABILITY:
            raise ConfigError(f"durability must be full or normal, got {durability!r}")
        if str(path) in ("", ":memory:"):
            raise InvalidInputError(
                f"{str(path)!r} names no file; for a memory in process use "
                "Memory.open() without a path"
            )
        resolved = check_file(path)
        connections = Connections(
            resolved,
            synchronous=_DURABILITY[durability],
            timeout_s=timeout_s,
            read_only=read_only,
        )
        with connections.reading() as connection:
            migrate(connection, resolved, read_only=read_only)
            salt, epoch = secrets_of(connection, resolved)
        return cls(connections, salt=salt, epoch=epoch.hex(), clock=clock)

    def apply(self, batch: Batch) -> Commit:
        """Apply a batch atomically and durably; see :meth:`Store.apply`."""
        fresh = FreshNames(self._names)
        with self._connections.writing() as connection:
            commit = apply_batch(
                connection,
                self._names,
                fresh,
                batch,
                salt=self._salt,
                now=self._clock(),
            )
        fresh.publish()
        return commit

    def get(self, namespace: Namespace, ids: Sequence[str]) -> list[MemoryRecord]:
        """Return records by id; see :meth:`Store.get`."""
        found: dict[str, MemoryRecord] = {}
        with self._connections.reading() as connection:
            number = self._number(connection, namespace)
            for start in range(0, len(ids), 500):
                some = list(ids[start : start + 500])
                marks = ",".join("?" * len(some))
                rows = connection.execute(
                    f"SELECT {SELECTED} FROM records "
                    f"WHERE namespace = ? AND id IN ({marks})",
                    (number, *some),
                ).fetchall()
                for record in records_of(connection, self._names, namespace, rows):
                    found[record.id] = record
        return [found[id] for id in ids if id in found]

    def find(self, namespace: Namespace, key: str) -> MemoryRecord | None:
        """Return the record with a caller's key."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                f"SELECT {SELECTED} FROM records "
                "WHERE namespace = ? AND caller_key = ?",
                (self._number(connection, namespace), key),
            ).fetchall()
            found = records_of(connection, self._names, namespace, rows)
        return found[0] if found else None

    def scan(
        self,
        namespace: Namespace,
        *,
        after: str | None = None,
        limit: int = 1_000,
        vectors: bool = False,
    ) -> list[MemoryRecord]:
        """Return a page of records; see :meth:`Store.scan`."""
        vector = ", vectors.vector" if vectors else ""
        join = "LEFT JOIN vectors ON vectors.record = records.pk" if vectors else ""
        with self._connections.snapshot() as connection:
            rows = connection.execute(
                f"SELECT {SELECTED}{vector} FROM records {join} "
                "WHERE namespace = ? AND id > ? ORDER BY id LIMIT ?",
                (self._number(connection, namespace), after or "", max(0, limit)),
            ).fetchall()
            embedder = reembedding.embedder(connection, namespace) if vectors else None
            return records_of(
                connection, self._names, namespace, rows, embedder=embedder
            )

    def changes(
        self, namespace: Namespace, since: int, *, limit: int = 10_000
    ) -> Changes:
        """Return what changed after a sequence; see :meth:`Store.changes`."""
        with self._connections.reading() as connection:
            number = self._number(connection, namespace)
            sequence = sequence_of(connection, number)
        if sequence <= since:
            return Changes(items=(), sequence=sequence, epoch=self._epoch, more=False)
        with self._connections.snapshot() as connection:
            return page(
                connection,
                self._names,
                namespace,
                number,
                since=since,
                limit=limit,
                epoch=self._epoch,
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
        with self._connections.snapshot() as connection:
            number = self._number(connection, namespace)
            return transcripts.read(
                connection,
                self._names,
                number,
                session,
                after=after,
                before=before,
                first=first,
                last=last,
            )

    def count_messages(self, namespace: Namespace, session: str) -> int:
        """Return how many messages a transcript has."""
        with self._connections.reading() as connection:
            number = self._number(connection, namespace)
            return transcripts.count(connection, self._names, number, session)

    def sessions(self, namespace: Namespace) -> list[str]:
        """Return the sessions with a transcript, oldest first."""
        with self._connections.reading() as connection:
            return transcripts.sessions(connection, self._number(connection, namespace))

    def namespaces(self, prefix: Sequence[str] = ()) -> list[Namespace]:
        """Return the namespaces under a prefix, sorted."""
        start = tuple(prefix)
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT labels FROM namespaces WHERE "
                "EXISTS (SELECT 1 FROM records WHERE namespace = namespaces.id) OR "
                "EXISTS (SELECT 1 FROM messages WHERE namespace = namespaces.id)"
            ).fetchall()
        names = [self._labels(labels) for (labels,) in rows]
        return sorted(name for name in names if name[: len(start)] == start)

    def count(self, namespace: Namespace) -> Mapping[Status, int]:
        """Return how many records there are of each status."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT status, count(*) FROM records WHERE namespace = ? "
                "GROUP BY status",
                (self._number(connection, namespace),),
            ).fetchall()
        return {STATUSES[status]: number for status, number in rows}

    def touch(self, namespace: Namespace, ids: Sequence[str], at: datetime) -> None:
        """Count a use of each record, outside the feed."""
        with self._connections.writing() as connection:
            number = self._number(connection, namespace)
            connection.executemany(
                "UPDATE records SET access_count = access_count + 1, "
                "last_accessed_at = ? WHERE namespace = ? AND id = ?",
                [(to_micros(at), number, id) for id in ids],
            )

    def lease(self, name: str, *, ttl_s: float) -> AbstractContextManager[Lease | None]:
        """Claim a name; see :meth:`Store.lease`."""
        return hold(self._connections, name, ttl_s, self._clock)

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the fingerprint of the namespace's vectors."""
        with self._connections.reading() as connection:
            return reembedding.embedder(connection, namespace)

    def vectors(
        self, namespace: Namespace, fingerprint: str
    ) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Yield pages of ids and vectors; see :class:`SupportsVectorScan`."""
        after = 0
        while True:
            with self._connections.snapshot() as connection:
                if reembedding.embedder(connection, namespace) != fingerprint:
                    return
                rows = connection.execute(
                    "SELECT pk, id, vector FROM records "
                    "JOIN vectors ON vectors.record = pk "
                    "WHERE namespace = ? AND pk > ? ORDER BY pk LIMIT ?",
                    (self._number(connection, namespace), after, _VECTOR_PAGE),
                ).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            packed = np.frombuffer(b"".join(row[2] for row in rows), "<f2")
            ids = [row[1] for row in rows]
            yield ids, packed.reshape(len(rows), -1).astype(np.float32)

    def lacking(
        self, namespace: Namespace, fingerprint: str, *, limit: int
    ) -> list[MemoryRecord]:
        """Return records without a vector of an embedder, by ascending id."""
        with self._connections.snapshot() as connection:
            rows = reembedding.lacking(
                connection, namespace, fingerprint, columns=SELECTED, limit=limit
            )
            return records_of(connection, self._names, namespace, rows)

    def add_vectors(
        self, namespace: Namespace, fingerprint: str, vectors: Sequence[VectorPut]
    ) -> None:
        """Keep another embedder's vectors aside."""
        with self._connections.writing() as connection:
            reembedding.stage(connection, namespace, fingerprint, vectors)

    def switch_embedder(self, namespace: Namespace, fingerprint: str | None) -> None:
        """Make other vectors the namespace's; see :class:`SupportsReembedding`."""
        with self._connections.writing() as connection:
            reembedding.switch(connection, namespace, fingerprint)

    def compact(self) -> bool:
        """Overwrite what was deleted; see :class:`SupportsCompaction`.

        Names of sessions and speakers that no row refers to any more go, too.
        """
        with self._connections.writing() as connection:
            forget_names(connection)
        self._names.clear()
        return self._connections.vacuum()

    def snapshot_path(self, namespace: Namespace) -> Path | None:
        """Return where this namespace's replica may be saved."""
        named = json.dumps([self._epoch, *namespace]).encode()
        digest = blake2b(named, digest_size=12).hexdigest()
        return self.path.with_name(f"{self.path.name}-replica") / f"{digest}.snapshot"

    def close(self) -> None:
        """Close the file; closing twice is no error."""
        self._connections.close()

    def _labels(self, encoded: str) -> Namespace:
        try:
            return tuple(json.loads(encoded))
        except ValueError as exc:
            raise CorruptStoreError(
                f"SQLite file {str(self.path)!r} names a namespace {encoded!r}, which "
                "is no list of labels; restore a copy"
            ) from exc

    def _number(self, connection: sqlite3.Connection, namespace: Namespace) -> int:
        """Return a namespace's number, -1 while it has none."""
        known = self._numbers.get(namespace)
        if known is None:
            row = connection.execute(
                "SELECT id FROM namespaces WHERE labels = ?",
                (json.dumps(list(namespace)),),
            ).fetchone()
            if row is None:
                return -1
            known = self._numbers[namespace] = int(row[0])
        return known
