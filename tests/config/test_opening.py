"""A memory opened from a file works as the file says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from retentive import Memory
from retentive.config import open_memory
from retentive.embedders.hashing import HashingEmbedder
from retentive.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "examples" / "memory.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("RETENTIVE_DB", raising=False)
    return tmp_path


def opened(folder: Path, text: str, **overrides: object) -> Memory:
    path = folder / "memory.yaml"
    path.write_text(text, "utf-8")
    return open_memory(path, **overrides)


def test_memory_open_takes_a_yaml_file(folder: Path) -> None:
    path = folder / "memory.yaml"
    path.write_text("store: {type: sqlite, path: a.db}\nnamespace: [ann]\n", "utf-8")
    with Memory.open(path) as memory:
        memory.remember("I planted tomatoes.")
    with Memory.open(folder / "a.db", namespace=["ann"]) as memory:
        [hit] = memory.recall("tomatoes")
        assert hit.record.content == "I planted tomatoes."


def test_the_example_opens_and_recalls(folder: Path) -> None:
    copy = folder / "memory.yaml"
    copy.write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    with Memory.open(copy) as memory:
        memory.remember("Write to ann.lee@example.com, the lamp is broken.")
        [hit] = memory.recall("lamp")
        assert "example.com" not in hit.record.content
        assert {"recency", "season"} <= set(hit.signals)
        assert memory.namespace == ("support", "alice")
        assert memory.budget == 1200
    assert (folder / "agent.db").exists()


def test_weights_and_options_reach_the_ranking(folder: Path) -> None:
    text = """\
preset: none
store: memory
recall:
  scorers:
    bm25: 0
    importance: 2
    days: {type: recency, weight: 1, half_life_s: 1d}
"""
    with opened(folder, text) as memory:
        memory.remember("tea")
        explained = memory.explain("tea")
        assert explained.weights == {"bm25": 0.0, "importance": 2.0, "days": 1.0}
        [hit] = explained.hits
        assert hit.hit.signals["importance"] == pytest.approx(2 * hit.raw["importance"])


def test_a_scorer_of_ones_own_ranks(folder: Path) -> None:
    text = """\
store: memory
recall:
  fusion: {type: reciprocal_rank, k: 10}
  scorers:
    mine: {type: "tests.config.plugin:Shortest", weight: 3, power: 2}
"""
    with opened(folder, text) as memory:
        memory.remember(["tea", "green tea with a little milk and honey"])
        hits = memory.recall("tea")
        assert hits[0].signals["shortest"] == pytest.approx(3 / 11)


def test_what_is_no_scorer_is_refused(folder: Path) -> None:
    text = (
        'recall: {scorers: {mine: {type: "tests.config.plugin:NoScorer", weight: 1}}}'
    )
    with pytest.raises(ConfigError, match="is no scorer: it lacks name, normalise"):
        opened(folder, text)


def test_two_signals_of_one_name_are_refused_with_the_line(folder: Path) -> None:
    text = """\
recall:
  scorers:
    a: {type: "tests.config.plugin:Shortest", weight: 1}
    b: {type: "tests.config.plugin:Shortest", weight: 1}
"""
    with pytest.raises(ConfigError, match=r"yaml:1: recall: two scorers"):
        opened(folder, text)


def test_a_function_can_count_tokens(folder: Path) -> None:
    text = 'store: memory\nrecall: {counter: "tests.config.plugin:count_letters"}'
    with opened(folder, text) as memory:
        memory.remember("tea")
        block = memory.context("tea")
        assert block.tokens == len(block.text)


def test_overrides_win_and_spare_what_they_replace(folder: Path) -> None:
    text = "store: memory\nembedder: {type: minilm, path: nowhere}\nnamespace: [a]\n"
    embedder = HashingEmbedder(dim=16)
    with opened(folder, text, embedder=embedder, namespace=("b",)) as memory:
        assert memory.embedder is embedder
        assert memory.namespace == ("b",)


def test_no_embedder_is_a_choice(folder: Path) -> None:
    for choice in ("none", "null", "{type: none}"):
        with opened(folder, f"store: memory\nembedder: {choice}\n") as memory:
            assert memory.embedder is None


def test_an_embedder_with_options_makes_vectors(folder: Path) -> None:
    text = "store: memory\nembedder: {type: hashing, dim: 32}\n"
    with opened(folder, text) as memory:
        assert memory.embedder is not None
        assert memory.embedder.fingerprint == "hashing:32:1"


def test_further_namespaces_are_read(folder: Path) -> None:
    text = "store: {type: sqlite, path: a.db}\nnamespace: [a]\nalso_read: [[b]]\n"
    with Memory.open(folder / "a.db", namespace=["b"]) as memory:
        memory.remember("The boiler is in the cellar.")
    with opened(folder, text) as memory:
        assert memory.recall("boiler")[0].record.namespace == ("b",)


def test_the_engine_of_recalls_is_a_choice(folder: Path) -> None:
    text = "store: memory\nrecall: {engine: auto, engine_above: 9}\n"
    with opened(folder, text) as memory:
        chosen = memory.tuner.settings(memory.namespace)
        assert (chosen.engine, chosen.engine_above) == ("auto", 9)
    with pytest.raises(ConfigError, match="recall.engine"):
        opened(folder, "store: memory\nrecall: {engine: redis}\n")
