"""Vectors and their embedders."""

from __future__ import annotations

import numpy as np
import pytest

from retentive.errors import (
    EmbedderMismatchError,
    InvalidInputError,
    StoreError,
)
from retentive.protocols import (
    Batch,
    Delete,
    Put,
    Store,
    SupportsReembedding,
    VectorPut,
)
from retentive.testing.store_examples import (
    HOME,
    embedding,
    memory,
    put,
)

__all__ = ["VectorChecks"]


class VectorChecks:
    """Vectors and their embedders."""

    # --- embedders ---------------------------------------------------------------

    def test_a_namespace_holds_vectors_of_one_embedder(self, store: Store) -> None:
        """Another namespace may hold another's; records without one are welcome."""
        put(store, memory("a", embedding=embedding(1, 0)), memory("b"))
        other = embedding(1, 0, 0, model="big:3:1")
        with pytest.raises(EmbedderMismatchError, match="reembed"):
            put(store, memory("c", embedding=other))
        put(store, memory("c", namespace=("bob",), embedding=other))
        assert len(store.scan(HOME)) == 2

    def test_another_embedder_takes_over_when_its_vectors_are_complete(
        self, store: Store
    ) -> None:
        """Until then the old ones stay; after it every record has a new version."""
        if not isinstance(store, SupportsReembedding):
            pytest.skip("the store does not support re-embedding")
        a, b = memory("a", embedding=embedding(1, 0)), memory("b")
        put(store, a, b)
        since = store.changes(HOME, 0).sequence
        new = "big:3:1"
        lacking = store.lacking(HOME, new, limit=10)
        assert [r.id for r in lacking] == sorted([a.id, b.id])
        vector = np.array([0, 0, 1], np.float32)
        store.add_vectors(HOME, new, [VectorPut(id=a.id, vector=vector)])
        assert [r.id for r in store.lacking(HOME, new, limit=10)] == [b.id]
        with pytest.raises(StoreError, match="still lack"):
            store.switch_embedder(HOME, new)
        assert store.embedder(HOME) == "m:2:1"
        assert not store.changes(HOME, since).items
        store.add_vectors(HOME, new, [VectorPut(id=b.id, vector=vector)])
        store.switch_embedder(HOME, new)
        assert store.embedder(HOME) == new
        changed = store.changes(HOME, since).items
        assert len(changed) == 2
        for change in changed:
            assert change.record is not None
            assert change.record.embedding is not None
            assert change.record.embedding.fingerprint == new

    def test_a_vector_of_another_embedder_is_refused_in_a_merge_too(
        self, store: Store
    ) -> None:
        """Also where the words are known and the vector would not be kept."""
        put(store, memory("a", embedding=embedding(1, 0)))
        other = embedding(1, 0, 0, model="big:3:1")
        with pytest.raises(EmbedderMismatchError):
            put(store, memory("a", embedding=other))
        assert store.scan(HOME)[0].support_count == 1

    def test_a_change_of_other_things_keeps_the_vector(self, store: Store) -> None:
        """Read without its vector, changed, put back; other words lose it."""
        first = memory("a", embedding=embedding(0.6, 0.8))
        put(store, first)
        [read] = store.scan(HOME)
        put(store, read.but(importance=1.0), version=read.version)
        [kept] = store.scan(HOME, vectors=True)
        assert kept.embedding is not None
        np.testing.assert_allclose(kept.embedding.vector, [0.6, 0.8], atol=1e-3)
        [read] = store.scan(HOME)
        put(store, read.but(content="b"), version=read.version)
        assert store.scan(HOME, vectors=True)[0].embedding is None

    def test_vectors_set_aside_go_with_the_words_they_stand_for(
        self, store: Store
    ) -> None:
        """A record that says something else, or is made anew, lacks one again."""
        if not isinstance(store, SupportsReembedding):
            pytest.skip("the store does not support re-embedding")
        a, b, c = memory("a"), memory("b"), memory("c")
        put(store, a, b, c)
        vector = np.array([1, 0], np.float32)
        aside = [VectorPut(id=item.id, vector=vector) for item in (a, b, c)]
        store.add_vectors(HOME, "new:2:1", aside)
        assert store.lacking(HOME, "new:2:1", limit=10) == []
        put(store, store.get(HOME, [a.id])[0].but(content="other"), version=1)
        put(store, memory("c"))
        again = Batch(namespace=HOME, deletes=[Delete(id=b.id)], puts=[Put(record=b)])
        store.apply(again)
        lacking = store.lacking(HOME, "new:2:1", limit=10)
        assert {item.id for item in lacking} == {a.id, b.id}

    def test_vectors_that_cannot_be_stored_are_refused_whole(
        self, store: Store
    ) -> None:
        """Not a number, all zeros, of a wrong size: none of the page is kept."""
        if not isinstance(store, SupportsReembedding):
            pytest.skip("the store does not support re-embedding")
        a, b = memory("a"), memory("b")
        put(store, a, b)
        good = VectorPut(id=a.id, vector=np.array([1, 0], np.float32))
        for numbers in ([np.nan, 0], [0, 0], [1, 0, 0]):
            bad = VectorPut(id=b.id, vector=np.array(numbers, np.float32))
            with pytest.raises(InvalidInputError):
                store.add_vectors(HOME, "new:2:1", [good, bad])
        assert len(store.lacking(HOME, "new:2:1", limit=10)) == 2

    def test_vectors_of_unknown_records_are_passed_over(self, store: Store) -> None:
        """Also if a record of that id comes later."""
        if not isinstance(store, SupportsReembedding):
            pytest.skip("the store does not support re-embedding")
        put(store, memory("a"))
        late = memory("b")
        vector = np.array([1, 0], np.float32)
        store.add_vectors(HOME, "new:2:1", [VectorPut(id=late.id, vector=vector)])
        put(store, late)
        assert len(store.lacking(HOME, "new:2:1", limit=10)) == 2
