"""Measures of one ranking against the evidence of one question.

A ranking is a list of hits, best first. A hit stands for a set of memory ids,
because a store may merge what was said twice into one record: such a hit finds
the evidence of each of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

__all__ = [
    "BUDGETS",
    "METRICS",
    "Ranked",
    "all_at",
    "mean",
    "measure",
    "ndcg_at",
    "recall_at",
    "reciprocal_rank",
    "within",
]

BUDGETS = (1_000, 2_000)
"""Context budgets that are reported, in tokens."""

METRICS = (
    "recall@5",
    "recall@10",
    "recall@20",
    "all@10",
    "ndcg@10",
    "mrr",
    *(f"within_{budget}" for budget in BUDGETS),
)
"""Names of all measures, in the order of reports; each lies in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One hit of a ranking: the memories that it stands for, and its words."""

    ids: frozenset[str]
    text: str


def measure(
    ranking: Sequence[Ranked],
    evidence: Collection[str],
    *,
    count_tokens: Callable[[str], int],
) -> dict[str, float]:
    """Return every measure of :data:`METRICS` for one question.

    Args:
        ranking: Hits, best first.
        evidence: Ids of the memories that answer the question, at least one.
        count_tokens: Tokens of a text, for the budgets.
    """
    values = {f"recall@{k}": recall_at(ranking, evidence, k=k) for k in (5, 10, 20)}
    values["all@10"] = all_at(ranking, evidence, k=10)
    values["ndcg@10"] = ndcg_at(ranking, evidence, k=10)
    values["mrr"] = reciprocal_rank(ranking, evidence)
    for budget in BUDGETS:
        values[f"within_{budget}"] = within(
            ranking, evidence, budget=budget, count_tokens=count_tokens
        )
    return values


def recall_at(ranking: Sequence[Ranked], evidence: Collection[str], *, k: int) -> float:
    """Return the share of the evidence that the first ``k`` hits hold."""
    return _share(ranking[:k], evidence)


def all_at(ranking: Sequence[Ranked], evidence: Collection[str], *, k: int) -> float:
    """Return 1 if the first ``k`` hits hold all of the evidence, else 0."""
    return float(recall_at(ranking, evidence, k=k) == 1.0)


def ndcg_at(ranking: Sequence[Ranked], evidence: Collection[str], *, k: int) -> float:
    """Return the normalised discounted cumulative gain of the first ``k`` hits.

    DCG = Σ gain_r / log2(1 + r) over ranks r from 1; the gain is the number of
    memories of the evidence that the hit finds first, the ideal has one at each
    of the first ranks, and the quotient is cut at 1 (several in one merged hit
    would exceed it).

    Source: Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of IR
    techniques", with binary gains.
    """
    missing, gained = set(evidence), 0.0
    for rank, hit in enumerate(ranking[:k], start=1):
        gained += len(missing & hit.ids) / math.log2(1 + rank)
        missing -= hit.ids
    best = min(len(evidence), k)
    ideal = sum(1 / math.log2(1 + rank) for rank in range(1, best + 1))
    return min(1.0, gained / ideal)


def reciprocal_rank(ranking: Sequence[Ranked], evidence: Collection[str]) -> float:
    """Return 1 / rank of the first hit with any evidence, 0 if there is none."""
    wanted = frozenset(evidence)
    for rank, hit in enumerate(ranking, start=1):
        if hit.ids & wanted:
            return 1 / rank
    return 0.0


def within(
    ranking: Sequence[Ranked],
    evidence: Collection[str],
    *,
    budget: int,
    count_tokens: Callable[[str], int],
) -> float:
    """Return the share of the evidence inside a context of ``budget`` tokens.

    The context is filled greedily in rank order; a hit that does not fit is
    skipped and the next one tried.
    """
    taken, left = [], budget
    for hit in ranking:
        tokens = count_tokens(hit.text)
        if tokens <= left:
            taken.append(hit)
            left -= tokens
    return _share(taken, evidence)


def mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each measure over questions, none of which is empty."""
    return {name: sum(row[name] for row in rows) / len(rows) for name in METRICS}


def _share(hits: Sequence[Ranked], evidence: Collection[str]) -> float:
    found = frozenset[str]().union(*(hit.ids for hit in hits))
    return len(found & frozenset(evidence)) / len(evidence)
