"""A conversation alone, and the same among many memories of others."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from retentive.bench.command import bench
from retentive.bench.crowding import others
from retentive.bench.datasets import Dataset, evidence_id, load
from retentive.bench.scale import scale
from retentive.errors import InvalidInputError


def test_others_are_the_real_ones_and_then_made_of_their_sentences(
    labelled: Path,
) -> None:
    data = load(labelled, dataset="jsonl")
    ann, eve = data.conversations
    found = others(data, besides=eve, count=8, seed=0)
    assert len(found) == 8
    assert [evidence_id(memory) for memory in found[:3]] == [
        "ann/m1",
        "ann/m2",
        "ann/m3",
    ]
    said = {memory.content for memory in ann.memories}
    assert all(memory.content.startswith(tuple(said)) for memory in found[3:])
    assert len({evidence_id(memory) for memory in found}) == 8


def test_the_seed_makes_the_others(labelled: Path) -> None:
    data = load(labelled, dataset="jsonl")
    one, same, other = (
        others(data, besides=data.conversations[1], count=30, seed=seed)
        for seed in (0, 0, 1)
    )
    assert [memory.content for memory in one] == [memory.content for memory in same]
    assert [memory.content for memory in one] != [memory.content for memory in other]


def test_a_single_conversation_has_no_others(labelled: Path) -> None:
    data = load(labelled, dataset="jsonl").only(["ann"])
    with pytest.raises(InvalidInputError, match=r"'ann' alone"):
        others(data, besides=data.conversations[0], count=5, seed=0)


def test_both_namespaces_hold_what_was_asked_for(crowded: Dataset) -> None:
    rows = list(scale(crowded, size=300))
    assert [row.memories for row in rows] == [(20, 300), (20, 300)]
    assert [row.recall[0] for row in rows] == [1.0, 1.0]
    assert all(row.change == row.recall[1] - 1.0 for row in rows)


def test_the_command_prints_each_conversation_and_the_mean(labelled: Path) -> None:
    arguments = ["scale", str(labelled), "--dataset", "jsonl", "--size", "40"]
    result = CliRunner().invoke(bench, arguments, catch_exceptions=False)
    assert "| ann | 2 | 2 → 39 | 100.0 |" in result.stdout
    assert "| mean | 3 | | 100.0 |" in result.stdout


def test_the_others_may_be_of_another_kind(labelled: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    line = {"type": "memory", "conversation": "z", "id": "z1", "content": "Zz. Yy. Xx."}
    path.write_text(json.dumps(line), "utf-8")
    alone = load(labelled, dataset="jsonl").only(["ann"])
    [row] = scale(alone, size=10, among=load(path, dataset="jsonl"))
    assert row.memories == (2, 9)  # of Ann's three, two are one
    arguments = ["scale", str(labelled), "--dataset", "jsonl", "--size", "10"]
    result = CliRunner().invoke(
        bench, [*arguments, "--among", str(path)], catch_exceptions=False
    )
    assert "| eve | 1 | 1 → 10 |" in result.stdout


@pytest.fixture
def crowded(tmp_path: Path) -> Dataset:
    """Two conversations of twenty memories, every one asked for."""
    path = tmp_path / "crowded.jsonl"
    lines = [
        line
        for name, thing in (("a", "red boat"), ("b", "blue kite"))
        for n in range(20)
        for line in (
            {"type": "memory", "conversation": name, "id": f"{name}{n}"}
            | {"content": f"We saw the {thing} labelled {name}x{n}."},
            {"type": "question", "conversation": name, "evidence": [f"{name}{n}"]}
            | {"text": f"What about the {thing} labelled {name}x{n}?"},
        )
    ]
    path.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    return load(path, dataset="jsonl")
