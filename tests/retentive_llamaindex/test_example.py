from __future__ import annotations

import asyncio
import runpy
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "llamaindex_agent.py"


def test_the_example_remembers_from_one_conversation_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asyncio.run(runpy.run_path(str(EXAMPLE))["main"]())
    first, second, block = capsys.readouterr().out.split("\n", 2)
    assert (first, second) == ("Noted.", "Anything without peanuts!")
    assert "I am allergic to peanuts." in block
