"""Run systems over a data set and report how much of the evidence they recall."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from retentive.bench.datasets import Conversation, Dataset
from retentive.bench.metrics import measure
from retentive.bench.report import Outcome, Report, SystemReport, versions
from retentive.bench.systems import System
from retentive.bench.tokens import Counter, token_counter

__all__ = ["DEPTH", "Progress", "run"]

DEPTH = 200
"""Hits asked for: enough to fill 2,000 tokens with turns of ten tokens."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        done: Questions answered so far, over all systems.
        total: Questions to answer.
        step: What is going on, for people.
    """

    done: int
    total: int
    step: str


def run(
    dataset: Dataset,
    systems: Mapping[str, Callable[[], System]],
    *,
    embedder: str = "none",
    seed: int = 0,
    counter: Counter | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Report:
    """Put every question of the data set to every system.

    Args:
        dataset: What to remember and to ask.
        systems: Opens an empty system, by the name that the report uses.
        embedder: Fingerprint of the embedder in use, for the report.
        seed: Of the bootstrap intervals.
        counter: Counts the tokens of the budgets; see
            :func:`~retentive.bench.tokens.token_counter` for the default.
        progress: Told before each conversation and after each question.
    """
    counter = counter or token_counter()
    meter = _Meter(dataset, systems=len(systems), tell=progress)
    outcomes: dict[str, list[Outcome]] = {name: [] for name in systems}
    for conversation in dataset.conversations:
        for name, open_system in systems.items():
            meter.step = f"{name}: {conversation.id}"
            with closing(open_system()) as system:
                outcomes[name] += _examine(
                    system, conversation, counter=counter, meter=meter
                )
    return Report(
        dataset=dataset.name,
        conversations=tuple(c.id for c in dataset.conversations),
        dropped=dataset.dropped,
        embedder=embedder,
        counter=counter.name,
        seed=seed,
        versions=versions(),
        systems={
            name: SystemReport.of(found, dataset=dataset, seed=seed)
            for name, found in outcomes.items()
        },
    )


def _examine(
    system: System, conversation: Conversation, *, counter: Counter, meter: _Meter
) -> Iterator[Outcome]:
    meter.tell()
    system.add(conversation.memories)
    for question in conversation.questions:
        ranking = system.search(question.text, now=question.asked_at, limit=DEPTH)
        values = measure(ranking, question.evidence, count_tokens=counter.count)
        meter.advance()
        yield Outcome(conversation.id, question.category, values)


class _Meter:
    """Counts answered questions and tells the caller."""

    def __init__(
        self, dataset: Dataset, *, systems: int, tell: Callable[[Progress], None]
    ) -> None:
        self.step = ""
        self._done = 0
        self._total = systems * sum(len(c.questions) for c in dataset.conversations)
        self._tell = tell

    def advance(self) -> None:
        self._done += 1
        self.tell()

    def tell(self) -> None:
        self._tell(Progress(self._done, self._total, self.step))
