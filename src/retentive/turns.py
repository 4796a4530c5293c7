"""Reads a list of chat messages: what is asked, what is new, where memories go.

Everything that puts memories into prompts shares these answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from retentive.text.block import CLOSE_TAG, OPEN_TAG

__all__ = ["ChatMessage", "added", "is_block", "newest_question", "text_of"]

ChatMessage = Mapping[str, Any]
"""One message as OpenAI-compatible endpoints take it, with a ``role``."""


def text_of(message: ChatMessage) -> str:
    """Return the words of a message; those of its text parts, on lines of their own."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Sequence) else ()
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return "\n".join(text for text in texts if isinstance(text, str))


def is_block(message: ChatMessage) -> bool:
    """Return whether a message is a block of memories and nothing else."""
    if message.get("role") != "user":
        return False
    text = text_of(message)
    whole = text.startswith(f"{OPEN_TAG}\n") and text.endswith(CLOSE_TAG)
    return whole and text.count(CLOSE_TAG) == 1


def newest_question(messages: Sequence[ChatMessage]) -> int | None:
    """Return the place of the user's newest message; ``None`` if there is none.

    What follows it, calls of tools and their results, belongs to the same turn: the
    memories for it stand right before it, behind the history, so that a provider's
    cached prefix holds.
    """
    for place in range(len(messages) - 1, -1, -1):
        message = messages[place]
        if message.get("role") == "user" and not is_block(message):
            return place
    return None


def added(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return the messages since the last answer: what this request adds."""
    start = 0
    for place in range(len(messages) - 1, -1, -1):
        if messages[place].get("role") == "assistant":
            start = place + 1
            break
    return [message for message in messages[start:] if not is_block(message)]
