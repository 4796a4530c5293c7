"""Thirty turns in five sessions and two processes, with tools and summaries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from langgraph.checkpoint.sqlite import SqliteSaver

from retentive import Memory
from tests.retentive_langchain.conversation import SESSIONS, SUMMARY, config, turns

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("conversation")
    answers: list[str] = []
    for half in ("first", "second"):
        run = subprocess.run(
            [
                *(sys.executable, "-m", "tests.retentive_langchain.conversation"),
                *(str(folder), half),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        answers += json.loads(run.stdout)
    return folder, answers


def test_a_fact_of_the_first_session_is_used_in_the_fifth(
    told: tuple[Path, list[str]],
) -> None:
    _, answers = told
    assert len(answers) == 30
    assert answers[-1].endswith("no peanuts, I know.")
    assert answers[1].endswith("I see.")


def test_each_message_is_kept_once_and_no_summary_is(
    told: tuple[Path, list[str]],
) -> None:
    folder, answers = told
    with Memory.open(folder / "memory.db", namespace=("alice",)) as memory:
        assert memory.store.namespaces() == [("alice",)]
        for number, session in enumerate(SESSIONS):
            said = memory.messages(session)
            assert len({message.id for message in said}) == len(said)
            by_user = [m.content for m in said if m.role == "user"]
            assert by_user == turns(session)
            final = [m.content for m in said if m.role == "assistant" and m.content]
            assert final == answers[6 * number : 6 * number + 6]
            tools = [m for m in said if m.role == "tool"]
            assert len(tools) == sum(bool(m.tool_calls) for m in said)
            assert len(tools) == (0 if session == "five" else 1)
        records = list(memory.records())
    assert not any(SUMMARY in record.content for record in records)
    assert not any("<memories>" in record.content for record in records)
    # 30 questions, 30 answers, 4 calls of tools with their results.
    assert len(records) == 64
    assert all(record.support_count == 1 for record in records)


def test_checkpoints_hold_the_talk_and_its_summaries_and_no_memories(
    told: tuple[Path, list[str]],
) -> None:
    folder, _ = told
    data = b"".join(path.read_bytes() for path in folder.glob("checkpoints.db*"))
    assert b"I am allergic to peanuts." in data
    assert b"memories>" not in data
    with SqliteSaver.from_conn_string(str(folder / "checkpoints.db")) as saver:
        saved = saver.get_tuple(config("five"))
    assert saved is not None
    kept = saved.checkpoint["channel_values"]["messages"]
    assert SUMMARY in str(kept[0].text)
    assert len(kept) < 12
