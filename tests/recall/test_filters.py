from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.errors import InvalidInputError
from retentive.recall.filters import OPERATORS, Scope, matches
from retentive.records import Kind, MemoryRecord, Origin, Status
from tests.frames import NOW, frame_of, record


def kept(scope: Scope, records: list[MemoryRecord]) -> list[str]:
    frame = frame_of(records)
    allowed = scope.allows(frame, now=NOW)
    return [records[place].content for place in np.flatnonzero(allowed)]


def test_only_active_valid_and_unexpired_memories_pass() -> None:
    day = timedelta(days=1)
    records = [
        record("fine", expires_at=NOW + day, valid_until=NOW + day),
        record("archived", status=Status.ARCHIVED),
        record("expired", expires_at=NOW),
        record("no longer true", valid_until=NOW - day),
    ]
    assert kept(Scope(), records) == ["fine"]


def test_kinds_origins_sessions_and_times_narrow_the_scope() -> None:
    records = [
        record("a", kind=Kind.SEMANTIC, session="s1"),
        record("b", origin=Origin.WEB, session="s2", minute=30),
        record("c", minute=60, recorded_at=NOW + timedelta(days=2)),
    ]
    assert kept(Scope(kinds=["semantic"]), records) == ["a"]
    assert kept(Scope(origins=["web"]), records) == ["b"]
    assert kept(Scope(sessions=["s2", "nowhere"]), records) == ["b"]
    start = records[1].occurred_at
    assert kept(Scope(since=start), records) == ["b", "c"]
    assert kept(Scope(until=start), records) == ["a"]
    assert kept(Scope(as_of=NOW), records) == ["a", "b"]


def test_conditions_on_metadata_keep_what_fulfils_all_of_them() -> None:
    records = [
        record("a", metadata={"topic": "food", "year": 2024}),
        record("b", metadata={"topic": "food", "year": 2025, "at": {"city": "Köln"}}),
        record("c"),
    ]
    assert kept(Scope(where={"topic": "food"}), records) == ["a", "b"]
    assert kept(Scope(where={"topic": "food", "year": {"$gt": 2024}}), records) == ["b"]
    assert kept(Scope(where={"at.city": "Köln"}), records) == ["b"]
    assert kept(Scope(where={"topic": {"$exists": False}}), records) == ["c"]


@pytest.mark.parametrize(
    ("value", "condition", "expected"),
    [
        (1, 1.0, True),
        (True, 1, False),
        ("10", 10, False),
        ([1, 2], (1, 2), True),
        ("b", {"$gt": "a"}, True),
        ("b", {"$gt": 1}, False),
        (None, {"$lte": 3}, False),
        (3, {"$gte": 3, "$lt": 4}, True),
        (3, {"$in": [1, 3]}, True),
        (3, {"$nin": [1, 3]}, False),
        ("a' OR 1=1 --", "a' OR 1=1 --", True),
        ("x", {"$ne": "y"}, True),
    ],
)
def test_values_are_compared_as_json(
    value: object, condition: object, expected: bool
) -> None:
    assert matches({"k": value}, {"k": condition}) is expected


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_a_missing_key_fails_all_but_the_negations(name: str) -> None:
    wanted: object = ["x"] if name in ("$in", "$nin") else "x"
    assert matches({}, {"k": {name: wanted}}) is (name in ("$ne", "$nin"))


@given(st.dictionaries(st.text(), st.integers(), max_size=4), st.text(), st.integers())
def test_any_key_can_be_asked_for(
    metadata: dict[str, int], key: str, value: int
) -> None:
    assert matches({**metadata, key: value}, {key: value})


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"where": {"k": {"$like": "x"}}}, r"unknown operator '\$like'.*known: \$eq"),
        ({"where": {"k": {"$in": "abc"}}}, r"\$in for metadata 'k' needs a list"),
        ({"kinds": ["semnatic"]}, "kinds must be among episodic.*'semnatic'"),
        ({"kinds": "semantic"}, "kinds must be a list"),
        ({"since": datetime(2026, 1, 1)}, "since must carry a time zone"),
    ],
)
def test_bad_conditions_are_refused_by_name(
    fields: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        Scope(**fields)  # type: ignore[arg-type]
