"""Records and messages as values that a database holds, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.records import (
    ContentPart,
    Embedding,
    Kind,
    Message,
    Origin,
    Status,
    ToolCall,
)

__all__ = [
    "KINDS",
    "ORIGINS",
    "STATUSES",
    "from_json",
    "from_micros",
    "message_of",
    "message_values",
    "pack_parts",
    "pack_tool_calls",
    "pack_vector",
    "to_json",
    "to_micros",
    "unpack_embedding",
    "unpack_metadata",
    "unpack_parts",
    "unpack_tool_calls",
    "unpack_vector",
]

# A row holds the place in these lists: only ever append to them.
KINDS = (Kind.EPISODIC, Kind.SEMANTIC, Kind.PROCEDURAL, Kind.SUMMARY)
STATUSES = (
    Status.ACTIVE,
    Status.ARCHIVED,
    Status.SUPERSEDED,
    Status.QUARANTINED,
)
ORIGINS = (
    Origin.USER,
    Origin.ASSISTANT,
    Origin.TOOL,
    Origin.WEB,
    Origin.SYSTEM,
    Origin.IMPORT,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
NO_METADATA: Mapping[str, Any] = MappingProxyType({})


def to_micros(at: datetime | None) -> int | None:
    """Return microseconds since 1970, exactly; ``None`` for no time."""
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int | None) -> datetime | None:
    """Return the time of :func:`to_micros`."""
    return None if micros is None else _EPOCH + timedelta(0, 0, micros)


def to_json(value: Any) -> str | None:
    """Return compact JSON; ``None`` for what is empty."""
    if not value:
        return None
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), default=_mapping
    )


def from_json(text: str | None) -> Any:
    """Return the value of :func:`to_json`; ``None`` for what was empty."""
    return None if text is None else json.loads(text)


def unpack_metadata(text: str | None) -> Mapping[str, Any]:
    """Return frozen metadata."""
    return NO_METADATA if text is None else MappingProxyType(json.loads(text))


def pack_parts(parts: Sequence[ContentPart]) -> str | None:
    """Return the parts of multimodal content as JSON."""
    return to_json([[part.type, part.data, part.text] for part in parts])


def unpack_parts(text: str | None) -> tuple[ContentPart, ...]:
    """Return the parts of :func:`pack_parts`."""
    return tuple(
        ContentPart(type=type_, data=data, text=said)
        for type_, data, said in from_json(text) or ()
    )


def pack_tool_calls(calls: Sequence[ToolCall]) -> str | None:
    """Return tool calls as JSON."""
    return to_json([[call.id, call.name, call.arguments] for call in calls])


def unpack_tool_calls(text: str | None) -> tuple[ToolCall, ...]:
    """Return the calls of :func:`pack_tool_calls`."""
    return tuple(
        ToolCall(id=id, name=name, arguments=arguments)
        for id, name, arguments in from_json(text) or ()
    )


def pack_vector(vector: NDArray[np.float32]) -> bytes:
    """Return a vector as little-endian float16."""
    return vector.astype("<f2").tobytes()


def unpack_vector(blob: bytes) -> NDArray[np.float32]:
    """Return the vector of :func:`pack_vector`, to 11 bits."""
    return np.frombuffer(blob, "<f2").astype(np.float32)


def unpack_embedding(blob: bytes | None, made_by: str | None) -> Embedding | None:
    """Return a stored vector with its embedder's fingerprint, if there are both.

    It is not validated again.
    """
    if blob is None or made_by is None:
        return None
    embedding = object.__new__(Embedding)
    object.__setattr__(embedding, "vector", unpack_vector(blob))
    object.__setattr__(embedding, "fingerprint", made_by)
    return embedding


def message_values(message: Message) -> tuple[Any, ...]:
    """Return what is stored of a message besides its id and session."""
    return (
        message.role,
        message.content,
        to_micros(message.at),
        message.name,
        message.tool_call_id,
        pack_parts(message.parts),
        pack_tool_calls(message.tool_calls),
        to_json(dict(message.raw)),
    )


def message_of(values: Sequence[Any], *, id: str, session: str) -> Message:
    """Return the message of :func:`message_values`.

    Raises:
        OverflowError, TypeError, ValueError: They are no message's.
    """
    role, content, at, name, tool_call_id, parts, calls, raw = values
    time = from_micros(at)
    if time is None:
        raise ValueError("a message without a time")
    return Message(
        id=id,
        session=session,
        role=role,
        content=content,
        at=time,
        name=name,
        tool_call_id=tool_call_id,
        parts=unpack_parts(parts),
        tool_calls=unpack_tool_calls(calls),
        raw=unpack_metadata(raw),
    )


def _mapping(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"not JSON: {value!r}")
