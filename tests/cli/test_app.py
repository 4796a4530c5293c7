"""The command line as a whole, in processes of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from retentive.cli.app import COMMANDS, app
from retentive.cli.tables import width
from retentive.demo import demo_messages, demo_questions
from retentive.memory import Memory
from tests.cli.conftest import Run

_COMMAND = [sys.executable, "-m", "retentive.cli"]


def in_shell(
    *arguments: str, folder: Path, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "RETENTIVE_DB"},
        check=False,
        encoding="utf-8",
    )


def test_help_lists_every_command_without_importing_it(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom retentive.cli import main\n"
        "sys.argv = ['retentive', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pydantic', 'yaml', 'retentive.memory'} & set(sys.modules)\n"
        "print('heavy:', sorted(heavy))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert "heavy: []" in done.stdout
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"^  {name} +{re.escape(line)}$", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_a_help_page(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"], catch_exceptions=False)
    assert result.exit_code == 0
    assert f"retentive {name}" in result.output.replace(
        "Usage: app", "Usage: retentive"
    )


def test_an_error_is_a_line_and_debug_shows_the_traceback(tmp_path: Path) -> None:
    plain = in_shell("recall", "x", folder=tmp_path)
    assert (plain.returncode, plain.stdout) == (1, "")
    assert plain.stderr.startswith("retentive: there is no memory at 'agent.db'")
    assert "Traceback" not in plain.stderr
    debug = in_shell("--debug", "recall", "x", folder=tmp_path)
    assert debug.returncode == 1
    assert "Traceback" in debug.stderr


def test_processes_hand_memories_on(tmp_path: Path) -> None:
    in_shell("remember", "我对花生过敏。", "I keep bees.", folder=tmp_path)
    exported = in_shell("export", folder=tmp_path)
    assert "2 memories of 1 namespaces" in exported.stderr
    done = in_shell(
        "import", "-", "--db", "b.db", folder=tmp_path, stdin=exported.stdout
    )
    assert done.returncode == 0, done.stderr
    assert "花生" in in_shell("recall", "花生", "--db", "b.db", folder=tmp_path).stdout


def test_a_file_that_is_no_database_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("my notes, which are long enough " * 10, "utf-8")
    done = in_shell("recall", "x", "--db", "notes.db", folder=tmp_path)
    assert done.returncode == 1
    assert "is not a SQLite database" in done.stderr


def test_bench_is_mounted() -> None:
    result = CliRunner().invoke(app, ["bench", "recall", "--help"])
    assert result.exit_code == 0
    assert "--dataset" in result.output


def test_the_demo_tells_what_it_found_and_what_it_missed(run: Run) -> None:
    text = run("demo", "--hits", "2").stdout
    questions = demo_questions()
    assert f"{len(questions)}/{len(questions)}  {questions[-1].text}" in text
    verdicts = re.findall(r"evidence: (recalled at rank [\d, ]+|missed)", text)
    assert len(verdicts) == len(questions)
    share = re.search(r"recall@10 +(\d+)%", text)
    assert share is not None
    missed = sum(verdict == "missed" for verdict in verdicts)
    assert int(share[1]) <= 100 * (1 - missed / len(questions)) + 0.5
    assert all(width(line) <= 100 for line in text.splitlines())


def test_the_demo_keeps_its_memory_if_asked(run: Run, tmp_path: Path) -> None:
    run("demo", "--db", "kept.db")
    text = run("demo", "--db", "kept.db").stdout
    assert "retentive recall --db kept.db -n demo" in text
    with Memory.open(tmp_path / "kept.db", namespace=["demo"]) as memory:
        stored = sum(len(memory.messages(s)) for s in memory.store.sessions(("demo",)))
        assert stored == len(demo_messages())


def test_the_evidence_of_every_question_is_in_the_conversation() -> None:
    ids = [message.id for message in demo_messages()]
    assert len(set(ids)) == len(ids)
    for question in demo_questions():
        assert question.evidence <= set(ids)
        assert question.evidence
