"""What every scorer must do: subclass :class:`ScorerSuite` with one fixture."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from retentive.index.frame import ColumnFrame
from retentive.index.replica import Replica
from retentive.protocols import Batch, Put, Query, Scorer, SupportsGate
from retentive.recall.analyse import analyse
from retentive.records import Embedding, MemoryRecord
from retentive.stores.memory import MemoryStore
from retentive.testing.fake import FakeEmbedder

__all__ = ["ScorerSuite"]

_NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
_TEXTS = (
    "I adopted a cat called Mochi last week.",
    "Does she like fish?",
    "She had 3 kittens in Oslo because the vet was late.",
    "我上周五去了北京。",
    "😀",
    "The meeting is on 8 May 2026.",
)
_QUESTIONS = ("What is Ann's cat called?", "When did we meet?", "我去了哪里？", "?", "")


class ScorerSuite:
    """Checks of the contract of :class:`retentive.protocols.Scorer`.

    A subclass overrides the fixture ``scorer`` and inherits the checks.
    """

    @pytest.fixture
    def scorer(self) -> Scorer:
        """Return the scorer to check."""
        raise NotImplementedError("override the fixture 'scorer'")

    @pytest.fixture
    def frame(self) -> ColumnFrame:
        """Return a frame of sessions, speakers, vectors, copies and gaps."""
        return _frame()

    @pytest.fixture(params=_QUESTIONS)
    def query(self, request: pytest.FixtureRequest, frame: ColumnFrame) -> Query:
        """Return questions of several kinds, an empty one among them."""
        return analyse(request.param, frame=frame, now=_NOW, embedder=FakeEmbedder())

    def test_one_finite_number_per_row(
        self, scorer: Scorer, frame: ColumnFrame, query: Query
    ) -> None:
        """The result is (n,), real and finite."""
        scores = scorer(query, frame)
        assert scores.shape == (frame.size,)
        assert scores.dtype == np.float32
        assert np.isfinite(scores).all()

    def test_the_same_question_gets_the_same_answer(
        self, scorer: Scorer, frame: ColumnFrame, query: Query
    ) -> None:
        """A scorer keeps nothing between calls and changes nothing it is given."""
        importance = frame.importance.copy()
        first = scorer(query, frame)
        scorer(Query(text="other", now=_NOW, terms=("other",)), frame)
        np.testing.assert_array_equal(scorer(query, frame), first)
        np.testing.assert_array_equal(frame.importance, importance)

    def test_no_rows_no_scores(
        self, scorer: Scorer, frame: ColumnFrame, query: Query
    ) -> None:
        """An empty slice gives an empty result."""
        assert scorer(query, frame.take(np.empty(0, np.int32))).shape == (0,)

    def test_a_far_clock_is_no_reason_to_fail(
        self, scorer: Scorer, frame: ColumnFrame
    ) -> None:
        """Years 1 and 9999 give finite scores."""
        for year in (1, 9999):
            now = datetime(year, 6, 1, tzinfo=UTC)
            asked = Query(text="cat", now=now, terms=("cat",), words=("cat",))
            assert np.isfinite(scorer(asked, frame)).all()

    def test_a_gate_is_a_share(
        self, scorer: Scorer, frame: ColumnFrame, query: Query
    ) -> None:
        """A gate, where there is one, lies in [0, 1]."""
        if isinstance(scorer, SupportsGate):
            assert 0.0 <= scorer.gate(query, frame) <= 1.0

    def test_it_has_a_name(self, scorer: Scorer) -> None:
        """The name is what configuration and explanations say."""
        assert scorer.name
        assert isinstance(scorer.normalise, bool)


@cache
def _frame() -> ColumnFrame:
    embedder = FakeEmbedder()
    store = MemoryStore()
    for place in range(60):
        text = f"{_TEXTS[place % len(_TEXTS)]} {place // 12}"
        record = MemoryRecord(
            content=text,
            speaker=("Ann", "Bob", None)[place % 3],
            role="user" if place % 2 else "assistant",
            session=f"s{place // 6}" if place % 7 else None,
            occurred_at=_NOW - timedelta(hours=place * 37),
            recorded_at=_NOW,
            importance=(place % 5) / 4,
            embedding=Embedding(
                vector=embedder.embed([text])[0], fingerprint=embedder.fingerprint
            ),
        )
        store.apply(Batch(namespace=("default",), puts=[Put(record=record)]))
    return Replica(store, [("default",)], embedder=embedder.fingerprint).frame()
