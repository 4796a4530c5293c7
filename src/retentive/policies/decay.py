"""Archives what has faded: the policy of recency and importance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from retentive.errors import InvalidInputError
from retentive.policies.codes import of_status
from retentive.policies.retention import HALF_LIVES_S, Retention
from retentive.protocols import MemoryView, Plan, Put
from retentive.records import Kind, MemoryRecord, Status

__all__ = ["Decay"]

_DAY_S = 86_400.0


class Decay:
    """Archives memories whose strength has fallen below a bound.

    strength = importance * curve(time since it was last told or used)

    An archived memory is not recalled, awakes when it is told again, and expires
    after a grace time, from which on ``expire`` may delete it. What is pinned, has
    no half-life or is superseded stays as it is.
    """

    name = "decay"

    def __init__(
        self,
        *,
        curve: str = "ebbinghaus",
        half_life_s: float = HALF_LIVES_S[Kind.EPISODIC],
        semantic_half_life_s: float | None = HALF_LIVES_S[Kind.SEMANTIC],
        procedural_half_life_s: float | None = None,
        summary_half_life_s: float | None = None,
        growth: float = 1.0,
        archive_below: float = 0.05,
        grace_s: float | None = 30 * _DAY_S,
    ) -> None:
        """Set the pace.

        Args:
            curve: ``exponential``, ``power_law`` or ``ebbinghaus``.
            half_life_s: Seconds in which an episodic memory of one telling loses
                half its strength.
            semantic_half_life_s: The same of facts; ``None``: they never fade.
            procedural_half_life_s: The same of skills.
            summary_half_life_s: The same of summaries.
            growth: How much slower each telling and use makes the Ebbinghaus
                curve, in half-lives.
            archive_below: Strength under which a memory is archived, in [0, 1].
            grace_s: Seconds from archiving to expiry; ``None``: never.
        """
        if not 0.0 <= archive_below <= 1.0:
            raise InvalidInputError(
                f"archive_below must be in [0, 1], got {archive_below!r}"
            )
        if grace_s is not None and not 0.0 <= grace_s < math.inf:
            raise InvalidInputError(
                f"grace_s must be at least 0 seconds, got {grace_s!r}"
            )
        half_lives = {
            Kind.EPISODIC: half_life_s,
            Kind.SEMANTIC: semantic_half_life_s,
            Kind.PROCEDURAL: procedural_half_life_s,
            Kind.SUMMARY: summary_half_life_s,
        }
        self._retention = Retention(
            curve=curve,
            half_lives_s={
                k: math.inf if s is None else s for k, s in half_lives.items()
            },
            growth=growth,
        )
        self._archive_below = archive_below
        self._grace_s = grace_s

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what to archive."""
        now_s = now.timestamp()
        weak = self._retention.of_rows(view, now_s=now_s) < self._archive_below
        weak &= of_status(view, [Status.ACTIVE]) & ~view.pinned
        # The records know of uses that the columns may not.
        records = view.records(np.flatnonzero(weak).astype(np.int32))
        strengths = self._retention.of_records(records, now_s=now_s)
        faded = [
            (record, float(strength))
            for record, strength in zip(records, strengths, strict=True)
            if strength < self._archive_below
        ]
        return Plan(
            puts=self._archived([record for record, _ in faded], now),
            reasons={
                record.id: f"faded to {strength:.3f}, below {self._archive_below:g}"
                for record, strength in faded
            },
        )

    def _archived(self, records: Sequence[MemoryRecord], now: datetime) -> list[Put]:
        return [
            Put(
                record=record.but(
                    status=Status.ARCHIVED, expires_at=self._expiry(record, now)
                ),
                expected_version=record.version,
            )
            for record in records
        ]

    def _expiry(self, record: MemoryRecord, now: datetime) -> datetime | None:
        if self._grace_s is None:
            return record.expires_at
        grace = now + timedelta(seconds=self._grace_s)
        return grace if record.expires_at is None else min(grace, record.expires_at)
