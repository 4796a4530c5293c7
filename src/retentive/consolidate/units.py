"""Cuts a plan into the smallest pieces that make sense alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from retentive.protocols import Delete, Plan, Put, StatusChange
from retentive.records import MemoryRecord

__all__ = ["Unit", "batches", "plan_of", "units_of", "versioned"]


@dataclass(slots=True)
class Unit:
    """Changes that happen together or not at all: a merge, a supersession.

    Attributes:
        read: The version of each touched record that the changes start from;
            0 for one that is created.
    """

    puts: list[Put] = field(default_factory=list)
    status_changes: list[StatusChange] = field(default_factory=list)
    deletes: list[Delete] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        """Ids of the records that it touches."""
        touched = [put.record.id for put in self.puts]
        touched += [change.id for change in self.status_changes]
        return touched + [delete.id for delete in self.deletes]


def units_of(plan: Plan) -> list[Unit]:
    """Return a plan's changes, joined where one is told by way of another.

    A record belongs with what it is superseded by or derived from, if the plan
    touches that, too. The order is that of the plan.
    """
    links = dict(_links(plan))
    leader = {id: id for id in links}

    def lead(id: str) -> str:
        while leader[id] != id:
            leader[id] = leader[leader[id]]
            id = leader[id]
        return id

    for id, others in links.items():
        for other in others:
            if other in leader:
                leader[lead(other)] = lead(id)
    units: dict[str, Unit] = {}
    for put in plan.puts:
        units.setdefault(lead(put.record.id), Unit()).puts.append(put)
    for change in plan.status_changes:
        units.setdefault(lead(change.id), Unit()).status_changes.append(change)
    for delete in plan.deletes:
        units.setdefault(lead(delete.id), Unit()).deletes.append(delete)
    return list(units.values())


def plan_of(units: Sequence[Unit], reasons: Mapping[str, str]) -> Plan:
    """Return the units as one plan again."""
    return Plan(
        puts=[put for unit in units for put in unit.puts],
        status_changes=[change for unit in units for change in unit.status_changes],
        deletes=[delete for unit in units for delete in unit.deletes],
        reasons=reasons,
    )


def versioned(units: Sequence[Unit], held: Mapping[str, MemoryRecord]) -> list[Unit]:
    """Return the units, each knowing the versions that it starts from.

    Those that the policy gave, else those of now: whether they are too new is
    seen later.
    """
    for unit in units:
        unit.read = {id: held[id].version if id in held else 0 for id in unit.ids}
        given = {put.record.id: put.expected_version for put in unit.puts}
        given |= {change.id: change.expected_version for change in unit.status_changes}
        given |= {delete.id: delete.expected_version for delete in unit.deletes}
        unit.read |= {id: version for id, version in given.items() if version}
    return list(units)


def batches(units: Sequence[Unit], *, size: int) -> Iterator[list[Unit]]:
    """Yield the units in runs of about ``size`` changes; none is split."""
    held: list[Unit] = []
    count = 0
    for unit in units:
        if held and count + len(unit.ids) > size:
            yield held
            held, count = [], 0
        held.append(unit)
        count += len(unit.ids)
    if held:
        yield held


def _links(plan: Plan) -> Iterator[tuple[str, Iterable[str]]]:
    for put in plan.puts:
        record = put.record
        yield record.id, (*record.derived_from, *_one(record.superseded_by))
    for change in plan.status_changes:
        yield change.id, _one(change.superseded_by)
    for delete in plan.deletes:
        yield delete.id, ()


def _one(id: str | None) -> tuple[str, ...]:
    return () if id is None else (id,)
