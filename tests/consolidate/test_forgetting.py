"""Forgetting and erasing: what goes along, and what is left in the bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from retentive import Memory
from retentive.errors import InvalidInputError
from retentive.records import Kind, MemoryRecord, Message, ToolCall
from retentive.testing.clock import ManualClock
from retentive.testing.fake import FakeEmbedder
from tests.frames import NOW

SECRET = "xylophone"


def test_a_query_forgets_what_holds_all_its_words(memory: Memory) -> None:
    both, one, _ = memory.remember(
        ["Tom owes me 50 euros.", "Tom likes tea.", "Ann owes me a book."]
    )
    assert memory.forget(query="what Tom owes me", dry_run=True) == [both]
    assert len(list(memory.records())) == 3
    assert memory.forget([one], query="Tom owes") == [one, both]
    assert [r.content for r in memory.records()] == ["Ann owes me a book."]
    assert memory.forget(query="the of and") == []


def test_copies_and_what_was_derived_go_along(
    memory: Memory, clock: ManualClock
) -> None:
    [first] = memory.remember("I am allergic to nuts.")
    clock.advance(60)
    memory.remember("By the way, I'm allergic to nuts!")
    memory.consolidate()
    fact = MemoryRecord(
        content="Nut allergy", kind=Kind.SEMANTIC, derived_from=(first,), key="f"
    )
    summary = MemoryRecord(
        content="Allergies", kind=Kind.SUMMARY, derived_from=(fact.id,), key="s"
    )
    memory.remember([fact, summary, "I like tea."])
    assert memory.forget([first]) == [first]
    assert [r.content for r in memory.records()] == ["I like tea."]
    assert memory.remember("By the way, I'm allergic to nuts!") == []
    assert memory.journal() == []


def test_the_messages_that_said_it_go_and_are_not_learnt_again(memory: Memory) -> None:
    log = [
        {"role": "user", "content": f"My word is {SECRET}.", "id": "1"},
        {"role": "user", "content": "I like tea.", "id": "2"},
    ]
    memory.remember(log, session="s")
    memory.forget(query=SECRET)
    assert [m.id for m in memory.messages("s")] == ["2"]
    for _ in range(3):
        memory.remember(log, session="s")
    assert [m.id for m in memory.messages("s")] == ["2"]
    assert len(list(memory.records())) == 1


def test_a_call_goes_with_its_result(memory: Memory) -> None:
    call = ToolCall(id="c", name="lookup", arguments="{}")
    messages = [
        Message(role="user", content="Look it up.", session="s", id="1"),
        Message(role="assistant", content="", session="s", id="2", tool_calls=(call,)),
        Message(role="tool", content=SECRET, session="s", id="3", tool_call_id="c"),
        Message(role="assistant", content="Done.", session="s", id="4"),
    ]
    memory.remember(messages)
    memory.forget(query=SECRET)
    assert [m.id for m in memory.messages("s")] == ["1", "4"]


def test_the_journal_keeps_what_others_need(memory: Memory, clock: ManualClock) -> None:
    for pair in (
        ("I am allergic to nuts.", "BTW, I'm allergic to nuts!"),
        ("I work in a bakery.", "As I said, I work in a bakery."),
    ):
        for text in pair:
            memory.remember(text)
            clock.advance(60)
    report = memory.consolidate()
    memory.forget(query="allergic nuts")
    memory.undo(report.run)
    assert sorted(r.content for r in memory.records()) == [
        "As I said, I work in a bakery.",
        "I work in a bakery.",
    ]
    assert {r.status.value for r in memory.records()} == {"active"}


def fill(memory: Memory) -> None:
    """Tell of the secret in every place that keeps something."""
    texts = [f"Note {n} about {SECRET} and rain." for n in range(90)]
    memory.remember(
        [
            MemoryRecord(
                content=text,
                speaker=f"{SECRET} Smith",
                session=f"{SECRET}-{n}",
                metadata={"topic": SECRET},
                occurred_at=NOW,
            )
            for n, text in enumerate(texts)
        ]
    )
    memory.remember(
        [{"role": "user", "content": f"My word is {SECRET}."}], session=f"talk-{SECRET}"
    )
    for text in (f"I live in {SECRET.title()}.", "I moved to Bergen."):
        memory.remember(text)
    memory.remember([f"I fear a {SECRET}.", f"By the way, I fear a {SECRET}!"])
    memory.consolidate()
    working = memory.working("w")
    working.add(Message(role="user", content=f"Now the {SECRET}.", session="w"))


def test_erasing_leaves_no_byte_of_it_in_any_file(
    tmp_path: Path, clock: ManualClock
) -> None:
    path = tmp_path / "a.db"
    with Memory.open(path, clock=clock, embedder=FakeEmbedder()) as memory:
        memory.within("bob").remember("Bob likes tea.")
        fill(memory)
    assert bytes_with(tmp_path, SECRET)
    with Memory.open(path, clock=clock, embedder=FakeEmbedder()) as memory:
        memory.recall(SECRET)
        receipt = memory.erase()
        assert receipt.compacted
        assert receipt.left == {}
        assert receipt.records >= 94
        assert receipt.tombstones >= 94
        assert receipt.vectors >= 94
        assert receipt.messages >= 1
        assert receipt.journal >= 2
        assert receipt.snapshots == 1
        assert not memory.recall(SECRET)
        assert len(memory.within("bob").recall("tea")) == 1
    assert bytes_with(tmp_path, SECRET) == []
    with Memory.open(path, clock=clock, embedder=FakeEmbedder()) as memory:
        fill(memory)  # the old logs are read again
        assert not memory.recall(f"My word is {SECRET}")
        assert memory.messages(f"talk-{SECRET}") == []


def test_another_process_follows_and_saves_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Memory.open(path) as memory:
        fill(memory)
        erase = "import sys; from retentive import Memory\nwith Memory.open(sys.argv[1]) as m: m.erase()"
        subprocess.run([sys.executable, "-c", erase, str(path)], check=True)
        assert not memory.recall(SECRET)
        record = MemoryRecord(content="I like tea.", speaker=f"{SECRET} Smith")
        memory.remember([record, *(f"Fresh note {n}." for n in range(90))])
        assert memory.get(record.id).speaker == f"{SECRET} Smith"
        memory.forget([record.id])
    with Memory.open(path) as memory:
        memory.store.compact()  # type: ignore[attr-defined]
    assert bytes_with(tmp_path, SECRET) == []


def test_only_what_is_named_is_erased(memory: Memory) -> None:
    memory.within("alice").remember("I like tea.")
    memory.within("alice", "work").remember("I like coffee.")
    memory.within("alicent").remember("I like milk.")
    receipt = memory.within("alice").erase()
    assert receipt.namespaces == [("alice",)]
    assert memory.store.namespaces() == [("alice", "work"), ("alicent",)]
    memory.within("alice").erase(below=True)
    assert memory.store.namespaces() == [("alicent",)]


def test_a_namespace_without_anything_can_be_erased(memory: Memory) -> None:
    assert memory.erase().records == 0


def test_a_string_is_no_list_of_ids(memory: Memory) -> None:
    with pytest.raises(InvalidInputError, match="ids must be a list"):
        memory.forget("abc")


def bytes_with(folder: Path, word: str) -> list[str]:
    """Return the files in which a word stands, in upper or lower case."""
    return [
        file.name
        for file in folder.rglob("*")
        if file.is_file() and word.encode() in file.read_bytes().lower()
    ]
