"""Recalls by the engine of the store's server, where a namespace outgrows a process.

The engine finds candidates; they are read into a small frame, which the same scorers
rank. A process holds what was asked for, not the namespace.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retentive.errors import StoreError
from retentive.index.frame import ColumnFrame
from retentive.index.sampled import Numbers, SampledReplica
from retentive.index.tokens import TokenTable
from retentive.protocols import (
    Census,
    Narrowing,
    Query,
    SearchEngine,
    Store,
    SupportsSearch,
    SupportsTextSearch,
    SupportsTokenVectors,
    SupportsVectorSearch,
)
from retentive.recall.filters import Scope
from retentive.recall.narrowing import narrowing_of
from retentive.records import Namespace

__all__ = ["Searcher", "Whole"]

_BEST = 100  # from each source, as in the process
_FEW = 100  # below, the newest are added
_COUNTED_EVERY = 100  # recalls: a namespace grows slowly past its bound
_SIZES = 10_000
_WIDENED = (1, 4, 16)  # how much deeper to look while the scope lets too few through


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """The namespaces of a recall, as their engine knows them.

    Attributes:
        engine: Which.
        censuses: By namespace, in the order asked.
        speakers: Who ever said anything there.
        has_vectors: Whether any of them has vectors of the asker's embedder.
    """

    engine: SearchEngine
    censuses: Mapping[Namespace, Census]
    speakers: tuple[str, ...]
    has_vectors: bool

    def numbers(self, frequencies: Mapping[str, int]) -> Numbers:
        """Return the statistics of all namespaces together."""
        counted = self.censuses.values()
        return Numbers(
            memories=sum(census.memories for census in counted),
            terms=sum(census.terms for census in counted),
            tokens=sum(census.tokens for census in counted),
            frequencies=frequencies,
        )


class Searcher:
    """Gathers candidates by an engine; safe for many threads."""

    def __init__(
        self,
        store: Store,
        *,
        embedder: str | None,
        tokens: SupportsTokenVectors | None = None,
        max_bytes: int = 1 << 29,
    ) -> None:
        """Hold nothing yet.

        Args:
            store: The truth.
            embedder: Fingerprint of the vectors to compare; ``None``: none.
            tokens: Makes vectors of tokens; ``None`` unless a scorer reads them.
            max_bytes: Most memory for what was asked for; the oldest goes first.
        """
        self._store, self._embedder = store, embedder
        self._tokens, self._max_bytes = tokens, max_bytes
        self._lock = Lock()
        self._sizes: dict[tuple[Namespace, ...], tuple[int, int]] = {}
        self._held: OrderedDict[
            tuple[Namespace, ...], tuple[tuple[str, ...], SampledReplica]
        ] = OrderedDict()

    def engine(
        self, namespaces: Sequence[Namespace], *, mode: str, above: int
    ) -> SearchEngine | None:
        """Return the engine that is to find candidates; ``None``: this process does.

        Args:
            namespaces: Whose memories.
            mode: ``process``, ``server`` or ``auto``.
            above: With ``auto``, how many memories a process may hold; an engine
                that knows no words is not taken unasked.

        Raises:
            StoreError: The mode is ``server``, and no engine answers there.
        """
        if mode == "process":
            return None
        store = self._store
        engine = store.search_engine() if isinstance(store, SupportsSearch) else None
        if mode == "server" and engine is None:
            raise StoreError(
                "recall.engine is 'server', but no engine answers there; ask "
                "`retentive doctor` why, or set recall.engine to 'auto'"
            )
        if mode == "auto" and not isinstance(engine, SupportsTextSearch):
            return None
        if mode == "auto" and self._size(tuple(namespaces)) <= above:
            return None
        return engine

    def whole(self, engine: SearchEngine, namespaces: Sequence[Namespace]) -> Whole:
        """Catch the engine up with these namespaces, and say what it knows of them."""
        censuses = {namespace: engine.catch_up(namespace) for namespace in namespaces}
        names = {name for census in censuses.values() for name in census.speakers}
        return Whole(
            engine=engine,
            censuses=censuses,
            speakers=tuple(sorted(names)),
            has_vectors=self._embedder is not None
            and any(c.embedder == self._embedder for c in censuses.values()),
        )

    def gather(
        self, query: Query, whole: Whole, *, scope: Scope, limit: int
    ) -> tuple[ColumnFrame, NDArray[np.bool_]]:
        """Return a frame that holds the candidates, and which of its rows they are.

        Args:
            query: The analysed question.
            whole: Whose memories.
            scope: What may be returned.
            limit: How many of these would do.
        """
        replica = self._replica(whole)
        within, exact = narrowing_of(scope, now=query.now)
        for widened in _WIDENED:
            depth = _BEST * widened
            wanted, frequencies = self._found(
                query, whole, within, ids=scope.ids, depth=depth
            )
            self._hold(replica, whole.engine, wanted)
            if scope.as_of is not None or scope.valid_at is not None:
                self._hold_successors(replica, whole)
            frame, among = replica.sample(wanted, whole.numbers(frequencies))
            allowed = scope.allows(frame, now=query.now) & among
            enough = int(allowed.sum()) >= max(limit, _FEW)
            all_seen = max(map(len, wanted.values()), default=0) < depth
            if exact or scope.ids or enough or all_seen:
                break
        self._bound()
        return frame, among

    def hold(self, whole: Whole, id: str) -> None:
        """Hold a record that nobody found, so that it can be told why."""
        wanted = dict.fromkeys(whole.censuses, (id,))
        self._hold(self._replica(whole), whole.engine, wanted)

    def count_use(self, ids: Sequence[str], *, at: datetime) -> None:
        """Count uses in what is held."""
        with self._lock:
            held = [replica for _, replica in self._held.values()]
        for replica in held:
            replica.count_use(ids, at=at.timestamp())

    def nbytes(self) -> int:
        """Return the memory taken by what is held, in bytes."""
        with self._lock:
            return sum(replica.nbytes() for _, replica in self._held.values())

    def forget(self) -> None:
        """Drop all that is held."""
        with self._lock:
            self._held.clear()

    def _size(self, namespaces: tuple[Namespace, ...]) -> int:
        """Return how many memories there were when we last counted."""
        with self._lock:
            left, size = self._sizes.get(namespaces, (0, 0))
            self._sizes[namespaces] = (left - 1, size)
        if left > 0:
            return size
        size = sum(sum(self._store.count(one).values()) for one in namespaces)
        with self._lock:
            if len(self._sizes) >= _SIZES:
                self._sizes.clear()
            self._sizes[namespaces] = (_COUNTED_EVERY, size)
        return size

    def _replica(self, whole: Whole) -> SampledReplica:
        """Return what is held of these namespaces; nothing, if they were replaced."""
        namespaces = tuple(whole.censuses)
        epochs = tuple(census.epoch for census in whole.censuses.values())
        with self._lock:
            known, replica = self._held.get(namespaces, (None, None))
            if replica is None or known != epochs or replica.needs_room():
                replica = SampledReplica(
                    self._store,
                    namespaces,
                    embedder=self._embedder,
                    tokens=self._table(),
                )
                self._held[namespaces] = (epochs, replica)
            self._held.move_to_end(namespaces)
            return replica

    def _table(self) -> TokenTable | None:
        if self._tokens is None:
            return None
        return TokenTable(self._store, self._tokens, max_bytes=self._max_bytes // 2)

    def _found(
        self,
        query: Query,
        whole: Whole,
        within: Narrowing,
        *,
        ids: Sequence[str],
        depth: int,
    ) -> tuple[dict[Namespace, list[str]], Counter[str]]:
        """Search each namespace; return ids, and how many memories hold each term."""
        wanted: dict[Namespace, list[str]] = {}
        frequencies: Counter[str] = Counter()
        for namespace, census in whole.censuses.items():
            search = _Search(whole.engine, namespace, census, self._embedder)
            wanted[namespace] = search.candidates(query, within, ids, limit=depth)
            frequencies.update(search.frequencies)
        return wanted, frequencies

    def _hold(
        self,
        replica: SampledReplica,
        engine: SearchEngine,
        wanted: Mapping[Namespace, Sequence[str]],
    ) -> None:
        """Read what of these records is not held, or is no longer so."""
        for namespace, ids in wanted.items():
            changes = engine.take(namespace, replica.versions(namespace, ids))
            replica.hold(namespace, changes)

    def _hold_successors(self, replica: SampledReplica, whole: Whole) -> None:
        """Hold what replaced what is held: when it was learnt ends the other."""
        heirs = sorted(set(replica.frame().holdings.successors.values()))
        self._hold(replica, whole.engine, dict.fromkeys(whole.censuses, heirs))

    def _bound(self) -> None:
        with self._lock:
            total = sum(replica.nbytes() for _, replica in self._held.values())
            while total > self._max_bytes and self._held:
                _, (_, replica) = self._held.popitem(last=False)
                total -= replica.nbytes()


class _Search:
    """One question's search in one namespace."""

    def __init__(
        self,
        engine: SearchEngine,
        namespace: Namespace,
        census: Census,
        embedder: str | None,
    ) -> None:
        self._engine, self._namespace = engine, namespace
        self._has_vectors = embedder is not None and census.embedder == embedder
        self.frequencies: Mapping[str, int] = {}

    def candidates(
        self, query: Query, within: Narrowing, ids: Sequence[str], *, limit: int
    ) -> list[str]:
        """Return what is worth all scorers' attention, as the first stage does."""
        best = self._best(query, within, limit=limit)
        if ids:
            return list(ids)
        if query.names:
            said = replace(within, speakers=query.names)
            best |= self._best(query, said, limit=limit)
        engine, namespace = self._engine, self._namespace
        found = dict.fromkeys(engine.around(namespace, list(best)))
        if query.intervals:
            found |= dict.fromkeys(
                engine.during(namespace, query.intervals, limit=limit, within=within)
            )
        if len(found) < _FEW:
            found |= dict.fromkeys(engine.newest(namespace, limit=limit, within=within))
        return list(found)

    def _best(self, query: Query, within: Narrowing, *, limit: int) -> dict[str, None]:
        """Return the best by words and by meaning, in turn, the best of each first."""
        by_words = self._matching(query, within, limit=limit)
        by_meaning = self._nearest(query, within, limit=limit)
        pairs = zip_longest(by_words, by_meaning)
        return dict.fromkeys(id for pair in pairs for id in pair if id is not None)

    def _matching(
        self, query: Query, within: Narrowing, *, limit: int
    ) -> Sequence[str]:
        engine = self._engine
        if not isinstance(engine, SupportsTextSearch) or not query.terms:
            return ()
        found = engine.matching(
            self._namespace, query.terms, limit=limit, within=within
        )
        self.frequencies = found.frequencies
        return found.ids

    def _nearest(self, query: Query, within: Narrowing, *, limit: int) -> Sequence[str]:
        engine, vector = self._engine, query.vector
        if not isinstance(engine, SupportsVectorSearch) or not self._has_vectors:
            return ()
        if vector is None or not query.embedder_share:
            return ()
        return engine.nearest(self._namespace, vector, limit=limit, within=within)
