"""LangGraph's long-term store, over any store of Retentive's."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from langgraph.store.base import (
    BaseStore,
    GetOp,
    IndexConfig,
    Item,
    ListNamespacesOp,
    Op,
    PutOp,
    Result,
    SearchOp,
    TTLConfig,
)

from retentive.opening import open_store
from retentive.protocols import Store
from retentive.recall.defaults import default_settings
from retentive.recall.ranking import RecallSettings
from retentive.records import check_namespace
from retentive_langchain.store.checks import check_op
from retentive_langchain.store.expiry import Sweeper, sweep
from retentive_langchain.store.filters import listed
from retentive_langchain.store.finding import Finder
from retentive_langchain.store.indexing import Index
from retentive_langchain.store.items import is_expired, item_fields
from retentive_langchain.store.writing import Writer

__all__ = ["RetentiveStore"]


class RetentiveStore(BaseStore):
    """Keeps LangGraph's items in a store of Retentive's: SQLite, Redis or in process.

    Items are ordinary records below one root label, so that a
    :class:`~retentive.memory.Memory` of that namespace recalls them, too.

    With an ``index`` in LangGraph's words, a query ranks by the cosine of the vectors,
    as LangGraph's own stores do; without one, or with ``recall``, by Retentive's
    scorers. Each hit is a ``RankedItem``: its ``signals`` add up to its score.

    A batch runs in order; all of it is checked before any of it is done. Writes of one
    namespace that follow each other in a batch happen together or not at all. Safe for
    many threads, processes and loops; in asyncio all work is done in a thread.
    """

    supports_ttl = True

    def __init__(
        self,
        store: Store,
        *,
        index: IndexConfig | None = None,
        ttl: TTLConfig | None = None,
        recall: RecallSettings | None = None,
        root: Sequence[str] = ("langgraph",),
        cache_bytes: int = 1 << 28,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Use a store; :meth:`open` opens one from a path.

        Args:
            store: Where items live; closing it stays with the caller.
            index: What to embed, and how; see LangGraph's ``IndexConfig``.
            ttl: When items end, in minutes; see LangGraph's ``TTLConfig``. A read
                gives an item its whole time again only with ``refresh_on_read``,
                or where it says ``refresh_ttl``.
            recall: How to rank for a query, instead of the default.
            root: Labels before all of LangGraph's: what is its, and what is not.
            cache_bytes: Most memory for replicas, in bytes.
            clock: Tells the present, UTC.
        """
        self.store = store
        self.root = check_namespace(root)
        self.index_config = index
        # Unless asked to, reading renews nothing: as in LangGraph's SQLite store.
        self._ttl = TTLConfig(refresh_on_read=False)
        self._ttl.update(ttl or {})
        self.ttl_config = self._ttl  # what LangGraph reads
        self._clock = clock
        self._index = None if index is None else Index(index)
        self._owned = False
        self._sweeper = Sweeper(self.sweep_ttl)
        self._writer = Writer(store, root=self.root, index=self._index, clock=clock)
        self._finder = Finder(
            store,
            root=self.root,
            index=self._index,
            recall=default_settings() if index is None and recall is None else recall,
            cache_bytes=cache_bytes,
        )

    @classmethod
    def open(cls, target: str | Path | None = None, **options: Any) -> Self:
        """Open a store of items.

        Args:
            target: A SQLite file (made if absent), a URL such as ``redis://…``, or
                nothing: in process, gone at exit.
            options: Further arguments of :class:`RetentiveStore`.

        Raises:
            StoreError: The store cannot be opened.
            PluginError: The URL's scheme is unknown.
        """
        opened = cls(open_store(target), **options)
        opened._owned = True
        return opened

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Do operations in order; see the class.

        Raises:
            InvalidNamespaceError: A label is not allowed; nothing was done.
            InvalidInputError: A key, value, filter or time is not; nothing was done.
            StoreError: The store failed; writes before it are done.
        """
        asked = list(ops)
        for op in asked:
            check_op(op)
        results: list[Result] = []
        for kind, run in groupby(asked, key=type):
            results.extend(self._done(kind, list(run)))
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Do operations in order, in a thread; see :meth:`batch`."""
        return await to_thread(self.batch, list(ops))

    def sweep_ttl(self) -> int:
        """Delete the items whose time is over.

        Returns:
            How many there were.
        """
        return sweep(self.store, root=self.root, now=self._clock())

    def start_ttl_sweeper(self, sweep_interval_minutes: float | None = None) -> None:
        """Sweep again and again in a thread, until stopped or closed.

        Args:
            sweep_interval_minutes: How often; the ``ttl`` configuration's, else 5.
        """
        configured = self._ttl.get("sweep_interval_minutes")
        self._sweeper.start(60.0 * float(sweep_interval_minutes or configured or 5))

    def stop_ttl_sweeper(self, timeout: float | None = None) -> bool:
        """Stop sweeping; return whether the thread has ended within the seconds."""
        return self._sweeper.stop(timeout)

    def close(self) -> None:
        """Stop the sweeper, and close the store if :meth:`open` opened it."""
        self._sweeper.stop(None)
        if self._owned:
            self.store.close()

    def __enter__(self) -> Self:
        """Return itself; leaving the block closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    @property
    def _hides_expired(self) -> bool:
        return bool(self._ttl.get("omit_expired", False))

    def _done(self, kind: type[Op], ops: Sequence[Any]) -> Iterable[Result]:
        if kind is PutOp:
            self._writer.write(ops)
            return [None] * len(ops)
        if kind is GetOp:
            return self._got(ops)
        if kind is SearchOp:
            return [self._searched(op) for op in ops]
        return [self._listed(op) for op in ops]

    def _got(self, ops: Sequence[GetOp]) -> list[Item | None]:
        now = self._clock()
        found = self._writer.read([(tuple(op.namespace), op.key) for op in ops])
        results: list[Item | None] = []
        used = []
        for op in ops:
            record = found.get((tuple(op.namespace), op.key))
            if record is None or (self._hides_expired and is_expired(record, now=now)):
                results.append(None)
                continue
            results.append(Item(**item_fields(record, depth=len(self.root))))
            if op.refresh_ttl:
                used.append(record)
        self._writer.renew(used)
        return results

    def _searched(self, op: SearchOp) -> list[Any]:
        now = self._clock()
        found = self._finder.search(op, now=now, hide_expired=self._hides_expired)
        if op.refresh_ttl:
            self._writer.renew([record for record, _ in found])
        return [item for _, item in found]

    def _listed(self, op: ListNamespacesOp) -> list[tuple[str, ...]]:
        held = self.store.namespaces(self.root)
        if self._hides_expired:
            alive = self._finder.alive(now=self._clock())
            held = [namespace for namespace in held if namespace in alive]
        return listed([namespace[len(self.root) :] for namespace in held], op)
