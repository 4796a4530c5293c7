"""A file says how to go on without a server, and what an agent may write."""

from __future__ import annotations

from pathlib import Path

import pytest

from retentive.config import load, open_memory
from retentive.errors import ConfigError, StoreConnectionError, StoreReadOnlyError
from retentive.stores.away import AwayStore
from retentive.stores.redis import RedisStore
from tests.servers import free_port, start_server

SPOOLED = """\
store: {{type: redis, url: "redis://127.0.0.1:{port}/0", patience_s: 0.05}}
namespace: [team, agent-7]
also_read: [[team]]
away: {{spool: {{type: sqlite, path: spool.db}}, max_spooled: 3}}
agent: {{name: agent-7}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "memory.yaml"
    path.write_text(text, "utf-8")
    return path


def test_an_agent_begins_while_the_server_is_away_and_tells_it_later(
    tmp_path: Path,
) -> None:
    port = free_port()
    path = written(tmp_path, SPOOLED.format(port=port))
    with open_memory(path) as memory:
        store = memory.store
        memory.remember("The vault stands in Oslo.")
        assert isinstance(store.inner, AwayStore)  # type: ignore[attr-defined]
        assert store.inner.spooled == 1  # type: ignore[attr-defined]
        with pytest.raises(StoreConnectionError):
            memory.recall("vault")  # nothing was ever seen
    assert (tmp_path / "spool.db").exists()
    server = start_server(tmp_path / "server", port=port)
    try:
        with open_memory(path) as memory:
            [hit] = memory.recall("vault")
            assert hit.record.metadata["author"] == "agent-7"
            with pytest.raises(StoreReadOnlyError, match="may not write"):
                memory.within("team").remember("Mischief.")
        assert len(RedisStore.open(server.url).scan(("team", "agent-7"))) == 1
    finally:
        server.kill()


def test_without_a_word_about_it_a_server_that_is_away_is_an_error(
    tmp_path: Path,
) -> None:
    text = SPOOLED.format(port=free_port()).splitlines()
    path = written(tmp_path, "\n".join(line for line in text if "away" not in line))
    with pytest.raises(StoreConnectionError):
        open_memory(path)


def test_an_agent_may_write_its_own_namespace_unless_others_are_named(
    tmp_path: Path,
) -> None:
    text = "store: memory\nnamespace: [team, a]\nagent: {name: a, may_write: [[team]]}"
    with open_memory(written(tmp_path, text)) as memory:
        memory.within("team").remember("Ours.")
    text = "store: memory\nnamespace: [team, a]\nagent: {name: a}"
    with open_memory(written(tmp_path, text), namespace=("team", "b")) as memory:
        memory.remember("Mine.")
        with pytest.raises(StoreReadOnlyError):
            memory.within("team").remember("Ours.")


def test_mistakes_are_told_with_their_place(tmp_path: Path) -> None:
    text = "store: memory\naway: {spol: x}\nagent: {nam: a}\n"
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text))
    message = str(caught.value)
    assert "spol" in message
    assert "spool" in message
    assert "agent" in message
    assert "lacks the key 'name'" in message
