"""Commits units in batches, each with the journal entry that can undo it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from retentive.consolidate.journal import changes_of, entry
from retentive.consolidate.units import Unit, batches
from retentive.errors import ConflictError
from retentive.protocols import Batch, Delete, Lease, Put, StatusChange, Store
from retentive.records import MemoryRecord, Namespace

__all__ = ["Committer", "Embed"]

Embed = Callable[[Sequence[MemoryRecord]], Sequence[MemoryRecord]]
"""Gives records without a vector one, where there is an embedder."""

_MEANWHILE = "it was written meanwhile"
_TAKEN = "its content or key belongs to another record by now"


class Committer:
    """Applies what a run plans; one for each run.

    A batch that meets a change from elsewhere is cut in halves until only the
    units concerned are left out.

    Attributes:
        commits: Ids of the commits made.
        skipped: Why records were left out.
    """

    def __init__(
        self,
        store: Store,
        namespace: Namespace,
        *,
        run: str,
        now: datetime,
        lease: Lease,
        embed: Embed,
    ) -> None:
        """Begin a run.

        Args:
            store: Where to.
            namespace: Whose memories.
            run: The run's id, with which the ids of its commits begin.
            now: The present, UTC.
            lease: What proves that nobody else consolidates.
            embed: Embeds records that are new or say something else.
        """
        self._store, self._namespace = store, namespace
        self._run, self._now, self._lease, self._embed = run, now, lease, embed
        self.commits: list[str] = []
        self.skipped: dict[str, str] = {}

    def commit(
        self,
        units: Sequence[Unit],
        *,
        policy: str,
        size: int,
        progress: Callable[[int, int], None],
        undoes: str | None = None,
    ) -> list[Unit]:
        """Commit units; return those that were.

        Args:
            units: What to do.
            policy: Who wants it.
            size: Changes per commit.
            progress: Told how many changes are done, of how many.
            undoes: Id of the commit that they take back.
        """
        total = sum(len(unit.ids) for unit in units)
        made: list[Unit] = []
        done = 0
        for batch in batches(units, size=size):
            self._lease.renew()
            made += self._all_or_halves(batch, policy, undoes)
            done += sum(len(unit.ids) for unit in batch)
            progress(done, total)
        return made

    def _all_or_halves(
        self, units: list[Unit], policy: str, undoes: str | None
    ) -> list[Unit]:
        before = self._read(units)
        units = [unit for unit in units if self._unchanged(unit, before)]
        if not units:
            return []
        try:
            self._apply(units, before, policy, undoes)
        except ConflictError:
            if len(units) == 1:
                self.skipped |= dict.fromkeys(units[0].ids, _TAKEN)
                return []
            half = len(units) // 2
            first = self._all_or_halves(units[:half], policy, undoes)
            return first + self._all_or_halves(units[half:], policy, undoes)
        return units

    def _read(self, units: Sequence[Unit]) -> dict[str, MemoryRecord]:
        ids = [id for unit in units for id in unit.ids]
        return {record.id: record for record in self._store.get(self._namespace, ids)}

    def _unchanged(self, unit: Unit, before: dict[str, MemoryRecord]) -> bool:
        changed = [
            id
            for id, version in unit.read.items()
            if version != (before[id].version if id in before else 0)
        ]
        self.skipped |= dict.fromkeys(unit.ids if changed else (), _MEANWHILE)
        return not changed

    def _apply(
        self,
        units: Sequence[Unit],
        before: dict[str, MemoryRecord],
        policy: str,
        undoes: str | None,
    ) -> None:
        id = f"{self._run}.{len(self.commits) + 1}"
        changes = changes_of(units, before)
        self._store.apply(
            Batch(
                namespace=self._namespace,
                puts=self._puts(units, before),
                status_changes=[
                    _at(change, unit)
                    for unit in units
                    for change in unit.status_changes
                ],
                deletes=[
                    Delete(id=delete.id, expected_version=unit.read[delete.id])
                    for unit in units
                    for delete in unit.deletes
                ],
                messages=[
                    entry(id, changes, policy=policy, at=self._now, undoes=undoes)
                ],
                lease=self._lease,
            )
        )
        self.commits.append(id)

    def _puts(
        self, units: Sequence[Unit], before: dict[str, MemoryRecord]
    ) -> list[Put]:
        puts = [
            Put(record=put.record, expected_version=unit.read[put.record.id])
            for unit in units
            for put in unit.puts
        ]
        bare = [
            put.record
            for put in puts
            if put.record.embedding is None
            and _says_something_new(put.record, before.get(put.record.id))
        ]
        embedded = {record.id: record for record in self._embed(bare)} if bare else {}
        return [
            Put(
                record=embedded.get(put.record.id, put.record),
                expected_version=put.expected_version,
            )
            for put in puts
        ]


def _says_something_new(record: MemoryRecord, before: MemoryRecord | None) -> bool:
    return before is None or before.content != record.content


def _at(change: StatusChange, unit: Unit) -> StatusChange:
    return StatusChange(
        id=change.id,
        status=change.status,
        expected_version=unit.read[change.id],
        superseded_by=change.superseded_by,
        valid_until=change.valid_until,
    )
