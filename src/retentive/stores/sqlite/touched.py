"""Reads what a batch touches, for the rules of all stores to work on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from retentive.protocols import Batch
from retentive.records import MemoryRecord
from retentive.stores.codec import KINDS
from retentive.stores.space import MERGEABLE, Space
from retentive.stores.sqlite.names import Names
from retentive.stores.sqlite.rows import (
    SELECTED,
    records_of,
)

__all__ = ["touched"]

_IN_ONE_QUERY = 500


def touched(
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
        space.barred[KINDS[kind].value, content_key.hex()] = True
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
        held = "AND status <> 2" if column == "content_key" else ""
        given = "AND caller_key IS NOT NULL" if column == "caller_key" else ""
        rows += connection.execute(
            f"SELECT {SELECTED}, vectors.vector FROM records "
            "LEFT JOIN vectors ON vectors.record = records.pk "
            f"WHERE namespace = ? AND {column} IN ({marks}) {held} {given}",
            (number, *some),
        )
    return rows


def _barred(
    connection: sqlite3.Connection, number: int, contents: Sequence[bytes]
) -> list[tuple[bytes, int]]:
    rows: list[tuple[bytes, int]] = []
    for start in range(0, len(contents), _IN_ONE_QUERY):
        some = contents[start : start + _IN_ONE_QUERY]
        marks = ",".join("?" * len(some))
        rows += connection.execute(
            "SELECT content_key, kind FROM barred "
            f"WHERE namespace = ? AND content_key IN ({marks})",
            (number, *some),
        )
    return rows
