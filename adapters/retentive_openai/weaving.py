"""Puts a block of memories into a list of messages or items, whichever the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from retentive.memory import Memory
from retentive.text.block import OPEN_TAG
from retentive.turns import ChatMessage, is_block, newest_question, text_of
from retentive_openai.delivery import Delivery, Place
from retentive_openai.fitting import fit, tokens_of
from retentive_openai.ledger import Placed
from retentive_openai.reading import INSTRUCTIONS, as_message, chain, has_breakpoint

__all__ = ["CHAT", "RESPONSES", "Dialect", "weave"]

Item = Mapping[str, Any]
_RESULTS = frozenset({"tool", "function"})
_FRAMING_TOKENS = 4  # of the message that holds a block


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How an API writes messages.

    Attributes:
        view: Reads an item as a chat message.
        text_type: The type of a part that is text.
    """

    view: Callable[[Item], ChatMessage]
    text_type: str

    def note(self, block: str) -> dict[str, Any]:
        """Return the message that holds a block."""
        return {"role": "user", "content": block}

    def joined(self, item: Item, block: str) -> dict[str, Any]:
        """Return the user's message with a block in front of what it says."""
        content = item.get("content")
        if isinstance(content, str):
            return {**item, "content": f"{block}\n\n{content}"}
        part = {"type": self.text_type, "text": block}
        return {**item, "content": [part, *(content or ())]}


CHAT = Dialect(view=lambda message: message, text_type="text")
RESPONSES = Dialect(view=as_message, text_type="input_text")


def weave(
    items: Sequence[Item],
    memory: Memory,
    *,
    dialect: Dialect,
    delivery: Delivery,
    session: str | None = None,
    now: datetime | None = None,
    shown: Sequence[str] = (),
) -> list[Item]:
    """Return the items with the memories that the newest question asks for.

    Args:
        items: What the caller sends; not changed.
        memory: Where to recall from.
        dialect: The items' API.
        delivery: Where and how the block enters.
        session: The session that asks.
        now: The asker's present; the clock's if omitted.
        shown: Texts that the model has seen besides the items.
    """
    views = [dialect.view(item) for item in items]
    at = newest_question(views)
    asked = "" if at is None else text_of(views[at])
    if at is None or not asked.strip() or _is_woven(views, at, place=delivery.place):
        return list(items)
    weaver = _Weaver(views, memory, delivery=delivery, dialect=dialect)
    held, budget = weaver.held(at)
    texts = [*shown, *weaver.blocks().values()]
    texts += [text_of(views[place]) for place in held]
    if at not in weaver.placed:
        context = memory.context(
            asked, budget=budget, now=now, session=session, shown=texts
        )
        weaver.place(at, context.text)
    if delivery.join:
        return weaver.joined(items, held)
    return weaver.noted(items, held)


class _Weaver:
    """One request: its messages, and the blocks that stand with its questions."""

    def __init__(
        self,
        views: Sequence[ChatMessage],
        memory: Memory,
        *,
        delivery: Delivery,
        dialect: Dialect,
    ) -> None:
        self._views, self._memory = views, memory
        self._delivery, self._dialect = delivery, dialect
        self._ledger = None if delivery.place == "start" else delivery.ledger
        self._keys = [] if self._ledger is None else chain(views)
        self.placed = self._known()

    def blocks(self) -> dict[int, str]:
        """Return the blocks, by the place of their question."""
        return {n: placed.block for n, placed in self.placed.items() if placed.block}

    def held(self, at: int) -> tuple[list[int], int]:
        """Return the messages that stay, and the tokens of the newest block."""
        limit, counter = self._delivery.limit, self._memory.counter
        budget = self._delivery.budget
        budget = self._memory.budget if budget is None else budget
        if limit is None:
            return list(range(len(self._views))), budget
        blocks = self.blocks()
        budget = min(budget, limit // 2)
        held = fit(
            self._views, at, limit=limit - budget, blocks=blocks, counter=counter
        )
        spent = tokens_of(self._views, held, blocks=blocks, counter=counter)
        return held, max(0, min(budget, limit - spent - _FRAMING_TOKENS))

    def place(self, at: int, block: str) -> None:
        """Put a block where it belongs, for good."""
        self.placed[at] = Placed(block=block, offset=self._offset(at))
        if self._ledger is not None:
            self._ledger.place(self._key(at), self.placed[at])

    def joined(self, items: Sequence[Item], held: Sequence[int]) -> list[Item]:
        """Return what stays, with each block inside its question's message."""
        blocks = self.blocks()
        return [
            self._dialect.joined(items[n], blocks[n]) if n in blocks else items[n]
            for n in held
        ]

    def noted(self, items: Sequence[Item], held: Sequence[int]) -> list[Item]:
        """Return what stays, with each block as a message."""
        notes: dict[int, list[Item]] = {}
        for n, block in self.blocks().items():
            if n in held:
                place = n + self.placed[n].offset
                notes.setdefault(place, []).append(self._dialect.note(block))
        woven: list[Item] = []
        staying = frozenset(held)
        for place in range(len(items) + 1):
            woven += notes.get(place, ())
            if place in staying:
                woven.append(items[place])
        return woven

    def _known(self) -> dict[int, Placed]:
        if self._ledger is None:
            return {}
        asked = [n for n, v in enumerate(self._views) if v.get("role") == "user"]
        found = ((n, self._ledger.placed(self._key(n))) for n in asked)
        return {n: placed for n, placed in found if placed is not None}

    def _key(self, place: int) -> str:
        return json.dumps([self._keys[place], *self._memory.namespace])

    def _offset(self, at: int) -> int:
        """Return how far from its question a block goes.

        Behind what the caller marked to be cached, and never between a call and its
        result.
        """
        views = self._views
        place = at if self._delivery.place == "question" else _start(views)
        marked = [n for n, view in enumerate(views) if has_breakpoint(view)]
        if marked:
            place = max(place, marked[-1] + 1)
        while place < len(views) and views[place].get("role") in _RESULTS:
            place += 1
        return place - at


def _start(views: Sequence[ChatMessage]) -> int:
    """Return the place behind the instructions that come first."""
    first = (n for n, view in enumerate(views) if view["role"] not in INSTRUCTIONS)
    return next(first, len(views))


def _is_woven(views: Sequence[ChatMessage], at: int, *, place: Place) -> bool:
    """Return whether the newest question has its block already."""
    if text_of(views[at]).startswith(f"{OPEN_TAG}\n"):
        return True
    if place == "start" and is_block(views[_start(views)]):
        return True
    before = (
        n
        for n in range(at)
        if views[n]["role"] in ("assistant", "user") and not is_block(views[n])
    )
    since = max(before, default=-1) + 1
    return any(is_block(view) for view in views[since:])
