"""Reads what a caller hands to ``remember``: text, messages, mappings, records."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from retentive.errors import InvalidInputError
from retentive.records import (
    ContentPart,
    MemoryRecord,
    Message,
    Namespace,
    ToolCall,
)

__all__ = ["Input", "as_items", "message_from_mapping", "read_input"]

Input = str | Message | MemoryRecord | Mapping[str, Any]

_KNOWN_FIELDS = frozenset(
    {"role", "content", "name", "tool_calls", "tool_call_id", "id"}
)


def as_items(items: Input | Iterable[Input]) -> Iterable[Input]:
    """Return one item as a list of one, and many as they are."""
    if isinstance(items, Iterable) and not isinstance(items, str | Mapping):
        return items
    return [items]


def read_input(
    item: Input, *, namespace: Namespace, session: str | None, at: datetime
) -> Message | MemoryRecord:
    """Return a message, or a record, for one thing to remember.

    Args:
        item: Text, a message, an OpenAI-style mapping with a ``role``, or a
            record of the same namespace.
        namespace: Where it will be stored.
        session: Session of what brings none of its own.
        at: Time of what brings none of its own, UTC.

    Raises:
        InvalidInputError: It is none of these, or belongs elsewhere.
    """
    if isinstance(item, str):
        return MemoryRecord(
            content=item,
            namespace=namespace,
            role="user",
            session=session,
            occurred_at=at,
            recorded_at=at,
        )
    if isinstance(item, Message):
        return item
    if isinstance(item, MemoryRecord):
        return _own(item, namespace)
    if isinstance(item, Mapping):
        return message_from_mapping(item, session=session or "default", at=at)
    raise InvalidInputError(
        "remember takes text, a Message, a mapping with 'role' and 'content', or a "
        f"MemoryRecord; got {item!r} of type {type(item).__name__}"
    )


def message_from_mapping(
    fields: Mapping[str, Any], *, session: str, at: datetime
) -> Message:
    """Return the message of an OpenAI-style mapping; unknown fields go to ``raw``.

    Raises:
        InvalidInputError: No ``role``, or content that is neither text nor parts.
    """
    if not isinstance(fields.get("role"), str):
        raise InvalidInputError(
            "a message needs a 'role' such as 'user', got the fields "
            f"{sorted(map(str, fields))}"
        )
    text, parts = _content(fields.get("content"))
    given = {"id": fields["id"]} if fields.get("id") else {}
    return Message(
        role=fields["role"],
        content=text,
        session=session,
        at=at,
        name=fields.get("name"),
        parts=parts,
        tool_calls=tuple(map(_tool_call, fields.get("tool_calls") or ())),
        tool_call_id=fields.get("tool_call_id"),
        raw={key: value for key, value in fields.items() if key not in _KNOWN_FIELDS},
        **given,
    )


def _own(record: MemoryRecord, namespace: Namespace) -> MemoryRecord:
    if record.namespace == namespace:
        return record
    if record.namespace == ("default",):
        return record.but(namespace=namespace)
    raise InvalidInputError(
        f"the record {record.id!r} belongs to namespace {record.namespace!r}, not "
        f"{namespace!r}; use memory.within(*labels) to store it there"
    )


def _content(content: Any) -> tuple[str, tuple[ContentPart, ...]]:
    if content is None or isinstance(content, str):
        return content or "", ()
    if not isinstance(content, Sequence):
        raise InvalidInputError(
            f"content must be text or a list of parts, got {content!r}"
        )
    parts = tuple(map(_part, content))
    texts = [part.text for part in parts if part.type == "text" and part.text]
    return "\n".join(texts), parts


def _part(part: Any) -> ContentPart:
    if isinstance(part, str):
        return ContentPart(type="text", data={"type": "text", "text": part}, text=part)
    if not isinstance(part, Mapping) or not isinstance(part.get("type"), str):
        raise InvalidInputError(f"a content part needs a 'type', got {part!r}")
    kind = "text" if part["type"].endswith("text") else part["type"]
    text = part.get("text")
    return ContentPart(
        type=kind, data=part, text=text if isinstance(text, str) else None
    )


def _tool_call(call: Any) -> ToolCall:
    function = call.get("function", call) if isinstance(call, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        raise InvalidInputError(
            f"a tool call needs a function with a name, got {call!r}"
        )
    arguments = function.get("arguments", "{}")
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return ToolCall(
        id=str(call.get("id") or ""), name=function["name"], arguments=arguments
    )
