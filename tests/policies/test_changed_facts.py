"""Everyday wordings of what changes, and pairs that must stay apart."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retentive import Memory
from retentive.policies.supersede import Supersede
from retentive.records import MemoryRecord, Status
from tests.frames import NOW
from tests.policies.changed_facts import ALIKE, CHANGED, pairs

DAY = timedelta(days=1)
BOTH_WAYS = [
    pair for one, other in pairs(ALIKE) for pair in ((one, other), (other, one))
]


def statuses(*texts: str) -> list[Status]:
    with Memory.open() as memory:
        records = [
            MemoryRecord(content=text, role="user", occurred_at=at, recorded_at=at)
            for day, text in enumerate(texts)
            for at in [NOW + day * DAY]
        ]
        memory.remember(records)
        memory.consolidate(Supersede(), now=NOW + 9 * DAY, max_share=1.0)
        return [memory.get(record.id).status for record in records]


@pytest.mark.parametrize(("old", "new"), pairs(CHANGED))
def test_what_has_changed_is_closed(old: str, new: str) -> None:
    assert statuses(old, new) == [Status.SUPERSEDED, Status.ACTIVE]


@pytest.mark.parametrize(("one", "other"), BOTH_WAYS)
def test_what_only_looks_alike_stays(one: str, other: str) -> None:
    assert statuses(one, other) == [Status.ACTIVE, Status.ACTIVE]


def test_what_came_instead_is_closed_in_its_turn() -> None:
    told = statuses(
        "I drive a Toyota.",
        "I traded my Toyota for a Honda.",
        "The weather is fine.",
        "I drive a Kia now.",
    )
    assert [status.value for status in told] == [
        "superseded",
        "superseded",
        "active",
        "active",
    ]


def test_losing_a_thing_that_another_has_replaced_closes_nothing() -> None:
    told = statuses("I drive a Kia.", "I sold my old Toyota.")
    assert told == [Status.ACTIVE, Status.ACTIVE]
