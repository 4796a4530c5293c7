"""LlamaIndex: its vector index, and the memory block over a vector store."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from retentive.bench.metrics import Ranked
from retentive.bench.peers.chroma import opened
from retentive.bench.peers.model import Note, as_list, package, ranked
from retentive.protocols import Embedder

__all__ = ["LlamaIndexBlock", "LlamaIndexVectors"]

_MESSAGE = re.compile(r"<message role='user'>(.*?)</message>", re.DOTALL)


class LlamaIndexVectors:
    """LlamaIndex's VectorStoreIndex over its SimpleVectorStore, filtered by owner."""

    def __init__(self, embedder: Embedder, *, folder: Path | None = None) -> None:
        """Make an empty index in memory; nothing is kept on disk."""
        core = package("llama_index.core", "llama-index-core")
        self._index: Any = core.VectorStoreIndex([], embed_model=_table(embedder))

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Insert all nodes in one call; only the text is embedded."""
        schema = package("llama_index.core.schema", "llama-index-core")
        self._index.insert_nodes(
            [
                schema.TextNode(
                    text=note.text,
                    metadata={"owner": owner, "note": note.id},
                    excluded_embed_metadata_keys=["owner", "note"],
                )
                for note in notes
            ]
        )

    def search(
        self, query: str, *, owner: str, now: datetime, limit: int
    ) -> list[Ranked]:
        """Retrieve the nodes of one owner."""
        stores = package("llama_index.core.vector_stores", "llama-index-core")
        owned = stores.MetadataFilter(key="owner", value=owner)
        retriever = self._index.as_retriever(
            similarity_top_k=limit, filters=stores.MetadataFilters(filters=[owned])
        )
        return [
            ranked(hit.node.metadata["note"], hit.node.text)
            for hit in retriever.retrieve(query)
        ]

    def close(self) -> None:
        """Nothing is held open."""


class LlamaIndexBlock:
    """LlamaIndex's VectorMemoryBlock over Chroma; an owner is a session of its own.

    It takes only a store that keeps texts, and llama-index-core has none. It gives back
    one text of all hits, which is taken apart again.
    """

    def __init__(self, embedder: Embedder, *, folder: Path | None = None) -> None:
        """Make an empty collection."""
        stores = package(
            "llama_index.vector_stores.chroma", "llama-index-vector-stores-chroma"
        )
        self._client, self._collection = opened(folder)
        self._store = stores.ChromaVectorStore(chroma_collection=self._collection)
        self._embed_model = _table(embedder)
        self._blocks: dict[str, Any] = {}
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._runner = asyncio.Runner()

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Put messages one by one: what is put together is one node."""
        types = package("llama_index.core.base.llms.types", "llama-index-core")
        block = self._block(owner)
        for note in notes:
            self._ids[note.text].append(note.id)
            message = types.ChatMessage(role="user", content=note.text)
            self._runner.run(block.aput([message], session_id=owner))

    def search(
        self, query: str, *, owner: str, now: datetime, limit: int
    ) -> list[Ranked]:
        """Get what the block has to say to the question as a message."""
        types = package("llama_index.core.base.llms.types", "llama-index-core")
        block = self._block(owner)
        block.similarity_top_k = limit
        asked = types.ChatMessage(role="user", content=query)
        told = self._runner.run(block.aget([asked], session_id=owner))
        return [
            Ranked(frozenset(self._ids[text]), text) for text in _MESSAGE.findall(told)
        ]

    def close(self) -> None:
        """Drop the collection."""
        self._runner.close()
        self._client.delete_collection(self._collection.name)

    def _block(self, owner: str) -> Any:
        """Return the owner's block: one keeps the session that it was first asked in."""
        if owner not in self._blocks:
            memory = package("llama_index.core.memory", "llama-index-core")
            self._blocks[owner] = memory.VectorMemoryBlock(
                vector_store=self._store, embed_model=self._embed_model
            )
        return self._blocks[owner]


def _table(embedder: Embedder) -> Any:
    """Return the embedder as one of LlamaIndex's."""
    base = package("llama_index.core.base.embeddings.base", "llama-index-core")

    class Table(base.BaseEmbedding):  # type: ignore[misc,name-defined]
        def _get_text_embedding(self, text: str) -> list[float]:
            return as_list(embedder, text)

        def _get_query_embedding(self, query: str) -> list[float]:
            return as_list(embedder, query)

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return as_list(embedder, query)

        async def _aget_text_embedding(self, text: str) -> list[float]:
            return as_list(embedder, text)

    return Table()
