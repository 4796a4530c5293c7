"""Tools, the retriever, and what LangChain has deprecated."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder

from retentive import Memory, Origin
from retentive.errors import ConfigError, InvalidInputError
from retentive_langchain import RetentiveMiddleware, RetentiveRetriever, memory_tools
from retentive_langchain.legacy import RetentiveChatMessageHistory, RetentiveMemory
from tests.retentive_langchain.agents import ScriptedModel, says

CONFIG: Any = {"configurable": {"user_id": "alice", "thread_id": "t"}}


@pytest.fixture
def memory() -> Iterator[Memory]:
    with Memory.open() as memory:
        yield memory


def test_an_agent_remembers_recalls_and_forgets_by_tools(memory: Memory) -> None:
    remember, recall, forget = memory_tools(memory)
    assert [t.name for t in (remember, recall, forget)] == [
        "remember",
        "recall",
        "forget",
    ]
    remember.invoke({"text": "Alice is allergic to peanuts."}, CONFIG)
    [record] = memory.within("alice").records()
    assert (record.origin, record.session) == (Origin.ASSISTANT, "t")
    told = recall.invoke({"query": "peanuts"}, CONFIG)
    assert f"[{record.id}]" in told
    assert "Alice is allergic to peanuts." in told
    assert "no such ids" in forget.invoke({"ids": ["unknown"]}, CONFIG)
    assert record.id in forget.invoke({"ids": [record.id]}, CONFIG)
    assert "Nothing" in recall.invoke({"query": "peanuts"}, CONFIG)


def test_the_tools_work_in_asyncio_and_refuse_a_run_of_nobody(memory: Memory) -> None:
    remember, recall, _ = memory_tools(memory)

    async def main() -> str:
        await remember.ainvoke({"text": "I like hay."}, CONFIG)
        return str(await recall.ainvoke({"query": "hay"}, CONFIG))

    assert "I like hay." in asyncio.run(main())
    with pytest.raises(ConfigError, match="user_id"):
        recall.invoke({"query": "hay"})
    assert memory.store.namespaces() == [("alice",)]


@pytest.mark.parametrize("run", ["invoke", "ainvoke"])
def test_in_an_agent_the_context_says_whose_memory_a_tool_uses(
    run: str, memory: Memory
) -> None:
    def answer(messages: Any) -> AIMessage:
        if messages[-1].type == "tool":
            return AIMessage("Done.")
        arguments = {"text": "Bob plays chess."}
        call = {"name": "remember", "args": arguments, "id": "c1"}
        return AIMessage("", tool_calls=[call])

    agent = create_agent(
        ScriptedModel(answer=answer),
        tools=memory_tools(memory, namespace=("nobody",)),
        middleware=[RetentiveMiddleware(memory)],
    )
    asked: Any = {"messages": [HumanMessage("Note that Bob plays chess!")]}
    if run == "invoke":
        agent.invoke(asked, context={"user_id": "bob"})
    else:
        asyncio.run(agent.ainvoke(asked, context={"user_id": "bob"}))
    assert memory.store.namespaces() == [("bob",)]
    kept = [record.content for record in memory.within("bob").records()]
    # What the tool was told and has answered is not learnt a second time.
    assert sorted(kept) == ["Bob plays chess.", "Done.", "Note that Bob plays chess!"]


def test_a_retriever_gives_documents_with_scores(memory: Memory) -> None:
    alice = memory.within("alice")
    alice.remember([{"role": "user", "content": "I love horses.", "name": "Alice"}])
    alice.remember("Horses eat hay.")
    retriever = RetentiveRetriever(memory=memory, k=1)
    [best] = retriever.invoke("Do I love horses?", CONFIG)
    assert best.page_content == "I love horses."
    assert best.id
    assert best.metadata["speaker"] == "Alice"
    assert best.metadata["score"] == pytest.approx(
        sum(best.metadata["signals"].values())
    )
    assert len(retriever.invoke("horses", CONFIG, k=2)) == 2
    assert len(asyncio.run(retriever.ainvoke("horses", CONFIG, k=2))) == 2
    with pytest.raises(ConfigError, match="user_id"):
        retriever.invoke("horses")
    from_tools = RetentiveRetriever(
        memory=memory, namespace=("alice",), conditions={"origins": ["tool"]}
    )
    assert from_tools.invoke("horses") == []


def test_a_history_keeps_messages_as_they_are_and_remembers_them(
    memory: Memory,
) -> None:
    history = RetentiveChatMessageHistory(memory, session="s", namespace=("alice",))
    said = [HumanMessage("I live in Lisbon."), AIMessage("Nice!", id="a1")]
    history.add_messages(said)
    asyncio.run(history.aadd_messages([HumanMessage("I live in Lisbon.")]))
    assert history.messages == [*said, HumanMessage("I live in Lisbon.")]
    assert asyncio.run(history.aget_messages()) == history.messages
    [fact] = memory.within("alice").recall("Lisbon", limit=1)
    assert fact.record.support_count == 2

    history.clear()
    assert history.messages == []
    assert memory.within("alice").recall("Lisbon")


def test_a_history_serves_runnable_with_message_history(memory: Memory) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecated upstream
        from langchain_core.runnables.history import RunnableWithMessageHistory

        model = ScriptedModel(answer=says("Noted."))
        prompt = ChatPromptTemplate(
            [MessagesPlaceholder("history"), ("human", "{question}")]
        )
        chain: Any = RunnableWithMessageHistory(
            prompt | model,  # type: ignore[arg-type]
            lambda session_id: RetentiveChatMessageHistory(memory, session=session_id),
            input_messages_key="question",
            history_messages_key="history",
        )
    config: Any = {"configurable": {"session_id": "s"}}
    for question in ("one", "two", "three"):
        chain.invoke({"question": question}, config)
    said = [m.content for m in memory.messages("s")]
    assert said == ["one", "Noted.", "two", "Noted.", "three", "Noted."]
    assert [m.text for m in model.prompts[-1]] == [*said[:4], "three"]


def test_the_classic_shape_fills_a_prompt_with_what_matters(memory: Memory) -> None:
    classic = RetentiveMemory(memory=memory.within("alice"), session="s")
    classic.save_context({"input": "I am allergic to peanuts."}, {"output": "Noted."})
    asyncio.run(
        classic.asave_context({"input": "I live in Lisbon."}, {"output": "Nice."})
    )
    assert classic.memory_variables == ["history"]
    filled = classic.load_memory_variables({"input": "peanuts?"})["history"]
    assert "I am allergic to peanuts." in filled
    assert asyncio.run(classic.aload_memory_variables({"input": "peanuts?"})) == {
        "history": filled
    }

    buffered = classic.model_copy(update={"last": 2, "return_messages": True})
    messages = buffered.load_memory_variables({"input": "peanuts?"})["history"]
    assert [m.text for m in messages[1:]] == ["I live in Lisbon.", "Nice."]
    assert "Lisbon" not in messages[0].text
    told = classic.model_copy(update={"last": 1})
    assert told.load_memory_variables({"input": "x"})["history"].endswith("Ai: Nice.")

    asyncio.run(classic.aclear())
    assert memory.within("alice").messages("s") == []


def test_the_classic_shape_asks_which_input_is_meant(memory: Memory) -> None:
    classic = RetentiveMemory(memory=memory)
    with pytest.raises(InvalidInputError, match="set input_key to one of them"):
        classic.load_memory_variables({"a": "1", "b": "2"})
    keyed = RetentiveMemory(memory=memory, input_key="a", memory_key="b")
    keyed.save_context({"a": "I like hay.", "b": "old"}, {"text": "ok"})
    assert keyed.load_memory_variables({"a": "hay"})["b"]


@pytest.mark.parametrize(
    ("lacking", "wanted", "extra"),
    [
        (
            "langchain",
            "from retentive_langchain import RetentiveMiddleware",
            "langchain",
        ),
        ("langgraph", "from retentive_langchain import RetentiveStore", "langchain"),
        (
            "langchain_classic",
            "from retentive_langchain.legacy import RetentiveMemory",
            "langchain-classic",
        ),
    ],
)
def test_what_is_not_installed_is_named_with_its_command(
    lacking: str, wanted: str, extra: str
) -> None:
    code = f"import sys\nsys.modules[{lacking!r}] = None\n{wanted}"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    command = re.escape(f"pip install 'retentive[{extra}]'")
    assert re.search(f"MissingExtraError: .*{command}", run.stderr), run.stderr
