"""Converting vectors: in batches, resumable, with writers about."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retentive import Memory
from retentive.embedders.hashing import HashingEmbedder
from retentive.errors import EmbeddingError, StoreError
from retentive.reembedding import reembed

SPACE = ("default",)


class Failing(HashingEmbedder):
    """Fails after some texts, as a server would."""

    left = 5

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.left -= len(texts)
        if self.left < 0:
            raise EmbeddingError("the server went away")
        return super().embed(texts)


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    opened = Memory.open(tmp_path / "a.db")
    opened.remember([f"fact {n}" for n in range(10)])
    return opened


def test_an_interrupted_run_goes_on_where_it_was(memory: Memory) -> None:
    with memory:
        with pytest.raises(EmbeddingError):
            reembed(memory.store, SPACE, Failing(dim=16), batch=2)
        assert memory.store.embedder(SPACE) is None
        told: list[int] = []
        made = reembed(
            memory.store, SPACE, HashingEmbedder(dim=16), batch=4, progress=told.append
        )
        assert made == 6
        assert told == [4, 6]
        assert memory.store.embedder(SPACE) == "hashing:16:1"


def test_what_is_written_meanwhile_gets_its_vector_too(memory: Memory) -> None:
    class Busy(HashingEmbedder):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if len(written) < 3:
                written.append(memory.remember(f"meanwhile {len(written)}")[0])
            return super().embed(texts)

    written: list[str] = []
    with memory:
        assert reembed(memory.store, SPACE, Busy(dim=16), batch=5) == 13
        found = memory.store.scan(SPACE, vectors=True)
        assert all(record.embedding is not None for record in found)


def test_another_embedder_replaces_the_first(memory: Memory) -> None:
    with memory:
        reembed(memory.store, SPACE, HashingEmbedder(dim=16))
        reembed(memory.store, SPACE, HashingEmbedder(dim=32))
        assert memory.store.embedder(SPACE) == "hashing:32:1"
        record = memory.store.scan(SPACE, limit=1, vectors=True)[0]
        assert record.embedding is not None
        assert record.embedding.vector.shape == (32,)


def test_nothing_to_do_changes_nothing(memory: Memory) -> None:
    with memory:
        reembed(memory.store, SPACE, HashingEmbedder(dim=16))
        before = memory.store.changes(SPACE, 0).sequence
        assert reembed(memory.store, SPACE, HashingEmbedder(dim=16)) == 0
        assert memory.store.changes(SPACE, 0).sequence == before


def test_a_store_that_cannot_says_what_else_to_do() -> None:
    class Plain:
        pass

    with pytest.raises(StoreError, match="export the memories and import them"):
        reembed(Plain(), SPACE, None)  # type: ignore[arg-type]
