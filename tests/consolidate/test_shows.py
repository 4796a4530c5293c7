"""What consolidation is for, end to end, with the default policies."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.changes import measured, read_story

from retentive import Memory
from retentive.records import MemoryRecord, Message, Status
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock
from tests.frames import NOW

WORDINGS = (
    (
        "I am allergic to peanuts.",
        "By the way, I'm allergic to peanuts!",
        "Just so you know: I'm really allergic to peanuts.",
    ),
    (
        "I live in Lisbon.",
        "These days I'm living in Lisbon.",
        "As I said, I live in Lisbon now.",
    ),
    (
        "My favourite colour is dark green.",
        "My favorite color is dark green, actually.",
        "Dark green is my favorite color.",
    ),
    ("我住在上海。", "顺便说一下，我住在上海。", "我现在住在上海了"),
    (
        "Our standup meeting is at 9:15.",
        "Remember, our standup meeting is at 9:15.",
        "Our standup meeting is now at 9:15!",
    ),
)


def test_five_facts_in_three_wordings_each_become_five() -> None:
    clock = ManualClock(NOW)
    memory = Memory(MemoryStore(clock=clock), clock=clock)
    speakers = ("Ann", "Bea", "Cid", "Dai", "Eve")
    for wording in range(3):
        for speaker, texts in zip(speakers, WORDINGS, strict=True):
            memory.remember(
                MemoryRecord(
                    content=texts[wording], speaker=speaker, occurred_at=clock.now
                )
            )
            clock.advance(60)
    memory.consolidate()
    active = [r for r in memory.records() if r.status is Status.ACTIVE]
    assert len(active) == 5
    assert {record.support_count for record in active} == {3}


def test_a_conversation_replayed_twenty_times_adds_nothing(tmp_path: Path) -> None:
    story = read_story(Path(__file__).parents[2] / "benchmarks/stories/changes_dev.txt")
    messages = [
        Message(role="user", content=line.text, id=f"m{n}", session="s", at=NOW)
        for n, line in enumerate(story)
    ]
    with Memory.open(tmp_path / "a.db") as memory:
        memory.remember(messages)
        memory.consolidate()
        counts, frame = memory.count(), memory.frame().size
        for _ in range(20):
            memory.remember(messages)
            memory.consolidate()
        assert memory.count() == counts
        assert memory.frame().size == frame
        assert len(memory.messages("s")) == len(messages)


@pytest.mark.parametrize("half", ["dev", "dev_second"])
def test_changed_facts_are_recalled_first_and_nothing_else_is_retired(
    half: str,
) -> None:
    found = measured(half)
    assert found.facts == 30
    assert found.others == 100
    assert found.current_first >= 0.9
    assert found.wrongly_retired == 0
    assert found.true_then >= 0.95
    assert found.known_then >= 0.95


@pytest.mark.parametrize("half", ["dev_third", "dev_fourth"])
def test_of_looser_wordings_nothing_is_retired_wrongly(half: str) -> None:
    found = measured(half)
    assert found.facts == 60
    assert found.others == 200
    assert found.wrongly_retired == 0
    assert found.true_then >= 0.9
    assert found.known_then >= 0.9
