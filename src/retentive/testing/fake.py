"""An embedder without a model, for tests: equal words give near vectors."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from retentive.text.tokenise import words

__all__ = ["FakeEmbedder"]


class FakeEmbedder:
    """Counts words into ``dim`` buckets; the same in every process."""

    scripts: frozenset[str] | None = None

    def __init__(self, *, dim: int = 8) -> None:
        """Choose the number of buckets."""
        self.dim = dim
        self.fingerprint = f"fake:{dim}:1"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts), dim) float32``, L2-normalised."""
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in words(text) or [text]:
                vectors[row, crc32(word.encode()) % self.dim] += 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
