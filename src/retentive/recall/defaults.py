"""The weights of the default ranking, and of the one with late interaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from retentive.protocols import Scorer
from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.scorers.bm25 import ContextualBM25, LastBM25
from retentive.scorers.cues import AnswerType, TurnPrior
from retentive.scorers.dense import Dense, LastDense, PooledDense, SessionDense
from retentive.scorers.inherited import Inherited
from retentive.scorers.late import LateInteraction
from retentive.scorers.priors import Importance, Use
from retentive.scorers.speaker import Company, Speaker, Subject
from retentive.scorers.temporal import MentionedTime, OccurredTime
from retentive.scorers.topics import Topics

__all__ = ["WEIGHTS", "Weighed", "default_settings", "precise_settings"]


class Weighed(NamedTuple):
    """A scorer and its two weights.

    Attributes:
        make: Makes the scorer.
        weight: By default. One unit is one deviation of the contextual BM25.
        precise: Beside late interaction, which reads the same words more closely.
    """

    make: Callable[[], Scorer]
    weight: float
    precise: float


WEIGHTS: tuple[Weighed, ...] = (
    Weighed(ContextualBM25, 1.0, 0.4),
    Weighed(LastBM25, 0.4, 0.4),
    Weighed(Dense, 0.3, 0.2),
    Weighed(LastDense, 0.5, 0.5),
    Weighed(PooledDense, 0.7, 0.5),
    Weighed(SessionDense, 0.4, 0.1),
    Weighed(Speaker, 2.2, 2.0),
    Weighed(Company, 1.25, 1.25),
    Weighed(Subject, 2.0, 2.0),
    Weighed(OccurredTime, 4.5, 4.5),
    Weighed(MentionedTime, 1.6, 1.25),
    Weighed(AnswerType, 1.0, 1.0),
    Weighed(Topics, 0.75, 0.75),
    Weighed(TurnPrior, 1.0, 1.0),
    Weighed(Importance, 0.45, 0.3),
    Weighed(Use, 0.5, 0.5),
    Weighed(Inherited, 10.0, 10.0),
    Weighed(LateInteraction, 0.0, 1.0),
)
"""The one table of weights; ``retentive fit`` makes one for your own data."""


def default_settings() -> RecallSettings:
    """Return the default ranking, for questions in English and Chinese.

    Signals over vectors are silent without an embedder.
    """
    return RecallSettings(
        scorers=[
            WeightedScorer(make(), weight) for make, weight, _ in WEIGHTS if weight
        ]
    )


def precise_settings() -> RecallSettings:
    """Return the ranking with late interaction; needs an embedder of tokens.

    Takes some 13 KB of memory and of disk per memory, and milliseconds more per
    recall: see ``docs/decisions/0010-token-vectors.md``.
    """
    return RecallSettings(
        scorers=[WeightedScorer(make(), weight) for make, _, weight in WEIGHTS]
    )
