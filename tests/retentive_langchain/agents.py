"""Agents for tests: a model that answers as it is told, and shows what it was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.tools import tool
from pydantic import PrivateAttr

Answer = Callable[[Sequence[BaseMessage]], AIMessage]


class ScriptedModel(BaseChatModel):
    """Answers by a function of the messages; ``prompts`` are those it was shown."""

    answer: Answer
    _prompts: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def prompts(self) -> list[list[BaseMessage]]:
        return self._prompts

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **options: Any) -> Any:
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> ChatResult:
        self._prompts.append(list(messages))
        return ChatResult(generations=[ChatGeneration(message=self.answer(messages))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **options: Any,
    ) -> Iterator[ChatGenerationChunk]:
        self._prompts.append(list(messages))
        reply = self.answer(messages)
        for word in str(reply.text).split(" "):
            yield ChatGenerationChunk(message=AIMessageChunk(f"{word} "))
        if reply.tool_calls:
            call = AIMessageChunk("", tool_calls=reply.tool_calls)
            yield ChatGenerationChunk(message=call)


def shown(prompt: Sequence[BaseMessage]) -> str:
    """Return the block of memories in a prompt, empty if there is none."""
    blocks = [str(m.text) for m in prompt if str(m.text).startswith("<memories>")]
    assert len(blocks) <= 1
    return blocks[0] if blocks else ""


def says(text: str) -> Answer:
    return lambda messages: AIMessage(text)


def answers_from_memory(messages: Sequence[BaseMessage]) -> AIMessage:
    """Look the weather up when asked; else say what the block of memories says."""
    last = messages[-1]
    if last.type == "tool":
        return AIMessage(f"It is {last.text} there.")
    if "weather" in str(last.text):
        city = str(last.text).removesuffix("?").split()[-1]
        call = {"name": "weather", "args": {"city": city}, "id": f"call-{city}"}
        return AIMessage("", tool_calls=[call])
    return AIMessage(f"From notes: {shown(messages) or 'nothing'}")


@tool
def weather(city: str) -> str:
    """Look up the weather."""
    return f"sunny in {city}"
