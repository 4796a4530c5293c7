from __future__ import annotations

from datetime import timedelta

import pytest

from retentive import Memory
from retentive.policies.supersede import Supersede
from retentive.records import MemoryRecord, Status
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock
from tests.frames import NOW

DAY_S = 86_400.0


class Told:
    """A memory that is told one thing a day, and then consolidated."""

    def __init__(self, *texts: str | MemoryRecord) -> None:
        clock = ManualClock(NOW)
        self.memory = Memory(MemoryStore(clock=clock), clock=clock)
        self.ids: list[str] = []
        for text in texts:
            self.ids += self.memory.remember(text)
            clock.advance(DAY_S)
        self.report = self.memory.consolidate(Supersede(), max_share=1.0)

    def statuses(self) -> list[str]:
        return [self.memory.get(id).status.value for id in self.ids]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I live in Oslo.", "By the way, I've moved to Bergen."),
        ("My sister lives in Rome.", "My sister has moved from Rome to Milan."),
        ("I work at Equinor.", "I started working for Google last week."),
        ("My favourite colour is teal.", "Orange is my favorite color now."),
        ("My phone number is 555 1234.", "My new phone number is 555 9876."),
        ("I am 34 years old.", "I just turned 35!"),
        ("I'm vegetarian.", "I've become vegan."),
        ("I like tea.", "I don't like tea any more."),
        ("I drink coffee.", "I stopped drinking coffee."),
        ("I prefer tea over coffee.", "I prefer coffee to tea now."),
        ("My boss is Anna.", "My boss is now Peter."),
        ("My car is a Volvo.", "My new car is a blue Tesla."),
        ("I work as a nurse.", "I now work as a teacher."),
        (
            "My dentist appointment is on 20 March.",
            "My dentist appointment was moved to 25 March.",
        ),
        ("I live in Oslo.", "I no longer live in Oslo."),
        ("我住在上海。", "对了，我搬到北京了。"),
        ("我在腾讯工作。", "我跳槽到了阿里巴巴。"),
        ("我最喜欢的颜色是蓝色。", "我最喜欢的颜色现在是绿色。"),
        ("我的手机号是13800000000。", "我的手机号换成了13900000000。"),
        ("我喜欢咖啡。", "我不喜欢咖啡了。"),
        ("会议定在周三下午三点。", "会议改到周五了。"),
        ("我妹妹住在广州。", "我妹妹搬到了深圳。"),
    ],
)
def test_a_changed_fact_closes_the_old_one_and_keeps_it(old: str, new: str) -> None:
    told = Told(old, new)
    assert told.statuses() == ["superseded", "active"]
    first, second = (told.memory.get(id) for id in told.ids)
    assert first.superseded_by == second.id
    assert first.valid_until == second.occurred_at
    assert told.memory.history(second.id) == [first, second]
    assert told.memory.history(first.id) == [first, second]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I live in Oslo.", "My sister lives in Bergen."),
        ("I live in Oslo.", "I live in Norway."),
        ("I live in Oslo.", "I live in a small flat."),
        ("I live in Oslo.", "I work in Bergen."),
        ("I live in Oslo. I love skiing there.", "I moved to Bergen."),
        ("I like tea.", "I like coffee."),
        ("I like tea.", "I don't like rain."),
        ("I'm a nurse.", "I'm a student."),
        ("My boss is Anna.", "My boss is very kind."),
        ("My car is a Volvo.", "My car is broken."),
        ("My boss is Anna.", "My boss is on holiday."),
        ("My favorite color is teal.", "My favorite animal is the otter."),
        ("My phone number is 555 1234.", "My sister's phone number is 555 9876."),
        ("I live in Oslo.", "I used to live in Bergen."),
        ("I live in Oslo.", "If I moved to Bergen, I would miss you."),
        ("I live in Oslo.", "Should I move to Bergen?"),
        (
            "My dentist appointment is on 12 March.",
            "My dentist appointment is on 2 May.",
        ),
        ("I prefer short meetings.", "I prefer long meetings in winter."),
        ("我住在上海。", "我妹妹住在北京。"),
        ("我喜欢咖啡。", "我喜欢茶。"),
        ("我的车是沃尔沃。", "我的车坏了。"),
        ("我住在上海。", "我以前住在北京。"),
        ("我住在上海。", "你住在北京吗？"),
    ],
)
def test_another_subject_or_attribute_closes_nothing(one: str, other: str) -> None:
    clock_gap = Told(one, *["Nothing happened today."] * 5, other)
    assert set(clock_gap.statuses()) == {"active"}


def test_what_another_person_says_closes_nothing() -> None:
    told = Told(
        MemoryRecord(content="I live in Oslo.", speaker="Ann", occurred_at=NOW),
        MemoryRecord(content="I live in Bergen.", speaker="Bob", occurred_at=NOW),
    )
    assert told.statuses() == ["active", "active"]


def test_the_same_value_in_other_words_is_joined() -> None:
    told = Told("I live in Berlin.", "These days I'm living in Berlin.", "我喜欢茶")
    assert told.statuses() == ["active", "archived", "active"]
    assert told.memory.get(told.ids[0]).support_count == 2


def test_a_value_that_comes_back_closes_the_one_between() -> None:
    told = Told("I live in Oslo.", "I moved to Bergen.", "I've moved to Oslo again.")
    assert told.statuses() == ["superseded", "superseded", "active"]
    history = told.memory.history(told.ids[1])
    assert [record.id for record in history] == told.ids


def test_a_pinned_fact_is_never_closed() -> None:
    told = Told(
        MemoryRecord(content="I live in Oslo.", pinned=True, occurred_at=NOW),
        MemoryRecord(content="I moved to Bergen.", occurred_at=NOW + timedelta(days=1)),
    )
    assert told.statuses() == ["active", "active"]


def test_a_record_may_name_its_slot_itself() -> None:
    texts = ("Deploys go out on Fridays", "Releases: Tuesday mornings", "Lunch at noon")
    slots = ("deploy day", "deploy day", "lunch")
    told = Told(
        *(
            MemoryRecord(
                content=text,
                metadata={"slot": slot},
                occurred_at=NOW + timedelta(days=day),
            )
            for day, (text, slot) in enumerate(zip(texts, slots, strict=True))
        )
    )
    assert told.statuses() == ["superseded", "active", "active"]


def test_a_fact_learnt_late_is_closed_by_what_happened_after_it() -> None:
    now = MemoryRecord(content="I live in Bergen.", occurred_at=NOW, recorded_at=NOW)
    then = MemoryRecord(
        content="I live in Oslo.",
        occurred_at=NOW - timedelta(days=900),
        recorded_at=NOW + timedelta(days=1),
    )
    told = Told(now, then)
    assert told.statuses() == ["active", "superseded"]
    assert told.memory.get(then.id).valid_until == NOW
    assert told.memory.get(then.id).status is Status.SUPERSEDED
