"""A scripted server to stand behind clients and proxies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.openai_server import Upstream, upstream


@pytest.fixture
def server() -> Iterator[Upstream]:
    with upstream() as script:
        yield script
