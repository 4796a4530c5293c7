"""What a conversation's questions lose when its memories lie among many of others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from retentive.bench.crowding import others
from retentive.bench.datasets import Dataset, Question
from retentive.bench.metrics import Ranked, recall_at
from retentive.bench.recall import Progress
from retentive.bench.systems import sources
from retentive.memory import Memory
from retentive.protocols import Embedder
from retentive.recall.ranking import RecallSettings

__all__ = ["Crowded", "scale", "scale_table"]

_LIMIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowded:
    """One conversation, alone and among others.

    Attributes:
        conversation: Its id.
        questions: How many were put to both.
        memories: How many there are, alone and among others.
        recall: Recall@10, alone and among others; each in [0, 1].
        milliseconds: Median of a recall, alone and among others.
    """

    conversation: str
    questions: int
    memories: tuple[int, int]
    recall: tuple[float, float]
    milliseconds: tuple[float, float]

    @property
    def change(self) -> float:
        """What the others change, in [-1, 1]."""
        return self.recall[1] - self.recall[0]


def scale(
    dataset: Dataset,
    *,
    size: int,
    among: Dataset | None = None,
    embedder: Embedder | None = None,
    settings: RecallSettings | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Iterator[Crowded]:
    """Put each conversation's questions to it alone, then among others' memories.

    Args:
        dataset: At least two conversations, if ``among`` is omitted.
        size: Memories in the large namespace, the conversation's own included.
        among: Whose memories the others are; those of ``dataset`` if omitted.
        embedder: Makes vectors; ``None``: by words alone.
        settings: How to rank; by default as ever.
        seed: Of the made memories.
        progress: Told before each conversation.
    """
    for done, conversation in enumerate(dataset.conversations):
        progress(Progress(done, len(dataset.conversations), conversation.id))
        asked = [q for q in conversation.questions if dataset.in_headline(q.category)]
        with Memory.open(embedder=embedder, recall=settings) as memory:
            memory.remember(list(conversation.memories))
            alone = _ask(memory, asked)
            more = others(
                among or dataset,
                besides=conversation,
                count=max(0, size - len(conversation.memories)),
                seed=seed,
            )
            memory.remember(more)
            crowded = _ask(memory, asked)
        yield Crowded(
            conversation=conversation.id,
            questions=len(asked),
            memories=(alone.memories, crowded.memories),
            recall=(alone.recall, crowded.recall),
            milliseconds=(alone.milliseconds, crowded.milliseconds),
        )


def scale_table(rows: Sequence[Crowded]) -> str:
    """Return a Markdown table; the last row is the mean over conversations."""
    lines = [
        "| conversation | questions | memories | recall@10 alone | among others "
        "| change | ms alone | among others |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {row.conversation} | {row.questions} "
        f"| {row.memories[0]:,} → {row.memories[1]:,} | {100 * row.recall[0]:.1f} "
        f"| {100 * row.recall[1]:.1f} | {100 * row.change:+.1f} "
        f"| {row.milliseconds[0]:.2f} | {row.milliseconds[1]:.2f} |"
        for row in rows
    ]
    alone, among = (fmean(row.recall[place] for row in rows) for place in (0, 1))
    lines.append(
        f"| mean | {sum(row.questions for row in rows)} | | {100 * alone:.1f} "
        f"| {100 * among:.1f} | {100 * (among - alone):+.1f} | | |"
    )
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Answered:
    memories: int
    recall: float
    milliseconds: float


def _ask(memory: Memory, questions: Sequence[Question]) -> _Answered:
    found, times = [], []
    for question in questions:
        start = time.perf_counter()
        hits = memory.recall(question.text, limit=_LIMIT, now=question.asked_at)
        times.append(time.perf_counter() - start)
        ranked = [Ranked(sources(hit.record), "") for hit in hits]
        found.append(recall_at(ranked, question.evidence, k=_LIMIT))
    held = sum(memory.count().values())
    return _Answered(held, fmean(found), 1_000 * median(times))
