"""Records and messages as values on the server, and back.

A record's value is its slot (kind and content key, or ``-``) and JSON: the scripts
read the slot, and nothing else of it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from retentive.errors import CorruptStoreError
from retentive.records import (
    MemoryRecord,
    Message,
    Namespace,
    Occurrence,
)
from retentive.stores.codec import (
    KINDS,
    NO_METADATA,
    ORIGINS,
    STATUSES,
    from_micros,
    message_of,
    message_values,
    pack_parts,
    to_json,
    to_micros,
    unpack_embedding,
    unpack_metadata,
    unpack_parts,
)

__all__ = [
    "NO_SLOT",
    "expiry_of",
    "pack_message",
    "pack_record",
    "pack_use",
    "slot_of",
    "unpack_message",
    "unpack_record",
    "unpack_records",
]

NO_SLOT = "-"
"""The slot of a record that is never merged by content."""

_set = object.__setattr__


def slot_of(kind: str, content_key: str) -> str:
    """Return the name of the slot that one mergeable record holds."""
    return f"{kind}:{content_key}" if content_key else NO_SLOT


def pack_record(record: MemoryRecord, content_key: str | None = None) -> str:
    """Return a record's value, without version, vector and counts of use.

    Args:
        record: The record.
        content_key: That it gets, if it has none yet.
    """
    key = record.content_key if content_key is None else content_key
    said = [
        (to_micros(item.at), item.session, item.message_id)
        for item in record.occurrences
    ]
    values = (
        KINDS.index(record.kind),
        STATUSES.index(record.status),
        ORIGINS.index(record.origin),
        record.content,
        key,
        record.key,
        record.role,
        record.speaker,
        record.session,
        record.message_id,
        to_micros(record.occurred_at),
        to_micros(record.recorded_at),
        to_micros(record.valid_until),
        record.superseded_by,
        record.importance,
        int(record.pinned),
        record.support_count,
        to_micros(record.expires_at),
        pack_parts(record.parts),
        record.derived_from,
        to_json(dict(record.metadata)),
        said,
    )
    return f"{slot_of(record.kind.value, key)} {_encode(values)}"


def pack_use(record: MemoryRecord) -> str:
    """Return how often, and when last, a record was used; empty for never."""
    if not record.access_count and record.last_accessed_at is None:
        return ""
    last = to_micros(record.last_accessed_at)
    return f"{record.access_count} {'' if last is None else last}"


def expiry_of(record: MemoryRecord) -> str:
    """Return when a record expires, in seconds since 1970; empty for never."""
    return "" if record.expires_at is None else repr(record.expires_at.timestamp())


def unpack_records(
    namespace: Namespace, rows: Sequence[Any], *, embedder: bytes | None = None
) -> list[MemoryRecord]:
    """Return the records of rows as the scripts give them, without those gone.

    Args:
        namespace: Whose they are.
        rows: ``id, value, version, use, vector`` of each, one after the other.
        embedder: Fingerprint of the vectors.

    Raises:
        CorruptStoreError: A value is not one that Retentive wrote.
    """
    made_by = embedder.decode() if embedder else None
    return [
        unpack_record(namespace, rows[at : at + 5], embedder=made_by)
        for at in range(0, len(rows), 5)
        if rows[at + 1] is not None
    ]


def unpack_record(
    namespace: Namespace, row: Sequence[Any], *, embedder: str | None
) -> MemoryRecord:
    """Return the record of one row, without validating it again.

    Raises:
        CorruptStoreError: The value is not one that Retentive wrote.
    """
    try:
        return _record(namespace, row, embedder)
    except (IndexError, KeyError, OverflowError, TypeError, ValueError) as exc:
        raise CorruptStoreError(
            f"the record {row[0]!r} of {namespace!r} is damaged: {exc!r}; restore the "
            "server's data from a copy, or delete the record"
        ) from exc


def _record(
    namespace: Namespace, stored: Sequence[Any], embedder: str | None
) -> MemoryRecord:
    id, value, version, use, vector = stored
    _, _, body = value.partition(b" ")
    row = json.loads(body)
    record = object.__new__(MemoryRecord)
    _set(record, "namespace", namespace)
    _set(record, "version", int(version))
    _set(record, "id", id.decode())
    _set(record, "kind", KINDS[row[0]])
    _set(record, "status", STATUSES[row[1]])
    _set(record, "origin", ORIGINS[row[2]])
    _set(record, "content", row[3])
    _set(record, "content_key", row[4])
    _set(record, "key", row[5])
    _set(record, "role", row[6])
    _set(record, "speaker", row[7])
    _set(record, "session", row[8])
    _set(record, "message_id", row[9])
    _set(record, "occurred_at", from_micros(row[10]))
    _set(record, "recorded_at", from_micros(row[11]))
    _set(record, "valid_until", from_micros(row[12]))
    _set(record, "superseded_by", row[13])
    _set(record, "importance", row[14])
    _set(record, "pinned", bool(row[15]))
    _set(record, "support_count", row[16])
    _set(record, "expires_at", from_micros(row[17]))
    _set(record, "parts", unpack_parts(row[18]) if row[18] else ())
    _set(record, "derived_from", tuple(row[19]))
    _set(record, "metadata", unpack_metadata(row[20]) if row[20] else NO_METADATA)
    _set(record, "occurrences", _occurrences(row[21]) if row[21] else ())
    count, _, last = (use or b"0 ").partition(b" ")
    _set(record, "access_count", int(count))
    _set(record, "last_accessed_at", from_micros(int(last)) if last else None)
    _set(record, "embedding", unpack_embedding(vector, embedder))
    return record


def _occurrences(rows: Sequence[Sequence[Any]]) -> tuple[Occurrence, ...]:
    said = []
    for micros, session, message_id in rows:
        at = from_micros(micros)
        if at is None:
            raise ValueError("an occurrence without a time")
        said.append(Occurrence(at=at, session=session, message_id=message_id))
    return tuple(said)


def pack_message(message: Message) -> str:
    """Return a message as JSON."""
    return _encode(message_values(message))


def unpack_message(session: str, id: bytes, value: bytes) -> Message:
    """Return the message of :func:`pack_message`.

    Raises:
        CorruptStoreError: The value is not one that Retentive wrote.
    """
    try:
        return message_of(json.loads(value), id=id.decode(), session=session)
    except (OverflowError, TypeError, ValueError) as exc:
        raise CorruptStoreError(
            f"the message {id!r} of session {session!r} is damaged: {exc!r}; restore "
            "the server's data from a copy, or delete the message"
        ) from exc


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
