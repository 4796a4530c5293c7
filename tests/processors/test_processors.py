from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive import Memory
from retentive.errors import InvalidInputError
from retentive.processors.echo import EchoFilter
from retentive.processors.importance import EstimateImportance, estimate_importance
from retentive.processors.inputs import message_from_mapping
from retentive.processors.redact import KINDS, Redact, redacted
from retentive.processors.split import drafts_from
from retentive.protocols import Draft
from retentive.records import ContentPart, MemoryRecord, Message, Origin, ToolCall

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def drafted(*messages: Message) -> list[MemoryRecord]:
    drafts = drafts_from(messages, namespace=("a",), recorded_at=NOW)
    return [draft.record for draft in drafts]


def test_a_message_becomes_a_memory_of_its_speaker() -> None:
    said = Message(role="user", content="Hi!", name="Ann", session="s", id="m", at=NOW)
    [record] = drafted(said)
    assert (record.speaker, record.session, record.message_id) == ("Ann", "s", "m")
    assert (record.origin, record.occurred_at) == (Origin.USER, NOW)


def test_instructions_and_empty_messages_are_no_memories() -> None:
    assert (
        drafted(
            Message(role="system", content="Be brief."),
            Message(role="developer", content="Be kind."),
            Message(role="assistant", content=" "),
        )
        == []
    )


def test_what_pictures_show_is_remembered() -> None:
    part = ContentPart(type="image", data={"url": "x"}, text="a cat on a mat")
    [record] = drafted(Message(role="user", content="Look:", parts=(part,)))
    assert record.content == "Look: [image: a cat on a mat]"


def test_calls_and_results_stay_together_however_far_apart() -> None:
    calls = tuple(ToolCall(id=f"c{i}", name="f", arguments=f"{{{i}}}") for i in (1, 2))
    records = drafted(
        Message(role="assistant", content="One moment.", tool_calls=calls),
        Message(role="user", content="Take your time."),
        Message(role="tool", content="two", tool_call_id="c2"),
        Message(role="tool", content="one", tool_call_id="c1"),
        Message(role="tool", content="lost", tool_call_id="c9", name="g"),
    )
    assert [(r.content, r.origin.value) for r in records] == [
        ("One moment.", "assistant"),
        ("f({1}) -> one", "tool"),
        ("f({2}) -> two", "tool"),
        ("Take your time.", "user"),
        ("g -> lost", "tool"),
    ]


def called(id: str, *, session: str = "s", name: str = "f") -> Message:
    call = ToolCall(id=id, name=name)
    return Message(role="assistant", content="", session=session, tool_calls=(call,))


def answered(id: str | None, content: str, *, session: str = "s") -> Message:
    return Message(role="tool", content=content, session=session, tool_call_id=id)


def test_ids_of_calls_need_only_be_unique_while_they_are_open() -> None:
    records = drafted(
        called("c0"), answered("c0", "one"), called("c0"), answered("c0", "two")
    )
    assert [record.content for record in records] == ["f({}) -> one", "f({}) -> two"]


def test_a_call_is_answered_in_its_own_session() -> None:
    records = drafted(
        called("c0", session="s", name="f"),
        called("c0", session="t", name="g"),
        answered("c0", "for s", session="s"),
        answered("c0", "for t", session="t"),
    )
    assert [(r.session, r.content) for r in records] == [
        ("s", "f({}) -> for s"),
        ("t", "g({}) -> for t"),
    ]


def test_calls_without_ids_take_their_results_and_nothing_else() -> None:
    records = drafted(
        Message(role="user", content="Hello.", session="s"),
        called(""),
        answered(None, "one"),
        Message(role="user", content="Bye.", session="s"),
    )
    assert [record.content for record in records] == ["Hello.", "f({}) -> one", "Bye."]


def test_every_result_of_a_call_is_kept_and_a_call_that_was_given_up_is_not() -> None:
    records = drafted(
        called("c0", name="given_up"),
        called("c0"),
        answered("c0", "first"),
        answered("c0", "second"),
    )
    assert [r.content for r in records] == ["f({}) -> first", "f({}) -> second"]


def test_results_of_the_older_role_function_are_not_taken_for_the_users_words() -> None:
    [record] = drafted(Message(role="function", name="weather", content="Snow."))
    assert (record.content, record.origin) == ("weather -> Snow.", Origin.TOOL)


def test_a_result_told_later_finds_its_call_in_the_transcript() -> None:
    memory = Memory.open()
    call = {
        "id": "c1",
        "function": {"name": "weather", "arguments": '{"city": "Oslo"}'},
    }
    memory.remember({"role": "assistant", "content": None, "tool_calls": [call]})
    assert list(memory.records()) == []
    memory.remember({"role": "tool", "tool_call_id": "c1", "content": "Snow."})
    [record] = memory.records()
    assert record.content == 'weather({"city": "Oslo"}) -> Snow.'
    assert record.role == "tool"


def test_unknown_fields_of_a_mapping_are_kept() -> None:
    fields = {"role": "user", "content": [{"type": "input_text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "x"}}], "mood": "good"}  # fmt: skip
    message = message_from_mapping(fields, session="s", at=NOW)
    assert message.content == "Hi"
    assert [part.type for part in message.parts] == ["text", "image_url"]
    assert message.raw == {"mood": "good"}


def test_the_echo_filter_drops_what_is_only_ours() -> None:
    drafts = [
        Draft(record=MemoryRecord(content=text))
        for text in ("<memories>x</memories>", "<memories>x</memories> New.", "Plain.")
    ]
    kept = [draft.record.content for draft in EchoFilter()(drafts)]
    assert kept == ["New.", "Plain."]


def test_a_tool_that_told_our_memories_has_told_nothing_new() -> None:
    told = 'recall({"q": "x"}) -> <memories>\nx\n</memories>'
    by_tool = MemoryRecord(content=told, origin=Origin.TOOL)
    more = MemoryRecord(content=f"{told} and more", origin=Origin.TOOL)
    said = MemoryRecord(content=told)
    kept = EchoFilter()([Draft(record=record) for record in (by_tool, more, said)])
    assert [draft.record.content for draft in kept] == [
        'recall({"q": "x"}) ->  and more',
        'recall({"q": "x"}) ->',
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to ann.lee+x@mail.example.org now", "email"),
        ("call 031-123 4567", "phone"),
        ("手机13812345678", "phone"),
        ("ring +46 70 123 45 67 tonight", "phone"),
        ("card 4111 1111 1111 1111", "card"),
        ("身份证11010519491231002X", "chinese_id"),
        ("key sk-proj-abcdefghijklmnop1234", "api_key"),
        ("key sk-ant-api03-abcDEF_123-xyzxyzxyzxyz-AA", "api_key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jV", "api_key"),
        ("(555) 123-4567", "phone"),
        ("+1 (555) 123-4567", "phone"),
        ("3782 822463 10005", "card"),
        ("AKIAIOSFODNN7EXAMPLE", "api_key"),
        ("Authorization: Bearer abcdefghijklmnopqrstuvwxyz", "api_key"),
        ("pay to DE89 3704 0044 0532 0130 00 please", "iban"),
        ("-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----", "private_key"),
    ],
)
def test_private_data_is_replaced_by_its_kind(text: str, kind: str) -> None:
    assert f"[redacted: {kind}]" in redacted(text, tuple(KINDS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111 1111 1111 1111 12/27", "[redacted: card] 12/27"),
        ("4111111111111111 123", "[redacted: card] 123"),
        ("2024 4111-1111-1111-1111", "2024 [redacted: card]"),
        ("BE68 5390 0754 7034 NOW", "[redacted: iban] NOW"),
        ("a@b.example@c.example", "[redacted: email]@c.example"),
        ("邮箱ann@qq.com谢谢", "邮箱[redacted: email]谢谢"),
    ],
)
def test_what_stands_beside_private_data_does_not_hide_it(
    text: str, expected: str
) -> None:
    assert redacted(text, tuple(KINDS)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "server 192.168.100.200",
        "sk-learn-is-a-library-of-estimators",
        "1700000000000 milliseconds",
        "card 4111 1111 1111 1112",
        "order 110105194912310021",
        "at 10:30 on 2026-03-10",
        "version 1.2.3 costs 1,200.50",
        "DE89 3704 0044 0532 0130 01",
        "sk-short",
    ],
)
def test_what_only_looks_private_stays(text: str) -> None:
    assert redacted(text, tuple(KINDS)) == text


@given(
    st.text(alphabet="ab@.+-0123456789 sk", max_size=60)
    | st.text(alphabet="0123456789 -()+", max_size=60)
    | st.text(alphabet="DEGBX0123456789 ", max_size=40)
)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redacted(text, tuple(KINDS))
    assert redacted(once, tuple(KINDS)) == once


def test_redaction_covers_transcripts_and_chosen_kinds() -> None:
    memory = Memory.open(processors=[Redact(kinds=["email"])])
    memory.remember({"role": "user", "content": "I am a@b.example, 031-123 4567."})
    [record] = memory.records()
    [message] = memory.messages("default")
    assert record.content == message.content == "I am [redacted: email], 031-123 4567."
    with pytest.raises(InvalidInputError, match="unknown kind 'mail' to redact"):
        Redact(kinds=["mail"])


def test_redaction_reaches_what_providers_add_and_leaves_files_alone() -> None:
    picture = "data:image/png;base64," + "13812345678A" * 200
    fields = {
        "role": "user",
        "content": [
            {"type": "text", "text": "I am a@b.example."},
            {"type": "image_url", "image_url": {"url": picture}},
        ],
        "notes": [{"from": "a@b.example"}, 3, None],
    }
    message = Redact().message(message_from_mapping(fields, session="s", at=NOW))
    assert message.content == "I am [redacted: email]."
    assert message.parts[0].data["text"] == "I am [redacted: email]."
    assert message.parts[1].data["image_url"]["url"] == picture
    assert message.raw == {"notes": [{"from": "[redacted: email]"}, 3, None]}


def test_lasting_facts_matter_more_than_small_talk() -> None:
    assert estimate_importance("Thanks!") == 0.05
    assert estimate_importance("谢谢！") == 0.05
    # 0.35 + first person 0.1 + lasting 0.3
    assert estimate_importance("I am allergic to peanuts.") == 0.75
    # 0.35 - question 0.15
    assert estimate_importance("Do cats really like fish?") == 0.2
    assert estimate_importance("我对花生过敏") > estimate_importance("天气不错呀今天")


def test_a_rating_that_was_given_is_kept() -> None:
    drafts = [
        Draft(record=MemoryRecord(content="Thanks!", importance=importance))
        for importance in (0.9, 0.5)
    ]
    rated = [draft.record.importance for draft in EstimateImportance()(drafts)]
    assert rated == [0.9, 0.05]
    middling = MemoryRecord(content="Thanks!", metadata={"importance": 0.5})
    [kept] = EstimateImportance()([Draft(record=middling)])
    assert kept.record.importance == 0.5


@given(st.text())
def test_importance_is_always_a_share(text: str) -> None:
    assert 0.0 <= estimate_importance(text) <= 1.0
