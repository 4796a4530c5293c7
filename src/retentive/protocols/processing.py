"""Steps between what is said and what is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from retentive.records import MemoryRecord, Message

__all__ = ["Draft", "Processor", "SupportsMessages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A record in the making, and the messages that it comes from.

    Attributes:
        record: What would be stored.
        messages: Its sources; empty for plain text and for given records.
    """

    record: MemoryRecord
    messages: tuple[Message, ...] = ()


class Processor(Protocol):
    """A step between what was said and what is stored: split, redact, extract.

    Pure but for a language model that it may be given.
    """

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts to go on with; leaving one out drops it."""


@runtime_checkable
class SupportsMessages(Protocol):
    """A processor that also has a say in what transcripts keep."""

    def message(self, message: Message) -> Message:
        """Return the message as it is to be kept, and drafted from."""
