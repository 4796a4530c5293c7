"""Turns messages into drafts: one memory per message, tool pairs kept together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from retentive.protocols import Draft
from retentive.records import MemoryRecord, Message, Namespace, Origin, ToolCall

__all__ = ["drafts_from"]

_ORIGINS = {"user": Origin.USER, "assistant": Origin.ASSISTANT, "tool": Origin.TOOL}
_NEVER_REMEMBERED = frozenset({"system", "developer"})  # instructions are no memories


def drafts_from(
    messages: Sequence[Message], *, namespace: Namespace, recorded_at: datetime
) -> list[Draft]:
    """Return what there is to remember of some messages, in their order.

    A message of a user or an assistant is one draft; a picture's description
    joins its text. An assistant's call of a tool and the result, wherever it
    follows, are one draft of origin ``tool``, so that neither is ever recalled
    without the other. A result without its call stands alone. Messages of the
    system and the developer are instructions and give none.

    Args:
        messages: As they were said.
        namespace: Whose memories they become.
        recorded_at: When we learnt them, UTC.
    """
    results = {m.tool_call_id: m for m in messages if m.role == "tool"}
    called = {call.id for message in messages for call in message.tool_calls}
    drafts: list[Draft] = []
    for message in messages:
        if message.role in _NEVER_REMEMBERED:
            continue
        if message.role == "tool" and message.tool_call_id in called:
            continue  # it has joined its call
        for content, sources in _contents(message, results):
            origin = Origin.TOOL if len(sources) > 1 else _origin(message)
            record = _record(message, content, namespace, recorded_at, origin)
            drafts.append(Draft(record=record, messages=sources))
    return drafts


def _contents(
    message: Message, results: dict[str | None, Message]
) -> Iterator[tuple[str, tuple[Message, ...]]]:
    text = _text(message)
    if text:
        yield text, (message,)
    for call in message.tool_calls:
        result = results.get(call.id)
        sources = (message,) if result is None else (message, result)
        yield _called(call, result), sources


def _called(call: ToolCall, result: Message | None) -> str:
    asked = f"{call.name}({call.arguments})"
    return asked if result is None else f"{asked} -> {_text(result)}"


def _text(message: Message) -> str:
    """Return the message's words, those of its pictures and sounds included."""
    shown = [
        f"[{part.type}: {part.text}]"
        for part in message.parts
        if part.type != "text" and part.text
    ]
    text = " ".join([message.content, *shown]).strip()
    if message.role == "tool" and message.name and text:
        return f"{message.name} -> {text}"
    return text


def _origin(message: Message) -> Origin:
    return _ORIGINS.get(message.role, Origin.USER)


def _record(
    message: Message,
    content: str,
    namespace: Namespace,
    recorded_at: datetime,
    origin: Origin,
) -> MemoryRecord:
    return MemoryRecord(
        content=content,
        namespace=namespace,
        parts=message.parts,
        role="tool" if origin is Origin.TOOL else message.role,
        speaker=message.name if message.role != "tool" else None,
        session=message.session,
        message_id=message.id,
        occurred_at=message.at,
        recorded_at=recorded_at,
        origin=origin,
    )
