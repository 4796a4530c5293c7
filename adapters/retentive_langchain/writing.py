"""Keeps an agent's messages, each of them once."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from langchain_core.messages import AIMessage, BaseMessage

from retentive.errors import InvalidInputError
from retentive.memory import Memory
from retentive.records import Message
from retentive_langchain.messages import from_langchain
from retentive_langchain.turns import since_asked, written_by_middleware

__all__ = ["keep_answers", "keep_input"]

_log = logging.getLogger(__name__)


def keep_input(
    memory: Memory, messages: Sequence[BaseMessage], *, session: str
) -> None:
    """Remember what a run adds to the conversation: all since the last answer.

    What came before was kept when it was said. It is not looked at again: a client
    without a checkpointer sends its history anew each time, under new ids.
    """
    for place in range(len(messages) - 1, -1, -1):
        if isinstance(messages[place], AIMessage):
            messages = messages[place + 1 :]
            break
    _keep(memory, messages, session=session)


def keep_answers(
    memory: Memory, messages: Sequence[BaseMessage], *, session: str
) -> None:
    """Remember what was said since the transcript's end.

    Where its last message is not among these, since the question. What is kept
    already is not kept twice: the transcript knows its messages by their ids.
    """
    ids = [message.id for message in messages]
    ends = [message.id for message in memory.messages(session, last=1)]
    if ends and ends[0] in ids:
        messages = messages[ids.index(ends[0]) + 1 :]
    else:
        messages = since_asked(messages)
    _keep(memory, messages, session=session)


def _keep(memory: Memory, messages: Sequence[BaseMessage], *, session: str) -> None:
    said = [
        kept
        for message in messages
        if not written_by_middleware(message)
        and (kept := _storable(message, session, memory)) is not None
    ]
    if said:
        memory.remember(said)


def _storable(message: BaseMessage, session: str, memory: Memory) -> Message | None:
    """Return the message to keep; ``None``, with a warning, if it cannot be stored.

    A picture beyond all bounds, or broken text, is no reason to fail the run.
    """
    try:
        return from_langchain(message, session=session, at=memory.clock())
    except InvalidInputError as exc:
        _log.warning("message %r is not remembered: %s", message.id, exc)
        return None
