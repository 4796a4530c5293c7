"""One thing read from a file, and how to complain about one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from retentive.errors import InvalidInputError
from retentive.records import MemoryRecord, Message

__all__ = ["Entry", "from_posix", "required"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A message or a record, and the part of the file that it belongs to.

    Attributes:
        item: What was read.
        labels: What tells the conversations of one file apart, to be added to a
            namespace; empty where the file holds one person's.
        captured: Whether the item is to be stored as it is: a transcript entry
            whose memories are in the file as well.
    """

    item: Message | MemoryRecord
    labels: tuple[str, ...] = ()
    captured: bool = False


def required(fields: Any, name: str, place: str) -> Any:
    """Return a field.

    Raises:
        InvalidInputError: It is missing.
    """
    if not isinstance(fields, dict) or name not in fields:
        raise InvalidInputError(f"{place}: the field {name!r} is missing")
    return fields[name]


def from_posix(seconds: Any) -> datetime | None:
    """Return the time of POSIX seconds; ``None`` for none."""
    return None if seconds is None else datetime.fromtimestamp(float(seconds), UTC)
