"""``BaseChatStore``: the framework's public cases, and what they leave open.

The framework's packages carry no tests, so these are written anew from its documented
contract: what its own cases for ``SimpleChatStore`` and ``RedisChatStore`` show of
adding, setting, deleting by place, deleting the last, and listing keys.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from llama_index.core.llms import ChatMessage
from llama_index.core.memory import ChatMemoryBuffer
from llama_index.core.storage.chat_store import BaseChatStore

from retentive import Memory
from retentive.processors.redact import Redact
from retentive_llamaindex import RetentiveChatStore
from tests.retentive_llamaindex.models import call, say, user


@pytest.fixture
def store(memory: Memory) -> RetentiveChatStore:
    return RetentiveChatStore(memory)


def texts(messages: list[ChatMessage]) -> list[str | None]:
    return [message.content for message in messages]


# --- the framework's public cases, rewritten ---------------------------------------


def test_contract_it_is_a_chat_store(store: RetentiveChatStore) -> None:
    assert isinstance(store, BaseChatStore)
    assert store.class_name() == "RetentiveChatStore"


def test_contract_added_messages_come_back_by_key(store: RetentiveChatStore) -> None:
    for key in ("user1", "user2"):
        store.add_message(key, user("hello"))
        store.add_message(key, user("world"))
    assert store.get_messages("user1") == [user("hello"), user("world")]
    assert store.get_messages("user2") == [user("hello"), user("world")]
    assert store.get_messages("user3") == []
    assert store.get_keys() == ["user1", "user2"]


def test_contract_arguments_are_kept(store: RetentiveChatStore) -> None:
    arguments = {"metadata": {"foo": "bar", "count": 5}}
    message = ChatMessage(content="hi", additional_kwargs=arguments)
    store.add_message("k", message)
    assert store.get_messages("k") == [message]


def test_contract_set_replaces(store: RetentiveChatStore) -> None:
    store.add_message("k", user("before"))
    after = [user("one"), ChatMessage(role="system", content="two")]
    store.set_messages("k", after)
    assert store.get_messages("k") == after


def test_contract_delete_all_of_a_key(store: RetentiveChatStore) -> None:
    store.add_message("user1", user("hello"))
    store.add_message("user2", user("hello"))
    assert store.delete_messages("user1") == [user("hello")]
    assert store.get_messages("user1") == []
    assert store.get_messages("user2") == [user("hello")]
    assert store.delete_messages("user1") is None
    assert store.get_keys() == ["user2"]


def test_contract_delete_the_last(store: RetentiveChatStore) -> None:
    store.set_messages("k", [user("hello"), user("world")])
    assert store.delete_last_message("k") == user("world")
    assert store.get_messages("k") == [user("hello")]
    assert store.delete_last_message("k") == user("hello")
    assert store.delete_last_message("k") is None


@pytest.mark.parametrize(
    ("place", "gone"), [(0, "a"), (2, "c"), (-1, "c"), (-3, "a"), (3, None), (-4, None)]
)
def test_contract_delete_at_a_place(
    store: RetentiveChatStore, place: int, gone: str | None
) -> None:
    store.set_messages("k", [user(text) for text in "abc"])
    deleted = store.delete_message("k", place)
    assert (deleted and deleted.content) == gone
    assert texts(store.get_messages("k")) == [text for text in "abc" if text != gone]


async def test_contract_every_method_can_be_awaited(store: RetentiveChatStore) -> None:
    await store.async_add_message("k", user("one"))
    assert await store.aget_messages("k") == [user("one")]
    await store.aset_messages("k", [user("a"), user("b"), user("c")])
    assert await store.adelete_message("k", 0) == user("a")
    assert await store.adelete_last_message("k") == user("c")
    assert await store.aget_keys() == ["k"]
    assert await store.adelete_messages("k") == [user("b")]


# --- beyond them -------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    [
        "a:b",
        "a/*",
        "{x}",
        "🍵",
        "active:k",
        "archived:k",
        "active:archived:k",
        "retentive:journal",
    ],
)
def test_any_key_is_itself_and_no_other(store: RetentiveChatStore, key: str) -> None:
    store.add_message(key, user("mine"))
    store.add_message("k", user("other"))
    assert texts(store.get_messages(key)) == ["mine"]
    assert texts(store.get_messages("k")) == ["other"]
    assert store.get_keys() == [key, "k"]


def test_a_key_s_messages_are_the_session_s_transcript(
    store: RetentiveChatStore, memory: Memory
) -> None:
    store.add_message("monday", user("hello"))
    assert [message.content for message in memory.messages("monday")] == ["hello"]
    assert memory.count() == {}


def test_captured_messages_are_remembered_once_however_often_they_are_set(
    memory: Memory,
) -> None:
    store = RetentiveChatStore(memory, capture=True)
    history = [user("I play the oboe."), say("Lovely."), user("I play the oboe.")]
    store.add_message("k", history[0])
    for end in (2, 3, 3):
        store.set_messages("k", history[:end])
    assert store.get_messages("k") == history
    [oboe] = [r for r in memory.records() if "oboe" in r.content]
    assert oboe.support_count == 2
    store.set_messages("k", [history[2], history[1]])
    assert store.get_messages("k") == [history[2], history[1]]
    [oboe] = [r for r in memory.records() if "oboe" in r.content]
    assert oboe.support_count == 2


def test_messages_keep_their_time_when_a_history_is_set_again(
    store: RetentiveChatStore, memory: Memory
) -> None:
    store.set_messages("k", [user("one"), call("f"), user("two")])
    before = memory.messages("k")
    store.set_messages("k", [user("zero"), user("one"), call("f")])
    after = memory.messages("k")
    assert after[1:] == before[:2]
    assert after[0].content == "zero"


@pytest.mark.parametrize("capture", [False, True])
def test_what_is_to_be_redacted_is_not_kept(target: str, capture: bool) -> None:
    with Memory.open(target, processors=[Redact()]) as memory:
        store = RetentiveChatStore(memory, capture=capture)
        secret = user("Write to ann@example.org.")
        store.add_message("k", secret)
        store.set_messages("k", [secret, user("More.")])
        kept = store.get_messages("k")
        assert len(kept) == 2
        assert "ann@example.org" not in str(kept)
        assert len({message.id for message in memory.messages("k")}) == 2


def test_writers_of_one_key_lose_nothing_and_keep_their_order(target: str) -> None:
    def write(name: str) -> None:
        with Memory.open(target) as memory:  # connections of its own, as a process has
            store = RetentiveChatStore(memory)
            for number in range(20):
                store.add_message("k", user(f"{name} {number}"))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, "abcdef"))
    said = texts(RetentiveChatStore(target).get_messages("k"))
    for name in "abcdef":
        mine = [text for text in said if text and text.startswith(name)]
        assert mine == [f"{name} {number}" for number in range(20)]
    assert len(said) == 120


def test_a_chat_memory_buffer_goes_on_where_another_stopped(target: str) -> None:
    def buffer() -> ChatMemoryBuffer:
        return ChatMemoryBuffer.from_defaults(
            chat_store=RetentiveChatStore(target, namespace=("ann",)),
            chat_store_key="monday",
            token_limit=1_000,
        )

    buffer().put(user("I moved to Oslo."))
    buffer().put(call("weather", city="Oslo"))
    assert buffer().get() == [user("I moved to Oslo."), call("weather", city="Oslo")]
    buffer().reset()
    assert buffer().get_all() == []
