"""An embedder that remembers its vectors, so that every system embeds a text once."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from retentive.embedders.cached import token_vectors_of

if TYPE_CHECKING:
    from retentive.protocols import Embedder, TokenVectors
    from retentive.protocols.arrays import FloatArray

__all__ = ["CachedEmbedder", "default_cache"]

_SCHEMA = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)"
# Small enough that an interrupted run loses seconds of work, not minutes.
_BATCH = 128


def default_cache() -> Path:
    """Return the file for vectors in the user's cache directory."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "retentive" / "bench-vectors.db"


class CachedEmbedder:
    """Any embedder, with its vectors kept in memory and in a file.

    Vectors are stored as float32 under a hash of fingerprint and text, so a second
    run gives the same numbers as the first. For one thread.
    """

    def __init__(self, embedder: Embedder, *, path: Path) -> None:
        """Wrap an embedder.

        Args:
            embedder: Makes the vectors that are not there yet.
            path: The cache file; it and its directory are made when needed.
        """
        self._embedder = embedder
        self._path = path
        self._vectors: dict[bytes, FloatArray] = {}

    @property
    def fingerprint(self) -> str:
        """The wrapped embedder's."""
        return self._embedder.fingerprint

    @property
    def dim(self) -> int:
        """The wrapped embedder's."""
        return self._embedder.dim

    @property
    def scripts(self) -> frozenset[str] | None:
        """The wrapped embedder's."""
        return self._embedder.scripts

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return ``(len(texts), dim) float32``, each row L2-normalised."""
        keys = [self._key(text) for text in texts]
        missing = {
            key: text
            for key, text in zip(keys, texts, strict=True)
            if key not in self._vectors
        }
        if missing:
            self._fill(missing)
        rows = [self._vectors[key] for key in keys]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return what the wrapped embedder gives; these are not kept.

        Raises:
            EmbeddingError: It has no vectors of tokens.
        """
        return token_vectors_of(self._embedder, texts)

    def _fill(self, missing: dict[bytes, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path)) as database:
            database.execute(_SCHEMA)
            self._read(database, list(missing))
            todo = [key for key in missing if key not in self._vectors]
            for start in range(0, len(todo), _BATCH):
                keys = todo[start : start + _BATCH]
                self._make(database, keys, [missing[key] for key in keys])

    def _read(self, database: sqlite3.Connection, keys: Sequence[bytes]) -> None:
        for key in keys:
            row = database.execute(
                "SELECT vector FROM vectors WHERE key = ?", (key,)
            ).fetchone()
            if row is not None:
                self._vectors[key] = np.frombuffer(row[0], np.float32)

    def _make(
        self, database: sqlite3.Connection, keys: Sequence[bytes], texts: Sequence[str]
    ) -> None:
        made = self._embedder.embed(texts)
        self._vectors.update(zip(keys, made, strict=True))
        rows = [(key, row.tobytes()) for key, row in zip(keys, made, strict=True)]
        with database:
            database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)

    def _key(self, text: str) -> bytes:
        prefixed = f"{self.fingerprint}\n{text}".encode("utf-8", "surrogatepass")
        return blake2b(prefixed, digest_size=16).digest()
