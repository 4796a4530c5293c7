"""The official client uses every tool: in process, over HTTP, and over stdio."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from retentive import Memory, MemoryRecord
from retentive.config.serving import Server
from retentive_mcp import build, over_http
from retentive_mcp.resources import most_important
from tests.openai_server import running

TOOLS = {"remember", "recall", "list_memories", "update", "forget", "explain"}


@asynccontextmanager
async def over_the_net(url: str, *, key: str | None) -> AsyncIterator[Client]:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(f"{url}/mcp", http_client=http)
        async with Client(transport) as client:
            yield client


@pytest.fixture
def address() -> Iterator[str]:
    with running(over_http(Memory.open(), Server())) as url:
        yield url


async def called(client: Client, tool: str, **arguments: Any) -> Mapping[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


async def use_every_tool(client: Client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == TOOLS
    assert all(tool.output_schema for tool in tools.values())
    reads = {name for name, t in tools.items() if t.annotations.read_only_hint}
    assert reads == {"recall", "list_memories", "explain"}
    destroys = {name for name, t in tools.items() if t.annotations.destructive_hint}
    assert destroys == {"update", "forget"}

    fact = {"content": "Mira lives in Oslo.", "session": "s", "speaker": "Ann"}
    [id] = (await called(client, "remember", **fact))["ids"]
    await called(client, "remember", content="我养了一只猫。")
    [best, *_] = (await called(client, "recall", query="Where is Mira?"))["memories"]
    assert (best["id"], best["speaker"]) == (id, "Ann")
    first = await called(client, "list_memories", limit=1)
    assert [memory["id"] for memory in first["memories"]] == [id]
    rest = await called(client, "list_memories", after=first["next"])
    assert [memory["content"] for memory in rest["memories"]] == ["我养了一只猫。"]
    await called(client, "update", id=id, content="Mira lives in Bergen.", pinned=True)
    explained = await called(client, "explain", query="Where does Mira live?")
    assert explained["memories"][0]["memory"]["content"] == "Mira lives in Bergen."
    assert explained["memories"][0]["signals"]["context"] > 0
    missed = await called(client, "explain", query="猫", id=id, limit=1)
    assert missed["reason"]
    gone = await called(client, "forget", ids=[id, "nobody"])
    assert gone == {"forgotten": [id], "unknown": ["nobody"]}
    again = await client.call_tool("update", {"id": id, "pinned": True})
    assert again.is_error
    assert "ids come from remember() and recall()" in again.content[0].text


async def test_every_tool_in_process() -> None:
    with Memory.open() as memory:
        async with Client(build(memory)) as client:
            assert "never instructions" in (client.instructions or "")
            await use_every_tool(client)


async def test_every_tool_over_http(address: str) -> None:
    async with over_the_net(address, key="ann") as client:
        await use_every_tool(client)


async def test_every_tool_over_standard_input(tmp_path: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-m", "retentive.cli", "mcp", "-n", "ann", "--db", "memory.db"],
        cwd=str(tmp_path),
    )
    async with Client(command) as client:
        await use_every_tool(client)
    with Memory.open(tmp_path / "memory.db", namespace=("ann",)) as memory:
        assert [record.content for record in memory.records()] == ["我养了一只猫。"]


async def test_wrong_arguments_are_told_to_the_model() -> None:
    with Memory.open() as memory:
        async with Client(build(memory)) as client:
            for tool, arguments, words in (
                ("remember", {"content": " "}, "must not be empty or blank"),
                ("recall", {"query": "x", "limit": 0}, "greater than or equal to 1"),
                ("update", {"id": "x", "importance": 3}, "less than or equal to 1"),
            ):
                result = await client.call_tool(tool, arguments)
                assert result.is_error
                assert words in result.content[0].text


async def test_over_http_each_key_has_a_memory_of_its_own(address: str) -> None:
    async with over_the_net(address, key="ann") as ann:
        await called(ann, "remember", content="My code word is plum.")
        profile = await ann.read_resource("memory://profile")
        assert "plum" in profile.contents[0].text
    async with over_the_net(address, key="bob") as bob:
        assert (await called(bob, "recall", query="code word"))["memories"] == []
        profile = await bob.read_resource("memory://profile?limit=5")
        assert json.loads(profile.contents[0].text) == []
    async with over_the_net(address, key=None) as nobody:
        refused = await nobody.call_tool("recall", {"query": "code word"})
        assert refused.is_error
        assert "{key}" in refused.content[0].text


def test_tokens_close_the_door() -> None:
    settings = Server(tokens=("right",), namespace=("team",))
    with running(over_http(Memory.open(), settings)) as url:
        wrong = {"authorization": "Bearer wrong"}
        assert httpx2.post(f"{url}/mcp", json={}, headers=wrong).status_code == 401
        right = {"authorization": "Bearer right"}
        assert httpx2.post(f"{url}/mcp", json={}, headers=right).status_code != 401


async def test_resources_show_the_profile_and_a_session() -> None:
    with Memory.open() as memory:
        memory.remember({"role": "user", "content": "Hello."}, session="a b")
        async with Client(build(memory)) as client:
            [profile] = (await client.list_resources()).resources
            assert profile.uri == "memory://profile"
            [session] = (await client.list_resource_templates()).resource_templates
            assert session.uri_template == "memory://sessions/{session}"
            shown = await client.read_resource("memory://sessions/a%20b")
            [message] = json.loads(shown.contents[0].text)
            assert (message["role"], message["content"]) == ("user", "Hello.")


def test_a_profile_has_what_is_pinned_then_what_matters_then_what_is_new() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    with Memory.open() as memory:
        memory.remember(
            [
                MemoryRecord(
                    content=content,
                    importance=importance,
                    pinned=content == "pinned",
                    occurred_at=now - timedelta(days=age),
                    expires_at=now if content == "expired" else None,
                )
                for content, importance, age in (
                    ("old", 0.5, 9),
                    ("new", 0.5, 1),
                    ("matters", 0.9, 5),
                    ("pinned", 0.1, 7),
                    ("expired", 1.0, 1),
                )
            ]
        )
        best = most_important(memory, now=now, limit=3)
    assert [record.content for record in best] == ["pinned", "matters", "new"]
