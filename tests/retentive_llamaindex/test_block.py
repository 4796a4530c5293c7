"""The block inside the framework's own ``Memory``."""

from __future__ import annotations

from typing import Any

import pytest
from llama_index.core.llms import ChatMessage
from llama_index.core.memory import InsertMethod, StaticMemoryBlock
from llama_index.core.memory import Memory as LlamaMemory

from retentive import Memory
from retentive_llamaindex import RetentiveDBChatStore, RetentiveMemoryBlock
from tests.retentive_llamaindex.models import call, say, user, words


def block_of(memory: Memory, **fields: Any) -> RetentiveMemoryBlock:
    return RetentiveMemoryBlock(memory, tokenizer_fn=words, **fields)


def chat_of(block: RetentiveMemoryBlock, **fields: Any) -> LlamaMemory:
    settings = {
        "session_id": "now",
        "token_limit": 500,
        "tokenizer_fn": words,
        "chat_store": RetentiveDBChatStore(),
    }
    return LlamaMemory.from_defaults(memory_blocks=[block], **settings | fields)


async def test_a_short_conversation_is_remembered_before_the_queue_overflows(
    memory: Memory,
) -> None:
    chat = chat_of(block_of(memory))
    await chat.aput(user("My cat is called Miso."))
    await chat.aget()
    await chat.aput(say("A fine name."))
    await chat.aput(user("And hers is Udon."))
    await chat.aget()
    said = sorted(record.content for record in memory.records())
    assert said == ["A fine name.", "And hers is Udon.", "My cat is called Miso."]
    assert all(record.session == "now" for record in memory.records())


async def test_the_next_conversation_recalls_it(memory: Memory) -> None:
    first = chat_of(block_of(memory), session_id="first")
    await first.aput(user("My cat is called Miso."))
    await first.aget()
    second = chat_of(block_of(memory), session_id="second")
    await second.aput(user("What is my cat called?"))
    system, asked = await second.aget()
    assert asked == user("What is my cat called?")
    assert "My cat is called Miso." in str(system.content)
    assert "<memories>" in str(system.content)


async def test_each_message_counts_once_however_it_comes(memory: Memory) -> None:
    """Asked twice a turn, as agents do, by two processes, and flushed at last."""
    talk = [user(f"Fact {n}: item {n} is at place {n}.") for n in range(12)]
    store = RetentiveDBChatStore(memory, namespace=("queue",))
    for message in talk:
        chat = chat_of(
            block_of(memory), chat_store=store, token_limit=60, token_flush_size=20
        )
        await chat.aput(message)
        await chat.aget()
        await chat.aget(input=message.content)
    records = list(memory.records())
    assert len(records) == 12
    assert {record.support_count for record in records} == {1}
    assert await store.count_messages("now") < 12


async def test_a_call_and_its_result_are_one_memory(memory: Memory) -> None:
    chat = chat_of(block_of(memory))
    arguments = {"tool_call_id": "c1"}
    result = ChatMessage(role="tool", content="hail", additional_kwargs=arguments)
    await chat.aput_messages([user("Weather?"), call("weather", city="Oslo")])
    await chat.aget()
    await chat.aput(result)
    await chat.aget()
    assert [r.content for r in memory.records()] == [
        "Weather?",
        'weather({"city": "Oslo"}) -> hail',
    ]


async def test_with_a_capturing_store_nothing_is_remembered_twice(
    memory: Memory,
) -> None:
    store = RetentiveDBChatStore(memory, capture=True)
    chat = chat_of(block_of(memory, capture=False), chat_store=store)
    await chat.aput_messages([user("My cat is called Miso."), say("Noted.")])
    await chat.aget()
    assert [record.support_count for record in memory.records()] == [1, 1]


async def test_it_is_cut_to_what_the_limit_leaves(memory: Memory) -> None:
    memory.remember(
        [f"Cat {n} of ours is called Miso{n}." for n in range(40)], session="before"
    )
    block = block_of(memory, context_limit=200)
    chat = chat_of(block, token_limit=100, insert_method=InsertMethod.USER)
    await chat.aput(user("What are our cats called?"))
    whole = await block.aget([user("What are our cats called?")], session_id="now")
    assert 100 < len(words(whole)) <= 200
    [asked] = await chat.aget()
    shorter = str(asked.blocks[0].text)
    assert "Miso" in shorter
    cut = await block.atruncate(whole, len(words(whole)) - 60)
    assert cut is None or len(words(cut)) <= 60


async def test_what_does_not_fit_at_all_goes(memory: Memory) -> None:
    memory.remember("Our cat is called Miso.", session="before")
    block = block_of(memory)
    text = await block.aget([user("What is our cat called?")], session_id="now")
    assert await block.atruncate(text, len(words(text))) is None
    assert await block.atruncate("something else", 1) is None
    assert await block.aget([]) == ""
    assert await block.aget([say("Hello")]) == ""


async def test_priorities_are_the_framework_s(memory: Memory) -> None:
    memory.remember("Our cat is called Miso.", session="before")
    asked = user("What is our cat called?")
    static = StaticMemoryBlock(name="static", static_content="s " * 60, priority=0)
    for priority, kept in ((0, True), (1, False)):
        block = block_of(memory, priority=priority, capture=False)
        chat = LlamaMemory.from_defaults(
            session_id=f"p{priority}",
            memory_blocks=[static, block],
            token_limit=65,
            tokenizer_fn=words,
            chat_store=RetentiveDBChatStore(),
        )
        await chat.aput(asked)
        assert ("Miso" in str((await chat.aget())[0].content)) is kept


def test_it_works_without_a_loop_of_its_own(memory: Memory) -> None:
    chat = chat_of(block_of(memory))
    chat.put(user("My cat is called Miso."))
    chat.get()
    assert [record.content for record in memory.records()] == ["My cat is called Miso."]
    with pytest.raises(ValueError, match="context_limit"):
        block_of(memory, context_limit=-1)
