"""Agents, workflows and chat engines of the framework, over a real store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent, ReActAgent
from llama_index.core.chat_engine import (
    CondensePlusContextChatEngine,
    ContextChatEngine,
    SimpleChatEngine,
)
from llama_index.core.llms import ChatMessage
from llama_index.core.workflow import Context

from retentive import Memory
from retentive.errors import ConfigError
from retentive_llamaindex import RetentiveMemory, RetentiveRetriever, memory_tools
from tests.retentive_llamaindex.models import Scripted, call, say, user, words


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"{city}: hail, -3 degrees"


def agent_of(model: Scripted, *, streaming: bool = False, **more: Any) -> FunctionAgent:
    tools = more.pop("tools", [weather])
    return FunctionAgent(tools=tools, llm=model.llm, streaming=streaming, **more)


def after_tools(asked: ChatMessage, answer: str) -> Any:
    """Answer by a call first, and then with words."""

    def respond(messages: Sequence[ChatMessage]) -> ChatMessage:
        return say(answer) if messages[-1].role == "tool" else asked

    return respond


class Recalls:
    """Counts how often a memory was asked."""

    def __init__(self, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        whole = type(memory).context

        def context(inner: Memory, query: str, **options: Any) -> Any:
            self.asked.append(query)
            return whole(inner, query, **options)

        monkeypatch.setattr(type(memory), "context", context)


@pytest.mark.parametrize("streaming", [False, True])
async def test_a_run_recalls_once_and_stores_each_message_once(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, streaming: bool
) -> None:
    memory.remember("I live in Tromsø and I love hail.", session="before")
    recalls = Recalls(memory, monkeypatch)
    model = Scripted(after_tools(call("weather", city="Tromsø"), "It hails."))
    chat = RetentiveMemory(memory, session="now")
    question = "How is the weather where I live?"
    await agent_of(model, streaming=streaming).run(user_msg=question, memory=chat)
    assert recalls.asked == [question]
    assert len(model.prompts) == 2
    for prompt in model.prompts:
        assert "I live in Tromsø" in str(prompt[0].content)
        assert sum(question in str(message.content) for message in prompt) == 1
    roles = [message.role for message in memory.messages("now")]
    assert roles == ["user", "assistant", "tool", "assistant"]
    contents = [record.content for record in memory.records()]
    assert len(contents) == len(set(contents)) == 4
    assert 'weather({"city": "Tromsø"}) -> Tromsø: hail, -3 degrees' in contents


async def test_a_history_that_is_handed_in_is_kept_once(memory: Memory) -> None:
    agent = agent_of(Scripted())
    chat = RetentiveMemory(memory, session="now")
    history = [user("I play the oboe."), say("Lovely.")]
    await agent.run(user_msg="Hi", chat_history=history, memory=chat)
    await agent.run(user_msg="Bye", chat_history=chat.get_all(), memory=chat)
    assert [m.content for m in chat.get_all()] == [
        *("I play the oboe.", "Lovely.", "Hi", "Noted.", "Bye", "Noted."),
    ]
    [oboe] = [r for r in memory.records() if "oboe" in r.content]
    assert oboe.support_count == 1


async def test_an_agent_s_state_does_not_leak_into_memory(memory: Memory) -> None:
    model = Scripted()
    agent = agent_of(model, initial_state={"mood": "brave"})
    chat = RetentiveMemory(memory, session="now")
    await agent.run(user_msg="Hi", memory=chat)
    assert "brave" in str(model.prompts[0][-1].content)
    assert "brave" not in str(memory.messages("now"))


async def test_a_react_agent_remembers(memory: Memory) -> None:
    memory.remember("My cat is called Miso.", session="before")
    model = Scripted(lambda _: say("Thought: I know.\nAnswer: Miso."))
    agent = ReActAgent(tools=[weather], llm=model.llm, streaming=False)
    chat = RetentiveMemory(memory, session="now")
    answer = await agent.run(user_msg="What is my cat called?", memory=chat)
    assert str(answer) == "Miso."
    assert "My cat is called Miso." in str(model.prompts[0])
    assert [m.role for m in memory.messages("now")] == ["user", "assistant"]


# --- a context, written down --------------------------------------------------------


async def test_a_context_goes_on_where_it_was_written_down(target: str) -> None:
    model = Scripted()
    agent = agent_of(model)
    ctx = Context(agent)
    chat = RetentiveMemory(target, namespace=("ann",), token_limit=900)
    await agent.run(user_msg="My cat is called Miso.", memory=chat, ctx=ctx)
    written = json.dumps(ctx.to_dict())
    again = Context.from_dict(agent, json.loads(written))
    await agent.run(user_msg="And hers is Udon.", ctx=again)
    restored = await again.store.get("memory")
    assert isinstance(restored, RetentiveMemory)
    assert restored.session == chat.session
    assert restored.token_limit == 900
    assert len(chat.get_all()) == 4
    assert [str(m.content) for m in model.prompts[-1]][:2] == [
        "My cat is called Miso.",
        "Noted.",
    ]


async def test_a_context_finds_an_open_memory_while_it_lives(memory: Memory) -> None:
    agent = agent_of(Scripted())
    ctx = Context(agent)
    await agent.run(user_msg="Hi", memory=RetentiveMemory(memory), ctx=ctx)
    again = await Context.from_dict(agent, ctx.to_dict()).store.get("memory")
    assert [m.content for m in again.get_all()] == ["Hi", "Noted."]
    lost = again.to_dict() | {"handle": "closed long ago"}
    with pytest.raises(ConfigError, match="name it by a path or by a YAML"):
        RetentiveMemory.from_dict(lost).get_all()


# --- several agents ----------------------------------------------------------------


@pytest.mark.parametrize("token_limit", [3_000, 500])
async def test_an_agent_recalls_what_another_learnt_before_it_handed_over(
    memory: Memory, monkeypatch: pytest.MonkeyPatch, token_limit: int
) -> None:
    """With room for the history it reads it; without, it recalls from it."""
    chat = RetentiveMemory(
        memory, session="now", token_limit=token_limit, tokenizer_fn=words
    )
    hand_over = call(
        "handoff", "h1", to_agent="writer", reason="The research is complete."
    )

    def research(messages: Sequence[ChatMessage]) -> ChatMessage:
        return hand_over if messages[-1].role == "tool" else call("look_up", topic="x")

    def look_up(topic: str) -> str:
        """Look something up."""
        return "The bridge of Øresund opened in 2000. " + "Filler text goes on. " * 150

    researcher, writer = Scripted(research), Scripted(lambda _: say("Done."))
    workflow = AgentWorkflow(
        agents=[
            FunctionAgent(
                name="researcher",
                description="Finds out.",
                tools=[look_up],
                llm=researcher.llm,
                streaming=False,
                can_handoff_to=["writer"],
            ),
            FunctionAgent(
                name="writer",
                description="Writes.",
                tools=[],
                llm=writer.llm,
                streaming=False,
            ),
        ],
        root_agent="researcher",
    )
    question = "When did the bridge of Øresund open?"
    recalls = Recalls(memory, monkeypatch)
    answer = await workflow.run(user_msg=question, memory=chat)
    assert str(answer) == "Done."
    assert recalls.asked == [question, question]
    [prompt] = writer.prompts
    seen = "\n".join(str(message.content) for message in prompt)
    assert "The bridge of Øresund opened in 2000." in seen
    if token_limit == 500:
        assert "opened in 2000" in str(prompt[0].content)
    assert [m.role for m in memory.messages("now")] == [
        *("user", "assistant", "tool", "assistant", "tool", "assistant"),
    ]


async def test_agents_with_sessions_of_their_own_share_a_namespace(
    target: str,
) -> None:
    first = RetentiveMemory(target, namespace=("team",), session="first")
    await agent_of(Scripted()).run(user_msg="The key is under the mat.", memory=first)
    model = Scripted()
    second = RetentiveMemory(target, namespace=("team",), session="second")
    await agent_of(model).run(user_msg="Where is the key?", memory=second)
    assert "under the mat" in str(model.prompts[0][0].content)


async def test_an_agent_uses_the_tools_of_memory(memory: Memory) -> None:
    tools = memory_tools(memory, session="now")
    model = Scripted(after_tools(call("remember", fact="Ann plays the oboe."), "Yes."))
    chat = RetentiveMemory(memory, session="now")
    await agent_of(model, tools=tools).run(user_msg="Keep that.", memory=chat)
    ask = after_tools(call("recall", query="Ann instrument"), "The oboe.")
    model = Scripted(ask)
    await agent_of(model, tools=tools).run(user_msg="What is it?", memory=chat)
    assert "oboe" in str(model.prompts[-1][-1].content)
    assert sum("oboe." in record.content for record in memory.records()) == 2
    assert not any("->" in record.content for record in memory.records())


# --- chat engines ------------------------------------------------------------------


def test_a_simple_chat_engine_remembers(memory: Memory) -> None:
    memory.remember("My cat is called Miso.", session="before")
    model = Scripted()
    chat = RetentiveMemory(memory, session="now")
    engine = SimpleChatEngine.from_defaults(
        llm=model.llm, memory=chat, system_prompt="Be kind."
    )
    assert str(engine.chat("What is my cat called?")) == "Noted."
    assert "Miso" in str(model.prompts[0][-1].content)
    engine.reset()
    assert engine.chat_history == []


async def test_a_context_chat_engine_retrieves_and_remembers(memory: Memory) -> None:
    memory.remember("My cat is called Miso.", session="before")
    model = Scripted()
    engine = ContextChatEngine.from_defaults(
        retriever=RetentiveRetriever(memory),
        llm=model.llm,
        memory=RetentiveMemory(memory, session="now"),
    )
    response = await engine.achat("What is my cat called?")
    assert response.source_nodes[0].text == "My cat is called Miso."
    assert [m.content for m in engine.chat_history] == [
        "What is my cat called?",
        "Noted.",
    ]


def test_a_condensing_chat_engine_stores_each_message_once(memory: Memory) -> None:
    memory.remember("I say hi to my cat.", session="before")
    model = Scripted()
    engine = CondensePlusContextChatEngine.from_defaults(
        retriever=RetentiveRetriever(memory),
        llm=model.llm,
        memory=RetentiveMemory(memory, session="now"),
    )
    engine.chat("Hi")
    engine.chat("Hi")
    assert [m.content for m in memory.messages("now")] == [
        *("Hi", "Noted.", "Hi", "Noted."),
    ]


def test_a_chat_engine_makes_its_own_memory(tmp_path: Path) -> None:
    engine = SimpleChatEngine.from_defaults(
        llm=Scripted().llm, memory_cls=RetentiveMemory
    )
    engine.chat("Hi")
    assert len(engine.chat_history) == 2
