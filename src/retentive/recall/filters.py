"""Decides which rows a recall may see: status, times, kinds and metadata."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.index.frame import ColumnFrame
from retentive.index.ingest import KINDS, ORIGINS, STATUSES
from retentive.records import Kind, Origin, Status, to_utc

__all__ = ["OPERATORS", "Scope", "matches", "scope_of"]

_MISSING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a recall may return.

    Attributes:
        where: Conditions on metadata, all of which must hold: a value to equal,
            or a mapping of :data:`OPERATORS` to values. Dots reach into nested
            mappings. Values are only ever compared, never interpreted.
        kinds: Kinds to return; all if empty.
        origins: Trust labels to return; all if empty.
        sessions: Sessions to return; all if empty.
        ids: Records to return; all if empty.
        since: Only what happened at or after this time.
        until: Only what happened before this time.
        as_of: What we knew then: only what had been learnt by this time, and
            what was replaced by something learnt later, as if it never was.
        valid_at: What was true then: what had happened by this time and had not
            been replaced yet, as we know it now (or knew it ``as_of``).
    """

    where: Mapping[str, Any] = field(default_factory=dict)
    kinds: Sequence[Kind | str] = ()
    origins: Sequence[Origin | str] = ()
    sessions: Sequence[str] = ()
    ids: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    valid_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse bad values at once, not at the first row."""
        for name in ("kinds", "origins", "sessions", "ids"):
            if isinstance(getattr(self, name), str):
                raise InvalidInputError(
                    f"{name} must be a list, got the string {getattr(self, name)!r}"
                )
        for name in ("since", "until", "as_of", "valid_at"):
            if getattr(self, name) is not None:
                to_utc(getattr(self, name), name=name)
        _codes(KINDS, self.kinds, name="kinds")
        _codes(ORIGINS, self.origins, name="origins")
        for key, condition in self.where.items():
            _check_condition(key, condition)

    def allows(self, frame: ColumnFrame, *, now: datetime) -> NDArray[np.bool_]:
        """Return ``(n,)``: whether each row may be returned."""
        allowed = frame.alive & self._holds(frame, now)
        if self.kinds:
            allowed &= np.isin(frame.kind, _codes(KINDS, self.kinds, name="kinds"))
        if self.origins:
            allowed &= np.isin(
                frame.origin, _codes(ORIGINS, self.origins, name="origins")
            )
        if self.sessions:
            wanted = set(self.sessions)
            codes = [i for i, name in enumerate(frame.sessions) if name in wanted]
            allowed &= np.isin(frame.session, codes)
        if self.ids:
            chosen = frozenset(self.ids)
            allowed &= np.fromiter(
                (id in chosen for id in frame.ids), np.bool_, count=frame.size
            )
        return allowed & self._in_time(frame) & self._by_metadata(frame, allowed)

    def _holds(self, frame: ColumnFrame, now: datetime) -> NDArray[np.bool_]:
        """Return rows that are true, or were at the times asked for."""
        active: NDArray[np.bool_] = frame.status == STATUSES.index(Status.ACTIVE)
        known = (self.as_of or now).timestamp()
        then = (self.valid_at or self.as_of or now).timestamp()
        if self.as_of is None and self.valid_at is None:
            ended = frame.valid_until <= then
            return active & ~ended & ~(frame.expires_at <= known)
        replaced = frame.status == STATUSES.index(Status.SUPERSEDED)
        # What was learnt only later does not end anything yet. Where nobody knows
        # any more what replaced a record, its end counts as known at once.
        unknown = replaced & (frame.replaced_at > known)
        ended = (frame.valid_until <= then) & ~unknown
        held: NDArray[np.bool_] = active | replaced
        held &= ~ended & ~(frame.expires_at <= known)
        if self.valid_at is not None:
            held &= frame.occurred_at <= then
        return held

    def _in_time(self, frame: ColumnFrame) -> NDArray[np.bool_]:
        inside = np.ones(frame.size, np.bool_)
        if self.since is not None:
            inside &= frame.occurred_at >= self.since.timestamp()
        if self.until is not None:
            inside &= frame.occurred_at < self.until.timestamp()
        if self.as_of is not None:
            inside &= frame.recorded_at <= self.as_of.timestamp()
        return inside

    def _by_metadata(
        self, frame: ColumnFrame, among: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        if not self.where:
            return among
        held = np.zeros(frame.size, np.bool_)
        for place in np.flatnonzero(among):
            metadata = frame.holdings.metadata[frame.rows[place]] or {}
            held[place] = matches(metadata, self.where)
        return held


def scope_of(scope: Scope | None, conditions: Mapping[str, Any]) -> Scope:
    """Return the scope that a caller gave, or the one of these conditions.

    Raises:
        InvalidInputError: Both were given, or a condition is unknown.
    """
    if not conditions:
        return scope or Scope()
    if scope is not None:
        raise InvalidInputError(
            f"give either a scope or {sorted(conditions)}, not both"
        )
    try:
        return Scope(**conditions)
    except TypeError as exc:
        known = ", ".join(Scope.__dataclass_fields__)
        raise InvalidInputError(
            f"a recall knows the conditions {known}; got {sorted(conditions)}"
        ) from exc


def matches(metadata: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Return whether all conditions hold; see :class:`Scope`.

    A missing key fails every condition but ``$ne``, ``$nin`` and
    ``{"$exists": false}``; values that cannot be ordered (text against numbers)
    fail the four comparisons.
    """
    return all(
        _holds(_reach(metadata, key), condition) for key, condition in where.items()
    )


def _holds(value: Any, condition: Any) -> bool:
    if not isinstance(condition, Mapping):
        return _equal(value, condition)
    return all(OPERATORS[name](value, wanted) for name, wanted in condition.items())


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) != isinstance(wanted, bool):
        return False  # JSON's true is not 1
    if isinstance(value, tuple | list) and isinstance(wanted, tuple | list):
        return list(value) == list(wanted)
    return bool(value == wanted)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def check(value: Any, wanted: Any) -> bool:
        numbers = isinstance(value, int | float) and isinstance(wanted, int | float)
        texts = isinstance(value, str) and isinstance(wanted, str)
        if isinstance(value, bool) or isinstance(wanted, bool):
            return False
        return (numbers or texts) and compare(value, wanted)

    return check


OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "$eq": _equal,
    "$ne": lambda value, wanted: not _equal(value, wanted),
    "$gt": _ordered(operator.gt),
    "$gte": _ordered(operator.ge),
    "$lt": _ordered(operator.lt),
    "$lte": _ordered(operator.le),
    "$in": lambda value, wanted: any(_equal(value, item) for item in wanted),
    "$nin": lambda value, wanted: not any(_equal(value, item) for item in wanted),
    "$exists": lambda value, wanted: (value is not _MISSING) == bool(wanted),
}
"""Operators of a condition, by name."""


def _reach(metadata: Mapping[str, Any], key: str) -> Any:
    if key in metadata:
        return metadata[key]
    value: Any = metadata
    for step in key.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return _MISSING
        value = value[step]
    return value


def _check_condition(key: str, condition: Any) -> None:
    if not isinstance(condition, Mapping):
        return
    for name, wanted in condition.items():
        if name not in OPERATORS:
            raise InvalidInputError(
                f"unknown operator {name!r} for metadata {key!r}; known: "
                f"{', '.join(OPERATORS)}"
            )
        if name in ("$in", "$nin") and (
            isinstance(wanted, str) or not isinstance(wanted, Sequence)
        ):
            raise InvalidInputError(
                f"{name} for metadata {key!r} needs a list, got {wanted!r}"
            )


def _codes(known: Sequence[str], wanted: Sequence[str], *, name: str) -> list[int]:
    codes = []
    for value in wanted:
        if value not in known:
            raise InvalidInputError(
                f"{name} must be among {', '.join(known)}; got {str(value)!r}"
            )
        codes.append(known.index(value))
    return codes
