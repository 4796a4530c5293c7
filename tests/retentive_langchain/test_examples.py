from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "langchain_agent.py"


def test_the_example_runs_offline_and_knows_later_what_was_said_on_monday() -> None:
    run = subprocess.run(
        [sys.executable, str(EXAMPLE)], capture_output=True, text=True, check=True
    )
    english, chinese = run.stdout.split("day> ")[-2:]
    assert '"I am allergic to peanuts."' in english
    assert '"我最喜欢吃川菜。"' in chinese


def test_the_benchmark_prints_what_memory_adds_to_a_turn() -> None:
    script = EXAMPLE.parent.parent / "benchmarks" / "adapters.py"
    small = [
        *("--people", "2", "--rounds", "1"),
        *("--memories", "2", "--model-ms", "1"),
    ]
    run = subprocess.run(
        [sys.executable, str(script), *small],
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split(" | ")[:2] for line in run.stdout.splitlines()[4:]]
    assert rows == [
        ["| 1", "none"],
        ["| 1", "SQLite"],
        ["| 2", "none"],
        ["| 2", "SQLite"],
    ]
