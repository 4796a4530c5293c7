"""The query engine: an index of documents, searched by words, vectors and filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retentive.errors import StoreError
from retentive.protocols import Narrowing, TextMatches
from retentive.records import Interval, MemoryRecord, Namespace
from retentive.stores.codec import pack_vector
from retentive.stores.redis.keys import Keys
from retentive.stores.redis.search import queries as written
from retentive.stores.redis.search.documents import Document, term_tag
from retentive.stores.redis.search.engine import Engine
from retentive.stores.redis.search.indexing import Shape
from retentive.stores.redis.search.probing import QUERY_ENGINE
from retentive.stores.redis.server import Server

__all__ = ["Documents", "QueryEngine", "ids_of"]

_TAGS = ("status", "kind", "origin", "session", "speaker", "data")
_NUMBERS = ("recorded", "ends", "from", "until")
_LINKS, _BUILT, _SEARCHED = 16, 200, 200
"""Of the graph: links of a vector, and how many are looked at to add and to find one."""
_MOST_TERMS = 64  # the rarest ones of a long question; further ones tell little
_MOST_MATCHES = 20_000  # the server scores each of them while others wait
_GONE = ("no such index", "unknown index")
_PATIENCE_MS = 2_000  # beyond, a busy server answers with what it has found so far
_UNLINKED = 500  # documents that are removed at a time


class Documents:
    """Documents as hashes, and the index over them; see :class:`Form`."""

    kind = "documents"
    options = f"documents:hnsw{_LINKS}"

    def __init__(self, server: Server) -> None:
        """Index nothing yet."""
        self._server = server

    def begin(self, keys: Keys, shape: Shape) -> None:
        """Make an empty index, unless another process has just made it."""
        fields: list[Any] = ["terms", "TEXT", "NOSTEM"]
        for name in _TAGS:
            fields += [name, "TAG"]
        for name in _NUMBERS:
            fields += [name, "NUMERIC"]
        fields += ["occurred", "NUMERIC", "SORTABLE"]
        if shape.dim:
            graph = ["TYPE", "FLOAT16", "DIM", shape.dim, "DISTANCE_METRIC", "COSINE"]
            graph += ["M", _LINKS, "EF_CONSTRUCTION", _BUILT]
            fields += ["vector", "VECTOR", "HNSW", len(graph), *graph]
        head = ["FT.CREATE", _name(keys), "ON", "HASH", "PREFIX", 1, keys.documents]
        options = ["NOOFFSETS", "NOHL", "STOPWORDS", 0, "SCHEMA"]
        try:
            self._server.at_key(keys.stem, *head, *options, *fields)
        except StoreError as exc:
            if not (_already_there(exc) or self._stands(keys, exc)):
                raise

    def end(self, keys: Keys) -> None:
        """Remove the index and all documents."""
        try:
            self._server.at_key(keys.stem, "FT.DROPINDEX", _name(keys))
        except StoreError as exc:
            if not (_is_gone(exc) or _is_denied(exc)):
                raise
        cursor: Any = 0
        while True:
            cursor, page = self._server.command(
                "HSCAN", keys.index[1], cursor, "COUNT", _UNLINKED
            )
            if page:
                documents = [keys.document(id.decode()) for id in page]
                self._server.at_key(keys.stem, "UNLINK", *documents)
            if not int(cursor):
                return

    def _stands(self, keys: Keys, refusal: StoreError) -> bool:
        """Return whether a user who may not make indexes finds one."""
        if not _is_denied(refusal):
            return False
        try:
            asked = ("FT.SEARCH", _name(keys), "*", "LIMIT", 0, 0)
            self._server.at_key(keys.stem, *asked)
        except StoreError:
            return False
        return True

    def fields(self, document: Document) -> Sequence[Any]:
        """Return the fields of a document's hash."""
        filled = {name: value for name, value in document.tags.items() if value}
        pairs = {"terms": " ".join(document.terms), **filled, **document.numbers}
        return [part for pair in pairs.items() for part in pair]

    def vector(self, record: MemoryRecord) -> bytes:
        """Return a record's vector as float16."""
        return b"" if record.embedding is None else pack_vector(record.embedding.vector)


class QueryEngine(Engine):
    """Finds by words, by meaning and by filters; see :class:`SearchEngine`."""

    name = QUERY_ENGINE

    def matching(
        self,
        namespace: Namespace,
        terms: Sequence[str],
        *,
        limit: int,
        within: Narrowing,
    ) -> TextMatches:
        """Return what holds any of these index terms, by BM25."""
        asked = list(dict.fromkeys(terms))
        frequencies = self._frequencies(namespace, asked)
        known = [term for term in asked if frequencies[term]]
        if not known:
            return TextMatches(ids=(), frequencies=frequencies)
        query = written.any_term(_telling(known, frequencies), within)
        found = self._search(namespace, query, "SCORER", "BM25", limit=limit)
        return TextMatches(ids=found, frequencies=frequencies)

    def nearest(
        self,
        namespace: Namespace,
        vector: NDArray[np.float32],
        *,
        limit: int,
        within: Narrowing,
    ) -> list[str]:
        """Return ids of the nearest by cosine, nearest first."""
        wide = max(_SEARCHED, limit)
        query = (
            f"({written.narrowed(within)})=>"
            f"[KNN {limit} @vector $asked EF_RUNTIME {wide} AS distance]"
        )
        options = ("SORTBY", "distance", "PARAMS", 2, "asked", pack_vector(vector))
        return self._search(namespace, query, *options, limit=limit)

    def during(
        self,
        namespace: Namespace,
        intervals: Sequence[Interval],
        *,
        limit: int,
        within: Narrowing,
    ) -> list[str]:
        """Return ids of what happened in, or speaks of, these times, newest first."""
        query = written.during(intervals, within)
        return self._search(namespace, query, *_NEWEST, limit=limit)

    def newest(
        self, namespace: Namespace, *, limit: int, within: Narrowing
    ) -> list[str]:
        """Return ids of what happened last."""
        query = written.narrowed(within)
        return self._search(namespace, query, *_NEWEST, limit=limit)

    def _frequencies(
        self, namespace: Namespace, terms: Sequence[str]
    ) -> dict[str, int]:
        """Return how many memories hold each term, in one round trip."""
        asked = [(f"@terms:{term_tag(term)}", "LIMIT", 0, 0) for term in terms]
        answers = self._asked(namespace, asked)
        return {
            term: int(answer[0]) for term, answer in zip(terms, answers, strict=True)
        }

    def _search(
        self, namespace: Namespace, query: str, *options: Any, limit: int
    ) -> list[str]:
        asked = [(query, "NOCONTENT", *options, "LIMIT", 0, limit)]
        [answer] = self._asked(namespace, asked)
        return ids_of(answer, prefix=self._keys(namespace).documents)

    def _asked(
        self, namespace: Namespace, queries: Sequence[Sequence[Any]]
    ) -> list[Any]:
        keys = self._keys(namespace)
        told = [("FT.SEARCH", _name(keys), *q, *_ALWAYS) for q in queries]
        try:
            return self._server.all_at_key(keys.stem, told)
        except StoreError as exc:
            if not _is_gone(exc):
                raise
        self.drop(namespace)  # somebody has removed it: it is made anew
        self.catch_up(namespace)
        return self._server.all_at_key(keys.stem, told)


_ALWAYS = ("TIMEOUT", _PATIENCE_MS, "DIALECT", 2)
_NEWEST = ("SORTBY", "occurred", "DESC")


def ids_of(answer: Sequence[Any], *, prefix: str) -> list[str]:
    """Return the ids in a reply of ``FT.SEARCH … NOCONTENT``: how many, then keys."""
    return [key.decode().removeprefix(prefix) for key in answer[1:]]


def _telling(terms: Sequence[str], frequencies: Mapping[str, int]) -> list[str]:
    """Return the rarest terms: as many as bound what the server has to score."""
    rarest = sorted(terms, key=lambda term: frequencies[term])[:_MOST_TERMS]
    matches = np.cumsum([frequencies[term] for term in rarest])
    return rarest[: max(1, int((matches <= _MOST_MATCHES).sum()))]


def _name(keys: Keys) -> str:
    return f"{keys.stem}index"


def _already_there(error: StoreError) -> bool:
    return "already exists" in str(error).lower()


def _is_denied(error: StoreError) -> bool:
    return "permission" in str(error).lower()


def _is_gone(error: StoreError) -> bool:
    return any(words in str(error).lower() for words in _GONE)
