"""Presets: each loads, is whole, and gives way to the file."""

from pathlib import Path

import pytest

from retentive.config import load, preset_names, preset_text
from retentive.errors import ConfigError
from retentive.memory import Memory
from retentive.recall.defaults import default_settings, precise_settings


def saved(folder: Path, text: str) -> Path:
    path = folder / "memory.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_presets_are_those_of_the_documentation() -> None:
    assert preset_names() == [
        "chat",
        "code",
        "precise",
        "recommendation",
        "story",
        "summary",
        "support",
    ]


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_copied_into_a_file_is_the_same_as_named(
    name: str, tmp_path: Path
) -> None:
    named = load(saved(tmp_path, f"preset: {name}\n"))
    copied = load(saved(tmp_path, preset_text(name)))
    assert copied.processors == named.processors
    used = {n: c for n, c in copied.recall.scorers.items() if c.weight}
    assert used == {n: c for n, c in named.recall.scorers.items() if c.weight}
    assert copied.recall.budget == named.recall.budget
    assert copied.recall.diversity == named.recall.diversity


def test_chat_ranks_as_the_code_does_without_a_file(tmp_path: Path) -> None:
    scorers = load(saved(tmp_path, "")).recall.scorers
    assert {name: choice.weight for name, choice in scorers.items()} == {
        weighted.scorer.name: weighted.weight for weighted in default_settings().scorers
    }
    assert not any(choice.options for choice in scorers.values())


def test_precise_ranks_as_the_code_does(tmp_path: Path) -> None:
    scorers = load(saved(tmp_path, "preset: precise\n")).recall.scorers
    assert {name: choice.weight for name, choice in scorers.items()} == {
        weighted.scorer.name: weighted.weight for weighted in precise_settings().scorers
    }


def test_support_redacts_before_it_stores(tmp_path: Path) -> None:
    path = saved(tmp_path, "preset: support\nstore: memory\n")
    with Memory.open(path) as memory:
        [id] = memory.remember("Write to ann.lee@example.com, please.")
        assert "example.com" not in memory.get(id).content


def test_the_file_wins_and_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    text = """\
preset: support
processors: []
recall:
  scorers: {recency: 0, importance: {weight: 2}, turn: {weight: 1, question: 0.5}}
"""
    config = load(saved(tmp_path, text))
    assert config.processors == []
    assert config.recall.scorers["recency"].weight == 0
    assert config.recall.scorers["importance"].weight == 2
    assert config.recall.scorers["turn"].options == {"assistant": 0.5, "question": 0.5}
    assert config.recall.scorers["session_dense"].weight == 0.6
    assert config.recall.budget == 1500


def test_preset_none_holds_only_what_the_file_says(tmp_path: Path) -> None:
    config = load(saved(tmp_path, "preset: none\nrecall: {scorers: {bm25: 1}}\n"))
    assert list(config.recall.scorers) == ["bm25"]
    assert config.processors == []


def test_an_unknown_preset_has_no_text() -> None:
    with pytest.raises(ConfigError, match="did you mean 'support'"):
        preset_text("suport")
