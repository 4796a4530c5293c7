"""mem0."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from retentive.bench.metrics import Ranked
from retentive.bench.peers.model import Note, as_list, package, ranked
from retentive.protocols import Embedder

__all__ = ["Mem0"]


class Mem0:
    """mem0 with its default local store (qdrant, on disk), infer=False: no model."""

    def __init__(self, embedder: Embedder, *, folder: Path | None = None) -> None:
        """Open a memory in the folder, or in a temporary one."""
        with ExitStack() as stack:
            where = folder or Path(stack.enter_context(TemporaryDirectory()))
            self._memory = _opened(embedder, where)
            self._stack = stack.pop_all()

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
            ranked(item["metadata"]["note"], item["memory"])
            for item in found["results"]
        ]

    def close(self) -> None:
        """Close its database, and remove a temporary folder."""
        self._memory.close()
        self._stack.close()


def _opened(embedder: Embedder, where: Path) -> Any:
    """Open a memory in a folder; the first import of mem0 makes one, too."""
    os.environ["MEM0_TELEMETRY"] = "False"
    os.environ.setdefault("MEM0_DIR", str(where))
    mem0 = package("mem0", "mem0ai")
    base = package("mem0.embeddings.base", "mem0ai")

    class Table(base.EmbeddingBase):  # type: ignore[misc,name-defined]
        def embed(self, text: str, memory_action: object = None) -> list[float]:
            return as_list(embedder, text)

    # mem0 builds the clients of its default models even where none is called.
    unused = {"provider": "openai", "config": {"api_key": "unused"}}
    store = {
        "collection_name": "bench",
        "path": str(where / "qdrant"),
        "on_disk": True,
        "embedding_model_dims": embedder.dim,
    }
    memory: Any = mem0.Memory.from_config(
        {
            "llm": unused,
            "embedder": unused,
            "vector_store": {"provider": "qdrant", "config": store},
            "history_db_path": str(where / "history.db"),
        }
    )
    memory.embedding_model = Table()
    return memory
