"""Learns weights per namespace, around those that all namespaces share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from retentive.learning.examples import Example, Examples
from retentive.learning.listwise import Judgements, fit
from retentive.learning.verdict import FEWEST, Verdict, judge
from retentive.learning.weights import load_weights, save_weights
from retentive.protocols import LearnedWeights, Store
from retentive.records import Namespace, side_namespace

__all__ = ["Learner"]

_SPREAD = 0.3  # of a weight, relative to the configured one: before any judgement,
# two in three weights are expected within 30 % of it
_HALF_TRUSTED = 200  # judgements that take weights half the way from the configured
# ones to what they say: held-out recalls are of the same days and the same judges
_FOLDS = 5
_EVERY_ONE_UNTIL = 50  # judgements; from then on each tenth more
_SHARED_EXAMPLES = 600  # in all; so many are fitted and judged in about a second
_SHARED = side_namespace((), "learning")

Weights = Mapping[str, float]


class Learner:
    """Learns from examples in a store, and says what is to be used.

    Safe for many threads and processes: what is learnt depends on the stored
    examples alone, and the last to write has seen at least its own.
    """

    def __init__(self, store: Store, *, shared: bool = True) -> None:
        """Choose the store.

        Args:
            store: Where examples and weights lie.
            shared: Whether namespaces learn from each other: numbers of signals
                only, and only what helps namespaces that were held out.
        """
        self._store = store
        self._shared = shared

    def learn(
        self,
        namespace: Namespace,
        example: Example,
        *,
        configured: Weights,
        now: datetime,
    ) -> LearnedWeights:
        """Keep an example; learn anew if it is time; return what holds now."""
        side = side_namespace(namespace, "learning")
        examples = Examples(self._store, side)
        examples.add(example, now=now)
        before = load_weights(self._store, side, configured=configured)
        mine = examples.newest()
        if before is not None and not _is_due(len(mine), before.questions):
            return before
        base = self._learn_shared(configured, now=now) if self._shared else None
        around = base.weights if base is not None and base.used else configured
        learnt = _learnt(
            mine,
            around=around,
            configured=configured,
            folds=np.array([one.fold % _FOLDS for one in mine]),
        )
        save_weights(self._store, side, learnt, now=now)
        return learnt

    def learnt(
        self, namespace: Namespace, *, configured: Weights
    ) -> LearnedWeights | None:
        """Return what was learnt for a namespace, else what all share, if anything."""
        side = side_namespace(namespace, "learning")
        mine = load_weights(self._store, side, configured=configured)
        if mine is not None or not self._shared:
            return mine
        return load_weights(self._store, _SHARED, configured=configured)

    def _learn_shared(
        self, configured: Weights, *, now: datetime
    ) -> LearnedWeights | None:
        """Learn from all namespaces; each is held out once."""
        sides = [s for s in self._store.namespaces(_SHARED) if s != _SHARED]
        if len(sides) < 2:
            return None
        share = max(1, _SHARED_EXAMPLES // len(sides))
        pools = [Examples(self._store, side).newest(share) for side in sides]
        pools = [pool for pool in pools if pool]
        folds = [place for place, pool in enumerate(pools) for _ in pool]
        learnt = _learnt(
            [one for pool in pools for one in pool],
            around=configured,
            configured=configured,
            folds=np.array(folds, np.int64),
        )
        save_weights(self._store, _SHARED, learnt, now=now)
        return learnt


def _learnt(
    examples: Sequence[Example],
    *,
    around: Weights,
    configured: Weights,
    folds: NDArray[np.int64],
) -> LearnedWeights:
    """Fit, and let held-out examples decide: else it stays at where it began."""
    names = [name for name, weight in configured.items() if weight > 0]
    start = np.array([around[name] for name in names])
    spread = _SPREAD * np.array([configured[name] for name in names])
    judgements = Judgements(
        [example.judged(names) for example in examples], signals=len(names)
    )
    verdict = judge(judgements, folds=folds, around=start, spread=spread)
    fitted = start
    if len(judgements) >= FEWEST:
        trust = len(judgements) / (len(judgements) + _HALF_TRUSTED)
        fitted = start + trust * (fit(judgements, around=start, spread=spread) - start)
    return _summed_up(names, start, fitted, verdict, configured=configured)


def _summed_up(
    names: Sequence[str],
    start: NDArray[np.float64],
    fitted: NDArray[np.float64],
    verdict: Verdict,
    *,
    configured: Weights,
) -> LearnedWeights:
    def named(values: NDArray[np.float64]) -> dict[str, float]:
        found = dict(zip(names, map(float, values), strict=True))
        return {name: found.get(name, 0.0) for name in configured}

    weights = named(fitted if verdict.used else start)
    return LearnedWeights(
        configured=dict(configured),
        weights=weights,
        candidate=named(fitted),
        used=verdict.used or any(weights[n] != configured[n] for n in names),
        questions=verdict.questions,
        reason=verdict.reason,
    )


def _is_due(count: int, before: int) -> bool:
    return count <= _EVERY_ONE_UNTIL or count * 10 >= before * 11
