"""A model proposes what has changed; hostile and silly proposals change nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from retentive import Memory
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import ApprovalNeededError, InvalidInputError
from retentive.models.openai import OpenAIModel
from retentive.policies.model_supersede import ModelSupersede
from retentive.policies.supersede import Supersede
from retentive.protocols import ConsolidationPolicy
from retentive.records import MemoryRecord, Origin, Status
from retentive.stores.memory import MemoryStore
from retentive.testing.clock import ManualClock
from retentive.testing.policy_suite import PolicySuite
from tests.chat_server import ChatServer, chat_server
from tests.frames import NOW

DAY_S = 86_400.0


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        yield running


def policy_of(server: ChatServer, **options: Any) -> ModelSupersede:
    model = OpenAIModel(model="m", base_url=server.url, max_retries=0)
    return ModelSupersede(model=model, **options)


def proposing(*pairs: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
    """Answer as a model that finds notes by their words: old and new may be texts."""

    def reply(request: dict[str, Any]) -> str:
        notes = json.loads(request["messages"][1]["content"])
        numbers = {note["text"]: note["note"] for note in notes}
        changes = [
            pair
            | {
                end: numbers.get(pair.get(end), pair.get(end))
                for end in pair
                if end in ("old", "new")
            }
            for pair in pairs
        ]
        return json.dumps({"changes": changes})

    return reply


def pair(old: Any, new: Any, was: Any, now: Any, of: Any = "home") -> dict[str, Any]:
    return {"old": old, "new": new, "attribute": of, "old_value": was, "new_value": now}


HOUSE, BOAT = (
    "Home for me is the little house by the mill.",
    "It is a boat on the canal that I sleep on, since the flood.",
)


class TestAsAPolicy(PolicySuite):
    @pytest.fixture
    def policy(self) -> Iterator[ConsolidationPolicy]:
        with chat_server() as server:
            server.replies = [
                proposing(
                    pair("I live in Oslo.", "I moved to Bergen.", "Oslo", "Bergen"),
                    pair("我住在上海。", "我搬到了北京。", "上海", "北京"),
                    pair(0, 1, "green", "blue", "favourite"),
                )
            ]
            yield policy_of(server, recent_s=1000 * DAY_S)


class Told:
    """A memory that is told one thing a day."""

    def __init__(self, *texts: str | MemoryRecord) -> None:
        self.clock = ManualClock(NOW)
        self.memory = Memory(MemoryStore(clock=self.clock), clock=self.clock)
        self.ids: list[str] = []
        for text in texts:
            self.ids += self.memory.remember(text)
            self.clock.advance(DAY_S)

    def statuses(self) -> list[str]:
        return [self.memory.get(id).status.value for id in self.ids]

    def told(self) -> list[MemoryRecord]:
        return list(self.memory.records())


def test_what_no_rule_reads_is_closed_by_the_model_s_word(server: ChatServer) -> None:
    told = Told(HOUSE, "The mill has a wheel.", BOAT)
    server.replies = [proposing(pair(HOUSE, BOAT, "the little house", "a boat"))]
    assert not told.memory.consolidate(Supersede(), dry_run=True)
    report = told.memory.consolidate(policy_of(server), max_share=1.0)
    assert told.statuses() == ["superseded", "active", "active"]
    old = told.memory.get(told.ids[0])
    assert old.superseded_by == told.ids[2]
    assert old.valid_until == told.memory.get(told.ids[2]).occurred_at
    [change] = report.changes
    assert "says the model" in change.reason
    told.memory.undo(report.run)
    assert told.statuses() == ["active"] * 3


def test_chinese_is_read_as_well(server: ChatServer) -> None:
    old, new = "我的窝就在磨坊旁边的小屋里。", "我如今睡在运河的一条船上。"
    told = Told(old, new)
    server.replies = [proposing(pair(old, new, "磨坊旁边的小屋", "运河的一条船"))]
    told.memory.consolidate(policy_of(server), max_share=1.0)
    assert told.statuses() == ["superseded", "active"]


@pytest.mark.parametrize(
    ("reply", "texts"),
    [
        pytest.param(proposing(pair(1, 0, "a boat", "the little house")), (HOUSE, BOAT), id="the newer one"),
        pytest.param(proposing(pair(1, 1, "a boat", "a boat")), (HOUSE, BOAT), id="itself"),
        pytest.param(
            proposing(pair(1, 0, "a boat", "the little house"), pair(1, 1, "boat", "canal")),
            (HOUSE, BOAT),
            id="a cycle",
        ),
        pytest.param(proposing(pair(0, 7, "the little house", "a boat")), (HOUSE, BOAT), id="unknown number"),
        pytest.param(proposing(pair(-1, 1, "the little house", "a boat")), (HOUSE, BOAT), id="negative number"),
        pytest.param(proposing(pair("06ABC", 1, "the little house", "a boat")), (HOUSE, BOAT), id="an id"),
        pytest.param(proposing(pair(False, True, "the little house", "a boat")), (HOUSE, BOAT), id="truth values"),
        pytest.param(proposing(pair(0, 1, "a castle", "a boat")), (HOUSE, BOAT), id="value not in the old note"),
        pytest.param(proposing(pair(0, 1, "the little house", "a plane")), (HOUSE, BOAT), id="value not in the new note"),
        pytest.param(proposing(pair(0, 1, "little ho", "a boat")), (HOUSE, BOAT), id="half a word"),
        pytest.param(proposing(pair(0, 1, "", "")), (HOUSE, BOAT), id="no values"),
        pytest.param(proposing(pair(0, 1, ["house"], {"x": 1})), (HOUSE, BOAT), id="values of other types"),
        pytest.param(proposing(pair(0, 1, "is", "IS")), (HOUSE, BOAT), id="the same value"),
        pytest.param(proposing(pair(0, 1, "the little house", "a boat", "everything")), (HOUSE, BOAT), id="unknown attribute"),
        pytest.param(proposing(pair(0, 1, "the little house", "a boat", ["home"])), (HOUSE, BOAT), id="attribute of another type"),
        pytest.param(proposing({"old": 0, "new": 1}), (HOUSE, BOAT), id="fields lack"),
        pytest.param(json.dumps({"changes": "all of them"}), (HOUSE, BOAT), id="no list"),
        pytest.param(json.dumps({"changes": [3, None, [0, 1]]}), (HOUSE, BOAT), id="no objects"),
        pytest.param(json.dumps([pair(0, 1, "the little house", "a boat")]), (HOUSE, BOAT), id="no object"),
        pytest.param('{"changes": [{"old": 0,', (HOUSE, BOAT), id="malformed"),
        pytest.param("I think they moved.", (HOUSE, BOAT), id="prose"),
        pytest.param("", (HOUSE, BOAT), id="nothing"),
        pytest.param((500, {"error": {"message": "down"}}), (HOUSE, BOAT), id="server down"),
        pytest.param(
            proposing(pair(0, 1, "Rome", "Milan")),
            ("My sister found a flat in Rome.", "I found a flat in Milan."),
            id="another subject",
        ),
        pytest.param(
            proposing(pair(0, 1, "罗马", "米兰")),
            ("我妹妹在罗马找了房子。", "我在米兰找了房子。"),
            id="another subject in Chinese",
        ),
        pytest.param(
            proposing(pair(0, 1, "Rome", "teacher")),
            ("I live in Rome.", "I now work as a teacher."),
            id="another attribute by the rules",
        ),
        pytest.param(
            proposing(pair(0, 1, "Rome", "Lazio")),
            ("I live in Rome. I love its cats.", "I moved to Lazio."),
            id="it says more than that",
        ),
        pytest.param(
            proposing(pair(0, 1, "the little house", "a boat")),
            (HOUSE, "I dream of a boat on the canal, would I not?"),
            id="no statement",
        ),
    ],
)  # fmt: skip
def test_a_proposal_that_does_not_hold_changes_nothing(
    server: ChatServer, reply: Any, texts: tuple[str, str]
) -> None:
    told = Told(*texts)
    before = told.told()
    server.replies = [reply]
    report = told.memory.consolidate(policy_of(server), max_share=1.0)
    assert bool(server.requests) == (texts == (HOUSE, BOAT) or "Rome" in texts[0][:15])
    assert not report.changes
    assert told.told() == before


@pytest.mark.parametrize(
    "old",
    [
        MemoryRecord(content=HOUSE, pinned=True, role="user"),
        MemoryRecord(content=HOUSE, key="home", role="user"),
        MemoryRecord(content=HOUSE, speaker="Ann", role="user"),
        MemoryRecord(content=HOUSE, role="assistant"),
    ],
    ids=["pinned", "with a key", "another speaker", "another role"],
)
def test_what_must_stay_is_not_even_closed_by_a_right_proposal(
    server: ChatServer, old: MemoryRecord
) -> None:
    told = Told(old, BOAT)
    server.replies = [proposing(pair(0, 1, "the little house", "a boat"))]
    told.memory.consolidate(policy_of(server), max_share=1.0)
    assert told.statuses() == ["active", "active"]


@pytest.mark.parametrize("origin", [Origin.WEB, Origin.TOOL])
def test_the_web_closes_nothing_that_the_user_said(
    server: ChatServer, origin: Origin
) -> None:
    told = Told(
        MemoryRecord(content=HOUSE, role="user"),
        MemoryRecord(content=BOAT, role="user", origin=origin),
        MemoryRecord(content="I live in Rome.", role="user"),
        MemoryRecord(content="I moved to Milan.", role="user", origin=origin),
    )
    server.replies = [proposing(pair(0, 1, "the little house", "a boat"))]
    told.memory.consolidate(Supersede(), policy_of(server), max_share=1.0)
    assert told.statuses() == ["active"] * 4


def test_a_model_that_closes_everything_stops_at_the_share(server: ChatServer) -> None:
    texts = [f"My note number {n} is about the colour of door {n}." for n in range(60)]
    told = Told(*texts)

    def everything(request: dict[str, Any]) -> str:
        notes = json.loads(request["messages"][1]["content"])
        last = notes[-1]["note"]
        value = notes[-1]["text"].split()[3]
        changes = [
            pair(n["note"], last, n["text"].split()[3], value, "measure")
            for n in notes[:-1]
        ]
        return json.dumps({"changes": changes})

    server.replies = [everything]
    before = told.told()
    with pytest.raises(ApprovalNeededError, match="model_supersede"):
        told.memory.consolidate(policy_of(server, recent_s=90 * DAY_S))
    assert told.told() == before


def test_what_is_written_while_the_model_thinks_is_left_alone(
    server: ChatServer,
) -> None:
    told = Told(HOUSE, BOAT)

    def slowly(request: dict[str, Any]) -> str:
        told.memory.update(told.ids[0], metadata={"seen": True})
        return proposing(pair(HOUSE, BOAT, "the little house", "a boat"))(request)

    server.replies = [slowly, "{}"]
    report = told.memory.consolidate(policy_of(server), max_share=1.0)
    assert told.statuses() == ["active", "active"]
    assert set(report.skipped.values()) == {"it was written meanwhile"}


def test_only_what_is_recent_is_asked_about_and_only_once(server: ChatServer) -> None:
    told = Told(HOUSE, BOAT, *(f"I saw {n} herons today." for n in range(40)))
    server.replies = [json.dumps({"changes": []})]
    policy = policy_of(server, window=12)
    told.memory.consolidate(policy)
    told.memory.consolidate(policy)
    shown = [json.loads(r["messages"][1]["content"]) for r in server.requests]
    assert [len(notes) for notes in shown] == [12, 12]
    told.clock.now += timedelta(days=30)
    told.memory.consolidate(policy)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "options", [{"recent_s": 0.0}, {"window": 3}, {"window": True}]
)
def test_odd_options_are_refused(server: ChatServer, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInputError, match="recent_s must be above 0"):
        policy_of(server, **options)


def test_a_file_configures_it(server: ChatServer, tmp_path: Path) -> None:
    file = tmp_path / "memory.yaml"
    file.write_text(
        "store: memory\n"
        f"model: {{type: openai, model: m, base_url: '{server.url}'}}\n"
        "consolidation:\n"
        "  policies: [supersede, {type: model_supersede, recent_s: 30d}]\n",
        "utf-8",
    )
    server.replies = [proposing(pair(HOUSE, BOAT, "the little house", "a boat"))]
    with Memory.open(file) as memory:
        memory.remember(HOUSE)
        memory.remember(BOAT)
        memory.consolidate()
        assert memory.count() == {Status.ACTIVE: 1, Status.SUPERSEDED: 1}


def test_it_runs_between_other_policies(server: ChatServer) -> None:
    told = Told("I live in Oslo.", "I moved to Bergen.", HOUSE, BOAT)
    server.replies = [proposing(pair(HOUSE, BOAT, "the little house", "a boat"))]
    settings = ConsolidationSettings(policies=[Supersede(), policy_of(server)])
    Memory(told.memory.store, clock=told.clock, consolidation=settings).consolidate()
    assert told.statuses() == ["superseded", "active", "superseded", "active"]
