"""Half of a conversation of thirty turns in five sessions, in a process of its own.

    python conversation.py FOLDER first|second

Prints, as JSON, what the model answered in each turn.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import SummarizationMiddleware
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.tools import tool
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.types import Command, interrupt

from retentive import Memory
from retentive_langchain import RetentiveMiddleware
from tests.retentive_langchain.agents import ScriptedModel, says, shown, weather

SESSIONS: dict[str, list[str]] = {
    "one": ["I am allergic to peanuts.", "What is the weather in Paris?"],
    "two": ["My sister is called Ada.", "What is the weather in Rome?"],
    "three": ["I work as a welder.", "What is the weather in Oslo?"],
    "four": ["Please book the trip to Bern.", "I have a dog called Rex."],
    "five": ["It fails at first.", "What food am I allergic to?"],
}
"""The first and the last turn of each session; four more lie between."""
FAILS_ONCE = "It fails at first."
SUMMARY = "A summary of what was said."


def turns(session: str) -> list[str]:
    first, last = SESSIONS[session]
    between = [f"Let us talk about topic {n} of {session}." for n in range(1, 5)]
    return [first, *between, last]


HALVES: dict[str, list[tuple[str, str, slice]]] = {
    "first": [
        ("one", "invoke", slice(None)),
        ("two", "stream", slice(None)),
        ("three", "invoke", slice(0, 3)),
    ],
    "second": [
        ("three", "ainvoke", slice(3, 6)),
        ("four", "astream", slice(None)),
        ("five", "ainvoke", slice(None)),
    ],
}


@tool
def book(city: str) -> str:
    """Book a trip."""
    return f"booked {city}: {interrupt('sure?')}"


def answering() -> Any:
    failed: list[str] = []

    def answer(messages: Sequence[BaseMessage]) -> AIMessage:
        last, text = messages[-1], str(messages[-1].text)
        if last.type == "tool":
            return AIMessage(f"The tool says: {text}.")
        if text == FAILS_ONCE and not failed:
            failed.append(text)
            raise TimeoutError("no answer")
        for word, name in (("weather", "weather"), ("book", "book")):
            if word in text:
                city = text.strip(".?").split()[-1]
                call = {"name": name, "args": {"city": city}, "id": f"{name}-{city}"}
                return AIMessage("", tool_calls=[call])
        known = "allergic to peanuts" in shown(messages)
        return AIMessage(f"On {text!r}: {'no peanuts, I know' if known else 'I see'}.")

    return answer


class Talk:
    """The agent, run in any way, with whatever its turns need."""

    def __init__(self, memory: Memory, saver: Any) -> None:
        self.agent: Any = create_agent(
            ScriptedModel(answer=answering()),
            tools=[weather, book],
            middleware=[
                SummarizationMiddleware(
                    ScriptedModel(answer=says(SUMMARY)),
                    trigger=("messages", 8),
                    keep=("messages", 4),
                ),
                RetentiveMiddleware(memory),
            ],
            checkpointer=saver,
        )

    async def say(self, text: str, session: str, way: str) -> str:
        given: Any = {"messages": [{"role": "user", "content": text}]}
        try:
            await self._run(given, session, way)
        except TimeoutError:
            await self._run(None, session, way)
        if (await self._state(session, way)).interrupts:
            await self._run(Command(resume="yes"), session, way)
        state = await self._state(session, way)
        return str(state.values["messages"][-1].text)

    async def _run(self, given: Any, session: str, way: str) -> None:
        options: Any = {"config": config(session), "context": {"user_id": "alice"}}
        if way == "invoke":
            self.agent.invoke(given, **options)
        elif way == "stream":
            list(self.agent.stream(given, **options))
        elif way == "ainvoke":
            await self.agent.ainvoke(given, **options)
        else:
            async for _ in self.agent.astream(given, **options):
                pass

    async def _state(self, session: str, way: str) -> Any:
        if way.startswith("a"):
            return await self.agent.aget_state(config(session))
        return self.agent.get_state(config(session))


def config(session: str) -> Any:
    return {"configurable": {"thread_id": session}}


async def talk(folder: Path, half: str) -> list[str]:
    answers = []
    path = str(folder / "checkpoints.db")
    with Memory.open(folder / "memory.db") as memory:
        for session, way, part in HALVES[half]:
            texts = turns(session)[part]
            if way.startswith("a"):
                async with AsyncSqliteSaver.from_conn_string(path) as asaver:
                    agent = Talk(memory, asaver)
                    answers += [await agent.say(text, session, way) for text in texts]
            else:
                with SqliteSaver.from_conn_string(path) as saver:
                    agent = Talk(memory, saver)
                    answers += [await agent.say(text, session, way) for text in texts]
    return answers


if __name__ == "__main__":
    told = asyncio.run(talk(Path(sys.argv[1]), sys.argv[2]))
    sys.stdout.write(json.dumps(told))
