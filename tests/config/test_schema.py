"""The JSON Schema agrees with the loader on what is right and what is wrong."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from retentive.config import json_schema, load, preset_names, preset_text
from retentive.errors import ConfigError

jsonschema = pytest.importorskip("jsonschema")

EXAMPLE = Path(__file__).parents[2] / "examples" / "memory.yaml"


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", preset_names())
def test_presets_are_valid(name: str, validator: Any) -> None:
    validator.validate(yaml.safe_load(preset_text(name)))


def test_the_example_is_valid(validator: Any) -> None:
    validator.validate(yaml.safe_load(EXAMPLE.read_text("utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "embedder: {type: openai, model: m}",
        "embedder: none",
        "consolidation: {ttl: {episodic: 30d, semantic: 60, summary: null}}",
        "embedder: my.module:Class",
        "recall: {budget: '${B}', scorers: {use: '${W}'}}",
        "recall: {scorers: {mine: {type: 'retentive.scorers.bm25:BM25', weight: 1}}}",
        "recall: {fusion: {type: reciprocal_rank, k: 10}}",
        "store: {type: sqlite, path: a.db, timeout_s: 5s, durability: normal}",
        "store: {type: redis, url: 'redis://h', staleness_s: 2s, sweep: true}",
        "away: {spool: {type: sqlite, path: spool.db}, max_spooled: 5}",
        "away: {spool: null, stale_reads: false}",
        "agent: {name: ann, may_write: [[team, ann], [notes]]}",
        "agent: {name: '${B}'}",
        "server: {upstream: 'http://h/v1', namespace: [u, '{user}'], limit: '${B}'}",
    ],
)
def test_both_accept(text: str, validator: Any, tmp_path: Path) -> None:
    validator.validate(yaml.safe_load(text))
    path = tmp_path / "memory.yaml"
    path.write_text(text.replace("my.module:Class", "tests.frames:frame_of"), "utf-8")
    if "my.module" not in text:
        load(path, variables={"B": "1", "W": "2"})


@pytest.mark.parametrize(
    "text",
    [
        "embeder: minilm",
        "away: {spool: {type: sqlit}}",
        "away: {max_spooled: 0}",
        "away: {spol: {type: memory}}",
        "agent: {may_write: [[a]]}",
        "agent: {name: ann, may_write: [[]]}",
        "embedder: minilmm",
        "embedder: openai_typo",
        "embedder: {type: minilm, thread: 1}",
        "namespace: []",
        "recall: {scorers: {context: -1}}",
        "recall: {scorers: {recncy: 1}}",
        "recall: {scorers: {recency: {weight: 1, half_life: 7d}}}",
        "recall: {diversity: 2}",
        "consolidation: {policies: [near_duplicate]}",
        "consolidation: {ttl: {event: 30d}}",
        "server: {namespace: []}",
        "server: {upstrem: 'http://h/v1'}",
        "server: {place: end}",
    ],
)
def test_both_refuse(text: str, validator: Any, tmp_path: Path) -> None:
    assert not validator.is_valid(yaml.safe_load(text))
    path = tmp_path / "memory.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError):
        load(path)
