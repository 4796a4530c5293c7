"""A session's transcript as LangChain's chat history."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence

from langchain_core.chat_history import BaseChatMessageHistory
from langchain_core.messages import BaseMessage

from retentive.memory import Memory
from retentive.protocols import Batch, MessageDelete
from retentive_langchain.messages import from_langchain, to_langchain

__all__ = ["RetentiveChatMessageHistory"]


class RetentiveChatMessageHistory(BaseChatMessageHistory):
    """Keeps every message of a session, exactly and in order, and remembers it.

    Nothing is trimmed or recalled into it, since ``RunnableWithMessageHistory``
    counts on the length. Deprecated upstream since langchain-core 1.6.4; this
    class emits no warning.
    """

    def __init__(
        self, memory: Memory, *, session: str, namespace: Sequence[str] | None = None
    ) -> None:
        """Use a session of a memory.

        Args:
            memory: Closing it stays with the caller.
            session: Which conversation.
            namespace: Whose; the memory's own if omitted.
        """
        self._memory = memory if namespace is None else memory.within(*namespace)
        self._session = session

    @property
    def messages(self) -> list[BaseMessage]:  # type: ignore[override]  # as upstream's own do
        """The session's messages, oldest first."""
        return [to_langchain(said) for said in self._memory.messages(self._session)]

    async def aget_messages(self) -> list[BaseMessage]:
        """Return the session's messages, oldest first."""
        return await to_thread(lambda: self.messages)

    def add_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Append messages, and remember them. One whose id is known is not doubled."""
        now = self._memory.clock()
        self._memory.remember(
            [from_langchain(said, session=self._session, at=now) for said in messages]
        )

    async def aadd_messages(self, messages: Sequence[BaseMessage]) -> None:
        """Append messages, and remember them."""
        await to_thread(self.add_messages, messages)

    def clear(self) -> None:
        """Delete the transcript; what was remembered of it stays."""
        gone = MessageDelete(session=self._session)
        batch = Batch(namespace=self._memory.namespace, message_deletes=[gone])
        self._memory.store.apply(batch)

    async def aclear(self) -> None:
        """Delete the transcript; what was remembered of it stays."""
        await to_thread(self.clear)
