"""``BaseMemory``: the framework's public cases, and what a recall adds to them.

The framework's packages carry no tests, so the cases called ``contract`` are written
anew from its documented contract, as its own cases for ``ChatMemoryBuffer`` and
``Memory`` show it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from llama_index.core.base.llms.types import ImageBlock, TextBlock
from llama_index.core.llms import ChatMessage
from llama_index.core.llms.mock import MockLLM
from llama_index.core.memory import BaseMemory, InsertMethod
from llama_index.core.utils import get_tokenizer

from retentive import Memory
from retentive.errors import InvalidInputError
from retentive.protocols import Batch
from retentive.text.block import CLOSE_TAG, OPEN_TAG
from retentive_llamaindex import RetentiveMemory, from_chat
from retentive_llamaindex.tokens import MessageCounter
from tests.retentive_llamaindex.models import call, say, user, words


def opened(memory: Memory, **fields: Any) -> RetentiveMemory:
    return RetentiveMemory(memory, **{"session": "now", **fields})


def before(memory: Memory, *facts: str) -> None:
    RetentiveMemory(memory, session="before").put_messages(list(map(user, facts)))


# --- the framework's public cases, rewritten ---------------------------------------


def test_contract_put_get(memory: Memory) -> None:
    chat = RetentiveMemory.from_defaults(memory, chat_history=[user("first")])
    assert isinstance(chat, BaseMemory)
    assert chat.get() == [user("first")]


def test_contract_set_and_reset(memory: Memory) -> None:
    chat = opened(memory)
    chat.put(user("one"))
    chat.put(user("two"))
    assert len(chat.get_all()) == 2
    chat.set([user("three")])
    assert chat.get_all() == [user("three")]
    chat.reset()
    assert chat.get_all() == []
    assert chat.get() == []


def test_contract_initial_tokens_count(memory: Memory) -> None:
    chat = opened(memory, token_limit=5, tokenizer_fn=words)
    chat.put_messages([user("a b"), say("c"), user("d")])
    assert len(chat.get(initial_token_count=1)) == 3
    assert chat.get(initial_token_count=2) == [user("d")]
    with pytest.raises(ValueError, match="exceeds the token_limit 5"):
        chat.get(initial_token_count=6)


def test_contract_the_newest_messages_within_the_limit(memory: Memory) -> None:
    chat = opened(memory, token_limit=5, tokenizer_fn=words, context_limit=0)
    for number in range(4):
        chat.put(user(f"message {number}"))
    assert [m.content for m in chat.get()] == ["message 2", "message 3"]
    assert len(chat.get_all()) == 4


def test_contract_a_model_gives_the_limit(memory: Memory) -> None:
    window = MockLLM().metadata.context_window
    chat = RetentiveMemory.from_defaults(memory, llm=MockLLM())
    assert chat.token_limit == int(window * 0.75)
    with pytest.raises(ValueError, match="token_limit"):
        opened(memory, token_limit=0)


def test_contract_saved_and_loaded(memory: Memory) -> None:
    chat = opened(memory, token_limit=50)
    chat.put(user("one"))
    for again in (
        RetentiveMemory.from_dict(json.loads(json.dumps(chat.to_dict()))),
        RetentiveMemory.from_json(chat.to_json()),
    ):
        assert again.get() == [user("one")]
        assert again.token_limit == 50


async def test_contract_every_method_can_be_awaited(memory: Memory) -> None:
    chat = opened(memory)
    await chat.aput(user("one"))
    await chat.aput_messages([say("two"), user("three")])
    assert await chat.aget() == [user("one"), say("two"), user("three")]
    await chat.aset([user("four")])
    assert await chat.aget_all() == [user("four")]
    await chat.areset()
    assert await chat.aget() == []


# --- recall ------------------------------------------------------------------------


def test_what_was_said_before_stands_in_the_question_s_message(memory: Memory) -> None:
    before(memory, "My sister Ines plays the oboe.", "我妹妹住在上海。")
    chat = opened(memory)
    chat.put_messages([user("Hi"), say("Hello"), user("What does Ines play?")])
    *history, asked = chat.get()
    assert history == [user("Hi"), say("Hello")]
    assert asked.role == "user"
    block, question = asked.blocks
    assert block.text.startswith(OPEN_TAG)
    assert block.text.endswith(CLOSE_TAG)
    assert "oboe" in block.text
    assert question.text == "What does Ines play?"
    chat.put(user("我妹妹住在哪里？"))
    assert "上海" in str(chat.get()[-1].blocks[0])


def test_it_may_stand_in_the_system_message(memory: Memory) -> None:
    before(memory, "My sister Ines plays the oboe.")
    chat = opened(memory, insert_method=InsertMethod.SYSTEM)
    question = user("What does Ines play?")
    chat.put(question)
    system, asked = chat.get()
    assert (system.role, asked) == ("system", question)
    chat.set([ChatMessage(role="system", content="Be kind."), question])
    system, asked = chat.get()
    assert [block.text[:9] for block in system.blocks] == ["<memories", "Be kind."]
    assert asked == question


def test_a_question_outside_the_history_stands_in_a_message_of_its_own(
    memory: Memory,
) -> None:
    before(memory, "My sister Ines plays the oboe.")
    chat = opened(memory)
    chat.put_messages([user("Hi"), say("Hello")])
    for question in ("What does Ines play?", user("What does Ines play?")):
        *history, note = chat.get(input=question)
        assert history == [user("Hi"), say("Hello")]
        assert note.role == "user"
        assert "oboe" in str(note.content)


def test_what_is_shown_already_is_not_recalled(memory: Memory) -> None:
    chat = opened(memory)
    chat.put_messages(
        [
            user("Ines plays the oboe."),
            call("find", name="Ines"),
            ChatMessage(role="tool", content="Ines, oboe, since 2019"),
            say("She does."),
            user("What does Ines play?"),
        ]
    )
    assert chat.get() == chat.get_all()


def test_what_left_the_window_is_recalled(memory: Memory) -> None:
    chat = opened(memory, token_limit=200, tokenizer_fn=words)
    chat.put_messages([user("Ines plays the oboe."), say("Lovely.")])
    for number in range(30):
        chat.put_messages([user(f"Item {number} is a chair or a lamp."), say("Yes.")])
    chat.put(user("What does Ines play?"))
    found = chat.get()
    assert user("Ines plays the oboe.") not in found
    assert "oboe" in str(found[-1].content)


def test_pictures_stay_in_the_question_s_message(memory: Memory) -> None:
    before(memory, "My sister Ines plays the oboe.")
    chat = opened(memory)
    picture = ImageBlock(url="https://example.org/oboe.png")
    chat.put(ChatMessage(blocks=[picture, TextBlock(text="Is it what Ines plays?")]))
    [asked] = chat.get()
    assert [block.block_type for block in asked.blocks] == ["text", "image", "text"]
    chat.put(ChatMessage(blocks=[picture]))
    assert chat.get()[-1].blocks == [picture]


def test_what_is_returned_can_be_changed(memory: Memory) -> None:
    before(memory, "My sister Ines plays the oboe.")
    chat = opened(memory)
    chat.put(user("What does Ines play?"))
    first = chat.get()
    again = [message.model_copy(deep=True) for message in first]
    first[-1].blocks[-1].text = "state: {}"
    first[-1].additional_kwargs["x"] = 1
    assert chat.get() == again


def test_namespaces_do_not_see_each_other(memory: Memory) -> None:
    before(memory, "My sister Ines plays the oboe.")
    other = RetentiveMemory(memory, namespace=("bob",), session="now")
    other.put(user("What does Ines play?"))
    assert other.get() == [user("What does Ines play?")]


def test_each_message_is_remembered_once(memory: Memory) -> None:
    chat = opened(memory)
    history = [user("I play the oboe."), say("Lovely.")]
    chat.put_messages(history)
    for _ in range(3):
        chat.set(history)
        chat.get(input="What do I play?")
    assert len(memory.messages("now")) == 2
    assert [record.support_count for record in memory.records()] == [1, 1]


# --- the budget --------------------------------------------------------------------


@pytest.mark.parametrize("limit", [40, 60, 100, 150, 250, 400, 1_000, 3_000])
@pytest.mark.parametrize("spent", [0, 17])
def test_the_limit_holds_by_the_framework_s_tokenizer(
    memory: Memory, limit: int, spent: int
) -> None:
    tokenizer = get_tokenizer()
    before(
        memory, *[f"In year {n} I moved to the city {n * 7}号城." for n in range(40)]
    )
    chat = opened(memory, token_limit=limit)
    for number in range(25):
        chat.put_messages([user(f"Tell me of the year {number}"), say("Well… " * 9)])
    chat.put(user("Which city did I move to in year 12?"))
    found = chat.get(initial_token_count=spent)
    together = " ".join(str(message.content) for message in found)
    counter = MessageCounter(tokenizer, media=0, document=0)
    assert counter.messages(found) + spent <= limit
    assert sum(len(tokenizer(str(m.content))) for m in found) + spent <= limit
    assert found[0].role == "user"
    assert found[-1].blocks[-1].text == "Which city did I move to in year 12?"
    if limit >= 250:
        assert "year 12 I moved to the city 84" in together


def test_the_block_keeps_within_its_own_limit(memory: Memory) -> None:
    before(memory, *[f"Ines plays oboe number {n} in the band." for n in range(50)])
    chat = opened(memory, tokenizer_fn=words, context_limit=60)
    chat.put(user("What does Ines play in the band?"))
    assert len(words(chat.get()[-1].blocks[0].text)) <= 60
    none = opened(memory, tokenizer_fn=words, context_limit=0)
    assert none.get() == [user("What does Ines play in the band?")]


def test_a_question_longer_than_the_limit_is_left_to_the_model(memory: Memory) -> None:
    chat = opened(memory, token_limit=3, tokenizer_fn=words)
    chat.put_messages([user("short"), say("yes"), user("one two three four")])
    assert chat.get() == [user("one two three four")]


def test_odd_limits_are_refused(memory: Memory) -> None:
    with pytest.raises(InvalidInputError, match="initial_token_count 9"):
        opened(memory, token_limit=8).get(initial_token_count=9)
    with pytest.raises(ValueError, match="context_limit"):
        opened(memory, context_limit=-1)
    with pytest.raises(InvalidInputError, match="reserved"):
        opened(memory, session="retentive:journal").get()


def test_a_long_transcript_is_read_no_further_than_the_limit_reaches(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten thousand messages, or a tenth of them: the same ones are read."""
    read: list[int] = []
    whole = memory.store.messages

    def counted(*args: Any, **options: Any) -> Any:
        found = whole(*args, **options)
        read.append(len(found))
        return found

    monkeypatch.setattr(memory.store, "messages", counted)
    shown = []
    for size in (1_000, 10_000):
        said = [
            from_chat(message, session=f"s{size}", at=memory.clock())
            for number in range(size, 0, -2)
            for message in (user(f"ask {number}"), say(f"answer {number}"))
        ]
        memory.store.apply(Batch(namespace=memory.namespace, messages=said))
        read.clear()
        chat = RetentiveMemory(
            memory, session=f"s{size}", token_limit=300, tokenizer_fn=words
        )
        shown.append(chat.get())
        assert sum(read) <= 300 / 2 + 64
    assert shown[0] == shown[1]
    assert len(shown[0]) > 100
