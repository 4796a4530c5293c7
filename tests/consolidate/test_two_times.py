"""What was true then, and what we knew then."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from retentive import Memory
from retentive.errors import RecordNotFoundError
from retentive.records import MemoryRecord
from retentive.testing.clock import ManualClock
from tests.frames import NOW

DAY = timedelta(days=1)


def homes(memory: Memory, **conditions: object) -> list[str]:
    hits = memory.recall("Where do I live?", **conditions)
    return sorted(hit.record.content for hit in hits)


@pytest.fixture
def moved(memory: Memory, clock: ManualClock) -> Memory:
    """Oslo from day 0, Bergen from day 10; of Bergen we learn only on day 20."""
    for content, happened, learnt in (
        ("I live in Oslo.", 0, 0),
        ("I live in Bergen.", 10, 20),
    ):
        clock.now = NOW + learnt * DAY
        record = MemoryRecord(
            content=content, occurred_at=NOW + happened * DAY, recorded_at=clock.now
        )
        memory.remember(record)
    clock.now = NOW + 30 * DAY
    memory.consolidate()
    return memory


def test_now_the_newest_stands_alone(moved: Memory) -> None:
    assert homes(moved) == ["I live in Bergen."]


@pytest.mark.parametrize(
    ("day", "expected"),
    [(-1, []), (5, ["I live in Oslo."]), (15, ["I live in Bergen."])],
)
def test_what_was_true_then(moved: Memory, day: int, expected: list[str]) -> None:
    assert homes(moved, valid_at=NOW + day * DAY) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (-1, []),
        (5, ["I live in Oslo."]),
        (15, ["I live in Oslo."]),  # we did not know yet
        (25, ["I live in Bergen."]),
    ],
)
def test_what_we_knew_then(moved: Memory, day: int, expected: list[str]) -> None:
    assert homes(moved, as_of=NOW + day * DAY) == expected


def test_what_we_thought_on_one_day_to_be_true_on_another(moved: Memory) -> None:
    thought = {"as_of": NOW + 15 * DAY, "valid_at": NOW + 12 * DAY}
    assert homes(moved, **thought) == ["I live in Oslo."]
    thought = {"as_of": NOW + 25 * DAY, "valid_at": NOW + 5 * DAY}
    assert homes(moved, **thought) == ["I live in Oslo."]


def test_undoing_a_supersession_opens_the_old_fact_again(moved: Memory) -> None:
    moved.undo(moved.journal()[-1].id)
    assert len(homes(moved)) == 2
    assert len(moved.history(moved.recall("Oslo")[0].record.id)) == 1


def test_both_times_survive_a_snapshot(tmp_path: Path, clock: ManualClock) -> None:
    filler = [f"Note number {n} of many." for n in range(80)]  # enough for a snapshot
    with Memory.open(tmp_path / "a.db", clock=clock) as memory:
        memory.remember(filler)
        for content in ("I live in Oslo.", "I moved to Bergen."):
            memory.remember(content)
            clock.advance(10 * DAY.total_seconds())
        memory.consolidate()
    assert list((tmp_path / "a.db-replica").iterdir())
    with Memory.open(tmp_path / "a.db", clock=clock) as memory:
        [hit] = memory.recall("Oslo", as_of=NOW + 5 * DAY, limit=1)
        assert hit.record.content == "I live in Oslo."
        assert len(memory.history(hit.record.id)) == 2


def test_the_history_of_nothing_is_an_error(memory: Memory) -> None:
    with pytest.raises(RecordNotFoundError):
        memory.history("unknown")
