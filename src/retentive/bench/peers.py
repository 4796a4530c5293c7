"""Other memory stores behind one small protocol, all with the same vectors.

An adapter does what that system's documentation tells a user to do, without a language
model. Its package is imported when it is opened; one that is missing is an error that
names the extra.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any, Protocol

from retentive.bench.metrics import Ranked
from retentive.errors import MissingExtraError
from retentive.protocols import Embedder

__all__ = ["PEERS", "Note", "Peer"]


@dataclass(frozen=True, slots=True)
class Note:
    """What a peer is given to remember.

    Attributes:
        id: By which evidence names it.
        text: What it says; for some runs with its day and speaker before it.
    """

    id: str
    text: str


class Peer(Protocol):
    """One system under test, for many owners."""

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Store notes in their order."""

    def search(
        self, query: str, *, owner: str, now: datetime, limit: int
    ) -> list[Ranked]:
        """Return at most ``limit`` hits of this owner, best first."""

    def close(self) -> None:
        """Release what was opened, and remove its files."""


class LangGraphMemory:
    """LangGraph's InMemoryStore."""

    def __init__(self, embedder: Embedder) -> None:
        """Open an empty store."""
        store = _package("langgraph.store.memory", "langgraph")
        self._store: Any = store.InMemoryStore(index=_langgraph_index(embedder))
        self._added = 0

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Put all items as one batch."""
        base = _package("langgraph.store.base", "langgraph")
        puts = [
            base.PutOp(
                ("bench", owner),
                str(self._added + number),
                {"text": note.text, "id": note.id},
            )
            for number, note in enumerate(notes)
        ]
        self._store.batch(puts)
        self._added += len(notes)

    def search(
        self, query: str, *, owner: str, now: datetime, limit: int
    ) -> list[Ranked]:
        """Search by vector."""
        found = self._store.search(("bench", owner), query=query, limit=limit)
        return [_ranked(item.value["id"], item.value["text"]) for item in found]

    def close(self) -> None:
        """Nothing is held open."""


class LangGraphSqlite(LangGraphMemory):
    """LangGraph's SqliteStore: sqlite-vec in one file."""

    def __init__(self, embedder: Embedder) -> None:
        """Open an empty file in a temporary folder."""
        if not hasattr(sqlite3.Connection, "enable_load_extension"):
            # sqlite-vec is an extension, and some builds of Python load none.
            sys.modules["sqlite3"] = _package("pysqlite3", "pysqlite3-binary")
        store = _package("langgraph.store.sqlite", "langgraph-checkpoint-sqlite")
        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        opened = store.SqliteStore.from_conn_string(
            str(Path(folder) / "store.db"), index=_langgraph_index(embedder)
        )
        self._store = self._stack.enter_context(opened)
        self._store.setup()
        self._added = 0

    def close(self) -> None:
        """Close and remove the file."""
        self._stack.close()


class LlamaIndexVectors:
    """LlamaIndex's VectorStoreIndex over its SimpleVectorStore, filtered by owner."""

    def __init__(self, embedder: Embedder) -> None:
        """Make an empty index in memory."""
        core = _package("llama_index.core", "llama-index-core")
        base = _package("llama_index.core.base.embeddings.base", "llama-index-core")

        class Table(base.BaseEmbedding):  # type: ignore[misc,name-defined]
            def _get_text_embedding(self, text: str) -> list[float]:
                return _as_list(embedder, text)

            def _get_query_embedding(self, query: str) -> list[float]:
                return _as_list(embedder, query)

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return _as_list(embedder, query)

        self._index: Any = core.VectorStoreIndex([], embed_model=Table())

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Insert all nodes in one call; only the text is embedded."""
        schema = _package("llama_index.core.schema", "llama-index-core")
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
        stores = _package("llama_index.core.vector_stores", "llama-index-core")
        owned = stores.MetadataFilter(key="owner", value=owner)
        retriever = self._index.as_retriever(
            similarity_top_k=limit, filters=stores.MetadataFilters(filters=[owned])
        )
        return [
            _ranked(hit.node.metadata["note"], hit.node.text)
            for hit in retriever.retrieve(query)
        ]

    def close(self) -> None:
        """Nothing is held open."""


class Chroma:
    """Chroma in memory; the owner is metadata, as its documentation advises."""

    def __init__(self, embedder: Embedder) -> None:
        """Make an empty collection."""
        chroma = _package("chromadb", "chromadb")
        settings = chroma.config.Settings(anonymized_telemetry=False)
        self._client: Any = chroma.EphemeralClient(settings=settings)
        self._embedder = embedder
        self._name = f"bench-{os.urandom(8).hex()}"  # clients of a process share one
        self._collection = self._client.create_collection(
            self._name,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
        )
        self._added = 0

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Add documents, so many at once as it takes."""
        for start in range(0, len(notes), 1_000):
            some = notes[start : start + 1_000]
            self._collection.add(
                ids=[str(self._added + number) for number in range(len(some))],
                documents=[note.text for note in some],
                embeddings=self._embedder.embed([note.text for note in some]),
                metadatas=[{"owner": owner, "note": note.id} for note in some],
            )
            self._added += len(some)

    def search(
        self, query: str, *, owner: str, now: datetime, limit: int
    ) -> list[Ranked]:
        """Query the documents of one owner."""
        found = self._collection.query(
            query_embeddings=self._embedder.embed([query]),
            n_results=limit,
            where={"owner": owner},
        )
        pairs = zip(found["metadatas"][0], found["documents"][0], strict=True)
        return [_ranked(metadata["note"], text) for metadata, text in pairs]

    def close(self) -> None:
        """Drop the collection."""
        self._client.delete_collection(self._name)


class Mem0:
    """mem0 with its default local store (qdrant, on disk), infer=False: no model."""

    def __init__(self, embedder: Embedder) -> None:
        """Open an empty memory in a temporary folder."""
        self._folder = Path(tempfile.mkdtemp(prefix="retentive-bench-"))
        os.environ["MEM0_TELEMETRY"] = "False"
        os.environ.setdefault("MEM0_DIR", str(self._folder))
        mem0 = _package("mem0", "mem0ai")
        base = _package("mem0.embeddings.base", "mem0ai")

        class Table(base.EmbeddingBase):  # type: ignore[misc,name-defined]
            def embed(self, text: str, memory_action: object = None) -> list[float]:
                return _as_list(embedder, text)

        # mem0 builds the clients of its default models even where none is called.
        unused = {"provider": "openai", "config": {"api_key": "unused"}}
        store = {
            "collection_name": "bench",
            "path": str(self._folder / "qdrant"),
            "on_disk": True,
            "embedding_model_dims": embedder.dim,
        }
        self._memory: Any = mem0.Memory.from_config(
            {
                "llm": unused,
                "embedder": unused,
                "vector_store": {"provider": "qdrant", "config": store},
                "history_db_path": str(self._folder / "history.db"),
            }
        )
        self._memory.embedding_model = Table()

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Add memories as they are, one by one: a batch would share its metadata."""
        for note in notes:
            self._memory.add(
                note.text, user_id=owner, infer=False, metadata={"note": note.id}
            )

    def search(
        self, query: str, *, owner: str, now: datetime, limit: int
    ) -> list[Ranked]:
        """Search the memories of one user."""
        found = self._memory.search(
            query, filters={"user_id": owner}, top_k=limit, threshold=0.0
        )
        return [
            _ranked(item["metadata"]["note"], item["memory"])
            for item in found["results"]
        ]

    def close(self) -> None:
        """Close its database and remove its files."""
        self._memory.close()
        shutil.rmtree(self._folder, ignore_errors=True)


PEERS: Mapping[str, Callable[[Embedder], Peer]] = MappingProxyType(
    {
        "LangGraph InMemoryStore": LangGraphMemory,
        "LangGraph SqliteStore": LangGraphSqlite,
        "LlamaIndex VectorStoreIndex": LlamaIndexVectors,
        "Chroma": Chroma,
        "mem0, infer=False": Mem0,
    }
)
"""Peers by the name that reports use; each takes the embedder that all share."""


def _package(module: str, distribution: str) -> ModuleType:
    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise MissingExtraError(
            distribution, extra="bench", purpose="a peer of the benchmark"
        ) from exc


def _langgraph_index(embedder: Embedder) -> Any:
    def embed(texts: Sequence[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in embedder.embed(list(texts))]

    return {"dims": embedder.dim, "embed": embed, "fields": ["text"]}


def _as_list(embedder: Embedder, text: str) -> list[float]:
    return [float(value) for value in embedder.embed([text])[0]]


def _ranked(id: str, text: str) -> Ranked:
    return Ranked(frozenset({id}), text)
