"""An agent of LangChain that knows you the next day.

Run it offline with a model that only says what its notes hold, or with any model:

    python examples/langchain_agent.py
    python examples/langchain_agent.py --model openai:gpt-5.5
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from langchain.agents import create_agent
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel, SimpleChatModel
from langchain_core.messages import BaseMessage
from langgraph.checkpoint.memory import InMemorySaver

from retentive import Memory
from retentive_langchain import RetentiveMiddleware


class ReadsNotes(SimpleChatModel):
    """Answers with the notes that it was shown: no network, no key."""

    @property
    def _llm_type(self) -> str:
        return "reads-notes"

    def _call(self, messages: list[BaseMessage], *args: Any, **options: Any) -> str:
        notes = [
            line
            for message in messages
            if str(message.text).startswith("<memories>")
            for line in str(message.text).splitlines()
            if line.startswith("- ")
        ]
        return "\n".join(["From my notes:", *notes]) if notes else "Noted."


def main() -> None:
    """Talk on two days."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", help="such as openai:gpt-5.5; offline if omitted")
    name = parser.parse_args().model
    model: BaseChatModel = init_chat_model(name) if name else ReadsNotes()
    with (
        tempfile.TemporaryDirectory() as folder,
        Memory.open(Path(folder) / "agent.db") as memory,
    ):
        agent = create_agent(
            model,
            middleware=[RetentiveMiddleware(memory, budget=300)],
            checkpointer=InMemorySaver(),
        )
        for day, text in (
            ("monday", "I am allergic to peanuts."),
            ("monday", "我最喜欢吃川菜。"),
            ("friday", "Can I eat satay, or are there peanuts in it?"),
            ("sunday", "我喜欢吃什么菜？"),
        ):
            result = agent.invoke(
                {"messages": [{"role": "user", "content": text}]},
                {"configurable": {"thread_id": day}},
                context={"user_id": "alice"},
            )
            print(f"{day}> {text}\n{result['messages'][-1].text}\n")


if __name__ == "__main__":
    main()
