from __future__ import annotations

import pytest

from retentive.policies.wording import Wording


def same(one: str, other: str) -> bool:
    first, second = Wording.of(one), Wording.of(other)
    assert first.same(second) == second.same(first)
    return first.same(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I am allergic to peanuts.", "By the way, I'm allergic to peanuts!"),
        ("I am allergic to peanuts.", "I'm really allergic to peanuts, you know."),
        ("My flight leaves at 7.", "Just so you know: my flight leaves at 7"),
        ("On Monday I meet Ann.", "I meet Ann on Monday."),
        ("我对花生过敏。", "顺便说一下，我对花生过敏了"),
        ("我住在上海", "我住在上海啊！"),
        ("我對花生過敏", "对了，我对花生过敏"),
    ],
)
def test_words_without_meaning_make_no_difference(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I am allergic to peanuts.", "I am not allergic to peanuts."),
        ("I am allergic to peanuts.", "I am allergic to cashews."),
        ("I am allergic to peanuts.", "My sister is allergic to peanuts."),
        ("I gave it to her.", "She gave it to me."),
        ("Ann told Bob.", "Bob told Ann."),
        ("My flight leaves at 7.", "My flight leaves at 8."),
        ("I like tea.", "I like tea?"),
        ("我对花生过敏", "我对花生不过敏"),
        ("猫追狗", "狗追猫"),
        ("我今年3岁", "我今年4岁"),
        ("?", "!"),
    ],
)
def test_what_means_something_else_is_not_the_same(one: str, other: str) -> None:
    assert not same(one, other)


LONG = "You are a helpful assistant that keeps notes. " + " ".join(
    f"rule{letter} says to answer politely, briefly and with care"
    for letter in "abcdef"
)


def test_long_texts_may_differ_in_a_few_plain_words() -> None:
    assert same(LONG, LONG.replace("helpful", "useful"))


@pytest.mark.parametrize(
    "added",
    ["except on 3 May", "but not politely", "and Meier agrees", "unless he asks"],
)
def test_long_texts_agree_in_numbers_negations_names_and_pronouns(added: str) -> None:
    assert not same(LONG, f"{LONG}, {added}")
