"""Turns messages into drafts: one memory per message, tool pairs kept together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from retentive.protocols import Draft
from retentive.records import MemoryRecord, Message, Namespace, Origin, ToolCall

__all__ = ["drafts_from", "unanswered"]

_ORIGINS = {"user": Origin.USER, "assistant": Origin.ASSISTANT}
_NEVER_REMEMBERED = frozenset({"system", "developer"})  # instructions are no memories


def drafts_from(
    messages: Sequence[Message],
    *,
    namespace: Namespace,
    recorded_at: datetime,
    earlier: Sequence[Message] = (),
) -> list[Draft]:
    """Return what there is to remember of some messages, in their order.

    A message of a user or an assistant is one draft; a picture's description
    joins its text. A call of a tool and its result are one draft of origin
    ``tool``, so that neither is ever recalled without the other; a call that has
    no result yet gives none. A result whose call is unknown stands alone. Messages
    of the system and the developer are instructions and give none.

    Args:
        messages: As they were said.
        namespace: Whose memories they become.
        recorded_at: When we learnt them, UTC.
        earlier: Messages kept before, where calls of these results may stand.
    """
    calls = {call.id: call for m in (*earlier, *messages) for call in m.tool_calls}
    results = {m.tool_call_id: m for m in messages if m.role == "tool"}
    here = {call.id for message in messages for call in message.tool_calls}
    drafts: list[Draft] = []
    for message in messages:
        if message.role in _NEVER_REMEMBERED or message.tool_call_id in here:
            continue  # an instruction, or a result that has joined its call
        for content, sources in _said(message, calls=calls, results=results):
            if content:
                made = _record(message, content, namespace, recorded_at, sources)
                drafts.append(Draft(record=made, messages=sources))
    return drafts


def unanswered(messages: Sequence[Message]) -> set[str]:
    """Return the sessions of results whose call is not among these messages."""
    called = {call.id for message in messages for call in message.tool_calls}
    return {
        message.session
        for message in messages
        if message.tool_call_id is not None and message.tool_call_id not in called
    }


def _said(
    message: Message,
    *,
    calls: Mapping[str, ToolCall],
    results: Mapping[str | None, Message],
) -> Iterator[tuple[str, tuple[Message, ...]]]:
    """Yield what a message tells, and the messages that it is made of."""
    asked = calls.get(message.tool_call_id or "")
    if asked is not None:
        yield _called(asked, message), (message,)
        return
    yield _text(message), (message,)
    for call in message.tool_calls:
        if call.id in results:
            yield _called(call, results[call.id]), (message, results[call.id])


def _called(call: ToolCall, result: Message) -> str:
    text = " ".join([result.content, *_shown(result)]).strip()
    return f"{call.name}({call.arguments}) -> {text}"


def _shown(message: Message) -> list[str]:
    return [
        f"[{part.type}: {part.text}]"
        for part in message.parts
        if part.type != "text" and part.text
    ]


def _text(message: Message) -> str:
    """Return the message's words, those of its pictures and sounds included."""
    text = " ".join([message.content, *_shown(message)]).strip()
    if message.role == "tool" and message.name and text:
        return f"{message.name} -> {text}"
    return text


def _record(
    message: Message,
    content: str,
    namespace: Namespace,
    recorded_at: datetime,
    sources: Sequence[Message],
) -> MemoryRecord:
    by_tool = message.role == "tool" or len(sources) > 1
    return MemoryRecord(
        content=content,
        namespace=namespace,
        parts=message.parts,
        role="tool" if by_tool else message.role,
        speaker=None if by_tool else message.name,
        session=message.session,
        message_id=message.id,
        occurred_at=message.at,
        recorded_at=recorded_at,
        origin=Origin.TOOL if by_tool else _ORIGINS.get(message.role, Origin.USER),
    )
