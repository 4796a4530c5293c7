"""Says what units of a plan do, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retentive.consolidate.report import Action, PlannedChange
from retentive.consolidate.units import Unit
from retentive.records import MemoryRecord, Status

__all__ = ["told"]

_ACTIONS: Mapping[Status, Action] = {
    Status.ACTIVE: "restore",
    Status.ARCHIVED: "archive",
    Status.SUPERSEDED: "supersede",
    Status.QUARANTINED: "quarantine",
}


def told(
    units: Sequence[Unit],
    reasons: Mapping[str, str],
    held: Mapping[str, MemoryRecord],
    policy: str,
) -> list[PlannedChange]:
    """Return the changes of units, in order.

    Args:
        units: Pieces of a plan.
        reasons: The plan's.
        held: The records that they touch, as they are before.
        policy: Whose plan it is.
    """
    changes: list[PlannedChange] = []
    for unit in units:
        says = {put.record.id: put.record.content for put in unit.puts}
        changes += [
            PlannedChange(
                id=id,
                action=action,
                reason=reasons.get(id, ""),
                policy=policy,
                content=says.get(id) or held[id].content,
                into=into,
            )
            for id, action, into in _actions(unit, held)
        ]
    return changes


def _actions(
    unit: Unit, held: Mapping[str, MemoryRecord]
) -> list[tuple[str, Action, str | None]]:
    """Return what happens to each record, and what takes its place."""
    actions: list[tuple[str, Action, str | None]] = [
        (put.record.id, "change" if put.record.id in held else "create", None)
        for put in unit.puts
    ]
    actions += [
        (change.id, _ACTIONS[change.status], change.superseded_by)
        for change in unit.status_changes
    ]
    actions += [(delete.id, "delete", None) for delete in unit.deletes]
    return actions
