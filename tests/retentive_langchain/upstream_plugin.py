"""Lets LangGraph's tests of its SQLite store run unmodified against ours.

A pytest plugin for a process of its own: it puts modules of the names that those tests
import in place of LangGraph's, with stores of ours behind. ``RETENTIVE_STORE`` says
which: ``sqlite``, or a server's URL.

Where those tests sleep until an item has ended, the stores' clock moves on instead;
only where a thread sweeps by itself is it really waited for.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from retentive.opening import open_store
from retentive_langchain import RetentiveStore

BACKEND = os.environ["RETENTIVE_STORE"]
_really_sleep = asyncio.sleep
_moved: list[float] = []


def now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=sum(_moved))


def move(seconds: float) -> None:
    _moved.append(seconds)


async def move_and_yield(seconds: float, result: Any = None) -> Any:
    move(seconds)
    await _really_sleep(0)
    return result


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "sweeper" not in request.node.name:
        monkeypatch.setattr(time, "sleep", move)
        monkeypatch.setattr(asyncio, "sleep", move_and_yield)


def target(conn_string: str) -> str:
    if BACKEND != "sqlite":
        return BACKEND
    if conn_string != ":memory:":
        return conn_string
    return str(Path(tempfile.mkdtemp()) / "items.db")


def options(index: Any, ttl: Any) -> dict[str, Any]:
    """Return our options; LangGraph's SQLite store calls ``fields`` otherwise."""
    if index is not None:
        fields = index.pop("text_fields", None)
        index = {**index, "fields": fields or ["$"]}
    # On a server, each test has a root of its own.
    return {"index": index, "ttl": ttl, "root": (uuid.uuid4().hex,), "clock": now}


class SqliteStore(RetentiveStore):
    @classmethod
    @contextmanager
    def from_conn_string(
        cls, conn_string: str, *, index: Any = None, ttl: Any = None
    ) -> Iterator[Any]:
        store = open_store(target(conn_string))
        opened = cls(store, **options(index, ttl))
        try:
            yield opened
        finally:
            opened.close()
            store.close()

    def setup(self) -> None: ...


class AsyncSqliteStore(RetentiveStore):
    @classmethod
    @asynccontextmanager
    async def from_conn_string(
        cls, conn_string: str, *, index: Any = None, ttl: Any = None
    ) -> AsyncIterator[Any]:
        store = open_store(target(conn_string))
        opened = cls(store, **options(index, ttl))
        try:
            yield opened
        finally:
            opened.close()
            store.close()

    async def setup(self) -> None: ...

    async def sweep_ttl(self) -> int:  # type: ignore[override]
        return await asyncio.to_thread(super().sweep_ttl)

    async def start_ttl_sweeper(self, *minutes: float) -> None:  # type: ignore[override]
        self._sweeper._sweep = super().sweep_ttl
        super().start_ttl_sweeper(*minutes)

    async def stop_ttl_sweeper(self) -> bool:  # type: ignore[override]
        return await asyncio.to_thread(super().stop_ttl_sweeper)


def _module(name: str, **members: Any) -> None:
    module = ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


_module(
    "langgraph.store.sqlite",
    SqliteStore=SqliteStore,
    AsyncSqliteStore=AsyncSqliteStore,
)
_module("langgraph.store.sqlite.aio", AsyncSqliteStore=AsyncSqliteStore)
_module(
    "langgraph.store.sqlite.base",
    SqliteIndexConfig=dict,
    # Inner parts of that store; the tests of them are left out.
    BaseSqliteStore=None,
    NS_MATCH_FUNCTION="",
    _escape_glob_literal=None,
    _namespace_match_pattern=None,
)
