"""Converts a namespace's vectors to another embedder, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable

from retentive.errors import StoreError
from retentive.protocols import Embedder, Store, SupportsReembedding, VectorPut
from retentive.records import Namespace

__all__ = ["reembed"]

Progress = Callable[[int], None]
"""Told how many vectors have been made so far."""


def reembed(
    store: Store,
    namespace: Namespace,
    embedder: Embedder | None,
    *,
    batch: int = 256,
    progress: Progress | None = None,
) -> int:
    """Give every record a vector of an embedder, then make these the namespace's.

    Recalls use the old vectors until the last step. An interrupted run keeps what
    it has made, and another one goes on from there.

    Args:
        store: One that supports reembedding.
        namespace: Whose vectors.
        embedder: The new one; ``None`` drops all vectors.
        batch: Records per step.
        progress: Told after each step.

    Returns:
        How many vectors were made.

    Raises:
        StoreError: The store cannot hold two embedders' vectors.
        EmbeddingError: The embedder failed; what was made before is kept.
    """
    if not isinstance(store, SupportsReembedding):
        raise StoreError(
            f"the store {type(store).__name__!r} cannot hold a second embedder's "
            "vectors; export the memories and import them with the new embedder"
        )
    before = store.embedder(namespace)
    if embedder is None:
        if before is not None:
            store.switch_embedder(namespace, None)
        return 0
    made = 0
    while True:
        new = _fill(store, namespace, embedder, batch, _after(made, progress))
        made += new
        if not made and before == embedder.fingerprint:
            return 0
        try:
            store.switch_embedder(namespace, embedder.fingerprint)
        except StoreError:
            # Somebody wrote a record meanwhile: it lacks its vector, so go round.
            if not store.lacking(namespace, embedder.fingerprint, limit=1):
                raise
        else:
            return made


def _after(made: int, progress: Progress | None) -> Progress:
    return lambda done: None if progress is None else progress(made + done)


def _fill(
    store: SupportsReembedding,
    namespace: Namespace,
    embedder: Embedder,
    batch: int,
    progress: Progress,
) -> int:
    """Make the vectors that lack; return how many."""
    fingerprint = embedder.fingerprint
    made = 0
    while records := store.lacking(namespace, fingerprint, limit=batch):
        vectors = embedder.embed([record.content for record in records])
        puts = [
            VectorPut(id=record.id, vector=vector)
            for record, vector in zip(records, vectors, strict=True)
        ]
        store.add_vectors(namespace, fingerprint, puts)
        made += len(records)
        progress(made)
    return made
