"""Which statement of a fact may end which: the rule for whoever proposes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from retentive.records import Interval, MemoryRecord, Origin
from retentive.text.dates import find_times
from retentive.text.normalise import canonical
from retentive.text.slots import Slot, read_slots

__all__ = [
    "SLOT",
    "VALUE",
    "Fact",
    "facts_of",
    "in_time",
    "may_close",
    "same_value",
    "told_by",
]

SLOT, VALUE = "slot", "value"
"""Keys of metadata by which a caller names the slot of a record, and its value."""

_UNTRUSTED = frozenset({Origin.TOOL, Origin.WEB})


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
    def key(self) -> tuple[str, bool, str, str]:
        """Who said it, of whom, and of what: only facts of one key can differ.

        What a tool or a web page says is never the word of who said the other.
        """
        return *told_by(self.record), self.slot.subject, self.slot.attribute


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


def told_by(record: MemoryRecord) -> tuple[str, bool]:
    """Return who told a record, and whether it may be trusted."""
    return record.speaker or record.role or "", record.origin not in _UNTRUSTED


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


def in_time(fact: Fact) -> tuple[datetime, datetime, str]:
    """Return by what facts are sorted: when they happened, then when we learnt them."""
    return fact.record.occurred_at, fact.record.recorded_at, fact.record.id
