"""Decides on judgements that were not learnt from whether to use what was learnt."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retentive.learning.listwise import (
    FloatArray,
    Judgements,
    fit,
    losses,
    reciprocal_ranks,
    rescaled,
)

__all__ = ["FEWEST", "Verdict", "judge"]

FEWEST = 20
"""Judged questions below which nothing learnt is used."""

_CONFIDENCE = 1.645  # standard errors: one in twenty gains of chance passes


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What judgements that were held out say.

    Attributes:
        used: Whether the learnt weights rank from now on.
        questions: Judged questions it rests on.
        gain: Mean loss that learning saves on held-out questions.
        error: Standard error of that mean.
        reason: A sentence.
    """

    used: bool
    questions: int
    gain: float = 0.0
    error: float = 0.0
    reason: str = ""


def judge(
    judgements: Judgements,
    *,
    folds: NDArray[np.int64],
    around: FloatArray,
    spread: FloatArray,
) -> Verdict:
    """Learn from all folds but one, ask the one, and so for each.

    Learnt weights are used only if, on held-out questions, they lose less than the
    configured ones (times their best factor) by more than 1.645 standard errors,
    and the first helpful row ranks no lower in the mean.

    Args:
        judgements: What helped.
        folds: ``(questions,)``: which fold each belongs to.
        around: ``(signals,)`` configured weights.
        spread: ``(signals,)`` standard deviations of the prior.
    """
    count = len(judgements)
    if count < FEWEST or len(np.unique(folds)) < 2:
        return Verdict(
            used=False,
            questions=count,
            reason=f"{count} judged questions are too few, {FEWEST} are needed",
        )
    saved, ranks = _held_out(judgements, folds=folds, around=around, spread=spread)
    gain = float(saved.mean())
    error = float(saved.std(ddof=1)) / math.sqrt(count)
    higher = float(ranks.mean())
    used = gain > _CONFIDENCE * error and higher >= 0.0
    found = f"on held-out questions loss changes by {-gain:+.3f} ± {error:.3f} and "
    found += f"the reciprocal rank of the first helpful memory by {higher:+.3f}"
    return Verdict(used=used, questions=count, gain=gain, error=error, reason=found)


def _held_out(
    judgements: Judgements,
    *,
    folds: NDArray[np.int64],
    around: FloatArray,
    spread: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Return what learning saves and how ranks change, for each question."""
    saved = np.zeros(len(judgements))
    ranks = np.zeros(len(judgements))
    for fold in np.unique(folds):
        asked = folds == fold
        known, unknown = judgements.only(~asked), judgements.only(asked)
        learnt = fit(known, around=around, spread=spread)
        plain = rescaled(known, around)
        saved[asked] = losses(unknown, plain) - losses(unknown, learnt)
        before = reciprocal_ranks(unknown, around)
        ranks[asked] = reciprocal_ranks(unknown, learnt) - before
    return saved, ranks
