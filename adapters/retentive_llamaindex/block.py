"""A block for LlamaIndex's own ``Memory``: recalls from all that the queue has seen."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.memory import BaseMemoryBlock
from llama_index.core.utils import get_tokenizer
from pydantic import Field, PrivateAttr

from retentive import Context, Memory
from retentive_llamaindex.capture import remember_once
from retentive_llamaindex.messages import text_of
from retentive_llamaindex.place import Place
from retentive_llamaindex.recalled import counting

__all__ = ["RetentiveMemoryBlock"]

_SESSION = "session_id"  # where Memory writes its own, into messages that it hands on


class RetentiveMemoryBlock(Place, BaseMemoryBlock[str]):
    """Gives ``Memory`` a block of memories, and remembers what passes through it.

    ``Memory`` hands messages to its blocks only when its queue overflows, so a short
    conversation would leave nothing behind. This block also looks at the messages that
    it is asked to recall for, and remembers each of them once.

    Attributes:
        name: The tag around the block.
        priority: From which ``Memory`` takes what to cut first; 0: never cut, which
            may exceed its token limit.
        capture: Whether to remember; not, if the chat store does already.
        context_limit: Most tokens of the block; the memory's own budget if omitted.
        tokenizer_fn: Returns the tokens of a text; LlamaIndex's own if omitted.
    """

    name: str = "memories"
    priority: int = 1
    capture: bool = True
    context_limit: int | None = Field(default=None, ge=0)
    tokenizer_fn: Callable[[str], Sequence[Any]] = Field(
        default_factory=get_tokenizer, exclude=True
    )
    _asked: _Asked | None = PrivateAttr(default=None)
    _seen: AbstractSet[str] = PrivateAttr(default=frozenset())

    def __init__(
        self, memory: Memory | str | Path | None = None, /, **fields: Any
    ) -> None:
        """Make a block.

        Args:
            memory: An open memory, a path, a URL or a YAML file; in process if
                omitted.
            fields: Attributes of the class and of
                :class:`~retentive_llamaindex.place.Place`.
        """
        super().__init__(memory, **fields)

    @classmethod
    def class_name(cls) -> str:
        """Return the name under which LlamaIndex knows the class."""
        return "RetentiveMemoryBlock"

    async def _aget(
        self,
        messages: list[ChatMessage] | None = None,
        session_id: str | None = None,
        **block_kwargs: Any,
    ) -> str:
        """Return the block for the user's newest message; empty if nothing is found."""
        del block_kwargs
        return await to_thread(self._get, _without_echo(messages or []), session_id)

    async def _aput(self, messages: list[ChatMessage]) -> None:
        """Remember messages that leave the queue."""
        if self.capture and messages:
            session = messages[0].additional_kwargs.get(_SESSION)
            await to_thread(self._remember, messages, session)

    async def atruncate(self, content: str, tokens_to_truncate: int) -> str | None:
        """Return the block of the best memories that costs so much less.

        Args:
            content: What the block gave.
            tokens_to_truncate: How many tokens must go.
        """
        asked = self._asked
        if not content or asked is None or asked.context.text != content:
            return None
        budget = asked.context.tokens - tokens_to_truncate
        shorter = await to_thread(self._recall, asked, budget)
        return shorter.text or None

    def _get(self, messages: list[ChatMessage], session: str | None) -> str:
        if self.capture:
            self._seen = self._remember(messages, session)
        question = _question(messages)
        if not question:
            return ""
        shown = tuple(filter(None, map(text_of, messages)))
        held = self._asked
        if held is None or held.key != (question, session, shown):
            limit = self.memory.budget
            if self.context_limit is not None:
                limit = self.context_limit
            asked = _Asked(key=(question, session, shown))
            held = replace(asked, context=self._recall(asked, limit))
            self._asked = held
        return held.context.text

    def _recall(self, asked: _Asked, budget: int) -> Context:
        question, session, shown = asked.key
        return counting(self.memory, self._count).context(
            question, budget=max(0, budget), session=session, shown=shown
        )

    def _count(self, text: str) -> int:
        return len(self.tokenizer_fn(text))

    def _remember(
        self, messages: Sequence[ChatMessage], session: str | None
    ) -> AbstractSet[str]:
        bare = [_without_session(message) for message in messages]
        return remember_once(
            self.memory, bare, session=session or "default", seen=self._seen
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was asked, in which session, beside which texts; and what was found."""

    key: tuple[str, str | None, tuple[str, ...]]
    context: Context = field(default_factory=lambda: Context("", 0, 0))


def _question(messages: Sequence[ChatMessage]) -> str:
    for message in reversed(messages):
        if message.role == MessageRole.USER:
            return text_of(message)
    return ""


def _without_echo(messages: list[ChatMessage]) -> list[ChatMessage]:
    """Leave out the question that an agent asks again though it is in the queue."""
    if len(messages) < 2 or messages[-1].role != MessageRole.USER:
        return messages
    question = text_of(messages[-1])
    before = [text_of(m) for m in messages[:-1] if m.role == MessageRole.USER]
    return messages[:-1] if before[-1:] == [question] else messages


def _without_session(message: ChatMessage) -> ChatMessage:
    rest = {k: v for k, v in message.additional_kwargs.items() if k != _SESSION}
    return message.model_copy(update={"additional_kwargs": rest})
