"""Does the newest value of a changed fact come first, and is nothing else retired?

    python benchmarks/changes.py

Stories by hand: two of 30 facts that change and 100 lines that change nothing, plainly
worded, and two of 60 and 200 in looser wordings. Each of these two was measured before the
rules met it, and looked at afterwards; see the page on facts that change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from retentive import Memory
from retentive.embedders.minilm import MiniLMEmbedder
from retentive.protocols import Embedder
from retentive.records import MemoryRecord, Status
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock
from retentive.text.fold import has_han

STORIES = Path(__file__).parent / "stories"
START = datetime(2026, 1, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
LEARNT_LATE = 2 * DAY


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a story: the old or the new value of a fact, or neither.

    Attributes:
        text: What is said.
        fact: Number of the changed fact, ``None`` for another line.
        question: What asks for the fact.
    """

    text: str
    fact: int | None = None
    question: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Shares of the changed facts in [0, 1], and a count.

    Attributes:
        current_first: The new value is recalled first, and the old one not at all.
        wrongly_retired: Lines that are no old value, but no longer active.
        true_then: ``valid_at`` between the two finds the old value, not the new.
        known_then: ``as_of`` after the change, before we learnt it: the same.
    """

    facts: int
    others: int
    current_first: float
    closed: float
    wrongly_retired: int
    true_then: float
    known_then: float


def read_story(path: Path) -> list[Line]:
    """Read ``old | new | question`` lines and plain ones, in the order of telling.

    Old values come first, new ones last, the other lines between and around.
    """
    lines = [s for s in path.read_text("utf-8").splitlines() if s and s[0] != "#"]
    facts = [[part.strip() for part in s.split("|")] for s in lines if "|" in s]
    plain = [Line(s) for s in lines if "|" not in s]
    old = [Line(old, n, ask) for n, (old, _, ask) in enumerate(facts)]
    new = [Line(new, n, ask) for n, (_, new, ask) in enumerate(facts)]
    third = len(plain) // 3
    return (
        _mixed(plain[:third], old)
        + plain[third : 2 * third]
        + _mixed(plain[2 * third :], new)
    )


def measured(half: str, *, embedder: Embedder | None = None) -> Found:
    """Tell a story, a line a day, consolidate, and ask."""
    story = read_story(STORIES / f"changes_{half}.txt")
    clock = ManualClock(START)
    memory = Memory(MemoryStore(clock=clock), clock=clock, embedder=embedder)
    old: dict[int, MemoryRecord] = {}
    new: dict[int, MemoryRecord] = {}
    for day, line in enumerate(story):
        happened = START + day * DAY
        clock.now = happened + LEARNT_LATE
        record = MemoryRecord(
            content=line.text,
            role="user",
            speaker="小雨" if has_han(line.text) else "Ann",  # two people, two lives
            occurred_at=happened,
            recorded_at=clock.now,
        )
        memory.remember(record)
        if line.fact is not None:
            (new if line.fact in old else old)[line.fact] = record
    clock.now += 30 * DAY
    memory.consolidate()
    questions = {
        line.fact: line.question or "" for line in story if line.fact is not None
    }
    retired = {r.id for r in memory.records() if r.status is not Status.ACTIVE}
    stale = {record.id for record in old.values()}
    first = closed = true_then = known_then = 0
    for fact, question in questions.items():
        ids = [hit.record.id for hit in memory.recall(question)]
        first += ids[:1] == [new[fact].id] and old[fact].id not in ids
        closed += old[fact].id in retired
        between = new[fact].occurred_at
        true_then += _finds(
            memory, question, old[fact], new[fact], valid_at=between - DAY
        )
        known_then += _finds(
            memory, question, old[fact], new[fact], as_of=between + DAY
        )
    total = len(questions)
    return Found(
        facts=total,
        others=sum(line.fact is None for line in story),
        current_first=first / total,
        closed=closed / total,
        wrongly_retired=len(retired - stale),
        true_then=true_then / total,
        known_then=known_then / total,
    )


def _finds(
    memory: Memory,
    question: str,
    wanted: MemoryRecord,
    other: MemoryRecord,
    **when: datetime,
) -> bool:
    ids = [hit.record.id for hit in memory.recall(question, **when)]
    return wanted.id in ids and other.id not in ids


def _mixed(some: list[Line], others: list[Line]) -> list[Line]:
    """Return both in turn, the rest of the longer one at the end."""
    turns = [line for pair in zip(some, others, strict=False) for line in pair]
    shorter = min(len(some), len(others))
    return [*turns, *some[shorter:], *others[shorter:]]


if __name__ == "__main__":
    for name, embedder in product(
        ("dev", "dev_second", "dev_third", "dev_fourth"), (None, MiniLMEmbedder())
    ):
        found = measured(name, embedder=embedder)
        print(
            f"{name:10} {'MiniLM' if embedder else 'words':7} {found.facts} changed, {found.others} others: current value first "
            f"{found.current_first:.1%}, old one closed {found.closed:.1%}, wrongly retired "
            f"{found.wrongly_retired}, valid_at {found.true_then:.1%}, as_of "
            f"{found.known_then:.1%}"
        )
