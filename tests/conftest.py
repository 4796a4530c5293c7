from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.fixture(autouse=True)
def level_of_our_log() -> Iterator[None]:
    """A command that a test ran lowers its voice for good; the next test does not."""
    log = logging.getLogger("retentive")
    level = log.level
    yield
    log.setLevel(level)
