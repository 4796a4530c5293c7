from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import SummarizationMiddleware
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, interrupt

from retentive import Memory, Origin
from retentive.errors import ConfigError
from retentive_langchain import RetentiveMiddleware
from tests.retentive_langchain.agents import (
    ScriptedModel,
    answers_from_memory,
    says,
    shown,
    weather,
)

ALICE = {"user_id": "alice"}


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory.open() as memory:
        yield memory


def user(text: str) -> dict[str, Any]:
    return {"messages": [HumanMessage(text)]}


def thread(name: str) -> Any:
    return {"configurable": {"thread_id": name}}


def checkpointed(saver: InMemorySaver) -> str:
    return repr((dict(saver.blobs), dict(saver.storage), dict(saver.writes)))


def test_a_fact_of_one_thread_is_shown_in_another(memory: Memory) -> None:
    model = ScriptedModel(answer=says("Noted."))
    saver = InMemorySaver()
    agent = create_agent(
        model, middleware=[RetentiveMiddleware(memory)], checkpointer=saver
    )
    agent.invoke(user("I am allergic to peanuts."), thread("monday"), context=ALICE)
    result = agent.invoke(
        user("Are there peanuts in satay?"), thread("friday"), context=ALICE
    )

    block, question = model.prompts[-1]
    assert block.type == "human"
    assert "I am allergic to peanuts." in str(block.text)
    assert question.text == "Are there peanuts in satay?"
    assert [m.text for m in result["messages"]] == [question.text, "Noted."]
    assert set(result) == {"messages"}
    assert "<memories>" not in checkpointed(saver)
    assert "allergic" in checkpointed(saver)


def test_all_that_was_said_is_kept_once_in_its_thread(memory: Memory) -> None:
    model = ScriptedModel(answer=answers_from_memory)
    agent = create_agent(
        model,
        tools=[weather],
        middleware=[RetentiveMiddleware(memory)],
        checkpointer=InMemorySaver(),
    )
    for question in ("What is the weather in Paris?", "And the weather in Rome?"):
        agent.invoke(user(question), thread("trip"), context=ALICE)
    said = memory.within("alice").messages("trip")
    assert [message.role for message in said] == [
        *("user", "assistant", "tool", "assistant"),
        *("user", "assistant", "tool", "assistant"),
    ]
    assert said[2].content == "sunny in Paris"
    [called] = [
        record
        for record in memory.within("alice").records()
        if record.origin is Origin.TOOL and "Paris" in record.content
    ]
    assert "sunny in Paris" in called.content


def test_what_a_tool_said_is_shown_as_unverified(memory: Memory) -> None:
    model = ScriptedModel(answer=answers_from_memory)
    agent = create_agent(
        model, tools=[weather], middleware=[RetentiveMiddleware(memory)]
    )
    agent.invoke(user("What is the weather in Paris?"), context=ALICE)
    agent.invoke(user("Was it sunny in Paris?"), context=ALICE)
    assert "tool (tool, unverified)" in shown(model.prompts[-1])


def test_it_recalls_once_per_run_whatever_tools_are_called(memory: Memory) -> None:
    memory.within("alice").remember("I love the weather in Paris.")
    model = ScriptedModel(answer=answers_from_memory)
    agent = create_agent(
        model, tools=[weather], middleware=[RetentiveMiddleware(memory)]
    )
    agent.invoke(user("What is the weather in Paris?"), context=ALICE)
    first, second = model.prompts
    assert shown(first) == shown(second) != ""
    # The prefix stays: the block stands before the question, not before the result.
    assert [m.text for m in second[: len(first)]] == [m.text for m in first]


@pytest.mark.parametrize("way", ["invoke", "ainvoke", "stream", "astream"])
def test_every_way_to_run_an_agent_gives_the_same(way: str, memory: Memory) -> None:
    memory.within("alice").remember("I live in Lisbon.")
    model = ScriptedModel(answer=answers_from_memory)
    agent = create_agent(
        model,
        tools=[weather],
        middleware=[RetentiveMiddleware(memory)],
        checkpointer=InMemorySaver(),
    )
    question = "Where do I live, and how is the weather in Lisbon?"
    options: Any = {"context": ALICE, "config": thread("t")}
    if way == "invoke":
        agent.invoke(user(question), **options)
    elif way == "ainvoke":
        asyncio.run(agent.ainvoke(user(question), **options))
    elif way == "stream":
        list(agent.stream(user(question), **options))
    else:

        async def consume() -> None:
            async for _ in agent.astream(user(question), **options):
                pass

        asyncio.run(consume())
    assert "I live in Lisbon." in shown(model.prompts[0])
    roles = [m.role for m in memory.within("alice").messages("t")]
    assert roles == ["user", "assistant", "tool", "assistant"]


def test_tokens_stream_as_without_memory(memory: Memory) -> None:
    def stream(middleware: Sequence[Any]) -> list[str]:
        model = ScriptedModel(answer=says("one two three"))
        agent = create_agent(model, middleware=middleware)
        parts: Any = agent.stream(user("count"), context=ALICE, stream_mode="messages")
        return [str(message.text) for message, _ in parts if message.text]

    assert stream([RetentiveMiddleware(memory)]) == stream([])
    assert stream([])[0] == "one "


def test_what_the_user_said_is_kept_even_if_the_model_fails(memory: Memory) -> None:
    def fail(messages: Sequence[BaseMessage]) -> AIMessage:
        raise TimeoutError("no answer")

    agent = create_agent(
        ScriptedModel(answer=fail), middleware=[RetentiveMiddleware(memory)]
    )
    with pytest.raises(TimeoutError):
        agent.invoke(user("My code is 4711."), context=ALICE)
    with pytest.raises(TimeoutError):
        asyncio.run(agent.ainvoke(user("My name is Ada."), context=ALICE))
    said = [record.content for record in memory.within("alice").records()]
    assert said == ["My code is 4711.", "My name is Ada."]


def test_a_failed_run_taken_up_again_keeps_each_message_once(memory: Memory) -> None:
    fails = [True]

    def flaky(messages: Sequence[BaseMessage]) -> AIMessage:
        if messages[-1].type == "tool" and fails.pop():
            raise TimeoutError("no answer")
        return answers_from_memory(messages)

    agent = create_agent(
        ScriptedModel(answer=flaky),
        tools=[weather],
        middleware=[RetentiveMiddleware(memory)],
        checkpointer=InMemorySaver(),
    )
    question = user("What is the weather in Paris?")
    with pytest.raises(TimeoutError):
        agent.invoke(question, thread("t"), context=ALICE)
    fails.append(False)
    agent.invoke(None, thread("t"), context=ALICE)
    said = memory.within("alice").messages("t")
    assert [m.role for m in said] == ["user", "assistant", "tool", "assistant"]
    assert all(record.support_count == 1 for record in memory.within("alice").records())


def test_an_interrupted_run_goes_on_in_another_process_with_its_memory(
    memory: Memory,
) -> None:
    @tool
    def book(city: str) -> str:
        """Book a trip."""
        return f"booked {city}: {interrupt('sure?')}"

    def answer(messages: Sequence[BaseMessage]) -> AIMessage:
        if messages[-1].type == "tool":
            return AIMessage(f"Done: {messages[-1].text}")
        call = {"name": "book", "args": {"city": "Rome"}, "id": "c1"}
        return AIMessage("", tool_calls=[call])

    memory.within("alice").remember("I never fly to Rome on Mondays.")
    saver, models = InMemorySaver(), []

    def agent() -> Any:
        models.append(ScriptedModel(answer=answer))
        return create_agent(
            models[-1],
            tools=[book],
            middleware=[RetentiveMiddleware(memory)],
            checkpointer=saver,
        )

    paused = agent().invoke(user("Book Rome"), thread("t"), context=ALICE)
    assert paused["__interrupt__"][0].value == "sure?"
    done = agent().invoke(Command(resume="yes"), thread("t"), context=ALICE)
    assert done["messages"][-1].text == "Done: booked Rome: yes"
    assert "never fly" in shown(models[0].prompts[0])
    assert "never fly" in shown(models[1].prompts[0])
    said = memory.within("alice").messages("t")
    assert [m.role for m in said] == ["user", "assistant", "tool", "assistant"]
    assert "<memories>" not in checkpointed(saver)


def test_a_client_that_sends_its_history_each_time_is_not_kept_twice(
    memory: Memory,
) -> None:
    agent = create_agent(
        ScriptedModel(answer=says("Noted.")), middleware=[RetentiveMiddleware(memory)]
    )
    history: list[Any] = [{"role": "user", "content": "I am Ada."}]
    first = agent.invoke({"messages": history}, context=ALICE)
    history += [{"role": "assistant", "content": first["messages"][-1].text}]
    history += [{"role": "user", "content": "Who am I?"}]
    agent.invoke({"messages": history}, context=ALICE)
    [ada] = [r for r in memory.within("alice").records() if "Ada" in r.content]
    assert ada.support_count == 1
    said = [m.content for m in memory.within("alice").messages("default")]
    assert said == ["I am Ada.", "Noted.", "Who am I?", "Noted."]


def test_pictures_are_kept_and_words_beside_them_are_asked(memory: Memory) -> None:
    memory.within("alice").remember("My cat is called Momo.")
    picture = {"type": "image", "url": "https://example.com/cat.png"}
    model = ScriptedModel(answer=says("Momo!"))
    agent = create_agent(model, middleware=[RetentiveMiddleware(memory)])
    message = HumanMessage([{"type": "text", "text": "Which cat is it?"}, picture])
    agent.invoke({"messages": [message]}, context=ALICE)
    assert "Momo" in shown(model.prompts[0])
    kept = memory.within("alice").messages("default")[0]
    assert [part.type for part in kept.parts] == ["text", "image"]
    assert kept.parts[1].data == picture

    agent.invoke({"messages": [HumanMessage([picture])]}, context=ALICE)
    assert shown(model.prompts[1]) == ""


@dataclass
class Person:
    user_id: str | None = None
    namespace: Sequence[str] | None = None


def test_a_run_says_whose_memory_it_is() -> None:
    def kept_in(context: Any, configurable: dict[str, Any], **built: Any) -> list[Any]:
        with Memory.open() as memory:
            agent: Any = create_agent(
                ScriptedModel(answer=says("ok")),
                middleware=[RetentiveMiddleware(memory, **built)],
                context_schema=type(context) if isinstance(context, Person) else None,
            )
            agent.invoke(user("hello"), {"configurable": configurable}, context=context)
            return list(memory.store.namespaces())

    bob: dict[str, Any] = {"user_id": "bob"}
    assert kept_in(ALICE, bob, namespace=("team",)) == [("alice",)]
    assert kept_in(Person(user_id="eve"), bob) == [("eve",)]
    assert kept_in(Person(namespace=("a", "b.c*")), {}) == [("a", "b.c*")]
    assert kept_in(None, bob, namespace=("team",)) == [("bob",)]
    assert kept_in(None, {"namespace": ("x", "y")}) == [("x", "y")]
    assert kept_in(Person(), {}, namespace=("team",)) == [("team",)]


def test_a_memory_opened_for_someone_is_theirs() -> None:
    with Memory.open(namespace=("carol",)) as memory:
        agent = create_agent(
            ScriptedModel(answer=says("ok")), middleware=[RetentiveMiddleware(memory)]
        )
        agent.invoke(user("hello"))
        assert list(memory.store.namespaces()) == [("carol",)]


@pytest.mark.parametrize("context", [None, {}, {"user_id": None}])
def test_without_a_namespace_nothing_runs(context: Any, memory: Memory) -> None:
    model = ScriptedModel(answer=says("ok"))
    agent: Any = create_agent(model, middleware=[RetentiveMiddleware(memory)])
    with pytest.raises(ConfigError, match="user_id"):
        agent.invoke(user("hello"), context=context)
    with pytest.raises(ConfigError, match="user_id"):
        asyncio.run(agent.ainvoke(user("hello"), context=context))
    assert (model.prompts, memory.store.namespaces()) == ([], [])


def test_a_blank_user_is_refused_even_where_there_is_a_default(memory: Memory) -> None:
    agent = create_agent(
        ScriptedModel(answer=says("ok")),
        middleware=[RetentiveMiddleware(memory, namespace=("team",))],
    )
    with pytest.raises(ConfigError, match="must not be blank"):
        agent.invoke(user("hello"), context={"user_id": ""})


def test_two_scopes_work_in_one_agent(memory: Memory) -> None:
    memory.within("team", "a:b|c").remember("The office closes at six.")
    memory.within("me").remember("The office cat likes me.")
    model = ScriptedModel(answer=says("ok"))
    agent = create_agent(
        model,
        middleware=[
            RetentiveMiddleware(memory, namespace=("team", "a:b|c")),
            RetentiveMiddleware(memory, namespace=("me",)),
            RetentiveMiddleware(memory, namespace=("me", "too"), name="third"),
        ],
    )
    agent.invoke(user("What about the office?"))
    blocks = [str(m.text) for m in model.prompts[0][:-1]]
    assert any("closes at six" in block for block in blocks)
    assert any("cat likes me" in block for block in blocks)
    assert len(blocks) == 2


def test_what_the_prompt_shows_already_is_not_recalled_again(memory: Memory) -> None:
    memory.within("alice").remember("Peanuts grow underground.")
    model = ScriptedModel(answer=says("ok"))
    agent = create_agent(
        model,
        middleware=[RetentiveMiddleware(memory)],
        checkpointer=InMemorySaver(),
    )
    agent.invoke(user("I am allergic to peanuts."), thread("t"), context=ALICE)
    agent.invoke(user("Are there peanuts in satay?"), thread("t"), context=ALICE)
    block = shown(model.prompts[-1])
    assert "Peanuts grow underground." in block
    assert "allergic" not in block


@pytest.mark.parametrize("first", ["summaries", "memory"])
def test_what_is_summarised_within_a_run_is_kept_whatever_the_order(
    first: str, memory: Memory
) -> None:
    cities = [f"City{n}" for n in range(6)]

    def answer(messages: Sequence[BaseMessage]) -> AIMessage:
        seen = [m for m in messages if m.type == "tool"]
        place = cities.index(str(seen[-1].text).split()[-1]) + 1 if seen else 0
        if place == len(cities):
            return AIMessage("All are sunny.")
        city = cities[place]
        call = {"name": "weather", "args": {"city": city}, "id": f"call-{city}"}
        return AIMessage("", tool_calls=[call])

    summarises = SummarizationMiddleware(
        ScriptedModel(answer=says("a summary")),
        trigger=("messages", 4),
        keep=("messages", 2),
    )
    remembers = RetentiveMiddleware(memory)
    both: list[Any] = [summarises, remembers]
    agent = create_agent(
        ScriptedModel(answer=answer),
        tools=[weather],
        middleware=both if first == "summaries" else both[::-1],
    )
    result = agent.invoke(user("How is the weather everywhere?"), context=ALICE)
    assert result["messages"][0].text.endswith("a summary")
    said = memory.within("alice").messages("default")
    expected = ["user", *(["assistant", "tool"] * 6), "assistant"]
    assert [m.role for m in said] == expected
    assert [m.content.split()[-1] for m in said if m.role == "tool"] == cities


def test_a_message_that_cannot_be_stored_does_not_fail_the_run(
    memory: Memory, caplog: pytest.LogCaptureFixture
) -> None:
    agent = create_agent(
        ScriptedModel(answer=says("Noted.")), middleware=[RetentiveMiddleware(memory)]
    )
    agent.invoke(user("broken \ud800 text"), context=ALICE)
    assert "lone surrogate" in caplog.text
    [kept] = memory.within("alice").messages("default")
    assert kept.content == "Noted."
