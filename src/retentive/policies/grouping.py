"""Puts memories into sessions, sessions into periods: the shape of a summary tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import MemoryView

__all__ = ["Group", "digest", "period_of", "sessions_of"]

_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The memories of one session, or of a day where they have none.

    Attributes:
        label: Name of the session, or ``day 2026-03-01``.
        places: ``(n,) int32`` rows of the view, by time.
        until_s: When its newest memory happened, POSIX seconds.
        digest: Changes with what it consists of.
    """

    label: str
    places: NDArray[np.int32]
    until_s: float
    digest: str


def sessions_of(view: MemoryView, rows: NDArray[np.bool_]) -> list[Group]:
    """Return the sessions of some rows, by the time of their newest memory.

    Args:
        view: The memories.
        rows: ``(n,)``: which of them count.
    """
    places = np.flatnonzero(rows).astype(np.int32)
    places = places[np.lexsort((places, view.occurred_at[places]))]
    days = (view.occurred_at[places] // _DAY_S).astype(np.int64)
    codes = view.session[places].astype(np.int64)
    # Days count down from below every code, so that no day is a session.
    groups = np.where(codes >= 0, codes, days - (1 << 40))
    order = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[order])) + 1
    found = [_group(view, places[part]) for part in np.split(order, cuts) if len(part)]
    return sorted(found, key=lambda group: (group.until_s, group.label))


def period_of(at: datetime) -> str:
    """Return the month of a UTC time, such as ``2026-03``."""
    return at.date().isoformat()[:7]


def digest(parts: Sequence[str]) -> str:
    """Return 16 hex digits that stand for these parts in this order."""
    return sha256("\0".join(parts).encode()).hexdigest()[:16]


def _group(view: MemoryView, places: NDArray[np.int32]) -> Group:
    first = int(places[0])
    code = int(view.session[first])
    day = datetime.fromtimestamp(float(view.occurred_at[first]), UTC).date()
    parts = [
        f"{view.ids[int(place)]}:{view.simhash[place]}:{view.length[place]}"
        for place in places
    ]
    return Group(
        label=view.sessions[code] if code >= 0 else f"day {day.isoformat()}",
        places=places,
        until_s=float(view.occurred_at[places[-1]]),
        digest=digest(parts),
    )
