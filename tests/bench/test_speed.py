"""The speed script: that it runs, and that its workload is the same everywhere."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(autouse=True)
def _scripts_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))


def test_texts_and_vectors_depend_on_the_number_alone() -> None:
    import workload

    assert workload.text(5) == workload.text(5) != workload.text(6)
    assert len(workload.text(5).split()) == workload.WORDS_PER_TEXT
    vectors = workload.embed([workload.text(5), workload.text(6)])
    assert vectors.shape == (2, workload.DIM)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-6)


def test_a_query_is_nearest_to_the_text_it_was_taken_from() -> None:
    import workload

    texts = workload.embed([workload.text(number) for number in range(50)])
    asked = workload.embed([workload.query(number) for number in range(50)])
    nearest = (asked @ texts.T).argmax(axis=1)
    assert (nearest == np.arange(50)).mean() > 0.9


def test_every_peer_of_the_comparison_can_be_measured() -> None:
    import peers

    from retentive.bench.peers import PEERS

    assert sorted(peers.OTHERS.values()) == sorted(PEERS)


def test_it_measures_ours_and_says_why_it_skips_others(tmp_path: Path) -> None:
    target = tmp_path / "speed.json"
    small = ["--sizes", "60", "--tenants", "2", "--rounds", "1", "--per-round", "2"]
    run = subprocess.run(
        [
            sys.executable,
            str(SCRIPTS / "speed.py"),
            *small,
            "--systems",
            "retentive",
            "retentive-vectors",
            "--json",
            str(target),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    written = json.loads(target.read_text("utf-8"))
    assert list(written) == ["60 memories in one namespace", "2 namespaces of 100"]
    for results in written.values():
        for result in results.values():
            assert len(result["add"]) == len(result["recall"]) == 2
            assert result["hits"] > 0
    assert "| retentive-vectors |" in run.stdout
