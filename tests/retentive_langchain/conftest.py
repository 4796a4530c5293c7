from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.retentive_langchain.upstream import (
    RegistryError,
    Running,
    fetched,
    started,
)
from tests.servers import start_server


@pytest.fixture(scope="session")
def upstream(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Running] | str]:
    """LangGraph's tests at work on each backend, or why they are not."""
    assert pytestconfig.cache is not None
    try:
        source = fetched(pytestconfig.cache.mkdir("langgraph-store-tests"))
    except RegistryError as exc:
        yield str(exc)
        return
    # A server of their own: other tests empty theirs meanwhile.
    server = start_server(tmp_path_factory.mktemp("upstream-server"))
    running = {
        backend: started(source, target, tmp_path_factory.mktemp(backend))
        for backend, target in {"sqlite": "sqlite", "redis": server.url}.items()
    }
    yield running
    for suite in running.values():
        suite.process.kill()
        suite.process.communicate()
    server.stop()


@pytest.fixture(scope="session", autouse=True)
def upstream_beside_the_others(request: pytest.FixtureRequest) -> None:
    """Start them with the first test here, if they are asked for at all."""
    if any("test_upstream_store" in item.nodeid for item in request.session.items):
        request.getfixturevalue("upstream")
