from __future__ import annotations

import pytest

from retentive.text.slots.stating import is_stated
from retentive.text.slots.subjects import ME, OTHER, people


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live in Oslo.", {ME}),
        ("Sold the car and got myself a bicycle.", {ME}),
        ("I now work as a teacher.", {ME}),
        ("My sister lives in Rome.", {"sister"}),
        ("My mum is back home.", {"mother"}),
        ("Mum's birthday is in May.", {"mother"}),
        ("My sister and I share a flat.", {"sister", ME}),
        ("Tom lives in Rome.", {"tom"}),
        ("Tom's flat is in Rome.", {"tom"}),
        ("She says I live in a bubble.", {OTHER, ME}),
        ("Book club meets on Tuesday.", {"book"}),
        ("我住在上海。", {ME}),
        ("对了，我搬家了。", {ME}),
        ("我妈妈住在绵阳。", {"母亲"}),
        ("我媽媽住在綿陽。", {"母亲"}),
        ("小赵住在我家隔壁。", {"小赵", ME}),
        ("婚礼推迟到十月六号了。", {"婚礼"}),
        ("", set()),
        ("?!", set()),
    ],
)
def test_people_are_told_apart(text: str, expected: set[str]) -> None:
    assert people(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Do I live in Oslo?",
        "If I moved to Oslo, I would freeze.",
        "I used to live in Oslo.",
        "Maybe I will move.",
        "I dreamt that I lived in a castle.",
        "我住在上海吗",
        "如果我搬到海南就好了。",
        "我以前住在成都。",
    ],
)
def test_what_is_not_so_now_is_not_stated(text: str) -> None:
    assert not is_stated(text)


@pytest.mark.parametrize("text", ["I moved in May.", "I live in Oslo.", "我住在上海。"])
def test_what_is_so_now_is_stated(text: str) -> None:
    assert is_stated(text)
