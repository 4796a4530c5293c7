"""Vector sets: a graph of vectors with attributes, searched by meaning alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.protocols import Narrowing
from retentive.records import MemoryRecord, Namespace
from retentive.stores.redis.keys import Keys
from retentive.stores.redis.search.documents import (
    Document,
    wanted_tags,
    wanted_values,
)
from retentive.stores.redis.search.engine import Engine
from retentive.stores.redis.search.indexing import Shape
from retentive.stores.redis.search.probing import VECTOR_SETS

__all__ = ["Near", "VectorSets", "filter_of"]

_TAGS = ("status", "kind", "origin", "session", "speaker")
_SEARCHED = 400  # nodes of the graph that a search looks at


class Near:
    """A vector set of a namespace; see :class:`Form`. It begins with its first vector."""

    kind = "set"
    options = "set:q8"

    def begin(self, keys: Keys, shape: Shape) -> None:
        """Do nothing: the first vector makes the set."""

    def end(self, keys: Keys) -> None:
        """Do nothing: the set is one of the keys of the index."""

    def fields(self, document: Document) -> Sequence[Any]:
        """Return the attributes of a vector, by which searches are narrowed."""
        attributes: dict[str, Any] = {name: document.tags[name] for name in _TAGS}
        attributes["data"] = document.tags["data"].split(",")
        numbers = document.numbers
        attributes |= {name: numbers[name] for name in ("occurred", "recorded", "ends")}
        return [json.dumps(attributes)]

    def vector(self, record: MemoryRecord) -> bytes:
        """Return a record's vector as float32."""
        if record.embedding is None:
            return b""
        return record.embedding.vector.astype("<f4").tobytes()


class VectorSets(Engine):
    """Finds by meaning; see :class:`SearchEngine`. It knows no words."""

    name = VECTOR_SETS

    def nearest(
        self,
        namespace: Namespace,
        vector: NDArray[np.float32],
        *,
        limit: int,
        within: Narrowing,
    ) -> list[str]:
        """Return ids of the nearest by cosine, nearest first."""
        told: list[Any] = ["FP32", vector.astype("<f4").tobytes(), "COUNT", limit]
        told += ["EF", max(_SEARCHED, limit)]
        narrowed = filter_of(within)
        if narrowed:
            told += ["FILTER", narrowed]
        near = self._keys(namespace).index[6]
        found = self._server.command("VSIM", near, *told)
        return [id.decode() for id in found]


def filter_of(within: Narrowing) -> str:
    """Return the expression for what a narrowing lets through: hashes and numbers."""
    return " and ".join(f"({condition})" for condition in _conditions(within))


def _conditions(within: Narrowing) -> Iterator[str]:
    for name, tags in wanted_tags(within):
        if tags:
            yield " or ".join(f'(.{name} == "{tag}")' for tag in tags)
    for tags in wanted_values(within):
        yield " or ".join(f'("{tag}" in .data)' for tag in tags) or "0"
    if within.since is not None:
        yield f".occurred >= {within.since!r}"
    if within.until is not None:
        yield f".occurred < {within.until!r}"
    if within.known_at is not None:
        yield f".recorded <= {within.known_at!r}"
    if within.alive_at is not None:
        yield f".ends > {within.alive_at!r}"
