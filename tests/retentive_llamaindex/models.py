"""A model that answers as it is told, and keeps what it was shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core.base.llms.types import ToolCallBlock
from llama_index.core.llms import ChatMessage
from llama_index.core.llms.mock import MockFunctionCallingLLM

Answer = Callable[[Sequence[ChatMessage]], ChatMessage]


class Scripted:
    """Makes the framework's own mock model answer by a function of its prompt."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.prompts: list[list[ChatMessage]] = []
        self._answer = answer or (lambda _: say("Noted."))
        self.llm = MockFunctionCallingLLM(
            response_generator=self._respond, is_chat_model=True
        )

    def _respond(self, messages: Sequence[ChatMessage], **_: Any) -> ChatMessage:
        self.prompts.append([message.model_copy(deep=True) for message in messages])
        return self._answer(messages)


def say(text: str) -> ChatMessage:
    return ChatMessage(role="assistant", content=text)


def call(tool: str, id: str = "c1", **arguments: Any) -> ChatMessage:
    block = ToolCallBlock(tool_call_id=id, tool_name=tool, tool_kwargs=arguments)
    return ChatMessage(role="assistant", blocks=[block])


def user(text: str) -> ChatMessage:
    return ChatMessage(role="user", content=text)


def words(text: str) -> list[str]:
    """A tokenizer whose counts can be read off the page."""
    return text.split()
