"""What each signal gains, and what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retentive.bench.evidence import Evidence, Sample
from retentive.recall.defaults import WEIGHTS
from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.registry import find

__all__ = ["EXTRA", "Row", "ablate", "ablation_settings", "table"]

EXTRA: Mapping[str, float] = {
    "bm25": 0.3,
    "session": 0.4,
    "links": 0.4,
    "second_hop": 0.2,
    "session_evidence": 0.2,
    "recency": 0.3,
    "hash": 0.3,
    "attention": 0.3,
}
"""Signals that are off by default, and the weights that they are tried with."""

_MEASURES = ("recall@10", "ndcg@10", "within_1000")
_TINY = 1e-6  # a signal of weight 0 would not be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One signal's gain: the measures with it, minus those without it.

    Attributes:
        signal: Its name.
        weight: What it counts for.
        default: Whether it is on by default; others are added to it.
        gains: By measure, in [-1, 1].
        microseconds: Median time for one question.
    """

    signal: str
    weight: float
    default: bool
    gains: Mapping[str, float]
    microseconds: float


def ablation_settings(*, precise: bool = False) -> RecallSettings:
    """Return the default signals and all of :data:`EXTRA`, these nearly silent.

    Args:
        precise: With late interaction, and the weights beside it.
    """
    scorers = [
        WeightedScorer(each.make(), each.precise if precise else each.weight)
        for each in WEIGHTS
        if (each.precise if precise else each.weight)
    ]
    scorers += [WeightedScorer(find("scorers", name)(), _TINY) for name in EXTRA]
    return RecallSettings(scorers=scorers)


def ablate(
    evidence: Evidence,
    *,
    count_tokens: Callable[[str], int],
    only: Callable[[Sample], bool] = lambda _: True,
) -> tuple[Mapping[str, float], list[Row]]:
    """Take each default signal away, and add each other one.

    Args:
        evidence: Collected with :func:`ablation_settings`.
        count_tokens: Tokens of a text, for the budgets.
        only: Which questions count.

    Returns:
        The measures of the default, and a row for each signal in its order.
    """
    default = np.where(evidence.weights > _TINY, evidence.weights, 0.0)

    def measured(weights: np.ndarray) -> Mapping[str, float]:
        return evidence.report(weights, count_tokens=count_tokens, only=only)

    whole = measured(default)
    rows = []
    for place, name in enumerate(evidence.names):
        changed = default.copy()
        on = bool(default[place])
        changed[place] = 0.0 if on else EXTRA[name]
        other = measured(changed)
        sign = 1.0 if on else -1.0
        rows.append(
            Row(
                signal=name,
                weight=float(default[place] if on else changed[place]),
                default=on,
                gains={m: sign * (whole[m] - other[m]) for m in _MEASURES},
                microseconds=evidence.seconds.get(name, 0.0) * 1e6,
            )
        )
    return whole, rows


def table(whole: Mapping[str, float], rows: Sequence[Row]) -> str:
    """Return a Markdown table, in percent and percentage points."""
    return "\n".join(_lines(whole, rows))


def _lines(whole: Mapping[str, float], rows: Sequence[Row]) -> Iterator[str]:
    yield f"| signal | weight | {' | '.join(_MEASURES)} | µs |"
    yield f"|---|---:|{'---:|' * len(_MEASURES)}---:|"
    yield f"| all by default | | {_cells(whole, '.1f')} | |"
    for row in rows:
        name = f"`{row.signal}`" if row.default else f"`{row.signal}` (off)"
        cells = _cells(row.gains, "+.1f")
        yield f"| {name} | {row.weight:g} | {cells} | {row.microseconds:.0f} |"


def _cells(values: Mapping[str, float], form: str) -> str:
    return " | ".join(format(100 * values[name], form) for name in _MEASURES)
