"""Gives what is remembered a time to live, by its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from retentive.errors import InvalidInputError
from retentive.protocols import Draft
from retentive.records import Kind, MemoryRecord, trusted_copy
from retentive.records.checks import member

__all__ = ["LONGEST_S", "TimesToLive"]

LONGEST_S = 1_000 * 365 * 86_400.0
"""Seconds; what is to live longer has no end."""


class TimesToLive:
    """Sets ``expires_at`` of records that bring none: ``recorded_at`` plus a time.

    From then on they are not recalled, on any store, and the policy ``expire``
    deletes them. What is told again lives on from then. What is pinned has no end.
    """

    def __init__(self, seconds: Mapping[Any, float]) -> None:
        """Set the times.

        Args:
            seconds: By :class:`Kind`, or its name, above 0; kinds that lack live for ever.

        Raises:
            InvalidInputError: A time is not above 0, or beyond a thousand years.
        """
        wrong = {str(k): s for k, s in seconds.items() if not 0.0 < s <= LONGEST_S}
        if wrong:
            raise InvalidInputError(
                f"times to live must be seconds above 0 and of at most 1,000 years, got "
                f"{wrong!r}; leave a kind out that is to live for ever"
            )
        self._lives = {
            member(Kind, kind, name="kind"): timedelta(seconds=s)
            for kind, s in seconds.items()
        }

    def __call__(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Return the drafts, those of these kinds with an end."""
        return [
            Draft(record=self._with_end(draft.record), messages=draft.messages)
            for draft in drafts
        ]

    def _with_end(self, record: MemoryRecord) -> MemoryRecord:
        life = self._lives.get(record.kind)
        if life is None or record.expires_at is not None or record.pinned:
            return record
        return trusted_copy(record, expires_at=record.recorded_at + life)
