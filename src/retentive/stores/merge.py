"""What a put does to what is stored: the same rules for every store."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from retentive.errors import (
    ConflictError,
    EmbedderMismatchError,
    InvalidInputError,
)
from retentive.protocols import Put
from retentive.records import (
    MemoryRecord,
    Namespace,
    Occurrence,
    Status,
    trusted_copy,
)
from retentive.text.normalise import content_key

__all__ = [
    "Action",
    "check_embedder",
    "check_version",
    "content_key_of",
    "keyed",
    "merged",
    "resolve",
]

Action = Literal["created", "merged", "replaced", "unchanged"]


def keyed(record: MemoryRecord, *, namespace: Namespace, salt: bytes) -> MemoryRecord:
    """Return a record with the content key that a store gives it.

    Raises:
        InvalidInputError: The record belongs to another namespace.
    """
    if record.namespace != namespace:
        raise InvalidInputError(
            f"record {record.id!r} belongs to namespace {record.namespace!r}, not to "
            f"the batch's {namespace!r}; put it in a batch of its own"
        )
    return trusted_copy(record, content_key=content_key_of(record, salt=salt))


def content_key_of(record: MemoryRecord, *, salt: bytes) -> str:
    """Return the content key of a record; empty for one with a caller's key."""
    if record.key is not None:
        return ""
    who = record.speaker or record.role or ""
    return content_key(record.content, who=who, salt=salt)


def resolve(
    put: Put,
    record: MemoryRecord,
    *,
    same_id: MemoryRecord | None,
    same_key: MemoryRecord | None,
    same_content: MemoryRecord | None,
) -> tuple[Action, MemoryRecord]:
    """Decide what a put does.

    Args:
        put: The put.
        record: Its record, keyed.
        same_id: What is stored under its id.
        same_key: What is stored under its caller's key.
        same_content: What a put without an expected version would merge into.

    Returns:
        The action, and the record to store (for ``unchanged`` the stored one).

    Raises:
        ConflictError: The stored version is not the expected one, or the id
            holds something else already.
    """
    if put.expected_version is not None:
        check_version(record.id, put.expected_version, same_id)
        if same_id is None:
            return "created", record
        return "replaced", _replacing(same_id, record)
    if same_key is not None:
        if _retried(record, same_key):
            return "unchanged", same_key
        return "replaced", _replacing(same_key, record)
    if same_id is not None:
        if _same(record, same_id):
            return "unchanged", same_id
        raise ConflictError(record.id, expected=0, actual=same_id.version)
    if same_content is not None:
        joined = merged(same_content, record)
        return ("unchanged", same_content) if joined is None else ("merged", joined)
    return "created", record


def merged(stored: MemoryRecord, again: MemoryRecord) -> MemoryRecord | None:
    """Return the stored record with one more telling of it.

    ``None`` if all of what was told again is known by its messages.
    """
    fresh = _fresh(stored, again)
    if not fresh:
        return None
    repeated = len(again.said_at()) - len(fresh)
    return trusted_copy(
        stored,
        # What is fresh was said at least once, whatever the count claims.
        support_count=stored.support_count + max(1, again.support_count - repeated),
        occurrences=tuple(
            sorted((*stored.occurrences, *fresh), key=lambda said: said.at)
        ),
        importance=max(stored.importance, again.importance),
        pinned=stored.pinned or again.pinned,
        expires_at=_later(stored, again),
        status=Status.ACTIVE if stored.status is Status.ARCHIVED else stored.status,
        embedding=stored.embedding or again.embedding,
    )


def check_version(id: str, expected: int | None, stored: MemoryRecord | None) -> None:
    """Refuse a change of what is not at the version that the caller read.

    Raises:
        ConflictError: It is at another version, or there, or not there.
    """
    actual = stored.version if stored is not None else 0
    if expected is not None and expected != actual:
        raise ConflictError(id, expected=expected, actual=actual)


def check_embedder(
    record: MemoryRecord, *, held: str | None, namespace: Namespace
) -> str | None:
    """Return the namespace's embedder after a put of this record.

    Raises:
        EmbedderMismatchError: The record's vector is another embedder's.
    """
    if record.embedding is None:
        return held
    given = record.embedding.fingerprint
    if held is not None and given != held:
        raise EmbedderMismatchError(
            f"namespace {namespace!r} holds vectors of {held!r}, not of {given!r}; "
            f"open it with that embedder, or convert it: retentive reembed"
        )
    return given


def _fresh(stored: MemoryRecord, again: MemoryRecord) -> list[Occurrence]:
    """Return what was told again in messages that are not known yet, each once."""
    known = {said.message_id for said in stored.said_at() if said.message_id}
    fresh: list[Occurrence] = []
    for said in again.said_at():
        if said.message_id not in known:
            fresh.append(said)
        if said.message_id is not None:
            known.add(said.message_id)
    return fresh


def _replacing(stored: MemoryRecord, record: MemoryRecord) -> MemoryRecord:
    """Return the record in the place of the stored one.

    Records are read without their vectors: one that comes back changed, but with
    the same content, has not lost its vector.
    """
    if record.embedding is None and record.content == stored.content:
        return trusted_copy(record, id=stored.id, embedding=stored.embedding)
    return trusted_copy(record, id=stored.id)


def _same(record: MemoryRecord, stored: MemoryRecord) -> bool:
    """Return whether a put of a known id tells what is stored already."""
    return (record.content, record.content_key, record.kind, record.key) == (
        stored.content,
        stored.content_key,
        stored.kind,
        stored.key,
    )


def _retried(record: MemoryRecord, stored: MemoryRecord) -> bool:
    """Return whether this very record is what its caller's key holds."""
    return record.id == stored.id and stored == trusted_copy(
        record, version=stored.version, embedding=stored.embedding
    )


def _later(stored: MemoryRecord, again: MemoryRecord) -> datetime | None:
    if stored.expires_at is None or again.expires_at is None:
        return None
    return max(stored.expires_at, again.expires_at)
