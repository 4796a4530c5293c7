"""Links between memories: what the best of them share with others, step by step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError
from retentive.protocols import Frame, Query
from retentive.scorers.bm25 import rarity
from retentive.scorers.seeds import first_evidence, seeds_of

__all__ = ["Links"]

_DAY_S = 86_400
_FLOOR = 1e-4  # of a probability, before its logarithm


class Links:
    """Score rows by how likely a walk from the best rows comes by.

    A walk begins at one of the ``seeds`` best rows by words and meaning. At each
    step it returns there with probability ``restart``, or goes on to a rare term of
    its row (a name, a noun, a day that is spoken of), with probability in proportion
    to the term's idf, and from there to any row that shares it:

    r = restart · p + (1 - restart) · r P;  score = ln(r + 10⁻⁴)

    So a question whose answer takes two memories finds the second by what it has
    in common with the first.

    Source: Haveliwala 2002, "Topic-Sensitive PageRank"; spreading activation,
    Collins and Loftus 1975. The graph of terms is ours.
    """

    normalise = True

    def __init__(
        self,
        *,
        seeds: int = 20,
        restart: float = 0.5,
        steps: int = 8,
        share: float = 0.02,
        name: str = "links",
    ) -> None:
        """Set the walk.

        Args:
            seeds: Rows that walks begin at; at least 1.
            restart: Probability of returning there; in (0, 1].
            steps: Steps that are followed; at least 1.
            share: Terms in more than this share of all memories link nothing (five
                memories are always allowed); in [0, 1].
            name: The signal's name.
        """
        if not (0.0 < restart <= 1.0 and 0.0 <= share <= 1.0):
            raise InvalidInputError(
                f"restart must be in (0, 1] and share in [0, 1], got {restart!r} and "
                f"{share!r}"
            )
        if seeds < 1 or steps < 1:
            raise InvalidInputError(
                f"seeds and steps must be at least 1, got {seeds!r} and {steps!r}"
            )
        self.name = name
        self._seeds, self._restart = seeds, restart
        self._steps, self._share = steps, share

    def __call__(self, query: Query, frame: Frame) -> NDArray[np.float32]:
        """Return ``(n,) float32``; 0 where nothing is found to begin at."""
        start = seeds_of(first_evidence(query, frame), limit=self._seeds)
        if not start.any():
            return np.zeros(frame.size, np.float32)
        rows, terms, weights = _links(frame, self._share)
        reached = _walk(
            start, rows, terms, weights, restart=self._restart, steps=self._steps
        )
        return np.log(reached + _FLOOR).astype(np.float32)


def _links(
    frame: Frame, share: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return which places hold which links, and the weight of each link."""
    rows, terms, frequency, documents = frame.shared_terms(share=share)
    day_rows, days = _days(frame)
    numbers, days = np.unique(days, return_inverse=True)
    counts = np.bincount(days, minlength=len(numbers))
    frequency = np.concatenate([frequency, counts])
    return (
        np.concatenate([rows, day_rows]),
        np.concatenate([terms, days + len(frequency) - len(numbers)]),
        rarity(frequency, documents).astype(np.float64),
    )


def _days(frame: Frame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and days: days that a row speaks of, and who happened then."""
    speaks = np.flatnonzero(np.isfinite(frame.mentioned_from))
    of = (frame.mentioned_from[speaks] // _DAY_S).astype(np.int64)
    happened = (frame.occurred_at // _DAY_S).astype(np.int64)
    then = np.flatnonzero(np.isin(happened, of))
    return np.concatenate([speaks, then]), np.concatenate([of, happened[then]])


def _walk(
    start: NDArray[np.float64],
    rows: NDArray[np.int64],
    terms: NDArray[np.int64],
    weights: NDArray[np.float64],
    *,
    restart: float,
    steps: int,
) -> NDArray[np.float64]:
    """Return where walks are after so many steps; one without links starts again."""
    size, kinds = len(start), len(weights)
    out = np.bincount(rows, weights[terms], minlength=size)
    to_term = weights[terms] / np.maximum(out[rows], 1e-12)
    to_row = 1.0 / np.maximum(np.bincount(terms, minlength=kinds), 1)[terms]
    here = start
    for _ in range(steps):
        at_terms = np.bincount(terms, here[rows] * to_term, minlength=kinds)
        moved = np.bincount(rows, at_terms[terms] * to_row, minlength=size)
        lost = float(here[out == 0].sum())
        here = (restart + (1.0 - restart) * lost) * start + (1.0 - restart) * moved
    return here
