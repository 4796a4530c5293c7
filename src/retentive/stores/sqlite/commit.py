"""Applies a batch inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from retentive.protocols import Batch, Commit
from retentive.records import MemoryRecord, Namespace
from retentive.stores.codec import pack_vector, to_micros
from retentive.stores.merge import keyed
from retentive.stores.space import MERGEABLE, Space, Work
from retentive.stores.sqlite.leases import check_lease
from retentive.stores.sqlite.rows import (
    MESSAGE_COLUMNS,
    RECORD_COLUMNS,
    Names,
    message_row,
    record_row,
    records_of,
)

__all__ = ["apply_batch"]

_COLUMNS = ", ".join(f"records.{name}" for name in ("pk", *RECORD_COLUMNS))
_INSERT = (
    f"INSERT INTO records (namespace, {', '.join(RECORD_COLUMNS)}) "
    f"VALUES (?{', ?' * len(RECORD_COLUMNS)})"
)
_UPDATE = (
    f"UPDATE records SET {', '.join(f'{name} = ?' for name in RECORD_COLUMNS)} "
    "WHERE pk = ?"
)
_INSERT_MESSAGE = (
    f"INSERT OR IGNORE INTO messages (namespace, session, {', '.join(MESSAGE_COLUMNS)}) "
    f"VALUES (?, ?{', ?' * len(MESSAGE_COLUMNS)})"
)
_IN_ONE_QUERY = 500


def apply_batch(
    connection: sqlite3.Connection,
    names: Names,
    batch: Batch,
    *,
    salt: bytes,
    now: datetime,
) -> Commit:
    """Do all of a batch in the present transaction.

    What the batch touches is read into a :class:`Space`, the rules of all stores
    work on it, and what they changed is written back.
    """
    if batch.lease is not None:
        check_lease(connection, batch.lease, now)
    records = [
        keyed(put.record, namespace=batch.namespace, salt=salt) for put in batch.puts
    ]
    number = _namespace(connection, batch.namespace)
    space, pks = _touched(connection, names, batch, records, number)
    work = Work(space, batch.namespace)
    commit = work.run_keyed(_without_messages(batch), records)
    _write_back(connection, names, number, space, work, pks, commit.sequence)
    appended = _messages(connection, names, number, batch)
    connection.execute(
        "UPDATE namespaces SET sequence = ?, embedder = ? WHERE id = ?",
        (commit.sequence, space.embedder, number),
    )
    return Commit(
        sequence=commit.sequence,
        puts=commit.puts,
        status_changes=commit.status_changes,
        deletes=commit.deletes,
        messages=appended,
    )


def _without_messages(batch: Batch) -> Batch:
    """Leave transcripts to SQL: reading a long one to append to it would be slow."""
    return Batch(
        namespace=batch.namespace,
        puts=batch.puts,
        status_changes=batch.status_changes,
        deletes=batch.deletes,
    )


def _namespace(connection: sqlite3.Connection, namespace: Namespace) -> int:
    labels = json.dumps(list(namespace))
    connection.execute(
        "INSERT OR IGNORE INTO namespaces (labels) VALUES (?)", (labels,)
    )
    row = connection.execute("SELECT id FROM namespaces WHERE labels = ?", (labels,))
    return int(row.fetchone()[0])


def _touched(
    connection: sqlite3.Connection,
    names: Names,
    batch: Batch,
    records: Sequence[MemoryRecord],
    number: int,
) -> tuple[Space, Mapping[str, int]]:
    """Read all that a batch may meet; also the row of each record."""
    ids = [record.id for record in records]
    ids += [change.id for change in batch.status_changes]
    ids += [delete.id for delete in batch.deletes]
    keys = [record.key for record in records if record.key is not None]
    contents = [bytes.fromhex(r.content_key) for r in records if r.content_key]
    rows = _select(connection, number, "id", ids)
    rows += _select(connection, number, "content_key", contents)
    rows += _select(connection, number, "caller_key", keys)
    # A change of status may need the slot of a record that was not asked for.
    restored = [row[7] for row in rows if row[7] is not None]
    if batch.status_changes and restored:
        rows += _select(connection, number, "content_key", restored)
    sequence, embedder = connection.execute(
        "SELECT sequence, embedder FROM namespaces WHERE id = ?", (number,)
    ).fetchone()
    space = Space(sequence=sequence, embedder=embedder)
    unique = list({row[0]: row for row in rows}.values())
    for record in records_of(
        connection, names, batch.namespace, unique, embedder=embedder
    ):
        _place(space, record)
    for content_key, kind in _barred(connection, number, contents):
        space.barred[kind, content_key.hex()] = True
    return space, {row[2]: row[0] for row in unique}


def _place(space: Space, record: MemoryRecord) -> None:
    space.records[record.id] = record
    if record.key is not None:
        space.by_key[record.key] = record.id
    elif record.status in MERGEABLE:
        space.by_content[record.kind.value, record.content_key] = record.id


def _select(
    connection: sqlite3.Connection, number: int, column: str, values: Iterable[Any]
) -> list[tuple[Any, ...]]:
    wanted = list(dict.fromkeys(values))
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(wanted), _IN_ONE_QUERY):
        some = wanted[start : start + _IN_ONE_QUERY]
        marks = ",".join("?" * len(some))
        # The index on contents is partial, and used only if its condition stands here.
        held = "AND status <> 'superseded'" if column == "content_key" else ""
        given = "AND caller_key IS NOT NULL" if column == "caller_key" else ""
        rows += connection.execute(
            f"SELECT {_COLUMNS}, vectors.vector FROM records "
            "LEFT JOIN vectors ON vectors.record = records.pk "
            f"WHERE namespace = ? AND {column} IN ({marks}) {held} {given}",
            (number, *some),
        )
    return rows


def _barred(
    connection: sqlite3.Connection, number: int, contents: Sequence[bytes]
) -> list[tuple[bytes, str]]:
    rows: list[tuple[bytes, str]] = []
    for start in range(0, len(contents), _IN_ONE_QUERY):
        some = contents[start : start + _IN_ONE_QUERY]
        marks = ",".join("?" * len(some))
        rows += connection.execute(
            "SELECT content_key, kind FROM barred "
            f"WHERE namespace = ? AND content_key IN ({marks})",
            (number, *some),
        )
    return rows


def _write_back(
    connection: sqlite3.Connection,
    names: Names,
    number: int,
    space: Space,
    work: Work,
    pks: Mapping[str, int],
    sequence: int,
) -> None:
    gone = [id for id in work.changed if id not in space.records]
    stays = [space.records[id] for id in work.changed if id in space.records]
    known = [record for record in stays if record.id in pks]
    fresh = [record for record in stays if record.id not in pks]
    _delete(connection, number, [id for id in gone if id in pks], pks, sequence)
    connection.executemany(
        _UPDATE,
        [(*record_row(connection, names, record), pks[record.id]) for record in known],
    )
    rows = dict(pks)
    for record in fresh:
        values = (number, *record_row(connection, names, record))
        inserted = connection.execute(_INSERT, values)
        rows[record.id] = int(inserted.lastrowid or 0)
    connection.executemany(
        "DELETE FROM tombstones WHERE namespace = ? AND id = ?",
        [(number, record.id) for record in fresh],
    )
    _occurrences(connection, names, known, fresh, rows)
    connection.executemany(
        "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
        [
            (rows[record.id], pack_vector(record.embedding.vector))
            for record in stays
            if record.embedding is not None
        ],
    )
    connection.executemany(
        "DELETE FROM vectors WHERE record = ?",
        [(rows[record.id],) for record in known if record.embedding is None],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO barred VALUES (?, ?, ?)",
        [(number, bytes.fromhex(key), kind) for kind, key in work.barred],
    )


def _occurrences(
    connection: sqlite3.Connection,
    names: Names,
    known: Sequence[MemoryRecord],
    fresh: Sequence[MemoryRecord],
    rows: Mapping[str, int],
) -> None:
    connection.executemany(
        "DELETE FROM occurrences WHERE record = ?", [(rows[r.id],) for r in known]
    )
    connection.executemany(
        "INSERT INTO occurrences VALUES (?, ?, ?, ?)",
        [
            (
                rows[record.id],
                to_micros(said.at),
                names.number(connection, said.session),
                said.message_id,
            )
            for record in (*known, *fresh)
            for said in record.occurrences
        ],
    )


def _delete(
    connection: sqlite3.Connection,
    number: int,
    ids: Sequence[str],
    pks: Mapping[str, int],
    sequence: int,
) -> None:
    rows = [(pks[id],) for id in ids]
    for table, column in (
        ("records", "pk"),
        ("occurrences", "record"),
        ("vectors", "record"),
        ("staged_vectors", "record"),
    ):
        statement = f"DELETE FROM {table} WHERE {column} = ?"
        connection.executemany(statement, rows)
    connection.executemany(
        "INSERT OR REPLACE INTO tombstones VALUES (?, ?, ?)",
        [(number, id, sequence) for id in ids],
    )


def _messages(
    connection: sqlite3.Connection, names: Names, number: int, batch: Batch
) -> int:
    for gone in batch.message_deletes:
        session = names.number(connection, gone.session)
        connection.execute(
            "DELETE FROM messages "
            "WHERE namespace = ?1 AND session = ?2 AND (?3 IS NULL OR id = ?3)",
            (number, session, gone.id),
        )
    rows = [
        (number, names.number(connection, message.session), *message_row(message))
        for message in batch.messages
    ]
    before = connection.total_changes
    connection.executemany(_INSERT_MESSAGE, rows)
    return connection.total_changes - before
