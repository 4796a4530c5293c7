"""Closes what has changed: the same attribute of the same subject, a new value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from retentive.policies.closing import Draft
from retentive.policies.codes import active, of_kinds
from retentive.policies.facts import Fact, facts_of, in_time, may_close, same_value
from retentive.protocols import MemoryView, Plan
from retentive.records import Kind

__all__ = ["Supersede"]

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
        lines: dict[tuple[object, ...], list[Fact]] = {}
        for record in records:
            for fact in facts_of(record):
                lines.setdefault(fact.key, []).append(fact)
        draft = Draft()
        for facts in lines.values():
            _walk(sorted(facts, key=in_time), draft)
        return draft.plan()


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
