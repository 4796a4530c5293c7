"""What LangGraph's own tests of a store leave open; the rest is in theirs."""

from __future__ import annotations

import asyncio
import multiprocessing
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.tools import ToolRuntime
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langgraph.store.base import (
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)

from retentive import Memory
from retentive.errors import EmbeddingError, InvalidInputError
from retentive.opening import open_store
from retentive.protocols import Store
from retentive.recall.defaults import default_settings
from retentive.testing.clock import ManualClock
from retentive_langchain import RankedItem, RetentiveStore
from tests.retentive_langchain.agents import ScriptedModel

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
HOME = ("users", "alice")
INDEX: Any = {"dims": 16, "embed": DeterministicFakeEmbedding(size=16)}


@pytest.fixture(params=["memory", "sqlite", "redis"])
def below(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    target: str | None = None
    if request.param == "sqlite":
        target = str(tmp_path / "items.db")
    elif request.param == "redis":
        target = request.getfixturevalue("redis_url")
    store = open_store(target)
    yield store
    store.close()


@pytest.fixture
def store(below: Store) -> RetentiveStore:
    return RetentiveStore(below)


def keys(items: list[Any]) -> list[str]:
    return [item.key for item in items]


def test_a_batch_runs_in_order_and_the_last_write_of_a_key_wins(
    store: RetentiveStore,
) -> None:
    results = store.batch(
        [
            GetOp(HOME, "k"),
            PutOp(HOME, "k", {"v": 1}),
            PutOp(HOME, "k", {"v": 2}),
            GetOp(HOME, "k"),
            SearchOp(("users",)),
            PutOp(HOME, "k", None),
            PutOp(HOME, "other", {"v": 3}),
            GetOp(HOME, "k"),
            ListNamespacesOp((MatchCondition("prefix", ("users",)),)),
        ]
    )
    assert results[0] is None
    assert results[3].value == {"v": 2}  # type: ignore[union-attr]
    assert keys(results[4]) == ["k"]  # type: ignore[arg-type]
    assert results[7] is None
    assert results[8] == [HOME]


@pytest.mark.parametrize(
    ("op", "error"),
    [
        (PutOp(("a.b",), "k", {}), InvalidNamespaceError),
        (PutOp(HOME, "", {"v": 1}), InvalidInputError),
        (PutOp(HOME, "\0x", {"v": 1}), InvalidInputError),
        (PutOp(HOME, "k", {"when": NOW}), InvalidInputError),
        (PutOp(HOME, "k", {"v": float("nan")}), InvalidInputError),
        (PutOp(HOME, "k", {"v": 1}, ttl=-1), InvalidInputError),
        (SearchOp(HOME, filter={"v": {"$about": 1}}), InvalidInputError),
        (SearchOp(HOME, filter={"v": {"w": {"$about": 1}}}), InvalidInputError),
    ],
)
def test_nothing_of_a_batch_is_done_if_an_operation_is_wrong(
    op: Any, error: type[Exception], store: RetentiveStore
) -> None:
    with pytest.raises(error):
        store.batch([PutOp(HOME, "good", {"v": 1}), op])
    with pytest.raises(error):
        asyncio.run(store.abatch([PutOp(HOME, "good", {"v": 1}), op]))
    assert store.search(()) == []


def test_an_update_keeps_the_time_of_creation(below: Store) -> None:
    clock = ManualClock(NOW)
    store = RetentiveStore(below, clock=clock)
    store.put(HOME, "k", {"v": 1})
    clock.advance(60)
    store.put(HOME, "k", {"v": 2})
    item = store.get(HOME, "k")
    assert item is not None
    assert (item.created_at, item.updated_at) == (NOW, NOW + timedelta(minutes=1))
    store.delete(HOME, "k")
    store.put(HOME, "k", {"v": 3})
    again = store.get(HOME, "k")
    assert again is not None
    assert again.created_at == NOW + timedelta(minutes=1)


def test_without_a_query_the_last_changed_come_first(below: Store) -> None:
    clock = ManualClock(NOW)
    store = RetentiveStore(below, clock=clock)
    for key in ("a", "b", "c"):
        store.put((*HOME, key), key, {"v": key})
        clock.advance(1)
    store.put((*HOME, "a"), "a", {"v": "new"})
    found = store.search(HOME)
    assert keys(found) == ["a", "c", "b"]
    assert all(item.score is None for item in found)
    assert keys(store.search(HOME, limit=1, offset=1)) == ["c"]
    assert store.search(HOME, limit=0) == store.search(HOME, offset=3) == []
    assert store.search(HOME, query="new", limit=0) == []


def test_values_are_handed_out_as_copies(store: RetentiveStore) -> None:
    given: dict[str, Any] = {"tags": ["a"], "deep": {"n": None}, "中文": "花生"}
    store.put(HOME, "k", given)
    given["tags"].append("b")
    for read in (
        lambda: store.get(HOME, "k"),
        lambda: store.search(HOME)[0],
    ):
        item: Any = read()
        assert item.value == {"tags": ["a"], "deep": {"n": None}, "中文": "花生"}
        item.value["deep"]["n"] = 1


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({"n": 2}, ["b"]),
        ({"n": {"$gt": 1, "$lte": 3}}, ["b", "c"]),
        ({"n": {"$ne": 2}}, ["a", "c", "d"]),
        ({"n": {"$gte": "x"}}, []),
        ({"flag": True}, ["a"]),
        ({"tags": ["x", "y"]}, ["b"]),
        ({"deep": {"er": {"$lt": 5}}}, ["c"]),
        ({"deep": {"er": 4}}, ["c"]),
        ({"deep.er": 4}, ["c"]),
        ({"a.b": "dotted"}, ["d"]),
        ({"n": {"$in": [1, 3]}, "flag": {"$exists": False}}, ["c"]),
    ],
)
def test_filters_compare_and_never_run_what_they_hold(
    condition: dict[str, Any], found: list[str], store: RetentiveStore
) -> None:
    for key, value in {
        "a": {"n": 1, "flag": True},
        "b": {"n": 2, "tags": ["x", "y"]},
        "c": {"n": 3, "deep": {"er": 4}},
        "d": {"a.b": "dotted"},
    }.items():
        store.put(HOME, key, {**value, "text": "about horses"})
    assert sorted(keys(store.search(HOME, filter=condition))) == found
    asked = store.search(HOME, query="horses", filter=condition)
    assert sorted(keys(asked)) == found


def test_without_an_index_a_query_ranks_by_words_and_says_why(
    store: RetentiveStore,
) -> None:
    store.put(HOME, "food", {"text": "Alice is allergic to peanuts."})
    store.put(HOME, "city", {"text": "Alice lives in Lisbon."})
    store.put(HOME, "食物", {"text": "小明对花生过敏。"})
    best = store.search(HOME, query="What about peanuts?")[0]
    assert isinstance(best, RankedItem)
    assert best.key == "food"
    assert best.score == pytest.approx(sum(best.signals.values()))
    assert best.signals["context"] > 0
    assert store.search(HOME, query="花生")[0].key == "食物"


def test_with_an_index_the_score_is_the_cosine(below: Store) -> None:
    store = RetentiveStore(below, index=INDEX)
    store.put(HOME, "a", {"text": "one"})
    store.put(HOME, "b", {"text": "two"})
    best, other = store.search(HOME, query='{"text": "one"}')
    assert (best.key, round(best.score or 0, 2)) == ("a", 1.0)
    assert isinstance(other, RankedItem)
    assert other.signals == {"similarity": other.score}


def test_what_was_put_before_there_was_an_index_has_no_cosine(below: Store) -> None:
    RetentiveStore(below).put(HOME, "old", {"text": "one"})
    store = RetentiveStore(below, index=INDEX)
    assert store.search(HOME, query="one") == []
    store.put(HOME, "new", {"text": "one"})
    assert keys(store.search(HOME, query="one")) == ["new"]
    assert sorted(keys(store.search(HOME))) == ["new", "old"]
    store.put(HOME, "old", {"text": "one"})
    assert sorted(keys(store.search(HOME, query="one"))) == ["new", "old"]


def test_scorers_may_rank_over_an_index(below: Store) -> None:
    store = RetentiveStore(below, index=INDEX, recall=default_settings())
    store.put(HOME, "food", {"text": "Alice is allergic to peanuts."})
    store.put(HOME, "city", {"text": "Alice lives in Lisbon."})
    store.put(HOME, "hidden", {"text": "peanuts"}, index=False)
    best, _ = store.search(HOME, query="peanuts")
    assert isinstance(best, RankedItem)
    assert best.key == "food"
    assert {"context", "dense"} <= set(best.signals)


def test_an_item_of_many_texts_is_found_once_and_by_each(below: Store) -> None:
    index = {**INDEX, "fields": ["title", "parts[*].text"]}
    store = RetentiveStore(below, index=index)
    parts = [{"text": f"part {n}"} for n in range(5)]
    store.put(HOME, "book", {"title": "The book", "parts": parts})
    store.put(HOME, "other", {"title": "Another"})
    for query in ("The book", "part 0", "part 4"):
        found = store.search(HOME, query=query)
        assert keys(found) == ["book", "other"]
        assert found[0].score == pytest.approx(1.0, abs=1e-3)
    store.put(HOME, "book", {"title": "The book", "parts": parts[:1]})
    assert store.search(HOME, query="part 4")[0].score < 0.99  # type: ignore[operator]
    assert len(below.scan(("langgraph", *HOME))) == 3
    store.delete(HOME, "book")
    assert len(below.scan(("langgraph", *HOME))) == 1


def test_an_embedding_function_that_can_only_be_awaited_works(below: Store) -> None:
    async def embed(texts: list[str]) -> list[list[float]]:
        await asyncio.sleep(0)
        return [[len(text), 1.0] for text in texts]

    store = RetentiveStore(below, index={"dims": 2, "embed": embed})

    async def main() -> list[Any]:
        await store.aput(HOME, "k", {"text": "hello"})
        return await store.asearch(HOME, query="hello")

    assert keys(asyncio.run(main())) == ["k"]
    assert keys(store.search(HOME, query="hello")) == ["k"]


def test_vectors_of_another_length_than_said_are_refused(below: Store) -> None:
    index: Any = {"dims": 3, "embed": DeterministicFakeEmbedding(size=16)}
    store = RetentiveStore(below, index=index)
    with pytest.raises(EmbeddingError, match="dims=3"):
        store.put(HOME, "k", {"text": "hello"})
    assert store.search(HOME) == []


def test_times_to_live_are_minutes_and_a_sweep_says_how_many_ended(
    below: Store,
) -> None:
    clock = ManualClock(NOW)
    ttl: Any = {"default_ttl": 10, "refresh_on_read": True, "omit_expired": True}
    store = RetentiveStore(
        below, clock=clock, ttl=ttl, index={**INDEX, "fields": ["a", "b"]}
    )
    store.put(HOME, "used", {"a": "one", "b": "two"})
    store.put((*HOME, "x"), "unused", {"a": "three", "b": "four"})
    store.put(HOME, "kept", {"a": "five"}, ttl=None)
    clock.advance(9 * 60)
    assert store.get(HOME, "used") is not None
    clock.advance(2 * 60)
    assert store.get((*HOME, "x"), "unused") is None
    assert sorted(keys(store.search(HOME, refresh_ttl=False))) == ["kept", "used"]
    assert "used" in keys(store.search(HOME, query="two", refresh_ttl=False))
    assert store.list_namespaces() == [HOME]
    assert store.sweep_ttl() == 1
    assert store.sweep_ttl() == 0
    clock.advance(8 * 60)
    assert store.get(HOME, "used", refresh_ttl=False) is None
    assert store.sweep_ttl() == 1
    assert keys(store.search(())) == ["kept"]
    assert len(below.scan(("langgraph", *HOME))) == 1


def test_items_are_memories_too_and_memories_are_no_items(below: Store) -> None:
    store = RetentiveStore(below)
    store.put(HOME, "food", {"text": "Alice is allergic to peanuts."})
    memory = Memory(below).within("langgraph", *HOME)
    [hit] = memory.recall("peanuts", where={"text": {"$exists": True}})
    assert (hit.record.key, hit.record.metadata["text"]) == (
        "food",
        "Alice is allergic to peanuts.",
    )
    memory.remember("I went to buy peanuts.")
    Memory(below).within(*HOME).remember("elsewhere: peanuts")
    assert keys(store.search((), query="peanuts")) == ["food"]
    assert keys(store.search(())) == ["food"]


def test_another_root_is_another_store(below: Store) -> None:
    one, two = (RetentiveStore(below, root=(root,)) for root in ("one", "two"))
    one.put(HOME, "k", {"v": 1})
    assert two.get(HOME, "k") is None
    assert two.search(()) == []
    assert two.list_namespaces() == []


def test_a_store_that_it_opened_is_closed_with_it(tmp_path: Path) -> None:
    with RetentiveStore.open(tmp_path / "items.db") as store:
        store.put(HOME, "k", {"v": 1})
    with RetentiveStore.open(tmp_path / "items.db") as store:
        assert store.get(HOME, "k") is not None
        store.start_ttl_sweeper(0.0001)
        store.start_ttl_sweeper(0.0001)
    assert store.stop_ttl_sweeper()


def test_threads_write_the_same_key_and_all_others(store: RetentiveStore) -> None:
    def write(worker: int) -> None:
        for n in range(5):
            store.put(HOME, "shared", MappingProxyType({"by": worker, "n": n}))
            store.put(HOME, f"{worker}-{n}", {"n": n})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert len(store.search(HOME, limit=100)) == 41
    last = store.get(HOME, "shared")
    assert last is not None
    assert last.value["n"] == 4


def _count_up(path: str, name: str) -> None:
    with RetentiveStore.open(path) as store:
        for number in range(25):
            store.put(HOME, "shared", {"by": name, "n": number})
            store.put(HOME, f"{name}-{number}", {"n": number})


def test_processes_write_the_same_keys_without_loss(tmp_path: Path) -> None:
    path = str(tmp_path / "items.db")
    RetentiveStore.open(path).close()
    context = multiprocessing.get_context("spawn")
    names = ["one", "two"]
    workers = [context.Process(target=_count_up, args=(path, name)) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    with RetentiveStore.open(path) as store:
        assert len(store.search(HOME, limit=100)) == 51
        last = store.get(HOME, "shared")
    assert last is not None
    assert last.value["n"] == 24


def test_the_tools_of_langmem_work_on_it(store: RetentiveStore) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports what LangGraph has moved
        from langmem import create_manage_memory_tool, create_search_memory_tool
    namespace = ("memories", "{langgraph_user_id}")
    config: Any = {"configurable": {"langgraph_user_id": "alice"}}
    manage = create_manage_memory_tool(namespace=namespace, store=store)
    search = create_search_memory_tool(namespace=namespace, store=store)
    manage.invoke({"content": "Alice is allergic to peanuts."}, config=config)
    assert "allergic" in str(search.invoke({"query": "peanuts"}, config=config))
    [item] = store.search(("memories", "alice"))
    manage.invoke({"action": "delete", "id": item.key}, config=config)
    assert store.search(("memories",)) == []


def test_an_agent_s_tools_get_it_as_their_store(store: RetentiveStore) -> None:
    @tool
    def note(text: str, runtime: ToolRuntime) -> str:
        """Keep a note."""
        assert runtime.store is store
        runtime.store.put(("notes",), "n1", {"text": text})
        return "kept"

    def answer(messages: Any) -> AIMessage:
        if messages[-1].type == "tool":
            return AIMessage("done")
        call = {"name": "note", "args": {"text": "buy milk"}, "id": "c"}
        return AIMessage("", tool_calls=[call])

    agent = create_agent(ScriptedModel(answer=answer), tools=[note], store=store)
    agent.invoke({"messages": [{"role": "user", "content": "note: buy milk"}]})
    assert store.search(("notes",))[0].value == {"text": "buy milk"}
