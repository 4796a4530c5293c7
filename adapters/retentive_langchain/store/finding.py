"""Searches items: the newest, or those that answer a question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from langgraph.store.base import SearchItem, SearchOp
from numpy.typing import NDArray

from retentive.index.cache import ReplicaCache
from retentive.index.frame import ColumnFrame
from retentive.index.ingest import STATUSES
from retentive.protocols import Store
from retentive.recall.analyse import analyse
from retentive.recall.filters import Scope
from retentive.recall.ranking import RecallSettings, rank
from retentive.records import MemoryRecord, Namespace, Status
from retentive_langchain.store.filters import passes
from retentive_langchain.store.indexing import Index, QuestionEmbedder
from retentive_langchain.store.items import ITEM, TEXT, item_fields

__all__ = ["Finder", "RankedItem"]

Rows = NDArray[np.int64]


class RankedItem(SearchItem):
    """What a search found, and what its score is made of.

    Attributes:
        signals: What each signal adds to the score, by the signal's name; empty for
            a search without a query.
    """

    __slots__ = ("signals",)

    def __init__(self, *, signals: Mapping[str, float], **fields: Any) -> None:
        """Take the fields of an item and the parts of its score."""
        super().__init__(score=sum(signals.values()) if signals else None, **fields)
        self.signals = dict(signals)


@dataclass(frozen=True, slots=True)
class Found:
    """A row of a frame, and what its score is made of."""

    row: int
    signals: Mapping[str, float] = field(default_factory=dict)


class Finder:
    """Looks for items of a store with the replica of what a search reaches."""

    def __init__(
        self,
        store: Store,
        *,
        root: Namespace,
        index: Index | None,
        recall: RecallSettings | None,
        cache_bytes: int,
    ) -> None:
        """Hold nothing yet.

        Args:
            store: The truth.
            root: Labels before all of LangGraph's.
            index: Makes the vectors of questions.
            recall: How to rank; ``None``: by the cosine of the vectors.
            cache_bytes: Most memory for replicas, in bytes.
        """
        self._store, self._root = store, root
        self._index, self._recall = index, recall
        embedder = index.fingerprint if index else None
        self._replicas = ReplicaCache(store, embedder=embedder, max_bytes=cache_bytes)

    def frame(self, prefix: Namespace) -> ColumnFrame:
        """Return all items under a prefix as columns, caught up with the store."""
        start = (*self._root, *prefix)
        replica = self._replicas.replica([start])
        replica.follow(self._store.namespaces(start))
        return replica.frame()

    def search(
        self, op: SearchOp, *, now: datetime, hide_expired: bool
    ) -> list[tuple[MemoryRecord, RankedItem]]:
        """Return the page that a search asks for, best or newest first."""
        frame = self.frame(tuple(op.namespace_prefix))
        present = now if hide_expired else None
        if not op.query:
            found = _newest(frame, present)
        elif self._recall is not None:
            found = self._ranked(frame, op, now, present)
        else:
            found = self._similar(frame, op.query, present)
        page = list(_page(frame, found, op))
        return self._hydrated(frame, page)

    def alive(self, *, now: datetime) -> set[Namespace]:
        """Return the namespaces, root included, with an item that has not ended."""
        frame = self.frame(())
        codes = np.unique(frame.namespace[_rows(frame, now, roles=(ITEM,))])
        return {frame.holdings.namespaces[int(code)] for code in codes}

    def _similar(
        self, frame: ColumnFrame, query: str, present: datetime | None
    ) -> Iterator[Found]:
        """Yield rows by falling cosine with the question; ties by age."""
        vector = self._index.embed_query(query) if self._index else None
        rows = _rows(frame, present, roles=(ITEM, TEXT), searchable=True)
        # What was put before there was an index has no vector, and is not found.
        rows = rows[frame.vectors(rows.astype(np.int32)).any(axis=1)]
        if vector is None:
            scores = np.zeros(len(rows), np.float32)
        else:
            scores = frame.take(rows.astype(np.int32)).similarity(vector)
        for place in np.argsort(-scores, kind="stable"):
            yield Found(int(rows[place]), {"similarity": float(scores[place])})

    def _ranked(
        self, frame: ColumnFrame, op: SearchOp, now: datetime, present: datetime | None
    ) -> Iterator[Found]:
        """Yield rows as the scorers rank them."""
        embedder = QuestionEmbedder(self._index) if self._index else None
        query = analyse(op.query or "", frame=frame, now=now, embedder=embedder)
        ranking = rank(
            query,
            frame,
            settings=self._recall,  # type: ignore[arg-type]  # the caller has looked
            scope=_ItemScope(conditions=op.filter or {}, present=present),
            limit=max(1, op.offset + op.limit),
        )
        for place in ranking.order:
            row = int(ranking.frame.rows[place])
            yield Found(row, ranking.contributions_at([int(place)])[0])

    def _hydrated(
        self, frame: ColumnFrame, page: Iterable[tuple[int, Found]]
    ) -> list[tuple[MemoryRecord, RankedItem]]:
        """Read the items of rows; one deleted meanwhile is left out."""
        asked: dict[int, list[str]] = {}
        wanted = [(int(frame.namespace[row]), row, found) for row, found in page]
        for code, row, _ in wanted:
            asked.setdefault(code, []).append(frame.holdings.ids[row])
        records = {
            (code, record.id): record
            for code, ids in asked.items()
            for record in self._store.get(frame.holdings.namespaces[code], ids)
        }
        depth = len(self._root)
        held = [(records.get((c, frame.holdings.ids[r])), f) for c, r, f in wanted]
        return [
            (
                record,
                RankedItem(signals=found.signals, **item_fields(record, depth=depth)),
            )
            for record, found in held
            if record is not None
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ItemScope(Scope):
    """Lets through the searchable texts of items whose values pass a filter."""

    conditions: Mapping[str, Any]
    present: datetime | None

    def allows(self, frame: ColumnFrame, *, now: datetime) -> NDArray[np.bool_]:
        """Return ``(n,)``: whether each row may be returned."""
        rows = _rows(frame, self.present, roles=(ITEM, TEXT), searchable=True)
        owners = _owners(frame, rows)
        values = frame.holdings.metadata
        kept = [
            row
            for row, owner in zip(rows, owners, strict=True)
            if passes(values[owner] or {}, self.conditions)
        ]
        allowed = np.zeros(frame.size, np.bool_)
        allowed[kept] = True
        return allowed


def _newest(frame: ColumnFrame, present: datetime | None) -> Iterator[Found]:
    """Yield items by falling time of their last change; ties by age."""
    rows = _rows(frame, present, roles=(ITEM,))
    for place in np.argsort(-frame.recorded_at[rows], kind="stable"):
        yield Found(int(rows[place]))


def _page(
    frame: ColumnFrame, found: Iterator[Found], op: SearchOp
) -> Iterator[tuple[int, Found]]:
    """Yield a page of rows of items: each once, by the best of its texts."""
    owners = _owners(frame, np.arange(frame.size))
    seen: set[int] = set()
    for one in found if op.limit > 0 else ():
        item = int(owners[one.row])
        if item < 0 or item in seen:
            continue
        if not passes(frame.holdings.metadata[item] or {}, op.filter):
            continue
        seen.add(item)
        if len(seen) > op.offset:
            yield item, one
        if len(seen) >= op.offset + op.limit:
            return


def _rows(
    frame: ColumnFrame,
    present: datetime | None,
    *,
    roles: tuple[str, ...],
    searchable: bool = False,
) -> Rows:
    """Return the living rows of these roles, but for those whose time is over."""
    codes = [code for code, name in enumerate(frame.roles) if name in roles]
    wanted = frame.alive & np.isin(frame.role, codes)
    if present is not None:
        wanted &= ~(frame.expires_at <= present.timestamp())
    if searchable:
        wanted &= frame.status == STATUSES.index(Status.ACTIVE)
    return np.flatnonzero(wanted)


def _owners(frame: ColumnFrame, rows: Rows) -> Rows:
    """Return the row of the item to which each row belongs, -1 for none."""
    items = _rows(frame, None, roles=(ITEM,))
    of_session = np.full(len(frame.sessions) + 1, -1, np.int64)
    of_session[frame.session[items]] = items
    return of_session[frame.session[rows]]
