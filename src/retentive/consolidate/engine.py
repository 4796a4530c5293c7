"""Runs policies over a namespace: plan, validate, ask if need be, commit, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from retentive.consolidate import journal
from retentive.consolidate.claim import claimed
from retentive.consolidate.commit import Committer, Embed
from retentive.consolidate.journal import Entry
from retentive.consolidate.report import (
    JournalEntry,
    PlannedChange,
    Preview,
    Report,
)
from retentive.consolidate.settings import ConsolidationSettings
from retentive.consolidate.telling import told
from retentive.consolidate.undo import inverse
from retentive.consolidate.units import Unit, plan_of, units_of, versioned
from retentive.consolidate.validate import check_plan, touched_ids
from retentive.consolidate.view import View, view_of
from retentive.errors import ApprovalNeededError, InvalidInputError
from retentive.index.replica import Replica
from retentive.protocols import (
    Batch,
    ConsolidationPolicy,
    Lease,
    MessageDelete,
    Plan,
    Store,
)
from retentive.records import MemoryRecord, Namespace, new_id

__all__ = ["Approve", "Consolidator", "Progress"]

Approve = Callable[[Preview], bool]
"""Answers whether a plan beyond the share may be carried out."""

Progress = Callable[[int, int], None]
"""Told how many changes of a policy are done, of how many."""

_UNDO = "undo"


@dataclass(slots=True)
class _Run:
    """A run under way."""

    id: str
    now: datetime
    undone: Mapping[str, frozenset[str]]
    shown_only: bool = False
    changes: list[PlannedChange] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    skipped: dict[str, str] = field(default_factory=dict)


class Consolidator:
    """The engine of one namespace; see the concept page on consolidation."""

    def __init__(
        self,
        store: Store,
        replica: Replica,
        namespace: Namespace,
        *,
        settings: ConsolidationSettings,
        embed: Embed = list,
    ) -> None:
        """Compose.

        Args:
            store: The truth.
            replica: Follows this namespace, and no other.
            namespace: Whose memories.
            settings: Policies and limits.
            embed: Gives vectors to records that a policy makes.
        """
        self._store, self._replica, self._namespace = store, replica, namespace
        self._settings = settings
        self._embed = embed

    def preview(self, *, now: datetime) -> Report:
        """Return what a run would do; changes nothing and waits for nobody."""
        run = self._begin(now)
        run.shown_only = True
        view = view_of(self._replica, self._store, self._namespace)
        for policy in self._settings.policies:
            units, reasons, held = self._planned(policy, view, run)
            self._note(units, reasons, held, policy.name, run)
        return self._report(run, commits=(), dry_run=True)

    def run(
        self,
        *,
        now: datetime,
        approve: Approve | None = None,
        progress: Progress = lambda _done, _total: None,
    ) -> Report:
        """Let every policy plan, and commit what it wants.

        Args:
            now: The present, UTC.
            approve: Asked about a plan beyond ``max_share``; ``None``: such a plan
                raises.
            progress: Told of every batch.

        Raises:
            BusyError: Another process consolidates this namespace.
            ApprovalNeededError: A plan goes beyond ``max_share``, and nobody said
                yes; what earlier policies did stays, and can be undone.
            PlanError: A policy planned what no plan may do.
            FencedError: The lease was lost; what was committed stays.
        """
        run = self._begin(now)
        settings = self._settings
        with claimed(self._store, self._namespace, ttl_s=settings.lease_s) as lease:
            committer = self._committer(run, lease)
            for policy in settings.policies:
                view = view_of(self._replica, self._store, self._namespace)
                units, reasons, held = self._planned(policy, view, run)
                self._ask(units, reasons, held, policy.name, run, view, approve)
                made = committer.commit(
                    units, policy=policy.name, size=settings.batch, progress=progress
                )
                self._note(made, reasons, held, policy.name, run)
            self._mark(run, lease)
        run.skipped |= committer.skipped
        return self._report(run, commits=committer.commits, dry_run=False)

    def undo(self, id: str, *, now: datetime) -> Report:
        """Take back a commit, or all commits of a run.

        The next runs do not do the same to the same records again, for as long as
        the undoing itself could be undone.

        Raises:
            InvalidInputError: The journal has no such commit any more.
            BusyError: Another process consolidates this namespace.
        """
        run = self._begin(now)
        ttl_s = self._settings.lease_s
        with claimed(self._store, self._namespace, ttl_s=ttl_s) as lease:
            entries = self._entries(id)
            committer = self._committer(run, lease)
            for entry in reversed(entries):
                held = self._held(entry.changes)
                plan, left = inverse(entry, held, namespace=self._namespace)
                run.skipped |= left
                units = versioned(units_of(plan), held)
                policy = f"{_UNDO} {entry.shown.policy}"
                made = committer.commit(
                    units,
                    policy=policy,
                    size=self._settings.batch,
                    progress=lambda _done, _total: None,
                )
                self._note(made, plan.reasons, held, policy, run)
        run.skipped |= committer.skipped
        return self._report(run, commits=committer.commits, dry_run=False)

    def journal(self) -> list[JournalEntry]:
        """Return what can be undone, oldest first."""
        return [entry.shown for entry in journal.read(self._store, self._namespace)]

    # --- steps -----------------------------------------------------------------

    def _begin(self, now: datetime) -> _Run:
        undone: dict[str, frozenset[str]] = {}
        for entry in journal.read(self._store, self._namespace):
            verb, _, policy = entry.shown.policy.partition(" ")
            if verb == _UNDO:
                undone[policy] = undone.get(policy, frozenset()) | set(entry.changes)
        return _Run(id=new_id(), now=now, undone=undone)

    def _planned(
        self, policy: ConsolidationPolicy, view: View, run: _Run
    ) -> tuple[list[Unit], Mapping[str, str], Mapping[str, MemoryRecord]]:
        """Let a policy plan; return what of it is allowed and still holds."""
        plan = policy.plan(view, now=run.now)
        held = self._held([*touched_ids(plan), *_referred(plan)])
        units = [
            unit
            for unit in versioned(units_of(plan), held)
            if self._holds(unit, held, view, run, policy.name)
        ]
        check_plan(
            plan_of(units, plan.reasons),
            held,
            policy=policy.name,
            namespace=self._namespace,
            evicts=bool(getattr(policy, "evicts", False)),
            now_s=run.now.timestamp(),
        )
        return units, plan.reasons, held

    def _holds(
        self,
        unit: Unit,
        held: Mapping[str, MemoryRecord],
        view: View,
        run: _Run,
        policy: str,
    ) -> bool:
        """Return whether a unit starts from what is there; note why it does not."""
        undone = run.undone.get(policy, frozenset())
        for id in unit.ids:
            seen = held.get(id)
            if run.shown_only and id in run.touched:
                why = "another policy of this run changes it"
            elif id in undone:
                why = "the same was undone before"
            elif seen is None and self._replica.row(id) is None:
                continue  # it is to be created, or unknown: the check will say
            elif seen is None or seen.version > view.sequence:
                why = "it was written meanwhile"
            else:
                continue
            run.skipped |= dict.fromkeys(unit.ids, why)
            return False
        return True

    def _ask(
        self,
        units: Sequence[Unit],
        reasons: Mapping[str, str],
        held: Mapping[str, MemoryRecord],
        policy: str,
        run: _Run,
        view: View,
        approve: Approve | None,
    ) -> None:
        changed = len(run.touched | {id for u in units for id in u.ids if id in held})
        if not units or changed <= self._settings.most(view.size):
            return
        max_share = self._settings.max_share
        preview = Preview(
            changes=told(units, reasons, held, policy),
            changed=changed,
            total=view.size,
            max_share=0.5 if max_share is None else max_share,
        )
        if approve is not None and approve(preview):
            return
        raise ApprovalNeededError(
            f"policy {policy!r} would change {changed:,} of the {view.size:,} records of "
            f"{self._namespace!r}, more than the share of {preview.max_share:g} that "
            "may change unasked; look at it with dry_run=True, then allow it with "
            "approve= or a larger max_share",
            changed=changed,
            total=view.size,
        )

    def _note(
        self,
        units: Sequence[Unit],
        reasons: Mapping[str, str],
        held: Mapping[str, MemoryRecord],
        policy: str,
        run: _Run,
    ) -> None:
        run.changes += told(units, reasons, held, policy)
        if policy.startswith(_UNDO):
            return
        run.touched |= {id for unit in units for id in unit.ids}

    def _mark(self, run: _Run, lease: Lease) -> None:
        """Note that a run ended, and drop what is too old to be undone."""
        entries = journal.read(self._store, self._namespace)
        keep_s = self._settings.undo_for_s
        old = journal.outdated(entries, now=run.now, keep_s=keep_s)
        self._replica.frame()
        mark = journal.mark(
            run.id,
            changes=len(run.changes),
            sequence=self._replica.state().seen[self._namespace] + 1,
            at=run.now,
        )
        former = MessageDelete(session=journal.JOURNAL, id=journal.MARK)
        self._store.apply(
            Batch(
                namespace=self._namespace,
                message_deletes=[former, *old],
                messages=[mark],
                lease=lease,
            )
        )

    def _entries(self, id: str) -> list[Entry]:
        entries = journal.read(self._store, self._namespace)
        found = [entry for entry in entries if entry.shown.id.split(".")[0] == id]
        found = found or [entry for entry in entries if entry.shown.id == id]
        if not found:
            raise InvalidInputError(
                f"no commit {id!r} can be undone in {self._namespace!r}: the journal "
                f"keeps {len(entries)}, for {self._settings.undo_for_s / 86_400:g} days; "
                "their ids are in Memory.journal()"
            )
        return found

    def _committer(self, run: _Run, lease: Lease) -> Committer:
        return Committer(
            self._store,
            self._namespace,
            run=run.id,
            now=run.now,
            lease=lease,
            embed=self._embed,
        )

    def _held(
        self, ids: Sequence[str] | Mapping[str, object]
    ) -> dict[str, MemoryRecord]:
        wanted = list(dict.fromkeys(ids))
        return {r.id: r for r in self._store.get(self._namespace, wanted)}

    def _report(self, run: _Run, *, commits: Sequence[str], dry_run: bool) -> Report:
        return Report(
            run=run.id,
            namespace=self._namespace,
            changes=run.changes,
            commits=list(commits),
            skipped=run.skipped,
            dry_run=dry_run,
        )


def _referred(plan: Plan) -> list[str]:
    ids = [id for put in plan.puts for id in put.record.derived_from]
    return ids + [c.superseded_by for c in plan.status_changes if c.superseded_by]
