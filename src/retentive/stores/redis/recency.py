"""How lately each namespace was asked, where somewhat old answers will do."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock

from retentive.protocols import Changes
from retentive.records import Namespace

__all__ = ["Recency"]


class Recency:
    """Answers that nothing is new, for a while after the server has said so.

    Whoever writes through the same store is asked for anew at once, so that what one
    wrote is always read. Safe for many threads.
    """

    def __init__(self, staleness_s: float) -> None:
        """Know nothing yet.

        Args:
            staleness_s: Seconds for which an answer holds; 0: for none.
        """
        self._staleness_s = staleness_s
        self._lock = Lock()
        self._known: dict[Namespace, tuple[float, int, str]] = {}
        self._forgotten = 0

    def unchanged(self, namespace: Namespace, since: int) -> Changes | None:
        """Return that nothing is new after a sequence, if that may be said unasked."""
        known = self._known.get(namespace)
        if known is None:
            return None
        at, sequence, epoch = known
        if since != sequence or time.monotonic() - at >= self._staleness_s:
            return None
        return Changes(items=(), sequence=since, epoch=epoch, more=False)

    def before_asking(self) -> tuple[float, int]:
        """Return what :meth:`note` needs to know of the moment before one asks."""
        return time.monotonic(), self._forgotten

    def note(
        self, namespace: Namespace, page: Changes, *, asked: tuple[float, int]
    ) -> None:
        """Keep an answer, unless somebody has written since one asked."""
        at, forgotten = asked
        if page.more or not self._staleness_s:
            return
        with self._lock:
            if forgotten == self._forgotten:
                self._known[namespace] = (at, page.sequence, page.epoch)

    def forget(self, namespaces: Iterable[Namespace]) -> None:
        """Have these namespaces asked for anew."""
        if not self._staleness_s:
            return
        with self._lock:
            self._forgotten += 1
            for namespace in namespaces:
                self._known.pop(namespace, None)
