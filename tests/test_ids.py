"""Ids sort by time, and within a thread by when they were made."""

from datetime import UTC, datetime

from retentive.records import new_id


def test_ids_of_one_millisecond_ascend() -> None:
    ids = [new_id() for _ in range(5_000)]  # many to a millisecond
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_an_id_of_a_given_instant_sorts_by_it() -> None:
    early = new_id(at=datetime(2024, 1, 1, tzinfo=UTC))
    late = new_id(at=datetime(2024, 1, 2, tzinfo=UTC))
    assert early < late < new_id()
    assert len(early) == len(late) == 26
