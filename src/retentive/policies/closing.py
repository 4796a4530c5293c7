"""A plan that closes records by newer ones, or joins those that say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from retentive.policies.facts import Fact
from retentive.policies.joining import joined
from retentive.protocols import Plan, Put, StatusChange
from retentive.records import MemoryRecord, Status

__all__ = ["Draft"]


@dataclass(slots=True)
class Draft:
    """A plan under way, in which each record is touched once."""

    puts: list[Put] = field(default_factory=list)
    changes: list[StatusChange] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def close(self, old: Fact, new: Fact) -> None:
        """Close a fact by a newer one."""
        of = old.slot.subject or "the record"
        said = "no longer " if new.slot.ends else "now "
        reason = (
            f"{old.slot.attribute} of {of} is {said}{new.slot.value!r}, was "
            f"{old.slot.value!r}: {new.record.content!r}"
        )
        self.supersede(old.record, new.record, reason=reason)

    def supersede(self, record: MemoryRecord, by: MemoryRecord, *, reason: str) -> None:
        """Close a record by a newer one, if nothing else is planned for it."""
        if record.id in self.reasons:
            return
        self.changes.append(
            StatusChange(
                id=record.id,
                status=Status.SUPERSEDED,
                expected_version=record.version,
                superseded_by=by.id,
                valid_until=max(by.occurred_at, record.occurred_at),
            )
        )
        self.reasons[record.id] = reason

    def join(self, facts: Sequence[Fact]) -> None:
        """Join statements of one value that say nothing else."""
        whole = [
            fact
            for fact in facts
            if fact.whole and fact.slot.joins and fact.record.id not in self.reasons
        ]
        if not whole:
            return
        kept, *others = whole
        equal = [
            fact.record
            for fact in others
            if fact.slot.value == kept.slot.value
            and fact.slot.ends == kept.slot.ends
            and fact.record.kind is kept.record.kind
            and not (fact.record.pinned or fact.record.key or kept.record.key)
        ]
        if not equal:
            return
        self.puts.append(
            Put(
                record=joined(kept.record, equal),
                expected_version=kept.record.version,
            )
        )
        self.reasons[kept.record.id] = f"told {len(equal)} more times in other words"
        for record in equal:
            self.changes.append(
                StatusChange(
                    id=record.id,
                    status=Status.ARCHIVED,
                    expected_version=record.version,
                    superseded_by=kept.record.id,
                )
            )
            self.reasons[record.id] = f"says the same as: {kept.record.content!r}"

    def plan(self) -> Plan:
        """Return the plan."""
        return Plan(puts=self.puts, status_changes=self.changes, reasons=self.reasons)
