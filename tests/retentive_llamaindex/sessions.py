"""Some sessions of an agent with tools, in a process of their own; prints JSON.

Usage: sessions.py FIRST LAST TARGET...
"""

from __future__ import annotations

import asyncio
import json
import sys
import warnings
from collections.abc import Sequence
from typing import Any

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage

from retentive_llamaindex import RetentiveMemory
from tests.retentive_llamaindex.models import Scripted, call, say

TOKEN_LIMIT = 400
SESSIONS = {
    1: ["My daughter Lotte is allergic to peanuts.", "Is it warm in Bergen?"],
    2: ["我下周要去上海出差。", "Is it warm in Shanghai?", "Thank you."],
    3: ["I repaired the blue bicycle.", "Is it warm in Lima?"],
    4: ["We painted the kitchen yellow.", "Is it warm in Oslo?"],
    5: ["What is Lotte allergic to?", "我下周去哪里出差？"],
}


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"It is 12 degrees in {city}."


def answer(messages: Sequence[ChatMessage]) -> ChatMessage:
    newest = messages[-1]
    if newest.role == "tool":
        return say(f"I looked: {newest.content}")
    asked = newest.blocks[-1].text
    if asked.startswith("Is it warm in "):
        city = asked.removeprefix("Is it warm in ").rstrip("?")
        return call("weather", f"call-{city}", city=city)
    return say(f"I heard: {asked}")


async def converse(target: str, numbers: Sequence[int]) -> dict[int, list[Any]]:
    """Return what the model was shown, by session."""
    prompts = {}
    for number in numbers:
        model = Scripted(answer)
        agent = FunctionAgent(tools=[weather], llm=model.llm, streaming=False)
        memory = RetentiveMemory(
            target,
            namespace=("family",),
            session=f"session {number}",
            token_limit=TOKEN_LIMIT,
        )
        for words in SESSIONS[number]:
            await agent.run(user_msg=words, memory=memory)
        prompts[number] = [
            [message.model_dump(mode="json") for message in prompt]
            for prompt in model.prompts
        ]
    return prompts


async def main(first: str, last: str, *targets: str) -> None:
    numbers = range(int(first), int(last) + 1)
    shown = {target: await converse(target, numbers) for target in targets}
    sys.stdout.write(json.dumps(shown))


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the framework's own; the tests see to ours
    asyncio.run(main(*sys.argv[1:]))
