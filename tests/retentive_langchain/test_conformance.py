"""LangChain's own suites."""

from __future__ import annotations

from typing import Any

from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from retentive import Memory
from retentive_langchain import RetentiveRetriever


class TestRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return RetentiveRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        memory = Memory.open(namespace=("alice",))
        memory.remember([f"Horse number {n} likes hay." for n in range(5)])
        return {"memory": memory}

    @property
    def retriever_query_example(self) -> str:
        return "Which horse likes hay?"
