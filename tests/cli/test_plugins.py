"""Commands that come from outside the core."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import click
import pytest

from retentive.registry import _entry_points
from tests.cli.conftest import Run


@click.command()
def greet() -> None:
    """Say hello to whoever is there."""
    click.echo("hello")


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    def point(name: str, value: str) -> list[EntryPoint]:
        return [EntryPoint(name=name, value=value, group="retentive.commands")]

    known = {
        "greet": point("greet", f"{__name__}:greet"),
        "broken": point("broken", "no_such_module:command"),
        "stats": point("stats", f"{__name__}:greet"),
    }
    found = {**_entry_points("commands"), **known}
    monkeypatch.setattr(
        "retentive.registry._entry_points",
        lambda group: found if group == "commands" else {},
    )


def test_a_plugin_s_command_is_listed_and_runs(run: Run, plugins: None) -> None:
    listed = run("--help").stdout
    assert "Say hello to whoever is there." in listed
    assert "cannot be loaded: the retentive.commands plugin 'broken'" in listed
    assert run("greet").stdout == "hello\n"


def test_a_plugin_cannot_take_the_place_of_a_command(run: Run, plugins: None) -> None:
    assert run("--help").stdout.count("\n  stats ") == 1
    assert "hello" not in run("stats", code=1).output


def test_an_unknown_command_is_refused(run: Run, plugins: None) -> None:
    assert "No such command 'nothing'" in run("nothing", code=2).stderr
