"""Reads texts, in English or Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from retentive.text.fold import has_han
from retentive.text.normalise import canonical
from retentive.text.sentences import sentences
from retentive.text.slots import chinese, english
from retentive.text.slots.slot import ANY, Slot

__all__ = ["Reading", "read_slots"]

_MEATLESS = frozenset({"vegetarian", "vegan", "plant based"})
_READ_CHARS = 600  # a longer text is no statement of a fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the rules make of a text.

    Attributes:
        slots: In order of appearance, each attribute of each subject once, as it
            was said last.
        whole: Whether the text says nothing else: only then may it be closed as
            a whole.
    """

    slots: Sequence[Slot]
    whole: bool


def read_slots(text: str) -> Reading:
    """Read a text in English or Chinese."""
    if len(text) > _READ_CHARS:
        return Reading(slots=(), whole=False)
    found: dict[tuple[str, str, str], Slot] = {}
    whole = True
    for sentence in sentences(text):
        if not canonical(sentence).strip():
            continue
        rules = chinese if has_han(sentence) else english
        slots, rest = rules.read(sentence)
        whole = whole and not rest
        found |= {_place(slot): slot for slot in slots}
    slots = [*found.values(), *_implied(found.values())]
    return Reading(slots=slots, whole=whole and len(found) == 1)


def _implied(slots: Iterable[Slot]) -> Iterator[Slot]:
    """Yield what goes without saying: who is vegan eats no meat."""
    for slot in slots:
        if slot.attribute == "diet" and slot.value in _MEATLESS and not slot.ends:
            yield replace(slot, attribute="does eat meat", value="no", of="meat")


def _place(slot: Slot) -> tuple[str, str, str]:
    return slot.subject, slot.attribute, slot.value if slot.attribute == ANY else ""
