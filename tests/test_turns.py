from __future__ import annotations

from retentive import Memory
from retentive.middleware import MemoryMiddleware, converse
from retentive.text.block import CLOSE_TAG, OPEN_TAG
from retentive.turns import added, is_block, newest_question, text_of

BLOCK = {"role": "user", "content": f"{OPEN_TAG}\n- a note\n{CLOSE_TAG}"}
CALL = {"id": "c1", "type": "function", "function": {"name": "t", "arguments": "{}"}}
TOOLS = [
    {"role": "system", "content": "Be kind."},
    {"role": "user", "content": "What is the weather?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "rain"},
]


def test_a_turn_that_calls_tools_still_asks_the_user_s_question() -> None:
    assert newest_question(TOOLS) == 1
    assert newest_question([*TOOLS[:1], BLOCK, *TOOLS[1:]]) == 2
    assert newest_question([BLOCK]) is None
    assert newest_question([]) is None


def test_what_is_new_is_what_follows_the_last_answer_without_blocks() -> None:
    assert added(TOOLS) == TOOLS[3:]
    assert added([*TOOLS[:1], BLOCK, TOOLS[1]]) == TOOLS[:2]


def test_a_block_is_recognised_only_when_it_stands_alone() -> None:
    assert is_block(BLOCK)
    assert is_block({"role": "user", "content": [{"type": "text", **_text(BLOCK)}]})
    assert not is_block({**BLOCK, "content": BLOCK["content"] + " and a question?"})
    assert not is_block({**BLOCK, "content": f"{BLOCK['content']}?{CLOSE_TAG}"})
    assert not is_block({**BLOCK, "role": "assistant"})


def _text(message):  # type: ignore[no-untyped-def]
    return {"text": text_of(message)}


def test_memories_stand_before_the_question_while_tools_are_called() -> None:
    memory = Memory.open()
    memory.remember("The weather ruined my picnic in May.", session="before")
    turn = converse(
        TOOLS,
        generate=lambda prompt: {"role": "assistant", "content": "It rains."},
        middleware=MemoryMiddleware(memory),
        session="now",
    )
    assert "picnic" in text_of(turn.prompt[1])
    assert [*turn.prompt[:1], *turn.prompt[2:]] == TOOLS
    kept = [message.role for message in memory.messages("now")]
    assert kept == ["tool", "assistant"]


def test_what_the_prompt_holds_already_is_not_said_again() -> None:
    memory = Memory.open()
    memory.remember(['I like "sour" cherries.', "Cherries ripen in June."])
    every = memory.context("cherries")
    assert "sour" in every.text
    assert "June" in every.text
    told = memory.context("cherries", shown=['So: I like "sour" cherries. And you?'])
    assert "sour" not in told.text
    assert "June" in told.text
    assert not memory.context("cherries", shown=[every.text])
