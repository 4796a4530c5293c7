"""The pure transforms: golden examples, and laws that hold for every conversation."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retentive import Memory
from retentive.errors import InvalidInputError
from retentive.text.block import CLOSE_TAG, OPEN_TAG
from retentive.turns import is_block, text_of
from retentive_openai import (
    Ledger,
    capture,
    capture_response,
    with_memory,
    with_memory_input,
)
from retentive_openai.delivery import Place
from tests.adapters.openai.grammar import conversations, items_of

ASKED = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "Are there peanuts in satay?"},
]


@pytest.fixture(scope="module")
def memory() -> Memory:
    memory = Memory.open()
    memory.remember("I am allergic to peanuts.", session="monday")
    memory.remember("我对花生过敏，住在杭州。", session="monday")
    return memory


def blocks(messages: Sequence[Mapping[str, Any]]) -> list[int]:
    return [place for place, item in enumerate(messages) if is_block(item)]


def test_memories_stand_right_before_the_question(memory: Memory) -> None:
    woven = with_memory(ASKED, memory)
    assert woven[0] == ASKED[0]
    assert woven[2] == ASKED[1]
    assert woven[1]["role"] == "user"
    assert woven[1]["content"].startswith(f"{OPEN_TAG}\n")
    assert '"I am allergic to peanuts."' in woven[1]["content"]
    assert woven[1]["content"].endswith(f"\n{CLOSE_TAG}")


def test_a_chinese_question_finds_chinese_memories(memory: Memory) -> None:
    woven = with_memory([{"role": "user", "content": "这道菜有花生吗？"}], memory)
    assert "我对花生过敏" in woven[0]["content"]


@pytest.mark.parametrize(
    "unanswerable",
    [
        [],
        [{"role": "system", "content": "Be kind."}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}],
        [{"role": "user", "content": "  "}],
        [{"role": "user", "content": None}],
    ],
)
def test_what_asks_nothing_in_words_stays_as_it_is(
    memory: Memory, unanswerable: list[dict[str, Any]]
) -> None:
    assert with_memory(unanswerable, memory) == unanswerable


def test_a_block_can_follow_the_instructions_instead(memory: Memory) -> None:
    history = [
        *ASKED,
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "And other food with peanuts?"},
    ]
    woven = with_memory(history, memory, place="start")
    assert blocks(woven) == [1]
    assert with_memory(woven, memory, place="start") == woven


def test_a_block_can_join_the_question_for_templates_that_alternate(
    memory: Memory,
) -> None:
    woven = with_memory(ASKED, memory, join=True)
    assert [message["role"] for message in woven] == ["system", "user"]
    assert woven[1]["content"].endswith(f"{CLOSE_TAG}\n\n{ASKED[1]['content']}")
    parts = [{"type": "text", "text": "peanuts?"}, {"type": "file", "file": {}}]
    [message] = with_memory([{"role": "user", "content": parts}], memory, join=True)
    assert message["content"][1:] == parts
    assert message["content"][0]["type"] == "text"
    [item] = with_memory_input([{"role": "user", "content": parts}], memory, join=True)
    assert item["content"][0]["type"] == "input_text"
    [kept] = capture(woven[1:])
    assert kept["content"] == ASKED[1]["content"]


def test_what_the_caller_wants_cached_is_not_touched(memory: Memory) -> None:
    marked = {"type": "text", "text": "Peanuts: a report.", "cache_control": {"a": 1}}
    history = [
        {"role": "user", "content": [marked]},
        {"role": "assistant", "content": "Noted."},
        {"role": "user", "content": "Am I allergic to peanuts?"},
    ]
    assert blocks(with_memory(history, memory)) == [2]
    last = {"role": "user", "content": [{**marked, "text": "Am I allergic?"}]}
    woven = with_memory([*history[:2], last], memory)
    assert woven[:3] == [*history[:2], last]
    assert blocks(woven) == [3]
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}
    open_call = {"role": "assistant", "tool_calls": [call], "cache_control": {"a": 1}}
    result = {"role": "tool", "tool_call_id": "c", "content": "peanuts"}
    woven = with_memory([*history[:2], last, open_call, result], memory)
    assert blocks(woven) == [5]


def test_the_next_turn_begins_with_the_whole_of_the_one_before() -> None:
    memory = Memory.open()
    memory.remember("I am allergic to peanuts.", session="monday")
    memory.remember("I also cannot eat shellfish.", session="monday")
    ledger = Ledger()
    history = list(ASKED)
    sent = [with_memory(history, memory, session="now", ledger=ledger)]
    for question in ("Is shellfish in it?", "So what may I eat?", "Peanuts?"):
        reply = {"role": "assistant", "content": f"About {question}: hm."}
        memory.remember(capture(history, reply), session="now")
        history += [reply, {"role": "user", "content": question}]
        sent.append(with_memory(history, memory, session="now", ledger=ledger))
    for before, after in pairwise(sent):
        assert json.dumps(after).startswith(json.dumps(before)[:-1])
    text = "\n".join(text_of(message) for message in sent[-1])
    assert text.count("I am allergic to peanuts.") == 1
    assert text.count("I also cannot eat shellfish.") == 1


def test_without_a_ledger_the_history_before_the_question_stays(
    memory: Memory,
) -> None:
    history = [*ASKED, {"role": "assistant", "content": "Yes."}]
    first = with_memory([*history, {"role": "user", "content": "Peanuts?"}], memory)
    second = with_memory([*history, {"role": "user", "content": "Allergic?"}], memory)
    assert json.dumps(first)[: len(json.dumps(history)) - 1] == json.dumps(history)[:-1]
    assert first[:3] == second[:3] == history


def test_another_s_ledger_entries_are_not_shown(memory: Memory) -> None:
    ledger = Ledger()
    with_memory(ASKED, memory, ledger=ledger)
    assert with_memory(ASKED, memory.within("bob"), ledger=ledger) == ASKED


def test_while_tools_are_called_the_block_stays_where_it_is(memory: Memory) -> None:
    ledger = Ledger()
    first = with_memory(ASKED, memory, ledger=ledger)
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    more = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "contains peanuts"},
    ]
    assert with_memory([*ASKED, *more], memory, ledger=ledger) == [*first, *more]


def test_old_turns_leave_a_request_that_is_too_long(memory: Memory) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    turns: list[dict[str, Any]] = []
    for number in range(20):
        turns += [
            {"role": "user", "content": f"Question {number}, " + "and so on " * 20},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "Result " * 20},
            {"role": "assistant", "content": f"Answer {number}."},
        ]
    request = [ASKED[0], *turns, ASKED[1]]
    woven = with_memory(request, memory, limit=400, budget=100)
    assert woven[0] == ASKED[0]
    assert woven[-1] == ASKED[1]
    [place] = blocks(woven)
    assert place == len(woven) - 2
    held = [message for message in woven if message in request]
    assert 2 < len(held) < 40
    assert held[1]["role"] == "user"
    words = sum(memory.counter(text_of(message)) for message in woven)
    assert words <= 400
    whole = with_memory(request, memory, limit=100_000)
    assert [message for message in whole if not is_block(message)] == request


def test_capture_gives_what_is_new_with_digests_for_bytes() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:," + "A" * 5_000}}
    said = [{"type": "text", "text": "A photo."}, picture]
    history = [*ASKED, {"role": "assistant", "content": "Yes."}]
    captured = capture(
        [*history, {"role": "user", "content": said}],
        {"role": "assistant", "content": "Nice.", "refusal": None},
    )
    assert [message["role"] for message in captured] == ["user", "assistant"]
    assert captured[0]["content"][0] == said[0]
    assert "blake2b" in captured[0]["content"][1]["image_url"]["url"]
    assert captured[1]["content"] == "Nice."
    assert len({message["id"] for message in captured}) == 2


def test_the_same_request_again_is_remembered_once() -> None:
    memory = Memory.open()
    for _ in range(2):
        memory.remember(capture(ASKED, {"role": "assistant", "content": "Yes."}))
    assert [m.role for m in memory.messages("default")] == [
        "system",
        "user",
        "assistant",
    ]
    assert {record.support_count for record in memory.records()} == {1}


def test_of_many_choices_the_first_is_remembered() -> None:
    choices = [
        {"index": n, "message": {"role": "assistant", "content": f"choice {n}"}}
        for n in range(3)
    ]
    captured = capture(ASKED[1:], {"choices": choices})
    assert [message["content"] for message in captured] == [
        "Are there peanuts in satay?",
        "choice 0",
    ]


def test_a_spoken_reply_is_remembered_by_its_transcript() -> None:
    audio = {"id": "a", "data": "A" * 2_000, "transcript": "Good morning."}
    reply = {"role": "assistant", "content": None, "audio": audio}
    assert capture([], reply)[0]["content"] == "Good morning."


def test_a_response_is_captured_as_messages() -> None:
    output = [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Let me look."}],
        },
    ]
    captured = capture_response("Peanuts?", {"output": output})
    assert [message["role"] for message in captured] == ["user", *2 * ["assistant"]]
    assert captured[1]["tool_calls"][0]["function"]["name"] == "f"
    assert text_of(captured[2]) == "Let me look."


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("hello", "messages must be a list, got 'hello'"),
        (None, "messages must be a list, got None"),
        (["hi"], r"messages\[0\] must be an object, got 'hi'"),
        ([{"content": "hi"}], r"messages\[0\] needs a 'role'"),
        ([{"role": 7, "content": "hi"}], r"messages\[0\] needs a 'role'"),
        ([*ASKED, {"role": "user", "content": 3}], r"messages\[2\].content must be"),
        ([{"role": "user", "content": [{}]}], r"messages\[0\].content\[0\] needs"),
        ([{"role": "assistant", "tool_calls": "x"}], "tool_calls must be a list"),
        ([{"role": "assistant", "tool_calls": ["x"]}], r"tool_calls\[0\] must be"),
    ],
)
def test_what_are_no_messages_is_refused_with_its_place(
    memory: Memory, wrong: Any, words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        with_memory(wrong, memory)


@pytest.mark.parametrize(
    "options", [{"place": "end"}, {"limit": 0}, {"budget": -1}, {"budget": True}]
)
def test_options_out_of_range_are_refused(memory: Memory, options: Any) -> None:
    with pytest.raises(InvalidInputError, match="got"):
        with_memory(ASKED, memory, **options)


@settings(max_examples=200, deadline=None)
@given(
    messages=conversations(),
    place=st.sampled_from(["question", "start"]),
    join=st.booleans(),
    limit=st.sampled_from([None, None, 1, 60, 400]),
    remembers=st.booleans(),
)
def test_laws_of_every_conversation(
    memory: Memory,
    messages: list[dict[str, Any]],
    place: Place,
    join: bool,
    limit: int | None,
    remembers: bool,
) -> None:
    before = copy.deepcopy(messages)
    ledger = Ledger() if remembers else None
    woven = with_memory(
        messages, memory, place=place, join=join, limit=limit, ledger=ledger
    )
    assert messages == before  # nothing is changed in place
    again = with_memory(
        woven, memory, place=place, join=join, limit=limit, ledger=ledger
    )
    assert again == woven  # twice is once
    _check_order(messages, woven, join=join, limit=limit)
    _check_pairs(woven)
    captured = capture(woven, {"role": "assistant", "content": "Well."})
    assert all(not is_block(message) for message in captured)
    Memory.open().remember(captured)


@settings(max_examples=100, deadline=None)
@given(messages=conversations(), join=st.booleans())
def test_laws_of_every_input(
    memory: Memory, messages: list[dict[str, Any]], join: bool
) -> None:
    items = items_of(messages)
    before = copy.deepcopy(items)
    woven = with_memory_input(items, memory, join=join)
    assert items == before
    assert with_memory_input(woven, memory, join=join) == woven
    _check_order(items, woven, join=join, limit=None)
    Memory.open().remember(capture_response(woven, {"output": []}))


def _check_order(
    given: Sequence[Mapping[str, Any]],
    woven: Sequence[Mapping[str, Any]],
    *,
    join: bool,
    limit: int | None,
) -> None:
    """Every message comes back itself and in order; only a block is new."""
    places = {id(item): place for place, item in enumerate(given)}
    kept = [places[id(item)] for item in woven if id(item) in places]
    new = [item for item in woven if id(item) not in places]
    assert kept == sorted(kept)
    assert all(OPEN_TAG in text_of(item) for item in new)
    if limit is None:
        assert len(kept) + join * len(new) == len(given)
        assert len(new) <= 1


def _check_pairs(woven: Sequence[Mapping[str, Any]]) -> None:
    """Results stand behind their calls with nothing between, and none lacks."""
    waiting: set[str] = set()
    for message in woven:
        if message["role"] == "tool":
            assert message["tool_call_id"] in waiting
            waiting.remove(message["tool_call_id"])
            continue
        assert not waiting
        waiting = {call["id"] for call in message.get("tool_calls") or ()}
    assert not waiting
