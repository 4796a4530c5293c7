"""A run under way: what it has changed so far, left out, and may still change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from retentive.consolidate.report import PlannedChange, Preview, Report
from retentive.consolidate.settings import ConsolidationSettings
from retentive.consolidate.telling import told
from retentive.consolidate.units import Unit
from retentive.errors import ApprovalNeededError
from retentive.records import MemoryRecord, Namespace, new_id

__all__ = ["Approve", "Planned", "Run"]

Approve = Callable[[Preview], bool]
"""Answers whether a plan beyond the share may be carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one policy wants.

    Attributes:
        policy: Its name.
        units: The changes, cut into pieces.
        reasons: By record id.
        held: The records that they touch or refer to, as they are before.
    """

    policy: str
    units: Sequence[Unit]
    reasons: Mapping[str, str]
    held: Mapping[str, MemoryRecord]

    def told(self) -> list[PlannedChange]:
        """Return the changes for people."""
        return told(self.units, self.reasons, self.held, self.policy)


@dataclass(slots=True)
class Run:
    """A run of the policies over a namespace, or an undoing.

    Attributes:
        namespace: Whose memories.
        now: The present, UTC.
        undone: By policy, the records that it shall leave alone.
        undone_states: By record, the statuses that no policy shall give it again,
            each with what would replace it.
        shown_only: Whether nothing is committed.
        changes: What was done, or would be.
        touched: Ids of the records concerned.
        skipped: Why records were left out.
    """

    namespace: Namespace
    now: datetime
    undone: Mapping[str, frozenset[str]] = field(default_factory=dict)
    undone_states: Mapping[str, set[tuple[str, str | None]]] = field(
        default_factory=dict
    )
    shown_only: bool = False
    id: str = field(default_factory=new_id)
    changes: list[PlannedChange] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)

    def note(self, planned: Planned) -> None:
        """Count changes as done."""
        self.changes += planned.told()
        self.touched |= {id for unit in planned.units for id in unit.ids}

    def why_not(self, unit: Unit, policy: str) -> str | None:
        """Return why a policy may not make these changes in this run."""
        if self.shown_only and not self.touched.isdisjoint(unit.ids):
            return "another policy of this run changes it"
        again = not self.undone.get(policy, frozenset()).isdisjoint(unit.ids) or any(
            (change.status.value, change.superseded_by)
            in self.undone_states.get(change.id, ())
            for change in unit.status_changes
        )
        return "the same was undone before" if again else None

    def ask(
        self,
        planned: Planned,
        *,
        total: int,
        settings: ConsolidationSettings,
        approve: Approve | None,
    ) -> None:
        """Ask about a plan that goes beyond the share which may change unasked.

        Args:
            planned: What a policy wants next.
            total: Records that the namespace holds.
            settings: Whose ``max_share`` it is.
            approve: Whom to ask.

        Raises:
            ApprovalNeededError: Nobody said yes.
        """
        fresh = {id for u in planned.units for id in u.ids if id in planned.held}
        changed = len(self.touched | fresh)
        if not planned.units or changed <= settings.most(total):
            return
        share = 0.5 if settings.max_share is None else settings.max_share
        preview = Preview(
            changes=planned.told(), changed=changed, total=total, max_share=share
        )
        if approve is not None and approve(preview):
            return
        raise ApprovalNeededError(
            f"policy {planned.policy!r} would change {changed:,} of the {total:,} records "
            f"of {self.namespace!r}, more than the share of {share:g} that may change "
            "unasked; look at it with dry_run=True, then allow it with approve= or a "
            "larger max_share",
            changed=changed,
            total=total,
        )

    def report(self, commits: Sequence[str] = ()) -> Report:
        """Return what was done, or would be."""
        return Report(
            run=self.id,
            namespace=self.namespace,
            changes=self.changes,
            commits=list(commits),
            skipped=self.skipped,
            dry_run=self.shown_only,
        )
