"""Closes what has changed: the same attribute of the same subject, a new value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np

from retentive.policies.closing import Draft
from retentive.policies.codes import active, of_kinds
from retentive.policies.facts import (
    Fact,
    about,
    facts_of,
    in_time,
    may_close,
    same_value,
)
from retentive.protocols import MemoryView, Plan
from retentive.records import Kind, MemoryRecord
from retentive.text.slots import ANY

__all__ = ["Supersede"]

_Whose = tuple[str, bool, str]  # who told it, whether they are trusted, of whom
_KINDS = (Kind.EPISODIC, Kind.SEMANTIC, Kind.PROCEDURAL)
_LONGEST_TOKENS = 200  # a longer memory is no statement of a fact


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
        draft = Draft()
        for facts in _lines(records):
            _walk(sorted(facts, key=in_time), draft)
        return draft.plan()


def _lines(records: Sequence[MemoryRecord]) -> Iterator[list[Fact]]:
    """Yield what was said, by who said it, of whom, and of what."""
    lines: dict[_Whose, dict[str, list[Fact]]] = {}
    for record in records:
        for fact in facts_of(record):
            of_one = lines.setdefault(fact.key[:3], {})
            of_one.setdefault(fact.key[3], []).append(fact)
    for of_one in lines.values():
        loose = of_one.pop(ANY, [])
        for facts in of_one.values():
            meant = [about(each, known) for each in loose for known in facts]
            yield [*facts, *{f.record.id: f for f in meant if f is not None}.values()]


def _walk(facts: Sequence[Fact], draft: Draft) -> None:
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
