"""Remembers what passed, off the path of the requests, in the order in which it came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import groupby

from retentive.memory import Memory
from retentive.records import Message, Namespace
from retentive_openai.softly import softly

__all__ = ["Writer"]

_MOST_WAITING = 1_000  # exchanges; beyond that new requests wait for the store
_GATHERING_S = (
    0.01  # before a write, while the request itself still needs the processor
)
_Entry = tuple[Memory, Sequence[Message]]


class Writer:
    """Takes messages at once and commits them in batches, one namespace at a time.

    Belongs to one event loop. What it has taken is written before it ends.
    """

    def __init__(self) -> None:
        """Begin with nothing to write."""
        self._waiting: list[_Entry] = []
        self._writing: list[_Entry] = []
        self._news = asyncio.Event()
        self._hurry = asyncio.Event()
        self._written = asyncio.Condition()
        self._ending = False

    @asynccontextmanager
    async def life(self) -> AsyncIterator[None]:
        """Write for the time of the block, and what is left at its end."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._ending = True
            self._news.set()
            self._hurry.set()
            await task

    def put(self, memory: Memory, messages: Sequence[Message]) -> None:
        """Take messages to remember."""
        if messages:
            self._waiting.append((memory, messages))
            self._news.set()

    async def room(self) -> None:
        """Wait until the store has caught up enough to take more."""
        if len(self._waiting) >= _MOST_WAITING:
            self._hurry.set()
        async with self._written:
            await self._written.wait_for(lambda: len(self._waiting) < _MOST_WAITING)

    async def settled(
        self, namespace: Namespace, *, session: str, most_s: float
    ) -> None:
        """Wait until what was asked in other sessions of a namespace is written.

        What a session said itself stands in its own prompt, and answers may come
        a moment later.

        Args:
            namespace: Whose.
            session: The session that need not wait for its own.
            most_s: Seconds after which a slow store is not waited for.
        """
        if not self._owes(namespace, session):
            return
        self._hurry.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(most_s), self._written:
                await self._written.wait_for(lambda: not self._owes(namespace, session))

    def _owes(self, namespace: Namespace, session: str) -> bool:
        return any(
            memory.namespace == namespace
            and messages[0].session != session
            and messages[0].role != "assistant"
            for memory, messages in (*self._writing, *self._waiting)
        )

    async def _run(self) -> None:
        while not self._ending or self._waiting:
            await self._news.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GATHERING_S):
                    await self._hurry.wait()
            self._news.clear()
            self._hurry.clear()
            self._writing, self._waiting = self._waiting, []
            await asyncio.to_thread(_write, self._writing)
            self._writing = []
            async with self._written:
                self._written.notify_all()
            if self._ending:
                self._news.set()
                self._hurry.set()


def _write(entries: Sequence[_Entry]) -> None:
    """Write a batch per namespace; if it is refused, entry by entry."""
    ordered = sorted(entries, key=lambda entry: entry[0].namespace)
    for _, group in groupby(ordered, key=lambda entry: entry[0].namespace):
        mine = list(group)
        memory = mine[0][0]
        together = [message for _, messages in mine for message in messages]
        doing = f"remembering {len(together)} messages at once"
        done = softly(partial(memory.remember, together), doing=doing, strict=False)
        if done is None and len(mine) > 1:
            _write_singly(mine)
        # The next request need not index what was just written.
        softly(memory.frame, doing="indexing what was said", strict=False)


def _write_singly(entries: Sequence[_Entry]) -> None:
    for memory, messages in entries:
        doing = f"remembering {len(messages)} messages"
        softly(partial(memory.remember, messages), doing=doing, strict=False)
