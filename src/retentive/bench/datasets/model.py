"""What every data set is turned into: conversations, and questions about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from retentive.errors import InvalidInputError
from retentive.records import MemoryRecord, Message

__all__ = [
    "ASKED_AFTER",
    "Conversation",
    "Dataset",
    "Question",
    "evidence_id",
    "said_when",
]

ASKED_AFTER = timedelta(days=1)
"""When a question is asked that has no time of its own: after the last memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question and the memories that answer it.

    Attributes:
        text: As asked.
        asked_at: The asker's present, UTC.
        evidence: Ids of memories of the same conversation, at least one.
        category: The data set's own label for this sort of question.
    """

    text: str
    asked_at: datetime
    evidence: frozenset[str]
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Memories of one namespace and the questions put to them.

    Attributes:
        id: Unique in the data set.
        memories: Messages or ready records, in the order they were said.
        questions: What is asked when all of it has been said.
    """

    id: str
    memories: tuple[Message | MemoryRecord, ...]
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A named set of conversations.

    Attributes:
        name: As reports call it.
        conversations: In the file's order.
        headline: Name of the summary row, such as ``cat1-4`` or ``all``.
        headline_categories: Categories in the summary; empty means all of them.
        dropped: Questions left out because their evidence does not exist.
    """

    name: str
    conversations: tuple[Conversation, ...]
    headline: str = "all"
    headline_categories: frozenset[str] = frozenset()
    dropped: int = 0

    def only(self, ids: Sequence[str]) -> Dataset:
        """Return the data set with these conversations alone.

        Raises:
            InvalidInputError: An id is not in the data set.
        """
        known = {conversation.id for conversation in self.conversations}
        unknown = sorted(set(ids) - known)
        if unknown:
            raise InvalidInputError(
                f"{self.name} has no conversation {', '.join(map(repr, unknown))}; "
                f"it has: {', '.join(sorted(known))}"
            )
        return replace(
            self,
            conversations=tuple(c for c in self.conversations if c.id in set(ids)),
        )

    def in_headline(self, category: str) -> bool:
        """Return whether questions of this category count in the summary row."""
        return not self.headline_categories or category in self.headline_categories


def evidence_id(memory: Message | MemoryRecord) -> str:
    """Return the id by which a question's evidence names this memory."""
    if isinstance(memory, Message):
        return memory.id
    return memory.message_id or memory.id


def said_when(memory: Message | MemoryRecord) -> datetime:
    """Return when this memory was said or happened, UTC."""
    return memory.at if isinstance(memory, Message) else memory.occurred_at
