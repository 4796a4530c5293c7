"""A conversation in the store: appended, replaced, archived, read from either end."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import replace

from llama_index.core.base.llms.types import ChatMessage

from retentive import Memory
from retentive.errors import InvalidInputError
from retentive.protocols import Batch, MessageDelete
from retentive.records import RESERVED, Message
from retentive_llamaindex.messages import from_chat, said

__all__ = ["Transcript", "archive_of", "key_of", "session_of"]

_PAGE = 64  # messages: a window of 3,000 tokens mostly ends within one page
_ACTIVE = "active:"
_ARCHIVED = "archived:"


class Transcript:
    """One session's messages; safe for many threads and processes."""

    def __init__(self, memory: Memory, session: str, *, capture: bool) -> None:
        """Use a session.

        Args:
            memory: Where it is kept.
            session: Its name.
            capture: Whether what is appended also becomes memories.

        Raises:
            InvalidInputError: The name is reserved.
        """
        if session.startswith(RESERVED):
            raise InvalidInputError(
                f"session {session!r} is reserved: names that start with {RESERVED!r} "
                "are our own; choose another"
            )
        self.session = session
        self._memory = memory
        self._capture = capture

    def page(self, before: str | None) -> list[Message]:
        """Return a page of the messages before one of them, or of the newest."""
        return self._read(before=before, last=_PAGE)

    def first(self, number: int | None = None) -> list[Message]:
        """Return the first messages, or all of them."""
        return self._read(first=number)

    def last(self, number: int) -> list[Message]:
        """Return the last messages, oldest first."""
        return self._read(last=number)

    def count(self) -> int:
        """Return how many messages there are."""
        return self._memory.store.count_messages(self._memory.namespace, self.session)

    def append(self, chats: Sequence[ChatMessage]) -> None:
        """Add messages at the end, in one commit up to 1,000 of them."""
        self._append(self._messages(chats))

    def replace(self, chats: Sequence[ChatMessage]) -> None:
        """Make these the whole conversation.

        Those that stand there already keep their identity and time, so that setting
        the same history again adds nothing to what is remembered of it.
        """
        present = self.first()
        wanted = _recognised(self._kept(self._messages(chats)), present)
        same = _common(present, wanted)
        stale = present[same:]
        if self._capture:
            known = {message.id for message in present}
            fresh = [message for message in wanted if message.id not in known]
            self._append(fresh)
            stale = [*stale, *fresh]
        if stale != wanted[same:]:
            self._apply(deletes=stale, appends=wanted[same:])

    def remove(self, messages: Sequence[Message]) -> None:
        """Remove some of its messages."""
        self._apply(deletes=messages)

    def move(self, messages: Sequence[Message], *, to: str) -> None:
        """Move some of its messages to the end of another session, in one commit."""
        there = [replace(message, session=to) for message in messages]
        self._apply(deletes=messages, appends=there)

    def clear(self) -> None:
        """Remove all of its messages."""
        gone = MessageDelete(session=self.session)
        self._memory.store.apply(
            Batch(namespace=self._memory.namespace, message_deletes=[gone])
        )

    def _read(
        self,
        *,
        before: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> list[Message]:
        return self._memory.store.messages(
            self._memory.namespace, self.session, before=before, first=first, last=last
        )

    def _messages(self, chats: Sequence[ChatMessage]) -> list[Message]:
        now = self._memory.clock()
        return [from_chat(chat, session=self.session, at=now) for chat in chats]

    def _append(self, messages: Sequence[Message]) -> None:
        if not messages:
            return
        if self._capture:
            self._memory.remember(messages)
        else:
            self._apply(appends=self._kept(messages))

    def _kept(self, messages: Sequence[Message]) -> list[Message]:
        """Return the messages as processors, such as redaction, want them kept."""
        return list(map(self._memory.capture.prepared, messages))

    def _apply(
        self, *, deletes: Sequence[Message] = (), appends: Sequence[Message] = ()
    ) -> None:
        if not deletes and not appends:
            return
        self._memory.store.apply(
            Batch(
                namespace=self._memory.namespace,
                message_deletes=[
                    MessageDelete(session=self.session, id=message.id)
                    for message in deletes
                ],
                messages=appends,
            )
        )


def session_of(key: str) -> str:
    """Return the session of a chat store's key: its own name, wherever possible."""
    return _ACTIVE + key if key.startswith((_ACTIVE, _ARCHIVED, RESERVED)) else key


def archive_of(key: str) -> str:
    """Return the session in which a key's archived messages lie."""
    return _ARCHIVED + key


def key_of(session: str) -> tuple[str, bool]:
    """Return the key of a session, and whether it is the archive."""
    if session.startswith(_ARCHIVED):
        return session.removeprefix(_ARCHIVED), True
    return session.removeprefix(_ACTIVE), False


def _recognised(
    messages: Sequence[Message], present: Sequence[Message]
) -> list[Message]:
    """Return the messages, those that say what a present one says as that one."""
    unclaimed: dict[object, deque[Message]] = defaultdict(deque)
    for message in present:
        unclaimed[said(message)].append(message)
    return [
        same.popleft() if (same := unclaimed[said(message)]) else message
        for message in messages
    ]


def _common(present: Sequence[Message], wanted: Sequence[Message]) -> int:
    """Return how many messages from the start are the same ones."""
    for place, (there, here) in enumerate(zip(present, wanted, strict=False)):
        if there.id != here.id:
            return place
    return min(len(present), len(wanted))
