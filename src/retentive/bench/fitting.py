"""Fit the weights of signals to labelled data, and say what they reach on the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retentive.bench.evidence import Evidence, Sample
from retentive.bench.metrics import mean
from retentive.errors import InvalidInputError
from retentive.learning.listwise import Judged, Judgements, fit

__all__ = ["Fitted", "fit_weights"]

_SPREAD = 1.5  # deviation of the prior: questions in the hundreds outweigh it
_MOVING = 1e-3  # signals that no question hears keep their weight


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Weights, and what weights fitted without a conversation reach on it.

    Attributes:
        weights: Fitted on all questions, by signal.
        before: Measures of the configured weights, in the mean over questions.
        held_out: The same of weights that were fitted on other folds alone.
        folds: How many folds there were.
        questions: How many questions.
    """

    weights: Mapping[str, float]
    before: Mapping[str, float]
    held_out: Mapping[str, float]
    folds: int
    questions: int

    def to_yaml(self, *, source: str, precise: bool = False) -> str:
        """Return a configuration that ranks by these weights.

        Args:
            source: What they were fitted to, for the comment.
            precise: Whether late interaction is among them.
        """
        lines = [
            f"# Fitted by `retentive fit` to {_plain(source)}: {self.questions} questions.",
            f"# Held out, {self.folds} folds (configured weights in brackets):",
            *(
                f"#   {name} {100 * self.held_out[name]:.1f} "
                f"({100 * self.before[name]:.1f})"
                for name in ("recall@10", "ndcg@10", "within_1000")
            ),
            *(["preset: precise"] if precise else []),
            "recall:",
            "  scorers:",
            *(f"    {name}: {value:.3g}" for name, value in self.weights.items()),
        ]
        return "\n".join(lines) + "\n"


def fit_weights(
    evidence: Evidence,
    *,
    count_tokens: Callable[[str], int],
    folds: int = 5,
    only: Callable[[Sample], bool] = lambda _: True,
) -> Fitted:
    """Fit weights by a listwise softmax around the configured ones.

    Conversations are dealt into folds. Where there is a single one, its questions
    are, one to each fold in turn: such a report is less of a proof.

    Args:
        evidence: What each signal gave.
        count_tokens: Tokens of a text, for the budgets.
        folds: At least 2; at most one per conversation is used.
        only: Which questions to fit to and to report on.

    Raises:
        InvalidInputError: There are too few questions, or folds.
    """
    samples = [sample for sample in evidence.samples if only(sample)]
    if folds < 2 or len(samples) < 2:
        raise InvalidInputError(
            f"fitting needs at least 2 folds and 2 questions, got {folds!r} folds and "
            f"{len(samples)} questions"
        )
    parts = _folds(samples, folds)
    configured = evidence.weights
    held_out: list[dict[str, float]] = []
    for part in parts:
        others = [sample for other in parts if other is not part for sample in other]
        weights = _fitted(others, configured)
        held_out += [s.measures(weights, count_tokens=count_tokens) for s in part]
    before = [s.measures(configured, count_tokens=count_tokens) for s in samples]
    fitted = _fitted(samples, configured).tolist()
    return Fitted(
        weights=dict(zip(evidence.names, fitted, strict=True)),
        before=mean(before),
        held_out=mean(held_out),
        folds=len(parts),
        questions=len(samples),
    )


def _folds(samples: Sequence[Sample], count: int) -> list[list[Sample]]:
    """Deal whole conversations, or the questions of a single one, into folds."""
    names = list(dict.fromkeys(sample.conversation for sample in samples))
    parts: list[list[Sample]] = [[] for _ in range(count)]
    for place, sample in enumerate(samples):
        turn = place if len(names) == 1 else names.index(sample.conversation)
        parts[turn % count].append(sample)
    return [part for part in parts if part]


def _fitted(
    samples: Sequence[Sample], around: NDArray[np.float64]
) -> NDArray[np.float64]:
    judged = [
        Judged(values=sample.values, helpful=helpful)
        for sample in samples
        if (helpful := sample.helpful).any() and not helpful.all()
    ]
    judgements = Judgements(judged, signals=len(around))
    weights = fit(judgements, around=around, spread=np.full(len(around), _SPREAD))
    heard = np.abs(judgements.values).max(axis=(0, 1), initial=0.0) > _MOVING
    return np.asarray(np.where(heard, weights, around), np.float64)


def _plain(text: str) -> str:
    return " ".join(text.split())
