"""Reads an agent's messages: what is asked, what came since, where memories go."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AnyMessage, BaseMessage, HumanMessage

__all__ = ["asked", "since_asked", "with_block", "written_by_middleware"]


def written_by_middleware(message: BaseMessage) -> bool:
    """Return whether a middleware wrote it: a summary is nobody's words."""
    return bool(message.additional_kwargs.get("lc_source"))


def asked(messages: Sequence[BaseMessage]) -> str:
    """Return the text of the user's newest message; empty without one."""
    place = _question(messages)
    return "" if place is None else str(messages[place].text)


def since_asked(messages: Sequence[BaseMessage]) -> Sequence[BaseMessage]:
    """Return what agent and tools said since the user's newest message."""
    place = _question(messages)
    return messages[(0 if place is None else place + 1) :]


def with_block(messages: Sequence[AnyMessage], block: str) -> list[AnyMessage]:
    """Return the messages with a block of memories right before the question.

    It stands there as the user's, never as the system's: what was remembered is
    data, not instructions.
    """
    if not block:
        return list(messages)
    place = _question(messages) or 0
    note = HumanMessage(block, additional_kwargs={"lc_source": "retentive"})
    return [*messages[:place], note, *messages[place:]]


def _question(messages: Sequence[BaseMessage]) -> int | None:
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        if isinstance(message, HumanMessage) and not written_by_middleware(message):
            return place
    return None
