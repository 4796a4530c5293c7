"""Deletes items whose time is over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread

from retentive.errors import ConflictError, StoreError
from retentive.protocols import Batch, Store
from retentive.records import Namespace
from retentive_langchain.store.items import ITEM, is_expired
from retentive_langchain.store.writing import deletes_of

__all__ = ["Sweeper", "sweep"]

_log = logging.getLogger(__name__)


def sweep(store: Store, *, root: Namespace, now: datetime) -> int:
    """Delete all items below a root whose time is over; return how many.

    One that is used or written meanwhile stays.
    """
    return sum(_sweep(store, namespace, now) for namespace in store.namespaces(root))


def _sweep(store: Store, namespace: Namespace, now: datetime) -> int:
    swept = 0
    after: str | None = None
    while page := store.scan(namespace, after=after):
        after = page[-1].id
        for record in page:
            if record.role == ITEM and is_expired(record, now=now):
                try:
                    store.apply(Batch(namespace=namespace, deletes=deletes_of(record)))
                except ConflictError:
                    continue  # it lives on
                swept += 1
    return swept


class Sweeper:
    """A thread that sweeps again and again."""

    def __init__(self, sweep: Callable[[], int]) -> None:
        """Call this to sweep."""
        self._sweep = sweep
        self._stop = Event()
        self._thread: Thread | None = None

    def start(self, interval_s: float) -> None:
        """Sweep every so many seconds; starting twice is no error."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._stop.clear()
        self._thread = Thread(
            target=self._run, args=(interval_s,), name="retentive-sweeper", daemon=True
        )
        self._thread.start()

    def stop(self, timeout_s: float | None) -> bool:
        """Stop; return whether the thread has ended within the seconds."""
        self._stop.set()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self, interval_s: float) -> None:
        while not self._stop.wait(interval_s):
            try:
                self._sweep()
            except StoreError as exc:
                _log.warning("items were not swept, trying again: %s", exc)
