"""Messages in units that never part: a call of a tool with its results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from retentive.errors import InvalidInputError
from retentive.protocols import Passage, TokenCounter
from retentive.records import Message
from retentive.text.block import CLOSE_TAG, OPEN_TAG, escape
from retentive.text.counters import estimate_tokens

__all__ = [
    "Held",
    "Unit",
    "beside",
    "check_budget",
    "check_keep",
    "cut",
    "is_note",
    "message_tokens",
    "note",
    "passages",
]

_TOOL_ROLES = frozenset({"tool", "function"})  # "function" is OpenAI's older name
_NOTE = "retentive_note"  # marks, in `raw`, what a structure wrote itself
_FRAMING_TOKENS = 4  # role and separators of a message in OpenAI's chat format
_PICTURE_TOKENS = 85  # of a picture at low detail, OpenAI's smallest price
_MARK = " […] "  # where the middle of a text was left out


@dataclass(frozen=True, slots=True)
class Unit:
    """Messages that stay together, and the tokens that they cost."""

    messages: tuple[Message, ...]
    tokens: int

    @property
    def waits(self) -> bool:
        """Whether a call in it has no result yet."""
        asked = [call.id for message in self.messages for call in message.tool_calls]
        answered = sum(message.role in _TOOL_ROLES for message in self.messages)
        return answered < len(asked)


class Held:
    """Units in order, oldest first."""

    def __init__(self, *, counter: TokenCounter = estimate_tokens) -> None:
        """Choose how tokens are counted."""
        self._counter = counter
        self.units: list[Unit] = []

    @property
    def tokens(self) -> int:
        """Tokens of all units."""
        return sum(unit.tokens for unit in self.units)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All messages; a result stands behind its call, whenever it came."""
        return tuple(message for unit in self.units for message in unit.messages)

    def add(self, message: Message) -> bool:
        """Take in a message; return whether it is held.

        A result joins the newest unit that holds its call. One whose call is not
        here cannot stand in a prompt: it is not held.
        """
        tokens = message_tokens(message, counter=self._counter)
        if message.role not in _TOOL_ROLES:
            self.units.append(Unit((message,), tokens))
            return True
        for place in range(len(self.units) - 1, -1, -1):
            unit = self.units[place]
            if _calls(unit, message.tool_call_id):
                joined = (*unit.messages, message)
                self.units[place] = Unit(joined, unit.tokens + tokens)
                return True
        return False

    def shrink(self, budget: int) -> list[Message]:
        """Let the oldest units go until the rest fits; the newest stays."""
        left: list[Message] = []
        tokens = self.tokens
        while tokens > budget and len(self.units) > 1:
            unit = self.units.pop(0)
            tokens -= unit.tokens
            left.extend(unit.messages)
        return left

    def shown(self, budget: int, *, settled: bool = False) -> list[Message]:
        """Return the newest units that fit, in order.

        Args:
            budget: Most tokens. Where not even the newest unit fits, the longest
                texts in it lose their middles.
            settled: Leave out units whose calls have no results yet.
        """
        units = [unit for unit in self.units if not (settled and unit.waits)]
        fitting: list[Unit] = []
        for unit in reversed(units):
            if unit.tokens > budget:
                break
            budget -= unit.tokens
            fitting.insert(0, unit)
        if units and not fitting:
            return self._shortened(units[-1], budget)
        return [message for unit in fitting for message in unit.messages]

    def arranged(self) -> list[int]:
        """Return how many messages each unit has."""
        return [len(unit.messages) for unit in self.units]

    def arrange(self, messages: Sequence[Message], sizes: Sequence[int]) -> None:
        """Hold messages in units of these sizes.

        Raises:
            InvalidInputError: The sizes do not add up to the messages.
        """
        if sum(sizes) != len(messages) or any(size < 1 for size in sizes):
            raise InvalidInputError(
                f"the state holds {len(messages)} messages in units of {list(sizes)!r};"
                " it was not written by a structure's state()"
            )
        remaining = iter(messages)
        self.units = [self._unit(tuple(islice(remaining, size))) for size in sizes]

    def _unit(self, messages: tuple[Message, ...]) -> Unit:
        costs = [message_tokens(m, counter=self._counter) for m in messages]
        return Unit(messages, sum(costs))

    def _shortened(self, unit: Unit, budget: int) -> list[Message]:
        """Return a unit within a budget, nothing if its texts are not the reason."""
        messages = list(unit.messages)
        while (excess := self._unit(tuple(messages)).tokens - budget) > 0:
            costs = [self._counter(message.content) for message in messages]
            longest = max(range(len(messages)), key=costs.__getitem__)
            content = cut(
                messages[longest].content,
                max(0, costs[longest] - excess),
                counter=self._counter,
            )
            if not messages[longest].content:
                return []
            messages[longest] = replace(messages[longest], content=content, parts=())
        return messages


def message_tokens(message: Message, *, counter: TokenCounter) -> int:
    """Return what a message costs in a prompt: its words, calls and pictures."""
    called = [
        counter(call.id) + counter(call.name) + counter(call.arguments)
        for call in message.tool_calls
    ]
    pictures = sum(part.type != "text" for part in message.parts)
    named = counter(message.name) if message.name else 0
    words = counter(message.content) + named + sum(called)
    return _FRAMING_TOKENS + words + _PICTURE_TOKENS * pictures


def cut(text: str, budget: int, *, counter: Callable[[str], int]) -> str:
    """Return a text without its middle, within a budget; empty if nothing fits."""
    if counter(text) <= budget:
        return text
    keep = len(text)
    while keep := keep * 3 // 4:
        head, tail = keep * 2 // 3, keep // 3
        shorter = text[:head].rstrip() + _MARK + text[len(text) - tail :].lstrip()
        if counter(shorter) <= budget:
            return shorter
    return ""


def note(lines: Sequence[str], *, like: Message | None, id: str) -> Message:
    """Return a message that a structure writes itself: quoted data of the user.

    It stands between the tags of our blocks, so that it is never remembered.

    Args:
        lines: What it says; tags in it are defused.
        like: A message whose session and time it takes.
        id: Its id: the same note has the same one.
    """
    content = "\n".join([OPEN_TAG, *map(escape, lines), CLOSE_TAG])
    written = Message(role="user", content=content, id=id, raw={_NOTE: True})
    return written if like is None else beside(like, written)


def beside(like: Message, message: Message) -> Message:
    """Return a message with another's session and time."""
    return replace(message, session=like.session, at=like.at)


def is_note(message: Message) -> bool:
    """Return whether a structure wrote this message."""
    return bool(message.raw.get(_NOTE))


def passages(messages: Sequence[Message]) -> list[Passage]:
    """Return the words of messages for a summary; calls of tools have none."""
    return [
        Passage(text=message.content, speaker=message.name or message.role)
        for message in messages
        if message.content.strip() and not is_note(message)
    ]


def check_budget(budget: int) -> int:
    """Return a budget in tokens.

    Raises:
        InvalidInputError: It is no whole number above 0.
    """
    if isinstance(budget, bool) or not isinstance(budget, int) or budget < 1:
        raise InvalidInputError(
            f"budget must be a whole number of tokens above 0, got {budget!r}"
        )
    return budget


def check_keep(keep: float) -> float:
    """Return the share of a budget that is kept when it overflows.

    Raises:
        InvalidInputError: It is not in (0, 1].
    """
    if isinstance(keep, bool) or not 0.0 < keep <= 1.0:
        raise InvalidInputError(f"keep must be above 0 and at most 1, got {keep!r}")
    return keep


def _calls(unit: Unit, id: str | None) -> bool:
    """Return whether a unit asks for this call, or for any if it is not named."""
    return any(
        not id or call.id == id
        for message in unit.messages
        for call in message.tool_calls
    )
