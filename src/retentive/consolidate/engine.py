"""Runs policies over a namespace: plan, validate, ask if need be, commit, undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from retentive.consolidate import journal
from retentive.consolidate.claim import claimed
from retentive.consolidate.commit import Committer, Embed
from retentive.consolidate.report import JournalEntry, Report
from retentive.consolidate.run import Approve, Planned, Run
from retentive.consolidate.settings import ConsolidationSettings
from retentive.consolidate.undo import (
    done_still,
    found,
    inverse,
    undone_by_policy,
    undone_states,
)
from retentive.consolidate.units import Unit, plan_of, units_of, versioned
from retentive.consolidate.validate import check_plan, touched_ids
from retentive.consolidate.view import View, view_of
from retentive.index.replica import Replica
from retentive.protocols import (
    Batch,
    ConsolidationPolicy,
    Lease,
    MessageDelete,
    Plan,
    Store,
)
from retentive.records import MemoryRecord, Namespace

__all__ = ["Approve", "Consolidator", "Progress"]

Progress = Callable[[int, int], None]
"""Told how many changes of a policy are done, of how many."""


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
            run.note(self._planned(policy, view, run))
        return run.report()

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
        run, settings = self._begin(now), self._settings
        with claimed(self._store, self._namespace, ttl_s=settings.lease_s) as lease:
            committer = self._committer(run, lease)
            for policy in settings.policies:
                view = view_of(self._replica, self._store, self._namespace)
                planned = self._planned(policy, view, run)
                run.ask(planned, total=view.size, settings=settings, approve=approve)
                made = committer.commit(
                    planned.units,
                    policy=policy.name,
                    size=settings.batch,
                    progress=progress,
                )
                run.note(replace(planned, units=made))
            self._mark(run, lease)
        run.skipped |= committer.skipped
        return run.report(committer.commits)

    def undo(self, id: str, *, now: datetime) -> Report:
        """Take back a commit, or all commits of a run.

        What was taken back before stays so: undoing twice, or again after a crash in
        the middle of it, is no more than undoing. The next runs do not do the same
        to the same records again, for as long as the undoing itself could be undone.

        Raises:
            InvalidInputError: The journal has no such commit any more.
            BusyError: Another process consolidates this namespace.
        """
        run, settings = self._begin(now), self._settings
        with claimed(self._store, self._namespace, ttl_s=settings.lease_s) as lease:
            entries = journal.read(self._store, self._namespace)
            committer = self._committer(run, lease)
            chosen = found(id, entries, namespace=self._namespace, settings=settings)
            for whole in reversed(chosen):
                entry, before = done_still(whole, entries)
                held = self._held(entry.changes)
                plan, left = inverse(entry, held, namespace=self._namespace)
                run.skipped |= before | left
                planned = Planned(
                    policy=f"{journal.UNDO} {entry.shown.policy}",
                    units=versioned(units_of(plan), held),
                    reasons=plan.reasons,
                    held=held,
                )
                made = committer.commit(
                    planned.units,
                    policy=planned.policy,
                    size=settings.batch,
                    progress=lambda _done, _total: None,
                    undoes=entry.shown.id,
                )
                run.note(replace(planned, units=made))
        run.skipped |= committer.skipped
        return run.report(committer.commits)

    def journal(self) -> list[JournalEntry]:
        """Return what can be undone, oldest first."""
        return [entry.shown for entry in journal.read(self._store, self._namespace)]

    # --- steps -----------------------------------------------------------------

    def _begin(self, now: datetime) -> Run:
        entries = journal.read(self._store, self._namespace)
        return Run(
            self._namespace,
            now,
            undone=undone_by_policy(entries),
            undone_states=undone_states(entries),
        )

    def _planned(self, policy: ConsolidationPolicy, view: View, run: Run) -> Planned:
        """Let a policy plan; return what of it is allowed and still holds."""
        plan = policy.plan(view, now=run.now)
        held = self._held([*touched_ids(plan), *_referred(plan)])
        planned = Planned(
            policy=policy.name,
            units=versioned(units_of(plan), held),
            reasons=plan.reasons,
            held=held,
        )
        holds = [
            unit for unit in planned.units if self._holds(unit, planned, view, run)
        ]
        check_plan(
            plan_of(holds, plan.reasons),
            held,
            policy=policy.name,
            namespace=self._namespace,
            evicts=bool(getattr(policy, "evicts", False)),
            now_s=run.now.timestamp(),
        )
        return replace(planned, units=holds)

    def _holds(self, unit: Unit, planned: Planned, view: View, run: Run) -> bool:
        """Return whether a unit starts from what is there; note why it does not."""
        why = run.why_not(unit, planned.policy)
        stale = (self._stale(id, planned, view) for id in unit.ids)
        why = why or next(filter(None, stale), None)
        if why is not None:
            run.skipped |= dict.fromkeys(unit.ids, why)
        return why is None

    def _stale(self, id: str, planned: Planned, view: View) -> str | None:
        """Return why a plan made on a view does not fit a record any more."""
        seen = planned.held.get(id)
        if seen is None and self._replica.row(id) is None:
            return None  # it is to be created, or unknown: the check will say
        newer = seen is None or seen.version > view.sequence
        return "it was written meanwhile" if newer else None

    def _mark(self, run: Run, lease: Lease) -> None:
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

    def _committer(self, run: Run, lease: Lease) -> Committer:
        return Committer(
            self._store,
            self._namespace,
            run=run.id,
            now=run.now,
            lease=lease,
            embed=self._embed,
        )

    def _held(self, ids: Iterable[str]) -> dict[str, MemoryRecord]:
        wanted = list(dict.fromkeys(ids))
        return {r.id: r for r in self._store.get(self._namespace, wanted)}


def _referred(plan: Plan) -> list[str]:
    ids = [id for put in plan.puts for id in put.record.derived_from]
    return ids + [c.superseded_by for c in plan.status_changes if c.superseded_by]
