"""What a consolidation shows before, and reports after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from retentive.records import Namespace

__all__ = ["Action", "JournalEntry", "PlannedChange", "Preview", "Report"]

Action = Literal[
    "create", "change", "archive", "supersede", "quarantine", "restore", "delete"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """One change of one record.

    Attributes:
        id: The record.
        action: What happens to it.
        reason: Why.
        policy: Who wants it.
        content: What the record says, or for a created one will say.
        into: The record that takes its place, if one does.
    """

    id: str
    action: Action
    reason: str
    policy: str
    content: str
    into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A plan that waits for an answer.

    Attributes:
        changes: What would happen.
        changed: Records that this run would change, with those that it has.
        total: Records that the namespace holds.
        max_share: The share that may change unasked.
    """

    changes: Sequence[PlannedChange]
    changed: int
    total: int
    max_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run did, or with ``dry_run`` would do.

    Attributes:
        run: The run's id; undoing it undoes all its commits.
        namespace: Whose memories.
        changes: What was done, in order.
        commits: Ids of the commits, each of which can be undone.
        skipped: Changes left out because their record was written meanwhile, or
            because they met with another; by record id, with the reason.
        dry_run: Whether nothing was done.
    """

    run: str
    namespace: Namespace
    changes: Sequence[PlannedChange] = ()
    commits: Sequence[str] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False

    def __bool__(self) -> bool:
        """Return whether anything was, or would be, changed."""
        return bool(self.changes)

    def counts(self) -> Mapping[tuple[str, Action], int]:
        """Return how many changes there are, by policy and action."""
        return Counter((change.policy, change.action) for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """A commit that can be undone.

    Attributes:
        id: Pass it to ``undo``.
        at: When it was made.
        policy: Who planned it; ``undo`` for what was taken back.
        changes: How many records it changed.
    """

    id: str
    at: datetime
    policy: str
    changes: int
