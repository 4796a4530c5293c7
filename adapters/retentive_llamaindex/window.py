"""The newest messages of a transcript that fit a budget of tokens.

A window begins with a message of the user wherever it leaves something out, and never
with the result of a tool whose call is not in it: providers refuse both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from llama_index.core.base.llms.types import ChatMessage, MessageRole

from retentive.records import Message
from retentive_llamaindex.messages import text_of, to_chat

__all__ = ["Entry", "ReadPage", "Window", "read_window"]

ReadPage = Callable[[str | None], Sequence[Message]]
"""Returns the messages right before the one of an id, or the newest, oldest first."""

_ANSWERS = frozenset(
    {
        MessageRole.ASSISTANT,
        MessageRole.CHATBOT,
        MessageRole.MODEL,
        MessageRole.TOOL,
        MessageRole.FUNCTION,
    }
)
_RESULTS = frozenset({MessageRole.TOOL, MessageRole.FUNCTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A message, as it is stored and as LlamaIndex has it, and its price in tokens."""

    message: Message
    chat: ChatMessage
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A run of messages up to the newest one.

    Attributes:
        entries: Oldest first.
        whole: Whether the first one is the transcript's first.
    """

    entries: tuple[Entry, ...] = ()
    whole: bool = True

    @property
    def tokens(self) -> int:
        """What all entries cost."""
        return sum(entry.tokens for entry in self.entries)

    def asked(self) -> int | None:
        """Return the place of the user's newest message."""
        for place in range(len(self.entries) - 1, -1, -1):
            if self.entries[place].chat.role == MessageRole.USER:
                return place
        return None

    def question(self) -> str:
        """Return the words of the user's newest message; empty if there is none."""
        asked = self.asked()
        return "" if asked is None else text_of(self.entries[asked].chat)

    def chats(self) -> list[ChatMessage]:
        """Return the messages."""
        return [entry.chat for entry in self.entries]

    def fitted(self, room: int) -> Window:
        """Return the longest window that costs at most so much.

        If not even the newest turn fits, its question is kept with as many of its
        last steps as do; a question alone is never cut, so that the model, not we,
        refuses it.

        Args:
            room: In tokens.
        """
        if self.whole and self.tokens <= room:
            return self
        starts = self._affordable(room, _may_begin)
        if starts:
            return Window(entries=self.entries[starts[0] :], whole=False)
        return Window(entries=self._last_steps(room), whole=False)

    def _affordable(
        self, room: int, begins: Callable[[ChatMessage], bool], *, since: int = 0
    ) -> list[int]:
        """Return the places from which on everything fits, first one first."""
        places = []
        left = room
        for place in range(len(self.entries) - 1, since - 1, -1):
            left -= self.entries[place].tokens
            if left < 0:
                break
            if begins(self.entries[place].chat):
                places.append(place)
        return places[::-1]

    def _last_steps(self, room: int) -> tuple[Entry, ...]:
        asked = self.asked()
        question = () if asked is None else (self.entries[asked],)
        since = 0 if asked is None else asked + 1
        left = room - sum(entry.tokens for entry in question)
        steps = self._affordable(left, _is_step, since=since)
        rest = self.entries[steps[0] :] if steps else ()
        if not question and not rest:
            return self.entries[-1:]
        return question + rest


def read_window(
    read: ReadPage, *, count: Callable[[ChatMessage], int], room: int
) -> Window:
    """Read a transcript from its end until the room is used up.

    It reads on to the question of the newest turn, whatever that costs.

    Args:
        read: Reads a page.
        count: Prices a message.
        room: In tokens.
    """
    entries: list[Entry] = []
    left = room
    has_question = False
    for message in _backwards(read):
        chat = to_chat(message)
        entry = Entry(message=message, chat=chat, tokens=count(chat))
        left -= entry.tokens
        if left < 0 and has_question:
            return Window(entries=tuple(reversed(entries)), whole=False)
        entries.append(entry)
        has_question |= chat.role == MessageRole.USER
    return Window(entries=tuple(reversed(entries)))


def _backwards(read: ReadPage) -> Iterator[Message]:
    before: str | None = None
    while page := read(before):
        yield from reversed(page)
        before = page[0].id


def _may_begin(message: ChatMessage) -> bool:
    return message.role not in _ANSWERS


def _is_step(message: ChatMessage) -> bool:
    return message.role not in _RESULTS
