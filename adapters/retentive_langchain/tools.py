"""Tools with which an agent manages memory itself."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool

from retentive.memory import Memory
from retentive.records import Hit, Kind, MemoryRecord, Origin
from retentive.text.block import CLOSE_TAG, OPEN_TAG, escape
from retentive_langchain.scope import own_namespace, present_scope

__all__ = ["memory_tools"]


def memory_tools(
    memory: Memory, *, namespace: Sequence[str] | None = None, limit: int = 5
) -> list[BaseTool]:
    """Return the tools ``remember``, ``recall`` and ``forget``.

    Whose memory they use is decided in each call, as for
    :class:`~retentive_langchain.RetentiveMiddleware`: by the run's context, its
    configuration, or what is given here. They work in and out of graphs, and in
    asyncio in a thread. What they answer stands in our tags: a middleware that
    listens does not learn it again.

    Args:
        memory: What to use; closing it stays with the caller.
        namespace: Whose memory, where a run does not say.
        limit: Most memories that a recall returns.
    """
    fallback = own_namespace(memory, namespace)

    def whose() -> tuple[Memory, str]:
        scope = present_scope(fallback=fallback)
        return memory.within(*scope.namespace), scope.session

    def remember(text: str) -> str:
        """Remember a fact for later conversations, in one self-contained sentence."""
        mine, session = whose()
        [id] = mine.remember(_note(text, mine, session)) or ["nothing"]
        return _answer([f"Remembered as {id}."])

    def recall(query: str) -> str:
        """Look up what is remembered from earlier conversations."""
        mine, session = whose()
        hits = mine.recall(query, limit=limit, session=session)
        return _answer([_line(hit) for hit in hits] or ["Nothing is remembered."])

    def forget(ids: list[str]) -> str:
        """Delete memories for good, by the ids that recall has shown."""
        mine, _ = whose()
        gone = mine.forget(ids)
        return _answer([f"Forgotten: {', '.join(gone) or 'nothing, no such ids'}."])

    return [_tool(function) for function in (remember, recall, forget)]


def _tool(function: Callable[..., str]) -> BaseTool:
    async def coroutine(**arguments: Any) -> str:
        return await to_thread(function, **arguments)

    return StructuredTool.from_function(function, coroutine)


def _note(text: str, memory: Memory, session: str) -> MemoryRecord:
    now: datetime = memory.clock()
    return MemoryRecord(
        content=text,
        namespace=memory.namespace,
        kind=Kind.SEMANTIC,
        role="assistant",
        origin=Origin.ASSISTANT,
        session=session,
        occurred_at=now,
        recorded_at=now,
    )


def _line(hit: Hit) -> str:
    record = hit.record
    who = record.speaker or record.role or record.origin.value
    said = " ".join(escape(record.content).split())
    label = " (unverified)" if record.origin in (Origin.TOOL, Origin.WEB) else ""
    return f"- [{record.id}] {record.occurred_at.date()}, {escape(who)}{label}: {said}"


def _answer(lines: Sequence[str]) -> str:
    return "\n".join([OPEN_TAG, *lines, CLOSE_TAG])
