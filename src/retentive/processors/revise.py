"""Changes a record on somebody's request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from retentive.errors import InvalidInputError
from retentive.records import MemoryRecord

__all__ = ["CHANGEABLE", "revised"]

CHANGEABLE = (
    "content",
    "kind",
    "speaker",
    "occurred_at",
    "valid_until",
    "importance",
    "pinned",
    "expires_at",
    "metadata",
)
"""What a request may change: the rest is identity, history, or the store's."""


def revised(record: MemoryRecord, changes: Mapping[str, Any]) -> MemoryRecord:
    """Return the record with changes; other words lose their vector.

    Raises:
        InvalidInputError: A field cannot be changed, or its value is refused.
    """
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise InvalidInputError(
            f"a memory's {', '.join(CHANGEABLE)} can be changed; got {unknown!r}"
        )
    if changes.get("content", record.content) == record.content:
        return record.but(**changes)
    return record.but(**changes, embedding=None)
