"""A replica: the rows of one or more namespaces, kept up with their store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from retentive.index.frame import ColumnFrame
from retentive.index.holdings import Holdings
from retentive.index.ingest import digest, prepare, seconds, volatile
from retentive.index.links import link_appended, relink
from retentive.index.postings import Segment, add_segment
from retentive.index.state import State
from retentive.index.tokens import TokenTable
from retentive.index.vectors import Vectors
from retentive.protocols import Change, Changes, Store
from retentive.records import MemoryRecord, Namespace

__all__ = ["Replica"]

_PAGE = 10_000
_MAX_DEAD_SHARE = 0.3  # beyond, dead rows cost more than a rebuild saves
_MIN_DEAD_ROWS = 1_000


class Replica:
    """Follows the change feeds of some namespaces and hands out frames.

    Frames stay as they were taken; taking one catches up first, so that a
    reader sees every write acknowledged before its call. Catching up is
    serialised, reading frames takes no lock.
    """

    def __init__(
        self,
        store: Store,
        namespaces: Sequence[Namespace],
        *,
        embedder: str | None = None,
        tokens: TokenTable | None = None,
    ) -> None:
        """Follow these namespaces, from nothing.

        Args:
            store: The truth.
            namespaces: Whose memories to hold; one frame spans them all.
            embedder: Fingerprint of the vectors to hold; others are left out.
            tokens: Gives the vectors of tokens, for scorers that read them.
        """
        self._store = store
        self.embedder = embedder
        self.tokens = tokens
        self._lock = Lock()
        self.namespaces = tuple(namespaces)
        self._clear()

    def frame(self) -> ColumnFrame:
        """Catch up with the store and return the present frame."""
        with self._lock:
            while not self._catch_up():
                self._clear()
            return self._frame

    def follow(self, namespaces: Sequence[Namespace]) -> None:
        """Hold further namespaces, too; those that are held already are passed over."""
        with self._lock:
            for namespace in namespaces:
                if namespace not in self._state.seen:
                    self._state.seen[namespace] = 0
                    self._state.names.code("namespaces", namespace)
                    self.namespaces = (*self.namespaces, namespace)

    def row(self, id: str, *, namespace: Namespace | None = None) -> int | None:
        """Return the row of a record in the newest frame, if it is there."""
        code = 0 if namespace is None else self.namespaces.index(namespace)
        return self._state.row_of.get((code, id) if code else id)

    def state(self) -> State:
        """Return what the replica holds, for a snapshot; do not change it."""
        with self._lock:
            return self._state

    def restore(self, state: State) -> None:
        """Start from a snapshot instead of nothing; the next frame catches up."""
        with self._lock:
            self._state = state
            self._publish()

    def count_use(self, ids: Iterable[str], *, at: float) -> None:
        """Count uses that the feed does not carry.

        Args:
            ids: Records that an answer used.
            at: When, POSIX seconds.
        """
        with self._lock:
            rows = [self._state.row_of[id] for id in ids if id in self._state.row_of]
            if rows:
                counts = self._state.table["access_count"][rows] + 1
                self._state.table.set("access_count", rows, counts)
                self._state.table.set("last_accessed_at", rows, at)
                self._publish()

    def nbytes(self) -> int:
        """Return the memory taken by columns, postings and all vectors, in bytes."""
        postings = sum(
            segment.rows.nbytes + segment.counts.nbytes + segment.terms.nbytes * 2
            for segment in self._state.postings.segments
        )
        vectors = self._state.vectors.nbytes() if self._state.vectors else 0
        vectors += self.tokens.nbytes() if self.tokens else 0
        return (
            self._state.table.nbytes() + postings + vectors + 120 * len(self._state.ids)
        )

    def _clear(self) -> None:
        self._state = State.of(self.namespaces)
        self._publish()

    def _catch_up(self) -> bool:
        """Absorb what is new; false if it does not follow from what we hold."""
        changed = False
        for namespace in self.namespaces:
            more = True
            while more:
                page = self._store.changes(
                    namespace, self._state.seen[namespace], limit=_PAGE
                )
                if not self._follows(namespace, page):
                    return False
                if page.items:
                    self._absorb(namespace, page.items)
                    changed = True
                self._state.seen[namespace] = page.sequence
                more = page.more
        if changed:
            if self._too_many_dead():
                return False
            self._publish()
        return True

    def _follows(self, namespace: Namespace, page: Changes) -> bool:
        known = self._state.epochs.setdefault(namespace, page.epoch)
        return known == page.epoch and page.sequence >= self._state.seen[namespace]

    def _absorb(self, namespace: Namespace, changes: Sequence[Change]) -> None:
        scope = self.namespaces.index(namespace)
        fresh: list[MemoryRecord] = []
        kept: list[tuple[int, MemoryRecord]] = []
        dead: list[int] = []
        for change in changes:
            key = (scope, change.id) if scope else change.id
            row = self._state.row_of.get(key)
            record = self._known(change.record)
            if row is not None and record is not None and self._same(row, record):
                kept.append((row, record))
                continue
            if row is not None:
                dead.append(self._state.row_of.pop(key))
            if record is not None:
                self._state.row_of[key] = self._state.table.size + len(fresh)
                fresh.append(record)
        self._update(kept)
        broken = self._bury(dead)
        if fresh:
            broken |= self._append(fresh, scope)
        relink(self._state.table, self._state.tails, broken, ids=self._state.ids)

    def _known(self, record: MemoryRecord | None) -> MemoryRecord | None:
        """Drop a vector that another embedder made: it says nothing to ours."""
        vector = record.embedding if record is not None else None
        if record is None or vector is None or vector.fingerprint == self.embedder:
            return record
        return record.but(embedding=None)

    def _same(self, row: int, record: MemoryRecord) -> bool:
        return int(self._state.table["digest"][row]) == digest(record)

    def _append(self, records: Sequence[MemoryRecord], scope: int) -> set[int]:
        first = self._state.table.size
        fresh = prepare(records, [scope] * len(records), self._state.names)
        self._state.ids.extend(record.id for record in records)
        broken = link_appended(
            self._state.table,
            self._state.tails,
            fresh.columns,
            ids=self._state.ids,
        )
        segment = Segment.of(fresh.hashes, fresh.columns["length"], first_row=first)
        self._state.postings = add_segment(self._state.postings, segment)
        self._state.metadata.extend(record.metadata or None for record in records)
        self._follow_up(enumerate(records, first))
        self._append_vectors(fresh.vectors, before=first, count=len(records))
        self._add_further([(first + row, at) for row, at in fresh.further])
        return broken

    def _append_vectors(
        self, vectors: NDArray[np.float32] | None, *, before: int, count: int
    ) -> None:
        held = self._state.vectors
        if vectors is None:
            if held is None:
                return
            vectors = np.zeros((count, held.dim), np.float32)
        if held is None:
            held = Vectors(vectors.shape[1])
            vectors = np.concatenate([np.zeros((before, held.dim), "f4"), vectors])
        self._state.vectors = held.compact_for(len(vectors))
        self._state.vectors.append(vectors)

    def _update(self, kept: Sequence[tuple[int, MemoryRecord]]) -> None:
        if not kept:
            return
        rows = np.array([row for row, _ in kept], np.int32)
        for name, values in volatile([record for _, record in kept]).items():
            held = self._state.table[name][rows]
            if not np.array_equal(held, values, equal_nan=held.dtype.kind == "f"):
                self._state.table.set(name, rows, values)
        self._follow_up(kept)
        self._drop_further(rows)
        self._add_further(
            [
                (row, seconds(occurrence.at))
                for row, record in kept
                for occurrence in record.occurrences
            ]
        )

    def _follow_up(self, rows: Iterable[tuple[int, MemoryRecord]]) -> None:
        """Keep what replaced each row, in a copy: frames hold the old one."""
        held = self._state.successors
        changed = [(row, r) for row, r in rows if held.get(row) != r.superseded_by]
        if not changed:
            return
        copy = dict(held)
        for row, record in changed:
            if record.superseded_by is None:
                copy.pop(row, None)
            else:
                copy[row] = record.superseded_by
        self._state.successors = copy

    def _bury(self, rows: Sequence[int]) -> set[int]:
        """Mark rows as dead; return the sessions whose links they break."""
        if not rows:
            return set()
        self._state.table.set("alive", rows, False)
        self._drop_further(np.array(rows, np.int32))
        sessions = self._state.table["session"][np.array(rows)]
        return {int(code) for code in sessions if code >= 0}

    def _add_further(self, further: Sequence[tuple[int, float]]) -> None:
        if further:
            rows, times = self._state.further
            more_rows = np.array([row for row, _ in further], np.int32)
            more_times = np.array([at for _, at in further], np.float64)
            self._state.further = (
                np.concatenate([rows, more_rows]),
                np.concatenate([times, more_times]),
            )

    def _drop_further(self, rows: NDArray[np.int32]) -> None:
        held, times = self._state.further
        if len(held):
            stays = ~np.isin(held, rows)
            self._state.further = held[stays], times[stays]

    def _too_many_dead(self) -> bool:
        dead = self._state.table.size - len(self._state.row_of)
        return dead > max(_MIN_DEAD_ROWS, _MAX_DEAD_SHARE * self._state.table.size)

    def _publish(self) -> None:
        self._frame = ColumnFrame(
            Holdings(
                columns=self._state.table.view(),
                postings=self._state.postings,
                vectors=self._state.vectors,
                tokens=self.tokens,
                ids=self._state.ids,
                metadata=self._state.metadata,
                namespaces=tuple(self._state.names.namespaces),
                sessions=tuple(self._state.names.sessions),
                speakers=tuple(self._state.names.speakers),
                roles=tuple(self._state.names.roles),
                further_rows=self._state.further[0],
                further_times=self._state.further[1],
                successors=self._state.successors,
            )
        )
