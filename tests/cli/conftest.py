"""Runs commands as a user would, in a folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from retentive.cli.app import app

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command; fail the test unless it ends with the code that is expected."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("RETENTIVE_DB", raising=False)

    def run_command(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
        result = CliRunner().invoke(
            app, list(arguments), input=stdin, catch_exceptions=False
        )
        assert result.exit_code == code, result.output
        return result

    return run_command
