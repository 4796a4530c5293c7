from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.text.slots import ANY, read_slots


def read(text: str) -> list[tuple[str, str, str]]:
    return [(s.subject, s.attribute, s.value) for s in read_slots(text).slots]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live in Lyon.", [("me", "home", "lyon")]),
        ("We've moved to Lyon.", [("me", "home", "lyon")]),
        ("My mum lives in Lyon.", [("my mother", "home", "lyon")]),
        ("I live in Lyon, and I work at Nokia.", [("me", "home", "lyon"), ("me", "employer", "nokia")]),
        ("Paul and I split up.", [("me", "partner", "paul")]),
        ("My son is twenty-two.", [("my son", "age", "22")]),
        ("I sold my Fiat.", [("me", ANY, "fiat")]),
        ("My gym used to be Ironworks, now it's Powerhouse.", [("me", "gym", "powerhouse")]),
        ("我住在杭州，在百度工作。", [("me", "home", "杭州"), ("me", "employer", "百度")]),
        ("我换医生了，现在是刘大夫。", [("me", "医生", "刘大夫")]),
        ("我媽媽搬到高雄了。", [("我妈妈", "home", "高雄")]),
        ("我早就不抽烟了。", [("me", "smoking", "no")]),
        ("She lives in Lyon.", []),
        ("Do I live in Lyon?", []),
        ("我叫你别去。", []),
        ("", []),
        ("!?", []),
    ],
)  # fmt: skip
def test_readings(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("I live in Lyon.", True),
        ("By the way, I live in Lyon now!", True),
        ("I live in Lyon. I love it there.", False),
        ("I live in Lyon, and I work at Nokia.", False),
        ("我住在杭州。", True),
        ("我住在杭州，天气很好。", False),
    ],
)
def test_only_what_says_one_thing_is_whole(text: str, whole: bool) -> None:
    assert read_slots(text).whole is whole


WORDS = "I we my live in moved to work at now not sold new is Paul and , . 我 住在 换 了 把 ， 每周一".split()


@given(st.lists(st.sampled_from(WORDS), max_size=120).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    for slot in read_slots(text).slots:
        assert slot.subject
        assert slot.attribute
        assert slot.value or slot.ends


def test_no_rule_backtracks() -> None:
    # Each of these would take hours if one did.
    for piece in (
        "I really ",
        "my new ",
        "from a to ",
        "我现在",
        "改到",
        "the meeting ",
        "since the ",
        "I am and ",
    ):
        read_slots(piece * (600 // len(piece)))
        read_slots(f"I moved {piece * (500 // len(piece))} to Lyon")
