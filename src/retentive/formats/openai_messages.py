"""OpenAI-style messages, one per line or a list of them per line."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from json import dumps
from typing import Any

from retentive.errors import InvalidInputError
from retentive.formats.entry import Entry, from_posix
from retentive.records import ContentPart, Message, ToolCall

__all__ = ["read_line"]

_KNOWN = frozenset(
    {"role", "content", "name", "tool_calls", "tool_call_id", "id", "session", "at"}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_line(number: int, fields: Any) -> list[Entry]:
    """Return the messages of one line: ``{"messages": [...]}`` or one message.

    A line with a list is a session of its own. Ids, sessions and times (``at``,
    ISO or POSIX seconds) are taken where they are given; other ids are made from
    place and content, so that reading a file again makes the same ones.
    """
    where = f"line {number}"
    if not isinstance(fields, dict):
        raise InvalidInputError(f"{where}: expected a JSON object, got {fields!r}")
    if "messages" not in fields:
        return [
            Entry(_message(fields, where, session=fields.get("session") or "default"))
        ]
    session = str(fields.get("session") or fields.get("id") or where)
    return [
        Entry(_message(item, f"{where}, message {place + 1}", session=session))
        for place, item in enumerate(fields["messages"])
    ]


def _message(fields: Any, where: str, *, session: str) -> Message:
    if not isinstance(fields, dict) or not isinstance(fields.get("role"), str):
        raise InvalidInputError(f"{where}: a message needs a 'role', got {fields!r}")
    text, parts = _content(fields.get("content"), where)
    made = f"{where} {dumps(fields, sort_keys=True)}"
    return Message(
        role=fields["role"],
        content=text,
        id=str(fields.get("id") or blake2b(made.encode(), digest_size=12).hexdigest()),
        session=str(session),
        at=_time(fields.get("at"), where),
        name=fields.get("name"),
        parts=parts,
        tool_calls=tuple(
            _tool_call(call, where) for call in fields.get("tool_calls") or ()
        ),
        tool_call_id=fields.get("tool_call_id"),
        raw={key: value for key, value in fields.items() if key not in _KNOWN},
    )


def _content(content: Any, where: str) -> tuple[str, tuple[ContentPart, ...]]:
    if content is None or isinstance(content, str):
        return content or "", ()
    if not isinstance(content, list) or not all(isinstance(p, dict) for p in content):
        raise InvalidInputError(f"{where}: content must be text or a list of parts")
    parts = tuple(
        ContentPart(type=str(part.get("type")), data=part, text=part.get("text"))
        for part in content
    )
    return "\n".join(
        part.text for part in parts if part.type == "text" and part.text
    ), parts


def _tool_call(call: Any, where: str) -> ToolCall:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict) or "name" not in function:
        raise InvalidInputError(
            f"{where}: a tool call needs a function name, got {call!r}"
        )
    return ToolCall(
        id=str(call.get("id") or ""),
        name=str(function["name"]),
        arguments=str(function.get("arguments") or "{}"),
    )


def _time(value: Any, where: str) -> datetime:
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        return from_posix(value) or _EPOCH
    except (TypeError, ValueError, OverflowError) as exc:
        raise InvalidInputError(f"{where}: 'at' is no time: {value!r}") from exc
