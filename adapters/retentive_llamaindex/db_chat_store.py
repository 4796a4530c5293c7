"""A queue of messages in the store, for LlamaIndex's own ``Memory``."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.storage.chat_store.base_db import (
    AsyncDBChatStore,
    MessageStatus,
)

from retentive import Memory
from retentive.records import Message
from retentive_llamaindex.chat_store import remove_at
from retentive_llamaindex.messages import to_chat
from retentive_llamaindex.place import Place
from retentive_llamaindex.transcript import Transcript, archive_of, key_of, session_of

__all__ = ["RetentiveDBChatStore"]


class RetentiveDBChatStore(Place, AsyncDBChatStore):
    """Keeps two transcripts per key: the active queue, and what was archived from it.

    Archiving moves messages from one to the other in one commit; doing it twice at
    once moves them once. All work is done in threads, so that it suits any loop.

    Attributes:
        capture: Whether what is added also becomes memories.
    """

    capture: bool = False

    def __init__(
        self, memory: Memory | str | Path | None = None, /, **fields: Any
    ) -> None:
        """Make a chat store.

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
        return "RetentiveDBChatStore"

    async def get_messages(
        self,
        key: str,
        status: MessageStatus | None = MessageStatus.ACTIVE,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[ChatMessage]:
        """Return messages of a key, oldest first; archived ones come before active.

        Args:
            key: Whose.
            status: Which ones; ``None``: all.
            limit: Most messages.
            offset: How many to pass over first.
        """
        return await to_thread(self._get, key, status, limit, offset or 0)

    async def count_messages(
        self, key: str, status: MessageStatus | None = MessageStatus.ACTIVE
    ) -> int:
        """Return how many messages of a status a key has; ``None``: of all."""
        places = await to_thread(self._places, key, status)
        return sum([await to_thread(place.count) for place in places])

    async def add_message(
        self,
        key: str,
        message: ChatMessage,
        status: MessageStatus = MessageStatus.ACTIVE,
    ) -> None:
        """Add a message at the end of a key's."""
        await self.add_messages(key, [message], status)

    async def add_messages(
        self,
        key: str,
        messages: list[ChatMessage],
        status: MessageStatus = MessageStatus.ACTIVE,
    ) -> None:
        """Add messages at the end of a key's, in one commit up to 1,000 of them."""
        await to_thread(self._add, key, messages, status)

    async def set_messages(
        self,
        key: str,
        messages: list[ChatMessage],
        status: MessageStatus = MessageStatus.ACTIVE,
    ) -> None:
        """Make these the messages of a key, whatever status there was before."""
        await to_thread(self._set, key, messages, status)

    async def delete_message(self, key: str, idx: int) -> ChatMessage | None:
        """Remove the active message at a place, and return it.

        Args:
            key: Whose.
            idx: From 0, or from the end if negative; beyond them nothing is removed.
        """
        return await to_thread(lambda: remove_at(self._active(key), idx))

    async def delete_messages(
        self, key: str, status: MessageStatus | None = None
    ) -> None:
        """Remove all messages of a key that have a status; ``None``: any."""
        await to_thread(self._clear, key, status)

    async def delete_oldest_messages(self, key: str, n: int) -> list[ChatMessage]:
        """Remove the oldest active messages of a key, and return them."""
        return await to_thread(self._leave, key, n, archive=False)

    async def archive_oldest_messages(self, key: str, n: int) -> list[ChatMessage]:
        """Archive the oldest active messages of a key, and return them."""
        return await to_thread(self._leave, key, n, archive=True)

    async def get_keys(self) -> list[str]:
        """Return the keys that have messages of any status, oldest first."""
        return await to_thread(self._keys)

    # --- in a thread ------------------------------------------------------------

    def _transcript(self, session: str) -> Transcript:
        return Transcript(self.memory, session, capture=self.capture)

    def _active(self, key: str) -> Transcript:
        return self._transcript(session_of(key))

    def _places(self, key: str, status: MessageStatus | None) -> list[Transcript]:
        places = []
        if status in (None, MessageStatus.ARCHIVED):
            places.append(self._transcript(archive_of(key)))
        if status in (None, MessageStatus.ACTIVE):
            places.append(self._active(key))
        return places

    def _get(
        self, key: str, status: MessageStatus | None, limit: int | None, offset: int
    ) -> list[ChatMessage]:
        end = None if limit is None else offset + limit
        found: list[Message] = []
        for place in self._places(key, status):
            found += place.first(None if end is None else end - len(found))
        return [to_chat(message) for message in found[offset:end]]

    def _add(
        self, key: str, messages: Sequence[ChatMessage], status: MessageStatus
    ) -> None:
        [place] = self._places(key, status)
        place.append(messages)

    def _set(
        self, key: str, messages: Sequence[ChatMessage], status: MessageStatus
    ) -> None:
        [place] = self._places(key, status)
        for other in self._places(key, None):
            if other.session != place.session:
                other.clear()
        place.replace(messages)

    def _clear(self, key: str, status: MessageStatus | None) -> None:
        for place in self._places(key, status):
            place.clear()

    def _leave(self, key: str, n: int, *, archive: bool) -> list[ChatMessage]:
        active = self._active(key)
        oldest = active.first(n)
        if archive:
            active.move(oldest, to=archive_of(key))
        else:
            active.remove(oldest)
        return [to_chat(message) for message in oldest]

    def _keys(self) -> list[str]:
        return list(
            dict.fromkeys(key for key, _ in map(key_of, self.memory.sessions()))
        )
