"""Turns the driver's errors into ours, at the edge of the store."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retentive.errors import (
    CorruptStoreError,
    InvalidInputError,
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
    # Our statements are correct, so what they name must be missing.
    sqlite3.SQLITE_ERROR: (
        CorruptStoreError,
        "its tables are not as Retentive made them; restore a copy",
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


_UNREADABLE = (
    CorruptStoreError,
    "its data is damaged; restore a copy, or salvage it with sqlite3's .recover",
)
_UNKNOWN = (StoreError, "nothing of the batch was written")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raise our errors for the driver's.

    Args:
        path: The database, to be named.

    Raises:
        StoreError: What went wrong, and what to do.
        InvalidInputError: A value that SQLite cannot hold.
    """
    try:
        yield
    except sqlite3.Error as exc:
        kind, remedy = _meaning(exc)
        raise kind(f"SQLite file {str(path)!r}: {exc}; {remedy}") from exc
    except UnicodeDecodeError as exc:
        kind, remedy = _UNREADABLE
        raise kind(f"SQLite file {str(path)!r}: {exc}; {remedy}") from exc
    except (UnicodeEncodeError, OverflowError) as exc:
        raise InvalidInputError(
            f"SQLite cannot hold a value: {exc}; pass text without lone surrogates "
            "and numbers of at most 64 bits"
        ) from exc


def _meaning(exc: sqlite3.Error) -> tuple[type[StoreError], str]:
    code = getattr(exc, "sqlite_errorcode", None)
    if code is not None:
        return _KINDS.get(code & _PRIMARY, _UNKNOWN)
    # Without a code the error is Python's own: text that is no UTF-8.
    return _UNREADABLE if isinstance(exc, sqlite3.OperationalError) else _UNKNOWN
