"""How a question was read, in English and Chinese."""

from __future__ import annotations

from datetime import UTC, datetime

from retentive.memory import Memory
from retentive.records import MemoryRecord

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def told() -> Memory:
    memory = Memory.open()
    memory.remember(
        [
            MemoryRecord(content="I moved to Oslo.", speaker="Ann", occurred_at=NOW),
            MemoryRecord(content="Oslo is cold.", speaker="Bob", occurred_at=NOW),
            MemoryRecord(
                content="我上个月搬到了北京。", speaker="小明", occurred_at=NOW
            ),
        ]
    )
    return memory


def test_an_english_question_is_taken_apart() -> None:
    found = told().explain("When did Ann move to Oslo last month?", now=NOW)
    assert found.query.question_type == "when"
    assert found.query.names == ("Ann",)
    [interval] = found.query.intervals
    assert (interval.granularity, interval.start.month) == ("month", 2)
    assert found.statement == "Ann move to Oslo last month"
    # idf = ln(1 + (3 - df + .5) / (df + .5)): one holds "move", two hold "Oslo".
    assert round(found.key_terms["move"], 3) == 0.981
    assert round(found.key_terms["oslo"], 3) == 0.470
    assert list(found.key_terms)[-1] == "oslo"


def test_a_chinese_question_is_taken_apart() -> None:
    found = told().explain("小明上个月什么时候搬到北京的？", now=NOW)
    assert found.query.question_type == "when"
    assert found.query.names == ("小明",)
    [interval] = found.query.intervals
    assert (interval.text, interval.start.month) == ("上个月", 2)
    assert found.statement == "小明上个月搬到北京的"
    assert "北京" in found.key_terms
