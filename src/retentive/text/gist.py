"""Chooses the sentences that stand for a longer text: central, and not alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retentive.text.tokenise import terms

__all__ = ["centrality", "likeness", "select"]

_DAMPING = 0.85  # share of a walk that follows likeness; the rest starts anywhere
_STEPS = 30  # by then 0.85 ** 30 < 1 % of the start is left
_LINKED = 0.1  # cosines below are chance: common words that both happen to hold
_NOVELTY = 0.4  # weight of what a sentence repeats against what it stands for


def likeness(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return ``(n, n)`` cosines of the texts' terms by tf · idf, 0 on no terms.

    idf = ln(1 + n / df) over the texts themselves; the diagonal is 0.

    Source: Erkan and Radev 2004, "LexRank: Graph-based Lexical Centrality as
    Salience in Text Summarization", eq. 1, with a smoothed idf.
    """
    counts = [Counter(terms(text)) for text in texts]
    places = {
        term: i for i, term in enumerate(dict.fromkeys(t for c in counts for t in c))
    }
    table = np.zeros((len(texts), max(1, len(places))), np.float32)
    for row, count in enumerate(counts):
        table[row, [places[term] for term in count]] = list(count.values())
    held = np.maximum((table > 0).sum(axis=0), 1)
    table *= np.log1p(len(texts) / held).astype(np.float32)
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    table /= np.where(norms > 0, norms, 1.0)
    alike = table @ table.T
    np.fill_diagonal(alike, 0.0)
    return np.asarray(alike, np.float32)


def centrality(alike: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``(n,)`` how much each text stands for all, in [0, 1], summing to 1.

    p = (1 - d) / n + d · Wᵀ p, W the likenesses of at least 0.1, each row divided
    by its sum; a text that is like no other passes on to all.

    Args:
        alike: ``(n, n)``, symmetric, in [0, 1], with an empty diagonal.

    Source: Erkan and Radev 2004, eq. 5 (continuous LexRank).
    """
    size = len(alike)
    links = np.where(alike >= _LINKED, alike, 0.0).astype(np.float64)
    sums = links.sum(axis=1, keepdims=True)
    links = np.where(
        sums > 0, links / np.where(sums > 0, sums, 1.0), 1.0 / max(1, size)
    )
    share = np.full(size, 1.0 / max(1, size))
    for _ in range(_STEPS):
        share = (1 - _DAMPING) / max(1, size) + _DAMPING * (links.T @ share)
    return np.asarray(share, np.float32)


def select(
    worth: NDArray[np.float32],
    alike: NDArray[np.float32],
    *,
    costs: Sequence[int],
    budget: int,
) -> list[int]:
    """Return the places of texts to keep, ascending, within a budget.

    Greedily the text of the largest
    0.6 · worth / largest worth - 0.4 · likeness to the nearest one kept;
    one that does not fit is passed over. Ties go to the earlier.

    Args:
        worth: ``(n,)``, at least 0.
        alike: ``(n, n)`` in [0, 1].
        costs: Tokens of each.
        budget: Most tokens of all together.

    Source: Carbonell and Goldstein 1998, maximal marginal relevance.
    """
    kept: list[int] = []
    left = budget
    scaled = worth / max(float(worth.max(initial=0.0)), 1e-9)
    nearest = np.zeros(len(worth), np.float32)
    open_ = np.ones(len(worth), np.bool_)
    while open_.any():
        gain = (1 - _NOVELTY) * scaled - _NOVELTY * nearest
        best = int(np.argmax(np.where(open_, gain, -np.inf)))
        open_[best] = False
        if costs[best] <= left:
            kept.append(best)
            left -= costs[best]
            nearest = np.maximum(nearest, alike[best])
    return sorted(kept)
