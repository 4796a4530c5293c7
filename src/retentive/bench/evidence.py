"""Questions as numbers: what every signal gave each candidate, and what it answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retentive.bench.datasets import Conversation, Dataset
from retentive.bench.metrics import Ranked, mean, measure
from retentive.bench.recall import DEPTH, Progress
from retentive.bench.systems import sources
from retentive.memory import Memory
from retentive.protocols import Embedder
from retentive.recall.features import features
from retentive.recall.filters import Scope
from retentive.recall.ranking import Ranking, RecallSettings

__all__ = ["Evidence", "Sample", "collect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One question's candidates.

    Attributes:
        conversation: Which conversation it was put to.
        category: Its sort, as the data set says.
        values: ``(n, signals) float32``: contributions at weight 1.
        hits: What each candidate stands for.
        evidence: Ids of the memories that answer it.
    """

    conversation: str
    category: str
    values: NDArray[np.float32]
    hits: Sequence[Ranked]
    evidence: frozenset[str]

    @property
    def helpful(self) -> NDArray[np.bool_]:
        """``(n,)``: candidates that are evidence."""
        return np.array([bool(hit.ids & self.evidence) for hit in self.hits], np.bool_)

    def measures(
        self, weights: NDArray[np.float64], *, count_tokens: Callable[[str], int]
    ) -> dict[str, float]:
        """Return every measure of the ranking by these weights."""
        order = np.argsort(-(self.values @ weights), kind="stable")[:DEPTH]
        ranking = [self.hits[place] for place in order]
        return measure(ranking, self.evidence, count_tokens=count_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All questions of a data set.

    Attributes:
        names: Of the signals.
        weights: ``(signals,)``: as configured.
        samples: One per question.
        seconds: Median time that each signal took for one question.
    """

    names: tuple[str, ...]
    weights: NDArray[np.float64]
    samples: Sequence[Sample]
    seconds: Mapping[str, float]

    def report(
        self,
        weights: NDArray[np.float64],
        *,
        count_tokens: Callable[[str], int],
        only: Callable[[Sample], bool] = lambda _: True,
    ) -> dict[str, float]:
        """Return the mean of each measure over some questions, all by default."""
        return mean(
            [
                sample.measures(weights, count_tokens=count_tokens)
                for sample in self.samples
                if only(sample)
            ]
        )


def collect(
    dataset: Dataset,
    *,
    settings: RecallSettings,
    embedder: Embedder | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Evidence:
    """Put every question to the memories of its conversation.

    Args:
        dataset: What to remember and to ask.
        settings: The signals; one of weight 0 is not asked.
        embedder: For the memories and the questions.
        progress: Told after each question.
    """
    total = sum(len(each.questions) for each in dataset.conversations)
    samples: list[Sample] = []
    spent: dict[str, list[float]] = {}
    for conversation in dataset.conversations:
        for sample in _of(conversation, settings, embedder, spent):
            samples.append(sample)
            progress(Progress(len(samples), total, conversation.id))
    weighed = list(settings.scorers)
    return Evidence(
        names=tuple(each.scorer.name for each in weighed),
        weights=np.array([each.weight for each in weighed], np.float64),
        samples=samples,
        seconds={name: float(np.median(each)) for name, each in spent.items()},
    )


def _of(
    conversation: Conversation,
    settings: RecallSettings,
    embedder: Embedder | None,
    spent: dict[str, list[float]],
) -> Iterator[Sample]:
    """Yield the samples of one conversation; add the time that each scorer took."""
    with Memory.open(embedder=embedder, recall=settings) as memory:
        memory.remember(list(conversation.memories))
        found = {
            record.id: Ranked(sources(record), record.content)
            for record in memory.records()
        }
        for question in conversation.questions:
            ranking, _ = memory.recaller.rank(
                question.text,
                namespaces=(memory.namespace,),
                scope=Scope(),
                limit=1,
                now=question.asked_at,
            )
            _clock(ranking, settings, spent)
            rows = features(
                ranking,
                configured=[each.weight for each in settings.scorers],
                named=(),
                limit=ranking.frame.size,
            )
            yield Sample(
                conversation=conversation.id,
                category=question.category,
                values=rows.values,
                hits=[found[id] for id in rows.ids],
                evidence=question.evidence,
            )


def _clock(
    ranking: Ranking, settings: RecallSettings, spent: dict[str, list[float]]
) -> None:
    """Time every scorer that speaks, each on a slice of its own."""
    gated = {signal.name: signal.weight for signal in ranking.signals}
    for weighted in settings.scorers:
        frame = ranking.frame.take(ranking.frame.rows)
        started = time.perf_counter()
        if gated[weighted.scorer.name]:
            weighted.scorer(ranking.query, frame)
        took = time.perf_counter() - started
        spent.setdefault(weighted.scorer.name, []).append(took)
