"""LangGraph's items as records, and back.

An item is a record whose ``key`` is the item's, whose metadata is its value and whose
content is the first text to search it by. Further texts are records of their own, in
the same session as the item: the key.
"""

from __future__ import annotations

import json
from base64 import b32hexencode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.records import (
    ContentPart,
    Embedding,
    Kind,
    MemoryRecord,
    Namespace,
    Origin,
    Status,
)

__all__ = [
    "ITEM",
    "TEXT",
    "Draft",
    "is_expired",
    "item_fields",
    "item_id",
    "plain",
    "records_of",
    "renewed",
    "text_count",
    "whole_text",
]

ITEM = "item"
"""Role of the record that is an item."""
TEXT = "text"
"""Role of the records of its further texts."""

_EXTRAS = "langgraph"
_RESERVED = "\0"  # what the keys of further texts begin with


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An item to be written.

    Attributes:
        namespace: Where, the store's root included.
        key: Unique in the namespace.
        value: JSON that nobody else holds.
        texts: To search it by; at least one.
        vectors: One for each text, ``None`` for what has none.
        searchable: Whether a query may find it.
        ttl_minutes: How long it lives after its last use; ``None``: for ever.
    """

    namespace: Namespace
    key: str
    value: Mapping[str, Any]
    texts: Sequence[str]
    vectors: Sequence[NDArray[np.float32] | None]
    searchable: bool
    ttl_minutes: float | None


def item_id(key: str, place: int = 0) -> str:
    """Return the record id of an item's text: 26 characters, always the same."""
    digest = blake2b(json.dumps([key, place]).encode(), digest_size=16).digest()
    return b32hexencode(digest)[:26].decode()


def records_of(
    draft: Draft, *, created_at: datetime, now: datetime, fingerprint: str
) -> list[MemoryRecord]:
    """Return the records of an item, the item itself first.

    Raises:
        InvalidInputError: The key or the value cannot be stored.
    """
    if draft.key.startswith(_RESERVED):
        raise InvalidInputError(f"a key must not begin with NUL, got {draft.key!r}")
    many = len(draft.texts)
    extras = {"ttl_minutes": draft.ttl_minutes, "texts": many}
    shared: dict[str, Any] = {
        "namespace": draft.namespace,
        "kind": Kind.SEMANTIC,
        "session": draft.key,
        "occurred_at": created_at,
        "recorded_at": now,
        "expires_at": _end(now, draft.ttl_minutes),
        "origin": Origin.ASSISTANT,
        "pinned": True,  # what was put by a program, no policy takes away
        "status": Status.ACTIVE if draft.searchable else Status.ARCHIVED,
    }
    return [
        MemoryRecord(
            **shared,
            id=item_id(draft.key, place),
            key=draft.key if place == 0 else _RESERVED + item_id(draft.key, place),
            role=ITEM if place == 0 else TEXT,
            content=text,
            metadata=draft.value if place == 0 else {},
            parts=(ContentPart(type=_EXTRAS, data=extras),) if place == 0 else (),
            derived_from=() if place == 0 else (item_id(draft.key),),
            embedding=None
            if vector is None
            else Embedding(vector=vector, fingerprint=fingerprint),
        )
        for place, (text, vector) in enumerate(
            zip(draft.texts, draft.vectors, strict=True)
        )
    ]


def whole_text(value: Mapping[str, Any]) -> str:
    """Return a value as the text that stands for all of it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def item_fields(record: MemoryRecord, *, depth: int) -> dict[str, Any]:
    """Return what an item of LangGraph is made of.

    Args:
        record: The item's record.
        depth: Labels of the store's root, which LangGraph does not see.
    """
    return {
        "value": plain(record.metadata),
        "key": record.key,
        "namespace": record.namespace[depth:],
        "created_at": record.occurred_at,
        "updated_at": record.recorded_at,
    }


def text_count(record: MemoryRecord) -> int:
    """Return how many records an item has, itself included."""
    return int(_extra(record, "texts") or 1)


def is_expired(record: MemoryRecord, *, now: datetime) -> bool:
    """Return whether an item's time is over."""
    return record.expires_at is not None and record.expires_at <= now


def renewed(record: MemoryRecord, *, now: datetime) -> datetime | None:
    """Return when an item that is used now ends; ``None`` if it never does."""
    return _end(now, _extra(record, "ttl_minutes"))


def plain(value: Any) -> Any:
    """Return JSON that shares nothing with what it was made of."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return list(map(plain, value)) if isinstance(value, list | tuple) else value


def _extra(record: MemoryRecord, name: str) -> Any:
    for part in record.parts:
        if part.type == _EXTRAS:
            return part.data.get(name)
    return None


def _end(now: datetime, ttl_minutes: float | None) -> datetime | None:
    return None if ttl_minutes is None else now + timedelta(minutes=ttl_minutes)
