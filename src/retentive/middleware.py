"""Memory around any function that answers messages, in the mission's five steps.

1. initialise  2. process the input  3. integrate memory  4. generate
5. process the output
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Protocol

from retentive.memory import Memory
from retentive.recall.context import Context

__all__ = [
    "Generate",
    "MemoryMiddleware",
    "Middleware",
    "Turn",
    "compose",
    "converse",
    "last_user_text",
]

ChatMessage = Mapping[str, Any]
Generate = Callable[[Sequence[ChatMessage]], ChatMessage]
"""Answers a list of OpenAI-style messages with one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One exchange on its way through the middleware.

    Attributes:
        messages: What the caller sent, untouched.
        prompt: What the model will see.
        reply: What it answered; ``None`` before.
        session: The conversation.
        context: The memories that were integrated.
    """

    messages: Sequence[ChatMessage]
    prompt: Sequence[ChatMessage]
    reply: ChatMessage | None = None
    session: str = "default"
    context: Context = field(default_factory=lambda: Context("", 0, 0))


class Middleware(Protocol):
    """Something to do before and after the model answers."""

    def before(self, turn: Turn) -> Turn:
        """Return the turn with its prompt made ready."""

    def after(self, turn: Turn) -> Turn:
        """Return the turn with its reply dealt with."""


def compose(*middlewares: Middleware) -> Middleware:
    """Return one middleware: befores in order, afters in reverse."""
    return _Composed(middlewares)


@dataclass(frozen=True, slots=True)
class _Composed:
    parts: Sequence[Middleware]

    def before(self, turn: Turn) -> Turn:
        return reduce(lambda so_far, part: part.before(so_far), self.parts, turn)

    def after(self, turn: Turn) -> Turn:
        return reduce(
            lambda so_far, part: part.after(so_far), reversed(self.parts), turn
        )


class MemoryMiddleware:
    """Recalls before the model answers, and remembers what was said after.

    The block of memories joins the prompt as a message of the user, right before
    the newest one: quoted data, behind the history, so that a provider's cached
    prefix holds. The user's message is kept even if the model then fails.
    """

    def __init__(self, memory: Memory, *, budget: int | None = None) -> None:
        """Use a memory.

        Args:
            memory: Where to recall from and remember to.
            budget: Tokens of the block; the memory's own if omitted.
        """
        self._memory = memory
        self._budget = budget

    def before(self, turn: Turn) -> Turn:
        """Process the input and integrate memory."""
        asked = last_user_text(turn.messages)
        if not asked:
            return turn
        context = self._memory.context(asked, budget=self._budget, session=turn.session)
        self._memory.remember(_newest(turn.messages), session=turn.session)
        if not context:
            return turn
        note = {"role": "user", "content": context.text}
        prompt = [*turn.prompt[:-1], note, turn.prompt[-1]]
        return replace(turn, prompt=prompt, context=context)

    def after(self, turn: Turn) -> Turn:
        """Process the output."""
        if turn.reply is not None:
            self._memory.remember(turn.reply, session=turn.session)
        return turn


def converse(
    messages: Sequence[ChatMessage],
    *,
    generate: Generate,
    middleware: Middleware,
    session: str = "default",
) -> Turn:
    """Answer messages with memory.

    Args:
        messages: The conversation so far, the newest message last.
        generate: The model.
        middleware: What happens around it.
        session: The conversation's name.
    """
    turn = Turn(messages=messages, prompt=list(messages), session=session)  # 1
    turn = middleware.before(turn)  # 2, 3
    turn = replace(turn, reply=generate(turn.prompt))  # 4
    return middleware.after(turn)  # 5


def last_user_text(messages: Sequence[ChatMessage]) -> str:
    """Return the text of the newest message if the user sent it, else nothing."""
    if not messages or messages[-1].get("role") != "user":
        return ""
    content = messages[-1].get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, Sequence) else ()
    texts = [part.get("text") for part in parts if isinstance(part, Mapping)]
    return "\n".join(text for text in texts if isinstance(text, str))


def _newest(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return the messages since the last answer: what this turn adds."""
    for place in range(len(messages) - 1, -1, -1):
        if messages[place].get("role") == "assistant":
            return list(messages[place + 1 :])
    return list(messages)
