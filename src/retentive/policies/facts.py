"""Which statement of a fact may end which: the rule for whoever proposes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from retentive.records import Interval, MemoryRecord, Origin
from retentive.text.dates import find_times
from retentive.text.normalise import canonical
from retentive.text.slots import Slot, read_slots

__all__ = [
    "SLOT",
    "VALUE",
    "Fact",
    "about",
    "facts_of",
    "in_time",
    "may_close",
    "same_value",
    "told_by",
]

SLOT, VALUE = "slot", "value"
"""Keys of metadata by which a caller names the slot of a record, and its value."""

# What no text that names only a value can mean.
_NEVER_LOOSE = (
    "name", "age", "birth", "relationship", "partner", "likes", "prefers", "favorite",
    "allergic", "number of", "time to", "days of", "trip in", "weight", "height", "喜欢",
    "最喜欢", "过敏",
)  # fmt: skip
# A letter more is another one.
_LITERAL = frozenset(
    {"email", "phone number", "username", "handle", "邮箱", "电话号码", "微信号"}
)
_NUMBERS = re.compile("[0-9一二两三四五六七八九十百千万半]+")
# Of these "my old Nokia phone" does not name one.
_EXACTLY = ("home", "employer", "school", "study", "bank", "occupation")
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
        # "I no longer live in Oslo" ends "I live in Oslo", and nothing else; "the
        # party is cancelled" ends whatever its time was.
        named = not new.slot.value or same_value(old.slot, new.slot)
        return not old.slot.ends and named and not _was_over(old, new)
    if same_value(old.slot, new.slot):
        return False
    both = old.slot.exclusive and new.slot.exclusive
    return new.slot.changes or (both and not _was_over(old, new))


def told_by(record: MemoryRecord) -> tuple[str, bool]:
    """Return who told a record, and whether it may be trusted."""
    return record.speaker or record.role or "", record.origin not in _UNTRUSTED


def about(loose: Fact, known: Fact) -> Fact | None:
    """Return what a text that names only a value says of a known fact's attribute.

    "I traded my Fiat for a Skoda" says of "I drive a Fiat" that the car is a Skoda, "I
    sold my car" that it is none.

    Args:
        loose: A fact whose attribute is :data:`~retentive.text.slots.slot.ANY`.
        known: A fact of the same subject.

    Returns:
        The fact, ``None`` where the value is not that of the known one.
    """
    held, said = known.slot, loose.slot
    if held.attribute.startswith(_NEVER_LOOSE) or held.timed:
        return None
    if in_time(loose) < in_time(known) or not _names(said, held):
        return None
    if held.of:
        after = replace(held, value="no", ends=False, changes=True)
    elif said.becomes:
        after = replace(held, value=said.becomes, ends=False, changes=True)
    else:
        after = replace(held, ends=True, changes=True)
    return Fact(record=loose.record, slot=after, whole=loose.whole)


def _names(said: Slot, held: Slot) -> bool:
    """Return whether a value is that of a slot, or names what it is of."""
    if held.attribute.startswith(_EXACTLY):
        return said.value == held.value
    return said.value == held.attribute or _is_within(said.value, held.of or held.value)


def _is_within(said: str, held: str) -> bool:
    """Return whether words name a thing: "Fiesta" an old Ford Fiesta."""
    words, known = set(said.split()), set(held.split())
    shorter = words <= known and len(known) <= len(words) + 2
    return bool(words) and (shorter or (words > known and len(words) == len(known) + 1))


def same_value(one: Slot, other: Slot) -> bool:
    """Return whether a value is the other, or the other with more words."""
    if one.value == other.value:
        return True
    if one.timed or one.attribute in _LITERAL:
        return False
    if one.value.isascii() and other.value.isascii():
        few, many = sorted((set(one.value.split()), set(other.value.split())), key=len)
        return few <= many and not any(word.isdigit() for word in many - few)
    if _NUMBERS.findall(one.value) != _NUMBERS.findall(other.value):
        return False  # 两千五 is not 两千 in more words
    return one.value in other.value or other.value in one.value


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
