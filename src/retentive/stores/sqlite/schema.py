"""Makes, checks and upgrades the tables of a file."""

from __future__ import annotations

import secrets
import sqlite3
import time
from importlib.resources import files
from pathlib import Path

from retentive.errors import (
    CorruptStoreError,
    InvalidInputError,
    SchemaVersionError,
    StoreConnectionError,
)

__all__ = ["APPLICATION_ID", "VERSION", "check_file", "migrate", "secrets_of"]

APPLICATION_ID = 0x5254564D  # "RTVM"
VERSION = 1
"""Schema that this version of Retentive writes."""

_MAGIC = b"SQLite format 3\x00"
_HEADER_BYTES = 100
_BUSY_PAUSE_S = 0.005


def check_file(given: str | Path) -> Path:
    """Return where a file really is; refuse one that is not ours.

    Nothing is written to it.

    Raises:
        InvalidInputError: The path holds a NUL.
        StoreConnectionError: It is a folder, its folder does not exist, or it
            may not be read.
        CorruptStoreError: It is no SQLite file, another program's, or cut short.
    """
    if "\0" in str(given):
        raise InvalidInputError(f"a path cannot hold a NUL, got {str(given)!r}")
    try:
        path = Path(given).expanduser().resolve()
        _check_file(path)
    except (OSError, RuntimeError) as exc:
        raise StoreConnectionError(
            f"{str(given)!r} cannot be opened: {exc}; check its name, and the "
            "permissions of the file and its folder"
        ) from exc
    return path


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise StoreConnectionError(f"{str(path)!r} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise StoreConnectionError(
            f"the folder {str(path.parent)!r} does not exist; make it first"
        )
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        raise CorruptStoreError(
            f"{str(path)!r} is not a SQLite database: it starts with {header[:16]!r}; "
            "choose another path, Retentive has not touched it"
        )
    _check_length(path, header)


def _check_length(path: Path, header: bytes) -> None:
    """Refuse a file shorter than its header says; the log cannot mend that."""
    page = int.from_bytes(header[16:18], "big")
    page = 65_536 if page == 1 else page
    pages = int.from_bytes(header[28:32], "big")
    counted = header[24:28] == header[92:96]  # else an old writer left no count
    if counted and path.stat().st_size < page * pages and not _has_log(path):
        raise CorruptStoreError(
            f"{str(path)!r} is cut short: {path.stat().st_size:,} bytes of "
            f"{page * pages:,}; restore a copy, or salvage it with sqlite3's .recover"
        )


def _has_log(path: Path) -> bool:
    log = path.with_name(path.name + "-wal")
    return log.exists() and log.stat().st_size > 0


def migrate(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Bring a file to the present schema, or make it.

    Raises:
        CorruptStoreError: The database is another program's.
        SchemaVersionError: A newer Retentive wrote it.
        StoreConnectionError: It must be made or upgraded, but may not be written.
    """
    connection.execute("BEGIN")  # another process may be making it right now
    try:
        version = _version(connection, path)
    finally:
        connection.execute("ROLLBACK")
    if version == VERSION:
        return
    if read_only:
        raise StoreConnectionError(
            f"{str(path)!r} has schema {version}, not {VERSION}; open it once for "
            "writing to bring it up to date"
        )
    _write_ahead(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been quicker.
        for number in range(_version(connection, path) + 1, VERSION + 1):
            _upgrade(connection, number)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turn the log on; where others do so, too, SQLite does not wait by itself."""
    [milliseconds] = connection.execute("PRAGMA busy_timeout").fetchone()
    ends = time.monotonic() + milliseconds / 1_000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if time.monotonic() > ends:
                raise
            time.sleep(_BUSY_PAUSE_S)
        else:
            return


def secrets_of(connection: sqlite3.Connection, path: Path) -> tuple[bytes, bytes]:
    """Return the salt of content keys, and the epoch of the feed.

    Raises:
        CorruptStoreError: They are missing.
    """
    held = dict(connection.execute("SELECT name, value FROM secrets"))
    salt, epoch = held.get("salt"), held.get("epoch")
    if not isinstance(salt, bytes) or not isinstance(epoch, bytes):
        raise CorruptStoreError(
            f"{str(path)!r} has lost its salt or its epoch; restore a copy"
        )
    return salt, epoch


def _version(connection: sqlite3.Connection, path: Path) -> int:
    [application] = connection.execute("PRAGMA application_id").fetchone()
    [version] = connection.execute("PRAGMA user_version").fetchone()
    [tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == 0 and version == 0 and tables == 0:
        return 0
    if application != APPLICATION_ID:
        raise CorruptStoreError(
            f"{str(path)!r} is another program's database (application id "
            f"{application:#x}); choose another path, Retentive has not touched it"
        )
    if version > VERSION:
        raise SchemaVersionError(
            f"{str(path)!r} has schema {version}, this Retentive knows {VERSION}; "
            "upgrade Retentive: pip install -U retentive"
        )
    return int(version)


def _upgrade(connection: sqlite3.Connection, number: int) -> None:
    source = files("retentive.stores.sqlite") / "migrations" / f"{number:04}.sql"
    for statement in _statements(source.read_text(encoding="utf-8")):
        connection.execute(statement)
    if number == 1:
        made = {"salt": secrets.token_bytes(32), "epoch": secrets.token_bytes(8)}
        connection.executemany("INSERT INTO secrets VALUES (?, ?)", made.items())
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {number}")


def _statements(script: str) -> list[str]:
    """Split a script; ``executescript`` would commit the transaction around it."""
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return statements
