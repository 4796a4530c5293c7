from __future__ import annotations

import pytest
from llama_index.core.postprocessor import LongContextReorder, SimilarityPostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import MetadataMode, QueryBundle

from retentive import Memory, MemoryRecord, Scope
from retentive_llamaindex import RetentiveRetriever
from tests.retentive_llamaindex.models import Scripted


@pytest.fixture
def told(memory: Memory) -> Memory:
    memory.remember(["Ines plays the oboe.", "Tea needs four minutes."], session="s")
    memory.remember(
        MemoryRecord(
            content="The oboe has a double reed.",
            namespace=memory.namespace,
            origin="web",
            metadata={"page": "reeds"},
        )
    )
    return memory


def test_nodes_carry_scores_and_their_signals(told: Memory) -> None:
    found = RetentiveRetriever(told, limit=2).retrieve("Who plays the oboe?")
    hits = told.recall("Who plays the oboe?", limit=2)
    assert [node.text for node in found] == [hit.record.content for hit in hits]
    assert found[0].score > found[1].score
    for node, hit in zip(found, hits, strict=True):
        assert node.node_id == hit.record.id
        assert sum(node.metadata["signals"].values()) == pytest.approx(node.score)


def test_a_model_is_shown_who_when_and_how_trusted(told: Memory) -> None:
    [node] = RetentiveRetriever(told, limit=1, scope=Scope(origins=["web"])).retrieve(
        "double reed"
    )
    assert node.metadata["metadata"] == {"page": "reeds"}
    text = node.node.get_content(metadata_mode=MetadataMode.LLM)
    assert "origin: web" in text
    assert "occurred_at: 20" in text
    assert "signals" not in text
    assert "signals" not in node.node.get_content(metadata_mode=MetadataMode.EMBED)


async def test_it_serves_a_query_engine_with_post_processors(told: Memory) -> None:
    retriever = RetentiveRetriever(told, limit=3)
    best, second, *_ = retriever.retrieve("Who plays the oboe?")
    between = (best.score + second.score) / 2
    model = Scripted()
    engine = RetrieverQueryEngine.from_args(
        retriever,
        llm=model.llm,
        node_postprocessors=[
            SimilarityPostprocessor(similarity_cutoff=between),
            LongContextReorder(),
        ],
    )
    response = await engine.aquery("Who plays the oboe?")
    assert [node.text for node in response.source_nodes] == ["Ines plays the oboe."]
    assert "Ines plays the oboe." in str(model.prompts)
    assert str(engine.query("Who plays the oboe?")) == "Noted."


async def test_nothing_is_found_where_nothing_is(memory: Memory) -> None:
    retriever = RetentiveRetriever(memory, namespace=("nobody",))
    assert retriever.retrieve("oboe") == []
    assert await retriever.aretrieve(QueryBundle("oboe")) == []
