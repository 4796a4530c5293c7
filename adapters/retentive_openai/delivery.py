"""How memories enter a request: where, in what shape, and at what cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from retentive.errors import InvalidInputError
from retentive_openai.ledger import Ledger

__all__ = ["Delivery", "Place"]

Place = Literal["question", "start"]
"""Right before the newest question, or behind the instructions that come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a caller may choose about the block of memories.

    Attributes:
        budget: Tokens of the block; the memory's own if ``None``.
        place: ``question``, so that the history before it stays as it was, or
            ``start``, for models that read what comes first more closely.
        join: Put the block into the question's own message, for chat templates that
            want the roles to alternate, instead of a message of its own.
        limit: Most tokens of all messages, by the memory's counter; old turns leave
            first, and a block takes at most half of it. ``None``: no limit.
        ledger: Remembers the blocks of earlier turns and puts them where they stood,
            so that each request begins with the whole of the one before.
    """

    budget: int | None = None
    place: Place = "question"
    join: bool = False
    limit: int | None = None
    ledger: Ledger | None = None

    def __post_init__(self) -> None:
        """Refuse bad values at once, not at the first request."""
        if self.place not in get_args(Place):
            raise InvalidInputError(
                f"place must be one of {', '.join(get_args(Place))}; got {self.place!r}"
            )
        for name, least in (("budget", 0), ("limit", 1)):
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InvalidInputError(
                    f"{name} must be a whole number of tokens, at least {least}, "
                    f"got {value!r}"
                )
