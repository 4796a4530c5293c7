"""``retentive serve`` as users run it: a process of its own, ended by a signal."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openai
import pytest

from retentive import Memory
from retentive.turns import text_of
from tests.openai_server import Upstream


@contextmanager
def serving(
    folder: Path, *arguments: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run the command; yield its address. Ended with the signal of a supervisor."""
    process = subprocess.Popen(
        [sys.executable, "-m", "retentive.cli", "serve", "--port", "0", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+/v1", line)
        assert found, line + process.communicate()[1]
        yield found[0], process
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert "Traceback" not in errors, errors
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_a_fact_of_the_first_session_reaches_the_fifth_in_another_process(
    tmp_path: Path, server: Upstream
) -> None:
    (tmp_path / "memory.yaml").write_text(
        f"""
preset: chat
store: {{type: sqlite, path: shared.db}}
server:
  upstream: {server.url}
  namespace: [people, "{{user}}"]
  session: "{{metadata.conversation}}"
""",
        "utf-8",
    )
    sessions = [
        ["My sister Mira lives in Oslo.", "She has two dogs."],
        ["The train was late again."],
        ["我在学做饭。"],
        ["Which book should I read?"],
        ["Where does my sister Mira live?"],
    ]

    def talk(url: str, number: int) -> None:
        history: list[openai.types.chat.ChatCompletionMessageParam] = []
        with openai.OpenAI(base_url=url, api_key="k") as client:
            for said in sessions[number]:
                history.append({"role": "user", "content": said})
                stream = client.chat.completions.create(
                    model="m",
                    messages=history,
                    stream=True,
                    user="ann",
                    metadata={"conversation": f"session {number + 1}"},
                )
                reply = "".join(
                    chunk.choices[0].delta.content or "" for chunk in stream
                )
                history.append({"role": "assistant", "content": reply})

    for numbers in ((0, 1, 2), (3, 4)):
        with serving(tmp_path, "--config", "memory.yaml") as (url, _):
            for number in numbers:
                talk(url, number)
    last = server.requests[-1]["messages"]
    assert "My sister Mira lives in Oslo." in text_of(last[0])
    assert last[-1]["content"] == "Where does my sister Mira live?"
    with Memory.open(tmp_path / "shared.db", namespace=("people", "ann")) as memory:
        names = memory.store.sessions(memory.namespace)
        assert sorted(names) == [f"session {n}" for n in range(1, 6)]
        assert len(memory.messages("session 1")) == 4


@pytest.mark.parametrize("finished", [True, False])
def test_an_orderly_end_loses_nothing_that_passed(
    tmp_path: Path, server: Upstream, finished: bool
) -> None:
    server.replies = ["It is noted."] if finished else ["word " * 40]
    server.pause_s = 0.0 if finished else 0.02
    options = ("--upstream", server.url, "-n", "ann")
    with (
        serving(tmp_path, *options) as (url, process),
        openai.OpenAI(base_url=url, api_key="k") as client,
    ):
        stream = client.chat.completions.create(
            model="m",
            messages=[{"role": "user", "content": "Remember the milk."}],
            stream=True,
        )
        next(stream)
        if finished:
            list(stream)
        process.send_signal(signal.SIGTERM)
        rest = list(stream)  # what is under way is brought to its end
        assert finished or len(rest) > 10
    with Memory.open(tmp_path / "agent.db", namespace=("ann",)) as memory:
        said = [record.content for record in memory.records()]
    assert said == ["Remember the milk.", server.replies[0].strip()]


def test_without_an_upstream_the_remedy_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "retentive.cli", "serve", "--port", "0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "--upstream URL" in done.stderr
