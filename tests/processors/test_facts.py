"""Facts drawn from messages, by rules and by a model that is not simply believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from retentive import Memory
from retentive.errors import ConfigError, InvalidInputError
from retentive.models.openai import OpenAIModel
from retentive.processors.facts import ExtractFacts
from retentive.processors.importance import EstimateImportance, estimate_importance
from retentive.processors.model_facts import ModelFacts
from retentive.processors.model_importance import ModelImportance
from retentive.protocols import Draft
from retentive.records import Kind, MemoryRecord, Message, Origin
from tests.chat_server import ChatServer, chat_server

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def model(server: ChatServer) -> OpenAIModel:
    return OpenAIModel(model="m", base_url=server.url, max_retries=0)


def user(content: str, **more: object) -> Message:
    return Message(role="user", content=content, session="s", at=NOW, **more)  # type: ignore[arg-type]


def by_kind(memory: Memory, kind: Kind) -> list[MemoryRecord]:
    return [record for record in memory.records() if record.kind is kind]


def test_a_fact_keeps_its_message_its_time_and_its_trust() -> None:
    with Memory.open(processors=[ExtractFacts(), EstimateImportance()]) as memory:
        said = user("Nice to meet you! I live in Graz. 我对花生过敏。", name="Ann")
        memory.remember(said)
        facts = by_kind(memory, Kind.SEMANTIC)
        [message] = by_kind(memory, Kind.EPISODIC)
        assert [fact.content for fact in facts] == ["I live in Graz.", "我对花生过敏。"]
        for fact in facts:
            assert fact.message_id == said.id
            assert (fact.speaker, fact.session) == ("Ann", "s")
            assert (fact.occurred_at, fact.origin) == (NOW, Origin.USER)
            assert fact.derived_from == (message.id,)
        assert facts[0].metadata["fact"] == {"attribute": "home", "value": "Graz"}
        assert all(f.importance == estimate_importance(f.content) for f in facts)


def test_a_message_that_is_a_fact_becomes_it() -> None:
    with Memory.open(processors=[ExtractFacts()]) as memory:
        memory.remember(user("My favourite colour is teal."))
        [record] = memory.records()
        assert record.kind is Kind.SEMANTIC
        assert record.metadata["fact"]["about"] == "colour"


def test_a_fact_said_again_gains_support() -> None:
    with Memory.open(processors=[ExtractFacts()]) as memory:
        memory.remember([user("Hello! I live in Graz."), user("Ah. I live in Graz.")])
        [fact] = by_kind(memory, Kind.SEMANTIC)
        assert fact.support_count == 2


def test_the_same_log_again_adds_nothing() -> None:
    said = [user("Hello! I live in Graz."), user("I love skiing.")]
    with Memory.open(processors=[ExtractFacts()]) as memory:
        memory.remember(said)
        before = [(r.id, r.support_count) for r in memory.records()]
        memory.remember(said)
        assert [(r.id, r.support_count) for r in memory.records()] == before


@pytest.mark.parametrize("role", ["assistant", "tool"])
def test_only_what_the_user_says_of_themselves_counts(role: str) -> None:
    with Memory.open(processors=[ExtractFacts()]) as memory:
        memory.remember({"role": role, "content": "I live in Graz. I love snow."})
        assert by_kind(memory, Kind.SEMANTIC) == []


def facts(*entries: dict[str, object]) -> str:
    return json.dumps({"facts": entries})


def entry(note: object, text: object, **more: object) -> dict[str, object]:
    return {"note": note, "text": text, "attribute": "home", "importance": 0.8} | more


def test_a_model_s_facts_name_the_message_that_states_them(server: ChatServer) -> None:
    server.replies = [facts(entry(1, "Ann moved to Lisbon in March."))]
    with Memory.open(processors=[ModelFacts(model=model(server))]) as memory:
        moved = user("I moved to Lisbon in March.", name="Ann")
        memory.remember([user("Hello!", name="Ann"), moved])
        [fact] = by_kind(memory, Kind.SEMANTIC)
        assert fact.content == "Ann moved to Lisbon in March."
        assert (fact.message_id, fact.importance) == (moved.id, 0.8)
        assert len(by_kind(memory, Kind.EPISODIC)) == 2
    [request] = server.requests
    assert json.loads(request["messages"][1]["content"])[1]["text"] == moved.content


@pytest.mark.parametrize(
    "reply",
    [
        facts(entry(7, "Ann moved to Lisbon.")),
        facts(entry("0", "Ann moved to Lisbon.")),
        facts(entry(True, "Ann moved to Lisbon.")),
        facts(entry(0, "Ann owns a yacht, two planes and a castle.")),
        facts(entry(0, "")),
        facts(entry(0, 5)),
        facts(entry(0, "I moved to Lisbon. " * 50)),
        facts(entry(1, "Lisbon is sunny.")),  # stated by the assistant alone
        json.dumps({"facts": "none"}),
        json.dumps({"facts": [3, None]}),
        "I could not find any.",
    ],
)
def test_what_the_notes_do_not_say_is_refused(server: ChatServer, reply: str) -> None:
    server.replies = [reply]
    with Memory.open(processors=[ModelFacts(model=model(server))]) as memory:
        memory.remember(
            [
                user("I moved to Lisbon.", name="Ann"),
                {"role": "assistant", "content": "Lisbon is sunny."},
            ]
        )
        assert by_kind(memory, Kind.SEMANTIC) == []
        assert len(by_kind(memory, Kind.EPISODIC)) == 2


def test_an_odd_importance_is_left_to_others(server: ChatServer) -> None:
    server.replies = [facts(entry(0, "Ann moved to Lisbon.", importance=11))]
    processors = [ModelFacts(model=model(server)), EstimateImportance()]
    with Memory.open(processors=processors) as memory:
        memory.remember(user("I moved to Lisbon.", name="Ann"))
        [fact] = by_kind(memory, Kind.SEMANTIC)
        assert fact.importance == estimate_importance(fact.content)


def test_a_model_that_is_down_costs_no_memory(server: ChatServer) -> None:
    server.replies = [(503, {"error": {"message": "overloaded"}})]
    processors = [ModelFacts(model=model(server)), ModelImportance(model=model(server))]
    with Memory.open(processors=processors) as memory:
        memory.remember(user("I moved to Lisbon."))
        [record] = memory.records()
        assert record.importance == estimate_importance(record.content)


def test_long_logs_are_shown_in_windows(server: ChatServer) -> None:
    server.replies = [facts()]
    with Memory.open(processors=[ModelFacts(model=model(server), window=4)]) as memory:
        memory.remember([user(f"Point {n}.") for n in range(10)])
    shown = [json.loads(r["messages"][1]["content"]) for r in server.requests]
    assert [len(notes) for notes in shown] == [4, 4, 2]


def test_nobody_is_asked_about_what_may_not_state_facts(server: ChatServer) -> None:
    with Memory.open(processors=[ModelFacts(model=model(server))]) as memory:
        memory.remember({"role": "assistant", "content": "Lisbon is sunny."})
    assert server.requests == []


def test_a_model_rates_what_nobody_has_rated(server: ChatServer) -> None:
    rated = [{"note": 0, "rating": 9}, {"note": 1, "rating": 99}, {"note": 5}]
    server.replies = [json.dumps({"ratings": rated})]
    drafts = [
        Draft(record=MemoryRecord(content="I am allergic to peanuts.")),
        Draft(record=MemoryRecord(content="Given.", importance=0.25)),
        Draft(record=MemoryRecord(content="谢谢!")),
    ]
    found = ModelImportance(model=model(server))(drafts)
    assert [draft.record.importance for draft in found] == [
        0.9,
        0.25,
        estimate_importance("谢谢!"),
    ]
    [request] = server.requests
    assert "Given." not in request["messages"][1]["content"]


@pytest.mark.parametrize("window", [0, True, 2.5])
def test_a_window_must_hold_a_note(server: ChatServer, window: object) -> None:
    for kind in (ModelFacts, ModelImportance):
        with pytest.raises(InvalidInputError, match="window"):
            kind(model=model(server), window=window)  # type: ignore[arg-type]


def test_a_file_configures_them(server: ChatServer, tmp_path: Path) -> None:
    file = tmp_path / "memory.yaml"
    file.write_text(
        "store: memory\n"
        f"model: {{type: openai, model: m, base_url: '{server.url}'}}\n"
        "processors: [facts, {type: model_facts, window: 5}, model_importance]\n",
        "utf-8",
    )
    server.replies = [facts(), json.dumps({"ratings": [{"note": 0, "rating": 7}]})]
    with Memory.open(file) as memory:
        memory.remember("Hello! I live in Graz.")
        assert {r.importance for r in by_kind(memory, Kind.EPISODIC)} == {0.7}
        assert by_kind(memory, Kind.SEMANTIC)


def test_a_file_without_a_model_says_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "memory.yaml"
    file.write_text("store: memory\nprocessors: [model_facts]\n", "utf-8")
    with pytest.raises(ConfigError, match=r"processors\[0\].*needs a model"):
        Memory.open(file)
