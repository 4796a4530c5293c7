"""What turns text into vectors and into numbers of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from retentive.protocols.arrays import FloatArray

__all__ = ["Embedder", "SupportsTokenVectors", "TokenCounter", "TokenVectors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenVectors:
    """A vector for each token of a text, in the light of the others.

    Attributes:
        words: The lower-cased word that each token is, or is a piece of; empty for
            marks that are no part of the text.
        vectors: ``(t, dim) float32``, each row L2-normalised; t is at least 1.
    """

    words: tuple[str, ...]
    vectors: FloatArray = field(compare=False)


@runtime_checkable
class SupportsTokenVectors(Protocol):
    """An embedder that also gives a vector for each token."""

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the token vectors of each text, in order.

        Raises:
            EmbeddingError: They cannot be made.
        """


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def fingerprint(self) -> str:
        """``model:dim:revision``: equal only if the vectors are interchangeable."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    @property
    def scripts(self) -> frozenset[str] | None:
        """Scripts that it understands (``latin``, ``cjk``, …); ``None``: all."""

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Return ``(len(texts), dim) float32``, each row L2-normalised.

        Raises:
            EmbeddingError: The model or its server failed.
        """


class TokenCounter(Protocol):
    """Counts the tokens of a text as some model would."""

    def __call__(self, text: str) -> int:
        """Return the number of tokens."""
