"""Fits weights of signals so that helpful rows stand before all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retentive.errors import InvalidInputError

__all__ = ["Judged", "Judgements", "fit", "losses", "reciprocal_ranks", "rescaled"]

FloatArray = NDArray[np.float64]

_STEPS = 12  # Newton's method is there after five to eight
_SMALL_STEP = 1e-3  # of a weight in units of the configured one: nobody sees it
_HALVINGS = 12  # of a step that overshoots; what is left then is nothing
_LONGEST_STEP = 0.5  # a first step beyond it overshoots where labels are few


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One question's rows, and which of them helped.

    Attributes:
        values: ``(n, signals)``: what each signal adds to a row's score at weight 1.
        helpful: ``(n,)`` bool, with at least one true and one false.
    """

    values: NDArray[np.float32]
    helpful: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Refuse what teaches nothing or has two sizes."""
        if self.values.ndim != 2 or self.values.shape[0] != len(self.helpful):
            raise InvalidInputError(
                f"values must be (rows, signals) for {len(self.helpful)} judgements, "
                f"got shape {self.values.shape}"
            )
        if self.helpful.all() or not self.helpful.any():
            raise InvalidInputError(
                "a question teaches only if some of its rows helped and some did not, "
                f"got {int(self.helpful.sum())} of {len(self.helpful)}"
            )


class Judgements:
    """Many judged questions as arrays of one shape, so that sums are matrix products.

    Attributes:
        values: ``(questions, rows, signals)``, 0 beyond a question's last row.
        helpful: ``(questions, rows)``.
        other: ``(questions, rows)``: rows that did not help.
    """

    def __init__(self, judged: Sequence[Judged], *, signals: int) -> None:
        """Lay questions over each other, padded to the longest."""
        longest = max((len(one.helpful) for one in judged), default=0)
        self.values: FloatArray = np.zeros((len(judged), longest, signals))
        self.helpful = np.zeros((len(judged), longest), np.bool_)
        self.other = np.zeros((len(judged), longest), np.bool_)
        for place, one in enumerate(judged):
            rows = len(one.helpful)
            self.values[place, :rows] = one.values
            self.helpful[place, :rows] = one.helpful
            self.other[place, :rows] = ~one.helpful

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self.values)

    def only(self, chosen: NDArray[np.bool_]) -> Judgements:
        """Return some of the questions."""
        part = object.__new__(Judgements)
        part.values = self.values[chosen]
        part.helpful = self.helpful[chosen]
        part.other = self.other[chosen]
        return part


def losses(judgements: Judgements, weights: FloatArray) -> FloatArray:
    """Return ``(questions,)``: how surprised the weights are by what helped.

    loss = - mean over helpful rows p of ln(e^s_p / (e^s_p + Σ_others e^s)),
    s = values · weights. 0 where each helpful row stands far above all others.

    Source: the listwise softmax of Cao et al. 2007, "Learning to Rank: From
    Pairwise Approach to Listwise Approach" (top-one probability), with each
    helpful row put against the others alone.
    """
    surprise, _, _ = _surprises(judgements, weights)
    shared = surprise.sum(axis=1) / judgements.helpful.sum(axis=1)
    return np.asarray(shared, np.float64)


def reciprocal_ranks(judgements: Judgements, weights: FloatArray) -> FloatArray:
    """Return ``(questions,)``: 1 / rank of the first helpful row, ties against it."""
    scores = judgements.values @ weights
    best = np.where(judgements.helpful, scores, -np.inf).max(axis=1)
    above = judgements.other & (scores >= best[:, None])
    return np.asarray(1.0 / (1.0 + above.sum(axis=1)), np.float64)


def fit(
    judgements: Judgements, *, around: FloatArray, spread: FloatArray
) -> FloatArray:
    """Return the weights, at least 0, that are likeliest after these judgements.

    Minimises Σ losses + Σ (w - around)² / (2 · spread²): each question counts
    once, and the prior as much as if weights were drawn from a normal
    distribution. So few judgements move weights little. The function is convex;
    Newton's method among the weights above 0, a step halved until it descends.

    Args:
        judgements: What helped.
        around: ``(signals,)`` configured weights.
        spread: ``(signals,)`` standard deviations of the prior, above 0.

    Source: ridge-regularised maximum likelihood, Hoerl and Kennard 1970, for the
    listwise softmax of :func:`losses`.
    """
    weights = around.copy()
    precision = 1.0 / np.square(spread)
    longest = _LONGEST_STEP * np.maximum(around, spread)

    def objective(at: FloatArray) -> float:
        prior = (precision * np.square(at - around)).sum() / 2.0
        return float(losses(judgements, at).sum() + prior)

    for _ in range(_STEPS if len(judgements) else 0):
        slope, curvature = _derivatives(judgements, weights)
        slope += precision * (weights - around)
        curvature += np.diag(precision)
        step = _step(weights, slope, curvature, longest=longest)
        moved = _descended(weights, step, objective)
        change = np.abs(moved - weights).max(initial=0.0)
        weights = moved
        if change < _SMALL_STEP:
            break
    return weights


def _step(
    weights: FloatArray,
    slope: FloatArray,
    curvature: FloatArray,
    *,
    longest: FloatArray,
) -> FloatArray:
    """Return Newton's step among the weights that may move, none of it too long."""
    free = (weights > 0.0) | (slope < 0.0)
    step = np.zeros_like(weights)
    step[free] = np.linalg.solve(curvature[np.ix_(free, free)], slope[free])
    return np.asarray(
        step / max(1.0, float((np.abs(step) / longest).max())), np.float64
    )


def _descended(
    weights: FloatArray, step: FloatArray, objective: Callable[[FloatArray], float]
) -> FloatArray:
    """Return where a step leads, halved until it leads no higher."""
    before = objective(weights)
    for halvings in range(_HALVINGS):
        moved: FloatArray = np.maximum(weights - step / 2**halvings, 0.0)
        if objective(moved) <= before:
            return moved
    return weights


def rescaled(judgements: Judgements, weights: FloatArray) -> FloatArray:
    """Return the same weights times the one factor that is likeliest.

    A factor changes no order: it makes losses of two sets of weights comparable.
    """
    joined = object.__new__(Judgements)
    joined.values = (judgements.values @ weights)[:, :, None]
    joined.helpful, joined.other = judgements.helpful, judgements.other
    [factor] = fit(joined, around=np.ones(1), spread=np.ones(1))
    return np.asarray(weights * factor, np.float64)


def _surprises(
    judgements: Judgements, weights: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return each helpful row's loss and probability, and the others' shares.

    All ``(questions, rows)``, 0 where a row is not of that sort.
    """
    scores = judgements.values @ weights
    others = np.where(judgements.other, scores, -np.inf)
    top = others.max(axis=1, keepdims=True)
    shares = np.exp(others - top)
    total = shares.sum(axis=1, keepdims=True)
    gap = top + np.log(total) - scores
    surprise = np.where(judgements.helpful, np.logaddexp(0.0, gap), 0.0)
    likely = np.where(judgements.helpful, np.exp(-np.logaddexp(0.0, gap)), 0.0)
    return surprise, likely, shares / total


def _derivatives(
    judgements: Judgements, weights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the slope and the curvature of the summed losses."""
    values = judgements.values
    _, likely, shares = _surprises(judgements, weights)
    counts = judgements.helpful.sum(axis=1, keepdims=True)
    expected = np.einsum("qr,qrs->qs", shares, values)
    missed = judgements.helpful * (1.0 - likely) / counts
    slope = (missed.sum(axis=1) @ expected) - np.einsum("qr,qrs->s", missed, values)
    apart = expected[:, None, :] - values
    spread = likely * (1.0 - likely) * judgements.helpful / counts
    curvature = np.einsum("qr,qrs,qrt->st", spread, apart, apart, optimize=True)
    mixed = shares * missed.sum(axis=1, keepdims=True)
    curvature += np.einsum("qr,qrs,qrt->st", mixed, apart, apart, optimize=True)
    return slope, curvature
