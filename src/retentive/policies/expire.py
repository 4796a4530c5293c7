"""Deletes what has expired: times to live, and what was archived long ago."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from retentive.errors import InvalidInputError
from retentive.protocols import Delete, MemoryView, Plan

__all__ = ["Expire"]


class Expire:
    """Deletes records some time after their ``expires_at``, unless they are pinned.

    That is the end of a time to live that a record was given, and the end of the
    grace time of what another policy archived. A deletion can be undone for as
    long as any commit.
    """

    name = "expire"

    def __init__(self, *, grace_s: float = 0.0) -> None:
        """Set the time.

        Args:
            grace_s: Seconds for which an expired record is still kept.
        """
        if not 0.0 <= grace_s < math.inf:
            raise InvalidInputError(
                f"grace_s must be at least 0 seconds, got {grace_s!r}"
            )
        self._grace_s = grace_s

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what to delete."""
        over = (view.expires_at <= now.timestamp() - self._grace_s) & ~view.pinned
        records = view.records(np.flatnonzero(over).astype(np.int32))
        return Plan(
            deletes=[
                Delete(id=record.id, expected_version=record.version)
                for record in records
            ],
            reasons={
                record.id: f"expired on {record.expires_at:%Y-%m-%d %H:%M}"
                for record in records
            },
        )
