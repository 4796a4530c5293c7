"""Working memory between turns, threads and processes; what leaves is remembered."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from retentive import AsyncMemory, Memory
from retentive.cli.app import app
from retentive.errors import ConfigError, InvalidInputError
from retentive.processors.redact import Redact
from retentive.records import MemoryRecord, Message, is_side
from retentive.structures.queue import Queue
from retentive.structures.stack import Stack
from retentive.testing.clock import ManualClock
from tests.chat_server import chat_server
from tests.counting import by_words

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def contents(memory: Memory) -> list[str]:
    return [record.content for record in memory.records()]


def opened(path: Path, **options: object) -> Memory:
    structure = partial(Queue, budget=12, keep=0.5, counter=by_words)
    given: dict[str, object] = {"structure": structure, "clock": ManualClock(NOW)}
    return Memory.open(path / "a.db", **(given | options))


def test_what_leaves_the_window_is_remembered(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        working = memory.working("s")
        working.add(["I bought a kayak.", "It is red."])  # 8 and 7 tokens of 12
        assert [m.content for m in working.window()] == ["It is red."]
        assert contents(memory) == ["I bought a kayak."]
        assert [m.content for m in memory.messages("s")] == ["I bought a kayak."]


def test_a_session_goes_on_in_another_process(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.working("s").add({"role": "user", "content": "我住在杭州。"})
    with opened(tmp_path) as memory:
        assert [m.content for m in memory.working("s").window()] == ["我住在杭州。"]
        assert memory.working("another").window() == []
        assert memory.within("bob").working("s").window() == []


def test_the_end_of_a_session_leaves_nothing_behind(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        working = memory.working("s")
        working.add("I bought a kayak.")
        working.flush()
        working.flush()
        assert working.window() == []
        assert contents(memory) == ["I bought a kayak."]
        assert not [n for n in memory.store.namespaces() if is_side(n)]
        working.add("It is red.")
        assert [m.content for m in working.window()] == ["It is red."]


def test_the_state_is_never_recalled(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.working("s").add("I bought a kayak.")
        assert memory.recall("kayak") == []
        assert memory.store.namespaces(("default",)) == []


def test_what_may_not_be_kept_does_not_reach_the_window(tmp_path: Path) -> None:
    with opened(tmp_path, processors=[Redact(kinds=["email"])]) as memory:
        working = memory.working("s")
        working.add("Write to ann@example.com")
        assert "ann@example.com" not in working.window()[0].content


def test_threads_lose_and_double_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:

        def talk(name: str) -> None:
            for number in range(8):
                memory.working("s").add(f"{name} number {number}")

        threads = [Thread(target=talk, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        memory.working("s").flush()
        said = sorted(contents(memory))
    assert said == sorted(f"{name} number {n}" for name in "abcd" for n in range(8))


def test_a_crash_before_the_state_is_written_doubles_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.working("s").add("I bought a kayak.")
        [kayak] = memory.working("s").window()
        memory.remember(kayak)  # it left, and then the process died
        memory.working("s").flush()
        [record] = memory.records()
        assert record.support_count == 1


def test_tasks_last_between_calls(tmp_path: Path) -> None:
    with opened(tmp_path, structure=Stack) as memory:
        working = memory.working("s")
        working.push("book a flight")
        assert memory.working("s").tasks() == ("book a flight",)
        working.add("Any flight before noon?")
        working.pop("Booked NH 212")
        assert "Booked NH 212" in working.window()[0].content
        working.flush()
        assert {r.session for r in memory.records()} == {"s"}
        assert any("Booked NH 212" in text for text in contents(memory))


def test_a_queue_knows_no_tasks(tmp_path: Path) -> None:
    with opened(tmp_path) as memory, pytest.raises(InvalidInputError, match="'stack'"):
        memory.working("s").push("book a flight")


@pytest.mark.parametrize(
    "item",
    [MemoryRecord(content="a fact"), Message(role="user", content="a", session="t")],
)
def test_only_messages_of_the_session_are_taken(tmp_path: Path, item: object) -> None:
    with opened(tmp_path) as memory, pytest.raises(InvalidInputError, match="session"):
        memory.working("s").add(item)  # type: ignore[arg-type]


def test_the_async_twin_does_the_same(tmp_path: Path) -> None:
    async def main() -> None:
        memory = AsyncMemory(opened(tmp_path, structure=Stack))
        working = memory.working("s")
        await working.push("dig")
        await working.add("We need a spade.")
        assert await working.tasks() == ("dig",)
        await working.pop("dug")
        assert len(await working.window()) == 1
        await working.flush()
        await memory.close()

    asyncio.run(main())


def test_a_file_chooses_the_structure_and_its_size(tmp_path: Path) -> None:
    file = tmp_path / "memory.yaml"
    file.write_text("store: memory\nworking: {type: stack, budget: 50}\n", "utf-8")
    with Memory.open(file) as memory:
        working = memory.working()
        working.push("dig")
        working.add("We need a spade. " * 60)
        assert memory.counter(working.window()[-1].content) < 50
    file.write_text("store: memory\nworking: heap\n", "utf-8")
    with pytest.raises(ConfigError, match="heap"):
        Memory.open(file)
    file.write_text("store: memory\nworking: {type: queue, budget: 0}\n", "utf-8")
    with pytest.raises(ConfigError, match="budget"):
        Memory.open(file)


def test_a_configured_model_writes_the_summaries(tmp_path: Path) -> None:
    file = tmp_path / "memory.yaml"
    with chat_server() as server:
        server.replies = ['{"summary": "Ann keeps bees."}']
        file.write_text(
            "store: memory\n"
            f"model: {{type: openai, model: m, base_url: '{server.url}'}}\n"
            "working: {type: tree, budget: 200}\n",
            "utf-8",
        )
        with Memory.open(file) as memory:
            memory.working().add([f"Bees, part {n}. " * 8 for n in range(6)])
            assert "Ann keeps bees." in memory.working().window()[0].content


def test_counting_memories_leaves_the_state_out(tmp_path: Path) -> None:
    with opened(tmp_path) as memory:
        memory.remember("I bought a kayak.")
        memory.working("s").add("It is red.")
    arguments = ["stats", "--json", "--db", str(tmp_path / "a.db")]
    shown = json.loads(CliRunner().invoke(app, arguments).output)
    assert shown["namespaces"] == [{"labels": ["default"], "memories": 1}]


def test_nobody_s_memories_live_in_a_side_namespace(tmp_path: Path) -> None:
    with opened(tmp_path) as memory, pytest.raises(InvalidInputError, match="reserved"):
        memory.within("retentive:working", "alice")


def test_redis_keeps_the_state_for_other_processes(redis_url: str) -> None:
    structure = partial(Queue, budget=12, keep=0.5, counter=by_words)
    with Memory.open(redis_url, structure=structure) as memory:
        memory.working("s").add(["I bought a kayak.", "It is red."])
        assert contents(memory) == ["I bought a kayak."]
    with Memory.open(redis_url, structure=structure) as memory:
        working = memory.working("s")
        assert [m.content for m in working.window()] == ["It is red."]
        working.flush()
        assert len(contents(memory)) == 2
