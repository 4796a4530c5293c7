"""What a question names exactly."""

from __future__ import annotations

import pytest

from retentive.text.naming import capitalised, named_exactly


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("徐梦洁的职业是什么？", {"徐梦洁"}),
        ("天气真好。对了，陳思遠什么时候过生日？", {"陈思远"}),
        ("我跟王伟去过哪里？", {"王伟"}),
        ("我参加的“远山植树活动”是什么时候？", {"远山植树活动"}),
        ("谁送我《小王子》的？", {"小王子"}),
        ("电话是13912345678的人是谁？", {"13912345678"}),
        ("我周末去哪里了？", set()),
        ("高中的老师是谁？", set()),
        ("我住在第12层吗？", set()),
    ],
)
def test_chinese_names_are_people_titles_and_long_numbers(
    text: str, names: set[str]
) -> None:
    assert named_exactly(text) == names


def test_english_names_have_a_capital_inside_the_sentence() -> None:
    assert capitalised("Where did Ann meet Robert in May?") == {"Ann", "Robert"}
