"""What a recall run found: numbers per system and category, as Markdown and JSON."""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from retentive.bench.datasets import Dataset
from retentive.bench.metrics import METRICS, mean

__all__ = ["Outcome", "Report", "SystemReport", "bootstrap", "versions"]

_PACKAGES = (
    *("retentive", "numpy", "PyStemmer", "onnxruntime", "tokenizers"),
    *("chromadb", "langgraph", "langgraph-checkpoint-sqlite", "llama-index-core"),
    "mem0ai",
)
_RESAMPLES = 2_000
_INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The measures of one question: values of :data:`METRICS` by name."""

    conversation: str
    category: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemReport:
    """What one system reached.

    Attributes:
        metrics: Means over questions by category, the headline row first, and by
            measure; each in [0, 1].
        questions: How many questions each row is a mean of.
        intervals: 95 % bootstrap interval of each headline measure.
    """

    metrics: Mapping[str, Mapping[str, float]]
    questions: Mapping[str, int]
    intervals: Mapping[str, tuple[float, float]]

    @classmethod
    def of(
        cls, outcomes: Sequence[Outcome], *, dataset: Dataset, seed: int
    ) -> SystemReport:
        """Summarise the outcomes of a system on a data set."""
        rows: dict[str, list[Mapping[str, float]]] = {dataset.headline: []}
        for outcome in sorted(outcomes, key=lambda outcome: outcome.category):
            if dataset.in_headline(outcome.category):
                rows[dataset.headline].append(outcome.values)
            if outcome.category != dataset.headline:
                rows.setdefault(outcome.category, []).append(outcome.values)
        counted = [o for o in outcomes if dataset.in_headline(o.category)]
        return cls(
            metrics={name: mean(values) for name, values in rows.items() if values},
            questions={name: len(values) for name, values in rows.items() if values},
            intervals=bootstrap(counted, seed=seed),
        )


def bootstrap(
    outcomes: Sequence[Outcome], *, seed: int
) -> dict[str, tuple[float, float]]:
    """Return a 95 % percentile interval of the mean of each measure.

    Whole conversations are drawn with replacement, because questions about one
    conversation are not independent. Of a single conversation, questions are
    drawn instead, which says nothing about other conversations.

    Source: Efron 1979, "Bootstrap methods: another look at the jackknife", over
    clusters.
    """
    clusters: dict[Any, list[int]] = defaultdict(list)
    single = len({outcome.conversation for outcome in outcomes}) == 1
    for row, outcome in enumerate(outcomes):
        clusters[row if single else outcome.conversation].append(row)
    if not clusters:
        return {}
    values = np.array([[o.values[name] for name in METRICS] for o in outcomes])
    sums = np.stack([values[rows].sum(axis=0) for rows in clusters.values()])
    sizes = np.array([len(rows) for rows in clusters.values()])
    draws = np.random.default_rng(seed).integers(
        len(sizes), size=(_RESAMPLES, len(sizes))
    )
    means = sums[draws].sum(axis=1) / sizes[draws].sum(axis=1)[:, None]
    low, high = np.percentile(means, _INTERVAL, axis=0)
    return {
        name: (float(low[column]), float(high[column]))
        for column, name in enumerate(METRICS)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole run.

    Attributes:
        dataset: The data set's name.
        conversations: Ids of the conversations that were used.
        dropped: Questions left out for want of evidence, in the whole data set.
        embedder: Fingerprint of the embedder, or ``none``.
        counter: What counted the tokens of the budgets.
        seed: Of the intervals.
        versions: Of Python and the packages that matter.
        systems: By name; the product is the first.
    """

    dataset: str
    conversations: tuple[str, ...]
    dropped: int
    embedder: str
    counter: str
    seed: int
    versions: Mapping[str, str]
    systems: Mapping[str, SystemReport]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values.

        ``metrics`` are the first system's: the product, unless it was left out.
        """
        systems = {name: _as_dict(system) for name, system in self.systems.items()}
        first = next(iter(self.systems.values()))
        return {
            "metrics": systems[next(iter(systems))],
            "systems": systems,
            "questions": dict(first.questions),
            "intervals": {
                name: {measure: list(pair) for measure, pair in s.intervals.items()}
                for name, s in self.systems.items()
            },
            "dataset": self.dataset,
            "conversations": list(self.conversations),
            "dropped": self.dropped,
            "embedder": self.embedder,
            "token_counter": self.counter,
            "versions": dict(self.versions),
            "seed": self.seed,
        }

    def to_markdown(self) -> str:
        """Return tables for people: the systems compared, then the first by category.

        Values are percent; the headline's recall@10 carries its interval.
        """
        name, first = next(iter(self.systems.items()))
        headline = next(iter(first.metrics))
        compared = {
            label: _cells(
                system.metrics[headline], interval=system.intervals.get("recall@10")
            )
            for label, system in self.systems.items()
        }
        by_category = {
            f"{row} ({first.questions[row]})": _cells(values)
            for row, values in first.metrics.items()
        }
        title = (
            f"{self.dataset}, {headline}: {first.questions[headline]} questions, "
            f"{len(self.conversations)} conversations, embedder {self.embedder}"
        )
        parts = [title, _table("system", compared)]
        parts += [f"{name} by category (questions)", _table("category", by_category)]
        return "\n\n".join([*parts, self._footnote()])

    def _footnote(self) -> str:
        drawn = "conversations" if len(self.conversations) > 1 else "questions"
        return (
            f"Percent; in brackets the 95 % interval over {drawn} (seed {self.seed}). "
            f"Tokens: {self.counter}. "
            f"{', '.join(f'{name} {number}' for name, number in self.versions.items())}."
        )


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that shape the numbers."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _as_dict(system: SystemReport) -> dict[str, dict[str, float]]:
    return {row: dict(values) for row, values in system.metrics.items()}


def _cells(
    values: Mapping[str, float], *, interval: tuple[float, float] | None = None
) -> list[str]:
    cells = [f"{100 * values[name]:.1f}" for name in METRICS]
    if interval is not None:
        low, high = (100 * edge for edge in interval)
        cells[METRICS.index("recall@10")] += f" ({low:.1f}-{high:.1f})"
    return cells


def _table(title: str, rows: Mapping[str, Sequence[str]]) -> str:
    lines = [
        f"| {title} | {' | '.join(METRICS)} |",
        f"|---|{'---:|' * len(METRICS)}",
        *(f"| {label} | {' | '.join(cells)} |" for label, cells in rows.items()),
    ]
    return "\n".join(lines)
