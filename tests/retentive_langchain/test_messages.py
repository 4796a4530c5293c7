from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    HumanMessageChunk,
    RemoveMessage,
    SystemMessage,
    ToolMessage,
)

from retentive.errors import InvalidInputError
from retentive.processors.redact import Redact
from retentive.records import ContentPart, Message, ToolCall
from retentive_langchain import from_langchain, to_langchain

AT = datetime(2026, 5, 4, 9, tzinfo=UTC)

PICTURE = {
    "type": "image",
    "source_type": "base64",
    "data": "aGVsbG8=",
    "mime_type": "image/png",
}
MESSAGES: list[BaseMessage] = [
    HumanMessage("I am allergic to peanuts."),
    HumanMessage("我对花生过敏。", id="m1", name="小明"),
    HumanMessage([{"type": "text", "text": "What is this?"}, PICTURE, "bare text"]),
    HumanMessage([], name=""),
    SystemMessage("Be brief.", additional_kwargs={"cache": {"ttl": 5}}),
    AIMessage(
        "Let me see.",
        id="a1",
        tool_calls=[
            {"name": "look", "args": {"q": "花生", "n": 2}, "id": "c1"},
            {"name": "look", "args": {}, "id": None},
        ],
        invalid_tool_calls=[
            {"name": "bad", "args": "{", "id": "c2", "error": "no JSON"}
        ],
        usage_metadata={"input_tokens": 3, "output_tokens": 4, "total_tokens": 7},
        response_metadata={"model_name": "m", "finish_reason": "tool_calls"},
    ),
    AIMessage(
        [
            {"type": "reasoning", "reasoning": "They ask."},
            {"type": "text", "text": "Yes.", "annotations": [{"start": 0}]},
            {"type": "tool_use", "id": "c1", "name": "look", "input": {"q": 1}},
        ],
        additional_kwargs={"refusal": None},
    ),
    ToolMessage(
        "12 degrees",
        tool_call_id="c1",
        name="weather",
        status="error",
        artifact={"rows": [1, 2.5, None]},
    ),
    FunctionMessage("old", name="f"),
    ChatMessage("as I said", role="moderator"),
    AIMessageChunk("so far", id="run-1", chunk_position="last"),
    AIMessageChunk(
        "",
        tool_call_chunks=[
            {"name": "look", "args": '{"q"', "id": "c", "index": 0},
        ],
    ),
    HumanMessageChunk("hm"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: type(m).__name__)
def test_a_message_of_langchain_comes_back_equal(message: BaseMessage) -> None:
    stored = from_langchain(message, session="s", at=AT)
    assert (stored.session, stored.at) == ("s", AT)
    again = to_langchain(stored)
    assert type(again) is type(message)
    assert again.model_dump() == message.model_dump()


def test_what_both_sides_know_is_translated() -> None:
    stored = from_langchain(MESSAGES[5], session="s", at=AT)
    assert (stored.role, stored.content, stored.id) == (
        "assistant",
        "Let me see.",
        "a1",
    )
    assert stored.tool_calls[0] == ToolCall(
        id="c1", name="look", arguments='{"q": "花生", "n": 2}'
    )
    result = from_langchain(MESSAGES[7], session="s")
    assert (result.role, result.tool_call_id, result.name) == ("tool", "c1", "weather")
    seen = from_langchain(MESSAGES[2], session="s")
    assert seen.content == "What is this?\nbare text"
    assert [part.type for part in seen.parts] == ["text", "image", "text"]


def test_thoughts_of_a_model_are_kept_but_are_not_its_words() -> None:
    stored = from_langchain(MESSAGES[6], session="s")
    assert stored.content == "Yes."
    assert all(part.text in (None, "Yes.") for part in stored.parts)


def test_an_artifact_that_is_an_object_is_kept_as_its_text() -> None:
    class Table:
        def __str__(self) -> str:
            return "a table"

    message = ToolMessage("ok", tool_call_id="c", artifact=Table())
    again = to_langchain(from_langchain(message, session="s"))
    assert isinstance(again, ToolMessage)
    assert again.artifact == "a table"


def test_what_a_processor_redacts_does_not_come_back_from_the_extras() -> None:
    message = HumanMessage([{"type": "text", "text": "Write to bob@example.com"}])
    kept = Redact().message(from_langchain(message, session="s"))
    assert "bob@" not in str(to_langchain(kept).model_dump())


def test_a_removal_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="leave it out"):
        from_langchain(RemoveMessage(id="m1"), session="s")


words = st.text(min_size=1, max_size=8).filter(str.strip)
texts = st.text(max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | texts,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2)
    ),
    max_leaves=4,
)
calls = st.builds(
    ToolCall,
    id=words,
    name=words,
    arguments=st.sampled_from(['{"q": 1}', '{"q":1}', "{", "[1]", ""]),
)
parts = st.builds(
    ContentPart,
    type=st.sampled_from(["text", "image", "x"]),
    data=st.dictionaries(texts, json_values, max_size=2),
    text=st.none() | texts,
)


@given(
    st.builds(
        Message,
        role=st.sampled_from(
            ["user", "assistant", "system", "developer", "tool", "function", "narrator"]
        ),
        content=texts,
        id=words,
        session=words,
        at=st.datetimes(
            datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)
        ),
        name=st.none() | words,
        parts=st.lists(parts, max_size=2).map(tuple),
        tool_calls=st.lists(calls, max_size=2).map(tuple),
        tool_call_id=st.none() | words,
        raw=st.dictionaries(
            words.filter(lambda key: key != "langchain"), json_values, max_size=2
        ),
    )
)
def test_a_message_of_retentive_comes_back_equal(message: Message) -> None:
    passed = to_langchain(message)
    assert from_langchain(passed, session=message.session) == message
    moved = from_langchain(passed, session="elsewhere")
    assert moved == replace(message, session="elsewhere")
