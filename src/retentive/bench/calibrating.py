"""Fit the weights of declining, and say what they reach on conversations left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retentive.bench.declining import Judged
from retentive.errors import InvalidInputError
from retentive.recall.relevance import CALIBRATIONS

__all__ = ["Calibrated", "calibrate", "logistic"]

_ROUNDS = 50
_L2 = 1e-4
_KEPT = 0.955  # aimed at while fitting; a little is lost on other conversations


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """Weights, and what weights fitted without a conversation reach on it.

    Attributes:
        basis: The calibration in :data:`~retentive.recall.relevance.CALIBRATIONS`.
        weights: Fitted on all conversations; ``bias`` is theirs, unshifted.
        threshold: The probability that keeps 95.5 % of the right questions.
        kept: Share of right questions kept, in the mean over conversations left out.
        declined: Share of wrong questions declined, likewise.
    """

    basis: str
    weights: Mapping[str, float]
    threshold: float
    kept: float
    declined: float

    def __str__(self) -> str:
        """Return a line for people, and the weights."""
        weights = ", ".join(
            f"{name} {value:.2f}" for name, value in self.weights.items()
        )
        return (
            f"{self.basis}: kept {100 * self.kept:.1f}, declined "
            f"{100 * self.declined:.1f} on conversations left out\n"
            f"  {weights}; threshold {self.threshold:.2f}"
        )


def calibrate(items: Sequence[Judged], *, basis: str) -> Calibrated:
    """Fit the weights of one calibration.

    Args:
        items: Questions put to right and wrong conversations, at least three.
        basis: Which calibration: it says what evidence counts.

    Raises:
        InvalidInputError: There are too few conversations to leave one out.
    """
    names = [name for name in CALIBRATIONS[basis] if name != "bias"]
    rows = np.array(
        [[item.evidence.get(name, 0.0) for name in names] for item in items]
    )
    right = np.array([item.right for item in items])
    folds = sorted({item.asked_of for item in items})
    if len(folds) < 3:
        raise InvalidInputError(
            f"calibrating takes at least 3 conversations, got {folds!r}"
        )
    kept, declined = [], []
    for fold in folds:
        asked = np.array([item.asked_of == fold for item in items])
        seen = asked | np.array([item.belongs_to == fold for item in items])
        weights = logistic(rows[~seen], right[~seen])
        scores = rows @ weights[:-1] + weights[-1]
        threshold = np.quantile(scores[~seen & right], 1 - _KEPT)
        kept.append((scores[asked & right] >= threshold).mean())
        declined.append((scores[asked & ~right] < threshold).mean())
    weights = logistic(rows, right)
    scores = rows @ weights[:-1] + weights[-1]
    edge = float(np.quantile(scores[right], 1 - _KEPT))
    return Calibrated(
        basis=basis,
        weights=dict(zip([*names, "bias"], weights.tolist(), strict=True)),
        threshold=1 / (1 + float(np.exp(-edge))),
        kept=float(np.mean(kept)),
        declined=float(np.mean(declined)),
    )


def logistic(
    rows: NDArray[np.float64], right: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the weights, bias last, of a logistic regression.

    Right and wrong rows weigh the same in all; a little L2 keeps weights finite.

    Source: Newton's method on the penalised likelihood; Hastie, Tibshirani and
    Friedman 2009, "The Elements of Statistical Learning", section 4.4.1.
    """
    wide = np.column_stack([rows, np.ones(len(rows))])
    share = np.where(right, 0.5 / right.sum(), 0.5 / (~right).sum())
    penalty = np.append(np.full(rows.shape[1], _L2), 1e-12)
    weights = np.zeros(wide.shape[1])
    for _ in range(_ROUNDS):
        sure = 1 / (1 + np.exp(-(wide @ weights)))
        slope = wide.T @ (share * (sure - right)) + penalty * weights
        curve = (wide * (share * sure * (1 - sure))[:, None]).T @ wide
        weights = weights - np.linalg.solve(curve + np.diag(penalty), slope)
    return weights
