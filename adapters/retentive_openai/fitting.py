"""Keeps a request within its tokens: old turns leave, calls with their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from retentive.processors.inputs import message_from_mapping
from retentive.protocols import TokenCounter
from retentive.records import Message
from retentive.structures.queue import Queue
from retentive.structures.units import message_tokens
from retentive.turns import ChatMessage
from retentive_openai.reading import INSTRUCTIONS, kept

__all__ = ["fit", "tokens_of"]

_COUNTED = frozenset({"role", "content", "name", "tool_calls", "tool_call_id"})
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # counting asks for none


def fit(
    views: Sequence[ChatMessage],
    at: int,
    *,
    limit: int,
    blocks: Mapping[int, str],
    counter: TokenCounter,
) -> list[int]:
    """Return the places of the messages that stay, in order.

    Instructions stay, and the present turn: the newest question and what follows it.
    Of the history between them stays what a sliding window of the rest of the tokens
    holds; it begins with a message of the user. The window overflows in steps, so
    that the beginning of the request stays the same for several turns.

    Args:
        views: The request's messages.
        at: The newest question.
        limit: Most tokens of all that stays, blocks included.
        blocks: Blocks that stand with earlier questions, by the question's place.
        counter: Counts tokens.
    """
    read = [_read(view, place, blocks) for place, view in enumerate(views)]
    fixed = {n for n, m in enumerate(read) if n >= at or m.role in INSTRUCTIONS}
    left = limit - sum(message_tokens(read[n], counter=counter) for n in fixed)
    history = [read[n] for n in range(at) if n not in fixed]
    if left < 1 or not history:
        return sorted(fixed)
    window = Queue(budget=left, counter=counter)
    gone = {message.id for message in window.add(history)}
    held = [n for n in range(at) if n not in fixed and str(n) not in gone]
    if sum(message_tokens(read[n], counter=counter) for n in held) > left:
        held = []  # a window never lets go of its newest unit, which may be too long
    if gone:
        while held and read[held[0]].role != "user":
            held.pop(0)
    return sorted({*fixed, *held})


def tokens_of(
    views: Sequence[ChatMessage],
    held: Sequence[int],
    *,
    blocks: Mapping[int, str],
    counter: TokenCounter,
) -> int:
    """Return what the messages at some places cost, their blocks included."""
    read = [_read(views[place], place, blocks) for place in held]
    return sum(message_tokens(message, counter=counter) for message in read)


def _read(view: ChatMessage, place: int, blocks: Mapping[int, str]) -> Message:
    """Return a message for counting; what could not be kept costs nothing."""
    fields = kept(view)
    if fields is None:
        fields = {"role": view["role"], "content": view.get("content")}
    plain = {key: value for key, value in fields.items() if key in _COUNTED}
    message = message_from_mapping(
        {**plain, "id": str(place)}, session="default", at=_ANY_TIME
    )
    if not blocks.get(place):
        return message
    return Message(
        role=message.role,
        content=f"{blocks[place]}\n{message.content}",
        id=message.id,
        at=message.at,
        parts=message.parts,
    )
