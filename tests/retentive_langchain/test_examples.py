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
