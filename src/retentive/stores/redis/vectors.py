"""Vectors of a namespace: another embedder's beside its own, and all of them in turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from retentive.errors import StoreError
from retentive.protocols import VectorPut
from retentive.records import Embedding, MemoryRecord, Namespace
from retentive.stores.codec import pack_vector
from retentive.stores.redis.rows import unpack_records
from retentive.stores.redis.spaces import Spaces

__all__ = ["KeptVectors"]

_PAGE = 2_000
_MANY = 500


class KeptVectors:
    """See :class:`retentive.protocols.SupportsReembedding`."""

    def __init__(self, spaces: Spaces) -> None:
        """Hold nothing; the server does."""
        self._spaces = spaces

    def embedder(self, namespace: Namespace) -> str | None:
        """Return the fingerprint of the namespace's vectors."""
        fingerprint, _ = self._spaces.run("page", namespace, ["-", 0, 0])
        return fingerprint.decode() if fingerprint else None

    def lacking(
        self, namespace: Namespace, fingerprint: str, *, limit: int
    ) -> list[MemoryRecord]:
        """Return records without a vector of an embedder, by ascending id."""
        found: list[MemoryRecord] = []
        first = "-"
        while len(found) < limit:
            page = self._spaces.run("lacking", namespace, [first, _MANY, fingerprint])
            found += unpack_records(namespace, page[1])
            if page[0] is None:
                break
            first = f"({page[0].decode()}"
        return found[:limit]

    def add(
        self, namespace: Namespace, fingerprint: str, vectors: Sequence[VectorPut]
    ) -> None:
        """Keep another embedder's vectors aside."""
        given = [
            (put.id, Embedding(vector=put.vector, fingerprint=fingerprint))
            for put in vectors
        ]
        for start in range(0, len(given), _MANY):
            some = given[start : start + _MANY]
            pairs = [x for id, e in some for x in (id, pack_vector(e.vector))]
            arguments = [fingerprint, *pairs]
            self._spaces.run("add_vectors", namespace, arguments, how="write")

    def switch(self, namespace: Namespace, fingerprint: str | None) -> None:
        """Make other vectors the namespace's.

        Raises:
            StoreError: A record still lacks one.
        """
        left = self._spaces.run("switch", namespace, [fingerprint or ""], how="write")
        self._spaces.note_embedder(namespace, fingerprint)
        if left:
            raise StoreError(
                f"{left} records of {namespace!r} still lack a vector of "
                f"{fingerprint!r}; embed them first"
            )

    def pages(
        self, namespace: Namespace, fingerprint: str
    ) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        """Yield pages of ids and vectors, nothing if they are another embedder's."""
        if self.embedder(namespace) != fingerprint:
            return
        after = "-"
        while True:
            ids, found = self._spaces.run("vectors", namespace, [after, _PAGE])
            held = [place for place, packed in enumerate(found) if packed]
            if held:
                packed = np.frombuffer(b"".join(found[i] for i in held), "<f2")
                numbers = packed.reshape(len(held), -1).astype(np.float32)
                yield [ids[i].decode() for i in held], numbers
            if len(ids) < _PAGE:
                return
            after = f"({ids[-1].decode()}"
