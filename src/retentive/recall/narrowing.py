"""Says of a scope what an engine can tell, so that few candidates are found in vain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from retentive.protocols import Narrowing
from retentive.recall.filters import Scope
from retentive.records import Kind, Origin, Status

__all__ = ["narrowing_of"]


def narrowing_of(scope: Scope, *, now: datetime) -> tuple[Narrowing, bool]:
    """Return what a search may return, and whether that is all the scope says.

    Where it is not, some of what is found will not pass the scope itself.

    Args:
        scope: What a recall may return.
        now: The asker's present, UTC.
    """
    past = scope.as_of is not None or scope.valid_at is not None
    equal = {
        key: values
        for key, condition in scope.where.items()
        if (values := _values(condition)) is not None
    }
    narrowing = Narrowing(
        statuses=(Status.ACTIVE, Status.SUPERSEDED) if past else (Status.ACTIVE,),
        kinds=[Kind(kind) for kind in scope.kinds],
        origins=[Origin(origin) for origin in scope.origins],
        sessions=scope.sessions,
        since=_seconds(scope.since),
        until=_seconds(scope.until),
        known_at=_seconds(scope.as_of),
        alive_at=None if past else now.timestamp(),
        equal=equal,
    )
    return narrowing, not past and len(equal) == len(scope.where)


def _values(condition: Any) -> Sequence[Any] | None:
    """Return the single values that a condition on metadata asks for, if it does."""
    if isinstance(condition, Mapping):
        if set(condition) == {"$eq"}:
            return _values(condition["$eq"])
        if set(condition) == {"$in"} and all(map(_is_single, condition["$in"])):
            return list(condition["$in"])
        return None
    return [condition] if _is_single(condition) else None


def _is_single(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _seconds(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()
