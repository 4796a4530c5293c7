"""An agent of LlamaIndex that remembers from one conversation to the next.

Runs without a key: a scripted model stands in for a real one. Give ``FunctionAgent``
your own ``llm`` instead, and the rest stays as it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.llms.mock import MockFunctionCallingLLM

from retentive_llamaindex import RetentiveMemory


def answer(messages: Sequence[ChatMessage], **_: Any) -> ChatMessage:
    """Answer as a model would that reads its prompt."""
    knows = "allergic to peanuts" in str(messages[-1].content)
    asks = "cook" in str(messages[-1].content)
    text = "Anything without peanuts!" if knows and asks else "Noted."
    return ChatMessage(role="assistant", content=text)


def minutes_to_boil(what: str) -> int:
    """Tell how long something has to boil."""
    return len(what)


async def main() -> None:
    """Have two conversations."""
    llm = MockFunctionCallingLLM(response_generator=answer, is_chat_model=True)
    agent = FunctionAgent(tools=[minutes_to_boil], llm=llm, streaming=False)

    monday = RetentiveMemory("agent.db", namespace=("ann",), session="monday")
    print(await agent.run(user_msg="I am allergic to peanuts.", memory=monday))

    friday = RetentiveMemory("agent.db", namespace=("ann",), session="friday")
    print(await agent.run(user_msg="What can I cook?", memory=friday))

    for message in friday.get()[:1]:
        print(message.content)


if __name__ == "__main__":
    asyncio.run(main())
