"""Turns the driver's errors into ours, at the edge of the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retentive.errors import (
    CorruptStoreError,
    StoreConnectionError,
    StoreError,
    StoreFullError,
    StoreReadOnlyError,
)

__all__ = ["translated"]

_PRIMARY = 0xFF  # the low byte of an extended result code
_KINDS: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (
        StoreFullError,
        "the disk is full; free space and retry, nothing of the batch was written",
    ),
    sqlite3.SQLITE_READONLY: (
        StoreReadOnlyError,
        "it cannot be written; check the permissions of the file and its folder",
    ),
    sqlite3.SQLITE_CORRUPT: (
        CorruptStoreError,
        "its data is damaged; restore a copy, or salvage it with sqlite3's .recover",
    ),
    sqlite3.SQLITE_NOTADB: (CorruptStoreError, "it is no SQLite database"),
    sqlite3.SQLITE_CANTOPEN: (
        StoreConnectionError,
        "it cannot be opened; check that its folder exists and may be used",
    ),
    sqlite3.SQLITE_BUSY: (
        StoreError,
        "another process has been writing for too long; retry, or raise timeout_s",
    ),
    sqlite3.SQLITE_IOERR: (
        StoreError,
        "the disk reported an error; nothing of the batch was written",
    ),
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise our errors for the driver's.

    Args:
        path: The database, to be named.
    """
    try:
        yield
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorcode", None)
        kind, remedy = _KINDS.get(
            -1 if code is None else code & _PRIMARY,
            (StoreError, "nothing of the batch was written"),
        )
        raise kind(f"SQLite file {str(path)!r}: {exc}; {remedy}") from exc
