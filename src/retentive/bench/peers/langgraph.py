"""LangGraph's stores."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from retentive.bench.metrics import Ranked
from retentive.bench.peers.model import Note, package, ranked
from retentive.protocols import Embedder

__all__ = ["LangGraphMemory", "LangGraphSqlite"]


class LangGraphMemory:
    """LangGraph's InMemoryStore."""

    def __init__(self, embedder: Embedder, *, folder: Path | None = None) -> None:
        """Open an empty store; nothing is kept on disk."""
        store = package("langgraph.store.memory", "langgraph")
        self._store: Any = store.InMemoryStore(index=_langgraph_index(embedder))
        self._added = 0

    def add(self, notes: Sequence[Note], *, owner: str) -> None:
        """Put all items as one batch."""
        base = package("langgraph.store.base", "langgraph")
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
        return [ranked(item.value["id"], item.value["text"]) for item in found]

    def close(self) -> None:
        """Nothing is held open."""


class LangGraphSqlite(LangGraphMemory):
    """LangGraph's SqliteStore: sqlite-vec in one file."""

    def __init__(self, embedder: Embedder, *, folder: Path | None = None) -> None:
        """Open a file in the folder, or in a temporary one."""
        if not hasattr(sqlite3.Connection, "enable_load_extension"):
            # sqlite-vec is an extension, and some builds of Python load none.
            sys.modules["sqlite3"] = package("pysqlite3", "pysqlite3-binary")
        store = package("langgraph.store.sqlite", "langgraph-checkpoint-sqlite")
        with ExitStack() as stack:
            where = folder or Path(stack.enter_context(TemporaryDirectory()))
            opened = store.SqliteStore.from_conn_string(
                str(where / "store.db"), index=_langgraph_index(embedder)
            )
            self._store = stack.enter_context(opened)
            self._store.setup()
            self._stack = stack.pop_all()
        self._added = 0

    def close(self) -> None:
        """Close, and remove a temporary folder."""
        self._stack.close()


def _langgraph_index(embedder: Embedder) -> Any:
    def embed(texts: Sequence[str]) -> list[list[float]]:
        return [[float(x) for x in row] for row in embedder.embed(list(texts))]

    return {"dims": embedder.dim, "embed": embed, "fields": ["text"]}
