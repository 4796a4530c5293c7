"""Closes what has changed: the same attribute of the same subject, a new value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from retentive.policies.codes import active, of_kinds
from retentive.policies.joining import joined
from retentive.protocols import MemoryView, Plan, Put, StatusChange
from retentive.records import Interval, Kind, MemoryRecord, Status
from retentive.text.dates import find_times
from retentive.text.normalise import canonical
from retentive.text.slots import Slot, read_slots

__all__ = ["SLOT", "VALUE", "Fact", "Supersede", "facts_of", "may_close"]

SLOT, VALUE = "slot", "value"
"""Keys of metadata by which a caller names the slot of a record, and its value."""

_KINDS = (Kind.EPISODIC, Kind.SEMANTIC, Kind.PROCEDURAL)
_LONGEST_TOKENS = 200  # a longer memory is no statement of a fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A record in one of its slots.

    Attributes:
        record: What states it.
        slot: What it states.
        whole: Whether the record states nothing else.
    """

    record: MemoryRecord
    slot: Slot
    whole: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """Who said it, of whom, and of what: only facts of one key can differ."""
        who = self.record.speaker or self.record.role or ""
        return who, self.slot.subject, self.slot.attribute


class Supersede:
    """Lets the newest statement of a fact stand, and closes those before it.

    What an English or Chinese sentence says of whom is found by rules
    (:mod:`retentive.text.slots`); a record may also name its slot itself, by
    ``metadata["slot"]`` and, if its content is not the value, ``["value"]``. Only
    records about the same attribute of the same subject, told by the same person,
    can close each other, and only a record that says nothing else is closed. It
    keeps everything it was, is marked as superseded by the newer one, and is valid
    until that happened. The same value in other words is joined instead.
    """

    name = "supersede"

    def plan(self, view: MemoryView, *, now: datetime) -> Plan:
        """Return what has changed."""
        usable = active(view, now_s=now.timestamp()) & of_kinds(view, _KINDS)
        usable &= view.tokens <= _LONGEST_TOKENS
        records = view.records(np.flatnonzero(usable).astype(np.int32))
        lines: dict[tuple[str, str, str], list[Fact]] = {}
        for record in records:
            for fact in facts_of(record):
                lines.setdefault(fact.key, []).append(fact)
        draft = _Draft()
        for facts in lines.values():
            _walk(sorted(facts, key=_when), draft)
        return draft.plan()


def facts_of(record: MemoryRecord) -> list[Fact]:
    """Return what a record states, by its own word or by the rules."""
    named = record.metadata.get(SLOT)
    if isinstance(named, str) and named.strip():
        value = record.metadata.get(VALUE)
        slot = Slot(
            subject="",
            attribute=named,
            value=canonical(value if isinstance(value, str) else record.content),
        )
        return [Fact(record=record, slot=slot, whole=True)]
    reading = read_slots(record.content)
    return [Fact(record=record, slot=s, whole=reading.whole) for s in reading.slots]


def may_close(old: Fact, new: Fact) -> bool:
    """Return whether a fact ends an older one: the rule for whoever proposes it."""
    if old.key != new.key or old.record.id == new.record.id:
        return False
    if not old.whole or old.record.pinned:
        return False
    if old.slot.ends or new.slot.ends:
        # "I no longer live in Oslo" ends "I live in Oslo", and nothing else.
        return not old.slot.ends and same_value(old.slot, new.slot)
    if same_value(old.slot, new.slot):
        return False
    both = old.slot.exclusive and new.slot.exclusive
    return new.slot.changes or (both and not _was_over(old, new))


def same_value(one: Slot, other: Slot) -> bool:
    """Return whether a value is the other, or the other with more words."""
    if one.value == other.value:
        return True
    if one.value.isascii() and other.value.isascii():
        few, many = sorted((set(one.value.split()), set(other.value.split())), key=len)
        return few <= many and not one.timed
    return not one.timed and (one.value in other.value or other.value in one.value)


def _was_over(old: Fact, new: Fact) -> bool:
    """Return whether the time that a fact names had passed: then it was not moved."""
    if not old.slot.timed:
        return False
    said = old.record.occurred_at
    ends = [
        time.end if time.end > said else time.end + _next(time)
        for time in find_times(old.record.content, now=said)
    ]
    return bool(ends) and max(ends) <= new.record.occurred_at


def _next(time: Interval) -> timedelta:
    """Return the step to the next "Monday" or "12 March", where the last is past."""
    dated = any(char.isdigit() for char in time.text)
    return timedelta(days=365 if dated else 7)


def _when(fact: Fact) -> tuple[datetime, datetime, str]:
    return fact.record.occurred_at, fact.record.recorded_at, fact.record.id


def _walk(facts: Sequence[Fact], draft: _Draft) -> None:
    """Go through what was said of one attribute, oldest first."""
    standing: list[Fact] = []
    for fact in facts:
        closed = [old for old in standing if may_close(old, fact)]
        for old in closed:
            draft.close(old, fact)
        if closed or not standing:
            standing = [fact]
        elif same_value(standing[-1].slot, fact.slot):
            standing.append(fact)
        else:
            draft.join(standing)
            standing = [fact]
    draft.join(standing)


@dataclass(slots=True)
class _Draft:
    """A plan under way, in which each record is touched once."""

    puts: list[Put] = field(default_factory=list)
    changes: list[StatusChange] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def close(self, old: Fact, new: Fact) -> None:
        """Close a fact by a newer one."""
        record = old.record
        if record.id in self.reasons:
            return
        self.changes.append(
            StatusChange(
                id=record.id,
                status=Status.SUPERSEDED,
                expected_version=record.version,
                superseded_by=new.record.id,
                valid_until=max(new.record.occurred_at, record.occurred_at),
            )
        )
        of = old.slot.subject or "the record"
        said = "no longer " if new.slot.ends else "now "
        self.reasons[record.id] = (
            f"{old.slot.attribute} of {of} is {said}{new.slot.value!r}, was "
            f"{old.slot.value!r}: {new.record.content!r}"
        )

    def join(self, facts: Sequence[Fact]) -> None:
        """Join statements of one value that say nothing else."""
        whole = [f for f in facts if f.whole and f.record.id not in self.reasons]
        if not whole:
            return
        kept, *others = whole
        equal = [
            fact.record
            for fact in others
            if fact.slot.value == kept.slot.value
            and fact.slot.ends == kept.slot.ends
            and fact.record.kind is kept.record.kind
            and not (fact.record.pinned or fact.record.key or kept.record.key)
        ]
        if not equal:
            return
        self.puts.append(
            Put(
                record=joined(kept.record, equal),
                expected_version=kept.record.version,
            )
        )
        self.reasons[kept.record.id] = f"told {len(equal)} more times in other words"
        for record in equal:
            self.changes.append(
                StatusChange(
                    id=record.id,
                    status=Status.ARCHIVED,
                    expected_version=record.version,
                    superseded_by=kept.record.id,
                )
            )
            self.reasons[record.id] = f"says the same as: {kept.record.content!r}"

    def plan(self) -> Plan:
        """Return the plan."""
        return Plan(puts=self.puts, status_changes=self.changes, reasons=self.reasons)
