"""The one default: which signals rank, and what each counts for."""

from __future__ import annotations

from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.scorers.bm25 import ContextualBM25, LastBM25
from retentive.scorers.cues import AnswerType, TurnPrior
from retentive.scorers.dense import Dense, LastDense, PooledDense, SessionDense
from retentive.scorers.priors import Importance, Use
from retentive.scorers.speaker import Company, Speaker
from retentive.scorers.temporal import MentionedTime, OccurredTime
from retentive.scorers.topics import Topics

__all__ = ["default_settings"]


def default_settings() -> RecallSettings:
    """Return the default ranking, for questions in English and Chinese.

    One unit is one deviation of the contextual BM25 over the candidates.
    Signals over vectors are silent without an embedder.
    """
    return RecallSettings(
        scorers=(
            WeightedScorer(ContextualBM25(), 1.0),
            WeightedScorer(LastBM25(), 0.4),
            WeightedScorer(Dense(), 0.3),
            WeightedScorer(LastDense(), 0.5),
            WeightedScorer(PooledDense(), 0.85),
            WeightedScorer(SessionDense(), 0.4),
            WeightedScorer(Speaker(), 2.0),
            WeightedScorer(Company(), 1.25),
            WeightedScorer(OccurredTime(), 4.5),
            WeightedScorer(MentionedTime(), 1.25),
            WeightedScorer(AnswerType(), 1.0),
            WeightedScorer(Topics(), 0.75),
            WeightedScorer(TurnPrior(), 1.0),
            WeightedScorer(Importance(), 0.3),
            WeightedScorer(Use(), 0.5),
        )
    )
