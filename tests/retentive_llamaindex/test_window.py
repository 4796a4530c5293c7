from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.llms import ChatMessage
from llama_index.core.utils import get_tokenizer

from retentive import Message
from retentive_llamaindex.messages import from_chat, to_chat
from retentive_llamaindex.tokens import MessageCounter
from retentive_llamaindex.window import Window, read_window
from tests.retentive_llamaindex.models import call, say, user, words
from tests.retentive_llamaindex.test_messages import MESSAGES, NOW

COUNT = MessageCounter(words, media=256, document=2_048)


def result(text: str) -> ChatMessage:
    return ChatMessage(role="tool", content=text)


def window(messages: Sequence[ChatMessage], *, room: int, page: int = 2) -> Window:
    """Read a window as from a store whose pages hold so many messages."""
    kept = [from_chat(message, session="s", at=NOW) for message in messages]
    ids = [message.id for message in kept]

    def read(before: str | None) -> list[Message]:
        end = len(kept) if before is None else ids.index(before)
        return kept[max(0, end - page) : end]

    return read_window(read, count=COUNT.message, room=room).fitted(room)


def shown(messages: Sequence[ChatMessage], *, room: int) -> list[str]:
    return [str(chat.content) for chat in window(messages, room=room).chats()]


TALK = [user("a b"), say("c d"), user("e f"), say("g h")]


@pytest.mark.parametrize(
    ("room", "first"), [(8, "a b"), (7, "e f"), (4, "e f"), (9, "a b")]
)
def test_it_begins_with_the_user_wherever_something_is_left_out(
    room: int, first: str
) -> None:
    assert shown(TALK, room=room)[0] == first


def test_a_conversation_that_fits_is_whole_whoever_begins() -> None:
    greeting = [say("Hello there"), user("Hi")]
    assert shown(greeting, room=3) == ["Hello there", "Hi"]
    assert shown(greeting, room=2) == ["Hi"]


def test_a_turn_too_long_keeps_its_question_and_its_last_steps() -> None:
    turn = [
        user("q"),
        say("old words"),
        result("one two three"),
        say("step"),
        result("four"),
    ]
    assert shown(turn, room=4) == ["q", "step", "four"]
    assert shown(turn, room=2) == ["q"]


def test_a_question_is_never_cut() -> None:
    assert shown([say("x"), user("a b c")], room=1) == ["a b c"]
    assert shown([user("a b c")], room=0) == ["a b c"]


def test_without_any_question_it_still_shows_something() -> None:
    assert shown([say("a b"), result("c"), say("d e")], room=2) == ["d e"]
    assert shown([say("a b")], room=1) == ["a b"]
    assert shown([], room=5) == []


@given(
    st.lists(
        st.tuples(st.sampled_from(["user", "assistant", "tool"]), st.integers(1, 6)),
        max_size=14,
    ),
    st.integers(0, 30),
    st.integers(1, 5),
)
def test_it_never_costs_more_than_its_room_but_for_one_message(
    talk: list[tuple[str, int]], room: int, page: int
) -> None:
    messages = [ChatMessage(role=role, content="w " * n) for role, n in talk]
    found = window(messages, room=room, page=page)
    assert found.tokens <= room or len(found.entries) == 1
    chats = found.chats()
    if 0 < len(chats) < len(messages) and any(m.role == "user" for m in messages):
        assert chats[0].role == "user"
    if talk and talk[-1][0] == "user":
        assert chats[-1].content == messages[-1].content


# --- counting ----------------------------------------------------------------------


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_counts_for_no_less_than_the_framework_says(name: str) -> None:
    from llama_index.core.memory import ChatMemoryBuffer, Memory

    tokenizer = get_tokenizer()
    counter = MessageCounter(tokenizer, media=256, document=2_048)
    message = MESSAGES[name]
    theirs = Memory.from_defaults(token_limit=1_000)._estimate_token_count(message)
    buffer = ChatMemoryBuffer.from_defaults()._token_count_for_messages([message])
    ours = counter.message(message)
    if message.content is not None:  # the buffer counts the word "None"
        assert ours >= buffer
    assert ours >= theirs
    if all(block.block_type == "text" for block in message.blocks):
        assert ours <= max(theirs, buffer + 99 * bool(message.additional_kwargs))


def test_what_a_message_costs_by_hand() -> None:
    assert COUNT.message(user("one two three")) == 3
    assert COUNT.message(MESSAGES["several texts"]) == 2
    assert COUNT.message(MESSAGES["picture"]) == 3 + 256
    assert COUNT.message(MESSAGES["document"]) == 2_048
    assert COUNT.message(MESSAGES["citation"]) == 2
    assert COUNT.message(MESSAGES["thinking"]) == 3 + 1
    named = ChatMessage(content="hi", additional_kwargs={"name": "Ann"})
    assert COUNT.message(named) == 1 + 2
    asks = call("search", query="a b")
    assert COUNT.message(asks) == len(asks.blocks[0].model_dump_json().split())
    assert COUNT.messages([user("a b"), say("c")]) == 3


def test_a_stored_message_costs_what_it_cost() -> None:
    for message in MESSAGES.values():
        back = to_chat(from_chat(message, session="s", at=NOW))
        assert COUNT.message(back) == COUNT.message(message)
