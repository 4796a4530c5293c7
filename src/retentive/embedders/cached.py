"""Remembers the vectors of recent texts: questions come again, retries do."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retentive.errors import EmbeddingError, InvalidInputError
from retentive.protocols import Embedder, SupportsTokenVectors, TokenVectors

__all__ = ["CachedEmbedder", "token_vectors_of"]

_OVERHEAD_BYTES = 200  # of an entry beside its numbers


class CachedEmbedder:
    """Wraps an embedder with a cache by content, bounded in bytes.

    Safe for many threads, if the embedder is.
    """

    def __init__(self, inner: Embedder, *, max_bytes: int = 32 << 20) -> None:
        """Wrap an embedder.

        Args:
            inner: Makes the vectors.
            max_bytes: Most memory to use; the least recently asked for go first.
        """
        if max_bytes < 0:
            raise InvalidInputError(f"max_bytes must be at least 0, got {max_bytes!r}")
        self.inner = inner
        self._max_bytes = max_bytes
        self._lock = Lock()
        self._held: OrderedDict[bytes, NDArray[np.float32]] = OrderedDict()

    @property
    def fingerprint(self) -> str:
        """The inner embedder's: a cache changes no vector."""
        return self.inner.fingerprint

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.inner.dim

    @property
    def scripts(self) -> frozenset[str] | None:
        """Scripts that the inner embedder understands."""
        return self.inner.scripts

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts), dim) float32``; only new texts are embedded."""
        keys = [_key(text) for text in texts]
        with self._lock:
            known = {key: self._held[key] for key in keys if key in self._held}
        new = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in known
        }
        if new or not texts:
            vectors = self.inner.embed(list(new.values()))
            if not texts:
                return vectors
            known |= dict(zip(new, vectors, strict=True))
        self._keep({key: known[key] for key in keys})
        return np.stack([known[key] for key in keys])

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return what the inner embedder gives, uncached; those are large.

        Raises:
            EmbeddingError: The inner embedder has no vectors of tokens.
        """
        return token_vectors_of(self.inner, texts)

    def close(self) -> None:
        """Close the inner embedder, if it can be."""
        close = getattr(self.inner, "close", None)
        if close is not None:
            close()

    def _keep(self, used: dict[bytes, NDArray[np.float32]]) -> None:
        with self._lock:
            for key, vector in used.items():
                self._held[key] = vector
                self._held.move_to_end(key)
            each = _OVERHEAD_BYTES + 4 * self.dim
            while self._held and len(self._held) * each > self._max_bytes:
                self._held.popitem(last=False)


def token_vectors_of(embedder: Embedder, texts: Sequence[str]) -> list[TokenVectors]:
    """Return an embedder's vectors of tokens.

    Raises:
        EmbeddingError: It has none.
    """
    if not isinstance(embedder, SupportsTokenVectors):
        raise EmbeddingError(
            f"embedder {embedder.fingerprint!r} gives one vector per text; the "
            "signal 'late' needs one per token: use minilm, or set its weight to 0"
        )
    return embedder.token_vectors(texts)


def _key(text: str) -> bytes:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
