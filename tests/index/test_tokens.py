"""Vectors of tokens: made once, kept within a bound, saved beside the replica."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from retentive.index.tokens import TokenTable
from retentive.memory import Memory
from retentive.protocols import TokenVectors
from retentive.recall.ranking import RecallSettings, WeightedScorer
from retentive.scorers.bm25 import BM25
from retentive.scorers.late import LateInteraction
from retentive.testing.fake import FakeEmbedder
from retentive.text.tokenise import words

SETTINGS = RecallSettings(
    scorers=(WeightedScorer(BM25(), 1.0), WeightedScorer(LateInteraction(), 1.0))
)


class WordEmbedder(FakeEmbedder):
    """Gives each word the vector that it has alone, and counts the texts."""

    def __init__(self) -> None:
        super().__init__(dim=64)
        self.analysed: list[str] = []

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.analysed += texts
        found = [words(text) or [""] for text in texts]
        return [
            TokenVectors(words=tuple(each), vectors=self.embed(each)) for each in found
        ]


def told(path: Path, embedder: WordEmbedder) -> Memory:
    memory = Memory.open(path, embedder=embedder, recall=SETTINGS)
    memory.remember(["Mochi is a cat", "the weather is fine", "I had an apple"])
    return memory


def test_a_memory_is_analysed_once(tmp_path: Path) -> None:
    embedder = WordEmbedder()
    with told(tmp_path / "a.db", embedder) as memory:
        first = memory.recall("Where is the cat?")
        memory.recall("Where is the cat?")
        assert first[0].record.content == "Mochi is a cat"
        assert first[0].signals["late"] > 0
    asked = [text for text in embedder.analysed if not text.endswith("?")]
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) == 3


def test_vectors_of_tokens_outlive_the_process(tmp_path: Path) -> None:
    told(tmp_path / "a.db", WordEmbedder()).close()  # nobody asked: nothing to save
    with Memory.open(
        tmp_path / "a.db", embedder=WordEmbedder(), recall=SETTINGS
    ) as one:
        one.remember([f"cat number {i}" for i in range(80)])
        expected = one.recall("cat number 7")
    assert list((tmp_path / "a.db-replica").glob("*.tokens"))
    again = WordEmbedder()
    with Memory.open(tmp_path / "a.db", embedder=again, recall=SETTINGS) as two:
        assert two.recall("cat number 7") == expected
    assert again.analysed == ["cat number 7"]


def test_a_damaged_file_is_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with told(tmp_path / "a.db", WordEmbedder()) as memory:
        memory.remember([f"cat number {i}" for i in range(80)])
        expected = memory.recall("cat number 7")
    [path] = (tmp_path / "a.db-replica").glob("*.tokens")
    path.write_bytes(path.read_bytes()[:-40])
    caplog.set_level("WARNING", logger="retentive")
    with Memory.open(
        tmp_path / "a.db", embedder=WordEmbedder(), recall=SETTINGS
    ) as two:
        assert two.recall("cat number 7") == expected
    assert "is unusable" in caplog.text


def test_forgotten_memories_leave_no_vectors_behind(tmp_path: Path) -> None:
    with told(tmp_path / "a.db", WordEmbedder()) as memory:
        memory.remember([f"cat number {i}" for i in range(80)])
        memory.recall("cat number 7")
    [path] = (tmp_path / "a.db-replica").glob("*.tokens")
    with np.load(path) as saved:
        before = len(saved["digests"])
    with Memory.open(
        tmp_path / "a.db", embedder=WordEmbedder(), recall=SETTINGS
    ) as two:
        two.recall("cat number 7")
        two.remember("one more cat")
        found = two.recall("one more cat")
        two.forget([found[0].record.id, found[1].record.id])
    with np.load(path) as saved:
        assert len(saved["digests"]) == before - 1  # two went, one had come


def test_the_table_stays_within_its_bound() -> None:
    memory = Memory.open(embedder=WordEmbedder(), recall=SETTINGS)
    memory.remember([f"cat number {i}" for i in range(60)])
    frame = memory.frame()
    table = TokenTable(memory.store, WordEmbedder(), max_bytes=10_000)
    vectors = WordEmbedder().embed(["cat"])
    best = table.best(vectors, frame.holdings, frame.rows)
    assert best[:, 0] == pytest.approx(np.ones(60), abs=0.01)
    assert 0 < table.nbytes() <= 10_000
    assert len(table.held()) < 60


def test_without_an_embedder_of_tokens_the_signal_is_silent() -> None:
    memory = Memory.open(embedder=FakeEmbedder(), recall=SETTINGS)
    memory.remember("Mochi is a cat")
    assert memory.recall("Where is the cat?")[0].signals["late"] == 0.0


def test_the_best_of_many_tokens_is_the_best_of_each_block() -> None:
    embedder = WordEmbedder()
    # 40 memories of 1 to 40 words, over many blocks; one of them fills several.
    texts = [" ".join(f"w{n}x{k}" for k in range(n)) for n in range(1, 41)]
    texts.append(" ".join(f"long{k}" for k in range(500)))
    with Memory.open(embedder=embedder) as memory:
        memory.remember(texts)
        holdings = memory.recaller.replica((memory.namespace,)).frame().holdings
        asked = embedder.embed(["w7x3", "long499", "elsewhere"])
        table = TokenTable(memory.store, embedder)
        rows = np.arange(len(texts), dtype=np.int32)
        found = table.best(asked, holdings, rows)
        by_text = {record.content: record.id for record in memory.records()}
    order = [list(holdings.ids).index(by_text[text]) for text in texts]
    expected = [(embedder.embed(text.split()) @ asked.T).max(axis=0) for text in texts]
    assert found[order] == pytest.approx(np.array(expected), abs=0.02)
    assert found[order][6, 0] == pytest.approx(1.0, abs=0.02)
