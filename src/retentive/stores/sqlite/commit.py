"""Applies a batch inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime

from retentive.protocols import Batch, Commit
from retentive.records import Kind, MemoryRecord, Namespace
from retentive.stores.codec import KINDS, pack_vector, to_micros
from retentive.stores.merge import keyed
from retentive.stores.space import Space, Work
from retentive.stores.sqlite import transcripts
from retentive.stores.sqlite.leases import check_lease
from retentive.stores.sqlite.names import FreshNames, Names
from retentive.stores.sqlite.rows import (
    RECORD_COLUMNS,
    record_row,
)
from retentive.stores.sqlite.touched import touched

__all__ = ["apply_batch"]

_INSERT = (
    f"INSERT INTO records (namespace, {', '.join(RECORD_COLUMNS)}) "
    f"VALUES (?{', ?' * len(RECORD_COLUMNS)})"
)
_UPDATE = (
    f"UPDATE records SET {', '.join(f'{name} = ?' for name in RECORD_COLUMNS)} "
    "WHERE pk = ?"
)


def apply_batch(
    connection: sqlite3.Connection,
    names: Names,
    fresh: FreshNames,
    batch: Batch,
    *,
    salt: bytes,
    now: datetime,
) -> Commit:
    """Do all of a batch in the present transaction.

    What the batch touches is read into a :class:`Space`, the rules of all stores
    work on it, and what they changed is written back.

    Args:
        connection: In a transaction.
        names: Names that are committed.
        fresh: The names of this transaction, to be published after it.
        batch: What to apply.
        salt: The store's secret for content keys.
        now: When leases are judged, UTC.
    """
    if batch.lease is not None:
        check_lease(connection, batch.lease, now)
    names.follow(connection)
    records = [
        keyed(put.record, namespace=batch.namespace, salt=salt) for put in batch.puts
    ]
    number = _namespace(connection, batch.namespace)
    space, pks = touched(connection, names, batch, records, number)
    work = Work(space, batch.namespace)
    commit = work.run_keyed(_without_messages(batch), records)
    _write_back(connection, fresh, number, space, work, pks, commit.sequence)
    appended = transcripts.append(connection, fresh, number, batch)
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


def _write_back(
    connection: sqlite3.Connection,
    names: FreshNames,
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
        [
            (number, bytes.fromhex(key), KINDS.index(Kind(kind)))
            for kind, key in work.barred
        ],
    )
    connection.executemany(
        "DELETE FROM staged_vectors WHERE record = ?",
        [(pks[id],) for id in work.rewritten if id in pks],
    )


def _occurrences(
    connection: sqlite3.Connection,
    names: FreshNames,
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
