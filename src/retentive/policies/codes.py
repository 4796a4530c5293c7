"""What the codes in a frame's columns stand for, and rows chosen by them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Frame, MemoryView
from retentive.records import Kind, Status

__all__ = ["active", "of_kinds", "of_status", "who_said"]

_KINDS = tuple(Kind)
_STATUSES = tuple(Status)


def active(view: MemoryView, *, now_s: float) -> NDArray[np.bool_]:
    """Return ``(n,)``: rows that are active and have not expired.

    Args:
        view: What to look at.
        now_s: The present, POSIX seconds.
    """
    expired: NDArray[np.bool_] = view.expires_at <= now_s
    return of_status(view, [Status.ACTIVE]) & ~expired


def of_status(frame: Frame, wanted: Iterable[Status]) -> NDArray[np.bool_]:
    """Return ``(n,)``: rows of these statuses."""
    codes = [_STATUSES.index(status) for status in wanted]
    return np.isin(frame.status, codes)


def of_kinds(frame: Frame, wanted: Iterable[Kind | str]) -> NDArray[np.bool_]:
    """Return ``(n,)``: rows of these kinds."""
    return np.isin(frame.kind, [_KINDS.index(Kind(kind)) for kind in wanted])


def who_said(frame: Frame) -> NDArray[np.int64]:
    """Return ``(n,)`` codes that are equal for the same speaker, else the same role."""
    named: NDArray[np.bool_] = frame.speaker >= 0
    by_role = -1 - frame.role.astype(np.int64)
    return np.where(named, frame.speaker.astype(np.int64) + 1, by_role)
