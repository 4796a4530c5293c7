"""What of a value is searched, and the vectors of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from langgraph.store.base import (
    IndexConfig,
    ensure_embeddings,
    get_text_at_path,
    tokenize_path,
)
from numpy.typing import NDArray

from retentive.errors import EmbeddingError
from retentive_langchain.store.items import whole_text

__all__ = ["Index", "QuestionEmbedder"]

Vector = NDArray[np.float32]


class Index:
    """An index configuration at work: texts of values, and their vectors."""

    def __init__(self, config: IndexConfig) -> None:
        """Prepare the embedder of a configuration; see LangGraph's ``IndexConfig``."""
        self.config = config
        self.dim = int(config["dims"])
        self.embeddings = ensure_embeddings(config["embed"])
        self._fields = list(config.get("fields") or ["$"])

    @property
    def fingerprint(self) -> str:
        """Which model made the vectors: vectors of two models are never compared."""
        named = self.embeddings
        model = getattr(named, "model", None) or getattr(named, "model_name", None)
        name = str(model or type(named).__name__).replace(":", "-")
        return f"{name}:{self.dim}:langchain"

    def texts(
        self, value: Mapping[str, Any], fields: Sequence[str] | None = None
    ) -> list[str]:
        """Return the texts to search a value by; none if it has none of the fields.

        Args:
            value: The value.
            fields: Paths as LangGraph writes them; the configuration's if omitted.
        """
        paths = self._fields if fields is None else fields
        found = [text for path in paths for text in _at(value, path)]
        return [text for text in dict.fromkeys(found) if text.strip()]

    def embed(self, texts: Sequence[str]) -> list[Vector | None]:
        """Return a vector for each text; ``None`` where it would be all zeros.

        Raises:
            EmbeddingError: The vectors are not what the configuration says.
        """
        if not texts:
            return []
        return self._checked(self._ask("embed_documents", list(texts)), len(texts))

    def embed_query(self, text: str) -> Vector | None:
        """Return the vector of a question; ``None`` if it would be all zeros."""
        return self._checked([self._ask("embed_query", text)], 1)[0]

    def _ask(self, method: str, given: str | list[str]) -> Any:
        if getattr(self.embeddings, "afunc", None) is not None:
            # A function that can only be awaited; we are in a thread without a loop.
            return asyncio.run(getattr(self.embeddings, f"a{method}")(given))
        return getattr(self.embeddings, method)(given)

    def _checked(self, vectors: Any, count: int) -> list[Vector | None]:
        matrix = np.asarray(vectors, np.float32).reshape(count, -1)
        if matrix.shape[1] != self.dim:
            raise EmbeddingError(
                f"the index says dims={self.dim}, but {self.fingerprint!r} gave "
                f"vectors of {matrix.shape[1]} numbers; nothing was stored"
            )
        lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
        matrix = np.divide(
            matrix, lengths, out=np.zeros_like(matrix), where=lengths > 0
        )
        return [
            row if length else None
            for row, length in zip(matrix, lengths[:, 0], strict=True)
        ]


class QuestionEmbedder:
    """An index as the embedder of questions; see :class:`~retentive.protocols.Embedder`.

    Many models embed a question differently from a document.
    """

    scripts: frozenset[str] | None = None

    def __init__(self, index: Index) -> None:
        """Ask this index."""
        self._index = index
        self.fingerprint = index.fingerprint
        self.dim = index.dim

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts), dim) float32``."""
        rows = [self._index.embed_query(text) for text in texts]
        zero = np.zeros(self.dim, np.float32)
        return np.stack([zero if row is None else row for row in rows])


def _at(value: Mapping[str, Any], path: str) -> list[str]:
    if path == "$":
        return [whole_text(value)]
    return get_text_at_path(value, tokenize_path(path))
