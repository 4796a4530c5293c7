"""Vectors without a model: words and their pieces hashed into dimensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.text.tokenise import terms

__all__ = ["HashingEmbedder"]

_PIECE_WEIGHT = 0.3  # pieces bring near spellings together, words decide
_CACHED = 65_536


class HashingEmbedder:
    """Hashes index terms, and the three to five letters of words, with signs.

    Sees spelling, not meaning; of any language. Counts grow with their logarithm.
    A text without terms gets the vector of its own hash.

    Source: Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask
    Learning".
    """

    scripts: frozenset[str] | None = None

    def __init__(self, *, dim: int = 384) -> None:
        """Set the number of dimensions, at least 8."""
        if isinstance(dim, bool) or not isinstance(dim, int) or dim < 8:
            raise InvalidInputError(
                f"dim must be a whole number of 8 or more, got {dim!r}"
            )
        self._dim = dim

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._dim

    @property
    def fingerprint(self) -> str:
        """``hashing:dim:revision``."""
        return f"hashing:{self._dim}:1"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(texts), dim) float32``, each row L2-normalised."""
        vectors = np.zeros((len(texts), self._dim), np.float32)
        for row, text in enumerate(texts):
            self._fill(vectors[row], text)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(lengths, np.float32(1e-12))
        return unit

    def _fill(self, vector: NDArray[np.float32], text: str) -> None:
        for term, count in Counter(terms(text)).items():
            weight = 1.0 + np.log(count)
            for feature, share in _features(term):
                vector[feature % self._dim] += (
                    weight * share * (1.0 if feature >> 63 else -1.0)
                )
        if not vector.any():
            vector[_hash(f"text {text}") % self._dim] = 1.0


@lru_cache(maxsize=_CACHED)
def _features(term: str) -> tuple[tuple[int, float], ...]:
    pieces = list(_pieces(term))
    share = _PIECE_WEIGHT / len(pieces) ** 0.5 if pieces else 0.0
    return ((_hash(term), 1.0), *((_hash(f"piece {p}"), share) for p in pieces))


def _pieces(term: str) -> Iterator[str]:
    if len(term) < 4 or not term[0].isascii():
        return
    framed = f"<{term}>"
    for size in (3, 4, 5):
        for start in range(len(framed) - size + 1):
            yield framed[start : start + size]


def _hash(feature: str) -> int:
    digest = blake2b(feature.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
