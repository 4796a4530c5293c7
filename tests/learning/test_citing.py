from __future__ import annotations

import pytest

from retentive.learning.citing import cited

SHOWN = [
    "I adopted a grey cat named Biscuit in March.",
    "My brother Tom plays the cello in Vienna.",
    "I like rainy evenings.",
]


@pytest.mark.parametrize(
    ("answer", "asked", "expected"),
    [
        ("Your cat is called Biscuit, you adopted her in March.", "My cat?", [0]),
        ("Tom plays the cello, and Biscuit is your grey cat.", "Who?", [0, 1]),
        ("I do not know.", "What is my cat called?", []),
        ("You like evenings that are rainy.", "What do I like?", [2]),
        # The question's own words prove nothing.
        ("A grey cat named Biscuit?", "Is my grey cat named Biscuit?", []),
        ("", "?", []),
    ],
)
def test_an_answer_s_words_tell_what_it_used(
    answer: str, asked: str, expected: list[int]
) -> None:
    assert cited(answer, asked=asked, memories=SHOWN) == expected


def test_chinese_answers_tell_it_too() -> None:
    shown = ["我三月领养了一只灰色的猫,叫饼干。", "我哥哥在维也纳拉大提琴。"]
    answer = "你的猫叫饼干,是灰色的。"
    assert cited(answer, asked="我的宠物是什么?", memories=shown) == [0]


def test_one_shared_word_is_chance() -> None:
    assert cited("Vienna is lovely.", asked="Tips?", memories=SHOWN) == []
