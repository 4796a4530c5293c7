"""Says why a memory was recalled, and why another was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from retentive.index.frame import ColumnFrame
from retentive.index.ingest import STATUSES
from retentive.protocols import LearnedWeights, Query
from retentive.recall.context import Context
from retentive.recall.filters import Scope
from retentive.recall.ranking import Ranking
from retentive.recall.relevance import Relevance, judge
from retentive.records import Hit, Status
from retentive.scorers.bm25 import inverse_document_frequency
from retentive.text.statement import statement

__all__ = [
    "ExplainedHit",
    "Explanation",
    "WhyNot",
    "explained",
    "in_context",
    "why_not",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedHit:
    """A hit with the numbers behind its signals.

    Attributes:
        hit: The memory; ``hit.signals`` are the contributions to its score.
        rank: From 1.
        raw: What each scorer returned.
        normalised: The same as z-scores where the signal is normalised.
    """

    hit: Hit
    rank: int
    raw: Mapping[str, float]
    normalised: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How a question was understood, weighed and answered.

    Attributes:
        query: The analysed question.
        key_terms: Its index terms by their idf, the rarest first; one that no memory
            holds has the largest.
        statement: The question as the beginning of its answer.
        weights: Each signal's weight for this question, gates included.
        candidates: How many rows the second stage ranked.
        memories: How many rows the scope let through.
        relevance: How likely it is that there is anything to recall.
        hits: Best first.
        learned: What feedback taught about the weights, if anything.
    """

    query: Query
    key_terms: Mapping[str, float]
    statement: str
    relevance: Relevance
    weights: Mapping[str, float]
    candidates: int
    memories: int
    hits: Sequence[ExplainedHit]
    learned: LearnedWeights | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """Why a memory is not, or is only so far down, among the hits.

    Attributes:
        id: The memory.
        reason: A sentence.
        rank: Its rank from 1, ``None`` if it was not ranked.
        behind: How each signal compares with the last hit shown: this memory's
            contribution minus that one's, most harmful first.
        filtered_by: What of the scope leaves it out, such as ``kinds``.
        outranked_by: Ids of the hits shown instead, best first.
        relevance: How likely it is that anything is relevant; a context may stay
            empty for that alone.
        in_context: Whether a context within the budget asked about holds it;
            ``None`` if no budget was given.
    """

    id: str
    reason: str
    rank: int | None = None
    behind: Mapping[str, float] | None = None
    filtered_by: Sequence[str] = ()
    outranked_by: Sequence[str] = ()
    relevance: Relevance | None = None
    in_context: bool | None = None


def explained(
    ranking: Ranking, hits: Sequence[Hit], *, learned: LearnedWeights | None = None
) -> Explanation:
    """Lay a ranking open.

    Args:
        ranking: The ranking that gave the hits.
        hits: Its best rows, hydrated, in its order.
        learned: What was learnt about its weights.
    """
    places = {ranking.frame.id_at(place): place for place in ranking.order[: len(hits)]}
    return Explanation(
        query=ranking.query,
        key_terms=_key_terms(ranking),
        statement=statement(ranking.query.text),
        relevance=judge(ranking),
        weights={signal.name: signal.weight for signal in ranking.signals},
        candidates=ranking.frame.size,
        memories=int(ranking.allowed.sum()),
        hits=[
            ExplainedHit(
                hit=hit,
                rank=number,
                raw={
                    signal.name: float(signal.values[places[hit.record.id]])
                    for signal in ranking.signals
                },
                normalised=ranking.normalised_at(places[hit.record.id]),
            )
            for number, hit in enumerate(hits, start=1)
        ],
        learned=learned,
    )


def _key_terms(ranking: Ranking) -> dict[str, float]:
    terms = ranking.query.terms
    idf = inverse_document_frequency(ranking.frame.term_counts(terms)).tolist()
    found = dict(zip(terms, idf, strict=True))
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def why_not(
    id: str,
    row: int | None,
    ranking: Ranking,
    *,
    whole: ColumnFrame,
    limit: int,
    scope: Scope,
) -> WhyNot:
    """Say what held a memory down.

    Args:
        id: The memory.
        row: Its row in the whole frame, ``None`` if it is not there.
        ranking: The ranking in question.
        whole: The frame that was ranked.
        limit: How many hits were shown.
        scope: What might be returned.
    """
    if row is None or not whole.alive[row]:
        return WhyNot(id=id, reason="no memory of this id is in the namespace")
    if not ranking.allowed[row]:
        names = _filters(row, whole, ranking, scope)
        reason = _filtered(row, whole, ranking, names)
        return WhyNot(id=id, reason=reason, filtered_by=names)
    places = np.flatnonzero(ranking.frame.rows == row)
    if not len(places):
        return WhyNot(
            id=id,
            reason=(
                f"it is not among the {ranking.frame.size} candidates: neither its "
                "words, its vector, its time nor its neighbours are near the question"
            ),
        )
    return replace(
        _ranked(id, int(places[0]), ranking, limit=limit), relevance=judge(ranking)
    )


def in_context(answer: WhyNot, context: Context) -> WhyNot:
    """Add whether a context holds the memory, and why not.

    Args:
        answer: About a recall.
        context: Of the same question.
    """
    held = any(hit.record.id == answer.id for hit in context.hits)
    if context.declined and context.relevance is not None:
        reason = (
            f"{answer.reason}; a context stays empty, since anything relevant has a "
            f"probability of {context.relevance.probability:.2f}"
        )
    elif answer.rank is not None and not held:
        reason = (
            f"{answer.reason}; what ranks before it leaves no room for it in "
            f"{context.budget} tokens"
        )
    else:
        reason = answer.reason
    return replace(answer, reason=reason, in_context=held)


def _ranked(id: str, place: int, ranking: Ranking, *, limit: int) -> WhyNot:
    rank = int(np.flatnonzero(ranking.order == place)[0]) + 1
    if rank <= limit:
        return WhyNot(id=id, reason=f"it is recalled, at rank {rank}", rank=rank)
    mine, last = ranking.contributions_at([place, int(ranking.order[limit - 1])])
    gaps = {name: mine[name] - last[name] for name in mine}
    behind = dict(sorted(gaps.items(), key=lambda item: item[1]))
    worst = next(iter(behind))
    return WhyNot(
        id=id,
        reason=(
            f"it ranks {rank} of {ranking.frame.size}; against the hit at rank {limit} "
            f"it loses most by the signal {worst!r} ({behind[worst]:+.2f})"
        ),
        rank=rank,
        behind=behind,
        outranked_by=[ranking.frame.id_at(int(p)) for p in ranking.order[:limit]],
    )


def _filters(row: int, whole: ColumnFrame, ranking: Ranking, scope: Scope) -> list[str]:
    """Return the conditions of a scope that by themselves leave a row out."""
    nothing = Scope()
    return [
        part.name
        for part in fields(Scope)
        if getattr(scope, part.name) != getattr(nothing, part.name)
        and not Scope(**{part.name: getattr(scope, part.name)}).allows(
            whole, now=ranking.query.now
        )[row]
    ]


def _filtered(
    row: int, whole: ColumnFrame, ranking: Ranking, names: Sequence[str]
) -> str:
    now = ranking.query.now.timestamp()
    status = STATUSES[whole.status[row]]
    if status is not Status.ACTIVE:
        return f"its status is {status.value}; only active memories are recalled"
    if whole.expires_at[row] <= now:
        return "it has expired"
    if whole.valid_until[row] <= now:
        return "it is no longer valid"
    return f"the recall's conditions leave it out: {', '.join(names) or 'together'}"
