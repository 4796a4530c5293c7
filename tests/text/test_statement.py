from __future__ import annotations

import pytest

from retentive.text.statement import statement


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When did Ann move to Oslo?", "Ann move to Oslo"),
        ("What kind of pets does Bob have?", "pets Bob have"),
        ("In which city do you live?", "city you live"),
        ("Is Ann married?", "Ann married"),
        ("Hello there. Who called me?", "called me"),
        ("I moved to Oslo.", "I moved to Oslo"),
        ("小明什么时候搬家的？", "小明搬家的"),
        ("你养了什么宠物？", "你养了宠物"),
        ("你喜欢喝茶吗？", "你喜欢喝茶"),
        ("What?", "What"),
        ("", ""),
    ],
)
def test_a_question_becomes_the_beginning_of_its_answer(
    question: str, expected: str
) -> None:
    assert statement(question) == expected
