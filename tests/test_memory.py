from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from retentive import Memory, MemoryRecord, Message, Status
from retentive.errors import (
    EmbedderMismatchError,
    InvalidInputError,
    PluginError,
    RecordNotFoundError,
    RetentiveError,
)
from retentive.records import Embedding
from retentive.testing.clock import ManualClock
from retentive.testing.fake import FakeEmbedder

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(params=["in process", "sqlite"])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory]:
    target = tmp_path / "agent.db" if request.param == "sqlite" else None
    with Memory.open(target, namespace=("alice",), clock=ManualClock(START)) as memory:
        yield memory


def contents(memory: Memory, query: str, **options: object) -> list[str]:
    hits = memory.recall(query, **options)  # type: ignore[arg-type]
    return [hit.record.content for hit in hits]


def test_the_first_three_lines_of_every_user(tmp_path: Path) -> None:
    memory = Memory.open(tmp_path / "agent.db", namespace=("alice",))
    memory.remember("I am allergic to peanuts.")
    assert "I am allergic to peanuts." in str(
        memory.context("What can I cook tonight?")
    )
    hits = memory.recall("peanuts", limit=5)
    assert hits[0].record.content == "I am allergic to peanuts."
    assert hits[0].score == pytest.approx(sum(hits[0].signals.values()), abs=1e-4)
    memory.close()


def test_a_new_process_remembers(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "agent.db") as memory:
        memory.remember(["My cat is called Mochi.", "I work in Oslo."])
    with Memory.open(tmp_path / "agent.db") as memory:
        assert (
            contents(memory, "What is my cat called?")[0] == "My cat is called Mochi."
        )


def test_messages_are_remembered_and_kept_word_for_word(memory: Memory) -> None:
    memory.remember(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "I moved to Lyon in May.", "id": "m1"},
            {"role": "assistant", "content": "How do you like it?"},
        ],
        session="s1",
    )
    transcript = memory.messages("s1")
    assert [message.role for message in transcript] == ["system", "user", "assistant"]
    [hit] = memory.recall("Lyon", limit=1)
    assert (hit.record.session, hit.record.message_id) == ("s1", "m1")
    assert "Be brief." not in contents(memory, "brief", limit=10)


def test_the_same_message_again_changes_nothing(memory: Memory) -> None:
    message = Message(role="user", content="I like tea.", id="m1", session="s1")
    first = memory.remember(message)
    assert memory.remember(message) == first
    assert memory.get(first[0]).support_count == 1
    assert len(memory.messages("s1")) == 1


def test_the_same_fact_twice_is_one_memory_with_two_times(memory: Memory) -> None:
    first = memory.remember("I went running.", at=START)
    second = memory.remember("I went  running!", at=START + timedelta(days=2))
    assert first == second
    record = memory.get(first[0])
    assert record.support_count == 2
    assert [said.at.day for said in record.said_at()] == [1, 3]


def test_a_tool_call_and_its_result_are_one_memory(memory: Memory) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bergen"}'}}  # fmt: skip
    memory.remember(
        [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "Rain until Sunday."},
        ],
        session="s1",
    )
    [hit] = memory.recall("weather in Bergen", limit=5)
    assert "Bergen" in hit.record.content
    assert "Rain until Sunday." in hit.record.content
    assert hit.record.origin == "tool"


def test_our_own_block_is_not_learnt_again(memory: Memory) -> None:
    memory.remember("I am allergic to peanuts.")
    block = str(memory.context("peanuts"))
    memory.remember({"role": "user", "content": f"{block}\nWhat about walnuts?"})
    records = sorted(record.content.strip() for record in memory.records())
    assert records == ["I am allergic to peanuts.", "What about walnuts?"]


def test_namespaces_do_not_see_each_other(memory: Memory) -> None:
    labels = ["bob", "alice:", "alice/*", "{alice}", "*", "%", "ALICE", "alic_", ""]
    for label in labels:
        memory.within(label).remember(f"The secret of {label!r} is safe.")
    for label in labels:
        assert contents(memory.within(label), "secret") == [
            f"The secret of {label!r} is safe."
        ]
    assert contents(memory, "secret") == []


def test_a_recall_may_look_into_further_namespaces(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "a.db", namespace=("team",)) as team:
        team.remember("The deploy key is in the vault.")
    private = Memory.open(
        tmp_path / "a.db", namespace=("team", "ann"), also_read=[("team",)]
    )
    with private as memory:
        memory.remember("I keep my notes in the vault.")
        found = {hit.record.namespace for hit in memory.recall("vault")}
        assert found == {("team",), ("team", "ann")}


def test_forgotten_memories_are_gone_and_not_learnt_again(memory: Memory) -> None:
    [id] = memory.remember("My password is swordfish.")
    assert memory.forget([id, "unknown"]) == [id]
    assert contents(memory, "password swordfish") == []
    with pytest.raises(RecordNotFoundError, match=id):
        memory.get(id)
    assert memory.remember("My password is swordfish.") == []
    assert memory.count().get(Status.ACTIVE, 0) == 0


def test_context_keeps_to_its_budget_and_to_its_bytes(memory: Memory) -> None:
    memory.remember([f"Fact {i} about the garden and its roses." for i in range(60)])
    for budget in (40, 200, 1_000):
        context = memory.context("roses in the garden", budget=budget)
        assert context.tokens <= budget
        assert str(context) == str(memory.context("roses in the garden", budget=budget))
    assert memory.context("roses", budget=0).text == ""


def test_explain_shows_what_was_understood_and_every_signal(memory: Memory) -> None:
    memory.remember(Message(role="user", name="Ann", content="I bought a red bike."))
    explanation = memory.explain("What did Ann buy?")
    assert explanation.query.names == ("Ann",)
    assert explanation.memories == 1
    [hit] = explanation.hits
    assert hit.rank == 1
    assert hit.hit.signals["speaker"] == pytest.approx(
        explanation.weights["speaker"] * hit.normalised["speaker"]
    )


def test_why_not_names_what_held_a_memory_back(memory: Memory) -> None:
    ids = memory.remember([f"The blue boat number {i} sails." for i in range(30)])
    [other] = memory.remember("Bread needs salt.")
    [old] = memory.remember(
        MemoryRecord(content="A blue boat sank.", status="archived")
    )
    first = memory.recall("blue boat", limit=1)[0].record.id
    assert first in ids
    assert "at rank 1" in memory.why_not(first, "blue boat", limit=1).reason
    far = memory.why_not(other, "blue boat", limit=1)
    assert far.rank is not None
    assert far.rank > 1
    assert "loses most by the signal 'context'" in far.reason
    assert "archived" in memory.why_not(old, "blue boat").reason
    assert "no memory of this id" in memory.why_not("unknown", "blue boat").reason


def test_an_asked_date_finds_what_happened_then(memory: Memory) -> None:
    memory.remember("We had dinner with Eva.", at=START - timedelta(days=40))
    memory.remember("We had dinner with Max.", at=START - timedelta(days=1))
    assert contents(memory, "Who did we have dinner with yesterday?")[0].endswith(
        "Max."
    )


def test_chinese_is_found_by_words_and_in_either_script(memory: Memory) -> None:
    memory.remember(["我对花生过敏。", "我下周要去北京出差。", "妹妹养了一只猫。"])
    assert contents(memory, "我对什么过敏？")[0] == "我对花生过敏。"
    assert contents(memory, "妹妹養了什麼？")[0] == "妹妹养了一只猫。"


def test_vectors_find_what_words_do_not(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "a.db", embedder=FakeEmbedder()) as memory:
        ids = memory.remember(["alpha beta", "gamma delta"])
        stored = memory.store.get(("default",), ids)
        assert (
            stored[0].embedding is None
            or stored[0].embedding.vector.dtype == np.float32
        )
        assert memory.recall("gamma", limit=1)[0].record.content == "gamma delta"
        assert memory.explain("gamma").weights["dense"] > 0


def test_another_embedder_is_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "a.db", embedder=FakeEmbedder()) as memory:
        memory.remember("alpha beta")
    with (
        Memory.open(tmp_path / "a.db", embedder=FakeEmbedder(dim=16)) as memory,
        pytest.raises(EmbedderMismatchError, match="reembed"),
    ):
        memory.remember("gamma")
    with Memory.open(tmp_path / "a.db") as memory:
        assert contents(memory, "alpha") == ["alpha beta"]


@pytest.mark.parametrize("before", [None, FakeEmbedder(dim=4)])
def test_what_was_stored_before_an_embedder_came_is_found_by_words(
    tmp_path: Path, before: FakeEmbedder | None
) -> None:
    with Memory.open(tmp_path / "agent.db", embedder=before) as memory:
        memory.remember(["I like green tea.", "The train was late."])
    with Memory.open(tmp_path / "agent.db", embedder=FakeEmbedder(dim=8)) as memory:
        assert contents(memory, "tea")[0] == "I like green tea."
        assert "green tea" in str(memory.context("Which tea?"))


def test_used_memories_gain(memory: Memory) -> None:
    [first, _] = memory.remember(["The cat sleeps a lot.", "The cat sleeps a bit."])
    before = memory.recall("cat sleeps")
    memory.used([first])
    after = {hit.record.id: hit for hit in memory.recall("cat sleeps")}
    assert after[first].signals["use"] > 0
    assert {hit.record.id for hit in before} == set(after)
    assert memory.get(first).access_count == 1


def test_threads_write_and_read_without_losing_anything(memory: Memory) -> None:
    failures: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for i in range(20):
                memory.remember(f"Worker {worker} did step {i} of the zebra plan.")
                assert memory.recall("zebra plan", limit=3)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert memory.count()[Status.ACTIVE] == 120


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: m.remember(""), "content must not be empty or blank"),
        (lambda m: m.remember("   \n"), "content must not be empty or blank"),
        (lambda m: m.remember("x" * 10_000_001), "10,000,001 characters, more than"),
        (lambda m: m.remember("a\ud800b"), r"lone surrogate '\\ud800' at character 1"),
        (lambda m: m.remember(7), "remember takes text"),
        (lambda m: m.remember({"content": "x"}), "needs a 'role'"),
        (
            lambda m: m.remember({"role": "user", "content": 3}),
            "text or a list of parts",
        ),
        (
            lambda m: m.remember("x", at=datetime(2026, 1, 1)),
            "at must carry a time zone",
        ),
        (
            lambda m: m.recall("x", now=datetime(2026, 1, 1)),
            "now must carry a time zone",
        ),
        (lambda m: m.recall("x", limit=0), "limit must be a whole number above 0"),
        (lambda m: m.recall("x", limit=True), "limit must be a whole number above 0"),
        (lambda m: m.recall(None), "a query must be text"),
        (lambda m: m.recall("x", colour="red"), "knows the conditions where, kinds"),
        (lambda m: m.context("x", budget=-1), "budget must be a whole number"),
        (lambda m: m.forget("abc"), "ids must be a list"),
        (lambda m: m.within(), "needs at least one label"),
        (
            lambda m: m.remember(MemoryRecord(content="x", namespace=("bob",))),
            r"belongs to namespace \('bob',\)",
        ),
    ],
)
def test_bad_input_is_refused_with_its_value_and_changes_nothing(
    memory: Memory, call, message: str
) -> None:  # type: ignore[no-untyped-def]
    memory.remember("Still here.")
    with pytest.raises(InvalidInputError, match=message):
        call(memory)
    assert [record.content for record in memory.records()] == ["Still here."]


@pytest.mark.parametrize("content", ["a\0b", "👩‍👩‍👧‍👦", "שלום עולם", "x" * 10_000_000])
def test_odd_but_legal_content_comes_back_exactly(memory: Memory, content: str) -> None:
    [id] = memory.remember(content)
    assert memory.get(id).content == content
    assert memory.recall("anything", limit=1)[0].record.content == content
    assert memory.context("anything", budget=300).tokens <= 300


class Broken(FakeEmbedder):
    def __init__(self, answer: list[list[float]]) -> None:
        super().__init__(dim=2)
        self.answer = answer

    def embed(self, texts: object) -> np.ndarray:  # type: ignore[type-arg, override]
        return np.array(self.answer, np.float32)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            [[1.0, 0.0, 0.0]],
            r"gave vectors of shape \(1, 3\) for 1 texts, not \(1, 2\)",
        ),
        ([[1.0, 0.0], [0.0, 1.0]], r"shape \(2, 2\) for 1 texts"),
        ([[float("nan"), 1.0]], "must be finite and not all zeros, got norm nan"),
        ([[0.0, 0.0]], "must be finite and not all zeros, got norm 0.0"),
    ],
)
def test_vectors_that_cannot_be_used_are_refused_and_nothing_is_stored(
    tmp_path: Path, answer: list[list[float]], message: str
) -> None:
    with Memory.open(tmp_path / "a.db", embedder=Broken(answer)) as memory:
        with pytest.raises(RetentiveError, match=message):
            memory.remember("alpha")
        assert list(memory.records()) == []


def test_a_vector_of_another_size_than_its_embedder_s_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="must have 3 numbers, got 2"):
        Embedding(vector=np.array([1, 0], np.float32), fingerprint="m:3:1")


@pytest.mark.parametrize("year", [1, 9999])
def test_far_times_are_kept_and_ranked(memory: Memory, year: int) -> None:
    at = datetime(year, 6, 1, tzinfo=UTC)
    [id] = memory.remember("A distant event.", at=at)
    assert memory.get(id).occurred_at == at
    assert np.isfinite(memory.recall("distant event")[0].score)


def test_an_unknown_scheme_or_embedder_is_refused_by_name() -> None:
    with pytest.raises(PluginError, match="'gopher'"):
        Memory.open("gopher://host")
    with pytest.raises(PluginError, match=r"'minilmm'.*minilm"):
        Memory.open(embedder="minilmm")
