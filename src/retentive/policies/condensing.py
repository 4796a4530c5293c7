"""Writes what stands for many memories: the central ones, or a model's words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import LanguageModel, Passage, TokenCounter
from retentive.summarisers import Abstractive, Extractive
from retentive.text.gist import centrality, likeness, select

__all__ = ["Condenser"]

_MOST_PASSAGES = 400  # of one summary: their likenesses are a table of 400 × 400
_PASSAGE_TOKENS = 60  # a longer passage stands by its central sentences


class Condenser:
    """Chooses central passages by vectors where there are any, else by words."""

    def __init__(self, *, counter: TokenCounter, model: LanguageModel | None) -> None:
        """Choose how tokens are counted, and who writes."""
        self._counter = counter
        self._extract = Extractive(counter=counter)
        self._model = None if model is None else Abstractive(model, counter=counter)

    def __call__(
        self,
        passages: Sequence[Passage],
        *,
        budget: int,
        vectors: NDArray[np.float32] | None = None,
    ) -> str:
        """Return at most ``budget`` tokens that stand for the passages.

        Args:
            passages: In order of time.
            budget: Most tokens.
            vectors: ``(n, dim)``, L2-normalised, 0 for none.
        """
        if self._model is not None:
            return self._model(passages, budget=budget)
        chosen = np.arange(len(passages))
        if len(chosen) > _MOST_PASSAGES:
            chosen = np.linspace(0, len(passages) - 1, _MOST_PASSAGES).astype(np.int64)
        lines = [self._line(passages[int(place)]) for place in chosen]
        alike = _alike(lines, None if vectors is None else vectors[chosen])
        costs = [self._counter(f"{line}\n") for line in lines]
        kept = select(centrality(alike), alike, costs=costs, budget=budget)
        while kept:
            text = "\n".join(lines[place] for place in kept)
            if self._counter(text) <= budget:
                return text
            kept = kept[:-1]
        return self._extract(passages, budget=budget)

    def _line(self, passage: Passage) -> str:
        said = f"{passage.speaker}: {passage.text}" if passage.speaker else passage.text
        if self._counter(said) <= _PASSAGE_TOKENS:
            return said
        return self._extract([passage], budget=_PASSAGE_TOKENS) or said


def _alike(
    lines: Sequence[str], vectors: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    """Return ``(n, n)`` likenesses in [0, 1], the diagonal 0."""
    if vectors is None or not vectors.any():
        return likeness(lines)
    alike = np.clip(vectors @ vectors.T, 0.0, 1.0)
    np.fill_diagonal(alike, 0.0)
    return np.asarray(alike, np.float32)
