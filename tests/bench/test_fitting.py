"""Weights fitted to labelled data, and what each signal gains on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from retentive.bench.ablation import EXTRA, ablate, ablation_settings, table
from retentive.bench.command import bench
from retentive.bench.datasets import load
from retentive.bench.evidence import Evidence, Sample, collect
from retentive.bench.fitting import fit_weights
from retentive.bench.metrics import Ranked
from retentive.cli.app import app
from retentive.errors import InvalidInputError
from retentive.memory import Memory
from retentive.recall.defaults import default_settings
from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.scorers.bm25 import BM25
from retentive.scorers.priors import Importance


def count(text: str) -> int:
    return len(text.split())


def sample(number: int, *, good: float, other: float) -> Sample:
    """Return a question with a helpful row of one signal, and one of another."""
    values = np.array([[good, 0.0], [0.0, other], [0.0, 0.0]], np.float32)
    hits = [Ranked(frozenset({f"m{row}"}), "three words each") for row in range(3)]
    return Sample(
        conversation=f"c{number}",
        category="any",
        values=values,
        hits=hits,
        evidence=frozenset({"m0"}),
    )


def test_weights_move_towards_the_signal_that_tells() -> None:
    evidence = Evidence(
        names=("telling", "misleading"),
        weights=np.array([0.5, 1.0]),
        samples=[sample(n, good=1.0, other=1.0) for n in range(12)],
        seconds={},
    )
    fitted = fit_weights(evidence, count_tokens=count, folds=4)
    assert fitted.weights["telling"] > 1.0
    assert fitted.weights["misleading"] == 0.0
    assert fitted.before["mrr"] == 0.5
    assert fitted.held_out["mrr"] == 1.0
    assert (fitted.folds, fitted.questions) == (4, 12)


def test_what_was_held_out_taught_nothing() -> None:
    # In c0 the other signal tells: weights of the other folds get it wrong.
    odd = sample(0, good=0.0, other=0.0)
    odd = Sample(
        conversation="c0",
        category="any",
        values=np.array([[0.0, 1.0], [1.0, 0.0]], np.float32),
        hits=odd.hits[:2],
        evidence=frozenset({"m0"}),
    )
    evidence = Evidence(
        names=("telling", "misleading"),
        weights=np.array([1.0, 1.0]),
        samples=[odd, *(sample(n, good=1.0, other=1.0) for n in range(1, 4))],
        seconds={},
    )
    fitted = fit_weights(evidence, count_tokens=count, folds=4)
    assert fitted.held_out["mrr"] == pytest.approx((0.5 + 3.0) / 4)


def test_fitting_refuses_what_cannot_be_held_out() -> None:
    evidence = Evidence(names=("a",), weights=np.ones(1), samples=[], seconds={})
    with pytest.raises(InvalidInputError, match="0 questions"):
        fit_weights(evidence, count_tokens=count)


def test_samples_hold_what_the_signals_gave(labelled: Path) -> None:
    settings = RecallSettings(
        scorers=[WeightedScorer(BM25(), 2.0), WeightedScorer(Importance(), 0.5)]
    )
    evidence = collect(load(labelled, dataset="jsonl"), settings=settings)
    assert evidence.names == ("bm25", "importance")
    assert evidence.weights.tolist() == [2.0, 0.5]
    assert len(evidence.samples) == 3
    # m1 and m3 say the same: one record, which stands for both.
    first = evidence.samples[0]
    assert first.helpful.tolist() == [True, False]
    assert first.measures(evidence.weights, count_tokens=count)["recall@10"] == 1.0
    assert set(evidence.seconds) == {"bm25", "importance"}


def test_an_ablation_has_a_row_for_every_signal(labelled: Path) -> None:
    evidence = collect(load(labelled, dataset="jsonl"), settings=ablation_settings())
    whole, rows = ablate(evidence, count_tokens=count)
    assert whole["recall@10"] == 1.0
    assert [row.signal for row in rows if not row.default] == list(EXTRA)
    assert {row.signal for row in rows if row.default} == {
        weighted.scorer.name for weighted in default_settings().scorers
    }
    assert "| `links` (off) | 0.4 |" in table(whole, rows)


def test_taking_a_signal_away_shows_what_it_gave() -> None:
    evidence = Evidence(
        names=("telling", "misleading"),
        weights=np.array([1.5, 1.0]),
        samples=[sample(1, good=1.0, other=1.0)],
        seconds={"telling": 2e-6},
    )
    _, rows = ablate(evidence, count_tokens=count)
    # Without it, the helpful row comes second: 1 / log2(3) instead of 1.
    assert rows[0].gains["ndcg@10"] == pytest.approx(1 - 1 / np.log2(3))
    assert rows[0].microseconds == pytest.approx(2.0)


def test_the_command_prints_the_ablation(labelled: Path) -> None:
    arguments = ["ablation", str(labelled), "--dataset", "jsonl"]
    result = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "| `context` | 1 |" in result.stdout


def test_fitted_weights_open_as_a_memory(labelled: Path, tmp_path: Path) -> None:
    target = tmp_path / "fitted.yaml"
    arguments = ["fit", str(labelled), "--dataset", "jsonl", "--out", str(target)]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "| held out |" in result.stdout
    text = target.read_text("utf-8")
    assert text.startswith("# Fitted by `retentive fit` to labelled.jsonl: 3 questions")
    target.write_text(text + "store: memory\n", "utf-8")
    with Memory.open(target) as memory:
        memory.remember("I planted tomatoes.")
        assert memory.recall("tomatoes")[0].signals["context"] >= 0.0
