"""Memory for the chains of ``langchain-classic``."""

from __future__ import annotations

from asyncio import to_thread
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

from retentive.errors import InvalidInputError, MissingExtraError
from retentive.memory import Memory
from retentive_langchain.legacy.history import RetentiveChatMessageHistory
from retentive_langchain.messages import to_langchain

try:
    from langchain_classic.base_memory import BaseMemory
except ImportError as exc:
    raise MissingExtraError(
        "langchain-classic", extra="langchain-classic", purpose="RetentiveMemory"
    ) from exc

__all__ = ["RetentiveMemory"]


class RetentiveMemory(BaseMemory):
    """Fills a chain's prompt with what matters for its input, and remembers turns.

    The shape of ``ConversationBufferMemory`` and its kin; deprecated upstream.
    Chains that call tools need :class:`~retentive_langchain.RetentiveMiddleware`.

    Attributes:
        memory: Whose memory; closing it stays with the caller.
        session: The conversation.
        memory_key: The prompt's variable for what is recalled.
        input_key: Which input is the user's; needed only where there are several.
        output_key: Which output is the chain's answer; the same.
        budget: Tokens of what is recalled; the memory's own if omitted.
        last: How many of the session's newest messages come along, word for word.
        return_messages: Whether the variable is a list of messages.
    """

    memory: Memory
    session: str = "default"
    memory_key: str = "history"
    input_key: str | None = None
    output_key: str | None = None
    budget: int | None = None
    last: int = 0
    return_messages: bool = False

    @property
    def memory_variables(self) -> list[str]:
        """The prompt's variables that are filled."""
        return [self.memory_key]

    def load_memory_variables(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Recall what matters for the input, and add the newest messages."""
        newest = self.memory.messages(self.session, last=self.last) if self.last else []
        context = self.memory.context(
            _text(inputs, self._input(inputs)),
            budget=self.budget,
            session=self.session,
            shown=[message.content for message in newest],
        )
        block: list[BaseMessage] = [HumanMessage(context.text)] if context else []
        recent = [to_langchain(message) for message in newest]
        if self.return_messages:
            return {self.memory_key: [*block, *recent]}
        told = [f"{said.type.title()}: {said.text}" for said in recent]
        return {
            self.memory_key: "\n".join([*(str(said.text) for said in block), *told])
        }

    async def aload_memory_variables(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Recall what matters for the input, and add the newest messages."""
        return await to_thread(self.load_memory_variables, inputs)

    def save_context(self, inputs: dict[str, Any], outputs: dict[str, str]) -> None:
        """Remember a turn."""
        self._history().add_messages(
            [
                HumanMessage(_text(inputs, self._input(inputs))),
                AIMessage(_text(outputs, _only(outputs, self.output_key, "output"))),
            ]
        )

    async def asave_context(
        self, inputs: dict[str, Any], outputs: dict[str, str]
    ) -> None:
        """Remember a turn."""
        await to_thread(self.save_context, inputs, outputs)

    def clear(self) -> None:
        """Delete the session's transcript; what was remembered of it stays."""
        self._history().clear()

    async def aclear(self) -> None:
        """Delete the session's transcript; what was remembered of it stays."""
        await to_thread(self.clear)

    def _history(self) -> RetentiveChatMessageHistory:
        return RetentiveChatMessageHistory(self.memory, session=self.session)

    def _input(self, inputs: dict[str, Any]) -> str:
        given = {key: inputs[key] for key in inputs if key != self.memory_key}
        return _only(given, self.input_key, "input")


def _only(values: dict[str, Any], key: str | None, kind: str) -> str:
    if key is not None and key in values:
        return key
    if key is not None or len(values) != 1:
        raise InvalidInputError(
            f"which {kind} is meant is not clear: there are {sorted(values)}, and "
            f"{kind}_key is {key!r}; set {kind}_key to one of them"
        )
    return next(iter(values))


def _text(values: dict[str, Any], key: str) -> str:
    value = values[key]
    return str(value.text) if isinstance(value, BaseMessage) else str(value)
