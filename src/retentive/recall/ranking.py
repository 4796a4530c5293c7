"""The second stage: scorers, fusion and diversity over the candidates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError, PluginError
from retentive.index.frame import ColumnFrame
from retentive.protocols import (
    Query,
    ReadsTokens,
    Reranker,
    Rewriter,
    Scorer,
    SupportsGate,
)
from retentive.recall.candidates import gather
from retentive.recall.diversity import diversify
from retentive.recall.filters import Scope
from retentive.recall.fusion import Fusion, Signal, WeightedSum, z_scores

__all__ = ["Ranking", "RecallSettings", "WeightedScorer", "rank"]


@dataclass(frozen=True, slots=True)
class WeightedScorer:
    """A scorer and what its signal counts for; 0 switches it off."""

    scorer: Scorer
    weight: float
    gated: SupportsGate | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a weight that no sum can use; look for a gate once."""
        if isinstance(self.scorer, SupportsGate):
            object.__setattr__(self, "gated", self.scorer)
        if not (isinstance(self.weight, int | float) and 0 <= self.weight < math.inf):
            raise InvalidInputError(
                f"the weight of scorer {self.scorer.name!r} must be a number of at "
                f"least 0, got {self.weight!r}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallSettings:
    """How a recall ranks.

    Attributes:
        scorers: The signals and their weights.
        fusion: How signals are joined.
        diversity: Strength of maximal marginal relevance, in [0, 1].
        decline_below: Contexts stay empty where anything relevant is less likely
            than this, in [0, 1]; 0: never.
        reranker: Orders the best hits anew; scores stay what they were.
        rerank_depth: How many of the best it reads.
        rewriter: Puts what is asked into words to recall by.
        engine: Where candidates are found: in this ``process``, by the engine of
            the store's ``server``, or by it where a namespace is large (``auto``).
        engine_above: With ``auto``, how many memories a process may hold.
    """

    scorers: Sequence[WeightedScorer]
    fusion: Fusion = field(default_factory=WeightedSum)
    diversity: float = 0.0
    decline_below: float = 0.3
    reranker: Reranker | None = None
    rerank_depth: int = 30
    rewriter: Rewriter | None = None
    engine: Literal["process", "server", "auto"] = "process"
    engine_above: int = 50_000

    def __post_init__(self) -> None:
        """Refuse two signals of one name and a diversity that is no share."""
        names = [weighted.scorer.name for weighted in self.scorers]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise InvalidInputError(
                f"two scorers give the signal {doubled[0]!r}; pass name= to one"
            )
        if self.rerank_depth < 1:
            raise InvalidInputError(
                f"rerank_depth must be at least 1, got {self.rerank_depth!r}"
            )
        if self.engine not in ("process", "server", "auto"):
            raise InvalidInputError(
                f"engine must be process, server or auto, got {self.engine!r}"
            )
        if self.engine_above < 0:
            raise InvalidInputError(
                f"engine_above must be at least 0, got {self.engine_above!r}"
            )
        for name in ("diversity", "decline_below"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InvalidInputError(
                    f"{name} must be in [0, 1], got {getattr(self, name)!r}"
                )

    @property
    def reads_tokens(self) -> bool:
        """Whether a scorer with weight reads the vectors of tokens."""
        return any(
            weighted.weight > 0 and isinstance(weighted.scorer, ReadsTokens)
            for weighted in self.scorers
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The outcome of a ranking, with everything that led to it.

    Attributes:
        query: The analysed question.
        frame: The candidates, n rows.
        allowed: Rows of the whole frame that the scope lets through.
        pool: ``(n,)``: rows over which signals were normalised.
        signals: What each scorer said, n values each.
        contributions: ``(signals, n)``: what each adds to the score.
        scores: ``(n,)``: their sum.
        order: ``(n,)`` places in the frame, best first; ties by age, oldest first.
    """

    query: Query
    frame: ColumnFrame
    allowed: NDArray[np.bool_]
    pool: NDArray[np.bool_]
    signals: Sequence[Signal]
    contributions: NDArray[np.float32]
    scores: NDArray[np.float32]
    order: NDArray[np.int64]

    def contributions_at(self, places: Sequence[int]) -> list[dict[str, float]]:
        """Return what each signal adds to the scores of some rows."""
        names = [signal.name for signal in self.signals]
        added = self.contributions[:, places].T.tolist()
        return [dict(zip(names, values, strict=True)) for values in added]

    def normalised_at(self, place: int) -> dict[str, float]:
        """Return each signal of one row as it was weighted."""
        return {
            signal.name: float(
                z_scores(signal.values, self.pool)[place]
                if signal.normalise
                else signal.values[place]
            )
            for signal in self.signals
        }


def rank(
    query: Query,
    frame: ColumnFrame,
    *,
    settings: RecallSettings,
    scope: Scope,
    limit: int,
    among: NDArray[np.bool_] | None = None,
) -> Ranking:
    """Rank the rows of a frame for a question.

    Args:
        query: The analysed question.
        frame: A whole frame.
        settings: Scorers, fusion, diversity.
        scope: What may be returned.
        limit: How many rows diversity has to care for.
        among: ``(frame.size,)``: rows that compete; all if omitted.
    """
    allowed = scope.allows(frame, now=query.now)
    competing = allowed if among is None else allowed & among
    candidates = gather(query, frame, competing)
    sliced = frame.take(candidates.rows)
    signals = [_ask(weighted, query, sliced) for weighted in settings.scorers]
    contributions = settings.fusion(signals, candidates.pool)
    scores = contributions.sum(axis=0, dtype=np.float32)
    order = np.argsort(-scores, kind="stable")
    order = diversify(scores, order, sliced, strength=settings.diversity, limit=limit)
    return Ranking(
        query=query,
        frame=sliced,
        allowed=allowed,
        pool=candidates.pool,
        signals=signals,
        contributions=contributions,
        scores=scores,
        order=order,
    )


def _ask(weighted: WeightedScorer, query: Query, frame: ColumnFrame) -> Signal:
    scorer = weighted.scorer
    weight = weighted.weight
    if weighted.gated is not None:
        weight *= weighted.gated.gate(query, frame)
    if not weight:
        silent = np.zeros(frame.size, np.float32)
        return Signal(scorer.name, 0.0, silent, scorer.normalise)
    values = np.asarray(scorer(query, frame), np.float32)
    if values.shape != (frame.size,) or not _finite(values):
        raise PluginError(
            f"scorer {scorer.name!r} must return ({frame.size},) finite numbers, got "
            f"shape {values.shape} with {int((~np.isfinite(values)).sum())} not finite"
        )
    return Signal(scorer.name, weight, values, scorer.normalise)


def _finite(values: NDArray[np.float32]) -> bool:
    """Return whether all are; the least and the largest tell it, NaN is both."""
    return not len(values) or bool(
        math.isfinite(values.min()) and math.isfinite(values.max())
    )
