from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from retentive import Memory


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the framework's workflows look at their own deprecated attributes."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(
                pytest.mark.filterwarnings(
                    "ignore::pydantic.warnings.PydanticDeprecatedSince20"
                )
            )


@pytest.fixture
def target(tmp_path: Path) -> str:
    """Return what opens a fresh store."""
    return str(tmp_path / "memory.db")


@pytest.fixture
def memory(target: str) -> Iterator[Memory]:
    with Memory.open(target, namespace=("ann",)) as memory:
        yield memory
