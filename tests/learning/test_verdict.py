"""Held-out judgements decide; few, random and hostile ones change nothing."""

from __future__ import annotations

import numpy as np

from retentive.learning.listwise import Judged, Judgements
from retentive.learning.verdict import FEWEST, Verdict, judge

SIGNALS = 4
CONFIGURED = np.ones(SIGNALS)
SPREAD = np.full(SIGNALS, 0.3)


def asked(
    rng: np.random.Generator, truth: np.ndarray, *, at_random: bool = False
) -> Judged:
    """Judge the ten best rows of a question as somebody would whose taste is truth."""
    values = rng.normal(size=(40, SIGNALS)).astype(np.float32)
    shown = np.argsort(-(values @ CONFIGURED))[:10]
    liked = values[shown] @ truth + rng.gumbel(size=10)
    best = rng.integers(10) if at_random else int(np.argmax(liked))
    helpful = np.zeros(40, np.bool_)
    helpful[shown[best]] = True
    return Judged(values=values, helpful=helpful)


def judged(count: int, *, seed: int, truth: list[float], **more: bool) -> Verdict:
    rng = np.random.default_rng(seed)
    taste = np.array(truth)
    questions = [asked(rng, taste, **more) for _ in range(count)]
    return judge(
        Judgements(questions, signals=SIGNALS),
        folds=np.arange(count) % 5,
        around=CONFIGURED,
        spread=SPREAD,
    )


def test_a_taste_of_its_own_is_learnt() -> None:
    verdict = judged(100, seed=1, truth=[3.0, 0.0, 0.0, 3.0])
    assert verdict.used
    assert verdict.gain > 1.645 * verdict.error > 0


def test_few_judgements_are_never_used() -> None:
    verdict = judged(FEWEST - 1, seed=1, truth=[9.0, 0.0, 0.0, 9.0])
    assert not verdict.used
    assert str(FEWEST) in verdict.reason


def test_who_agrees_with_the_configuration_changes_nothing() -> None:
    used = sum(judged(60, seed=n, truth=[2.0] * 4).used for n in range(40))
    assert used <= 4  # one in twenty passes by chance


def test_random_judgements_are_not_learnt() -> None:
    used = sum(
        judged(60, seed=n, truth=[1.0] * 4, at_random=True).used for n in range(40)
    )
    assert used <= 4


def test_one_fold_decides_nothing() -> None:
    rng = np.random.default_rng(0)
    questions = [asked(rng, CONFIGURED) for _ in range(30)]
    verdict = judge(
        Judgements(questions, signals=SIGNALS),
        folds=np.zeros(30, np.int64),
        around=CONFIGURED,
        spread=SPREAD,
    )
    assert not verdict.used
