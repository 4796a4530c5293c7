"""Turns commits of the journal round, field by field.

What has changed again since keeps its newer value: a count loses what the commit
added, a list of times loses those, and everything else goes back only where it
still is what the commit made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from retentive.consolidate.journal import UNDO, Entry
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import InvalidInputError
from retentive.formats.codec import record_from_json, record_to_json
from retentive.protocols import Delete, Plan, Put
from retentive.records import MemoryRecord, Namespace

__all__ = ["done_still", "found", "inverse", "undone_by_policy", "undone_states"]

_COUNTS = frozenset({"support_count", "access_count"})
_LEAST = {"support_count": 1}


def found(
    id: str,
    entries: Sequence[Entry],
    *,
    namespace: Namespace,
    settings: ConsolidationSettings,
) -> list[Entry]:
    """Return the entries of a run, or the one of a commit, oldest first.

    Raises:
        InvalidInputError: There is none.
    """
    of_run = [entry for entry in entries if entry.shown.id.split(".")[0] == id]
    chosen = of_run or [entry for entry in entries if entry.shown.id == id]
    if not chosen:
        raise InvalidInputError(
            f"no commit {id!r} can be undone in {namespace!r}: the journal keeps "
            f"{len(entries)}, for {settings.undo_for_s / 86_400:g} days; their ids are "
            "in Memory.journal()"
        )
    return chosen


def undone_by_policy(entries: Sequence[Entry]) -> dict[str, frozenset[str]]:
    """Return by policy the records of which something that it did was taken back."""
    undone: dict[str, frozenset[str]] = {}
    for entry in entries:
        verb, _, policy = entry.shown.policy.partition(" ")
        if verb == UNDO:
            undone[policy] = undone.get(policy, frozenset()) | set(entry.changes)
    return undone


def undone_states(entries: Sequence[Entry]) -> dict[str, set[tuple[str, str | None]]]:
    """Return by record the statuses that were taken back, each with what replaced it."""
    undone: dict[str, set[tuple[str, str | None]]] = {}
    for entry in entries:
        if entry.shown.policy.partition(" ")[0] != UNDO:
            continue
        for id, change in entry.changes.items():
            fields = change.get("fields", {})
            status = fields.get("status", [None])[0]
            if status is not None:
                by = fields.get("superseded_by", [None])[0]
                undone.setdefault(id, set()).add((status, by))
    return undone


def done_still(entry: Entry, entries: Sequence[Entry]) -> tuple[Entry, dict[str, str]]:
    """Return what of a commit has not been taken back, and why the rest is left.

    Args:
        entry: The commit.
        entries: The journal.
    """
    gone = _taken_back(entry, entries)
    changes = {id: what for id, what in entry.changes.items() if id not in gone}
    left = dict.fromkeys(gone, "it was taken back before")
    return replace(entry, changes=changes), left


def _taken_back(entry: Entry, entries: Sequence[Entry]) -> set[str]:
    """Return the records of a commit that an undoing, itself not undone, has."""
    gone: set[str] = set()
    for later in entries:
        if later.undoes == entry.shown.id:
            gone |= set(later.changes) - _taken_back(later, entries)
    return gone


def inverse(
    entry: Entry, held: Mapping[str, MemoryRecord], *, namespace: Namespace
) -> tuple[Plan, dict[str, str]]:
    """Return the plan that takes a commit back, and what cannot be.

    Args:
        entry: The commit.
        held: The records that it touched, as they are now.
        namespace: Whose memories.

    Returns:
        The plan, and by record id why it is left as it is.
    """
    puts: list[Put] = []
    deletes: list[Delete] = []
    left: dict[str, str] = {}
    for id, change in entry.changes.items():
        now = held.get(id)
        if "deleted" in change:
            if now is None:
                record = record_from_json(change["deleted"], namespace=namespace)
                puts.append(Put(record=record))
        elif now is None:
            left[id] = "it is no longer there"
        elif "created" in change:
            deletes.append(Delete(id=id))
        else:
            restored = _restored(now, change["fields"], namespace)
            if restored is not None:
                puts.append(Put(record=restored, expected_version=now.version))
    reason = f"undoes {entry.shown.policy} of {entry.shown.at:%Y-%m-%d %H:%M}"
    touched = [put.record.id for put in puts] + [delete.id for delete in deletes]
    plan = Plan(puts=puts, deletes=deletes, reasons=dict.fromkeys(touched, reason))
    return plan, left


def _restored(
    record: MemoryRecord, fields: Mapping[str, Sequence[Any]], namespace: Namespace
) -> MemoryRecord | None:
    """Return the record without what a commit changed; ``None`` if nothing is left."""
    present = record_to_json(record)
    told = dict(present)
    for name, (before, after) in fields.items():
        value = _back(name, _jsonlike(before), _jsonlike(after), present.get(name))
        if value is None:
            told.pop(name, None)
        else:
            told[name] = value
    if told == present:
        return None
    restored = record_from_json(told, namespace=namespace)
    return restored.but(embedding=record.embedding)


def _back(name: str, before: Any, after: Any, present: Any) -> Any:
    if present == after:
        return before
    if name in _COUNTS:
        added = (after or 0) - (before or 0)
        return max(_LEAST.get(name, 0), (present or 0) - added)
    if name == "occurrences":
        added = [said for said in after or [] if said not in (before or [])]
        return [said for said in present or [] if said not in added]
    return present


def _jsonlike(value: Any) -> Any:
    """Return stored JSON as it was written: mappings and tuples made plain."""
    if isinstance(value, Mapping):
        return {key: _jsonlike(item) for key, item in value.items()}
    return list(map(_jsonlike, value)) if isinstance(value, list | tuple) else value
