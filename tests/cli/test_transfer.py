"""import and export: streaming, resumable, without loss."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from retentive import Memory, MemoryRecord, Message
from retentive.protocols import Batch, Put
from retentive.records import (
    ContentPart,
    Embedding,
    Kind,
    Occurrence,
    Origin,
    Status,
    ToolCall,
)
from tests.cli.conftest import Run

AT = datetime(2024, 5, 1, 10, 0, 0, 123456, tzinfo=UTC)
LATER = datetime(2024, 6, 1, tzinfo=UTC)
SET_BY_THE_STORE = {"version", "content_key", "embedding"}
SPACES = [("default",), ("a:b", "a/*", "{x}", "%", "小伟", "")]


def full_record(namespace: tuple[str, ...]) -> MemoryRecord:
    """Return a record none of whose fields has its default."""
    return MemoryRecord(
        content="I keep bees.\nSince spring \u2028 \U0001f41d",
        id="r1",
        namespace=namespace,
        kind=Kind.SEMANTIC,
        parts=(ContentPart(type="image", data={"url": "x", "n": [1]}, text="a hive"),),
        role="user",
        speaker="Ann",
        session="s1",
        message_id="m1",
        occurred_at=AT,
        recorded_at=LATER,
        valid_until=datetime(2090, 1, 1, tzinfo=UTC),
        superseded_by="r2",
        status=Status.ARCHIVED,
        importance=0.5,
        pinned=True,
        support_count=3,
        occurrences=(Occurrence(at=LATER, session="s2", message_id="m9"),),
        access_count=4,
        last_accessed_at=LATER,
        expires_at=datetime(2091, 1, 1, tzinfo=UTC),
        origin=Origin.WEB,
        derived_from=("r0",),
        metadata={"tags": ["a", {"b": None}], "n": 1.5},
        embedding=Embedding(
            vector=np.array([0.6, 0.8], np.float32), fingerprint="toy:2:1"
        ),
    )


def full_message() -> Message:
    return Message(
        role="assistant",
        content="",
        id="m1",
        session="s1",
        at=AT,
        name="Helper",
        parts=(ContentPart(type="audio", data={"id": 1}, text=None),),
        tool_calls=(ToolCall(id="c1", name="look", arguments='{"q": "蜂"}'),),
        tool_call_id="c0",
        raw={"refusal": None, "x": {"y": [1, 2]}},
    )


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A store with every field set, in two namespaces, and awkward neighbours."""
    path = tmp_path / "filled.db"
    with Memory.open(path) as memory:
        for space in SPACES:
            record = full_record(space)
            old = MemoryRecord(
                content="I live in Bergen.",
                id="old",
                namespace=space,
                status=Status.SUPERSEDED,
            )
            new = old.but(id="new", status=Status.ACTIVE)
            keyed = MemoryRecord(content="k", id="z", namespace=space, key="my-key")
            puts = [
                Put(record=item, expected_version=0)
                for item in (record, old, new, keyed)
            ]
            messages = [
                full_message(),
                Message(role="user", content="hello", id="m2", session="s1", at=AT),
                Message(role="user", content="again", id="m2", session="s2", at=AT),
            ]
            memory.store.apply(Batch(namespace=space, puts=puts, messages=messages))
    return path


def contents(path: Path) -> dict[tuple[str, ...], object]:
    """Return all that a file holds but what each store sets for itself."""
    held: dict[tuple[str, ...], object] = {}
    names = [f.name for f in fields(MemoryRecord) if f.name not in SET_BY_THE_STORE]
    with Memory.open(path) as memory:
        for space in memory.store.namespaces():
            records = [
                (
                    [getattr(record, name) for name in names],
                    record.embedding and record.embedding.vector.tolist(),
                    record.embedding and record.embedding.fingerprint,
                )
                for record in memory.store.scan(space, vectors=True)
            ]
            transcripts = {
                session: memory.store.messages(space, session)
                for session in memory.store.sessions(space)
            }
            held[space] = (records, transcripts)
    return held


def test_the_record_of_this_test_sets_every_field() -> None:
    bare = MemoryRecord(content="x")
    full = full_record(("n",))
    alike = {
        f.name for f in fields(full) if getattr(full, f.name) == getattr(bare, f.name)
    }
    # 0.5 is the neutral importance, which an import must not estimate anew; a key
    # excludes a content key, so that another record has it.
    assert alike <= {"importance", "key", "version", "content_key"}


def test_export_and_import_lose_nothing(run: Run, filled: Path, tmp_path: Path) -> None:
    run("export", "--db", str(filled), "-o", "all.jsonl")
    run("import", "all.jsonl", "--db", "copy.db")
    assert contents(tmp_path / "copy.db") == contents(filled)
    assert set(contents(filled)) == set(SPACES)


def test_a_pipe_loses_nothing(run: Run, filled: Path, tmp_path: Path) -> None:
    lines = run("export", "--db", str(filled)).stdout
    run("import", "-", "--db", "copy.db", stdin=lines)
    assert contents(tmp_path / "copy.db") == contents(filled)


def test_a_second_import_adds_nothing(run: Run, filled: Path, tmp_path: Path) -> None:
    run("export", "--db", str(filled), "-o", "all.jsonl")
    run("import", "all.jsonl", "--db", "copy.db")
    before = contents(tmp_path / "copy.db")
    result = run("import", "all.jsonl", "--db", "copy.db")
    assert "14 entries read (retentive): 14 were there already" in result.stdout
    assert contents(tmp_path / "copy.db") == before


def test_one_namespace_can_be_exported_and_put_elsewhere(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    run("export", "--db", str(filled), "-n", "default", "-o", "one.jsonl")
    run("import", "one.jsonl", "--db", "copy.db", "-n", "bob")
    with Memory.open(tmp_path / "copy.db", namespace=["bob"]) as memory:
        assert memory.store.namespaces() == [("bob",)]
        assert memory.get("r1").content == full_record(("bob",)).content


def test_an_export_is_whole_or_not_there(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    result = run("export", "--db", str(filled), "-o", "no/such/folder.jsonl", code=1)
    assert "cannot write" in result.stderr
    run("export", "--db", str(filled), "-o", "all.jsonl")
    assert [path.name for path in tmp_path.glob("all*")] == ["all.jsonl"]


def openai_lines(count: int) -> str:
    return "".join(
        json.dumps(
            {"role": "user", "content": f"Fact number {n} is blue.", "session": "s"}
        )
        + "\n"
        for n in range(count)
    )


def test_conversations_become_memories_and_transcripts(run: Run) -> None:
    result = run("import", "-", "--db", "m.db", stdin=openai_lines(3))
    assert "3 messages added to transcripts" in result.stdout
    assert "3 added" in result.stdout
    assert "Fact number 1" in run("recall", "number 1", "--db", "m.db").stdout


def test_an_import_is_ready_to_be_asked_by_the_next_process(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        json.dumps({"role": "user", "content": f"Bee number {n} is busy."})
        for n in range(200)
    ]
    (tmp_path / "bees.jsonl").write_text("\n".join(lines))
    run("import", "bees.jsonl", "--db", "bees.db")

    def refuse(*_: object) -> None:
        raise AssertionError("the import has analysed them already")

    monkeypatch.setattr("retentive.index.replica.prepare", refuse)
    with Memory.open(tmp_path / "bees.db") as memory:
        hits = memory.recall("Which bee is number 77?", limit=1)
    assert hits[0].record.content == "Bee number 77 is busy."


def test_an_interrupted_import_goes_on(run: Run, tmp_path: Path) -> None:
    lines = openai_lines(600).splitlines(keepends=True)
    broken = "".join([*lines[:400], "{no json\n", *lines[400:]])
    result = run("import", "-", "--db", "m.db", stdin=broken, code=1)
    assert "400 entries read" in result.stdout
    assert "line 401" in result.stderr
    result = run("import", "-", "--db", "m.db", stdin="".join(lines))
    assert "400 were there already, 200 messages added" in result.stdout
    with Memory.open(tmp_path / "m.db") as memory:
        assert len(memory.messages("s")) == 600
        assert sum(memory.count().values()) == 600


def test_what_says_the_same_is_merged(run: Run) -> None:
    lines = "".join(
        json.dumps({"role": "user", "content": "I like tea.", "id": id}) + "\n"
        for id in ("a", "b", "c")
    )
    result = run("import", "-", "--db", "m.db", stdin=lines)
    assert "1 added, 2 merged" in result.stdout


def test_a_call_and_its_result_stay_one_memory_across_batches(
    run: Run, tmp_path: Path
) -> None:
    filler = [json.loads(line) for line in openai_lines(255).splitlines()]
    call = {
        "id": "c1",
        "type": "function",
        "function": {"name": "look", "arguments": "{}"},
    }
    asked = {"role": "assistant", "content": None, "tool_calls": [call], "session": "s"}
    told = {"role": "tool", "content": "42", "tool_call_id": "c1", "session": "s"}
    lines = "".join(json.dumps(item) + "\n" for item in [*filler, asked, told])
    run("import", "-", "--db", "m.db", stdin=lines)
    with Memory.open(tmp_path / "m.db") as memory:
        assert [r.content for r in memory.records() if r.origin is Origin.TOOL] == [
            "look({}) -> 42"
        ]


def test_several_conversations_get_namespaces_of_their_own(
    run: Run, tmp_path: Path
) -> None:
    turn = {"speaker": "Ann", "dia_id": "D1:1", "text": "I adopted a cat."}
    sample = {
        "conversation": {
            "session_1": [turn],
            "session_1_date_time": "1:56 pm on 8 May, 2023",
        }
    }
    samples = [sample | {"sample_id": name} for name in ("conv-1", "conv-2")]
    (tmp_path / "l.json").write_text(json.dumps(samples), "utf-8")
    result = run("import", "l.json", "--db", "m.db", "-n", "study")
    assert "study / conv-1" in result.stdout
    found = run("recall", "cat", "--db", "m.db", "-n", "study", "-n", "conv-2")
    assert "2023-05-08" in found.stdout


def test_vectors_are_made_anew_for_the_embedder_that_is_asked_for(
    run: Run, filled: Path, tmp_path: Path
) -> None:
    run("export", "--db", str(filled), "-n", "default", "-o", "one.jsonl")
    run("import", "one.jsonl", "--db", "copy.db", "--embedder", "hashing")
    with Memory.open(tmp_path / "copy.db") as memory:
        found = memory.store.scan(("default",), vectors=True)
        prints = {record.embedding.fingerprint for record in found if record.embedding}
        assert prints == {"hashing:384:1"}
        assert all(record.embedding for record in found)


def test_an_unknown_file_is_refused_with_the_known_formats(run: Run) -> None:
    result = run("import", "-", "--db", "m.db", stdin='{"a": 1}', code=1)
    assert "in no format that Retentive knows" in result.stderr
    assert "chatgpt, claude, locomo, openai, retentive" in result.stderr
