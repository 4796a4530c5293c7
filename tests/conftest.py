from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import engine_server, redis_binary
from tests.servers import RunningServer, start_server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A real server, one for all tests; what a test changes of it, it sets back."""
    folder: Path = tmp_path_factory.mktemp("server")
    server = start_server(folder)
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RunningServer) -> str:
    """The URL of the session's server, without any data."""
    with redis_server.client() as client:
        client.flushall()
    return redis_server.url


@pytest.fixture(scope="session")
def engine_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with the query engine and vector sets, one for all tests."""
    folder: Path = tmp_path_factory.mktemp("engines")
    with engine_server(folder, binary=redis_binary()) as server:
        yield server


@pytest.fixture
def engine_url(engine_session: RunningServer) -> str:
    """The URL of that server, without any data; the test is skipped without it."""
    with engine_session.client() as client:
        client.flushall()
    return engine_session.url


@pytest.fixture(autouse=True)
def level_of_our_log() -> Iterator[None]:
    """A command that a test ran lowers its voice for good; the next test does not."""
    log = logging.getLogger("retentive")
    level = log.level
    yield
    log.setLevel(level)
