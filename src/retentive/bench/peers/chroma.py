"""Chroma."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from retentive.bench.metrics import Ranked
from retentive.bench.peers.model import Note, package, ranked
from retentive.protocols import Embedder

__all__ = ["Chroma", "opened"]


class Chroma:
    """Chroma; the owner is metadata, as its documentation advises."""

    def __init__(self, embedder: Embedder, *, folder: Path | None = None) -> None:
        """Open a collection in the folder, or an empty one in memory."""
        self._client, self._collection = opened(folder)
        self._temporary = folder is None
        self._embedder = embedder
        self._added = self._collection.count()

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
        return [ranked(metadata["note"], text) for metadata, text in pairs]

    def close(self) -> None:
        """Drop a collection in memory; one on disk closes with its process."""
        if self._temporary:
            self._client.delete_collection(self._collection.name)


def opened(folder: Path | None) -> tuple[Any, Any]:
    """Return a client and a collection, made if it is not there.

    Args:
        folder: Where it lies on disk; ``None``: in memory, by a name of its own, since
            the clients of a process share their collections.
    """
    chroma = package("chromadb", "chromadb")
    settings = chroma.config.Settings(anonymized_telemetry=False)
    if folder is None:
        client: Any = chroma.EphemeralClient(settings=settings)
        name = f"bench-{os.urandom(8).hex()}"
    else:
        client = chroma.PersistentClient(str(folder / "chroma"), settings=settings)
        name = "bench"
    collection = client.get_or_create_collection(
        name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
    )
    return client, collection
