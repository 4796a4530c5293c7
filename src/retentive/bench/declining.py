"""Put questions to the conversation that answers them, and to all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from retentive.bench.datasets import Conversation, Dataset, Question
from retentive.memory import Memory
from retentive.protocols import Embedder
from retentive.recall.filters import Scope
from retentive.recall.relevance import Relevance, evidence, judge
from retentive.text.scripts import script_shares

__all__ = ["Judged", "judged", "rates", "summary"]

_KEPT = 0.95  # of the questions that can be answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One question put to one conversation.

    Attributes:
        asked_of: The conversation that was asked.
        belongs_to: The one that the question is about.
        language: ``Chinese`` or ``English``, by its letters.
        relevance: As the product judged it.
        evidence: What a judgement rests on, judged or not.
    """

    asked_of: str
    belongs_to: str
    language: str
    relevance: Relevance
    evidence: dict[str, float] = field(compare=False)

    @property
    def right(self) -> bool:
        """Whether the question was put where its answer is."""
        return self.asked_of == self.belongs_to


def judged(
    dataset: Dataset,
    *,
    embedder: Embedder | None = None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Judged]:
    """Put every question of the headline to every conversation.

    Args:
        dataset: At least two conversations.
        embedder: Makes vectors; ``None``: by words alone.
        progress: Told how many conversations of how many are done.
    """
    found: list[Judged] = []
    for done, conversation in enumerate(dataset.conversations):
        progress(done, len(dataset.conversations))
        with ExitStack() as stack:
            memory = stack.enter_context(Memory.open(embedder=embedder))
            memory.remember(list(conversation.memories))
            for other in dataset.conversations:
                found += [
                    _put(question, to=conversation, of=other, memory=memory)
                    for question in other.questions
                    if dataset.in_headline(question.category)
                ]
    progress(len(dataset.conversations), len(dataset.conversations))
    return found


def rates(items: Sequence[Judged], *, threshold: float) -> tuple[float, float]:
    """Return the shares of right questions kept and of wrong ones declined."""
    below = np.array([item.relevance.below(threshold) for item in items])
    right = np.array([item.right for item in items])
    return float((~below[right]).mean()), float(below[~right].mean())


def summary(items: Sequence[Judged], *, threshold: float, seed: int = 0) -> str:
    """Return a table of both shares by language, with 95 % intervals.

    The last column gives the share declined by the threshold that would keep 95 % of
    these very questions: comparable between systems, but no setting of ours.
    """
    rows = [
        "| language | questions | kept | declined | declined where 95 % are kept |",
        "|---|---:|---:|---:|---:|",
    ]
    for language in sorted({item.language for item in items}):
        some = [item for item in items if item.language == language]
        kept, declined = rates(some, threshold=threshold)
        low, high = _intervals(some, threshold=threshold, seed=seed)
        rows.append(
            f"| {language} | {sum(item.right for item in some)} "
            f"| {100 * kept:.1f} ({100 * low[0]:.1f}-{100 * high[0]:.1f}) "
            f"| {100 * declined:.1f} ({100 * low[1]:.1f}-{100 * high[1]:.1f}) "
            f"| {100 * _at_kept(some):.1f} |"
        )
    return "\n".join(rows)


def _put(
    question: Question, *, to: Conversation, of: Conversation, memory: Memory
) -> Judged:
    ranking, _ = memory.recaller.rank(
        question.text,
        namespaces=(memory.namespace,),
        scope=Scope(),
        limit=10,
        now=question.asked_at,
    )
    shares = script_shares(question.text)
    query = ranking.query
    return Judged(
        asked_of=to.id,
        belongs_to=of.id,
        language="Chinese" if shares.get("han", 0.0) > 0.3 else "English",
        relevance=judge(ranking),
        evidence=evidence(ranking, query.terms, query.vector),
    )


def _at_kept(items: Sequence[Judged]) -> float:
    sure = np.array(
        [1.0 if (p := i.relevance.probability) is None else p for i in items]
    )
    right = np.array([item.right for item in items])
    return float((sure[~right] < np.quantile(sure[right], 1 - _KEPT)).mean())


def _intervals(
    items: Sequence[Judged], *, threshold: float, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bootstrap both shares over the conversations that were asked."""
    names = sorted({item.asked_of for item in items})
    of = np.array([names.index(item.asked_of) for item in items])
    below = np.array([item.relevance.below(threshold) for item in items])
    right = np.array([item.right for item in items])
    parts = [(right, ~below), (~right, below)]
    sums = [
        np.bincount(of[among], hits[among], minlength=len(names))
        for among, hits in parts
    ]
    sizes = [np.bincount(of[among], minlength=len(names)) for among, _ in parts]
    draws = np.random.default_rng(seed).integers(len(names), size=(2_000, len(names)))
    means = [
        total[draws].sum(axis=1) / np.maximum(size[draws].sum(axis=1), 1)
        for total, size in zip(sums, sizes, strict=True)
    ]
    low, high = np.percentile(np.stack(means, axis=1), (2.5, 97.5), axis=0)
    return low, high
