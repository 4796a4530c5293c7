"""Variables of the environment: values, never structure."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retentive.config import load
from retentive.config.variables import substituted
from retentive.errors import ConfigError


def value(text: str, **variables: str) -> str:
    complaints: list[str] = []
    found = substituted(text, variables, complaints.append)
    assert not complaints
    return found


def test_a_variable_gives_its_value() -> None:
    assert value("a ${X} b ${X}", X="1") == "a 1 b 1"


def test_a_default_stands_in_for_what_is_unset_or_empty() -> None:
    assert value("${X:-d:-e}") == "d:-e"
    assert value("${X:-d}", X="") == "d"
    assert value("${X:-d}", X="v") == "v"
    assert value("${X:-}") == ""


def test_a_doubled_dollar_is_the_characters_themselves() -> None:
    assert value("$${X} $5 $X") == "${X} $5 $X"


@given(st.text())
def test_a_value_is_not_looked_at_again(text: str) -> None:
    assert value("<${X}>", X=text) == f"<{text}>"


@pytest.mark.parametrize("broken", ["${", "${1}", "${A B}", "${}", "${X-d}"])
def test_a_broken_variable_is_told(broken: str) -> None:
    complaints: list[str] = []
    substituted(broken, {}, complaints.append)
    assert "is no variable" in complaints[0]


def test_an_unset_variable_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "memory.yaml"
    path.write_text("\nnamespace:\n  - ${WHO}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, variables={})
    assert str(caught.value) == (
        f"{path}:3: namespace[0]: the environment variable 'WHO' is not set; set it, "
        "or write ${WHO:-default}"
    )


@pytest.mark.parametrize("evil", ["[a, b]", "x\nrecall: {budget: 1}", "*a", "1", "no"])
def test_a_value_cannot_add_structure(evil: str, tmp_path: Path) -> None:
    path = tmp_path / "memory.yaml"
    path.write_text('namespace: ["${WHO}", ok]\n', "utf-8")
    config = load(path, variables={"WHO": evil})
    assert config.namespace == (evil, "ok")
    assert config.recall.budget == 1000


def test_a_number_may_come_from_a_variable(tmp_path: Path) -> None:
    path = tmp_path / "memory.yaml"
    text = "recall:\n  budget: ${B}\n  scorers:\n    use: ${W:-0.25}\n"
    path.write_text(text, "utf-8")
    recall = load(path, variables={"B": "300"}).recall
    assert (recall.budget, recall.scorers["use"].weight) == (300, 0.25)


def test_braces_without_quotes_get_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "memory.yaml"
    path.write_text("store: {type: sqlite, path: ${DB:-a.db}}\n", "utf-8")
    with pytest.raises(ConfigError, match="put variables in quotes"):
        load(path, variables={})
