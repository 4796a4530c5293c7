"""Counts what a memory holds, from the columns of its frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retentive.index.ingest import KINDS, STATUSES
from retentive.records import Namespace

if TYPE_CHECKING:
    from retentive.index.frame import ColumnFrame
    from retentive.memory import Memory
    from retentive.protocols import Store

__all__ = ["Census", "alone", "store_bytes", "take_census"]

_NO_SESSION = "(no session)"


@dataclass(slots=True, kw_only=True)
class Census:
    """Counts over some namespaces.

    Attributes:
        namespaces: Records of each.
        statuses: Records by status.
        kinds: Records by kind.
        sessions: Records by session, named with its namespace where there are many.
        days: Records by the day (UTC) on which they happened.
        messages: Messages in transcripts.
    """

    namespaces: dict[Namespace, int] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    sessions: Counter[str] = field(default_factory=Counter)
    days: Counter[date] = field(default_factory=Counter)
    messages: int = 0


def take_census(memory: Memory, namespaces: Sequence[Namespace]) -> Census:
    """Count the records of namespaces, of every status."""
    census = Census()
    store = memory.store
    for namespace in namespaces:
        frame = alone(memory, namespace).frame()
        alive = np.flatnonzero(frame.alive)
        census.namespaces[namespace] = len(alive)
        _count_codes(census.statuses, frame.status[alive], list(map(str, STATUSES)))
        _count_codes(census.kinds, frame.kind[alive], list(map(str, KINDS)))
        prefix = " / ".join(namespace) + ": " if len(namespaces) > 1 else ""
        names = [f"{prefix}{name}" for name in (*frame.sessions, _NO_SESSION)]
        _count_codes(census.sessions, frame.session[alive], names)
        _count_days(census.days, frame, alive)
        census.messages += sum(
            store.count_messages(namespace, session)
            for session in memory.within(*namespace).sessions()
        )
    return census


def alone(memory: Memory, namespace: Namespace) -> Memory:
    """Return the memory of one namespace, without those that it reads as well."""
    inside = memory.within(*namespace)
    inside.also_read = ()
    return inside


def store_bytes(store: Store) -> int | None:
    """Return the size of a store's files, ``None`` where it has none."""
    path = getattr(store, "path", None)
    if not isinstance(path, Path):
        return None
    beside = path.parent.glob(f"{path.name}-*")
    files = [path, *beside, *path.with_name(f"{path.name}-replica").glob("*")]
    return sum(file.stat().st_size for file in files if file.is_file())


def _count_codes(counts: Counter[str], codes: Any, names: Sequence[str]) -> None:
    """Add up codes by name; -1 stands for the last name."""
    wanted = np.where(codes < 0, len(names) - 1, codes)
    numbers = np.bincount(wanted, minlength=len(names))
    for code in np.flatnonzero(numbers).tolist():
        counts[names[code]] += int(numbers[code])


def _count_days(counts: Counter[date], frame: ColumnFrame, rows: Any) -> None:
    seconds = np.floor(frame.occurred_at[rows] / 86_400.0).astype(np.int64)
    for day, number in zip(*np.unique(seconds, return_counts=True), strict=True):
        ordinal = datetime(1970, 1, 1, tzinfo=UTC).toordinal() + int(day)
        counts[date.fromordinal(ordinal)] += int(number)
