"""A tree of summaries over sessions and months, and how it follows its leaves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retentive import AsyncMemory, Memory
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import InvalidInputError
from retentive.models.openai import OpenAIModel
from retentive.policies.condensing import Condenser
from retentive.policies.summaries import Summaries
from retentive.protocols import Batch, ConsolidationPolicy, Passage, StatusChange
from retentive.records import Kind, MemoryRecord, Message, Origin, Status
from retentive.testing.clock import ManualClock
from retentive.testing.fake import FakeEmbedder
from retentive.testing.policy_suite import PolicySuite
from retentive.text.counters import estimate_tokens
from tests.chat_server import chat_server

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class TestSummariesAsAPolicy(PolicySuite):
    @pytest.fixture
    def policy(self) -> ConsolidationPolicy:
        return Summaries()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW + 100 * DAY)


@pytest.fixture
def memory(clock: ManualClock) -> Iterator[Memory]:
    """Six sessions in three months, in English and Chinese."""
    settings = ConsolidationSettings(policies=[Summaries()])
    with Memory.open(clock=clock, consolidation=settings) as opened:
        for number in range(6):
            opened.remember(session(number))
        yield opened


def session(number: int) -> list[Message]:
    at = NOW + number * 14 * DAY
    talk = [
        f"My {number} tomatoes on the balcony are growing well.",
        f"The balcony tomatoes need {number} cans of water every morning.",
        f"We ate tomatoes number {number} from the balcony.",
        f"阳台上的{number}盆番茄每天早上都要浇水。",
        "The bus was late.",
    ]
    return [
        Message(
            role="user", name="Ann", content=text, session=f"s{number}",
            id=f"{number}-{place}", at=at + timedelta(minutes=place),
        )
        for place, text in enumerate(talk)
        if place < 4 or number == 0
    ]  # fmt: skip


def nodes(memory: Memory, level: str | None = None) -> list[MemoryRecord]:
    found = [
        record
        for record in memory.records()
        if record.kind is Kind.SUMMARY
        and record.status is Status.ACTIVE
        and level in (None, record.metadata["summary"]["level"])
    ]
    return sorted(found, key=lambda node: node.occurred_at)


def test_sessions_months_and_the_whole(memory: Memory) -> None:
    memory.consolidate()
    labels = [node.metadata["summary"]["label"] for node in nodes(memory, "session")]
    assert labels == ["s0", "s1", "s2", "s3", "s4", "s5"]
    months = nodes(memory, "month")
    assert [m.metadata["summary"]["label"] for m in months] == ["2026-03", "2026-04"]
    [whole] = nodes(memory, "whole")
    # May has one session: it stands for the month.
    [may] = [n for n in nodes(memory, "session") if n.occurred_at.month == 5]
    assert whole.derived_from == (*(m.id for m in months), may.id)
    assert whole.origin is Origin.USER


def test_a_summary_says_what_was_said_and_whose_it_was(memory: Memory) -> None:
    memory.consolidate()
    first = nodes(memory, "session")[0]
    said = {message.content for message in session(0)}
    for line in first.content.splitlines():
        speaker, _, words = line.partition(": ")
        assert speaker == "Ann"
        assert words in said
    for level, budget in (("session", 150), ("month", 300), ("whole", 450)):
        for node in nodes(memory, level):
            assert estimate_tokens(node.content) <= budget


def test_recall_answers_from_a_node_and_descends_to_its_leaves(memory: Memory) -> None:
    memory.consolidate()
    [top, *_] = memory.recall("tomatoes on the balcony", kinds=["summary"])
    leaves = memory.leaves(top.record.id)
    assert leaves
    assert all(leaf.kind is not Kind.SUMMARY for leaf in leaves)
    ids = [leaf.id for leaf in leaves]
    found = memory.recall("Does anything need water?", ids=ids)
    assert found
    assert {hit.record.id for hit in found} <= set(ids)
    [whole] = nodes(memory, "whole")
    everything = [r.id for r in memory.records() if r.kind is Kind.EPISODIC]
    assert {leaf.id for leaf in memory.leaves(whole.id)} == set(everything)
    [leaf] = memory.leaves(ids[0])
    assert leaf.id == ids[0]


def test_only_what_changed_is_written_anew(memory: Memory, clock: ManualClock) -> None:
    memory.consolidate()
    before = {node.id: node.version for node in nodes(memory)}
    memory.remember("The last tomatoes are eaten.", session="s5", at=clock.now)
    clock.advance(7_200)
    memory.consolidate()
    changed = {n.id for n in nodes(memory) if n.version != before.get(n.id)}
    [last] = [
        n.id for n in nodes(memory, "session") if n.occurred_at == NOW + 100 * DAY
    ]
    assert last in changed
    labels = {memory.get(id).metadata["summary"]["label"] for id in changed}
    assert labels == {"s5", ""}


def test_a_session_that_goes_on_is_left_alone(
    memory: Memory, clock: ManualClock
) -> None:
    memory.consolidate()
    before = {node.id: node.version for node in nodes(memory)}
    memory.remember([f"Fresh {n}." for n in range(5)], session="new", at=clock.now)
    memory.remember("The last tomatoes are eaten.", session="s5", at=clock.now)
    assert not memory.consolidate().changes
    assert {node.id: node.version for node in nodes(memory)} == before


def test_what_is_forgotten_leaves_every_summary(memory: Memory) -> None:
    memory.consolidate()
    word = "balcony"
    gone = [r.id for r in memory.records() if r.session == "s0" and word in r.content]
    said = {memory.get(id).content for id in gone} - {
        r.content for r in memory.records() if r.id not in gone
    }
    memory.forget(gone)
    memory.consolidate()
    for node in nodes(memory):
        assert not any(text in node.content for text in said)
        assert not set(gone) & {leaf.id for leaf in memory.leaves(node.id)}


def test_what_is_superseded_leaves_its_summary(memory: Memory) -> None:
    memory.consolidate()
    [old] = [r for r in memory.records() if "number 3" in r.content and not r.key]
    new = memory.remember("We ate no tomatoes at all.", session="s3", at=NOW)[0]
    change = StatusChange(id=old.id, status=Status.SUPERSEDED, superseded_by=new)
    memory.store.apply(Batch(namespace=memory.namespace, status_changes=[change]))
    memory.consolidate()
    assert not any("number 3" in node.content for node in nodes(memory))


def test_a_node_without_leaves_is_archived(memory: Memory) -> None:
    memory.consolidate()
    memory.forget([r.id for r in memory.records() if r.session == "s2"])
    memory.consolidate()
    labels = {n.metadata["summary"]["label"] for n in nodes(memory, "session")}
    assert labels == {"s0", "s1", "s3", "s4", "s5"}


def test_what_has_faded_stays_in_the_summary(memory: Memory) -> None:
    memory.consolidate()
    before = {node.id: node.content for node in nodes(memory)}
    faded = [
        StatusChange(id=record.id, status=Status.ARCHIVED)
        for record in memory.records()
        if record.session == "s1"
    ]
    memory.store.apply(Batch(namespace=memory.namespace, status_changes=faded))
    memory.consolidate()
    assert {node.id: node.content for node in nodes(memory)} == before


def test_text_from_tools_and_the_web_is_left_out(clock: ManualClock) -> None:
    settings = ConsolidationSettings(policies=[Summaries(least=2)])
    with Memory.open(clock=clock, consolidation=settings) as memory:
        for place, origin in enumerate(("user", "user", "assistant", "web", "tool")):
            text = f"The tomatoes of garden {place} are ripe."
            memory.remember(
                MemoryRecord(content=text, session="s", origin=origin, occurred_at=NOW)
            )
        memory.consolidate()
        [node] = nodes(memory)
        assert "garden 3" not in node.content
        assert "garden 4" not in node.content
        assert node.origin is Origin.ASSISTANT


def test_memories_without_a_session_are_grouped_by_day(clock: ManualClock) -> None:
    settings = ConsolidationSettings(policies=[Summaries(least=2)])
    with Memory.open(clock=clock, consolidation=settings) as memory:
        for day in range(2):
            for place in range(3):
                memory.remember(f"Note {place} of day {day}.", at=NOW + day * DAY)
        memory.consolidate()
        labels = [n.metadata["summary"]["label"] for n in nodes(memory, "session")]
        assert labels == ["day 2026-03-01", "day 2026-03-02"]


def test_vectors_tell_what_is_central() -> None:
    passages = [Passage(text=f"Point {n} is made.") for n in range(3)]
    embedder = FakeEmbedder()
    vectors = embedder.embed(["a", "a", "z"])
    condense = Condenser(counter=estimate_tokens, model=None)
    text = condense(passages, budget=6, vectors=vectors)
    assert text in ("Point 0 is made.", "Point 1 is made.")


def test_a_model_writes_and_its_sessions_are_quoted(clock: ManualClock) -> None:
    with chat_server() as server:
        server.replies = [json.dumps({"summary": "Ann grows tomatoes."})]
        model = OpenAIModel(model="m", base_url=server.url, max_retries=0)
        settings = ConsolidationSettings(policies=[Summaries(model=model)])
        with Memory.open(clock=clock, consolidation=settings) as memory:
            memory.remember(session(0))
            memory.consolidate()
            [node] = nodes(memory)
            assert node.content == "Ann grows tomatoes."
            assert len(memory.leaves(node.id)) == 5
            memory.consolidate()
        assert len(server.requests) == 1


def test_a_file_configures_it(tmp_path: Path) -> None:
    file = tmp_path / "memory.yaml"
    file.write_text(
        "store: memory\n"
        "consolidation: {policies: [{type: summaries, idle_s: 30m, tokens: 60}]}\n",
        "utf-8",
    )
    with Memory.open(file) as memory:
        memory.remember(session(0))
        memory.consolidate()
        [node] = nodes(memory)
        assert estimate_tokens(node.content) <= 60


def test_the_async_twin_descends_too(memory: Memory) -> None:
    memory.consolidate()
    [whole] = nodes(memory, "whole")
    found = asyncio.run(AsyncMemory(memory).leaves(whole.id))
    assert found == memory.leaves(whole.id)


@pytest.mark.parametrize("option", [{"idle_s": -1.0}, {"least": 1}, {"tokens": 0}])
def test_sizes_that_make_no_sense_are_refused(option: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError, match=next(iter(option))):
        Summaries(**option)  # type: ignore[arg-type]
