"""Turns messages into drafts: one memory per message, tool pairs kept together."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from retentive.protocols import Draft
from retentive.records import MemoryRecord, Message, Namespace, Origin, ToolCall

__all__ = ["drafts_from", "unanswered"]

_ORIGINS = {"user": Origin.USER, "assistant": Origin.ASSISTANT}
_NEVER_REMEMBERED = frozenset({"system", "developer"})  # instructions are no memories
_TOOL_ROLES = frozenset({"tool", "function"})  # "function" is OpenAI's older name

_CallPlace = tuple[int, int]
"""Which message asks for a call, and which of its calls it is."""


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
    known = [*earlier, *messages]
    answers = _answers(known)
    joined = _joined(answers, since=len(earlier))
    taken = set(joined.values())
    drafts: list[Draft] = []
    for place in range(len(earlier), len(known)):
        message = known[place]
        if message.role in _NEVER_REMEMBERED or place in taken:
            continue  # an instruction, or a result that has joined its call
        for content, sources in _said(known, place, answers=answers, joined=joined):
            if content:
                made = _record(message, content, namespace, recorded_at, sources)
                drafts.append(Draft(record=made, messages=sources))
    return drafts


def unanswered(messages: Sequence[Message]) -> set[str]:
    """Return the sessions of results whose call is not among these messages."""
    answers = _answers(messages)
    return {
        message.session
        for place, message in enumerate(messages)
        if message.role in _TOOL_ROLES and place not in answers
    }


def _answers(messages: Sequence[Message]) -> dict[int, _CallPlace]:
    """Return the place of each result, with the place of the call that it answers.

    Ids are unique neither between sessions nor always within one: some servers
    count from ``call_0`` in every turn, and some give no id at all. So a result
    answers the first open call of its id in the newest message that has one; a
    further result of that id belongs to the same call.
    """
    open_calls: dict[tuple[str, str], deque[_CallPlace]] = defaultdict(deque)
    closed: dict[tuple[str, str], _CallPlace] = {}
    answers: dict[int, _CallPlace] = {}
    for place, message in enumerate(messages):
        for number, call in enumerate(message.tool_calls):
            waiting = open_calls[message.session, call.id]
            if waiting and waiting[0][0] != place:
                waiting.clear()  # the older call was given up
            waiting.append((place, number))
        if message.role in _TOOL_ROLES:
            key = message.session, message.tool_call_id or ""
            if open_calls[key]:
                answers[place] = closed[key] = open_calls[key].popleft()
            elif message.tool_call_id and key in closed:
                answers[place] = closed[key]
    return answers


def _joined(answers: Mapping[int, _CallPlace], *, since: int) -> dict[_CallPlace, int]:
    """Return the calls made from a place on, with the place of their first result."""
    joined: dict[_CallPlace, int] = {}
    for result, call in answers.items():
        if call[0] >= since:
            joined.setdefault(call, result)
    return joined


def _said(
    known: Sequence[Message],
    place: int,
    *,
    answers: Mapping[int, _CallPlace],
    joined: Mapping[_CallPlace, int],
) -> Iterator[tuple[str, tuple[Message, ...]]]:
    """Yield what a message tells, and the messages that it is made of."""
    message = known[place]
    if place in answers:
        asker, number = answers[place]
        yield _called(known[asker].tool_calls[number], message), (message,)
        return
    yield _text(message), (message,)
    for number, call in enumerate(message.tool_calls):
        if (place, number) in joined:
            result = known[joined[place, number]]
            yield _called(call, result), (message, result)


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
    if message.role in _TOOL_ROLES and message.name and text:
        return f"{message.name} -> {text}"
    return text


def _record(
    message: Message,
    content: str,
    namespace: Namespace,
    recorded_at: datetime,
    sources: Sequence[Message],
) -> MemoryRecord:
    by_tool = message.role in _TOOL_ROLES or len(sources) > 1
    return MemoryRecord(
        content=content,
        namespace=namespace,
        parts=sources[-1].parts,
        role="tool" if by_tool else message.role,
        speaker=None if by_tool else message.name,
        session=message.session,
        message_id=message.id,
        occurred_at=message.at,
        recorded_at=recorded_at,
        origin=Origin.TOOL if by_tool else _ORIGINS.get(message.role, Origin.USER),
    )
