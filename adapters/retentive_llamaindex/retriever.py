"""Memories as nodes, for query engines, post-processors and agents."""

from __future__ import annotations

from asyncio import to_thread
from pathlib import Path
from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from retentive import Hit, Memory, Scope
from retentive_llamaindex.place import Place

__all__ = ["RetentiveRetriever"]

_FOR_THE_MODEL = frozenset({"occurred_at", "speaker", "origin"})


class RetentiveRetriever(BaseRetriever):
    """Recalls memories for a query, best first.

    A node's metadata says who said it, when, how far it is trusted, and what each
    signal added to the score; a model is shown the first three of these only. Scores
    compare memories of one recall, and nothing else.
    """

    def __init__(
        self,
        memory: Memory | str | Path | None = None,
        /,
        *,
        limit: int = 10,
        session: str | None = None,
        scope: Scope | None = None,
        **options: Any,
    ) -> None:
        """Make a retriever.

        Args:
            memory: An open memory, a path, a URL or a YAML file; in process if
                omitted.
            limit: Most memories.
            session: The session that asks.
            scope: What may be returned.
            options: Attributes of :class:`~retentive_llamaindex.place.Place`, such as
                ``namespace``; all others go to LlamaIndex's ``BaseRetriever``.
        """
        named = {key: options.pop(key) for key in Place.model_fields if key in options}
        self._place = Place(memory, **named)
        self._limit = limit
        self._session = session
        self._scope = scope
        super().__init__(**options)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        hits = self._place.memory.recall(
            query_bundle.query_str,
            limit=self._limit,
            session=self._session,
            scope=self._scope,
        )
        return [NodeWithScore(node=_node(hit), score=hit.score) for hit in hits]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await to_thread(self._retrieve, query_bundle)


def _node(hit: Hit) -> TextNode:
    record = hit.record
    metadata = {
        "occurred_at": record.occurred_at.date().isoformat(),
        "speaker": record.speaker or record.role,
        "origin": record.origin.value,
        "kind": record.kind.value,
        "session": record.session,
        "importance": record.importance,
        "signals": dict(hit.signals),
        "metadata": dict(record.metadata),
    }
    hidden = [key for key in metadata if key not in _FOR_THE_MODEL]
    return TextNode(
        id_=record.id,
        text=record.content,
        metadata=metadata,
        excluded_llm_metadata_keys=hidden,
        excluded_embed_metadata_keys=list(metadata),
    )
