"""The change feed: what changed after a sequence, by version."""

from __future__ import annotations

import sqlite3

from retentive.protocols import Change, Changes
from retentive.records import Namespace
from retentive.stores.sqlite import reembedding
from retentive.stores.sqlite.names import Names
from retentive.stores.sqlite.rows import SELECTED, records_of

__all__ = ["page", "sequence_of"]

_LAST_OF_PAGE = (
    "SELECT version FROM (SELECT version FROM records "
    "WHERE namespace = ?1 AND version > ?2 UNION ALL "
    "SELECT version FROM tombstones WHERE namespace = ?1 AND version > ?2) "
    "ORDER BY version LIMIT 1 OFFSET ?3"
)
_RECORDS = (
    "SELECT {columns} FROM records {join}"
    "WHERE namespace = ? AND version > ? AND version <= ? ORDER BY version, pk"
)
_WITHOUT_VECTORS = _RECORDS.format(columns=SELECTED, join="")
_WITH_VECTORS = _RECORDS.format(
    columns=f"{SELECTED}, vectors.vector",
    join="LEFT JOIN vectors ON vectors.record = records.pk ",
)
_TOMBSTONES = (
    "SELECT id, version FROM tombstones "
    "WHERE namespace = ? AND version > ? AND version <= ? ORDER BY version, id"
)


def sequence_of(connection: sqlite3.Connection, number: int) -> int:
    """Return the last sequence of a namespace, 0 for an unknown one."""
    row = connection.execute(
        "SELECT sequence FROM namespaces WHERE id = ?", (number,)
    ).fetchone()
    return 0 if row is None else int(row[0])


def page(
    connection: sqlite3.Connection,
    names: Names,
    namespace: Namespace,
    number: int,
    *,
    since: int,
    limit: int,
    epoch: str,
) -> Changes:
    """Return a page of whole commits; all reads must see the same commit."""
    sequence = sequence_of(connection, number)
    row = connection.execute(
        _LAST_OF_PAGE, (number, since, max(1, limit) - 1)
    ).fetchone()
    last = sequence if row is None else int(row[0])
    embedder = reembedding.embedder(connection, namespace)
    select = _WITHOUT_VECTORS if embedder is None else _WITH_VECTORS
    rows = connection.execute(select, (number, since, last)).fetchall()
    records = records_of(connection, names, namespace, rows, embedder=embedder)
    gone = connection.execute(_TOMBSTONES, (number, since, last)).fetchall()
    items = [Change(record.id, record.version, record) for record in records]
    if gone:
        items += [Change(id, version, None) for id, version in gone]
        items.sort(key=lambda change: change.version)
    return Changes(items=items, sequence=last, epoch=epoch, more=last < sequence)
