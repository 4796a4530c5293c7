"""Messages and records as JSON and back, without loss."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from retentive.records import (
    ContentPart,
    Embedding,
    MemoryRecord,
    Message,
    Namespace,
    Occurrence,
    ToolCall,
)

__all__ = [
    "message_from_json",
    "message_to_json",
    "record_from_json",
    "record_to_json",
]

_TIMES = ("occurred_at", "recorded_at", "valid_until", "last_accessed_at", "expires_at")
_PLAIN = (
    "id",
    "content",
    "kind",
    "role",
    "speaker",
    "session",
    "message_id",
    "superseded_by",
    "status",
    "importance",
    "pinned",
    "support_count",
    "access_count",
    "origin",
    "version",
    "key",
    "content_key",
)


def record_to_json(record: MemoryRecord) -> dict[str, Any]:
    """Return a record's fields as JSON; empty ones are left out.

    A vector is base64 of little-endian float16, as stores keep it.
    """
    fields: dict[str, Any] = {name: getattr(record, name) for name in _PLAIN}
    fields |= {name: _time(getattr(record, name)) for name in _TIMES}
    fields["parts"] = [_part(part) for part in record.parts]
    fields["occurrences"] = [
        {"at": _time(o.at), "session": o.session, "message_id": o.message_id}
        for o in record.occurrences
    ]
    fields["derived_from"] = list(record.derived_from)
    fields["metadata"] = _plain(record.metadata)
    if record.embedding is not None:
        halves = record.embedding.vector.astype("<f2").tobytes()
        fields["vector"] = b64encode(halves).decode()
        fields["embedder"] = record.embedding.fingerprint
    return {name: value for name, value in fields.items() if value not in _EMPTY}


def record_from_json(
    fields: Mapping[str, Any], *, namespace: Namespace
) -> MemoryRecord:
    """Return the record of :func:`record_to_json`."""
    given: dict[str, Any] = {name: fields[name] for name in _PLAIN if name in fields}
    given |= {
        name: datetime.fromisoformat(fields[name]) for name in _TIMES if name in fields
    }
    vector = None
    if "vector" in fields:
        halves = np.frombuffer(b64decode(fields["vector"]), "<f2")
        vector = Embedding(
            vector=halves.astype(np.float32), fingerprint=fields["embedder"]
        )
    return MemoryRecord(
        **given,
        namespace=namespace,
        parts=tuple(_part_of(part) for part in fields.get("parts", ())),
        occurrences=tuple(
            Occurrence(
                at=datetime.fromisoformat(said["at"]),
                session=said["session"],
                message_id=said["message_id"],
            )
            for said in fields.get("occurrences", ())
        ),
        derived_from=tuple(fields.get("derived_from", ())),
        metadata=fields.get("metadata", {}),
        embedding=vector,
    )


def message_to_json(message: Message) -> dict[str, Any]:
    """Return a message's fields as JSON; empty ones are left out."""
    fields = {
        "id": message.id,
        "role": message.role,
        "content": message.content,
        "session": message.session,
        "at": _time(message.at),
        "name": message.name,
        "parts": [_part(part) for part in message.parts],
        "tool_calls": [
            {"id": call.id, "name": call.name, "arguments": call.arguments}
            for call in message.tool_calls
        ],
        "tool_call_id": message.tool_call_id,
        "raw": _plain(message.raw),
    }
    return {name: value for name, value in fields.items() if value not in _EMPTY}


def message_from_json(fields: Mapping[str, Any]) -> Message:
    """Return the message of :func:`message_to_json`."""
    return Message(
        id=fields["id"],
        role=fields["role"],
        content=fields.get("content", ""),
        session=fields["session"],
        at=datetime.fromisoformat(fields["at"]),
        name=fields.get("name"),
        parts=tuple(_part_of(part) for part in fields.get("parts", ())),
        tool_calls=tuple(ToolCall(**call) for call in fields.get("tool_calls", ())),
        tool_call_id=fields.get("tool_call_id"),
        raw=fields.get("raw", {}),
    )


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _part(part: ContentPart) -> dict[str, Any]:
    return {"type": part.type, "data": _plain(part.data), "text": part.text}


def _part_of(fields: Mapping[str, Any]) -> ContentPart:
    return ContentPart(type=fields["type"], data=fields["data"], text=fields["text"])


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return list(map(_plain, value)) if isinstance(value, list | tuple) else value
