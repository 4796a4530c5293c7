"""``AsyncDBChatStore``: the framework's public cases, and what they leave open.

The framework's packages carry no tests, so these are written anew from its documented
contract: what its own cases for ``SQLAlchemyChatStore``, and for ``Memory`` over a
store of somebody else's, show of pages, counts, statuses and the waterfall.
"""

from __future__ import annotations

import asyncio

import pytest
from llama_index.core.llms import ChatMessage
from llama_index.core.memory import Memory as LlamaMemory
from llama_index.core.storage.chat_store.base_db import (
    AsyncDBChatStore,
    MessageStatus,
)

from retentive import Memory
from retentive_llamaindex import RetentiveChatStore, RetentiveDBChatStore
from tests.retentive_llamaindex.models import call, say, user, words

ACTIVE, ARCHIVED = MessageStatus.ACTIVE, MessageStatus.ARCHIVED


@pytest.fixture
def store(memory: Memory) -> RetentiveDBChatStore:
    return RetentiveDBChatStore(memory)


def texts(messages: list[ChatMessage]) -> str:
    return "".join(str(message.content) for message in messages)


def said(letters: str) -> list[ChatMessage]:
    return [user(letter) for letter in letters]


# --- the framework's public cases, rewritten ---------------------------------------


async def test_contract_added_messages_come_back(store: RetentiveDBChatStore) -> None:
    assert isinstance(store, AsyncDBChatStore)
    await store.add_message("k", user("hello"))
    await store.add_message("k", say("world"))
    assert await store.get_messages("k") == [user("hello"), say("world")]
    assert await store.get_messages("unknown") == []


async def test_contract_batches_keep_their_order(store: RetentiveDBChatStore) -> None:
    await store.add_messages("k", said("abc"))
    assert texts(await store.get_messages("k")) == "abc"


async def test_contract_messages_are_counted(store: RetentiveDBChatStore) -> None:
    await store.add_messages("k", said("abc"))
    assert await store.count_messages("k") == 3
    assert await store.count_messages("k", status=ARCHIVED) == 0
    assert await store.count_messages("unknown", status=None) == 0


async def test_contract_set_replaces_all(store: RetentiveDBChatStore) -> None:
    await store.add_messages("k", said("abc"))
    await store.archive_oldest_messages("k", 1)
    await store.set_messages("k", said("xy"))
    assert texts(await store.get_messages("k", status=None)) == "xy"


async def test_contract_one_message_is_deleted(store: RetentiveDBChatStore) -> None:
    await store.add_messages("k", said("abc"))
    assert await store.delete_message("k", 1) == user("b")
    assert texts(await store.get_messages("k")) == "ac"
    assert await store.delete_message("k", 2) is None


@pytest.mark.parametrize(
    ("status", "left"), [(ACTIVE, "a"), (ARCHIVED, "bc"), (None, "")]
)
async def test_contract_messages_of_a_status_are_deleted(
    store: RetentiveDBChatStore, status: MessageStatus | None, left: str
) -> None:
    for key in ("k", "other"):
        await store.add_messages(key, said("abc"))
        await store.archive_oldest_messages(key, 1)
    await store.delete_messages("k", status=status)
    assert texts(await store.get_messages("k", status=None)) == left
    assert texts(await store.get_messages("other", status=None)) == "abc"


async def test_contract_the_oldest_are_deleted(store: RetentiveDBChatStore) -> None:
    await store.add_messages("k", said("abc"))
    assert texts(await store.delete_oldest_messages("k", 2)) == "ab"
    assert texts(await store.get_messages("k", status=None)) == "c"
    assert await store.delete_oldest_messages("k", 0) == []
    assert await store.delete_oldest_messages("unknown", 3) == []


async def test_contract_the_oldest_are_archived(store: RetentiveDBChatStore) -> None:
    await store.add_messages("k", said("abcd"))
    assert texts(await store.archive_oldest_messages("k", 1)) == "a"
    assert texts(await store.archive_oldest_messages("k", 2)) == "bc"
    assert texts(await store.get_messages("k", status=ACTIVE)) == "d"
    assert texts(await store.get_messages("k", status=ARCHIVED)) == "abc"
    assert texts(await store.get_messages("k", status=None)) == "abcd"
    assert await store.count_messages("k", status=None) == 4


@pytest.mark.parametrize(
    ("limit", "offset", "found"),
    [
        (2, None, "ab"),
        (None, 2, "cde"),
        (2, 1, "bc"),
        (9, 4, "e"),
        (0, 0, ""),
        (1, 9, ""),
    ],
)
@pytest.mark.parametrize("archived", [0, 2])
async def test_contract_messages_come_in_pages(
    store: RetentiveDBChatStore,
    limit: int | None,
    offset: int | None,
    found: str,
    archived: int,
) -> None:
    await store.add_messages("k", said("abcde"))
    await store.archive_oldest_messages("k", archived)
    page = await store.get_messages("k", status=None, limit=limit, offset=offset)
    assert texts(page) == found


async def test_contract_keys_are_listed(store: RetentiveDBChatStore) -> None:
    for key in ("b", "a", "c"):
        await store.add_message(key, user("x"))
    await store.archive_oldest_messages("a", 1)
    assert sorted(await store.get_keys()) == ["a", "b", "c"]
    await store.delete_messages("a")
    assert sorted(await store.get_keys()) == ["b", "c"]


async def test_contract_memory_takes_it(store: RetentiveDBChatStore) -> None:
    memory = LlamaMemory.from_defaults(
        session_id="k",
        token_limit=1_000,
        chat_store=store,
        chat_history=[user("Seeded")],
    )
    assert memory.sql_store is store
    await memory.aput_messages([user("Message 1"), say("Response 1")])
    assert await memory.aget() == [user("Seeded"), user("Message 1"), say("Response 1")]
    assert await store.count_messages("k") == 3


async def test_contract_the_waterfall_archives(store: RetentiveDBChatStore) -> None:
    memory = LlamaMemory(
        token_limit=1_000,
        token_flush_size=700,
        chat_history_token_ratio=0.9,
        session_id="k",
        tokenizer_fn=words,
        sql_store=store,
    )
    await memory.aput_messages([user("x " * 500), say("y " * 500), user("z " * 500)])
    assert texts(await memory.aget()) == "z " * 500
    assert await store.count_messages("k", status=ARCHIVED) == 2
    assert await memory.aget_all(status=None) == [
        user("x " * 500),
        say("y " * 500),
        user("z " * 500),
    ]


def test_contract_memory_without_a_loop_of_its_own(store: RetentiveDBChatStore) -> None:
    memory = LlamaMemory(
        token_limit=1_000, session_id="k", tokenizer_fn=words, sql_store=store
    )
    memory.put(user("one"))
    memory.put(user("two"))
    assert memory.get_all() == [user("one"), user("two")]
    memory.reset()
    assert memory.get_all() == []


# --- beyond them -------------------------------------------------------------------


async def test_archiving_the_same_messages_at_once_moves_them_once(
    target: str,
) -> None:
    stores = [RetentiveDBChatStore(target) for _ in range(4)]
    await stores[0].add_messages("k", said("abcdef"))
    await asyncio.gather(*(s.archive_oldest_messages("k", 6) for s in stores))
    assert texts(await stores[0].get_messages("k", status=ARCHIVED)) == "abcdef"
    assert await stores[0].count_messages("k", status=ACTIVE) == 0


async def test_what_is_kept_is_complete(store: RetentiveDBChatStore) -> None:
    message = call("search", query="茶")
    message.additional_kwargs["ref"] = {"n": 1}
    await store.add_message("k", message)
    assert await store.archive_oldest_messages("k", 1) == [message]
    assert await store.get_messages("k", status=ARCHIVED) == [message]


async def test_both_kinds_of_stores_share_keys(
    store: RetentiveDBChatStore, memory: Memory
) -> None:
    await store.add_messages("k", said("ab"))
    await store.archive_oldest_messages("k", 1)
    older = RetentiveChatStore(memory)
    assert texts(older.get_messages("k")) == "b"
    assert older.get_keys() == ["k"]


async def test_captured_messages_are_remembered_once(memory: Memory) -> None:
    store = RetentiveDBChatStore(memory, capture=True)
    await store.add_messages("k", [user("I play the oboe."), say("Lovely.")])
    await store.archive_oldest_messages("k", 2)
    assert [r.support_count for r in memory.records()] == [1, 1]
