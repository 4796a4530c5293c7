from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retentive import Memory
from retentive.errors import (
    ConfigError,
    EmbeddingError,
    InvalidInputError,
    ModelError,
    PluginError,
)
from retentive.models.cross_encoder import CrossEncoder
from retentive.models.llm_reranker import RankByModel
from retentive.models.onnx_embedder import OnnxEmbedder
from retentive.models.openai import OpenAIModel
from retentive.models.rewriter import RewriteQuery
from retentive.recall.defaults import default_settings
from retentive.recall.ranking import RecallSettings
from retentive.testing.embedder_suite import EmbedderSuite
from tests.chat_server import ChatServer, chat_server

pytest.importorskip("onnxruntime")
pytest.importorskip("openai")

NOTES = ["Parrots eat seeds.", "My parrot sings.", "The parrot flew away on Monday."]
WORDS = [
    "[PAD]",
    "[UNK]",
    "parrot",
    "monday",
    "flew",
    "sings",
    "seeds",
    "鹦鹉",
    "[CLS]",
]


def model_folder(folder: Path, *, pooled: bool) -> Path:
    """Write a tiny model: a table of numbers by word, and what is made of them.

    Pooled it is a cross-encoder whose logit is the number of "monday" in a pair; else
    an embedder with one number per word.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    folder.mkdir(exist_ok=True)
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A", pair="[CLS] $A $B", special_tokens=[("[CLS]", 8)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    table = np.eye(len(WORDS), dtype=np.float32)
    if pooled:
        table = np.zeros((len(WORDS), 1), np.float32)
        table[WORDS.index("monday")] = 1.0
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "t"])
    last = ["n", 1] if pooled else ["n", "t", len(WORDS)]
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, last)
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["rows"], axis=0)]
    if pooled:
        nodes.append(
            helper.make_node("ReduceSum", ["rows", "axis"], ["out"], keepdims=0)
        )
    else:
        nodes.append(helper.make_node("Identity", ["rows"], ["out"]))
    constants = [numpy_helper.from_array(table, "table")]
    if pooled:
        constants.append(numpy_helper.from_array(np.array([1], np.int64), "axis"))
    graph = helper.make_graph(nodes, "tiny", [ids], [out], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    made.ir_version = 10
    onnx.save(made, str(folder / "model.onnx"))
    return folder


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as script:
        yield script


@pytest.fixture
def model(server: ChatServer) -> Iterator[OpenAIModel]:
    made = OpenAIModel(model="m", base_url=server.url, max_retries=0, timeout_s=5)
    yield made
    made.close()


def memory_with(**changes: object) -> Memory:
    settings = RecallSettings(scorers=default_settings().scorers, **changes)  # type: ignore[arg-type]
    memory = Memory.open(recall=settings)
    memory.remember(NOTES)
    return memory


def contents(memory: Memory, query: str, *, limit: int = 3) -> list[str]:
    return [hit.record.content for hit in memory.recall(query, limit=limit)]


# --- a cross-encoder -----------------------------------------------------------------


def test_a_cross_encoder_scores_pairs_in_batches(tmp_path: Path) -> None:
    encoder = CrossEncoder(path=model_folder(tmp_path / "m", pooled=True), batch_size=2)
    scores = encoder("When? Monday?", ["monday monday", "parrot", "flew monday"])
    np.testing.assert_array_equal(scores, [3.0, 1.0, 2.0])


def test_it_orders_the_best_hits_and_explanations_follow(tmp_path: Path) -> None:
    encoder = CrossEncoder(path=model_folder(tmp_path / "m", pooled=True))
    with memory_with() as plain, memory_with(reranker=encoder) as reranked:
        assert contents(plain, "parrot")[0] != NOTES[2]
        assert contents(reranked, "parrot")[0] == NOTES[2]
        explained = reranked.explain("parrot", limit=1)
        assert explained.hits[0].hit.record.content == NOTES[2]
        first = explained.hits[0].hit
        assert first.score == pytest.approx(sum(first.signals.values()), abs=1e-5)
        assert reranked.why_not(first.record.id, "parrot").rank == 1


def test_only_the_best_are_read(tmp_path: Path) -> None:
    encoder = CrossEncoder(path=model_folder(tmp_path / "m", pooled=True))
    with memory_with() as plain, memory_with(reranker=encoder, rerank_depth=2) as few:
        assert set(contents(few, "parrot", limit=2)) == set(
            contents(plain, "parrot", limit=2)
        )


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"lacks model\.onnx or tokenizer\.json"):
        CrossEncoder(path=tmp_path)
    model_folder(tmp_path / "m", pooled=True)
    (tmp_path / "m" / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match="cannot load the model"):
        CrossEncoder(path=tmp_path / "m")
    with pytest.raises(InvalidInputError, match="max_tokens must be"):
        CrossEncoder(path=tmp_path / "m", max_tokens=1)


def test_a_reranker_that_returns_nonsense_is_a_broken_plugin() -> None:
    def broken(query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.zeros(1, np.float32)

    with memory_with(reranker=broken) as memory, pytest.raises(PluginError):
        memory.recall("parrot")


# --- an embedder from a folder -------------------------------------------------------


class TestOnnxEmbedder(EmbedderSuite):
    @pytest.fixture
    def embedder(self, tmp_path: Path) -> OnnxEmbedder:
        return OnnxEmbedder(path=model_folder(tmp_path / "m", pooled=False))


def test_tokens_are_pooled_without_padding(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(path=model_folder(tmp_path / "m", pooled=False))
    one, two = embedder.embed(["鹦鹉", "parrot monday parrot"])
    # [CLS] and a word, halves made a unit; two, one and one of four: 2/√6 and 1/√6.
    assert one[WORDS.index("鹦鹉")] == pytest.approx(1 / 2**0.5)
    assert two[WORDS.index("parrot")] == pytest.approx(2 / 6**0.5)
    assert two[WORDS.index("monday")] == pytest.approx(1 / 6**0.5)


def test_vectors_of_other_files_and_options_have_other_names(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m", pooled=False)
    prints = {
        OnnxEmbedder(path=folder).fingerprint,
        OnnxEmbedder(path=folder, pooling="cls").fingerprint,
        OnnxEmbedder(path=folder, prefix="query: ").fingerprint,
    }
    assert len(prints) == 3
    with pytest.raises(InvalidInputError, match="pooling must be"):
        OnnxEmbedder(path=folder, pooling="max")  # type: ignore[arg-type]


def test_zero_vectors_of_a_model_are_refused(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(path=model_folder(tmp_path / "m", pooled=True))
    with pytest.raises(EmbeddingError, match="not finite or all zero"):
        embedder.embed(["parrot"])


# --- a language model ----------------------------------------------------------------


def test_a_model_names_the_best_and_the_rest_keeps_its_order(
    server: ChatServer, model: OpenAIModel
) -> None:
    server.replies = ['{"best": [3, 99, 3, 1]}']
    scores = RankByModel(model)("parrot?", ["a", "b", "c", "d"])
    np.testing.assert_array_equal(scores, [3.0, 0.0, 4.0, 0.0])
    asked = json.loads(server.requests[0]["messages"][1]["content"])
    assert asked == {
        "question": "parrot?",
        "notes": {"1": "a", "2": "b", "3": "c", "4": "d"},
    }


def test_a_rewritten_question_is_what_is_recalled_by(
    server: ChatServer, model: OpenAIModel
) -> None:
    server.replies = ['{"query": "Which animal flew away?"}']
    with memory_with(rewriter=RewriteQuery(model)) as memory:
        explained = memory.explain("and where did it go?")
    assert explained.query.text == "Which animal flew away?"
    assert "and where did it go?" in server.requests[0]["messages"][1]["content"]


def test_an_empty_rewriting_changes_nothing(
    server: ChatServer, model: OpenAIModel
) -> None:
    server.replies = ['{"query": " "}']
    when = datetime.fromisoformat("2026-01-01T00:00+00:00")
    assert RewriteQuery(model)("我的鹦鹉呢？", now=when) == "我的鹦鹉呢？"


def test_recall_goes_on_without_a_model_that_fails(
    server: ChatServer, model: OpenAIModel, caplog: pytest.LogCaptureFixture
) -> None:
    server.replies = [(500, {"error": "down"})]
    parts = {"rewriter": RewriteQuery(model), "reranker": RankByModel(model)}
    with memory_with(**parts) as memory, memory_with() as plain:
        with caplog.at_level(logging.WARNING):
            found = contents(memory, "parrot on Monday")
        assert found == contents(plain, "parrot on Monday")
    assert "as it is" in caplog.text
    assert "order of the signals" in caplog.text


def test_a_file_configures_them(server: ChatServer, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m", pooled=True)
    path = tmp_path / "memory.yaml"
    path.write_text(
        f"""
store: memory
model: {{type: openai, model: m, base_url: "{server.url}"}}
recall:
  rewriter: model
  reranker: {{type: cross_encoder, path: "{folder}"}}
  rerank_depth: 3
"""
    )
    server.replies = ['{"query": "parrot"}']
    with Memory.open(path) as memory:
        memory.remember(NOTES)
        assert contents(memory, "what about the bird?")[0] == NOTES[2]


def test_a_rewriter_without_a_model_is_a_mistake_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "memory.yaml"
    path.write_text("store: memory\nrecall: {rewriter: model, rerank_depth: 0}\n")
    with pytest.raises(ConfigError) as caught:
        Memory.open(path)
    assert "rerank_depth" in str(caught.value)
