"""Every message comes back as it was, from the store too."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from llama_index.core.base.llms.types import (
    AudioBlock,
    CachePoint,
    CitableBlock,
    CitationBlock,
    DocumentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ThinkingBlock,
    ToolCallBlock,
    VideoBlock,
)
from llama_index.core.llms import ChatMessage
from llama_index.core.schema import ImageDocument

from retentive import Memory, Message
from retentive.errors import InvalidInputError
from retentive.processors.inputs import message_from_mapping
from retentive.protocols import Batch
from retentive.stores.codec import (
    pack_parts,
    to_json,
    unpack_metadata,
    unpack_parts,
)
from retentive_llamaindex import from_chat, to_chat

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
CALL = ToolCallBlock(
    tool_call_id="c1", tool_name="search", tool_kwargs={"query": "茶", "n": 2}
)

MESSAGES = {
    "text": ChatMessage(role="user", content="Tea, please.\nNo milk."),
    "chinese": ChatMessage(role="assistant", content="我喜欢喝茶。🍵"),
    "empty text": ChatMessage(role="user", content=""),
    "nothing": ChatMessage(role="assistant", blocks=[]),
    "several texts": ChatMessage(blocks=[TextBlock(text="a"), TextBlock(text="b")]),
    "picture": ChatMessage(
        blocks=[TextBlock(text="Who is this?"), ImageBlock(image=PNG, detail="low")]
    ),
    "linked picture": ChatMessage(
        blocks=[ImageBlock(url="https://example.org/cat.png")]
    ),
    "sound": ChatMessage(blocks=[AudioBlock(audio=PNG, format="wav")]),
    "film": ChatMessage(blocks=[VideoBlock(video=PNG, fps=2)]),
    "document": ChatMessage(
        blocks=[DocumentBlock(data=b"%PDF-1.7", title="Lease", document_mimetype="x/y")]
    ),
    "citation": ChatMessage(
        blocks=[
            CitableBlock(title="t", source="s", content=[TextBlock(text="quoted")]),
            CitationBlock(
                cited_content=TextBlock(text="said"),
                source="s",
                title="t",
                additional_location_info={"page": 3},
            ),
        ]
    ),
    "thinking": ChatMessage(
        role="assistant",
        blocks=[
            ThinkingBlock(content="Let me see.", additional_information={"sig": "x"}),
            TextBlock(text="Yes."),
            CachePoint(cache_control={"type": "ephemeral"}),
        ],
    ),
    "tool call": ChatMessage(
        role="assistant", blocks=[TextBlock(text="I look."), CALL, CALL]
    ),
    "tool call with odd arguments": ChatMessage(
        role="assistant", blocks=[ToolCallBlock(tool_name="f", tool_kwargs="{oops")]
    ),
    "tool result": ChatMessage(
        role="tool", content="42", additional_kwargs={"tool_call_id": "c1"}
    ),
    "arguments": ChatMessage(
        role="user",
        content="hi",
        additional_kwargs={"metadata": {"foo": ["bar", None, 5, 1.5]}, "name": "Ann"},
    ),
    **{
        f"role {role.value}": ChatMessage(role=role, content="said")
        for role in MessageRole
    },
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_comes_back_as_it_was(name: str, memory: Memory) -> None:
    message = MESSAGES[name]
    ours = from_chat(message, session="s", at=NOW)
    memory.store.apply(Batch(namespace=memory.namespace, messages=[ours]))
    [stored] = memory.messages("s")
    assert stored == ours
    assert to_chat(stored).model_dump() == message.model_dump()


def test_what_a_message_says_can_be_found() -> None:
    ours = from_chat(MESSAGES["citation"], session="s", at=NOW)
    assert [part.text for part in ours.parts] == ["quoted", "said"]
    ours = from_chat(MESSAGES["document"], session="s", at=NOW)
    assert [(part.type, part.text) for part in ours.parts] == [("file", "Lease")]
    ours = from_chat(MESSAGES["thinking"], session="s", at=NOW)
    assert ours.content == "Yes."
    assert [part.text for part in ours.parts] == [None, "Yes.", None]


def test_calls_and_their_results_keep_their_ids() -> None:
    ours = from_chat(MESSAGES["tool call"], session="s", at=NOW)
    assert [call.id for call in ours.tool_calls] == ["c1", "c1"]
    assert ours.tool_calls[0].arguments == '{"query": "茶", "n": 2}'
    ours = from_chat(MESSAGES["tool result"], session="s", at=NOW)
    assert ours.tool_call_id == "c1"


def test_older_calls_among_the_arguments_are_calls() -> None:
    calls = [
        {"id": "c1", "function": {"name": "f", "arguments": "{}"}},
        {"id": "c2", "function": {"name": "g", "arguments": {"x": 1}}},
        {"id": "c3"},
        "noise",
    ]
    message = ChatMessage(
        role="assistant", content=None, additional_kwargs={"tool_calls": calls}
    )
    ours = from_chat(message, session="s", at=NOW)
    assert [(call.id, call.name, call.arguments) for call in ours.tool_calls] == [
        ("c1", "f", "{}"),
        ("c2", "g", '{"x": 1}'),
    ]
    assert to_chat(ours).model_dump() == message.model_dump()


def test_a_picture_among_the_arguments_is_not_doubled() -> None:
    document = ImageDocument(image=PNG)
    message = ChatMessage(content="see", additional_kwargs={"images": [document]})
    back = to_chat(from_chat(message, session="s", at=NOW))
    assert [block.block_type for block in back.blocks] == ["text", "image"]
    assert back.blocks == message.blocks
    assert to_chat(from_chat(back, session="s", at=NOW)) == back


def test_a_message_outlives_the_file_that_it_points_to(tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    message = ChatMessage(blocks=[TextBlock(text="My cat."), ImageBlock(path=path)])
    ours = from_chat(message, session="s", at=NOW)
    path.unlink()
    back = to_chat(ours)
    assert back.content == "My cat."
    assert isinstance(back.blocks[1], ImageBlock)
    assert back.blocks[1].path == path


@pytest.mark.parametrize(
    "argument", [object(), {"deep": [object()]}, float("nan"), "\ud800"]
)
def test_what_json_cannot_hold_is_refused_with_its_name(argument: Any) -> None:
    message = ChatMessage(content="hi", additional_kwargs={"odd": argument})
    with pytest.raises(InvalidInputError, match="odd"):
        from_chat(message, session="s", at=NOW)


def test_converting_leaves_the_message_alone() -> None:
    message = MESSAGES["tool call"].model_copy(deep=True)
    back = to_chat(from_chat(message, session="s", at=NOW))
    back.blocks.append(TextBlock(text="more"))
    assert message == MESSAGES["tool call"]


# --- what other adapters stored ----------------------------------------------------


def test_messages_of_other_frameworks_can_be_read() -> None:
    fields = {
        "role": "user",
        "name": "Ann",
        "content": [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            {"type": "input_audio", "input_audio": {"data": "AA==", "format": "wav"}},
        ],
    }
    chat = to_chat(message_from_mapping(fields, session="s", at=NOW))
    assert chat.content == "Look\n[input_audio]"
    assert chat.blocks[1] == ImageBlock(url="https://example.org/a.png")
    assert chat.additional_kwargs == {"name": "Ann"}


def test_calls_of_other_frameworks_become_blocks() -> None:
    fields = {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": "c1", "function": {"name": "f", "arguments": '{"x": 1}'}},
            {"id": "", "function": {"name": "g", "arguments": "oops"}},
        ],
    }
    chat = to_chat(message_from_mapping(fields, session="s", at=NOW))
    assert chat.blocks == [
        ToolCallBlock(tool_call_id="c1", tool_name="f", tool_kwargs={"x": 1}),
        ToolCallBlock(tool_call_id=None, tool_name="g", tool_kwargs="oops"),
    ]
    result = Message(role="tool", content="1", tool_call_id="c1")
    assert to_chat(result).additional_kwargs == {"tool_call_id": "c1"}


def test_an_unknown_role_speaks_as_the_user() -> None:
    assert to_chat(Message(role="narrator", content="Once")).role == MessageRole.USER


# --- any message at all ------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_leaves=8,
)
mappings = st.dictionaries(texts, json_values, max_size=3)
blocks = st.one_of(
    st.builds(TextBlock, text=texts),
    st.builds(ThinkingBlock, content=texts, additional_information=mappings),
    st.builds(ImageBlock, image=st.binary(min_size=1, max_size=20), detail=texts),
    st.builds(DocumentBlock, data=st.binary(min_size=1, max_size=20), title=texts),
    st.builds(
        ToolCallBlock, tool_call_id=texts, tool_name=texts, tool_kwargs=mappings | texts
    ),
)


@given(st.sampled_from(MessageRole), st.lists(blocks, max_size=4), mappings)
@example(MessageRole.USER, [], {"images": []})
def test_any_message_comes_back_as_it_was(
    role: MessageRole, some: list[Any], arguments: dict[str, Any]
) -> None:
    message = ChatMessage(role=role, blocks=some, additional_kwargs=arguments)
    stored = from_chat(message, session="s", at=NOW)
    written = (pack_parts(stored.parts), to_json(stored.raw))
    kept = replace(
        stored, parts=unpack_parts(written[0]), raw=unpack_metadata(written[1])
    )
    assert to_chat(kept).model_dump() == message.model_dump()
