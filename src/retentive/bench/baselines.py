"""Plain BM25 and plain dense search, written apart from the product's own index.

They rank raw texts by one signal and know nothing of speakers, sessions or times.
Memories that share no term with the query are not ranked by BM25.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from retentive.bench.datasets import evidence_id
from retentive.bench.metrics import Ranked

if TYPE_CHECKING:
    from retentive.protocols import Embedder
    from retentive.protocols.arrays import FloatArray
    from retentive.records import MemoryRecord, Message

__all__ = ["Bm25", "Dense", "as_ranked", "plain_tokens"]

_WORD = re.compile(r"\w+")


def plain_tokens(text: str) -> list[str]:
    """Return the lower-cased runs of letters and digits of a text."""
    return _WORD.findall(text.lower())


class Bm25:
    """Okapi BM25 over whole memories.

    score = Σ_t idf · tf (k1 + 1) / (tf + k1 (1 - b + b · length / mean length)),
    idf = ln(1 + (N - df + 0.5) / (df + 0.5)); each distinct query term counts once.

    Source: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework:
    BM25 and Beyond", eq. 3.15; the idf that cannot be negative is Lucene's.
    """

    def __init__(
        self,
        tokenise: Callable[[str], Sequence[str]],
        *,
        k1: float = 1.5,
        b: float = 0.75,
    ) -> None:
        """Start empty.

        Args:
            tokenise: Terms of a text, with repetitions.
            k1: How fast a term's count saturates.
            b: How much a memory's length counts, in [0, 1].
        """
        self._tokenise = tokenise
        self._k1, self._b = k1, b
        self._ranked: list[Ranked] = []
        self._lengths: list[int] = []
        self._total_length = 0
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def add(self, memories: Sequence[Message | MemoryRecord]) -> None:
        """Index memories."""
        for memory in memories:
            counts = Counter(self._tokenise(memory.content))
            for term, count in counts.items():
                self._postings[term].append((len(self._ranked), count))
            self._lengths.append(counts.total())
            self._total_length += counts.total()
            self._ranked.append(as_ranked(memory))

    def search(self, query: str, *, now: datetime, limit: int) -> list[Ranked]:
        """Return the best memories, ties in the order they were added."""
        scores: dict[int, float] = defaultdict(float)
        for term in dict.fromkeys(self._tokenise(query)):
            for row, count in self._postings.get(term, ()):
                scores[row] += self._weight(term, row=row, count=count)
        best = sorted(scores, key=lambda row: (-scores[row], row))[:limit]
        return [self._ranked[row] for row in best]

    def close(self) -> None:
        """Nothing is held open."""

    def _weight(self, term: str, *, row: int, count: int) -> float:
        total, found = len(self._ranked), len(self._postings[term])
        idf = math.log(1 + (total - found + 0.5) / (found + 0.5))
        relative_length = self._lengths[row] * total / self._total_length
        norm = 1 - self._b + self._b * relative_length
        return idf * count * (self._k1 + 1) / (count + self._k1 * norm)


class Dense:
    """Cosine similarity of raw texts, exact."""

    def __init__(self, embedder: Embedder) -> None:
        """Start empty, with the embedder for memories and queries."""
        self._embedder = embedder
        self._ranked: list[Ranked] = []
        self._vectors: list[FloatArray] = []

    def add(self, memories: Sequence[Message | MemoryRecord]) -> None:
        """Index memories."""
        self._ranked += [as_ranked(memory) for memory in memories]
        self._vectors += list(self._embedder.embed([m.content for m in memories]))

    def search(self, query: str, *, now: datetime, limit: int) -> list[Ranked]:
        """Return the best memories, ties in the order they were added."""
        scores = np.stack(self._vectors) @ self._embedder.embed([query])[0]
        best = np.argsort(-scores, kind="stable")[:limit]
        return [self._ranked[row] for row in best]

    def close(self) -> None:
        """Nothing is held open."""


def as_ranked(memory: Message | MemoryRecord) -> Ranked:
    """Return a memory as a hit of its own."""
    return Ranked(frozenset({evidence_id(memory)}), memory.content)
