"""When consolidation runs by itself: every so many commits, or so many seconds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from threading import Lock, Thread

from retentive.consolidate.journal import last_run
from retentive.consolidate.settings import ConsolidationSettings
from retentive.errors import RetentiveError
from retentive.protocols import Store
from retentive.records import Namespace

__all__ = ["Schedule"]

_log = logging.getLogger(__name__)


class Schedule:
    """Starts a run in the background when one is due; safe for many threads.

    What counts is the end of the last run in the store, by whichever process.

    Attributes:
        failures: The last error of each namespace's runs, until one succeeds: a
            plan that needs an answer waits for somebody to run it by hand.
    """

    def __init__(self, store: Store) -> None:
        """Start with nothing running."""
        self._store = store
        self._lock = Lock()
        self._last: dict[Namespace, tuple[int, datetime | None]] = {}
        self._running: dict[Namespace, Thread] = {}
        self.failures: dict[Namespace, RetentiveError] = {}

    def wrote(
        self,
        namespace: Namespace,
        sequence: int,
        *,
        now: datetime,
        settings: ConsolidationSettings,
        run: Callable[[], object],
    ) -> None:
        """Take note of a commit; start ``run`` if it is due and none is under way.

        Args:
            namespace: Where it was.
            sequence: The commit's.
            now: The present, UTC.
            settings: When a run is due.
            run: Consolidates the namespace.
        """
        if settings.every_writes is None and settings.every_s is None:
            return
        with self._lock:
            if namespace in self._running or not self._due(
                namespace, sequence, now, settings
            ):
                return
            thread = Thread(
                target=self._run, args=(namespace, run, (sequence, now)), daemon=True
            )
            self._running[namespace] = thread
            thread.start()

    def wait(self) -> None:
        """Return when no run is under way."""
        while True:
            with self._lock:
                threads = list(self._running.values())
            if not threads:
                return
            for thread in threads:
                thread.join()

    def _due(
        self,
        namespace: Namespace,
        sequence: int,
        now: datetime,
        settings: ConsolidationSettings,
    ) -> bool:
        if namespace not in self._last:
            found = last_run(self._store, namespace)
            self._last[namespace] = found or (0, None)
        after, at = self._last[namespace]
        if settings.every_writes and sequence - after >= settings.every_writes:
            return True
        if settings.every_s is None:
            return False
        return at is None or (now - at).total_seconds() >= settings.every_s

    def _run(
        self,
        namespace: Namespace,
        run: Callable[[], object],
        started: tuple[int, datetime],
    ) -> None:
        last: tuple[int, datetime] | None = None
        try:
            run()
        except RetentiveError as error:
            self.failures[namespace] = error
            last = started  # not again at the very next write
            _log.warning("no consolidation of %s: %s", namespace, error)
        else:
            self.failures.pop(namespace, None)
        finally:
            with self._lock:
                self._last.pop(namespace, None)
                if last is not None:
                    self._last[namespace] = last
                self._running.pop(namespace, None)
