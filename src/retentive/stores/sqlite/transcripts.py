"""Transcripts: messages in the order in which they were appended."""

from __future__ import annotations

import sqlite3

from retentive.errors import CorruptStoreError
from retentive.protocols import Batch
from retentive.records import Message
from retentive.stores.codec import message_of, message_values
from retentive.stores.sqlite.names import FreshNames, Names

__all__ = ["append", "count", "read", "sessions"]

_COLUMNS = (
    "id",
    "role",
    "content",
    "at",
    "name",
    "tool_call_id",
    "parts",
    "tool_calls",
    "raw",
)
_INSERT = (
    f"INSERT OR IGNORE INTO messages (namespace, session, {', '.join(_COLUMNS)}) "
    f"VALUES (?, ?{', ?' * len(_COLUMNS)})"
)
_SELECT = (
    f"SELECT {', '.join(_COLUMNS)} FROM messages "
    "WHERE namespace = ? AND session = ? AND pk > ? AND pk < ?"
)
_FIRST = f"{_SELECT} ORDER BY pk LIMIT ?"
_LAST = f"{_SELECT} ORDER BY pk DESC LIMIT ?"
_END = 2**63 - 1  # beyond every row


def append(
    connection: sqlite3.Connection, names: FreshNames, number: int, batch: Batch
) -> int:
    """Remove and append a batch's messages; return how many were appended."""
    for gone in batch.message_deletes:
        connection.execute(
            "DELETE FROM messages "
            "WHERE namespace = ?1 AND session = ?2 AND (?3 IS NULL OR id = ?3)",
            (number, names.number(connection, gone.session), gone.id),
        )
    rows = [
        (
            number,
            names.number(connection, message.session),
            message.id,
            *message_values(message),
        )
        for message in batch.messages
    ]
    before = connection.total_changes
    connection.executemany(_INSERT, rows)
    return connection.total_changes - before


def read(
    connection: sqlite3.Connection,
    names: Names,
    number: int,
    session: str,
    *,
    after: str | None,
    before: str | None,
    first: int | None,
    last: int | None,
) -> list[Message]:
    """Return a transcript; see :meth:`retentive.protocols.Store.messages`.

    Raises:
        CorruptStoreError: A row holds what no message can.
    """
    place = (number, names.known(connection, session))
    start = 0 if after is None else _row_of(connection, place, after)
    end = _END if before is None else _row_of(connection, place, before)
    if start is None or end is None:
        return []
    limit = first if last is None else last
    rows = connection.execute(
        _FIRST if last is None else _LAST,
        (*place, start, end, -1 if limit is None else max(0, limit)),
    ).fetchall()
    try:
        return [
            message_of(values, id=id, session=session)
            for id, *values in (rows if last is None else reversed(rows))
        ]
    except (OverflowError, TypeError, ValueError) as exc:
        raise CorruptStoreError(
            f"a message of session {session!r} is damaged: {exc!r}; restore a copy of "
            "the file, or look at it with retentive doctor"
        ) from exc


def count(
    connection: sqlite3.Connection, names: Names, number: int, session: str
) -> int:
    """Return how many messages a transcript has."""
    row = connection.execute(
        "SELECT count(*) FROM messages WHERE namespace = ? AND session = ?",
        (number, names.known(connection, session)),
    ).fetchone()
    return int(row[0])


def sessions(connection: sqlite3.Connection, number: int) -> list[str]:
    """Return the sessions with a transcript, oldest first."""
    rows = connection.execute(
        "SELECT names.name FROM messages JOIN names ON names.id = session "
        "WHERE namespace = ? GROUP BY session ORDER BY min(pk)",
        (number,),
    )
    return [name for (name,) in rows]


def _row_of(
    connection: sqlite3.Connection, place: tuple[int, int | None], id: str
) -> int | None:
    row = connection.execute(
        "SELECT pk FROM messages WHERE namespace = ? AND session = ? AND id = ?",
        (*place, id),
    ).fetchone()
    return None if row is None else int(row[0])
