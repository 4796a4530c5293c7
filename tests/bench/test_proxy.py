"""The proxy's benchmark runs, and finds every stream whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "proxy.py"


def test_it_measures_and_holds_streams() -> None:
    small = ["--memories", "50", "--rounds", "3", "--warm-up", "1", "--streams", "5"]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *small],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "memory adds at p50" in done.stdout
    assert "5 whole, 0 other, 0 dropped" in done.stdout
