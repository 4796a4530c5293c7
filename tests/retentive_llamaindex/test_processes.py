"""An agent with tools whose sessions are spread over processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from llama_index.core.llms import ChatMessage
from llama_index.core.utils import get_tokenizer

from retentive import Memory
from tests.retentive_llamaindex.sessions import SESSIONS, TOKEN_LIMIT

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("sessions.py")


Prompts = dict[int, list[list[ChatMessage]]]
"""What the model was shown, by session."""


def run(first: int, last: int, *, targets: list[str]) -> dict[str, Prompts]:
    """Run some sessions in a process of their own, for each target."""
    finished = subprocess.run(
        [sys.executable, str(SCRIPT), str(first), str(last), *targets],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return {
        target: {
            int(number): [[ChatMessage(**message) for message in p] for p in prompts]
            for number, prompts in sessions.items()
        }
        for target, sessions in json.loads(finished.stdout).items()
    }


def test_the_fifth_session_uses_a_fact_of_the_first_in_another_process(
    tmp_path: Path, redis_url: str
) -> None:
    targets = [str(tmp_path / "memory.db"), redis_url]
    first, second = run(1, 3, targets=targets), run(4, 5, targets=targets)
    for target in targets:
        check_prompts(first[target] | second[target])
        check_stored(target)


def check_prompts(prompts: Prompts) -> None:
    asked, asked_in_chinese = (prompt[-1] for prompt in prompts[5])
    assert asked.blocks[-1].text == "What is Lotte allergic to?"
    assert "My daughter Lotte is allergic to peanuts." in asked.blocks[0].text
    assert "我下周要去上海出差。" in asked_in_chinese.blocks[0].text
    tokenizer = get_tokenizer()
    for prompt in (prompt for many in prompts.values() for prompt in many):
        # The agent adds the steps of the run behind what memory gave.
        ends = [place for place, m in enumerate(prompt) if m.role == "user"][-1]
        given = [str(message.content) for message in prompt[: ends + 1]]
        assert sum(len(tokenizer(text)) for text in given) <= TOKEN_LIMIT


def check_stored(target: str) -> None:
    with Memory.open(target, namespace=("family",)) as memory:
        for number, words in SESSIONS.items():
            kept = memory.messages(f"session {number}")
            assert [m.content for m in kept if m.role == "user"] == words
            calls = sum(text.startswith("Is it warm") for text in words)
            assert len(kept) == 2 * len(words) + 2 * calls
            assert len({message.id for message in kept}) == len(kept)
        records = list(memory.records())
        assert len({record.content for record in records}) == len(records)
        assert {record.support_count for record in records} == {1}
        assert sum(record.origin == "tool" for record in records) == 4
