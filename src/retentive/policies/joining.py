"""Joins a record that says the same into the one that stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from retentive.protocols import Plan, Put, StatusChange
from retentive.records import MemoryRecord, Occurrence, Status, trusted_copy

__all__ = ["clusters", "joined", "merge_plan"]


def clusters(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the groups that pairs connect, each ascending."""
    leader: dict[int, int] = {}

    def lead(place: int) -> int:
        while leader.setdefault(place, place) != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for one, other in pairs:
        first, second = sorted((lead(one), lead(other)))
        leader[second] = first
    groups: dict[int, list[int]] = {}
    for place in sorted(leader):
        groups.setdefault(lead(place), []).append(place)
    return list(groups.values())


def merge_plan(groups: Sequence[tuple[Sequence[MemoryRecord], str]]) -> Plan:
    """Return a plan that keeps one record of each group and archives the rest.

    Stays: what is pinned, else what was recorded first. A second pinned record
    is left alone.

    Args:
        groups: Records that say the same, and why they are taken to.
    """
    puts: list[Put] = []
    changes: list[StatusChange] = []
    reasons: dict[str, str] = {}
    for members, reason in groups:
        kept, *others = sorted(members, key=_seniority)
        others = [record for record in others if not record.pinned]
        if not others:
            continue
        puts.append(Put(record=joined(kept, others), expected_version=kept.version))
        reasons[kept.id] = f"takes in {len(others)} more with the same meaning"
        for record in others:
            changes.append(_archived(record, into=kept))
            reasons[record.id] = f"{reason}: {kept.content!r}"
    return Plan(puts=puts, status_changes=changes, reasons=reasons)


def joined(kept: MemoryRecord, others: Sequence[MemoryRecord]) -> MemoryRecord:
    """Return a record with the support, times and weight of others.

    What was joined before, and told once more since, counts only once.
    """
    new = [record for record in others if record.superseded_by != kept.id]
    fresh = _fresh(kept, others)
    # A count may claim more than the times that are known.
    unlisted = sum(r.support_count - len(r.said_at()) for r in new)
    return trusted_copy(
        kept,
        support_count=kept.support_count + len(fresh) + max(0, unlisted),
        occurrences=tuple(
            sorted((*kept.occurrences, *fresh), key=lambda said: said.at)
        ),
        importance=max(r.importance for r in (kept, *others)),
        access_count=kept.access_count + sum(r.access_count for r in new),
        last_accessed_at=_latest(r.last_accessed_at for r in (kept, *others)),
    )


def _fresh(kept: MemoryRecord, others: Sequence[MemoryRecord]) -> list[Occurrence]:
    """Return the times of the others that the record does not have yet."""
    known = set(kept.said_at())
    messages = {said.message_id for said in known if said.message_id}
    fresh: list[Occurrence] = []
    for record in others:
        again = record.superseded_by == kept.id
        for said in record.said_at():
            if said.message_id in messages or (again and said in known):
                continue
            fresh.append(said)
            if said.message_id is not None:
                messages.add(said.message_id)
    return fresh


def _archived(record: MemoryRecord, *, into: MemoryRecord) -> StatusChange:
    return StatusChange(
        id=record.id,
        status=Status.ARCHIVED,
        expected_version=record.version,
        superseded_by=into.id,
    )


def _seniority(record: MemoryRecord) -> tuple[bool, datetime, str]:
    return (not record.pinned, record.recorded_at, record.id)


def _latest(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
