from __future__ import annotations

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.errors import InvalidInputError
from retentive.formats import Entry, open_source
from retentive.formats.codec import (
    message_from_json,
    message_to_json,
    record_from_json,
    record_to_json,
)
from retentive.formats.native import header, write_line
from retentive.records import (
    ContentPart,
    Embedding,
    Kind,
    MemoryRecord,
    Message,
    Occurrence,
    Origin,
    Status,
    ToolCall,
)

NOW = datetime(2026, 3, 1, 12, 30, 15, 123_456, UTC)


def read(value: Any, *, format: str | None = None) -> list[Entry]:
    text = value if isinstance(value, str) else json.dumps(value, indent=1)
    return list(open_source(StringIO(text), format=format).entries)


def messages(value: Any, **options: Any) -> list[Message]:
    items = [entry.item for entry in read(value, **options)]
    assert all(isinstance(item, Message) for item in items)
    return items  # type: ignore[return-value]


CHATGPT = [
    {
        "title": "Trip",
        "conversation_id": "c1",
        "create_time": 1_767_225_600.0,
        "current_node": "n4",
        "mapping": {
            "n1": {"id": "n1", "message": None, "parent": None, "children": ["n2"]},
            "n2": {
                "id": "n2",
                "parent": "n1",
                "children": ["n3", "n4"],
                "message": {
                    "id": "m2",
                    "author": {"role": "user"},
                    "create_time": 1_767_225_601.5,
                    "content": {"content_type": "text", "parts": ["Where to?", {"content_type": "image_asset_pointer", "asset_pointer": "file-1"}]},
                },
            },
            "n3": {"id": "n3", "parent": "n2", "children": [], "message": {"id": "m3", "author": {"role": "assistant"}, "content": {"parts": ["An answer that was thrown away."]}}},
            "n4": {"id": "n4", "parent": "n2", "children": [], "message": {"id": "m4", "author": {"role": "assistant"}, "create_time": None, "content": {"parts": ["Lyon."]}, "metadata": {"model_slug": "x"}}},
        },
    }
]  # fmt: skip


def test_chatgpt_exports_give_the_branch_that_was_kept() -> None:
    asked, answered = messages(CHATGPT)
    assert (asked.content, answered.content) == ("Where to?", "Lyon.")
    assert asked.at == datetime(2026, 1, 1, 0, 0, 1, 500_000, UTC)
    assert asked.parts[0].type == "image"
    assert answered.at == datetime(2026, 1, 1, tzinfo=UTC)
    assert answered.raw["metadata"] == {"model_slug": "x"}
    assert {asked.session, answered.session} == {"c1"}


def test_claude_exports_give_messages_and_attachments() -> None:
    export = [
        {
            "uuid": "c1",
            "name": "Trip",
            "chat_messages": [
                {"uuid": "m1", "sender": "human", "text": "See this.", "created_at": "2026-01-01T10:00:00.5Z", "attachments": [{"file_name": "a.txt", "extracted_content": "Trains to Lyon"}]},
                {"uuid": "m2", "sender": "assistant", "text": "", "content": [{"type": "text", "text": "I see."}], "created_at": "2026-01-01T10:00:01Z"},
            ],
        }
    ]  # fmt: skip
    asked, answered = messages(export)
    assert (asked.role, asked.parts[0].text) == ("user", "Trains to Lyon")
    assert (answered.role, answered.content) == ("assistant", "I see.")


def test_openai_lines_keep_tool_calls_and_unknown_fields() -> None:
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "f", "arguments": "{}"},
    }
    lines = [
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None, "tool_calls": [call], "refusal": None}]},
        {"role": "user", "content": [{"type": "text", "text": "A"}, {"type": "image_url", "image_url": {}}], "id": "x", "session": "s", "at": "2026-01-01T10:00:00"},
    ]  # fmt: skip
    text = "\n".join(json.dumps(line) for line in lines)
    first, second, third = messages(text)
    assert second.tool_calls == (ToolCall(id="c1", name="f", arguments="{}"),)
    assert second.raw == {"refusal": None}
    assert (third.id, third.session, third.content) == ("x", "s", "A")
    assert third.at == datetime(2026, 1, 1, 10, tzinfo=UTC)
    assert first.session == "line 1"
    assert [m.id for m in messages(text)] == [first.id, second.id, third.id]


def test_locomo_files_hold_conversations_under_their_labels() -> None:
    sample = {
        "sample_id": "conv-1",
        "qa": [],
        "conversation": {
            "speaker_a": "Ann",
            "session_2_date_time": "1:56 pm on 8 May, 2023",
            "session_2": [{"speaker": "Ann", "dia_id": "D2:1", "text": "Look", "blip_caption": "a cat", "img_url": ["u"]}],
            "session_1_date_time": "9:00 am on 7 May, 2023",
            "session_1": [{"speaker": "Bob", "dia_id": "D1:1", "text": "Hi"}],
            "session_3_date_time": "9:00 am on 9 May, 2023",
            "session_3": [],
        },
    }  # fmt: skip
    entries = read([sample])
    assert [entry.labels for entry in entries] == [("conv-1",)] * 2
    first, second = [entry.item for entry in entries]
    assert isinstance(first, Message)
    assert isinstance(second, Message)
    assert (first.id, first.name, first.session) == ("D1:1", "Bob", "session_1")
    assert second.content == "Look [image: a cat]"
    assert second.at == datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


texts = st.text(min_size=1, max_size=20).filter(str.strip)
times = st.datetimes(timezones=st.just(UTC))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
objects = st.dictionaries(st.text(max_size=5), json_values, max_size=3)
parts = st.lists(
    st.builds(ContentPart, type=texts, data=objects, text=st.none() | st.text(max_size=9)),
    max_size=2,
)  # fmt: skip
optional = st.none() | texts
records = st.builds(
    MemoryRecord,
    content=texts,
    namespace=st.just(("a", "b")),
    kind=st.sampled_from(Kind),
    parts=parts,
    role=optional,
    speaker=optional,
    session=optional,
    message_id=optional,
    occurred_at=times,
    recorded_at=times,
    valid_until=st.none() | times,
    superseded_by=optional,
    status=st.sampled_from(Status),
    importance=st.floats(0, 1),
    pinned=st.booleans(),
    support_count=st.integers(1, 99),
    occurrences=st.lists(st.builds(Occurrence, at=times, session=optional, message_id=optional), max_size=2),
    access_count=st.integers(0, 99),
    last_accessed_at=st.none() | times,
    expires_at=st.none() | times,
    origin=st.sampled_from(Origin),
    derived_from=st.lists(texts, max_size=2),
    metadata=objects,
    key=optional,
)  # fmt: skip
transcripts = st.builds(
    Message,
    role=texts,
    content=st.text(max_size=20),
    session=texts,
    at=times,
    name=optional,
    parts=parts,
    tool_calls=st.lists(st.builds(ToolCall, id=st.text(), name=texts, arguments=st.text()), max_size=2),
    tool_call_id=optional,
    raw=objects,
)  # fmt: skip


@given(records)
def test_records_survive_json_unchanged(record: MemoryRecord) -> None:
    fields = json.loads(json.dumps(record_to_json(record)))
    assert record_from_json(fields, namespace=("a", "b")) == record


@given(transcripts)
def test_messages_survive_json_unchanged(message: Message) -> None:
    assert (
        message_from_json(json.loads(json.dumps(message_to_json(message)))) == message
    )


def test_vectors_survive_json_to_float16() -> None:
    vector = np.array([0.6, -0.8], np.float32)
    record = MemoryRecord(
        content="x", embedding=Embedding(vector=vector, fingerprint="m:2:1")
    )
    back = record_from_json(record_to_json(record), namespace=("default",))
    assert back.embedding is not None
    assert back.embedding.fingerprint == "m:2:1"
    np.testing.assert_allclose(back.embedding.vector, vector, atol=1e-3)


def test_our_lines_carry_namespaces_and_know_messages_as_captured() -> None:
    message = Message(role="user", content="Hi", at=NOW)
    record = MemoryRecord(content="Hi", namespace=("a:b", "{c}"), occurred_at=NOW, recorded_at=NOW)  # fmt: skip
    lines = [header(), write_line(message, ("a:b", "{c}")), write_line(record, record.namespace)]  # fmt: skip
    first, second = read("\n".join(lines))
    assert (first.item, first.labels, first.captured) == (message, ("a:b", "{c}"), True)
    assert (second.item, second.captured) == (record, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ("{not json", "not valid JSON.*nothing of it was imported"),
        ("[]", "in no format that Retentive knows"),
        ('[{"a": 1}]', r"has the fields \['a'\]\); known: chatgpt"),
        ('{"role": "user", "content": "x"}\n{oops', "line 2: not valid JSON"),
        ('{"role": "user", "content": "x"}\n{"content": "y"}', "line 2: a message needs a 'role'"),
        ('{"role": "user", "content": "x", "at": "soon"}', "'at' is no time: 'soon'"),
        ('{"role": "user", "content": 7}', "content must be text or a list of parts"),
        ('{"format": "retentive", "version": 99}', "reads 1; upgrade"),
        ('{"format": "retentive", "version": 1}\n{"record": {}}', "line 2: no message or record"),
        ('[{"mapping": {}}, {}]', "conversation 2: the field 'mapping' is missing"),
        ('[{"uuid": "c", "chat_messages": [{"sender": "cat", "uuid": "m"}]}]', "got 'cat'"),
        ('[{"sample_id": "x", "conversation": {"session_1": [{}], "session_1_date_time": "9:00 am on 7 May, 2023"}}]', "session 1, turn 1: the field 'speaker' is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        read(text)


def test_an_unknown_format_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    with (
        (tmp_path / "a.json").open() as file,
        pytest.raises(InvalidInputError, match="unknown format 'xml'; known: chatgpt"),
    ):
        open_source(file, format="xml")
