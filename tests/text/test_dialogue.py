"""Who speaks in a dialogue, and which of its lines ask."""

from __future__ import annotations

import pytest

from retentive.text.dialogue import asking, voices


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ann: I won!\nAssistant: Well done.\nAnn: What now?", ("Ann",)),
        ("Ann: I won!\nBob: And I lost.\nAnn: Oh.", ("Ann", "Bob")),
        ("<小梅>：我赢了！\n<助手>：真棒。", ("小梅",)),
        ("User: I won!\nAssistant: Well done.", ()),
        ("Ann: I won!\nand then I went home\nwith a cup", ()),
        ("Title: A walk\nAuthor: Ann Lee", ()),
        ("At 10: 30 past", ()),
        ("Ann: I won!", ()),
        ("", ()),
    ],
)
def test_voices_are_the_people_of_lines_that_begin_with_a_name(
    text: str, people: tuple[str, ...]
) -> None:
    assert voices(text) == people


def test_the_last_line_asks_and_those_that_end_as_questions() -> None:
    text = (
        "Ann: I ran today.\nBob: Like yesterday?\nAnn: It rained.\n\nBob: 上个月呢？\n"
    )
    assert asking(text) == "Bob: Like yesterday?\nBob: 上个月呢？"
    assert asking("Where was I yesterday?") == "Where was I yesterday?"
    assert asking("") == ""
