"""``retentive bench recall`` as a user runs it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from retentive.bench.command import bench
from retentive.bench.metrics import METRICS
from retentive.errors import InvalidInputError


def test_it_prints_tables_and_writes_json(labelled: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    arguments = ["recall", str(labelled), "--dataset", "jsonl", "--json", str(target)]
    result = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "| retentive | 100.0 |" in result.stdout
    assert "| plain BM25 |" in result.stdout
    written = json.loads(target.read_text("utf-8"))
    assert set(written["metrics"]["all"]) == set(METRICS)
    assert written["embedder"] == "none"


def test_an_embedder_brings_plain_dense_and_fills_the_cache(
    labelled: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "vectors.db"
    arguments = ["recall", str(labelled), "--dataset", "jsonl", "--embedder", "hashing"]
    result = CliRunner().invoke(
        bench, [*arguments, "--cache", str(cache)], catch_exceptions=False
    )
    assert "| plain dense |" in result.stdout
    assert cache.exists()


def test_conversations_and_systems_can_be_chosen(labelled: Path) -> None:
    arguments = [
        "recall",
        str(labelled),
        "--dataset",
        "jsonl",
        "--conversations",
        "eve",
    ]
    result = CliRunner().invoke(
        bench, [*arguments, "--system", "plain BM25"], catch_exceptions=False
    )
    assert "labelled, all: 1 questions, 1 conversations" in result.stdout
    assert "| retentive |" not in result.stdout


def test_an_unknown_system_is_named_with_those_there_are(labelled: Path) -> None:
    arguments = ["recall", str(labelled), "--dataset", "jsonl", "--system", "magic"]
    with pytest.raises(InvalidInputError, match=r"'magic'.*plain BM25.*--embedder"):
        CliRunner().invoke(bench, arguments, catch_exceptions=False)


def test_help_describes_the_files_it_reads() -> None:
    result = CliRunner().invoke(bench, ["recall", "--help"])
    assert '{"type": "memory", "conversation": "c1", "id": "m1"' in result.output
    assert "locomo10.json" in result.output


def test_declining_is_measured_and_fitted(tmp_path: Path) -> None:
    path = tmp_path / "pools.jsonl"
    lines = [
        line
        for pool, things in enumerate(("red boat", "blue kite", "old piano"))
        for line in _pool(f"c{pool}", things)
    ]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    arguments = ["decline", str(path), "--dataset", "jsonl", "--fit"]
    result = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert "| English | 60 | 100.0 (100.0-100.0) | 100.0 " in result.stdout
    assert "on conversations left out" in result.stdout


def _pool(name: str, things: str) -> list[dict[str, object]]:
    memories = [
        {"type": "memory", "conversation": name, "id": f"{name}-{n}"}
        | {"content": f"We saw the {things} labelled {name}x{n}."}
        for n in range(20)
    ]
    questions = [
        {"type": "question", "conversation": name, "evidence": [f"{name}-{n}"]}
        | {"text": f"What about the {things} labelled {name}x{n}?"}
        for n in range(20)
    ]
    return [*memories, *questions]
