"""Rows of the tables ``records`` and ``messages``, and what they stand for."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from retentive.records import (
    Embedding,
    Kind,
    MemoryRecord,
    Message,
    Namespace,
    Occurrence,
    Origin,
    Status,
)
from retentive.stores.codec import (
    from_json,
    from_micros,
    pack_parts,
    pack_tool_calls,
    to_json,
    to_micros,
    unpack_metadata,
    unpack_parts,
    unpack_tool_calls,
    unpack_vector,
)

__all__ = [
    "MESSAGE_COLUMNS",
    "RECORD_COLUMNS",
    "Names",
    "message_of",
    "message_row",
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
MESSAGE_COLUMNS = (
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
_IN_ONE_QUERY = 500  # below SQLite's limit on variables, which old builds have at 999
_set = object.__setattr__


class Names:
    """The numbers of interned names, as far as a process has met them."""

    def __init__(self) -> None:
        """Know none."""
        self.clear()

    def clear(self) -> None:
        """Forget what a transaction that failed may have added."""
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def number(self, connection: sqlite3.Connection, name: str | None) -> int | None:
        """Return a name's number, making one in the present transaction."""
        if name is None:
            return None
        if name not in self._numbers:
            connection.execute("INSERT OR IGNORE INTO names (name) VALUES (?)", (name,))
            self._learn(connection, "name", [name])
        return self._numbers[name]

    def known(self, connection: sqlite3.Connection, name: str) -> int | None:
        """Return a name's number if it has one."""
        if name not in self._numbers:
            self._learn(connection, "name", [name])
        return self._numbers.get(name)

    def load(
        self, connection: sqlite3.Connection, numbers: Iterable[int | None]
    ) -> None:
        """Learn the names of these numbers."""
        lacking = {n for n in numbers if n is not None and n not in self._names}
        if lacking:
            self._learn(connection, "id", list(lacking))

    def name(self, number: int | None) -> str | None:
        """Return the name of a number that was loaded."""
        return None if number is None else self._names[number]

    def _learn(
        self, connection: sqlite3.Connection, column: str, values: Sequence[Any]
    ) -> None:
        for start in range(0, len(values), _IN_ONE_QUERY):
            some = values[start : start + _IN_ONE_QUERY]
            marks = ",".join("?" * len(some))
            query = f"SELECT id, name FROM names WHERE {column} IN ({marks})"
            for number, name in connection.execute(query, some):
                self._numbers[name] = number
                self._names[number] = name


def record_row(
    connection: sqlite3.Connection, names: Names, record: MemoryRecord
) -> tuple[Any, ...]:
    """Return a record's values for :data:`RECORD_COLUMNS`."""
    return (
        record.version,
        record.id,
        record.kind.value,
        record.status.value,
        record.origin.value,
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
    """
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
    _set(record, "kind", Kind._value2member_map_[row[3]])
    _set(record, "status", Status._value2member_map_[row[4]])
    _set(record, "origin", Origin._value2member_map_[row[5]])
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
    embedding = None
    if vector is not None and embedder is not None:
        embedding = Embedding(vector=unpack_vector(vector), fingerprint=embedder)
    _set(record, "embedding", embedding)
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


def message_row(message: Message) -> tuple[Any, ...]:
    """Return a message's values for :data:`MESSAGE_COLUMNS`."""
    return (
        message.id,
        message.role,
        message.content,
        to_micros(message.at),
        message.name,
        message.tool_call_id,
        pack_parts(message.parts),
        pack_tool_calls(message.tool_calls),
        to_json(dict(message.raw)),
    )


def message_of(row: Sequence[Any], *, session: str) -> Message:
    """Return the message of a row of :data:`MESSAGE_COLUMNS`."""
    id, role, content, at, name, tool_call_id, parts, tool_calls, raw = row
    time = from_micros(at)
    if time is None:
        raise ValueError("a message without a time")
    return Message(
        id=id,
        role=role,
        content=content,
        at=time,
        session=session,
        name=name,
        tool_call_id=tool_call_id,
        parts=unpack_parts(parts),
        tool_calls=unpack_tool_calls(tool_calls),
        raw=unpack_metadata(raw),
    )
