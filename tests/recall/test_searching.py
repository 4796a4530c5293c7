"""Recall by the server's engine: the same scorers over what the engine finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from retentive import Memory, MemoryRecord
from retentive.demo import demo_messages, demo_questions
from retentive.errors import InvalidInputError, StoreError
from retentive.protocols import Batch, Narrowing, StatusChange
from retentive.recall.defaults import default_settings
from retentive.recall.filters import Scope
from retentive.recall.narrowing import narrowing_of
from retentive.records import Kind, Origin, Status
from retentive.stores.away import AwayStore
from retentive.stores.redis import RedisStore
from retentive.testing.fake import FakeEmbedder
from tests.engines import engine_server, redis_binary

NOW = datetime(2025, 1, 1, tzinfo=UTC)
SERVER = replace(default_settings(), engine="server")
AUTO = replace(default_settings(), engine="auto", engine_above=50)


@pytest.fixture(scope="module")
def conversation(
    engine_session: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Memory, Memory]]:
    """Months of talk in two languages, recalled in the process and by the server."""
    with engine_session.client() as client:
        client.flushall()
    home = ("talk",)
    here = Memory.open(engine_session.url, namespace=home, embedder="minilm")
    there = Memory.open(
        engine_session.url, namespace=home, embedder="minilm", recall=SERVER
    )
    here.remember(demo_messages())
    yield here, there
    here.close()
    there.close()


@pytest.fixture
def pair(engine_url: str) -> Iterator[tuple[Memory, Memory]]:
    """Two processes' memories of one namespace; the second asks the server."""
    here = Memory.open(engine_url, embedder=FakeEmbedder())
    there = Memory.open(engine_url, embedder=FakeEmbedder(), recall=SERVER)
    yield here, there
    here.close()
    there.close()


def told(number: int) -> list[MemoryRecord]:
    return [
        MemoryRecord(
            content=f"Note {i}: the {('red', 'blue', 'green')[i % 3]} box holds {i}.",
            session=f"s{i // 12}",
            speaker=("Ann", "Bob")[i % 2],
            occurred_at=NOW - timedelta(days=400 - i),
            metadata={"n": i, "team": ("x", "y")[i % 2]},
            kind=Kind.SEMANTIC if i % 5 == 0 else Kind.EPISODIC,
            origin=Origin.TOOL if i % 7 == 0 else Origin.USER,
        )
        for i in range(number)
    ]


def ids(memory: Memory, question: str, **conditions: Any) -> list[str]:
    hits = memory.recall(question, now=NOW, **conditions)
    return [hit.record.id for hit in hits]


def test_the_server_answers_as_the_process_does(
    conversation: tuple[Memory, Memory],
) -> None:
    here, there = conversation
    shared = []
    for question in demo_questions():
        mine = here.recall(question.text, now=question.now, limit=5)
        theirs = there.recall(question.text, now=question.now, limit=5)
        assert theirs[0].record.id == mine[0].record.id, question.text
        both = {h.record.id for h in mine} & {h.record.id for h in theirs}
        shared.append(len(both) / len(mine))
    # Candidates differ a little: what is near in a session, and the graph.
    assert sum(shared) / len(shared) >= 0.9


def test_what_another_process_tells_is_found_at_once(
    pair: tuple[Memory, Memory],
) -> None:
    here, there = pair
    here.remember(told(150))
    assert len(ids(there, "red box")) == 10
    [new] = here.remember("The vault code is 7341.", session="s99")
    assert ids(there, "vault code")[0] == new
    here.forget([new])
    assert new not in ids(there, "vault code")


@pytest.mark.parametrize(
    "conditions",
    [
        {"where": {"team": "x"}},
        {"where": {"n": {"$in": [5, 6, 7]}}},
        {"where": {"n": {"$gte": 290}}},
        {"where": {"team": {"$ne": "x"}, "n": {"$lt": 30}}},
        {"kinds": ["semantic"]},
        {"origins": ["tool"], "kinds": ["semantic"]},
        {"sessions": ["s3", "nobody's"]},
        {"since": NOW - timedelta(days=110)},
        {"until": NOW - timedelta(days=395)},
        {"valid_at": NOW - timedelta(days=380)},
        {"as_of": NOW - timedelta(days=500)},
    ],
    ids=str,
)
def test_conditions_hold_and_lose_nothing(
    pair: tuple[Memory, Memory], conditions: dict[str, Any]
) -> None:
    here, there = pair
    here.remember(told(300))
    mine = ids(here, "Which box is blue?", limit=300, **conditions)
    theirs = ids(there, "Which box is blue?", limit=300, **conditions)
    assert set(theirs) <= set(ids(here, "box", limit=300, **conditions))
    assert len(theirs) >= min(len(mine), 100)
    if len(mine) <= 100:
        assert set(theirs) == set(mine)


def test_asked_ids_are_ranked_whatever_an_engine_finds(
    pair: tuple[Memory, Memory],
) -> None:
    here, there = pair
    made = here.remember(told(200))
    wanted = [made[3], made[199], "nobody"]
    assert set(ids(there, "quite another thing", ids=wanted)) == set(wanted[:2])


def test_statistics_are_of_the_whole_namespace(pair: tuple[Memory, Memory]) -> None:
    here, there = pair
    here.remember(told(300))
    mine = here.explain("Which box holds 17?", now=NOW)
    theirs = there.explain("Which box holds 17?", now=NOW)
    assert theirs.key_terms == pytest.approx(mine.key_terms)
    assert theirs.hits[0].hit.record.id == mine.hits[0].hit.record.id


def test_a_process_holds_what_was_asked_for_and_no_more(
    pair: tuple[Memory, Memory],
) -> None:
    here, there = pair
    here.remember(told(600))
    ids(there, "box 17")
    searcher = there.recaller.searcher
    [(_, replica)] = searcher._held.values()
    assert replica.frame().size < 600
    ids(there, "box 17")
    assert replica.frame().alive.all(), "nothing is read twice"
    assert replica.frame().size < 600
    searcher._max_bytes = 1
    ids(there, "box 17")
    assert searcher.nbytes() == 0
    assert there.recaller.replicas.nbytes() == 0, "no replica was made"


def test_why_not_knows_what_was_not_found(engine_url: str) -> None:
    # Without vectors: among many equally near ones a graph finds others each time.
    with Memory.open(engine_url, recall=SERVER) as there:
        made = there.remember(told(600))
        found = ids(there, "box 599", limit=600)
        far = next(id for id in made if id not in found)
        assert "is not among the" in there.why_not(far, "box 599", now=NOW).reason
        assert there.why_not("nobody", "box", now=NOW).reason.startswith("no memory")
        wrong_kind = there.why_not(made[1], "box", now=NOW, kinds=["semantic"])
        assert wrong_kind.filtered_by == ["kinds"]


def test_used_memories_count_in_what_is_held(pair: tuple[Memory, Memory]) -> None:
    here, there = pair
    [first, *_] = here.remember(told(120))
    ids(there, "red box 0")
    there.used([first])
    [(_, replica)] = there.recaller.searcher._held.values()
    row = replica.frame().row_of(first)
    assert replica.frame().access_count[row] == 1


def test_replaced_memories_answer_for_their_time(
    pair: tuple[Memory, Memory],
) -> None:
    here, there = pair
    filler = told(150)
    here.remember(filler)
    then = NOW - timedelta(days=300)
    old, new = here.remember(
        [
            MemoryRecord(
                content="Eve lives in Bergen.", occurred_at=then, recorded_at=then
            ),
            MemoryRecord(
                content="Eve lives in Hamar.",
                occurred_at=NOW - timedelta(days=10),
                recorded_at=NOW - timedelta(days=10),
            ),
        ]
    )
    change = StatusChange(
        id=old,
        status=Status.SUPERSEDED,
        superseded_by=new,
        valid_until=NOW - timedelta(days=10),
    )
    here.store.apply(Batch(namespace=here.namespace, status_changes=[change]))
    question = "Where does Eve live?"
    for conditions in (
        {},
        {"valid_at": NOW - timedelta(days=100)},
        {"as_of": NOW - timedelta(days=100)},
    ):
        mine = ids(here, question, limit=1, **conditions)
        assert ids(there, question, limit=1, **conditions) == mine
    assert ids(there, question, limit=1) == [new]
    assert ids(there, question, limit=1, as_of=NOW - timedelta(days=100)) == [old]


def test_several_namespaces_are_asked_together(engine_url: str) -> None:
    team = Memory.open(engine_url, namespace=("team",))
    mine = Memory.open(
        engine_url,
        namespace=("team", "me"),
        also_read=[("team",)],
        recall=SERVER,
    )
    team.remember(told(130))
    [shared] = team.remember("The depot gate opens at six.")
    [own] = mine.remember("My depot locker is 12.")
    assert set(ids(mine, "depot", limit=2)) == {shared, own}
    team.close()
    mine.close()


def test_erasing_leaves_nothing_of_an_index(
    engine_session: Any, pair: tuple[Memory, Memory]
) -> None:
    here, there = pair
    here.remember(told(120))
    ids(there, "box")
    there.erase()
    with engine_session.client() as client:
        left = [
            key for key in client.keys("*") if b":index:" in key or b":document:" in key
        ]
        assert left == []
        assert client.execute_command("FT._LIST") == []
    assert ids(there, "box") == []


def test_another_embedder_gets_an_index_of_its_own(engine_url: str) -> None:
    from retentive.reembedding import reembed

    with Memory.open(engine_url, embedder=FakeEmbedder(), recall=SERVER) as memory:
        memory.remember(told(120))
        before = ids(memory, "box 7")
        assert len(before) == 10
        reembed(memory.store, memory.namespace, FakeEmbedder(dim=12))
    other = FakeEmbedder(dim=12)
    with Memory.open(engine_url, embedder=other, recall=SERVER) as memory:
        found = memory.explain("box 7", now=NOW)
        assert found.query.vector is not None
        assert memory.recaller.searcher.nbytes() > 0


# --- where it is not there -------------------------------------------------------


def test_a_plain_server_falls_back_or_says_so(redis_url: str) -> None:
    with Memory.open(redis_url, recall=AUTO) as memory:
        memory.remember(told(120))
        assert len(ids(memory, "box")) == 10
        assert memory.recaller.searcher.nbytes() == 0
    with (
        Memory.open(redis_url, recall=SERVER) as memory,
        pytest.raises(StoreError, match="retentive doctor"),
    ):
        ids(memory, "box")


def test_a_file_has_no_engine(tmp_path: Path) -> None:
    with Memory.open(tmp_path / "a.db", recall=AUTO) as memory:
        memory.remember(told(60))
        assert len(ids(memory, "box")) == 10


def test_a_store_that_goes_on_without_its_server_asks_no_engine(
    engine_url: str,
) -> None:
    store = AwayStore(RedisStore.open(engine_url))
    with Memory(store, recall=replace(AUTO, engine_above=0)) as memory:
        memory.remember(told(60))
        assert len(ids(memory, "box")) == 10
        assert memory.recaller.searcher.nbytes() == 0
    with (
        Memory(AwayStore(RedisStore.open(engine_url)), recall=SERVER) as memory,
        pytest.raises(StoreError, match="no engine answers"),
    ):
        ids(memory, "box")


def test_auto_asks_the_server_only_beyond_the_bound(engine_url: str) -> None:
    with Memory.open(engine_url, recall=AUTO) as memory:
        memory.remember(told(50))
        ids(memory, "box")
        assert memory.recaller.searcher.nbytes() == 0
        memory.remember("One more.")
        memory.recaller.searcher._sizes.clear()
        ids(memory, "box")
        assert memory.recaller.searcher.nbytes() > 0


def test_vector_sets_are_not_taken_unasked(tmp_path: Path) -> None:
    with engine_server(tmp_path, binary=redis_binary(), module=False) as server:
        with Memory.open(server.url, embedder=FakeEmbedder(), recall=AUTO) as memory:
            made = memory.remember(told(120))
            ids(memory, "box")
            assert memory.recaller.searcher.nbytes() == 0
        with Memory.open(server.url, embedder=FakeEmbedder(), recall=SERVER) as memory:
            assert isinstance(memory.store, RedisStore)
            assert ids(memory, "Note 17: the green box holds 17.")[0] == made[17]
            assert memory.recaller.searcher.nbytes() > 0


def test_a_wrong_choice_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="process, server or auto"):
        replace(default_settings(), engine="redis")
    with pytest.raises(InvalidInputError, match="engine_above"):
        replace(default_settings(), engine_above=-1)


# --- what of a scope an engine is told -------------------------------------------


def test_single_values_are_told_and_the_rest_is_left_to_the_scope() -> None:
    scope = Scope(where={"a": 1, "b.c": {"$in": ["x", 2]}}, kinds=["semantic"])
    within, exact = narrowing_of(scope, now=NOW)
    assert exact
    assert within == Narrowing(
        statuses=(Status.ACTIVE,),
        kinds=[Kind.SEMANTIC],
        origins=[],
        alive_at=NOW.timestamp(),
        equal={"a": [1], "b.c": ["x", 2]},
    )
    for where in ({"a": None}, {"a": [1]}, {"a": {"$gt": 1}}, {"a": {"$in": [None]}}):
        within, exact = narrowing_of(Scope(where=where), now=NOW)
        assert not exact
        assert within.equal == {}


def test_the_past_includes_what_was_replaced() -> None:
    within, exact = narrowing_of(Scope(as_of=NOW), now=NOW)
    assert not exact
    assert within.statuses == (Status.ACTIVE, Status.SUPERSEDED)
    assert (within.known_at, within.alive_at) == (NOW.timestamp(), None)
