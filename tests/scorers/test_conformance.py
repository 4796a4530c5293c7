from __future__ import annotations

import pytest

from retentive.protocols import Scorer
from retentive.scorers.bm25 import BM25, ContextualBM25
from retentive.scorers.cues import AnswerType, TurnPrior
from retentive.scorers.dense import Attention, Dense, PooledDense, SessionDense
from retentive.scorers.hashing import HashBuckets
from retentive.scorers.inherited import Inherited
from retentive.scorers.late import LateInteraction
from retentive.scorers.links import Links
from retentive.scorers.priors import Importance, Recency, Use
from retentive.scorers.second_hop import SecondHop
from retentive.scorers.session import Session, SessionEvidence
from retentive.scorers.speaker import Company, Speaker, Subject
from retentive.scorers.temporal import MentionedTime, OccurredTime
from retentive.testing.scorer_suite import ScorerSuite

ALL = (
    BM25(),
    ContextualBM25(),
    Dense(),
    PooledDense(),
    SessionDense(),
    Attention(),
    LateInteraction(),
    Links(),
    HashBuckets(),
    Recency(),
    Importance(),
    Use(),
    Inherited(),
    Speaker(),
    Company(),
    Subject(),
    Session(),
    SessionEvidence(),
    SecondHop(),
    OccurredTime(),
    MentionedTime(),
    AnswerType(),
    TurnPrior(),
)


class TestEveryBuiltInScorer(ScorerSuite):
    @pytest.fixture(params=ALL, ids=lambda scorer: scorer.name)
    def scorer(self, request: pytest.FixtureRequest) -> Scorer:
        return request.param  # type: ignore[no-any-return]
