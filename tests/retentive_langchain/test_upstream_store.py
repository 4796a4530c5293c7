"""LangGraph's own tests of a store, as it publishes them, run against ours.

They are in the source distribution of ``langgraph-checkpoint-sqlite``, which is
downloaded when the tests run, and kept in pytest's cache.
"""

from __future__ import annotations

import pytest

from tests.retentive_langchain.upstream import Running

PASSED = 96 + 37 + 11
"""Store, asynchronous store, times to live; nine are left out, with their reasons."""


@pytest.mark.parametrize("backend", ["sqlite", "redis"])
def test_langgraph_s_own_store_tests_pass(
    backend: str, upstream: dict[str, Running] | str
) -> None:
    if isinstance(upstream, str):
        pytest.skip(upstream)
    output, counts = upstream[backend].result()
    assert counts == {"passed": PASSED}, output
