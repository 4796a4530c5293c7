"""The systems that speed.py measures, each behind the same four methods.

An adapter does what that system's documentation tells a user to do, with vectors
from the workload's table and without a language model. Imports happen in the
constructor, so that a missing package is found out there, and a cold start counts
the import.
"""

from __future__ import annotations

import contextlib
import importlib
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import workload

LIMIT = 10
"""Hits asked for by every search."""


class Peer(Protocol):
    """One system under measurement; a namespace is a number."""

    def add(self, namespace: int, text: str) -> None:
        """Store one memory, acknowledged."""

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Store many memories the fastest documented way."""

    def search(self, namespace: int, query: str) -> int:
        """Return how many hits were found."""

    def close(self) -> None:
        """Release everything."""


class TableEmbedder:
    """The workload's vectors as one of our embedders."""

    fingerprint = f"table:{workload.DIM}:1"
    dim = workload.DIM
    scripts = None

    def embed(self, texts: Sequence[str]) -> Any:
        """Look the vectors up."""
        return workload.embed(texts)


class RetentivePeer:
    """Retentive over a SQLite file, all default signals, without vectors."""

    def __init__(self, folder: Path, *, embedder: Any = "none") -> None:
        """Open an empty file."""
        from retentive import Memory

        self._memory = Memory.open(folder / "memory.db", embedder=embedder)

    def add(self, namespace: int, text: str) -> None:
        """Remember one text."""
        self._memory.within(str(namespace)).remember(text)

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Remember many texts in one call."""
        self._memory.within(str(namespace)).remember(list(texts))

    def search(self, namespace: int, query: str) -> int:
        """Recall from one namespace."""
        return len(self._memory.within(str(namespace)).recall(query, limit=LIMIT))

    def close(self) -> None:
        """Close the file."""
        self._memory.close()


class RetentiveVectorsPeer(RetentivePeer):
    """Retentive with the table's vectors besides."""

    def __init__(self, folder: Path) -> None:
        """Open an empty file."""
        super().__init__(folder, embedder=TableEmbedder())


class InMemoryStorePeer:
    """LangGraph's InMemoryStore: a dictionary and numpy; nothing is kept on disk."""

    def __init__(self, folder: Path) -> None:
        """Open an empty store."""
        from langgraph.store.memory import InMemoryStore

        self._store: Any = InMemoryStore(index=_langgraph_index())
        self._added = 0

    def add(self, namespace: int, text: str) -> None:
        """Put one item."""
        self._store.put(("bench", str(namespace)), self._key(), {"text": text})

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Put all items as one batch."""
        from langgraph.store.base import PutOp

        labels = ("bench", str(namespace))
        self._store.batch([PutOp(labels, self._key(), {"text": t}) for t in texts])

    def search(self, namespace: int, query: str) -> int:
        """Search one namespace by vector."""
        labels = ("bench", str(namespace))
        return len(self._store.search(labels, query=query, limit=LIMIT))

    def close(self) -> None:
        """Nothing is held open."""

    def _key(self) -> str:
        self._added += 1
        return str(self._added)


class SqliteStorePeer(InMemoryStorePeer):
    """LangGraph's SqliteStore: sqlite-vec in one file."""

    def __init__(self, folder: Path) -> None:
        """Open an empty file."""
        _allow_extensions()
        from langgraph.store.sqlite import SqliteStore

        self._stack = contextlib.ExitStack()
        opened = SqliteStore.from_conn_string(
            str(folder / "store.db"), index=_langgraph_index()
        )
        self._store = self._stack.enter_context(opened)
        self._store.setup()
        self._added = 0

    def close(self) -> None:
        """Close the file."""
        self._stack.close()


class LlamaIndexPeer:
    """LlamaIndex's VectorStoreIndex over its SimpleVectorStore, filtered by owner.

    Its VectorMemoryBlock does the same work, but takes only a store that keeps
    texts, and llama-index-core has none.
    """

    def __init__(self, folder: Path) -> None:
        """Make an empty index in memory."""
        from llama_index.core import VectorStoreIndex
        from llama_index.core.base.embeddings.base import BaseEmbedding

        class Table(BaseEmbedding):
            def _get_text_embedding(self, text: str) -> list[float]:
                return _as_list(text)

            def _get_query_embedding(self, query: str) -> list[float]:
                return _as_list(query)

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return _as_list(query)

        self._index: Any = VectorStoreIndex([], embed_model=Table())

    def add(self, namespace: int, text: str) -> None:
        """Insert one node."""
        self.bulk(namespace, [text])

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Insert nodes in one call."""
        from llama_index.core.schema import TextNode

        owner = {"owner": str(namespace)}
        self._index.insert_nodes([TextNode(text=t, metadata=owner) for t in texts])

    def search(self, namespace: int, query: str) -> int:
        """Retrieve the nodes of one owner."""
        from llama_index.core.vector_stores import MetadataFilter, MetadataFilters

        owner = MetadataFilter(key="owner", value=str(namespace))
        retriever = self._index.as_retriever(
            similarity_top_k=LIMIT, filters=MetadataFilters(filters=[owner])
        )
        return len(retriever.retrieve(query))

    def close(self) -> None:
        """Nothing is held open."""


class ChromaPeer:
    """Chroma with a file; the owner is metadata, as its documentation advises."""

    def __init__(self, folder: Path) -> None:
        """Open a collection, made if it is not there."""
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        client = chromadb.PersistentClient(str(folder / "chroma"), settings=settings)
        self._collection: Any = client.get_or_create_collection(
            "bench", embedding_function=None
        )
        self._added = 0

    def add(self, namespace: int, text: str) -> None:
        """Add one document."""
        self.bulk(namespace, [text])

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Add documents in one call."""
        first, self._added = self._added, self._added + len(texts)
        self._collection.add(
            ids=[str(number) for number in range(first, self._added)],
            documents=list(texts),
            embeddings=workload.embed(texts),
            metadatas=[{"owner": str(namespace)}] * len(texts),
        )

    def search(self, namespace: int, query: str) -> int:
        """Query the documents of one owner."""
        found = self._collection.query(
            query_embeddings=workload.embed([query]),
            n_results=LIMIT,
            where={"owner": str(namespace)},
        )
        return len(found["ids"][0])

    def close(self) -> None:
        """Chroma closes with its process."""


class Mem0Peer:
    """mem0 with its default local store (qdrant, on disk), infer=False: no model."""

    def __init__(self, folder: Path) -> None:
        """Open an empty memory whose embedder is the table."""
        from mem0 import Memory
        from mem0.embeddings.base import EmbeddingBase

        class Table(EmbeddingBase):  # type: ignore[misc]
            def embed(self, text: str, memory_action: object = None) -> list[float]:
                return _as_list(text)

        # mem0 builds the clients of its default models even where none is called.
        unused = {"provider": "openai", "config": {"api_key": "unused"}}
        store = {
            "collection_name": "bench",
            "path": str(folder / "qdrant"),
            "on_disk": True,
            "embedding_model_dims": workload.DIM,
        }
        self._memory: Any = Memory.from_config(
            {
                "llm": unused,
                "embedder": unused,
                "vector_store": {"provider": "qdrant", "config": store},
                "history_db_path": str(folder / "history.db"),
            }
        )
        self._memory.embedding_model = Table()

    def add(self, namespace: int, text: str) -> None:
        """Add one memory as it is."""
        self._memory.add(text, user_id=str(namespace), infer=False)

    def bulk(self, namespace: int, texts: Sequence[str]) -> None:
        """Add messages in one call; mem0 stores them one by one."""
        messages = [{"role": "user", "content": text} for text in texts]
        self._memory.add(messages, user_id=str(namespace), infer=False)

    def search(self, namespace: int, query: str) -> int:
        """Search the memories of one user."""
        found = self._memory.search(
            query, filters={"user_id": str(namespace)}, top_k=LIMIT, threshold=0.0
        )
        return len(found["results"])

    def close(self) -> None:
        """Close its database."""
        self._memory.close()


PEERS: Mapping[str, Callable[[Path], Peer]] = MappingProxyType(
    {
        "retentive": RetentivePeer,
        "retentive-vectors": RetentiveVectorsPeer,
        "langgraph-memory": InMemoryStorePeer,
        "langgraph-sqlite": SqliteStorePeer,
        "llamaindex": LlamaIndexPeer,
        "chroma": ChromaPeer,
        "mem0": Mem0Peer,
    }
)
"""Systems by the name that ``--systems`` takes."""


def _allow_extensions() -> None:
    # sqlite-vec is an extension, and some builds of Python cannot load any.
    if not hasattr(sqlite3.Connection, "enable_load_extension"):
        sys.modules["sqlite3"] = importlib.import_module("pysqlite3")


def _langgraph_index() -> Any:
    def embed(texts: Sequence[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in workload.embed(texts)]

    return {"dims": workload.DIM, "embed": embed, "fields": ["text"]}


def _as_list(text: str) -> list[float]:
    return [float(value) for value in workload.embed([text])[0]]
