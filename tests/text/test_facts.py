"""What people state of themselves, and all that is no statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.text.facts import ATTRIBUTES, find_facts


def told(text: str) -> list[tuple[str, str, str]]:
    return [(fact.attribute, fact.about, fact.value) for fact in find_facts(text)]


@pytest.mark.parametrize(
    ("text", "attribute", "about", "value"),
    [
        ("My name is Clara Voss.", "name", "", "Clara Voss"),
        ("Hi, call me Teo!", "name", "", "Teo"),
        ("I live in Graz now.", "home", "", "Graz"),
        ("I just moved to Lisbon, it is lovely.", "home", "", "Lisbon"),
        ("I'm based in Nairobi", "home", "", "Nairobi"),
        ("I'm originally from Chile.", "origin", "", "Chile"),
        ("I grew up in a small village because of the war.", "origin", "", "a small village"),
        ("My birthday is on 3 May.", "birthday", "", "3 May"),
        ("I work as a nurse.", "work", "", "a nurse"),
        ("I’ve just started a new job at the harbour office.", "work", "", "the harbour office"),
        ("I study marine biology.", "study", "", "marine biology"),
        ("I am 34 years old.", "age", "", "34"),
        ("My favourite colour is teal.", "favourite", "colour", "teal"),
        ("I'm severely allergic to walnuts!", "allergy", "", "walnuts"),
        ("I have a shellfish allergy.", "allergy", "", "shellfish"),
        ("I'm vegan", "diet", "", "vegan"),
        ("I don't eat pork.", "diet", "", "pork"),
        ("I was diagnosed with asthma.", "condition", "", "asthma"),
        ("I can't stand loud restaurants.", "dislikes", "", "loud restaurants"),
        ("I really love hiking in the Alps.", "likes", "", "hiking in the Alps"),
        ("My sister's name is Noor.", "relative", "sister", "Noor"),
        ("My dog is called Bolt.", "relative", "dog", "Bolt"),
        ("I speak Portuguese.", "language", "", "Portuguese"),
        ("I have two cats.", "possession", "", "two cats"),
        ("I bought a kayak.", "possession", "", "a kayak"),
        ("I plan to visit Kyoto in May.", "plan", "", "visit Kyoto in May"),
        ("我叫林晓。", "name", "", "林晓"),
        ("我住在杭州。", "home", "", "杭州"),
        ("我上个月搬到了成都,很喜欢。", "home", "", "成都"),
        ("我来自黑龙江。", "origin", "", "黑龙江"),
        ("我在市图书馆工作。", "work", "", "市图书馆"),
        ("我是一名护士。", "work", "", "护士"),
        ("我今年34岁。", "age", "", "34"),
        ("我的生日是五月三日。", "birthday", "", "五月三日"),
        ("我最喜欢的颜色是蓝色。", "favourite", "颜色", "蓝色"),
        ("我对花生过敏。", "allergy", "", "花生"),
        ("我不吃香菜。", "diet", "", "香菜"),
        ("我讨厌下雨天。", "dislikes", "", "下雨天"),
        ("我很喜欢爬山。", "likes", "", "爬山"),
        ("我妹妹叫林月。", "relative", "妹妹", "林月"),
        ("我会说日语。", "language", "", "日语"),
        ("我有两只猫。", "possession", "", "两只猫"),
        ("我领养了一只小狗。", "possession", "", "一只小狗"),
        ("我打算五月去京都。", "plan", "", "五月去京都"),
    ],
)  # fmt: skip
def test_statements(text: str, attribute: str, about: str, value: str) -> None:
    assert told(text) == [(attribute, about, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Do I live in Graz?",
        "If I live in Graz, I will cycle.",
        "I would love a coffee.",
        "I might move to Lisbon.",
        "I used to live in Graz.",
        "Maybe I like jazz.",
        "She thinks I live in Graz.",
        "Ann said: I hate Mondays",
        "I have a question.",
        "I have a really bad headache.",
        "I love it!",
        "I like that.",
        "I'm going to be late.",
        "I moved to tears.",
        "You live in Graz.",
        "We talked about Graz.",
        "我住在杭州吗?",
        "如果我住在杭州,我会骑车。",
        "我以前住在杭州。",
        "我可能搬到成都。",
        "他说我喜欢爬山。",
        "我叫你别去。",
        "我喜欢它。",
        "我不吃饭了。",
        "",
    ],
)
def test_what_is_no_statement(text: str) -> None:
    assert told(text) == []


def test_several_in_one_breath() -> None:
    text = (
        "Hello! I live in Graz, and I work as a baker. I hate snow but I love skiing."
    )
    assert told(text) == [
        ("home", "", "Graz"),
        ("work", "", "a baker"),
        ("dislikes", "", "snow"),
        ("likes", "", "skiing"),
    ]
    assert told("我住在杭州，我喜欢喝茶；我有一辆自行车。") == [
        ("home", "", "杭州"),
        ("likes", "", "喝茶"),
        ("possession", "", "一辆自行车"),
    ]


def test_the_sentence_is_kept_as_it_was_said() -> None:
    [fact] = find_facts("Nice to meet you. I live in Graz!")
    assert fact.text == "I live in Graz!"


def test_long_stories_are_no_facts() -> None:
    assert told("I live in Graz " + "and around it " * 40) == []


@given(st.text(alphabet="I live in my name is 我住在叫,.? moved", max_size=400))
def test_any_text_is_read(text: str) -> None:
    for fact in find_facts(text):
        assert fact.attribute in ATTRIBUTES
        assert fact.value in fact.text


def test_no_rule_backtracks() -> None:
    # Each of these would take hours if one did.
    assert find_facts("well, " * 20_000 + "i " * 20_000) == []
    assert find_facts(("my " * 90 + ".") * 300) == []
