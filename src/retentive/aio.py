"""The same memory for asyncio: one thread hop per call, nothing on the loop."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from retentive.consolidate.erasing import Receipt
from retentive.consolidate.report import JournalEntry, Report
from retentive.memory import Memory
from retentive.processors.inputs import Input
from retentive.protocols import ConsolidationPolicy, Embedder, LearnedWeights
from retentive.recall.context import Context
from retentive.recall.explain import Explanation, WhyNot
from retentive.recall.filters import Scope
from retentive.records import MemoryRecord, Message, Recalled, Status
from retentive.watching import Watched, listening, look, position
from retentive.working import WorkingMemory

__all__ = ["AsyncMemory", "AsyncWorkingMemory"]


class AsyncMemory:
    """A :class:`~retentive.memory.Memory` whose methods are awaited.

    Every method takes the same arguments and raises the same errors. A call that
    is cancelled while its thread works still completes there.
    """

    def __init__(self, memory: Memory) -> None:
        """Wrap a memory, reachable as ``memory.sync``."""
        self.sync = memory

    @classmethod
    async def open(
        cls,
        target: str | Path | None = None,
        *,
        namespace: Sequence[str] | None = None,
        embedder: str | Embedder | None = None,
        **options: Any,
    ) -> Self:
        """Open a memory; see :meth:`Memory.open`."""
        memory = await to_thread(
            lambda: Memory.open(
                target, namespace=namespace, embedder=embedder, **options
            )
        )
        return cls(memory)

    def within(self, *labels: str) -> AsyncMemory:
        """Return the memory of another namespace over the same store."""
        return AsyncMemory(self.sync.within(*labels))

    async def remember(
        self,
        items: Input | Iterable[Input],
        *,
        session: str | None = None,
        at: datetime | None = None,
    ) -> list[str]:
        """Store what was said; see :meth:`Memory.remember`."""
        return await to_thread(self.sync.remember, items, session=session, at=at)

    async def recall(
        self,
        query: str,
        *,
        limit: int = 10,
        now: datetime | None = None,
        session: str | None = None,
        scope: Scope | None = None,
        **conditions: Any,
    ) -> Recalled:
        """Find memories; see :meth:`Memory.recall`."""
        return await to_thread(
            self.sync.recall,
            query,
            limit=limit,
            now=now,
            session=session,
            scope=scope,
            **conditions,
        )

    async def context(
        self,
        query: str,
        *,
        budget: int | None = None,
        now: datetime | None = None,
        session: str | None = None,
        shown: Sequence[str] = (),
        scope: Scope | None = None,
        **conditions: Any,
    ) -> Context:
        """Write a block for the prompt; see :meth:`Memory.context`."""
        return await to_thread(
            self.sync.context,
            query,
            budget=budget,
            now=now,
            session=session,
            shown=shown,
            scope=scope,
            **conditions,
        )

    async def explain(self, query: str, **options: Any) -> Explanation:
        """Recall and say why; see :meth:`Memory.explain`."""
        return await to_thread(self.sync.explain, query, **options)

    async def why_not(self, id: str, query: str, **options: Any) -> WhyNot:
        """Say why a memory is not recalled; see :meth:`Memory.why_not`."""
        return await to_thread(self.sync.why_not, id, query, **options)

    async def get(self, id: str) -> MemoryRecord:
        """Return one record; see :meth:`Memory.get`."""
        return await to_thread(self.sync.get, id)

    async def leaves(self, id: str) -> list[MemoryRecord]:
        """Return what a summary stands for; see :meth:`Memory.leaves`."""
        return await to_thread(self.sync.leaves, id)

    async def messages(self, session: str, *, last: int | None = None) -> list[Message]:
        """Return a transcript; see :meth:`Memory.messages`."""
        return await to_thread(self.sync.messages, session, last=last)

    async def update(
        self, id: str, *, expected_version: int | None = None, **changes: Any
    ) -> MemoryRecord:
        """Change a record; see :meth:`Memory.update`."""
        return await to_thread(
            self.sync.update, id, expected_version=expected_version, **changes
        )

    def working(self, session: str = "default") -> AsyncWorkingMemory:
        """Return what a session's prompt holds; see :meth:`Memory.working`."""
        return AsyncWorkingMemory(self.sync.working(session))

    async def forget(
        self,
        ids: Sequence[str] = (),
        *,
        query: str | None = None,
        dry_run: bool = False,
    ) -> list[str]:
        """Delete records; see :meth:`Memory.forget`."""
        return await to_thread(self.sync.forget, ids, query=query, dry_run=dry_run)

    async def erase(self, *, below: bool = False) -> Receipt:
        """Remove everything of this namespace; see :meth:`Memory.erase`."""
        return await to_thread(self.sync.erase, below=below)

    async def used(self, ids: Sequence[str]) -> None:
        """Say which memories an answer relied on; see :meth:`Memory.used`."""
        await to_thread(self.sync.used, ids)

    async def history(self, id: str) -> list[MemoryRecord]:
        """Return what a record replaced; see :meth:`Memory.history`."""
        return await to_thread(self.sync.history, id)

    async def sessions(self) -> list[str]:
        """Return the conversations; see :meth:`Memory.sessions`."""
        return await to_thread(self.sync.sessions)

    async def consolidate(
        self, *policies: ConsolidationPolicy, **options: Any
    ) -> Report:
        """Tidy up by policies; see :meth:`Memory.consolidate`."""
        return await to_thread(self.sync.consolidate, *policies, **options)

    async def undo(self, commit: str) -> Report:
        """Take back a consolidation; see :meth:`Memory.undo`."""
        return await to_thread(self.sync.undo, commit)

    async def journal(self) -> list[JournalEntry]:
        """Return what can be undone; see :meth:`Memory.journal`."""
        return await to_thread(self.sync.journal)

    async def feedback(
        self,
        recall_id: str,
        *,
        helpful: Sequence[str] = (),
        unhelpful: Sequence[str] = (),
    ) -> LearnedWeights | None:
        """Say which memories helped; see :meth:`Memory.feedback`."""
        return await to_thread(
            self.sync.feedback, recall_id, helpful=helpful, unhelpful=unhelpful
        )

    async def answered(self, recall_id: str, answer: str) -> list[str]:
        """Learn from what an answer used; see :meth:`Memory.answered`."""
        return await to_thread(self.sync.answered, recall_id, answer)

    async def count(self) -> Mapping[Status, int]:
        """Return how many records there are; see :meth:`Memory.count`."""
        return await to_thread(self.sync.count)

    async def watch(self, *, poll_s: float = 0.1) -> AsyncIterator[Watched]:
        """Yield what changes from now on; see :meth:`Memory.watch`."""
        namespaces = (self.sync.namespace, *self.sync.also_read)
        store = self.sync.store
        with listening(store, namespaces) as told:
            seen = await to_thread(position, store, namespaces)
            while True:
                changes, seen = await to_thread(look, store, seen)
                for change in changes:
                    yield change
                while not changes and not await to_thread(told, poll_s):
                    pass

    async def close(self) -> None:
        """Save snapshots and close the store."""
        await to_thread(self.sync.close)

    async def __aenter__(self) -> Self:
        """Return itself; leaving the block closes it."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the memory."""
        await to_thread(self.sync.__exit__, kind, error, trace)


class AsyncWorkingMemory:
    """A :class:`~retentive.working.WorkingMemory` whose methods are awaited."""

    def __init__(self, working: WorkingMemory) -> None:
        """Wrap a working memory, reachable as ``working.sync``."""
        self.sync = working

    async def add(self, items: Input | Iterable[Input]) -> None:
        """Take in messages; see :meth:`WorkingMemory.add`."""
        await to_thread(self.sync.add, items)

    async def window(self) -> list[Message]:
        """Return what belongs in the prompt; see :meth:`WorkingMemory.window`."""
        return await to_thread(self.sync.window)

    async def tasks(self) -> tuple[str, ...]:
        """Return the open tasks; see :meth:`WorkingMemory.tasks`."""
        return await to_thread(self.sync.tasks)

    async def push(self, task: str) -> None:
        """Begin a task; see :meth:`WorkingMemory.push`."""
        await to_thread(self.sync.push, task)

    async def pop(self, result: str | None = None) -> None:
        """End a task; see :meth:`WorkingMemory.pop`."""
        await to_thread(self.sync.pop, result)

    async def flush(self) -> None:
        """Remember all and leave it empty; see :meth:`WorkingMemory.flush`."""
        await to_thread(self.sync.flush)
