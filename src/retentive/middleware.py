"""Memory around any function that answers messages, in the mission's five steps.

1. initialise  2. process the input  3. integrate memory  4. generate
5. process the output
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Protocol

from retentive.memory import Memory
from retentive.recall.context import Context
from retentive.turns import ChatMessage, added, newest_question, text_of

__all__ = [
    "Generate",
    "MemoryMiddleware",
    "Middleware",
    "Turn",
    "compose",
    "converse",
    "last_user_text",
]

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

    def __init__(
        self, memory: Memory, *, budget: int | None = None, learn: bool = False
    ) -> None:
        """Use a memory.

        Args:
            memory: Where to recall from and remember to.
            budget: Tokens of the block; the memory's own if omitted.
            learn: Whether to learn from which memories a reply used.
        """
        self._memory = memory
        self._budget = budget
        self._learn = learn

    def before(self, turn: Turn) -> Turn:
        """Process the input and integrate memory."""
        place = newest_question(turn.messages)
        asked = "" if place is None else text_of(turn.messages[place])
        if not asked:
            return turn
        context = self._memory.context(
            asked,
            budget=self._budget,
            session=turn.session,
            shown=[text_of(message) for message in turn.messages],
        )
        self._memory.remember(added(turn.messages), session=turn.session)
        if not context:
            return turn
        at = newest_question(turn.prompt) or 0
        note = {"role": "user", "content": context.text}
        prompt = [*turn.prompt[:at], note, *turn.prompt[at:]]
        return replace(turn, prompt=prompt, context=context)

    def after(self, turn: Turn) -> Turn:
        """Process the output."""
        if turn.reply is None:
            return turn
        self._memory.remember(turn.reply, session=turn.session)
        if self._learn and turn.context:
            self._memory.answered(turn.context.recall_id, text_of(turn.reply))
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
    return text_of(messages[-1])
