"""Iterative recall: a second search, with the words of what the first one found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.scorers.bm25 import rarity
from retentive.scorers.seeds import first_evidence, seeds_of

__all__ = ["SecondHop"]


class SecondHop:
    """Score rows by the rare terms that they share with the best ones.

    The best rows by words and meaning, p their shares of the evidence, ask a second
    question: the terms that they hold and the first did not, by Σ p · idf. A row does
    not answer its own question:

    score(i) = Σ_terms [t in i] · idf_t · Σ_{seeds s ≠ i} p_s · [t in s]

    So "Where does the friend live whom Ann met in Rome?" leads from Rome to the
    friend's name, and from there to where she lives.

    Source: pseudo-relevance feedback, Lavrenko and Croft 2001, "Relevance-Based
    Language Models"; without what the question already said, ours.
    """

    normalise = True

    def __init__(
        self,
        *,
        seeds: int = 1,
        terms: int = 10,
        share: float = 0.02,
        name: str = "second_hop",
    ) -> None:
        """Set the second question.

        Args:
            seeds: Best rows that ask it; at least 1.
            terms: How many of their terms it has at most; at least 1.
            share: Terms in more than this share of all memories ask nothing (five
                memories are always allowed); in [0, 1].
            name: The signal's name.
        """
        if seeds < 1 or terms < 1 or not 0.0 <= share <= 1.0:
            raise InvalidInputError(
                "seeds and terms must be at least 1 and share in [0, 1], got "
                f"{seeds!r}, {terms!r} and {share!r}"
            )
        self.name = name
        self._seeds, self._terms, self._share = seeds, terms, share

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``, at least 0; 0 where nothing is found at first."""
        shares = seeds_of(first_evidence(query, frame), limit=self._seeds)
        if not shares.any():
            return np.zeros(frame.size, np.float32)
        rows, terms, frequency, documents = frame.shared_terms(
            share=self._share, without=query.terms
        )
        idf = rarity(frequency, documents).astype(np.float64)
        held = np.bincount(terms, shares[rows], minlength=len(idf))
        idf[np.argsort(-held * idf, kind="stable")[self._terms :]] = 0.0
        answered = np.bincount(rows, (held * idf)[terms], minlength=frame.size)
        own = np.bincount(rows, idf[terms] * shares[rows], minlength=frame.size)
        return (answered - own).astype(np.float32)
