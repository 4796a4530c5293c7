"""Rows of the table ``records``, and what they stand for."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from retentive.errors import CorruptStoreError
from retentive.records import (
    MemoryRecord,
    Namespace,
    Occurrence,
)
from retentive.stores.codec import (
    KINDS,
    ORIGINS,
    STATUSES,
    from_json,
    from_micros,
    pack_parts,
    to_json,
    to_micros,
    unpack_embedding,
    unpack_metadata,
    unpack_parts,
)
from retentive.stores.sqlite.names import FreshNames, Names

__all__ = [
    "RECORD_COLUMNS",
    "SELECTED",
    "record_row",
    "records_of",
]

RECORD_COLUMNS = (
    "version",
    "id",
    "kind",
    "status",
    "origin",
    "content",
    "content_key",
    "caller_key",
    "role",
    "speaker",
    "session",
    "message_id",
    "occurred_at",
    "recorded_at",
    "valid_until",
    "superseded_by",
    "importance",
    "pinned",
    "support_count",
    "access_count",
    "last_accessed_at",
    "expires_at",
    "parts",
    "derived_from",
    "metadata",
)
SELECTED = ", ".join(f"records.{name}" for name in ("pk", *RECORD_COLUMNS))
"""What to select for :func:`records_of`; a vector may follow."""

_IN_ONE_QUERY = 500  # below SQLite's limit on variables, which old builds have at 999
_set = object.__setattr__


def record_row(
    connection: sqlite3.Connection, names: FreshNames, record: MemoryRecord
) -> tuple[Any, ...]:
    """Return a record's values for :data:`RECORD_COLUMNS`."""
    return (
        record.version,
        record.id,
        KINDS.index(record.kind),
        STATUSES.index(record.status),
        ORIGINS.index(record.origin),
        record.content,
        bytes.fromhex(record.content_key) or None,
        record.key,
        names.number(connection, record.role),
        names.number(connection, record.speaker),
        names.number(connection, record.session),
        record.message_id,
        to_micros(record.occurred_at),
        to_micros(record.recorded_at),
        to_micros(record.valid_until),
        record.superseded_by,
        record.importance,
        int(record.pinned),
        record.support_count,
        record.access_count,
        to_micros(record.last_accessed_at),
        to_micros(record.expires_at),
        pack_parts(record.parts),
        to_json(list(record.derived_from)),
        to_json(dict(record.metadata)),
    )


def records_of(
    connection: sqlite3.Connection,
    names: Names,
    namespace: Namespace,
    rows: Sequence[tuple[Any, ...]],
    *,
    embedder: str | None = None,
) -> list[MemoryRecord]:
    """Return the records of rows ``(pk, *RECORD_COLUMNS[, vector])``.

    Args:
        connection: For the further occurrences.
        names: Interned names.
        namespace: Whose rows they are.
        rows: As selected.
        embedder: Fingerprint of the vectors, where rows end with one.

    Raises:
        CorruptStoreError: A row holds what no record can.
    """
    try:
        return _records(connection, names, namespace, rows, embedder)
    except (IndexError, KeyError, OverflowError, TypeError, ValueError) as exc:
        raise CorruptStoreError(
            f"a record of {namespace!r} is damaged: {exc!r}; restore a copy of the "
            "file, or look at it with retentive doctor"
        ) from exc


def _records(
    connection: sqlite3.Connection,
    names: Names,
    namespace: Namespace,
    rows: Sequence[tuple[Any, ...]],
    embedder: str | None,
) -> list[MemoryRecord]:
    names.load(connection, {number for row in rows for number in row[9:12]})
    again = [row[0] for row in rows if row[19] > 1]
    said = _occurrences(connection, names, again) if again else {}
    return [
        _record(row, names, namespace, said.get(row[0], ()), embedder) for row in rows
    ]


def _record(
    row: tuple[Any, ...],
    names: Names,
    namespace: Namespace,
    occurrences: Sequence[Occurrence],
    embedder: str | None,
) -> MemoryRecord:
    """Build a record without validating again what was valid when it was stored."""
    vector = row[26] if len(row) > 26 else None
    record = object.__new__(MemoryRecord)
    _set(record, "namespace", namespace)
    _set(record, "version", row[1])
    _set(record, "id", row[2])
    _set(record, "kind", KINDS[row[3]])
    _set(record, "status", STATUSES[row[4]])
    _set(record, "origin", ORIGINS[row[5]])
    _set(record, "content", row[6])
    _set(record, "content_key", row[7].hex() if row[7] else "")
    _set(record, "key", row[8])
    _set(record, "role", names.name(row[9]))
    _set(record, "speaker", names.name(row[10]))
    _set(record, "session", names.name(row[11]))
    _set(record, "message_id", row[12])
    _set(record, "occurred_at", from_micros(row[13]))
    _set(record, "recorded_at", from_micros(row[14]))
    _set(record, "valid_until", from_micros(row[15]))
    _set(record, "superseded_by", row[16])
    _set(record, "importance", row[17])
    _set(record, "pinned", bool(row[18]))
    _set(record, "support_count", row[19])
    _set(record, "access_count", row[20])
    _set(record, "last_accessed_at", from_micros(row[21]))
    _set(record, "expires_at", from_micros(row[22]))
    _set(record, "parts", unpack_parts(row[23]) if row[23] else ())
    _set(record, "derived_from", tuple(from_json(row[24])) if row[24] else ())
    _set(record, "metadata", unpack_metadata(row[25]))
    _set(record, "occurrences", tuple(occurrences))
    _set(record, "embedding", unpack_embedding(vector, embedder))
    return record


def _occurrences(
    connection: sqlite3.Connection, names: Names, pks: Sequence[int]
) -> dict[int, list[Occurrence]]:
    rows: list[tuple[int, int, int | None, str | None]] = []
    for start in range(0, len(pks), _IN_ONE_QUERY):
        some = pks[start : start + _IN_ONE_QUERY]
        marks = ",".join("?" * len(some))
        rows += connection.execute(
            "SELECT record, at, session, message_id FROM occurrences "
            f"WHERE record IN ({marks}) ORDER BY at, rowid",
            some,
        )
    names.load(connection, {row[2] for row in rows})
    found: dict[int, list[Occurrence]] = defaultdict(list)
    for pk, at, session, message_id in rows:
        time = from_micros(at)
        if time is not None:
            found[pk].append(
                Occurrence(at=time, session=names.name(session), message_id=message_id)
            )
    return found
