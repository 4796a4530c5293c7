"""Which rows the scorers get to see in a namespace of many."""

from datetime import UTC, datetime, timedelta

import numpy as np

from retentive.index.frame import ColumnFrame
from retentive.recall.analyse import analyse
from retentive.recall.candidates import gather
from tests.frames import NOW, frame_of, record

MAY = datetime(2025, 5, 10, tzinfo=UTC)


def crowd(*, day: datetime, count: int = 300) -> list[dict[str, object]]:
    """Memories of others of one day, each in a session of its own."""
    return [
        {
            "content": f"Something else of number {n}",
            "speaker": f"Other {n % 40}",
            "session": f"o{n}",
            "occurred_at": day + timedelta(minutes=n),
        }
        for n in range(count)
    ]


def candidates(question: str, frame: ColumnFrame) -> set[str]:
    query = analyse(question, frame=frame, now=NOW)
    found = gather(query, frame, np.ones(frame.size, np.bool_))
    return {frame.id_at(int(row)) for row in found.rows}


def test_a_time_is_looked_up_among_the_company_of_those_named() -> None:
    ours = record(
        "Paris at last", speaker="Evan", session="e", id="paris", occurred_at=MAY
    )
    rest = [
        record(fields.pop("content"), **fields)  # type: ignore[arg-type]
        for fields in crowd(day=MAY)
    ]
    frame = frame_of([ours, *rest])
    assert "paris" in candidates("Which country did Evan visit in May 2025?", frame)


def test_of_too_many_at_a_time_those_with_the_words_are_kept() -> None:
    # Said first, among 400 of that day; a hundred others say the word some other day.
    ours = record("A long walk", session="w", id="walk", occurred_at=MAY)
    then = [
        record(fields.pop("content"), **fields)  # type: ignore[arg-type]
        for fields in crowd(day=MAY, count=400)
    ]
    later = [
        record(f"Walk, walk, walk {n}", session=f"l{n}", minute=n, id=f"later{n}")
        for n in range(150)
    ]
    frame = frame_of([ours, *then, *later])
    assert "walk" in candidates("Who had a walk in May 2025?", frame)
