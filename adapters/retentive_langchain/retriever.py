"""A memory as a retriever, for chains and for tools made of retrievers."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from pydantic import Field

from retentive.memory import Memory
from retentive.records import Hit, Namespace
from retentive_langchain.scope import own_namespace, present_scope

__all__ = ["RetentiveRetriever"]


class RetentiveRetriever(BaseRetriever):
    """Finds memories as documents, best first.

    A document has the memory's content and id, and its metadata, ``score`` and
    ``signals`` (what each signal adds to the score) among them.

    Attributes:
        memory: What to recall from; closing it stays with the caller.
        k: Most documents; ``invoke(…, k=…)`` overrides it.
        namespace: Whose memory, where a run does not say.
        conditions: What may be found, as the conditions of
            :meth:`retentive.memory.Memory.recall`: ``where``, ``kinds``, ``since``, ….
    """

    memory: Memory
    k: int = 10
    namespace: Namespace | None = None
    conditions: Mapping[str, Any] = Field(default_factory=dict)

    def invoke(
        self, input: str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> list[Document]:
        """Find documents; ``k`` and ``namespace`` may be given for once."""
        given = {"namespace": self._whose(config), **kwargs}
        return super().invoke(input, config, **given)

    async def ainvoke(
        self, input: str, config: RunnableConfig | None = None, **kwargs: Any
    ) -> list[Document]:
        """Find documents; ``k`` and ``namespace`` may be given for once."""
        given = {"namespace": self._whose(config), **kwargs}
        return await super().ainvoke(input, config, **given)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        namespace: Namespace = (),
        k: int | None = None,
    ) -> list[Document]:
        return self._found(query, namespace or self._whose(None), k)

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        namespace: Namespace = (),
        k: int | None = None,
    ) -> list[Document]:
        namespace = namespace or self._whose(None)
        return await to_thread(self._found, query, namespace, k)

    def _whose(self, config: RunnableConfig | None) -> Namespace:
        fallback = own_namespace(self.memory, self.namespace)
        return present_scope(config, fallback=fallback).namespace

    def _found(
        self, query: str, namespace: Namespace, limit: int | None
    ) -> list[Document]:
        memory = self.memory.within(*namespace)
        limit = self.k if limit is None else limit
        hits = memory.recall(query, limit=limit, **self.conditions)
        return [_document(hit) for hit in hits]


def _document(hit: Hit) -> Document:
    record = hit.record
    return Document(
        page_content=record.content,
        id=record.id,
        metadata={
            **record.metadata,
            "occurred_at": record.occurred_at.isoformat(),
            "origin": record.origin.value,
            "speaker": record.speaker or record.role,
            "session": record.session,
            "score": hit.score,
            "signals": dict(hit.signals),
        },
    )
