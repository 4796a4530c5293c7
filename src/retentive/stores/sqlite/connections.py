"""Connections to one database file, for many threads and across forks."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock

from retentive.errors import StoreError
from retentive.stores.sqlite.errors import translated

__all__ = ["Connections"]

_READERS_KEPT = 8


class Connections:
    """One connection that writes, and a few that read beside it.

    In WAL mode readers see the last commit and never wait for the writer.
    """

    def __init__(
        self, path: Path, *, synchronous: str, timeout_s: float, read_only: bool
    ) -> None:
        """Open nothing yet.

        Args:
            path: The database file.
            synchronous: ``FULL`` or ``NORMAL``.
            timeout_s: Seconds to wait for another process's commit.
            read_only: Whether nothing may be written.
        """
        self.path = path
        self._synchronous = synchronous
        self._timeout_s = timeout_s
        self._read_only = read_only
        self._pid = os.getpid()
        self._lock = Lock()
        self._write_lock = RLock()
        self._writer: sqlite3.Connection | None = None
        self._idle: list[sqlite3.Connection] = []
        self._inherited: list[object] = []
        self._closed = False
        # In a folder where SQLite cannot make the files that readers share.
        self._guarded = not os.access(path.parent, os.W_OK)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that reads."""
        with translated(self.path):
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection on which all reads see the same commit."""
        with self.reading() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the writing connection in a transaction of its own.

        Commits at the end of the block; an error takes everything back.
        """
        self._check()
        with self._write_lock, translated(self.path):
            self._check()  # it may have been closed while we waited
            if self._writer is None:
                self._writer = self.connect()
            writer = self._writer
            writer.execute("BEGIN IMMEDIATE")
            try:
                yield writer
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                raise

    def connect(self) -> sqlite3.Connection:
        """Open a connection."""
        connection = sqlite3.connect(
            f"{self.path.as_uri()}?{self._mode()}",
            uri=True,
            timeout=self._timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        # A merge page that was freed must not keep what it held.
        connection.execute("PRAGMA secure_delete = FAST")
        return connection

    def vacuum(self) -> bool:
        """Write the file anew without free pages, and empty the log.

        Returns:
            Whether the log could be emptied: not while another process reads.
        """
        with self._write_lock, translated(self.path):
            self._check()
            connection = self.connect()
            try:
                connection.execute("VACUUM")
                row = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        return row is not None and row[0] == 0

    def _mode(self) -> str:
        log = self.path.with_name(self.path.name + "-wal")
        if self._guarded and self.path.exists() and not log.exists():
            # Nobody has it open, so it can be read as it lies. Such a connection
            # is not kept: it would not notice when somebody opens it.
            return "mode=ro&immutable=1"
        return "mode=ro" if self._read_only else "mode=rwc"

    def close(self) -> None:
        """Close all connections; lent ones close when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        if self._pid != os.getpid():
            return  # they are our parent's; closing would release its locks
        for connection in idle:
            connection.close()
        with self._write_lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _check(self) -> None:
        if self._closed:
            raise StoreError(f"the store {str(self.path)!r} is closed; open a new one")
        if self._pid != os.getpid():
            # A connection must not cross a fork. Kept, so that it is not closed.
            self._inherited += [self._writer, *self._idle]
            self._pid = os.getpid()
            self._lock, self._write_lock = Lock(), RLock()
            self._writer, self._idle = None, []

    def _take(self) -> sqlite3.Connection:
        self._check()
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self.connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            room = len(self._idle) < _READERS_KEPT
            keep = room and not self._closed and not self._guarded
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
