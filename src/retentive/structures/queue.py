"""A sliding window: the newest messages that fit."""

from __future__ import annotations

from collections.abc import Sequence

from retentive.errors import InvalidInputError
from retentive.protocols import StructureState, TokenCounter
from retentive.records import Message
from retentive.structures.units import Held, check_budget, check_keep
from retentive.text.counters import estimate_tokens

__all__ = ["Queue"]


class Queue:
    """Keeps the newest messages within a budget."""

    def __init__(
        self,
        *,
        budget: int = 2_000,
        keep: float = 0.75,
        counter: TokenCounter = estimate_tokens,
    ) -> None:
        """Set the window's size.

        Args:
            budget: Most tokens.
            keep: Share of the budget that stays when it overflows, in (0, 1]: below
                1 the beginning of the prompt stays the same for many turns, and
                with it a provider's cache of it.
            counter: Counts tokens.
        """
        self._budget = check_budget(budget)
        self._kept = int(budget * check_keep(keep))
        self._held = Held(counter=counter)

    def add(self, messages: Sequence[Message]) -> list[Message]:
        """Take in messages; return those that leave, oldest first."""
        left: list[Message] = []
        for message in messages:
            if not self._held.add(message):
                left.append(message)
            if self._held.tokens > self._budget:
                left += self._held.shrink(self._kept)
        return left

    def window(self) -> list[Message]:
        """Return the messages that belong in the prompt."""
        return self._held.shown(self._budget)

    def drain(self) -> list[Message]:
        """Let go of all messages."""
        left = list(self._held.messages)
        self._held.units.clear()
        return left

    def state(self) -> StructureState:
        """Return the messages and their units."""
        layout = {"structure": "queue", "units": self._held.arranged()}
        return StructureState(messages=self._held.messages, layout=layout)

    def restore(self, state: StructureState) -> None:
        """Hold the messages of a state."""
        if state.layout.get("structure") != "queue":
            raise InvalidInputError(
                f"a queue cannot hold the state {dict(state.layout)!r}; flush the "
                "session's working memory before choosing another structure"
            )
        self._held.arrange(state.messages, state.layout["units"])
