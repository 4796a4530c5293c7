from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retentive import Memory


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the framework's agents use what pydantic and their workflows deprecate."""
    here = Path(__file__).parent
    ours = pytest.mark.filterwarnings(
        "ignore::pydantic.warnings.PydanticDeprecationWarning",
        "ignore:is_running called from within a step:DeprecationWarning",
    )
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(ours)


@pytest.fixture(params=["sqlite", "redis"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return what opens a fresh store: a file, or a real server."""
    if request.param == "redis":
        url: str = request.getfixturevalue("redis_url")
        return url
    return str(tmp_path / "memory.db")


@pytest.fixture
def memory(target: str) -> Iterator[Memory]:
    with Memory.open(target, namespace=("ann",)) as memory:
        yield memory
