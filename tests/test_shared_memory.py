"""The example of three processes that share one memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TEAM = Path(__file__).parents[1] / "examples" / "shared_memory" / "team.py"


def test_one_learns_one_uses_one_reacts(redis_url: str) -> None:
    run = subprocess.run(
        [sys.executable, str(TEAM), redis_url],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    fact = "The staging database moved to port 5433 on Monday."
    assert run.stdout.splitlines() == [
        "watcher: watching",
        "helper: before, I know 0 things",
        f"learner: told that '{fact}'",
        f"watcher: learner wrote '{fact}'",
        f"helper: now I know from learner: {fact}",
    ]
