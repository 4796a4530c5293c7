"""Sessions and recall in the real ``openai-agents`` runner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner, Session, SessionSettings, function_tool
from agents.testing import ScriptedModel, assistant_message, function_call

from retentive import Memory
from retentive.turns import text_of
from retentive_openai import MemorySession, recall_filter


def words(call: Any) -> str:
    items = call.input if isinstance(call.input, list) else [call.input]
    return "\n".join(i if isinstance(i, str) else text_of(i) for i in items)


def agent(*answers: Any, tools: Sequence[Any] = ()) -> tuple[Agent[Any], ScriptedModel]:
    model = ScriptedModel([[answer] for answer in answers])
    return Agent(name="helper", model=model, tools=list(tools)), model


def config(memory: Memory, **options: Any) -> RunConfig:
    return RunConfig(
        call_model_input_filter=recall_filter(memory, **options),
        tracing_disabled=True,
    )


async def test_a_fact_of_one_session_reaches_the_model_in_another(
    tmp_path: Path,
) -> None:
    with Memory.open(tmp_path / "agents.db") as memory:
        session: Session = MemorySession("monday", memory)
        one, _ = agent(assistant_message("Noted."))
        await Runner.run(
            one,
            "I am allergic to peanuts.",
            session=session,
            run_config=config(memory, session="monday"),
        )
    with Memory.open(tmp_path / "agents.db") as memory:
        two, model = agent(assistant_message("No."))
        friday = MemorySession("friday", memory)
        await Runner.run(
            two,
            "Can I eat peanuts?",
            session=friday,
            run_config=config(memory, session="friday"),
        )
        assert "I am allergic to peanuts." in words(model.calls[0])
        kept = [text_of(item) for item in await friday.get_items()]
        assert kept == ["Can I eat peanuts?", "No."]


async def test_history_comes_back_word_for_word_with_tools() -> None:
    memory = Memory.open()

    @function_tool
    def look(dish: str) -> str:
        """Look a dish up."""
        return f"{dish} has peanuts"

    session = MemorySession("s", memory)
    helper, model = agent(
        function_call("look", {"dish": "satay"}, call_id="c1"),
        assistant_message("It has peanuts."),
        assistant_message("As I said."),
        tools=[look],
    )
    await Runner.run(
        helper, "What is in satay?", session=session, run_config=config(memory)
    )
    await Runner.run(helper, "Sure?", session=session, run_config=config(memory))
    items = await session.get_items()
    kinds = [item.get("type", "message") for item in items]
    assert kinds == [
        "message",
        "function_call",
        "function_call_output",
        "message",
        "message",
        "message",
    ]
    replayed = [item for item in model.calls[-1].input if item in items]
    assert replayed == items[:-1]
    assert await session.get_items(limit=2) == items[-2:]
    assert await session.get_items(limit=0) == []
    limited = MemorySession("s", memory, settings=SessionSettings(limit=1))
    assert await limited.get_items() == items[-1:]
    assert "satay has peanuts" in "\n".join(r.content for r in memory.records())


async def test_popping_and_clearing_change_the_history_not_the_memories() -> None:
    memory = Memory.open()
    session = MemorySession("s", memory)
    said: Any = [{"role": "user", "content": text} for text in ("One.", "Two.")]
    await session.add_items(said)
    assert await session.pop_item() == said[1]
    assert await session.get_items() == said[:1]
    await session.clear_session()
    assert await session.get_items() == []
    assert await session.pop_item() is None
    assert {record.content for record in memory.records()} == {"One.", "Two."}


@dataclass
class Caller:
    user: str


async def test_the_run_s_context_says_whose_memory_it_is() -> None:
    memory = Memory.open()

    def of(context: Any) -> Sequence[str]:
        return ("users", context.user)

    for user, secret in (("ann", "My code word is plum."), ("bob", "Hello.")):
        helper, _ = agent(assistant_message("Noted."))
        await Runner.run(
            helper,
            secret,
            context=Caller(user),
            session=MemorySession("s", memory, namespace=of),
            run_config=config(memory, namespace=of),
        )
    asked, model = agent(*2 * [assistant_message("Hm.")])
    for user in ("bob", "ann"):
        await Runner.run(
            asked,
            "What is my code word?",
            context=Caller(user),
            run_config=config(memory, namespace=of),
        )
    assert "plum" not in words(model.calls[0])
    assert "plum" in words(model.calls[1])
    with pytest.raises(AttributeError):
        await Runner.run(asked, "Whose?", run_config=config(memory, namespace=of))
