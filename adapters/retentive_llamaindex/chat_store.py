"""Chat histories in the store, for ``ChatMemoryBuffer`` and whatever takes one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.storage.chat_store import BaseChatStore

from retentive import Memory
from retentive.records import Message
from retentive_llamaindex.messages import to_chat
from retentive_llamaindex.place import Place
from retentive_llamaindex.transcript import Transcript, key_of, session_of

__all__ = ["RetentiveChatStore"]


class RetentiveChatStore(Place, BaseChatStore):
    """Keeps a transcript per key: every message, exactly and in order.

    Safe for many threads and processes. The asynchronous methods, which the base class
    has, do their work in a thread.

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
        return "RetentiveChatStore"

    def set_messages(self, key: str, messages: list[ChatMessage]) -> None:
        """Make these the messages of a key."""
        self._transcript(key).replace(messages)

    def get_messages(self, key: str) -> list[ChatMessage]:
        """Return the messages of a key; none if it is unknown."""
        return [to_chat(message) for message in self._transcript(key).first()]

    def add_message(self, key: str, message: ChatMessage) -> None:
        """Add a message at the end of a key's."""
        self._transcript(key).append([message])

    def delete_messages(self, key: str) -> list[ChatMessage] | None:
        """Remove all messages of a key, and return them; ``None`` if it is unknown."""
        transcript = self._transcript(key)
        present = transcript.first()
        transcript.clear()
        return [to_chat(message) for message in present] or None

    def delete_message(self, key: str, idx: int) -> ChatMessage | None:
        """Remove the message at a place, and return it.

        Args:
            key: Whose.
            idx: From 0, or from the end if negative; beyond them nothing is removed.
        """
        return remove_at(self._transcript(key), idx)

    def delete_last_message(self, key: str) -> ChatMessage | None:
        """Remove the newest message of a key, and return it."""
        return remove_at(self._transcript(key), -1)

    def get_keys(self) -> list[str]:
        """Return the keys that have messages, oldest first."""
        return [
            key for key, archived in map(key_of, self.memory.sessions()) if not archived
        ]

    def _transcript(self, key: str) -> Transcript:
        return Transcript(self.memory, session_of(key), capture=self.capture)


def remove_at(transcript: Transcript, place: int) -> ChatMessage | None:
    """Remove the message at a place, counted from the end if negative."""
    found: Message | None = None
    if place >= 0:
        reached = transcript.first(place + 1)
        found = reached[place] if len(reached) > place else None
    else:
        reached = transcript.last(-place)
        found = reached[0] if len(reached) == -place else None
    if found is None:
        return None
    transcript.remove([found])
    return to_chat(found)
